//! The numbers of a region: sums, the regions below, the schools; and the same as a file.

use super::shell::{Frame, RegionShell, Tab};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_week, number, percent, status_word, time};
use crate::ui::*;
use crate::web::{Answer, Ctx, Fields, Islands, escape};
use axum::body::Body;
use axum::extract::{Path, RawQuery};
use axum::response::IntoResponse as _;
use domain::ids::RegionCode;
use domain::screen::{ScreenMode, ScreenSnapshot};
use domain::{Code, Text};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use leptos::prelude::*;
use services::bureau::{FileKind, FoundSchools, Opened, SchoolOrder, SchoolSum, SchoolsAsked};
use tokio_util::io::ReaderStream;

/// Schools on a page.
const PAGE: i64 = 25;

/// How the table is asked for.
#[derive(Debug, Clone)]
struct Query {
    search: String,
    sort: String,
    page: i64,
}

impl Query {
    fn read(query: Option<String>) -> Self {
        let fields = Fields::parse(query.unwrap_or_default().as_bytes());
        Self {
            search: fields.get("q").trim().to_owned(),
            sort: fields.get("sort").to_owned(),
            page: count(fields.page()) - 1,
        }
    }

    fn href(&self, region: &RegionCode, sort: &str, page: i64) -> String {
        format!(
            "/bureau/{region}?q={}&sort={sort}&page={page}",
            escape(&self.search)
        )
    }

    fn asked(&self) -> SchoolsAsked {
        SchoolsAsked {
            search: self.search.clone(),
            order: match self.sort.as_str() {
                "progress" => SchoolOrder::Behind,
                "code" => SchoolOrder::Code,
                _ => SchoolOrder::Flagged,
            },
            page: self.page,
            size: PAGE,
        }
    }
}

/// The page.
pub async fn show(ctx: Ctx, Path(region): Path<RegionCode>, RawQuery(query): RawQuery) -> Answer {
    let actor = ctx.actor()?;
    let snapshot = ctx
        .services()
        .screen(actor, &region, ScreenMode::Room, Opened::Closed)
        .await?;
    let around = ctx.services().regions_around(actor, &region).await?;
    let query = Query::read(query);
    let found = ctx
        .services()
        .found_schools(actor, &region, &query.asked())
        .await?;
    let frame = Frame::new(&ctx, &region).await?;
    let title = snapshot.name.get(ctx.lang).to_owned();
    ctx.ok(&title, Islands::No, move || {
        page(frame, snapshot, around, query, found)
    })
}

/// The numbers by school as a workbook.
pub async fn xlsx(ctx: Ctx, Path(region): Path<RegionCode>) -> Answer {
    download(&ctx, &region, FileKind::Xlsx).await
}

/// The numbers by school as text.
pub async fn csv(ctx: Ctx, Path(region): Path<RegionCode>) -> Answer {
    download(&ctx, &region, FileKind::Csv).await
}

/// Bytes of a file that are sent at a time.
const PIECE: usize = 64 * 1_024;

async fn download(ctx: &Ctx, region: &RegionCode, kind: FileKind) -> Answer {
    let file = ctx
        .services()
        .export_region(ctx.actor()?, region, kind, ctx.lang)
        .await?;
    let headers = [
        (CONTENT_TYPE, file.media.to_owned()),
        (CONTENT_LENGTH, file.length.to_string()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", file.name),
        ),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    let body = ReaderStream::with_capacity(tokio::fs::File::from_std(file.file), PIECE);
    Ok((headers, Body::from_stream(body)).into_response())
}

fn page(
    frame: Frame,
    s: ScreenSnapshot,
    around: Vec<(RegionCode, Text)>,
    query: Query,
    found: FoundSchools,
) -> impl IntoView {
    let lang = frame.lang;
    let region = frame.region.clone();
    let (all, classes) = (number(s.school_count), number(s.class_count));
    let at = time(s.second / 60);
    let trail = super::shell::trail(lang, &around);
    let up = (!trail.is_empty()).then(|| {
        let trail = trail
            .into_iter()
            .chain([Crumb::here(s.name.get(lang))])
            .collect::<Vec<_>>();
        view! { <Crumbs lang=lang trail=trail /> }
    });
    let difference = |code: Code| {
        let change = s.now.of(code)? - s.before?.of(code)?;
        let sign = if change > 0 { "+" } else { "" };
        let change = format!("{sign}{}", number(change));
        Some(tr!(lang, "比昨天此时 {change}", "{change} vs yesterday"))
    };
    let keys = Code::ALL
        .into_iter()
        .map(|code| view! { <KeyNumber code=code label=status_word(lang, code) value=s.now.of(code).unwrap_or(0) note=difference(code) /> })
        .collect_view();
    let reported = s.now.reported.unwrap_or(0);
    let day = day_week(lang, s.day);
    let students = number(s.now.students);
    view! {
        <RegionShell frame=frame tab=Tab::Numbers>
            {up}
            <PageHead
                title=s.name.get(lang).to_owned()
                sub=view! {
                    {day} " " {at} <Dot /> {tr!(lang, "{students} 人", "{students} students")} <Dot />
                    {tr!(lang, "{all} 所学校，{classes} 个班", "{all} schools, {classes} classes")}
                }
            >
                <KeyNumbers>
                    <KeyNumber icon=IconName::Document label=tr!(lang, "已报告", "Reported") value=reported note=percent(reported, s.now.students) />
                    {keys}
                </KeyNumbers>
            </PageHead>
            <div class="actions">
                <Button icon=IconName::Expand href=format!("/bureau/{region}/screen")>{tr!(lang, "打开大屏", "Open the big screen")}</Button>
                <Button icon=IconName::Expand href=format!("/bureau/{region}/screen?mode=public")>{tr!(lang, "公开大屏", "Public screen")}</Button>
                <Button icon=IconName::Export href=format!("/bureau/{region}/export.xlsx")>{tr!(lang, "导出表格", "Export a workbook")}</Button>
                <Button icon=IconName::Export href=format!("/bureau/{region}/export.csv")>{tr!(lang, "导出 CSV", "Export CSV")}</Button>
            </div>
            {below(lang, &s)}
            {table(lang, &region, &query, found)}
        </RegionShell>
    }
}

/// The regions of the next level below.
fn below(lang: Lang, s: &ScreenSnapshot) -> Option<impl IntoView + use<>> {
    let rows = s
        .areas
        .iter()
        .map(|area| {
            let share = format!("{}.{}%", area.share / 10, area.share % 10);
            view! {
                <a class="cell" href=format!("/bureau/{}", area.code)>
                    <span><b>{area.name.get(lang).to_owned()}</b> <small>{share}</small></span>
                    <Bar value=f64::from(area.share) / 1000.0 label=tr!(lang, "已报告", "Reported") />
                    <Tally lang=lang red=area.red.unwrap_or(0) yellow=area.yellow.unwrap_or(0) calm=true />
                </a>
            }
        })
        .collect_view();
    (!s.areas.is_empty()).then(|| {
        view! {
            <Card title=tr!(lang, "下级地区", "Regions below")>
                <div class="cells">{rows}</div>
            </Card>
        }
    })
}

fn table(
    lang: Lang,
    region: &RegionCode,
    query: &Query,
    found: FoundSchools,
) -> impl IntoView + use<> {
    let (total, page) = (found.total, found.first / PAGE + 1);
    let sort = |word: &str, label: String| Pill {
        href: query.href(region, word, 1),
        label,
        count: None,
        code: None,
        current: query.sort == word
            || (word.is_empty() && !matches!(query.sort.as_str(), "progress" | "code")),
    };
    let pills = vec![
        sort("", tr!(lang, "异常多的在前", "Most flagged")),
        sort("progress", tr!(lang, "完成少的在前", "Least reported")),
        sort("code", tr!(lang, "按代码", "By code")),
    ];
    let href = |page| query.href(region, &query.sort, page);
    let pager = view! { <Pager lang=lang page=page size=PAGE total=total href=href /> };
    let empty = (total == 0).then(|| {
        let (title, next) = if query.search.is_empty() {
            (
                tr!(lang, "这里还没有学校", "There are no schools here yet"),
                tr!(
                    lang,
                    "教育局管理员在“学校”页新建学校。",
                    "The bureau's administrator creates them on the page Schools."
                ),
            )
        } else {
            (
                tr!(lang, "没有这样的学校", "No such school"),
                tr!(
                    lang,
                    "换一个名字或代码再找，或清空搜索。",
                    "Try another name or code, or clear the search."
                ),
            )
        };
        view! { <EmptyState icon=IconName::Search title=title><p>{next}</p></EmptyState> }
    });
    let rows = found
        .schools
        .into_iter()
        .map(|school| row(lang, school))
        .collect_view();
    let columns = vec![
        Column::new(tr!(lang, "学校", "School")),
        Column::new(tr!(lang, "地区", "Region")),
        Column::number(tr!(lang, "学生", "Students")),
        Column::number(tr!(lang, "完成率", "Reported")),
        Column::number(tr!(lang, "其中代报", "By proxy")),
        Column::number(status_word(lang, Code::Red)),
        Column::number(status_word(lang, Code::Yellow)),
        Column::number(status_word(lang, Code::Grey)),
    ];
    let action = format!("/bureau/{region}");
    let (search, keep) = (
        query.search.clone(),
        vec![("sort".to_owned(), query.sort.clone())],
    );
    view! {
        <Card title=tr!(lang, "学校", "Schools") flush=true>
            <div class="row between pad">
                <Pills label=tr!(lang, "排序", "Order") pills=pills />
                <SearchBox
                    lang=lang
                    action=action
                    label=tr!(lang, "校名、代码或地区", "Name, code or region")
                    value=search
                    keep=keep
                />
            </div>
            {empty}
            <DataTable caption=tr!(lang, "学校", "Schools") columns=columns>{rows}</DataTable>
            <div class="pad">{pager}</div>
        </Card>
    }
}

fn row(lang: Lang, school: SchoolSum) -> impl IntoView {
    let n = school.numbers;
    let share = percent(n.reported(), n.students);
    let flagged = |code: Code, people: i64| view! { <span class="row nowrap"><StatusShape code=code size=ShapeSize::Strip />{number(people)}</span> };
    view! {
        <DataRow>
            <DataCell kind=CellKind::Name><a href=format!("/bureau/school/{}", school.id)>{school.name.get(lang).to_owned()}</a></DataCell>
            <DataCell kind=CellKind::Mute label=tr!(lang, "地区", "Region")>{school.region.get(lang).to_owned()}</DataCell>
            <DataCell kind=CellKind::Number label=tr!(lang, "学生", "Students")>{number(n.students)}</DataCell>
            <DataCell kind=CellKind::Number label=tr!(lang, "完成率", "Reported")>{share}</DataCell>
            <DataCell kind=CellKind::Number label=tr!(lang, "其中代报", "By proxy")>{number(n.proxy)}</DataCell>
            <DataCell kind=CellKind::Number label=status_word(lang, Code::Red)>{flagged(Code::Red, n.red)}</DataCell>
            <DataCell kind=CellKind::Number label=status_word(lang, Code::Yellow)>{flagged(Code::Yellow, n.yellow)}</DataCell>
            <DataCell kind=CellKind::Number label=status_word(lang, Code::Grey)>{number(n.grey)}</DataCell>
        </DataRow>
    }
}
