//! One person's story from day 0, a letter a day.

use domain::decision::{Calendar, Context, Decision, decide, withdraw};
use domain::facts::{Discrepancy, RiskAreas, discrepancies};
use domain::report::{Answers, Channel, DayReport, Symptoms, Temperature};
use domain::rulebook::{Document, ParameterValue, Policy, Rulebook, SHIPPED};
use domain::state::State;
use domain::{Code, Day, Millis};

#[derive(Clone)]
pub struct Story {
    pub first: Day,
    pub state: State,
    pub policy: Policy,
    pub risk: RiskAreas,
    /// Days off; `None` where no day is a school day.
    pub days_off: Option<Vec<i32>>,
    /// The day on which consent is withdrawn.
    pub withdrawn: Option<i32>,
    pub today: i32,
    /// Whether the rulebook has a rule without a result.
    pub errs: bool,
    length: i32,
}

impl Story {
    pub fn new(first: Day, letters: &str) -> Self {
        let mut state = State::new(first);
        for (offset, letter) in (0..).zip(letters.chars()) {
            state.reports.extend(report(first.plus(offset), letter));
        }
        let length = i32::try_from(letters.len()).unwrap();
        Self {
            first,
            state,
            policy: Policy::Pause,
            risk: RiskAreas::default(),
            days_off: None,
            withdrawn: None,
            today: length - 1,
            errs: false,
            length,
        }
    }

    pub fn at(&self, offset: i32) -> Day {
        self.first.plus(offset)
    }

    fn calendar(&self) -> Calendar {
        let off: Vec<i32> = self
            .days_off
            .clone()
            .unwrap_or_else(|| (-60..self.length + 60).collect());
        Calendar {
            exceptions: off.into_iter().map(|day| (self.at(day), false)).collect(),
        }
    }

    fn with<T>(&self, run: impl FnOnce(&State, &Context) -> T) -> T {
        let rulebooks = [pack(self.policy, self.errs)];
        let calendar = self.calendar();
        let ctx = Context {
            rulebooks: &rulebooks,
            risk: &self.risk,
            calendar: &calendar,
            late_limit: 1,
        };
        let mut state = self.state.clone();
        if let Some(withdrawn) = self.withdrawn {
            let later = state.reports.split_off(
                state
                    .reports
                    .partition_point(|r| r.day <= self.at(withdrawn)),
            );
            state = withdraw(&state, &ctx, self.at(withdrawn));
            state.reports.extend(later);
        }
        let today = self.at(self.today);
        state.reports.retain(|report| report.day <= today);
        run(&state, &ctx)
    }

    /// The codes of all days, as known on `today`.
    pub fn codes(&self) -> String {
        self.with(|state, ctx| {
            (0..self.length)
                .map(|offset| letter(decide(state, ctx, self.at(offset), self.at(self.today)).code))
                .collect()
        })
    }

    /// The decision about the present day.
    pub fn decide(&self) -> Decision {
        let today = self.at(self.today);
        self.with(|state, ctx| decide(state, ctx, today, today))
    }

    /// The next day comes, with this report.
    pub fn next_day(&mut self, letter: char) {
        self.today += 1;
        self.length = self.length.max(self.today + 1);
        self.state
            .reports
            .extend(report(self.at(self.today), letter));
    }

    /// What the report of a day says from now on.
    pub fn revise(&mut self, day: Day, letter: char) {
        self.state.reports.retain(|report| report.day != day);
        self.state.reports.extend(report(day, letter));
        self.state.reports.sort_by_key(|report| report.day);
    }

    pub fn discrepancies(&self) -> Vec<Discrepancy> {
        self.with(|state, ctx| discrepancies(state, ctx, self.at(self.today)))
    }
}

pub fn letter(code: Code) -> char {
    match code {
        Code::Green => 'G',
        Code::Grey => '-',
        Code::Yellow => 'Y',
        Code::Red => 'R',
    }
}

/// The shipped pack with a policy for missed days, and maybe with a rule that has no result.
fn pack(policy: Policy, errs: bool) -> Rulebook {
    let mut document: Document = serde_json::from_str(SHIPPED).unwrap();
    let mut parameters = document.parameters.iter_mut();
    let missed = parameters.find(|p| p.name == "missed_days").unwrap();
    missed.value = ParameterValue::Policy(policy);
    if errs {
        let rule = document.rules.last_mut().unwrap();
        rule.condition = serde_json::json!({">": [{"var": "today.reported"}, 1]});
    }
    Rulebook::compile(document).unwrap()
}

/// The report that a letter stands for; `None` for a day without one.
pub fn report(day: Day, letter: char) -> Option<DayReport> {
    let ill = |tenths: Option<u16>, symptom: Option<u8>| Answers {
        temperature: tenths.map_or(Temperature::BelowThreshold, Temperature::Tenths),
        symptoms: symptom.map_or_else(Symptoms::default, |n| Symptoms::default().with(n)),
        ..Answers::all_well()
    };
    let answers = match letter {
        '.' => return None,
        'w' | 'P' => Answers::all_well(),
        'n' => ill(Some(365), None),
        'f' => ill(Some(373), None),
        'F' => ill(Some(380), None),
        'c' => ill(None, Some(1)),
        's' => ill(Some(375), Some(1)),
        'b' => ill(None, Some(8)),
        't' => ill(None, Some(0)),
        'u' => ill(None, Some(40)),
        'p' => Answers::paper_refused(),
        other => panic!("no answers for {other}"),
    };
    let channel = if matches!(letter, 'p' | 'P') {
        Channel::Paper
    } else {
        Channel::Web
    };
    Some(DayReport {
        day,
        revision: 1,
        channel,
        at: Millis(0),
        answers,
    })
}
