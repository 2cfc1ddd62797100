//! Writing the sample's schools, classes, children and their guardians' accounts.

use super::accounts::{consent, guardianship};
use super::people::{self, Child, SIBLING_SEAT, seat};
use super::plan::{Part, SchoolPlan};
use crate::family::Relation;
use crate::{Error, Result, Services};
use domain::identity::Phone;
use domain::ids::{ClassId, PersonId, RegionCode, SchoolId};
use domain::{Day, Millis, Zone};
use store::{AccountRow, ConsentRow, GuardianshipRow, PersonIndexes, PersonRow, SchoolRow};

/// The age from which students of upper secondary schools report for themselves.
const SELF_REPORT_AGE: i64 = 16;

#[derive(Default)]
struct Rows {
    keys: Vec<(i64, Vec<u8>)>,
    people: Vec<(PersonRow, PersonIndexes)>,
    accounts: Vec<(AccountRow, Vec<u8>)>,
    guardianships: Vec<GuardianshipRow>,
    consents: Vec<ConsentRow>,
}

struct Target {
    school: SchoolId,
    class: ClassId,
    joined: Day,
    at: Millis,
}

impl Services {
    /// Writes the rosters of all schools, each in a transaction of its own.
    pub(super) async fn write_demo_rosters(
        &self,
        schools: &[SchoolPlan],
        seed: u64,
        today: Day,
        joined: Day,
    ) -> Result<()> {
        let at = Zone::SHANGHAI.at(joined.plus(-2), 9 * 60);
        for plan in schools {
            let mut tx = self.store.write().await?;
            let school = tx.insert_school(&school_row(plan, at)?).await?;
            let mut rows = Rows::default();
            for class in &plan.classes {
                let name = class.name;
                let number = i64::from(name.number);
                let class_id = tx
                    .ensure_class(school, name.stage.number(), i64::from(name.grade), number)
                    .await?;
                let target = Target {
                    school,
                    class: class_id,
                    joined,
                    at,
                };
                for child in people::children(seed, plan, class, today) {
                    self.add_child(&mut rows, &child, class.part, &target)?;
                }
            }
            tx.insert_subject_keys(&rows.keys).await?;
            tx.insert_people(&rows.people).await?;
            tx.insert_accounts(&rows.accounts).await?;
            tx.insert_guardianships(&rows.guardianships).await?;
            tx.insert_consents(&rows.consents).await?;
            tx.commit().await?;
            tracing::info!(school = plan.code, children = rows.people.len(), "roster");
        }
        Ok(())
    }

    fn add_child(&self, rows: &mut Rows, child: &Child, part: Part, target: &Target) -> Result<()> {
        let id = child.person.0;
        let (key, wrapped) = self.vault.new_subject(&*self.entropy, id);
        rows.keys.push((id, wrapped.clone()));
        let profile = &child.profile;
        rows.people.push((
            PersonRow {
                person_id: child.person,
                school_id: target.school,
                class_id: target.class,
                seat: i64::from(child.seat),
                joined_day: target.joined,
                left_day: None,
                profile_enc: self.seal_profile(&key, id, profile)?,
                wrapped,
            },
            self.person_indexes(profile),
        ));
        self.add_guardian(rows, child, part, target)
    }

    /// The account of the first guardian. Nobody signs in with it: it has no password.
    fn add_guardian(
        &self,
        rows: &mut Rows,
        child: &Child,
        part: Part,
        target: &Target,
    ) -> Result<()> {
        // The demo guardian's own account is made with the other accounts to sign in with.
        let is_named = matches!(
            (part, child.seat),
            (Part::Lead, seat::OWN) | (Part::Sibling, SIBLING_SEAT)
        );
        let Some(account) = child.family.guardian.filter(|_| !is_named) else {
            return Ok(());
        };
        let place = usize::from(!child.family.is_mother);
        let Some(guardian) = child.profile.guardians.get(place) else {
            return Ok(());
        };
        let phone = guardian.phone.as_ref().map(Phone::as_str);
        let login = phone.unwrap_or_default();
        let account_row = self.demo_account(account, &guardian.name, login, target.at)?;
        rows.keys.push((account.0, account_row.0.wrapped.clone()));
        rows.accounts.push(account_row);
        let relation = if child.family.is_mother {
            Relation::Mother
        } else {
            Relation::Father
        };
        let (person, at): (PersonId, _) = (child.person, target.at);
        rows.guardianships
            .push(guardianship(account, person, relation, target.joined, at));
        let answer = if child.family.refuses {
            "refused"
        } else {
            "given"
        };
        rows.consents.push(consent(account, person, answer, at));
        Ok(())
    }
}

fn school_row(plan: &SchoolPlan, at: Millis) -> Result<SchoolRow> {
    let is_upper = matches!(plan.kind.as_str(), "senior" | "vocational");
    let office = plan
        .code
        .bytes()
        .fold(0, |sum, b| (sum * 10 + i64::from(b - b'0')) % 10_000);
    let office = people::phone(70_000_000 + office).map(|p| p.as_str().to_owned());
    Ok(SchoolRow {
        school_id: SchoolId(0),
        code: plan.code.clone(),
        name: plan.name.clone(),
        name_en: crate::english::school_name(&plan.name),
        kind: plan.kind.clone(),
        region_code: RegionCode::parse(&plan.town).map_err(|e| Error::internal(e.to_string()))?,
        zone: Zone::SHANGHAI.name().into(),
        due_minute: 480,
        late_days: 1,
        self_report_age: is_upper.then_some(SELF_REPORT_AGE),
        contact: format!("德育处 {}", office.unwrap_or_default()),
        created_at: at.0,
    })
}
