//! The gate's day: everything the devices handed in, with search, filters and export.

use super::desk::{Desk, Tab, cell, row};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_week, number, time};
use crate::ui::*;
use crate::web::{Answer, Ctx, Fields, escape};
use axum::extract::{Path, RawQuery};
use axum::response::IntoResponse;
use domain::access::Action;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use leptos::prelude::*;
use services::gates::{GateDay, GateDayEntry, GateDayFilter};

fn filter_of(query: &Fields) -> GateDayFilter {
    GateDayFilter {
        day: query.day("day"),
        gate: query.get("gate").parse().ok(),
        direction: query.get("way").to_owned(),
        verdict: query.get("verdict").to_owned(),
        is_flagged: query.get("flagged") == "1",
        search: query.get("q").trim().to_owned(),
        page: count(query.page()) - 1,
    }
}

/// The page.
pub async fn show(ctx: Ctx, Path(school): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::ManageGates).await?;
    let filter = filter_of(&Fields::parse(query.unwrap_or_default().as_bytes()));
    let day = ctx
        .services()
        .gate_day(&desk.actor, desk.id(), &filter)
        .await?;
    let title = tr!(ctx.lang, "当天进出", "The gate's day");
    Ok(desk.page(&ctx, StatusCode::OK, Tab::Gates, &title, || {
        view(ctx.lang, &desk, &filter, &day)
    }))
}

/// The same as a workbook, over all pages.
pub async fn export(ctx: Ctx, Path(school): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::ManageGates).await?;
    let filter = filter_of(&Fields::parse(query.unwrap_or_default().as_bytes()));
    let book = ctx
        .services()
        .export_gate_day(&desk.actor, desk.id(), &filter, ctx.lang)
        .await?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let name = format!("attachment; filename=\"{}\"", book.name);
    let headers = [
        (CONTENT_TYPE, kind.to_owned()),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, book.bytes).into_response())
}

fn address(desk: &Desk, filter: &GateDayFilter, rest: &str, page: i64) -> String {
    let day = filter.day.map(|day| day.to_string()).unwrap_or_default();
    let gate = filter.gate.map(|gate| gate.to_string()).unwrap_or_default();
    let flagged = if filter.is_flagged { "1" } else { "" };
    let (way, verdict) = (escape(&filter.direction), escape(&filter.verdict));
    let search = escape(&filter.search);
    desk.path(&format!(
        "/gates/day{rest}?day={day}&gate={gate}&way={way}&verdict={verdict}&flagged={flagged}&q={search}&page={page}"
    ))
}

fn view(lang: Lang, desk: &Desk, filter: &GateDayFilter, day: &GateDay) -> AnyView {
    let export = address(desk, filter, ".xlsx", 1);
    let gates = desk.path("/gates");
    let n = &day.numbers;
    let fact = |label: String, value: i64| {
        view! { <div><dt>{label}</dt><dd>{number(value)}</dd></div> }
    };
    let [admitted, refused, first] = n.verdicts;
    view! {
        <PageHead title=tr!(lang, "当天进出", "The gate's day") sub=day_week(lang, day.day)>
            <Button href=gates>{tr!(lang, "校门和设备", "Gates and devices")}</Button>
            <Button icon=IconName::Export href=export>{tr!(lang, "导出表格", "Export")}</Button>
        </PageHead>
        <section class="card">
            <dl class="gate-numbers">
                {fact(tr!(lang, "进校人数", "People let in"), n.people)}
                {fact(tr!(lang, "放行", "Let in"), admitted)}
                {fact(tr!(lang, "请勿入校", "Do not enter"), refused)}
                {fact(tr!(lang, "先报告", "Report first"), first)}
                {fact(tr!(lang, "出校", "Went out"), n.out)}
                {fact(tr!(lang, "平安条", "Slips"), n.slips)}
                {fact(tr!(lang, "测温偏高", "High temperatures"), n.readings)}
                {fact(tr!(lang, "访客", "Visitors"), n.visitors)}
                {fact(tr!(lang, "无效码", "Codes refused"), n.refused)}
            </dl>
        </section>
        {filters(lang, desk, filter, day)}
        {table(lang, desk, filter, day)}
    }
    .into_any()
}

fn filters(lang: Lang, desk: &Desk, filter: &GateDayFilter, day: &GateDay) -> AnyView {
    let gates = day
        .gates
        .iter()
        .map(|(gate, name)| Choice::new(gate.to_string(), name.clone()))
        .collect();
    let gate = filter.gate.map(|gate| gate.to_string()).unwrap_or_default();
    let ways = vec![
        Choice::new("in", tr!(lang, "进校", "In")),
        Choice::new("out", tr!(lang, "出校", "Out")),
    ];
    let verdicts = ["admit", "refuse", "report_first"]
        .map(|word| Choice::new(word, verdict_word(lang, word)))
        .to_vec();
    let marks = vec![Choice::new(
        "1",
        tr!(lang, "只看有标记的", "Only the marked"),
    )];
    let flagged = if filter.is_flagged { "1" } else { "" };
    let all = || tr!(lang, "全部", "All");
    view! {
        <form class="card form" method="get" action=desk.path("/gates/day") role="search">
            <div class="inputs">
                <TextInput name="day" kind="date" label=tr!(lang, "日期", "Day") value=day.day.to_string() />
                <TextInput name="q" kind="search" label=tr!(lang, "姓名", "Name") value=filter.search.clone() />
                <Select name="gate" label=tr!(lang, "校门", "Gate") options=gates value=gate empty=all() />
                <Select name="way" label=tr!(lang, "方向", "Way") options=ways value=filter.direction.clone() empty=all() />
                <Select name="verdict" label=tr!(lang, "结果", "Verdict") options=verdicts value=filter.verdict.clone() empty=all() />
                <Select name="flagged" label=tr!(lang, "标记", "Marks") options=marks value=flagged empty=all() />
            </div>
            <div class="row"><Button icon=IconName::Search>{tr!(lang, "查找", "Search")}</Button></div>
        </form>
    }
    .into_any()
}

fn verdict_word(lang: Lang, word: &str) -> String {
    match word {
        "admit" => tr!(lang, "放行", "Let in"),
        "refuse" => tr!(lang, "请勿入校", "Do not enter"),
        _ => tr!(lang, "先报告", "Report first"),
    }
}

fn table(lang: Lang, desk: &Desk, filter: &GateDayFilter, day: &GateDay) -> AnyView {
    if day.total == 0 {
        return view! {
            <Card>
                <EmptyState icon=IconName::Search title=tr!(lang, "没有找到", "Nothing found")>
                    <p>{tr!(lang, "换一天或换一个条件。", "Try another day or other words.")}</p>
                </EmptyState>
            </Card>
        }
        .into_any();
    }
    let columns = vec![
        Column::new(tr!(lang, "时间", "Time")),
        Column::new(tr!(lang, "姓名", "Name")),
        Column::new(tr!(lang, "班级", "Class")),
        Column::new(tr!(lang, "事项", "What")),
        Column::new(tr!(lang, "结果", "Verdict")),
        Column::new(tr!(lang, "校门", "Gate")),
        Column::new(tr!(lang, "标记", "Marks")),
    ];
    let rows = day
        .entries
        .iter()
        .map(|entry| entry_row(lang, entry))
        .collect_view();
    let href = |page| address(desk, filter, "", page);
    view! {
        <section class="card flush">
            <DataTable caption=tr!(lang, "当天进出", "The gate's day") columns=columns>{rows}</DataTable>
            <div class="card-foot row between">
                <span>{tr!(lang, "体温只在班级页面显示。", "Temperatures are shown on the class's page only.")}</span>
                <Pager lang=lang page=filter.page + 1 size=day.per_page total=day.total href=href />
            </div>
        </section>
    }
    .into_any()
}

fn entry_row(lang: Lang, entry: &GateDayEntry) -> AnyView {
    let (name, class) = match &entry.who {
        Some((name, class)) => (name.clone(), class.label(lang)),
        None => ("—".to_owned(), String::new()),
    };
    let way = match entry.direction.as_deref() {
        Some("in") => tr!(lang, "进", "in"),
        Some(_) => tr!(lang, "出", "out"),
        None => String::new(),
    };
    let what = match entry.kind.as_str() {
        "scan" => tr!(lang, "查验 {way}", "scan {way}"),
        "slip" => match entry.state.as_deref() {
            Some("confirmed") => tr!(lang, "平安条，已确认", "slip, confirmed"),
            Some("rejected") => tr!(lang, "平安条，未采用", "slip, rejected"),
            Some("waiting") => tr!(lang, "平安条，待确认", "slip, to be confirmed"),
            _ => tr!(lang, "平安条", "slip"),
        },
        "reading" => tr!(lang, "测温偏高", "high temperature"),
        "visitor" => tr!(lang, "访客 {way}", "visitor {way}"),
        _ => tr!(lang, "无效码", "code refused"),
    };
    let verdict = entry
        .verdict
        .as_deref()
        .map(|word| verdict_word(lang, word))
        .unwrap_or_default();
    let mut marks: Vec<String> = entry
        .flags
        .iter()
        .map(|word| flag_word(lang, word))
        .collect();
    if entry.is_undone {
        marks.insert(0, tr!(lang, "已撤销", "undone"));
    }
    let marks = marks.join(&tr!(lang, "；", "; "));
    let place = format!("{} {}", entry.gate, entry.device);
    row(vec![
        cell(CellKind::Mute, "", time(entry.minute)),
        cell(CellKind::Name, "", name),
        cell(CellKind::Text, "", class),
        cell(CellKind::Text, "", what),
        cell(CellKind::Text, tr!(lang, "结果", "Verdict"), verdict),
        cell(CellKind::Mute, tr!(lang, "校门", "Gate"), place),
        cell(CellKind::Wide, "", marks),
    ])
}

/// A mark in words.
fn flag_word(lang: Lang, word: &str) -> String {
    match word {
        "before_cut_off" => tr!(
            lang,
            "停用前记下，停用后交来",
            "made before the device was cut off, handed in after"
        ),
        "after_cut_off" => tr!(
            lang,
            "停用后记下，不算数",
            "made after the device was cut off: does not count"
        ),
        "uncertain_clock" => tr!(lang, "时间不确定", "time uncertain"),
        "ahead" => tr!(lang, "时间超前", "time ahead of the server"),
        "gap" => tr!(lang, "前面缺记录", "earlier entries are missing"),
        "seq_twice" => tr!(lang, "编号重复", "its number came twice"),
        "unknown_holder" => tr!(lang, "不在名册", "not on the roster"),
        "unnamed" => tr!(lang, "复测没写姓名", "second measurement unsigned"),
        "no_report" => tr!(lang, "未能算作报告", "could not become a report"),
        other => other.to_owned(),
    }
}
