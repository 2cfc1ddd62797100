//! Accounts: signing in, sessions, passwords, staff and their recovery.

mod names;
mod password;
mod session;
mod staff;

pub use names::AccountProfile;
pub(crate) use names::normalise_login;
pub use password::{Hashing, PASSWORD_MIN};
pub(crate) use session::{Returning, Sessions, Uses, look_up_sessions};
pub use session::{SESSION_COOKIE, SessionToken, SignedIn};
pub use staff::{ActivationCode, NewStaff, StaffEntry};
