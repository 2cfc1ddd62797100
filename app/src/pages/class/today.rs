//! The class today: progress, who is missing, who is flagged, and everybody with the last fourteen days.

use super::gate::{self, count, settled};
use super::shell::{ClassShell, Frame, Tab};
use super::words::{channel, course, measured, reporter, seat};
use crate::islands::class::{CopyText, LiveProgress, Progress};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_week, time};
use crate::ui::{
    Button, ButtonKind, Card, CellKind, Column, DataCell, DataRow, DataTable, DayDots, DayDotsHead,
    Dot, EmptyState, FlagCard, IconName, Legend, Notice, PageHead, Pill, Pills, SearchBox,
    StatusChip, TextInput,
};
use crate::web::{Answer, Ctx, Fields, Islands, escape};
use axum::Json;
use axum::extract::{Path, RawQuery};
use axum::response::IntoResponse;
use domain::Code;
use domain::ids::ClassId;
use domain::report::ChannelGroup;
use leptos::prelude::*;
use services::classroom::{ClassCounts, ClassFrame, ClassView, Pupil, Told};

/// The page.
pub async fn show(ctx: Ctx, Path(class): Path<ClassId>, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let model = ctx.services().class_view(ctx.actor()?, class).await?;
    let differ = ctx
        .services()
        .class_discrepancies(ctx.actor()?, class)
        .await?;
    let frame = Frame::new(&ctx, &model.frame);
    let label = frame.label();
    let title = tr!(ctx.lang, "{label} 今日进度", "Class {label} today");
    let origin = ctx.origin.clone();
    let heading = title.clone();
    ctx.ok(&title, Islands::Yes, move || {
        page(&frame, heading, model, differ, &query, &origin)
    })
}

/// The numbers for the live part of the page.
pub async fn counts(ctx: Ctx, Path(class): Path<ClassId>) -> Answer {
    let counts = ctx.services().class_counts(ctx.actor()?, class).await?;
    let frame = ctx.services().class_frame(ctx.actor()?, class).await?;
    let headers = [(http::header::CACHE_CONTROL, "no-store")];
    Ok((headers, Json(progress(&counts, &frame))).into_response())
}

fn progress(counts: &ClassCounts, frame: &ClassFrame) -> Progress {
    let n = counts.numbers;
    Progress {
        total: n.students,
        guardian: n.guardian,
        paper: n.paper,
        proxy: n.proxy,
        green: n.green,
        yellow: n.yellow,
        red: n.red,
        grey: n.grey,
        fevers: counts.fevers,
        slips: counts.slips,
        minute: frame.minute,
        due: frame.due_minute,
    }
}

fn page(
    frame: &Frame,
    title: String,
    model: ClassView,
    differ: usize,
    query: &Fields,
    origin: &str,
) -> impl IntoView + use<> {
    let lang = frame.lang;
    let differ = (differ > 0).then(|| {
        view! { <Notice sand=true>{tr!(lang, "有 {differ} 处官方记录和报告不一致，卫生专员正在核对；可能会向您了解情况。", "Official records and reports differ in {differ} places. The health officer looks into it and may ask you.")}</Notice> }
    });
    let mut first = progress(&model.counts, &model.frame);
    if let Some(gate) = &model.attendance {
        first.fevers = count(gate.fevers());
        first.slips = count(gate.slips.len());
    }
    let done = settled(lang, query.get("gate"));
    let (alerts, attendance) = match &model.attendance {
        Some(gate) => (gate::alerts(frame, gate), gate::attendance(frame, gate)),
        None => (None, None),
    };
    let today = day_week(lang, model.frame.today);
    let at = time(model.frame.minute);
    let missing: Vec<Pupil> = model
        .pupils
        .iter()
        .filter(|p| p.told.is_none())
        .cloned()
        .collect();
    let reminded: Vec<Pupil> = missing.iter().filter(|p| !p.paper_only).cloned().collect();
    let remind = Remind {
        lang,
        class: frame.label(),
        at: at.clone(),
        due: time(model.frame.due_minute),
        origin: origin.to_owned(),
    };
    let remind_all = (!reminded.is_empty()).then(|| {
        let n = reminded.len();
        view! {
            <CopyText
                href=frame.at("?remind=all#remind")
                text=remind.everybody(&reminded)
                label=tr!(lang, "提醒全部未报 {n} 人", "Remind all {n}")
                done=tr!(lang, "已复制，请粘贴到班级群", "Copied: paste it into the class chat")
                whose=String::new()
                primary=true
            />
        }
    });
    let shown_text = match query.get("remind") {
        "" => None,
        "all" => Some(remind.everybody(&reminded)),
        id => reminded
            .iter()
            .find(|p| p.person.to_string() == id)
            .map(|p| remind.one(p)),
    };
    let flags: Vec<Pupil> = model
        .pupils
        .iter()
        .filter(|p| p.code.is_flagged())
        .cloned()
        .collect();
    let (shell, home, counts) = (frame.clone(), frame.at(""), frame.at("/counts"));
    let (list, export) = (frame.at("/list"), frame.at("/export.xlsx"));
    let missing = missing_card(frame, &missing, &remind);
    let flags = flag_cards(frame, flags);
    let table = table(frame, &model, query);
    let yesterday = model.yesterday_by_now;
    view! {
        <ClassShell frame=shell tab=Tab::Today>
            <PageHead title=title sub=view! { {today} <Dot /> {tr!(lang, "{at} 更新", "updated {at}")} }>
                <Button icon=IconName::Print href=list>{tr!(lang, "打印名单", "Print list")}</Button>
                <Button icon=IconName::Export href=export>{tr!(lang, "导出表格", "Export")}</Button>
                {remind_all}
            </PageHead>
            {shown_text.map(|text| reminder_card(lang, text))}
            {done}
            {alerts}
            {differ}
            <div class="split">
                <div>
                    <Card>
                        <LiveProgress
                            lang=lang
                            url=counts
                            page=home
                            first=first
                            yesterday=yesterday
                        />
                    </Card>
                    {missing}
                    {attendance}
                </div>
                <div>
                    {flags}
                    {table}
                </div>
            </div>
        </ClassShell>
    }
}

/// What the reminder texts need.
struct Remind {
    lang: Lang,
    class: String,
    at: String,
    due: String,
    origin: String,
}

impl Remind {
    fn everybody(&self, missing: &[Pupil]) -> String {
        let Self {
            lang,
            class,
            at,
            due,
            origin,
        } = self;
        let n = missing.len();
        let names: Vec<String> = missing
            .iter()
            .map(|p| format!("{}{}", seat_before(*lang, p.seat), p.name))
            .collect();
        let (zh, en) = (names.join("、"), names.join(", "));
        tr!(
            *lang,
            "【{class}】到 {at} 还有 {n} 位同学今天没有报告：{zh}。请在 {due} 前打开 {origin} 报告；不方便上网的，请让孩子带上签字的纸面，或告诉老师。",
            "[Class {class}] At {at}, {n} students have no report today: {en}. Please report by {due} at {origin}, or send the signed paper form, or tell the teacher."
        )
    }

    fn one(&self, pupil: &Pupil) -> String {
        let Self {
            lang,
            due,
            origin,
            class,
            ..
        } = self;
        let name = &pupil.name;
        tr!(
            *lang,
            "您好，{class} {name} 今天还没有健康报告。请在 {due} 前打开 {origin} 报告；不方便上网请告诉老师。",
            "Hello, {name} (class {class}) has no health report today yet. Please report by {due} at {origin}, or tell the teacher."
        )
    }
}

fn seat_before(lang: Lang, n: i64) -> String {
    match seat(lang, n) {
        text if text.is_empty() => text,
        text => text + " ",
    }
}

fn reminder_card(lang: Lang, text: String) -> impl IntoView {
    view! {
        <section class="card" id="remind">
            <TextInput
                name="reminder"
                label=tr!(lang, "提醒文字", "Reminder text")
                hint=tr!(lang, "全选后复制，粘贴到班级群或发给家长", "Select all, copy, and paste it into the class chat or a message")
                rows=4u32
                value=text
            />
        </section>
    }
}

fn missing_card(frame: &Frame, missing: &[Pupil], remind: &Remind) -> impl IntoView + use<> {
    let lang = frame.lang;
    let n = missing.len();
    if missing.is_empty() {
        return view! {
            <Card>
                <EmptyState icon=IconName::Check title=tr!(lang, "今天全部报告了", "Everybody has reported today")>
                    ""
                </EmptyState>
            </Card>
        }
        .into_any();
    }
    let rows: Vec<_> = missing
        .iter()
        .map(|pupil| missing_row(frame, pupil, remind))
        .collect();
    view! {
        <Card title=tr!(lang, "还没报告", "Not reported yet") end=tr!(lang, "{n} 人", "{n}") flush=true>
            <ul class="people">{rows}</ul>
            <div class="card-foot">
                {tr!(
                    lang,
                    "代报前请先与家长确认。代报会记下您的姓名和时间，家长能看到。",
                    "Ask the guardian first. Your name and the time are recorded, and the guardian sees it."
                )}
            </div>
        </Card>
    }
    .into_any()
}

fn missing_row(frame: &Frame, pupil: &Pupil, remind: &Remind) -> impl IntoView + use<> {
    let lang = frame.lang;
    let name = pupil.name.clone();
    let days = pupil.silent_days;
    let what = if pupil.paper_only {
        tr!(
            lang,
            "家长不同意线上填报，请查验纸面",
            "No online reporting: check the paper form"
        )
    } else if days >= 2 {
        tr!(
            lang,
            "{days} 个上课日未报，请打电话",
            "{days} school days silent: please call"
        )
    } else {
        tr!(lang, "今天还没报告", "nothing yet today")
    };
    let calls = pupil
        .contacts
        .iter()
        .map(|contact| {
            let who = match (contact.relation.as_str(), contact.name.as_str()) {
                ("", "") => tr!(lang, "监护人", "guardian"),
                ("", name) => name.to_owned(),
                (relation, _) => relation.to_owned(),
            };
            let label = tr!(lang, "打电话给{name}的{who}", "Call {who} of {name}");
            view! {
                <Button
                    kind=ButtonKind::Primary
                    icon=IconName::Phone
                    small=true
                    href=format!("tel:{}", contact.phone)
                    label=label
                >
                    {tr!(lang, "打给{who}", "Call {who}")}
                </Button>
            }
        })
        .collect_view();
    let reminder = (!pupil.paper_only && pupil.contacts.is_empty()).then(|| {
        view! {
            <CopyText
                href=frame.at(&format!("?remind={}#remind", pupil.person))
                text=remind.one(pupil)
                label=tr!(lang, "提醒", "Remind")
                done=tr!(lang, "已复制", "Copied")
                whose=name.clone()
                primary=false
            />
        }
    });
    let proxy = if pupil.paper_only {
        (frame.at("/paper"), tr!(lang, "查验", "Check"))
    } else {
        (
            frame.at(&format!("/proxy/{}", pupil.person)),
            tr!(lang, "代报", "Report"),
        )
    };
    let label = format!("{} {name}", proxy.1);
    let href = frame.at(&format!("/person/{}", pupil.person));
    view! {
        <li>
            <div class="what">
                <b><a href=href>{name}</a></b>
                <small>{seat(lang, pupil.seat)}</small>
                <small>{what}</small>
            </div>
            <div class="buttons">
                <Button icon=IconName::Pencil small=true href=proxy.0 label=label>{proxy.1}</Button>
                {reminder}
                {calls}
            </div>
        </li>
    }
}

fn flag_cards(frame: &Frame, flags: Vec<Pupil>) -> Option<impl IntoView + use<>> {
    let lang = frame.lang;
    let cards: Vec<_> = flags
        .into_iter()
        .filter_map(|pupil| {
            let flag = pupil.flag?;
            let href = frame.at(&format!("/person/{}", pupil.person));
            Some(view! {
                <FlagCard
                    lang=lang
                    code=pupil.code
                    name=pupil.name
                    seat=seat(lang, pupil.seat)
                    why=flag.label.get(lang)
                    days=course(lang, flag.nth, flag.until)
                    href=href
                />
            })
        })
        .collect();
    (!cards.is_empty()).then(|| view! { <div class="thirds">{cards}</div> })
}

/// One of the filters over the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filter {
    All,
    Flagged,
    Missing,
    Well,
}

impl Filter {
    const ALL: [Self; 4] = [Self::All, Self::Flagged, Self::Missing, Self::Well];

    fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Flagged => "flagged",
            Self::Missing => "missing",
            Self::Well => "well",
        }
    }

    fn of(word: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|f| f.word() == word)
            .unwrap_or(Self::All)
    }

    fn label(self, lang: Lang) -> String {
        match self {
            Self::All => tr!(lang, "全部", "All"),
            Self::Flagged => tr!(lang, "异常", "Flagged"),
            Self::Missing => tr!(lang, "未报", "Missing"),
            Self::Well => tr!(lang, "正常", "Well"),
        }
    }

    fn takes(self, pupil: &Pupil) -> bool {
        match self {
            Self::All => true,
            Self::Flagged => pupil.code.is_flagged(),
            Self::Missing => pupil.told.is_none(),
            Self::Well => pupil.code == Code::Green,
        }
    }
}

fn table(frame: &Frame, model: &ClassView, query: &Fields) -> impl IntoView + use<> {
    let lang = frame.lang;
    let filter = Filter::of(query.get("show"));
    let searched = query.get("q").trim().to_owned();
    let pills = Filter::ALL
        .into_iter()
        .map(|f| Pill {
            href: frame.at(&format!("?show={}&q={}", f.word(), escape(&searched))),
            label: f.label(lang),
            count: Some(
                i64::try_from(model.pupils.iter().filter(|p| f.takes(p)).count()).unwrap_or(0),
            ),
            code: None,
            current: f == filter,
        })
        .collect();
    let found = |p: &&Pupil| {
        searched.is_empty() || p.name.contains(&searched) || p.seat.to_string() == searched
    };
    let rows: Vec<_> = model
        .pupils
        .iter()
        .filter(|p| filter.takes(p))
        .filter(found)
        .map(|pupil| row(frame, pupil, model.threshold))
        .collect();
    let days: Vec<_> = model
        .pupils
        .first()
        .map(|p| p.strip.iter().map(|(day, _)| *day).collect())
        .unwrap_or_default();
    let today = model.frame.today;
    let whole = frame.at("");
    let nobody = rows.is_empty().then(|| {
        view! {
            <EmptyState icon=IconName::Search title=tr!(lang, "没有这样的学生", "Nobody like that")>
                <a href=whole>{tr!(lang, "查看全班", "Show the whole class")}</a>
            </EmptyState>
        }
    });
    let keep = vec![("show".to_owned(), filter.word().to_owned())];
    view! {
        <section class="card flush" id="class">
            <div class="card-head">
                <div class="row">
                    <h2>{tr!(lang, "全班", "Class")}</h2>
                    <Pills label=tr!(lang, "筛选", "Filter") pills=pills />
                </div>
                <SearchBox lang=lang action=frame.at("") label=tr!(lang, "姓名或座号", "Name or seat") value=searched keep=keep />
            </div>
            <DataTable
                caption=tr!(lang, "全班今天的情况", "The class today")
                columns=vec![
                    Column::new(tr!(lang, "座号", "Seat")),
                    Column::new(tr!(lang, "姓名", "Name")),
                    Column::new(tr!(lang, "今天", "Today")),
                    Column::new(tr!(lang, "体温", "Temp.")),
                    Column::new(tr!(lang, "说明", "Note")),
                    Column::new(tr!(lang, "报告人", "By")),
                    Column::drawn(
                        tr!(lang, "近 14 天", "Last 14 days"),
                        view! { <DayDotsHead lang=lang days=days today=today /> },
                    ),
                ]
            >
                {rows}
            </DataTable>
            {nobody}
            <div class="card-foot"><Legend lang=lang bare=true /></div>
        </section>
    }
}

fn row(frame: &Frame, pupil: &Pupil, threshold: u16) -> impl IntoView + use<> {
    let lang = frame.lang;
    let told = pupil.told.as_ref();
    let temperature = told.map_or_else(
        || "—".to_owned(),
        |told| measured(lang, told.temperature, threshold),
    );
    let note = match (&pupil.flag, told) {
        (Some(flag), _) => flag.label.get(lang).to_owned(),
        (None, Some(_)) => tr!(lang, "正常", "well"),
        (None, None) if pupil.paper_only => tr!(lang, "等待查验纸面", "paper to be checked"),
        (None, None) => tr!(lang, "等待报告", "waiting"),
    };
    let kind = if pupil.flag.is_some() {
        CellKind::Text
    } else {
        CellKind::Mute
    };
    let by = match told {
        Some(told) => by_text(lang, told).into_any(),
        None if pupil.paper_only => {
            view! { <a href=frame.at("/paper")>{tr!(lang, "查验", "Check")}</a> }.into_any()
        }
        None => {
            let href = frame.at(&format!("/proxy/{}", pupil.person));
            view! { <a href=href>{tr!(lang, "代报", "Report")}</a> }.into_any()
        }
    };
    let href = frame.at(&format!("/person/{}", pupil.person));
    let place = if pupil.seat > 0 {
        pupil.seat.to_string()
    } else {
        String::new()
    };
    let (name, code, strip) = (pupil.name.clone(), pupil.code, pupil.strip.clone());
    view! {
        <DataRow code=code>
            <DataCell kind=CellKind::Mute>{place}</DataCell>
            <DataCell kind=CellKind::Name><a href=href>{name}</a></DataCell>
            <DataCell><StatusChip lang=lang code=code /></DataCell>
            <DataCell label=tr!(lang, "体温", "Temp.")><span class="nowrap">{temperature}</span></DataCell>
            <DataCell kind=kind>{note}</DataCell>
            <DataCell label=tr!(lang, "报告人", "By")>{by}</DataCell>
            <DataCell kind=CellKind::Wide><DayDots lang=lang days=strip /></DataCell>
        </DataRow>
    }
}

fn by_text(lang: Lang, told: &Told) -> impl IntoView + use<> {
    let at = time(told.minute);
    match told.channel.group() {
        ChannelGroup::Guardian => format!("{at} {}", reporter(lang, &told.by)),
        ChannelGroup::Paper | ChannelGroup::Proxy => {
            format!("{at} {}", channel(lang, told.channel))
        }
    }
}

/// Says what a link from another page reports: 代报已收到.
pub(super) fn said(text: Option<String>) -> Option<impl IntoView> {
    text.map(|text| view! { <Notice icon=IconName::Check live=true>{text}</Notice> })
}
