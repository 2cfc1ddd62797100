//! On which days a rulebook judges.

use super::{Rulebook, Version};
use crate::Day;

/// A run of days on which one version judges, with fixed parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Force {
    /// The first day.
    pub from: Day,
    /// The first day no longer.
    pub until: Option<Day>,
    /// The activation that made it begin, where that applies to isolations that were open then.
    pub opens: Option<Activation>,
    /// An emergency that lapsed: what it did to open isolations holds only while it was in force.
    pub is_lapsed: bool,
}

/// An activation that people can be told: which version of which rulebook.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Activation {
    /// The rulebook.
    pub rulebook_id: String,
    /// Its version.
    pub version: Version,
}

impl Force {
    /// Whether it judges `day`.
    pub fn contains(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// The activation that re-judges open isolations, for a decision about `day`.
    pub(crate) fn reopening(&self, day: Day) -> Option<&Activation> {
        let holds = self.from <= day && (!self.is_lapsed || self.contains(day));
        self.opens.as_ref().filter(|_| holds)
    }
}

impl Rulebook {
    /// The same rules on other days than the document says.
    #[must_use]
    pub fn with_force(mut self, force: Force) -> Self {
        self.force = force;
        self
    }

    /// The days on which it judges.
    pub fn force(&self) -> &Force {
        &self.force
    }
}
