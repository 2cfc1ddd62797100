//! What happens to one child in the days up to today.
//!
//! The story counts days from the first one and never looks at a calendar, so that on another day the same seed
//! tells the same story.

use super::morning::DAYS;
use super::people::Family;
use super::random::Random;
use domain::Day;
use domain::report::{Answers, Channel, Learned, Temperature};
use domain::state::OfficialRecord;

/// Something that happens.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Happening {
    /// Days since the first day.
    pub day: u16,
    /// Minute of that day.
    pub minute: u32,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    /// A report that is accepted at once.
    Report(Answers, Channel),
    /// A report that would weaken a colour and waits for the teacher.
    Pending(Answers),
    /// The teacher confirms what waits.
    Confirm,
    /// A record of an authority arrives.
    Record(OfficialRecord),
}

/// One day of a child, before it becomes happenings.
#[derive(Debug, Clone)]
pub(super) struct DayPlan {
    /// When it is reported, if at all.
    pub minute: Option<u32>,
    pub channel: Channel,
    pub answers: Answers,
    /// A later revision: after so many minutes, these answers, and whether they have to wait.
    pub revision: Option<(u32, Answers, Wait)>,
}

/// What a later revision waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// Nothing: it weakens no colour.
    No,
    /// The teacher, who has not looked yet.
    Open,
    /// The teacher, who confirmed it after so many minutes.
    Confirmed(u32),
}

/// A child's days, while they are being told.
pub(super) struct Story {
    /// The first day.
    pub first: Day,
    pub days: Vec<DayPlan>,
    /// Day since the first, and record.
    pub records: Vec<(u16, OfficialRecord)>,
}

/// How slowly a school and a class get going, in minutes.
pub(super) fn lag(seed: u64, school: i64, class: i64) -> u32 {
    Random::new(seed, "school lag", school).below(14)
        + Random::new(seed, "class lag", class).below(8)
}

/// Share of 10,000 who have reported by a minute of the day, for a school without lag.
const CURVE: [(u32, u32); 9] = [
    (325, 0),
    (345, 700),
    (375, 3_300),
    (400, 6_700),
    (415, 8_600),
    (428, 9_420),
    (445, 9_690),
    (475, 9_830),
    (500, 9_880),
];
/// Minute at which teachers begin to telephone.
const CALLS_FROM: u32 = 7 * 60 + 40;

fn minute(random: &mut Random, lag: u32) -> Option<u32> {
    let place = random.below(10_000);
    let mut steps = CURVE.iter().zip(CURVE.iter().skip(1));
    let ((from, low), (to, high)) = steps.find(|(_, (_, high))| place < *high)?;
    Some(from + (place - low) * (to - from) / (high - low).max(1) + lag)
}

fn measured(tenths: u16) -> Answers {
    Answers {
        temperature: Temperature::Tenths(tenths),
        ..Answers::all_well()
    }
}

/// Answers of a day on which somebody is well and says how warm.
pub(super) fn well(random: &mut Random) -> Answers {
    measured(tenths(random, 362, 369))
}

/// A temperature between two, in tenths of a degree.
pub(super) fn tenths(random: &mut Random, low: u32, high: u32) -> u16 {
    u16::try_from(random.between(low, high)).unwrap_or(365)
}

impl Story {
    /// The days of somebody to whom nothing happens.
    pub fn ordinary(random: &mut Random, family: Family, first: Day, lag: u32) -> Self {
        let on_paper = family.guardian.is_none() || family.refuses;
        let says_temperature = random.chance(2_500);
        let days = (0..=DAYS).map(|_| {
            let mut minute = minute(random, lag);
            let is_late = minute.is_some_and(|m| m >= CALLS_FROM) && random.chance(6_000);
            if on_paper {
                minute = minute.map(|_| random.between(6 * 60 + 40, 7 * 60 + 25));
            }
            let channel = match (on_paper, is_late) {
                (true, _) => Channel::Paper,
                (false, true) => Channel::Proxy(Learned::Call),
                (false, false) => Channel::Web,
            };
            let answers = if says_temperature && !family.refuses {
                well(random)
            } else {
                Answers::all_well()
            };
            DayPlan {
                minute,
                channel,
                answers,
                revision: None,
            }
        });
        Self {
            first,
            days: days.collect(),
            records: Vec::new(),
        }
    }

    /// The day so many days after the first.
    pub fn day(&self, offset: u16) -> Day {
        self.first.plus(i32::from(offset))
    }

    /// Puts answers on a day, which is then reported for certain.
    pub fn answer(&mut self, offset: u16, random: &mut Random, answers: Answers) {
        let fallback = random.between(6 * 60, 7 * 60 + 10);
        if let Some(day) = self.days.get_mut(usize::from(offset)) {
            day.minute.get_or_insert(fallback);
            day.answers = answers;
        }
    }

    /// Whether a day is reported.
    pub fn is_reported(&self, offset: u16) -> bool {
        let day = self.days.get(usize::from(offset));
        day.is_some_and(|day| day.minute.is_some())
    }

    /// A second report, so many minutes after the first, on a day that has one.
    pub fn revise(&mut self, offset: u16, after: u32, answers: Answers, wait: Wait) {
        if let Some(day) = self.days.get_mut(usize::from(offset)) {
            day.channel = Channel::Web;
            day.revision = Some((after, answers, wait));
        }
    }

    /// No report on a day.
    pub fn silence(&mut self, offset: u16) {
        if let Some(day) = self.days.get_mut(usize::from(offset)) {
            day.minute = None;
        }
    }

    /// Today's report, and what follows it, has come by `now`.
    pub fn report_today(&mut self, now: u32) {
        if let Some(day) = self.days.last_mut() {
            let after = day.revision.as_ref().map_or(0, |(after, ..)| *after);
            let planned = day.minute.unwrap_or(now);
            day.minute = Some(planned.min(now.saturating_sub(after)));
        }
    }

    /// All that happens, in order.
    pub fn tell(self) -> Vec<Happening> {
        /// When a list of the authority is entered.
        const LISTS: u32 = 5 * 60 + 35;
        let mut told: Vec<Happening> = self
            .records
            .into_iter()
            .map(|(day, record)| Happening {
                day,
                minute: LISTS,
                what: What::Record(record),
            })
            .collect();
        for (day, plan) in (0u16..).zip(self.days) {
            let Some(minute) = plan.minute else { continue };
            let mut push = |minute, what| told.push(Happening { day, minute, what });
            push(minute, What::Report(plan.answers, plan.channel));
            match plan.revision {
                None => {}
                Some((after, answers, Wait::No)) => {
                    push(minute + after, What::Report(answers, plan.channel));
                }
                Some((after, answers, wait)) => {
                    push(minute + after, What::Pending(answers));
                    if let Wait::Confirmed(later) = wait {
                        push(minute + after + later, What::Confirm);
                    }
                }
            }
        }
        // Stable: what is told first about one minute happens first.
        told.sort_by_key(|happening| (happening.day, happening.minute));
        told
    }
}
