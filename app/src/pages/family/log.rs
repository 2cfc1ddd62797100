//! Who has seen or changed a child's data, and the download of all of it.

use super::words::role_text;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, time};
use crate::ui::{Button, Card, EmptyState, IconName, PhoneShell};
use crate::web::{Answer, Ctx, Failure, Fields, Islands};
use axum::extract::{Path, RawQuery};
use axum::response::IntoResponse as _;
use domain::ids::PersonId;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use leptos::prelude::*;
use services::Error;
use services::family::{LogEntry, LogWho};

/// A page of the log.
pub async fn show(ctx: Ctx, Path(person): Path<PersonId>, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let page = query.get("page").parse().unwrap_or(0);
    let log = ctx.services().child_log(ctx.actor()?, person, page).await?;
    let lang = ctx.lang;
    let title = tr!(lang, "谁看过这些数据", "Who has seen this");
    let (heading, demo) = (title.clone(), ctx.demo());
    let own = format!("/child/{person}/log");
    ctx.ok(&title, Islands::No, move || {
        let name = log.name;
        let step = |to: i64, words| view! { <Button href=format!("{own}?page={to}")>{words}</Button> };
        let newer = (log.page > 0).then(|| step(log.page - 1, tr!(lang, "较新的", "Newer")));
        let older = log.has_more.then(|| step(log.page + 1, tr!(lang, "较早的", "Older")));
        let empty = log.entries.is_empty().then(|| {
            view! { <EmptyState icon=IconName::Eye title=tr!(lang, "还没有人看过", "Nobody has looked yet")>{tr!(lang, "学校和教育局的查看会记在这里。", "Views by the school and the bureau appear here.")}</EmptyState> }
        });
        view! {
            <PhoneShell lang=lang here=own.clone() title=heading back=format!("/family?child={person}") demo=demo>
                <p class="sub">{tr!(lang, "工作人员查看或更改{name}的信息都会记下，不能删改。同一人一小时内重复查看只记一次；您自己的查看不记。",
                    "Whenever staff look at or change {name}'s data, it is written down and cannot be erased. Repeated views within an hour are one entry; your own views are not kept.")}</p>
                <Card flush=true>
                    {empty}
                    <ul class="people">{log.entries.iter().map(|entry| row(lang, entry)).collect_view()}</ul>
                </Card>
                <p class="row between">{newer} {older}</p>
                <p><a href=format!("/child/{person}/data")>{tr!(lang, "下载全部数据（JSON）", "Download all data (JSON)")}</a></p>
            </PhoneShell>
        }
    })
}

fn row(lang: Lang, entry: &LogEntry) -> AnyView {
    let who = match &entry.who {
        LogWho::You => tr!(lang, "您", "You"),
        LogWho::Guardian(relation) => relation.label(lang).to_owned(),
        LogWho::Staff(role) => role_text(lang, *role),
        LogWho::FormerStaff => tr!(lang, "以前的工作人员", "Former staff"),
        LogWho::Key(name) => tr!(lang, "接口程序“{name}”", "The program “{name}”"),
        LogWho::Program => tr!(lang, "系统", "The program"),
        LogWho::Operator => tr!(lang, "系统运维", "The operator"),
    };
    let what = action_text(lang, &entry.action);
    let whole = entry
        .is_class
        .then(|| tr!(lang, "（全班名单）", " (the class's list)"));
    let at = format!("{} {}", day_short(lang, entry.day), time(entry.minute));
    view! {
        <li>
            <div class="what"><b>{who}</b> <small>{what} {whole}</small></div>
            <span class="sub nowrap">{at}</span>
        </li>
    }
    .into_any()
}

/// The log's stable words as people say them; an unknown one is shown as it stands.
fn action_text(lang: Lang, action: &str) -> String {
    match action {
        "person.read" => tr!(lang, "查看了孩子的情况", "looked at the child's page"),
        "person.reveal" => tr!(lang, "查看了姓名", "revealed the name"),
        "person.move" => tr!(
            lang,
            "调整了班级或座号",
            "moved the child to another class or seat"
        ),
        "person.leave" => tr!(lang, "登记离校", "noted that the child left the school"),
        "person.return" => tr!(
            lang,
            "登记返校",
            "noted that the child came back to the school"
        ),
        "class.read" => tr!(lang, "查看了班级名单", "looked at the class"),
        "class.pending" => tr!(lang, "查看了待确认的更正", "looked at waiting corrections"),
        "class.export" => tr!(lang, "导出了班级名单", "exported the class"),
        "slips.print" => tr!(lang, "打印了邀请条", "printed invitation slips"),
        "guardian.claim" => tr!(lang, "用邀请条加入", "joined with a slip"),
        "guardian.recover" => tr!(
            lang,
            "用新邀请条重设了密码",
            "set a new password with a fresh slip"
        ),
        "guardian.confirm" => tr!(lang, "确认了监护人", "confirmed a guardian"),
        "guardian.unlink" => tr!(lang, "解除了监护人关联", "unlinked a guardian"),
        "guardian.disown" => tr!(
            lang,
            "把孩子从自己的账号移除",
            "removed the child from their account"
        ),
        "consent.given" => tr!(lang, "同意线上填报", "agreed to online reporting"),
        "consent.refused" => tr!(lang, "不同意线上填报", "refused online reporting"),
        "consent.withdrawn" => tr!(lang, "撤回了同意", "withdrew consent"),
        "consent.agreed" => tr!(
            lang,
            "登记家庭已商定同意",
            "recorded the family's agreement"
        ),
        "report.confirm" => tr!(lang, "确认了一次更正", "confirmed a correction"),
        "report.refuse" => tr!(lang, "没有采用一次更正", "did not accept a correction"),
        "report.contest" => tr!(
            lang,
            "对学校代交的报告提出异议",
            "objected to a report by the school"
        ),
        "report.keep" => tr!(
            lang,
            "答复异议：报告保留",
            "answered an objection: the report holds"
        ),
        "report.strike" => tr!(
            lang,
            "答复异议：报告撤下",
            "answered an objection: the report was struck"
        ),
        "report.proxy" => tr!(lang, "代报", "reported by proxy"),
        "report.paper" => tr!(lang, "录入了纸质表", "entered a paper form"),
        "guardians.list" => tr!(lang, "查看了监护人名单", "looked at the list of guardians"),
        "slips.list" => tr!(lang, "查看了邀请条名单", "looked at the list of slips"),
        "record.enter" => tr!(lang, "录入了官方记录", "entered an official record"),
        "record.withdraw" => tr!(lang, "撤回了录错的官方记录", "withdrew an official record"),
        "clearance.submit" => tr!(lang, "提交了解除证明", "submitted a clearance"),
        "clearance.accept" => tr!(lang, "接受了解除证明", "accepted a clearance"),
        "clearance.refuse" => tr!(lang, "没有接受解除证明", "refused a clearance"),
        "discrepancy.settle" => tr!(
            lang,
            "核对了记录与报告的不一致",
            "settled a discrepancy between record and report"
        ),
        "cards.print" => tr!(lang, "打印了返校卡", "printed cards"),
        "cards.list" => tr!(lang, "查看了返校卡名单", "looked at the list of cards"),
        "well_slips.print" => tr!(lang, "打印了签字条", "printed slips to be signed"),
        "pass.inspect" => tr!(lang, "核对了返校码", "checked the code"),
        "report.slip" => tr!(lang, "校门收了平安条", "took in a signed slip at the gate"),
        "slip.confirm" => tr!(lang, "确认了平安条", "confirmed the slip"),
        "slip.reject" => tr!(lang, "没有采用平安条", "rejected the slip"),
        "gate.undo" => tr!(
            lang,
            "撤销了校门的一条记录",
            "took back an entry at the gate"
        ),
        "gate.fever" => tr!(
            lang,
            "校门两次测温发热",
            "measured a fever twice at the gate"
        ),
        "gate.fever_undone" => tr!(
            lang,
            "撤销了校门测温",
            "took back a temperature at the gate"
        ),
        "gaps.ask" => tr!(lang, "问过漏报的情况", "asked about missed days"),
        other => tr!(lang, "操作：{other}", "did: {other}"),
    }
}

/// All that is kept of the child, as a file.
pub async fn export(ctx: Ctx, Path(person): Path<PersonId>) -> Answer {
    let data = ctx.services().child_export(ctx.actor()?, person).await?;
    let body =
        serde_json::to_string_pretty(&data).map_err(|e| Failure(Error::internal(e.to_string())))?;
    let headers = [
        (CONTENT_TYPE, "application/json; charset=utf-8".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"fuxue-{person}.json\""),
        ),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, body).into_response())
}
