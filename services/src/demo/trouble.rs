//! What befalls a few of the children.

use super::accounts::DISTRICT;
use super::morning::DAYS;
use super::people::{Family, seat};
use super::plan::Part;
use super::random::Random;
use super::story::{Story, Wait, tenths, well};
use crate::{Error, Result};
use domain::ids::{RecordId, RegionCode};
use domain::report::{
    Answers, CaseStatus, ContactWho, FactChange, FactId, HouseholdMatter, StandingFact, Symptoms,
    Temperature, TestResult,
};
use domain::state::{OfficialRecord, RecordKind};
use domain::{Day, Zone};
use store::RiskAreaRow;

/// Declared for the demo at an invented time: a district with a high risk, one with a medium risk.
const HIGH: &str = "650102";
const MEDIUM: &str = "210211";
pub(super) const AUTHORITY: &str = "南浔区疾控中心（演示）";

/// Symptoms by their number in the shipped rulebook, cough to diarrhoea.
const SYMPTOMS: [u8; 6] = [1, 2, 3, 4, 5, 6];
const COUGH: u8 = 1;

/// How often, in 100,000 children over all days. Those of the first day keep the curve of the two weeks level:
/// they stand for what began before it.
const RED_BEFORE: u32 = 170;
const RED: u32 = 240;
const YELLOW_BEFORE: u32 = 650;
const YELLOW: u32 = 1_650;
const GAPS: u32 = 90;
/// Typing errors, in 10,000 children.
const TYPOS: u32 = 40;
/// Harmless second reports, in 10,000 children.
const SECOND_THOUGHTS: u32 = 600;

/// The declared risk areas, in force since before the first day.
pub(super) fn risk_areas(first: Day) -> Result<Vec<RiskAreaRow>> {
    let owner = RegionCode::parse(DISTRICT).map_err(|e| Error::internal(e.to_string()))?;
    let area = |area_id: i64, code: &str, level: &str, before: i32| -> Result<RiskAreaRow> {
        Ok(RiskAreaRow {
            area_id,
            region_code: RegionCode::parse(code).map_err(|e| Error::internal(e.to_string()))?,
            level: level.into(),
            from_day: first.plus(-before),
            to_day: None,
            look_back: 14,
            authority: AUTHORITY.into(),
            owner_code: owner.clone(),
            way: "entered".into(),
            changed_at: Zone::SHANGHAI.at(first.plus(-before), 9 * 60),
            changed_by: None,
            withdrawn_at: None,
        })
    };
    Ok(vec![
        area(1, HIGH, "high", 10)?,
        area(2, MEDIUM, "medium", 6)?,
    ])
}

/// What may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    SlightFever,
    Symptoms,
    Severe,
    StayHigh,
    StayMedium,
    Transit,
    Household,
    Contact,
    Traced,
    CloseContact,
    Case,
    OwnTest,
}

/// How far back what began before the first day may lie, for a colour of so many days.
const RED_DAYS: u32 = 14;
const YELLOW_DAYS: u32 = 7;

/// Lets happen to a child what happens: to those of the demo teacher's class what their part says, to others by
/// chance. `now` is the minute up to which today has come.
pub(super) fn befall(
    story: &mut Story,
    random: &mut Random,
    family: Family,
    part: Part,
    place: u32,
    now: u32,
) {
    if part == Part::Lead && cast(story, random, place, now) {
        return;
    }
    if part == Part::Sibling && place == super::people::SIBLING_SEAT {
        trouble(story, random, Trouble::Symptoms, DAYS - 2, 0);
        story.report_today(now);
        return;
    }
    // Those without consent are only checked on paper; nothing is told of them.
    if family.refuses {
        return;
    }
    let any_day =
        |random: &mut Random| u16::try_from(random.between(0, u32::from(DAYS))).unwrap_or(0);
    let mut dice = random.below(100_000);
    let mut falls = |share: u32| {
        let hit = dice < share;
        dice = dice.saturating_sub(share);
        if hit {
            dice = u32::MAX;
        }
        hit
    };
    if falls(RED_BEFORE) {
        let kind = red_before(random);
        let back = random.below(RED_DAYS);
        trouble(story, random, kind, 0, back);
    } else if falls(RED) {
        let (kind, day, back) = (red(random), any_day(random), random.between(1, 2));
        trouble(story, random, kind, day, back);
    } else if falls(YELLOW_BEFORE) {
        let kind = yellow_before(random);
        let back = random.below(YELLOW_DAYS);
        trouble(story, random, kind, 0, back);
    } else if falls(YELLOW) {
        let (kind, day, back) = (yellow(random), any_day(random), random.between(0, 1));
        trouble(story, random, kind, day, back);
    } else if falls(GAPS) {
        gap(story, random);
    } else if family.guardian.is_none() {
        // Paper is not corrected on the web.
    } else if random.chance(TYPOS) {
        let day = any_day(random);
        let is_open = day == DAYS;
        typing_error(story, random, day, is_open);
    } else if random.chance(SECOND_THOUGHTS) {
        let day = any_day(random);
        let answers = well(random);
        story.revise(day, random.between(2, 25), answers, Wait::No);
    }
}

fn one(random: &mut Random, shares: &[(u32, Trouble)]) -> Trouble {
    let all: u32 = shares.iter().map(|(share, _)| share).sum();
    let mut dice = random.below(all);
    for (share, kind) in shares {
        if dice < *share {
            return *kind;
        }
        dice -= share;
    }
    Trouble::Symptoms
}

fn red(random: &mut Random) -> Trouble {
    one(
        random,
        &[
            (48, Trouble::Severe),
            (30, Trouble::CloseContact),
            (15, Trouble::StayHigh),
            (4, Trouble::OwnTest),
            (3, Trouble::Case),
        ],
    )
}

fn red_before(random: &mut Random) -> Trouble {
    one(
        random,
        &[(60, Trouble::CloseContact), (40, Trouble::StayHigh)],
    )
}

fn yellow(random: &mut Random) -> Trouble {
    one(
        random,
        &[
            (32, Trouble::SlightFever),
            (38, Trouble::Symptoms),
            (14, Trouble::StayMedium),
            (5, Trouble::Transit),
            (4, Trouble::Household),
            (7, Trouble::Contact),
        ],
    )
}

fn yellow_before(random: &mut Random) -> Trouble {
    one(
        random,
        &[
            (45, Trouble::StayMedium),
            (30, Trouble::Traced),
            (15, Trouble::Contact),
            (10, Trouble::Transit),
        ],
    )
}

/// Lets one trouble begin on a day; a date that it refers to lies `back` days earlier.
fn trouble(story: &mut Story, random: &mut Random, kind: Trouble, day: u16, back: u32) {
    // Whoever is in trouble says how warm they are.
    for later in day..=DAYS {
        if story.is_reported(later) {
            let answers = well(random);
            story.answer(later, random, answers);
        }
    }
    let date = story
        .day(day)
        .plus(-i32::try_from(back).unwrap_or_default());
    match kind {
        Trouble::SlightFever => fever(story, random, day),
        Trouble::Symptoms => symptoms(story, random, day),
        Trouble::Severe => severe(story, random, day),
        Trouble::StayHigh => stay(story, random, day, HIGH, date, false),
        Trouble::StayMedium => stay(story, random, day, MEDIUM, date, false),
        Trouble::Transit => stay(story, random, day, HIGH, date, true),
        Trouble::Household => household(story, random, day),
        Trouble::Contact => {
            let contact = StandingFact::Contact {
                with: CaseStatus::Suspected,
                who: ContactWho::Other,
                last: date,
            };
            state(story, random, day, contact);
        }
        Trouble::OwnTest => {
            let test = StandingFact::Test {
                result: TestResult::Positive,
                sampled: date,
            };
            state(story, random, day, test);
        }
        Trouble::Traced => record(story, day, RecordKind::ContactOfContact { last: date }),
        Trouble::CloseContact => record(story, day, RecordKind::CloseContact { last: date }),
        Trouble::Case => record(story, day, RecordKind::ConfirmedCase { sampled: date }),
    }
}

fn ill(temperature: u16, symptoms: Symptoms, since: Day) -> Answers {
    Answers {
        temperature: Temperature::Tenths(temperature),
        symptoms,
        symptoms_since: Some(since).filter(|_| !symptoms.is_empty()),
        ..Answers::all_well()
    }
}

fn fever(story: &mut Story, random: &mut Random, day: u16) {
    let days = u16::from(random.chance(4_000));
    for later in day..=(day + days).min(DAYS) {
        let answers = ill(
            tenths(random, 373, 378),
            Symptoms::default(),
            story.day(day),
        );
        story.answer(later, random, answers);
    }
}

fn symptoms(story: &mut Story, random: &mut Random, day: u16) {
    let mut symptoms = Symptoms::default();
    for _ in 0..=random.below(2) {
        symptoms = symptoms.with(random.pick(&SYMPTOMS).copied().unwrap_or(COUGH));
    }
    let days = u16::try_from(random.below(3)).unwrap_or_default();
    for later in day..=(day + days).min(DAYS) {
        let answers = ill(tenths(random, 364, 371), symptoms, story.day(day));
        story.answer(later, random, answers);
    }
}

fn severe(story: &mut Story, random: &mut Random, day: u16) {
    let cough = Symptoms::default().with(COUGH);
    let course = [
        tenths(random, 380, 391),
        tenths(random, 374, 379),
        tenths(random, 366, 371),
    ];
    for (later, temperature) in (day..=DAYS).zip(course) {
        let symptoms = if temperature < 373 {
            Symptoms::default()
        } else {
            cough
        };
        let answers = ill(temperature, symptoms, story.day(day));
        story.answer(later, random, answers);
    }
}

/// States a fact in the report of a day.
fn state(story: &mut Story, random: &mut Random, day: u16, fact: StandingFact) {
    let answers = Answers {
        changes: vec![FactChange::Add(fact)],
        ..well(random)
    };
    story.answer(day, random, answers);
}

fn stay(story: &mut Story, random: &mut Random, day: u16, region: &str, left: Day, transit: bool) {
    let nights = if transit { 0 } else { random.between(1, 5) };
    if let Ok(region) = RegionCode::parse(region) {
        let stay = StandingFact::Stay {
            region,
            arrived: left.plus(-i32::try_from(nights).unwrap_or_default()),
            left: Some(left),
            transit,
        };
        state(story, random, day, stay);
    }
}

/// Somebody at home is told to isolate, and some days later it is over.
fn household(story: &mut Story, random: &mut Random, day: u16) {
    let since = story.day(day);
    let matter = HouseholdMatter::Isolating;
    state(
        story,
        random,
        day,
        StandingFact::Household { matter, since },
    );
    let over = day + 2;
    if over <= DAYS {
        let answers = Answers {
            changes: vec![FactChange::End(
                FactId {
                    day: since,
                    index: 0,
                },
                story.day(over),
            )],
            ..well(random)
        };
        story.answer(over, random, answers);
    }
}

fn record(story: &mut Story, day: u16, kind: RecordKind) {
    let record = OfficialRecord {
        // Numbered when it is kept.
        id: RecordId(0),
        kind,
        received: story.day(day),
        authority: AUTHORITY.into(),
    };
    story.records.push((day, record));
}

/// A week without reports, which always holds five school days, more than the rules let pass.
fn gap(story: &mut Story, random: &mut Random) {
    let from = u16::try_from(random.between(2, 5)).unwrap_or(2);
    for day in from..from + 7 {
        story.silence(day);
    }
}

/// 38.6 instead of 36.8: red at once, and the correction waits for the teacher.
fn typing_error(story: &mut Story, random: &mut Random, day: u16, is_open: bool) {
    let answers = ill(386, Symptoms::default(), story.day(day));
    story.answer(day, random, answers);
    let wait = if is_open {
        Wait::Open
    } else {
        Wait::Confirmed(random.between(4, 30))
    };
    let answers = ill(368, Symptoms::default(), story.day(day));
    story.revise(day, random.between(1, 6), answers, wait);
}

/// The parts in the demo teacher's class; says whether the seat has one.
fn cast(story: &mut Story, random: &mut Random, place: u32, now: u32) -> bool {
    match place {
        seat::FEVER => {
            story.answer(DAYS, random, ill(376, Symptoms::default(), story.day(DAYS)));
            story.report_today(now);
        }
        seat::SEVERE => {
            trouble(story, random, Trouble::Severe, DAYS - 1, 0);
            story.report_today(now);
        }
        seat::CLOSE_CONTACT => {
            trouble(story, random, Trouble::CloseContact, DAYS - 1, 1);
            story.report_today(now);
        }
        seat::TRAVELLED => {
            trouble(story, random, Trouble::StayMedium, DAYS - 3, 1);
            story.report_today(now);
        }
        seat::PENDING => {
            typing_error(story, random, DAYS, true);
            story.report_today(now);
        }
        seat::REFUSED => story.report_today(now),
        seat::OWN | seat::NO_GUARDIAN | seat::ON_PAPER => story.silence(DAYS),
        // 方子墨, over it again.
        4 => trouble(story, random, Trouble::Symptoms, 2, 0),
        _ => return false,
    }
    true
}
