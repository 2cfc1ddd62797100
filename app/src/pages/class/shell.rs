//! The frame of a class's pages: tabs with what waits, the other classes of the teacher.

use crate::tr;
use crate::tr::Lang;
use crate::ui::{DeskShell, NavTab, Pill, Pills};
use crate::web::Ctx;
use leptos::prelude::*;
use services::classroom::ClassFrame;

/// Which tab a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    /// Progress, list and single pupils.
    Today,
    /// Corrections that wait.
    Corrections,
    /// New guardians.
    Guardians,
    /// Entry from paper forms.
    Paper,
    /// Invitation slips.
    Slips,
    /// Printed cards, and slips to be signed.
    Cards,
}

/// What a page's frame shows; made by the handler, before rendering.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub lang: Lang,
    pub here: String,
    pub demo: bool,
    pub class: ClassFrame,
}

impl Frame {
    pub fn new(ctx: &Ctx, class: &ClassFrame) -> Self {
        Self {
            lang: ctx.lang,
            here: ctx.here.clone(),
            demo: ctx.demo(),
            class: class.clone(),
        }
    }

    /// The class as people say it.
    pub fn label(&self) -> String {
        self.class.name.label(self.lang)
    }

    /// The address of one of the class's pages; `rest` begins with a slash or is empty.
    pub fn at(&self, rest: &str) -> String {
        format!("/class/{}{rest}", self.class.class)
    }
}

/// The frame around a page of a class.
#[component]
pub(super) fn ClassShell(frame: Frame, tab: Tab, children: Children) -> AnyView {
    let lang = frame.lang;
    let class = &frame.class;
    let nav =
        |of: Tab, rest: &str, label: String| NavTab::new(frame.at(rest), label).current(of == tab);
    let tabs = vec![
        nav(Tab::Today, "", tr!(lang, "今日进度", "Today")),
        nav(
            Tab::Corrections,
            "/inbox",
            tr!(lang, "更正待确认", "Corrections"),
        )
        .waiting(class.corrections),
        nav(
            Tab::Guardians,
            "/inbox?show=guardians",
            tr!(lang, "家长", "Guardians"),
        )
        .waiting(class.new_guardians),
        nav(Tab::Paper, "/paper", tr!(lang, "纸面录入", "Paper forms")),
        nav(Tab::Slips, "/slips", tr!(lang, "邀请条", "Slips")),
        nav(Tab::Cards, "/cards", tr!(lang, "返校卡", "Cards")),
    ];
    let pills: Vec<_> = class
        .classes
        .iter()
        .map(|(id, name)| Pill {
            href: format!("/class/{id}"),
            label: name.label(lang),
            count: None,
            code: None,
            current: *id == class.class,
        })
        .collect();
    let switcher = (pills.len() > 1)
        .then(|| view! { <Pills label=tr!(lang, "我的班级", "My classes") pills=pills /> });
    let who = (!class.who.is_empty()).then(|| class.who.clone());
    view! {
        <DeskShell
            lang=lang
            here=frame.here.clone()
            demo=frame.demo
            tabs=tabs
            org=class.school_name.get(lang).to_owned()
            who=who
        >
            {switcher}
            {children()}
        </DeskShell>
    }
    .into_any()
}
