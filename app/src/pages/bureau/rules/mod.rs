//! Rulebooks for those who write, approve and activate them.

mod act;
mod cards;
mod flow;
mod form;
mod life;
mod list;
mod replay;
mod rule;
mod sheet;
mod side;
mod symptoms;
mod tree;
mod version;

use super::shell::{RegionShell, Tab};
use crate::tr;
use crate::ui::*;
use crate::web::{Answer, Ctx, Failure, Fields, Islands, Needs, Route, see_other};
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use domain::access::Action;
use domain::ids::{RegionCode, RulebookNo};
use form::RuleForm;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use leptos::prelude::*;
use services::{Error, Refusal};
use sheet::Sheet;

/// The routes of these pages.
pub(super) fn routes() -> Vec<Route> {
    let see = Needs::May(Action::SeeRegion);
    let draft = Needs::May(Action::DraftRules);
    vec![
        Route::new(
            "/bureau/{region}/rules",
            see,
            get(list::show).post(list::begin),
        ),
        Route::new(
            "/bureau/{region}/rules/signers",
            Needs::May(Action::ActivateRules),
            post(list::name_signer),
        ),
        Route::new("/bureau/{region}/rules/import", draft, post(list::import)),
        Route::new("/bureau/{region}/rules/{no}", see, get(show).post(change)),
        Route::new("/bureau/{region}/rules/{no}/file.json", see, get(file)),
        Route::new(
            "/bureau/{region}/rules/{no}/{rule}",
            see,
            get(show_rule).post(change_rule),
        ),
    ]
}

/// A version. `?ask=…` asks a second time before something weighty, `?done=…` says what was done.
async fn show(
    ctx: Ctx,
    Path((region, no)): Path<(RegionCode, RulebookNo)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let mut sheet = Sheet::open(&ctx, &region, no).await?;
    sheet.watches = query.get("done") == "replay" && replay::is_running(&sheet);
    Ok(version_page(
        &ctx,
        StatusCode::OK,
        sheet,
        &query,
        &query,
        Vec::new(),
    ))
}

/// Does what a button of a version's page says.
async fn change(
    ctx: Ctx,
    Path((region, no)): Path<(RegionCode, RulebookNo)>,
    fields: Fields,
) -> Answer {
    match act::act(&ctx, &region, no, &fields).await? {
        act::Acted::Done(path) => Ok(see_other(&path)),
        act::Acted::Refused { draft, errors } => {
            let mut sheet = Sheet::open(&ctx, &region, no).await?;
            if let Some(draft) = draft {
                sheet.typed(*draft);
            }
            let ask = Fields::from_pairs([("ask", fields.get("do").to_owned())]);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(version_page(&ctx, status, sheet, &ask, &fields, errors))
        }
    }
}

/// A rule. `?ask=delete` asks before it is taken away.
async fn show_rule(
    ctx: Ctx,
    Path((region, no, rule)): Path<(RegionCode, RulebookNo, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let sheet = Sheet::open(&ctx, &region, no).await?;
    let index = sheet.document.rules.iter().position(|r| r.id == rule);
    match index.and_then(|index| RuleForm::of(sheet.document.clone(), index)) {
        Some(form) => Ok(rule_page(&ctx, StatusCode::OK, &sheet, &form, &query)),
        None => Ok(see_other(&sheet.path())),
    }
}

/// Saves a rule, tries it, or shows it with one part changed.
async fn change_rule(
    ctx: Ctx,
    Path((region, no, rule)): Path<(RegionCode, RulebookNo, String)>,
    fields: Fields,
) -> Answer {
    let mut sheet = Sheet::open(&ctx, &region, no).await?;
    if !sheet.may_edit() {
        return Err(Failure(act::why_not(&ctx, &sheet)));
    }
    let index = sheet.document.rules.iter().position(|r| r.id == rule);
    let form = index.and_then(|at| RuleForm::read(ctx.lang, sheet.document.clone(), at, &fields));
    let Some(mut form) = form else {
        return Ok(see_other(&sheet.path()));
    };
    if let Some(path) = act::rule(&ctx, &sheet, &mut form, &fields).await? {
        return Ok(see_other(&path));
    }
    let status = if form.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    sheet.typed(form.document.clone());
    Ok(rule_page(&ctx, status, &sheet, &form, &Fields::default()))
}

/// The version as one JSON file.
async fn file(ctx: Ctx, Path((region, no)): Path<(RegionCode, RulebookNo)>) -> Answer {
    let file = ctx
        .services()
        .export_rulebook(ctx.actor()?, &region, no)
        .await?;
    Ok(download(&file.name, file.body))
}

/// A JSON file to be saved.
pub(in crate::pages) fn download(name: &str, body: Vec<u8>) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    response
}

/// What was just done.
fn said(ctx: &Ctx, done: &str) -> Option<AnyView> {
    let lang = ctx.lang;
    let words = match done {
        "save" => tr!(lang, "草稿已保存。", "The draft is saved."),
        "begin" => tr!(
            lang,
            "草稿已建好。改好后试算，再提交批准。",
            "The draft is there. Change it, replay it, then hand it in."
        ),
        "import" => tr!(lang, "文件已导入为草稿。", "The file became a draft."),
        "add-rule" => tr!(
            lang,
            "规则已添加。写好条件和说明之前，它不会触发。",
            "The rule is there. It matches nobody until its condition is written."
        ),
        "delete-rule" => tr!(
            lang,
            "规则已从草稿中去掉。",
            "The rule was taken out of the draft."
        ),
        "restore" => tr!(lang, "规则已恢复。", "The rule is back."),
        "add-parameter" => tr!(lang, "参数已添加。", "The parameter is there."),
        "save-symptoms" => tr!(lang, "症状已保存。", "The symptoms are saved."),
        "add-symptom" => tr!(lang, "症状已添加。", "The symptom is there."),
        "drop-symptom" => tr!(lang, "症状已去掉。", "The symptom was taken away."),
        "drop-parameter" => tr!(lang, "参数已去掉。", "The parameter was taken away."),
        "submit" => tr!(
            lang,
            "已提交，等另一个人批准。",
            "Handed in; another person has to approve it."
        ),
        "return" => tr!(lang, "已退回修改。", "Sent back to be worked on."),
        "approve" => tr!(
            lang,
            "已批准并签名。请安排生效的日子。",
            "Approved and signed. Choose its first day next."
        ),
        "schedule" => tr!(lang, "已安排生效。", "Its first day is set."),
        "cancel" => tr!(lang, "已取消安排。", "The day was taken back."),
        "urgent" => tr!(
            lang,
            "已紧急生效，等第三个人追认。",
            "In force at once; a third person has to ratify it."
        ),
        "ratify" => tr!(lang, "已追认。", "Ratified."),
        "signer" => tr!(
            lang,
            "签名者已登记，以后导入它的文件会写明。",
            "The authority is known from now on; its files say so when imported."
        ),
        "propose" => tr!(
            lang,
            "已提议停用，7 天内等另一个人同意。",
            "Proposed; another person has to agree within 7 days."
        ),
        "retire" => tr!(lang, "已停用。", "Taken out of force."),
        _ => return None,
    };
    Some(view! { <Notice icon=IconName::Check live=true>{words}</Notice> }.into_any())
}

fn version_page(
    ctx: &Ctx,
    status: StatusCode,
    sheet: Sheet,
    query: &Fields,
    typed: &Fields,
    errors: Vec<FieldError>,
) -> Response {
    let title = format!(
        "{} v{}",
        sheet.document.title.get(ctx.lang),
        sheet.view.line.version
    );
    let middle = version::view(&sheet, typed, &errors);
    let right = right(&sheet, query.get("ask"), typed, &errors);
    let notice = said(ctx, query.get("done"));
    frame(
        ctx,
        status,
        Islands::No,
        &title,
        &sheet,
        None,
        (notice, middle, right),
        errors,
    )
}

fn rule_page(
    ctx: &Ctx,
    status: StatusCode,
    sheet: &Sheet,
    form: &RuleForm,
    query: &Fields,
) -> Response {
    let rule = form.rule_now();
    let id = rule.map_or("", |rule| rule.id.as_str());
    let title = rule.map_or_else(String::new, |rule| {
        format!("{id} {}", rule.label.get(ctx.lang))
    });
    let islands = if sheet.may_edit() {
        Islands::Yes
    } else {
        Islands::No
    };
    let notice = said(ctx, query.get("done"));
    let ask =
        (query.get("ask") == "delete" && sheet.may_edit()).then(|| act::delete_question(sheet, id));
    let middle = view! { {ask} {rule::view(sheet, form)} }.into_any();
    let right = right(sheet, "", &Fields::default(), &[]);
    frame(
        ctx,
        status,
        islands,
        &title,
        sheet,
        Some(id),
        (notice, middle, right),
        form.errors.clone(),
    )
}

/// What is on the page and nowhere else yet; beside what somebody else may have saved meanwhile.
fn unsaved(sheet: &Sheet) -> Option<AnyView> {
    let lang = sheet.frame.lang;
    let list = crate::pages::rules::changes_list(lang, &sheet.unsaved);
    (!sheet.unsaved.is_empty()).then(|| {
        view! {
            <Notice sand=true icon=IconName::Pencil>
                <div class="stack">
                    <b>{tr!(lang, "还没有保存的改动（和现在保存着的草稿比）", "Not saved yet (beside the draft as it is kept now)")}</b>
                    {list}
                </div>
            </Notice>
        }
        .into_any()
    })
}

/// What it would change, and its life.
fn right(sheet: &Sheet, ask: &str, typed: &Fields, errors: &[FieldError]) -> AnyView {
    view! {
        {replay::panel(sheet)}
        {life::panel(sheet, ask, typed, errors)}
    }
    .into_any()
}

#[expect(clippy::too_many_arguments, reason = "the parts of one page")]
fn frame(
    ctx: &Ctx,
    status: StatusCode,
    islands: Islands,
    title: &str,
    sheet: &Sheet,
    open: Option<&str>,
    (notice, middle, right): (Option<AnyView>, AnyView, AnyView),
    errors: Vec<FieldError>,
) -> Response {
    let (lang, shell) = (ctx.lang, sheet.frame.clone());
    let side = side::column(sheet, open);
    let unsaved = unsaved(sheet);
    let mut response = ctx.html(status, title, islands, move || {
        view! {
            <RegionShell frame=shell tab=Tab::Rules>
                <ErrorSummary lang=lang errors=errors />
                {notice}
                <div class="editor">
                    {side}
                    <div class="middle">{unsaved} {middle}</div>
                    <div class="right">{right}</div>
                </div>
            </RegionShell>
        }
    });
    if sheet.watches {
        // The browser asks again by itself, with script or without.
        response
            .headers_mut()
            .insert("refresh", HeaderValue::from_static("2"));
    }
    response
}

/// The error beside a field that a refusal is about, where it is about one.
fn field_of(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NoteNeeded => "note",
        Refusal::NoticeTooShort | Refusal::FieldInvalid => "day",
        Refusal::RulebookNameTaken => "id",
        _ => "life",
    }
}

/// A refusal as something to put right; anything else goes on.
fn refused(ctx: &Ctx, error: Error) -> Result<FieldError, Failure> {
    match error {
        Error::Refused(refusal) => Ok(FieldError::new(field_of(refusal), refusal.text(ctx.lang))),
        other => Err(other.into()),
    }
}
