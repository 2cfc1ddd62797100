//! The frames of pages: header, navigation, language, sign-out, footer.

use crate::tr;
use crate::tr::Lang;
use crate::ui::icon::{Icon, IconName, Logo};
use crate::ui::props::{OptText, Slot};
use leptos::prelude::*;

/// The name of the service.
pub fn service_name(lang: Lang) -> String {
    tr!(lang, "复学码", "Fuxue")
}

/// The drawn separator between two facts on one line.
#[component]
pub fn Dot() -> AnyView {
    view! {
        " "
        <i class="dot" aria-hidden="true"></i>
        " "
    }
    .into_any()
}

/// Says that everybody here is invented; stands on every page of a demo.
#[component]
pub fn DemoBanner(
    /// The reader's language.
    lang: Lang,
) -> AnyView {
    view! {
        <aside class="demo" aria-label=tr!(lang, "演示", "Demo")>
            <b>{tr!(lang, "演示", "Demo")}</b>
            <span>{tr!(lang, "这里的学校、孩子和数字都是虚构的", "Every school, child and number here is invented")}</span>
        </aside>
    }.into_any()
}

/// Switches the language by posting to `/lang` and comes back to `here`.
#[component]
pub fn LangSwitch(
    /// The language now.
    lang: Lang,
    /// Path and query of this page.
    #[prop(into)]
    here: String,
) -> AnyView {
    let button = |of: Lang, text: &'static str, name: &'static str| {
        view! {
            <button name="lang" value=of.word() lang=of.tag() aria-label=name aria-current=(of == lang).then_some("true")>
                {text}
            </button>
        }
    };
    view! {
        <form class="lang" method="post" action="/lang">
            <input type="hidden" name="next" value=here />
            {button(Lang::Zh, "中", "中文")}
            {button(Lang::En, "EN", "English (EN)")}
        </form>
    }
    .into_any()
}

fn skip_link(lang: Lang) -> impl IntoView {
    view! { <a class="skip vh" href="#main">{tr!(lang, "跳到正文", "Skip to content")}</a> }
}

/// One column for phones; at most 480 px wide on larger screens.
///
/// With `back`, the title stands in the header after an arrow; without, the service's mark stands
/// there and the title is large below it.
#[component]
pub fn PhoneShell(
    /// The reader's language.
    lang: Lang,
    /// Path and query of this page, to come back to after switching the language.
    #[prop(into)]
    here: String,
    /// The page's heading.
    #[prop(into)]
    title: String,
    /// Under the heading: day, deadline.
    #[prop(optional, into)]
    sub: Slot,
    /// Where the arrow leads.
    #[prop(optional, into)]
    back: OptText,
    /// At the right of the header: help, account.
    #[prop(optional, into)]
    end: Slot,
    /// At the foot: what happens with the data.
    #[prop(optional, into)]
    footer: Slot,
    /// This is a demo.
    #[prop(optional)]
    demo: bool,
    /// Nothing in the header leads away, neither home nor to the other language: what the page holds would be lost.
    #[prop(optional)]
    bare: bool,
    /// The page.
    children: Children,
) -> AnyView {
    let (sub, end, footer) = (sub.0, end.0, footer.0);
    let back = back.0;
    let small_title = back.is_some();
    let sub = sub.map(|sub| view! { <p class="sub">{sub}</p> });
    let big_title = (!small_title).then(|| title.clone());
    view! {
        {skip_link(lang)}
        {demo.then(|| view! { <DemoBanner lang=lang /> })}
        <div class="phone">
            <header>
                {match back {
                    Some(back) => {
                        view! {
                            <div class="back">
                                <a class="iconlink" href=back aria-label=tr!(lang, "返回", "Back")>
                                    <Icon name=IconName::ChevronLeft />
                                </a>
                                <h1>{title}</h1>
                            </div>
                        }
                            .into_any()
                    }
                    None if bare => view! { <span class="brand">{mark(lang)}</span> }.into_any(),
                    None => view! { <Brand lang=lang /> }.into_any(),
                }}
                {(!bare).then(|| view! { <LangSwitch lang=lang here=here /> })}
                {end}
            </header>
            <main id="main">
                {match big_title {
                    Some(title) => view! { <div class="title"><h1>{title}</h1>{sub}</div> }.into_any(),
                    None => sub.into_any(),
                }}
                {children()}
            </main>
            {footer.map(|footer| view! { <footer>{footer}</footer> })}
        </div>
    }.into_any()
}

fn mark(lang: Lang) -> impl IntoView {
    view! {
        <Logo />
        {service_name(lang)}
    }
}

/// The service's mark and name, leading home.
#[component]
pub fn Brand(
    /// The reader's language.
    lang: Lang,
) -> AnyView {
    view! {
        <a class="brand" href="/">
            {mark(lang)}
        </a>
    }
    .into_any()
}

/// One entry of the desk's navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavTab {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub label: String,
    /// This page belongs to it.
    pub current: bool,
    /// How many things wait there; 0 shows nothing.
    pub waiting: u32,
}

impl NavTab {
    /// An entry that leads to another page.
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            href: href.into(),
            label: label.into(),
            current: false,
            waiting: 0,
        }
    }

    /// Marks the entry when `current`.
    #[must_use]
    pub fn current(self, current: bool) -> Self {
        Self { current, ..self }
    }

    /// Shows a number of waiting things.
    #[must_use]
    pub fn waiting(self, waiting: u32) -> Self {
        Self { waiting, ..self }
    }
}

/// The wide page of staff: navigation, who is signed in, sign-out; one column on phones.
#[component]
pub fn DeskShell(
    /// The reader's language.
    lang: Lang,
    /// Path and query of this page, to come back to after switching the language.
    #[prop(into)]
    here: String,
    /// The navigation; empty shows none.
    #[prop(optional)]
    tabs: Vec<NavTab>,
    /// Instead of the navigation: a trail from region to class.
    #[prop(optional)]
    crumbs: Vec<Crumb>,
    /// School or bureau.
    #[prop(optional, into)]
    org: OptText,
    /// Who is signed in; without, no sign-out is offered.
    #[prop(optional, into)]
    who: OptText,
    /// Where the name leads (the account's page).
    #[prop(optional, into)]
    account: OptText,
    /// At the right of the bar, before the person.
    #[prop(optional, into)]
    end: Slot,
    /// At the foot.
    #[prop(optional, into)]
    footer: Slot,
    /// This is a demo.
    #[prop(optional)]
    demo: bool,
    /// The page; begin with a [`PageHead`].
    children: Children,
) -> AnyView {
    let (end, footer) = (end.0, footer.0);
    let (org, who, account) = (org.0, who.0, account.0);
    let first = who
        .as_deref()
        .and_then(|who| who.chars().next())
        .map(String::from);
    view! {
        {skip_link(lang)}
        {demo.then(|| view! { <DemoBanner lang=lang /> })}
        <header class="top">
            <Brand lang=lang />
            {(!tabs.is_empty()).then(|| view! { <NavTabs lang=lang tabs=tabs /> })}
            {(!crumbs.is_empty()).then(|| view! { <Crumbs lang=lang trail=crumbs /> })}
            <div class="me">
                {end}
                <LangSwitch lang=lang here=here />
                {org.map(|org| view! { <span class="org">{org}</span> })}
                {who.map(|who| {
                    let name = who.clone();
                    view! {
                        <a class="row nowrap" href=account.unwrap_or_else(|| "/account".to_owned()) aria-label=name>
                            <span class="avatar" aria-hidden="true">{first}</span>
                            <span class="name">{who}</span>
                        </a>
                        <form method="post" action="/signout">
                            <button class="link">{tr!(lang, "退出", "Sign out")}</button>
                        </form>
                    }
                })}
            </div>
        </header>
        <main id="main" class="desk">{children()}</main>
        {footer.map(|footer| view! { <footer class="desk-foot">{footer}</footer> })}
    }
    .into_any()
}

#[component]
fn NavTabs(lang: Lang, tabs: Vec<NavTab>) -> AnyView {
    view! {
        <nav class="tabs" aria-label=tr!(lang, "主导航", "Main")>
            {tabs
                .into_iter()
                .map(|tab| {
                    view! {
                        <a href=tab.href aria-current=tab.current.then_some("page")>
                            {tab.label}
                            {(tab.waiting > 0)
                                .then(|| {
                                    view! {
                                        " "
                                        <span class="badge">{tab.waiting}</span>
                                        <span class="vh">{tr!(lang, "项待处理", "waiting")}</span>
                                    }
                                })}
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
    .into_any()
}

/// One step of a trail; the last has no link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    /// What it says.
    pub label: String,
    /// Where it leads; `None` for the page itself.
    pub href: Option<String>,
}

impl Crumb {
    /// A step that leads to a wider page.
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: Some(href.into()),
        }
    }

    /// The page itself.
    pub fn here(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: None,
        }
    }
}

/// The trail from the widest page to this one.
#[component]
pub fn Crumbs(
    /// The reader's language.
    lang: Lang,
    /// Its steps.
    trail: Vec<Crumb>,
) -> AnyView {
    view! {
        <nav class="crumbs row" aria-label=tr!(lang, "位置", "Breadcrumb")>
            <ol>
                {trail
                    .into_iter()
                    .map(|crumb| match crumb.href {
                        Some(href) => view! { <li><a href=href>{crumb.label}</a></li> }.into_any(),
                        None => view! { <li><span aria-current="page">{crumb.label}</span></li> }.into_any(),
                    })
                    .collect_view()}
            </ol>
        </nav>
    }.into_any()
}

/// The heading of a desk page, with what can be done at its right.
#[component]
pub fn PageHead(
    /// The heading.
    #[prop(into)]
    title: String,
    /// Under it: day, time, counts.
    #[prop(optional, into)]
    sub: Slot,
    /// Buttons, key numbers.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    let sub = sub.0;
    view! {
        <div class="head">
            <div>
                <h1>{title}</h1>
                {sub.map(|sub| view! { <p class="sub">{sub}</p> })}
            </div>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </div>
    }
    .into_any()
}
