//! Printed cards: who has one, and the sheet to be cut apart.

use super::shell::{ClassShell, Frame, Tab};
use super::words::seat;
use crate::islands::class::PrintButton;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_full, day_short};
use crate::ui::{
    Button, ButtonKind, CellKind, Column, DataCell, DataRow, DataTable, Dot, EmptyState,
    ErrorSummary, FieldError, IconName, LangSwitch, Notice, PageHead,
};
use crate::web::{Answer, Ctx, Failure, Fields, Islands};
use axum::extract::Path;
use axum::response::Response;
use domain::ids::{ClassId, PersonId};
use http::StatusCode;
use leptos::prelude::*;
use services::passes::{CardStatus, PrintedCard};

/// Cards on one A4 sheet: two columns of five.
const PER_SHEET: usize = 10;

/// Who has a card, and who needs one.
pub async fn show(ctx: Ctx, Path(class): Path<ClassId>) -> Answer {
    choose(&ctx, StatusCode::OK, class, Vec::new()).await
}

/// Issues cards for those chosen and shows the sheets.
pub async fn print(ctx: Ctx, Path(class): Path<ClassId>, fields: Fields) -> Answer {
    // Who may not see this class hears nothing about its fields.
    ctx.services().card_statuses(ctx.actor()?, class).await?;
    let ticked = fields.all("person").filter_map(|id| id.parse().ok());
    let people: Vec<PersonId> = ticked.filter(|_| !fields.has("everybody")).collect();
    if people.is_empty() && !fields.has("everybody") {
        let text = tr!(ctx.lang, "请至少勾选一位学生", "Tick at least one student");
        let errors = vec![FieldError::new("class-cards", text)];
        return choose(&ctx, StatusCode::UNPROCESSABLE_ENTITY, class, errors).await;
    }
    let cards = ctx.services().print_cards(ctx.actor()?, class, &people);
    let cards = cards.await?;
    let (lang, back) = (ctx.lang, format!("/class/{class}/cards"));
    ctx.ok(&tr!(lang, "返校卡", "Cards"), Islands::Yes, move || {
        sheets(lang, back, &cards)
    })
}

async fn choose(
    ctx: &Ctx,
    status: StatusCode,
    class: ClassId,
    errors: Vec<FieldError>,
) -> Result<Response, Failure> {
    let statuses = ctx.services().card_statuses(ctx.actor()?, class).await?;
    let frame = ctx.services().class_frame(ctx.actor()?, class).await?;
    let frame = Frame::new(ctx, &frame);
    let label = frame.label();
    let title = tr!(ctx.lang, "{label} 返校卡", "Cards of class {label}");
    let heading = title.clone();
    Ok(ctx.html(status, &title, Islands::No, move || {
        choice(&frame, heading, &statuses, errors)
    }))
}

fn choice(
    frame: &Frame,
    title: String,
    statuses: &[CardStatus],
    errors: Vec<FieldError>,
) -> impl IntoView + use<> {
    let lang = frame.lang;
    let (shell, slips) = (frame.clone(), frame.at("/well-slips"));
    let list = list(frame, statuses);
    view! {
        <ClassShell frame=shell tab=Tab::Cards>
            <PageHead
                title=title
                sub=tr!(lang, "每人一张，剪开后发给学生，进校门时扫码；卡上没有颜色", "One each, cut apart and given to the pupils, scanned at the gate; a card shows no colour")
            />
            <ErrorSummary lang=lang errors=errors />
            <Notice>
                {tr!(
                    lang,
                    "卡丢了就勾选那位学生重新打印：新卡一打，旧的马上作废，捡到的人不能用。",
                    "If a card is lost, tick the pupil and print again: the new card voids the old one at once, so nobody can use it."
                )}
            </Notice>
            {list}
            <p>
                <a href=slips>{tr!(lang, "没有手机的家庭：打印“一切正常”签字条", "For families without a phone: print the slips to be signed when all is well")}</a>
            </p>
        </ClassShell>
    }
}

fn list(frame: &Frame, statuses: &[CardStatus]) -> AnyView {
    let lang = frame.lang;
    if statuses.is_empty() {
        return view! {
            <EmptyState icon=IconName::People title=tr!(lang, "这个班还没有学生", "There is nobody in this class yet")>
                <span>{tr!(lang, "学校导入名册后就能打印", "Cards can be printed once the school has imported the roster")}</span>
            </EmptyState>
        }
        .into_any();
    }
    let without = statuses.iter().filter(|s| s.serial == 0).count();
    let everybody = (without > 0).then(|| {
        view! {
            <Button kind=ButtonKind::Primary icon=IconName::Print name="everybody" value="yes">
                {tr!(lang, "给还没有卡的 {without} 人打印", "Print for the {without} without a card")}
            </Button>
        }
    });
    let rows = statuses
        .iter()
        .map(|status| status_row(lang, status))
        .collect_view();
    view! {
        <form class="card flush" method="post" action=frame.at("/cards") id="class-cards" tabindex="-1">
            <div class="card-head">
                <h2>{tr!(lang, "全班", "Class")}</h2>
                <span class="row">
                    {everybody}
                    <Button icon=IconName::Print>{tr!(lang, "打印勾选的，旧卡作废", "Print those ticked, voiding older cards")}</Button>
                </span>
            </div>
            <DataTable
                caption=tr!(lang, "返校卡的情况", "Cards of the class")
                columns=vec![
                    Column::new(tr!(lang, "打印", "Print")),
                    Column::new(tr!(lang, "座号", "Seat")),
                    Column::new(tr!(lang, "姓名", "Name")),
                    Column::new(tr!(lang, "返校卡", "Card")),
                ]
            >
                {rows}
            </DataTable>
        </form>
    }
    .into_any()
}

fn status_row(lang: Lang, status: &CardStatus) -> impl IntoView + use<> {
    let name = status.name.clone();
    let label = tr!(lang, "给{name}打印", "Print for {name}");
    let card = match status.printed.map(|day| day_short(lang, day)) {
        None => tr!(lang, "还没有", "none yet"),
        Some(day) => {
            let n = status.serial;
            tr!(lang, "第 {n} 张，{day} 打印", "No. {n}, printed on {day}")
        }
    };
    let id = status.person.to_string();
    let place = seat(lang, status.seat);
    view! {
        <DataRow>
            <DataCell>
                <label class="choice">
                    <input type="checkbox" name="person" value=id />
                    <span><span class="vh">{label}</span></span>
                </label>
            </DataCell>
            <DataCell kind=CellKind::Mute>{place}</DataCell>
            <DataCell kind=CellKind::Name>{name}</DataCell>
            <DataCell label=tr!(lang, "返校卡", "Card")>{card}</DataCell>
        </DataRow>
    }
}

/// The A4 sheets.
fn sheets(lang: Lang, back: String, cards: &[PrintedCard]) -> impl IntoView + use<> {
    let title = match cards.len() {
        1 => tr!(lang, "1 张返校卡", "1 card"),
        n => tr!(lang, "{n} 张返校卡", "{n} cards"),
    };
    let pages = cards
        .chunks(PER_SHEET)
        .map(|page| {
            let page = page.iter().map(|c| card(lang, c)).collect_view();
            view! { <div class="card-page">{page}</div> }
        })
        .collect_view();
    view! {
        <main id="main" class="sheet">
            <div class="no-print narrow stack">
                <h1>{title}</h1>
                <Notice sand=true icon=IconName::Print>
                    {tr!(
                        lang,
                        "请现在就打印，A4 纸，缩放 100%，沿角线剪开。这些学生的旧卡已经作废；没打好就再打印一次。",
                        "Print now, on A4 at 100 %, and cut along the corner marks. The older cards of these pupils are void; if the print fails, print again."
                    )}
                </Notice>
                <div class="row">
                    <PrintButton label=tr!(lang, "打印", "Print") />
                    <Button href=back.clone()>{tr!(lang, "返回", "Back")}</Button>
                    <LangSwitch lang=lang here=back />
                </div>
            </div>
            {pages}
        </main>
    }
}

fn card(lang: Lang, card: &PrintedCard) -> impl IntoView + use<> {
    let until = day_full(lang, card.until);
    let n = card.serial;
    let name = card.name.clone();
    let says = tr!(lang, "{name}的二维码", "QR code of {name}");
    view! {
        <section class="pass-card">
            <div class="qr" role="img" aria-label=says inner_html=card.pass.svg.clone()></div>
            <div>
                <b>{card.name.clone()}</b>
                <p>{card.class.label(lang)} <Dot /> {seat(lang, card.seat)}</p>
                <p>{card.school.get(lang).to_owned()}</p>
                <p class="short-code">{tr!(lang, "短码", "Short code")} " " <b>{card.pass.short.to_string()}</b></p>
                <p class="fine">{tr!(lang, "第 {n} 张，到{until}", "No. {n}, until {until}")}</p>
                <p class="fine">{tr!(lang, "捡到请交给学校", "If found, give it to the school")}</p>
            </div>
        </section>
    }
}
