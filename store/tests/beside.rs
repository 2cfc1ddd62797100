//! What lies beside a person's state is what the tables say that it was taken from.
#![allow(clippy::unwrap_used, reason = "tests")]

use domain::ids::{AccountId, ClassId, PersonId, SchoolId};
use domain::{Day, Millis};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use std::collections::BTreeMap;
use store::{ConsentRow, GuardianshipRow, StateRow, Store, Tx};
use testing::Cluster;

const CHILD: PersonId = PersonId(7);
const MOTHER: AccountId = AccountId(1);
const FATHER: AccountId = AccountId(2);
const NEIGHBOUR: AccountId = AccountId(3);
const KEY: &[u8] = &[0x1a, 0xbc, 0xde];

/// A school with one child, of whom there is no state yet, and three accounts. The engines write bytes differently.
fn fill(key: &str) -> String {
    format!(
        "INSERT INTO region (code, level, name) VALUES ('CN', 'country', '中国');
         INSERT INTO school (school_id, code, name, kind, region_code, created_at) VALUES (1, 'S1', '一小', 'primary', 'CN', 0);
         INSERT INTO class (class_id, school_id, stage, grade, number) VALUES (11, 1, 2, 3, 1);
         INSERT INTO account (account_id, profile_enc, created_at, changed_at) VALUES
             (1, {key}, 0, 0), (2, {key}, 0, 0), (3, {key}, 0, 0);
         INSERT INTO subject_key (subject_id, wrapped) VALUES (7, {key});
         INSERT INTO person (person_id, school_id, class_id, joined_day, profile_enc) VALUES (7, 1, 11, 18500, {key});"
    )
}

fn state(code: i64) -> StateRow {
    StateRow {
        person_id: CHILD,
        school_id: SchoolId(1),
        class_id: ClassId(11),
        day: Day(18_500),
        code,
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
    let of_class = tx.consents_of_class(ClassId(11)).await.unwrap();
    let of_class = of_class.get(&CHILD).cloned().unwrap_or_default();
    for found in [known.consents, child.consents, alone, of_class] {
        let found: BTreeMap<_, _> = found
            .into_iter()
            .map(|row| (row.account_id, row.answer))
            .collect();
        assert_eq!(found, expected);
    }
    assert_eq!(known.state, tx.state(CHILD).await.unwrap().unwrap().state);
    assert_eq!(known.state.wrapped, KEY);
    assert_eq!(child.person.wrapped, KEY);
}

async fn consents_hold(store: &Store) {
    let mut tx = store.write().await.unwrap();
    tx.insert_guardianships(&[MOTHER, FATHER].map(|account| link(account, "claimed")))
        .await
        .unwrap();
    // Of somebody of whom there is no state yet.
    tx.insert_consents(&[answer(MOTHER, "refused", 1), answer(FATHER, "given", 2)])
        .await
        .unwrap();
    tx.insert_states(&[state(0)]).await.unwrap();
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
    tx.move_states(&[state(1)]).await.unwrap();
    tx.update_states(&[state(1)]).await.unwrap();
    assert_holds(&mut tx, &[(MOTHER, "refused")]).await;
    tx.upsert_guardianship(&link(FATHER, "confirmed"))
        .await
        .unwrap();
    let both = [(MOTHER, "refused"), (FATHER, "withdrawn")];
    assert_holds(&mut tx, &both).await;
    // Of whoever has not been a guardian an answer counts; of whoever no longer is one, however they are written, none.
    tx.insert_consent(&answer(NEIGHBOUR, "given", 3))
        .await
        .unwrap();
    assert_holds(&mut tx, &[both[0], both[1], (NEIGHBOUR, "given")]).await;
    tx.insert_guardianships(&[link(NEIGHBOUR, "unlinked")])
        .await
        .unwrap();
    assert_holds(&mut tx, &both).await;
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
    let url = format!("sqlite://{}", path.display());
    let mut raw = SqliteConnection::connect(&url).await.unwrap();
    let fill = AssertSqlSafe(fill("x'1ABCDE'"));
    sqlx::raw_sql(fill).execute(&mut raw).await.unwrap();
    consents_hold(&store).await;
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
    let mut raw = PgConnection::connect(&address).await.unwrap();
    let fill = AssertSqlSafe(fill("'\\x1abcde'"));
    sqlx::raw_sql(fill).execute(&mut raw).await.unwrap();
    consents_hold(&store).await;
    sqlx::raw_sql(DESTROY).execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
    assert_destroyed(&store).await;
    store.close().await;
}
