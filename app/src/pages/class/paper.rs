//! A whole class from paper forms: many reports in one go, each accepted or mended on its own.

use super::shell::{ClassShell, Frame, Tab};
use super::today::said;
use super::words::{paper_fault, range, seat, submission};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_week, temperature};
use crate::ui::{
    Button, ButtonKind, CellKind, Choice, Column, DataCell, DataRow, DataTable, EmptyState,
    ErrorLine, ErrorSummary, FieldError, Icon, IconName, PageHead, StatusChip, error_of,
};
use crate::web::{Answer, Ctx, Fields, Islands, see_other};
use axum::extract::{Path, RawQuery};
use domain::Day;
use domain::ids::ClassId;
use domain::report::{Channel, Symptoms};
use http::StatusCode;
use leptos::prelude::*;
use services::classroom::{PaperCheck, PaperEntry, PaperForm, PaperRow, Symptom};
use services::intake::Submission;
use services::{Error, Refusal};

/// The form.
pub async fn show(ctx: Ctx, Path(class): Path<ClassId>, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let form = ctx.services().paper_form(ctx.actor()?, class).await?;
    let done = query.get("done").parse().unwrap_or(0);
    Ok(page(
        &ctx,
        StatusCode::OK,
        form,
        Fields::default(),
        Vec::new(),
        done,
    ))
}

/// Enters every row that says something; rows to mend stay on the page as they were typed.
pub async fn submit(ctx: Ctx, Path(class): Path<ClassId>, fields: Fields) -> Answer {
    let form = ctx.services().paper_form(ctx.actor()?, class).await?;
    // Papers are entered for the day on which the form was opened, whenever it comes.
    let day = fields.value::<Day>("day")?;
    let (mut errors, mut done) = (Vec::new(), 0);
    for row in &form.rows {
        let outcome = match read(ctx.lang, row, day, &fields) {
            Ok(None) => continue,
            Ok(Some(sent)) => ctx.services().report(ctx.actor()?, sent).await,
            Err(error) => {
                errors.push(error);
                continue;
            }
        };
        match outcome {
            Ok(_) => done += 1,
            Err(error) => errors.push(FieldError::new(
                format!("row-{}", row.person),
                format!("{}: {}", row.name, words(ctx.lang, &error)),
            )),
        }
    }
    if errors.is_empty() {
        return Ok(see_other(&format!("/class/{class}/paper?done={done}")));
    }
    let form = ctx.services().paper_form(ctx.actor()?, class).await?;
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(page(&ctx, status, form, fields, errors, done))
}

fn words(lang: Lang, error: &Error) -> String {
    match error {
        Error::Refused(refusal) => refusal.text(lang).to_owned(),
        Error::Answers(_) => range(lang),
        _ => tr!(
            lang,
            "没有存上，请再提交一次",
            "Not saved; please send it again"
        ),
    }
}

/// The name of a row's field.
fn field(name: &str, row: &PaperRow) -> String {
    format!("{name}-{}", row.person)
}

/// The report of one row; `None` where the row says nothing.
fn read(
    lang: Lang,
    row: &PaperRow,
    day: Day,
    fields: &Fields,
) -> Result<Option<Submission>, FieldError> {
    let wrong = |text: String| FieldError::new(field("row", row), format!("{}: {text}", row.name));
    let answers = entry(row, fields)
        .answers(row)
        .map_err(|fault| wrong(paper_fault(lang, fault)))?;
    let Some(answers) = answers else {
        return Ok(None);
    };
    let id = submission(fields.get(&field("submission", row)))
        .ok_or_else(|| wrong(Refusal::FieldInvalid.text(lang).to_owned()))?;
    Ok(Some(Submission {
        person: row.person,
        day,
        id,
        based_on: fields.get(&field("base", row)).parse().unwrap_or_default(),
        answers,
        channel: Channel::Paper,
    }))
}

/// What was typed in a row.
fn entry(row: &PaperRow, fields: &Fields) -> PaperEntry {
    let symptom = fields.get(&field("symptom", row)).parse();
    PaperEntry {
        signed: fields.has(&field("paper", row)),
        temperature: fields.get(&field("temperature", row)).trim().to_owned(),
        symptoms: symptom.map_or(Symptoms::default(), |n| Symptoms::default().with(n)),
        check: match fields.get(&field("check", row)) {
            "may" => Some(PaperCheck::May),
            "may_not" => Some(PaperCheck::MayNot),
            _ => None,
        },
    }
}

fn page(
    ctx: &Ctx,
    status: StatusCode,
    form: PaperForm,
    typed: Fields,
    errors: Vec<FieldError>,
    done: usize,
) -> axum::response::Response {
    let frame = Frame::new(ctx, &form.frame);
    let label = frame.label();
    let title = tr!(ctx.lang, "{label} 纸面录入", "Paper forms of class {label}");
    let heading = title.clone();
    ctx.html(status, &title, Islands::No, move || {
        view(&frame, heading, &form, &typed, errors, done)
    })
}

fn view(
    frame: &Frame,
    title: String,
    form: &PaperForm,
    typed: &Fields,
    errors: Vec<FieldError>,
    done: usize,
) -> impl IntoView + use<> {
    let lang = frame.lang;
    let (shell, home, table) = (frame.clone(), frame.at(""), frame.at("/paper/table"));
    let today = form.frame.today;
    let day = match typed.get("day") {
        "" => today.to_string(),
        kept => kept.to_owned(),
    };
    let entered = (done > 0).then(|| tr!(lang, "已录入 {done} 份", "{done} entered"));
    let limit = temperature(lang, i32::from(form.threshold));
    let rows: Vec<_> = form
        .rows
        .iter()
        .map(|row| row_view(frame, row, &form.symptoms, typed, &errors))
        .collect();
    let body = if rows.is_empty() {
        view! {
            <section class="card">
                <EmptyState icon=IconName::Check title=tr!(lang, "今天全部报告了", "Everybody has reported today")>
                    <a href=home>{tr!(lang, "查看今日进度", "Show today")}</a>
                </EmptyState>
            </section>
        }
        .into_any()
    } else {
        view! {
            <form class="card flush" method="post" action=frame.at("/paper")>
                <input type="hidden" name="day" value=day />
                <DataTable
                    caption=tr!(lang, "今天还没报告的学生", "Students without a report today")
                    columns=vec![
                        Column::new(tr!(lang, "座号", "Seat")),
                        Column::new(tr!(lang, "姓名", "Name")),
                        Column::new(tr!(lang, "现在", "Now")),
                        Column::new(tr!(lang, "有签字纸面", "Signed paper")),
                        Column::new(tr!(lang, "体温（可不填）", "Temperature (optional)")),
                        Column::new(tr!(lang, "不舒服", "Symptom")),
                    ]
                >
                    {rows}
                </DataTable>
                <div class="card-foot row between">
                    <span>
                        {tr!(
                            lang,
                            "只勾选、其他不填，就是：低于 {limit}，没有不舒服，没有新情况。",
                            "Ticked and nothing else means: below {limit}, no symptoms, nothing new."
                        )}
                    </span>
                    <Button kind=ButtonKind::Primary>{tr!(lang, "录入勾选的纸面", "Enter the ticked papers")}</Button>
                </div>
            </form>
        }
        .into_any()
    };
    view! {
        <ClassShell frame=shell tab=Tab::Paper>
            <PageHead title=title sub=day_week(lang, today)>
                <Button icon=IconName::Document href=table>{tr!(lang, "用表格录入", "Enter from a table")}</Button>
            </PageHead>
            {said(entered)}
            <ErrorSummary lang=lang errors=errors />
            {body}
        </ClassShell>
    }
}

fn row_view(
    frame: &Frame,
    row: &PaperRow,
    symptoms: &[Symptom],
    typed: &Fields,
    errors: &[FieldError],
) -> impl IntoView + use<> {
    let lang = frame.lang;
    let id = field("row", row);
    let error = error_of(errors, &id);
    let (name, code, place) = (row.name.clone(), row.code, seat(lang, row.seat));
    let kept = |name: &str, fresh: String| match typed.get(name) {
        "" => fresh,
        kept => kept.to_owned(),
    };
    let (submission, base) = (field("submission", row), field("base", row));
    let submission_value = kept(&submission, row.submission.clone());
    let base_value = kept(&base, row.revision.to_string());
    let href = frame.at(&format!("/person/{}", row.person));
    let inputs = if row.paper_only {
        check_cells(lang, row, typed).into_any()
    } else {
        paper_cells(frame, row, symptoms, typed).into_any()
    };
    view! {
        <DataRow bad=error.is_some()>
            <DataCell kind=CellKind::Mute>{place}</DataCell>
            <DataCell kind=CellKind::Name>
                <a href=href id=id>{name}</a>
                <input type="hidden" name=submission value=submission_value />
                <input type="hidden" name=base value=base_value />
                {error.map(|message| view! { <ErrorLine message=message /> })}
            </DataCell>
            <DataCell><StatusChip lang=lang code=code /></DataCell>
            {inputs}
        </DataRow>
    }
}

/// A child whose guardians refused: only whether they may attend.
fn check_cells(lang: Lang, row: &PaperRow, typed: &Fields) -> impl IntoView + use<> {
    let name = field("check", row);
    let label = tr!(
        lang,
        "{who} 的纸面查验",
        "Check on paper of {who}",
        who = row.name
    );
    let chosen = typed.get(&name).to_owned();
    let options = [
        ("", tr!(lang, "还没查验", "not checked yet")),
        ("may", tr!(lang, "已查验：可以到校", "checked: may attend")),
        (
            "may_not",
            tr!(lang, "已查验：不能到校", "checked: may not attend"),
        ),
    ];
    view! {
        <DataCell kind=CellKind::Wide>
            {select(name, label, options.map(|(v, l)| Choice::new(v, l)).to_vec(), &chosen)}
        </DataCell>
        <DataCell kind=CellKind::Mute>
            {tr!(lang, "家长不同意线上填报，只登记查验结果", "no online reporting: only the result is kept")}
        </DataCell>
        <DataCell>""</DataCell>
    }
}

fn paper_cells(
    frame: &Frame,
    row: &PaperRow,
    symptoms: &[Symptom],
    typed: &Fields,
) -> impl IntoView + use<> {
    let lang = frame.lang;
    let who = &row.name;
    let (paper, degrees, symptom) = (
        field("paper", row),
        field("temperature", row),
        field("symptom", row),
    );
    let ticked = typed.has(&paper);
    let value = typed.get(&degrees).to_owned();
    let chosen = typed.get(&symptom).to_owned();
    let mut options = vec![Choice::new("", tr!(lang, "没有", "none"))];
    options.extend(
        symptoms
            .iter()
            .map(|s| Choice::new(s.number.to_string(), s.title.get(lang))),
    );
    let more = frame.at(&format!("/proxy/{}", row.person));
    let paper_label = tr!(lang, "{who} 有签字纸面", "signed paper of {who}");
    let degrees_label = tr!(lang, "{who} 的体温", "Temperature of {who}");
    let symptom_label = tr!(lang, "{who} 哪里不舒服", "Symptom of {who}");
    view! {
        <DataCell>
            <label class="choice">
                <input type="checkbox" name=paper value="yes" checked=ticked />
                <span>{tr!(lang, "有", "Yes")} <span class="vh">{paper_label}</span></span>
            </label>
        </DataCell>
        <DataCell>
            <input
                class="input"
                type="text"
                name=degrees
                value=value
                inputmode="decimal"
                maxlength="6"
                size="6"
                placeholder="36.5"
                aria-label=degrees_label
            />
        </DataCell>
        <DataCell>
            {select(symptom, symptom_label, options, &chosen)}
            <a class="hint" href=more>{tr!(lang, "有几样，用代报", "several: report by proxy")}</a>
        </DataCell>
    }
}

fn select(
    name: String,
    label: String,
    options: Vec<Choice>,
    chosen: &str,
) -> impl IntoView + use<> {
    let options = options
        .into_iter()
        .map(|choice| {
            let selected = choice.value == chosen;
            view! { <option value=choice.value selected=selected>{choice.label}</option> }
        })
        .collect_view();
    view! {
        <div class="pick">
            <select class="input" name=name aria-label=label>{options}</select>
            <Icon name=IconName::ChevronDown />
        </div>
    }
}
