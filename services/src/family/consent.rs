//! Consent to online answers: per child, versioned, with a refuse button.

use crate::actor::Actor;
use crate::audit::{Entry, person as person_subject};
use crate::recolour::Ledger;
use crate::{Error, Refusal, Result, Services};
use domain::access::Action;
use domain::ids::{AccountId, PersonId, SchoolId};
use store::{ConsentRow, Tx};

/// The version of the text that guardians agree to.
pub const CONSENT_VERSION: &str = "1";

/// What a guardian answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentAnswer {
    /// Online reporting is fine.
    Given,
    /// The school shall check on paper.
    Refused,
    /// No longer; the answers given so far are destroyed.
    Withdrawn,
}

/// Where the consent for a child stands, as seen by one guardian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentState {
    /// This guardian has not answered yet.
    Open,
    /// Online reporting is on.
    Given,
    /// A guardian has refused or withdrawn, and the school has recorded no agreement since.
    Refused,
}

fn is_refusal(row: &ConsentRow) -> bool {
    matches!(row.answer.as_str(), "refused" | "withdrawn")
}

/// Whether a refusal stands: the latest of any guardian, unless the school has recorded an agreement after it.
pub(crate) fn stands_refused(rows: &[ConsentRow]) -> bool {
    let agreed = rows
        .iter()
        .filter(|r| r.answer == "agreed_with_school")
        .map(|r| r.at)
        .max();
    rows.iter()
        .any(|r| is_refusal(r) && agreed.is_none_or(|at| r.at > at))
}

/// Where the consent for a child stands for one guardian, from the last answer of everybody.
pub(crate) fn consent_of(rows: &[ConsentRow], account: Option<AccountId>) -> ConsentState {
    if stands_refused(rows) {
        return ConsentState::Refused;
    }
    match rows.iter().find(|r| Some(r.account_id) == account) {
        Some(row) if row.version == CONSENT_VERSION && !is_refusal(row) => ConsentState::Given,
        _ => ConsentState::Open,
    }
}

impl Services {
    /// Where the consent for a child stands for the signed-in guardian.
    pub async fn consent_state(&self, actor: &Actor, person: PersonId) -> Result<ConsentState> {
        let mut tx = self.store.read().await?;
        let (place, _) = self.place_of_person(&mut tx, person).await?;
        actor.require(Action::ReportForChild, &place)?;
        self.consent_in(&mut tx, actor, person).await
    }

    pub(crate) async fn consent_in(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        person: PersonId,
    ) -> Result<ConsentState> {
        Ok(consent_of(&tx.consents_for(person).await?, actor.id()))
    }

    pub(crate) async fn require_consent(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        person: PersonId,
    ) -> Result<()> {
        match self.consent_in(tx, actor, person).await? {
            ConsentState::Given => Ok(()),
            ConsentState::Open => Err(Refusal::ConsentMissing.into()),
            ConsentState::Refused => Err(Refusal::ConsentRefused.into()),
        }
    }

    /// Records a guardian's answer. Withdrawing destroys the answers given so far at once; a running isolation
    /// stays with its dates, colour and reason.
    pub async fn decide_consent(
        &self,
        actor: &Actor,
        person: PersonId,
        answer: ConsentAnswer,
    ) -> Result<()> {
        let account = actor.id().ok_or(Error::NotSignedIn)?;
        let mut tx = self.store.write().await?;
        let (place, row) = self.place_of_person(&mut tx, person).await?;
        actor.require(Action::DecideConsent, &place)?;
        let word = match answer {
            ConsentAnswer::Given => "given",
            ConsentAnswer::Refused => "refused",
            ConsentAnswer::Withdrawn => "withdrawn",
        };
        let mut others = tx.consents_for(person).await?;
        others.retain(|r| r.account_id != account);
        if answer == ConsentAnswer::Given && stands_refused(&others) {
            return Err(Refusal::ConsentRefused.into());
        }
        let link = tx.guardianship(account, person).await?;
        let is_confirmed = link.is_some_and(|l| l.status == "confirmed");
        tx.insert_consent(&ConsentRow {
            account_id: account,
            person_id: person,
            version: CONSENT_VERSION.into(),
            answer: word.into(),
            at: self.clock.now(),
        })
        .await?;
        self.audit(
            &mut tx,
            Entry {
                actor,
                place: &place,
                action: &format!("consent.{word}"),
                subject: person_subject(person),
                detail: None,
            },
        )
        .await?;
        // Somebody whom the teacher has not confirmed stops new answers, but destroys none.
        if answer != ConsentAnswer::Given && is_confirmed {
            self.strip_answers(&mut tx, row.school_id, person).await?;
        }
        tx.commit().await?;
        self.store.mark_change();
        Ok(())
    }

    /// Destroys a person's answers, in reports and state alike.
    async fn strip_answers(&self, tx: &mut Tx, school: SchoolId, person: PersonId) -> Result<()> {
        let info = self.school_info(tx, school).await?;
        let today = self.today_at(&info);
        let mut opened = self.opened_state(tx, person).await?;
        let state = domain::decision::withdraw(&opened.kept.state, &info.context(), today);
        let mut ledger = Ledger::new(self);
        ledger.recolour(&mut opened, state, &info, today, "withdrawal")?;
        ledger.write(tx).await?;
        let decisions = tx.decisions_of(person, i64::MAX).await?;
        let stripped = decisions.into_iter();
        let stripped: Vec<_> = stripped
            .map(|row| self.stripped(&opened.key, row))
            .collect::<Result<_>>()?;
        tx.reseal_decisions(&stripped).await?;
        tx.strip_contests(person).await?;
        Ok(tx.strip_reports(person).await?)
    }

    /// The school records that the guardians have agreed after all.
    pub async fn record_agreement(
        &self,
        actor: &Actor,
        person: PersonId,
        note: &str,
    ) -> Result<()> {
        if note.trim().chars().count() < 4 {
            return Err(Refusal::NoteNeeded.into());
        }
        let mut tx = self.store.write().await?;
        let (place, row) = self.place_of_person(&mut tx, person).await?;
        actor.require(Action::UnlinkGuardian, &place)?;
        let by = actor.id().ok_or(Error::NotSignedIn)?;
        tx.insert_consent(&ConsentRow {
            account_id: by,
            person_id: person,
            version: CONSENT_VERSION.into(),
            answer: "agreed_with_school".into(),
            at: self.clock.now(),
        })
        .await?;
        let key = self.open_person(row)?.key;
        self.audit(
            &mut tx,
            Entry {
                actor,
                place: &place,
                action: "consent.agreed",
                subject: person_subject(person),
                detail: Some((note.trim(), Some(&key))),
            },
        )
        .await?;
        Ok(tx.commit().await?)
    }
}
