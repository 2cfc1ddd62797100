//! What a signed paper form says, and whether it can be entered: the same for a row of the page and a row of a table.

use super::forms::PaperRow;
use domain::report::{Answers, Symptoms, Temperature, read_tenths};

/// The result of a check on paper, for a child whose family refused online answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperCheck {
    /// 可以到校
    May,
    /// 不能到校
    MayNot,
}

/// One paper form as somebody enters it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaperEntry {
    /// The signed form is at hand.
    pub signed: bool,
    /// The temperature as it was typed; empty for none.
    pub temperature: String,
    /// The symptoms.
    pub symptoms: Symptoms,
    /// The result of the check.
    pub check: Option<PaperCheck>,
}

/// Why an entry cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperFault {
    /// Filled in, but there is no signed paper.
    NotSigned,
    /// Not a temperature that a body can have.
    Temperature,
    /// The last report told of symptoms: the temperature is needed.
    TemperatureNeeded,
    /// The family refused online answers: only the result of the check is entered.
    CheckOnly,
    /// The family refused online answers, and the check has no result.
    CheckMissing,
    /// The check is for families who refused online answers.
    CheckNotAsked,
}

impl PaperEntry {
    /// Whether it says nothing.
    pub fn is_blank(&self) -> bool {
        !self.signed && !self.has_answers() && self.check.is_none()
    }

    fn has_answers(&self) -> bool {
        !self.temperature.is_empty() || !self.symptoms.is_empty()
    }

    /// The answers of a report; `None` where it says nothing.
    pub fn answers(&self, of: &PaperRow) -> Result<Option<Answers>, PaperFault> {
        if self.is_blank() {
            Ok(None)
        } else if of.paper_only {
            self.checked().map(Some)
        } else {
            self.told(of.all_well).map(Some)
        }
    }

    fn checked(&self) -> Result<Answers, PaperFault> {
        match self.check {
            _ if self.has_answers() => Err(PaperFault::CheckOnly),
            Some(PaperCheck::May) => Ok(Answers::all_well()),
            Some(PaperCheck::MayNot) => Ok(Answers::paper_refused()),
            None => Err(PaperFault::CheckMissing),
        }
    }

    fn told(&self, all_well: bool) -> Result<Answers, PaperFault> {
        if self.check.is_some() {
            return Err(PaperFault::CheckNotAsked);
        }
        if !self.signed {
            return Err(PaperFault::NotSigned);
        }
        let temperature = match self.temperature.as_str() {
            "" if self.symptoms.is_empty() && !all_well => {
                return Err(PaperFault::TemperatureNeeded);
            }
            "" => Temperature::BelowThreshold,
            typed => Temperature::Tenths(read_tenths(typed).ok_or(PaperFault::Temperature)?),
        };
        Ok(Answers {
            temperature,
            symptoms: self.symptoms,
            ..Answers::all_well()
        })
    }
}
