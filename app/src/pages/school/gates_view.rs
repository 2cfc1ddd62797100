//! How the school's gates and devices are shown.

use super::desk::{Desk, cell, row};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, time};
use crate::ui::*;
use crate::web::Fields;
use leptos::prelude::*;
use services::gates::{DEVICES_PAGE, DeviceView, EnrolmentCode, GateView, GatesView};

/// What the page shows.
pub(super) struct Shown<'a> {
    pub lang: Lang,
    pub desk: &'a Desk,
    pub gates: &'a GatesView,
    pub fields: &'a Fields,
    pub errors: Vec<FieldError>,
    /// A code that was just made, its address, and that as a QR code.
    pub code: Option<(EnrolmentCode, String, Option<String>)>,
    pub page: usize,
}

pub(super) fn view(shown: &Shown<'_>) -> AnyView {
    let lang = shown.lang;
    let done = match shown.fields.get("done") {
        "add" => Some(tr!(lang, "已添加校门。", "The gate is added.")),
        "rename" => Some(tr!(lang, "已改名。", "Renamed.")),
        "close" => Some(tr!(
            lang,
            "校门已关闭，可以重新打开。",
            "The gate is closed; it can be opened again."
        )),
        "reopen" => Some(tr!(lang, "校门已重新打开。", "The gate is open again.")),
        "cut" => Some(tr!(
            lang,
            "设备已停用。它以后交来的记录会做标记。",
            "The device is cut off. What it still hands in will be marked."
        )),
        "slip" => Some(tr!(lang, "已保存。", "Saved.")),
        _ => None,
    };
    let day = shown.desk.path("/gates/day");
    view! {
        <PageHead
            title=tr!(lang, "校门", "Gates")
            sub=tr!(lang, "登记查验设备，查看当天进出", "Enrol devices, and see who came and went")
        >
            <Button icon=IconName::Document href=day>{tr!(lang, "当天进出", "The gate's day")}</Button>
        </PageHead>
        {done.map(|text| view! { <Notice icon=IconName::Check live=true>{text}</Notice> })}
        <ErrorSummary lang=lang errors=shown.errors.clone() />
        {code_card(shown)}
        {cut_card(shown)}
        {new_device(shown)}
        {devices(shown)}
        {gates(shown)}
        {slip_hour(shown)}
    }
    .into_any()
}

/// The code that was just made: large, and as a QR code that the device can scan.
fn code_card(shown: &Shown<'_>) -> Option<AnyView> {
    let lang = shown.lang;
    let (code, address, svg) = shown.code.as_ref()?;
    let (until, gate) = (time(code.until), code.gate.clone());
    let (grouped, address) = (code.code.grouped(), address.clone());
    let qr = svg.as_ref().map(|svg| {
        let svg = svg.clone();
        view! { <div class="device-qr" role="img" aria-label=tr!(lang, "设备码的二维码", "The device code as a QR code") inner_html=svg></div> }
    });
    Some(
        view! {
            <Card title=tr!(lang, "设备码", "Device code")>
                <div class="device-code">
                    {qr}
                    <div class="stack">
                        <p class="big-code">{grouped}</p>
                        <p>{tr!(lang, "{gate}的设备在 {until} 前用一次。", "For one device at {gate}, until {until}.")}</p>
                        <p class="hint">
                            {tr!(lang, "用那台设备扫这个二维码，或打开下面的网址输入设备码。离开这一页后不再显示。",
                                "Scan it with that device, or open this address there and type the code. It is not shown again.")}
                        </p>
                        <p class="hint wrap-any">{address}</p>
                    </div>
                </div>
            </Card>
        }
        .into_any(),
    )
}

/// Asks a second time before a device is cut off.
fn cut_card(shown: &Shown<'_>) -> Option<AnyView> {
    let lang = shown.lang;
    let wanted = shown.fields.get("cut");
    let device = shown
        .gates
        .devices
        .iter()
        .find(|device| device.device.to_string() == wanted && device.cut_off.is_none())?;
    let (name, gate) = (device.name.clone(), device.gate.clone());
    let waiting = device.waiting.filter(|n| *n > 0).map(|n| {
        view! {
            <p>{tr!(lang, "它还有 {n} 条没有上传；停用后仍可上传，会做标记。", "It still has {n} entries to hand in; it may do so afterwards, and they will be marked.")}</p>
        }
    });
    let (action, back) = (shown.desk.path("/gates"), shown.desk.path("/gates"));
    let device = device.device.to_string();
    Some(
        view! {
            <Card title=tr!(lang, "停用“{name}”（{gate}）？", "Cut off \"{name}\" ({gate})?") bad=true>
                <p>{tr!(lang, "停用后这台设备不能再查验；要用时需要重新登记。", "It can check nobody any more; to use it again it has to be enrolled anew.")}</p>
                {waiting}
                <form class="row" method="post" action=action>
                    <input type="hidden" name="device" value=device />
                    <Button kind=ButtonKind::Danger name="action" value="cut">{tr!(lang, "停用这台设备", "Cut this device off")}</Button>
                    <Button href=back>{tr!(lang, "不停用", "Keep it")}</Button>
                </form>
            </Card>
        }
        .into_any(),
    )
}

fn new_device(shown: &Shown<'_>) -> Option<AnyView> {
    let lang = shown.lang;
    let open: Vec<&GateView> = shown
        .gates
        .gates
        .iter()
        .filter(|gate| !gate.is_closed)
        .collect();
    if open.is_empty() {
        return None;
    }
    let options = open
        .iter()
        .map(|gate| Choice::new(gate.gate.to_string(), gate.name.clone()))
        .collect();
    let typed = if shown.code.is_some() {
        ""
    } else {
        shown.fields.get("device")
    };
    let chosen = shown.fields.get("gate").to_owned();
    let error = error_of(&shown.errors, "device");
    Some(
        view! {
            <form class="card form" method="post" action=shown.desk.path("/gates")>
                <h2>{tr!(lang, "登记一台设备", "Enrol a device")}</h2>
                <div class="inputs">
                    <Select name="gate" label=tr!(lang, "放在哪个校门", "At which gate") options=options value=chosen />
                    <TextInput name="device" label=tr!(lang, "设备叫什么", "What to call it") hint=tr!(lang, "例如：东门平板", "For example: tablet east") value=typed maxlength=20u32 error=error />
                </div>
                <div class="row">
                    <Button kind=ButtonKind::Primary icon=IconName::Plus name="action" value="code">{tr!(lang, "生成设备码", "Make a code")}</Button>
                </div>
            </form>
        }
        .into_any(),
    )
}

fn devices(shown: &Shown<'_>) -> AnyView {
    let lang = shown.lang;
    let found = shown.gates;
    if found.total == 0 {
        return view! {
            <Card>
                <EmptyState icon=IconName::Phone title=tr!(lang, "还没有设备", "No devices yet")>
                    <p>{tr!(lang, "先添加校门，再生成设备码。", "Add a gate first, then make a code for a device.")}</p>
                </EmptyState>
            </Card>
        }
        .into_any();
    }
    let columns = vec![
        Column::new(tr!(lang, "设备", "Device")),
        Column::new(tr!(lang, "校门", "Gate")),
        Column::new(tr!(lang, "最近联系", "Last seen")),
        Column::new(tr!(lang, "待上传", "To hand in")),
        Column::new(tr!(lang, "登记", "Enrolled")),
        Column::new(tr!(lang, "状态", "State")),
    ];
    let rows = found
        .devices
        .iter()
        .map(|device| device_row(shown, device))
        .collect_view();
    let address = |page| shown.desk.path(&format!("/gates?page={page}"));
    view! {
        <section class="card flush">
            <div class="card-head"><h2>{tr!(lang, "设备", "Devices")}</h2></div>
            <DataTable caption=tr!(lang, "设备", "Devices") columns=columns>{rows}</DataTable>
            <div class="card-foot row between">
                <Pager lang=lang page=shown.page size=DEVICES_PAGE total=found.total href=address />
            </div>
        </section>
    }
    .into_any()
}

fn device_row(shown: &Shown<'_>, device: &DeviceView) -> AnyView {
    let lang = shown.lang;
    let (today, _) = shown.gates.now;
    let (day, minute) = device.seen;
    let seen = if day == today {
        time(minute)
    } else {
        format!("{} {}", day_short(lang, day), time(minute))
    };
    let missing = device.missing;
    let mut waiting = match device.waiting {
        Some(n) => tr!(lang, "{n} 条", "{n}"),
        None => "—".to_owned(),
    };
    if missing > 0 {
        waiting += &tr!(lang, "，缺 {missing} 条", ", {missing} missing");
    }
    let (enrolled, by) = (&device.enrolled.0, &device.enrolled.1);
    let enrolled = format!("{} {by}", day_short(lang, *enrolled));
    let state = match &device.cut_off {
        Some((day, minute, by)) => {
            let at = format!("{} {}", day_short(lang, *day), time(*minute));
            view! { <span>{tr!(lang, "已停用 {at} {by}", "cut off {at} {by}")}</span> }.into_any()
        }
        None => {
            let href = shown.desk.path(&format!("/gates?cut={}", device.device));
            let name = device.name.clone();
            view! {
                <Button small=true href=href label=tr!(lang, "停用{name}", "Cut off {name}")>{tr!(lang, "停用…", "Cut off …")}</Button>
            }
            .into_any()
        }
    };
    row(vec![
        cell(CellKind::Name, "", device.name.clone()),
        cell(CellKind::Text, "", device.gate.clone()),
        cell(CellKind::Text, tr!(lang, "最近联系", "Last seen"), seen),
        cell(CellKind::Text, tr!(lang, "待上传", "To hand in"), waiting),
        cell(CellKind::Mute, tr!(lang, "登记", "Enrolled"), enrolled),
        cell(CellKind::Text, "", state),
    ])
}

fn gates(shown: &Shown<'_>) -> AnyView {
    let lang = shown.lang;
    let rows = shown
        .gates
        .gates
        .iter()
        .map(|gate| gate_row(shown, gate))
        .collect_view();
    let is_add = shown.fields.get("action") == "add";
    let typed = if is_add { shown.fields.get("name") } else { "" };
    let error = error_of(&shown.errors, "name");
    let nobody = shown.gates.gates.is_empty().then(|| {
        view! { <p class="hint pad">{tr!(lang, "还没有校门。", "There are no gates yet.")}</p> }
    });
    view! {
        <section class="card flush">
            <div class="card-head"><h2>{tr!(lang, "校门", "Gates")}</h2></div>
            {nobody}
            <ul class="people">{rows}</ul>
            <form class="form pad" method="post" action=shown.desk.path("/gates")>
                <TextInput name="name" label=tr!(lang, "再加一个校门", "Add a gate") hint=tr!(lang, "例如：东门", "For example: East gate") value=typed maxlength=20u32 error=error />
                <div class="row"><Button icon=IconName::Plus name="action" value="add">{tr!(lang, "添加", "Add")}</Button></div>
            </form>
        </section>
    }
    .into_any()
}

fn gate_row(shown: &Shown<'_>, gate: &GateView) -> AnyView {
    let lang = shown.lang;
    let field = format!("name-{}", gate.gate);
    let error = error_of(&shown.errors, &field);
    let (name, n) = (gate.name.clone(), gate.devices);
    let state = if gate.is_closed {
        tr!(lang, "已关闭", "closed")
    } else {
        let devices = if n == 1 { "device" } else { "devices" };
        tr!(lang, "{n} 台设备", "{n} {devices}")
    };
    let (word, label) = if gate.is_closed {
        ("reopen", tr!(lang, "重新打开", "Open again"))
    } else {
        ("close", tr!(lang, "关闭", "Close"))
    };
    view! {
        <li>
            <form class="gate-form" method="post" action=shown.desk.path("/gates")>
                <input type="hidden" name="gate" value=gate.gate.to_string() />
                <TextInput name="name" id=field label=tr!(lang, "名字（{state}）", "Name ({state})") value=name.clone() maxlength=20u32 error=error />
                <div class="buttons">
                    <Button small=true name="action" value="rename" label=tr!(lang, "给{name}改名", "Rename {name}")>{tr!(lang, "改名", "Rename")}</Button>
                    <Button small=true name="action" value=word label=format!("{label} {name}")>{label.clone()}</Button>
                </div>
            </form>
        </li>
    }
    .into_any()
}

fn slip_hour(shown: &Shown<'_>) -> AnyView {
    let lang = shown.lang;
    let error = error_of(&shown.errors, "slip");
    let minute = shown.gates.slip_minute;
    let value = format!("{:02}:{:02}", minute / 60, minute % 60);
    view! {
        <form class="card form" method="post" action=shown.desk.path("/gates")>
            <h2>{tr!(lang, "平安条", "Slips")}</h2>
            <TextInput
                name="slip"
                kind="time"
                label=tr!(lang, "班主任几点前确认", "Class teachers confirm by")
                hint=tr!(lang, "没带手机、没报告的孩子，可以在校门交家长签字的平安条先进校。", "A child without a report may hand in a signed slip at the gate and come in; the teacher confirms it later.")
                value=value
                error=error
            />
            <div class="row"><Button name="action" value="slip">{tr!(lang, "保存", "Save")}</Button></div>
        </form>
    }
    .into_any()
}
