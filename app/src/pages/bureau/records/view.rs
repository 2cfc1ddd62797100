//! The list of records as it looks.

use super::super::jobs::Jobs;
use super::super::shell::{Frame, RegionShell, Tab};
use super::{Shown, kind_word, record_words};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, number};
use crate::ui::*;
use domain::Zone;
use domain::ids::RegionCode;
use leptos::prelude::*;
use services::records::{RecordView, RecordsPage};
use services::redecide::RedecisionProgress;

pub(super) fn page(
    frame: Frame,
    page: RecordsPage,
    jobs: Vec<RedecisionProgress>,
    shown: Shown,
    is_later_page: bool,
) -> impl IntoView {
    let (lang, region) = (frame.lang, frame.region.clone());
    let (in_force, withdrawn) = (number(page.counts.0), number(page.counts.1));
    let sub = tr!(
        lang,
        "{in_force} 条有效，{withdrawn} 条已撤回。官方记录优先于家长的报告；姓名在这里遮住。",
        "{in_force} in force, {withdrawn} withdrawn. A record outweighs a family's report; names are masked here."
    );
    let own = format!("/bureau/{region}/records");
    let confirm = shown
        .withdraw
        .map(|record| confirm(lang, &own, record, shown.why, &shown.errors));
    let found = shown.found.map(|found| results(lang, &region, found));
    let search = search(lang, &own, &shown.search, &shown.errors);
    let next = page.next.map(|before| format!("{own}?before={before}"));
    let first = is_later_page.then(|| own.clone());
    let foot = (first.is_some() || next.is_some()).then(|| {
        view! {
            <div class="card-foot row">
                {first.map(|href| view! { <a class="btn small" href=href>{tr!(lang, "最新一页", "Latest page")}</a> })}
                {next.map(|href| view! { <a class="btn small" href=href rel="next">{tr!(lang, "更早的", "Earlier")}</a> })}
            </div>
        }
    });
    let list = if page.records.is_empty() {
        view! {
            <EmptyState title=tr!(lang, "还没有官方记录", "No official records yet")>
                <p>{tr!(lang, "导入卫生部门的名单，或录入一条。", "Import a list of a health authority, or enter one record.")}</p>
            </EmptyState>
        }
        .into_any()
    } else {
        table(
            lang,
            &region,
            page.records,
            tr!(lang, "官方记录", "Official records"),
        )
    };
    view! {
        <RegionShell frame=frame tab=Tab::Records>
            <PageHead title=tr!(lang, "官方记录", "Official records") sub=sub>
                <Button icon=IconName::Plus href=format!("{own}/new")>{tr!(lang, "录入一条", "Enter one")}</Button>
                <Button kind=ButtonKind::Primary icon=IconName::Document href=format!("{own}/import")>{tr!(lang, "导入名单", "Import a list")}</Button>
            </PageHead>
            {notice(lang, &shown.notice)}
            <ErrorSummary lang=lang errors=shown.errors />
            {confirm}
            <Jobs lang=lang jobs=jobs />
            {search}
            {found}
            <Card title=tr!(lang, "最近的记录", "Latest records") flush=true>
                {list}
                {foot}
            </Card>
        </RegionShell>
    }
}

fn notice(lang: Lang, done: &str) -> Option<AnyView> {
    let words = match done.split_once('.') {
        Some(("entered", n)) => {
            let n: u32 = n.parse().ok()?;
            tr!(
                lang,
                "已录入并重新判定（{n} 人）。",
                "Entered and decided anew ({n} on the rosters)."
            )
        }
        Some(("imported", n)) => {
            let n: u32 = n.parse().ok()?;
            tr!(
                lang,
                "已导入 {n} 条，正在重新判定。",
                "{n} records imported; those concerned are being decided about anew."
            )
        }
        _ if done == "withdrawn" => tr!(
            lang,
            "已撤回，并按没有这条记录重新判定。",
            "Withdrawn, and decided anew as if the record had never been."
        ),
        _ => return None,
    };
    Some(view! { <Notice icon=IconName::Check live=true>{words}</Notice> }.into_any())
}

fn confirm(
    lang: Lang,
    own: &str,
    record: RecordView,
    why: String,
    errors: &[FieldError],
) -> AnyView {
    let words = record_words(
        lang,
        &record.kind,
        record.region.as_ref().map(|r| r.get(lang)),
    );
    let error = error_of(errors, "reason");
    view! {
        <form class="card pad stack" method="post" action=own.to_owned()>
            <h2>{tr!(lang, "撤回这条记录？", "Withdraw this record?")}</h2>
            <p><b>{record.name}</b> <Dot /> {record.class.1.label(lang)} <Dot /> {record.school.1.get(lang).to_owned()}</p>
            <p>{words} <Dot /> {record.authority}</p>
            <p>{tr!(lang, "只在录错时撤回。撤回后马上重新判定，颜色可能变好；记录和理由会保留，家长在记录里能看到。", "Only for a record entered in error. The person is decided about anew at once, and the colour may become milder. Record and reason stay readable, and the family sees it in its log.")}</p>
            <input type="hidden" name="do" value="withdraw" />
            <input type="hidden" name="record" value=record.id.to_string() />
            <TextInput name="reason" label=tr!(lang, "为什么是录错的", "Why it was entered in error") value=why maxlength=200u32 required=true error=error />
            <div class="row">
                <Button kind=ButtonKind::Danger>{tr!(lang, "确认撤回", "Withdraw it")}</Button>
                <Button href=own.to_owned()>{tr!(lang, "不撤回", "Keep it")}</Button>
            </div>
        </form>
    }
    .into_any()
}

fn search(lang: Lang, own: &str, typed: &crate::web::Fields, errors: &[FieldError]) -> AnyView {
    let get = |name: &str| typed.get(name).to_owned();
    view! {
        <form class="card pad stack" method="post" action=own.to_owned()>
            <h2>{tr!(lang, "查一个人的记录", "Find one person's records")}</h2>
            <input type="hidden" name="do" value="search" />
            <div class="inputs">
                <TextInput name="number" label=tr!(lang, "身份证号，或家长手机号", "Identity number, or a guardian's mobile") hint=tr!(lang, "要完整，一字不差", "In full, exactly") value=get("number") maxlength=30u32 autocomplete="off" required=true error=error_of(errors, "number") />
                <TextInput name="why" label=tr!(lang, "理由", "Reason") hint=tr!(lang, "会记入日志，家长能看到", "Logged; the family can read it") value=get("why") maxlength=200u32 required=true error=error_of(errors, "why") />
            </div>
            <div class="row"><Button icon=IconName::Search>{tr!(lang, "写下理由并查找", "Record the reason and search")}</Button></div>
        </form>
    }
    .into_any()
}

fn results(lang: Lang, region: &RegionCode, found: Vec<(String, Vec<RecordView>)>) -> AnyView {
    if found.is_empty() {
        return view! { <Notice sand=true live=true>{tr!(lang, "本地区的名册里没有这个号码。", "Nobody on this region's rosters has that number.")}</Notice> }.into_any();
    }
    found
        .into_iter()
        .map(|(name, records)| {
            let body = if records.is_empty() {
                view! { <p class="pad">{tr!(lang, "没有官方记录。", "No official records.")}</p> }
                    .into_any()
            } else {
                table(lang, region, records, name.clone())
            };
            view! { <Card title=name flush=true>{body}</Card> }
        })
        .collect_view()
        .into_any()
}

fn table(lang: Lang, region: &RegionCode, records: Vec<RecordView>, caption: String) -> AnyView {
    let columns = vec![
        Column::new(tr!(lang, "姓名", "Name")),
        Column::new(tr!(lang, "学校、班级", "School, class")),
        Column::new(tr!(lang, "类型", "Kind")),
        Column::new(tr!(lang, "内容", "What it says")),
        Column::new(tr!(lang, "来源", "Source")),
        Column::new(tr!(lang, "操作", "Actions")),
    ];
    let rows = records
        .into_iter()
        .map(|record| row(lang, region, record))
        .collect_view();
    view! { <DataTable caption=caption columns=columns>{rows}</DataTable> }.into_any()
}

fn row(lang: Lang, region: &RegionCode, record: RecordView) -> AnyView {
    let kind = kind_word(lang, record.list_kind());
    let words = record_words(
        lang,
        &record.kind,
        record.region.as_ref().map(|r| r.get(lang)),
    );
    let received = day_short(lang, record.received);
    let way = if record.by_list {
        tr!(lang, "名单，{received} 收到", "list, received {received}")
    } else {
        tr!(
            lang,
            "录入，{received} 收到",
            "entered, received {received}"
        )
    };
    let (id, name) = (record.id, record.name.clone());
    let action = match record.withdrawn {
        Some((at, why)) => {
            let day = day_short(lang, Zone::SHANGHAI.day_of(at));
            view! { <span>{tr!(lang, "{day} 撤回：{why}", "Withdrawn {day}: {why}")}</span> }
                .into_any()
        }
        None => {
            let label = tr!(
                lang,
                "撤回{name}的这条记录",
                "Withdraw this record of {name}"
            );
            let href = format!("/bureau/{region}/records?withdraw={id}");
            view! { <Button small=true href=href label=label>{tr!(lang, "撤回…", "Withdraw…")}</Button> }.into_any()
        }
    };
    view! {
        <DataRow>
            <DataCell kind=CellKind::Name><a href=format!("/bureau/person/{}", record.person)>{record.name}</a></DataCell>
            <DataCell label=tr!(lang, "学校、班级", "School, class")>{record.school.1.get(lang).to_owned()} <Dot /> {record.class.1.label(lang)}</DataCell>
            <DataCell label=tr!(lang, "类型", "Kind")>{kind}</DataCell>
            <DataCell label=tr!(lang, "内容", "What it says")>{words}</DataCell>
            <DataCell label=tr!(lang, "来源", "Source") kind=CellKind::Mute>{record.authority} <Dot /> {way}</DataCell>
            <DataCell kind=CellKind::Wide>{action}</DataCell>
        </DataRow>
    }
    .into_any()
}
