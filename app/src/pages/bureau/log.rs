//! The log of a region.

use super::shell::{Frame, RegionShell, Tab};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, time};
use crate::ui::*;
use crate::web::{Answer, Ctx, Fields, Islands};
use axum::extract::{Path, RawQuery};
use domain::Zone;
use domain::ids::RegionCode;
use leptos::prelude::*;
use services::school::{LogActor, LogEntry};

/// Lines on a page.
const PAGE: i64 = 50;

/// The page.
pub async fn show(ctx: Ctx, Path(region): Path<RegionCode>, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let page = count(query.page());
    let until = query.day("day");
    let log = ctx
        .services()
        .region_log(
            ctx.actor()?,
            &region,
            ctx.lang,
            until,
            ((page - 1) * PAGE, PAGE),
        )
        .await?;
    let frame = Frame::new(&ctx, &region).await?;
    let lang = ctx.lang;
    let title = tr!(lang, "日志", "Log");
    let heading = title.clone();
    ctx.ok(&title, Islands::No, move || {
        let day = until.map(|day| day.to_string()).unwrap_or_default();
        let address = format!("/bureau/{region}/log");
        let href = |page| format!("{address}?day={day}&page={page}");
        let pager = view! { <Pager lang=lang page=page size=PAGE total=log.total href=href /> };
        let empty = (log.total == 0).then(|| view! {
            <EmptyState icon=IconName::Search title=tr!(lang, "这一天以前没有记录", "Nothing was written down before")>
                <p>{tr!(lang, "换一个晚一些的日期。", "Choose a later day.")}</p>
            </EmptyState>
        });
        let rows = log.entries.into_iter().map(|entry| row(lang, entry)).collect_view();
        let columns = vec![
            Column::new(tr!(lang, "时间", "When")),
            Column::new(tr!(lang, "谁", "Who")),
            Column::new(tr!(lang, "做了什么", "What")),
            Column::new(tr!(lang, "对象", "To whom or what")),
            Column::new(tr!(lang, "说明", "Details")),
        ];
        view! {
            <RegionShell frame=frame tab=Tab::Log>
                <PageHead title=heading sub=tr!(lang, "只能追加，每行都接在上一行的摘要之后。", "Append-only: each line carries on from the digest of the one before.") />
                <Card flush=true>
                    <div class="row between pad"><DayBox lang=lang action=address value=day /></div>
                    {empty}
                    <DataTable caption=tr!(lang, "日志", "Log") columns=columns>{rows}</DataTable>
                    <div class="pad">{pager}</div>
                </Card>
            </RegionShell>
        }
    })
}

fn what(lang: Lang, action: &str) -> String {
    match action {
        "account.grant" => tr!(lang, "给予角色", "gave a role"),
        "account.revoke" => tr!(lang, "收回角色", "took a role away"),
        "account.recover" => tr!(lang, "重发激活码", "issued a new code"),
        "account.disable" => tr!(lang, "停用账号", "disabled an account"),
        "account.enable" => tr!(lang, "恢复账号", "enabled an account"),
        "school.create" => tr!(lang, "创建学校", "created a school"),
        "screen.read" => tr!(lang, "打开大屏或数字页", "opened the screen"),
        "region.export" => tr!(lang, "导出数字", "exported the numbers"),
        "log.read" => tr!(lang, "查看日志", "read the log"),
        "record.list" => tr!(lang, "查看官方记录", "opened the official records"),
        "record.import" => tr!(lang, "导入官方名单", "imported a list of records"),
        "record.enter" => tr!(lang, "录入官方记录", "entered an official record"),
        "record.withdraw" => tr!(lang, "撤回官方记录", "withdrew an official record"),
        "person.search" => tr!(lang, "按号码查人", "searched for a number"),
        "area.declare" => tr!(lang, "宣布风险地区", "declared a risk area"),
        "area.change" => tr!(lang, "更改风险地区", "changed a risk area"),
        "area.withdraw" => tr!(lang, "撤回风险地区", "withdrew a risk area"),
        "clearance.list" => tr!(lang, "查看解除证明", "opened the clearances"),
        "clearance.submit" => tr!(lang, "提交解除证明", "submitted a clearance"),
        "clearance.accept" => tr!(lang, "接受解除证明", "accepted a clearance"),
        "clearance.refuse" => tr!(lang, "不接受解除证明", "refused a clearance"),
        "discrepancy.settle" => tr!(lang, "核对不一致", "settled a discrepancy"),
        "discrepancy.list" => tr!(lang, "查看不一致", "opened the discrepancies"),
        "interface.key.make" => tr!(lang, "生成接口密钥", "made a key of the interface"),
        "interface.key.revoke" => tr!(lang, "吊销接口密钥", "revoked a key of the interface"),
        "pass_key.make" => tr!(lang, "生成返校码密钥", "made a key of passes"),
        "issuer.trust" => tr!(lang, "信任签发单位", "trusted an issuer"),
        "issuer.renew" => tr!(lang, "更新签发单位的密钥", "renewed an issuer's keys"),
        "issuer.change" => tr!(lang, "修改互认范围", "changed how far an issuer is trusted"),
        "issuer.remove" => tr!(lang, "移除签发单位", "removed an issuer"),
        "issuer.restore" => tr!(lang, "恢复签发单位", "took a removal back"),
        "recognition.rules" => tr!(lang, "修改互认规则", "changed the rules of recognition"),
        "pass_key.revoke" => tr!(lang, "吊销返校码密钥", "revoked a key of passes"),
        other => match other.strip_prefix("rulebook.") {
            Some(step) => to_a_rulebook(lang, step),
            None => other.to_owned(),
        },
    }
}

fn to_a_rulebook(lang: Lang, step: &str) -> String {
    match step {
        "save" => tr!(lang, "修改规则集草稿", "changed a draft of rules"),
        "delete" => tr!(lang, "删除规则集草稿", "deleted a draft of rules"),
        "submit" => tr!(lang, "提交规则集", "handed rules in"),
        "return" => tr!(lang, "退回规则集", "sent rules back"),
        "approve" => tr!(lang, "批准规则集", "approved rules"),
        "schedule" => tr!(lang, "安排规则集生效", "scheduled rules"),
        "cancel" => tr!(lang, "取消规则集的安排", "took the day of rules back"),
        "begin" => tr!(lang, "规则集开始生效", "rules came into force"),
        "urgent" => tr!(lang, "紧急生效规则集", "put rules in force at once"),
        "ratify" => tr!(lang, "追认规则集", "ratified rules"),
        "lapse" => tr!(lang, "规则集到时失效", "rules lapsed"),
        "overtake" => tr!(
            lang,
            "规则集被后来的版本赶上，批准作废",
            "a later version overtook rules; their approval is void"
        ),
        "propose" => tr!(
            lang,
            "提议停用规则集",
            "proposed to take rules out of force"
        ),
        "retire" => tr!(lang, "停用规则集", "took rules out of force"),
        "replay" => tr!(lang, "试算规则集", "replayed rules"),
        "replay.read" => tr!(lang, "查看试算的例子", "read a replay's examples"),
        "export" => tr!(lang, "导出规则集", "exported rules"),
        "signer" => tr!(lang, "登记签名者", "named an authority of signatures"),
        other => other.to_owned(),
    }
}

fn row(lang: Lang, entry: LogEntry) -> impl IntoView {
    let zone = Zone::SHANGHAI;
    let when = format!(
        "{} {}",
        day_short(lang, zone.day_of(entry.at)),
        time(zone.minute_of(entry.at))
    );
    let who = match entry.actor {
        LogActor::Person(name) => name,
        LogActor::Key(name) => tr!(lang, "接口程序“{name}”", "the program “{name}”"),
        LogActor::Job => tr!(lang, "程序", "the program"),
        LogActor::Device => tr!(lang, "校门设备", "a device at a gate"),
        LogActor::Command => tr!(lang, "命令行", "command line"),
    };
    let done = what(lang, &entry.action);
    view! {
        <DataRow>
            <DataCell kind=CellKind::Mute>{when}</DataCell>
            <DataCell kind=CellKind::Name>{who}</DataCell>
            <DataCell>{done}</DataCell>
            <DataCell label=tr!(lang, "对象", "To")>{entry.subject}</DataCell>
            <DataCell kind=CellKind::Mute>{entry.detail}</DataCell>
        </DataRow>
    }
}
