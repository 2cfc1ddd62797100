//! The schools of a region, for its administrators: listed, created one by one or from a list.

use super::shell::{Frame, RegionShell, Tab};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::number;
use crate::ui::*;
use crate::web::{Answer, Ctx, Failure, Fields, Islands, escape, see_other};
use axum::extract::{FromRequest as _, Multipart, Path, Request};
use axum::response::Response;
use domain::access::{Action, Place};
use domain::ids::RegionCode;
use domain::{Text, Zone};
use http::StatusCode;
use leptos::prelude::*;
use services::bureau::{FoundSchools, SchoolOrder, SchoolSum, SchoolsAsked};
use services::school::{NewSchool, SchoolImport, SchoolKind};
use services::{Error, Refusal};

/// Schools on a page.
const PAGE: i64 = 50;
/// Faults of an import that are listed.
const FAULTS: usize = 50;

/// The list and the forms.
pub async fn show(
    ctx: Ctx,
    Path(region): Path<RegionCode>,
    axum::extract::RawQuery(query): axum::extract::RawQuery,
) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let said = (query.get("done") == "created")
        .then(|| tr!(ctx.lang, "学校已创建。", "The school was created."));
    render(
        &ctx,
        StatusCode::OK,
        &region,
        &query,
        Said {
            text: said,
            ..Said::default()
        },
    )
    .await
}

/// Creates one school.
pub async fn create(ctx: Ctx, Path(region): Path<RegionCode>, fields: Fields) -> Answer {
    may(&ctx, &region)?;
    let made = match (
        SchoolKind::parse(fields.get("kind")),
        RegionCode::parse(fields.get("town")),
    ) {
        (None, _) => Err(("kind", Refusal::FieldInvalid)),
        (_, Err(_)) => Err(("town", Refusal::RegionUnknown)),
        (Some(kind), Ok(town)) => {
            let new = NewSchool {
                code: fields.get("code").to_owned(),
                name: fields.get("name").to_owned(),
                name_en: fields.get("name_en").to_owned(),
                kind,
                region: town,
                zone: Zone::SHANGHAI,
            };
            match ctx.services().create_school(ctx.actor()?, &new).await {
                Ok(_) => Ok(()),
                Err(Error::Refused(Refusal::RegionUnknown)) => {
                    Err(("town", Refusal::RegionUnknown))
                }
                Err(Error::Refused(refusal)) => Err(("code", refusal)),
                Err(error) => return Err(error.into()),
            }
        }
    };
    match made {
        Ok(()) => Ok(see_other(&format!("/bureau/{region}/schools?done=created"))),
        Err((field, refusal)) => {
            let said = Said {
                errors: vec![FieldError::new(field, refusal.text(ctx.lang))],
                ..Said::default()
            };
            render(
                &ctx,
                StatusCode::UNPROCESSABLE_ENTITY,
                &region,
                &fields,
                said,
            )
            .await
        }
    }
}

/// Creates the schools of an uploaded list.
pub async fn import(ctx: Ctx, Path(region): Path<RegionCode>, request: Request) -> Answer {
    may(&ctx, &region)?;
    let lang = ctx.lang;
    let outcome = match upload(request, &ctx).await {
        Some(bytes) => ctx
            .services()
            .create_schools_from_csv(ctx.actor()?, &bytes)
            .await?
            .map_err(|e| e.message(lang).to_owned()),
        None => Err(tr!(lang, "请选择一个文件。", "Please choose a file.")),
    };
    let (status, said) = match outcome {
        Ok(import) => (
            StatusCode::OK,
            Said {
                import: Some(import),
                ..Said::default()
            },
        ),
        Err(message) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said {
                errors: vec![FieldError::new("file", message)],
                ..Said::default()
            },
        ),
    };
    render(&ctx, status, &region, &Fields::default(), said).await
}

fn may(ctx: &Ctx, region: &RegionCode) -> Result<(), Failure> {
    Ok(ctx
        .actor()?
        .require(Action::ManageRegion, &Place::region(region.clone()))?)
}

/// The uploaded file; `None` where none was chosen.
async fn upload(request: Request, ctx: &Ctx) -> Option<Vec<u8>> {
    let mut parts = Multipart::from_request(request, &ctx.app).await.ok()?;
    while let Ok(Some(part)) = parts.next_field().await {
        if part.name() == Some("file") {
            let bytes = part.bytes().await.ok()?;
            return (!bytes.is_empty()).then(|| bytes.to_vec());
        }
    }
    None
}

/// What the page says about what was just done.
#[derive(Default)]
struct Said {
    text: Option<String>,
    import: Option<SchoolImport>,
    errors: Vec<FieldError>,
}

async fn render(
    ctx: &Ctx,
    status: StatusCode,
    region: &RegionCode,
    typed: &Fields,
    said: Said,
) -> Result<Response, Failure> {
    may(ctx, region)?;
    let asked = SchoolsAsked {
        search: typed.get("q").to_owned(),
        order: SchoolOrder::Code,
        page: count(typed.page()) - 1,
        size: PAGE,
    };
    let found = ctx
        .services()
        .found_schools(ctx.actor()?, region, &asked)
        .await?;
    let towns = ctx
        .services()
        .places_for_schools(ctx.actor()?, region)
        .await?;
    let frame = Frame::new(ctx, region).await?;
    let lang = ctx.lang;
    let title = tr!(lang, "学校管理", "Schools");
    let typed = typed.clone();
    let heading = title.clone();
    Ok(ctx.html(status, &title, Islands::No, move || {
        page(frame, heading, found, towns, typed, said)
    }))
}

fn page(
    frame: Frame,
    title: String,
    found: FoundSchools,
    towns: Vec<(RegionCode, Text)>,
    typed: Fields,
    said: Said,
) -> impl IntoView {
    let lang = frame.lang;
    let region = frame.region.clone();
    let action = format!("/bureau/{region}/schools");
    let upload = format!("{action}/import");
    let text = said
        .text
        .map(|text| view! { <Notice icon=IconName::Check live=true>{text}</Notice> });
    let import = said.import.map(|import| outcome(lang, import));
    let kinds = SchoolKind::ALL
        .iter()
        .map(|kind| Choice::new(kind.word(), kind.label(lang)))
        .collect();
    let towns = towns
        .into_iter()
        .map(|(code, name)| Choice::new(code.as_str(), format!("{} {code}", name.get(lang))))
        .collect();
    let of = |id: &str| error_of(&said.errors, id);
    let value = |name: &str| typed.get(name).to_owned();
    let create = view! {
        <form class="card pad stack" method="post" action=action.clone()>
            <h2>{tr!(lang, "新建学校", "New school")}</h2>
            <TextInput name="code" label=tr!(lang, "学校代码", "Code") hint=tr!(lang, "字母、数字或短横线", "Letters, digits and dashes") value=value("code") maxlength=32u32 required=true error=of("code") />
            <TextInput name="name" label=tr!(lang, "校名", "Name") value=value("name") maxlength=60u32 required=true error=of("name") />
            <TextInput name="name_en" label=tr!(lang, "英文校名（可不填）", "Name in English (optional)") hint=tr!(lang, "英文页面用它；不填就按拼音起一个，学校以后可以改。", "English pages show it; left empty, one is made from the sounds, and the school can change it.") value=value("name_en") maxlength=120u32 error=of("name_en") />
            <Select name="kind" label=tr!(lang, "类别", "Kind") options=kinds value=value("kind") empty=tr!(lang, "请选择", "Choose") required=true error=of("kind") />
            <Select name="town" label=tr!(lang, "所在镇街", "Town") options=towns value=value("town") empty=tr!(lang, "请选择", "Choose") required=true error=of("town") />
            <Button kind=ButtonKind::Primary>{tr!(lang, "创建学校", "Create the school")}</Button>
        </form>
    };
    let from_list = view! {
        <form class="card pad stack" method="post" action=upload enctype="multipart/form-data">
            <h2>{tr!(lang, "从名单导入", "Import a list")}</h2>
            <Field
                id="file"
                label=tr!(lang, "CSV 或 xlsx 文件", "CSV or xlsx file")
                hint=tr!(lang, "要有 code、name、kind、town_code 四列，也可以有英文校名 name_en。已有的代码不变，有错的行不影响其他行。", "With the columns code, name, kind and town_code, and name_en for English names if you like. Known codes stay as they are; faulty rows do not stop the others.")
                error=of("file")
            >
                <input class="input" type="file" id="file" name="file" accept=".csv,.xlsx" required=true />
            </Field>
            <Button>{tr!(lang, "导入学校名单", "Import the schools")}</Button>
        </form>
    };
    view! {
        <RegionShell frame=frame tab=Tab::Schools>
            <PageHead title=title />
            <ErrorSummary lang=lang errors=said.errors.clone() />
            {text}
            {import}
            <div class="split">
                <div>{create} {from_list}</div>
                <div>{table(lang, &region, found, &typed)}</div>
            </div>
        </RegionShell>
    }
}

fn outcome(lang: Lang, import: SchoolImport) -> impl IntoView {
    let (created, existing, faults) = (import.created, import.existing, import.faults.len());
    let rows = import
        .faults
        .iter()
        .take(FAULTS)
        .map(|fault| {
            let (row, message, value) = (fault.row, fault.message(lang), fault.value.clone());
            view! { <li>{tr!(lang, "第 {row} 行：{message}", "Row {row}: {message}")} " (" {value} ")"</li> }
        })
        .collect_view();
    view! {
        <Notice icon=IconName::Check live=true>
            <p>{tr!(lang, "新建 {created} 所，已有 {existing} 所，{faults} 行有错。", "{created} created, {existing} known already, {faults} faulty rows.")}</p>
            <ul>{rows}</ul>
        </Notice>
    }
}

fn table(
    lang: Lang,
    region: &RegionCode,
    found: FoundSchools,
    typed: &Fields,
) -> impl IntoView + use<> {
    let search = typed.get("q").trim().to_owned();
    let (total, at) = (found.total, found.first / PAGE + 1);
    let (action, sought) = (format!("/bureau/{region}/schools"), escape(&search));
    let href = |page| format!("{action}?q={sought}&page={page}");
    let pager = view! { <Pager lang=lang page=at size=PAGE total=total href=href /> };
    let rows = found
        .schools
        .into_iter()
        .map(|school| row(lang, school))
        .collect_view();
    let empty = (total == 0).then(|| {
        if search.is_empty() {
            view! {
                <EmptyState icon=IconName::Document title=tr!(lang, "还没有学校", "No schools yet")>
                    <p>{tr!(lang, "用旁边的表新建一所，或导入一份名单。", "Create one with the form beside this, or import a list.")}</p>
                </EmptyState>
            }
        } else {
            view! {
                <EmptyState icon=IconName::Search title=tr!(lang, "没有这样的学校", "No such school")>
                    <p>{tr!(lang, "换一个名字或代码再找，或清空搜索。", "Try another name or code, or clear the search.")}</p>
                </EmptyState>
            }
        }
    });
    let columns = vec![
        Column::new(tr!(lang, "代码", "Code")),
        Column::new(tr!(lang, "校名", "Name")),
        Column::new(tr!(lang, "类别", "Kind")),
        Column::new(tr!(lang, "地区", "Region")),
        Column::number(tr!(lang, "学生", "Students")),
        Column::new(tr!(lang, "管理员", "Administrators")),
    ];
    view! {
        <Card title=tr!(lang, "学校", "Schools") flush=true>
            <div class="row between pad">
                <SearchBox
                    lang=lang
                    action=action
                    label=tr!(lang, "校名、代码或地区", "Name, code or region")
                    value=search
                />
            </div>
            {empty}
            <DataTable caption=tr!(lang, "学校", "Schools") columns=columns>{rows}</DataTable>
            <div class="pad">{pager}</div>
        </Card>
    }
}

fn row(lang: Lang, school: SchoolSum) -> impl IntoView {
    let kind =
        SchoolKind::parse(&school.kind).map_or(school.kind.clone(), |k| k.label(lang).to_owned());
    let admins = format!("/bureau/school/{}/admins", school.id);
    let label = tr!(
        lang,
        "{name}的管理员",
        "Administrators of {name}",
        name = school.name.get(lang)
    );
    view! {
        <DataRow>
            <DataCell label=tr!(lang, "代码", "Code")><span class="mono">{school.code.clone()}</span></DataCell>
            <DataCell kind=CellKind::Name><a href=format!("/bureau/school/{}", school.id)>{school.name.get(lang).to_owned()}</a></DataCell>
            <DataCell label=tr!(lang, "类别", "Kind")>{kind}</DataCell>
            <DataCell label=tr!(lang, "地区", "Region")>{school.region.get(lang).to_owned()}</DataCell>
            <DataCell kind=CellKind::Number label=tr!(lang, "学生", "Students")>{number(school.numbers.students)}</DataCell>
            <DataCell><a href=admins aria-label=label>{tr!(lang, "管理员", "Administrators")}</a></DataCell>
        </DataRow>
    }
}
