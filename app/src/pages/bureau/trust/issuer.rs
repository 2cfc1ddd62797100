//! One trusted issuer: keys, fingerprint, how far it is trusted, its history, and its removal.

use super::super::shell::{Frame, RegionShell, Tab};
use super::form::{Terms, terms_fields};
use super::require;
use super::words::{days_words, keys_table, moment, scope_words, state_tag, step_word};
use crate::tr;
use crate::tr::Lang;
use crate::ui::*;
use crate::web::{Answer, Ctx, Failure, Fields, Islands, see_other};
use axum::extract::{Path, RawQuery};
use domain::ids::RegionCode;
use domain::pass::IssuerId;
use http::StatusCode;
use leptos::prelude::*;
use services::Error;
use services::recognition::{IssuerHistory, IssuerState, IssuerView, TrustStep};

/// Lines of history on a page.
const LINES: usize = 20;

/// What the page shows beside the issuer.
#[derive(Debug, Clone, Default)]
struct Shown {
    done: String,
    /// The removal is asked about.
    removing: bool,
    /// The page of the history.
    n: usize,
    why: String,
    errors: Vec<FieldError>,
}

/// The page. `?remove=1` asks about a removal, `?page=…` leafs through the history.
pub async fn show(
    ctx: Ctx,
    Path((region, issuer)): Path<(RegionCode, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let view = open(&ctx, &region, &issuer).await?;
    let terms = Terms::of(&ctx, &view).await?;
    let shown = Shown {
        done: query.get("done").to_owned(),
        removing: query.has("remove"),
        n: query.page(),
        ..Shown::default()
    };
    page(&ctx, StatusCode::OK, &region, view, terms, shown).await
}

async fn open(ctx: &Ctx, region: &RegionCode, issuer: &str) -> Result<IssuerView, Failure> {
    require(ctx, region).await?;
    let number: Option<u32> = issuer.parse().ok();
    let issuer = number.and_then(|n| IssuerId::try_from(n).ok());
    let issuer = issuer.ok_or(Error::NotFound)?;
    let services = ctx.services();
    Ok(services
        .trusted_issuer(ctx.actor()?, region, issuer)
        .await?)
}

/// Changes how far it is trusted, removes it, or takes a removal back.
pub async fn submit(
    ctx: Ctx,
    Path((region, issuer)): Path<(RegionCode, String)>,
    fields: Fields,
) -> Answer {
    let view = open(&ctx, &region, &issuer).await?;
    let which = (view.line.issuer, fields.value("version")?);
    let (services, actor) = (ctx.services(), ctx.actor()?);
    let mut terms = Terms::of(&ctx, &view).await?;
    let mut shown = Shown {
        n: 1,
        ..Shown::default()
    };
    let (done, field, word) = match fields.get("do") {
        "remove" => {
            shown.removing = true;
            shown.why = fields.get("reason").to_owned();
            let done = services.remove_issuer(actor, &region, which, &shown.why);
            (done.await, "reason", "removed")
        }
        "restore" => {
            let done = services.restore_issuer(actor, &region, which);
            (done.await, "name", "restored")
        }
        _ => {
            terms = Terms::typed(&ctx, &fields).await?;
            match terms.read(ctx.lang, view.today) {
                Ok(new) => {
                    let done = services.change_issuer(actor, &region, which, &new);
                    (done.await, "name", "changed")
                }
                Err(errors) => {
                    shown.errors = errors;
                    let status = StatusCode::UNPROCESSABLE_ENTITY;
                    return page(&ctx, status, &region, view, terms, shown).await;
                }
            }
        }
    };
    match done {
        Ok(()) => Ok(see_other(&format!(
            "/bureau/{region}/trust/{issuer}?done={word}"
        ))),
        Err(Error::Refused(refusal)) => {
            // Whatever has changed meanwhile is shown as it is now.
            let view = open(&ctx, &region, &issuer).await?;
            shown.errors = vec![FieldError::new(field, refusal.text(ctx.lang))];
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(&ctx, status, &region, view, terms, shown).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(
    ctx: &Ctx,
    status: StatusCode,
    region: &RegionCode,
    issuer: IssuerView,
    terms: Terms,
    shown: Shown,
) -> Answer {
    let frame = Frame::new(ctx, region).await?;
    let title = issuer.line.name.clone();
    Ok(ctx.html(status, &title, Islands::No, move || {
        view(frame, &issuer, &terms, &shown)
    }))
}

fn notice(lang: Lang, done: &str) -> Option<AnyView> {
    let words = match done {
        "trusted" => tr!(
            lang,
            "已开始互认。各校门岗下次联网时生效。",
            "It is recognised now; gates hear of it at their next contact."
        ),
        "renewed" => tr!(
            lang,
            "新的密钥文件已收下。",
            "The newer key file was taken."
        ),
        "changed" => tr!(lang, "已保存。", "Saved."),
        "removed" => tr!(
            lang,
            "已移除，它的码不再认。可以在这里撤销。",
            "Removed: its codes are refused. It can be taken back here."
        ),
        "restored" => tr!(
            lang,
            "移除已撤销，恢复原来的范围。",
            "The removal was taken back; it is trusted as before."
        ),
        _ => return None,
    };
    Some(view! { <Notice icon=IconName::Check live=true>{words}</Notice> }.into_any())
}

fn view(frame: Frame, issuer: &IssuerView, terms: &Terms, shown: &Shown) -> AnyView {
    let (lang, region) = (frame.lang, frame.region.clone());
    let line = &issuer.line;
    let own = format!("/bureau/{region}/trust/{}", line.issuer);
    let trail = vec![
        Crumb::link(
            tr!(lang, "互认的签发单位", "Recognised issuers"),
            format!("/bureau/{region}/trust"),
        ),
        Crumb::here(line.name.clone()),
    ];
    let is_removed = line.state == IssuerState::Removed;
    let asks = (shown.removing && !is_removed).then(|| remove(lang, &own, issuer, shown));
    let form = if is_removed {
        restore(lang, &own, issuer)
    } else {
        change(lang, &own, issuer, terms, &shown.errors)
    };
    let ask = (!is_removed).then(|| {
        let href = format!("{own}?remove=1");
        view! { <Button href=href>{tr!(lang, "移除…", "Remove…")}</Button> }
    });
    let title = line.name.clone();
    let sub = scope_words(lang, &line.scope);
    let facts = facts(lang, issuer);
    let keys = keys_table(lang, issuer.zone, &issuer.keys);
    let history = history(lang, &own, issuer, shown.n);
    let notice = notice(lang, &shown.done);
    let errors = shown.errors.clone();
    view! {
        <RegionShell frame=frame tab=Tab::Trust>
            <Crumbs lang=lang trail=trail />
            <PageHead title=title sub=sub>{ask}</PageHead>
            {notice}
            <ErrorSummary lang=lang errors=errors />
            {asks}
            <div class="split">
                {form}
                <div class="stack">
                    <Card>{facts}</Card>
                    <Card title=tr!(lang, "密钥", "Keys") flush=true>{keys}</Card>
                    {history}
                </div>
            </div>
        </RegionShell>
    }
    .into_any()
}

fn facts(lang: Lang, issuer: &IssuerView) -> AnyView {
    let line = &issuer.line;
    let state = state_tag(lang, line.state);
    let (number, place) = (line.issuer.to_string(), line.region.1.get(lang).to_owned());
    let days = days_words(lang, line.days);
    let made = moment(lang, issuer.zone, issuer.made);
    let fingerprint = issuer.fingerprint.clone();
    view! {
        <Facts>
            <Fact label=tr!(lang, "状态", "State")>{state}</Fact>
            <Fact label=tr!(lang, "单位编号", "Number")><span class="mono">{number}</span></Fact>
            <Fact label=tr!(lang, "所在地区", "Region")>{place}</Fact>
            <Fact label=tr!(lang, "有效期", "In force")>{days}</Fact>
            <Fact label=tr!(lang, "密钥文件做于", "Key file made on")>{made}</Fact>
            <Fact label=tr!(lang, "核对过的指纹", "Fingerprint, as compared")><span class="mono prints">{fingerprint}</span></Fact>
        </Facts>
    }
    .into_any()
}

fn remove(lang: Lang, own: &str, issuer: &IssuerView, shown: &Shown) -> AnyView {
    let name = issuer.line.name.clone();
    view! {
        <form class="card pad stack" method="post" action=own.to_owned()>
            <h2>{tr!(lang, "移除{name}？", "Remove {name}?")}</h2>
            <p>{tr!(lang, "它的码从现在起都不认。可以撤销；主密钥换了的单位，移除后再上传新文件、重新核对。", "Its codes are refused from now on. This can be taken back. Where its long-lived key has changed, remove it, then upload the new file and compare anew.")}</p>
            <input type="hidden" name="do" value="remove" />
            <input type="hidden" name="version" value=issuer.version.to_string() />
            <TextInput name="reason" label=tr!(lang, "理由", "Reason") value=shown.why.clone() maxlength=200u32 required=true error=error_of(&shown.errors, "reason") />
            <div class="row">
                <Button kind=ButtonKind::Danger>{tr!(lang, "确认移除", "Remove it")}</Button>
                <Button href=own.to_owned()>{tr!(lang, "不移除", "Keep it")}</Button>
            </div>
        </form>
    }
    .into_any()
}

fn restore(lang: Lang, own: &str, issuer: &IssuerView) -> AnyView {
    view! {
        <form class="card pad stack" method="post" action=own.to_owned()>
            <h2>{tr!(lang, "已移除", "Removed")}</h2>
            <p>{tr!(lang, "它的码现在不认。撤销移除就恢复原来的期限和范围，不用再核对。", "Its codes are refused. Taking the removal back restores its time and scope without a new comparison.")}</p>
            <input type="hidden" name="do" value="restore" />
            <input type="hidden" name="version" value=issuer.version.to_string() />
            <div class="row"><Button kind=ButtonKind::Primary>{tr!(lang, "撤销移除", "Take the removal back")}</Button></div>
        </form>
    }
    .into_any()
}

fn change(
    lang: Lang,
    own: &str,
    issuer: &IssuerView,
    terms: &Terms,
    errors: &[FieldError],
) -> AnyView {
    view! {
        <form class="card pad stack" method="post" action=own.to_owned()>
            <h2>{tr!(lang, "认到什么程度", "How far it is trusted")}</h2>
            <input type="hidden" name="version" value=issuer.version.to_string() />
            {terms_fields(lang, terms, errors)}
            <div class="row"><Button kind=ButtonKind::Primary>{tr!(lang, "保存", "Save")}</Button></div>
        </form>
    }
    .into_any()
}

fn history(lang: Lang, own: &str, issuer: &IssuerView, n: usize) -> AnyView {
    let total = issuer.history.len();
    let n = page_of(n, LINES, total);
    let link = |n| format!("{own}?page={n}");
    let pager = view! { <PagerFoot lang=lang page=n size=LINES total=total href=link /> };
    let lines = issuer.history.iter().skip((n - 1) * LINES).take(LINES);
    let rows = lines.map(|line| step(lang, issuer, line)).collect_view();
    view! {
        <Card title=tr!(lang, "经过", "History") flush=true>
            <ul class="people">{rows}</ul>
            {pager}
        </Card>
    }
    .into_any()
}

fn step(lang: Lang, issuer: &IssuerView, line: &IssuerHistory) -> AnyView {
    let when = moment(lang, issuer.zone, line.at);
    let by = line
        .by
        .clone()
        .unwrap_or_else(|| tr!(lang, "命令行", "command line"));
    let note = line.note.clone().map(|note| match line.step {
        TrustStep::Trust => tr!(lang, "和{note}核对", "compared with {note}"),
        _ => note,
    });
    let note = note.map(|note| view! { <small>{note}</small> });
    let far = format!(
        "{} · {}",
        scope_words(lang, &line.scope),
        days_words(lang, line.days)
    );
    view! {
        <li>
            <div class="what">
                <b>{step_word(lang, line.step)}</b>
                <small>{when} <Dot /> {by}</small>
                {note}
                <small>{far}</small>
            </div>
        </li>
    }
    .into_any()
}
