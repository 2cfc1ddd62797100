//! What befalls a few of the children.

use super::people::Family;
use super::plan::Part;
use super::random::Random;
use super::story::Story;
use crate::Result;
use domain::Day;
use store::RiskAreaRow;

/// The declared risk areas; the dates are invented.
pub(super) fn risk_areas(_first: Day) -> Result<Vec<RiskAreaRow>> {
    Ok(Vec::new())
}

/// Lets happen what happens.
pub(super) fn befall(
    _story: &mut Story,
    _random: &mut Random,
    _family: Family,
    _part: Part,
    _place: u32,
    _minute: u32,
) {
}
