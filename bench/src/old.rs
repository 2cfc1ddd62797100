//! What has grown old by the next midnight: a day's reports, and what the gates, turns and objections of forty days left
//! behind, as after a summer in which nobody tended the data.

use crate::database::Database;
use domain::Day;
use services::family::KEPT_DAYS;

/// Days that left something at the gates.
const DAYS: i32 = 40;
/// Of how many children one comes by a gate on each of these days, with a temperature; and one turns.
const GATE: i32 = 60;
const TURN: i32 = 600;
/// By how much the numbers of reports go on in a day.
const NUMBERS_A_DAY: i64 = MILLIS_A_DAY << 21;
const MILLIS_A_DAY: i64 = 86_400_000;

/// Writes it, as rows like those that were reported today; says how many.
pub async fn write(database: &Database, Day(today): Day) -> i64 {
    let kept = i64::from(KEPT_DAYS);
    let (ago, before) = (kept * MILLIS_A_DAY, kept * NUMBERS_A_DAY);
    let old = i64::from(today) - kept;
    let of_today = format!("FROM report WHERE day = {today} AND account_id IS NOT NULL");
    let of_then = format!("FROM report WHERE day = {old}");
    let columns = "school_id, class_id, person_id, revision, based_on, submission, channel, account_id, status, stale, answers_enc";
    // Whoever looks for what is old would go through all that the floors wrote, and destroy none of it.
    let mut statements = vec![
        format!("DELETE FROM report WHERE day > {today}"),
        format!(
            "INSERT INTO report (report_id, day, at, {columns}) SELECT report_id - {before}, {old}, at - {ago}, {columns} {of_today}"
        ),
        format!(
            "INSERT INTO contest (report_id, person_id, account_id, at, words_enc)
             SELECT report_id, person_id, account_id, at, answers_enc {of_then} AND person_id % {TURN} = 0"
        ),
        "INSERT INTO gate (gate_id, school_id, name, place) SELECT 1, min(school_id), '东门', 1 FROM school".to_owned(),
    ];
    // One tells people by their codes, the other takes temperatures.
    for device in 1..=2 {
        statements.push(format!(
            "INSERT INTO gate_device (device_id, gate_id, school_id, name, token_hash, enrolled_at, seen_at)
             SELECT {device}, 1, school_id, '门卫', submission, 0, 0 {of_then} AND person_id % 2 = {device} % 2 LIMIT 1"
        ));
    }
    for n in 0..DAYS {
        let day = old - i64::from(n);
        let passed = format!("{of_then} AND person_id % {GATE} = {n}");
        let entry = "INSERT INTO gate_entry (device_id, entry_no, entry_key, seq, school_id, gate_id, day, at, received_at, kind";
        let first = format!("submission, person_id, school_id, 1, {day}, at, at");
        statements.push(format!(
            "{entry}, person_id, class_id, direction, verdict) SELECT 1, -2 * person_id, {first}, 'scan', person_id, class_id, 'in', 'admit' {passed}"
        ));
        statements.push(format!(
            "{entry}, person_ix, detail_enc) SELECT 2, -2 * person_id - 1, {first}, 'reading', submission, answers_enc {passed}"
        ));
        statements.push(format!(
            "INSERT INTO turn (turn_id, school_id, class_id, person_id, day, at, code, detail_enc)
             SELECT -person_id, school_id, class_id, person_id, {day}, at, 2, answers_enc {of_then} AND person_id % {TURN} = {n}"
        ));
    }
    for statement in statements {
        database.run(&statement).await;
    }
    left(database, Day(today + 1)).await
}

/// How many rows hold something that is too old on a day.
pub async fn left(database: &Database, Day(today): Day) -> i64 {
    let first = today - KEPT_DAYS;
    let sql = format!(
        "SELECT (SELECT count(*) FROM report WHERE day < {first} AND answers_enc IS NOT NULL)
             + (SELECT count(*) FROM contest c JOIN report r ON r.report_id = c.report_id AND r.day < {first} WHERE c.words_enc IS NOT NULL)
             + (SELECT count(*) FROM gate_entry WHERE day < {first} AND detail_enc IS NOT NULL)
             + (SELECT count(*) FROM turn WHERE day < {first})"
    );
    database.rows::<(i64,)>(&sql).await[0].0
}
