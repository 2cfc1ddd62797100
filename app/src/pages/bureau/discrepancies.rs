//! Records that a report denies, for the health officer to settle.

use super::shell::{Frame, RegionShell, Tab};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::day_short;
use crate::ui::*;
use crate::web::{Answer, Ctx, Fields, Islands, see_other};
use axum::extract::{Path, RawQuery};
use domain::ids::RegionCode;
use domain::state::Finding;
use http::StatusCode;
use leptos::prelude::*;
use services::discrepancies::{
    DISCREPANCIES_PAGE, DiscrepanciesPage, DiscrepancyView, finding_word,
};
use services::{Error, Refusal};

const FINDINGS: [Finding; 3] = [
    Finding::RecordRight,
    Finding::ReportRight,
    Finding::BothRight,
];

/// What the page shows beside the list.
#[derive(Debug, Clone, Default)]
struct Shown {
    done: bool,
    typed: Fields,
    errors: Vec<FieldError>,
}

/// The open ones, those due soonest first.
pub async fn show(ctx: Ctx, Path(region): Path<RegionCode>, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let shown = Shown {
        done: query.get("done") == "settled",
        ..Shown::default()
    };
    page(&ctx, StatusCode::OK, region, &query, shown).await
}

/// Settles one.
pub async fn submit(ctx: Ctx, Path(region): Path<RegionCode>, fields: Fields) -> Answer {
    // Whoever may not see the list may settle nothing either, whatever the form says.
    ctx.services()
        .region_discrepancies(ctx.actor()?, &region, 0)
        .await?;
    let record: i64 = fields.value("record")?;
    let found = FINDINGS
        .into_iter()
        .find(|f| finding_word(*f) == fields.get("finding"));
    let lang = ctx.lang;
    let error = match found {
        None => FieldError::new(
            format!("finding-{record}"),
            tr!(lang, "请选择核对的结果", "Choose what was found"),
        ),
        Some(finding) => {
            let done = ctx
                .services()
                .settle_discrepancy(ctx.actor()?, record, finding, fields.get("note"))
                .await;
            match done {
                Ok(()) | Err(Error::Refused(Refusal::AlreadySettled)) => {
                    return Ok(see_other(&format!(
                        "/bureau/{region}/discrepancies?done=settled"
                    )));
                }
                Err(Error::Refused(refusal)) => {
                    FieldError::new(format!("note-{record}"), refusal.text(lang))
                }
                Err(error) => return Err(error.into()),
            }
        }
    };
    let shown = Shown {
        typed: fields,
        errors: vec![error],
        ..Shown::default()
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(&ctx, status, region, &Fields::default(), shown).await
}

async fn page(
    ctx: &Ctx,
    status: StatusCode,
    region: RegionCode,
    query: &Fields,
    shown: Shown,
) -> Answer {
    let n = query.page();
    let found = ctx
        .services()
        .region_discrepancies(ctx.actor()?, &region, (n - 1) * DISCREPANCIES_PAGE)
        .await?;
    let frame = Frame::new(ctx, &region).await?;
    let title = tr!(ctx.lang, "记录与报告不一致", "Discrepancies");
    Ok(ctx.html(status, &title, Islands::No, move || {
        view(frame, found, shown, n)
    }))
}

fn view(frame: Frame, page: DiscrepanciesPage, shown: Shown, n: usize) -> impl IntoView {
    let (lang, region) = (frame.lang, frame.region.clone());
    let own = format!("/bureau/{region}/discrepancies");
    let total = page.total;
    let pager = (total > DISCREPANCIES_PAGE).then(|| {
        let link = |n| format!("{own}?page={n}");
        view! { <Pager lang=lang page=n size=DISCREPANCIES_PAGE total=total href=link /> }
    });
    let done = shown.done.then(|| {
        view! { <Notice icon=IconName::Check live=true>{tr!(lang, "已处理，并重新判定。", "Settled, and decided anew.")}</Notice> }
    });
    let items = if total == 0 {
        view! {
            <EmptyState icon=IconName::Check title=tr!(lang, "没有不一致", "No discrepancies")>
                <p>{tr!(lang, "官方记录和家长的报告对不上时，会列在这里，到期自动结束。", "Where a record and a family's report do not agree, it is listed here; each has a due day.")}</p>
            </EmptyState>
        }
        .into_any()
    } else {
        page.open
            .iter()
            .map(|open| entry(lang, &own, open, &shown))
            .collect_view()
            .into_any()
    };
    view! {
        <RegionShell frame=frame tab=Tab::Discrepancies>
            <PageHead
                title=tr!(lang, "记录与报告不一致", "Discrepancies")
                sub=tr!(lang, "这些天里，家长的报告与官方记录对不上。请向学校或发布单位核对。", "For these days a family's report denies an official record. Ask the school or the authority.")
            />
            {done}
            <ErrorSummary lang=lang errors=shown.errors.clone() />
            <div class="stack">{items}</div>
            {pager}
        </RegionShell>
    }
}

fn entry(lang: Lang, own: &str, open: &DiscrepancyView, shown: &Shown) -> AnyView {
    let id = open.record.to_string();
    let is_typed = shown.typed.get("record") == id;
    let typed = |name: &str| {
        if is_typed {
            shown.typed.get(name).to_owned()
        } else {
            String::new()
        }
    };
    let (note, finding) = (format!("note-{id}"), format!("finding-{id}"));
    let options = FINDINGS
        .into_iter()
        .map(|of| Choice::new(finding_word(of), found_words(lang, of)))
        .collect();
    let due = day_short(lang, open.due);
    let (since, text) = (day_short(lang, open.opened), open.text.get(lang).to_owned());
    let place = format!("{} {}", open.school.1.get(lang), open.class.1.label(lang));
    let name = open.name.clone();
    let label = tr!(lang, "处理{name}的这一条", "Settle this one of {name}");
    // What the gate measured has no authority behind it.
    let authority = if open.authority.is_empty() {
        tr!(lang, "校门测温", "the school gate")
    } else {
        open.authority.clone()
    };
    view! {
        <section class="card pad stack">
            <div class="row between">
                <h2><a href=format!("/bureau/person/{}", open.person)>{name}</a></h2>
                <span class="sub">{place}</span>
            </div>
            <p>{text}</p>
            <p class="sub">{authority} <Dot /> {tr!(lang, "{since} 起，最晚到 {due}", "open since {since}, until {due} at the latest")}</p>
            <form class="stack" method="post" action=own.to_owned()>
                <input type="hidden" name="record" value=id />
                <Select name="finding" id=finding.clone() label=tr!(lang, "核对的结果", "What was found") options=options value=typed("finding") empty=tr!(lang, "请选择", "Choose") required=true error=error_of(&shown.errors, &finding) />
                <TextInput name="note" id=note.clone() label=tr!(lang, "怎么核对的", "How it was found") value=typed("note") maxlength=200u32 required=true error=error_of(&shown.errors, &note) />
                <div class="row"><Button kind=ButtonKind::Primary label=label>{tr!(lang, "处理并重新判定", "Settle and decide anew")}</Button></div>
            </form>
        </section>
    }
    .into_any()
}

fn found_words(lang: Lang, finding: Finding) -> String {
    match finding {
        Finding::RecordRight => tr!(
            lang,
            "记录对，报告填错了",
            "The record is right, the report was mistaken"
        ),
        Finding::ReportRight => tr!(
            lang,
            "报告对，记录错了（撤回这条记录）",
            "The report is right: withdraw the record"
        ),
        Finding::BothRight => tr!(
            lang,
            "都对，已说明清楚",
            "Both are true, and it has been explained"
        ),
    }
}
