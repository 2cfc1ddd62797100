//! One school or class: the grid of its classes, and the flagged people behind masked names.

use super::shell::{Frame, TrailShell, trail};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, day_week, number, percent, status_word};
use crate::ui::*;
use crate::web::{Answer, Ctx, Failure, Fields, Islands};
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::Code;
use domain::ids::{ClassId, SchoolId};
use domain::roster::ClassName;
use domain::screen::ClassLine;
use http::StatusCode;
use leptos::prelude::*;
use services::bureau::{Flagged, SchoolView};

/// Isolating people from which a class is tinted.
const HOT: i64 = 3;

/// A school.
pub async fn school(ctx: Ctx, Path(school): Path<SchoolId>, RawQuery(query): RawQuery) -> Answer {
    let view = ctx.services().bureau_school(ctx.actor()?, school).await?;
    show(&ctx, query, view).await
}

/// A class.
pub async fn class(ctx: Ctx, Path(class): Path<ClassId>, RawQuery(query): RawQuery) -> Answer {
    let view = ctx.services().bureau_class(ctx.actor()?, class).await?;
    show(&ctx, query, view).await
}

async fn show(ctx: &Ctx, query: Option<String>, model: SchoolView) -> Result<Response, Failure> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let only = match query.get("code") {
        "red" => Some(Code::Red),
        "yellow" => Some(Code::Yellow),
        _ => None,
    };
    // Somebody who sees a school sees its region's screens only where the region itself is within reach.
    let region = model.around.last().map(|(code, _)| code.clone());
    let region = region.ok_or(Failure(services::Error::Forbidden))?;
    let frame = Frame::new(ctx, &region).await?;
    let title = model.class.map_or_else(
        || model.name.get(ctx.lang).to_owned(),
        |(_, class)| format!("{} {}", model.name.get(ctx.lang), class.label(ctx.lang)),
    );
    Ok(ctx.html(StatusCode::OK, &title, Islands::No, move || {
        page(frame, model, only)
    }))
}

fn page(frame: Frame, model: SchoolView, only: Option<Code>) -> impl IntoView {
    let lang = frame.lang;
    let region = frame.region.clone();
    let mut crumbs = trail(lang, &model.around);
    let title = match model.class {
        Some((_, class)) => {
            crumbs.push(Crumb::link(
                model.name.get(lang),
                format!("/bureau/school/{}", model.school),
            ));
            crumbs.push(Crumb::here(class.label(lang)));
            format!("{} {}", model.name.get(lang), class.label(lang))
        }
        None => {
            crumbs.push(Crumb::here(model.name.get(lang)));
            model.name.get(lang).to_owned()
        }
    };
    let (students, classes) = (number(model.now.students), model.classes.len());
    let difference = |code: Code| {
        let change = model.now.of(code) - model.before?.of(code);
        let sign = if change > 0 { "+" } else { "" };
        let change = format!("{sign}{}", number(change));
        code.is_flagged()
            .then(|| tr!(lang, "比昨天 {change}", "{change} vs yesterday"))
    };
    let keys = Code::ALL
        .into_iter()
        .map(|code| view! { <KeyNumber code=code label=status_word(lang, code) value=model.now.of(code) note=difference(code) /> })
        .collect_view();
    let day = day_week(lang, model.day);
    let manage = frame.manages.then(|| {
        view! { <Button icon=IconName::People href=format!("/bureau/school/{}/admins", model.school)>{tr!(lang, "学校管理员", "School administrators")}</Button> }
    });
    let address = match model.class {
        Some((id, _)) => format!("/bureau/class/{id}"),
        None => format!("/bureau/school/{}", model.school),
    };
    let grid = model.class.is_none().then(|| grid(lang, &model.classes));
    let why = model
        .class
        .is_some()
        .then(|| class_reasons(lang, &model.classes));
    let contact = (!model.contact.is_empty()).then(|| {
        let contact = model.contact.clone();
        view! { <p class="sub">{tr!(lang, "学校联系方式：{contact}", "Contact at the school: {contact}")}</p> }
    });
    view! {
        <TrailShell frame=frame trail=crumbs>
            <PageHead
                title=title
                sub=view! { {day} <Dot /> {tr!(lang, "{students} 人", "{students} students")} <Dot /> {tr!(lang, "{classes} 个班", "{classes} classes")} }
            >
                <KeyNumbers>
                    <KeyNumber icon=IconName::Document label=tr!(lang, "已报告", "Reported") value=model.now.reported note=percent(model.now.reported, model.now.students) />
                    {keys}
                </KeyNumbers>
            </PageHead>
            <div class="actions">
                <Button icon=IconName::Expand href=format!("/bureau/{region}/screen?school={}", model.school)>{tr!(lang, "大屏", "Big screen")}</Button>
                {manage}
                {contact}
            </div>
            <div class=if model.class.is_none() { "drill" } else { "stack" }>
                {grid}
                {why}
                {flagged(lang, &address, &model.flagged, only, model.class.is_none())}
            </div>
        </TrailShell>
    }
}

/// A grade as people say it, from one of its classes.
fn grade_label(lang: Lang, class: ClassName) -> String {
    let label = class.label(lang);
    match lang {
        Lang::Zh => {
            let grade = label.split('(').next().unwrap_or_default();
            if class.stage == domain::roster::Stage::Primary {
                format!("{grade}年级")
            } else {
                grade.to_owned()
            }
        }
        Lang::En => format!("Grade {}", label.split('-').next().unwrap_or_default()),
    }
}

fn grid(lang: Lang, classes: &[ClassLine]) -> impl IntoView + use<> {
    let mut grades: Vec<(ClassName, Vec<&ClassLine>)> = Vec::new();
    for class in classes {
        match grades.last_mut() {
            Some((first, list))
                if (first.stage, first.grade) == (class.name.stage, class.name.grade) =>
            {
                list.push(class);
            }
            _ => grades.push((class.name, vec![class])),
        }
    }
    let empty = grades.is_empty().then(|| {
        view! {
            <EmptyState icon=IconName::People title=tr!(lang, "这所学校还没有名册", "This school has no roster yet")>
                <p>{tr!(lang, "学校管理员导入名册以后，班级会出现在这里。", "Its classes appear here once the school's administrator has imported the roster.")}</p>
            </EmptyState>
        }
    });
    let rows = grades
        .into_iter()
        .map(|(first, list)| {
            let (done, all) = list
                .iter()
                .fold((0, 0), |(d, a), c| (d + c.reported, a + c.students));
            let cells = list
                .into_iter()
                .map(|class| cell(lang, class))
                .collect_view();
            view! {
                <div class="grade">
                    <h3>{grade_label(lang, first)} " " <small>{format!("{done}/{all}")}</small></h3>
                    <div class="cells">{cells}</div>
                </div>
            }
        })
        .collect_view();
    let legend = view! {
        <span class="row">
            <StatusShape code=Code::Red size=ShapeSize::Strip />{tr!(lang, "隔离", "Isolating")} " "
            <StatusShape code=Code::Yellow size=ShapeSize::Strip />{tr!(lang, "观察", "Observing")} <Dot />
            {tr!(lang, "红底：隔离 3 人以上", "tinted: 3 or more isolating")}
        </span>
    };
    view! { <Card title=tr!(lang, "年级与班级", "Grades and classes") end=legend flush=true>{empty} {rows}</Card> }
}

fn cell(lang: Lang, class: &ClassLine) -> impl IntoView + use<> {
    let n = class.name.number;
    #[expect(clippy::cast_precision_loss, reason = "a share for a bar")]
    let share = class.reported as f64 / class.students.max(1) as f64;
    let progress = format!("{}/{}", class.reported, class.students);
    let tint = if class.red < HOT { "cell" } else { "cell hot" };
    view! {
        <a class=tint href=format!("/bureau/class/{}", class.id)>
            <span><b>{tr!(lang, "{n}班", "Class {n}")}</b> " " <small>{progress}</small></span>
            <Bar value=share label=tr!(lang, "已报告", "Reported") />
            <Tally lang=lang red=class.red yellow=class.yellow calm=true />
        </a>
    }
}

fn class_reasons(lang: Lang, classes: &[ClassLine]) -> Option<impl IntoView + use<>> {
    let reasons: Vec<_> = classes.iter().flat_map(|c| &c.reasons).collect();
    let most = reasons.iter().map(|(_, n)| *n).max()?;
    let rows = reasons
        .into_iter()
        .map(|(label, n)| {
            let label = label.get(lang).to_owned();
            #[expect(clippy::cast_precision_loss, reason = "a share for a bar")]
            let share = *n as f64 / most.max(1) as f64;
            view! { <div><dt>{label.clone()}</dt><dd>{number(*n)} <Bar value=share label=label /></dd></div> }
        })
        .collect_view();
    Some(view! { <Card title=tr!(lang, "原因", "Reasons")><dl class="facts">{rows}</dl></Card> })
}

fn flagged(
    lang: Lang,
    address: &str,
    all: &[Flagged],
    only: Option<Code>,
    with_class: bool,
) -> impl IntoView + use<> {
    let count = |code: Code| {
        i64::try_from(all.iter().filter(|f| f.decision.code == code).count()).unwrap_or(i64::MAX)
    };
    let pill = |code: Option<Code>, label: String, n: i64| Pill {
        href: code.map_or_else(
            || address.to_owned(),
            |c| format!("{address}?code={}", c.word()),
        ),
        label,
        count: Some(n),
        code,
        current: only == code,
    };
    let pills = vec![
        pill(
            None,
            tr!(lang, "全部", "All"),
            i64::try_from(all.len()).unwrap_or(i64::MAX),
        ),
        pill(
            Some(Code::Red),
            tr!(lang, "隔离", "Isolating"),
            count(Code::Red),
        ),
        pill(
            Some(Code::Yellow),
            tr!(lang, "观察", "Observing"),
            count(Code::Yellow),
        ),
    ];
    let shown: Vec<_> = all
        .iter()
        .filter(|f| only.is_none_or(|code| f.decision.code == code))
        .collect();
    let empty = shown.is_empty().then(|| {
        view! {
            <EmptyState icon=IconName::Check title=tr!(lang, "没有观察或隔离的学生", "Nobody is observing or isolating")>
                <p>{tr!(lang, "有新的情况会出现在这里。", "New turns appear here.")}</p>
            </EmptyState>
        }
    });
    let rows = shown
        .into_iter()
        .map(|f| person(lang, f, with_class))
        .collect_view();
    view! {
        <Card title=tr!(lang, "观察与隔离学生", "Observing and isolating") end=view! { <Pills label=tr!(lang, "按颜色", "By code") pills=pills /> } flush=true>
            {empty}
            <ul class="flagged">{rows}</ul>
            <p class="pad hint row">
                <Icon name=IconName::Lock />
                {tr!(lang, "姓名已遮盖。点开可看全部依据；查看实名要写理由，并留记录。", "Names are masked. Open one for all grounds; revealing a name asks for a reason and is recorded.")}
            </p>
        </Card>
    }
}

fn person(lang: Lang, flagged: &Flagged, with_class: bool) -> impl IntoView + use<> {
    let decision = &flagged.decision;
    let code = decision.code;
    let reason = decision.principal();
    let why = reason
        .map(|r| r.label.get(lang).to_owned())
        .unwrap_or_default();
    let also = decision.reasons.len().saturating_sub(1);
    let also = (also > 0).then(|| tr!(lang, "，另有 {also} 条", ", {also} more"));
    let until = match decision.ends {
        Some(day) => {
            let day = day_short(lang, day);
            tr!(lang, "到 {day}", "to {day}")
        }
        None => tr!(lang, "待解除证明", "until cleared"),
    };
    let days = flagged
        .nth
        .map(|(n, of)| tr!(lang, "第 {n}/{of} 天", "day {n}/{of}"));
    let rule = reason.map(|r| format!("{} v{}", r.rule_id, r.rule_version));
    let label = flagged.class.label(lang);
    let class = with_class.then_some(label);
    view! {
        <li>
            <StatusShape code=code size=ShapeSize::List />
            <div>
                <span class="line"><b><a href=format!("/bureau/person/{}", flagged.person)>{flagged.name.clone()}</a></b> <small>{class}</small></span>
                <span><b class=format!("t-{}", code.word())>{status_word(lang, code)}</b> <Dot /> {why} {also}</span>
            </div>
            <div><b>{until}</b><small>{days}</small></div>
            <div><span class="ref">{rule}</span></div>
        </li>
    }
}
