//! What lies beside a person's state is what the tables say that it was taken from.
#![allow(clippy::unwrap_used, reason = "tests")]

use domain::ids::{AccountId, ClassId, PersonId, SchoolId};
use domain::{Day, Millis};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use std::collections::BTreeMap;
use store::{
    AccountRow, ConsentRow, GuardianshipRow, PersonIndexes, PersonRow, RegionRow, SchoolRow,
    StateRow, Store, Tx,
};
use testing::Cluster;

const CHILD: PersonId = PersonId(7);
const MOTHER: AccountId = AccountId(1);
const FATHER: AccountId = AccountId(2);
const KEY: &[u8] = &[0x1a, 0xbc, 0xde];

/// A school with one child, of whom there is no state yet, and two guardians.
async fn found(tx: &mut Tx) -> (SchoolId, ClassId) {
    let region = RegionRow {
        code: "CN".parse().unwrap(),
        parent: None,
        level: "country".into(),
        name: "中国".into(),
        name_en: String::new(),
    };
    tx.upsert_region(&region, true).await.unwrap();
    let school = SchoolRow {
        school_id: SchoolId(0),
        code: "S1".into(),
        name: "一小".into(),
        name_en: String::new(),
        kind: "primary".into(),
        region_code: region.code,
        zone: "Asia/Shanghai".into(),
        due_minute: 480,
        late_days: 1,
        self_report_age: None,
        contact: String::new(),
        created_at: 0,
    };
    let school = tx.insert_school(&school).await.unwrap();
    let class = tx.ensure_class(school, 2, 3, 1).await.unwrap();
    let accounts = [MOTHER, FATHER].map(|account_id| {
        let row = AccountRow {
            account_id,
            profile_enc: vec![0],
            password_hash: None,
            created_by: None,
            created_at: Millis(0),
            disabled_at: None,
            wrapped: Vec::new(),
        };
        (row, account_id.0.to_be_bytes().to_vec())
    });
    tx.insert_accounts(&accounts).await.unwrap();
    tx.insert_subject_keys(&[(CHILD.0, KEY.to_vec())])
        .await
        .unwrap();
    let child = PersonRow {
        person_id: CHILD,
        school_id: school,
        class_id: class,
        seat: 1,
        joined_day: Day(18_500),
        left_day: None,
        profile_enc: vec![0],
        wrapped: KEY.to_vec(),
    };
    tx.insert_people(&[(child, PersonIndexes::default())])
        .await
        .unwrap();
    (school, class)
}

fn state(school_id: SchoolId, class_id: ClassId) -> StateRow {
    StateRow {
        person_id: CHILD,
        school_id,
        class_id,
        day: Day(18_500),
        code: 0,
        ends_day: None,
        reported_day: None,
        channel: None,
        revision: 0,
        told_day: None,
        told_id: None,
        state_enc: vec![9],
        wrapped: KEY.to_vec(),
    }
}

fn link(account_id: AccountId, status: &str) -> GuardianshipRow {
    GuardianshipRow {
        account_id,
        person_id: CHILD,
        relation: "other".into(),
        status: status.into(),
        since_day: Day(18_500),
        claimed_at: Millis(0),
        settled_by: None,
        settled_at: None,
        slip_id: None,
        alert_at: None,
    }
}

fn answer(account_id: AccountId, answer: &str, at: i64) -> ConsentRow {
    ConsentRow {
        account_id,
        person_id: CHILD,
        version: "1".into(),
        answer: answer.into(),
        at: Millis(at),
    }
}

/// What holds by each way in which it is read.
async fn assert_holds(tx: &mut Tx, expected: &[(AccountId, &str)]) {
    let expected: BTreeMap<AccountId, String> = expected
        .iter()
        .map(|(account, answer)| (*account, (*answer).to_owned()))
        .collect();
    let known = tx.known(&[CHILD]).await.unwrap().remove(0);
    let child = tx.children(&[CHILD]).await.unwrap().remove(0);
    let alone = tx.consents_for(CHILD).await.unwrap();
    for found in [known.consents, child.consents, alone] {
        let found: BTreeMap<_, _> = found
            .into_iter()
            .map(|row| (row.account_id, row.answer))
            .collect();
        assert_eq!(found, expected);
    }
    assert_eq!(known.state, tx.state(CHILD).await.unwrap().unwrap());
    assert_eq!(known.state.wrapped, KEY);
    assert_eq!(child.person.wrapped, KEY);
}

async fn consents_hold(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let (school, class) = found(&mut tx).await;
    tx.insert_guardianships(&[MOTHER, FATHER].map(|account| link(account, "claimed")))
        .await
        .unwrap();
    // Of somebody of whom there is no state yet.
    tx.insert_consents(&[answer(MOTHER, "refused", 1), answer(FATHER, "given", 2)])
        .await
        .unwrap();
    tx.upsert_states(&[state(school, class)]).await.unwrap();
    assert_holds(&mut tx, &[(MOTHER, "refused"), (FATHER, "given")]).await;
    // The last answer counts, even where a clock was put back.
    tx.insert_consent(&answer(FATHER, "withdrawn", 1))
        .await
        .unwrap();
    assert_holds(&mut tx, &[(MOTHER, "refused"), (FATHER, "withdrawn")]).await;
    tx.upsert_guardianship(&link(FATHER, "unlinked"))
        .await
        .unwrap();
    assert_holds(&mut tx, &[(MOTHER, "refused")]).await;
    // What is written of the state changes nothing of it.
    let moved = StateRow {
        code: 1,
        ..state(school, class)
    };
    tx.upsert_states(std::slice::from_ref(&moved))
        .await
        .unwrap();
    tx.update_states(&[moved]).await.unwrap();
    assert_holds(&mut tx, &[(MOTHER, "refused")]).await;
    tx.upsert_guardianship(&link(FATHER, "confirmed"))
        .await
        .unwrap();
    assert_holds(&mut tx, &[(MOTHER, "refused"), (FATHER, "withdrawn")]).await;
    tx.commit().await.unwrap();
}

const DESTROY: &str = "DELETE FROM subject_key WHERE subject_id = 7";

async fn assert_destroyed(store: &Store) {
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.state(CHILD).await.unwrap(), None);
    assert_eq!(tx.known(&[CHILD]).await.unwrap(), []);
    assert_eq!(tx.children(&[CHILD]).await.unwrap(), []);
}

#[tokio::test]
async fn a_file_keeps_beside_a_state_what_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fuxue.db");
    let store = Store::open(&path).await.unwrap();
    consents_hold(&store).await;
    let url = format!("sqlite://{}", path.display());
    let mut raw = SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(DESTROY).execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
    assert_destroyed(&store).await;
    store.close().await;
}

#[tokio::test]
async fn a_database_keeps_beside_a_state_what_holds() {
    let address = Cluster::shared().database(None);
    let store = Store::connect(&address.parse().unwrap(), None)
        .await
        .unwrap();
    consents_hold(&store).await;
    let mut raw = PgConnection::connect(&address).await.unwrap();
    sqlx::raw_sql(DESTROY).execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
    assert_destroyed(&store).await;
    store.close().await;
}
