//! The guard's page: masked names and verdicts, and nothing that tells why.

mod api;
mod app;
mod enrol;
mod look;

use crate::islands::gate::words::verdict_word;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, day_week, number, time};
use crate::ui::{
    Button, ButtonKind, Card, CellKind, Choice, Column, DataCell, DataRow, DataTable, Dot,
    EmptyState, IconName, PhoneShell, Select, ShapeSize, StatusShape, TextInput,
};
use crate::web::{Answer, Ctx, Fields, Islands, Needs, Route};
use axum::extract::{DefaultBodyLimit, Path, RawQuery};
use axum::routing::{get, post};
use domain::Code;
use domain::access::Action;
use domain::gate::Verdict;
use domain::ids::{ClassId, SchoolId};
use leptos::prelude::*;
use services::classroom::{GateEntry, GateView};

/// The routes of these pages.
pub fn routes() -> Vec<Route> {
    let hand_in = post(api::entries).layer(DefaultBodyLimit::max(api::HAND_IN_BYTES));
    let manifest = get(app::manifest);
    vec![
        Route::new("/gate/{school}", Needs::May(Action::SeeGate), get(show)),
        Route::new("/gate", Needs::Nothing, get(enrol::show)),
        Route::new("/gate/enrol", Needs::Nothing, post(enrol::submit)),
        Route::new("/gate/api/take", Needs::Device, get(api::take)),
        Route::new("/gate/api/entries", Needs::Device, hand_in),
        Route::new("/gate/look", Needs::Device, post(look::submit)),
        Route::new("/gate/sw.js", Needs::Nothing, get(app::worker)),
        Route::new("/gate/manifest.webmanifest", Needs::Nothing, manifest),
    ]
}

/// The page of one school.
pub async fn show(ctx: Ctx, Path(school): Path<SchoolId>, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let chosen = query.get("class").parse::<ClassId>().ok();
    let model = ctx
        .services()
        .gate_view(ctx.actor()?, school, chosen)
        .await?;
    let title = tr!(ctx.lang, "今天谁能进校", "Who may enter today");
    let (lang, here, demo, heading) = (ctx.lang, ctx.here.clone(), ctx.demo(), title.clone());
    ctx.ok(&title, Islands::No, move || {
        let sub = sub(lang, &model);
        view! {
            <PhoneShell lang=lang here=here title=heading sub=sub demo=demo footer=sign_out(lang)>
                {page(lang, &model, &query)}
            </PhoneShell>
        }
    })
}

fn sub(lang: Lang, model: &GateView) -> AnyView {
    let at = time(model.minute);
    view! {
        {model.school_name.get(lang).to_owned()}
        <Dot />
        {day_week(lang, model.today)}
        <Dot />
        {tr!(lang, "{at} 的情况", "as of {at}")}
    }
    .into_any()
}

fn sign_out(lang: Lang) -> AnyView {
    view! {
        <form method="post" action="/signout">
            <button class="btn small">{tr!(lang, "退出登录", "Sign out")}</button>
        </form>
    }
    .into_any()
}

fn page(lang: Lang, model: &GateView, query: &Fields) -> impl IntoView + use<> {
    let (admit, refuse, first) = model.counts;
    let count = move |code: Code, verdict: Verdict, n: i64| {
        view! {
            <div>
                <dt><StatusShape code=code /> {verdict_word(lang, verdict)}</dt>
                <dd>{number(n)}</dd>
            </div>
        }
    };
    let options = model
        .classes
        .iter()
        .map(|class| Choice::new(class.class.to_string(), class.name.label(lang)))
        .collect();
    let chosen = model.chosen.map(|id| id.to_string()).unwrap_or_default();
    let seat = query.get("seat").trim().to_owned();
    let found: Vec<_> = model
        .entries
        .iter()
        .filter(|entry| seat.is_empty() || entry.seat.to_string() == seat)
        .collect();
    let nobody = found.is_empty();
    let rows: Vec<_> = found.into_iter().map(|entry| row(lang, entry)).collect();
    let list = match (model.chosen, nobody) {
        (None, _) => view! { <p class="hint">{tr!(lang, "请先选择班级", "Choose a class first")}</p> }.into_any(),
        (Some(_), true) => {
            view! {
                <Card>
                    <EmptyState icon=IconName::Search title=tr!(lang, "没有这个座号", "No such seat number")>
                        {tr!(lang, "清空座号可以看全班", "Clear the seat number to see the class")}
                    </EmptyState>
                </Card>
            }
                .into_any()
        }
        (Some(_), false) => {
            view! {
                <section class="card flush">
                    <DataTable
                        caption=tr!(lang, "这个班今天的情况", "This class today")
                        columns=vec![
                            Column::new(tr!(lang, "座号", "Seat")),
                            Column::new(tr!(lang, "姓名", "Name")),
                            Column::new(tr!(lang, "班级", "Class")),
                            Column::new(tr!(lang, "今天", "Today")),
                            Column::new(tr!(lang, "到哪天", "Until")),
                        ]
                    >
                        {rows}
                    </DataTable>
                </section>
            }
                .into_any()
        }
    };
    view! {
        <Card>
            <dl class="counts">
                {count(Code::Green, Verdict::Admit, admit)}
                {count(Code::Red, Verdict::Refuse, refuse)}
                {count(Code::Grey, Verdict::ReportFirst, first)}
            </dl>
        </Card>
        <form class="card stack" method="get">
            <Select name="class" label=tr!(lang, "班级", "Class") options=options value=chosen empty=tr!(lang, "请选择", "Choose") required=true />
            <TextInput name="seat" label=tr!(lang, "座号", "Seat number") optional=tr!(lang, "可不填", "optional") inputmode="numeric" maxlength=4u32 value=seat />
            <Button kind=ButtonKind::Primary icon=IconName::Search wide=true>{tr!(lang, "查看", "Show")}</Button>
        </form>
        {list}
    }
}

fn row(lang: Lang, entry: &GateEntry) -> impl IntoView + use<> {
    let until = entry.until.map(|day| {
        let day = day_short(lang, day);
        tr!(lang, "到 {day}", "until {day}")
    });
    let (code, verdict) = (entry.code, entry.verdict);
    let (place, name, class) = (
        entry.seat.to_string(),
        entry.name.clone(),
        entry.class.label(lang),
    );
    view! {
        <DataRow>
            <DataCell kind=CellKind::Mute>{place}</DataCell>
            <DataCell kind=CellKind::Name>{name}</DataCell>
            <DataCell kind=CellKind::Mute>{class}</DataCell>
            <DataCell>
                <span class=format!("row nowrap t-{}", code.word())>
                    <StatusShape code=code size=ShapeSize::List />
                    <b>{verdict_word(lang, verdict)}</b>
                </span>
            </DataCell>
            <DataCell>{until}</DataCell>
        </DataRow>
    }
}
