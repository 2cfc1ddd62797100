//! Uploading a roster: the file first, then what its columns mean, then what would change.

mod changes;
mod mapping;
pub(super) mod preview;

use super::desk::{Desk, Tab};
use crate::pages::upload::FileField;
use crate::tr;
use crate::tr::Lang;
use crate::ui::*;
use crate::web::{Answer, Ctx, Failure, Fields, see_other};
use axum::extract::{FromRequest, Multipart, Path, RawQuery, Request};
use axum::response::Response;
use domain::access::Action;
use http::StatusCode;
use leptos::prelude::*;
use services::Error;
use services::roster::{ImportError, MAX_BYTES, ReadError};

/// The form.
pub async fn show(ctx: Ctx, Path(school): Path<String>) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::ChangeRoster).await?;
    Ok(form(&ctx, &desk, StatusCode::OK, None))
}

/// Takes the file and leads to its preview; a file that cannot be read shows the form again and says why.
pub async fn upload(ctx: Ctx, Path(school): Path<String>, request: Request) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::ChangeRoster).await?;
    let file = match receive(request).await {
        Ok(file) => file,
        Err(problem) => return Ok(refused(&ctx, &desk, &problem.words(ctx.lang))),
    };
    let preview = ctx
        .services()
        .preview_roster(&desk.actor, desk.id(), &file.name, file.bytes, None)
        .await;
    match preview {
        Ok(preview) => Ok(see_other(
            &desk.path(&format!("/roster/import/{}", preview.staged)),
        )),
        Err(error) => failed(&ctx, &desk, error),
    }
}

/// What the import did, by the numbers in the query.
pub async fn done(ctx: Ctx, Path(school): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::ChangeRoster).await?;
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let n: Vec<u32> = query
        .get("n")
        .split('.')
        .map(|n| n.parse().unwrap_or(0))
        .collect();
    let title = tr!(ctx.lang, "名册已导入", "Roster imported");
    Ok(desk.page(&ctx, StatusCode::OK, Tab::Roster, &title, || {
        summary(ctx.lang, &desk, &n)
    }))
}

fn summary(lang: Lang, desk: &Desk, n: &[u32]) -> AnyView {
    let labels = [
        tr!(lang, "新增", "New"),
        tr!(lang, "更新", "Changed"),
        tr!(lang, "回到名册", "Returned"),
        tr!(lang, "移出名册", "Taken off"),
        tr!(lang, "没有导入的错误", "Faults left out"),
    ];
    let numbers = labels
        .into_iter()
        .zip(n)
        .map(|(label, n)| view! { <KeyNumber label=label value=i64::from(*n) /> })
        .collect_view();
    let steps = view! {
            <ul class="steps">
                <li><a href=desk.path("/staff")>{tr!(lang, "给名册中的班主任开账号", "Create accounts for the class teachers named in it")}</a></li>
                <li><a href=desk.path("")>{tr!(lang, "打开班级，打印家长邀请条", "Open each class and print its invitation slips")}</a></li>
                <li><a href=desk.path("/roster/import")>{tr!(lang, "有错误的行改好后，再上传一次；没变的不会重复", "Mend the faulty rows and upload the file again; what has not changed stays")}</a></li>
            </ul>
    };
    view! {
        <PageHead title=tr!(lang, "名册已导入", "Roster imported")>
            <KeyNumbers>{numbers}</KeyNumbers>
        </PageHead>
        <Card title=tr!(lang, "接下来", "What next")>{steps}</Card>
    }
    .into_any()
}

/// An uploaded file.
struct File {
    name: String,
    bytes: Vec<u8>,
}

/// Why there is none.
enum NoFile {
    Missing,
    TooLarge,
    Broken,
}

impl NoFile {
    fn words(&self, lang: Lang) -> String {
        match self {
            Self::Missing => tr!(lang, "请先选择名册文件", "Choose the roster file first"),
            Self::TooLarge => ReadError::TooLarge.message(lang).to_owned(),
            Self::Broken => tr!(
                lang,
                "上传中断了，请再试一次",
                "The upload broke off; please try again"
            ),
        }
    }
}

/// Reads the file out of the form. What is too large is read to its end and thrown away, because a browser shows no
/// answer before it has sent all.
async fn receive(request: Request) -> Result<File, NoFile> {
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| NoFile::Missing)?;
    let broken = |e: axum::extract::multipart::MultipartError| {
        if e.status() == StatusCode::PAYLOAD_TOO_LARGE {
            NoFile::TooLarge
        } else {
            NoFile::Broken
        }
    };
    let mut file = None;
    let mut too_large = false;
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            too_large |= bytes.len() + chunk.len() > MAX_BYTES;
            if !too_large {
                bytes.extend_from_slice(&chunk);
            }
        }
        file = Some(File { name, bytes });
    }
    match file {
        _ if too_large => Err(NoFile::TooLarge),
        Some(file) if !file.bytes.is_empty() => Ok(file),
        _ => Err(NoFile::Missing),
    }
}

/// The form again for what a person can mend; everything else is a failure.
pub(super) fn failed(ctx: &Ctx, desk: &Desk, error: ImportError) -> Answer {
    match error {
        ImportError::File(error) => Ok(refused(ctx, desk, error.message(ctx.lang))),
        ImportError::Other(Error::Refused(refusal)) => {
            Ok(refused(ctx, desk, refusal.text(ctx.lang)))
        }
        ImportError::Columns(problems) => {
            let words: Vec<String> = problems.iter().map(|p| p.message(ctx.lang)).collect();
            Ok(refused(ctx, desk, &words.join("；")))
        }
        ImportError::Other(error) => Err(Failure(error)),
    }
}

fn refused(ctx: &Ctx, desk: &Desk, words: &str) -> Response {
    form(
        ctx,
        desk,
        StatusCode::UNPROCESSABLE_ENTITY,
        Some(words.to_owned()),
    )
}

fn form(ctx: &Ctx, desk: &Desk, status: StatusCode, error: Option<String>) -> Response {
    let lang = ctx.lang;
    let title = tr!(lang, "上传名册", "Upload a roster");
    let action = desk.path("/roster/import");
    let back = desk.path("/roster");
    desk.page(ctx, status, Tab::Roster, &title, move || {
        let errors: Vec<FieldError> = error
            .iter()
            .map(|e| FieldError::new("file", e.clone()))
            .collect();
        view! {
            <Crumbs lang=lang trail=vec![Crumb::link(tr!(lang, "名册", "Roster"), back), Crumb::here(tr!(lang, "上传", "Upload"))] />
            <PageHead title=tr!(lang, "上传名册", "Upload a roster") />
            <ErrorSummary lang=lang errors=errors />
            <div class="halves">
                <form class="card form" method="post" action=action enctype="multipart/form-data">
                    <FileField label=tr!(lang, "名册文件", "Roster file") hint=tr!(lang, ".xlsx 或 .csv，最大 20 MB", ".xlsx or .csv, at most 20 MB") error=error />
                    <Button kind=ButtonKind::Primary>{tr!(lang, "上传并预览", "Upload and preview")}</Button>
                </form>
                <Card title=tr!(lang, "怎样上传", "How it works")>
                    <ul class="steps">
                        <li>{tr!(lang, "直接用学校现有的名册，标题行和表头不用改。", "Take the roster as the school has it; title rows and headers stay as they are.")}</li>
                        <li>{tr!(lang, "必须有：姓名、班级，以及学号或身份证号。", "It needs the name, the class, and the student number or the identity number.")}</li>
                        <li>{tr!(lang, "家长手机和出生日期用来核对邀请条，最好都有。", "Guardians' phones and birth dates are what invitation slips are checked against.")}</li>
                        <li>{tr!(lang, "先看预览，您确认后才会改动。上传的文件加密保存，两小时后删除。", "You see a preview first; nothing changes until you confirm. The file is kept encrypted for two hours at most.")}</li>
                    </ul>
                </Card>
            </div>
        }
        .into_any()
    })
}
