//! Where official records and risk areas come from: authority, kind, last update.

use super::tabs;
use crate::pages::bureau::records::kind_word;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_full, number, time};
use crate::ui::*;
use crate::web::{Answer, Ctx, Fields, Islands};
use axum::extract::RawQuery;
use domain::Zone;
use domain::list::ListKind;
use leptos::prelude::*;
use services::records::{HIDDEN_BELOW, SOURCES_PAGE, SourceView};

/// The page. `?page=…`.
pub async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let n = count(query.page());
    let (sources, has_more) = ctx.services().sources((n - 1) * SOURCES_PAGE).await?;
    let (lang, here, demo) = (ctx.lang, ctx.here.clone(), ctx.demo());
    let title = tr!(lang, "信息来源", "Sources");
    ctx.ok(&title, Islands::No, move || {
        let tabs = tabs(lang, &here);
        view! {
            <DeskShell lang=lang here=here tabs=tabs demo=demo>
                {page(lang, sources, n, has_more)}
            </DeskShell>
        }
    })
}

fn page(lang: Lang, sources: Vec<SourceView>, n: i64, has_more: bool) -> AnyView {
    let few = HIDDEN_BELOW;
    let columns = vec![
        Column::new(tr!(lang, "发布单位", "Authority")),
        Column::new(tr!(lang, "内容", "What")),
        Column::new(tr!(lang, "由谁录入", "Entered by")),
        Column::number(tr!(lang, "条数", "Entries")),
        Column::new(tr!(lang, "最近更新", "Last update")),
    ];
    let list = if sources.is_empty() {
        view! {
            <EmptyState title=tr!(lang, "还没有来源", "No sources yet")>
                <p>{tr!(lang, "卫生专员导入名单或宣布风险地区之后，会列在这里。", "They are listed once a health officer imports a list or declares a risk area.")}</p>
            </EmptyState>
        }
        .into_any()
    } else {
        let rows = sources.into_iter().map(|s| row(lang, s)).collect_view();
        view! { <DataTable caption=tr!(lang, "信息来源", "Sources") columns=columns>{rows}</DataTable> }.into_any()
    };
    let link = |n: i64| format!("/sources?page={n}");
    let previous = (n > 1).then(|| view! { <a class="btn small" href=link(n - 1) rel="prev">{tr!(lang, "上一页", "Previous")}</a> });
    let next = has_more.then(|| view! { <a class="btn small" href=link(n + 1) rel="next">{tr!(lang, "下一页", "Next")}</a> });
    let foot =
        (n > 1 || has_more).then(|| view! { <div class="card-foot row">{previous} {next}</div> });
    view! {
        <PageHead
            title=tr!(lang, "信息来源", "Sources")
            sub=tr!(lang, "颜色判定用到的官方信息从哪里来。人数少于 {few} 的不显示，免得看出是谁。", "Where the official information behind the colours comes from. Numbers below {few} are hidden, so that nobody can be made out.")
        />
        <Card flush=true>
            {list}
            {foot}
        </Card>
    }
    .into_any()
}

fn row(lang: Lang, source: SourceView) -> AnyView {
    let zone = Zone::SHANGHAI;
    let updated = format!(
        "{} {}",
        day_full(lang, zone.day_of(source.updated)),
        time(zone.minute_of(source.updated))
    );
    let kind = match ListKind::from_word(&source.kind) {
        Some(kind) => kind_word(lang, kind),
        None => tr!(lang, "风险地区", "Risk areas"),
    };
    let way = if source.by_list {
        tr!(lang, "名单", "list")
    } else {
        tr!(lang, "逐条录入", "entered one by one")
    };
    let few = HIDDEN_BELOW;
    let entries = match source.entries {
        Some(n) => number(n),
        None => tr!(lang, "少于 {few}", "fewer than {few}"),
    };
    view! {
        <DataRow>
            <DataCell kind=CellKind::Name>{source.authority}</DataCell>
            <DataCell label=tr!(lang, "内容", "What")>{kind} <Dot /> {way}</DataCell>
            <DataCell label=tr!(lang, "由谁录入", "Entered by") kind=CellKind::Mute>{source.region.get(lang).to_owned()}</DataCell>
            <DataCell label=tr!(lang, "条数", "Entries") kind=CellKind::Number>{entries}</DataCell>
            <DataCell label=tr!(lang, "最近更新", "Last update") kind=CellKind::Mute>{updated}</DataCell>
        </DataRow>
    }
    .into_any()
}
