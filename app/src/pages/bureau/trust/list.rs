//! The list of trusted issuers, and the way in for a key file.

use super::super::shell::{Frame, RegionShell, Tab};
use super::words::{days_words, scope_words, state_tag};
use crate::pages::public::recognition::own_side;
use crate::pages::upload::{FileField, receive};
use crate::tr;
use crate::tr::Lang;
use crate::ui::*;
use crate::web::{Answer, Ctx, Fields, Islands, escape, see_other};
use axum::extract::{Path, RawQuery, Request};
use domain::ids::RegionCode;
use http::StatusCode;
use leptos::prelude::*;
use services::Error;
use services::recognition::{ISSUERS_PAGE, IssuerLine, IssuersPage, OwnSide};

/// The page. `?q=…&page=…` look for an issuer.
pub async fn show(ctx: Ctx, Path(region): Path<RegionCode>, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    page(&ctx, StatusCode::OK, region, &query, Vec::new()).await
}

/// Takes a key file and leads to its preview; one that may not be taken shows the page again and says why.
pub async fn upload(ctx: Ctx, Path(region): Path<RegionCode>, request: Request) -> Answer {
    let (file, problem) = receive(request).await;
    if let Some(problem) = problem {
        return refused(&ctx, region, problem.words(ctx.lang)).await;
    }
    let actor = ctx.actor()?;
    let staged = ctx
        .services()
        .upload_key_file(actor, &region, &file.name, file.bytes)
        .await;
    match staged {
        Ok(staged) => Ok(see_other(&format!("/bureau/{region}/trust/new/{staged}"))),
        Err(Error::Refused(refusal)) => {
            let words = refusal.text(ctx.lang).to_owned();
            refused(&ctx, region, words).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The page again, with what is wrong with a key file.
pub(super) async fn refused(ctx: &Ctx, region: RegionCode, words: String) -> Answer {
    let errors = vec![FieldError::new("file", words)];
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(ctx, status, region, &Fields::default(), errors).await
}

async fn page(
    ctx: &Ctx,
    status: StatusCode,
    region: RegionCode,
    query: &Fields,
    errors: Vec<FieldError>,
) -> Answer {
    let n = query.page();
    let q = query.get("q").trim().to_owned();
    let services = ctx.services();
    let list = services
        .trusted_issuers(ctx.actor()?, &region, &q, (n - 1) * ISSUERS_PAGE)
        .await?;
    let own = services.own_side().await?;
    let frame = Frame::new(ctx, &region).await?;
    let title = tr!(ctx.lang, "互认的签发单位", "Recognised issuers");
    Ok(ctx.html(status, &title, Islands::No, move || {
        view(frame, list, &own, q, n, errors)
    }))
}

fn view(
    frame: Frame,
    page: IssuersPage,
    own: &OwnSide,
    q: String,
    n: usize,
    errors: Vec<FieldError>,
) -> AnyView {
    let (lang, region) = (frame.lang, frame.region.clone());
    let path = format!("/bureau/{region}/trust");
    let (rules, public) = (
        format!("/bureau/{region}/recognition"),
        format!("/recognition?region={region}"),
    );
    let name = page.region.get(lang).to_owned();
    let sub = tr!(
        lang,
        "{name}各校认这些单位签发的屏幕码和当日证明。上级的名单在这里也适用。",
        "Schools of {name} recognise the live codes and day letters of these issuers. The lists of the regions around count here too."
    );
    let to_see_to = page.to_see_to;
    let warning = (to_see_to > 0).then(|| {
        view! { <Notice sand=true icon=IconName::Clock>{tr!(lang, "有 {to_see_to} 个单位要处理：快到期、已到期，或要新的密钥文件。", "{to_see_to} of them need attention: they end soon, have ended, or need a newer key file.")}</Notice> }
    });
    let upload = upload_form(lang, &path, &errors);
    let (own, list) = (own_side(lang, own), list(lang, &region, page, q, n));
    view! {
        <RegionShell frame=frame tab=Tab::Trust>
            <PageHead title=tr!(lang, "互认的签发单位", "Recognised issuers") sub=sub>
                <Button icon=IconName::Scale href=rules>{tr!(lang, "互认规则", "Rules of recognition")}</Button>
                <Button icon=IconName::Eye href=public>{tr!(lang, "公开页面", "Public page")}</Button>
            </PageHead>
            {warning}
            <ErrorSummary lang=lang errors=errors />
            <div class="split">
                <div class="stack">
                    {upload}
                    {own}
                </div>
                {list}
            </div>
        </RegionShell>
    }
    .into_any()
}

fn upload_form(lang: Lang, path: &str, errors: &[FieldError]) -> AnyView {
    let error = error_of(errors, "file");
    view! {
        <form class="card pad stack" method="post" action=path.to_owned() enctype="multipart/form-data">
            <h2>{tr!(lang, "加入单位，或更新密钥", "Add an issuer, or renew its keys")}</h2>
            <FileField label=tr!(lang, "对方的密钥文件", "The other side's key file") hint=tr!(lang, "fuxue-keys.jws，在对方网站的“互认”页下载", "fuxue-keys.jws, from the Recognition page of the other side's site") accept=".jws,.txt" error=error />
            <p class="sub">{tr!(lang, "先看内容，再打电话核对指纹；上传本身不会信任任何人。", "You look at it first, then compare its fingerprint by telephone; uploading alone trusts nobody.")}</p>
            <div class="row"><Button kind=ButtonKind::Primary>{tr!(lang, "上传并查看", "Upload and look")}</Button></div>
        </form>
    }
    .into_any()
}

fn list(lang: Lang, region: &RegionCode, page: IssuersPage, q: String, n: usize) -> AnyView {
    let path = format!("/bureau/{region}/trust");
    let total = page.total;
    let sought = escape(&q);
    let link = |n| format!("{path}?q={sought}&page={n}");
    let pager = view! { <PagerFoot lang=lang page=n size=ISSUERS_PAGE total=total href=link /> };
    let list = if total == 0 {
        view! {
            <EmptyState icon=IconName::Shield title=tr!(lang, "没有这样的单位", "No such issuer")>
                <p>{tr!(lang, "上传对方的密钥文件来加入一个。", "Upload the other side's key file to add one.")}</p>
            </EmptyState>
        }
        .into_any()
    } else {
        table(lang, region, page.issuers)
    };
    view! {
        <Card title=tr!(lang, "名单", "The list") flush=true>
            <div class="pad"><SearchBox lang=lang action=path label=tr!(lang, "名称、编号或地区", "Name, number or region") value=q /></div>
            {list}
            {pager}
        </Card>
    }
    .into_any()
}

fn table(lang: Lang, region: &RegionCode, issuers: Vec<IssuerLine>) -> AnyView {
    let columns = vec![
        Column::new(tr!(lang, "单位", "Issuer")),
        Column::new(tr!(lang, "状态", "State")),
        Column::new(tr!(lang, "范围", "Scope")),
        Column::new(tr!(lang, "有效期", "In force")),
        Column::new(tr!(lang, "名单", "List")),
    ];
    let rows = issuers
        .into_iter()
        .map(|line| row(lang, region, line))
        .collect_view();
    view! { <div class="long-names"><DataTable caption=tr!(lang, "互认的签发单位", "Recognised issuers") columns=columns>{rows}</DataTable></div> }
        .into_any()
}

fn row(lang: Lang, region: &RegionCode, line: IssuerLine) -> AnyView {
    let scope = scope_words(lang, &line.scope);
    let days = days_words(lang, line.days);
    let number = line.issuer.to_string();
    let place = line.region.1.get(lang).to_owned();
    let (name, owner) = (line.name.clone(), line.owner.1.get(lang).to_owned());
    let (name, list) = if line.is_own {
        let href = format!("/bureau/{region}/trust/{number}");
        (
            view! { <a href=href>{name}</a> }.into_any(),
            tr!(lang, "本级", "our own"),
        )
    } else {
        (view! { <span>{name}</span> }.into_any(), owner)
    };
    view! {
        <DataRow>
            <DataCell kind=CellKind::Name>{name} <small>" " {place} " " <span class="mono">{number}</span></small></DataCell>
            <DataCell label=tr!(lang, "状态", "State")>{state_tag(lang, line.state)}</DataCell>
            <DataCell label=tr!(lang, "范围", "Scope")>{scope}</DataCell>
            <DataCell label=tr!(lang, "有效期", "In force")>{days}</DataCell>
            <DataCell label=tr!(lang, "名单", "List") kind=CellKind::Mute>{list}</DataCell>
        </DataRow>
    }
    .into_any()
}
