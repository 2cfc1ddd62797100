//! What happens at the gates with passes of other schools and of other issuers.

use super::desk::Desk;
use crate::tr;
use crate::tr::Lang;
use crate::ui::*;
use crate::web::{Failure, Fields};
use domain::gate::VisitorPolicy;
use leptos::prelude::*;
use services::{Error, Refusal};

const POLICIES: [(VisitorPolicy, &str); 3] = [
    (VisitorPolicy::Refuse, "refuse"),
    (VisitorPolicy::Ask, "ask"),
    (VisitorPolicy::Admit, "admit"),
];

/// The choice in a form.
pub(super) fn read(fields: &Fields) -> Result<VisitorPolicy, Failure> {
    let word = fields.get("visitors");
    let found = POLICIES.iter().find(|(_, known)| *known == word);
    found
        .map(|(policy, _)| *policy)
        .ok_or(Failure(Error::Refused(Refusal::FieldInvalid)))
}

/// The card with its form.
pub(super) fn card(lang: Lang, desk: &Desk, policy: VisitorPolicy) -> AnyView {
    let options = POLICIES
        .map(|(policy, word)| {
            let label = match policy {
                VisitorPolicy::Refuse => tr!(lang, "都不放行", "Let nobody in"),
                VisitorPolicy::Ask => tr!(
                    lang,
                    "码有效，登记过的才放行",
                    "Let in whoever is expected and has a good pass"
                ),
                VisitorPolicy::Admit => {
                    tr!(lang, "码有效就放行", "Let in everybody with a good pass")
                }
            };
            Choice::new(word, label)
        })
        .to_vec();
    let chosen = POLICIES.iter().find(|(known, _)| *known == policy);
    let chosen = chosen.map(|(_, word)| *word).unwrap_or_default();
    let action = desk.path("/settings");
    view! {
        <Card title=tr!(lang, "外来人员", "Visitors")>
            <form class="form" method="post" action=action>
                <p>{tr!(lang, "持其他学校或其他签发单位的码来校的人。任何时候都不算本校出勤，也不认纸质卡。", "Whoever comes with a pass of another school or issuer. They never count as attending here, and printed cards are not accepted.")}</p>
                <input type="hidden" name="action" value="visitors" />
                <RadioGroup name="visitors" label=tr!(lang, "门岗怎么做", "What the guard does") options=options value=chosen columns=1 required=true />
                <div class="row">
                    <Button>{tr!(lang, "保存", "Save")}</Button>
                    <a href="/recognition">{tr!(lang, "互认哪些单位的码", "Whose codes are recognised")}</a>
                </div>
            </form>
        </Card>
    }
    .into_any()
}
