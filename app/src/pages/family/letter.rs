//! Today's letter: the colour of today on paper, for going elsewhere.

use crate::islands::family::PrintButton;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{code_meaning, code_name, day_full, status_word, time};
use crate::ui::{Button, ButtonKind, Dot, EmptyState, PhoneShell, ShapeSize, StatusShape};
use crate::web::{Answer, Ctx, Islands};
use axum::extract::Path;
use domain::ids::PersonId;
use leptos::prelude::*;
use services::passes::DayLetter;

/// The letter, or what to do to get one.
pub async fn show(ctx: Ctx, Path(person): Path<PersonId>) -> Answer {
    let letter = ctx.services().day_letter(ctx.actor()?, person).await?;
    let (lang, demo) = (ctx.lang, ctx.demo());
    let title = tr!(lang, "今天的证明", "Today's letter");
    let (heading, here) = (title.clone(), format!("/child/{person}/letter"));
    let back = format!("/child/{person}/code");
    ctx.ok(&title, Islands::Yes, move || {
        view! {
            <PhoneShell lang=lang here=here title=heading back=back demo=demo>
                {body(lang, &letter)}
            </PhoneShell>
        }
    })
}

fn body(lang: Lang, letter: &DayLetter) -> AnyView {
    let Some(issued) = &letter.issued else {
        let href = format!("/family?child={}", letter.person);
        return view! {
            <EmptyState title=tr!(lang, "今天报告后才有证明", "The letter comes with today's report")>
                <Button kind=ButtonKind::Primary href=href>{tr!(lang, "去报告", "Report now")}</Button>
            </EmptyState>
        }
        .into_any();
    };
    let code = letter.code;
    let says = tr!(
        lang,
        "{name}今天的二维码",
        "QR code of {name} for today",
        name = letter.name
    );
    let school = letter.school.get(lang);
    let ask = if letter.contact.is_empty() {
        school.to_owned()
    } else {
        tr!(
            lang,
            "{school}，电话 {contact}",
            "{school}, {contact}",
            school = school,
            contact = letter.contact
        )
    };
    view! {
        <section class="letter" aria-label=tr!(lang, "今天的证明", "Today's letter")>
            <div class="letter-head">
                <StatusShape code=code size=ShapeSize::List />
                <div>
                    <b>{status_word(lang, code)}</b>
                    <span>{code_name(lang, code)} <Dot /> {code_meaning(lang, code)}</span>
                </div>
            </div>
            <div class="qr" role="img" aria-label=says inner_html=issued.svg.clone()></div>
            <p class="short-code">{tr!(lang, "短码", "Short code")} " " <b>{issued.short.to_string()}</b></p>
            <p><b>{letter.name.clone()}</b> <Dot /> {letter.class.label(lang)}</p>
            <p>{ask}</p>
            <p>
                {tr!(lang, "只在 {day} 当天有效，{at} 签发", "Valid on {day} only; issued at {at}",
                    day = day_full(lang, letter.today), at = time(letter.minute))}
            </p>
            <p class="hint">
                {tr!(lang, "扫码核对签名才算数，打印的颜色不算。", "A scan that checks the signature decides, not the printed colour.")}
            </p>
        </section>
        <p class="hint no-print">
            {tr!(lang, "可以打印，也可以在打印窗口里存成 PDF 带着。", "Print it, or save it as a PDF from the print window.")}
        </p>
        <div class="row no-print">
            <PrintButton label=tr!(lang, "打印", "Print") hint=tr!(lang, "要打印请按 Ctrl+P", "To print, press Ctrl+P") />
        </div>
    }
    .into_any()
}
