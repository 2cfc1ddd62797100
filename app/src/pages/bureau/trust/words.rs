//! Words about issuers, their keys and what was done about them.

use crate::pages::public::kinds_words;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_full, time};
use crate::ui::*;
use domain::pass::KeyScope;
use domain::{Day, Millis, Zone};
use leptos::prelude::*;
use services::recognition::{IssuerState, KeyLine, TrustStep};

/// Where an issuer stands.
pub(super) fn state_word(lang: Lang, state: IssuerState) -> String {
    match state {
        IssuerState::Trusted => tr!(lang, "互认中", "recognised"),
        IssuerState::EndsSoon => tr!(lang, "快到期", "ends soon"),
        IssuerState::KeysEndSoon => tr!(
            lang,
            "密钥快到期，要新文件",
            "keys end soon: needs a newer file"
        ),
        IssuerState::KeysEnded => tr!(lang, "密钥已到期，不认", "keys have ended: refused"),
        IssuerState::Disputed => tr!(
            lang,
            "指纹与上级核对的不同，不认",
            "another fingerprint than above: refused"
        ),
        IssuerState::Coming => tr!(lang, "还没开始", "still to come"),
        IssuerState::Ended => tr!(lang, "已到期，不认", "has ended: refused"),
        IssuerState::Removed => tr!(lang, "已移除", "removed"),
    }
}

/// Where an issuer stands, as a tag; what needs attention has an icon too.
pub(super) fn state_tag(lang: Lang, state: IssuerState) -> AnyView {
    let icon = state
        .needs_attention()
        .then(|| view! { <Icon name=IconName::Octagon /> " " });
    view! { <span class="tag">{icon} {state_word(lang, state)}</span> }.into_any()
}

/// What was done.
pub(super) fn step_word(lang: Lang, step: TrustStep) -> String {
    match step {
        TrustStep::Trust => tr!(lang, "核对指纹，开始互认", "compared and trusted"),
        TrustStep::Renew => tr!(lang, "收下新的密钥文件", "took a newer key file"),
        TrustStep::Change => tr!(lang, "修改名称、期限或范围", "changed name, time or scope"),
        TrustStep::Remove => tr!(lang, "移除", "removed"),
        TrustStep::Restore => tr!(lang, "撤销移除", "took the removal back"),
    }
}

/// Kinds and schools.
pub(super) fn scope_words(lang: Lang, scope: &KeyScope) -> String {
    let kinds = kinds_words(lang, &scope.kinds);
    let Some(schools) = &scope.schools else {
        return tr!(lang, "{kinds}；所有学校", "{kinds}; all schools");
    };
    let numbers: Vec<_> = schools.iter().map(u32::to_string).collect();
    let numbers = numbers.join(if lang == Lang::Zh { "、" } else { ", " });
    tr!(
        lang,
        "{kinds}；学校 {numbers}",
        "{kinds}; schools {numbers}"
    )
}

/// From when to when.
pub(super) fn days_words(lang: Lang, days: (Day, Day)) -> String {
    let (from, to) = (day_full(lang, days.0), day_full(lang, days.1));
    tr!(lang, "{from} 至 {to}", "{from} to {to}")
}

/// Day and time.
pub(super) fn moment(lang: Lang, zone: Zone, at: Millis) -> String {
    let day = day_full(lang, zone.day_of(at));
    format!("{day} {}", time(zone.minute_of(at)))
}

/// Keys as a table.
pub(super) fn keys_table(lang: Lang, zone: Zone, keys: &[KeyLine]) -> AnyView {
    let columns = vec![
        Column::new(tr!(lang, "编号", "Number")),
        Column::new(tr!(lang, "用来签", "Signs")),
        Column::new(tr!(lang, "有效期", "In force")),
        Column::new(tr!(lang, "状态", "State")),
    ];
    let rows = keys
        .iter()
        .map(|key| key_row(lang, zone, key))
        .collect_view();
    view! { <DataTable caption=tr!(lang, "密钥", "Keys") columns=columns>{rows}</DataTable> }
        .into_any()
}

fn key_row(lang: Lang, zone: Zone, key: &KeyLine) -> AnyView {
    let signs = if key.kinds.is_empty() {
        tr!(lang, "密钥文件（主密钥）", "key files (the long-lived key)")
    } else {
        let scope = KeyScope {
            kinds: key.kinds.clone(),
            schools: key.schools.clone(),
        };
        scope_words(lang, &scope)
    };
    let days = (zone.day_of(key.from), zone.day_of(Millis(key.until.0 - 1)));
    let state = match key.revoked {
        Some(at) => {
            let day = day_full(lang, zone.day_of(at));
            tr!(lang, "{day}吊销", "revoked on {day}")
        }
        None => tr!(lang, "没有吊销", "not revoked"),
    };
    let id = key.id.to_string();
    view! {
        <DataRow>
            <DataCell kind=CellKind::Name><span class="mono">{id}</span></DataCell>
            <DataCell label=tr!(lang, "用来签", "Signs")>{signs}</DataCell>
            <DataCell label=tr!(lang, "有效期", "In force")>{days_words(lang, days)}</DataCell>
            <DataCell label=tr!(lang, "状态", "State") kind=CellKind::Mute>{state}</DataCell>
        </DataRow>
    }
    .into_any()
}
