//! What is wrong or doubtful in a document before anybody is judged by it: all of it at once, each with its place, in
//! plain words.

use super::check::check_all;
use super::difference::{Bump, difference};
use super::document::{Document, Hold, Parameter, ParameterValue};
use super::error::{RulebookError, RulebookProblem as Problem};
use super::stack::{MoveFault, check_moves};
use super::{FEVER_TENTHS, MISSED_DAYS, life, plain};
use crate::certlogic::{CompileProblem, DoubtKind, Kind, Range, Slot};
use crate::decision::DISCREPANCY_DUE_DAYS;
use crate::facts::{Fact, FactKind, NONE_DAYS};
use crate::lang::Text;
use crate::report::TEMPERATURE_MAX;

/// Something wrong or doubtful.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether it stands in the way of an activation.
    pub severity: Severity,
    /// The rule, where it is in one.
    pub rule: Option<String>,
    /// Its place: a JSON pointer into the document.
    pub place: String,
    /// What it is and what was expected.
    pub text: Text,
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look.
    Warning,
    /// Cannot be handed in, approved or activated.
    Error,
}

/// All findings of a document by itself, in its order, errors and warnings mixed.
pub fn findings(document: &Document) -> Vec<Finding> {
    let (compiled, faults) = check_all(document);
    let mut found: Vec<Finding> = faults
        .iter()
        .map(|fault| of_fault(document, fault))
        .collect();
    for (index, (rule, compiled)) in document.rules.iter().zip(&compiled).enumerate() {
        let at = |place: &str| format!("/rules/{index}{place}");
        if let Some(compiled) = compiled {
            for doubt in compiled.condition.doubts(|slot| range(document, slot)) {
                let is_fault =
                    matches!(doubt.kind, DoubtKind::Type { .. } | DoubtKind::NotADate(_));
                found.push(Finding {
                    severity: if is_fault {
                        Severity::Error
                    } else {
                        Severity::Warning
                    },
                    rule: Some(rule.id.clone()),
                    place: at(&format!("/condition{}", doubt.place)),
                    text: doubt_text(&doubt.kind),
                });
            }
        }
        if rule.next_steps.is_empty() {
            found.push(warning(
                Some(&rule.id),
                at("/next_steps"),
                Text::new("没有写下一步怎么做", "it does not say what to do next"),
            ));
        }
    }
    unused(document, &mut found);
    for (index, parameter) in document.parameters.iter().enumerate() {
        if !parameter.admits(parameter.value) {
            let place = format!("/parameters/{index}/value");
            found.push(out_of_bounds(parameter, parameter.value, place));
        }
    }
    if document.rules.is_empty() && document.moves.is_empty() && document.symptoms.is_empty() {
        let text = Text::new(
            "没有规则，也没有从严的参数",
            "there is no rule and no stricter parameter in it",
        );
        found.push(Finding {
            severity: Severity::Error,
            rule: None,
            place: "/rules".into(),
            text,
        });
    }
    found.sort_by_key(|finding| position(document, finding));
    found
}

/// The same, and what is wrong beside the version it is based on and the rulebooks in force above it.
pub fn findings_against(
    document: &Document,
    base: Option<&Document>,
    above: &[Document],
) -> Vec<Finding> {
    let mut found = findings(document);
    for (index, fault) in check_moves(document, above) {
        let place = format!("/moves/{index}");
        found.push(Finding {
            severity: Severity::Error,
            rule: None,
            place,
            text: move_text(fault),
        });
    }
    for (index, moved) in document.moves.iter().enumerate() {
        let mut books = above.iter().filter(|book| book.id == moved.rulebook);
        let of = books.find_map(|book| book.parameters.iter().find(|p| p.name == moved.parameter));
        if let Some(parameter) = of.filter(|parameter| !parameter.admits(moved.value)) {
            found.push(out_of_bounds(
                parameter,
                moved.value,
                format!("/moves/{index}/value"),
            ));
        }
    }
    if let Some(base) = base {
        versions(base, document, &mut found);
    }
    found
}

/// A value that the parameter may not have.
fn out_of_bounds(parameter: &Parameter, value: ParameterValue, place: String) -> Finding {
    let (title, is) = (&parameter.title, plain::value(&parameter.name, value));
    let bounds = plain::bounds(parameter);
    let text = Text::new(
        format!("“{}”要{}，现在是 {}", title.zh, bounds.zh, is.zh),
        format!("“{}” has to be {}, and is {}", title.en, bounds.en, is.en),
    );
    Finding {
        severity: Severity::Error,
        rule: None,
        place,
        text,
    }
}

/// Versions have to grow with what changed.
fn versions(base: &Document, new: &Document, found: &mut Vec<Finding>) {
    let changes = difference(base, new, &[]);
    let Some(bump) = Bump::of(&changes) else {
        let text = Text::new(
            "和所依据的版本完全一样",
            "it is the same as the version it is based on",
        );
        found.push(warning(None, "/version".into(), text));
        return;
    };
    if !bump.is_met(base.version, new.version) {
        let least = bump.next(base.version);
        found.push(Finding {
            severity: Severity::Error,
            rule: None,
            place: "/version".into(),
            text: Text::new(
                format!("按这些改动，版本号至少要是 {least}"),
                format!("for these changes the version has to be {least} at least"),
            ),
        });
    }
    for (index, rule) in new.rules.iter().enumerate() {
        let is_changed = changes
            .iter()
            .any(|change| change.rule.as_deref() == Some(rule.id.as_str()));
        if let Some(was) = base.rules.iter().find(|was| was.id == rule.id)
            && is_changed
            && rule.version <= was.version
        {
            found.push(Finding {
                severity: Severity::Error,
                rule: Some(rule.id.clone()),
                place: format!("/rules/{index}/version"),
                text: Text::new(
                    format!("规则改动了，它的版本号要大于 {}", was.version),
                    format!(
                        "the rule changed, and its version has to be above {}",
                        was.version
                    ),
                ),
            });
        }
    }
}

fn warning(rule: Option<&str>, place: String, text: Text) -> Finding {
    Finding {
        severity: Severity::Warning,
        rule: rule.map(str::to_owned),
        place,
        text,
    }
}

/// Parameters that nothing reads.
fn unused(document: &Document, found: &mut Vec<Finding>) {
    let program = [
        FEVER_TENTHS,
        MISSED_DAYS,
        life::NOTICE_PARAMETER,
        DISCREPANCY_DUE_DAYS,
    ];
    for (index, parameter) in document.parameters.iter().enumerate() {
        let variable = format!("\"param.{}\"", parameter.name);
        let is_read = program.contains(&parameter.name.as_str())
            || document.rules.iter().any(|rule| {
                let days = rule.outcome.hold == Hold::Isolation
                    && rule.outcome.days.as_ref() == Some(&parameter.name);
                days || rule.condition.to_string().contains(&variable)
            });
        if !is_read {
            let text = Text::new(
                format!("没有规则用到参数 {}", parameter.name),
                format!("no rule reads the parameter {}", parameter.name),
            );
            found.push(warning(None, format!("/parameters/{index}"), text));
        }
    }
}

/// What a slot of a condition may hold.
fn range(document: &Document, slot: Slot) -> Range {
    if let Some(fact) = Fact::from_slot(slot) {
        return match fact.kind() {
            FactKind::Flag => Range::FLAG,
            FactKind::DaysSince => Range::number(0, i64::from(NONE_DAYS)),
            FactKind::Number if fact == Fact::TodayTemperature => {
                Range::number(0, i64::from(TEMPERATURE_MAX))
            }
            FactKind::Number => Range::number(0, i64::from(i32::MAX)),
        };
    }
    let index = usize::from(slot).checked_sub(Fact::ALL.len());
    match index
        .and_then(|index| document.parameters.get(index))
        .map(|parameter| parameter.value)
    {
        Some(ParameterValue::Number(value)) => Range::number(value, value),
        _ => Range::of(Kind::Any),
    }
}

/// Where a finding stands in the document, for the order in which they are listed.
fn position(document: &Document, finding: &Finding) -> (usize, usize) {
    let parts: Vec<&str> = finding.place.split('/').skip(1).take(2).collect();
    let sections = [
        "id",
        "version",
        "region",
        "title",
        "parameters",
        "moves",
        "symptoms",
        "rules",
    ];
    let section = parts
        .first()
        .and_then(|part| sections.iter().position(|name| name == part));
    let index = parts
        .get(1)
        .and_then(|part| part.parse().ok())
        .unwrap_or(document.rules.len());
    (section.unwrap_or(0), index)
}

fn of_fault(document: &Document, fault: &RulebookError) -> Finding {
    let index = fault
        .rule
        .as_ref()
        .and_then(|id| document.rules.iter().position(|rule| rule.id == *id));
    Finding {
        severity: Severity::Error,
        rule: fault.rule.clone(),
        place: index.map_or_else(
            || fault.place.clone(),
            |index| format!("/rules/{index}{}", fault.place),
        ),
        text: problem_text(&fault.problem),
    }
}

fn problem_text(problem: &Problem) -> Text {
    let zh = match problem {
        Problem::Format(what) => format!("不是规则集文件：{}", what.text().zh),
        Problem::Name(name) => {
            format!("名字只能用小写字母、数字、下划线和连字符，1 到 64 个字符：“{name}”")
        }
        Problem::Twice(name) => format!("用了两次：“{name}”"),
        Problem::TextMissing => "中文和英文都要写".to_owned(),
        Problem::Placeholder(name) => format!("没有这个占位符：“{name}”"),
        Problem::Condition(problem) => compile_text(problem),
        Problem::Hold => {
            "隔离要写从哪一天起（start）和多少天（days）；其他处理都不能写，也不能有解除证明"
                .to_owned()
        }
        Problem::Start(path) => format!("不是有日期的事实：“{path}”"),
        Problem::Days(name) => format!("不是 1 到 366 之间的数字参数：“{name}”"),
        Problem::Counted(path) => format!("隔离不能依据 {path}：它是数出来的，没有日期"),
        Problem::SymptomNumber(number) => format!("症状编号要在 0 到 63 之间，不能是 {number}"),
        Problem::ParameterKind(name) => format!("参数 {name} 的类型不对"),
    };
    Text::new(zh, problem.to_string())
}

pub(crate) fn compile_text(problem: &CompileProblem) -> String {
    match problem {
        CompileProblem::NotAnExpression => "既不是字面值，也不是只有一个键的运算".to_owned(),
        CompileProblem::UnknownOperator(name) => format!("没有这个运算：“{name}”"),
        CompileProblem::OperandsNotAList(name) => format!("“{name}”的运算对象要写成列表"),
        CompileProblem::Arity {
            operator,
            expected,
            found,
        } => {
            let expected = expected.replace("or more", "个以上").replace("or", "或");
            format!("“{operator}”要 {expected} 个运算对象，现在是 {found} 个")
        }
        CompileProblem::PathNotText => "“var”后面要写事实或参数的名字".to_owned(),
        CompileProblem::UnknownPath(path) => format!("没有这个事实或参数：“{path}”"),
        CompileProblem::AmountNotInteger(name) => format!("“{name}”的第二个运算对象要是整数"),
        CompileProblem::UnknownUnit => "“plusTime”的单位要是 year、month、day 或 hour".to_owned(),
        CompileProblem::TooDeep => "嵌套太深".to_owned(),
    }
}

fn kind_text(kind: Kind) -> Text {
    match kind {
        Kind::Flag => Text::new("是非值", "true or false"),
        Kind::Number => Text::new("整数", "a whole number"),
        Kind::Text => Text::new("文字", "a text"),
        Kind::Moment => Text::new("时刻", "a date and time"),
        Kind::List => Text::new("列表", "a list"),
        Kind::Any => Text::new("任意值", "anything"),
    }
}

pub(crate) fn doubt_text(doubt: &DoubtKind) -> Text {
    match doubt {
        DoubtKind::Type { expected, found } => {
            let (expected, found) = (kind_text(*expected), kind_text(*found));
            Text::new(
                format!("这里要{}，现在是{}", expected.zh, found.zh),
                format!("expected {} here, found {}", expected.en, found.en),
            )
        }
        DoubtKind::NotADate(text) => Text::new(
            format!("不是日期：“{text}”"),
            format!("not a date: “{text}”"),
        ),
        DoubtKind::Always(true) => Text::new("无论什么情况都成立", "holds whatever the facts are"),
        DoubtKind::Always(false) => Text::new(
            "无论什么情况都不成立",
            "never holds, whatever the facts are",
        ),
        DoubtKind::Unreachable => Text::new("永远用不到", "is never reached"),
    }
}

fn move_text(fault: MoveFault) -> Text {
    match fault {
        MoveFault::NoRulebook => Text::new(
            "上级没有这个生效中的规则集",
            "no rulebook of this name is in force above",
        ),
        MoveFault::NoParameter => Text::new(
            "上级规则集没有这个参数",
            "the rulebook above has no such parameter",
        ),
        MoveFault::Kind => Text::new(
            "类型和上级的参数不同",
            "not of the same kind as the parameter above",
        ),
        MoveFault::Looser => Text::new(
            "比上级宽松；下级只能从严",
            "looser than above; a lower region may only be stricter",
        ),
    }
}

#[cfg(test)]
mod tests;
