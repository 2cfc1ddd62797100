//! What an uploaded roster would change, and the button that changes it.

use super::super::desk::{Desk, PAGE, Tab};
use super::changes::{Part, body};
use super::{failed, mapping};
use crate::tr;
use crate::tr::Lang;
use crate::ui::*;
use crate::web::{Answer, Ctx, Fields, see_other};
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Response};
use domain::access::Action;
use domain::ids::PersonId;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use leptos::prelude::*;
use services::roster::{Applied, ImportError, Preview};
use services::{Error, Refusal};
use std::fmt::Write as _;

async fn open(ctx: &Ctx, desk: &Desk, staged: &str) -> Result<Preview, ImportError> {
    let staged = staged
        .parse()
        .map_err(|_| ImportError::Other(Error::Refused(Refusal::UploadGone)))?;
    ctx.services()
        .staged_roster(&desk.actor, desk.id(), staged)
        .await
}

/// The preview, or the columns where they have to be named first.
pub async fn show(
    ctx: Ctx,
    Path((school, staged)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::ChangeRoster).await?;
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    match open(&ctx, &desk, &staged).await {
        Ok(preview) if !preview.parsed.problems.is_empty() || query.get("map") == "1" => {
            Ok(mapping::page(&ctx, &desk, StatusCode::OK, &preview))
        }
        Ok(preview) => Ok(page(&ctx, &desk, StatusCode::OK, &preview, &query, false)),
        Err(error) => failed(&ctx, &desk, error),
    }
}

/// Names the columns, applies the upload, or discards it.
pub async fn submit(
    ctx: Ctx,
    Path((school, staged)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::ChangeRoster).await?;
    let done = match fields.get("action") {
        "cancel" => discard(&ctx, &desk, &staged).await,
        "map" => name_columns(&ctx, &desk, &staged, &fields).await,
        _ => apply(&ctx, &desk, &staged, &fields).await,
    };
    done.or_else(|error| failed(&ctx, &desk, error))
}

async fn discard(ctx: &Ctx, desk: &Desk, staged: &str) -> Result<Response, ImportError> {
    let preview = open(ctx, desk, staged).await?;
    ctx.services()
        .discard_roster(&desk.actor, desk.id(), preview.staged)
        .await?;
    Ok(see_other(&desk.path("/roster")))
}

async fn name_columns(
    ctx: &Ctx,
    desk: &Desk,
    staged: &str,
    fields: &Fields,
) -> Result<Response, ImportError> {
    let preview = open(ctx, desk, staged).await?;
    let wanted = mapping::read(fields, preview.parsed.headers.len());
    let preview = ctx
        .services()
        .map_roster(&desk.actor, desk.id(), preview.staged, wanted)
        .await?;
    if preview.parsed.problems.is_empty() {
        return Ok(see_other(&address(desk, &preview, "")));
    }
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(mapping::page(ctx, desk, status, &preview))
}

async fn apply(
    ctx: &Ctx,
    desk: &Desk,
    staged: &str,
    fields: &Fields,
) -> Result<Response, ImportError> {
    let preview = open(ctx, desk, staged).await?;
    let remove: Vec<PersonId> = fields
        .all("remove")
        .filter_map(|id| id.parse().ok())
        .collect();
    let applied = ctx
        .services()
        .apply_roster(
            &desk.actor,
            desk.id(),
            preview.staged,
            fields.get("mark"),
            &remove,
        )
        .await?;
    Ok(match applied {
        Applied::Done(n) => see_other(&desk.path(&format!(
            "/roster/import/done?n={}.{}.{}.{}.{}",
            n.new, n.changed, n.returned, n.removed, n.faults
        ))),
        Applied::Outdated(preview) => page(ctx, desk, StatusCode::CONFLICT, &preview, fields, true),
    })
}

/// The faults as a table for a spreadsheet program.
pub async fn faults(ctx: Ctx, Path((school, staged)): Path<(String, String)>) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::ChangeRoster).await?;
    let preview = match open(&ctx, &desk, &staged).await {
        Ok(preview) => preview,
        Err(error) => return failed(&ctx, &desk, error),
    };
    let lang = ctx.lang;
    // The mark at the front tells spreadsheet programs that this is UTF-8.
    let mut text = String::from('\u{feff}');
    text.push_str(&tr!(lang, "行,列,原因\r\n", "Row,Column,Reason\r\n"));
    for fault in &preview.plan.faults {
        let (column, reason) = (csv_cell(&fault.column), csv_cell(&fault.message(lang)));
        // Writing to a String cannot fail.
        let _ = write!(text, "{},{column},{reason}\r\n", fault.row);
    }
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"faults.csv\""),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}

/// A quoted cell; what a spreadsheet program would take for a formula is marked as text.
fn csv_cell(text: &str) -> String {
    let mark = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        "'"
    } else {
        ""
    };
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
}

/// The preview's own address with a query.
fn address(desk: &Desk, preview: &Preview, query: &str) -> String {
    desk.path(&format!("/roster/import/{}{query}", preview.staged))
}

fn page(
    ctx: &Ctx,
    desk: &Desk,
    status: StatusCode,
    preview: &Preview,
    query: &Fields,
    outdated: bool,
) -> Response {
    let lang = ctx.lang;
    let title = tr!(lang, "名册预览", "Roster preview");
    let part = Part::parse(query.get("part")).unwrap_or_else(|| Part::first(&preview.plan));
    let number = query.page();
    desk.page(ctx, status, Tab::Roster, &title, || {
        view(lang, desk, preview, part, number, outdated)
    })
}

fn view(
    lang: Lang,
    desk: &Desk,
    preview: &Preview,
    part: Part,
    number: usize,
    outdated: bool,
) -> AnyView {
    let parsed = &preview.parsed;
    let sub = tr!(
        lang,
        "{file}，工作表“{sheet}”，表头在第 {row} 行",
        "{file}, sheet “{sheet}”, headers in row {row}",
        file = preview.file_name,
        sheet = parsed.sheet,
        row = parsed.header_row
    );
    let outdated = outdated.then(|| {
        view! {
            <Notice sand=true icon=IconName::Clock live=true>
                {tr!(lang, "预览之后名册有了变化，还没有导入。请看过新的预览再确认。", "The roster has changed since the preview, so nothing was imported. Look at this new preview and confirm again.")}
            </Notice>
        }
    });
    let others = (!parsed.other_sheets.is_empty()).then(|| {
        let names = parsed.other_sheets.join("、");
        view! {
            <Notice sand=true>{tr!(lang, "还有工作表没有读：{names}。请把它们另存成文件分别上传。", "These sheets were not read: {names}. Save each as a file of its own and upload it.")}</Notice>
        }
    });
    let pills = Part::ALL
        .into_iter()
        .filter(|p| p.size(&preview.plan) > 0 || *p == part)
        .map(|p| Pill {
            href: address(desk, preview, &format!("?part={}", p.word())),
            label: p.label(lang),
            count: Some(count(p.size(&preview.plan))),
            code: None,
            current: p == part,
        })
        .collect();
    let total = part.size(&preview.plan);
    // Ticks would be lost from one page to the next, so that the absent ones are all on one.
    let size = if part == Part::Absent { total } else { PAGE };
    let number = page_of(number, size, total);
    let from = (number - 1) * size;
    let link = |n| address(desk, preview, &format!("?part={}&page={n}", part.word()));
    let pager = (total > size).then(|| {
        view! {
            <div class="card-foot row between">
                <Pager lang=lang page=number size=size total=total href=link />
            </div>
        }
    });
    let columns = address(desk, preview, "?map=1");
    view! {
        <Crumbs lang=lang trail=vec![Crumb::link(tr!(lang, "名册", "Roster"), desk.path("/roster")), Crumb::link(tr!(lang, "上传", "Upload"), desk.path("/roster/import")), Crumb::here(tr!(lang, "预览", "Preview"))] />
        <PageHead title=tr!(lang, "名册预览", "Roster preview") sub=sub>
            <Button icon=IconName::Pencil href=columns>{tr!(lang, "调整列", "Change the columns")}</Button>
        </PageHead>
        {outdated}
        {others}
        <form class="stack" method="post" action=address(desk, preview, "")>
            <input type="hidden" name="mark" value=preview.mark.clone() />
            <input type="hidden" name="part" value=part.word() />
            {confirm(lang, preview, part)}
            <section class="card flush">
                <div class="card-head row between">
                    <Pills label=tr!(lang, "分类", "Parts") pills=pills />
                    {(part == Part::Faulty && total > 0).then(|| view! {
                        <Button small=true icon=IconName::Download href=address(desk, preview, "/faults.csv")>{tr!(lang, "下载错误清单", "Download the faults")}</Button>
                    })}
                </div>
                {body(lang, preview, part, from, size)}
                {pager}
            </section>
        </form>
    }
    .into_any()
}

/// What confirming does, in words, and its buttons.
fn confirm(lang: Lang, preview: &Preview, part: Part) -> AnyView {
    let plan = &preview.plan;
    let (new, changed) = (plan.new.len(), plan.changed.len());
    let (back, faults, absent) = (plan.returned.len(), plan.faults.len(), plan.absent.len());
    let words = if new + changed + back == 0 {
        tr!(
            lang,
            "文件和系统一致，没有要新增或更新的人。",
            "The file agrees with the system: nobody is new or changed."
        )
    } else {
        tr!(
            lang,
            "将新增 {new} 人，更新 {changed} 人，{back} 人回到名册。",
            "{new} will be new, {changed} changed, {back} back on the roster."
        )
    };
    let left_out = (faults > 0).then(|| {
        view! { <p>{tr!(lang, "有 {faults} 处错误，这些行不会导入，其他行不受影响。", "{faults} faults: their rows are left out, and do not stop the others.")}</p> }
    });
    let missing = (absent > 0).then(|| {
        let words = if part == Part::Absent {
            tr!(lang, "勾选的人会移出名册；没有勾选的人保留。", "Those you tick are taken off the roster; the others stay.")
        } else {
            tr!(lang, "系统中有 {absent} 人不在文件里，会保留。要移出名册，请到“文件中没有”里勾选。", "{absent} people in the system are not in the file. They stay, unless you tick them under “Not in the file”.")
        };
        view! { <p>{words}</p> }
    });
    let idle = new + changed + back == 0 && part != Part::Absent;
    let button = (!idle).then(|| {
        let verb = if part == Part::Absent {
            tr!(
                lang,
                "确认导入，并移出勾选的人",
                "Import, and take off those ticked"
            )
        } else {
            tr!(lang, "确认导入", "Import")
        };
        view! { <Button kind=ButtonKind::Primary name="action" value="apply">{verb}</Button> }
    });
    view! {
        <section class="card stack">
            <p><b>{words}</b></p>
            {left_out}
            {missing}
            <div class="row">
                {button}
                <Button name="action" value="cancel">{tr!(lang, "放弃这次上传", "Discard this upload")}</Button>
            </div>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_never_becomes_a_formula() {
        assert_eq!(csv_cell("学号"), "\"学号\"");
        assert_eq!(csv_cell("=1+1"), "\"'=1+1\"");
        assert_eq!(csv_cell("a\"b"), "\"a\"\"b\"");
    }
}
