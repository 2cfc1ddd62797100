//! Passes: the keys that sign them, live passes and day letters of guardians, printed cards of classes.

mod cards;
mod drawing;
mod family;
mod inspect;
mod issue;
mod keys;
mod publish;
#[cfg(test)]
mod tests;

pub use cards::{CardStatus, PrintedCard, WellSlips};
pub use drawing::draw;
pub use family::{DayLetter, LivePass};
pub(crate) use family::{Holders, draw_holders};
pub use inspect::Inspection;
pub use issue::Issued;
pub(crate) use keys::KeySet;
pub use keys::{KeyState, PassKey, Purpose};

use domain::Millis;
use std::sync::{Arc, RwLock};

/// What is kept between requests.
#[derive(Debug, Default)]
pub(crate) struct Passes {
    keys: RwLock<Option<Arc<KeySet>>>,
}

/// A moment without its milliseconds, as passes have it.
fn whole_second(at: Millis) -> Millis {
    Millis(at.0 - at.0.rem_euclid(1_000))
}
