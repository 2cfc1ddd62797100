//! Day by day: what was reported, by whom, how, and the code of the day.

use super::answers::{Known, Version};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::day_week;
use crate::ui::{Card, EmptyState, IconName, PhoneShell, StatusChip};
use crate::web::{Answer, Ctx, Islands};
use axum::extract::Path;
use domain::ids::PersonId;
use leptos::prelude::*;
use services::family::{ChildDays, KEPT_DAYS, PastDay};

/// The page.
pub async fn show(ctx: Ctx, Path(person): Path<PersonId>) -> Answer {
    let child = ctx.services().child_view(ctx.actor()?, person).await?;
    let days = ctx.services().child_days(ctx.actor()?, person).await?;
    let lang = ctx.lang;
    let title = tr!(lang, "每天的记录", "Day by day");
    let (heading, demo) = (title.clone(), ctx.demo());
    let here = format!("/child/{person}/days");
    let known = Known::new(&child, &days);
    ctx.ok(&title, Islands::No, move || {
        let name = days.name.clone();
        let cut = cut(lang, &days);
        let empty = days.days.iter().all(|d| d.revisions.is_empty() && d.code.is_none()).then(|| {
            view! { <EmptyState icon=IconName::Calendar title=tr!(lang, "还没有记录", "Nothing here yet")>{tr!(lang, "报告之后会出现在这里。", "Reports appear here.")}</EmptyState> }
        });
        view! {
            <PhoneShell lang=lang here=here title=heading back=format!("/child/{person}/code") demo=demo>
                <p class="sub">{tr!(lang, "{name}最近 {KEPT_DAYS} 天。学校代交的报告都标明，有不对的可以提出异议。",
                    "{name}, the last {KEPT_DAYS} days. What the school reported for you is marked; where it is wrong, object to it.")}</p>
                {cut}
                {empty}
                {days
                    .days
                    .into_iter()
                    .filter(|day| day.code.is_some() || !day.revisions.is_empty())
                    .map(|day| one(lang, person, day, &known))
                    .collect_view()}
                <p class="row between">
                    <a href=format!("/child/{person}/log")>{tr!(lang, "谁看过这些数据", "Who has seen this")}</a>
                    <a href=format!("/child/{person}/data")>{tr!(lang, "下载全部数据", "Download all data")}</a>
                </p>
            </PhoneShell>
        }
    })
}

fn cut(lang: Lang, days: &ChildDays) -> Option<AnyView> {
    days.is_cut.then(|| {
        view! { <p class="hint">{tr!(lang, "更早的日子，班主任确认您之后显示。", "Earlier days appear once the class teacher has confirmed you.")}</p> }
            .into_any()
    })
}

fn one(lang: Lang, person: PersonId, day: PastDay, known: &Known) -> AnyView {
    let chip = day
        .code
        .map(|code| view! { <StatusChip lang=lang code=code /> }.into_any());
    let nothing = day.revisions.is_empty().then(|| {
        view! { <p class="sub">{tr!(lang, "没有报告", "No report")}</p> }
    });
    let versions = day
        .revisions
        .into_iter()
        .rev()
        .map(|revision| {
            let object = revision.is_contestable.then(|| {
                let href = format!("/child/{person}/contest/{}", revision.report);
                view! { <p><a href=href>{tr!(lang, "这份报告不对？", "Is this report wrong?")}</a></p> }
            });
            view! { <Version lang=lang revision=revision known=known.clone() /> {object} }
        })
        .collect_view();
    view! {
        <Card title=day_week(lang, day.day) end=chip>
            <div class="stack">{nothing} {versions}</div>
        </Card>
    }
    .into_any()
}
