//! All that the page with the code shows.

use super::days::PastCodes;
use super::home::ChildView;
use crate::passes::LivePass;
use crate::{Actor, Result, Services};
use domain::ids::PersonId;
use domain::{Day, Text};

/// The page with the code.
#[derive(Debug, Clone, PartialEq)]
pub struct CodePage {
    /// The child today.
    pub child: ChildView,
    /// The codes of the days before.
    pub past: PastCodes,
    /// What of the answers and records does not fit together, each with the day by which it is to be settled.
    pub discrepancies: Vec<(Text, Day)>,
    /// The live pass.
    pub pass: LivePass,
}

impl Services {
    /// What a guardian sees of a child's code.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] for a child that is not theirs, or is none.
    pub async fn code_page(&self, actor: &Actor, person: PersonId) -> Result<CodePage> {
        let seen = self.see_child(actor, person).await?;
        Ok(CodePage {
            child: self.view_of(&seen).await?,
            past: self.past_codes_of(&seen).await?,
            discrepancies: self.discrepancies_of(&seen).await?,
            pass: self.live_pass_of(&seen).await?,
        })
    }
}
