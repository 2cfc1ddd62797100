//! Using an invitation slip: what it asks, and what follows.

use super::guardians::Relation;
use crate::accounts::{AccountProfile, Hashing, SignedIn};
use crate::actor::Actor;
use crate::audit::{Entry, person as person_subject};
use crate::codes::{Code, code_hash};
use crate::people::{OpenPerson, class_name};
use crate::{Error, Refusal, Result, Services};
use domain::identity::to_half_width;
use domain::ids::{AccountId, PersonId};
use domain::roster::{ClassName, RosterRow};
use domain::{Day, Text};
use store::{GuardianshipRow, SlipRow, Tx};

/// Wrong answers after which a slip is void.
pub const SLIP_FAILURES_MAX: i64 = 5;

/// What a slip's page may show before anything is proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlipView {
    /// The school's name.
    pub school: Text,
    /// The class.
    pub class: ClassName,
    /// Whether it asks for digits of the national id, because the roster has no phone.
    pub asks_id: bool,
    /// Tries left.
    pub tries_left: i64,
}

/// The answers to a slip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The code, as typed.
    pub code: String,
    /// The child's birth date.
    pub birth_date: Day,
    /// The last four digits of a guardian's phone in the roster, or of the id where there is none.
    pub last_four: String,
    /// Who claims.
    pub relation: Relation,
    /// The name under which the teacher sees the claim.
    pub name: String,
}

/// How somebody without an account wants to sign in.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// A phone or a chosen name.
    pub login: String,
    /// The password.
    pub password: String,
}

enum Found {
    Open(SlipRow),
    Used(SlipRow),
    Unusable,
}

impl Services {
    /// What the page of a slip shows; `None` when the slip cannot be used.
    pub async fn slip_view(&self, code: &str) -> Result<Option<SlipView>> {
        let mut tx = self.store.read().await?;
        let Found::Open(slip) = self.find_slip(&mut tx, code).await? else {
            return Ok(None);
        };
        let person = tx.person(slip.person_id).await?.ok_or(Error::Forbidden)?;
        let class = tx.class(person.class_id).await?.ok_or(Error::Forbidden)?;
        let info = self.school_info(&mut tx, person.school_id).await?;
        let person = self.open_person(person)?;
        Ok(Some(SlipView {
            school: info.row.names(),
            class: class_name(&class),
            asks_id: phones(&person.profile).is_empty(),
            tries_left: SLIP_FAILURES_MAX - slip.failures,
        }))
    }

    async fn find_slip(&self, tx: &mut Tx, code: &str) -> Result<Found> {
        let Some(code) = Code::parse(code) else {
            return Ok(Found::Unusable);
        };
        let Some(slip) = tx.slip_by_code(&code_hash(&code)).await? else {
            return Ok(Found::Unusable);
        };
        Ok(match slip.status.as_str() {
            "open" if self.clock.now() < slip.expires_at => Found::Open(slip),
            "used" => Found::Used(slip),
            _ => Found::Unusable,
        })
    }

    /// Somebody else claims with a slip that was used: both sides are told.
    async fn alert(&self, tx: &mut Tx, mut slip: SlipRow) -> Result<()> {
        let now = self.clock.now();
        slip.second_claim_at = Some(now);
        tx.update_slip(&slip).await?;
        if let Some(account) = slip.used_by
            && let Some(mut link) = tx.guardianship(account, slip.person_id).await?
        {
            link.alert_at = Some(now);
            tx.upsert_guardianship(&link).await?;
        }
        Ok(())
    }

    /// Uses a slip. With `credentials` a new account is made (or, on a fresh slip for the same guardian's login,
    /// its password is set anew); without, the signed-in account gains a child.
    ///
    /// # Errors
    /// [`Refusal::CodeUnusable`], [`Refusal::SlipAnswersWrong`] (counted), [`Refusal::TooYoungForSelf`],
    /// [`Refusal::AlreadyGuardian`], and those of login and password.
    pub async fn claim_slip(
        &self,
        actor: Option<&Actor>,
        claim: &Claim,
        credentials: Option<&Credentials>,
    ) -> Result<Option<SignedIn>> {
        let name = claim.name.trim();
        if name.is_empty() || name.chars().count() > 40 {
            return Err(Refusal::FieldInvalid.into());
        }
        // A wrong code costs no hash.
        let mut tx = self.store.read().await?;
        if matches!(self.find_slip(&mut tx, &claim.code).await?, Found::Unusable) {
            return Err(Refusal::CodeUnusable.into());
        }
        drop(tx);
        let prepared = match credentials {
            Some(c) => {
                let login = crate::accounts::normalise_login(&c.login)?;
                Hashing::check_new(&c.password, &login)?;
                Some((login, self.hashing.hash(&*self.entropy, &c.password).await?))
            }
            None => None,
        };
        let mut tx = self.store.write().await?;
        let mut slip = match self.find_slip(&mut tx, &claim.code).await? {
            Found::Open(slip) => slip,
            Found::Used(slip) => {
                if actor.is_none() || actor.and_then(Actor::id) != slip.used_by {
                    self.alert(&mut tx, slip).await?;
                    tx.commit().await?;
                }
                return Err(Refusal::CodeUnusable.into());
            }
            Found::Unusable => return Err(Refusal::CodeUnusable.into()),
        };
        let (place, row) = self.place_of_person(&mut tx, slip.person_id).await?;
        let person = self.open_person(row)?;
        if !fits(&person.profile, claim) {
            slip.failures += 1;
            if slip.failures >= SLIP_FAILURES_MAX {
                slip.status = "void".into();
            }
            tx.update_slip(&slip).await?;
            tx.commit().await?;
            return Err(if slip.failures >= SLIP_FAILURES_MAX {
                Refusal::CodeUnusable
            } else {
                Refusal::SlipAnswersWrong
            }
            .into());
        }
        let info = self
            .school_info(&mut tx, place.school.ok_or(Error::Forbidden)?)
            .await?;
        let today = self.today_at(&info);
        if claim.relation == Relation::Oneself
            && !old_enough(info.row.self_report_age, claim.birth_date, today)
        {
            return Err(Refusal::TooYoungForSelf.into());
        }
        let (account, fresh) = match (&prepared, credentials) {
            (Some((login, hash)), Some(c)) => (
                self.account_for_claim(&mut tx, &person, name, c, login, hash)
                    .await?,
                true,
            ),
            _ => (actor.and_then(Actor::id).ok_or(Error::NotSignedIn)?, false),
        };
        let known = tx
            .guardianship(account, slip.person_id)
            .await?
            .filter(|g| g.status != "unlinked");
        if known.is_some() && !fresh {
            return Err(Refusal::AlreadyGuardian.into());
        }
        if known.is_some() {
            self.unlink_others(&mut tx, account, slip.person_id).await?;
        }
        // After a recovery too: the slip and the roster's digits prove little about whose login it is, so the
        // teacher confirms anew before earlier days are shown.
        tx.upsert_guardianship(&GuardianshipRow {
            account_id: account,
            person_id: slip.person_id,
            relation: claim.relation.word().into(),
            status: "claimed".into(),
            since_day: today,
            claimed_at: self.clock.now(),
            settled_by: None,
            settled_at: None,
            slip_id: Some(slip.slip_id),
            alert_at: known.is_some().then(|| self.clock.now()),
        })
        .await?;
        // Every morning the page with the code finds it, and has nothing to write.
        tx.give_pass_holders(&self.drawn_for(&[slip.person_id]))
            .await?;
        slip.status = "used".into();
        slip.used_by = Some(account);
        tx.update_slip(&slip).await?;
        let claimant = Actor::account(account, Vec::new());
        let entry = Entry {
            actor: &claimant,
            place: &place,
            action: if known.is_some() {
                "guardian.recover"
            } else {
                "guardian.claim"
            },
            subject: person_subject(slip.person_id),
            detail: Some((name, Some(&person.key))),
        };
        self.audit(&mut tx, entry).await?;
        let signed_in = if fresh {
            Some(self.begin_session(&mut tx, account).await?)
        } else {
            None
        };
        tx.commit().await?;
        Ok(signed_in)
    }

    /// A recovered account keeps only the child whose slip recovered it; the others come back by their own slips.
    async fn unlink_others(&self, tx: &mut Tx, account: AccountId, person: PersonId) -> Result<()> {
        for mut link in tx.children_of(account).await? {
            if link.person_id == person {
                continue;
            }
            link.status = "unlinked".into();
            link.settled_at = Some(self.clock.now());
            tx.upsert_guardianship(&link).await?;
            let (place, _) = self.place_of_person(tx, link.person_id).await?;
            let entry = Entry {
                actor: &Actor::account(account, Vec::new()),
                place: &place,
                action: "guardian.unlink",
                subject: person_subject(link.person_id),
                detail: Some(("the account was recovered by another child's slip", None)),
            };
            self.audit(tx, entry).await?;
        }
        Ok(())
    }

    /// The account a claim with credentials leads to: a new one, or the child's guardian of the same login, whose
    /// password the fresh slip sets anew (recovery). A login of anybody else is taken.
    async fn account_for_claim(
        &self,
        tx: &mut Tx,
        person: &OpenPerson,
        name: &str,
        credentials: &Credentials,
        login: &str,
        hash: &str,
    ) -> Result<AccountId> {
        let Some(existing) = tx.account_by_login(&self.login_index(login)).await? else {
            let profile = AccountProfile {
                name: name.into(),
                login: credentials.login.trim().into(),
                phone: None,
            };
            return self
                .insert_account(tx, &Actor::job(), &profile, login, Some(hash.to_owned()))
                .await;
        };
        let link = tx
            .guardianship(existing.account_id, person.row.person_id)
            .await?;
        if link.is_none_or(|g| g.status == "unlinked")
            || !tx.grants_of(existing.account_id).await?.is_empty()
        {
            return Err(Refusal::LoginTaken.into());
        }
        tx.set_password(
            existing.account_id,
            hash,
            Some(existing.account_id),
            self.clock.now(),
        )
        .await?;
        tx.delete_sessions_of(existing.account_id).await?;
        tx.set_signin_failures(&self.login_index(login), 0, domain::Millis(0))
            .await?;
        Ok(existing.account_id)
    }
}

fn phones(profile: &RosterRow) -> Vec<&str> {
    profile
        .guardians
        .iter()
        .filter_map(|g| g.phone.as_ref().map(domain::identity::Phone::last_four))
        .collect()
}

fn fits(profile: &RosterRow, claim: &Claim) -> bool {
    let digits = to_half_width(&claim.last_four).trim().to_uppercase();
    let phones = phones(profile);
    let digits_fit = if phones.is_empty() {
        profile
            .national_id
            .as_ref()
            .is_some_and(|id| id.last_four() == digits)
    } else {
        phones.contains(&digits.as_str())
    };
    digits_fit && profile.birth_date == Some(claim.birth_date)
}

fn old_enough(limit: Option<i64>, born: Day, today: Day) -> bool {
    let (born, today) = (born.ymd(), today.ymd());
    let had_birthday = (today.1, today.2) >= (born.1, born.2);
    let years = i64::from(today.0) - i64::from(born.0) - i64::from(!had_birthday);
    limit.is_some_and(|limit| years >= limit)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_age_counts_from_the_birthday() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        assert!(!old_enough(Some(14), day("2006-09-18"), day("2020-09-17")));
        assert!(old_enough(Some(14), day("2006-09-17"), day("2020-09-17")));
        assert!(!old_enough(None, day("1990-01-01"), day("2020-09-17")));
    }
}
