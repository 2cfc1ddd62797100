//! The form that submits a clearance.

use super::{kind_word, paper, steps};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{code_name, day_short};
use crate::ui::*;
use crate::web::Fields;
use domain::Day;
use leptos::prelude::*;
use services::clearances::{
    Clearable, ClearanceFault, ClearanceKind, ClearancePage, ISSUER_MAX, NOTE_MAX, NewClearance,
};

/// The form's fields as a clearance.
pub(in crate::pages) fn read(fields: &Fields) -> NewClearance {
    NewClearance {
        reason: fields.get("reason").to_owned(),
        kind: ClearanceKind::parse(fields.get("kind")),
        date: fields.get("date").trim().parse().ok(),
        issuer: fields.get("issuer").to_owned(),
        note: fields.get("note").to_owned(),
    }
}

/// What is wrong, at its field.
pub(in crate::pages) fn errors(lang: Lang, faults: Vec<ClearanceFault>) -> Vec<FieldError> {
    faults.into_iter().map(|fault| error(lang, fault)).collect()
}

fn error(lang: Lang, fault: ClearanceFault) -> FieldError {
    let (issuer, note) = (ISSUER_MAX, NOTE_MAX);
    let (id, words) = match fault {
        ClearanceFault::Reason => (
            "reason",
            tr!(
                lang,
                "请选择要解除的是哪一条",
                "Choose which isolation it ends"
            ),
        ),
        ClearanceFault::Waiting => (
            "reason",
            tr!(
                lang,
                "这一条已经提交过，正在等处理",
                "One for this was submitted already and waits"
            ),
        ),
        ClearanceFault::Kind => (
            "kind",
            tr!(lang, "请选择证明的种类", "Choose what kind of paper it is"),
        ),
        ClearanceFault::DateMissing => (
            "date",
            tr!(lang, "请填写证明上的日期", "Enter the date on the paper"),
        ),
        ClearanceFault::DateInFuture => (
            "date",
            tr!(lang, "日期在今天之后", "The date lies after today"),
        ),
        ClearanceFault::DateBeforeStart => (
            "date",
            tr!(
                lang,
                "证明的日期在隔离开始之前，不能解除它",
                "The paper is older than the isolation, and cannot end it"
            ),
        ),
        ClearanceFault::Issuer => (
            "issuer",
            tr!(
                lang,
                "请填写谁开的证明，2 到 {issuer} 个字",
                "Enter who issued it, 2 to {issuer} characters"
            ),
        ),
        ClearanceFault::Note => (
            "note",
            tr!(
                lang,
                "请说明是什么证明，4 到 {note} 个字",
                "Say what kind of paper it is, 4 to {note} characters"
            ),
        ),
    };
    FieldError::new(id, words)
}

/// The form, or why there is none; and what was submitted so far.
#[component]
pub(in crate::pages) fn SubmitClearance(
    lang: Lang,
    page: ClearancePage,
    action: String,
    fields: Fields,
    errors: Vec<FieldError>,
) -> AnyView {
    let open: Vec<Clearable> = page
        .clearable
        .iter()
        .filter(|c| !c.is_waiting)
        .cloned()
        .collect();
    let form = if open.is_empty() {
        nothing(lang, &page)
    } else {
        form(lang, open, action, page.today, &fields, &errors)
    };
    let submitted = (!page.submitted.is_empty()).then(|| {
        let items = page
            .submitted
            .iter()
            .map(|view| {
                let (label, detail) = (view.label.get(lang).to_owned(), paper(lang, view));
                view! { <li><div class="what"><b>{label}</b><small>{detail}</small> {steps(lang, view)}</div></li> }
            })
            .collect_view();
        view! { <Card title=tr!(lang, "已提交的证明", "Submitted so far") flush=true><ul class="people">{items}</ul></Card> }
    });
    view! { {form} {submitted} }.into_any()
}

fn nothing(lang: Lang, page: &ClearancePage) -> AnyView {
    let words = if page.clearable.is_empty() {
        tr!(
            lang,
            "现在没有可以用证明解除的隔离或观察。",
            "No isolation or observation is running that a clearance could end."
        )
    } else {
        tr!(
            lang,
            "证明已提交，请等待处理。",
            "The clearance is submitted and waits to be settled."
        )
    };
    view! { <Notice icon=IconName::Clock>{words}</Notice> }.into_any()
}

fn form(
    lang: Lang,
    open: Vec<Clearable>,
    action: String,
    today: Day,
    fields: &Fields,
    errors: &[FieldError],
) -> AnyView {
    let get = |name: &str| fields.get(name).to_owned();
    let of = |id: &str| error_of(errors, id);
    let earliest = open.iter().map(|c| c.start).min();
    let only = match open.as_slice() {
        [one] => one.reason.clone(),
        _ => String::new(),
    };
    let chosen = match fields.get("reason") {
        "" => only,
        typed => typed.to_owned(),
    };
    let reasons = open
        .iter()
        .map(|c| {
            let (label, name) = (c.label.get(lang), code_name(lang, c.code));
            let start = day_short(lang, c.start);
            let words = if c.is_needed {
                tr!(
                    lang,
                    "{label}（{name}，{start} 起算，必须有证明才能解除）",
                    "{label} ({name}, counts from {start}; a clearance is needed)"
                )
            } else {
                tr!(
                    lang,
                    "{label}（{name}，{start} 起算）",
                    "{label} ({name}, counts from {start})"
                )
            };
            Choice::new(c.reason.clone(), words)
        })
        .collect();
    let kinds = ClearanceKind::ALL
        .into_iter()
        .map(|kind| Choice::new(kind.word(), kind_word(lang, kind)))
        .collect();
    view! {
        <form class="card pad stack" method="post" action=action>
            <h2>{tr!(lang, "提交解除证明", "Submit a clearance")}</h2>
            <RadioGroup name="reason" label=tr!(lang, "解除哪一条", "Which one it ends") options=reasons value=chosen columns=1 required=true error=of("reason") />
            <RadioGroup name="kind" label=tr!(lang, "什么证明", "What kind of paper") options=kinds value=get("kind") required=true error=of("kind") />
            <TextInput name="date" kind="date" label=tr!(lang, "证明上的日期", "Date on the paper") value=get("date") min=earliest.map(|d| d.to_string()) max=today.to_string() required=true error=of("date") />
            <TextInput name="issuer" label=tr!(lang, "谁开的", "Who issued it") hint=tr!(lang, "例如：南浔区人民医院", "For example the hospital's name") value=get("issuer") maxlength=60u32 required=true error=of("issuer") />
            <TextInput name="note" label=tr!(lang, "还要说明的", "What else is to be said") optional=tr!(lang, "（选填）", "(optional)") rows=3u32 value=get("note") maxlength=200u32 error=of("note") />
            <p class="hint">{tr!(lang, "黄码由学校处理，红码由卫生专员处理。接受之前颜色不变；原件请带到学校备查。", "The school settles yellow, the health officer red. Until then the colour stays. Keep the paper at hand.")}</p>
            <Button kind=ButtonKind::Primary wide=true>{tr!(lang, "提交证明", "Submit the clearance")}</Button>
        </form>
    }
    .into_any()
}
