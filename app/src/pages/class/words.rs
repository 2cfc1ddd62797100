//! Words that several of the teacher's pages share.

use crate::tr;
use crate::tr::Lang;
use crate::ui::Choice;
use crate::ui::words::{day_count, day_short, day_week, temperature};
use domain::Day;
use domain::report::{Channel, Learned, Temperature};
use leptos::prelude::*;
use services::classroom::{AnswersView, PaperFault, Reporter};
use services::intake::Fate;

/// 5号 / No. 5; nothing where there is no seat number.
pub(super) fn seat(lang: Lang, seat: i64) -> String {
    if seat > 0 {
        tr!(lang, "{seat}号", "No. {seat}")
    } else {
        String::new()
    }
}

/// A temperature of a report, given the fever threshold in tenths.
pub(super) fn measured(lang: Lang, said: Temperature, threshold: u16) -> String {
    match said {
        Temperature::Tenths(tenths) => temperature(lang, i32::from(tenths)),
        Temperature::BelowThreshold => {
            let limit = temperature(lang, i32::from(threshold));
            tr!(lang, "低于 {limit}", "below {limit}")
        }
    }
}

/// How a report came in.
pub(super) fn channel(lang: Lang, channel: Channel) -> String {
    match channel {
        Channel::Web => tr!(lang, "网页", "web"),
        Channel::Proxy(Learned::Call) => tr!(lang, "代报，电话问得", "by proxy, from a call"),
        Channel::Proxy(Learned::Paper) => tr!(lang, "代报，看纸面", "by proxy, from a paper"),
        Channel::Proxy(Learned::InPerson) => tr!(lang, "代报，当面问得", "by proxy, in person"),
        Channel::Paper => tr!(lang, "纸面", "paper"),
        Channel::GateSlip => tr!(lang, "门口纸条", "slip at the gate"),
        Channel::Message => tr!(lang, "消息", "message"),
        Channel::Import => tr!(lang, "纸面，用表格录入", "paper, from a table"),
        Channel::Interface => tr!(lang, "接口", "interface"),
    }
}

/// Who sent a report.
pub(super) fn reporter(lang: Lang, by: &Reporter) -> String {
    match by {
        Reporter::Guardian(relation) => relation.label(lang).to_owned(),
        Reporter::Staff(name) => name.clone(),
        Reporter::Unknown => tr!(lang, "未知", "unknown"),
    }
}

/// 第 3 天，共 7 天，到 9月23日.
pub(super) fn course(lang: Lang, nth: Option<(u16, u16)>, until: Option<Day>) -> String {
    let until = match until {
        Some(day) => tr!(lang, "到 {day}", "until {day}", day = day_short(lang, day)),
        None => tr!(lang, "还没有结束日期", "no end date yet"),
    };
    match nth {
        Some((nth, of)) => {
            let nth = day_count(lang, u32::from(nth), u32::from(of));
            tr!(lang, "{nth}，{until}", "{nth}, {until}")
        }
        None => until,
    }
}

/// What became of a report that the teacher sent.
pub(super) fn fate(lang: Lang, fate: Fate) -> String {
    match fate {
        Fate::Accepted => tr!(
            lang,
            "已收到，今天的码已更新。",
            "Received; today's code is up to date."
        ),
        Fate::Pending => tr!(
            lang,
            "已收到，但会让原来的颜色变轻，要在“更正待确认”里确认后才算。",
            "Received, but it would make the colour milder: it counts once confirmed under Corrections."
        ),
        Fate::Stale => tr!(
            lang,
            "这期间有了新的报告。两份都留着，较重的先算，请在“更正待确认”里选定。",
            "Another report came in meanwhile. Both are kept and the worse one holds; choose under Corrections."
        ),
    }
}

/// The word of a fate in an address.
pub(super) fn fate_word(fate: Fate) -> &'static str {
    match fate {
        Fate::Accepted => "accepted",
        Fate::Pending => "pending",
        Fate::Stale => "stale",
    }
}

/// The fate of a word in an address.
pub(super) fn fate_of(word: &str) -> Option<Fate> {
    [Fate::Accepted, Fate::Pending, Fate::Stale]
        .into_iter()
        .find(|fate| fate_word(*fate) == word)
}

/// A day that can be reported, today or late.
pub(super) fn day_choice(lang: Lang, today: Day, day: Day) -> Choice {
    let label = day_week(lang, day);
    let label = if day == today {
        tr!(lang, "今天 {label}", "Today, {label}")
    } else {
        tr!(lang, "补报 {label}", "Late, for {label}")
    };
    Choice::new(day.to_string(), label)
}

/// What a temperature has to be.
pub(super) fn range(lang: Lang) -> String {
    tr!(
        lang,
        "请填 34.0 到 43.0 之间的体温，例如 36.5",
        "Enter a temperature from 34.0 to 43.0, such as 36.5"
    )
}

/// Why a paper form cannot be entered, and what to do.
pub(super) fn paper_fault(lang: Lang, fault: PaperFault) -> String {
    match fault {
        PaperFault::NotSigned => tr!(
            lang,
            "填了内容，但没有勾选有签字纸面",
            "Filled in, but the signed paper is not ticked"
        ),
        PaperFault::Temperature => range(lang),
        PaperFault::TemperatureNeeded => tr!(
            lang,
            "上次报告时不舒服，请填体温",
            "The last report told of symptoms: enter the temperature"
        ),
        PaperFault::CheckOnly => tr!(
            lang,
            "家长不同意线上填报，只能登记查验结果，请不要填别的",
            "No online reporting: enter only the result of the check"
        ),
        PaperFault::CheckMissing => tr!(
            lang,
            "家长不同意线上填报，请填查验结果：可以到校，或不能到校",
            "No online reporting: enter the result of the check, may attend or may not attend"
        ),
        PaperFault::CheckNotAsked => tr!(
            lang,
            "查验结果只给家长不同意线上填报的学生；请填体温和不舒服",
            "The check is for families who refused online reporting; enter temperature and symptoms"
        ),
    }
}

/// A random number of a form, as it was printed into it.
pub(super) fn submission(text: &str) -> Option<[u8; 16]> {
    (text.len() == 32)
        .then(|| u128::from_str_radix(text, 16).ok())
        .flatten()
        .map(u128::to_be_bytes)
}

/// The answers of a report as a list.
#[component]
pub(super) fn AnswerList(lang: Lang, answers: Option<AnswersView>, threshold: u16) -> AnyView {
    let Some(answers) = answers else {
        return view! { <p class="hint">{tr!(lang, "回答已按家长要求或保存期限删除", "The answers were deleted")}</p> }
            .into_any();
    };
    let mut lines = Vec::new();
    if answers.paper_refused {
        lines.push(tr!(
            lang,
            "纸面查验：不能到校",
            "Checked on paper: may not attend"
        ));
    } else {
        let degrees = measured(lang, answers.temperature, threshold);
        lines.push(tr!(lang, "体温 {degrees}", "Temperature {degrees}"));
        let symptoms: Vec<&str> = answers.symptoms.iter().map(|t| t.get(lang)).collect();
        lines.push(if symptoms.is_empty() {
            tr!(lang, "没有不舒服", "no symptoms")
        } else {
            match lang {
                Lang::Zh => symptoms.join("、"),
                Lang::En => symptoms.join(", "),
            }
        });
    }
    lines.extend(answers.changes.iter().map(|t| t.get(lang).to_owned()));
    if !answers.note.is_empty() {
        let note = &answers.note;
        lines.push(tr!(lang, "留言：{note}", "Note: {note}"));
    }
    view! {
        <ul class="stack">
            {lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}
        </ul>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_submission_is_sixteen_bytes() {
        assert_eq!(
            submission("0000000000000000000000000000000a").map(|b| b[15]),
            Some(10)
        );
        for text in ["", "0a", "+000000000000000000000000000000a1x"] {
            assert_eq!(submission(text), None);
        }
    }
}
