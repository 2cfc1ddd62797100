//! Where, when, how many; and how the device stands.

use super::state::{Gate, Sheet, Standing};
use crate::tr;
use crate::ui::words::{number, time};
use crate::ui::{Dot, Icon, IconName};
use leptos::prelude::*;

/// The head: the gate, the time, how many were looked at, and the way to the day's list.
#[component]
pub(super) fn Top(gate: Gate) -> AnyView {
    let lang = gate.lang;
    let name = move || {
        let name = gate.head.with(|head| head.gate.clone());
        if name.is_empty() {
            tr!(lang, "校门", "Gate")
        } else {
            name
        }
    };
    let seen = move || {
        let counts = gate.head.with(|head| head.counts);
        let n = counts.admitted + counts.refused + counts.report_first;
        let n = number(i64::try_from(n).unwrap_or(i64::MAX));
        tr!(lang, "已查 {n} 人", "{n} looked at")
    };
    let clock = move || gate.head.with(|head| head.minute).map(time);
    let open = move || gate.sheet.with(|sheet| *sheet == Sheet::Day);
    let toggle = move |_| {
        gate.sheet.update(|sheet| {
            *sheet = if *sheet == Sheet::Day {
                Sheet::Closed
            } else {
                Sheet::Day
            };
        });
    };
    view! {
        <header class="g-top">
            <h1>{name}</h1>
            <p><time>{clock}</time> <Dot /> <span class="g-seen">{seen}</span></p>
            <button type="button" class="g-key" aria-expanded=move || open().to_string() on:click=toggle>
                {tr!(lang, "今天", "Today")}
            </button>
        </header>
    }
    .into_any()
}

/// Online or not, what waits, until when the list is good.
#[component]
pub(super) fn Strip(gate: Gate) -> AnyView {
    let lang = gate.lang;
    let class = move || {
        let net = gate.net.get();
        let is_well = net.online && net.standing == Standing::Ready;
        if is_well || net.standing == Standing::Starting {
            "g-net"
        } else {
            "g-net sand"
        }
    };
    let icon = move || {
        let net = gate.net.get();
        if net.online {
            view! { <Icon name=IconName::Check /> }
        } else {
            view! { <Icon name=IconName::Offline /> }
        }
    };
    let words = move || {
        let net = gate.net.get();
        let n = net.waiting;
        match (net.standing, net.online, n) {
            (Standing::Starting, ..) => tr!(lang, "正在准备", "Starting"),
            (Standing::Never, ..) => tr!(
                lang,
                "还没有联系上服务器，连上网络才能查验",
                "No contact yet: it decides once it is connected"
            ),
            (Standing::Lapsed, ..) => tr!(
                lang,
                "名单过期或时间不确定，{n} 条待上传：请先联网",
                "The list has lapsed or the time is unsure, {n} to hand in: connect first"
            ),
            (Standing::CutOff, ..) => tr!(
                lang,
                "本机已停用，不能再查验；{n} 条待上传",
                "This device was cut off and decides nothing; {n} to hand in"
            ),
            (Standing::Elsewhere, ..) => tr!(
                lang,
                "已在另一个窗口打开，请用那个窗口",
                "Open in another window already: use that one"
            ),
            (Standing::NoStorage, ..) => tr!(
                lang,
                "浏览器不能保存记录，不能查验；请换浏览器，并用 https",
                "This browser keeps nothing, so nothing is decided: use another one, and https"
            ),
            (Standing::Ready, true, 0) => {
                tr!(lang, "在线，记录已全部上传", "Online, all handed in")
            }
            (Standing::Ready, true, _) => {
                tr!(lang, "在线，正在上传 {n} 条", "Online, handing in {n}")
            }
            (Standing::Ready, false, _) => tr!(
                lang,
                "离线，{n} 条待上传，照常查验",
                "Offline, {n} to hand in; go on"
            ),
        }
    };
    let list = move || {
        let net = gate.net.get();
        match (net.online, net.since.map(time), net.until.map(time)) {
            (true, Some(at), _) => tr!(lang, "名单 {at} 更新", "List of {at}"),
            (false, _, Some(at)) => tr!(lang, "名单可用到 {at}", "List good until {at}"),
            _ => String::new(),
        }
    };
    view! {
        <div class=class>
            {icon}
            <span role="status" class="g-net-words">{words}</span>
            <span class="g-list">{list}</span>
            {move || (gate.net.get().standing == Standing::CutOff).then(|| view! { <a href="/gate?code=">{tr!(lang, "重新登记", "Enrol anew")}</a> })}
        </div>
    }
    .into_any()
}
