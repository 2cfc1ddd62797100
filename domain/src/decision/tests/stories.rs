//! What the worked examples of `docs/WORKED-EXAMPLES.md` do not say: ends, counts, and reasons beside each other.

use super::*;

#[test]
fn a_late_proxy_report_moves_the_end_back() {
    let open = Story::new("cw.w").decide(3);
    assert_eq!(
        (open.ends, open.reasons[0].counted, open.reasons[0].missed),
        (Some(at(8)), 2, 0)
    );
    let filled = Story::new("cwww").decide(3);
    assert_eq!((filled.ends, filled.reasons[0].counted), (Some(at(7)), 3));
    let missed = Story::new("cw.ww").decide(4);
    assert_eq!((missed.ends, missed.reasons[0].missed), (Some(at(8)), 1));
}

#[test]
fn the_milder_isolation_that_outlasts_is_named() {
    let story = Story::new("wwwwwwwwwwwwwwwwwww")
        .record(close(5, 6))
        .record(record(RecordKind::ContactOfContact { last: at(17) }, 18));
    let decision = story.decide(18);
    assert_eq!((decision.code, decision.ends), (Code::Red, Some(at(19))));
    assert_eq!(decision.then, Some((Code::Yellow, at(24))));
    let codes: Vec<_> = decision.reasons.iter().map(|r| r.code.as_str()).collect();
    assert_eq!(codes, ["contact_close", "contact_second"]);
    assert_eq!(decision.reasons[0].source, Source::Official);
    assert_eq!(decision.reasons[1].source, Source::Traced);
}

#[test]
fn a_milder_isolation_that_ends_on_the_same_day_outlasts_nothing() {
    let second = RecordKind::ContactOfContact { last: at(8) };
    let story = Story::new("wwwwwwwww")
        .record(close(1, 1))
        .record(record(second, 8));
    let decision = story.decide(8);
    assert_eq!((decision.reasons.len(), decision.ends), (2, Some(at(15))));
    assert_eq!(decision.reasons[1].ends, decision.ends);
    assert_eq!(decision.then, None);
}

#[test]
fn a_case_has_no_end_until_its_clearance() {
    let decision = Story::new("wwwwwwwwwwwwwwwwwwww")
        .record(record(RecordKind::ConfirmedCase { sampled: at(0) }, 0))
        .decide(19);
    assert_eq!((decision.ends, decision.needs_clearance()), (None, true));
    assert_eq!(decision.reasons[0].counted, 14);
    assert!(
        decision.reasons[0].text.zh.contains("到 解除证明通过为止"),
        "{:?}",
        decision.reasons[0].text
    );
}

#[test]
fn asking_the_family_settles_gaps() {
    let mut story = Story::new("w......ww").school(&[]);
    assert_eq!(story.decide(8).reasons[0].code, "gaps");
    story.state.asked = Some(at(8));
    assert_eq!(story.decide(8).code, Code::Green);
}

#[test]
fn a_leap_day_is_a_day() {
    let cough = Day::from_ymd(2020, 2, 28).unwrap();
    let mut story = Story::new("w");
    story.state.reports = vec![report(cough, answers('c').unwrap())];
    story.state.joined = cough;
    let decision = story.with(|ctx| decide(&story.state, ctx, cough, cough));
    assert_eq!(decision.ends, Day::from_ymd(2020, 3, 6));
}
