//! The fields that say how far an issuer is trusted.

use super::super::place::{self, PlaceChoice, PlaceField};
use crate::tr;
use crate::tr::Lang;
use crate::ui::*;
use crate::web::{Ctx, Failure, Fields};
use domain::Day;
use domain::pass::Kind;
use leptos::prelude::*;
use services::recognition::{IssuerView, NewTrust, TRUST_DAYS_MAX, TrustFault};
use std::collections::BTreeSet;

/// The fields with what was typed.
#[derive(Debug, Clone, Default)]
pub(super) struct Terms {
    pub fields: Fields,
    pub place: PlaceChoice,
}

impl Terms {
    /// As a form has them.
    pub async fn typed(ctx: &Ctx, fields: &Fields) -> Result<Self, Failure> {
        Ok(Self {
            place: place::read(ctx, fields).await?,
            fields: fields.clone(),
        })
    }

    /// For an issuer that is new.
    pub async fn fresh(ctx: &Ctx, name: &str, today: Day) -> Result<Self, Failure> {
        let fields = Fields::from_pairs([
            ("name", name.to_owned()),
            ("place", name.to_owned()),
            ("from", today.to_string()),
            ("until", today.plus(365).to_string()),
            ("kinds", "live".to_owned()),
            ("kinds", "day_letter".to_owned()),
        ]);
        Self::typed(ctx, &fields).await
    }

    /// As they hold.
    pub async fn of(ctx: &Ctx, issuer: &IssuerView) -> Result<Self, Failure> {
        let line = &issuer.line;
        let numbers = line.scope.schools.iter().flatten().map(u32::to_string);
        let mut pairs = vec![
            ("name", line.name.clone()),
            ("place", line.region.0.to_string()),
            ("from", line.days.0.to_string()),
            ("until", line.days.1.to_string()),
            ("schools", numbers.collect::<Vec<_>>().join(" ")),
        ];
        pairs.extend((line.scope.kinds.iter()).map(|kind| ("kinds", word(*kind).to_owned())));
        Self::typed(ctx, &Fields::from_pairs(pairs)).await
    }

    /// What they come to.
    pub fn read(&self, lang: Lang, today: Day) -> Result<NewTrust, Vec<FieldError>> {
        let fields = &self.fields;
        let mut errors = Vec::new();
        if let Some(words) = self.place.error(lang) {
            errors.push(FieldError::new("place", words));
        }
        let schools = schools_of(fields.get("schools"));
        if schools.is_none() {
            errors.push(fault(lang, TrustFault::Schools));
        }
        let days =
            [("from", TrustFault::From), ("until", TrustFault::Until)].map(|(name, wrong)| {
                let day = fields.day(name);
                if day.is_none() {
                    errors.push(fault(lang, wrong));
                }
                day
            });
        let (Some(region), Some(schools), [Some(from), Some(until)]) =
            (self.place.chosen.clone(), schools, days)
        else {
            return Err(errors);
        };
        let kinds = [Kind::Live, Kind::DayLetter];
        let ticked = |kind: &Kind| fields.all("kinds").any(|on| on == word(*kind));
        let new = NewTrust {
            name: fields.get("name").to_owned(),
            region,
            from,
            until,
            kinds: kinds.into_iter().filter(ticked).collect(),
            schools,
        };
        errors.extend(new.faults(today).into_iter().map(|f| fault(lang, f)));
        if errors.is_empty() {
            Ok(new)
        } else {
            Err(errors)
        }
    }
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Card => "card",
        Kind::Live => "live",
        Kind::DayLetter => "day_letter",
    }
}

/// School numbers with anything between them; nothing means all. `None` where something is no number.
#[expect(
    clippy::option_option,
    reason = "not readable, all schools, or some of them"
)]
fn schools_of(text: &str) -> Option<Option<BTreeSet<u32>>> {
    let split = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；');
    let numbers: Vec<_> = text.split(split).filter(|part| !part.is_empty()).collect();
    if numbers.is_empty() {
        return Some(None);
    }
    let read: Option<BTreeSet<u32>> = numbers.into_iter().map(|n| n.parse().ok()).collect();
    read.map(Some)
}

fn fault(lang: Lang, fault: TrustFault) -> FieldError {
    let max = TRUST_DAYS_MAX;
    match fault {
        TrustFault::Name => FieldError::new(
            "name",
            tr!(
                lang,
                "请填写名称，最多 60 个字",
                "Enter a name of at most 60 characters"
            ),
        ),
        TrustFault::From => {
            FieldError::new("from", tr!(lang, "请填写开始日期", "Enter the first day"))
        }
        TrustFault::Until => FieldError::new(
            "until",
            tr!(
                lang,
                "截止日期不早于今天和开始日期，最晚 {max} 天后",
                "The last day is not before today or the first day, and at most {max} days ahead"
            ),
        ),
        TrustFault::Kinds => {
            FieldError::new("kinds", tr!(lang, "至少选一种", "Choose at least one"))
        }
        TrustFault::Schools => FieldError::new(
            "schools",
            tr!(
                lang,
                "请填写对方学校的编号，用空格隔开；全部学校就留空",
                "Enter the numbers of the other side's schools with spaces between; leave it empty for all"
            ),
        ),
    }
}

/// The fields.
pub(super) fn terms_fields(lang: Lang, terms: &Terms, errors: &[FieldError]) -> AnyView {
    let get = |name: &str| terms.fields.get(name).to_owned();
    let of = |id: &str| error_of(errors, id);
    let kinds = vec![
        Choice::new("live", tr!(lang, "屏幕码", "Live codes")),
        Choice::new("day_letter", tr!(lang, "当日证明", "Day letters")),
    ];
    let ticked: Vec<_> = terms.fields.all("kinds").map(str::to_owned).collect();
    view! {
        <TextInput name="name" label=tr!(lang, "这里怎么称呼", "What it is called here") hint=tr!(lang, "门卫和来访的人会看到", "Guards and visitors see it") value=get("name") maxlength=60u32 required=true error=of("name") />
        <PlaceField lang=lang place=terms.place.clone() label=tr!(lang, "对方所在地区", "The other side's region") error=of("place") />
        <div class="inputs">
            <TextInput name="from" kind="date" label=tr!(lang, "从哪天起认", "From") value=get("from") required=true error=of("from") />
            <TextInput name="until" kind="date" label=tr!(lang, "认到哪天", "Until") value=get("until") required=true error=of("until") />
        </div>
        <CheckChips name="kinds" label=tr!(lang, "认什么码", "What counts") options=kinds values=ticked error=of("kinds") />
        <TextInput name="schools" inputmode="numeric" label=tr!(lang, "只认这些学校（对方的学校编号）", "Only these schools (by the other side's numbers)") hint=tr!(lang, "用空格隔开；留空就是全部学校", "With spaces between; empty for all") value=get("schools") error=of("schools") />
    }
    .into_any()
}
