//! The rules of recognition as their page shows them.

use super::super::place::PlaceField;
use super::super::shell::{Frame, RegionShell, Tab};
use super::rules::Shown;
use super::words::moment;
use crate::pages::public::recognition_rule;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::code_name;
use crate::ui::*;
use domain::Code;
use domain::recognition::{Judged, RecognitionFact};
use domain::rulebook::Severity;
use leptos::prelude::*;
use services::recognition::{EditedRule, RulesHistory, RulesOfRegion, RulesView, Tried};

/// Versions on a page.
const LINES: usize = 20;

pub(super) fn view(frame: Frame, rules: &RulesView, shown: &Shown) -> AnyView {
    let (lang, region) = (frame.lang, frame.region.clone());
    let own = format!("/bureau/{region}/recognition");
    let trail = vec![
        Crumb::link(
            tr!(lang, "互认的签发单位", "Recognised issuers"),
            format!("/bureau/{region}/trust"),
        ),
        Crumb::here(tr!(lang, "规则", "Rules")),
    ];
    let name = rules.region.get(lang).to_owned();
    let sub = tr!(
        lang,
        "{name}各校按这些规则认别处签发的码。有一条成立就不认；上级的规则都适用，这里只能更严。",
        "Schools of {name} judge codes of other issuers by these rules. One that holds refuses; the rules above all apply, and this region can only be stricter."
    );
    let saved = shown.done.then(|| {
        view! { <Notice icon=IconName::Check live=true>{tr!(lang, "已保存为新的一版。", "Saved as a new version.")}</Notice> }
    });
    let begins = rules.begins.map(|at| {
        let when = moment(lang, rules.zone, at);
        view! { <Notice sand=true icon=IconName::Clock>{tr!(lang, "下面这一版 {when} 起才生效，之前用前一版。", "The version below begins on {when}; until then the one before it holds.")}</Notice> }
    });
    let above = rules
        .above
        .iter()
        .map(|level| level_card(lang, level))
        .collect_view();
    let errors = shown.errors.clone();
    let version = rules.version.to_string();
    let (edited, sample) = (edited(lang, shown), sample(lang, shown));
    let save = save(lang, rules, shown);
    let verdict = shown.tried.as_ref().and_then(|tried| verdict(lang, tried));
    let history = history(lang, &own, rules, shown.n);
    view! {
        <RegionShell frame=frame tab=Tab::Trust>
            <Crumbs lang=lang trail=trail />
            <PageHead title=tr!(lang, "互认规则", "Rules of recognition") sub=sub />
            {saved}
            {begins}
            <ErrorSummary lang=lang errors=errors />
            <div class="trust-split">
                <form class="stack" method="post" action=own.clone()>
                    <input type="hidden" name="version" value=version />
                    {edited}
                    {sample}
                    {save}
                </form>
                <div class="stack">
                    {verdict}
                    {above}
                    {facts(lang)}
                    {history}
                </div>
            </div>
        </RegionShell>
    }
    .into_any()
}

fn edited(lang: Lang, shown: &Shown) -> AnyView {
    let rules = shown
        .edited
        .iter()
        .enumerate()
        .map(|(n, rule)| rule_fields(lang, n, rule, shown))
        .collect_view();
    let none = shown.edited.is_empty().then(|| {
        view! { <p class="pad">{tr!(lang, "本级没有自己的规则，只用上级的。", "This region has no rules of its own; those above hold.")}</p> }
    });
    view! {
        <Card title=tr!(lang, "本级的规则", "This region's rules") flush=true>
            {none}
            {rules}
            <div class="card-foot"><Button icon=IconName::Plus name="do" value="add">{tr!(lang, "加一条", "Add a rule")}</Button></div>
        </Card>
    }
    .into_any()
}

fn rule_fields(lang: Lang, n: usize, rule: &EditedRule, shown: &Shown) -> AnyView {
    let of = |name: &str| error_of(&shown.errors, &format!("{name}-{n}"));
    let place = format!("/rules/{n}/");
    let warnings = shown
        .tried
        .iter()
        .flat_map(|tried| &tried.findings)
        .filter(|f| f.severity == Severity::Warning && f.place.starts_with(&place))
        .map(|f| f.text.get(lang).to_owned())
        .map(|words| view! { <Notice sand=true icon=IconName::Help>{tr!(lang, "条件{words}", "The condition: {words}")}</Notice> })
        .collect_view();
    let id = rule.id.clone();
    let remove = tr!(lang, "删除规则 {id}", "Remove rule {id}");
    view! {
        <fieldset class="rrule">
            <legend class="mono">{if id.is_empty() { tr!(lang, "新规则", "new rule") } else { id.clone() }}</legend>
            <CheckBox name=format!("on-{n}") label=tr!(lang, "启用", "It judges") checked=rule.on />
            <TextInput name=format!("id-{n}") label=tr!(lang, "名字", "Name") hint=tr!(lang, "小写字母、数字、连字符", "Small letters, digits, hyphens") value=id maxlength=40u32 required=true error=of("id") />
            <div class="inputs">
                <TextInput name=format!("zh-{n}") label=tr!(lang, "告诉门卫和来访的人：中文", "What guards and visitors are told: Chinese") value=rule.label.zh.clone() maxlength=100u32 required=true error=of("zh") />
                <TextInput name=format!("en-{n}") label=tr!(lang, "英文", "English") value=rule.label.en.clone() maxlength=100u32 required=true error=of("en") />
            </div>
            <TextInput name=format!("condition-{n}") rows=4u32 label=tr!(lang, "什么情况不认（CertLogic，JSON）", "Refuse where this holds (CertLogic, JSON)") value=rule.condition.clone() required=true error=of("condition") />
            {warnings}
            <div class="row"><button class="btn small" name="do" value=format!("remove-{n}") formnovalidate=true aria-label=remove>{tr!(lang, "删除这条", "Remove this rule")}</button></div>
        </fieldset>
    }
    .into_any()
}

fn sample(lang: Lang, shown: &Shown) -> AnyView {
    let or = |name: &str, default: &str| match shown.fields.get(name) {
        "" => default.to_owned(),
        typed => typed.to_owned(),
    };
    let of = |id: &str| error_of(&shown.errors, id);
    let colours = Code::ALL
        .map(|code| Choice::new(code.word(), code_name(lang, code)))
        .to_vec();
    view! {
        <section class="card pad stack">
            <h2>{tr!(lang, "拿一个码试试", "Try them on a code")}</h2>
            <PlaceField lang=lang place=shown.place.clone() label=tr!(lang, "签发单位所在地区", "The issuer's region") error=of("place") is_optional=true />
            <div class="inputs">
                <TextInput name="sample_issuer" inputmode="numeric" label=tr!(lang, "单位编号", "Issuer") value=or("sample_issuer", "100000000") maxlength=9u32 error=of("sample_issuer") />
                <TextInput name="days_old" inputmode="numeric" label=tr!(lang, "颜色是几天前的", "How old the colour is") unit=tr!(lang, "天", "days") value=or("days_old", "0") error=of("days_old") />
            </div>
            <RadioGroup name="colour" label=tr!(lang, "颜色", "Colour") options=colours value=or("colour", "green") />
            <div class="row"><button class="btn" name="do" value="try" formnovalidate=true>{tr!(lang, "试一试，不保存", "Try, without saving")}</button></div>
        </section>
    }
    .into_any()
}

fn save(lang: Lang, rules: &RulesView, shown: &Shown) -> AnyView {
    let begin = match shown.fields.get("begin") {
        "" => rules.today.to_string(),
        typed => typed.to_owned(),
    };
    view! {
        <section class="card pad stack">
            <TextInput name="begin" kind="date" label=tr!(lang, "从哪天起用", "In force from") hint=tr!(lang, "选今天就马上生效", "Today means at once") value=begin min=rules.today.to_string() required=true error=error_of(&shown.errors, "begin") />
            <div class="row"><Button kind=ButtonKind::Primary name="do" value="save">{tr!(lang, "保存为新的一版", "Save as a new version")}</Button></div>
        </section>
    }
    .into_any()
}

fn verdict(lang: Lang, tried: &Tried) -> Option<AnyView> {
    if tried.rules.is_empty() {
        return None;
    }
    let heading = match tried.refused_by() {
        None => tr!(lang, "试的结果：没有规则不认", "Tried: no rule refuses it"),
        Some((_, rule, _)) => tr!(
            lang,
            "试的结果：不认（{id}）",
            "Tried: refused by {id}",
            id = rule.id
        ),
    };
    let lines = tried
        .rules
        .iter()
        .map(|(owner, rule, judged)| {
            let word = match judged {
                Judged::Passes => tr!(lang, "不成立", "does not hold"),
                Judged::Refuses => tr!(lang, "成立，不认", "holds: refuses"),
                Judged::NoAnswer => tr!(lang, "没有答案，不认", "no answer: refuses"),
            };
            let label = rule.label.get(lang).to_owned();
            let owner = owner.get(lang).to_owned();
            view! {
                <li>
                    <div class="what">
                        <b>{label}</b>
                        <small>{owner} <Dot /> <span class="mono">{rule.id.clone()}</span> <Dot /> {word}</small>
                    </div>
                </li>
            }
        })
        .collect_view();
    let card = view! {
        <Card title=heading flush=true>
            <ul class="people">{lines}</ul>
            <p class="pad sub">{tr!(lang, "规则都通过的，也只有绿码放行。", "Even where no rule refuses, only a green code lets anybody in.")}</p>
        </Card>
    };
    Some(card.into_any())
}

fn level_card(lang: Lang, level: &RulesOfRegion) -> AnyView {
    let owner = level.owner.1.get(lang).to_owned();
    let rules = level
        .rules
        .iter()
        .filter(|kept| kept.on)
        .map(|kept| recognition_rule(lang, &owner, &kept.rule))
        .collect_view();
    view! {
        <Card title=tr!(lang, "上级的规则：{owner}", "Rules above: {owner}") flush=true>
            <ul class="people">{rules}</ul>
        </Card>
    }
    .into_any()
}

/// What a condition may ask.
fn facts(lang: Lang) -> AnyView {
    let lines = RecognitionFact::ALL
        .iter()
        .map(|fact| {
            let meaning = fact.meaning().get(lang).to_owned();
            view! { <Fact label=fact.path().to_owned()>{meaning}</Fact> }
        })
        .collect_view();
    view! {
        <Fold title=tr!(lang, "条件可以问什么", "What a condition may ask")>
            <Facts>{lines}</Facts>
        </Fold>
    }
    .into_any()
}

fn history(lang: Lang, own: &str, rules: &RulesView, n: usize) -> Option<AnyView> {
    let total = rules.history.len();
    if total == 0 {
        return None;
    }
    let n = page_of(n, LINES, total);
    let link = |n| format!("{own}?page={n}");
    let pager = view! { <PagerFoot lang=lang page=n size=LINES total=total href=link /> };
    let lines = rules.history.iter().skip((n - 1) * LINES).take(LINES);
    let lines = lines.map(|line| version(lang, rules, line)).collect_view();
    let card = view! {
        <Card title=tr!(lang, "各版本", "Versions") flush=true>
            <ul class="people">{lines}</ul>
            {pager}
        </Card>
    };
    Some(card.into_any())
}

fn version(lang: Lang, rules: &RulesView, line: &RulesHistory) -> AnyView {
    let by = line
        .by
        .clone()
        .unwrap_or_else(|| tr!(lang, "随程序附带", "came with the program"));
    let when = moment(lang, rules.zone, line.at);
    let from = if line.from.0 == 0 {
        tr!(lang, "一直有效", "from the beginning")
    } else {
        let from = moment(lang, rules.zone, line.from);
        tr!(lang, "{from} 起", "from {from}")
    };
    let names: Vec<_> = line
        .rules
        .iter()
        .map(|kept| {
            let id = kept.rule.id.clone();
            if kept.on {
                id
            } else {
                tr!(lang, "{id}（停用）", "{id} (off)")
            }
        })
        .collect();
    let names = if names.is_empty() {
        tr!(lang, "没有规则", "no rules")
    } else {
        names.join(if lang == Lang::Zh { "、" } else { ", " })
    };
    let number = line.version;
    view! {
        <li>
            <div class="what">
                <b>{tr!(lang, "第 {number} 版，{from}", "Version {number}, {from}")}</b>
                <small>{when} <Dot /> {by}</small>
                <small class="mono">{names}</small>
            </div>
        </li>
    }
    .into_any()
}
