//! What could change a code, in words.

use super::*;

fn changes(story: &Story) -> Vec<(What, Code, String)> {
    let outlook = story.with(|ctx| outlook(&story.state, ctx, at(story.last)));
    let changes = outlook.changes.into_iter();
    changes
        .map(|change| (change.what, change.to, change.text.en))
        .collect()
}

#[test]
fn a_day_that_is_not_reported_can_still_turn_out_in_three_ways() {
    let story = Story::new("ww.");
    let found = changes(&story);
    let expected = [
        (
            What::Report,
            Code::Green,
            "Today is not reported yet. If all is well, the code will be green.",
        ),
        (
            What::Finding,
            Code::Yellow,
            "What is reported today could turn it yellow: the temperature, the paper check, symptoms.",
        ),
        (
            What::Finding,
            Code::Red,
            "What is reported today could turn it red: the temperature, symptoms.",
        ),
    ];
    let expected: Vec<_> = expected
        .map(|(what, to, text)| (what, to, text.to_owned()))
        .into();
    assert_eq!(found, expected);
}

#[test]
fn a_green_day_waits_for_nothing() {
    assert_eq!(changes(&Story::new("ww")), []);
}

#[test]
fn a_cough_ends_by_correction_clearance_or_time() {
    let found = changes(&Story::new("wc"));
    let what: Vec<_> = found.iter().map(|(what, to, _)| (*what, *to)).collect();
    assert_eq!(
        what,
        [
            (What::Correction, Code::Green),
            (What::Clearance, Code::Green),
            (What::MissedDay, Code::Yellow),
            (What::Time, Code::Green),
        ]
    );
    assert_eq!(
        found[3].2,
        "If every day is reported, it will be green from 10 Sep on, once that day is reported."
    );
}

#[test]
fn yesterday_of_an_isolation_can_still_be_filled_in() {
    let found = changes(&Story::new("cw.w"));
    assert_eq!(
        found[0],
        (
            What::LateReport,
            Code::Yellow,
            "3 Sep is not reported; the class teacher can still fill it in, and it then counts."
                .to_owned()
        )
    );
}

#[test]
fn a_day_that_ends_an_isolation_when_it_is_filled_in_says_so() {
    let found = changes(&Story::new("cwwwwww.w"));
    assert_eq!((found[0].0, found[0].1), (What::LateReport, Code::Green));
}

#[test]
fn only_days_of_an_isolation_that_was_known_are_waited_for() {
    let waits = |story: &Story| {
        changes(story)
            .iter()
            .any(|found| found.0 == What::LateReport)
    };
    assert!(!waits(&Story::new("w.w")), "no isolation");
    assert!(waits(&Story::new("w.w").record(close(-1, 0))));
    assert!(
        !waits(&Story::new("w.w").record(close(-1, 1))),
        "known since that day"
    );
    assert!(
        !waits(&Story::new("w.w").record(close(1, 2))),
        "begun on that day"
    );
    assert!(
        !waits(&Story::new("www").record(close(-1, 0))),
        "it is reported"
    );
}

#[test]
fn an_unreported_day_of_an_isolation_can_only_turn_worse() {
    let found = changes(&Story::new("c."));
    let what: Vec<_> = found.iter().map(|(what, to, _)| (*what, *to)).collect();
    assert_eq!(
        what,
        [
            (What::Report, Code::Yellow),
            (What::Finding, Code::Red),
            (What::Correction, Code::Grey),
            (What::Clearance, Code::Grey),
            (What::MissedDay, Code::Yellow),
            (What::Time, Code::Green),
        ]
    );
    assert_eq!(
        found[0].2,
        "Today is not reported yet. Once it is, today counts."
    );
}

#[test]
fn a_clearance_that_is_there_is_not_asked_for_again() {
    let case = || record(RecordKind::ConfirmedCase { sampled: at(1) }, 1);
    for (reason, day, asks) in [
        ("case", 2, false),
        ("case", 1, false),
        ("case", 0, true),
        ("symptoms", 2, true),
    ] {
        let story = Story::new("wwwww").record(case()).cleared(reason, day);
        let asked = changes(&story)
            .iter()
            .any(|found| found.0 == What::Clearance);
        assert_eq!(asked, asks, "{reason} {day}");
    }
}

#[test]
fn what_colours_a_day_beside_a_discrepancy_stays_when_that_is_settled() {
    let stay = RecordKind::Stay {
        region: region(),
        arrived: at(1),
        left: Some(at(2)),
        transit: false,
    };
    let found = changes(&Story::new("wwwwc").record(record(stay, 4)));
    let settled = found.iter().find(|found| found.0 == What::Discrepancy);
    assert_eq!(settled.unwrap().1, Code::Yellow);
}

#[test]
fn a_case_needs_its_days_and_a_clearance() {
    let case = RecordKind::ConfirmedCase { sampled: at(0) };
    let found = changes(&Story::new("ww").record(record(case, 0)));
    let what: Vec<_> = found.iter().map(|(what, to, _)| (*what, *to)).collect();
    assert_eq!(
        what,
        [(What::Clearance, Code::Red), (What::MissedDay, Code::Red)]
    );
    assert_eq!(
        found[0].2,
        "\"Confirmed (official)\" ends after 14 days (1 counted) and a clearance that the health officer accepts."
    );
}

#[test]
fn a_milder_isolation_that_goes_on_is_announced() {
    let story = Story::new("wwwwwwwwwww")
        .record(close(0, 1))
        .record(record(RecordKind::ContactOfContact { last: at(10) }, 10));
    let found = changes(&story);
    let (what, to, text) = found.last().unwrap();
    assert_eq!((*what, *to), (What::Time, Code::Yellow));
    assert_eq!(
        text,
        "If every day is reported, it will be yellow from 16 Sep on."
    );
}

#[test]
fn what_still_goes_on_has_no_date_yet() {
    let story = Story::new("www")
        .area(area(RiskLevel::High, 0))
        .says(1, FactChange::Add(stay(1, None, false)));
    let what: Vec<_> = changes(&story).into_iter().map(|(what, ..)| what).collect();
    assert_eq!(what, [What::Correction, What::Ending, What::MissedDay]);
}

#[test]
fn a_stay_goes_on_until_the_last_day_that_was_stated() {
    for (last, goes_on) in [(1, false), (2, false), (3, true), (9, true)] {
        let story = Story::new("www")
            .area(area(RiskLevel::High, 0))
            .says(1, FactChange::Add(stay(1, Some(last), false)));
        let mut what = changes(&story).into_iter().map(|(what, ..)| what);
        assert_eq!(what.any(|what| what == What::Ending), goes_on, "{last}");
    }
}

#[test]
fn gaps_discrepancies_and_rules_without_result_say_who_settles_them() {
    let gaps = Story::new("w......ww").school(&[]);
    assert_eq!(changes(&gaps)[0].0, What::Asking);
    assert_eq!(changes(&gaps)[0].1, Code::Green);
    let stay = RecordKind::Stay {
        region: region(),
        arrived: at(1),
        left: Some(at(2)),
        transit: false,
    };
    let differs = Story::new("wwwww").record(record(stay, 4));
    assert_eq!(
        changes(&differs),
        [(
            What::Discrepancy,
            Code::Green,
            "It is over once the record and the reports have been checked, on 8 Sep at the latest."
                .to_owned()
        )]
    );
    let story = Story::new("ww");
    let what = story.with(|ctx| {
        let ctx = Context {
            rulebooks: &[],
            ..*ctx
        };
        let changes = outlook(&story.state, &ctx, at(1)).changes;
        changes
            .into_iter()
            .map(|change| (change.what, change.to))
            .collect::<Vec<_>>()
    });
    assert_eq!(what, [(What::Officer, Code::Green)]);
}
