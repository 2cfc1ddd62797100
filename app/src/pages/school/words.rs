//! Words for what the log records.

use crate::tr;
use crate::tr::Lang;

/// What was done, in words; a word that is new to these pages stands as it is.
pub(super) fn action(lang: Lang, word: &str) -> String {
    match word {
        "account.grant" => tr!(lang, "给予职务", "gave a role"),
        "account.revoke" => tr!(lang, "收回职务", "took a role away"),
        "account.recover" => tr!(lang, "重发激活码", "issued a new activation code"),
        "account.disable" => tr!(lang, "停用账号", "disabled an account"),
        "account.enable" => tr!(lang, "启用账号", "enabled an account"),
        "class.read" => tr!(lang, "查看班级", "opened a class"),
        "class.export" => tr!(lang, "导出班级表格", "exported a class"),
        "class.pending" => tr!(lang, "查看待确认的更正", "opened pending corrections"),
        "consent.given" => tr!(lang, "同意线上填报", "agreed to online reporting"),
        "consent.refused" => tr!(lang, "不同意线上填报", "refused online reporting"),
        "consent.withdrawn" => tr!(lang, "撤回同意", "withdrew consent"),
        "consent.agreed" => tr!(lang, "登记家长已商定", "recorded the guardians' agreement"),
        "gate.read" => tr!(lang, "查看校门", "opened the gate"),
        "guardian.claim" => tr!(lang, "家长用邀请条加入", "a guardian joined by a slip"),
        "guardian.recover" => tr!(
            lang,
            "家长用邀请条重设密码",
            "a guardian set a new password by a slip"
        ),
        "guardian.confirm" => tr!(lang, "确认家长", "confirmed a guardian"),
        "guardian.unlink" => tr!(lang, "解除家长关联", "unlinked a guardian"),
        "guardian.disown" => tr!(lang, "家长称不是自己的孩子", "a guardian gave up a child"),
        "log.read" => tr!(lang, "查看记录", "opened the log"),
        "person.read" => tr!(lang, "查看个人资料", "opened a person"),
        "person.leave" => tr!(lang, "移出名册", "took off the roster"),
        "person.return" => tr!(lang, "回到名册", "took back onto the roster"),
        "person.move" => tr!(lang, "调班", "moved to another class"),
        "name.reveal" | "person.reveal" => tr!(lang, "查看实名", "revealed a name"),
        "report.confirm" => tr!(lang, "确认更正", "confirmed a correction"),
        "report.refuse" => tr!(lang, "不接受更正", "refused a correction"),
        "report.contest" => tr!(
            lang,
            "家长对代报提出异议",
            "a guardian objected to a report"
        ),
        "report.keep" => tr!(
            lang,
            "异议已答复，报告保留",
            "answered an objection: the report holds"
        ),
        "report.strike" => tr!(
            lang,
            "异议已答复，报告撤下",
            "answered an objection: the report was struck"
        ),
        "report.proxy" => tr!(lang, "代报", "reported by proxy"),
        "report.paper" => tr!(lang, "录入纸面报告", "entered paper reports"),
        "roster.import" => tr!(lang, "导入名册", "imported a roster"),
        "roster.read" => tr!(lang, "查看名册", "opened the roster"),
        "roster.search" => tr!(lang, "查找姓名", "searched for names"),
        "interface.key.make" => tr!(lang, "生成接口密钥", "made a key of the interface"),
        "interface.key.revoke" => tr!(lang, "吊销接口密钥", "revoked a key of the interface"),
        "interface.reports" => tr!(lang, "接口上报", "reports sent over the interface"),
        "school.read" => tr!(lang, "查看学校总览", "opened the school's overview"),
        "school.create" => tr!(lang, "创建学校", "created the school"),
        "school.change" => tr!(lang, "修改设置", "changed the settings"),
        "school.visitors" => tr!(
            lang,
            "修改外来人员的处理",
            "changed what happens with visitors"
        ),
        "school.calendar" => tr!(lang, "修改校历", "changed the calendar"),
        "slips.print" => tr!(lang, "打印邀请条", "printed slips"),
        "record.enter" => tr!(lang, "录入官方记录", "entered an official record"),
        "record.withdraw" => tr!(lang, "撤回官方记录", "withdrew an official record"),
        "clearance.submit" => tr!(lang, "提交解除证明", "submitted a clearance"),
        "clearance.accept" => tr!(lang, "接受解除证明", "accepted a clearance"),
        "clearance.refuse" => tr!(lang, "不接受解除证明", "refused a clearance"),
        "clearance.list" => tr!(lang, "查看解除证明", "opened the clearances"),
        "discrepancy.settle" => tr!(lang, "处理记录与报告的不一致", "settled a discrepancy"),
        "cards.print" => tr!(lang, "打印返校卡", "printed cards"),
        "cards.list" => tr!(lang, "查看返校卡名单", "looked at the list of cards"),
        "well_slips.print" => tr!(lang, "打印签字条", "printed slips to be signed"),
        "gate.add" => tr!(lang, "添加校门", "added a gate"),
        "gate.rename" => tr!(lang, "校门改名", "renamed a gate"),
        "gate.close" => tr!(lang, "关闭校门", "closed a gate"),
        "gate.reopen" => tr!(lang, "重新打开校门", "opened a gate again"),
        "gate.slip_hour" => tr!(lang, "修改平安条确认时间", "changed the hour for slips"),
        "gate.day" => tr!(lang, "查看当天进出", "opened the gate's day"),
        "gate.export" => tr!(lang, "导出当天进出", "exported the gate's day"),
        "gate.hand_in" => tr!(lang, "校门设备上传记录", "a device handed in"),
        "gate.undo" => tr!(lang, "校门撤销一条记录", "the gate took an entry back"),
        "gate.fever" => tr!(lang, "校门两次测温发热", "fever measured twice at the gate"),
        "gate.fever_undone" => tr!(
            lang,
            "校门测温撤销",
            "a temperature at the gate was taken back"
        ),
        "device.code" => tr!(lang, "生成设备码", "made a device code"),
        "device.enrol" => tr!(lang, "登记设备", "a device was enrolled"),
        "device.cut_off" => tr!(lang, "停用设备", "cut a device off"),
        "report.slip" => tr!(lang, "校门收平安条", "a slip was handed in at the gate"),
        "slip.confirm" => tr!(lang, "确认平安条", "confirmed a slip from the gate"),
        "slip.reject" => tr!(lang, "不采用平安条", "rejected a slip from the gate"),
        "pass.inspect" => tr!(lang, "核对返校码", "checked a code"),
        other => other.to_owned(),
    }
}
