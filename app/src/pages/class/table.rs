//! Paper forms of a class from a spreadsheet: the table to fill in, and what became of it.

use super::export::workbook;
use super::shell::{ClassShell, Frame, Tab};
use super::today::said;
use super::words::{fate, paper_fault};
use crate::pages::upload::{FileField, receive};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{counted, day_week};
use crate::ui::*;
use crate::web::{Answer, Ctx, Failure, Fields, Islands, see_other};
use axum::extract::{Path, RawQuery, Request};
use axum::response::Response;
use domain::Day;
use domain::ids::ClassId;
use http::StatusCode;
use leptos::prelude::*;
use services::classroom::{
    PaperForm, RowFault, RowReason, TABLE_ROWS, TableColumn, TableError, TableOutcome,
};

/// What the page shows beside the form.
#[derive(Default)]
struct Shown {
    /// What became of a table that was sent.
    outcome: Option<TableOutcome>,
    errors: Vec<FieldError>,
    /// The box is ticked.
    signed: bool,
}

/// The form. `?taken=…&known=…&skipped=…` say what became of a table without faults.
pub async fn show(ctx: Ctx, Path(class): Path<ClassId>, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let form = ctx.services().paper_form(ctx.actor()?, class).await?;
    let n = |name| query.get(name).parse().unwrap_or(0);
    let outcome = query.has("taken").then(|| TableOutcome {
        taken: n("taken"),
        known: n("known"),
        skipped: n("skipped"),
        faults: Vec::new(),
    });
    let shown = Shown {
        outcome,
        ..Shown::default()
    };
    let today = form.frame.today;
    Ok(page(&ctx, StatusCode::OK, form, today, shown))
}

/// The table, to be filled in.
pub async fn download(ctx: Ctx, Path(class): Path<ClassId>) -> Answer {
    let services = ctx.services();
    let table = services.paper_table(ctx.actor()?, class, ctx.lang).await?;
    Ok(workbook(table))
}

/// Enters the rows of a filled-in table; those that were not taken are named.
pub async fn submit(ctx: Ctx, Path(class): Path<ClassId>, request: Request) -> Answer {
    let form = ctx.services().paper_form(ctx.actor()?, class).await?;
    let (upload, problem) = receive(request).await;
    let signed = upload.fields.has("signed");
    let mut errors = Vec::new();
    if let Some(problem) = problem {
        errors.push(FieldError::new("file", problem.words(ctx.lang)));
    }
    if !signed {
        errors.push(FieldError::new("signed", not_signed(ctx.lang)));
    }
    if !errors.is_empty() {
        let day = upload.fields.day("day").unwrap_or(form.frame.today);
        return Ok(again(&ctx, form, day, signed, errors, None));
    }
    // Papers are entered for the day on which the form was opened, whenever they come.
    let day = upload.fields.value::<Day>("day")?;
    let (actor, services) = (ctx.actor()?, ctx.services());
    let entered = services.enter_paper_table(actor, class, day, &upload.name, upload.bytes);
    match entered.await {
        Ok(n) if n.faults.is_empty() => Ok(see_other(&format!(
            "/class/{class}/paper/table?taken={}&known={}&skipped={}",
            n.taken, n.known, n.skipped
        ))),
        Ok(outcome) => {
            let form = services.paper_form(actor, class).await?;
            let errors = vec![FieldError::new("rows", rows_left(ctx.lang, &outcome))];
            Ok(again(&ctx, form, day, signed, errors, Some(outcome)))
        }
        Err(error) => {
            let errors = vec![FieldError::new("file", file_error(ctx.lang, error)?)];
            Ok(again(&ctx, form, day, signed, errors, None))
        }
    }
}

fn again(
    ctx: &Ctx,
    form: PaperForm,
    day: Day,
    signed: bool,
    errors: Vec<FieldError>,
    outcome: Option<TableOutcome>,
) -> Response {
    let shown = Shown {
        outcome,
        errors,
        signed,
    };
    page(ctx, StatusCode::UNPROCESSABLE_ENTITY, form, day, shown)
}

fn not_signed(lang: Lang) -> String {
    tr!(
        lang,
        "请确认手里有勾选的每个人的签字纸面",
        "Confirm that you hold the signed papers"
    )
}

/// What is wrong with a file as a whole.
fn file_error(lang: Lang, error: TableError) -> Result<String, Failure> {
    Ok(match error {
        TableError::File(error) => error.message(lang).to_owned(),
        TableError::TooManyRows => tr!(
            lang,
            "行数过多：一个班的表最多 {TABLE_ROWS} 行",
            "Too many rows: the table of a class has at most {TABLE_ROWS}"
        ),
        TableError::Columns(columns) => {
            let titles: Vec<&str> = columns.iter().map(|c| c.title(lang)).collect();
            tr!(
                lang,
                "前 10 行中找不到这些列：{titles}。请用下载的表，或照它写表头。",
                "These columns are not in the first 10 rows: {titles}. Use the table from here, or its headings.",
                titles = titles.join(tr!(lang, "、", ", ").as_str())
            )
        }
        TableError::Other(error) => return Err(error.into()),
    })
}

fn rows_left(lang: Lang, outcome: &TableOutcome) -> String {
    let n = outcome.faults.len();
    let rows = counted(n, "row is", "rows are");
    tr!(
        lang,
        "有 {n} 行要看一看，原因在下面",
        "{rows} to be looked at; the reasons stand below"
    )
}

/// What became of the rows, in numbers.
fn numbers(lang: Lang, outcome: &TableOutcome) -> String {
    let TableOutcome {
        taken,
        known,
        skipped,
        ..
    } = outcome;
    let mut said = tr!(lang, "收下 {taken} 份", "{taken} taken");
    if *known > 0 {
        said += &tr!(
            lang,
            "，{known} 份以前就收下了",
            ", {known} had been taken before"
        );
    }
    if *skipped > 0 {
        let rows = counted(*skipped, "row", "rows");
        said += &tr!(
            lang,
            "，{skipped} 行没有填，跳过了",
            ", {rows} not filled in and skipped"
        );
    }
    said + &tr!(lang, "。", ".")
}

/// Why a row was not taken, and what to do.
fn reason(lang: Lang, reason: &RowReason) -> String {
    match reason {
        RowReason::Cell(column, reason) => {
            let (title, message) = (column.title(lang), reason.message(lang));
            tr!(lang, "{title}：{message}", "{title}: {message}")
        }
        RowReason::NobodyNamed => tr!(
            lang,
            "请填学号或姓名",
            "Write the student number or the name"
        ),
        RowReason::NotInClass => tr!(
            lang,
            "这个班没有这位学生，请核对学号和姓名",
            "Nobody of this class; look at number and name again"
        ),
        RowReason::NameDiffers => tr!(
            lang,
            "学号和姓名不是同一位学生，请改对其中一个",
            "Number and name are not of one student; correct one of them"
        ),
        RowReason::NameOfSeveral => tr!(
            lang,
            "班里有同名的学生，请填学号",
            "Several have this name; write the student number"
        ),
        RowReason::Twice(row) => tr!(
            lang,
            "和第 {row} 行是同一位学生，请只留一行",
            "The same student as in row {row}; keep one of them"
        ),
        RowReason::SignedUnknown => tr!(
            lang,
            "“有签字纸面”请写“有”，没有就空着",
            "Signed paper: write yes, or leave it empty"
        ),
        RowReason::CheckUnknown => tr!(
            lang,
            "“纸面查验”请写“可以到校”或“不能到校”",
            "Check on paper: write may attend or may not attend"
        ),
        RowReason::SymptomUnknown(words) => tr!(
            lang,
            "不认识“{words}”，请照“怎样填”里的写法写不舒服",
            "“{words}” is no symptom of the list; write it as the list has it"
        ),
        RowReason::Paper(fault) => paper_fault(lang, *fault),
        RowReason::HasReported => tr!(
            lang,
            "这一天已经有报告，没有改动；要改，请点姓名",
            "Has reported already, and nothing was changed; to change it, open their page by the name"
        ),
        RowReason::Waits(of) => fate(lang, *of),
        RowReason::Refused(refusal) => refusal.text(lang).to_owned(),
        RowReason::NotSaved => tr!(
            lang,
            "没有存上，请把表再传一次",
            "Not saved; please send the table again"
        ),
    }
}

fn page(ctx: &Ctx, status: StatusCode, form: PaperForm, day: Day, shown: Shown) -> Response {
    let frame = Frame::new(ctx, &form.frame);
    let label = frame.label();
    let title = tr!(
        ctx.lang,
        "{label} 用表格录入",
        "Paper forms of class {label} from a table"
    );
    let heading = title.clone();
    ctx.html(status, &title, Islands::No, move || {
        view(&frame, heading, &form, day, shown)
    })
}

fn view(
    frame: &Frame,
    title: String,
    form: &PaperForm,
    day: Day,
    shown: Shown,
) -> impl IntoView + use<> {
    let (lang, shell) = (frame.lang, frame.clone());
    let trail = vec![
        Crumb::link(tr!(lang, "纸面录入", "Paper forms"), frame.at("/paper")),
        Crumb::here(tr!(lang, "用表格录入", "From a table")),
    ];
    let numbers = shown.outcome.as_ref().map(|n| numbers(lang, n));
    let faults = shown.outcome.map(|outcome| outcome.faults);
    let faults = faults
        .filter(|faults| !faults.is_empty())
        .map(|faults| faults_card(frame, &faults));
    let (first_step, second_step) = (
        first_step(frame, form),
        second_step(frame, day, shown.signed, &shown.errors),
    );
    view! {
        <ClassShell frame=shell tab=Tab::Paper>
            <Crumbs lang=lang trail=trail />
            <PageHead title=title sub=day_week(lang, day) />
            {said(numbers)}
            <ErrorSummary lang=lang errors=shown.errors />
            {faults}
            <div class="halves">
                {first_step}
                {second_step}
            </div>
        </ClassShell>
    }
}

fn first_step(frame: &Frame, form: &PaperForm) -> AnyView {
    let (lang, waiting) = (frame.lang, form.rows.len());
    let symptoms: Vec<&str> = form.symptoms.iter().map(|s| s.title.get(lang)).collect();
    let symptoms = symptoms.join(tr!(lang, "、", ", ").as_str());
    let download = if waiting == 0 {
        let (home, title) = (
            frame.at(""),
            tr!(lang, "今天全部报告了", "Everybody has reported today"),
        );
        view! {
            <EmptyState icon=IconName::Check title=title>
                <a href=home>{tr!(lang, "查看今日进度", "Show today")}</a>
            </EmptyState>
        }
        .into_any()
    } else {
        let (href, people) = (
            frame.at("/paper/table.xlsx"),
            counted(waiting, "student", "students"),
        );
        view! {
            <p>{tr!(lang, "表里是今天还没报告的 {waiting} 人。", "It lists the {people} without a report today.")}</p>
            <div class="row"><Button icon=IconName::Download href=href>{tr!(lang, "下载表格", "Download the table")}</Button></div>
        }
        .into_any()
    };
    view! {
        <Card title=tr!(lang, "第一步：下载，照纸面填", "Step 1: download and fill in")>
            <div class="stack">
                {download}
                <ul class="steps">
                    <li>{tr!(lang, "手里有签字纸面的，“有签字纸面”写“有”；空着的行会跳过。", "Where you hold the signed paper, write yes under Signed paper; rows left empty are skipped.")}</li>
                    <li>{tr!(lang, "体温可以不填。不舒服有几样，用顿号隔开：{symptoms}。", "The temperature may stay empty. Several symptoms stand with commas between them: {symptoms}.")}</li>
                    <li>{tr!(lang, "家长不同意线上填报的，只写“纸面查验”：可以到校，或不能到校。", "Where the family refused online reporting, write only the check on paper: may attend, or may not attend.")}</li>
                </ul>
            </div>
        </Card>
    }
    .into_any()
}

fn second_step(frame: &Frame, day: Day, signed: bool, errors: &[FieldError]) -> AnyView {
    let lang = frame.lang;
    let of = |id: &str| error_of(errors, id);
    view! {
        <form class="card pad stack" method="post" action=frame.at("/paper/table") enctype="multipart/form-data">
            <h2>{tr!(lang, "第二步：传回来", "Step 2: send it back")}</h2>
            <input type="hidden" name="day" value=day.to_string() />
            <FileField
                label=tr!(lang, "填好的表格", "The filled-in table")
                hint=tr!(lang, ".xlsx 或 .csv，最多 {TABLE_ROWS} 行；自己的表也行，要有学号或姓名，和“有签字纸面”", ".xlsx or .csv, at most {TABLE_ROWS} rows; a table of your own will do, with student number or name, and Signed paper")
                error=of("file")
            />
            <CheckBox
                name="signed"
                label=tr!(lang, "我手里有表里勾选的每个人的签字纸面", "I hold the signed paper of everyone ticked in the table")
                checked=signed
                required=true
                error=of("signed")
            />
            <div class="row"><Button kind=ButtonKind::Primary>{tr!(lang, "上传并录入", "Upload and enter")}</Button></div>
        </form>
    }
    .into_any()
}

fn faults_card(frame: &Frame, faults: &[RowFault]) -> AnyView {
    let lang = frame.lang;
    let columns = vec![
        Column::number(tr!(lang, "行", "Row")),
        Column::new(TableColumn::Name.title(lang)),
        Column::new(tr!(lang, "怎么办", "What to do")),
    ];
    let rows = faults
        .iter()
        .map(|fault| {
            let (number, name) = (fault.row, fault.name.clone());
            let reason = reason(lang, &fault.reason);
            let who = match fault.person {
                Some(person) => {
                    let href = frame.at(&format!("/person/{person}"));
                    view! { <a href=href>{name}</a> }.into_any()
                }
                None => name.into_any(),
            };
            view! {
                <DataRow bad=true>
                    <DataCell kind=CellKind::Number label=tr!(lang, "行", "Row")>{number}</DataCell>
                    <DataCell kind=CellKind::Name>{who}</DataCell>
                    <DataCell kind=CellKind::Wide label=tr!(lang, "怎么办", "What to do")>{reason}</DataCell>
                </DataRow>
            }
        })
        .collect_view();
    let title = tr!(lang, "要看一看的行", "Rows to be looked at");
    view! {
        <section class="card flush" id="rows">
            <div class="card-head"><h2>{title.clone()}</h2></div>
            <DataTable caption=title columns=columns>{rows}</DataTable>
            <div class="card-foot">
                {tr!(lang, "改好这些行，把整张表再传一次：收下过的不会重复。", "Mend these rows and send the whole table again: nothing is taken twice.")}
            </div>
        </section>
    }
    .into_any()
}
