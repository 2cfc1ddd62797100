//! Accounts: signing in, sessions, passwords, staff and their recovery.

mod names;
mod password;
mod session;
mod staff;

pub use names::AccountProfile;
pub(crate) use names::normalise_login;
pub use password::{Hashing, PASSWORD_MIN};
pub use session::{SESSION_COOKIE, SessionToken, SignedIn};
pub(crate) use session::{Sessions, Uses, look_up_sessions};
pub use staff::{ActivationCode, NewStaff, StaffEntry};
