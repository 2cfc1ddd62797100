//! What changed between two versions, as a person would read it.

use super::document::{
    Document, Hold, Outcome, Parameter, ParameterValue, Rule, Stricter, Symptom,
};
use super::{Version, plain};
use crate::Colour;
use crate::decision::ClearanceMode;
use crate::facts::Fact;
use crate::lang::Text;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of change it is.
    pub kind: ChangeKind,
    /// The rule it is in, if any.
    pub rule: Option<String>,
    /// Its place: a JSON pointer into the new document, or into the old one where something was removed.
    pub place: String,
    /// The change in a sentence.
    pub text: Text,
    /// How it was, in plain words.
    pub before: Option<Text>,
    /// How it is now.
    pub after: Option<Text>,
}

/// The kinds of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// The title or a name of something.
    Words,
    /// What a rule says to people, in one or both languages.
    RuleText,
    /// A parameter has another value.
    ParameterMoved,
    /// A new parameter.
    ParameterAdded,
    /// A move of a parameter above was added, changed or taken back.
    Moved,
    /// A new rule.
    RuleAdded,
    /// A new symptom.
    SymptomAdded,
    /// A rule is gone.
    RuleRemoved,
    /// The rules stand in another order.
    RuleOrder,
    /// When a rule fires.
    Condition,
    /// A milder colour became a worse one.
    Raised,
    /// A worse colour became a milder one.
    Lowered,
    /// Something else of what follows.
    Outcome,
    /// A parameter is gone.
    ParameterRemoved,
    /// The stricter direction of a parameter turned round.
    Direction,
    /// A symptom is gone.
    SymptomRemoved,
    /// What a symptom counts as.
    SymptomChanged,
    /// Where the rulebook holds.
    Region,
}

/// The part of a version that has to grow. Ordered: a later one is more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    /// Texts only.
    Patch,
    /// Rules added, or parameters moved.
    Minor,
    /// What a rule decides.
    Major,
}

impl ChangeKind {
    /// The part of the version that has to grow for it.
    pub fn bump(self) -> Bump {
        match self {
            Self::Words | Self::RuleText => Bump::Patch,
            Self::ParameterMoved
            | Self::ParameterAdded
            | Self::Moved
            | Self::RuleAdded
            | Self::SymptomAdded => Bump::Minor,
            _ => Bump::Major,
        }
    }
}

impl Bump {
    /// What the changes ask for; `None` where there are none.
    pub fn of(changes: &[Change]) -> Option<Self> {
        changes.iter().map(|change| change.kind.bump()).max()
    }

    /// The next version after `base`.
    pub fn next(self, base: Version) -> Version {
        match self {
            Self::Patch => Version {
                patch: base.patch.saturating_add(1),
                ..base
            },
            Self::Minor => Version {
                minor: base.minor.saturating_add(1),
                patch: 0,
                ..base
            },
            Self::Major => Version {
                major: base.major.saturating_add(1),
                minor: 0,
                patch: 0,
            },
        }
    }

    /// Whether `new` is as much later than `base` as this asks for.
    pub fn is_met(self, base: Version, new: Version) -> bool {
        new >= self.next(base)
    }
}

/// Everything that changed from `old` to `new` but version and days, in the order of the new document.
pub fn difference(old: &Document, new: &Document) -> Vec<Change> {
    let mut found = Differ {
        old,
        new,
        changes: Vec::new(),
    };
    if old.title != new.title {
        let (a, b) = (old.title.clone(), new.title.clone());
        found.push(
            ChangeKind::Words,
            None,
            "/title",
            Text::new("规则集名称", "Title of the rulebook"),
            Some(a),
            Some(b),
        );
    }
    if old.region != new.region {
        let (a, b) = (old.region.to_string(), new.region.to_string());
        let what = Text::new("适用地区", "Region");
        found.push(
            ChangeKind::Region,
            None,
            "/region",
            what,
            Some(Text::new(a.clone(), a)),
            Some(Text::new(b.clone(), b)),
        );
    }
    found.parameters();
    found.moves();
    found.symptoms();
    found.rules();
    found.changes
}

struct Differ<'a> {
    old: &'a Document,
    new: &'a Document,
    changes: Vec<Change>,
}

fn quoted(text: &Text) -> Text {
    Text::new(format!("“{}”", text.zh), format!("“{}”", text.en))
}

impl Differ<'_> {
    /// Notes a change of something from `before` to `after`.
    fn push(
        &mut self,
        kind: ChangeKind,
        rule: Option<&str>,
        place: impl Into<String>,
        what: Text,
        before: Option<Text>,
        after: Option<Text>,
    ) {
        let text = match (&before, &after) {
            (Some(a), Some(b)) => Text::new(
                format!("{}：由{}改为{}", what.zh, a.zh, b.zh),
                format!("{}: from {} to {}", what.en, a.en, b.en),
            ),
            (None, Some(b)) => Text::new(
                format!("{}：新增{}", what.zh, b.zh),
                format!("{}: added, {}", what.en, b.en),
            ),
            (Some(a), None) => Text::new(
                format!("{}：删除{}", what.zh, a.zh),
                format!("{}: removed, {}", what.en, a.en),
            ),
            (None, None) => what,
        };
        self.changes.push(Change {
            kind,
            rule: rule.map(str::to_owned),
            place: place.into(),
            text,
            before,
            after,
        });
    }

    fn parameters(&mut self) {
        let (old, new) = (&self.old.parameters, &self.new.parameters);
        let find =
            |list: &'_ [Parameter], name: &str| list.iter().find(|p| p.name == name).cloned();
        for (index, now) in new.iter().enumerate() {
            let place = |field: &str| format!("/parameters/{index}{field}");
            let shown = |value: ParameterValue| Some(plain::value(&now.name, value));
            let Some(was) = find(old, &now.name) else {
                self.push(
                    ChangeKind::ParameterAdded,
                    None,
                    place(""),
                    now.title.clone(),
                    None,
                    shown(now.value),
                );
                continue;
            };
            if was.title != now.title {
                let what = Text::new("参数名称", "Name of a parameter");
                self.push(
                    ChangeKind::Words,
                    None,
                    place("/title"),
                    what,
                    Some(quoted(&was.title)),
                    Some(quoted(&now.title)),
                );
            }
            if was.value != now.value {
                self.push(
                    ChangeKind::ParameterMoved,
                    None,
                    place("/value"),
                    now.title.clone(),
                    shown(was.value),
                    shown(now.value),
                );
            }
            if was.stricter != now.stricter {
                let word = |direction| match direction {
                    Stricter::Lower => Text::new("越低越严", "lower is stricter"),
                    Stricter::Higher => Text::new("越高越严", "higher is stricter"),
                };
                self.push(
                    ChangeKind::Direction,
                    None,
                    place("/stricter"),
                    now.title.clone(),
                    Some(word(was.stricter)),
                    Some(word(now.stricter)),
                );
            }
        }
        for (index, was) in old
            .iter()
            .enumerate()
            .filter(|(_, was)| find(new, &was.name).is_none())
        {
            let shown = Some(plain::value(&was.name, was.value));
            self.push(
                ChangeKind::ParameterRemoved,
                None,
                format!("/parameters/{index}"),
                was.title.clone(),
                shown,
                None,
            );
        }
    }

    fn moves(&mut self) {
        let (old, new) = (&self.old.moves, &self.new.moves);
        let what = |moved: &super::Move| {
            Text::new(
                format!(
                    "对上级规则集 {} 的参数 {} 从严",
                    moved.rulebook, moved.parameter
                ),
                format!("Stricter {} of {}", moved.parameter, moved.rulebook),
            )
        };
        let same = |a: &super::Move, b: &super::Move| {
            (&a.rulebook, &a.parameter) == (&b.rulebook, &b.parameter)
        };
        for (index, now) in new.iter().enumerate() {
            let was = old.iter().find(|was| same(was, now));
            if was.is_none_or(|was| was.value != now.value) {
                let shown = |moved: &super::Move| plain::value(&moved.parameter, moved.value);
                self.push(
                    ChangeKind::Moved,
                    None,
                    format!("/moves/{index}"),
                    what(now),
                    was.map(shown),
                    Some(shown(now)),
                );
            }
        }
        for (index, was) in old
            .iter()
            .enumerate()
            .filter(|(_, was)| !new.iter().any(|now| same(was, now)))
        {
            let shown = Some(plain::value(&was.parameter, was.value));
            self.push(
                ChangeKind::Moved,
                None,
                format!("/moves/{index}"),
                what(was),
                shown,
                None,
            );
        }
    }

    fn symptoms(&mut self) {
        let (old, new) = (&self.old.symptoms, &self.new.symptoms);
        let what = || Text::new("症状", "Symptom");
        let weight = |symptom: &Symptom| match (symptom.severe, symptom.fever) {
            (true, _) => Text::new("重症状", "severe"),
            (_, true) => Text::new("即发热", "the fever itself"),
            _ => Text::new("一般症状", "ordinary"),
        };
        for (index, now) in new.iter().enumerate() {
            let place = |field: &str| format!("/symptoms/{index}{field}");
            let Some(was) = old.iter().find(|was| was.number == now.number) else {
                self.push(
                    ChangeKind::SymptomAdded,
                    None,
                    place(""),
                    what(),
                    None,
                    Some(quoted(&now.title)),
                );
                continue;
            };
            if (was.severe, was.fever) != (now.severe, now.fever) {
                let (a, b) = (weight(was), weight(now));
                self.push(
                    ChangeKind::SymptomChanged,
                    None,
                    place(""),
                    quoted(&now.title),
                    Some(a),
                    Some(b),
                );
            }
            if was.code != now.code {
                let of = |code: &str| Some(Text::new(code, code));
                self.push(
                    ChangeKind::SymptomChanged,
                    None,
                    place("/code"),
                    quoted(&now.title),
                    of(&was.code),
                    of(&now.code),
                );
            }
            if was.title != now.title {
                self.push(
                    ChangeKind::Words,
                    None,
                    place("/title"),
                    what(),
                    Some(quoted(&was.title)),
                    Some(quoted(&now.title)),
                );
            }
        }
        for (index, was) in old
            .iter()
            .enumerate()
            .filter(|(_, was)| !new.iter().any(|now| now.number == was.number))
        {
            self.push(
                ChangeKind::SymptomRemoved,
                None,
                format!("/symptoms/{index}"),
                what(),
                Some(quoted(&was.title)),
                None,
            );
        }
    }

    fn rules(&mut self) {
        let (old, new) = (&self.old.rules, &self.new.rules);
        for (index, now) in new.iter().enumerate() {
            let place = format!("/rules/{index}");
            match old.iter().find(|was| was.id == now.id) {
                Some(was) => self.rule(was, now, &place),
                None => {
                    let what = Text::new(format!("规则 {}", now.id), format!("Rule {}", now.id));
                    self.push(
                        ChangeKind::RuleAdded,
                        Some(&now.id),
                        place,
                        what,
                        None,
                        Some(quoted(&now.label)),
                    );
                }
            }
        }
        for (index, was) in old
            .iter()
            .enumerate()
            .filter(|(_, was)| !new.iter().any(|now| now.id == was.id))
        {
            let what = Text::new(format!("规则 {}", was.id), format!("Rule {}", was.id));
            self.push(
                ChangeKind::RuleRemoved,
                Some(&was.id),
                format!("/rules/{index}"),
                what,
                Some(quoted(&was.label)),
                None,
            );
        }
        let both = |list: &[Rule], other: &[Rule]| -> Vec<String> {
            let common = list
                .iter()
                .filter(|rule| other.iter().any(|o| o.id == rule.id));
            common.map(|rule| rule.id.clone()).collect()
        };
        if both(old, new) != both(new, old) {
            let what = Text::new("规则的先后次序改变", "The order of the rules changed");
            self.push(ChangeKind::RuleOrder, None, "/rules", what, None, None);
        }
    }

    fn rule(&mut self, was: &Rule, now: &Rule, place: &str) {
        let id = Some(now.id.as_str());
        let words =
            |zh: &str, en: &str| Text::new(format!("{} {zh}", now.id), format!("{} {en}", now.id));
        if was.label != now.label {
            let (a, b) = (quoted(&was.label), quoted(&now.label));
            self.push(
                ChangeKind::Words,
                id,
                format!("{place}/label"),
                words("名称", "label"),
                Some(a),
                Some(b),
            );
        }
        if was.condition != now.condition {
            let (a, b) = (
                plain::condition(self.old, &was.condition).text,
                plain::condition(self.new, &now.condition).text,
            );
            let at = format!(
                "{place}/condition{}",
                first_difference(&was.condition, &now.condition)
            );
            self.push(
                ChangeKind::Condition,
                id,
                at,
                words("条件", "condition"),
                Some(quoted(&a)),
                Some(quoted(&b)),
            );
        }
        if was.outcome.colour != now.outcome.colour {
            let kind = if now.outcome.colour > was.outcome.colour {
                ChangeKind::Raised
            } else {
                ChangeKind::Lowered
            };
            let (a, b) = (colour(was.outcome.colour), colour(now.outcome.colour));
            self.push(
                kind,
                id,
                format!("{place}/outcome/colour"),
                words("判定", "outcome"),
                Some(a),
                Some(b),
            );
        }
        let rest = |outcome: &Outcome| Outcome {
            colour: Colour::Red,
            ..outcome.clone()
        };
        if rest(&was.outcome) != rest(&now.outcome) {
            let (a, b) = (hold(self.old, &was.outcome), hold(self.new, &now.outcome));
            self.push(
                ChangeKind::Outcome,
                id,
                format!("{place}/outcome"),
                words("处理", "what follows"),
                Some(a),
                Some(b),
            );
        }
        for (field, what, a, b) in [
            (
                "text",
                ("原因说明", "explanation"),
                vec![was.text.clone()],
                vec![now.text.clone()],
            ),
            (
                "next_steps",
                ("下一步", "next steps"),
                was.next_steps.clone(),
                now.next_steps.clone(),
            ),
        ] {
            if a != b {
                let (a, b) = (all(&a), all(&b));
                let which = match (a.zh != b.zh, a.en != b.en) {
                    (true, false) => ("（中文）", " (Chinese)"),
                    (false, true) => ("（英文）", " (English)"),
                    _ => ("（中英文）", " (both languages)"),
                };
                let what = words(
                    &format!("{}{}", what.0, which.0),
                    &format!("{}{}", what.1, which.1),
                );
                self.push(
                    ChangeKind::RuleText,
                    id,
                    format!("{place}/{field}"),
                    what,
                    Some(quoted(&a)),
                    Some(quoted(&b)),
                );
            }
        }
    }
}

fn all(texts: &[Text]) -> Text {
    let list =
        |half: fn(&Text) -> &str, comma| texts.iter().map(half).collect::<Vec<_>>().join(comma);
    Text::new(list(|t| &t.zh, "；"), list(|t| &t.en, "; "))
}

fn colour(colour: Colour) -> Text {
    match colour {
        Colour::Red => Text::new("隔离中（红）", "red"),
        Colour::Yellow => Text::new("观察中（黄）", "yellow"),
    }
}

/// What follows besides the colour, in a sentence.
pub(super) fn hold(document: &Document, outcome: &Outcome) -> Text {
    let clearance = match outcome.clearance {
        ClearanceMode::None => Text::default(),
        ClearanceMode::May => Text::new("，可凭证明提前解除", ", a clearance may end it earlier"),
        ClearanceMode::Must => Text::new("，还须有解除证明", ", and a clearance is needed"),
    };
    let held = match outcome.hold {
        Hold::WhileFired => Text::new("条件成立的当天", "on each day on which it fires"),
        Hold::Isolation => {
            let name = outcome.days.as_deref().unwrap_or_default();
            let days = document
                .parameters
                .iter()
                .find(|p| p.name == name)
                .map_or_else(
                    || Text::new("若干天", "some days"),
                    |p| plain::value(name, p.value),
                );
            let start = outcome.start.as_deref().and_then(Fact::from_path);
            let start = start.map_or_else(Text::default, |fact| {
                if fact.is_of_the_report() {
                    Text::new("报告当天", "the day of the report")
                } else {
                    Text::new("该事实的日期", "the date of the fact")
                }
            });
            Text::new(
                format!("从{}起 {}", start.zh, days.zh),
                format!("{} from {}", days.en, start.en),
            )
        }
    };
    Text::new(
        format!("{}{}（原因代码 {}）", held.zh, clearance.zh, outcome.reason),
        format!("{}{} (reason {})", held.en, clearance.en, outcome.reason),
    )
}

/// The JSON pointer of the innermost part in which two conditions differ.
fn first_difference(old: &serde_json::Value, new: &serde_json::Value) -> String {
    use serde_json::Value::{Array, Object};
    match (old, new) {
        (Array(a), Array(b)) if a.len() == b.len() => {
            let mut differing = a.iter().zip(b).enumerate().filter(|(_, (a, b))| a != b);
            match (differing.next(), differing.next()) {
                (Some((index, (a, b))), None) => format!("/{index}{}", first_difference(a, b)),
                _ => String::new(),
            }
        }
        (Object(a), Object(b)) if a.len() == 1 && b.len() == 1 => {
            match (a.iter().next(), b.iter().next()) {
                (Some((k, a)), Some((l, b))) if k == l => {
                    format!(
                        "/{}{}",
                        k.replace('~', "~0").replace('/', "~1"),
                        first_difference(a, b)
                    )
                }
                _ => String::new(),
            }
        }
        _ => String::new(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::rulebook::{Move, SHIPPED};
    use serde_json::json;

    fn base() -> Document {
        serde_json::from_str(SHIPPED).unwrap()
    }

    fn changed(change: impl FnOnce(&mut Document)) -> (Document, Vec<Change>) {
        let mut new = base();
        change(&mut new);
        let changes = difference(&base(), &new);
        (new, changes)
    }

    fn rule<'a>(document: &'a mut Document, id: &str) -> &'a mut Rule {
        document
            .rules
            .iter_mut()
            .find(|rule| rule.id == id)
            .unwrap()
    }

    #[test]
    fn each_kind_of_change_is_said_and_asks_for_its_version() {
        type Edit = fn(&mut Document);
        let table: [(Edit, ChangeKind, Bump, &str); 12] = [
            (
                |d| d.parameters[0].value = ParameterValue::Number(375),
                ChangeKind::ParameterMoved,
                Bump::Minor,
                "from 37.3 °C to 37.5 °C",
            ),
            (
                |d| rule(d, "Y-04").text.zh.push('。'),
                ChangeKind::RuleText,
                Bump::Patch,
                "Y-04 explanation (Chinese)",
            ),
            (
                |d| rule(d, "Y-04").next_steps.clear(),
                ChangeKind::RuleText,
                Bump::Patch,
                "Y-04 next steps (both languages)",
            ),
            (
                |d| {
                    rule(d, "Y-07").condition =
                        json!({">": [{"var": "gaps.missed_school_days"}, 5]})
                },
                ChangeKind::Condition,
                Bump::Major,
                "“more than 3 missed school days of the last 14 days” to “more than 5",
            ),
            (
                |d| rule(d, "Y-04").outcome.colour = Colour::Red,
                ChangeKind::Raised,
                Bump::Major,
                "from yellow to red",
            ),
            (
                |d| rule(d, "R-03").outcome.colour = Colour::Yellow,
                ChangeKind::Lowered,
                Bump::Major,
                "from red to yellow",
            ),
            (
                |d| rule(d, "R-03").outcome.clearance = ClearanceMode::May,
                ChangeKind::Outcome,
                Bump::Major,
                "a clearance may end it earlier",
            ),
            (
                |d| {
                    d.rules.pop();
                },
                ChangeKind::RuleRemoved,
                Bump::Major,
                "Rule Y-07: removed",
            ),
            (
                |d| {
                    let mut more = d.rules[0].clone();
                    more.id = "R-99".into();
                    d.rules.push(more);
                },
                ChangeKind::RuleAdded,
                Bump::Minor,
                "Rule R-99: added",
            ),
            (
                |d| d.symptoms[1].severe = true,
                ChangeKind::SymptomChanged,
                Bump::Major,
                "from ordinary to severe",
            ),
            (
                |d| d.rules.swap(0, 1),
                ChangeKind::RuleOrder,
                Bump::Major,
                "order of the rules",
            ),
            (
                |d| {
                    d.moves.push(Move {
                        rulebook: "x".into(),
                        parameter: "y_days".into(),
                        value: ParameterValue::Number(9),
                    })
                },
                ChangeKind::Moved,
                Bump::Minor,
                "Stricter y_days of x: added, 9 days",
            ),
        ];
        for (edit, kind, bump, words) in table {
            let (_, changes) = changed(edit);
            let [change] = changes.as_slice() else {
                panic!("{kind:?}: {changes:#?}")
            };
            assert_eq!((change.kind, Bump::of(&changes)), (kind, Some(bump)));
            assert!(
                change.text.en.contains(words),
                "{}\n{words}",
                change.text.en
            );
        }
    }

    #[test]
    fn a_changed_condition_is_named_where_it_changed() {
        let (new, changes) = changed(|d| {
            *rule(d, "R-05")
                .condition
                .pointer_mut("/!/0/and/1/!/0/>/1")
                .unwrap() = json!(1);
        });
        let change = &changes[0];
        assert_eq!(change.place, "/rules/4/condition/!/0/and/1/!/0/>/1");
        assert_eq!(
            serde_json::to_value(&new).unwrap().pointer(&change.place),
            Some(&json!(1))
        );
    }

    #[test]
    fn the_same_document_has_no_changes_whatever_its_days() {
        let (_, changes) = changed(|d| {
            d.effective_from = d.effective_from.plus(9);
            d.version.major = 7;
        });
        assert_eq!((changes.as_slice(), Bump::of(&changes)), (&[][..], None));
    }

    #[test]
    fn a_version_grows_by_what_the_changes_ask_for() {
        let version = |text: &str| text.parse::<Version>().unwrap();
        assert_eq!(Bump::Patch.next(version("1.2.3")), version("1.2.4"));
        assert_eq!(Bump::Minor.next(version("1.2.3")), version("1.3.0"));
        assert_eq!(Bump::Major.next(version("1.2.3")), version("2.0.0"));
        assert!(Bump::Minor.is_met(version("1.2.3"), version("1.3.0")));
        assert!(!Bump::Minor.is_met(version("1.2.3"), version("1.2.9")));
        assert!(Bump::Patch.is_met(version("1.2.3"), version("2.0.0")));
    }
}
