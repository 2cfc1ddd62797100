//! Conditions and values as a person would say them, in both languages.

use super::document::{Document, Parameter, ParameterValue, Policy};
use crate::facts::{Fact, FactKind, NONE_DAYS};
use crate::lang::Text;
use serde_json::Value as Json;

/// A condition, or a part of one, in plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The JSON pointer of the part inside the condition; empty for the whole.
    pub place: String,
    /// How its parts belong together.
    pub kind: ClauseKind,
    /// The sentence, that of its parts included.
    pub text: Text,
    /// The parts; empty for a single statement.
    pub parts: Vec<Clause>,
}

/// How the parts of a clause belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClauseKind {
    /// All of them.
    All,
    /// At least one of them.
    Any,
    /// A single statement.
    Single,
}

/// A condition in plain words, with the parameters' values filled in. What has no plain words stands as its formula.
pub fn condition(document: &Document, json: &Json) -> Clause {
    Reader {
        parameters: &document.parameters,
    }
    .clause(json, String::new(), false)
}

/// A parameter's value as people read it: tenths of a degree as degrees, days as days, policies in words.
pub fn value(name: &str, value: ParameterValue) -> Text {
    match value {
        ParameterValue::Policy(Policy::Ignore) => Text::new("照样计入", "it counts all the same"),
        ParameterValue::Policy(Policy::Pause) => {
            Text::new("顺延一天", "the end moves out by one day")
        }
        ParameterValue::Policy(Policy::Restart) => Text::new("重新计算", "the count starts again"),
        ParameterValue::Number(number) if name.ends_with("_tenths") => degrees(number),
        ParameterValue::Number(number) if name.ends_with("_days") => days(number),
        ParameterValue::Number(number) if name.ends_with("_hours") => {
            Text::new(format!("{number} 小时"), format!("{number} hours"))
        }
        ParameterValue::Number(number) => Text::new(number.to_string(), number.to_string()),
    }
}

fn degrees(tenths: i64) -> Text {
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, tenth) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    Text::new(
        format!("{sign}{whole}.{tenth} ℃"),
        format!("{sign}{whole}.{tenth} °C"),
    )
}

fn days(number: i64) -> Text {
    let plural = if number == 1 { "day" } else { "days" };
    Text::new(format!("{number} 天"), format!("{number} {plural}"))
}

/// Deeper parts stand as their formula.
const DEPTH: usize = 64;

struct Reader<'a> {
    parameters: &'a [Parameter],
}

/// A side of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Term {
    Fact(Fact),
    Number(i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Op {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    Unequal,
}

impl Op {
    fn parse(operator: &str) -> Option<Self> {
        Some(match operator {
            "<" => Self::Less,
            "<=" => Self::AtMost,
            ">" => Self::More,
            ">=" => Self::AtLeast,
            "===" => Self::Equal,
            _ => return None,
        })
    }

    fn negated(self) -> Self {
        match self {
            Self::Less => Self::AtLeast,
            Self::AtMost => Self::More,
            Self::More => Self::AtMost,
            Self::AtLeast => Self::Less,
            Self::Equal => Self::Unequal,
            Self::Unequal => Self::Equal,
        }
    }

    /// With the sides changed over.
    fn turned(self) -> Self {
        match self {
            Self::Less => Self::More,
            Self::AtMost => Self::AtLeast,
            Self::More => Self::Less,
            Self::AtLeast => Self::AtMost,
            same => same,
        }
    }
}

fn single(place: String, text: Text) -> Clause {
    Clause {
        place,
        kind: ClauseKind::Single,
        text,
        parts: Vec::new(),
    }
}

impl Reader<'_> {
    /// `negated`: what is said is that the part does not hold.
    fn clause(&self, json: &Json, place: String, negated: bool) -> Clause {
        let operation = json
            .as_object()
            .filter(|object| object.len() == 1)
            .and_then(|object| object.iter().next())
            .map(|(operator, operands)| (operator.as_str(), operands));
        let is_deep = place.matches('/').count() > 2 * DEPTH;
        let known = match (json, operation) {
            (Json::Bool(truth), _) => Some(constant(*truth != negated)),
            (_, Some(("!", operands))) if !is_deep => {
                if let Some([operand]) = operands.as_array().map(Vec::as_slice) {
                    return self.clause(operand, format!("{place}/!/0"), !negated);
                }
                None
            }
            (_, Some(("and", Json::Array(operands)))) if !is_deep => {
                let said = |(i, part)| self.clause(part, format!("{place}/and/{i}"), negated);
                let parts = operands.iter().enumerate().map(said).collect();
                let kind = if negated {
                    ClauseKind::Any
                } else {
                    ClauseKind::All
                };
                return joined(place, kind, parts);
            }
            (_, Some(("if", Json::Array(operands)))) if !is_deep => {
                self.choice(operands, &place, negated)
            }
            (_, Some(("var", Json::String(path)))) => {
                Fact::from_path(path).and_then(|fact| flag(fact, !negated))
            }
            (_, Some((operator, Json::Array(operands)))) => {
                self.comparison(operator, operands, negated)
            }
            _ => None,
        };
        single(place, known.unwrap_or_else(|| formula(json, negated)))
    }

    fn choice(&self, operands: &[Json], place: &str, negated: bool) -> Option<Text> {
        let [guard, then, otherwise] = operands else {
            return None;
        };
        let say = |json, index: usize, negated| {
            self.clause(json, format!("{place}/if/{index}"), negated)
                .text
        };
        let (a, b, c) = (
            say(guard, 0, false),
            say(then, 1, negated),
            say(otherwise, 2, negated),
        );
        Some(Text::new(
            format!("如果{}，要求{}，否则要求{}", a.zh, b.zh, c.zh),
            format!("if {}, then {}, otherwise {}", a.en, b.en, c.en),
        ))
    }

    fn comparison(&self, operator: &str, operands: &[Json], negated: bool) -> Option<Text> {
        let op = Op::parse(operator)?;
        match operands {
            [left, right] => {
                if op == Op::Equal
                    && let Some(text) = flag_equals(left, right, negated)
                        .or_else(|| flag_equals(right, left, negated))
                {
                    return Some(text);
                }
                let op = if negated { op.negated() } else { op };
                match (self.term(left)?, self.term(right)?) {
                    (Term::Fact(fact), Term::Number(number)) => Some(says(fact, op, number)),
                    (Term::Number(number), Term::Fact(fact)) => {
                        Some(says(fact, op.turned(), number))
                    }
                    _ => None,
                }
            }
            [low, middle, high] if !negated => {
                match (self.term(low)?, self.term(middle)?, self.term(high)?) {
                    (Term::Number(low), Term::Fact(fact), Term::Number(high)) => {
                        let (a, b) = (says(fact, op.turned(), low), says(fact, op, high));
                        Some(Text::new(
                            format!("{}，并且{}", a.zh, b.zh),
                            format!("{} and {}", a.en, b.en),
                        ))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn term(&self, json: &Json) -> Option<Term> {
        if let Some(number) = json.as_i64() {
            return Some(Term::Number(number));
        }
        let path = json.get("var")?.as_str()?;
        if let Some(fact) = Fact::from_path(path) {
            return Some(Term::Fact(fact));
        }
        let name = path.strip_prefix("param.")?;
        match self
            .parameters
            .iter()
            .find(|parameter| parameter.name == name)?
            .value
        {
            ParameterValue::Number(number) => Some(Term::Number(number)),
            ParameterValue::Policy(_) => None,
        }
    }
}

fn constant(truth: bool) -> Text {
    if truth {
        Text::new("总是成立", "always")
    } else {
        Text::new("从不成立", "never")
    }
}

fn formula(json: &Json, negated: bool) -> Text {
    if negated {
        Text::new(
            format!("公式 {json} 不成立"),
            format!("the formula {json} does not hold"),
        )
    } else {
        Text::new(
            format!("公式 {json} 成立"),
            format!("the formula {json} holds"),
        )
    }
}

fn joined(place: String, kind: ClauseKind, parts: Vec<Clause>) -> Clause {
    let (zh, en) = match kind {
        ClauseKind::Any => ("，或者", " or "),
        _ => ("，并且", " and "),
    };
    let inner = |part: &Clause| {
        if part.kind == ClauseKind::Single || part.kind == kind {
            part.text.clone()
        } else {
            Text::new(
                format!("（{}）", part.text.zh),
                format!("({})", part.text.en),
            )
        }
    };
    let texts: Vec<Text> = parts.iter().map(inner).collect();
    let list =
        |half: fn(&Text) -> &str, comma| texts.iter().map(half).collect::<Vec<_>>().join(comma);
    let text = Text::new(list(|t| &t.zh, zh), list(|t| &t.en, en));
    Clause {
        place,
        kind,
        text,
        parts,
    }
}

fn flag_equals(fact: &Json, truth: &Json, negated: bool) -> Option<Text> {
    let fact = Fact::from_path(fact.get("var")?.as_str()?)?;
    flag(fact, truth.as_bool()? != negated)
}

fn flag(fact: Fact, holds: bool) -> Option<Text> {
    let (zh, en, not_zh, not_en) = match fact {
        Fact::TodayReported => (
            "当天已报告",
            "the day is reported",
            "当天没有报告",
            "the day is not reported",
        ),
        Fact::TodayMeasured => (
            "当天测了体温",
            "the temperature was measured",
            "当天没有测体温",
            "the temperature was not measured",
        ),
        Fact::TodayPaperRefused => (
            "纸面查验未通过",
            "the paper check said no",
            "没有纸面查验未通过",
            "no paper check said no",
        ),
        Fact::SymptomsFever => (
            "勾选了“发热”",
            "fever was ticked",
            "没有勾选“发热”",
            "fever was not ticked",
        ),
        other if other.kind() == FactKind::Flag => {
            let Text { zh, en } = other.meaning();
            let en = en.trim_end_matches('.');
            return Some(if holds {
                Text::new(zh, en)
            } else {
                Text::new(format!("不是：{zh}"), format!("not: {en}"))
            });
        }
        _ => return None,
    };
    Some(if holds {
        Text::new(zh, en)
    } else {
        Text::new(not_zh, not_en)
    })
}

/// A fact compared with a number.
fn says(fact: Fact, op: Op, number: i64) -> Text {
    match fact.kind() {
        FactKind::DaysSince => since(fact, op, number),
        FactKind::Number if fact == Fact::TodayTemperature => temperature(op, number),
        FactKind::Number | FactKind::Flag => count(fact, op, number),
    }
}

fn since(fact: Fact, op: Op, number: i64) -> Text {
    let none = i64::from(NONE_DAYS);
    let what = event(fact);
    let within = |n: i64| {
        let n = days(n);
        Text::new(
            format!("最近 {}内有{}", n.zh, what.zh),
            format!("{} within the last {}", what.en, n.en),
        )
    };
    let not_within = |n: i64| {
        let n = days(n);
        Text::new(
            format!("最近 {}内没有{}", n.zh, what.zh),
            format!("no {} within the last {}", what.en, n.en),
        )
    };
    let known = Text::new(format!("有{}", what.zh), format!("{} on record", what.en));
    let unknown = Text::new(
        format!("没有{}", what.zh),
        format!("no {} on record", what.en),
    );
    match op {
        Op::Less | Op::Unequal if number == none => known,
        Op::AtLeast | Op::Equal if number == none => unknown,
        Op::AtMost => within(number),
        Op::Less => within(number.saturating_sub(1)),
        Op::More => not_within(number),
        Op::AtLeast => not_within(number.saturating_sub(1)),
        Op::Equal => {
            let n = days(number);
            Text::new(
                format!("{}正好在 {}前", what.zh, n.zh),
                format!("{} exactly {} ago", what.en, n.en),
            )
        }
        Op::Unequal => {
            let n = days(number);
            Text::new(
                format!("{}不是正好在 {}前", what.zh, n.zh),
                format!("{} not exactly {} ago", what.en, n.en),
            )
        }
    }
}

fn event(fact: Fact) -> Text {
    match fact {
        Fact::TestPositive => Text::new("自报的阳性检测", "positive test that was reported"),
        Fact::CaseOfficial => Text::new("官方确诊记录", "official record of a confirmed case"),
        Fact::ContactClose => Text::new("密切接触", "close contact"),
        Fact::ContactSecond => Text::new("次密切接触", "contact with a contact"),
        Fact::ContactReported => Text::new("自报的接触", "contact that the family reported"),
        Fact::StayHigh => Text::new("高风险地区旅居史", "stay in a high-risk area"),
        Fact::StayMedium => Text::new("中风险地区旅居史", "stay in a medium-risk area"),
        Fact::StayHighTransit => Text::new("途经高风险地区", "passing through a high-risk area"),
        other => {
            let Text { zh, en } = other.meaning();
            Text::new(
                format!("（{zh}）"),
                format!("[{}]", en.trim_end_matches('.')),
            )
        }
    }
}

fn temperature(op: Op, tenths: i64) -> Text {
    let at = degrees(tenths);
    let say = |zh: &str, en: &str| Text::new(zh.replace('#', &at.zh), en.replace('#', &at.en));
    match op {
        Op::AtLeast => say("体温达到 #", "a temperature of # or more"),
        Op::More => say("体温高于 #", "a temperature above #"),
        Op::Less => say(
            "体温低于 # 或没有测",
            "a temperature below #, or none measured",
        ),
        Op::AtMost => say(
            "体温不超过 # 或没有测",
            "a temperature of # or less, or none measured",
        ),
        Op::Equal => say("体温正好 #", "a temperature of exactly #"),
        Op::Unequal => say("体温不是正好 #", "a temperature other than #"),
    }
}

fn count(fact: Fact, op: Op, number: i64) -> Text {
    let what = match fact {
        Fact::SymptomsListed => Text::new("症状", "symptoms"),
        Fact::SymptomsSevere => Text::new("重症状", "severe symptoms"),
        Fact::DiscrepancyOpen => Text::new("未处理的记录不一致", "open discrepancies"),
        Fact::GapsMissed => Text::new(
            "近 14 天漏报的上课日",
            "missed school days of the last 14 days",
        ),
        other => {
            let Text { zh, en } = other.meaning();
            Text::new(
                format!("（{zh}）"),
                format!("[{}]", en.trim_end_matches('.')),
            )
        }
    };
    let say = |zh: &str, en: &str| {
        let fill =
            |text: &str, what: &str| text.replace('#', &number.to_string()).replace('*', what);
        Text::new(fill(zh, &what.zh), fill(en, &what.en))
    };
    match (op, number) {
        (Op::More | Op::Unequal, 0) | (Op::AtLeast, 1) => say("有*", "any *"),
        (Op::Equal | Op::AtMost, 0) | (Op::Less, 1) => say("没有*", "no *"),
        (Op::More, _) => say("*超过 # 个", "more than # *"),
        (Op::AtLeast, _) => say("*至少 # 个", "at least # *"),
        (Op::Less, _) => say("*少于 # 个", "fewer than # *"),
        (Op::AtMost, _) => say("*不超过 # 个", "at most # *"),
        (Op::Equal, _) => say("*正好 # 个", "exactly # *"),
        (Op::Unequal, _) => say("*不是正好 # 个", "not exactly # *"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::rulebook::SHIPPED;
    use serde_json::json;

    fn document() -> Document {
        serde_json::from_str(SHIPPED).unwrap()
    }

    #[test]
    fn the_shipped_rules_are_said_without_formulas() {
        let document = document();
        let said: Vec<_> = document
            .rules
            .iter()
            .map(|rule| (rule.id.as_str(), condition(&document, &rule.condition).text))
            .collect();
        assert!(
            said.iter()
                .all(|(_, text)| !text.en.contains('{') && !text.zh.contains('{')),
            "{said:#?}"
        );
        let of = |id: &str| said.iter().find(|(rule, _)| *rule == id).unwrap().1.clone();
        assert_eq!(
            of("R-01"),
            Text::new(
                "有官方确诊记录",
                "official record of a confirmed case on record"
            )
        );
        assert_eq!(
            of("R-03"),
            Text::new(
                "最近 14 天内有密切接触",
                "close contact within the last 14 days"
            )
        );
        assert_eq!(
            of("R-05"),
            Text::new(
                "体温达到 38.0 ℃，或者有重症状，或者（体温达到 37.3 ℃，并且有症状）",
                "a temperature of 38.0 °C or more or any severe symptoms or (a temperature of 37.3 °C or more and any symptoms)"
            )
        );
        assert_eq!(
            of("Y-07").en,
            "more than 3 missed school days of the last 14 days"
        );
    }

    #[test]
    fn any_of_is_read_as_such_and_each_part_has_its_place() {
        let document = document();
        let json = json!({"!": [{"and": [{"!": [{"var": "symptoms.fever"}]}, {">": [{"var": "symptoms.listed_count"}, 2]}]}]});
        let clause = condition(&document, &json);
        assert_eq!((clause.kind, clause.parts.len()), (ClauseKind::Any, 2));
        assert_eq!(clause.text.en, "fever was ticked or at most 2 symptoms");
        for part in &clause.parts {
            assert!(json.pointer(&part.place).is_some(), "{}", part.place);
        }
    }

    #[test]
    fn any_json_is_said_somehow() {
        for json in [
            json!(null),
            json!([]),
            json!({"and": 3}),
            json!({"!": []}),
            json!({"<": [1, {"var": "x"}]}),
            json!({"if": [true, {"var": "today.reported"}, false]}),
            json!({"<=": [373, {"var": "today.temperature_tenths"}, 379]}),
            json!({"===": [{"var": "today.measured"}, false]}),
        ] {
            let text = condition(&document(), &json).text;
            assert!(!text.zh.is_empty() && !text.en.is_empty(), "{json}");
        }
    }
}
