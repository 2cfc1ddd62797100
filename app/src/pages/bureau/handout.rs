//! The page that hands out an activation code: shown once, to be passed on.

use super::shell::{Frame, RegionShell, Tab};
use crate::tr;
use crate::ui::*;
use crate::web::{Ctx, Islands};
use axum::response::Response;
use http::StatusCode;
use leptos::prelude::*;
use services::accounts::ActivationCode;

/// For whom a code is.
pub(super) struct Holder {
    /// Their name.
    pub name: String,
    /// Their login.
    pub login: String,
}

/// The code as letters, link and picture.
pub(super) fn page(
    ctx: &Ctx,
    frame: Frame,
    tab: Tab,
    back: &str,
    holder: Holder,
    code: &ActivationCode,
) -> Response {
    let lang = ctx.lang;
    let title = tr!(lang, "激活码", "Activation code");
    let link = format!("{}/activate/{}", ctx.origin, code.code.as_str());
    let picture = picture(&link);
    let (grouped, back) = (code.code.grouped(), back.to_owned());
    let heading = title.clone();
    ctx.html(StatusCode::OK, &title, Islands::No, move || {
        view! {
            <RegionShell frame=frame tab=tab>
                <PageHead title=heading />
                <div class="narrow stack">
                    <Notice icon=IconName::Lock>
                        {tr!(lang, "只显示这一次，7 天内有效，用一次就失效。请当面或打电话交给本人，不要发到群里。", "Shown this once, valid for 7 days, used once. Hand it over in person or by telephone, never in a group chat.")}
                    </Notice>
                    <section class="card pad stack">
                        <Facts>
                            <Fact icon=IconName::Person label=tr!(lang, "姓名", "Name")>{holder.name}</Fact>
                            <Fact icon=IconName::Document label=tr!(lang, "登录账号", "Login")>{holder.login}</Fact>
                            <Fact icon=IconName::Lock label=tr!(lang, "激活码", "Code")><b class="mono">{grouped}</b></Fact>
                        </Facts>
                        <div class="qr" role="img" aria-label=tr!(lang, "激活链接的二维码", "QR code of the activation link") inner_html=picture></div>
                        <p class="mono wrap">{link}</p>
                    </section>
                    <Button href=back>{tr!(lang, "已交给本人，返回", "Handed over, go back")}</Button>
                </div>
            </RegionShell>
        }
    })
}

/// The link as a QR code; empty where it does not fit, and the letters remain.
fn picture(link: &str) -> String {
    let Ok(code) = qrcode::QrCode::new(link) else {
        return String::new();
    };
    let svg = code
        .render::<qrcode::render::svg::Color<'_>>()
        .min_dimensions(220, 220)
        .build();
    svg.split_once("?>")
        .map_or(svg.clone(), |(_, rest)| rest.to_owned())
}
