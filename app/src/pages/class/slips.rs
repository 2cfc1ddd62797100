//! Invitation slips: who still needs one, and the sheet to be cut apart.

use super::shell::{ClassShell, Frame, Tab};
use super::words::seat;
use crate::islands::class::PrintButton;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_full, day_short};
use crate::ui::{
    Button, ButtonKind, CellKind, Column, DataCell, DataRow, DataTable, Dot, ErrorSummary,
    FieldError, IconName, LangSwitch, Notice, PageHead,
};
use crate::web::{Answer, Ctx, Failure, Fields, Islands};
use axum::extract::Path;
use axum::response::Response;
use domain::ids::{ClassId, PersonId};
use http::StatusCode;
use leptos::prelude::*;
use qrcode::QrCode;
use services::family::{PrintedSlip, SlipStatus};

/// Who has joined, who holds a slip, and who needs one.
pub async fn show(ctx: Ctx, Path(class): Path<ClassId>) -> Answer {
    choose(&ctx, StatusCode::OK, class, Vec::new()).await
}

/// Issues slips for those chosen and shows the sheet, this one time.
pub async fn print(ctx: Ctx, Path(class): Path<ClassId>, fields: Fields) -> Answer {
    // Who may not see this class hears nothing about its fields.
    ctx.services().slip_statuses(ctx.actor()?, class).await?;
    let people: Vec<PersonId> = fields
        .all("person")
        .filter_map(|id| id.parse().ok())
        .collect();
    if people.is_empty() && !fields.has("everybody") {
        let text = tr!(ctx.lang, "请至少勾选一位学生", "Tick at least one student");
        let errors = vec![FieldError::new("class-slips", text)];
        return choose(&ctx, StatusCode::UNPROCESSABLE_ENTITY, class, errors).await;
    }
    let people = if fields.has("everybody") {
        Vec::new()
    } else {
        people
    };
    let slips = ctx
        .services()
        .print_slips(ctx.actor()?, class, &people)
        .await?;
    let (lang, origin, back) = (
        ctx.lang,
        ctx.origin.clone(),
        format!("/class/{class}/slips"),
    );
    ctx.ok(
        &tr!(lang, "邀请条", "Invitation slips"),
        Islands::Yes,
        move || sheet(lang, &origin, back, slips),
    )
}

async fn choose(
    ctx: &Ctx,
    status: StatusCode,
    class: ClassId,
    errors: Vec<FieldError>,
) -> Result<Response, Failure> {
    let statuses = ctx.services().slip_statuses(ctx.actor()?, class).await?;
    let frame = ctx.services().class_frame(ctx.actor()?, class).await?;
    let frame = Frame::new(ctx, &frame);
    let title = tr!(
        ctx.lang,
        "{label} 邀请条",
        "Slips of class {label}",
        label = frame.label()
    );
    let heading = title.clone();
    Ok(ctx.html(status, &title, Islands::No, move || {
        choice(&frame, heading, &statuses, errors)
    }))
}

fn choice(
    frame: &Frame,
    title: String,
    statuses: &[SlipStatus],
    errors: Vec<FieldError>,
) -> impl IntoView + use<> {
    let lang = frame.lang;
    let rows = statuses
        .iter()
        .map(|status| status_row(lang, status))
        .collect_view();
    let without = statuses
        .iter()
        .filter(|s| s.guardians == 0 && s.can_be_claimed)
        .count();
    let everybody = (without > 0).then(|| {
        view! {
            <Button kind=ButtonKind::Primary icon=IconName::Print name="everybody" value="yes">
                {tr!(lang, "给还没加入的 {without} 人打印", "Print for the {without} not joined yet")}
            </Button>
        }
    });
    let (shell, action) = (frame.clone(), frame.at("/slips"));
    view! {
        <ClassShell frame=shell tab=Tab::Slips>
            <PageHead
                title=title
                sub=tr!(lang, "每人一条，剪开后交给家长；14 天有效，只能用一次", "One strip per child, cut apart and handed to the family; 14 days, single use")
            />
            <ErrorSummary lang=lang errors=errors />
            <Notice>
                {tr!(
                    lang,
                    "短码只在打印的那一页出现一次，之后谁也看不到。没打好就再打印一次，新的一打，旧的就作废。",
                    "Codes are shown once, on the printed page only. If the print fails, print again: a new slip voids the old one."
                )}
            </Notice>
            <form class="card flush" method="post" action=action id="class-slips" tabindex="-1">
                <div class="card-head">
                    <h2>{tr!(lang, "全班", "Class")}</h2>
                    <span class="row">
                        {everybody}
                        <Button icon=IconName::Print>{tr!(lang, "打印勾选的", "Print those ticked")}</Button>
                    </span>
                </div>
                <DataTable
                    caption=tr!(lang, "邀请条的情况", "Slips of the class")
                    columns=vec![
                        Column::new(tr!(lang, "打印", "Print")),
                        Column::new(tr!(lang, "座号", "Seat")),
                        Column::new(tr!(lang, "姓名", "Name")),
                        Column::new(tr!(lang, "家长", "Guardians")),
                        Column::new(tr!(lang, "邀请条", "Slip")),
                    ]
                >
                    {rows}
                </DataTable>
            </form>
        </ClassShell>
    }
}

fn status_row(lang: Lang, status: &SlipStatus) -> impl IntoView + use<> {
    let name = status.name.clone();
    let label = tr!(lang, "给{name}打印", "Print for {name}");
    let joined = match status.guardians {
        0 => tr!(lang, "还没加入", "not joined yet"),
        n => tr!(lang, "{n} 位已加入", "{n} joined"),
    };
    let slip = match (status.can_be_claimed, status.open_until) {
        (false, _) => tr!(
            lang,
            "名册里缺生日，或缺手机号和证件号，请学校补上",
            "The roster lacks the birth date, or phone and id: ask the school"
        ),
        (true, Some(day)) => {
            let (day, failures) = (day_short(lang, day), status.failures);
            if failures > 0 {
                tr!(
                    lang,
                    "有效到 {day}，答错 {failures} 次",
                    "open until {day}, {failures} wrong tries"
                )
            } else {
                tr!(lang, "有效到 {day}", "open until {day}")
            }
        }
        (true, None) => tr!(lang, "没有有效的邀请条", "no open slip"),
    };
    let (id, can) = (status.person.to_string(), status.can_be_claimed);
    let place = seat(lang, status.seat);
    view! {
        <DataRow>
            <DataCell>
                <label class="choice">
                    <input type="checkbox" name="person" value=id disabled=!can />
                    <span><span class="vh">{label}</span></span>
                </label>
            </DataCell>
            <DataCell kind=CellKind::Mute>{place}</DataCell>
            <DataCell kind=CellKind::Name>{name}</DataCell>
            <DataCell label=tr!(lang, "家长", "Guardians")>{joined}</DataCell>
            <DataCell label=tr!(lang, "邀请条", "Slip")>{slip}</DataCell>
        </DataRow>
    }
}

/// The A4 sheet.
fn sheet(lang: Lang, origin: &str, back: String, slips: Vec<PrintedSlip>) -> impl IntoView + use<> {
    let title = match slips.len() {
        1 => tr!(lang, "1 张邀请条", "1 slip"),
        n => tr!(lang, "{n} 张邀请条", "{n} slips"),
    };
    let strips = slips
        .into_iter()
        .map(|slip| strip(lang, origin, &slip))
        .collect_view();
    view! {
        <main id="main" class="sheet">
            <div class="no-print narrow stack">
                <h1>{title}</h1>
                <Notice sand=true icon=IconName::Print>
                    {tr!(
                        lang,
                        "请现在就打印：离开这一页，这些短码就再也看不到了。",
                        "Print now: once you leave this page, these codes cannot be shown again."
                    )}
                </Notice>
                <div class="row">
                    <PrintButton label=tr!(lang, "打印", "Print") />
                    <Button href=back.clone()>{tr!(lang, "返回", "Back")}</Button>
                    <LangSwitch lang=lang here=back />
                </div>
            </div>
            {strips}
        </main>
    }
}

fn strip(lang: Lang, origin: &str, slip: &PrintedSlip) -> impl IntoView + use<> {
    let link = format!("{origin}/join/{}", slip.code.as_str());
    let address = origin
        .split_once("://")
        .map_or(origin, |(_, host)| host)
        .to_owned();
    let until = day_full(lang, slip.until);
    view! {
        <section class="slip">
            <div class="qr" inner_html=qr(&link)></div>
            <div>
                <p>
                    <b>{slip.name.clone()}</b>
                    <Dot />
                    {slip.class.label(lang)}
                    <Dot />
                    {slip.school.get(lang).to_owned()}
                </p>
                <p class="short">{slip.code.grouped()}</p>
                <p>
                    {tr!(
                        lang,
                        "1 扫码，或打开 {address}/join 输入短码；2 填孩子的生日和学校登记的手机号后四位；3 设置密码，每天早上报告。",
                        "1 Scan, or open {address}/join and type the code. 2 Give the birth date and the last four digits of the phone the school knows. 3 Set a password and report every morning."
                    )}
                </p>
                <p>
                    <b>{tr!(lang, "请勿拍照、转发", "Do not photograph or pass on")}</b>
                    <Dot />
                    {tr!(lang, "只能用一次，{until}前有效", "single use, until {until}")}
                </p>
            </div>
        </section>
    }
}

/// A QR code as an SVG element; empty where the text is too long for one.
fn qr(text: &str) -> String {
    let Ok(code) = QrCode::new(text) else {
        return String::new();
    };
    let svg = code
        .render::<qrcode::render::svg::Color<'_>>()
        .quiet_zone(false)
        .build();
    match svg.split_once("?>") {
        Some((_, element)) => element.to_owned(),
        None => svg,
    }
}
