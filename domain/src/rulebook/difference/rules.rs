//! What changed in the rules.

use super::{ChangeKind, Differ, quoted};
use crate::Colour;
use crate::decision::ClearanceMode;
use crate::facts::Fact;
use crate::lang::Text;
use crate::rulebook::document::{Document, Hold, Outcome, Rule};
use crate::rulebook::plain;

impl Differ<'_> {
    pub(super) fn rules(&mut self) {
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
fn hold(document: &Document, outcome: &Outcome) -> Text {
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
