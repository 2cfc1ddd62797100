//! The teacher's class page and the slips, composed.

use crate::{qr, strip, today};
use app::tr;
use app::tr::Lang;
use app::ui::words::{day_week, status_word};
use app::ui::*;
use domain::Code;
use leptos::prelude::*;

#[component]
pub fn ClassPage(lang: Lang) -> impl IntoView {
    let pill = |label: String, count, code, current| Pill {
        href: "#".into(),
        label,
        count: Some(count),
        code,
        current,
    };
    let rows = [
        (1, "曹雨桐", Code::Green, "36.4", "gggggggggggggg"),
        (2, "陈思远", Code::Green, "36.6", "ggnggggggggggg"),
        (3, "丁可欣", Code::Yellow, "37.6", "gggggggggggggy"),
        (4, "方子墨", Code::Green, "36.5", "ggyyyyyyyggggg"),
        (5, "顾安然", Code::Grey, "", "gggggng  ggggn"),
        (6, "何嘉树", Code::Green, "36.3", "gggggggggggggg"),
        (7, "胡亦辰", Code::Red, "36.8", "gggggggggggyrr"),
    ];
    let day_numbers: Vec<_> = strip("gggggggggggggg")
        .into_iter()
        .map(|(day, _)| day)
        .collect();
    view! {
        <DeskShell
            lang=lang
            here="/class"
            demo=true
            tabs=vec![
                NavTab::new("#", tr!(lang, "今日进度", "Today")).current(true),
                NavTab::new("#", tr!(lang, "学生与家长", "Students")),
                NavTab::new("#", tr!(lang, "复核申请", "Reviews")).waiting(1),
                NavTab::new("#", tr!(lang, "历史与报表", "History")),
            ]
            org=tr!(lang, "澜溪区实验小学", "Lanxi Experimental Primary")
            who=tr!(lang, "周敏 老师", "Zhou Min")
        >
            <PageHead
                title=tr!(lang, "三年级(2)班 今日进度", "Class 3-2 today")
                sub=view! { {day_week(lang, today())} <Dot /> {tr!(lang, "7:14 更新", "updated 7:14")} }
            >
                <Button icon=IconName::Print>{tr!(lang, "打印名单", "Print list")}</Button>
                <Button icon=IconName::Export>{tr!(lang, "导出表格", "Export")}</Button>
                <Button kind=ButtonKind::Primary icon=IconName::Bell>{tr!(lang, "提醒全部未报 4 人", "Remind all 4")}</Button>
            </PageHead>
            <div class="split">
                <div>
                    <Card>
                        <div class="donut-box">
                            <Donut lang=lang done=41 total=45 parts=vec![(Code::Green, 38), (Code::Yellow, 2), (Code::Red, 1), (Code::Grey, 4)] />
                            <StatusCounts lang=lang counts=vec![(Code::Green, 38), (Code::Yellow, 2), (Code::Red, 1), (Code::Grey, 4)] />
                        </div>
                        <div class="seeds">
                            <span class="row"><Icon name=IconName::Clock />{tr!(lang, "离 8:00 截止还有 ", "Due 8:00, left: ")}<b>{tr!(lang, "46 分钟", "46 min")}</b></span>
                            <span>{tr!(lang, "昨天此时 39 人", "39 at this time yesterday")}</span>
                        </div>
                    </Card>
                    <Card title=tr!(lang, "还没报告", "Not reported yet") end=tr!(lang, "4 人", "4") flush=true>
                        <ul class="people">
                            {[("顾安然", "5号", "已提醒 1 次"), ("江沐言", "8号", "2 天未报，请打电话")]
                                .into_iter()
                                .map(|(name, seat, what)| {
                                    view! {
                                        <li>
                                            <div class="what"><b>{name}</b><small>{seat}</small><small>{what}</small></div>
                                            <div class="buttons">
                                                <Button icon=IconName::Pencil small=true>{tr!(lang, "代报", "Report")}</Button>
                                                <Button icon=IconName::Bell small=true>{tr!(lang, "提醒", "Remind")}</Button>
                                            </div>
                                        </li>
                                    }
                                })
                                .collect_view()}
                        </ul>
                        <div class="card-foot">{tr!(lang, "代报前请先与家长确认。代报会记录您的姓名和时间，家长会收到通知。", "Ask the guardian first. Your name and the time are recorded, and the guardian is told.")}</div>
                    </Card>
                </div>
                <div>
                    <div class="thirds">
                        <FlagCard lang=lang code=Code::Red name="胡亦辰" seat="7号" why="疾控名单：密切接触者" days="第 2/14 天，到 9月29日" href="#" />
                        <FlagCard lang=lang code=Code::Yellow name="丁可欣" seat="3号" why="今早 37.6 ℃，嗓子痛" days="第 1/7 天，到 9月23日" href="#" />
                        <FlagCard lang=lang code=Code::Yellow name="宋知远" seat="31号" why="9月13日从东岭市返回" days="第 4/7 天，到 9月20日" href="#" />
                    </div>
                    <section class="card flush">
                        <div class="card-head">
                            <div class="row">
                                <h2>{tr!(lang, "全班", "Class")}</h2>
                                <Pills
                                    label=tr!(lang, "筛选", "Filter")
                                    pills=vec![
                                        pill(tr!(lang, "全部", "All"), 45, None, true),
                                        pill(tr!(lang, "异常", "Flagged"), 3, None, false),
                                        pill(tr!(lang, "未报", "Missing"), 4, Some(Code::Grey), false),
                                        pill(tr!(lang, "正常", "Well"), 38, None, false),
                                    ]
                                />
                            </div>
                            <SearchBox lang=lang action="" label=tr!(lang, "姓名或座号", "Name or seat") />
                        </div>
                        <DataTable
                            caption=tr!(lang, "全班今天的情况", "The class today")
                            columns=vec![
                                Column::new(tr!(lang, "座号", "Seat")),
                                Column::new(tr!(lang, "姓名", "Name")),
                                Column::new(tr!(lang, "今天", "Today")),
                                Column::new(tr!(lang, "体温", "Temp.")),
                                Column::new(tr!(lang, "说明", "Note")),
                                Column::new(tr!(lang, "报告人", "By")),
                                Column::drawn(
                                    tr!(lang, "近 14 天", "Last 14 days"),
                                    view! { <DayDotsHead lang=lang days=day_numbers today=today() /> },
                                ),
                            ]
                        >
                            {rows
                                .into_iter()
                                .map(|(seat, name, code, temp, days)| {
                                    view! {
                                        <DataRow code=code>
                                            <DataCell kind=CellKind::Mute>{seat}</DataCell>
                                            <DataCell kind=CellKind::Name>{name}</DataCell>
                                            <DataCell><StatusChip lang=lang code=code /></DataCell>
                                            <DataCell label=tr!(lang, "体温", "Temp.")>{if temp.is_empty() { "—".to_owned() } else { format!("{temp} ℃") }}</DataCell>
                                            <DataCell kind=CellKind::Mute>{status_word(lang, code)}</DataCell>
                                            <DataCell label=tr!(lang, "报告人", "By")>"6:48 " {tr!(lang, "妈妈", "mother")}</DataCell>
                                            <DataCell kind=CellKind::Wide><DayDots lang=lang days=strip(days) /></DataCell>
                                        </DataRow>
                                    }
                                })
                                .collect_view()}
                        </DataTable>
                        <div class="card-foot row between">
                            <Legend lang=lang bare=true />
                            <Pager lang=lang page=1 size=10 total=45 href=|page| format!("?page={page}") />
                        </div>
                    </section>
                </div>
            </div>
        </DeskShell>
    }
}

#[component]
pub fn Slips(lang: Lang) -> impl IntoView {
    view! {
        <main class="sheet">
            {["曹雨桐", "陈思远", "丁可欣", "方子墨", "顾安然"]
                .into_iter()
                .map(|name| {
                    view! {
                        <section class="slip">
                            <div class="qr" inner_html=qr("https://fuxue.example/j/7F3K-92QM-XW4T")></div>
                            <div>
                                <p><b>{name}</b> <Dot /> {tr!(lang, "三(2)班", "Class 3-2")} <Dot /> {tr!(lang, "实验小学", "Experimental Primary")}</p>
                                <p class="short">"7F3K 92QM"</p>
                                <p>{tr!(lang, "扫码或在 fuxue.example/j 输入短码，只能用一次，9月30日前有效。请勿拍照转发。", "Scan, or enter the short code at fuxue.example/j. Single use, until 30 Sep. Do not photograph.")}</p>
                            </div>
                        </section>
                    }
                })
                .collect_view()}
        </main>
    }
}
