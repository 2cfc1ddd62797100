//! Clearances in words, the form that submits one, and the inbox that settles them: the same for families, teachers,
//! schools and bureaus.

use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{code_name, day_short, time};
use crate::ui::*;
use crate::web::Fields;
use domain::Day;
use http::StatusCode;
use leptos::prelude::*;
use services::clearances::{
    Clearable, ClearanceFault, ClearanceInbox, ClearanceKind, ClearancePage, ClearanceStatus,
    ClearanceView, ISSUER_MAX, NOTE_MAX, NewClearance, SubmittedBy,
};

/// A kind of paper.
fn kind_word(lang: Lang, kind: ClearanceKind) -> String {
    match kind {
        ClearanceKind::ClinicNote => tr!(lang, "医院证明", "Clinic note"),
        ClearanceKind::NegativeTest => tr!(lang, "阴性检测报告", "Negative test"),
        ClearanceKind::ReleaseNotice => tr!(lang, "解除隔离通知", "Release notice"),
        ClearanceKind::Other => tr!(lang, "其他（请说明）", "Something else (say what)"),
    }
}

/// The form's fields as a clearance.
pub(super) fn read(fields: &Fields) -> NewClearance {
    NewClearance {
        reason: fields.get("reason").to_owned(),
        kind: ClearanceKind::parse(fields.get("kind")),
        date: fields.get("date").trim().parse().ok(),
        issuer: fields.get("issuer").to_owned(),
        note: fields.get("note").to_owned(),
    }
}

/// What is wrong, at its field.
pub(super) fn errors(lang: Lang, faults: Vec<ClearanceFault>) -> Vec<FieldError> {
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
pub(super) fn SubmitClearance(
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

/// Where an inbox stands, and how its people are named.
#[derive(Debug, Clone)]
pub(super) struct InboxFrame {
    pub lang: Lang,
    pub action: String,
    /// Names are masked, and schools named, above a school.
    pub is_masked: bool,
    pub is_waiting: bool,
    pub page: i64,
    /// The clearance whose form was refused, and what was typed.
    pub typed: Fields,
    pub errors: Vec<FieldError>,
    pub done: String,
}

impl InboxFrame {
    /// The frame of an inbox from its query.
    pub fn new(lang: Lang, action: String, query: &Fields, is_masked: bool) -> Self {
        Self {
            lang,
            action,
            is_masked,
            is_waiting: query.get("show") != "settled",
            page: query.get("page").parse().unwrap_or(1).clamp(1, 10_000),
            typed: Fields::default(),
            errors: Vec::new(),
            done: query.get("done").to_owned(),
        }
    }

    /// 422 where something is to be mended.
    pub fn status(&self) -> StatusCode {
        if self.errors.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }
}

/// The waiting clearances with the form that settles each, or the settled ones.
#[component]
pub(super) fn ClearanceList(frame: InboxFrame, inbox: ClearanceInbox) -> AnyView {
    let lang = frame.lang;
    let own = frame.action.clone();
    let pills = vec![
        Pill {
            href: own.clone(),
            label: tr!(lang, "待处理", "Waiting"),
            count: None,
            code: None,
            current: frame.is_waiting,
        },
        Pill {
            href: format!("{own}?show=settled"),
            label: tr!(lang, "已处理", "Settled"),
            count: None,
            code: None,
            current: !frame.is_waiting,
        },
    ];
    let done = match frame.done.as_str() {
        "accepted" => Some(tr!(
            lang,
            "已接受，并重新判定。",
            "Accepted, and decided anew."
        )),
        "refused" => Some(tr!(
            lang,
            "未接受，家长会看到您的话。",
            "Refused; the family reads your words."
        )),
        _ => None,
    };
    let done = done.map(|words| view! { <Notice icon=IconName::Check live=true>{words}</Notice> });
    let items = if inbox.clearances.is_empty() {
        empty(lang, frame.is_waiting)
    } else {
        inbox
            .clearances
            .iter()
            .map(|view| entry(&frame, view))
            .collect_view()
            .into_any()
    };
    let show = if frame.is_waiting {
        ""
    } else {
        "&show=settled"
    };
    let link = |n: i64| format!("{own}?page={n}{show}");
    let previous = (frame.page > 1).then(|| {
        view! { <a class="btn small" href=link(frame.page - 1) rel="prev">{tr!(lang, "上一页", "Previous")}</a> }
    });
    let next = inbox.has_more.then(|| {
        view! { <a class="btn small" href=link(frame.page + 1) rel="next">{tr!(lang, "下一页", "Next")}</a> }
    });
    view! {
        {done}
        <ErrorSummary lang=lang errors=frame.errors.clone() />
        <Pills label=tr!(lang, "分类", "Parts") pills=pills />
        <div class="stack">{items}</div>
        <div class="row">{previous} {next}</div>
    }
    .into_any()
}

fn empty(lang: Lang, is_waiting: bool) -> AnyView {
    let (title, words) = if is_waiting {
        (
            tr!(lang, "没有等您处理的证明", "No clearance waits for you"),
            tr!(
                lang,
                "家长或老师提交后会出现在这里。",
                "One appears here when a family or a teacher submits it."
            ),
        )
    } else {
        (
            tr!(lang, "还没有处理过证明", "No clearance was settled yet"),
            tr!(
                lang,
                "接受或拒绝过的会列在这里。",
                "Those accepted or refused are listed here."
            ),
        )
    };
    view! { <EmptyState icon=IconName::Document title=title><p>{words}</p></EmptyState> }.into_any()
}

fn entry(frame: &InboxFrame, view: &ClearanceView) -> AnyView {
    let lang = frame.lang;
    let name = if frame.is_masked {
        &view.masked
    } else {
        &view.name
    };
    let class = view.class.1.label(lang);
    let place = if frame.is_masked {
        format!("{} {class}", view.school.1)
    } else {
        class
    };
    let label = view.label.get(lang).to_owned();
    let since = match view.start {
        Some(start) => {
            let start = day_short(lang, start);
            tr!(lang, "{start} 起算", "counts from {start}")
        }
        None => tr!(lang, "已经结束", "over already"),
    };
    let settle = view.is_waiting().then(|| settle(frame, view));
    view! {
        <section class="card pad stack">
            <div class="row between">
                <h2><StatusShape code=view.code size=ShapeSize::Inline /> {name.clone()}</h2>
                <span class="sub">{place}</span>
            </div>
            <p><b>{label}</b> <Dot /> {since}</p>
            <p>{paper(lang, view)}</p>
            {steps(lang, view)}
            {settle}
        </section>
    }
    .into_any()
}

fn settle(frame: &InboxFrame, view: &ClearanceView) -> AnyView {
    let lang = frame.lang;
    if view.is_own() {
        return view! { <Notice sand=true>{tr!(lang, "这是您自己提交的，请由另一位负责人处理。", "You submitted this yourself; somebody else has to settle it.")}</Notice> }.into_any();
    }
    let id = view.id.to_string();
    let field = format!("note-{id}");
    let is_typed = frame.typed.get("clearance") == id;
    let value = if is_typed {
        frame.typed.get("note").to_owned()
    } else {
        String::new()
    };
    let error = error_of(&frame.errors, &field);
    let name = if frame.is_masked {
        &view.masked
    } else {
        &view.name
    };
    let (accept, refuse) = (
        tr!(lang, "接受{name}的证明", "Accept the clearance of {name}"),
        tr!(lang, "不接受{name}的证明", "Refuse the clearance of {name}"),
    );
    view! {
        <form class="stack" method="post" action=frame.action.clone()>
            <input type="hidden" name="clearance" value=id />
            <TextInput name="note" id=field label=tr!(lang, "您的话，家长能看到", "Your words; the family reads them") hint=tr!(lang, "例如：已看过原件", "For example: original seen") value=value maxlength=200u32 required=true error=error />
            <div class="row">
                <Button kind=ButtonKind::Primary name="do" value="accept" label=accept>{tr!(lang, "接受，解除", "Accept, and end it")}</Button>
                <Button name="do" value="refuse" label=refuse>{tr!(lang, "不接受", "Refuse")}</Button>
            </div>
        </form>
    }
    .into_any()
}
