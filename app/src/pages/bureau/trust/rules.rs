//! The rules of recognition: edited, tried on a sample and saved on one page, without a script.

use super::super::place::{self, PlaceChoice};
use super::super::shell::Frame;
use super::rules_view::view;
use crate::tr;
use crate::tr::Lang;
use crate::ui::FieldError;
use crate::web::{Answer, Ctx, Failure, Fields, Islands, see_other};
use axum::extract::{Path, RawQuery};
use domain::ids::RegionCode;
use domain::pass::IssuerId;
use domain::recognition::RULES_MAX;
use domain::rulebook::Severity;
use domain::{Code, Text};
use http::StatusCode;
use services::Error;
use services::recognition::{EditedRule, RulesView, SamplePass, SavedRules, Tried};

/// What the page shows beside the stored rules.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    pub done: bool,
    /// The rules in the form.
    pub edited: Vec<EditedRule>,
    /// What was typed for the sample and the first day.
    pub fields: Fields,
    pub place: PlaceChoice,
    /// What the rules say of the sample, and of themselves.
    pub tried: Option<Tried>,
    pub errors: Vec<FieldError>,
    /// The page of the history.
    pub n: usize,
}

/// The page. `?page=…` leafs through the history.
pub async fn show(ctx: Ctx, Path(region): Path<RegionCode>, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let rules = open(&ctx, &region).await?;
    let shown = Shown {
        done: query.has("saved"),
        edited: rules.own.iter().map(EditedRule::from).collect(),
        n: query.page(),
        ..Shown::default()
    };
    page(&ctx, StatusCode::OK, &region, rules, shown).await
}

async fn open(ctx: &Ctx, region: &RegionCode) -> Result<RulesView, Failure> {
    let services = ctx.services();
    Ok(services.recognition_rules(ctx.actor()?, region).await?)
}

/// Saves the rules, tries them, adds one, or takes one away.
pub async fn submit(ctx: Ctx, Path(region): Path<RegionCode>, fields: Fields) -> Answer {
    let rules = open(&ctx, &region).await?;
    let mut shown = Shown {
        edited: edited_of(&fields),
        place: place::read(&ctx, &fields).await?,
        fields: fields.clone(),
        n: 1,
        ..Shown::default()
    };
    match fields.get("do") {
        "save" => return save(ctx, region, rules, shown).await,
        "try" => {
            let sample = sample_of(ctx.lang, &fields, &shown.place);
            let services = ctx.services();
            let (sample, errors) = match sample {
                Ok(sample) => (Some(sample), Vec::new()),
                Err(errors) => (None, errors),
            };
            let tried = services
                .try_recognition_rules(ctx.actor()?, &region, &shown.edited, sample.as_ref())
                .await?;
            shown.errors = errors;
            shown.errors.extend(faults(ctx.lang, &tried.findings));
            shown.tried = Some(tried);
        }
        "add" if shown.edited.len() < RULES_MAX => shown.edited.push(EditedRule {
            condition: r#"{"===": [{"var": "region"}, "000000"]}"#.into(),
            on: true,
            ..EditedRule::default()
        }),
        other => {
            let index = other.strip_prefix("remove-").and_then(|n| n.parse().ok());
            if let Some(index) = index.filter(|index| *index < shown.edited.len()) {
                shown.edited.remove(index);
            }
        }
    }
    let is_bad = !shown.errors.is_empty();
    let status = if is_bad {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    page(&ctx, status, &region, rules, shown).await
}

async fn save(ctx: Ctx, region: RegionCode, rules: RulesView, mut shown: Shown) -> Answer {
    let services = ctx.services();
    let seen = shown.fields.value("version")?;
    let from = shown.fields.day("begin");
    let from = from.unwrap_or_else(|| rules.today.plus(-1));
    let saved = services
        .save_recognition_rules(ctx.actor()?, &region, seen, &shown.edited, from)
        .await;
    match saved {
        Ok(SavedRules::Done) => {
            return Ok(see_other(&format!("/bureau/{region}/recognition?saved=1")));
        }
        Ok(SavedRules::Faulty(findings)) => {
            shown.errors = faults(ctx.lang, &findings);
            shown.tried = Some(Tried {
                rules: Vec::new(),
                findings,
            });
        }
        Err(Error::Refused(refusal)) => {
            let words = match refusal {
                services::Refusal::FieldInvalid => tr!(
                    ctx.lang,
                    "请选今天或以后一年内的日期",
                    "Choose today or a day within a year"
                ),
                other => other.text(ctx.lang).to_owned(),
            };
            shown.errors = vec![FieldError::new("begin", words)];
        }
        Err(error) => return Err(error.into()),
    }
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(&ctx, status, &region, rules, shown).await
}

/// The rules of a form: `id-0`, `zh-0`, `en-0`, `condition-0`, `on-0`, and so on.
fn edited_of(fields: &Fields) -> Vec<EditedRule> {
    let get = |name: &str, n: usize| fields.get(&format!("{name}-{n}")).to_owned();
    (0..=RULES_MAX)
        .take_while(|n| fields.has(&format!("id-{n}")))
        .map(|n| EditedRule {
            id: get("id", n).trim().to_owned(),
            label: Text::new(get("zh", n), get("en", n)),
            condition: get("condition", n),
            on: fields.has(&format!("on-{n}")),
        })
        .collect()
}

fn sample_of(
    lang: Lang,
    fields: &Fields,
    place: &PlaceChoice,
) -> Result<SamplePass, Vec<FieldError>> {
    let mut errors = Vec::new();
    let number: Option<u32> = fields.get("sample_issuer").trim().parse().ok();
    let issuer = number.and_then(|n| IssuerId::try_from(n).ok());
    if issuer.is_none() {
        let words = tr!(lang, "请填写九位编号", "Enter the number of nine digits");
        errors.push(FieldError::new("sample_issuer", words));
    }
    if let Some(words) = place.error(lang) {
        errors.push(FieldError::new("place", words));
    }
    let days_old = fields.get("days_old").trim().parse().ok();
    let days_old = days_old.filter(|days| (-366..=366).contains(days));
    if days_old.is_none() {
        let words = tr!(
            lang,
            "请填写几天前，当天填 0",
            "Enter how many days old; 0 for today"
        );
        errors.push(FieldError::new("days_old", words));
    }
    let colour = fields.get("colour");
    let code = Code::ALL.into_iter().find(|code| code.word() == colour);
    match (issuer, place.chosen.clone(), days_old) {
        (Some(issuer), Some(region), Some(days_old)) => Ok(SamplePass {
            issuer,
            region,
            code: code.unwrap_or(Code::Green),
            days_old,
        }),
        _ => Err(errors),
    }
}

/// Errors as the form shows them: at the field they are about.
fn faults(lang: Lang, findings: &[domain::rulebook::Finding]) -> Vec<FieldError> {
    findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| {
            let parts: Vec<_> = finding.place.split('/').skip(2).collect();
            let id = match parts.as_slice() {
                [n, "id", ..] => format!("id-{n}"),
                [n, "label", half, ..] => format!("{half}-{n}"),
                [n, ..] => format!("condition-{n}"),
                [] => "begin".to_owned(),
            };
            FieldError::new(id, finding.text.get(lang))
        })
        .collect()
}

async fn page(
    ctx: &Ctx,
    status: StatusCode,
    region: &RegionCode,
    rules: RulesView,
    shown: Shown,
) -> Answer {
    let frame = Frame::new(ctx, region).await?;
    let title = tr!(ctx.lang, "互认规则", "Rules of recognition");
    Ok(ctx.html(status, &title, Islands::No, move || {
        view(frame, &rules, &shown)
    }))
}
