//! Paper forms of a class from a spreadsheet: the table to fill in, and what became of it.

use super::export::workbook;
use super::shell::{ClassShell, Frame, Tab};
use super::today::said;
use super::words::{day_choice, fate, paper_fault};
use crate::pages::upload::{FileField, NoFile, receive};
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
use services::{Error, Refusal};

/// What the page shows beside the form.
#[derive(Default)]
struct Shown {
    /// What became of a table that was sent, and of which day it was.
    outcome: Option<(Day, TableOutcome)>,
    errors: Vec<FieldError>,
    /// The day that is chosen; today where none is.
    day: Option<Day>,
    /// The box is ticked.
    signed: bool,
}

/// The form. `?taken=…&known=…&skipped=…` say what became of a table without faults, `day=…` of which day where not of
/// today.
pub async fn show(ctx: Ctx, Path(class): Path<ClassId>, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let form = ctx.services().paper_form(ctx.actor()?, class).await?;
    let n = |name| query.get(name).parse().unwrap_or(0);
    let outcome = query.has("taken").then(|| TableOutcome {
        taken: n("taken"),
        known: n("known"),
        skipped: n("skipped"),
        ..TableOutcome::default()
    });
    let day = query.day("day").unwrap_or(form.frame.today);
    let shown = Shown {
        outcome: outcome.map(|outcome| (day, outcome)),
        ..Shown::default()
    };
    Ok(page(&ctx, StatusCode::OK, form, shown))
}

/// The table, to be filled in.
pub async fn download(ctx: Ctx, Path(class): Path<ClassId>) -> Answer {
    let services = ctx.services();
    let table = services.paper_table(ctx.actor()?, class, ctx.lang).await?;
    Ok(workbook(table))
}

/// Enters the rows of a filled-in table; those that were not taken are named.
pub async fn submit(ctx: Ctx, Path(class): Path<ClassId>, request: Request) -> Answer {
    let (actor, services) = (ctx.actor()?, ctx.services());
    let form = services.paper_form(actor, class).await?;
    let (upload, problem) = receive(request).await;
    let mut shown = Shown {
        day: upload.fields.day("day"),
        signed: upload.fields.has("signed"),
        ..Shown::default()
    };
    shown.errors = unfit(ctx.lang, &shown, problem);
    let Some(day) = shown.day.filter(|_| shown.errors.is_empty()) else {
        return Ok(page(&ctx, StatusCode::UNPROCESSABLE_ENTITY, form, shown));
    };
    let entered = services.enter_paper_table(actor, class, day, &upload.name, upload.bytes);
    let outcome = match entered.await {
        Ok(outcome) => outcome,
        Err(error) => {
            shown.errors = vec![file_fault(ctx.lang, &form, error)?];
            return Ok(page(&ctx, StatusCode::UNPROCESSABLE_ENTITY, form, shown));
        }
    };
    let has_faults = !outcome.faults.is_empty();
    if !has_faults && outcome.unread.is_empty() {
        let here = format!("/class/{class}/paper/table");
        return Ok(see_other(&told(&here, form.frame.today, day, &outcome)));
    }
    let status = if has_faults {
        shown.errors = vec![FieldError::new("rows", rows_left(ctx.lang, &outcome))];
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    shown.outcome = Some((day, outcome));
    let form = services.paper_form(actor, class).await?;
    Ok(page(&ctx, status, form, shown))
}

/// What is wrong with a form before its file is looked into.
fn unfit(lang: Lang, sent: &Shown, problem: Option<NoFile>) -> Vec<FieldError> {
    let no_file = problem.map(|problem| FieldError::new("file", problem.words(lang)));
    let no_day = sent.day.is_none();
    let no_day =
        no_day.then(|| FieldError::new("day", tr!(lang, "请选择哪一天", "Choose the day")));
    let not_signed = (!sent.signed).then(|| FieldError::new("signed", not_signed(lang)));
    [no_file, no_day, not_signed]
        .into_iter()
        .flatten()
        .collect()
}

/// The address of the page that says what became of a table.
fn told(here: &str, today: Day, day: Day, n: &TableOutcome) -> String {
    let of = if day == today {
        String::new()
    } else {
        format!("&day={day}")
    };
    format!(
        "{here}?taken={}&known={}&skipped={}{of}",
        n.taken, n.known, n.skipped
    )
}

fn not_signed(lang: Lang) -> String {
    tr!(
        lang,
        "请确认手里有勾选的每个人的签字纸面",
        "Confirm that you hold the signed papers"
    )
}

/// The days that can be entered, today first.
fn days(form: &PaperForm) -> impl Iterator<Item = Day> {
    let today = form.frame.today;
    (0..=form.frame.late_days).map(move |back| today.plus(-back))
}

/// What is wrong with a file as a whole, at the field that mends it.
fn file_fault(lang: Lang, form: &PaperForm, error: TableError) -> Result<FieldError, Failure> {
    let words = match error {
        TableError::OtherDay { written, chosen } => {
            let words = other_day(lang, form, written, chosen);
            return Ok(FieldError::new("day", words));
        }
        TableError::Other(Error::Refused(
            refusal @ (Refusal::NotThisDay | Refusal::DayTooLate),
        )) => return Ok(FieldError::new("day", refusal.text(lang))),
        TableError::Other(error) => return Err(error.into()),
        TableError::File(error) => error.message(lang).to_owned(),
        TableError::Repeated(column, written) => tr!(
            lang,
            "有两列都是{title}，第二列写的是“{written}”。请只留一列。",
            "Two columns are for {title}, the second is headed “{written}”. Keep one of them.",
            title = column.title(lang)
        ),
        TableError::SecondSheet => tr!(
            lang,
            "有两张工作表都有这些列，请都放到一张工作表里",
            "Two sheets have these columns; put all on one sheet"
        ),
        TableError::TooManyRows => tr!(
            lang,
            "行数过多：一个班的表最多 {TABLE_ROWS} 行",
            "Too many rows: the table of a class has at most {TABLE_ROWS}"
        ),
        TableError::Columns(columns) => {
            let titles = columns.iter().map(|c| c.title(lang).to_owned());
            tr!(
                lang,
                "前 10 行中找不到这些列：{titles}。请用下载的表，或照它写表头。",
                "These columns are not in the first 10 rows: {titles}. Use the table from here, or its headings.",
                titles = listed(lang, titles)
            )
        }
    };
    Ok(FieldError::new("file", words))
}

fn other_day(lang: Lang, form: &PaperForm, written: Day, chosen: Day) -> String {
    let of = day_week(lang, written);
    let said = tr!(
        lang,
        "表头上面写的是 {of}，选的却是 {chosen}。",
        "The table says {of} above its headings, but {chosen} is chosen. ",
        chosen = day_week(lang, chosen)
    );
    said + &if days(form).any(|day| day == written) {
        tr!(
            lang,
            "请选 {of}，再传一次。",
            "Choose {of} and send it again."
        )
    } else {
        Refusal::DayTooLate.text(lang).to_owned()
    }
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

fn listed(lang: Lang, titles: impl Iterator<Item = String>) -> String {
    let titles: Vec<String> = titles.collect();
    titles.join(tr!(lang, "、", ", ").as_str())
}

/// Which columns were not read.
fn unread(lang: Lang, titles: &[String]) -> Option<String> {
    (!titles.is_empty()).then(|| {
        tr!(
            lang,
            "没有读这些列：{titles}",
            "These columns were not read: {titles}",
            titles = listed(lang, titles.iter().cloned())
        )
    })
}

/// What became of the rows, in numbers; of which day, where not of today.
fn numbers(lang: Lang, today: Day, day: Day, outcome: &TableOutcome) -> String {
    let TableOutcome {
        taken,
        known,
        skipped,
        ..
    } = outcome;
    let mut said = if day == today {
        String::new()
    } else {
        tr!(lang, "{of}：", "{of}: ", of = day_week(lang, day))
    };
    said += &tr!(lang, "收下 {taken} 份", "{taken} taken");
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
            "不认识“{words}”，请照第一步列出的写法写不舒服",
            "“{words}” is no symptom of the list; write it as listed in step 1"
        ),
        RowReason::NoteUnread => tr!(
            lang,
            "说明里写的没有读；请写到体温或不舒服里，说明里删掉",
            "What stands under Note is not read; write it under Temperature or Symptoms, and empty the note"
        ),
        RowReason::Paper(fault) => paper_fault(lang, *fault),
        RowReason::HasReported => tr!(
            lang,
            "这一天已经有报告，没有改动；要改，请点姓名",
            "Has reported already, and nothing was changed; to change it, open their page by the name"
        ),
        RowReason::Struck => tr!(
            lang,
            "这份报告后来没有采用，或撤掉了；要录入，请点姓名",
            "It was struck or refused since; enter it on their page, by the name"
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

/// Whether another table can mend it.
fn is_mendable(reason: &RowReason) -> bool {
    !matches!(
        reason,
        RowReason::HasReported | RowReason::Struck | RowReason::Waits(_) | RowReason::Refused(_)
    )
}

fn page(ctx: &Ctx, status: StatusCode, form: PaperForm, shown: Shown) -> Response {
    let frame = Frame::new(ctx, &form.frame);
    let label = frame.label();
    let title = tr!(
        ctx.lang,
        "{label} 用表格录入",
        "Paper forms of class {label} from a table"
    );
    let heading = title.clone();
    ctx.html(status, &title, Islands::No, move || {
        view(&frame, heading, &form, shown)
    })
}

fn view(frame: &Frame, title: String, form: &PaperForm, shown: Shown) -> impl IntoView + use<> {
    let (lang, shell) = (frame.lang, frame.clone());
    let trail = vec![
        Crumb::link(tr!(lang, "纸面录入", "Paper forms"), frame.at("/paper")),
        Crumb::here(tr!(lang, "用表格录入", "From a table")),
    ];
    let today = form.frame.today;
    let outcome = shown.outcome.as_ref();
    let numbers = outcome.map(|(day, n)| numbers(lang, today, *day, n));
    let unread = outcome.and_then(|(_, n)| unread(lang, &n.unread));
    let unread = unread.map(|text| view! { <Notice>{text}</Notice> });
    let faults = outcome.map(|(_, n)| &n.faults);
    let faults = faults
        .filter(|faults| !faults.is_empty())
        .map(|faults| faults_card(frame, faults));
    let (first_step, second_step) = (first_step(frame, form), second_step(frame, form, &shown));
    view! {
        <ClassShell frame=shell tab=Tab::Paper>
            <Crumbs lang=lang trail=trail />
            <PageHead title=title sub=day_week(lang, today) />
            {said(numbers)}
            {unread}
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
    let symptoms = form.symptoms.iter();
    let symptoms = listed(lang, symptoms.map(|s| s.title.get(lang).to_owned()));
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

fn second_step(frame: &Frame, form: &PaperForm, shown: &Shown) -> AnyView {
    let (lang, today, signed) = (frame.lang, form.frame.today, shown.signed);
    let of = |id: &str| error_of(&shown.errors, id);
    let days = days(form).map(|day| day_choice(lang, today, day)).collect();
    let day = shown.day.unwrap_or(today);
    view! {
        <form class="card pad stack" method="post" action=frame.at("/paper/table") enctype="multipart/form-data">
            <h2>{tr!(lang, "第二步：传回来", "Step 2: send it back")}</h2>
            <FileField
                label=tr!(lang, "填好的表格", "The filled-in table")
                hint=tr!(lang, ".xlsx 或 .csv，最多 {TABLE_ROWS} 行；自己的表也行，要有学号或姓名，还有“有签字纸面”“体温”“不舒服”，或只有“纸面查验”", ".xlsx or .csv, at most {TABLE_ROWS} rows; a table of your own will do, with student number or name, and with Signed paper, Temperature and Symptoms, or only Check on paper")
                error=of("file")
            />
            <RadioGroup
                name="day"
                label=tr!(lang, "哪一天的纸面", "Of which day the papers are")
                options=days
                value=day.to_string()
                columns=1u32
                error=of("day")
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
    let foot = faults.iter().any(|fault| is_mendable(&fault.reason));
    let foot = foot.then(|| {
        view! {
            <div class="card-foot">
                {tr!(lang, "改好这些行，把整张表再传一次：收下过的不会重复。", "Mend these rows and send the whole table again: nothing is taken twice.")}
            </div>
        }
    });
    view! {
        <section class="card flush" id="rows">
            <div class="card-head"><h2>{title.clone()}</h2></div>
            <DataTable caption=title columns=columns>{rows}</DataTable>
            {foot}
        </section>
    }
    .into_any()
}
