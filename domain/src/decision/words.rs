//! The words that fill the texts of rules.

use super::Context;
use crate::Day;
use crate::facts::RiskArea;
use crate::lang::{Lang, Text};
use crate::report::Temperature;
use crate::rulebook::PLACEHOLDERS;
use crate::state::State;
use std::cell::OnceCell;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A day as people write it: 9月14日, 14 Sep.
pub fn day_text(day: Day) -> Text {
    let (_, month, number) = day.ymd();
    let name = usize::try_from(month)
        .ok()
        .and_then(|m| MONTHS.get(m.checked_sub(1)?));
    Text::new(
        format!("{month}月{number}日"),
        format!("{number} {}", name.unwrap_or(&"")),
    )
}

/// A temperature given in tenths of a degree Celsius: 37.6 ℃, 37.6 °C.
pub fn temperature_text(tenths: u16) -> Text {
    let (whole, tenth) = (tenths / 10, tenths % 10);
    Text::new(format!("{whole}.{tenth} ℃"), format!("{whole}.{tenth} °C"))
}

/// The values of the placeholders of one reason.
pub(super) struct Words<'a> {
    state: &'a State,
    ctx: &'a Context<'a>,
    start: Day,
    until: Option<Day>,
    area: Option<&'a RiskArea>,
    /// The values that were asked for, in the order of [`PLACEHOLDERS`].
    values: [OnceCell<Text>; PLACEHOLDERS.len()],
}

impl<'a> Words<'a> {
    pub(super) fn new(
        state: &'a State,
        ctx: &'a Context<'a>,
        start: Day,
        until: Option<Day>,
        area: Option<usize>,
    ) -> Self {
        let area = area.and_then(|index| ctx.risk.areas.get(index));
        Self {
            state,
            ctx,
            start,
            until,
            area,
            values: [const { OnceCell::new() }; PLACEHOLDERS.len()],
        }
    }

    /// The text with its placeholders filled, in both languages.
    pub(super) fn fill(&self, text: &Text) -> Text {
        Text {
            zh: self.fill_one(text, Lang::Zh),
            en: self.fill_one(text, Lang::En),
        }
    }

    fn fill_one(&self, text: &Text, lang: Lang) -> String {
        let mut rest = text.get(lang);
        let mut filled = String::with_capacity(rest.len() + 16);
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            filled.push_str(before);
            let known = PLACEHOLDERS.iter().position(|other| *other == name);
            if let Some(cell) = known.and_then(|index| self.values.get(index)) {
                filled.push_str(cell.get_or_init(|| self.value(name)).get(lang));
            }
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    fn value(&self, name: &str) -> Text {
        match name {
            "start" => day_text(self.start),
            "until" => match self.until {
                Some(day) => day_text(day),
                None => Text::new("解除证明通过为止", "a clearance is accepted"),
            },
            "temperature" => self
                .measured()
                .map_or_else(|| Text::new("没有读数", "not measured"), temperature_text),
            "threshold" => temperature_text(self.ctx.fever_threshold(self.start)),
            "symptoms" => join(&self.symptoms(), &Text::new("没有不舒服", "no symptoms")),
            "findings" => {
                let threshold = self.ctx.fever_threshold(self.start);
                let mut findings = Vec::new();
                if let Some(tenths) = self.measured().filter(|tenths| *tenths >= threshold) {
                    let Text { zh, en } = temperature_text(tenths);
                    findings.push(Text::new(format!("体温 {zh}"), en));
                }
                findings.extend(self.symptoms());
                join(&findings, &Text::new("不舒服", "feeling unwell"))
            }
            "place" => self.area.map_or_else(
                || Text::new("有风险的地区", "a risk area"),
                |area| area.name.clone(),
            ),
            _ => Text::default(),
        }
    }

    fn measured(&self) -> Option<u16> {
        let report = self.state.report_of(self.start);
        let told = report.and_then(|report| match report.answers.temperature {
            Temperature::Tenths(tenths) => Some(tenths),
            Temperature::BelowThreshold => None,
        });
        told.max(self.state.gate_reading_of(self.start))
    }

    fn symptoms(&self) -> Vec<Text> {
        let Some(report) = self.state.report_of(self.start) else {
            return Vec::new();
        };
        let title = |number: u8| {
            let books = self.ctx.in_force(self.start).map(|(_, book)| book);
            let mut listed = books.flat_map(|book| &book.document().symptoms);
            listed.find(|symptom| symptom.number == number).map_or_else(
                || Text::new(format!("症状 {number}"), format!("symptom {number}")),
                |symptom| symptom.title.clone(),
            )
        };
        report.answers.symptoms.numbers().map(title).collect()
    }
}

/// The texts as a list, or `none` where there are none.
fn join(texts: &[Text], none: &Text) -> Text {
    if texts.is_empty() {
        return none.clone();
    }
    let list = |lang, comma| {
        texts
            .iter()
            .map(|text: &Text| text.get(lang))
            .collect::<Vec<_>>()
            .join(comma)
    };
    Text {
        zh: list(Lang::Zh, "、"),
        en: list(Lang::En, ", "),
    }
}
