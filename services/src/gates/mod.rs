//! Gates: the devices there, what they take along, what they hand in, and what follows from it.
//!
//! A device takes a signed [`domain::gate::Stamp`] and [`domain::gate::Roll`] along ([`Services::take_along`]), decides without
//! a network, and hands in [`domain::gate::Entry`]s later ([`Services::hand_in`]), each once. What follows from them is
//! derived from the entries that are there, so that the order in which they arrive does not matter: who is here,
//! which slips are reports, which temperatures are facts.
//!
//! [`Services`]: crate::Services
//! [`Services::take_along`]: crate::Services::take_along
//! [`Services::hand_in`]: crate::Services::hand_in

mod attendance;
mod day;
mod device;
mod effects;
mod export;
mod hand_in;
mod intake;
mod manage;
mod readings;
mod slips;
mod take;
mod words;

pub use attendance::{Attendance, HighReading, Presence, ReadingState, Seen, SlipView};
pub use day::{GateDay, GateDayEntry, GateDayFilter, GateNumbers};
pub use device::{DEVICE_COOKIE, DEVICE_LIFE, Device, DeviceToken, Enrolled};
pub use manage::{DEVICES_PAGE, DeviceView, EnrolmentCode, GateView, GatesView};
pub(crate) use readings::{Reading, confirmed};
pub use take::{Take, Told};

use domain::ids::SchoolId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// What is kept between requests, for each school.
#[derive(Debug, Default)]
pub(crate) struct GateCache(Mutex<HashMap<SchoolId, Arc<take::Kept>>>);

/// How long somebody rests before they are measured again.
pub const WAIT: domain::gate::Span = domain::gate::Span(600_000);

/// Entries that one hand-in takes at most.
pub const ENTRIES_MAX: usize = 200;

/// The minute of the day by which slips are confirmed, where the school has set none.
pub(crate) const SLIP_MINUTE: i64 = 600;

/// What a flag says of an entry, in a stable word.
pub(crate) mod flag {
    /// Made before the device was cut off, handed in after.
    pub const BEFORE_CUT_OFF: &str = "before_cut_off";
    /// Made after the device was cut off: kept, and nothing follows from it.
    pub const AFTER_CUT_OFF: &str = "after_cut_off";
    /// The device was started anew and has not asked for the time since.
    pub const CLOCK: &str = "uncertain_clock";
    /// Its time is later than the server's.
    pub const AHEAD: &str = "ahead";
    /// An earlier entry of the device is missing.
    pub const GAP: &str = "gap";
    /// Its place in the device's order was taken.
    pub const TWICE: &str = "seq_twice";
    /// Nobody on the roster has this number in passes.
    pub const HOLDER: &str = "unknown_holder";
    /// A second temperature without the name of who measured.
    pub const UNNAMED: &str = "unnamed";
    /// A slip that could not become a report.
    pub const NO_REPORT: &str = "no_report";
}
