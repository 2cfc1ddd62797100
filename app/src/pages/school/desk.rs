//! The frame around every page of a school, and the permission with which it opens.

use crate::tr;
use crate::tr::Lang;
use crate::ui::{CellKind, DataCell, DataRow, DeskShell, NavTab};
use crate::web::{Ctx, Failure, Islands};
use axum::response::Response;
use domain::access::Action;
use domain::ids::SchoolId;
use domain::roster::{ClassName, Stage};
use http::StatusCode;
use leptos::prelude::*;
use services::school::SchoolCard;
use services::{Actor, Error};

/// Rows of a list on one page.
pub(super) const PAGE: usize = 50;

/// The pages that the navigation leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Overview,
    Roster,
    Staff,
    Clearances,
    Gates,
    Settings,
    Log,
}

/// A school's page for somebody who may open it.
pub(super) struct Desk {
    pub card: SchoolCard,
    pub actor: Actor,
    who: String,
}

impl Desk {
    /// Opens a page of the school in the path.
    pub async fn open(ctx: &Ctx, school: &str, action: Action) -> Result<Self, Failure> {
        let actor = ctx.actor()?.clone();
        let school: SchoolId = school.parse().map_err(|_| Failure(Error::Forbidden))?;
        let card = ctx.services().school_card(&actor, action, school).await?;
        let who = ctx.services().own_profile(&actor).await?.name;
        Ok(Self { card, actor, who })
    }

    pub fn id(&self) -> SchoolId {
        self.card.school
    }

    /// A path below the school's.
    pub fn path(&self, rest: &str) -> String {
        format!("/school/{}{rest}", self.card.school)
    }

    /// A page in the school's frame.
    pub fn page(
        &self,
        ctx: &Ctx,
        status: StatusCode,
        tab: Tab,
        title: &str,
        view: impl FnOnce() -> AnyView,
    ) -> Response {
        let (lang, here, demo) = (ctx.lang, ctx.here.clone(), ctx.demo());
        let (org, who) = (self.card.name.get(ctx.lang).to_owned(), self.who.clone());
        let entry = |of: Tab, rest: &str, label: String| {
            NavTab::new(self.path(rest), label).current(of == tab)
        };
        let tabs = vec![
            entry(Tab::Overview, "", tr!(lang, "总览", "Overview")),
            entry(Tab::Roster, "/roster", tr!(lang, "名册", "Roster")),
            entry(Tab::Staff, "/staff", tr!(lang, "教职工", "Staff")),
            entry(
                Tab::Clearances,
                "/clearances",
                tr!(lang, "解除证明", "Clearances"),
            ),
            entry(Tab::Gates, "/gates", tr!(lang, "校门", "Gates")),
            entry(Tab::Settings, "/settings", tr!(lang, "设置", "Settings")),
            entry(Tab::Log, "/log", tr!(lang, "记录", "Log")),
        ];
        ctx.html(status, title, Islands::No, move || {
            let body = view();
            view! {
                <DeskShell lang=lang here=here tabs=tabs org=org who=who demo=demo>
                    {body}
                </DeskShell>
            }
        })
    }
}

/// A grade as people say it: 三年级, 初一, 大班 / Grade 3, Grade 7, K3.
pub(super) fn grade_label(lang: Lang, class: ClassName) -> String {
    let label = class.label(lang);
    match lang {
        Lang::Zh => {
            let grade = label.split('(').next().unwrap_or_default();
            match class.stage {
                Stage::Primary => format!("{grade}年级"),
                Stage::Kindergarten => format!("{grade}班"),
                _ => grade.to_owned(),
            }
        }
        Lang::En => {
            let grade = label.rsplit_once('-').map_or("", |(grade, _)| grade);
            format!("Grade {grade}")
        }
    }
}

/// A cell of a table; `label` stands before it where the row is a card.
pub(super) fn cell(kind: CellKind, label: impl Into<String>, content: impl IntoAny) -> AnyView {
    let (label, content): (String, _) = (label.into(), content.into_any());
    view! { <DataCell kind=kind label=label>{content}</DataCell> }.into_any()
}

/// A row of a table.
pub(super) fn row(cells: Vec<AnyView>) -> AnyView {
    view! { <DataRow>{cells}</DataRow> }.into_any()
}

/// A row of a table with a fault.
pub(super) fn bad_row(cells: Vec<AnyView>) -> AnyView {
    view! { <DataRow bad=true>{cells}</DataRow> }.into_any()
}
