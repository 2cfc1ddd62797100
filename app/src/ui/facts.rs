//! Words for what rules look at: facts, parameters, and the values of a condition's parts.

use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, temperature};
use domain::Day;
use domain::certlogic::{Join, Tree, Value};
use domain::facts::{Fact, FactKind, NONE_DAYS};
use domain::rulebook::{Document, Parameter, ParameterValue, plain};

/// A fact's name in a few words.
pub fn fact_name(lang: Lang, fact: Fact) -> String {
    match fact {
        Fact::TodayReported => tr!(lang, "当天报告", "Report of the day"),
        Fact::TodayMeasured => tr!(lang, "量了体温", "Temperature measured"),
        Fact::TodayTemperature => tr!(lang, "体温", "Temperature"),
        Fact::TodayPaperRefused => tr!(lang, "纸面查验未通过", "Paper check not passed"),
        Fact::SymptomsListed => tr!(lang, "不舒服", "Symptoms"),
        Fact::SymptomsSevere => tr!(lang, "重症状", "Severe symptoms"),
        Fact::SymptomsFever => tr!(lang, "勾选了发热", "Fever ticked"),
        Fact::TestPositive => tr!(lang, "自报检测", "Own test"),
        Fact::CaseOfficial => tr!(lang, "确诊记录", "Case record"),
        Fact::TestNegative => tr!(lang, "阴性检测", "Negative test"),
        Fact::VaccinationDays => tr!(lang, "接种疫苗", "Vaccination"),
        Fact::VaccinationDose => tr!(lang, "疫苗剂次", "Vaccine dose"),
        Fact::ContactClose => tr!(lang, "密切接触", "Close contact"),
        Fact::ContactSecond => tr!(lang, "次密接触", "Contact of a contact"),
        Fact::ContactReported => tr!(lang, "自报接触", "Reported contact"),
        Fact::StayHigh => tr!(lang, "高风险地区", "High-risk area"),
        Fact::StayMedium => tr!(lang, "中风险地区", "Medium-risk area"),
        Fact::StayHighTransit => tr!(lang, "途经高风险地区", "Through a high-risk area"),
        Fact::DiscrepancyOpen => tr!(lang, "记录不一致", "Discrepancies"),
        Fact::GapsMissed => tr!(lang, "14 天内漏报", "Missed of 14 days"),
    }
}

/// A fact's value as people say it, with its date where it has one; flags are 0 or 1.
pub fn fact_value(lang: Lang, fact: Fact, value: i64, date: Option<Day>) -> String {
    let none = || tr!(lang, "没有", "none");
    match (fact, fact.kind()) {
        (Fact::TodayTemperature, _) if value == 0 => tr!(lang, "没有读数", "no reading"),
        (Fact::TodayTemperature, _) => temperature(lang, i32::try_from(value).unwrap_or(0)),
        (Fact::GapsMissed, _) => tr!(lang, "{value} 天", "{value} days"),
        (Fact::VaccinationDose, _) if value > 0 => tr!(lang, "第 {value} 剂", "dose {value}"),
        (_, FactKind::Flag) => yes_no(lang, value != 0),
        (_, FactKind::DaysSince) if value >= i64::from(NONE_DAYS) => none(),
        (_, FactKind::DaysSince) => {
            let ago = tr!(lang, "{value} 天前", "{value} days ago");
            match date {
                Some(day) => tr!(
                    lang,
                    "{day}（{ago}）",
                    "{day} ({ago})",
                    day = day_short(lang, day)
                ),
                None => ago,
            }
        }
        (_, FactKind::Number) if value == 0 => none(),
        (_, FactKind::Number) => tr!(lang, "{value} 项", "{value}"),
    }
}

/// 是 / yes, 否 / no.
pub fn yes_no(lang: Lang, yes: bool) -> String {
    if yes {
        tr!(lang, "是", "yes")
    } else {
        tr!(lang, "否", "no")
    }
}

/// How a parameter's number is written: in tenths of a degree, in days, or plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Tenths of a degree Celsius, shown as degrees.
    Degrees,
    /// Days.
    Days,
    /// Hours.
    Hours,
    /// Nothing.
    Plain,
}

impl Unit {
    /// The unit of a parameter, by its name.
    pub fn of(name: &str) -> Self {
        if name.ends_with("_tenths") {
            Self::Degrees
        } else if name.ends_with("_days") {
            Self::Days
        } else if name.ends_with("_hours") {
            Self::Hours
        } else {
            Self::Plain
        }
    }

    /// What stands after the number.
    pub fn word(self, lang: Lang) -> String {
        match self {
            Self::Degrees => tr!(lang, "℃", "°C"),
            Self::Days => tr!(lang, "天", "days"),
            Self::Hours => tr!(lang, "小时", "hours"),
            Self::Plain => String::new(),
        }
    }

    /// The number as a form shows it.
    pub fn shown(self, value: i64) -> String {
        match self {
            Self::Degrees => format!("{}.{}", value / 10, (value % 10).abs()),
            Self::Days | Self::Hours | Self::Plain => value.to_string(),
        }
    }

    /// The reverse of [`Self::shown`].
    pub fn read(self, text: &str) -> Option<i64> {
        let text = text.trim();
        match self {
            Self::Days | Self::Hours | Self::Plain => text.parse().ok(),
            Self::Degrees => {
                let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
                let tenth: i64 = rest.parse().ok().filter(|_| rest.len() == 1)?;
                let whole: i64 = whole.parse().ok().filter(|w| (0..=99).contains(w))?;
                Some(whole * 10 + tenth)
            }
        }
    }
}

/// A parameter's title beside its value: where that is shown in degrees, without the unit that files count in.
pub fn parameter_title(lang: Lang, parameter: &Parameter) -> String {
    let title = parameter.title.get(lang);
    let counted = match lang {
        Lang::Zh => "，十分之一摄氏度",
        Lang::En => ", in tenths of a degree Celsius",
    };
    match Unit::of(&parameter.name) {
        Unit::Degrees => title.strip_suffix(counted).unwrap_or(title),
        Unit::Days | Unit::Hours | Unit::Plain => title,
    }
    .to_owned()
}

/// How the parts of a condition's group belong together, in words.
pub fn join_word(lang: Lang, join: Join) -> String {
    match join {
        Join::All => tr!(lang, "全部成立", "all of these"),
        Join::Any => tr!(lang, "任一成立", "any of these"),
        Join::Not => tr!(lang, "不成立", "not"),
        Join::Less => tr!(lang, "小于", "less than"),
        Join::AtMost => tr!(lang, "不大于", "at most"),
        Join::Greater => tr!(lang, "大于", "more than"),
        Join::AtLeast => tr!(lang, "不小于", "at least"),
        Join::Equal => tr!(lang, "等于", "equal to"),
        Join::In => tr!(lang, "在列表中", "one of"),
        Join::Sum => tr!(lang, "相加", "sum of"),
        Join::If => tr!(lang, "如果…就…否则…", "if … then … else …"),
        Join::List => tr!(lang, "列表", "list"),
    }
}

/// A variable's name: the fact's, or the parameter's title with its value.
pub fn var_name(lang: Lang, parameters: &[Parameter], path: &str) -> String {
    if let Some(fact) = Fact::from_path(path) {
        return fact_name(lang, fact);
    }
    let name = path.strip_prefix("param.").unwrap_or(path);
    parameters
        .iter()
        .find(|p| p.name == name)
        .map_or_else(|| path.to_owned(), |p| parameter_title(lang, p))
}

/// The value of a part of a condition as people say it, by what the part is.
pub fn part_value(lang: Lang, part: &Tree, value: &Value) -> String {
    match (part, value) {
        (Tree::Var(path), Value::Int(number)) => match Fact::from_path(path) {
            Some(fact) => fact_value(lang, fact, *number, None),
            None => {
                let name = path.strip_prefix("param.").unwrap_or(path);
                plain::value(name, ParameterValue::Number(*number))
                    .get(lang)
                    .to_owned()
            }
        },
        (_, Value::Bool(yes)) => yes_no(lang, *yes),
        (_, other) => other.to_string(),
    }
}

/// The rule of a rulebook by its id.
pub fn rule_in<'a>(document: &'a Document, rule: &str) -> Option<&'a domain::rulebook::Rule> {
    document.rules.iter().find(|r| r.id == rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_read_as_it_is_shown() {
        for (name, value, shown) in [
            ("fever_tenths", 373, "37.3"),
            ("high_fever_tenths", 380, "38.0"),
            ("case_days", 14, "14"),
            ("gaps_limit", -3, "-3"),
        ] {
            let unit = Unit::of(name);
            assert_eq!(unit.shown(value), shown);
            assert_eq!(unit.read(shown), Some(value));
        }
        for bad in ["37.33", "warm", "", "373.0"] {
            assert_eq!(Unit::Degrees.read(bad), None, "{bad}");
        }
    }

    #[test]
    fn no_record_is_said_as_none() {
        let said = |fact, value| fact_value(Lang::En, fact, value, None);
        assert_eq!(said(Fact::CaseOfficial, 9999), "none");
        assert_eq!(said(Fact::CaseOfficial, 0), "0 days ago");
        assert_eq!(said(Fact::TodayTemperature, 376), "37.6 °C");
        assert_eq!(said(Fact::TodayTemperature, 0), "no reading");
    }
}
