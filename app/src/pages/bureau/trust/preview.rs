//! An uploaded key file: what is in it, the fingerprint to be compared, and how far to trust its issuer.

use super::super::shell::{Frame, RegionShell, Tab};
use super::form::{Terms, terms_fields};
use super::list::refused;
use super::require;
use super::words::{keys_table, moment};
use crate::tr;
use crate::tr::Lang;
use crate::ui::*;
use crate::web::{Answer, Ctx, Failure, Fields, Islands, see_other};
use axum::extract::Path;
use domain::Zone;
use domain::ids::RegionCode;
use domain::pass::KeyId;
use http::StatusCode;
use leptos::prelude::*;
use services::recognition::{FileKind, KeyFilePreview};
use services::{Error, Refusal};
use std::collections::BTreeSet;

/// The preview.
pub async fn show(ctx: Ctx, Path((region, staged)): Path<(RegionCode, String)>) -> Answer {
    let preview = match open(&ctx, &region, &staged).await {
        Ok(preview) => preview,
        Err(failure) => return told(&ctx, region, failure).await,
    };
    let terms = Terms::fresh(&ctx, &preview.name, preview.today).await?;
    page(&ctx, StatusCode::OK, preview, terms, Vec::new()).await
}

async fn open(ctx: &Ctx, region: &RegionCode, staged: &str) -> Result<KeyFilePreview, Failure> {
    require(ctx, region).await?;
    let staged = staged.parse().unwrap_or(-1);
    let services = ctx.services();
    Ok(services
        .preview_key_file(ctx.actor()?, region, staged)
        .await?)
}

/// What a person can be told about a file stands above the list, where they can upload another.
async fn told(ctx: &Ctx, region: RegionCode, failure: Failure) -> Answer {
    match failure.0 {
        Error::Refused(refusal) => {
            let words = refusal.text(ctx.lang).to_owned();
            refused(ctx, region, words).await
        }
        error => Err(error.into()),
    }
}

/// Trusts the issuer, takes its newer file, or throws the upload away.
pub async fn submit(
    ctx: Ctx,
    Path((region, staged)): Path<(RegionCode, String)>,
    fields: Fields,
) -> Answer {
    let preview = match open(&ctx, &region, &staged).await {
        Ok(preview) => preview,
        Err(failure) => return told(&ctx, region, failure).await,
    };
    let (services, actor) = (ctx.services(), ctx.actor()?);
    let list = format!("/bureau/{region}/trust");
    let one = format!("{list}/{}", preview.issuer);
    match fields.get("do") {
        "cancel" => {
            services
                .discard_key_file(actor, &region, preview.staged)
                .await?;
            Ok(see_other(&list))
        }
        "renew" => match services.renew_issuer(actor, &region, preview.staged).await {
            Ok(_) => Ok(see_other(&format!("{one}?done=renewed"))),
            Err(error) => told(&ctx, region, Failure(error)).await,
        },
        _ => trust(&ctx, &region, preview, &fields, &one).await,
    }
}

async fn trust(
    ctx: &Ctx,
    region: &RegionCode,
    preview: KeyFilePreview,
    fields: &Fields,
    one: &str,
) -> Answer {
    let terms = Terms::typed(ctx, fields).await?;
    let compared: BTreeSet<String> = fields.all("groups").map(str::to_owned).collect();
    let with = fields.get("with").trim();
    let mut errors = Vec::new();
    if compared != marks(&preview.groups) {
        let words = Refusal::FingerprintNotCompared.text(ctx.lang);
        errors.push(FieldError::new("groups", words));
    }
    if !(2..=60).contains(&with.chars().count()) {
        let words = tr!(
            ctx.lang,
            "请写明和谁核对的，2 到 60 个字",
            "Say whom you compared it with, in 2 to 60 characters"
        );
        errors.push(FieldError::new("with", words));
    }
    let new = match terms.read(ctx.lang, preview.today) {
        Ok(new) if errors.is_empty() => new,
        read => {
            errors.extend(read.err().into_iter().flatten());
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return page(ctx, status, preview, terms, errors).await;
        }
    };
    let done = ctx
        .services()
        .trust_issuer(
            ctx.actor()?,
            region,
            preview.staged,
            &new,
            (&compared, with),
        )
        .await;
    match done {
        Ok(_) => Ok(see_other(&format!("{one}?done=trusted"))),
        Err(error) => told(ctx, region.clone(), Failure(error)).await,
    }
}

/// Each group with its place, as its box sends it.
fn marks(groups: &[String]) -> BTreeSet<String> {
    (1..)
        .zip(groups)
        .map(|(n, group)| format!("{n}-{group}"))
        .collect()
}

async fn page(
    ctx: &Ctx,
    status: StatusCode,
    preview: KeyFilePreview,
    terms: Terms,
    errors: Vec<FieldError>,
) -> Answer {
    let frame = Frame::new(ctx, &preview.region.0).await?;
    let title = tr!(ctx.lang, "对方的密钥文件", "The other side's key file");
    Ok(ctx.html(status, &title, Islands::No, move || {
        view(frame, &preview, &terms, errors)
    }))
}

fn view(frame: Frame, preview: &KeyFilePreview, terms: &Terms, errors: Vec<FieldError>) -> AnyView {
    let lang = frame.lang;
    let region = preview.region.0.clone();
    let zone = preview.zone;
    let trail = vec![
        Crumb::link(
            tr!(lang, "互认的签发单位", "Recognised issuers"),
            format!("/bureau/{region}/trust"),
        ),
        Crumb::here(tr!(lang, "密钥文件", "Key file")),
    ];
    let own = format!("/bureau/{region}/trust/new/{}", preview.staged);
    let sub = match preview.kind {
        FileKind::New => tr!(
            lang,
            "还没有信任任何人。先核对指纹，再定范围。",
            "Nobody is trusted yet. Compare the fingerprint first, then say how far."
        ),
        FileKind::Renewal { .. } => tr!(
            lang,
            "由核对过的主密钥签名，不用再核对。",
            "It is signed by the key that was compared; it need not be compared again."
        ),
    };
    let form = match &preview.kind {
        FileKind::New => compare(lang, own, preview, terms, &errors),
        FileKind::Renewal {
            added,
            revoked,
            gone,
            ..
        } => renew(lang, own, preview, [added, revoked, gone]),
    };
    let facts = facts(lang, zone, preview);
    let keys = keys_table(lang, zone, &preview.keys);
    view! {
        <RegionShell frame=frame tab=Tab::Trust>
            <Crumbs lang=lang trail=trail />
            <PageHead title=tr!(lang, "对方的密钥文件", "The other side's key file") sub=sub />
            <ErrorSummary lang=lang errors=errors />
            <Card>{facts}</Card>
            {form}
            <Card title=tr!(lang, "文件里的密钥", "Keys in the file") flush=true>{keys}</Card>
        </RegionShell>
    }
    .into_any()
}

fn facts(lang: Lang, zone: Zone, preview: &KeyFilePreview) -> AnyView {
    let made = moment(lang, zone, preview.made);
    let number = preview.issuer.to_string();
    let name = match preview.name.as_str() {
        "" => tr!(lang, "没有写名字", "no name given"),
        name => name.to_owned(),
    };
    let fingerprint = preview.groups.join(" ");
    view! {
        <Facts>
            <Fact label=tr!(lang, "自称", "It calls itself")>{name}</Fact>
            <Fact label=tr!(lang, "单位编号", "Number")><span class="mono">{number}</span></Fact>
            <Fact label=tr!(lang, "文件做于", "Made on")>{made}</Fact>
            <Fact label=tr!(lang, "主密钥指纹", "Fingerprint")><span class="mono prints">{fingerprint}</span></Fact>
        </Facts>
    }
    .into_any()
}

fn compare(
    lang: Lang,
    action: String,
    preview: &KeyFilePreview,
    terms: &Terms,
    errors: &[FieldError],
) -> AnyView {
    let groups: Vec<_> = (1..)
        .zip(&preview.groups)
        .map(|(n, group)| {
            let label = tr!(lang, "第 {n} 组：{group}", "Group {n}: {group}");
            Choice::new(format!("{n}-{group}"), label)
        })
        .collect();
    let ticked: Vec<_> = terms.fields.all("groups").map(str::to_owned).collect();
    let of = |id: &str| error_of(errors, id);
    view! {
        <form class="card pad stack" method="post" action=action>
            <h2>{tr!(lang, "一、打电话核对指纹", "1. Compare the fingerprint by telephone")}</h2>
            <p>{tr!(lang, "用自己查到的号码打给对方教育局，不要用随文件寄来的号码。请对方从自己的“互认”页逐组念，一致的打勾；有一组不同就放弃。", "Call the other bureau on a number that you looked up yourself, not on one that came with the file. Let them read it out from their own Recognition page, and tick each group that is the same; if one differs, discard the file.")}</p>
            <div class="fp-groups"><CheckChips name="groups" label=tr!(lang, "对方念的和这里一样", "What they read out is the same as here") options=groups values=ticked error=of("groups") /></div>
            <TextInput name="with" label=tr!(lang, "和谁核对的", "Whom you compared it with") hint=tr!(lang, "单位和姓名，例如：吴兴区教育局 陈老师", "Office and name") value=terms.fields.get("with").to_owned() maxlength=60u32 required=true error=of("with") />
            <h2>{tr!(lang, "二、认到什么程度", "2. How far it is trusted")}</h2>
            {terms_fields(lang, terms, errors)}
            <p class="sub">{tr!(lang, "一位管理员就能确认，会记入日志，随时可以移除。", "One administrator suffices; it is written down, and can be removed at any time.")}</p>
            <div class="row">
                <Button kind=ButtonKind::Primary name="do" value="trust">{tr!(lang, "指纹一致，开始互认", "The fingerprint is the same: recognise it")}</Button>
                <button class="btn" name="do" value="cancel" formnovalidate=true>{tr!(lang, "放弃这个文件", "Discard this file")}</button>
            </div>
        </form>
    }
    .into_any()
}

fn renew(
    lang: Lang,
    action: String,
    preview: &KeyFilePreview,
    [added, revoked, gone]: [&Vec<KeyId>; 3],
) -> AnyView {
    let ids = |ids: &[KeyId]| {
        let ids: Vec<_> = ids.iter().map(KeyId::to_string).collect();
        if ids.is_empty() {
            tr!(lang, "没有", "none")
        } else {
            ids.join(", ")
        }
    };
    let name = preview.known_name.clone().unwrap_or_default();
    let [added, revoked, gone] = [ids(added), ids(revoked), ids(gone)];
    view! {
        <form class="card pad stack" method="post" action=action>
            <h2>{tr!(lang, "更新{name}的密钥", "Renew the keys of {name}")}</h2>
            <Facts>
                <Fact label=tr!(lang, "新的密钥", "New keys")><span class="mono">{added}</span></Fact>
                <Fact label=tr!(lang, "吊销的密钥", "Revoked keys")><span class="mono">{revoked}</span></Fact>
                <Fact label=tr!(lang, "不再列出的密钥", "Keys no longer listed")><span class="mono">{gone}</span></Fact>
            </Facts>
            <p class="sub">{tr!(lang, "名称、期限和范围不变。", "Name, time and scope stay as they are.")}</p>
            <div class="row">
                <Button kind=ButtonKind::Primary name="do" value="renew">{tr!(lang, "收下新文件", "Take the newer file")}</Button>
                <Button name="do" value="cancel">{tr!(lang, "放弃这个文件", "Discard this file")}</Button>
            </div>
        </form>
    }
    .into_any()
}
