//! Guardians of a child: confirmed by the teacher, unlinked by the school.

use crate::actor::Actor;
use crate::audit::{Entry, class as class_subject, person as person_subject};
use crate::{Error, Refusal, Result, Services};
use domain::access::{Action, Place};
use domain::ids::{AccountId, ClassId, PersonId};
use domain::{Lang, Millis};
use store::{GuardianshipRow, Tx};

/// Who a guardian is to the child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// 妈妈
    Mother,
    /// 爸爸
    Father,
    /// 祖辈
    Grandparent,
    /// 其他监护人
    Other,
    /// 本人
    Oneself,
}

impl Relation {
    /// Every relation, in the order of the form.
    pub const ALL: [Self; 5] = [
        Self::Mother,
        Self::Father,
        Self::Grandparent,
        Self::Other,
        Self::Oneself,
    ];

    /// The word used in tables and forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mother => "mother",
            Self::Father => "father",
            Self::Grandparent => "grandparent",
            Self::Other => "other",
            Self::Oneself => "self",
        }
    }

    /// The relation of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.word() == word)
    }

    /// As people say it.
    pub fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Mother, Lang::Zh) => "妈妈",
            (Self::Mother, Lang::En) => "mother",
            (Self::Father, Lang::Zh) => "爸爸",
            (Self::Father, Lang::En) => "father",
            (Self::Grandparent, Lang::Zh) => "祖辈",
            (Self::Grandparent, Lang::En) => "grandparent",
            (Self::Other, Lang::Zh) => "其他监护人",
            (Self::Other, Lang::En) => "other guardian",
            (Self::Oneself, Lang::Zh) => "本人",
            (Self::Oneself, Lang::En) => "oneself",
        }
    }
}

/// A guardian as the school's pages show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardianEntry {
    /// Their account.
    pub account: AccountId,
    /// The child.
    pub person: PersonId,
    /// The child's full name.
    pub child: String,
    /// The name they gave.
    pub name: String,
    /// Their relation.
    pub relation: Relation,
    /// Whether the teacher has confirmed them.
    pub is_confirmed: bool,
    /// When they joined.
    pub claimed_at: Millis,
    /// When somebody else tried their used slip.
    pub alert_at: Option<Millis>,
}

impl Services {
    /// The guardians of a class's children, those to be confirmed first.
    pub async fn class_guardians(
        &self,
        actor: &Actor,
        class: ClassId,
    ) -> Result<Vec<GuardianEntry>> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_class(&mut tx, class).await?;
        actor.require(Action::ConfirmGuardian, &place)?;
        let info = self
            .school_info(&mut tx, place.school.ok_or(Error::Forbidden)?)
            .await?;
        let today = self.today_at(&info);
        let mut out = Vec::new();
        for link in tx.guardians_of_class(class).await? {
            out.push(self.guardian_entry(&mut tx, &link).await?);
        }
        drop(tx);
        self.audit_list(actor, &place, class_subject(class), "guardians.list", today)
            .await?;
        out.sort_by_key(|g| (g.is_confirmed, g.claimed_at));
        Ok(out)
    }

    pub(crate) async fn guardian_entry(
        &self,
        tx: &mut Tx,
        link: &GuardianshipRow,
    ) -> Result<GuardianEntry> {
        let account = tx
            .account(link.account_id)
            .await?
            .ok_or_else(|| Error::internal("guardian without account"))?;
        let person = tx
            .person(link.person_id)
            .await?
            .ok_or_else(|| Error::internal("guardian without child"))?;
        Ok(GuardianEntry {
            account: link.account_id,
            person: link.person_id,
            child: self.open_person(person)?.profile.name,
            name: self.account_profile(&account)?.name,
            relation: Relation::parse(&link.relation).unwrap_or(Relation::Other),
            is_confirmed: link.status == "confirmed",
            claimed_at: link.claimed_at,
            alert_at: link.alert_at,
        })
    }

    /// Confirms a new guardian: from now on they see the earlier days too.
    pub async fn confirm_guardian(
        &self,
        actor: &Actor,
        account: AccountId,
        person: PersonId,
    ) -> Result<()> {
        self.settle(actor, account, person, Action::ConfirmGuardian, "confirmed")
            .await
    }

    /// Ends a guardian's link to a child. Their reports stay; they see nothing more.
    pub async fn unlink_guardian(
        &self,
        actor: &Actor,
        account: AccountId,
        person: PersonId,
    ) -> Result<()> {
        self.settle(actor, account, person, Action::UnlinkGuardian, "unlinked")
            .await
    }

    async fn settle(
        &self,
        actor: &Actor,
        account: AccountId,
        person: PersonId,
        action: Action,
        status: &str,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let (place, _) = self.place_of_person(&mut tx, person).await?;
        actor.require(action, &place)?;
        let mut link = tx
            .guardianship(account, person)
            .await?
            .ok_or(Error::NotFound)?;
        if link.status == status || link.status == "unlinked" {
            return Err(Refusal::AlreadySettled.into());
        }
        link.status = status.into();
        link.settled_by = actor.id();
        link.settled_at = Some(self.clock.now());
        tx.upsert_guardianship(&link).await?;
        let word = if status == "confirmed" {
            "guardian.confirm"
        } else {
            "guardian.unlink"
        };
        let account = format!("account {account}");
        self.audit(
            &mut tx,
            Entry {
                actor,
                place: &place,
                action: word,
                subject: person_subject(person),
                detail: Some((&account, None)),
            },
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// *Not my family*: the signed-in account gives up a child that is not theirs.
    pub async fn disown(&self, actor: &Actor, person: PersonId) -> Result<()> {
        let account = actor.id().ok_or(Error::NotSignedIn)?;
        let mut tx = self.store.write().await?;
        let (place, _): (Place, _) = self.place_of_person(&mut tx, person).await?;
        actor.require(Action::ReportForChild, &place)?;
        let mut link = tx
            .guardianship(account, person)
            .await?
            .ok_or(Error::Forbidden)?;
        link.status = "unlinked".into();
        link.settled_by = Some(account);
        link.settled_at = Some(self.clock.now());
        tx.upsert_guardianship(&link).await?;
        self.audit(
            &mut tx,
            Entry {
                actor,
                place: &place,
                action: "guardian.disown",
                subject: person_subject(person),
                detail: None,
            },
        )
        .await?;
        Ok(tx.commit().await?)
    }
}
