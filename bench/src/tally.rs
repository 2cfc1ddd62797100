//! A day counted anew: of every class from the reports and the states of its children, of every school and region from
//! the classes. The engine does it, so that neither the size of a town nor its engine matters.

use crate::database::Database;
use domain::report::{Channel, ChannelGroup};
use domain::{Code, Day};

/// The children of a counter and of a sum, by what is known of them.
const NUMBERS: [&str; 8] = [
    "students", "guardian", "paper", "proxy", "green", "yellow", "red", "grey",
];
/// What reports and states must both say of a class. Whose reports they are is told by sums of the children's numbers
/// and of their squares.
const REPORTS: [&str; 8] = [
    "reports", "accepted", "people", "ids", "squares", "guardian", "paper", "proxy",
];
/// The widths of the codes of the regions around a school; that of the country is CN.
const LEVELS: &str = "WITH level (digits) AS (VALUES (0), (2), (4), (6), (9))";
/// Rows of a difference that are shown.
const SHOWN: usize = 10;

/// The reports of a day and the children on rosters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Totals {
    /// Reports, each accepted and of a child of its own.
    pub reports: i64,
    /// The sum of those children's numbers.
    pub ids: i64,
    /// Children on rosters.
    pub students: i64,
}

/// Counts a day anew and compares.
///
/// # Panics
/// Where a child has a second report or one that is not accepted, where a state does not know of a report or knows of one
/// that is not there, and where the numbers of a class, a school or a region are not what they should be.
pub async fn must_agree(database: &Database, day: Day) -> Totals {
    database.run(&told(day)).await;
    database.run(&stated(day)).await;
    database.run(&by_school(day)).await;
    let day = day.0;
    let class = ["school_id", "class_id"];
    let numbers = NUMBERS.join(", ");
    let reports = "SELECT school_id, class_id, reports, accepted, people, ids, squares, guardian, paper, proxy FROM told";
    let states = "SELECT school_id, class_id, reported, reported, reported, ids, squares, guardian, paper, proxy FROM stated";
    must_be_same(
        database,
        "reports and states",
        &class,
        &REPORTS,
        reports,
        states,
    )
    .await;
    let counters = format!("SELECT school_id, class_id, {numbers} FROM counter WHERE day = {day}");
    let states = format!("SELECT school_id, class_id, {numbers} FROM stated");
    must_be_same(
        database,
        "counters and states",
        &class,
        &NUMBERS,
        &counters,
        &states,
    )
    .await;
    let school = ["zone", "region_code", "school_id"];
    let sums = [&["classes"], &NUMBERS[..]].concat();
    let kept = format!(
        "SELECT zone, region_code, school_id, classes, {numbers} FROM school_sum WHERE day = {day}"
    );
    let counted = format!("SELECT zone, region_code, school_id, classes, {numbers} FROM by_school");
    must_be_same(
        database,
        "sums and counters of schools",
        &school,
        &sums,
        &kept,
        &counted,
    )
    .await;
    let region = ["zone", "region_code"];
    let sums = [&["classes", "turns"], &NUMBERS[..]].concat();
    let added = added(&sums, "");
    let kept = format!(
        "SELECT zone, region_code, {added} FROM region_sum WHERE day = {day} GROUP BY zone, region_code"
    );
    let counted = format!(
        "{LEVELS} SELECT zone, CASE digits WHEN 0 THEN 'CN' ELSE substr(region_code, 1, digits) END, {added} FROM by_school
         JOIN level ON digits = 0 OR (region_code <> 'CN' AND length(region_code) >= digits) GROUP BY 1, 2"
    );
    must_be_same(
        database,
        "sums and counters of regions",
        &region,
        &sums,
        &kept,
        &counted,
    )
    .await;
    let totals = "SELECT CAST(coalesce(sum(reported), 0) AS BIGINT) AS reports, CAST(coalesce(sum(ids), 0) AS BIGINT) AS ids, \
         CAST(coalesce(sum(students), 0) AS BIGINT) AS students FROM stated";
    database.rows(totals).await[0]
}

/// Keeps what the reports of a day say of each class.
fn told(day: Day) -> String {
    let Day(day) = day;
    let reported = by_channel("status = 'accepted'");
    format!(
        "CREATE TEMP TABLE told AS SELECT school_id, class_id, count(*) AS reports, count(CASE WHEN status = 'accepted' THEN 1 END) AS accepted,
             count(DISTINCT person_id) AS people, CAST(sum(person_id) AS BIGINT) AS ids, CAST(sum(person_id * person_id) AS BIGINT) AS squares, {reported}
         FROM report WHERE day = {day} GROUP BY school_id, class_id"
    )
}

/// Keeps what the states of its children say of each class.
fn stated(day: Day) -> String {
    let Day(day) = day;
    let has = format!("reported_day = {day}");
    let reported = by_channel(&has);
    let codes = [
        ("green", Code::Green),
        ("yellow", Code::Yellow),
        ("red", Code::Red),
    ];
    let codes = codes.map(|(name, code)| {
        let code = code.number();
        format!("count(CASE WHEN day = {day} AND code = {code} THEN 1 END) AS {name}")
    });
    let (codes, grey) = (codes.join(", "), Code::Grey.number());
    format!(
        "CREATE TEMP TABLE stated AS SELECT school_id, class_id, count(*) AS students, count(CASE WHEN {has} THEN 1 END) AS reported,
             CAST(coalesce(sum(CASE WHEN {has} THEN person_id END), 0) AS BIGINT) AS ids,
             CAST(coalesce(sum(CASE WHEN {has} THEN person_id * person_id END), 0) AS BIGINT) AS squares,
             {reported}, {codes}, count(CASE WHEN day <> {day} OR code = {grey} THEN 1 END) AS grey
         FROM person_state GROUP BY school_id, class_id"
    )
}

/// Keeps what the counters and turns of a day come to by school.
fn by_school(day: Day) -> String {
    let Day(day) = day;
    let numbers = added(&NUMBERS, "c.");
    format!(
        "CREATE TEMP TABLE by_school AS SELECT s.zone, s.region_code, s.school_id, count(CASE WHEN c.students > 0 THEN 1 END) AS classes,
             coalesce(max(t.turns), 0) AS turns, {numbers}
         FROM counter c JOIN school s ON s.school_id = c.school_id
         LEFT JOIN (SELECT school_id, count(*) AS turns FROM turn WHERE day = {day} GROUP BY school_id) t ON t.school_id = c.school_id
         WHERE c.day = {day} GROUP BY s.zone, s.region_code, s.school_id"
    )
}

/// How many reports came by each group of channels, of those that are meant.
fn by_channel(of: &str) -> String {
    let groups = [
        ("guardian", ChannelGroup::Guardian),
        ("paper", ChannelGroup::Paper),
        ("proxy", ChannelGroup::Proxy),
    ];
    let groups = groups.map(|(name, group)| {
        let channels = (1..).map_while(Channel::from_number);
        let channels = channels.filter(|channel| channel.group() == group);
        let channels: Vec<String> = channels.map(|c| c.number().to_string()).collect();
        let channels = channels.join(", ");
        format!("count(CASE WHEN {of} AND channel IN ({channels}) THEN 1 END) AS {name}")
    });
    groups.join(", ")
}

fn added(columns: &[&str], of: &str) -> String {
    let columns = columns.iter();
    let columns = columns.map(|name| format!("CAST(sum({of}{name}) AS BIGINT) AS {name}"));
    columns.collect::<Vec<_>>().join(", ")
}

/// Compares two lists of rows: what they are of, and numbers. Rows of nothing but zeros may be there or not.
async fn must_be_same(
    database: &Database,
    what: &str,
    of: &[&str],
    numbers: &[&str],
    kept: &str,
    counted: &str,
) {
    let columns = [of, numbers].concat().join(", ");
    let zeros = vec!["0"; numbers.len()].join(", ");
    let numbers = numbers.join(", ");
    let of = |list| format!("SELECT * FROM {list} WHERE ({numbers}) <> ({zeros})");
    let (left, right) = (of("kept"), of("counted"));
    let sql = format!(
        "WITH kept ({columns}) AS ({kept}), counted ({columns}) AS ({counted})
         SELECT concat_ws(' ', 'kept:', {columns}) FROM ({left} EXCEPT {right}) AS a
         UNION ALL SELECT concat_ws(' ', 'counted:', {columns}) FROM ({right} EXCEPT {left}) AS b LIMIT {SHOWN}"
    );
    let other: Vec<(String,)> = database.rows(&sql).await;
    assert!(other.is_empty(), "{what} ({columns}) differ: {other:#?} …");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recount::must_hold_everybody;
    use crate::{direct, founding};
    use domain::report::Answers;
    use services::open::Location;
    use testing::Cluster;

    /// Two classes.
    const CHILDREN: u32 = 80;
    /// What may go wrong with one report or one number.
    const HARMS: [&str; 11] = [
        "DELETE FROM report WHERE person_id = 7",
        "INSERT INTO report (report_id, school_id, class_id, person_id, day, revision, based_on, submission, channel, at, status)
         SELECT report_id + 1, school_id, class_id, person_id, day, 2, 1, submission, channel, at, status FROM report WHERE person_id = 7",
        "UPDATE report SET person_id = 8 WHERE person_id = 7",
        "UPDATE report SET status = 'pending' WHERE person_id = 7",
        "UPDATE report SET channel = 5 WHERE person_id = 7",
        "UPDATE person_state SET reported_day = NULL WHERE person_id = 7",
        // The sum of both classes stays.
        "UPDATE counter SET guardian = guardian + (CASE WHEN class_id = (SELECT min(class_id) FROM class) THEN 1 ELSE -1 END)",
        "UPDATE school_sum SET guardian = guardian - 1",
        "DELETE FROM school_sum",
        "UPDATE region_sum SET green = green - 1 WHERE region_code = 'CN'",
        "UPDATE region_sum SET turns = turns + 1 WHERE region_code = '33'",
    ];

    /// A town in which everybody has reported; the day.
    async fn town(location: &Location) -> Day {
        let services = founding::open(location).await;
        let town = services.found_town(CHILDREN, false).await.unwrap();
        for child in 1..=CHILDREN {
            let well = Answers::all_well();
            direct::report(&services, child, town.day, well, Channel::Message).await;
        }
        services.store.close().await;
        town.day
    }

    /// Whether the recount finds nothing after some harm.
    async fn holds(database: Database, harm: Option<&str>, day: Day) -> bool {
        if let Some(harm) = harm {
            database.run(harm).await;
        }
        let counted = tokio::spawn(async move {
            must_hold_everybody(&database, day, CHILDREN).await;
            database.close().await;
        });
        counted.await.is_ok()
    }

    #[tokio::test]
    async fn one_report_or_number_too_few_too_many_or_elsewhere_is_found_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let location = founding::location(folder.path(), None);
        let day = town(&location).await;
        for (n, harm) in (0..).zip([None].into_iter().chain(HARMS.map(Some))) {
            let copy = folder.path().join(format!("copy{n}.db"));
            std::fs::copy(location.database(), &copy).unwrap();
            let database = Database::file(&copy).await;
            assert_eq!(holds(database, harm, day).await, harm.is_none(), "{harm:?}");
        }
    }

    #[tokio::test]
    async fn one_report_or_number_too_few_too_many_or_elsewhere_is_found_on_a_server() {
        let folder = tempfile::tempdir().unwrap();
        let cluster = Cluster::shared();
        let url = cluster.database(None);
        let location = founding::location(folder.path(), Some(&url));
        let day = town(&location).await;
        let name = location.server.as_ref().unwrap().to_string();
        let name = name.split_whitespace().nth(2).unwrap();
        for harm in [None].into_iter().chain(HARMS.map(Some)) {
            let copy = cluster.database(Some(name));
            let database = Database::open(&location, Some(&copy)).await;
            assert_eq!(holds(database, harm, day).await, harm.is_none(), "{harm:?}");
        }
    }
}
