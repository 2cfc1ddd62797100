//! Uploading a list of records: the file, then what it would add, then the records.

use super::super::shell::{Frame, RegionShell, Tab};
use super::kind_word;
use crate::pages::upload::{FileField, NoFile, receive};
use crate::tr;
use crate::tr::Lang;
use crate::ui::*;
use crate::web::{Answer, Ctx, Failure, Fields, Islands, see_other};
use axum::extract::{Path, Request};
use domain::ids::RegionCode;
use domain::list::ListKind;
use http::StatusCode;
use leptos::prelude::*;
use services::records::{ListError, ListOf, ListUpload};
use services::{Error, Refusal};

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
pub(super) async fn failed(
    ctx: &Ctx,
    region: RegionCode,
    fields: &Fields,
    error: ListError,
) -> Answer {
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
    let authority = error_of(&errors, "authority");
    view! {
        <form class="card pad stack" method="post" action=action enctype="multipart/form-data">
            <TextInput name="authority" label=tr!(lang, "发布单位", "Authority") hint=tr!(lang, "例如：湖州市疾控中心。公开的来源页上能看到", "For example the centre for disease control; the public list of sources names it") value=fields.get("authority").to_owned() maxlength=40u32 required=true error=authority />
            {extra}
            <FileField label=tr!(lang, "名单文件", "The list") hint=tr!(lang, ".xlsx 或 .csv，最大 20 MB", ".xlsx or .csv, at most 20 MB") error=error />
            <div class="row"><Button kind=ButtonKind::Primary>{tr!(lang, "上传并预览", "Upload and preview")}</Button></div>
        </form>
    }
    .into_any()
}
