//! Clearances in words, the form that submits one, and the inbox that settles them: the same for families, teachers,
//! schools and bureaus.

mod form;
mod inbox;

pub(super) use form::{SubmitClearance, errors, read};
pub(super) use inbox::{ClearanceList, InboxFrame};

use crate::tr;
use crate::tr::Lang;
use crate::ui::Steps;
use crate::ui::words::{day_short, time};
use leptos::prelude::*;
use services::clearances::{ClearanceKind, ClearanceStatus, ClearanceView, SubmittedBy};

/// A kind of paper.
fn kind_word(lang: Lang, kind: ClearanceKind) -> String {
    match kind {
        ClearanceKind::ClinicNote => tr!(lang, "医院证明", "Clinic note"),
        ClearanceKind::NegativeTest => tr!(lang, "阴性检测报告", "Negative test"),
        ClearanceKind::ReleaseNotice => tr!(lang, "解除隔离通知", "Release notice"),
        ClearanceKind::Other => tr!(lang, "其他（请说明）", "Something else (say what)"),
    }
}

/// Kind, date and issuer in a line.
fn paper(lang: Lang, view: &ClearanceView) -> String {
    let (kind, day) = (
        kind_word(lang, view.detail.kind),
        day_short(lang, view.detail.date),
    );
    let issuer = &view.detail.issuer;
    let note = &view.detail.note;
    if note.is_empty() {
        tr!(lang, "{kind}，{day}，{issuer}", "{kind}, {day}, {issuer}")
    } else {
        tr!(
            lang,
            "{kind}，{day}，{issuer}：{note}",
            "{kind}, {day}, {issuer}: {note}"
        )
    }
}

/// From its submission to its answer.
fn steps(lang: Lang, view: &ClearanceView) -> AnyView {
    let by = match &view.by {
        SubmittedBy::You => tr!(lang, "您", "you"),
        SubmittedBy::Guardian(relation) => relation.label(lang).to_owned(),
        SubmittedBy::School => tr!(lang, "学校", "the school"),
    };
    let (day, at) = (day_short(lang, view.at.0), time(view.at.1));
    let first = tr!(lang, "{day} {at} {by}提交", "Submitted by {by}, {day} {at}");
    let (second, done) = match &view.status {
        ClearanceStatus::Waiting if view.code == domain::Code::Red => (
            tr!(lang, "等卫生专员处理", "Waits for the health officer"),
            false,
        ),
        ClearanceStatus::Waiting => (tr!(lang, "等学校处理", "Waits for the school"), false),
        ClearanceStatus::Accepted(day, words) => {
            let day = day_short(lang, *day);
            (
                tr!(lang, "{day} 已接受：{words}", "Accepted on {day}: {words}"),
                true,
            )
        }
        ClearanceStatus::Refused(day, words) => {
            let day = day_short(lang, *day);
            (
                tr!(
                    lang,
                    "{day} 未接受：{words}。可以重新提交",
                    "Refused on {day}: {words}. It can be submitted anew"
                ),
                true,
            )
        }
    };
    view! { <Steps lang=lang steps=vec![(first, true), (second, done)] /> }.into_any()
}
