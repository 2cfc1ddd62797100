//! Activation codes on strips to cut apart and hand over: shown once, because only their hashes are kept.

use super::desk::{Desk, Tab};
use crate::tr;
use crate::tr::Lang;
use crate::ui::*;
use crate::web::Ctx;
use axum::response::Response;
use http::StatusCode;
use leptos::prelude::*;
use services::Refusal;
use services::accounts::ActivationCode;

/// One member of staff on the result page.
pub(super) struct Strip {
    pub name: String,
    pub login: String,
    /// Role and classes, in words.
    pub role: String,
    /// The code; `None` where they have a password already; or why there is none.
    pub code: Result<Option<ActivationCode>, Refusal>,
}

/// The page.
pub(super) fn page(ctx: &Ctx, desk: &Desk, strips: Vec<Strip>) -> Response {
    let lang = ctx.lang;
    let title = tr!(lang, "激活条", "Activation strips");
    let origin = ctx.origin.clone();
    let school = desk.card.name.get(ctx.lang).to_owned();
    let back = desk.path("/staff");
    desk.page(ctx, StatusCode::OK, Tab::Staff, &title, move || {
        let (with, without): (Vec<_>, Vec<_>) = strips
            .into_iter()
            .partition(|s| matches!(s.code, Ok(Some(_))));
        let any = !with.is_empty();
        let sheet = with
            .into_iter()
            .map(|s| strip(lang, &origin, &school, s))
            .collect_view();
        view! {
            <PageHead title=tr!(lang, "激活条", "Activation strips")>
                <Button href=back>{tr!(lang, "完成，返回教职工", "Done, back to staff")}</Button>
            </PageHead>
            {any.then(|| view! {
                <Notice icon=IconName::Print>
                    {tr!(lang, "激活码只显示这一次。请现在打印（Ctrl+P），剪开后交给本人；7 天内有效，请勿拍照转发。", "The codes are shown only now. Print this page (Ctrl+P), cut it and hand each strip over; they work for 7 days. Do not photograph them.")}
                </Notice>
            })}
            {rest(lang, without)}
            {any.then(|| view! { <div class="sheet">{sheet}</div> })}
        }
        .into_any()
    })
}

fn strip(lang: Lang, origin: &str, school: &str, strip: Strip) -> AnyView {
    let Ok(Some(issued)) = strip.code else {
        return ().into_any();
    };
    let link = format!("{origin}/activate/{}", issued.code.as_str());
    let qr = qr_svg(&link);
    view! {
        <section class="slip">
            <div class="qr" inner_html=qr></div>
            <div>
                <p>
                    <b>{strip.name}</b>
                    <Dot />
                    {strip.role}
                    <Dot />
                    {school.to_owned()}
                </p>
                <p class="short">{issued.code.grouped()}</p>
                <p>{tr!(lang, "扫码，或打开 {origin}/activate/ 加上面的码，设置自己的密码。登录账号：{login}", "Scan, or open {origin}/activate/ followed by the code, and set your own password. Login: {login}", login = strip.login)}</p>
            </div>
        </section>
    }
    .into_any()
}

/// Those without a code, and why.
fn rest(lang: Lang, strips: Vec<Strip>) -> Option<AnyView> {
    (!strips.is_empty()).then(|| {
        let rows = strips
            .into_iter()
            .map(|s| {
                let words = match s.code {
                    Err(refusal) => refusal.text(lang).to_owned(),
                    Ok(_) => tr!(
                        lang,
                        "已有账号，直接增加了职务",
                        "Had an account; the role was added to it"
                    ),
                };
                view! {
                    <li>
                        <div class="what">
                            <b>{s.name}</b>
                            <small>{s.role}</small>
                            <small>{s.login} " " {words}</small>
                        </div>
                    </li>
                }
            })
            .collect_view();
        view! {
            <Card title=tr!(lang, "没有新的激活码", "Without a new code") flush=true>
                <ul class="people">{rows}</ul>
            </Card>
        }
        .into_any()
    })
}

/// A QR code as SVG.
fn qr_svg(text: &str) -> String {
    qrcode::QrCode::new(text).map_or_else(
        |_| String::new(),
        |code| {
            let svg = code
                .render::<qrcode::render::svg::Color<'_>>()
                .quiet_zone(false)
                .build();
            svg.split_once("?>")
                .map_or(svg.clone(), |(_, rest)| rest.to_owned())
        },
    )
}
