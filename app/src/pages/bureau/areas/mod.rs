//! Risk areas of a bureau: the list, declaring, changing, lifting, withdrawing, and importing a list.

mod import;
mod view;

use super::place::{self, PlaceChoice};
use super::shell::Frame;
use crate::pages::upload::UPLOAD_BYTES;
use crate::tr;
use crate::tr::Lang;
use crate::ui::FieldError;
use crate::web::{Answer, Ctx, Failure, Fields, Islands, Needs, Route, see_other};
use axum::extract::{DefaultBodyLimit, Path, RawQuery};
use axum::routing::get;
use domain::Day;
use domain::access::Action;
use domain::facts::RiskLevel;
use domain::ids::RegionCode;
use http::StatusCode;
use services::areas::{AREAS_PAGE, AreaFault, AreaView, LOOK_BACK_MAX, NewArea};
use services::{Error, Refusal};

/// The routes of these pages.
pub(super) fn routes() -> Vec<Route> {
    let needs = Needs::May(Action::DeclareRiskAreas);
    let upload = get(import::show)
        .post(import::upload)
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES));
    vec![
        Route::new("/bureau/{region}/areas", needs, get(show).post(submit)),
        Route::new("/bureau/{region}/areas/import", needs, upload),
        Route::new(
            "/bureau/{region}/areas/import/{staged}",
            needs,
            get(import::preview).post(import::submit),
        ),
    ]
}

/// What the page shows beside the list.
#[derive(Debug, Clone, Default)]
struct Shown {
    done: String,
    /// The area that is changed, instead of a new one.
    changing: Option<AreaView>,
    /// The area that is about to be withdrawn.
    withdraw: Option<AreaView>,
    fields: Fields,
    place: PlaceChoice,
    errors: Vec<FieldError>,
}

/// The list and the form. `?change=…` opens one area, `?withdraw=…` asks about one, `?q=…&page=…` look for others.
pub async fn show(ctx: Ctx, Path(region): Path<RegionCode>, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let changing = one(&ctx, query.get("change")).await?;
    let shown = Shown {
        done: query.get("done").to_owned(),
        fields: changing.as_ref().map(typed).unwrap_or_default(),
        withdraw: one(&ctx, query.get("withdraw")).await?,
        changing,
        ..Shown::default()
    };
    page(&ctx, StatusCode::OK, region, &query, shown).await
}

/// The area that a query names, where there is one that the reader may change.
async fn one(ctx: &Ctx, id: &str) -> Result<Option<AreaView>, Failure> {
    let Ok(id) = id.parse() else {
        return Ok(None);
    };
    match ctx.services().area(ctx.actor()?, id).await {
        Ok(view) => Ok(Some(view)),
        Err(Error::Forbidden) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// An area as fields of the form.
fn typed(area: &AreaView) -> Fields {
    let level = match area.level {
        RiskLevel::High => "high",
        RiskLevel::Medium => "medium",
    };
    Fields::from_pairs([
        ("level", level.to_owned()),
        ("from", area.from.to_string()),
        ("to", area.to.map(|d| d.to_string()).unwrap_or_default()),
        ("look_back", area.look_back.to_string()),
        ("authority", area.authority.clone()),
    ])
}

/// Declares, changes, lifts or withdraws an area.
pub async fn submit(ctx: Ctx, Path(region): Path<RegionCode>, fields: Fields) -> Answer {
    // Whoever may not see the list may change nothing either, whatever the form says.
    let today = ctx
        .services()
        .areas(ctx.actor()?, &region, "", 0)
        .await?
        .today;
    match fields.get("do") {
        "withdraw" => withdraw(ctx, region, fields).await,
        _ => put(ctx, region, fields, today).await,
    }
}

async fn put(ctx: Ctx, region: RegionCode, fields: Fields, today: Day) -> Answer {
    let changing = one(&ctx, fields.get("area")).await?;
    let place = place::read(&ctx, &fields).await?;
    let errors = match read(ctx.lang, &fields, &place, changing.as_ref(), today) {
        Ok(new) => {
            let actor = ctx.actor()?;
            match &changing {
                Some(area) => ctx.services().change_area(actor, area.id, &new).await?,
                None => {
                    ctx.services().declare_area(actor, &region, &new).await?;
                }
            }
            let done = if changing.is_some() {
                "changed"
            } else {
                "declared"
            };
            return Ok(see_other(&format!("/bureau/{region}/areas?done={done}")));
        }
        Err(errors) => errors,
    };
    let shown = Shown {
        changing,
        fields,
        place,
        errors,
        ..Shown::default()
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(&ctx, status, region, &Fields::default(), shown).await
}

async fn withdraw(ctx: Ctx, region: RegionCode, fields: Fields) -> Answer {
    let area: i64 = fields.value("area")?;
    let why = fields.get("reason");
    let done = ctx.services().withdraw_area(ctx.actor()?, area, why).await;
    match done {
        Ok(()) => Ok(see_other(&format!("/bureau/{region}/areas?done=withdrawn"))),
        Err(Error::Refused(refusal @ Refusal::NoteNeeded)) => {
            let shown = Shown {
                withdraw: one(&ctx, fields.get("area")).await?,
                fields: fields.clone(),
                errors: vec![FieldError::new("reason", refusal.text(ctx.lang))],
                ..Shown::default()
            };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(&ctx, status, region, &Fields::default(), shown).await
        }
        Err(error) => Err(error.into()),
    }
}

fn read(
    lang: Lang,
    fields: &Fields,
    place: &PlaceChoice,
    changing: Option<&AreaView>,
    today: Day,
) -> Result<NewArea, Vec<FieldError>> {
    let mut errors = Vec::new();
    let region = match changing {
        Some(area) => Some(area.region.clone()),
        None => place.chosen.clone(),
    };
    if let (None, Some(words)) = (&region, place.error(lang)) {
        errors.push(FieldError::new("place", words));
    }
    let day = |id: &str| fields.get(id).trim().parse::<Day>();
    let from = day("from");
    let to = fields.get("to").trim();
    let to = (!to.is_empty()).then(|| day("to"));
    if from.is_err() {
        errors.push(fault(lang, AreaFault::From));
    }
    if matches!(to, Some(Err(_))) {
        errors.push(fault(lang, AreaFault::To));
    }
    let look_back = fields.get("look_back").trim().parse().unwrap_or(u16::MAX);
    let (Some(region), Ok(from)) = (region, from) else {
        return Err(errors);
    };
    let new = NewArea {
        region,
        level: if fields.get("level") == "medium" {
            RiskLevel::Medium
        } else {
            RiskLevel::High
        },
        from,
        to: to.and_then(Result::ok),
        look_back,
        authority: fields.get("authority").to_owned(),
    };
    errors.extend(new.faults(today).into_iter().map(|f| fault(lang, f)));
    if errors.is_empty() {
        Ok(new)
    } else {
        Err(errors)
    }
}

fn fault(lang: Lang, fault: AreaFault) -> FieldError {
    let max = LOOK_BACK_MAX;
    match fault {
        AreaFault::From => FieldError::new(
            "from",
            tr!(
                lang,
                "起始日期要在最近 90 天内，不晚于今天",
                "The first day lies within the last 90 days and not after today"
            ),
        ),
        AreaFault::To => FieldError::new(
            "to",
            tr!(
                lang,
                "解除日期不能早于起始日期",
                "The last day is not before the first"
            ),
        ),
        AreaFault::LookBack => FieldError::new(
            "look_back",
            tr!(lang, "请填写 0 到 {max} 天", "Enter 0 to {max} days"),
        ),
        AreaFault::Authority => FieldError::new(
            "authority",
            tr!(
                lang,
                "请填写发布单位，2 到 40 个字",
                "Enter the authority, 2 to 40 characters"
            ),
        ),
    }
}

async fn page(
    ctx: &Ctx,
    status: StatusCode,
    region: RegionCode,
    query: &Fields,
    shown: Shown,
) -> Answer {
    let n = query.page();
    let q = query.get("q").trim().to_owned();
    let actor = ctx.actor()?;
    let areas = ctx
        .services()
        .areas(actor, &region, &q, (n - 1) * AREAS_PAGE)
        .await?;
    let jobs = ctx.services().redecisions(actor, &region).await?;
    let frame = Frame::new(ctx, &region).await?;
    let title = tr!(ctx.lang, "风险地区", "Risk areas");
    Ok(ctx.html(status, &title, Islands::No, move || {
        view::page(frame, areas, jobs, shown, q, n)
    }))
}
