//! What a fact, or a fact compared with a number, is called.

use super::{Op, days, degrees};
use crate::facts::{Fact, FactKind, NONE_DAYS};
use crate::lang::Text;

pub(super) fn flag(fact: Fact, holds: bool) -> Option<Text> {
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
pub(super) fn says(fact: Fact, op: Op, number: i64) -> Text {
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
