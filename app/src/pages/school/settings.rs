//! The school's settings and calendar.

use super::desk::{Desk, Tab};
use super::visitors;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_full, day_week};
use crate::ui::*;
use crate::web::{Answer, Ctx, Fields, see_other};
use axum::extract::Path;
use axum::response::Response;
use domain::Day;
use domain::access::Action;
use http::StatusCode;
use leptos::prelude::*;
use services::school::{SchoolSettings, SettingFault, SettingsView};
use services::{Error, Refusal};
use std::ops::RangeInclusive;

/// The page.
pub async fn show(ctx: Ctx, Path(school): Path<String>) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::ChangeSchool).await?;
    let view = ctx
        .services()
        .school_settings(&desk.actor, desk.id())
        .await?;
    let fields = typed(&view.settings);
    Ok(page(
        &ctx,
        &desk,
        StatusCode::OK,
        &view,
        &fields,
        Vec::new(),
    ))
}

/// Saves the settings, changes a day of the calendar, or says what happens with visitors.
pub async fn submit(ctx: Ctx, Path(school): Path<String>, fields: Fields) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::ChangeSchool).await?;
    let (services, id) = (ctx.services(), desk.id());
    let done = match fields.get("action") {
        "day" => match days(&fields) {
            Some(days) => {
                let open = match fields.get("what") {
                    "school" => Some(true),
                    "none" => Some(false),
                    _ => None,
                };
                services.change_calendar(&desk.actor, id, days, open).await
            }
            None => Err(Refusal::FieldInvalid.into()),
        },
        "visitors" => {
            let policy = visitors::read(&fields)?;
            services.change_visitors(&desk.actor, id, policy).await
        }
        _ => match read(&fields) {
            Ok(settings) => services.change_school(&desk.actor, id, &settings).await,
            Err(faults) => {
                let view = services.school_settings(&desk.actor, id).await?;
                let errors = faults.into_iter().map(|f| error(ctx.lang, f)).collect();
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                return Ok(page(&ctx, &desk, status, &view, &fields, errors));
            }
        },
    };
    match done {
        Ok(()) => Ok(see_other(&desk.path("/settings?saved=1"))),
        Err(Error::Refused(Refusal::FieldInvalid)) => {
            let view = services.school_settings(&desk.actor, id).await?;
            let words = tr!(
                ctx.lang,
                "请选日期：最早 60 天前，最晚 400 天后，一次最多 100 天，后一天不早于前一天",
                "Choose dates at most 60 days back and 400 ahead, at most 100 at once, the last not before the first"
            );
            let errors = vec![FieldError::new("day", words)];
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let settings = typed(&view.settings);
            let calendar = fields.iter().filter(|(name, _)| CALENDAR.contains(name));
            let both = settings.iter().chain(calendar);
            let both = Fields::from_pairs(both);
            Ok(page(&ctx, &desk, status, &view, &both, errors))
        }
        Err(error) => Err(error.into()),
    }
}

/// The fields of the calendar's form.
const CALENDAR: [&str; 3] = ["day", "last", "what"];
/// Days of the calendar on a page.
const DAYS: usize = 20;

/// The days that a form names; without a last one, the one day.
fn days(fields: &Fields) -> Option<RangeInclusive<Day>> {
    let first = fields.get("day").trim().parse::<Day>().ok()?;
    let last = match fields.get("last").trim() {
        "" => first,
        text => text.parse().ok()?,
    };
    Some(first..=last)
}

/// The settings as fields of the form.
fn typed(settings: &SchoolSettings) -> Fields {
    let due = u32::try_from(settings.due_minute).unwrap_or_default();
    let due = format!("{:02}:{:02}", due / 60, due % 60);
    let age = settings.self_report_age.map(|a| a.to_string());
    Fields::from_pairs([
        ("name", settings.name.clone()),
        ("name_en", settings.name_en.clone()),
        ("due", due),
        ("late", settings.late_days.to_string()),
        ("age", age.unwrap_or_default()),
        ("contact", settings.contact.clone()),
    ])
}

fn read(fields: &Fields) -> Result<SchoolSettings, Vec<SettingFault>> {
    let minute = |text: &str| {
        let (hour, minute) = text.trim().split_once([':', '：'])?;
        let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.get(..2)?.parse().ok()?);
        ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some(hour * 60 + minute)
    };
    let age = fields.get("age").trim();
    let settings = SchoolSettings {
        name: fields.get("name").to_owned(),
        name_en: fields.get("name_en").to_owned(),
        due_minute: minute(fields.get("due")).unwrap_or(-1),
        late_days: fields.get("late").trim().parse().unwrap_or(-1),
        self_report_age: (!age.is_empty()).then(|| age.parse().unwrap_or(-1)),
        contact: fields.get("contact").to_owned(),
    };
    let faults = settings.faults();
    if faults.is_empty() {
        Ok(settings)
    } else {
        Err(faults)
    }
}

fn error(lang: Lang, fault: SettingFault) -> FieldError {
    match fault {
        SettingFault::Name => FieldError::new(
            "name",
            tr!(
                lang,
                "请填写校名，最多 60 个字",
                "Enter the school's name, at most 60 characters"
            ),
        ),
        SettingFault::NameEn => FieldError::new(
            "name_en",
            tr!(lang, "最多 120 个字符", "At most 120 characters"),
        ),
        SettingFault::DueMinute => FieldError::new(
            "due",
            tr!(lang, "请填写时间，例如 08:00", "Enter a time such as 08:00"),
        ),
        SettingFault::LateDays => {
            FieldError::new("late", tr!(lang, "请填写 0 到 7 天", "Enter 0 to 7 days"))
        }
        SettingFault::SelfReportAge => FieldError::new(
            "age",
            tr!(
                lang,
                "请填写 6 到 30 岁，或留空",
                "Enter 6 to 30 years, or nothing"
            ),
        ),
        SettingFault::Contact => FieldError::new(
            "contact",
            tr!(lang, "最多 200 个字", "At most 200 characters"),
        ),
    }
}

fn page(
    ctx: &Ctx,
    desk: &Desk,
    status: StatusCode,
    settings: &SettingsView,
    fields: &Fields,
    errors: Vec<FieldError>,
) -> Response {
    let lang = ctx.lang;
    let title = tr!(lang, "设置", "Settings");
    let saved = errors.is_empty() && ctx.here.ends_with("saved=1");
    let query = ctx.here.split_once('?').map_or("", |(_, query)| query);
    let number = Fields::parse(query.as_bytes()).page();
    desk.page(ctx, status, Tab::Settings, &title, || {
        let saved = saved.then(|| {
            view! {
                <Notice icon=IconName::Check live=true>{tr!(lang, "已保存。", "Saved.")}</Notice>
            }
        });
        let keys = desk.path("/interface");
        view! {
            <PageHead title=tr!(lang, "设置", "Settings")>
                <Button href=keys>{tr!(lang, "接口密钥", "Interface keys")}</Button>
            </PageHead>
            {saved}
            <ErrorSummary lang=lang errors=errors.clone() />
            <div class="halves">
                <div class="stack">
                    {form(lang, desk, settings, fields, &errors)}
                    {visitors::card(lang, desk, settings.visitors)}
                </div>
                {calendar(lang, desk, settings, fields, number, &errors)}
            </div>
        }
        .into_any()
    })
}

fn form(
    lang: Lang,
    desk: &Desk,
    settings: &SettingsView,
    fields: &Fields,
    errors: &[FieldError],
) -> AnyView {
    let get = |name: &str| fields.get(name).to_owned();
    let of = |id: &str| error_of(errors, id);
    let kind = settings.kind.map(|k| k.label(lang));
    let body = view! {
            <form class="form" method="post" action=desk.path("/settings")>
                <input type="hidden" name="action" value="save" />
                <dl class="facts plain">
                    <div><dt>{tr!(lang, "学校代码", "Code")}</dt><dd>{settings.code.clone()}</dd></div>
                    <div><dt>{tr!(lang, "类别", "Kind")}</dt><dd>{kind}</dd></div>
                    <div><dt>{tr!(lang, "所在地", "Place")}</dt><dd>{settings.region.get(lang).to_owned()}</dd></div>
                </dl>
                <TextInput name="name" label=tr!(lang, "校名", "Name") value=get("name") maxlength=60 required=true error=of("name") />
                <TextInput name="name_en" label=tr!(lang, "英文校名", "Name in English") value=get("name_en") maxlength=120 hint=tr!(lang, "英文页面用它；留空就用中文校名", "English pages show it; left empty, they show the Chinese name") error=of("name_en") />
                <TextInput name="contact" label=tr!(lang, "家长有问题找谁", "Whom families may ask") value=get("contact") maxlength=200 hint=tr!(lang, "例如：德育处 0572-0000000，会显示在家长的页面上", "For example an office and its phone; shown on families' pages") error=of("contact") />
                <TextInput name="due" kind="time" label=tr!(lang, "每天几点前报告", "Reports are due each day by") value=get("due") required=true error=of("due") />
                <TextInput name="late" inputmode="numeric" label=tr!(lang, "老师最多补报几天前", "Teachers may report late for this many days back") value=get("late") unit=tr!(lang, "天", "days") required=true error=of("late") />
                <TextInput name="age" inputmode="numeric" label=tr!(lang, "学生从几岁起可以自己报告", "Students report for themselves from the age of") value=get("age") unit=tr!(lang, "岁", "years") hint=tr!(lang, "留空表示一直由家长报告", "Leave empty where guardians always report") error=of("age") />
                <Button kind=ButtonKind::Primary>{tr!(lang, "保存设置", "Save the settings")}</Button>
            </form>
        }.into_any();
    view! {
        <Card title=tr!(lang, "学校", "School")>{body}</Card>
    }
    .into_any()
}

fn calendar(
    lang: Lang,
    desk: &Desk,
    settings: &SettingsView,
    fields: &Fields,
    number: usize,
    errors: &[FieldError],
) -> AnyView {
    let total = settings.exceptions.len();
    let number = page_of(number, DAYS, total);
    let link = |n| desk.path(&format!("/settings?page={n}"));
    let rows = settings
        .exceptions
        .iter()
        .skip((number - 1) * DAYS)
        .take(DAYS)
        .map(|(day, open)| {
            let words = if *open {
                tr!(lang, "上课", "school")
            } else {
                tr!(lang, "放假", "no school")
            };
            let label = tr!(lang, "{d}恢复平常", "{d} as usual again", d = day_full(lang, *day));
            view! {
                <li>
                    <div class="what">
                        <b>{day_week(lang, *day)}</b>
                        <small>{words}</small>
                    </div>
                    <form class="buttons" method="post" action=desk.path("/settings")>
                        <input type="hidden" name="action" value="day" />
                        <input type="hidden" name="day" value=day.to_string() />
                        <Button small=true name="what" value="usual" label=label>{tr!(lang, "删除", "Remove")}</Button>
                    </form>
                </li>
            }
        })
        .collect_view();
    let choices = vec![
        Choice::new("none", tr!(lang, "放假", "No school")),
        Choice::new("school", tr!(lang, "补课、上课", "School")),
    ];
    let what = match fields.get("what") {
        "school" => "school",
        _ => "none",
    };
    let body = view! {
            <ul class="people">{rows}</ul>
            <PagerFoot lang=lang page=number size=DAYS total=total href=link />
            <form class="card-foot form" method="post" action=desk.path("/settings")>
                <p>{tr!(lang, "周一到周五上课，周末不上课。不一样的日子加在这里；缺报只按上课日计算。", "There is school from Monday to Friday. Add the days that differ; only school days count as missed.")}</p>
                <input type="hidden" name="action" value="day" />
                <div class="inputs">
                    <TextInput name="day" kind="date" label=tr!(lang, "日期", "Date") value=fields.get("day").to_owned() required=true error=error_of(errors, "day") />
                    <TextInput name="last" kind="date" label=tr!(lang, "到（只有一天就留空）", "To (empty for one day)") value=fields.get("last").to_owned() />
                </div>
                <RadioGroup name="what" label=tr!(lang, "这些天", "On these days") options=choices value=what required=true />
                <div class="row"><Button icon=IconName::Plus>{tr!(lang, "加入校历", "Add to the calendar")}</Button></div>
            </form>
        }.into_any();
    view! {
        <Card title=tr!(lang, "校历", "Calendar") flush=true>{body}</Card>
    }
    .into_any()
}
