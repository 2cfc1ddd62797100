//! The worked examples of `docs/WORKED-EXAMPLES.md`.

use super::clauses::story;
use super::story::Story;
use super::table::rows;
use domain::facts::{Discrepancy, How};
use domain::{Day, Millis, Text, Zone};

fn markdown() -> String {
    std::fs::read_to_string(super::docs("WORKED-EXAMPLES.md")).unwrap()
}

#[test]
fn every_worked_example_has_its_colours() {
    let rows = rows(&markdown(), "Story");
    assert!(rows.len() >= 40, "only {} stories", rows.len());
    let mut wrong = Vec::new();
    for row in rows {
        let story = story(row.get("Days"), row.get("What else"));
        let differ: Vec<String> = story
            .discrepancies()
            .iter()
            .map(|discrepancy| in_words(&story, discrepancy))
            .collect();
        let found = (story.codes(), differ.join("; "));
        if (found.0.as_str(), found.1.as_str()) != (row.get("Codes"), row.get("Discrepancies")) {
            let (line, name) = (row.line, row.get("Story"));
            wrong.push(format!("line {line}, {name}: {} {}", found.0, found.1));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// As the last column names it: `1 stay_untold 1-3, open 5-8, due`.
fn in_words(story: &Story, discrepancy: &Discrepancy) -> String {
    let word = |value: serde_json::Value| value.as_str().unwrap().to_owned();
    let offset = |day: &Day| day.since(story.first);
    let how = match discrepancy.closes.how {
        How::Officer(finding) => word(serde_json::to_value(finding).unwrap()),
        how => word(serde_json::to_value(how).unwrap()),
    };
    let days = &discrepancy.days;
    // Each is told in both languages, with nothing left open.
    let place = Text::new("东岭市", "Dongling");
    for place in [None, Some(&place)] {
        let text = discrepancy.text(place);
        assert!(text.zh.contains("区疾控") && text.en.contains("区疾控"));
        assert!(
            !text.zh.contains("  ") && !text.en.contains("  "),
            "{text:?}"
        );
    }
    format!(
        "{} {} {}-{}, open {}-{}, {how}",
        discrepancy.record,
        word(serde_json::to_value(discrepancy.kind).unwrap()),
        offset(days.first().unwrap()),
        offset(days.last().unwrap()),
        offset(&discrepancy.opened),
        offset(&discrepancy.closes.on) - 1,
    )
}

#[test]
fn an_instant_belongs_to_the_day_of_its_zone() {
    let rows = rows(&markdown(), "Instant (UTC)");
    assert!(rows.len() >= 6);
    for row in rows {
        let instant = row.get("Instant (UTC)");
        let (day, time) = instant.strip_suffix('Z').unwrap().split_once('T').unwrap();
        let parts: Vec<i64> = time.split(':').map(|part| part.parse().unwrap()).collect();
        let seconds = parts.iter().fold(0, |sum, part| sum * 60 + part);
        let day: Day = day.parse().unwrap();
        let at = Millis((i64::from(day.0) * 86_400 + seconds) * 1_000);
        let zone: Zone = row.get("Zone").parse().unwrap();
        let minute = zone.minute_of(at);
        let found = (
            zone.day_of(at).to_string(),
            format!("{:02}:{:02}", minute / 60, minute % 60),
        );
        let expected = (row.get("Day").to_owned(), row.get("Time").to_owned());
        assert_eq!(found, expected, "line {}", row.line);
    }
}
