//! The school's log.

use super::desk::{Desk, PAGE, Tab, cell, row};
use super::words::action;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_full, time};
use crate::ui::*;
use crate::web::{Answer, Ctx, Fields};
use axum::extract::{Path, RawQuery};
use domain::Day;
use domain::access::Action;
use http::StatusCode;
use leptos::prelude::*;
use services::school::{LogActor, LogPage};

/// The page.
pub async fn show(ctx: Ctx, Path(school): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::SeeSchool).await?;
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let page = query.page();
    let until = query.day("day");
    let part = (count((page - 1) * PAGE), count(PAGE));
    let log = ctx
        .services()
        .school_log(&desk.actor, desk.id(), ctx.lang, until, part)
        .await?;
    let title = tr!(ctx.lang, "记录", "Log");
    Ok(desk.page(&ctx, StatusCode::OK, Tab::Log, &title, || {
        view(ctx.lang, &desk, page, until, &log)
    }))
}

fn view(lang: Lang, desk: &Desk, page: usize, until: Option<Day>, log: &LogPage) -> AnyView {
    let day = until.map(|day| day.to_string()).unwrap_or_default();
    let columns = vec![
        Column::new(tr!(lang, "时间", "When")),
        Column::new(tr!(lang, "谁", "Who")),
        Column::new(tr!(lang, "做了什么", "What")),
        Column::new(tr!(lang, "对象", "About")),
        Column::new(tr!(lang, "说明", "Details")),
    ];
    let zone = desk.card.zone;
    let rows = log
        .entries
        .iter()
        .map(|entry| {
            let who = match &entry.actor {
                LogActor::Person(name) => name.clone(),
                LogActor::Key(name) => tr!(lang, "接口程序“{name}”", "the program “{name}”"),
                LogActor::Job => tr!(lang, "系统", "the system"),
                LogActor::Device => tr!(lang, "校门设备", "a device at the gate"),
                LogActor::Command => tr!(lang, "服务器命令", "the server's command line"),
            };
            let at = format!(
                "{} {}",
                day_full(lang, zone.day_of(entry.at)),
                time(zone.minute_of(entry.at))
            );
            row(vec![
                cell(CellKind::Mute, "", at),
                cell(CellKind::Name, "", who),
                cell(CellKind::Text, "", action(lang, &entry.action)),
                cell(
                    CellKind::Text,
                    tr!(lang, "对象", "About"),
                    entry.subject.clone(),
                ),
                cell(CellKind::Wide, "", entry.detail.clone()),
            ])
        })
        .collect_view();
    let address = |page| desk.path(&format!("/log?day={day}&page={page}"));
    let empty = (log.total == 0).then(|| view! {
        <EmptyState icon=IconName::Search title=tr!(lang, "这一天以前没有记录", "Nothing was written down before")>
            <p>{tr!(lang, "换一个晚一些的日期。", "Choose a later day.")}</p>
        </EmptyState>
    });
    view! {
        <PageHead
            title=tr!(lang, "记录", "Log")
            sub=tr!(lang, "谁在什么时候看过、改过什么。记录不能修改或删除。", "Who read and changed what, and when. The log cannot be changed or deleted.")
        />
        <section class="card flush">
            <div class="row between pad"><DayBox lang=lang action=desk.path("/log") value=day.clone() /></div>
            {empty}
            <DataTable caption=tr!(lang, "记录", "Log") columns=columns>{rows}</DataTable>
            <div class="card-foot row between">
                <Pager lang=lang page=page size=PAGE total=log.total href=address />
            </div>
        </section>
    }
    .into_any()
}
