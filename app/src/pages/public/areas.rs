//! The risk areas in force: where, since when, by whom, for whom.

use super::{level_tag, tabs};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_full, day_short, number, time};
use crate::ui::*;
use crate::web::{Answer, Ctx, Fields, Islands, escape};
use axum::extract::RawQuery;
use domain::Zone;
use leptos::prelude::*;
use services::areas::{AREAS_PAGE, AreaView, PublicAreas};

/// The page. `?q=…&page=…`.
pub async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let n = query.page();
    let q = query.get("q").trim().to_owned();
    let areas = ctx
        .services()
        .public_areas(&q, (n - 1) * AREAS_PAGE)
        .await?;
    let (lang, here, demo) = (ctx.lang, ctx.here.clone(), ctx.demo());
    let title = tr!(lang, "风险地区", "Risk areas");
    ctx.ok(&title, Islands::No, move || {
        let tabs = tabs(lang, &here);
        view! {
            <DeskShell lang=lang here=here tabs=tabs demo=demo>
                {page(lang, areas, q, n)}
            </DeskShell>
        }
    })
}

fn page(lang: Lang, page: PublicAreas, q: String, n: usize) -> AnyView {
    let updated = page.updated.map(|at| {
        let zone = Zone::SHANGHAI;
        let (day, time) = (day_full(lang, zone.day_of(at)), time(zone.minute_of(at)));
        tr!(lang, "最近更新：{day} {time}", "Last update: {day}, {time}")
    });
    let total = page.total;
    let sought = escape(&q);
    let link = |n| format!("/risk-areas?q={sought}&page={n}");
    let pager = view! { <PagerFoot lang=lang page=n size=AREAS_PAGE total=total href=link /> };
    let shown = number(count(total));
    let list = if total == 0 {
        view! {
            <EmptyState icon=IconName::Pin title=tr!(lang, "没有这样的风险地区", "No such risk areas")>
                <p>{tr!(lang, "现在没有符合的、正在生效的风险地区。", "No risk area in force fits.")}</p>
            </EmptyState>
        }
        .into_any()
    } else {
        table(lang, page.areas)
    };
    view! {
        <PageHead title=tr!(lang, "风险地区", "Risk areas") sub=updated.unwrap_or_default() />
        <Notice>
            <p>{tr!(lang, "去过这些地方，请在报告里写明；按在那里停留的最后一天算起。", "Whoever was there states it in the report; the days count from the last day there.")}</p>
            <p>{tr!(lang, "只是途经、没有出站，也请写明。", "Passing through without leaving the station is stated too.")}</p>
        </Notice>
        <Card title=tr!(lang, "正在生效：{shown} 个", "In force: {shown}") flush=true>
            <div class="pad"><SearchBox lang=lang action="/risk-areas" label=tr!(lang, "地区或发布单位", "Place or authority") value=q /></div>
            {list}
            {pager}
        </Card>
    }
    .into_any()
}

fn table(lang: Lang, areas: Vec<AreaView>) -> AnyView {
    let columns = vec![
        Column::new(tr!(lang, "地区", "Place")),
        Column::new(tr!(lang, "等级", "Level")),
        Column::new(tr!(lang, "日期", "Dates")),
        Column::new(tr!(lang, "发布单位", "Authority")),
        Column::new(tr!(lang, "适用学校", "Counts for schools of")),
        Column::new(tr!(lang, "更新", "Updated")),
    ];
    let rows = areas.into_iter().map(|area| row(lang, area)).collect_view();
    view! { <DataTable caption=tr!(lang, "风险地区", "Risk areas") columns=columns>{rows}</DataTable> }
        .into_any()
}

fn row(lang: Lang, area: AreaView) -> AnyView {
    let from = day_full(lang, area.from);
    let back = day_short(lang, area.from.plus(-i32::from(area.look_back)));
    let dates = match area.to {
        Some(to) => {
            let to = day_full(lang, to);
            tr!(
                lang,
                "{from} 至 {to}；{back} 起去过的都算",
                "{from} to {to}; stays from {back} on count"
            )
        }
        None => tr!(
            lang,
            "{from} 起；{back} 起去过的都算",
            "since {from}; stays from {back} on count"
        ),
    };
    let updated = day_short(lang, Zone::SHANGHAI.day_of(area.changed));
    let owner = area.owner.1.get(lang).to_owned();
    view! {
        <DataRow>
            <DataCell kind=CellKind::Name>{area.name.get(lang).to_owned()}</DataCell>
            <DataCell label=tr!(lang, "等级", "Level")>{level_tag(lang, area.level)}</DataCell>
            <DataCell label=tr!(lang, "日期", "Dates")>{dates}</DataCell>
            <DataCell label=tr!(lang, "发布单位", "Authority")>{area.authority}</DataCell>
            <DataCell label=tr!(lang, "适用学校", "Counts for schools of") kind=CellKind::Mute>{owner}</DataCell>
            <DataCell label=tr!(lang, "更新", "Updated") kind=CellKind::Mute>{updated}</DataCell>
        </DataRow>
    }
    .into_any()
}
