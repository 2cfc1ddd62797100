//! Facts, channels and senders in the words of the guardians' pages.

use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, temperature, time};
use domain::access::Role;
use domain::decision::{Reason, Source};
use domain::report::{
    Answers, CaseStatus, Channel, ContactWho, FactChange, HouseholdMatter, Learned, StandingFact,
    Temperature, TestResult,
};
use domain::state::Standing;
use services::family::{By, DayRevision, RegionNames, RevisionStatus, SymptomChoice};

/// A standing fact: 9月12日至9月14日 在浙江省湖州市.
pub(super) fn fact_text(lang: Lang, fact: &StandingFact, regions: &RegionNames) -> String {
    match fact {
        StandingFact::Contact { with, who, last } => {
            let day = day_short(lang, *last);
            let with = match with {
                CaseStatus::Confirmed => tr!(lang, "确诊的人", "a confirmed case"),
                CaseStatus::Suspected => tr!(lang, "疑似的人", "a suspected case"),
            };
            let who = match who {
                ContactWho::Household => tr!(lang, "（同住）", " (in the household)"),
                ContactWho::Other => String::new(),
            };
            tr!(
                lang,
                "{day} 接触过{with}{who}",
                "Contact with {with}{who} on {day}"
            )
        }
        StandingFact::Household { matter, since } => {
            let day = day_short(lang, *since);
            let what = matter_text(lang, *matter);
            tr!(
                lang,
                "同住的人{what}，从 {day} 起",
                "Household: {what}, since {day}"
            )
        }
        StandingFact::Stay {
            region,
            arrived,
            left,
            transit,
        } => {
            let place = regions
                .get(region)
                .map_or_else(|| region.to_string(), |name| name.get(lang).to_owned());
            let from = day_short(lang, *arrived);
            let days = match left {
                Some(left) if left == arrived => from,
                Some(left) => {
                    let to = day_short(lang, *left);
                    tr!(lang, "{from} 至 {to}", "{from} to {to}")
                }
                None => tr!(lang, "{from} 起，还在那里", "since {from}, still there"),
            };
            if *transit {
                tr!(
                    lang,
                    "{days} 途经{place}，没有出站",
                    "{days}: passed through {place}, did not leave the station"
                )
            } else {
                tr!(lang, "{days} 在{place}", "{days}: {place}")
            }
        }
        StandingFact::Test { result, sampled } => {
            let day = day_short(lang, *sampled);
            let result = result_text(lang, *result);
            tr!(
                lang,
                "{day} 采样的检测，结果{result}",
                "Test sampled on {day}: {result}"
            )
        }
    }
}

/// A standing fact with its end.
pub(super) fn standing_text(lang: Lang, standing: &Standing, regions: &RegionNames) -> String {
    let text = fact_text(lang, &standing.fact, regions);
    match standing.ended {
        Some(day) => {
            let day = day_short(lang, day);
            tr!(lang, "{text}（{day} 结束）", "{text} (ended {day})")
        }
        None => text,
    }
}

/// What is the matter with somebody of the household.
pub(super) fn matter_text(lang: Lang, matter: HouseholdMatter) -> String {
    match matter {
        HouseholdMatter::Symptoms => tr!(lang, "有人不舒服", "somebody feels ill"),
        HouseholdMatter::Isolating => tr!(lang, "有人在隔离", "somebody is isolating"),
        HouseholdMatter::Returned => {
            tr!(lang, "有人从外地回来", "somebody came back from elsewhere")
        }
    }
}

/// A test's result.
pub(super) fn result_text(lang: Lang, result: TestResult) -> String {
    match result {
        TestResult::Negative => tr!(lang, "阴性", "negative"),
        TestResult::Positive => tr!(lang, "阳性", "positive"),
    }
}

/// The temperature of a day: a number, or below the threshold.
pub(super) fn temperature_text(lang: Lang, value: Temperature, threshold: u16) -> String {
    match value {
        Temperature::Tenths(tenths) => temperature(lang, i32::from(tenths)),
        Temperature::BelowThreshold => {
            let limit = temperature(lang, i32::from(threshold));
            tr!(lang, "低于 {limit}", "below {limit}")
        }
    }
}

/// The symptoms of a day, or that there are none.
pub(super) fn symptoms_text(lang: Lang, answers: &Answers, known: &[SymptomChoice]) -> String {
    let names: Vec<String> = answers
        .symptoms
        .numbers()
        .map(|number| {
            known.iter().find(|s| s.number == number).map_or_else(
                || tr!(lang, "症状 {number}", "symptom {number}"),
                |s| s.title.get(lang).to_owned(),
            )
        })
        .collect();
    if names.is_empty() {
        return tr!(lang, "没有", "none");
    }
    let list = match lang {
        Lang::Zh => names.join("、"),
        Lang::En => names.join(", "),
    };
    match answers.symptoms_since {
        Some(day) => {
            let day = day_short(lang, day);
            tr!(lang, "{list}（{day} 开始）", "{list} (since {day})")
        }
        None => list,
    }
}

/// A report as a list of short sentences.
pub(super) fn answers_lines(
    lang: Lang,
    answers: &Answers,
    known: &[SymptomChoice],
    threshold: u16,
    regions: &RegionNames,
) -> Vec<String> {
    if answers.paper_refused {
        return vec![tr!(
            lang,
            "到校纸面查验：暂时不能到校",
            "Checked on paper at school: may not attend"
        )];
    }
    let heat = temperature_text(lang, answers.temperature, threshold);
    let ill = symptoms_text(lang, answers, known);
    let mut lines = vec![
        tr!(lang, "体温：{heat}", "Temperature: {heat}"),
        tr!(lang, "不舒服：{ill}", "Symptoms: {ill}"),
    ];
    for change in &answers.changes {
        lines.push(match change {
            FactChange::Add(fact) => fact_text(lang, fact, regions),
            FactChange::End(id, day) => {
                let (stated, day) = (day_short(lang, id.day), day_short(lang, *day));
                tr!(
                    lang,
                    "{stated} 报告的情况，{day} 结束",
                    "What was stated on {stated} ended on {day}"
                )
            }
            FactChange::Correct(id, fact) => {
                let stated = day_short(lang, id.day);
                let text = fact_text(lang, fact, regions);
                tr!(
                    lang,
                    "{stated} 报告的情况，更正为：{text}",
                    "Corrected what was stated on {stated}: {text}"
                )
            }
        });
    }
    if !answers.note.is_empty() {
        let note = &answers.note;
        lines.push(tr!(lang, "说明：{note}", "Note: {note}"));
    }
    lines
}

/// Who sent a report and how: 您，网页，7:14.
pub(super) fn sender_text(lang: Lang, revision: &DayRevision) -> String {
    let who = match revision.by {
        By::You => tr!(lang, "您", "You"),
        By::Guardian(relation) => relation.label(lang).to_owned(),
        By::School => tr!(lang, "学校", "School"),
    };
    let (channel, (day, minute)) = (channel_text(lang, revision.channel), revision.at);
    let at = format!("{} {}", day_short(lang, day), time(minute));
    tr!(lang, "{who}，{channel}，{at}", "{who}, {channel}, {at}")
}

/// How a report came in.
pub(in crate::pages) fn channel_text(lang: Lang, channel: Channel) -> String {
    match channel {
        Channel::Web => tr!(lang, "网页", "web page"),
        Channel::Proxy(Learned::Call) => tr!(lang, "电话代报", "by proxy after a call"),
        Channel::Proxy(Learned::Paper) => tr!(lang, "按字条代报", "by proxy from a note"),
        Channel::Proxy(Learned::InPerson) => tr!(lang, "当面问后代报", "by proxy in person"),
        Channel::Paper => tr!(lang, "纸质表", "paper form"),
        Channel::GateSlip => tr!(lang, "校门纸条", "slip at the gate"),
        Channel::Message => tr!(lang, "消息", "message"),
        Channel::Import => tr!(lang, "纸质表，用表格录入", "paper form, from a table"),
        Channel::Interface => tr!(lang, "学校系统", "the school's system"),
    }
}

/// How far a revision got.
pub(super) fn status_text(lang: Lang, revision: &DayRevision) -> String {
    match revision.status {
        RevisionStatus::Holds => tr!(lang, "现在按这份", "holds now"),
        RevisionStatus::Replaced => tr!(lang, "已被更正", "replaced"),
        RevisionStatus::Waiting => tr!(lang, "等老师确认", "waits for the teacher"),
        RevisionStatus::Struck => tr!(lang, "异议后已撤下", "struck after an objection"),
        RevisionStatus::Refused => tr!(lang, "老师没有采用", "not accepted by the teacher"),
    }
}

/// Who says so, by which rule: 您的报告，规则 Y-04 第 1 版.
pub(super) fn source_text(lang: Lang, reason: &Reason) -> Option<String> {
    if reason.rule_id.is_empty() {
        return None;
    }
    let source = match reason.source {
        Source::Counted => tr!(lang, "系统按天数统计", "Counted from the days"),
        Source::SelfReport => tr!(lang, "家庭报告", "The family's report"),
        Source::Traced => tr!(lang, "流调排查", "Contact tracing"),
        Source::Official => tr!(lang, "疾控记录", "Official record"),
        Source::Gate => tr!(lang, "校门测温", "Measured at the school gate"),
    };
    let (rule, version) = (&reason.rule_id, reason.rule_version);
    let known = reason
        .known
        .map(|day| day_short(lang, day))
        .map(|day| tr!(lang, "，{day} 得知", ", known since {day}"))
        .unwrap_or_default();
    Some(tr!(
        lang,
        "{source}{known}；规则 {rule} 第 {version} 版",
        "{source}{known}; rule {rule}, version {version}"
    ))
}

/// A role, for the log.
pub(super) fn role_text(lang: Lang, role: Role) -> String {
    match role {
        Role::Guardian => tr!(lang, "监护人", "guardian"),
        Role::Teacher => tr!(lang, "班主任", "class teacher"),
        Role::Guard => tr!(lang, "门岗", "gate guard"),
        Role::SchoolAdmin => tr!(lang, "学校管理员", "school administrator"),
        Role::BureauViewer => tr!(lang, "教育局（查看）", "bureau viewer"),
        Role::HealthOfficer => tr!(lang, "疾控人员", "health officer"),
        Role::BureauAdmin => tr!(lang, "教育局管理员", "bureau administrator"),
    }
}
