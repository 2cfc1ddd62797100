//! The list of risk areas as it looks to an officer.

use super::super::jobs::Jobs;
use super::super::place::PlaceField;
use super::super::shell::{Frame, RegionShell, Tab};
use super::Shown;
use crate::pages::public::level_tag;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::day_full;
use crate::ui::*;
use crate::web::escape;
use domain::Day;
use domain::facts::RiskArea;
use domain::ids::RegionCode;
use leptos::prelude::*;
use services::areas::{AREAS_PAGE, AreaView, AreasPage};
use services::redecide::RedecisionProgress;

pub(super) fn page(
    frame: Frame,
    page: AreasPage,
    jobs: Vec<RedecisionProgress>,
    shown: Shown,
    q: String,
    n: usize,
) -> impl IntoView {
    let (lang, region) = (frame.lang, frame.region.clone());
    let own = format!("/bureau/{region}/areas");
    let import = format!("{own}/import");
    let name = page.region.get(lang).to_owned();
    let sub = tr!(
        lang,
        "对{name}各校师生生效。有变化时，在后台重新判定所有人。",
        "They count for the schools of {name}. After a change everybody is decided about anew in the background."
    );
    let withdraw = shown
        .withdraw
        .clone()
        .map(|area| withdraw(lang, &own, area, &shown));
    let form = form(lang, &own, page.today, &shown);
    let total = page.total;
    let sought = escape(&q);
    let link = |n| format!("{own}?q={sought}&page={n}");
    let pager = view! { <PagerFoot lang=lang page=n size=AREAS_PAGE total=total href=link /> };
    let list = if total == 0 {
        view! {
            <EmptyState icon=IconName::Pin title=tr!(lang, "没有这样的风险地区", "No such risk areas")>
                <p>{tr!(lang, "在旁边宣布一个，或导入一份名单。", "Declare one with the form, or import a list.")}</p>
            </EmptyState>
        }
        .into_any()
    } else {
        table(lang, &region, page.areas)
    };
    view! {
        <RegionShell frame=frame tab=Tab::Areas>
            <PageHead title=tr!(lang, "风险地区", "Risk areas") sub=sub>
                <Button icon=IconName::Document href=import>{tr!(lang, "导入名单", "Import a list")}</Button>
                <Button icon=IconName::Eye href="/risk-areas">{tr!(lang, "公开页面", "Public page")}</Button>
            </PageHead>
            {notice(lang, &shown.done)}
            <ErrorSummary lang=lang errors=shown.errors.clone() />
            {withdraw}
            <Jobs lang=lang jobs=jobs />
            <div class="split">
                {form}
                <Card title=tr!(lang, "名单", "The list") flush=true>
                    <div class="pad"><SearchBox lang=lang action=own.clone() label=tr!(lang, "地区或发布单位", "Place or authority") value=q /></div>
                    {list}
                    {pager}
                </Card>
            </div>
        </RegionShell>
    }
}

fn notice(lang: Lang, done: &str) -> Option<AnyView> {
    let words = match done {
        "declared" => tr!(
            lang,
            "已宣布，正在重新判定。",
            "Declared; everybody is being decided about anew."
        ),
        "changed" => tr!(
            lang,
            "已更改，正在重新判定。",
            "Changed; everybody is being decided about anew."
        ),
        "withdrawn" => tr!(
            lang,
            "已撤回，正在重新判定。",
            "Withdrawn; everybody is being decided about anew."
        ),
        "imported" => tr!(
            lang,
            "已导入，正在重新判定。",
            "Imported; everybody is being decided about anew."
        ),
        _ => return None,
    };
    Some(view! { <Notice icon=IconName::Check live=true>{words}</Notice> }.into_any())
}

fn withdraw(lang: Lang, own: &str, area: AreaView, shown: &Shown) -> AnyView {
    let why = shown.fields.get("reason").to_owned();
    let error = error_of(&shown.errors, "reason");
    view! {
        <form class="card pad stack" method="post" action=own.to_owned()>
            <h2>{tr!(lang, "撤回这个风险地区？", "Withdraw this risk area?")}</h2>
            <p><b>{area.name.get(lang).to_owned()}</b> <Dot /> {area.authority}</p>
            <p>{tr!(lang, "只在宣布错时撤回，等于从没宣布过。疫情结束请填解除日期，不要撤回。", "Only for an area declared in error: it is as if it had never been. Where the risk is over, enter a last day instead.")}</p>
            <input type="hidden" name="do" value="withdraw" />
            <input type="hidden" name="area" value=area.id.to_string() />
            <TextInput name="reason" label=tr!(lang, "理由", "Reason") value=why maxlength=200u32 required=true error=error />
            <div class="row">
                <Button kind=ButtonKind::Danger>{tr!(lang, "确认撤回", "Withdraw it")}</Button>
                <Button href=own.to_owned()>{tr!(lang, "不撤回", "Keep it")}</Button>
            </div>
        </form>
    }
    .into_any()
}

fn form(lang: Lang, own: &str, today: Day, shown: &Shown) -> AnyView {
    let get = |name: &str| shown.fields.get(name).to_owned();
    let or = |name: &str, default: String| match shown.fields.get(name) {
        "" => default,
        typed => typed.to_owned(),
    };
    let of = |id: &str| error_of(&shown.errors, id);
    let levels = vec![
        Choice::new("high", tr!(lang, "高风险", "High")),
        Choice::new("medium", tr!(lang, "中风险", "Medium")),
    ];
    let is_new = shown.changing.is_none();
    let title = if is_new {
        tr!(lang, "宣布风险地区", "Declare a risk area")
    } else {
        tr!(lang, "更改或解除", "Change or lift")
    };
    let place = match &shown.changing {
        Some(area) => view! {
            <p><b>{area.name.get(lang).to_owned()}</b></p>
            <input type="hidden" name="area" value=area.id.to_string() />
        }
        .into_any(),
        None => view! { <PlaceField lang=lang place=shown.place.clone() label=tr!(lang, "地区", "Region") error=of("place") /> }.into_any(),
    };
    let cancel = (!is_new).then(|| {
        view! { <Button href=own.to_owned()>{tr!(lang, "不改了", "Leave it")}</Button> }
    });
    let button = if is_new {
        tr!(lang, "宣布并重新判定", "Declare and decide anew")
    } else {
        tr!(lang, "保存并重新判定", "Save and decide anew")
    };
    let look_back = or("look_back", RiskArea::LOOK_BACK_DAYS.to_string());
    view! {
        <form class="card pad stack" method="post" action=own.to_owned()>
            <h2>{title}</h2>
            {place}
            <RadioGroup name="level" label=tr!(lang, "等级", "Level") options=levels value=or("level", "high".to_owned()) required=true />
            <div class="inputs">
                <TextInput name="from" kind="date" label=tr!(lang, "起始日期", "From") value=or("from", today.to_string()) max=today.to_string() required=true error=of("from") />
                <TextInput name="to" kind="date" label=tr!(lang, "解除日期（没解除就留空）", "Last day (empty while it lasts)") value=get("to") error=of("to") />
            </div>
            <TextInput name="look_back" inputmode="numeric" label=tr!(lang, "回溯天数", "Look-back") unit=tr!(lang, "天", "days") hint=tr!(lang, "宣布前多少天内去过也算", "Stays so many days before the declaration count too") value=look_back required=true error=of("look_back") />
            <TextInput name="authority" label=tr!(lang, "发布单位", "Authority") value=get("authority") maxlength=40u32 required=true error=of("authority") />
            <div class="row"><Button kind=ButtonKind::Primary>{button}</Button> {cancel}</div>
        </form>
    }
    .into_any()
}

fn table(lang: Lang, region: &RegionCode, areas: Vec<AreaView>) -> AnyView {
    let columns = vec![
        Column::new(tr!(lang, "地区", "Place")),
        Column::new(tr!(lang, "等级", "Level")),
        Column::new(tr!(lang, "日期", "Dates")),
        Column::new(tr!(lang, "来源", "Source")),
        Column::new(tr!(lang, "操作", "Actions")),
    ];
    let rows = areas
        .into_iter()
        .map(|area| row(lang, region, area))
        .collect_view();
    view! { <div class="long-names"><DataTable caption=tr!(lang, "风险地区", "Risk areas") columns=columns>{rows}</DataTable></div> }
        .into_any()
}

/// From when to when, and how far back.
pub(super) fn dates(lang: Lang, from: Day, to: Option<Day>, look_back: u16) -> String {
    let from = day_full(lang, from);
    let to = match to {
        Some(to) => day_full(lang, to),
        None => tr!(lang, "今", "now"),
    };
    tr!(
        lang,
        "{from} 至 {to}，回溯 {look_back} 天",
        "{from} to {to}, {look_back} days back"
    )
}

fn row(lang: Lang, region: &RegionCode, area: AreaView) -> AnyView {
    let dates = dates(lang, area.from, area.to, area.look_back);
    let lifted = (!area.is_in_force)
        .then(|| view! { <small>{tr!(lang, "（已解除）", " (lifted)")}</small> });
    let owner = area.owner.1.get(lang).to_owned();
    let (id, name) = (area.id, area.name.get(lang).to_owned());
    let actions = if area.is_own {
        let (change, withdraw) = (
            tr!(lang, "更改或解除{name}", "Change or lift {name}"),
            tr!(lang, "撤回{name}", "Withdraw {name}"),
        );
        view! {
            <div class="row">
                <Button small=true href=format!("/bureau/{region}/areas?change={id}") label=change>{tr!(lang, "更改、解除", "Change, lift")}</Button>
                <Button small=true href=format!("/bureau/{region}/areas?withdraw={id}") label=withdraw>{tr!(lang, "撤回…", "Withdraw…")}</Button>
            </div>
        }
        .into_any()
    } else {
        view! { <span>{tr!(lang, "由{owner}宣布", "declared by {owner}")}</span> }.into_any()
    };
    view! {
        <DataRow>
            <DataCell kind=CellKind::Name>{name} {lifted}</DataCell>
            <DataCell label=tr!(lang, "等级", "Level")>{level_tag(lang, area.level)}</DataCell>
            <DataCell label=tr!(lang, "日期", "Dates")>{dates}</DataCell>
            <DataCell label=tr!(lang, "来源", "Source") kind=CellKind::Mute>{area.authority}</DataCell>
            <DataCell kind=CellKind::Wide>{actions}</DataCell>
        </DataRow>
    }
    .into_any()
}
