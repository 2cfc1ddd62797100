//! The school today: classes by grade, flagged people, and the first steps of a new school.

use super::desk::{Desk, Tab, grade_label};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, day_week, number, percent, status_word};
use crate::ui::*;
use crate::web::{Answer, Ctx};
use axum::extract::Path;
use domain::Code;
use domain::access::Action;
use http::StatusCode;
use leptos::prelude::*;
use services::school::{ClassSummary, FlaggedPerson, SchoolOverview, SetUp};

/// From so many isolating people on a class is tinted.
const HOT: i64 = 3;

/// The page.
pub async fn show(ctx: Ctx, Path(school): Path<String>) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::SeeSchool).await?;
    let overview = ctx
        .services()
        .school_overview(&desk.actor, desk.id())
        .await?;
    let title = desk.card.name.get(ctx.lang).to_owned();
    Ok(desk.page(&ctx, StatusCode::OK, Tab::Overview, &title, || {
        view(ctx.lang, &desk, &overview)
    }))
}

fn view(lang: Lang, desk: &Desk, overview: &SchoolOverview) -> AnyView {
    let sum = overview.sum;
    let (people, classes) = (number(sum.students), overview.classes.len());
    let sub = view! {
        {day_week(lang, desk.card.today)}
        <Dot />
        {tr!(lang, "{people} 人，{classes} 个班", "{people} people, {classes} classes")}
    };
    let steps = (!overview.set_up.is_done()).then(|| set_up(lang, desk, overview.set_up));
    let upload = desk.path("/roster/import");
    let body = if overview.classes.is_empty() {
        view! {
            <Card>
                <EmptyState icon=IconName::People title=tr!(lang, "名册还是空的", "The roster is still empty")>
                    <p>{tr!(lang, "上传学校现有的学生名册，表头不用改。", "Upload the roster that the school has; its headers can stay as they are.")}</p>
                    <Button kind=ButtonKind::Primary href=upload>{tr!(lang, "上传名册", "Upload the roster")}</Button>
                </EmptyState>
            </Card>
        }
        .into_any()
    } else {
        view! {
            <div class="drill">
                {grades(lang, &overview.classes)}
                {flagged(lang, &overview.flagged)}
            </div>
        }
        .into_any()
    };
    view! {
        <PageHead title=desk.card.name.get(lang).to_owned() sub=sub>
            <KeyNumbers>
                <KeyNumber icon=IconName::Document label=tr!(lang, "已报告", "Reported") value=sum.reported() note=percent(sum.reported(), sum.students) />
                <KeyNumber code=Code::Green label=status_word(lang, Code::Green) value=sum.green />
                <KeyNumber code=Code::Yellow label=status_word(lang, Code::Yellow) value=sum.yellow />
                <KeyNumber code=Code::Red label=status_word(lang, Code::Red) value=sum.red />
                <KeyNumber code=Code::Grey label=status_word(lang, Code::Grey) value=sum.grey />
            </KeyNumbers>
        </PageHead>
        {steps}
        {body}
    }
    .into_any()
}

fn set_up(lang: Lang, desk: &Desk, done: SetUp) -> AnyView {
    let steps = [
        (
            done.settings,
            "/settings",
            tr!(
                lang,
                "填写学校设置和咨询电话",
                "Fill in the settings and whom families may ask"
            ),
        ),
        (
            done.roster,
            "/roster/import",
            tr!(lang, "上传学生名册", "Upload the roster"),
        ),
        (
            done.staff,
            "/staff",
            tr!(
                lang,
                "给班主任开账号",
                "Create accounts for the class teachers"
            ),
        ),
        (
            done.slips,
            "",
            tr!(
                lang,
                "打开班级，打印家长邀请条",
                "Open each class and print its invitation slips"
            ),
        ),
    ];
    let body = view! {
            <ol class="steps">
                {steps
                    .into_iter()
                    .map(|(done, rest, words)| {
                        let target = (!done && !rest.is_empty()).then(|| desk.path(rest));
                        view! {
                            <li class=done.then_some("done")>
                                {done.then(|| view! { <Icon name=IconName::Check /> })}
                                {match target {
                                    Some(href) => view! { <a href=href>{words}</a> }.into_any(),
                                    None => words.into_any(),
                                }}
                                {done.then(|| view! { <span class="vh">{tr!(lang, "（已完成）", " (done)")}</span> })}
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        }.into_any();
    view! {
        <Card title=tr!(lang, "开始使用", "Getting started")>{body}</Card>
    }
    .into_any()
}

fn grades(lang: Lang, classes: &[ClassSummary]) -> AnyView {
    let legend = view! {
        <span class="tally">
            <span><StatusShape code=Code::Red size=ShapeSize::Strip />{tr!(lang, "隔离", "isolating")}</span>
            <span><StatusShape code=Code::Yellow size=ShapeSize::Strip />{tr!(lang, "观察", "observing")}</span>
        </span>
    };
    let rows = classes
        .chunk_by(|a, b| (a.name.stage, a.name.grade) == (b.name.stage, b.name.grade))
        .map(|grade| {
            let done: i64 = grade.iter().map(|c| c.numbers.reported()).sum();
            let all: i64 = grade.iter().map(|c| c.numbers.students).sum();
            let label = grade.first().map(|c| grade_label(lang, c.name));
            view! {
                <div class="grade">
                    <h3>{label} " " <small>{format!("{done}/{all}")}</small></h3>
                    <div class="cells">{grade.iter().map(|class| cell(lang, class)).collect_view()}</div>
                </div>
            }
        })
        .collect_view();
    view! {
        <Card title=tr!(lang, "年级与班级", "Grades and classes") end=legend flush=true>
            {rows}
        </Card>
    }
    .into_any()
}

fn cell(lang: Lang, class: &ClassSummary) -> AnyView {
    let numbers = class.numbers;
    let (done, all) = (numbers.reported(), numbers.students);
    #[expect(clippy::cast_precision_loss, reason = "people of a class are few")]
    let share = done as f64 / all.max(1) as f64;
    let hot = if numbers.red >= HOT {
        "cell hot"
    } else {
        "cell"
    };
    let name = tr!(lang, "{n}班", "Cl. {n}", n = class.name.number);
    view! {
        <a class=hot href=format!("/class/{}", class.class)>
            <span>
                <b>{name}</b>
                " "
                <small>{format!("{done}/{all}")}</small>
            </span>
            <Bar value=share label=tr!(lang, "{label} 已报告", "{label} reported", label = class.name.label(lang)) />
            <Tally lang=lang red=numbers.red yellow=numbers.yellow calm=true />
        </a>
    }
    .into_any()
}

fn flagged(lang: Lang, people: &[FlaggedPerson]) -> AnyView {
    let n = people.len();
    let list = if people.is_empty() {
        view! {
            <EmptyState icon=IconName::Check title=tr!(lang, "今天没有观察或隔离的人", "Nobody is observing or isolating today")>
                <p>{tr!(lang, "有人变黄或变红时会列在这里。", "Whoever turns yellow or red is listed here.")}</p>
            </EmptyState>
        }
        .into_any()
    } else {
        let rows = people.iter().map(|p| flagged_row(lang, p)).collect_view();
        view! { <ul class="flagged">{rows}</ul> }.into_any()
    };
    let foot = tr!(
        lang,
        "打开一个人会写入记录。",
        "Opening a person is written into the log."
    );
    view! {
        <Card title=tr!(lang, "观察与隔离", "Observing and isolating") end=tr!(lang, "{n} 人", "{n}") flush=true>
            {list}
            <div class="card-foot">{foot}</div>
        </Card>
    }
    .into_any()
}

fn flagged_row(lang: Lang, person: &FlaggedPerson) -> AnyView {
    let until = person.ends.map_or_else(
        || tr!(lang, "待解除", "until cleared"),
        |day| tr!(lang, "到 {d}", "until {d}", d = day_short(lang, day)),
    );
    let word = status_word(lang, person.code);
    let reason = person.reason.as_ref().map(|r| r.get(lang).to_owned());
    let place = format!("{} {}", person.class.label(lang), seat(lang, person.seat));
    view! {
        <li>
            <StatusShape code=person.code size=ShapeSize::List />
            <div>
                <span class="line">
                    <b>{person.name.clone()}</b>
                    <small>{place}</small>
                </span>
                <span>
                    <b class=format!("t-{}", person.code.word())>{word}</b>
                    <Dot />
                    {reason}
                </span>
            </div>
            <b>{until}</b>
            <a href=format!("/class/{}/person/{}", person.class_id, person.person)>{tr!(lang, "依据", "Grounds")}</a>
        </li>
    }
    .into_any()
}

/// A seat as people say it; nothing for none.
pub(super) fn seat(lang: Lang, seat: i64) -> String {
    if seat > 0 {
        tr!(lang, "{seat}号", "No. {seat}")
    } else {
        String::new()
    }
}
