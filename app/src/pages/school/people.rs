//! The roster as a list, with search.

use super::desk::{Desk, PAGE, Tab, cell, row};
use super::overview::seat;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::day_short;
use crate::ui::*;
use crate::web::{Answer, Ctx, Fields, escape};
use axum::extract::{Path, RawQuery};
use domain::access::Action;
use http::StatusCode;
use leptos::prelude::*;
use services::school::{PeopleFilter, PeoplePage};

/// The page.
pub async fn show(ctx: Ctx, Path(school): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::ChangeRoster).await?;
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let page = query.page();
    let filter = PeopleFilter {
        text: query.get("q").trim().to_owned(),
        class: query.get("class").parse().ok(),
        left: query.get("left") == "1",
        offset: (page - 1) * PAGE,
        limit: PAGE,
    };
    let people = ctx
        .services()
        .school_people(&desk.actor, desk.id(), &filter)
        .await?;
    let title = tr!(ctx.lang, "名册", "Roster");
    Ok(desk.page(&ctx, StatusCode::OK, Tab::Roster, &title, || {
        view(ctx.lang, &desk, &filter, page, &people)
    }))
}

fn address(desk: &Desk, filter: &PeopleFilter, left: bool, page: i64) -> String {
    let class = filter.class.map(|c| c.to_string()).unwrap_or_default();
    let left = if left { "1" } else { "" };
    let text = escape(&filter.text);
    desk.path(&format!(
        "/roster?q={text}&class={class}&left={left}&page={page}"
    ))
}

fn view(
    lang: Lang,
    desk: &Desk,
    filter: &PeopleFilter,
    page: usize,
    found: &PeoplePage,
) -> AnyView {
    let n = found.attending;
    let pill = |left: bool, label: String, of: usize| Pill {
        href: address(desk, filter, left, 1),
        label,
        count: Some(count(of)),
        code: None,
        current: filter.left == left,
    };
    let pills = vec![
        pill(false, tr!(lang, "在校", "Attending"), found.attending),
        pill(true, tr!(lang, "已离校", "Left"), found.left),
    ];
    let classes = found
        .classes
        .iter()
        .map(|(id, name)| Choice::new(id.to_string(), name.label(lang)))
        .collect();
    let chosen = filter.class.map(|c| c.to_string()).unwrap_or_default();
    let left = if filter.left { "1" } else { "" };
    let upload = desk.path("/roster/import");
    view! {
        <PageHead title=tr!(lang, "名册", "Roster") sub=tr!(lang, "在校 {n} 人", "{n} attending")>
            <Button kind=ButtonKind::Primary icon=IconName::Export href=upload>
                {tr!(lang, "上传名册", "Upload a roster")}
            </Button>
        </PageHead>
        <form class="card form" method="get" action=desk.path("/roster") role="search">
            <input type="hidden" name="left" value=left />
            <div class="inputs">
                <TextInput name="q" kind="search" label=tr!(lang, "姓名或学号", "Name or student number") value=filter.text.clone() />
                <Select name="class" label=tr!(lang, "班级", "Class") options=classes value=chosen empty=tr!(lang, "所有班级", "All classes") />
            </div>
            <div class="row"><Button icon=IconName::Search>{tr!(lang, "查找", "Search")}</Button></div>
        </form>
        <section class="card flush">
            <div class="card-head"><Pills label=tr!(lang, "筛选", "Filter") pills=pills /></div>
            {table(lang, desk, filter, page, found)}
        </section>
    }
    .into_any()
}

fn table(
    lang: Lang,
    desk: &Desk,
    filter: &PeopleFilter,
    page: usize,
    found: &PeoplePage,
) -> AnyView {
    if found.total == 0 {
        return view! {
            <EmptyState icon=IconName::People title=tr!(lang, "没有找到", "Nobody found")>
                <p>{tr!(lang, "换一个条件，或上传名册。", "Try other words, or upload a roster.")}</p>
            </EmptyState>
        }
        .into_any();
    }
    let columns = vec![
        Column::new(tr!(lang, "班级", "Class")),
        Column::new(tr!(lang, "座号", "Seat")),
        Column::new(tr!(lang, "姓名", "Name")),
        Column::new(tr!(lang, "学号", "Student number")),
        Column::new(tr!(lang, "身份证号", "Identity number")),
        Column::new(tr!(lang, "名册中的家长", "Guardians in the roster")),
    ];
    let rows = found
        .people
        .iter()
        .map(|p| {
            let left = p
                .left
                .map(|day| tr!(lang, "（{d}离校）", " (left {d})", d = day_short(lang, day)));
            let guardians = tr!(lang, "{n} 人", "{n}", n = p.guardians);
            row(vec![
                cell(CellKind::Text, "", p.class.label(lang)),
                cell(CellKind::Mute, "", seat(lang, p.seat)),
                cell(
                    CellKind::Name,
                    "",
                    view! { <a href=desk.path(&format!("/person/{}", p.person))>{p.name.clone()}</a>
                    {left} },
                ),
                cell(
                    CellKind::Text,
                    tr!(lang, "学号", "Number"),
                    p.student_no.clone(),
                ),
                cell(
                    CellKind::Mute,
                    tr!(lang, "身份证号", "Identity"),
                    p.masked_id.clone(),
                ),
                cell(CellKind::Text, tr!(lang, "家长", "Guardians"), guardians),
            ])
        })
        .collect_view();
    let href = |page| address(desk, filter, filter.left, page);
    view! {
        <DataTable caption=tr!(lang, "名册", "Roster") columns=columns>{rows}</DataTable>
        <div class="card-foot row between">
            <span>{tr!(lang, "身份证号只显示后四位。打开一个人会写入记录。", "Only the last four characters of an identity number are shown. Opening a person is written into the log.")}</span>
            <Pager lang=lang page=page size=PAGE total=found.total href=href />
        </div>
    }
    .into_any()
}
