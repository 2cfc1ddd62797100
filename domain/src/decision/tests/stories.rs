//! Worked stories: what was reported and recorded, and the code of every day as known on the last one.

use super::*;
use FactChange::{Add, Correct, End};
use Policy::{Ignore, Pause, Restart};

fn id(day: i32, index: u16) -> FactId {
    FactId {
        day: at(day),
        index,
    }
}

fn household(since: i32) -> StandingFact {
    StandingFact::Household {
        matter: HouseholdMatter::Isolating,
        since: at(since),
    }
}

fn test(result: TestResult, sampled: i32) -> StandingFact {
    StandingFact::Test {
        result,
        sampled: at(sampled),
    }
}

#[test]
fn every_story_has_its_colours() {
    use CaseStatus::{Confirmed, Suspected};
    use ContactWho::{Household, Other};
    let case = |sampled, received| {
        record(
            RecordKind::ConfirmedCase {
                sampled: at(sampled),
            },
            received,
        )
    };
    let second = |last, received| record(RecordKind::ContactOfContact { last: at(last) }, received);
    let high = |from| area(RiskLevel::High, from);
    let medium = |from| area(RiskLevel::Medium, from);
    #[rustfmt::skip]
    let table: Vec<(&str, Story, &str)> = vec![
        // Answers of the day.
        ("a day without a report is grey", Story::new("www.wn"), "GGG-GG"),
        ("a cough: yellow that day and seven more", Story::new("wcwwwwwwwww"), "GYYYYYYYYGG"),
        ("37.3 measured is yellow", Story::new("fwwwwwwwww"), "YYYYYYYYGG"),
        ("fever ticked, not measured, is yellow", Story::new("twwwwwwwww"), "YYYYYYYYGG"),
        ("a symptom that no rulebook lists is yellow", Story::new("uwwwwwwwww"), "YYYYYYYYGG"),
        ("38.0 is red for fourteen days", Story::new("Fwwwwwwwwwwwwwww"), "RRRRRRRRRRRRRRRG"),
        ("37.5 with a cough is red", Story::new("swwwwwwwwwwwwwww"), "RRRRRRRRRRRRRRRG"),
        ("trouble breathing is red", Story::new("bwwwwwwwwwwwwwww"), "RRRRRRRRRRRRRRRG"),
        ("a second cough moves the end out", Story::new("cwwwcwwwwwwww"), "YYYYYYYYYYYYG"),
        ("red while yellow runs, then yellow's own rest", Story::new("Fwwwwwwwwwwcwwwwwwww"), "RRRRRRRRRRRRRRRYYYYG"),
        ("not passed on paper is yellow that day only", Story::new("wpw"), "GYG"),
        ("not passed on paper inside a red", Story::new("Fpwwwwwwwwwwwwww"), "RRRRRRRRRRRRRRRG"),
        // Missed days.
        ("free again, but today is not reported", Story::new("cwwwwwww."), "YYYYYYYY-"),
        ("pause: two missed days add two", Story::new("cw..wwwwwww"), "YYYYYYYYYYG"),
        ("restart: seven count again", Story::new("cw..wwwwwwww").policy(Restart), "YYYYYYYYYYYG"),
        ("ignore: missed days count", Story::new("cw..wwwww").policy(Ignore), "YYYYYYYYG"),
        ("weekends of an isolation need reports", Story::new("wwcw..wwwwwww").school(&[]), "GGYYYYYYYYYYG"),
        ("red with ten missed days", Story::new("F..........wwwwwwwwwwwwwww"), "RRRRRRRRRRRRRRRRRRRRRRRRRG"),
        ("restart: yesterday can still be filled in", Story::new("cwwwwww.w").policy(Restart), "YYYYYYYYY"),
        ("restart: yesterday filled in", Story::new("cwwwwwwww").policy(Restart), "YYYYYYYYG"),
        // Records.
        ("a list entry received on a day not reported: that day counts", Story::new("wwwww.wwwwwwwwwwww").record(close(2, 5)), "GGGRRRRRRRRRRRRRRG"),
        ("an unreported day of an isolation is red, not grey", Story::new("wwwww.").record(close(2, 5)), "GGGRRR"),
        ("a list entry received the same day colours that day", Story::new("www").record(close(2, 2)), "GGR"),
        ("red to the 20th beside yellow to the 25th", Story::new("wwwwwwwwwwwwwwwwwwwwwwwwww").record(close(5, 6)).record(second(17, 18)), "GGGGGGRRRRRRRRRRRRRRYYYYYG"),
        ("a later contact moves the start", Story::new("wwwwwwwwwwwwwwwwwwww").record(close(0, 1)).record(close(4, 5)), "GRRRRRRRRRRRRRRRRRRG"),
        ("a contact heard of after its days is over", Story::new("wwwwwwwwwwwwwwwwww").record(close(0, 17)), "GGGGGGGGGGGGGGGGGG"),
        // Standing facts.
        ("a confirmed case at home, told ten days later: those days count", Story::new("w.........wwwwww").says(10, Add(contact(Confirmed, Household, 0))), "GRRRRRRRRRRRRRRG"),
        ("a suspected case at home is yellow", Story::new("wwwwwwwww").says(0, Add(contact(Suspected, Household, 0))), "YYYYYYYYG"),
        ("a confirmed case elsewhere, self-reported, is yellow", Story::new("wwwwwwwww").says(0, Add(contact(Confirmed, Other, 0))), "YYYYYYYYG"),
        ("somebody at home isolates from 2 to 5", Story::new("wwwwwwwwwwwwww").says(2, Add(household(2))).says(6, End(id(2, 0), at(5))), "GGYYYYYYYYYYYG"),
        ("a negative test is nothing", Story::new("www").says(1, Add(test(TestResult::Negative, 0))), "GGG"),
        ("a corrected contact is as if never stated", Story::new("wwwwwwwww").says(0, Add(contact(Confirmed, Household, 0))).says(1, Correct(id(0, 0), contact(Suspected, Other, 0))), "YYYYYYYYG"),
        ("a change to an unknown fact is ignored", Story::new("ww").says(1, End(id(0, 3), at(1))), "GG"),
        // Stays.
        ("a stay in a high-risk area", Story::new("wwwwwwwwwwwwwwwwww").area(high(0)).says(2, Add(stay(0, Some(2), false))), "GGRRRRRRRRRRRRRRRG"),
        ("a stay before its area was declared: days up to then count", Story::new("wwwww....wwwwwwwwww").area(high(8)).says(4, Add(stay(1, Some(3), false))), "GGGGRRRRRRRRRRRRRRG"),
        ("a stay too long before its area was declared", Story::new("wwwww").area(high(30)).says(4, Add(stay(1, Some(3), false))), "GGGGG"),
        ("still there after twenty days", Story::new("wwwwwwwwwwwwwwwwwwwwww").area(high(0)).says(2, Add(stay(2, None, false))), "GGRRRRRRRRRRRRRRRRRRRR"),
        ("a medium-risk area is yellow for seven days", Story::new("wwwwwwwwww").area(medium(0)).says(1, Add(stay(0, Some(1), false))), "GYYYYYYYYG"),
        ("the highest level decides", Story::new("ww").area(medium(0)).area(high(0)).says(1, Add(stay(1, Some(1), false))), "GR"),
        ("passing through a high-risk area is yellow", Story::new("wwwwwwwwww").area(high(0)).says(1, Add(stay(1, Some(1), true))), "GYYYYYYYYG"),
        ("passing through a medium-risk area is nothing", Story::new("ww").area(medium(0)).says(1, Add(stay(1, Some(1), true))), "GG"),
        // Clearances.
        ("a clearance ends the yellow on its date", Story::new("cwwwww").cleared("symptoms", 3), "YYYGGG"),
        ("a clearance of another reason does not", Story::new("cwwwww").cleared("symptoms_severe", 3), "YYYYYY"),
        ("a new cough after the clearance", Story::new("cwwwwcwwwwwwwww").cleared("symptoms", 3), "YYYGGYYYYYYYYGG"),
        ("a contact has no clearance", Story::new("wwwww").record(close(0, 0)).cleared("contact_close", 2), "RRRRR"),
        ("a case stays red without a clearance", Story::new("wwwwwwwwwwwwwwwwwwww").record(case(0, 0)), "RRRRRRRRRRRRRRRRRRRR"),
        ("a case is free from its clearance on", Story::new("wwwwwwwwwwwwwwwwwwww").record(case(0, 0)).cleared("case", 18), "RRRRRRRRRRRRRRRRRRGG"),
        ("a case's early clearance still needs the days", Story::new("wwwwwwwwwwwwwwwww").record(case(0, 0)).cleared("case", 5), "RRRRRRRRRRRRRRRGG"),
        ("an own positive test is red", Story::new("wwww").says(2, Add(test(TestResult::Positive, 1))), "GGRR"),
        // Gaps.
        ("more than three missed school days: yellow", Story::new("w......ww").school(&[]), "G------GY"),
        ("days off are not missed", Story::new("w......ww").school(&[6]), "G------GG"),
    ];
    for (name, story, expected) in table {
        assert_eq!(story.codes(), expected, "{name}");
    }
    assert_eq!(Story::new("w").policy, Pause);
}

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
