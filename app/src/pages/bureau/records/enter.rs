//! Entering one official record: first its kind, then what that kind needs.

use super::super::place::{self, PlaceChoice, PlaceField};
use super::super::shell::{Frame, RegionShell, Tab};
use super::kind_word;
use crate::tr;
use crate::tr::Lang;
use crate::ui::*;
use crate::web::{Answer, Ctx, Fields, Islands, see_other};
use axum::extract::{Path, RawQuery};
use domain::Day;
use domain::identity::{NationalId, Phone, tidy_name};
use domain::ids::RegionCode;
use domain::list::{ListKind, Who};
use domain::state::RecordKind;
use http::StatusCode;
use leptos::prelude::*;
use services::records::{AUTHORITY, EnterOutcome, NewRecord};

/// The form.
pub async fn show(ctx: Ctx, Path(region): Path<RegionCode>, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    page(&ctx, StatusCode::OK, region, &query, Vec::new()).await
}

/// Enters the record, or shows the form again with what is to be mended.
pub async fn submit(ctx: Ctx, Path(region): Path<RegionCode>, fields: Fields) -> Answer {
    let place = place::read(&ctx, &fields).await?;
    // Whoever may not see the region is told nothing about the form.
    let today = ctx
        .services()
        .records(ctx.actor()?, &region, None)
        .await?
        .today;
    let errors = match read(ctx.lang, &fields, &place, today) {
        Ok(record) => {
            let done = ctx
                .services()
                .enter_record(ctx.actor()?, &region, &record)
                .await?;
            match outcome(ctx.lang, done) {
                Ok(n) => {
                    return Ok(see_other(&format!(
                        "/bureau/{region}/records?done=entered.{n}"
                    )));
                }
                Err(error) => vec![error],
            }
        }
        Err(errors) => errors,
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(&ctx, status, region, &fields, errors).await
}

fn outcome(lang: Lang, done: EnterOutcome) -> Result<usize, FieldError> {
    let words = match done {
        EnterOutcome::Entered(n) => return Ok(n),
        EnterOutcome::Known => tr!(lang, "这条记录已经有了", "This record is there already"),
        EnterOutcome::NotFound => tr!(
            lang,
            "本地区的名册里没有这个号码",
            "Nobody on this region's rosters has that number"
        ),
        EnterOutcome::Unclear(reason) => reason.message(lang).to_owned(),
    };
    Err(FieldError::new("number", words))
}

/// Collects what is wrong with the fields.
struct Reading<'a> {
    lang: Lang,
    fields: &'a Fields,
    today: Day,
    errors: Vec<FieldError>,
}

impl Reading<'_> {
    fn fault(&mut self, id: &str, words: String) {
        self.errors.push(FieldError::new(id, words));
    }

    fn day(&mut self, id: &str, is_needed: bool) -> Option<Day> {
        let lang = self.lang;
        let text = self.fields.get(id).trim();
        if text.is_empty() {
            if is_needed {
                self.fault(id, tr!(lang, "请填写日期", "Enter the date"));
            }
            return None;
        }
        match text.parse::<Day>() {
            Ok(day) if day > self.today => {
                self.fault(id, tr!(lang, "日期在今天之后", "The date lies after today"));
                None
            }
            Ok(day) => Some(day),
            Err(_) => {
                self.fault(
                    id,
                    tr!(
                        lang,
                        "不是日期，请写成 2020-09-17",
                        "Not a date; write it as 2020-09-17"
                    ),
                );
                None
            }
        }
    }
}

fn read(
    lang: Lang,
    fields: &Fields,
    place: &PlaceChoice,
    today: Day,
) -> Result<NewRecord, Vec<FieldError>> {
    let mut reading = Reading {
        lang,
        fields,
        today,
        errors: Vec::new(),
    };
    let number = fields.get("number");
    let who = Who {
        national_id: NationalId::parse(number).ok(),
        phone: Phone::parse(number).ok(),
        name: tidy_name(fields.get("name")),
    };
    if who.national_id.is_none() && who.phone.is_none() {
        reading.fault(
            "number",
            tr!(
                lang,
                "请填写 18 位身份证号或 11 位手机号",
                "Enter an identity number of 18 characters or a mobile number of 11 digits"
            ),
        );
    }
    let kind = kind_of(fields).and_then(|kind| detail(&mut reading, kind, place));
    let authority = fields.get("authority").trim().to_owned();
    if !AUTHORITY.contains(&authority.chars().count()) {
        reading.fault(
            "authority",
            tr!(
                lang,
                "请填写发布单位，2 到 40 个字",
                "Enter the authority, 2 to 40 characters"
            ),
        );
    }
    match kind {
        Some(kind) if reading.errors.is_empty() => Ok(NewRecord {
            who,
            kind,
            authority,
        }),
        _ => Err(reading.errors),
    }
}

fn kind_of(fields: &Fields) -> Option<ListKind> {
    ListKind::from_word(fields.get("kind")).or(Some(ListKind::CloseContact))
}

fn detail(reading: &mut Reading<'_>, kind: ListKind, place: &PlaceChoice) -> Option<RecordKind> {
    let lang = reading.lang;
    Some(match kind {
        ListKind::Case => RecordKind::ConfirmedCase {
            sampled: reading.day("date", true)?,
        },
        ListKind::CloseContact => RecordKind::CloseContact {
            last: reading.day("date", true)?,
        },
        ListKind::SecondContact => RecordKind::ContactOfContact {
            last: reading.day("date", true)?,
        },
        ListKind::Test => RecordKind::Test {
            positive: reading.fields.get("result") == "positive",
            sampled: reading.day("date", true)?,
        },
        ListKind::Vaccination => RecordKind::Vaccination {
            dose: reading
                .fields
                .get("dose")
                .parse()
                .ok()
                .filter(|dose| (1..=9).contains(dose))
                .unwrap_or(1),
            day: reading.day("date", true)?,
        },
        ListKind::Stay => {
            let arrived = reading.day("arrived", true);
            let left = reading.day("left", false);
            if let Some(words) = place.error(lang) {
                reading.fault("place", words);
            }
            if arrived.zip(left).is_some_and(|(a, l)| l < a) {
                reading.fault("left", tr!(lang, "离开在到达之前", "Left before arriving"));
            }
            RecordKind::Stay {
                region: place.chosen.clone()?,
                arrived: arrived?,
                left,
                transit: reading.fields.get("transit") == "yes",
            }
        }
    })
}

async fn page(
    ctx: &Ctx,
    status: StatusCode,
    region: RegionCode,
    fields: &Fields,
    errors: Vec<FieldError>,
) -> Answer {
    let today = ctx
        .services()
        .records(ctx.actor()?, &region, None)
        .await?
        .today;
    let place = place::read(ctx, fields).await?;
    let frame = Frame::new(ctx, &region).await?;
    let title = tr!(ctx.lang, "录入官方记录", "Enter an official record");
    let fields = fields.clone();
    Ok(ctx.html(status, &title, Islands::No, move || {
        view(frame, fields, place, today, errors)
    }))
}

fn view(
    frame: Frame,
    fields: Fields,
    place: PlaceChoice,
    today: Day,
    errors: Vec<FieldError>,
) -> impl IntoView {
    let (lang, region) = (frame.lang, frame.region.clone());
    let kind = kind_of(&fields).unwrap_or(ListKind::CloseContact);
    let own = format!("/bureau/{region}/records/new");
    let pills = ListKind::ALL
        .into_iter()
        .map(|of| Pill {
            href: format!("{own}?kind={}", of.word()),
            label: kind_word(lang, of),
            count: None,
            code: None,
            current: of == kind,
        })
        .collect();
    let get = |name: &str| fields.get(name).to_owned();
    let of = |id: &str| error_of(&errors, id);
    let (number, name, authority) = (of("number"), of("name"), of("authority"));
    let typed = (get("number"), get("name"), get("authority"));
    let special = special(lang, kind, &fields, place, today, &errors);
    let trail = vec![
        Crumb::link(
            tr!(lang, "官方记录", "Official records"),
            format!("/bureau/{region}/records"),
        ),
        Crumb::here(tr!(lang, "录入一条", "Enter one")),
    ];
    view! {
        <RegionShell frame=frame tab=Tab::Records>
            <Crumbs lang=lang trail=trail />
            <PageHead title=tr!(lang, "录入官方记录", "Enter an official record") />
            <Pills label=tr!(lang, "类型", "Kind") pills=pills />
            <ErrorSummary lang=lang errors=errors.clone() />
            <form class="card pad stack" method="post" action=own>
                <input type="hidden" name="kind" value=kind.word() />
                <TextInput name="number" label=tr!(lang, "身份证号，或家长手机号", "Identity number, or a guardian's mobile") value=typed.0 maxlength=30u32 autocomplete="off" required=true error=number />
                <TextInput name="name" label=tr!(lang, "学生姓名", "The student's name") optional=tr!(lang, "（选填，用来核对）", "(optional, to check)") value=typed.1 maxlength=40u32 autocomplete="off" error=name />
                {special}
                <TextInput name="authority" label=tr!(lang, "发布单位", "Authority") hint=tr!(lang, "例如：湖州市疾控中心。家长能看到", "For example the centre for disease control; families see it") value=typed.2 maxlength=40u32 required=true error=authority />
                <div class="row"><Button kind=ButtonKind::Primary>{tr!(lang, "录入并重新判定", "Enter and decide anew")}</Button></div>
            </form>
        </RegionShell>
    }
}

/// What this kind needs.
fn special(
    lang: Lang,
    kind: ListKind,
    fields: &Fields,
    place: PlaceChoice,
    today: Day,
    errors: &[FieldError],
) -> AnyView {
    let day = |name: &'static str, label: String, required: bool| {
        view! { <TextInput name=name kind="date" label=label value=fields.get(name).to_owned() max=today.to_string() required=required error=error_of(errors, name) /> }
    };
    let sampled = || day("date", tr!(lang, "采样日期", "Day of the sample"), true);
    match kind {
        ListKind::Case => sampled().into_any(),
        ListKind::CloseContact | ListKind::SecondContact => day(
            "date",
            tr!(lang, "最后接触日期", "Last day of contact"),
            true,
        )
        .into_any(),
        ListKind::Test => {
            let options = vec![
                Choice::new("negative", tr!(lang, "阴性", "Negative")),
                Choice::new("positive", tr!(lang, "阳性", "Positive")),
            ];
            let value = match fields.get("result") {
                "positive" => "positive",
                _ => "negative",
            };
            view! {
                {sampled()}
                <RadioGroup name="result" label=tr!(lang, "结果", "Result") options=options value=value required=true />
            }
            .into_any()
        }
        ListKind::Vaccination => {
            let options = (1..=4)
                .map(|n| Choice::new(n.to_string(), tr!(lang, "第 {n} 剂", "Dose {n}")))
                .collect();
            let value = match fields.get("dose") {
                "" => "1".to_owned(),
                dose => dose.to_owned(),
            };
            view! {
                {day("date", tr!(lang, "接种日期", "Day of the vaccination"), true)}
                <Select name="dose" label=tr!(lang, "剂次", "Dose") options=options value=value />
            }
            .into_any()
        }
        ListKind::Stay => {
            let error = error_of(errors, "place");
            let checked = fields.get("transit") == "yes";
            view! {
                <PlaceField lang=lang place=place label=tr!(lang, "旅居地", "Where") error=error />
                <div class="inputs">
                    {day("arrived", tr!(lang, "到达日期", "Arrived"), true)}
                    {day("left", tr!(lang, "离开日期（还没离开就留空）", "Left (empty while there)"), false)}
                </div>
                <CheckBox name="transit" label=tr!(lang, "只是途经，没有出站", "Only passed through without leaving the station") checked=checked />
            }
            .into_any()
        }
    }
}
