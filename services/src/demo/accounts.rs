//! The demo's accounts: one per role, the same at every start.

use super::people::{SIBLING_SEAT, guardian_of, phone, seat};
use super::plan::{Part, SchoolPlan};
use crate::accounts::AccountProfile;
use crate::actor::scope_words;
use crate::family::{CONSENT_VERSION, Relation};
use crate::{Error, Result, Services};
use domain::access::{Role, Scope};
use domain::ids::{AccountId, ClassId, PersonId, RegionCode, SchoolId};
use domain::{Day, Millis};
use serde::Serialize;
use store::{AccountRow, ConsentRow, GrantRow, GuardianshipRow, Tx};

/// The password of every account of a demo. Demos listen on this machine only and hold invented people.
const PASSWORD: &str = "fuxue-demo";
/// The district of the sample.
pub(super) const DISTRICT: &str = "330503";
/// The teacher of the lead class, as the roster names them too.
pub(super) const TEACHER_NAME: &str = "周敏";
/// The mother of the two children, as the roster names her too.
pub(super) const GUARDIAN_NAME: &str = "沈丽华";

/// Numbers of accounts that are not a child's first guardian.
const NAMED_FROM: i64 = 20_000_000;
const SECOND_GUARDIAN: AccountId = AccountId(NAMED_FROM);
const CLAIMANT: AccountId = AccountId(NAMED_FROM + 1);
/// The demo teacher's account, who reports for families by telephone.
pub(super) const TEACHER: AccountId = AccountId(NAMED_FROM + 2);

/// An account to enter a demo with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DemoAccount {
    /// The role's word, as [`Role::word`].
    pub role: String,
    /// What to sign in with.
    pub login: String,
    /// What to sign in with.
    pub password: String,
    /// Where the role holds, `kind:code` as in `class:12`; for guardians their children, with commas between.
    pub scope: String,
}

/// The places of the demo's main parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stage {
    pub school: SchoolId,
    pub class: ClassId,
    pub children: [PersonId; 2],
    pub claimed: PersonId,
}

impl Stage {
    /// Finds them among the written schools and classes.
    pub async fn find(tx: &mut Tx, schools: &[SchoolPlan]) -> Result<Self> {
        let gone = || Error::internal("the demo has lost its teacher's class");
        let is_lead = |s: &&SchoolPlan| s.classes.iter().any(|c| c.part == Part::Lead);
        let plan = schools.iter().find(is_lead).ok_or_else(gone)?;
        let school = tx.school_by_code(&plan.code).await?.ok_or_else(gone)?;
        let part = |part: Part| plan.classes.iter().find(|c| c.part == part);
        let lead = part(Part::Lead).ok_or_else(gone)?;
        let at = |first: i64, seat: u32| PersonId(first + i64::from(seat) - 1);
        // A district of one class has no other class for the younger child.
        let sibling = part(Part::Sibling).map_or(at(lead.first, seat::FEVER), |class| {
            at(class.first, SIBLING_SEAT)
        });
        let class = tx
            .person(at(lead.first, seat::OWN))
            .await?
            .ok_or_else(gone)?
            .class_id;
        Ok(Self {
            school: school.school_id,
            class,
            children: [at(lead.first, seat::OWN), sibling],
            claimed: at(lead.first, seat::CLAIMED),
        })
    }
}

struct Named {
    id: AccountId,
    login: &'static str,
    name: &'static str,
    role: Role,
    scope: Option<Scope>,
}

fn named(stage: &Stage) -> Result<Vec<Named>> {
    let district = || {
        RegionCode::parse(DISTRICT)
            .map(Scope::Region)
            .map_err(|e| Error::internal(e.to_string()))
    };
    let row = |id, login, name, role, scope| Named {
        id,
        login,
        name,
        role,
        scope,
    };
    let number = |n| AccountId(TEACHER.0 + n);
    let school = || Some(Scope::School(stage.school));
    let class = Some(Scope::Class(stage.class));
    let [own, _] = stage.children;
    Ok(vec![
        row(
            guardian_of(own),
            "guardian",
            GUARDIAN_NAME,
            Role::Guardian,
            None,
        ),
        row(SECOND_GUARDIAN, "guardian2", "江海峰", Role::Guardian, None),
        row(TEACHER, "teacher", TEACHER_NAME, Role::Teacher, class),
        row(number(1), "guard", "钱建国", Role::Guard, school()),
        row(
            number(2),
            "school_admin",
            "徐晓东",
            Role::SchoolAdmin,
            school(),
        ),
        row(
            number(3),
            "bureau_viewer",
            "俞静",
            Role::BureauViewer,
            Some(district()?),
        ),
        row(
            number(4),
            "health_officer",
            "凌海峰",
            Role::HealthOfficer,
            Some(district()?),
        ),
        row(
            number(5),
            "bureau_admin",
            "施芳",
            Role::BureauAdmin,
            Some(district()?),
        ),
    ])
}

/// What the sign-in page offers.
pub(super) fn offered(stage: &Stage) -> Result<Vec<DemoAccount>> {
    let [own, sibling] = stage.children;
    let accounts = named(stage)?.into_iter().map(|named| {
        let scope = match &named.scope {
            Some(scope) => {
                let (kind, code) = scope_words(scope);
                format!("{kind}:{code}")
            }
            None if named.id == SECOND_GUARDIAN => format!("person:{own}"),
            None => format!("person:{own},person:{sibling}"),
        };
        DemoAccount {
            role: named.role.word().into(),
            login: named.login.into(),
            password: PASSWORD.into(),
            scope,
        }
    });
    Ok(accounts.collect())
}

impl Services {
    /// Makes the demo's accounts, or puts those that are there back into order: enabled, with their password and
    /// their role. All share one hash, so that a start costs one.
    pub(super) async fn ensure_demo_accounts(&self, stage: &Stage, joined: Day) -> Result<()> {
        let hash = self.hashing.hash(&*self.entropy, PASSWORD).await?;
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        for named in named(stage)? {
            let index = self.login_index(named.login);
            let is_new = tx.account(named.id).await?.is_none();
            if is_new {
                self.insert_demo_account(&mut tx, named.id, named.name, named.login)
                    .await?;
            }
            tx.set_password(named.id, &hash, None, now).await?;
            tx.set_disabled(named.id, None, None, now).await?;
            tx.set_signin_failures(&index, 0, Millis(0)).await?;
            if let Some(scope) = &named.scope {
                let (scope_kind, scope) = scope_words(scope);
                let grant = GrantRow {
                    account_id: named.id,
                    role: named.role.word().into(),
                    scope_kind: scope_kind.into(),
                    scope,
                };
                tx.insert_grant(&grant, None, now).await?;
            }
        }
        self.ensure_family(&mut tx, stage, joined, now).await?;
        Ok(tx.commit().await?)
    }

    /// The demo guardian's two children, the second guardian of the first, and the claim that waits.
    async fn ensure_family(
        &self,
        tx: &mut Tx,
        stage: &Stage,
        joined: Day,
        now: Millis,
    ) -> Result<()> {
        let [own, sibling] = stage.children;
        let guardian = guardian_of(own);
        if tx.account(CLAIMANT).await?.is_none() {
            let login = phone(80_000_002).map(|p| p.as_str().to_owned());
            self.insert_demo_account(tx, CLAIMANT, "林国平", &login.unwrap_or_default())
                .await?;
        }
        let links = [
            (guardian, own, Relation::Mother),
            (guardian, sibling, Relation::Mother),
            (SECOND_GUARDIAN, own, Relation::Father),
            (CLAIMANT, stage.claimed, Relation::Grandparent),
        ];
        // Children are listed in the order in which they were claimed.
        let times = (-4..).map(|ms| Millis(now.0 + ms));
        for ((account, person, relation), at) in links.into_iter().zip(times) {
            let is_confirmed = account != CLAIMANT;
            if tx.guardianship(account, person).await?.is_some() {
                continue;
            }
            let row = guardianship(account, person, relation, joined, at);
            tx.upsert_guardianship(&GuardianshipRow {
                status: if is_confirmed { "confirmed" } else { "claimed" }.into(),
                ..row
            })
            .await?;
            tx.insert_consent(&consent(account, person, "given", at))
                .await?;
        }
        Ok(())
    }

    async fn insert_demo_account(
        &self,
        tx: &mut Tx,
        id: AccountId,
        name: &str,
        login: &str,
    ) -> Result<()> {
        let (row, index) = self.demo_account(id, name, login, self.clock.now())?;
        tx.insert_subject_key(id.0, &row.wrapped).await?;
        Ok(tx.insert_account(&row, &index).await?)
    }

    /// The row of an account that nobody has created, with the index of its login.
    pub(super) fn demo_account(
        &self,
        id: AccountId,
        name: &str,
        login: &str,
        at: Millis,
    ) -> Result<(AccountRow, Vec<u8>)> {
        let (key, wrapped) = self.vault.new_subject(&*self.entropy, id.0);
        let profile = AccountProfile {
            name: name.into(),
            login: login.into(),
            phone: None,
        };
        let row = AccountRow {
            account_id: id,
            profile_enc: self.seal_account(&key, id.0, &profile)?,
            password_hash: None,
            created_by: None,
            created_at: at,
            disabled_at: None,
            wrapped,
        };
        Ok((row, self.login_index(login)))
    }
}

/// A confirmed guardian.
pub(super) fn guardianship(
    account: AccountId,
    person: PersonId,
    relation: Relation,
    since: Day,
    at: Millis,
) -> GuardianshipRow {
    GuardianshipRow {
        account_id: account,
        person_id: person,
        relation: relation.word().into(),
        status: "confirmed".into(),
        since_day: since,
        claimed_at: at,
        settled_by: None,
        settled_at: Some(at),
        slip_id: None,
        alert_at: None,
    }
}

/// An answer about consent.
pub(super) fn consent(
    account: AccountId,
    person: PersonId,
    answer: &str,
    at: Millis,
) -> ConsentRow {
    ConsentRow {
        account_id: account,
        person_id: person,
        version: CONSENT_VERSION.into(),
        answer: answer.into(),
        at,
    }
}
