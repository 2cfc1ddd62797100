//! What a replay counts.

use super::{Flow, ReplayExample, ReplayResult, RuleShare, SchoolShare};
use domain::decision::Brief;
use domain::ids::{ClassId, PersonId, SchoolId};
use domain::{Code, Day, Millis, Text};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// People kept as examples; enough to see what a draft does, few enough to read.
const EXAMPLES: usize = 40;
/// Of these, for one pair of colours.
const EXAMPLES_OF_A_FLOW: usize = 10;

/// What was counted so far.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Tally {
    pub from: Day,
    pub to: Day,
    pub people: u64,
    pub person_days: u64,
    pub changed: u64,
    pub changed_days: u64,
    pub undecidable: u64,
    flows: Vec<(Code, Code, u64)>,
    before: [u64; 4],
    after: [u64; 4],
    pub schools: Vec<(SchoolId, Share)>,
    rules: Vec<RuleCount>,
    pub examples: Vec<Example>,
}

/// The changed people of a school.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Share {
    pub people: u64,
    pub classes: BTreeSet<ClassId>,
}

/// The changed people of a rule.
#[derive(Debug, Serialize, Deserialize)]
struct RuleCount {
    rulebook: String,
    rule: String,
    label: Text,
    gains: u64,
    losses: u64,
}

/// One changed person.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Example {
    pub person: PersonId,
    pub day: Day,
    pub before: (Code, Option<Text>),
    pub after: (Code, Option<Text>),
}

/// A colour with the rule it comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side<'a> {
    pub brief: Brief,
    /// Rulebook, rule and label of the principal reason.
    pub rule: Option<(&'a str, &'a str, &'a Text)>,
}

/// One person's days.
pub(super) struct Subject {
    pub person: PersonId,
    pub school: SchoolId,
    pub class: ClassId,
}

impl Tally {
    /// Nothing counted yet, over these days.
    pub fn new(from: Day, to: Day) -> Self {
        Self {
            from,
            to,
            people: 0,
            person_days: 0,
            changed: 0,
            changed_days: 0,
            undecidable: 0,
            flows: Vec::new(),
            before: [0; 4],
            after: [0; 4],
            schools: Vec::new(),
            rules: Vec::new(),
            examples: Vec::new(),
        }
    }

    /// Counts one person: how many days were looked at, on how many the colour differs and the draft has no answer,
    /// the last day's codes, and both sides of the last day that differs.
    pub fn count(
        &mut self,
        subject: &Subject,
        days: u64,
        changed_days: u64,
        undecidable: u64,
        last: (Code, Code),
        differing: Option<(Day, Side<'_>, Side<'_>)>,
    ) {
        self.people += 1;
        self.person_days += days;
        self.changed_days += changed_days;
        self.undecidable += undecidable;
        bump(&mut self.before, last.0);
        bump(&mut self.after, last.1);
        let Some((day, before, after)) = differing else {
            return;
        };
        self.changed += 1;
        let pair = (before.brief.code, after.brief.code);
        let flow = match self.flows.iter().position(|flow| (flow.0, flow.1) == pair) {
            Some(index) => index,
            None => {
                self.flows.push((pair.0, pair.1, 0));
                self.flows.len() - 1
            }
        };
        let seen = self.flows.get_mut(flow).map_or(0, |flow| {
            flow.2 += 1;
            flow.2
        });
        let share = match self
            .schools
            .iter()
            .position(|(school, _)| *school == subject.school)
        {
            Some(index) => index,
            None => {
                self.schools.push((subject.school, Share::default()));
                self.schools.len() - 1
            }
        };
        if let Some((_, share)) = self.schools.get_mut(share) {
            share.people += 1;
            share.classes.insert(subject.class);
        }
        if let Some(rule) = after.rule {
            self.rule(rule).gains += 1;
        }
        if let Some(rule) = before.rule {
            self.rule(rule).losses += 1;
        }
        let label = |side: &Side| side.rule.map(|(_, _, label)| label.clone());
        if self.examples.len() < EXAMPLES && seen <= EXAMPLES_OF_A_FLOW as u64 {
            self.examples.push(Example {
                person: subject.person,
                day,
                before: (before.brief.code, label(&before)),
                after: (after.brief.code, label(&after)),
            });
        }
    }

    fn rule(&mut self, (rulebook, rule, label): (&str, &str, &Text)) -> &mut RuleCount {
        let known = self
            .rules
            .iter()
            .position(|count| count.rulebook == rulebook && count.rule == rule);
        let index = known.unwrap_or_else(|| {
            self.rules.push(RuleCount {
                rulebook: rulebook.to_owned(),
                rule: rule.to_owned(),
                label: label.clone(),
                gains: 0,
                losses: 0,
            });
            self.rules.len() - 1
        });
        &mut self.rules[index]
    }

    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: Self) {
        self.people += other.people;
        self.person_days += other.person_days;
        self.changed += other.changed;
        self.changed_days += other.changed_days;
        self.undecidable += other.undecidable;
        for (mine, theirs) in [
            (&mut self.before, other.before),
            (&mut self.after, other.after),
        ] {
            for (sum, more) in mine.iter_mut().zip(theirs) {
                *sum += more;
            }
        }
        for (from, to, people) in other.flows {
            match self
                .flows
                .iter_mut()
                .find(|flow| (flow.0, flow.1) == (from, to))
            {
                Some(flow) => flow.2 += people,
                None => self.flows.push((from, to, people)),
            }
        }
        for (school, share) in other.schools {
            match self.schools.iter_mut().find(|(known, _)| *known == school) {
                Some((_, known)) => {
                    known.people += share.people;
                    known.classes.extend(share.classes);
                }
                None => self.schools.push((school, share)),
            }
        }
        for count in other.rules {
            let mine = self.rule((&count.rulebook, &count.rule, &count.label));
            mine.gains += count.gains;
            mine.losses += count.losses;
        }
        let mut flows: BTreeMap<(Code, Code), usize> = BTreeMap::new();
        self.examples.extend(other.examples);
        self.examples.retain(|example| {
            let seen = flows
                .entry((example.before.0, example.after.0))
                .or_default();
            *seen += 1;
            *seen <= EXAMPLES_OF_A_FLOW
        });
        self.examples.truncate(EXAMPLES);
    }

    /// As pages show it.
    pub fn into_result(
        self,
        at: Millis,
        schools: Vec<SchoolShare>,
        examples: Vec<ReplayExample>,
    ) -> ReplayResult {
        let mut flows: Vec<Flow> = self
            .flows
            .into_iter()
            .map(|(from, to, people)| Flow { from, to, people })
            .collect();
        flows.sort_by_key(|flow| (std::cmp::Reverse(flow.people), flow.from, flow.to));
        let mut rules: Vec<RuleShare> = self
            .rules
            .into_iter()
            .filter(|count| count.gains != count.losses)
            .map(|count| RuleShare {
                rulebook: count.rulebook,
                rule: count.rule,
                label: count.label,
                gains: count.gains,
                losses: count.losses,
            })
            .collect();
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.gains + rule.losses));
        ReplayResult {
            at,
            from: self.from,
            to: self.to,
            people: self.people,
            person_days: self.person_days,
            changed: self.changed,
            changed_days: self.changed_days,
            undecidable: self.undecidable,
            flows,
            before: self.before,
            after: self.after,
            schools,
            rules,
            examples,
        }
    }
}

fn bump(codes: &mut [u64; 4], code: Code) {
    if let Some(count) = usize::try_from(code.number())
        .ok()
        .and_then(|index| codes.get_mut(index))
    {
        *count += 1;
    }
}
