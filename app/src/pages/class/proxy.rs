//! A report by proxy: the teacher enters what the family told.

use super::shell::{ClassShell, Frame, Tab};
use super::words::{day_choice, fate_word, range, seat, submission};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::temperature;
use crate::ui::{
    Button, ButtonKind, Card, CheckChips, Choice, ErrorSummary, FieldError, Notice, PageHead,
    RadioGroup, TextInput, error_of,
};
use crate::web::{Answer, Ctx, Failure, Fields, Islands, or_again, see_other};
use axum::extract::Path;
use axum::response::Response;
use domain::Day;
use domain::ids::{ClassId, PersonId};
use domain::report::{Answers, Channel, Learned, NOTE_MAX, Symptoms, Temperature, read_tenths};
use http::StatusCode;
use leptos::prelude::*;
use services::classroom::ProxyForm;
use services::intake::Submission;
use services::{Error, Refusal};

/// The form.
pub async fn show(ctx: Ctx, Path((class, person)): Path<(ClassId, PersonId)>) -> Answer {
    let form = ctx
        .services()
        .proxy_form(ctx.actor()?, class, person)
        .await?;
    Ok(page(
        &ctx,
        StatusCode::OK,
        form,
        Fields::default(),
        Vec::new(),
    ))
}

/// Sends the report, or shows the form again with what was typed.
pub async fn submit(
    ctx: Ctx,
    Path((class, person)): Path<(ClassId, PersonId)>,
    fields: Fields,
) -> Response {
    let answer = send(ctx, class, person, &fields).await;
    or_again(answer, fields)
}

async fn send(ctx: Ctx, class: ClassId, person: PersonId, fields: &Fields) -> Answer {
    let form = ctx
        .services()
        .proxy_form(ctx.actor()?, class, person)
        .await?;
    let again = |form: ProxyForm, errors: Vec<FieldError>| {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Ok(page(&ctx, status, form, fields.clone(), errors))
    };
    let sent = match read(ctx.lang, &form, fields) {
        Ok(sent) => sent,
        Err(errors) => return again(form, errors),
    };
    match ctx.services().report(ctx.actor()?, sent).await {
        Ok(receipt) => {
            let word = fate_word(receipt.fate);
            Ok(see_other(&format!(
                "/class/{class}/person/{person}?done={word}"
            )))
        }
        Err(error) => again(form, faults(ctx.lang, error)?),
    }
}

/// What the service refused, at the field it is about.
///
/// # Errors
/// Whatever a form cannot mend.
pub(super) fn faults(lang: Lang, error: Error) -> Result<Vec<FieldError>, Failure> {
    use domain::report::{FaultReason, Field};
    match error {
        Error::Answers(faults) => Ok(faults
            .into_iter()
            .map(|fault| match (fault.field, fault.reason) {
                (Field::Temperature, _) => FieldError::new("temperature", range(lang)),
                (Field::Note, FaultReason::TooLong) => FieldError::new(
                    "note",
                    tr!(
                        lang,
                        "最多 {n} 个字",
                        "At most {n} characters",
                        n = NOTE_MAX
                    ),
                ),
                _ => FieldError::new("temperature", Refusal::AnswersInvalid.text(lang)),
            })
            .collect()),
        Error::Refused(refusal @ (Refusal::NotThisDay | Refusal::DayTooLate)) => {
            Ok(vec![FieldError::new("day", refusal.text(lang))])
        }
        Error::Refused(
            refusal @ (Refusal::AnswersInvalid
            | Refusal::ConsentRefused
            | Refusal::AllWellUnavailable),
        ) => Ok(vec![FieldError::new("how", refusal.text(lang))]),
        other => Err(other.into()),
    }
}

const LEARNED: [(&str, Learned); 3] = [
    ("call", Learned::Call),
    ("paper", Learned::Paper),
    ("in_person", Learned::InPerson),
];

fn learned(word: &str) -> Option<Learned> {
    LEARNED
        .into_iter()
        .find(|(name, _)| *name == word)
        .map(|(_, learned)| learned)
}

fn read(lang: Lang, form: &ProxyForm, fields: &Fields) -> Result<Submission, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut wrong = |id: &str, message: String| errors.push(FieldError::new(id, message));
    let how = learned(fields.get("learned"));
    if how.is_none() {
        wrong(
            "learned",
            tr!(lang, "请选择怎么得知的", "Choose how you learned it"),
        );
    }
    let day = fields
        .get("day")
        .parse::<Day>()
        .ok()
        .filter(|day| form.days.iter().any(|(known, _)| known == day));
    if day.is_none() {
        wrong("day", tr!(lang, "请选择哪一天", "Choose the day"));
    }
    let today = day == form.days.first().map(|(day, _)| *day);
    let mut answers = Answers::all_well();
    match fields.get("how") {
        "well" if form.all_well || !today => {}
        "well" => wrong("how", Refusal::AllWellUnavailable.text(lang).to_owned()),
        "detail" => {
            let typed = fields.get("temperature").trim();
            for number in fields.all("symptom").filter_map(|n| n.parse::<u8>().ok()) {
                answers.symptoms = answers.symptoms.with(number);
            }
            match read_tenths(typed) {
                Some(value) => answers.temperature = Temperature::Tenths(value),
                None if typed.is_empty() && answers.symptoms != Symptoms::default() => {}
                None => wrong("temperature", range(lang)),
            }
        }
        _ => wrong(
            "how",
            tr!(
                lang,
                "请选择一切正常或详细填写",
                "Choose all well or details"
            ),
        ),
    }
    fields.get("note").trim().clone_into(&mut answers.note);
    let id = submission(fields.get("submission"));
    match (how, day, id) {
        (Some(how), Some(day), Some(id)) if errors.is_empty() => Ok(Submission {
            person: form.person,
            day,
            id,
            based_on: fields
                .get(&format!("base-{day}"))
                .parse()
                .unwrap_or_default(),
            answers,
            channel: Channel::Proxy(how),
        }),
        _ => {
            if errors.is_empty() {
                errors.push(FieldError::new("how", Refusal::FieldInvalid.text(lang)));
            }
            Err(errors)
        }
    }
}

fn page(
    ctx: &Ctx,
    status: StatusCode,
    form: ProxyForm,
    typed: Fields,
    errors: Vec<FieldError>,
) -> Response {
    let frame = Frame::new(ctx, &form.frame);
    let name = form.name.clone();
    let title = tr!(ctx.lang, "代报：{name}", "Report for {name}");
    let heading = title.clone();
    ctx.html(status, &title, Islands::No, move || {
        view(&frame, heading, &form, &typed, errors)
    })
}

fn view(
    frame: &Frame,
    title: String,
    form: &ProxyForm,
    typed: &Fields,
    errors: Vec<FieldError>,
) -> impl IntoView + use<> {
    let lang = frame.lang;
    let back = frame.at(&format!("/person/{}", form.person));
    let body = if form.paper_only {
        let href = frame.at("/paper");
        view! {
            <Notice>
                {tr!(lang, "有监护人不同意线上填报，这里不能代报。", "A guardian has refused online reporting, so nothing can be entered here.")}
                " "
                <a href=href>{tr!(lang, "登记纸面查验结果", "Enter the check on paper")}</a>
            </Notice>
        }
        .into_any()
    } else {
        questions(lang, form, typed, &errors).into_any()
    };
    let (shell, place) = (frame.clone(), seat(lang, form.seat));
    view! {
        <ClassShell frame=shell tab=Tab::Today>
            <div class="narrow stack">
                <PageHead title=title sub=place>
                    <Button small=true href=back>{tr!(lang, "查看这位学生", "See this student")}</Button>
                </PageHead>
                <ErrorSummary lang=lang errors=errors />
                {body}
            </div>
        </ClassShell>
    }
}

fn questions(
    lang: Lang,
    form: &ProxyForm,
    typed: &Fields,
    errors: &[FieldError],
) -> impl IntoView + use<> {
    let ways = [
        tr!(lang, "打电话", "By a call"),
        tr!(lang, "看到纸面", "From a paper"),
        tr!(lang, "当面", "In person"),
    ];
    let ways = LEARNED
        .iter()
        .zip(ways)
        .map(|((word, _), label)| Choice::new(*word, label))
        .collect();
    let days: Vec<_> = form
        .days
        .iter()
        .map(|(day, _)| day_choice(lang, form.frame.today, *day))
        .collect();
    let day = match typed.get("day") {
        "" => days.first().map(|c| c.value.clone()).unwrap_or_default(),
        day => day.to_owned(),
    };
    let bases = form
        .days
        .iter()
        .map(|(day, revision)| {
            let name = format!("base-{day}");
            let value = match typed.get(&name) {
                "" => revision.to_string(),
                kept => kept.to_owned(),
            };
            view! { <input type="hidden" name=name value=value /> }
        })
        .collect_view();
    let id = match typed.get("submission") {
        "" => form.submission.clone(),
        kept => kept.to_owned(),
    };
    let limit = temperature(lang, i32::from(form.threshold));
    let mut hows = vec![Choice::new("detail", tr!(lang, "详细填写", "Details"))];
    let late = form.days.len() > 1;
    if form.all_well || late {
        hows.insert(
            0,
            Choice::new(
                "well",
                tr!(
                    lang,
                    "一切正常：低于 {limit}，没有不舒服，没有新情况",
                    "All well: below {limit}, no symptoms, nothing new"
                ),
            ),
        );
    }
    let not_well = (!form.all_well).then(|| {
        view! {
            <Notice>
                {tr!(lang, "上次报告时不舒服，今天请用详细填写。", "The last report told of symptoms: please enter details for today.")}
            </Notice>
        }
    });
    let symptoms = form
        .symptoms
        .iter()
        .map(|s| Choice::new(s.number.to_string(), s.title.get(lang)))
        .collect();
    let ticked = typed.all("symptom").map(ToOwned::to_owned).collect();
    let of = |id: &str| error_of(errors, id);
    let details = view! {
        <TextInput
            name="temperature"
            label=tr!(lang, "体温", "Temperature")
            unit="℃"
            inputmode="decimal"
            placeholder="36.5"
            value=typed.get("temperature")
            error=of("temperature")
        />
        <CheckChips name="symptom" label=tr!(lang, "有没有不舒服", "Any symptoms") options=symptoms values=ticked />
    };
    let [learned, how, note] = ["learned", "how", "note"].map(|name| typed.get(name).to_owned());
    let (learned_error, day_error, how_error, note_error) =
        (of("learned"), of("day"), of("how"), of("note"));
    view! {
        <form class="stack" method="post">
            <input type="hidden" name="submission" value=id />
            {bases}
            <Card>
                <div class="stack">
                    <RadioGroup
                        name="learned"
                        label=tr!(lang, "怎么得知的", "How did you learn it")
                        options=ways
                        value=learned
                        columns=3u32
                        error=learned_error
                    />
                    <RadioGroup name="day" label=tr!(lang, "哪一天", "Which day") options=days value=day columns=1u32 error=day_error />
                </div>
            </Card>
            <Card>
                <div class="stack">
                    {not_well}
                    <RadioGroup
                        name="how"
                        label=tr!(lang, "情况", "How are they")
                        options=hows
                        value=how
                        columns=1u32
                        error=how_error
                        opens="detail"
                        then=details
                    />
                    <TextInput
                        name="note"
                        label=tr!(lang, "备注", "Note")
                        optional=tr!(lang, "可不填", "optional")
                        rows=2u32
                        maxlength=500u32
                        value=note
                        error=note_error
                    />
                    <p class="hint">
                        {tr!(
                            lang,
                            "接触、同住人、外出等情况，请家长自己补报。代报会记下您的姓名、时间和得知方式，家长能看到。",
                            "Contacts, household and stays are for the family to report. Your name, the time and how you learned it are kept; the guardian sees them."
                        )}
                    </p>
                    <Button kind=ButtonKind::Primary wide=true>{tr!(lang, "提交代报", "Send the report")}</Button>
                </div>
            </Card>
        </form>
    }
}
