//! How the colours are decided: for everybody, without an account.

use super::{changes_list, parameters_card, rules_list, symptoms_card};
use crate::pages::bureau::download;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{counted, day_full, status_word};
use crate::ui::*;
use crate::web::{Answer, Ctx, Fields, Islands};
use axum::extract::{Path, RawQuery};
use domain::ids::RegionCode;
use domain::rulebook::{Document, Status};
use domain::{Code, Text};
use leptos::prelude::*;
use services::Error;
use services::family::RegionChoice;
use services::rules::{PublicBook, PublicLine, PublicRules};

/// What the page shows.
struct Model {
    rules: PublicRules,
    /// The region's name with those around it.
    name: Text,
    /// The regions directly inside.
    below: Vec<RegionChoice>,
}

/// The page. `?region=…` is the region whose rules are shown; the country's without.
pub async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let asked = match query.get("into") {
        "" => query.get("region"),
        into => into,
    };
    let country = || RegionCode::parse(RegionCode::COUNTRY).map_err(|_| Error::Forbidden);
    let region = match RegionCode::parse(asked) {
        Ok(region) => region,
        Err(_) => country()?,
    };
    let services = ctx.services();
    let names = services.region_names([region.clone()]).await?;
    let model = Model {
        rules: services.public_rulebooks(&region).await?,
        name: names.get(&region).cloned().unwrap_or_default(),
        below: services.regions_below(&region).await?,
    };
    let lang = ctx.lang;
    let title = tr!(lang, "颜色是怎么判定的", "How the colours are decided");
    let (here, heading, demo) = (ctx.here.clone(), title.clone(), ctx.demo());
    ctx.ok(&title, Islands::No, move || {
        view! {
            <WideShell lang=lang here=here title=heading demo=demo>{page(lang, &model)}</WideShell>
        }
    })
}

/// A version as one JSON file.
pub async fn file(ctx: Ctx, Path((book, version)): Path<(String, String)>) -> Answer {
    let file = ctx.services().public_rulebook_file(&book, &version).await?;
    Ok(download(&file.name, file.body))
}

fn page(lang: Lang, model: &Model) -> AnyView {
    let rules = &model.rules;
    let all: Vec<_> = rules.active.iter().map(|book| &book.document).collect();
    let books = rules
        .active
        .iter()
        .map(|book| book_view(lang, book, &all))
        .collect_view();
    let none = rules.active.is_empty().then(|| {
        view! { <Card><p>{tr!(lang, "今天没有生效的规则集。没有规则的日子按“观察中”处理，不会是绿码。", "No rulebook is in force today. Without rules a day counts as observing, never as green.")}</p></Card> }
    });
    view! {
        {colours(lang)}
        {chooser(lang, model)}
        {none}
        {books}
        {elsewhere(lang, rules)}
        {history(lang, rules)}
    }
    .into_any()
}

/// Codes of other issuers have rules of their own.
fn elsewhere(lang: Lang, rules: &PublicRules) -> AnyView {
    let href = format!("/recognition?region={}", rules.region);
    view! {
        <Card title=tr!(lang, "别处签发的码", "Codes of other issuers")>
            <p>
                {tr!(lang, "认哪些单位的码、按哪些规则认，另有一页。", "Whose codes are recognised, and by which rules, stands on a page of its own.")}
                " "
                <a href=href>{tr!(lang, "查看互认名单和规则", "See the list and its rules")}</a>
            </p>
        </Card>
    }
    .into_any()
}

/// The four codes, and what is always true of them.
fn colours(lang: Lang) -> AnyView {
    let rows = Code::ALL
        .map(|code| {
            let meaning = match code {
                Code::Green => tr!(
                    lang,
                    "今天已报告，没有一条规则要求留在家里",
                    "reported today, and no rule asks to stay at home"
                ),
                Code::Yellow => tr!(
                    lang,
                    "有规则要求在家观察，到写明的那天为止",
                    "some rule asks to observe at home until the day it names"
                ),
                Code::Red => tr!(
                    lang,
                    "有规则要求隔离，到写明的那天为止",
                    "some rule asks to isolate until the day it names"
                ),
                Code::Grey => tr!(
                    lang,
                    "今天还没有报告；不知道的不算绿码",
                    "not reported yet today; unknown is never green"
                ),
            };
            view! {
                <li>
                    <StatusShape code=code size=ShapeSize::List />
                    <span><b>{status_word(lang, code)}</b> " " {meaning}</span>
                </li>
            }
        })
        .into_iter()
        .collect_view();
    view! {
        <Card>
            <ul class="stack codes">{rows}</ul>
            <p class="sub">
                {tr!(lang, "由规则判定，不由哪个人判定。官方记录优先于自报。每个黄码、红码都写明原因、规则编号、到哪天为止；认为判错了，可以请学校核对。",
                    "Rules decide, not a person. Official records outweigh what families report. Every yellow or red names its reason, its rule and its last day; whoever thinks it is wrong can ask the school to check.")}
            </p>
        </Card>
    }
    .into_any()
}

/// Which region, and one step down or up.
fn chooser(lang: Lang, model: &Model) -> AnyView {
    let code = &model.rules.region;
    let is_country = code.as_str() == RegionCode::COUNTRY;
    let name = if is_country {
        tr!(lang, "全国", "The country")
    } else {
        model.name.get(lang).to_owned()
    };
    let up = (!is_country).then(|| {
        view! { <a href="/rules">{tr!(lang, "回到全国", "Back to the country")}</a> }
    });
    let options: Vec<_> = model
        .below
        .iter()
        .map(|choice| Choice::new(choice.code.as_str(), choice.name.get(lang)))
        .collect();
    let down = (!options.is_empty()).then(|| {
        view! {
            <form class="row end-row" method="get" action="/rules">
                <input type="hidden" name="region" value=code.to_string() />
                <Select name="into" label=tr!(lang, "看下一级地区", "A region inside") options=options empty=tr!(lang, "请选择", "Choose") required=true />
                <Button>{tr!(lang, "显示", "Show")}</Button>
            </form>
        }
    });
    view! {
        <Card title=tr!(lang, "适用于：{name}", "Applies to: {name}") end=up.map(IntoAny::into_any)>
            <p class="sub">{tr!(lang, "上级地区的规则都适用；下级只能加规则、把数值从严。", "All rules from above apply; a region may only add rules and make values stricter.")}</p>
            {down}
        </Card>
    }
    .into_any()
}

fn json_link(lang: Lang, id: &str, version: &str) -> AnyView {
    let href = format!("/rules/{id}/{version}");
    let label = tr!(
        lang,
        "下载 {id} {version} 的 JSON 文件",
        "Download {id} {version} as JSON"
    );
    view! { <a class="btn small" href=href download="" aria-label=label><Icon name=IconName::Download />"JSON"</a> }
        .into_any()
}

fn book_view(lang: Lang, book: &PublicBook, above: &[&Document]) -> AnyView {
    let document: &Document = &book.document;
    let (version, from) = (document.version.to_string(), day_full(lang, book.from));
    let region = book.region_name.get(lang).to_owned();
    let n = document.rules.len();
    let said = counted(n, "rule", "rules");
    let sub = tr!(
        lang,
        "{region}批准，第 {version} 版，{from}起生效，共 {n} 条规则",
        "Approved for {region}, version {version}, in force since {from}, {said}"
    );
    let urgent = book.is_emergency.then(|| {
        view! { <Notice sand=true icon=IconName::Clock>{tr!(lang, "紧急生效，24 小时内没有第三人追认就自动失效。", "An emergency: it lapses within 24 hours unless a third person ratifies it.")}</Notice> }
    });
    view! {
        <section class="card flush">
            <div class="card-head">
                <h2>{document.title.get(lang).to_owned()}</h2>
                <span class="end no-print">{json_link(lang, &document.id, &version)}</span>
            </div>
            <div class="pad"><p class="sub">{sub}</p>{urgent}</div>
            {rules_list(lang, document)}
        </section>
        {parameters_card(lang, document, above)}
        {symptoms_card(lang, document)}
    }
    .into_any()
}

/// Every version with its days and what it changed.
fn history(lang: Lang, rules: &PublicRules) -> AnyView {
    let rows = rules
        .history
        .iter()
        .map(|line| history_line(lang, line))
        .collect_view();
    view! {
        <section class="card flush" id="history">
            <div class="card-head"><h2>{tr!(lang, "历史版本", "History")}</h2></div>
            <ul class="timeline">{rows}</ul>
        </section>
    }
    .into_any()
}

fn history_line(lang: Lang, line: &PublicLine) -> AnyView {
    let from = day_full(lang, line.from);
    let days = match line.to {
        Some(to) => {
            let to = day_full(lang, to);
            tr!(lang, "{from} 至 {to}", "{from} to {to}")
        }
        None => tr!(lang, "{from} 起", "from {from}"),
    };
    let class = match line.status {
        Status::Active => "state active",
        Status::Scheduled => "state scheduled",
        Status::Emergency => "state emergency",
        _ => "state",
    };
    let (status, version) = (
        line.status.text().get(lang).to_owned(),
        line.version.to_string(),
    );
    let region = line.region_name.get(lang).to_owned();
    let n = line.changes.len();
    let said = counted(n, "change", "changes");
    let changes = (n > 0).then(|| {
        view! {
            <details>
                <summary>
                    <span>{tr!(lang, "比前一版改了 {n} 处", "{said} against the version before")}</span>
                    <Icon name=IconName::ChevronDown />
                </summary>
                {changes_list(lang, &line.changes)}
            </details>
        }
    });
    view! {
        <li>
            <p class="row between">
                <span class="row"><b>{format!("{} {version}", line.title.get(lang))}</b> <span class=class>{status}</span></span>
                {json_link(lang, &line.id, &version)}
            </p>
            <p class="sub">{region} <Dot /> {days}</p>
            {changes}
        </li>
    }
    .into_any()
}

/// One wider column with the mark, the language and the way in.
#[component]
fn WideShell(lang: Lang, here: String, title: String, demo: bool, children: Children) -> AnyView {
    view! {
        <a class="skip vh" href="#main">{tr!(lang, "跳到正文", "Skip to content")}</a>
        {demo.then(|| view! { <DemoBanner lang=lang /> })}
        <div class="wide-page">
            <header>
                <Brand lang=lang />
                <LangSwitch lang=lang here=here />
                <a class="btn small" href="/">{tr!(lang, "登录", "Sign in")}</a>
            </header>
            <main id="main">
                <h1>{title}</h1>
                {children()}
            </main>
        </div>
    }
    .into_any()
}
