//! The inbox of clearances: each waiting one with the form that settles it.

use super::{paper, steps};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::day_short;
use crate::ui::*;
use crate::web::Fields;
use http::StatusCode;
use leptos::prelude::*;
use services::clearances::{ClearanceInbox, ClearanceView};

/// Where an inbox stands, and how its people are named.
#[derive(Debug, Clone)]
pub(in crate::pages) struct InboxFrame {
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
            page: count(query.page()),
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
pub(in crate::pages) fn ClearanceList(frame: InboxFrame, inbox: ClearanceInbox) -> AnyView {
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
        "before" => Some(tr!(
            lang,
            "这一份已经处理过，结果见下面，没有再改动。",
            "That one was settled before, as it stands below; nothing was changed."
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
        format!("{} {class}", view.school.1.get(lang))
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
                <div class="row nowrap"><StatusShape code=view.code size=ShapeSize::Inline /> <h2>{name.clone()}</h2></div>
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
