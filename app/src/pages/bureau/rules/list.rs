//! The rulebooks of a region and above: what is in force, what is on its way, drafts, and the way to begin one.

use super::super::shell::{Frame, RegionShell, Tab};
use super::side::{days_of, state};
use super::{refused, said};
use crate::tr;
use crate::tr::Lang;
use crate::ui::*;
use crate::web::{Answer, Ctx, Failure, Fields, Islands, see_other};
use axum::extract::{FromRequest as _, Multipart, Path, RawQuery, Request};
use axum::response::Response;
use domain::Text;
use domain::access::{Action, Place};
use domain::ids::RegionCode;
use http::StatusCode;
use leptos::prelude::*;
use services::rules::{BookLine, RulebookFileError, read_rulebook_file};
use services::{Error, Refusal};

/// Versions on a page.
const PAGE: usize = 20;

/// The list.
pub(super) async fn show(
    ctx: Ctx,
    Path(region): Path<RegionCode>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    render(&ctx, StatusCode::OK, &region, &query, Vec::new()).await
}

/// Begins a rulebook of the region.
pub(super) async fn begin(ctx: Ctx, Path(region): Path<RegionCode>, fields: Fields) -> Answer {
    let title = Text::new(fields.get("title_zh").trim(), fields.get("title_en").trim());
    let errors = wrong_names(ctx.lang, &fields);
    if !errors.is_empty() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return render(&ctx, status, &region, &fields, errors).await;
    }
    let begun = ctx
        .services()
        .start_new_book(ctx.actor()?, &region, fields.get("id").trim(), title)
        .await;
    match begun {
        Ok(no) => Ok(see_other(&format!(
            "/bureau/{region}/rules/{no}?done=begin"
        ))),
        Err(error) => {
            let mut error = refused(&ctx, error)?;
            "id".clone_into(&mut error.id);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            render(&ctx, status, &region, &fields, vec![error]).await
        }
    }
}

/// What is wrong with the names of a new rulebook, each beside its field.
fn wrong_names(lang: Lang, fields: &Fields) -> Vec<FieldError> {
    let is_id = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    let id = fields.get("id").trim();
    let mut errors = Vec::new();
    if id.is_empty() || id.len() > 64 || !id.bytes().all(is_id) {
        let words = tr!(
            lang,
            "只用小写字母、数字和连字符，1 到 64 个",
            "Small letters, digits and hyphens only, 1 to 64 of them"
        );
        errors.push(FieldError::new("id", words));
    }
    for name in ["title_zh", "title_en"] {
        let length = fields.get(name).trim().chars().count();
        if !(1..=100).contains(&length) {
            let words = tr!(
                lang,
                "请填写名称，最多 100 个字",
                "Enter a title of at most 100 characters"
            );
            errors.push(FieldError::new(name, words));
        }
    }
    errors
}

/// Makes a draft of an uploaded file.
pub(super) async fn import(ctx: Ctx, Path(region): Path<RegionCode>, request: Request) -> Answer {
    ctx.actor()?
        .require(Action::DraftRules, &Place::region(region.clone()))?;
    let error = match upload(request, &ctx).await {
        None => FieldError::new(
            "file",
            tr!(ctx.lang, "请选择一个文件。", "Please choose a file."),
        ),
        Some(bytes) => {
            let imported = ctx
                .services()
                .import_rulebook(ctx.actor()?, &region, &bytes)
                .await;
            match imported {
                Ok(done) => {
                    let no = done.no;
                    return Ok(see_other(&format!(
                        "/bureau/{region}/rules/{no}?done=import"
                    )));
                }
                Err(error) => {
                    let words = refused(&ctx, error)?.message;
                    FieldError::new("file", words + &why_unread(ctx.lang, &bytes))
                }
            }
        }
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    render(&ctx, status, &region, &Fields::default(), vec![error]).await
}

/// What stands in the way of reading a rulebook file, and where; nothing where it can be read.
fn why_unread(lang: Lang, file: &[u8]) -> String {
    match read_rulebook_file(file) {
        Err(RulebookFileError::Format(what)) => {
            let what = what.text();
            let what = what.get(lang);
            tr!(lang, "{what}。", " In it, {what}.")
        }
        _ => String::new(),
    }
}

/// Names the authority behind a key.
pub(super) async fn name_signer(
    ctx: Ctx,
    Path(region): Path<RegionCode>,
    fields: Fields,
) -> Answer {
    let (key, name) = (fields.get("key"), fields.get("signer"));
    let named = ctx
        .services()
        .name_rulebook_signer(ctx.actor()?, &region, key, name)
        .await;
    match named {
        Ok(()) => Ok(see_other(&format!("/bureau/{region}/rules?done=signer"))),
        Err(error) => {
            let invalid = matches!(error, Error::Refused(Refusal::FieldInvalid));
            let mut error = refused(&ctx, error)?;
            "key".clone_into(&mut error.id);
            if invalid {
                error.message = tr!(
                    ctx.lang,
                    "公钥要正好 64 个十六进制数字，名称 1 到 60 个字",
                    "The key has exactly 64 hexadecimal digits, the name 1 to 60 characters"
                );
            }
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            render(&ctx, status, &region, &fields, vec![error]).await
        }
    }
}

/// The uploaded file; `None` where none was chosen.
async fn upload(request: Request, ctx: &Ctx) -> Option<Vec<u8>> {
    let mut parts = Multipart::from_request(request, &ctx.app).await.ok()?;
    while let Ok(Some(part)) = parts.next_field().await {
        if part.name() == Some("file") {
            let bytes = part.bytes().await.ok()?;
            return (!bytes.is_empty()).then(|| bytes.to_vec());
        }
    }
    None
}

async fn render(
    ctx: &Ctx,
    status: StatusCode,
    region: &RegionCode,
    typed: &Fields,
    errors: Vec<FieldError>,
) -> Result<Response, Failure> {
    let actor = ctx.actor()?;
    let lines = ctx.services().rulebooks(actor, region).await?;
    let signers = ctx.services().rulebook_signers(actor, region).await?;
    let own_key = ctx.services().rulebook_public_key();
    let activates = actor.may(Action::ActivateRules, &Place::region(region.clone()));
    let frame = Frame::new(ctx, region).await?;
    let drafts = actor.may(Action::DraftRules, &Place::region(region.clone()));
    let lang = ctx.lang;
    let title = tr!(lang, "判定规则", "Rules");
    let (heading, typed) = (title.clone(), typed.clone());
    let notice = match typed.get("done") {
        "delete" => Some(view! { <Notice icon=IconName::Check live=true>{tr!(lang, "草稿已删除。", "The draft is deleted.")}</Notice> }.into_any()),
        done => said(ctx, done),
    };
    let public = format!("/rules?region={region}");
    let region = region.clone();
    Ok(ctx.html(status, &title, Islands::No, move || {
        let sub = view! { <a href=public>{tr!(lang, "给公众看的页面", "The public page")}</a> };
        view! {
            <RegionShell frame=frame tab=Tab::Rules>
                <ErrorSummary lang=lang errors=errors.clone() />
                {notice}
                <PageHead title=heading sub=sub />
                <div class=if drafts { "wide-first" } else { "stack" }>
                    <div class="stack">{table(lang, &region, lines, &typed)}</div>
                    {drafts.then(|| {
                        let authorities = activates.then(|| signers_card(lang, &region, &own_key, &signers, &typed, &errors));
                        view! { <div class="stack no-print">{forms(lang, &region, &typed, &errors)} {authorities}</div> }
                    })}
                </div>
            </RegionShell>
        }
    }))
}

/// What is in force or on its way first, then drafts, then what was.
fn rank(line: &BookLine) -> u8 {
    use domain::rulebook::Status;
    match line.status {
        Status::Emergency | Status::Active => 0,
        Status::Submitted | Status::Approved | Status::Scheduled => 1,
        Status::Draft => 2,
        Status::Lapsed | Status::Retired | Status::Deleted => 3,
    }
}

fn table(lang: Lang, region: &RegionCode, mut lines: Vec<BookLine>, query: &Fields) -> AnyView {
    let searched = query.get("q").trim().to_lowercase();
    let matches = |line: &BookLine| {
        let title = &line.title;
        [
            &line.id,
            &title.zh,
            &title.en,
            &line.region_name.zh,
            &line.region_name.en,
        ]
        .iter()
        .any(|text| text.to_lowercase().contains(&searched))
    };
    lines.retain(matches);
    lines.sort_by_key(rank);
    let total = lines.len();
    let page = page_of(query.page(), PAGE, total);
    let shown = lines.into_iter().skip((page - 1) * PAGE).take(PAGE);
    let rows: Vec<_> = shown
        .map(|line| {
            let href = format!("/bureau/{region}/rules/{}", line.no);
            let name = format!("{} v{}", line.title.get(lang), line.version);
            let (days, place) = (days_of(lang, &line), line.region_name.get(lang).to_owned());
            let (status, id) = (line.status, line.id.clone());
            view! {
                <DataRow>
                    <DataCell kind=CellKind::Name><a href=href>{name}</a> <small class="mono hint">" " {id}</small></DataCell>
                    <DataCell>{state(lang, status)}</DataCell>
                    <DataCell kind=CellKind::Mute>{days}</DataCell>
                    <DataCell kind=CellKind::Mute>{place}</DataCell>
                </DataRow>
            }
        })
        .collect();
    let caption = tr!(lang, "规则集版本", "Rulebook versions");
    let list = format!("/bureau/{region}/rules");
    let sought = crate::web::escape(&searched);
    let at = |page| format!("{list}?page={page}&q={sought}");
    let pager = view! { <PagerFoot lang=lang page=page size=PAGE total=total href=at /> };
    let all = list.clone();
    let empty = (total == 0).then(|| {
        view! { <EmptyState title=tr!(lang, "没有找到规则集", "No rulebook found")><a href=all>{tr!(lang, "显示全部", "Show all")}</a></EmptyState> }
    });
    view! {
        <SearchBox lang=lang action=list.clone() label=tr!(lang, "名称或地区", "Title or region") value=query.get("q").to_owned() />
        <section class="card flush">
            <DataTable
                caption=caption
                columns=vec![
                    Column::new(tr!(lang, "规则集", "Rulebook")),
                    Column::new(tr!(lang, "状态", "Status")),
                    Column::new(tr!(lang, "时间", "When")),
                    Column::new(tr!(lang, "地区", "Region")),
                ]
            >
                {rows}
            </DataTable>
            {empty}
            {pager}
        </section>
    }
    .into_any()
}

fn forms(lang: Lang, region: &RegionCode, typed: &Fields, errors: &[FieldError]) -> AnyView {
    let value = |name: &str| typed.get(name).to_owned();
    let list = format!("/bureau/{region}/rules");
    view! {
        <form class="card stack" method="post" action=list.clone()>
            <h2>{tr!(lang, "新建本地区的规则集", "A rulebook of this region")}</h2>
            <p class="hint">{tr!(lang, "可以加规则，也可以把上级的参数从严。已有的规则集请打开后“以此版新建草稿”。", "It may add rules and make parameters from above stricter. To change one that exists, open it and begin a draft from it.")}</p>
            <TextInput name="id" label=tr!(lang, "代号", "Name") hint=tr!(lang, "小写字母、数字和连字符，如 nanxun-local", "small letters, digits and hyphens, for example nanxun-local") value=value("id") maxlength=64u32 required=true error=error_of(errors, "id") />
            <TextInput name="title_zh" label=tr!(lang, "名称（中文）", "Title (Chinese)") value=value("title_zh") maxlength=100u32 required=true error=error_of(errors, "title_zh") />
            <TextInput name="title_en" label=tr!(lang, "名称（英文）", "Title (English)") value=value("title_en") maxlength=100u32 required=true error=error_of(errors, "title_en") />
            <div class="row"><Button kind=ButtonKind::Primary icon=IconName::Plus>{tr!(lang, "新建草稿", "Begin a draft")}</Button></div>
        </form>
        <form class="card stack" method="post" action=format!("{list}/import") enctype="multipart/form-data">
            <h2>{tr!(lang, "导入文件", "Import a file")}</h2>
            <Field id="file" label=tr!(lang, "规则集文件（JSON）", "Rulebook file (JSON)") hint=tr!(lang, "导入后是草稿，不影响任何人", "It becomes a draft and touches nobody") error=error_of(errors, "file")>
                <input type="file" id="file" name="file" accept="application/json,.json" required=true />
            </Field>
            <div class="row"><Button icon=IconName::Export>{tr!(lang, "导入为草稿", "Import as a draft")}</Button></div>
        </form>
    }
    .into_any()
}

/// This installation's public key, and the authorities whose files are known by theirs.
fn signers_card(
    lang: Lang,
    region: &RegionCode,
    own_key: &str,
    signers: &[(String, String)],
    typed: &Fields,
    errors: &[FieldError],
) -> AnyView {
    let rows = signers
        .iter()
        .map(|(key, name)| {
            let (key, name) = (key.clone(), name.clone());
            view! { <li><b>{name}</b> " " <code class="key">{key}</code></li> }
        })
        .collect_view();
    let open = error_of(errors, "key").is_some();
    let action = format!("/bureau/{region}/rules/signers");
    let (key, name) = (typed.get("key").to_owned(), typed.get("signer").to_owned());
    view! {
        <details class="card" open=open>
            <summary>
                <h2>{tr!(lang, "签名和签名者", "Signatures and authorities")}</h2>
                <Icon name=IconName::ChevronDown />
            </summary>
            <div class="stack">
                <p>{tr!(lang, "本系统的公钥，给要导入我们文件的地区：", "The public key of this installation, for regions that import its files:")}</p>
                <code class="key">{own_key.to_owned()}</code>
                <ul class="plain-list">{rows}</ul>
                <form class="stack" method="post" action=action>
                    <TextInput name="key" label=tr!(lang, "对方的公钥（64 个十六进制数字）", "Their public key (64 hexadecimal digits)") value=key maxlength=64u32 required=true error=error_of(errors, "key") />
                    <TextInput name="signer" label=tr!(lang, "是谁的", "Whose it is") value=name maxlength=60u32 required=true />
                    <div class="row"><Button>{tr!(lang, "登记签名者", "Name the authority")}</Button></div>
                </form>
            </div>
        </details>
    }
    .into_any()
}
