//! Uploading a list of records: the file, then what it would add, then the records.

use super::super::shell::{Frame, RegionShell, Tab};
use super::super::upload::{NoFile, receive};
use super::{kind_word, record_words};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::number;
use crate::ui::*;
use crate::web::{Answer, Ctx, Failure, Fields, Islands, see_other};
use axum::extract::{Path, RawQuery, Request};
use axum::response::Response;
use domain::ids::RegionCode;
use domain::list::ListKind;
use http::StatusCode;
use leptos::prelude::*;
use services::records::{
    ListApplied, ListError, ListOf, ListPreview, ListUpload, PreviewRow, RowFate,
};
use services::{Error, Refusal};

/// Rows on a page.
const PAGE: usize = 50;

/// The form.
pub async fn show(ctx: Ctx, Path(region): Path<RegionCode>) -> Answer {
    form(&ctx, StatusCode::OK, region, &Fields::default(), Vec::new()).await
}

/// Takes the file and leads to its preview; a file that cannot be read shows the form again and says why.
pub async fn upload(ctx: Ctx, Path(region): Path<RegionCode>, request: Request) -> Answer {
    let (file, problem) = receive(request).await;
    let fields = file.fields;
    if let Some(problem) = problem {
        return refused(&ctx, region, &fields, no_file(ctx.lang, problem)).await;
    }
    let upload = ListUpload {
        of: ListOf::Records(ListKind::from_word(fields.get("kind"))),
        authority: fields.get("authority").to_owned(),
        file_name: file.name,
        bytes: file.bytes,
    };
    let preview = ctx
        .services()
        .preview_records(ctx.actor()?, &region, upload)
        .await;
    match preview {
        Ok(preview) => Ok(see_other(&format!(
            "/bureau/{region}/records/import/{}",
            preview.staged
        ))),
        Err(error) => failed(&ctx, region, &fields, error).await,
    }
}

fn no_file(lang: Lang, problem: NoFile) -> FieldError {
    FieldError::new("file", problem.words(lang))
}

/// The form again for what a person can mend; everything else is a failure.
async fn failed(ctx: &Ctx, region: RegionCode, fields: &Fields, error: ListError) -> Answer {
    let error = list_error(ctx.lang, error)?;
    refused(ctx, region, fields, error).await
}

/// What a person can mend about an upload.
pub(in crate::pages::bureau) fn list_error(
    lang: Lang,
    error: ListError,
) -> Result<FieldError, Failure> {
    match error {
        ListError::File(error) => Ok(FieldError::new("file", error.message(lang))),
        ListError::Columns(columns) => {
            let names: Vec<_> = columns.iter().map(|c| c.title(lang)).collect();
            let names = names.join(if lang == Lang::Zh { "、" } else { ", " });
            let words = tr!(
                lang,
                "找不到这些列：{names}。请改好表头再上传",
                "These columns were not found: {names}. Rename the headers and upload again"
            );
            Ok(FieldError::new("file", words))
        }
        ListError::Other(Error::Refused(Refusal::FieldInvalid)) => Ok(FieldError::new(
            "authority",
            tr!(
                lang,
                "请填写发布单位，2 到 40 个字",
                "Enter the authority, 2 to 40 characters"
            ),
        )),
        ListError::Other(Error::Refused(refusal)) => {
            Ok(FieldError::new("file", refusal.text(lang)))
        }
        ListError::Other(error) => Err(Failure(error)),
    }
}

async fn refused(ctx: &Ctx, region: RegionCode, fields: &Fields, error: FieldError) -> Answer {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    form(ctx, status, region, fields, vec![error]).await
}

async fn form(
    ctx: &Ctx,
    status: StatusCode,
    region: RegionCode,
    fields: &Fields,
    errors: Vec<FieldError>,
) -> Answer {
    // Whoever may not see the records may not see their form.
    ctx.services().records(ctx.actor()?, &region, None).await?;
    let frame = Frame::new(ctx, &region).await?;
    let lang = ctx.lang;
    let title = tr!(lang, "导入名单", "Import a list");
    let fields = fields.clone();
    Ok(ctx.html(status, &title, Islands::No, move || {
        let kinds = ListKind::ALL
            .into_iter()
            .map(|kind| Choice::new(kind.word(), kind_word(lang, kind)))
            .collect();
        let columns = tr!(
            lang,
            "能认的列：身份证号或手机、姓名、类型、日期、地区、到达、离开、途经、结果、剂次。",
            "Columns that are understood: 身份证号 or 手机, 姓名, 类型, 日期, 地区, 到达, 离开, 途经, 结果, 剂次."
        );
        let kind = view! {
            <Select name="kind" label=tr!(lang, "没有“类型”列时，全部是", "Where there is no 类型 column, all rows are") options=kinds value=fields.get("kind").to_owned() empty=tr!(lang, "名单里有“类型”列", "The list has a 类型 column") />
        };
        let action = format!("/bureau/{region}/records/import");
        let trail = vec![
            Crumb::link(tr!(lang, "官方记录", "Official records"), format!("/bureau/{region}/records")),
            Crumb::here(tr!(lang, "导入名单", "Import a list")),
        ];
        view! {
            <RegionShell frame=frame tab=Tab::Records>
                <Crumbs lang=lang trail=trail />
                <PageHead title=tr!(lang, "导入名单", "Import a list") sub=columns />
                <ErrorSummary lang=lang errors=errors.clone() />
                <UploadForm lang=lang action=action fields=fields errors=errors extra=kind.into_any() />
            </RegionShell>
        }
    }))
}

/// Authority, file and what a kind of list needs beside them.
#[component]
pub(in crate::pages::bureau) fn UploadForm(
    lang: Lang,
    action: String,
    fields: Fields,
    errors: Vec<FieldError>,
    #[prop(optional)] extra: Option<AnyView>,
) -> AnyView {
    let error = error_of(&errors, "file");
    let described = if error.is_some() {
        "file-hint file-error"
    } else {
        "file-hint"
    };
    let invalid = error.is_some().then_some("true");
    let authority = error_of(&errors, "authority");
    view! {
        <form class="card pad stack" method="post" action=action enctype="multipart/form-data">
            <TextInput name="authority" label=tr!(lang, "发布单位", "Authority") hint=tr!(lang, "例如：湖州市疾控中心。公开的来源页上能看到", "For example the centre for disease control; the public list of sources names it") value=fields.get("authority").to_owned() maxlength=40u32 required=true error=authority />
            {extra}
            <Field id="file" label=tr!(lang, "名单文件", "The list") hint=tr!(lang, ".xlsx 或 .csv，最大 20 MB", ".xlsx or .csv, at most 20 MB") error=error>
                <div class="upload">
                    <input type="file" id="file" name="file" required=true accept=".xlsx,.csv,.txt,.tsv" aria-describedby=described aria-invalid=invalid />
                </div>
            </Field>
            <div class="row"><Button kind=ButtonKind::Primary>{tr!(lang, "上传并预览", "Upload and preview")}</Button></div>
        </form>
    }
    .into_any()
}

/// What the list would add. `?part=…&page=…` shows the rest.
pub async fn preview(
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
    let n: usize = query.get("page").parse().unwrap_or(1).clamp(1, 1_000_000);
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
    let (from, to) = ((n - 1) * PAGE, (n * PAGE).min(total));
    let link = |n: usize| format!("{own}?part={word}&page={n}");
    let pager = (total > PAGE).then(|| {
        let previous = (n > 1).then(|| link(n - 1));
        let next = (to < total).then(|| link(n + 1));
        view! { <div class="card-foot"><Pager lang=lang from=count(from + 1) to=count(to) total=count(total) previous=previous next=next /></div> }
    });
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
            "{shown} rows add records; those people are decided about anew in the background."
        )
    };
    let rest = tr!(
        lang,
        "{absent} 行的人不在本地区的名册里；{faults} 处错误，这些行不导入，其他行不受影响。",
        "{absent} rows are about people on no roster here; {faults} faults, whose rows are left out and stop no others."
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
                .map(|p| format!("{}（{} {}）", p.name, p.school, p.class.label(lang)))
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

/// A number of rows as pages show it.
pub(in crate::pages::bureau) fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
