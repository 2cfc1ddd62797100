//! What a list of records would add, and its confirmation.

use super::super::shell::{Frame, RegionShell, Tab};
use super::import::failed;
use super::{kind_word, record_words};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{counted, number};
use crate::ui::*;
use crate::web::{Answer, Ctx, Failure, Fields, Islands, see_other};
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::ids::RegionCode;
use domain::list::ListKind;
use http::StatusCode;
use leptos::prelude::*;
use services::records::{ListApplied, ListError, ListOf, ListPreview, PreviewRow, RowFate};

/// Rows on a page.
const PAGE: usize = 50;

/// What the list would add. `?part=…&page=…` shows the rest.
pub async fn show(
    ctx: Ctx,
    Path((region, staged)): Path<(RegionCode, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    match open(&ctx, &region, &staged).await {
        Ok(preview) => Ok(page(&ctx, StatusCode::OK, &region, preview, &query, false).await?),
        Err(error) => failed(&ctx, region, &Fields::default(), error).await,
    }
}

/// Imports the list, or discards it.
pub async fn submit(
    ctx: Ctx,
    Path((region, staged)): Path<(RegionCode, String)>,
    fields: Fields,
) -> Answer {
    let done = act(&ctx, &region, &staged, &fields).await;
    match done {
        Ok(response) => Ok(response),
        Err(error) => failed(&ctx, region, &Fields::default(), error).await,
    }
}

async fn act(
    ctx: &Ctx,
    region: &RegionCode,
    staged: &str,
    fields: &Fields,
) -> Result<Response, ListError> {
    let staged = staged.parse().unwrap_or(-1);
    let actor = ctx.actor().map_err(|f| f.0)?;
    if fields.get("action") == "cancel" {
        let of = ListOf::Records(None);
        ctx.services()
            .discard_list(actor, region, of, staged)
            .await?;
        return Ok(see_other(&format!("/bureau/{region}/records")));
    }
    let applied = ctx
        .services()
        .apply_records(actor, region, staged, fields.get("mark"))
        .await?;
    match applied {
        ListApplied::Done(n) => Ok(see_other(&format!(
            "/bureau/{region}/records?done=imported.{n}"
        ))),
        ListApplied::Outdated(preview) => {
            let status = StatusCode::CONFLICT;
            page(ctx, status, region, *preview, fields, true)
                .await
                .map_err(|f| ListError::Other(f.0))
        }
    }
}

async fn open(ctx: &Ctx, region: &RegionCode, staged: &str) -> Result<ListPreview, ListError> {
    let actor = ctx.actor().map_err(|f| f.0)?;
    let staged = staged.parse().unwrap_or(-1);
    ctx.services().staged_records(actor, region, staged).await
}

/// The parts of a preview.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Fate(RowFate),
    Faulty,
}

const PARTS: [(&str, Part); 5] = [
    ("new", Part::Fate(RowFate::New)),
    ("known", Part::Fate(RowFate::Known)),
    ("withdrawn", Part::Fate(RowFate::Withdrawn)),
    ("absent", Part::Fate(RowFate::NotFound)),
    ("faulty", Part::Faulty),
];

fn part_label(lang: Lang, part: Part) -> String {
    match part {
        Part::Fate(RowFate::New) => tr!(lang, "新的", "New"),
        Part::Fate(RowFate::Known) => tr!(lang, "已有", "Known already"),
        Part::Fate(RowFate::Withdrawn) => tr!(lang, "撤回过", "Withdrawn before"),
        Part::Fate(RowFate::NotFound) => tr!(lang, "这里没有此人", "Not found here"),
        Part::Faulty => tr!(lang, "有错误", "Faulty"),
    }
}

fn size(preview: &ListPreview, part: Part) -> usize {
    match part {
        Part::Fate(fate) => preview.count(fate),
        Part::Faulty => preview.faults.len(),
    }
}

async fn page(
    ctx: &Ctx,
    status: StatusCode,
    region: &RegionCode,
    preview: ListPreview,
    query: &Fields,
    outdated: bool,
) -> Result<Response, Failure> {
    let frame = Frame::new(ctx, region).await?;
    let title = tr!(ctx.lang, "名单预览", "Preview of the list");
    let wanted = PARTS.iter().find(|(word, _)| *word == query.get("part"));
    let first = PARTS.iter().find(|(_, part)| size(&preview, *part) > 0);
    let (word, part) = wanted
        .or(first)
        .copied()
        .unwrap_or(("new", Part::Fate(RowFate::New)));
    let n = query.page();
    Ok(ctx.html(status, &title, Islands::No, move || {
        view(frame, preview, word, part, n, outdated)
    }))
}

fn view(
    frame: Frame,
    preview: ListPreview,
    word: &'static str,
    part: Part,
    n: usize,
    outdated: bool,
) -> impl IntoView {
    let (lang, region) = (frame.lang, frame.region.clone());
    let own = format!("/bureau/{region}/records/import/{}", preview.staged);
    let pills = PARTS
        .into_iter()
        .filter(|(_, of)| size(&preview, *of) > 0 || *of == part)
        .map(|(word, of)| Pill {
            href: format!("{own}?part={word}"),
            label: part_label(lang, of),
            count: Some(count(size(&preview, of))),
            code: None,
            current: of == part,
        })
        .collect();
    let total = size(&preview, part);
    let n = page_of(n, PAGE, total);
    let from = (n - 1) * PAGE;
    let link = |n| format!("{own}?part={word}&page={n}");
    let pager = view! { <PagerFoot lang=lang page=n size=PAGE total=total href=link /> };
    let (file, authority) = (preview.file_name.clone(), preview.authority.clone());
    let trail = vec![
        Crumb::link(
            tr!(lang, "官方记录", "Official records"),
            format!("/bureau/{region}/records"),
        ),
        Crumb::link(
            tr!(lang, "导入名单", "Import a list"),
            format!("/bureau/{region}/records/import"),
        ),
        Crumb::here(tr!(lang, "预览", "Preview")),
    ];
    let outdated = outdated.then(|| {
        view! { <Notice sand=true icon=IconName::Clock live=true>{tr!(lang, "预览之后有了变化，还没有导入。请看过新的预览再确认。", "Something has changed since the preview, so nothing was imported. Look at this new one and confirm again.")}</Notice> }
    });
    let body = match part {
        Part::Fate(fate) => {
            let rows = preview.rows.iter().filter(|row| row.fate == fate);
            rows_table(lang, &rows.skip(from).take(PAGE).collect::<Vec<_>>())
        }
        Part::Faulty => faults_table(lang, preview.faults.iter().skip(from).take(PAGE)),
    };
    view! {
        <RegionShell frame=frame tab=Tab::Records>
            <Crumbs lang=lang trail=trail />
            <PageHead title=tr!(lang, "名单预览", "Preview of the list") sub=format!("{file} · {authority}") />
            {outdated}
            {confirm(lang, &own, &preview)}
            <section class="card flush">
                <div class="card-head"><Pills label=tr!(lang, "分类", "Parts") pills=pills /></div>
                {body}
                {pager}
            </section>
        </RegionShell>
    }
}

fn confirm(lang: Lang, own: &str, preview: &ListPreview) -> AnyView {
    let new = preview.count(RowFate::New);
    let (shown, absent) = (
        number(count(new)),
        number(count(preview.count(RowFate::NotFound))),
    );
    let faults = preview.faults.len();
    let new_rows = counted(new, "row", "rows");
    let words = if new == 0 {
        tr!(
            lang,
            "没有新的记录：导入不会改变什么。",
            "Nothing new: an import would change nothing."
        )
    } else {
        tr!(
            lang,
            "将新增 {shown} 行的记录，并在后台重新判定这些人。",
            "{new_rows} to be added as records; those people are decided about anew in the background."
        )
    };
    let (absent_rows, fault_count) = (
        counted(preview.count(RowFate::NotFound), "row", "rows"),
        counted(faults, "fault", "faults"),
    );
    let rest = tr!(
        lang,
        "{absent} 行的人不在本地区的名册里；{faults} 处错误，这些行不导入，其他行不受影响。",
        "{absent_rows} about people on no roster here; {fault_count}, whose rows are left out and stop no others."
    );
    let button = (new > 0).then(|| {
        view! { <Button kind=ButtonKind::Primary name="action" value="apply">{tr!(lang, "确认导入", "Import")}</Button> }
    });
    view! {
        <form class="card pad stack" method="post" action=own.to_owned()>
            <input type="hidden" name="mark" value=preview.mark.clone() />
            <p><b>{words}</b></p>
            <p>{rest}</p>
            <div class="row">
                {button}
                <Button name="action" value="cancel">{tr!(lang, "放弃这次上传", "Discard this upload")}</Button>
            </div>
        </form>
    }
    .into_any()
}

fn rows_table(lang: Lang, rows: &[&PreviewRow]) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="pad">{tr!(lang, "没有这样的行。", "No such rows.")}</p> }
            .into_any();
    }
    let columns = vec![
        Column::number(tr!(lang, "行", "Row")),
        Column::new(tr!(lang, "谁", "Who")),
        Column::new(tr!(lang, "类型", "Kind")),
        Column::new(tr!(lang, "内容", "What it says")),
    ];
    let rows = rows
        .iter()
        .map(|row| {
            let number = row.row;
            let who: Vec<String> = row
                .people
                .iter()
                .map(|p| {
                    format!(
                        "{}（{} {}）",
                        p.name,
                        p.school.get(lang),
                        p.class.label(lang)
                    )
                })
                .collect();
            let who = if who.is_empty() {
                tr!(lang, "名册里没有", "on no roster")
            } else {
                who.join("、")
            };
            let kind = kind_word(lang, ListKind::of(&row.kind));
            let words = record_words(lang, &row.kind, None);
            view! {
                <DataRow>
                    <DataCell kind=CellKind::Number label=tr!(lang, "行", "Row")>{number}</DataCell>
                    <DataCell kind=CellKind::Name>{who}</DataCell>
                    <DataCell label=tr!(lang, "类型", "Kind")>{kind}</DataCell>
                    <DataCell label=tr!(lang, "内容", "What it says")>{words}</DataCell>
                </DataRow>
            }
        })
        .collect_view();
    view! { <DataTable caption=tr!(lang, "行", "Rows") columns=columns>{rows}</DataTable> }
        .into_any()
}

/// Faults with row, column and reason.
pub(in crate::pages::bureau) fn faults_table<'a>(
    lang: Lang,
    faults: impl Iterator<Item = &'a domain::list::ListFault>,
) -> AnyView {
    let columns = vec![
        Column::number(tr!(lang, "行", "Row")),
        Column::new(tr!(lang, "列", "Column")),
        Column::new(tr!(lang, "原因", "Reason")),
    ];
    let rows = faults
        .map(|fault| {
            let (row, column) = (fault.row, fault.column.clone());
            let reason = fault.reason.message(lang);
            view! {
                <DataRow bad=true>
                    <DataCell kind=CellKind::Number label=tr!(lang, "行", "Row")>{row}</DataCell>
                    <DataCell label=tr!(lang, "列", "Column")>{column}</DataCell>
                    <DataCell label=tr!(lang, "原因", "Reason")>{reason}</DataCell>
                </DataRow>
            }
        })
        .collect_view();
    view! { <DataTable caption=tr!(lang, "错误", "Faults") columns=columns>{rows}</DataTable> }
        .into_any()
}
