//! What a school does with whoever shows a pass of another school or issuer.

use crate::audit::Entry;
use crate::{Actor, Error, Result, Services};
use domain::access::Action;
use domain::gate::VisitorPolicy;
use domain::ids::SchoolId;
use store::Tx;

const POLICIES: [(VisitorPolicy, &str); 3] = [
    (VisitorPolicy::Refuse, "refuse"),
    (VisitorPolicy::Ask, "ask"),
    (VisitorPolicy::Admit, "admit"),
];

/// Until a school says otherwise: whoever is expected comes in.
const UNSAID: VisitorPolicy = VisitorPolicy::Ask;

impl Services {
    pub(crate) async fn visitor_policy(
        &self,
        tx: &mut Tx,
        school: SchoolId,
    ) -> Result<VisitorPolicy> {
        let Some(word) = tx.visitors_of(school).await? else {
            return Ok(UNSAID);
        };
        let known = POLICIES.iter().find(|(_, known)| *known == word);
        known
            .map(|(policy, _)| *policy)
            .ok_or_else(|| Error::internal(format!("unknown policy for visitors: {word}")))
    }

    /// Says what a school does with visitors; its gates hear of it at their next contact.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever may not change the school's settings.
    pub async fn change_visitors(
        &self,
        actor: &Actor,
        school: SchoolId,
        policy: VisitorPolicy,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let place = self.place_of_school(&mut tx, school).await?;
        actor.require(Action::ChangeSchool, &place)?;
        let word = (POLICIES.iter())
            .find(|(known, _)| *known == policy)
            .map_or("ask", |(_, word)| *word);
        tx.set_visitors(school, word, self.clock.now(), actor.id())
            .await?;
        let entry = Entry {
            actor,
            place: &place,
            action: "school.visitors",
            subject: format!("school:{school}"),
            detail: Some((word, None)),
        };
        self.audit(&mut tx, entry).await?;
        Ok(tx.commit().await?)
    }
}
