//! A slip handed in at the gate is today's report, through the same intake as every other.

use super::{Device, flag};
use crate::context::SchoolInfo;
use crate::family::stands_refused;
use crate::intake::{Fate, Submission};
use crate::{Error, Result, Services};
use domain::Day;
use domain::ids::{PersonId, ReportId};
use domain::report::{Answers, Channel, Temperature};
use store::Tx;

/// What a slip became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filed {
    /// The report of its day, which the teacher confirms.
    Report(ReportId),
    /// Nothing, and that is as it should be: its day has a report, or it was taken back.
    Moot,
    /// Nothing, though it should have become one: its day is too far back.
    Refused,
}

impl Filed {
    pub fn report(self) -> Option<ReportId> {
        match self {
            Self::Report(id) => Some(id),
            Self::Moot | Self::Refused => None,
        }
    }

    pub fn state(self) -> &'static str {
        match self {
            Self::Report(_) => "waiting",
            Self::Moot | Self::Refused => "moot",
        }
    }

    pub fn flag(self) -> Option<&'static str> {
        (self == Self::Refused).then_some(flag::NO_REPORT)
    }
}

impl Services {
    /// Makes a slip the report of its day. The same slip is the same report, however often it comes.
    pub(super) async fn file_slip(
        &self,
        device: &Device,
        info: &SchoolInfo,
        (person, day): (PersonId, Day),
        (id, tenths): ([u8; 16], u16),
    ) -> Result<Filed> {
        let mut tx = self.store.read().await?;
        if let Some(known) = report_of_slip(&mut tx, person, day, &id).await? {
            return Ok(Filed::Report(known));
        }
        let revisions = tx.reports_of(person, day, day).await?;
        if revisions.iter().any(|row| row.status == "accepted") {
            return Ok(Filed::Moot);
        }
        // For a refused child nothing but *checked on paper: may attend* is kept.
        let is_refused = stands_refused(&tx.consents_for(person).await?);
        drop(tx);
        if tenths >= info.context().fever_threshold(day) {
            return Ok(Filed::Refused);
        }
        let temperature = if is_refused {
            Temperature::BelowThreshold
        } else {
            Temperature::Tenths(tenths)
        };
        let latest = revisions.last().map_or(0, |row| row.revision);
        let submission = Submission {
            person,
            day,
            id,
            based_on: u16::try_from(latest).unwrap_or(u16::MAX),
            answers: Answers {
                temperature,
                ..Answers::all_well()
            },
            channel: Channel::GateSlip,
        };
        match self.report(&device.actor(), submission).await {
            Ok(receipt) if receipt.fate == Fate::Accepted => {
                let mut tx = self.store.read().await?;
                let filed = report_of_slip(&mut tx, person, day, &id).await?;
                Ok(filed.map_or(Filed::Moot, Filed::Report))
            }
            // Somebody reported in the same moment; the teacher sees both.
            Ok(_) => Ok(Filed::Moot),
            Err(Error::Refused(_) | Error::Answers(_) | Error::Forbidden) => Ok(Filed::Refused),
            Err(error) => Err(error),
        }
    }
}

async fn report_of_slip(
    tx: &mut Tx,
    person: PersonId,
    day: Day,
    id: &[u8],
) -> Result<Option<ReportId>> {
    let revisions = tx.reports_of(person, day, day).await?;
    let slip = revisions.iter().find(|row| row.submission == id);
    Ok(slip.map(|row| row.report_id))
}
