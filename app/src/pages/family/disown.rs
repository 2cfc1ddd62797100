//! *Not my family*, for shared phones and handed-on numbers.

use crate::tr;
use crate::ui::{Button, ButtonKind, Card, PhoneShell};
use crate::web::{Answer, Ctx, Fields, Islands, see_other};
use axum::extract::Path;
use domain::ids::PersonId;
use leptos::prelude::*;

/// Asks again: what is meant, and what follows.
pub async fn show(ctx: Ctx, Path(person): Path<PersonId>) -> Answer {
    let child = ctx.services().child_view(ctx.actor()?, person).await?;
    let lang = ctx.lang;
    let title = tr!(lang, "不是我家的孩子", "Not my family");
    let here = format!("/child/{person}/disown");
    let (heading, demo, action) = (title.clone(), ctx.demo(), here.clone());
    ctx.ok(&title, Islands::No, move || {
        let (name, class) = (child.name.clone(), child.class.label(lang));
        view! {
            <PhoneShell lang=lang here=here title=heading back=format!("/family?child={person}") demo=demo>
                <Card title=tr!(lang, "这台手机是别人在用？", "Is somebody else's account open on this phone?")>
                    <div class="stack">
                        <p>{tr!(lang, "如果只是别人在这台手机上登录过，退出登录就行，什么都不会变。", "If somebody else merely signed in on this phone, sign out: nothing is changed.")}</p>
                        <form method="post" action="/signout"><Button wide=true>{tr!(lang, "退出登录", "Sign out")}</Button></form>
                    </div>
                </Card>
                <Card title=tr!(lang, "这个账号不该有这个孩子？", "Should this account not have this child?")>
                    <div class="stack">
                        <p>{tr!(lang, "{name}（{class}）会从这个账号移除。报告过的内容留给学校；以后要再加入，需要新的邀请条。",
                            "{name} ({class}) is removed from this account. Reports stay with the school; to join again takes a new slip.")}</p>
                        <form method="post" action=action>
                            <Button kind=ButtonKind::Danger wide=true name="sure" value="yes">{tr!(lang, "确定移除{name}", "Remove {name}")}</Button>
                        </form>
                    </div>
                </Card>
            </PhoneShell>
        }
    })
}

/// Removes the child from the account.
pub async fn submit(ctx: Ctx, Path(person): Path<PersonId>, fields: Fields) -> Answer {
    ctx.services().child_view(ctx.actor()?, person).await?;
    if fields.get("sure") != "yes" {
        return Ok(see_other(&format!("/child/{person}/disown")));
    }
    ctx.services().disown(ctx.actor()?, person).await?;
    Ok(see_other("/family"))
}
