//! The frame of the bureau's pages: tabs of a region, or the trail from region to person.

use crate::tr;
use crate::tr::Lang;
use crate::ui::{Crumb, DeskShell, NavTab};
use crate::web::{Ctx, Failure};
use domain::Text;
use domain::access::{Action, Place};
use domain::ids::RegionCode;
use leptos::prelude::*;

/// What a page's frame shows; made by the handler, before rendering.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub lang: Lang,
    pub here: String,
    pub demo: bool,
    pub who: String,
    /// The region's accounts and schools may be managed.
    pub manages: bool,
    /// Official records, risk areas, clearances and discrepancies are the reader's work.
    pub officer: bool,
    pub region: RegionCode,
}

impl Frame {
    /// The frame of a page about a region or something in it.
    pub async fn new(ctx: &Ctx, region: &RegionCode) -> Result<Self, Failure> {
        let actor = ctx.actor()?;
        Ok(Self {
            lang: ctx.lang,
            here: ctx.here.clone(),
            demo: ctx.demo(),
            who: ctx.services().own_profile(actor).await?.name,
            manages: actor.may(Action::ManageRegion, &Place::region(region.clone())),
            officer: actor.may(Action::EnterRecords, &Place::region(region.clone())),
            region: region.clone(),
        })
    }
}

/// Which tab a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Numbers,
    Records,
    Areas,
    Clearances,
    Discrepancies,
    Rules,
    Trust,
    Schools,
    Accounts,
    Interface,
    Log,
}

/// The frame around a page of a region.
#[component]
pub(super) fn RegionShell(frame: Frame, tab: Tab, children: Children) -> AnyView {
    let lang = frame.lang;
    let region = &frame.region;
    let nav = |of: Tab, rest: &str, label: String| {
        NavTab::new(format!("/bureau/{region}{rest}"), label).current(of == tab)
    };
    let mut tabs = vec![
        nav(Tab::Numbers, "", tr!(lang, "数字", "Numbers")),
        NavTab::new(
            format!("/bureau/{region}/screen"),
            tr!(lang, "大屏", "Big screen"),
        ),
    ];
    if frame.officer {
        tabs.extend([
            nav(
                Tab::Records,
                "/records",
                tr!(lang, "官方记录", "Official records"),
            ),
            nav(Tab::Areas, "/areas", tr!(lang, "风险地区", "Risk areas")),
            nav(
                Tab::Clearances,
                "/clearances",
                tr!(lang, "解除证明", "Clearances"),
            ),
            nav(
                Tab::Discrepancies,
                "/discrepancies",
                tr!(lang, "不一致", "Discrepancies"),
            ),
        ]);
    }
    tabs.push(nav(Tab::Rules, "/rules", tr!(lang, "判定规则", "Rules")));
    if frame.manages {
        tabs.extend([
            nav(Tab::Trust, "/trust", tr!(lang, "互认", "Recognition")),
            nav(Tab::Schools, "/schools", tr!(lang, "学校管理", "Schools")),
            nav(Tab::Accounts, "/accounts", tr!(lang, "账号", "Accounts")),
            nav(Tab::Interface, "/interface", tr!(lang, "接口", "Interface")),
            nav(Tab::Log, "/log", tr!(lang, "日志", "Log")),
        ]);
    }
    view! { <DeskShell lang=lang here=frame.here demo=frame.demo tabs=tabs who=frame.who>{children()}</DeskShell> }.into_any()
}

/// The frame around a page inside a region, with the way back up.
#[component]
pub(super) fn TrailShell(frame: Frame, trail: Vec<Crumb>, children: Children) -> AnyView {
    view! { <DeskShell lang=frame.lang here=frame.here demo=frame.demo crumbs=trail who=frame.who>{children()}</DeskShell> }.into_any()
}

/// The trail's beginning: the regions around, as far as the reader may see them.
pub(super) fn trail(lang: Lang, around: &[(RegionCode, Text)]) -> Vec<Crumb> {
    around
        .iter()
        .map(|(code, name)| Crumb::link(name.get(lang), format!("/bureau/{code}")))
        .collect()
}
