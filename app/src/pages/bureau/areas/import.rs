//! Uploading a list of risk areas: the file, then what it would change, then the change.

use super::super::records::{UploadForm, faults_table, list_error};
use super::super::shell::{Frame, RegionShell, Tab};
use super::view::dates;
use crate::pages::public::level_tag;
use crate::pages::upload::receive;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::number;
use crate::ui::*;
use crate::web::{Answer, Ctx, Failure, Fields, Islands, see_other};
use axum::extract::{Path, Request};
use axum::response::Response;
use domain::ids::RegionCode;
use http::StatusCode;
use leptos::prelude::*;
use services::areas::{AreaFate, AreaPreview, AreaPreviewRow, AreasApplied};
use services::records::{ListError, ListOf, ListUpload};

/// Rows and faults shown; a list of areas is short.
const SHOWN: usize = 500;

/// The form.
pub async fn show(ctx: Ctx, Path(region): Path<RegionCode>) -> Answer {
    form(&ctx, StatusCode::OK, region, &Fields::default(), Vec::new()).await
}

/// Takes the file and leads to its preview; a file that cannot be read shows the form again and says why.
pub async fn upload(ctx: Ctx, Path(region): Path<RegionCode>, request: Request) -> Answer {
    let (file, problem) = receive(request).await;
    let fields = file.fields;
    if let Some(problem) = problem {
        let error = FieldError::new("file", problem.words(ctx.lang));
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return form(&ctx, status, region, &fields, vec![error]).await;
    }
    let upload = ListUpload {
        of: ListOf::Areas,
        authority: fields.get("authority").to_owned(),
        file_name: file.name,
        bytes: file.bytes,
    };
    let preview = ctx
        .services()
        .preview_areas(ctx.actor()?, &region, upload)
        .await;
    match preview {
        Ok(preview) => Ok(see_other(&format!(
            "/bureau/{region}/areas/import/{}",
            preview.staged
        ))),
        Err(error) => failed(&ctx, region, &fields, error).await,
    }
}

async fn failed(ctx: &Ctx, region: RegionCode, fields: &Fields, error: ListError) -> Answer {
    let error = list_error(ctx.lang, error)?;
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
    // Whoever may not see the list may not see its form.
    ctx.services().areas(ctx.actor()?, &region, "", 0).await?;
    let frame = Frame::new(ctx, &region).await?;
    let lang = ctx.lang;
    let title = tr!(lang, "导入风险地区名单", "Import a list of risk areas");
    let (heading, fields) = (title.clone(), fields.clone());
    Ok(ctx.html(status, &title, Islands::No, move || {
        let columns = tr!(
            lang,
            "能认的列：地区或区划代码、风险等级、起始日期、解除日期、回溯天数。",
            "Columns that are understood: 地区 or 区划代码, 风险等级, 起始日期, 解除日期, 回溯天数."
        );
        let trail = vec![
            Crumb::link(
                tr!(lang, "风险地区", "Risk areas"),
                format!("/bureau/{region}/areas"),
            ),
            Crumb::here(tr!(lang, "导入名单", "Import a list")),
        ];
        let action = format!("/bureau/{region}/areas/import");
        view! {
            <RegionShell frame=frame tab=Tab::Areas>
                <Crumbs lang=lang trail=trail />
                <PageHead title=heading sub=columns />
                <ErrorSummary lang=lang errors=errors.clone() />
                <UploadForm lang=lang action=action fields=fields errors=errors />
            </RegionShell>
        }
    }))
}

/// What the list would change.
pub async fn preview(ctx: Ctx, Path((region, staged)): Path<(RegionCode, String)>) -> Answer {
    let staged = staged.parse().unwrap_or(-1);
    let preview = ctx
        .services()
        .staged_areas(ctx.actor()?, &region, staged)
        .await;
    match preview {
        Ok(preview) => Ok(page(&ctx, StatusCode::OK, &region, preview, false).await?),
        Err(error) => failed(&ctx, region, &Fields::default(), error).await,
    }
}

/// Imports the list, or discards it.
pub async fn submit(
    ctx: Ctx,
    Path((region, staged)): Path<(RegionCode, String)>,
    fields: Fields,
) -> Answer {
    match act(&ctx, &region, &staged, &fields).await {
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
        ctx.services()
            .discard_list(actor, region, ListOf::Areas, staged)
            .await?;
        return Ok(see_other(&format!("/bureau/{region}/areas")));
    }
    let applied = ctx
        .services()
        .apply_areas(actor, region, staged, fields.get("mark"))
        .await?;
    match applied {
        AreasApplied::Done(_) => Ok(see_other(&format!("/bureau/{region}/areas?done=imported"))),
        AreasApplied::Outdated(preview) => page(ctx, StatusCode::CONFLICT, region, *preview, true)
            .await
            .map_err(|f| ListError::Other(f.0)),
    }
}

async fn page(
    ctx: &Ctx,
    status: StatusCode,
    region: &RegionCode,
    preview: AreaPreview,
    outdated: bool,
) -> Result<Response, Failure> {
    let frame = Frame::new(ctx, region).await?;
    let title = tr!(ctx.lang, "名单预览", "Preview of the list");
    Ok(ctx.html(status, &title, Islands::No, move || {
        view(frame, preview, outdated)
    }))
}

fn fate_word(lang: Lang, fate: AreaFate) -> String {
    match fate {
        AreaFate::New => tr!(lang, "新的", "new"),
        AreaFate::Changed => tr!(lang, "更改", "changed"),
        AreaFate::Known => tr!(lang, "已有", "known already"),
    }
}

fn view(frame: Frame, preview: AreaPreview, outdated: bool) -> impl IntoView {
    let (lang, region) = (frame.lang, frame.region.clone());
    let own = format!("/bureau/{region}/areas/import/{}", preview.staged);
    let (new, changed) = (
        preview.count(AreaFate::New),
        preview.count(AreaFate::Changed),
    );
    let faults = preview.faults.len();
    let words = if new + changed == 0 {
        tr!(
            lang,
            "没有新的或更改的地区：导入不会改变什么。",
            "Nothing new or changed: an import would change nothing."
        )
    } else {
        let (new, changed) = (number(count(new)), number(count(changed)));
        tr!(
            lang,
            "将新增 {new} 个，更改 {changed} 个，并重新判定所有人。",
            "{new} new, {changed} changed; everybody is decided about anew."
        )
    };
    let button = (new + changed > 0).then(|| {
        view! { <Button kind=ButtonKind::Primary name="action" value="apply">{tr!(lang, "确认导入", "Import")}</Button> }
    });
    let outdated = outdated.then(|| {
        view! { <Notice sand=true icon=IconName::Clock live=true>{tr!(lang, "预览之后有了变化，还没有导入。请看过新的预览再确认。", "Something has changed since the preview, so nothing was imported. Look at this new one and confirm again.")}</Notice> }
    });
    let bad = (faults > 0).then(|| {
        view! {
            <Card title=tr!(lang, "有错误的行，不导入", "Faulty rows, left out") flush=true>
                {faults_table(lang, preview.faults.iter().take(SHOWN))}
            </Card>
        }
    });
    let columns = vec![
        Column::new(tr!(lang, "地区", "Place")),
        Column::new(tr!(lang, "等级", "Level")),
        Column::new(tr!(lang, "日期", "Dates")),
        Column::new(tr!(lang, "会怎样", "What becomes of it")),
    ];
    let rows = preview
        .rows
        .iter()
        .take(SHOWN)
        .map(|row| area_row(lang, row))
        .collect_view();
    let (file, authority) = (preview.file_name.clone(), preview.authority.clone());
    let trail = vec![
        Crumb::link(
            tr!(lang, "风险地区", "Risk areas"),
            format!("/bureau/{region}/areas"),
        ),
        Crumb::here(tr!(lang, "预览", "Preview")),
    ];
    view! {
        <RegionShell frame=frame tab=Tab::Areas>
            <Crumbs lang=lang trail=trail />
            <PageHead title=tr!(lang, "名单预览", "Preview of the list") sub=format!("{file} · {authority}") />
            {outdated}
            <form class="card pad stack" method="post" action=own>
                <input type="hidden" name="mark" value=preview.mark.clone() />
                <p><b>{words}</b></p>
                <div class="row">
                    {button}
                    <Button name="action" value="cancel">{tr!(lang, "放弃这次上传", "Discard this upload")}</Button>
                </div>
            </form>
            {bad}
            <Card title=tr!(lang, "名单", "The list") flush=true>
                <DataTable caption=tr!(lang, "名单", "The list") columns=columns>{rows}</DataTable>
            </Card>
        </RegionShell>
    }
}

fn area_row(lang: Lang, row: &AreaPreviewRow) -> AnyView {
    let area = &row.area;
    let dates = dates(lang, area.from, area.to, area.look_back);
    let (name, level) = (row.name.get(lang).to_owned(), area.level);
    let fate = fate_word(lang, row.fate);
    view! {
        <DataRow>
            <DataCell kind=CellKind::Name>{name}</DataCell>
            <DataCell label=tr!(lang, "等级", "Level")>{level_tag(lang, level)}</DataCell>
            <DataCell label=tr!(lang, "日期", "Dates")>{dates}</DataCell>
            <DataCell label=tr!(lang, "会怎样", "What becomes of it")>{fate}</DataCell>
        </DataRow>
    }
    .into_any()
}
