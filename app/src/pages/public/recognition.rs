//! Whose codes are recognised, by which rules, and what other issuers need to recognise ours.

use super::{kinds_words, recognition_rule, tabs};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_full, number};
use crate::ui::*;
use crate::web::{Answer, Ctx, Fields, Islands, escape};
use axum::extract::RawQuery;
use domain::Text;
use domain::ids::RegionCode;
use leptos::prelude::*;
use services::family::RegionChoice;
use services::recognition::{ISSUERS_PAGE, OwnSide, PublicIssuer, PublicRecognition};

/// What the page shows.
struct Model {
    found: PublicRecognition,
    /// The region's name with those around it.
    name: Text,
    /// The regions directly inside.
    below: Vec<RegionChoice>,
    q: String,
    n: usize,
}

/// The page. `?region=…` is the region whose schools are asked about, `?q=…&page=…` look for an issuer.
pub async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let asked = match query.get("into") {
        "" => query.get("region"),
        into => into,
    };
    let region = RegionCode::parse(asked).ok();
    let n = query.page();
    let q = query.get("q").trim().to_owned();
    let services = ctx.services();
    let found = services
        .public_recognition(region.as_ref(), &q, (n - 1) * ISSUERS_PAGE)
        .await?;
    let names = services.region_names([found.region.clone()]).await?;
    let below = services.regions_below(&found.region).await?;
    let name = names.get(&found.region).cloned().unwrap_or_default();
    let model = Model {
        found,
        name,
        below,
        q,
        n,
    };
    let (lang, here, demo) = (ctx.lang, ctx.here.clone(), ctx.demo());
    let title = heading(lang);
    ctx.ok(&title, Islands::No, move || {
        let tabs = tabs(lang, &here);
        view! {
            <DeskShell lang=lang here=here tabs=tabs demo=demo>{page(lang, model)}</DeskShell>
        }
    })
}

fn heading(lang: Lang) -> String {
    tr!(
        lang,
        "认哪些单位签发的码",
        "Whose codes are recognised here"
    )
}

fn page(lang: Lang, model: Model) -> AnyView {
    let rules = model
        .found
        .rules
        .iter()
        .map(|line| recognition_rule(lang, line.owner.get(lang), &line.rule))
        .collect_view();
    view! {
        <PageHead title=heading(lang) sub=tr!(lang, "只认屏幕码和当日证明，不认纸质卡；只有当天的绿码能进校。", "Live codes and day letters are recognised, printed cards are not; only a green code of the day lets anybody in.") />
        {chooser(lang, &model)}
        {issuers(lang, &model)}
        <Card title=tr!(lang, "按这些规则认", "By these rules") flush=true>
            <ul class="people">{rules}</ul>
            <p class="pad sub">{tr!(lang, "有一条不认，就不认。上级地区的规则都适用，下级只能更严。", "One rule that refuses suffices. The rules of all regions around apply; a region may only be stricter.")}</p>
        </Card>
        {own_side(lang, &model.found.own)}
    }
    .into_any()
}

/// Which region, and one step down or up.
fn chooser(lang: Lang, model: &Model) -> AnyView {
    let code = model.found.region.clone();
    let is_country = code.as_str() == RegionCode::COUNTRY;
    let name = if is_country {
        tr!(lang, "全国", "The country")
    } else {
        model.name.get(lang).to_owned()
    };
    let up = (!is_country).then(|| {
        view! { <a href="/recognition?region=CN">{tr!(lang, "看全国", "The country")}</a> }
            .into_any()
    });
    let options: Vec<_> = model
        .below
        .iter()
        .map(|choice| Choice::new(choice.code.as_str(), choice.name.get(lang)))
        .collect();
    let down = (!options.is_empty()).then(|| {
        view! {
            <form class="row end-row" method="get" action="/recognition">
                <input type="hidden" name="region" value=code.to_string() />
                <Select name="into" label=tr!(lang, "看下一级地区", "A region inside") options=options empty=tr!(lang, "请选择", "Choose") required=true />
                <Button>{tr!(lang, "显示", "Show")}</Button>
            </form>
        }
    });
    view! {
        <Card title=tr!(lang, "在这里的学校：{name}", "At the schools of: {name}") end=up>
            {down}
        </Card>
    }
    .into_any()
}

fn issuers(lang: Lang, model: &Model) -> AnyView {
    let found = &model.found;
    let (total, region) = (found.total, &found.region);
    let link = |n| {
        let q = escape(&model.q);
        format!("/recognition?region={region}&q={q}&page={n}")
    };
    let list = if total == 0 {
        view! {
            <EmptyState icon=IconName::Shield title=tr!(lang, "没有这样的单位", "No such issuer")>
                <p>{tr!(lang, "这里现在只认本系统签发的码。", "Only codes that were issued here count.")}</p>
            </EmptyState>
        }
        .into_any()
    } else {
        table(lang, &found.issuers)
    };
    let pager =
        view! { <PagerFoot lang=lang page=model.n size=ISSUERS_PAGE total=total href=link /> };
    let shown = number(count(total));
    let keep = vec![("region".to_owned(), region.to_string())];
    let q = model.q.clone();
    view! {
        <Card title=tr!(lang, "认这些单位：{shown} 个", "Recognised: {shown}") flush=true>
            <div class="pad"><SearchBox lang=lang action="/recognition" label=tr!(lang, "名称、编号或地区", "Name, number or region") value=q keep=keep /></div>
            {list}
            {pager}
        </Card>
    }
    .into_any()
}

fn table(lang: Lang, issuers: &[PublicIssuer]) -> AnyView {
    let columns = vec![
        Column::new(tr!(lang, "单位", "Issuer")),
        Column::new(tr!(lang, "所在地区", "Region")),
        Column::new(tr!(lang, "认什么", "What counts")),
        Column::new(tr!(lang, "有效期", "In force")),
    ];
    let rows = issuers
        .iter()
        .map(|issuer| row(lang, issuer))
        .collect_view();
    view! { <DataTable caption=heading(lang) columns=columns>{rows}</DataTable> }.into_any()
}

fn row(lang: Lang, issuer: &PublicIssuer) -> AnyView {
    let kinds = kinds_words(lang, &issuer.kinds);
    let what = match issuer.schools {
        None => tr!(lang, "{kinds}；所有学校", "{kinds}; all schools"),
        Some(1) => tr!(lang, "{kinds}；1 所学校", "{kinds}; one school"),
        Some(count) => tr!(lang, "{kinds}；{count} 所学校", "{kinds}; {count} schools"),
    };
    let (from, to) = (day_full(lang, issuer.days.0), day_full(lang, issuer.days.1));
    let (name, number) = (issuer.name.clone(), issuer.issuer.to_string());
    let region = issuer.region.get(lang).to_owned();
    view! {
        <DataRow>
            <DataCell kind=CellKind::Name>{name} " " <small class="mono">{number}</small></DataCell>
            <DataCell label=tr!(lang, "所在地区", "Region")>{region}</DataCell>
            <DataCell label=tr!(lang, "认什么", "What counts")>{what}</DataCell>
            <DataCell label=tr!(lang, "有效期", "In force")>{tr!(lang, "{from} 至 {to}", "{from} to {to}")}</DataCell>
        </DataRow>
    }
    .into_any()
}

/// What others need to recognise our codes; bureaus show it too.
pub(in crate::pages) fn own_side(lang: Lang, own: &OwnSide) -> AnyView {
    let name = own.name.get(lang).to_owned();
    let (number, fingerprint) = (own.issuer.to_string(), own.fingerprint.clone());
    view! {
        <Card title=tr!(lang, "让别处认我们的码", "So that others recognise ours")>
            <div class="stack">
            <Facts>
                <Fact label=tr!(lang, "签发单位", "Issuer")>{name} " " <span class="mono">{number}</span></Fact>
                <Fact label=tr!(lang, "主密钥指纹", "Fingerprint")><span class="mono prints">{fingerprint}</span></Fact>
            </Facts>
            <p class="sub">{tr!(lang, "对方下载密钥文件后，请打电话逐组核对指纹，不要只看这一页。", "Others download the key file and compare the fingerprint by telephone, group by group; this page alone does not suffice.")}</p>
            <div class="row">
                <Button small=true icon=IconName::Download href="/.well-known/fuxue-keys.jws">{tr!(lang, "密钥文件", "Key file")}</Button>
                <Button small=true href="/.well-known/fuxue-keys.json">{tr!(lang, "公钥（JWKS）", "Public keys (JWKS)")}</Button>
            </div>
            </div>
        </Card>
    }
    .into_any()
}
