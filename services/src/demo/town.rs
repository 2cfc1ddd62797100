//! A town of invented children of any size, for measuring: all of them on rosters and counted, each with a guardian who
//! is signed in where that is wanted. It is made in an empty database only, and nothing that a user can
//! start makes one.

use super::accounts::{consent, guardianship};
use super::people;
use super::plan::{ClassPlan, Part, SchoolPlan};
use crate::accounts::SessionToken;
use crate::actor::scope_words;
use crate::family::Relation;
use crate::vault::Cell;
use crate::{Actor, Error, Result, Services, blob};
use domain::access::{Role, Scope};
use domain::ids::{AccountId, ClassId, PersonId, RegionCode, SchoolId};
use domain::roster::{ClassName, Stage};
use domain::{Day, Millis, Zone};
use std::collections::VecDeque;
use std::sync::Arc;
use store::{
    AccountRow, ConsentRow, GrantRow, GuardianshipRow, OpeningRow, PersonIndexes, PersonRow,
    SchoolRow, SessionRow, StateRow, Tx,
};

/// The province in whose districts the schools lie in turn.
const PROVINCE: &str = "33";
const SCHOOL_CHILDREN: u32 = 1_000;
const CLASS_CHILDREN: u32 = 40;
/// Schools written by one commit: the more, the fewer pages of an index are written more than once.
const AT_ONCE: usize = 50;
/// How many such parts are sealed at a time, which takes longer than to write them.
const SEALERS: usize = 2;
const SEED: u64 = 2020;
/// A guardian's account has the number of the child above this one; those of staff come after them.
const GUARDIANS_FROM: i64 = 100_000_000;
const STAFF_FROM: i64 = 200_000_000;
/// Teachers who are signed in, of classes that lie evenly among all.
const TEACHERS: usize = 100;
/// Families reported a day and a minute ago, in milliseconds, or twice or three times that.
const USED_AGO: i64 = (24 * 60 + 1) * 60_000;

/// A town that was founded. Its children are numbered from 1.
#[derive(Debug)]
pub struct Town {
    /// The region that holds all of it.
    pub region: RegionCode,
    /// The day on which it was founded: nobody has reported for it yet.
    pub day: Day,
    /// How many children it has.
    pub children: u32,
    /// The session of each child's guardian, that of child 1 first; empty where nobody has one.
    pub guardians: Vec<SessionToken>,
    /// The sessions of some teachers, with their classes.
    pub teachers: Vec<(ClassId, SessionToken)>,
    /// The session of an official who sees the whole region.
    pub official: SessionToken,
}

/// One class with its place in the database.
struct TownClass {
    school: SchoolId,
    class: ClassId,
    plan: ClassPlan,
}

/// One school with its classes.
struct TownSchool {
    plan: SchoolPlan,
    classes: Vec<TownClass>,
}

/// The rows of some schools.
#[derive(Default)]
struct Rows {
    keys: Vec<(i64, Vec<u8>)>,
    people: Vec<(PersonRow, PersonIndexes)>,
    phones: Vec<(PersonId, Vec<Vec<u8>>)>,
    states: Vec<StateRow>,
    accounts: Vec<(AccountRow, Vec<u8>)>,
    guardianships: Vec<GuardianshipRow>,
    consents: Vec<ConsentRow>,
    sessions: Vec<SessionRow>,
    tokens: Vec<SessionToken>,
}

impl Rows {
    /// Puts rows into the order of their random keys, where a table or an index has such: a page of it is then written
    /// once and not once for each row.
    fn sort(&mut self) {
        self.phones.sort_unstable_by(|a, b| a.1.cmp(&b.1));
        self.accounts.sort_unstable_by(|a, b| a.1.cmp(&b.1));
        self.sessions
            .sort_unstable_by(|a, b| a.token_hash.cmp(&b.token_hash));
    }
}

impl Services {
    /// Founds a town of so many children in an empty database, and begins its day.
    ///
    /// # Errors
    /// [`Error::Internal`] where there is a school already.
    pub async fn found_town(self: &Arc<Self>, children: u32, with_families: bool) -> Result<Town> {
        let country =
            RegionCode::parse(RegionCode::COUNTRY).map_err(|e| Error::internal(e.to_string()))?;
        let there = self.store.read().await?.schools_within(&country).await?;
        if !there.is_empty() {
            return Err(Error::internal("a town is founded in an empty database"));
        }
        self.import_regions(&Actor::command(), super::REGIONS)
            .await?;
        let zone = Zone::SHANGHAI;
        let day = zone.day_of(self.clock.now());
        let schools: Arc<[TownSchool]> = self.write_schools(children).await?.into();
        let mut guardians = Vec::new();
        let mut parts = (0..schools.len()).step_by(AT_ONCE);
        let mut sealing: VecDeque<_> = (parts.by_ref().take(SEALERS))
            .map(|from| self.seal(&schools, from, day, with_families))
            .collect();
        while let Some(sealed) = sealing.pop_front() {
            let rows = sealed.await.map_err(|e| Error::Internal(Box::new(e)))??;
            let next = parts.next();
            sealing.extend(next.map(|from| self.seal(&schools, from, day, with_families)));
            let mut tx = self.store.write().await?;
            let linked: Vec<_> = rows.guardianships.iter().map(|g| g.person_id).collect();
            guardians.extend(rows.write(&mut tx).await?);
            tx.give_pass_holders(&self.drawn_for(&linked)).await?;
            tx.commit().await?;
        }
        let (teachers, official) = self.write_staff(&schools).await?;
        self.begin_town_day(zone, day).await?;
        Ok(Town {
            region: RegionCode::parse(PROVINCE).map_err(|e| Error::internal(e.to_string()))?,
            day,
            children,
            guardians,
            teachers,
            official,
        })
    }

    async fn write_schools(&self, children: u32) -> Result<Vec<TownSchool>> {
        let districts = districts()?;
        let mut schools = Vec::new();
        let mut tx = self.store.write().await?;
        let (mut left, mut first) = (children, 1);
        for (number, district) in (0..).zip(districts.iter().cycle()) {
            if left == 0 {
                break;
            }
            let size = left.min(SCHOOL_CHILDREN);
            left -= size;
            let plan = school_plan(number, district, size, &mut first);
            let school = tx
                .insert_school(&school_row(&plan, district.clone()))
                .await?;
            let mut classes = Vec::new();
            for class in &plan.classes {
                let (grade, number) = (i64::from(class.name.grade), i64::from(class.name.number));
                let stage = class.name.stage.number();
                classes.push(TownClass {
                    school,
                    class: tx.ensure_class(school, stage, grade, number).await?,
                    plan: *class,
                });
            }
            schools.push(TownSchool { plan, classes });
        }
        tx.commit().await?;
        Ok(schools)
    }

    /// Makes and seals the rows of the schools from one on, beside the writer.
    fn seal(
        self: &Arc<Self>,
        schools: &Arc<[TownSchool]>,
        from: usize,
        day: Day,
        with_families: bool,
    ) -> tokio::task::JoinHandle<Result<Rows>> {
        let (services, schools) = (Arc::clone(self), Arc::clone(schools));
        tokio::task::spawn_blocking(move || {
            let mut rows = Rows::default();
            for school in schools.iter().skip(from).take(AT_ONCE) {
                for class in &school.classes {
                    let children = people::children(SEED, &school.plan, &class.plan, day);
                    for child in children {
                        services.add_town_child(&mut rows, class, child, day, with_families)?;
                    }
                }
            }
            rows.sort();
            Ok(rows)
        })
    }

    fn add_town_child(
        &self,
        rows: &mut Rows,
        class: &TownClass,
        mut child: people::Child,
        day: Day,
        with_families: bool,
    ) -> Result<()> {
        // A roster that says no more than is needed: each of these has an index with keys at random, and with every
        // such a large town takes longer to found.
        child.profile.national_id = None;
        child.profile.guardians.truncate(usize::from(with_families));
        let (person, id) = (child.person, child.person.0);
        let joined = day.plus(-1);
        let (key, wrapped) = self.vault.new_subject(&*self.entropy, id);
        rows.keys.push((id, wrapped.clone()));
        let mut indexes = self.person_indexes(&child.profile);
        let phones = std::mem::take(&mut indexes.phones);
        rows.phones
            .extend(phones.into_iter().map(|phone| (person, vec![phone])));
        rows.people.push((
            PersonRow {
                person_id: person,
                school_id: class.school,
                class_id: class.class,
                seat: i64::from(child.seat),
                joined_day: joined,
                left_day: None,
                profile_enc: self.seal_profile(&key, id, &child.profile)?,
                wrapped,
            },
            indexes,
        ));
        let mut opened = self.first_state(person, class.class, class.school, key, joined);
        let cell = Cell::new("person_state", "state_enc", id);
        let plain = blob::write(&opened.kept)?;
        opened.row.state_enc = opened.key.seal(&*self.entropy, cell, &plain);
        rows.states.push(opened.row);
        if with_families {
            self.add_town_guardian(rows, &child, joined)?;
        }
        Ok(())
    }

    fn add_town_guardian(&self, rows: &mut Rows, child: &people::Child, joined: Day) -> Result<()> {
        let (account, at) = (AccountId(GUARDIANS_FROM + child.person.0), self.clock.now());
        let mother = child.profile.guardians.first();
        let name = mother.map_or("", |mother| &mother.name);
        let phone = mother.and_then(|mother| mother.phone.as_ref());
        let login = phone.map_or("", domain::identity::Phone::as_str);
        let row = self.demo_account(account, name, login, at)?;
        rows.keys.push((account.0, row.0.wrapped.clone()));
        rows.accounts.push(row);
        let relation = Relation::Mother;
        rows.guardianships
            .push(guardianship(account, child.person, relation, joined, at));
        rows.consents
            .push(consent(account, child.person, "given", at));
        let (token, mut session) = self.new_session(account, false);
        // Families report every day: a third of their sessions is due to be noted again.
        session.used_at.0 -= USED_AGO * (1 + child.person.0 % 3);
        rows.sessions.push(session);
        rows.tokens.push(token);
        Ok(())
    }

    /// Teachers of some classes, and an official who sees everything.
    async fn write_staff(
        &self,
        schools: &[TownSchool],
    ) -> Result<(Vec<(ClassId, SessionToken)>, SessionToken)> {
        let classes: Vec<ClassId> = schools
            .iter()
            .flat_map(|school| school.classes.iter().map(|class| class.class))
            .collect();
        let step = (classes.len() / TEACHERS).max(1);
        let numbers = (STAFF_FROM..).map(AccountId);
        let mut tx = self.store.write().await?;
        let mut teachers = Vec::new();
        for (class, account) in classes.iter().step_by(step).zip(numbers) {
            let (role, scope) = (Role::Teacher, Scope::Class(*class));
            let token = self.write_town_staff(&mut tx, account, role, scope).await?;
            teachers.push((*class, token));
        }
        let province = RegionCode::parse(PROVINCE).map_err(|e| Error::internal(e.to_string()))?;
        let (role, scope) = (Role::BureauAdmin, Scope::Region(province));
        let account = AccountId(STAFF_FROM - 1);
        let official = self.write_town_staff(&mut tx, account, role, scope).await?;
        tx.commit().await?;
        Ok((teachers, official))
    }

    async fn write_town_staff(
        &self,
        tx: &mut Tx,
        account: AccountId,
        role: Role,
        scope: Scope,
    ) -> Result<SessionToken> {
        let now = self.clock.now();
        let login = format!("staff{account}");
        let (row, index) = self.demo_account(account, "周敏", &login, now)?;
        tx.insert_subject_keys(&[(account.0, row.wrapped.clone())])
            .await?;
        tx.insert_accounts(&[(row, index)]).await?;
        let (scope_kind, scope) = scope_words(&scope);
        let grant = GrantRow {
            account_id: account,
            role: role.word().into(),
            scope_kind: scope_kind.into(),
            scope,
        };
        tx.insert_grant(&grant, None, now).await?;
        let (token, session) = self.new_session(account, true);
        tx.insert_sessions(&[session]).await?;
        Ok(token)
    }

    /// Begins the day of founding as midnight does, where nobody has a colour that could run on.
    async fn begin_town_day(&self, zone: Zone, day: Day) -> Result<()> {
        self.begin_day(zone.name(), day).await?;
        let mut tx = self.store.write().await?;
        let after_person = PersonId(i64::MAX);
        tx.put_opening(zone.name(), OpeningRow { day, after_person })
            .await?;
        tx.commit().await?;
        self.catch_up(&Actor::job()).await
    }
}

impl Rows {
    /// Writes them; gives the tokens of the sessions.
    async fn write(self, tx: &mut Tx) -> Result<Vec<SessionToken>> {
        tx.insert_subject_keys(&self.keys).await?;
        tx.insert_people(&self.people).await?;
        tx.set_phones(&self.phones).await?;
        tx.insert_accounts(&self.accounts).await?;
        tx.insert_guardianships(&self.guardianships).await?;
        tx.insert_consents(&self.consents).await?;
        tx.insert_states(&self.states).await?;
        tx.insert_sessions(&self.sessions).await?;
        Ok(self.tokens)
    }
}

/// The districts of the province.
fn districts() -> Result<Vec<RegionCode>> {
    let mut districts = Vec::new();
    for record in csv::Reader::from_reader(super::REGIONS).records() {
        let record = record.map_err(|e| Error::internal(e.to_string()))?;
        let (code, level) = (record.get(0).unwrap_or(""), record.get(2).unwrap_or(""));
        if level == "district" && code.starts_with(PROVINCE) {
            districts.push(RegionCode::parse(code).map_err(|e| Error::internal(e.to_string()))?);
        }
    }
    Ok(districts)
}

/// A primary school of six grades; its children are numbered from `first`, which moves on.
fn school_plan(number: u32, district: &RegionCode, children: u32, first: &mut i64) -> SchoolPlan {
    let count = children.div_ceil(CLASS_CHILDREN);
    let classes = (0..count).map(|i| {
        let size = (i + 1) * children / count - i * children / count;
        let begins = *first;
        *first += i64::from(size);
        ClassPlan {
            name: ClassName {
                stage: Stage::Primary,
                grade: u8::try_from(i % 6 + 1).unwrap_or(1),
                number: u16::try_from(i / 6 + 1).unwrap_or(1),
            },
            children: size,
            first: begins,
            part: Part::Crowd,
        }
    });
    SchoolPlan {
        code: format!("{:010}", 3_300_000_000_u64 + u64::from(number)),
        name: format!("第{}小学", number + 1),
        kind: "primary".into(),
        town: district.to_string(),
        classes: classes.collect(),
    }
}

fn school_row(plan: &SchoolPlan, district: RegionCode) -> SchoolRow {
    SchoolRow {
        school_id: SchoolId(0),
        code: plan.code.clone(),
        name: plan.name.clone(),
        name_en: crate::english::school_name(&plan.name),
        kind: plan.kind.clone(),
        region_code: district,
        zone: Zone::SHANGHAI.name().into(),
        due_minute: 480,
        late_days: 1,
        self_report_age: None,
        contact: String::new(),
        created_at: Millis(0).0,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::clock::{SystemClock, SystemEntropy};
    use crate::family::ConsentState;
    use crate::open::Location;

    #[tokio::test]
    async fn a_town_has_everybody_on_a_roster_signed_in_and_counted_and_is_founded_once() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::in_folder(folder.path().join("data"), false);
        let services = Services::open(&location, Arc::new(SystemClock), Arc::new(SystemEntropy))
            .await
            .unwrap();
        let town = services.found_town(1_090, true).await.unwrap();
        assert_eq!(town.guardians.len(), 1_090);
        for child in [1, 1_000, 1_090] {
            let session = &town.guardians[child - 1];
            let guardian = services.authenticate(session).await.unwrap().unwrap();
            let person = PersonId(i64::try_from(child).unwrap());
            let view = services.child_view(&guardian, person).await.unwrap();
            assert_eq!(view.consent, ConsentState::Given);
        }
        let (class, session) = &town.teachers[1];
        let teacher = services.authenticate(session).await.unwrap().unwrap();
        let view = services.class_view(&teacher, *class).await;
        assert!(view.is_ok());
        let official = services
            .authenticate(&town.official)
            .await
            .unwrap()
            .unwrap();
        let sums = services
            .region_page(&official, &town.region, None)
            .await
            .unwrap();
        let sum =
            |of: fn(&crate::bureau::SchoolSum) -> i64| sums.schools.iter().map(of).sum::<i64>();
        assert_eq!((sums.schools.len(), sums.day), (2, town.day));
        assert_eq!(
            (sum(|s| s.numbers.students), sum(|s| s.numbers.grey)),
            (1_090, 1_090)
        );
        assert!(services.found_town(40, false).await.is_err());
    }
}
