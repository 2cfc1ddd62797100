//! The full form.

use super::edit::{stay_prefix, stays};
use super::place::{Levels, PlaceFields, levels};
use super::prefill::{fact_fields, fact_prefix};
use super::temperature;
use crate::islands::family::{NoneClears, TemperatureStep};
use crate::islands::report::KeepReport;
use crate::pages::family::words::{fact_text, matter_text, result_text, standing_text};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_week, temperature as degrees};
use crate::ui::{
    Button, ButtonKind, Card, CheckBox, CheckChips, Choice, Dot, ErrorSummary, FieldError, Fold,
    IconName, PhoneShell, PrimaryButton, RadioGroup, TextInput, error_of,
};
use crate::web::{Answer, Ctx, Fields, Islands};
use domain::report::{FactChange, HouseholdMatter, NOTE_MAX, StandingFact, TestResult};
use domain::state::Standing;
use http::StatusCode;
use leptos::prelude::*;
use services::family::ChildView;
use std::collections::HashMap;
use std::sync::Arc;

/// What every part of the form draws from.
struct Form {
    lang: Lang,
    child: ChildView,
    fields: Fields,
    errors: Vec<FieldError>,
    places: HashMap<String, Levels>,
    /// What to tell of earlier and further facts.
    also: Vec<(String, String)>,
    action: String,
    act: String,
}

/// The page, with what was typed, what is wrong, and after a step the part it changed open.
pub(super) async fn page(
    ctx: &Ctx,
    status: StatusCode,
    child: &ChildView,
    fields: &Fields,
    errors: Vec<FieldError>,
    act: Option<&str>,
) -> Answer {
    let lang = ctx.lang;
    let fields = with_facts(fields, child);
    let mut places = HashMap::new();
    let stay_prefixes = (0..stays(&fields)).map(stay_prefix);
    let fact_prefixes = child
        .standing
        .iter()
        .filter(|s| matches!(s.fact, StandingFact::Stay { .. }))
        .map(|s| fact_prefix(s.id));
    for prefix in stay_prefixes.chain(fact_prefixes) {
        let lists = levels(ctx, &fields, &prefix).await?;
        places.insert(prefix, lists);
    }
    let form = Form {
        lang,
        also: also(ctx, lang, &fields).await?,
        action: format!("/child/{}/report", child.person),
        child: child.clone(),
        fields,
        errors,
        places,
        act: act.unwrap_or_default().to_owned(),
    };
    let title = tr!(lang, "详细填写", "Full form");
    let (heading, demo) = (title.clone(), ctx.demo());
    Ok(ctx.html(status, &title, Islands::Yes, move || {
        draw(Arc::new(form), heading, demo)
    }))
}

/// The fields with those of each earlier fact filled in, so that correcting one starts from what it says.
fn with_facts(fields: &Fields, child: &ChildView) -> Fields {
    let mut all: Vec<(String, String)> = fields
        .iter()
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .collect();
    for standing in &child.standing {
        let prefix = fact_prefix(standing.id);
        if !fields.iter().any(|(name, _)| {
            name.strip_prefix(&prefix)
                .is_some_and(|rest| rest.starts_with('-') && rest != "-do" && rest != "-end")
        }) {
            let mut fact = standing.fact.clone();
            if let StandingFact::Stay { left, .. } = &mut fact {
                *left = standing.until();
            }
            fact_fields(&mut all, &prefix, &fact);
        }
    }
    Fields::from_pairs(all)
}

/// What today's report says beyond the form's fields: the value to send back, and the words.
async fn also(
    ctx: &Ctx,
    lang: Lang,
    fields: &Fields,
) -> Result<Vec<(String, String)>, crate::web::Failure> {
    let mut out = Vec::new();
    for kept in fields.all("also") {
        let Ok(change) = serde_json::from_str::<FactChange>(kept) else {
            continue;
        };
        let words = match &change {
            FactChange::Add(fact) | FactChange::Correct(_, fact) => {
                let code = match fact {
                    StandingFact::Stay { region, .. } => Some(region.clone()),
                    _ => None,
                };
                fact_text(lang, fact, &ctx.services().region_names(code).await?)
            }
            FactChange::End(id, day) => {
                tr!(
                    lang,
                    "{stated} 报告的情况在 {day} 结束",
                    "What was stated on {stated} ended on {day}",
                    stated = id.day
                )
            }
        };
        out.push((kept.to_owned(), words));
    }
    Ok(out)
}

impl Form {
    fn get(&self, name: &str) -> String {
        self.fields.get(name).to_owned()
    }

    fn error(&self, id: &str) -> Option<String> {
        error_of(&self.errors, id)
    }

    fn date(&self, name: &str, label: String, optional: bool) -> AnyView {
        let lang = self.lang;
        let optional = optional.then(|| tr!(lang, "可不填", "optional"));
        let typed = self.get(name);
        // A date field shows nothing but a date in this form.
        let value = domain::identity::parse_date(&typed).map_or(typed, |day| day.to_string());
        view! {
            <TextInput
                name=name.to_owned()
                kind="date"
                label=label
                value=value
                max=self.child.today.to_string()
                optional=optional
                error=self.error(name)
            />
        }
        .into_any()
    }

    fn radios(&self, name: &str, label: String, options: Vec<(&str, String)>) -> AnyView {
        view! {
            <RadioGroup
                name=name.to_owned()
                label=label
                value=self.get(name)
                options=choices(options)
                error=self.error(name)
            />
        }
        .into_any()
    }

    fn bad(&self, ids: &[&str]) -> bool {
        ids.iter().any(|id| self.error(id).is_some())
    }
}

fn choices(options: Vec<(&str, String)>) -> Vec<Choice> {
    options
        .into_iter()
        .map(|(value, label)| Choice::new(value, label))
        .collect()
}

/// A card around one question.
fn card(bad: bool, inside: impl IntoView + 'static) -> AnyView {
    let inside = inside.into_any();
    view! { <Card bad=bad>{inside}</Card> }.into_any()
}

fn draw(form: Arc<Form>, heading: String, demo: bool) -> AnyView {
    let lang = form.lang;
    let child = &form.child;
    let (name, class, day) = (
        child.name.clone(),
        child.class.label(lang),
        day_week(lang, child.today),
    );
    let sub = view! { <b>{name}</b> <Dot /> {class} <Dot /> {day} };
    let n = form.errors.len();
    let button = match (n, child.report.is_some()) {
        (0, false) => tr!(lang, "提交", "Send"),
        (0, true) => tr!(lang, "提交更正", "Send the correction"),
        _ => tr!(
            lang,
            "改好 {n} 处后提交",
            "Put {n} {things} right, then send",
            things = if n == 1 { "thing" } else { "things" }
        ),
    };
    let revision = child.report.is_some().then(|| {
        view! { <p class="hint">{tr!(lang, "今天已经报告过，下面是今天的内容。改好再交，就是更正；没有改的照旧。", "Today's report is filled in below. What you change is corrected, the rest stays.")}</p> }
    });
    let hidden = ["submission", "day", "based_on"]
        .map(|name| view! { <input type="hidden" name=name value=form.get(name) /> })
        .collect_view();
    let action = form.action.clone();
    let (errors, person) = (form.errors.clone(), child.person);
    let today = child.today.to_string();
    view! {
        <PhoneShell
            lang=lang
            here=form.action.clone()
            title=heading
            back=format!("/family?child={person}")
            sub=sub.into_any()
            demo=demo
        >
            <ErrorSummary lang=lang errors=errors />
            {revision}
            <form method="post" action=action class="stack" novalidate=true data-keep="report">
                <KeepReport lang=lang today=today />
                // The button that the Enter key presses.
                <button class="vh" name="act" value="send" tabindex="-1" aria-hidden="true">{tr!(lang, "提交", "Send")}</button>
                {hidden}
                {temperature_card(&form)}
                {symptoms_card(&form)}
                {standing_card(&form)}
                {contact_card(&form)}
                {away_card(&form)}
                {home_card(&form)}
                {test_card(&form)}
                {note_card(&form)}
                {also_card(&form)}
                <p class="hint">
                    {tr!(lang, "我确认以上情况属实。健康信息只给班主任和有权处理的疾控人员查看，45 天后自动删除。",
                        "I confirm that this is true. Health answers are seen only by the class teacher and the health officers in charge; they are deleted after 45 days.")}
                </p>
                <PrimaryButton title=button name="act" value="send" />
            </form>
        </PhoneShell>
    }
    .into_any()
}

fn temperature_card(form: &Form) -> AnyView {
    let lang = form.lang;
    let typed = form.get("temperature");
    let meant = match temperature::read(&typed) {
        temperature::Typed::Off(meant) if form.bad(&["temperature"]) => meant,
        _ => None,
    };
    let fix = meant.map(|tenths| {
        let value = format!("temperature:{}", temperature::typed(tenths));
        let words = degrees(lang, i32::from(tenths));
        let to = format!("{}#temperature", form.action);
        view! {
            <Button kind=ButtonKind::Tint icon=IconName::Check name="act" value=value formaction=to>
                {tr!(lang, "改为 {words}", "Make it {words}")}
            </Button>
        }
        .into_any()
    });
    let limit = degrees(lang, i32::from(form.child.threshold));
    let below = form.child.all_well.then(|| {
        view! { <CheckBox name="below" label=tr!(lang, "没有读数，低于 {limit}", "No reading, below {limit}") checked=form.fields.has("below") /> }
    });
    let step = |tenths, label| {
        view! { <TemperatureStep input="temperature".to_owned() tenths=tenths label=label /> }
            .into_any()
    };
    let inside = view! {
            <div class="stack">
                <TextInput
                    name="temperature"
                    number=1
                    label=tr!(lang, "今早体温", "Temperature this morning")
                    value=typed
                    inputmode="decimal"
                    autocomplete="off"
                    unit="℃"
                    big=true
                    hint="34.0 – 43.0 ℃"
                    error=form.error("temperature")
                    before=step(-1, tr!(lang, "减 0.1", "0.1 less"))
                    after=step(1, tr!(lang, "加 0.1", "0.1 more"))
                    fix=fix
                />
                {below}
            </div>
    };
    card(form.bad(&["temperature"]), inside)
}

fn symptoms_card(form: &Form) -> AnyView {
    let lang = form.lang;
    let mut options = vec![Choice::new("none", tr!(lang, "都没有", "None"))];
    options.extend(
        form.child
            .symptoms
            .iter()
            .map(|s| Choice::new(s.number.to_string(), capital(s.title.get(lang)))),
    );
    let then = view! {
        <RadioGroup
            name="since"
            label=tr!(lang, "有不舒服的，从哪天开始？", "If any: since when?")
            columns=of_three(lang)
            value=form.get("since")
            opens="earlier"
            options=choices(vec![
                ("today", tr!(lang, "今天", "Today")),
                ("yesterday", tr!(lang, "昨天", "Yesterday")),
                ("earlier", tr!(lang, "更早", "Earlier")),
            ])
            then=form.date("since_date", tr!(lang, "哪一天", "Which day"), false)
        />
    };
    let inside = view! {
            <CheckChips
                name="symptom"
                number=2
                label=tr!(lang, "哪里不舒服", "Symptoms")
                note=tr!(lang, "可多选", "Any number")
                options=options
                values=form.fields.all("symptom").map(ToOwned::to_owned).collect()
                error=form.error("symptom")
                then=then.into_any()
            />
            <NoneClears name="symptom".to_owned() />
    };
    card(form.bad(&["symptom", "since_date"]), inside)
}

/// Three short Chinese words fit beside each other on a phone, English ones do not.
fn of_three(lang: Lang) -> u32 {
    match lang {
        Lang::Zh => 3,
        Lang::En => 2,
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

fn standing_card(form: &Form) -> Option<AnyView> {
    let lang = form.lang;
    if form.child.standing.is_empty() {
        return None;
    }
    let rows = form
        .child
        .standing
        .iter()
        .map(|standing| standing_row(form, standing))
        .collect_view();
    Some(
        view! {
            <Card title=tr!(lang, "之前报告过的情况", "Reported before") end=tr!(lang, "没有变化就不用动", "Leave it unless it changed")>
                <div class="stack">{rows}</div>
            </Card>
        }
        .into_any(),
    )
}

fn standing_row(form: &Form, standing: &Standing) -> AnyView {
    let lang = form.lang;
    let prefix = fact_prefix(standing.id);
    let name = format!("{prefix}-do");
    let text = standing_text(lang, standing, &form.child.regions);
    let can_end = standing.ended.is_none()
        && matches!(
            standing.fact,
            StandingFact::Household { .. } | StandingFact::Stay { left: None, .. }
        );
    let mut options = vec![("keep", tr!(lang, "没有变化", "Unchanged"))];
    if can_end {
        options.push(("end", tr!(lang, "已经结束", "It has ended")));
    }
    options.push(("fix", tr!(lang, "填错了，要更正", "It was wrong")));
    let value = if form.get(&name).is_empty() {
        "keep".to_owned()
    } else {
        form.get(&name)
    };
    let is_open = value != "keep" || form.act.ends_with(&prefix);
    let end = can_end.then(|| {
        let label = match standing.fact {
            StandingFact::Stay { .. } => tr!(lang, "结束的话：哪天离开", "If ended: left on"),
            _ => tr!(lang, "结束的话：哪天结束", "If ended: on which day"),
        };
        form.date(&format!("{prefix}-end"), label, false)
    });
    let fields = match standing.fact {
        StandingFact::Contact { .. } => contact_fields(form, &prefix),
        StandingFact::Household { .. } => home_fields(form, &prefix),
        StandingFact::Stay { .. } => stay_fields(form, &prefix),
        StandingFact::Test { .. } => test_fields(form, &prefix),
    };
    view! {
        <details class="box" open=is_open id=prefix.clone()>
            <summary><span>{text}</span> <span class="hint nowrap">{tr!(lang, "有变化？", "Changed?")}</span></summary>
            <div class="stack">
                <RadioGroup name=name label=tr!(lang, "这一条", "This one") columns=1 value=value options=choices(options) />
                {end}
                <b>{tr!(lang, "要更正的话，改成：", "If it was wrong, it should read:")}</b>
                {fields}
            </div>
        </details>
    }
    .into_any()
}

fn contact_fields(form: &Form, prefix: &str) -> AnyView {
    let lang = form.lang;
    view! {
        <div class="stack">
            {form.radios(&format!("{prefix}-with"), tr!(lang, "对方是", "The other person is"), vec![
                ("confirmed", tr!(lang, "确诊", "a confirmed case")),
                ("suspected", tr!(lang, "疑似", "a suspected case")),
            ])}
            {form.radios(&format!("{prefix}-who"), tr!(lang, "是同住的人吗", "Living with you?"), vec![
                ("household", tr!(lang, "同住", "Yes")),
                ("other", tr!(lang, "不同住", "No")),
            ])}
            {form.date(&format!("{prefix}-last"), tr!(lang, "最后一次接触的日期", "Last day of contact"), false)}
        </div>
    }
    .into_any()
}

fn contact_card(form: &Form) -> AnyView {
    let lang = form.lang;
    let inside = view! {
            <RadioGroup
                name="contact"
                number=3
                label=tr!(lang, "14 天内接触过病人吗", "Contact with a case within 14 days?")
                columns=of_three(lang)
                value=form.get("contact")
                opens="yes"
                options=choices(vec![
                    ("no", tr!(lang, "没有", "No")),
                    ("yes", tr!(lang, "有", "Yes")),
                    ("unsure", tr!(lang, "不清楚", "Not sure")),
                ])
                then=view! { <div class="box stack">{contact_fields(form, "contact")}</div> }.into_any()
            />
            <p class="hint">{tr!(lang, "选“不清楚”先按今天接触过疑似的人处理，弄清楚后可以更正。之前报告过的不用再填。",
                "“Not sure” counts as contact with a suspected case today; you can correct it later. Leave out what you reported before.")}</p>
    };
    card(
        form.bad(&["contact", "contact-with", "contact-who", "contact-last"]),
        inside,
    )
}

fn stay_fields(form: &Form, prefix: &str) -> AnyView {
    let lang = form.lang;
    let (still, transit) = (format!("{prefix}-still"), format!("{prefix}-transit"));
    let levels = form.places.get(prefix).cloned().unwrap_or_default();
    let (has_still, has_transit) = (form.fields.has(&still), form.fields.has(&transit));
    view! {
        <div class="stack">
            <PlaceFields lang=lang prefix=prefix.to_owned() levels=levels action=form.action.clone() errors=form.errors.clone() />
            <div class="inputs">
                {form.date(&format!("{prefix}-arrived"), tr!(lang, "去的日期", "Arrived on"), false)}
                {form.date(&format!("{prefix}-left"), tr!(lang, "回来日期", "Left on"), false)}
            </div>
            <CheckBox name=still label=tr!(lang, "还在那里", "Still there") checked=has_still />
            <CheckBox name=transit label=tr!(lang, "只是路过，没有出站", "Only passed through, did not leave the station") checked=has_transit />
        </div>
    }
    .into_any()
}

fn away_card(form: &Form) -> AnyView {
    let lang = form.lang;
    let count = stays(&form.fields);
    let blocks = (0..count)
        .map(|at| {
            let prefix = stay_prefix(at);
            let to = format!("{}#away", form.action);
            let n = at + 1;
            view! {
                <div class="box stack" id=prefix.clone()>
                    <div class="row between">
                        <b>{tr!(lang, "第 {n} 段行程", "Stay {n}")}</b>
                        <Button kind=ButtonKind::Quiet name="act" value=format!("drop-stay:{at}") formaction=to>{tr!(lang, "删除", "Remove")}</Button>
                    </div>
                    {stay_fields(form, &prefix)}
                </div>
            }
        })
        .collect_view();
    let more = (count < super::edit::STAYS_MAX).then(|| {
        let to = format!("{}#{}", form.action, stay_prefix(count));
        view! { <Button kind=ButtonKind::Quiet icon=IconName::Plus name="act" value="add-stay" formaction=to>{tr!(lang, "再加一段行程", "Add another stay")}</Button> }
    });
    let bad = form.errors.iter().any(|e| e.id.starts_with("stay"));
    let inside = view! {
            <input type="hidden" name="stays" value=count.to_string() />
            <RadioGroup
                name="away"
                number=4
                label=tr!(lang, "14 天内离开过本区吗", "Away within 14 days?")
                note=tr!(lang, "报告过的不用再填", "Only what is new")
                value=form.get("away")
                opens="yes"
                options=choices(vec![("no", tr!(lang, "没有", "No")), ("yes", tr!(lang, "离开过", "Yes"))])
                then=view! { <div class="stack">{blocks} <p class="row">{more}</p></div> }.into_any()
            />
    };
    card(bad, inside)
}

fn home_fields(form: &Form, prefix: &str) -> AnyView {
    let lang = form.lang;
    view! {
        <div class="stack">
            {form.radios(&format!("{prefix}-matter"), tr!(lang, "什么情况", "What is it"), vec![
                ("symptoms", matter_text(lang, HouseholdMatter::Symptoms)),
                ("isolating", matter_text(lang, HouseholdMatter::Isolating)),
                ("returned", matter_text(lang, HouseholdMatter::Returned)),
            ])}
            {form.date(&format!("{prefix}-since"), tr!(lang, "从哪天起", "Since"), false)}
        </div>
    }
    .into_any()
}

fn home_card(form: &Form) -> AnyView {
    let lang = form.lang;
    let inside = view! {
            <RadioGroup
                name="home"
                number=5
                label=tr!(lang, "同住的人都正常吗", "Is everybody in the household well?")
                value=form.get("home")
                opens="some"
                options=choices(vec![("ok", tr!(lang, "都正常", "All well")), ("some", tr!(lang, "有情况", "Not quite"))])
                then=view! { <div class="box stack">{home_fields(form, "home")}</div> }.into_any()
            />
    };
    card(form.bad(&["home", "home-matter", "home-since"]), inside)
}

fn test_fields(form: &Form, prefix: &str) -> AnyView {
    let lang = form.lang;
    view! {
        <div class="stack">
            {form.radios(&format!("{prefix}-result"), tr!(lang, "结果", "Result"), vec![
                ("negative", result_text(lang, TestResult::Negative)),
                ("positive", result_text(lang, TestResult::Positive)),
            ])}
            {form.date(&format!("{prefix}-sampled"), tr!(lang, "采样日期", "Sampled on"), false)}
        </div>
    }
    .into_any()
}

fn test_card(form: &Form) -> AnyView {
    let lang = form.lang;
    let inside = view! {
            <RadioGroup
                name="test"
                number=6
                label=tr!(lang, "有新的检测结果吗", "A new test result?")
                value=form.get("test")
                opens="yes"
                options=choices(vec![("no", tr!(lang, "没有", "No")), ("yes", tr!(lang, "有", "Yes"))])
                then=view! { <div class="box stack">{test_fields(form, "test")}</div> }.into_any()
            />
    };
    card(form.bad(&["test", "test-result", "test-sampled"]), inside)
}

fn note_card(form: &Form) -> AnyView {
    let lang = form.lang;
    let max = u32::try_from(NOTE_MAX).unwrap_or(500);
    let inside = view! {
            <TextInput
                name="note"
                number=7
                rows=3
                label=tr!(lang, "给老师的说明", "Note to the teacher")
                optional=tr!(lang, "可不填", "optional")
                maxlength=max
                value=form.get("note")
                error=form.error("note")
            />
    };
    card(form.bad(&["note"]), inside)
}

fn also_card(form: &Form) -> Option<AnyView> {
    let lang = form.lang;
    if form.also.is_empty() {
        return None;
    }
    let options = form
        .also
        .iter()
        .map(|(value, words)| Choice::new(value.clone(), words.clone()))
        .collect();
    let values = form.also.iter().map(|(value, _)| value.clone()).collect();
    let error = form.error("also");
    Some(
        view! {
            <Fold title=tr!(lang, "今天报告里还有", "Also in today's report") open=true>
                <CheckChips name="also" label=tr!(lang, "不对的请去掉勾", "Untick what is not right") columns=1 options=options values=values error=error />
            </Fold>
        }
        .into_any(),
    )
}
