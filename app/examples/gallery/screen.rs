//! The bureau's pages, composed: one school in the light set, the big screen in the dark one.

use crate::today;
use app::tr;
use app::tr::Lang;
use app::ui::words::{day_short, day_week, number, status_word};
use app::ui::*;
use domain::Code;
use leptos::prelude::*;

#[component]
pub fn School(lang: Lang) -> AnyView {
    view! {
        <DeskShell
            lang=lang
            here="/school"
            crumbs=vec![
                Crumb::link(tr!(lang, "全区", "District"), "#"),
                Crumb::link(tr!(lang, "东桥街道", "Dongqiao"), "#"),
                Crumb::here(tr!(lang, "实验小学", "Experimental Primary")),
            ]
            end=view! { <FreshPill lang=lang state=Fresh::Live since=tr!(lang, "6 秒前更新", "6 s ago") /> }
        >
            <PageHead title=tr!(lang, "澜溪区实验小学", "Lanxi Experimental Primary") sub=day_week(lang, today())>
                <KeyNumbers>
                    <KeyNumber icon=IconName::Document label=tr!(lang, "已报告", "Reported") value=1798 note="96.6%" />
                    {Code::ALL
                        .into_iter()
                        .map(|code| view! { <KeyNumber code=code label=status_word(lang, code) value=41 note="+3" /> })
                        .collect_view()}
                </KeyNumbers>
            </PageHead>
            <div class="drill">
                <Card title=tr!(lang, "年级与班级", "Grades and classes") flush=true>
                    {[tr!(lang, "一年级", "Grade 1"), tr!(lang, "二年级", "Grade 2")]
                        .into_iter()
                        .map(|grade| {
                            view! {
                                <div class="grade">
                                    <h3>{grade} " " <small>"299/312"</small></h3>
                                    <div class="cells">
                                        {(1..8)
                                            .map(|n| {
                                                view! {
                                                    <a class=if n == 4 { "cell hot" } else { "cell" } href="#">
                                                        <span><b>{tr!(lang, "{n}班", "Cl. {n}")}</b> <small>"42/45"</small></span>
                                                        <Bar value=0.93 label=tr!(lang, "已报告", "reported") />
                                                        <Tally lang=lang red=n % 4 yellow=n % 3 calm=true />
                                                    </a>
                                                }
                                            })
                                            .collect_view()}
                                    </div>
                                </div>
                            }
                        })
                        .collect_view()}
                </Card>
                <Card title=tr!(lang, "观察与隔离学生", "Observing and isolating") flush=true>
                    <ul class="flagged">
                        {[Code::Red, Code::Yellow]
                            .into_iter()
                            .map(|code| {
                                view! {
                                    <li>
                                        <StatusShape code=code size=ShapeSize::List />
                                        <div>
                                            <span class="line"><b>"胡*辰"</b> <small>"三(2)班 7号"</small></span>
                                            <span><b class=format!("t-{}", code.word())>{status_word(lang, code)}</b> <Dot /> "疾控名单：密切接触者"</span>
                                        </div>
                                        <div><b>{day_short(lang, today().plus(12))}</b><small>"2/14"</small></div>
                                        <div><span>{tr!(lang, "已联系", "Called")}</span><a class="ref" href="#">"R-02 v12"</a></div>
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ul>
                </Card>
            </div>
        </DeskShell>
    }
    .into_any()
}

#[component]
pub fn Screen(lang: Lang) -> AnyView {
    let step = |label: String, current: bool| Crumb {
        label,
        href: (!current).then(|| "#".to_owned()),
    };
    view! {
        <main class="stage" id="main">
            <header class="scr-top wide">
                <Logo />
                <h1>{tr!(lang, "澜溪区校园健康总览", "Lanxi District School Health")}</h1>
                <Crumbs
                    lang=lang
                    trail=vec![step(tr!(lang, "全区", "District"), true), step(tr!(lang, "镇街", "Towns"), false), step(tr!(lang, "学校", "Schools"), false)]
                />
                <span class="push"></span>
                <FreshPill lang=lang state=Fresh::Live since=tr!(lang, "8 秒前更新", "updated 8 s ago") />
                <span class="date">{day_week(lang, today())}</span>
                <span class="clock">"7:14:32"</span>
            </header>
            <dl class="kpis wide">
                <div class="kpi">
                    <dt><Icon name=IconName::People />{tr!(lang, "在校学生", "Students")}</dt>
                    <dd class="n">{number(68_412)}</dd>
                    <dd class="sub">{tr!(lang, "96 所学校", "96 schools")}</dd>
                </div>
                <div class="kpi">
                    <dt><Icon name=IconName::Document />{tr!(lang, "今日已报告", "Reported today")}</dt>
                    <dd class="n">"96.4"<small>"%"</small></dd>
                    <dd class="sub">{number(65_931)} <Bar value=0.964 label="96.4%" /> <b class="up">"1.2%"</b></dd>
                </div>
                {Code::ALL
                    .into_iter()
                    .map(|code| {
                        view! {
                            <div class=format!("kpi {}", code.word())>
                                <dt><StatusShape code=code />{status_word(lang, code)}</dt>
                                <dd class="n">{number(2481)}</dd>
                                <dd class="sub"><b class="down">"38"</b>{tr!(lang, "比昨天此时", "vs yesterday")}</dd>
                            </div>
                        }
                    })
                    .collect_view()}
            </dl>
            <div class="col left">
                <section class="panel"><header><h2>{tr!(lang, "近 14 天异常人数", "Last 14 days")}</h2></header></section>
                <div class="pair">
                    {[Code::Red, Code::Yellow]
                        .into_iter()
                        .map(|code| {
                            view! {
                                <section class="panel">
                                    <header><StatusShape code=code /><h2>{tr!(lang, "原因", "Reasons")}</h2><b>"189"</b></header>
                                    <ul class="whys">
                                        {[84, 41, 37, 19, 8]
                                            .into_iter()
                                            .map(|n| {
                                                view! {
                                                    <li>
                                                        <span>{tr!(lang, "密切接触", "Close contact")}</span>
                                                        <b>{n}</b>
                                                        <Bar value=f64::from(n) / 84.0 label=tr!(lang, "密切接触", "Close contact") code=code />
                                                    </li>
                                                }
                                            })
                                            .collect_view()}
                                    </ul>
                                </section>
                            }
                        })
                        .collect_view()}
                </div>
            </div>
            <div class="col mid">
                <section class="panel">
                    <header><h2>{tr!(lang, "镇街", "Towns")}</h2><span class="sub">{tr!(lang, "底色越亮，每千人异常越多", "Brighter: more flagged per 1,000")}</span></header>
                    <div class="towns">
                        {(0..12)
                            .map(|n| {
                                view! {
                                    <a class=format!("town h{}", n % 5) href="#">
                                        <span><b>{tr!(lang, "东桥", "Dongqiao")}</b><small>"97%"</small></span>
                                        <Tally lang=lang red=41 yellow=148 />
                                    </a>
                                }
                            })
                            .collect_view()}
                    </div>
                </section>
                <section class="panel">
                    <header><h2>{tr!(lang, "学校", "Schools")}</h2><span class="sub">{tr!(lang, "按观察与隔离人数排序", "Most flagged first")}</span><span class="sub">"1–6 / 96"</span></header>
                    <div class="rank heads"><span></span><span></span><span></span><span>{tr!(lang, "完成率", "Reported")}</span><span>{tr!(lang, "隔离", "Isol.")}</span><span>{tr!(lang, "观察", "Obs.")}</span><span>{tr!(lang, "未报", "None")}</span></div>
                    <ol class="ranks">
                        {(1..7)
                            .map(|n| {
                                view! {
                                    <li class=(n == 1).then_some("open")>
                                        <a class="rank" href="#">
                                            <span>{n}</span>
                                            <b>{tr!(lang, "北塘九年一贯制学校", "Beitang 9-Year School")}</b>
                                            <Bar value=0.96 label="96%" />
                                            <span>"96.6%"</span>
                                            <span><StatusShape code=Code::Red size=ShapeSize::Strip label=status_word(lang, Code::Red) />"14"</span>
                                            <span><StatusShape code=Code::Yellow size=ShapeSize::Strip label=status_word(lang, Code::Yellow) />"41"</span>
                                            <span><StatusShape code=Code::Grey size=ShapeSize::Strip label=status_word(lang, Code::Grey) />"64"</span>
                                        </a>
                                        {(n == 1)
                                            .then(|| {
                                                view! {
                                                    <a class="rank class" href="#">
                                                        <span></span>
                                                        <span><b>"五(4)班"</b><span>"密接 4，发热 3"</span></span>
                                                        <span><StatusShape code=Code::Red size=ShapeSize::Strip />"4"</span>
                                                        <span><StatusShape code=Code::Yellow size=ShapeSize::Strip />"6"</span>
                                                        <span>"42/44"</span>
                                                    </a>
                                                }
                                            })}
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ol>
                </section>
            </div>
            <section class="panel">
                <header><h2>{tr!(lang, "最新异常", "Newly flagged")}</h2><span class="sub">{tr!(lang, "姓名已遮盖", "Names masked")}</span><span class="sub">{tr!(lang, "今天新增 123 人", "123 today")}</span></header>
                <ol class="feed">
                    {(0..8)
                        .map(|n| {
                            let code = if n % 3 == 0 { Code::Red } else { Code::Yellow };
                            view! {
                                <li class=(n == 0).then_some("new")>
                                    <StatusShape code=code />
                                    <div>
                                        <span class="line"><b>"胡*辰"</b>{tr!(lang, "实验小学 三(2)班", "Exp. Primary 3-2")}</span>
                                        <span><b>{status_word(lang, code)}</b> <Dot /> {tr!(lang, "疾控名单密接", "Close contact")}</span>
                                    </div>
                                    <div><span><Icon name=IconName::Check />{tr!(lang, "已联系", "Called")}" 7:14"</span><span class="sub">{tr!(lang, "到 ", "to ")}{day_short(lang, today().plus(12))}</span></div>
                                </li>
                            }
                        })
                        .collect_view()}
                </ol>
            </section>
            <footer class="scr-foot wide">
                <Legend lang=lang />
                <span>{tr!(lang, "60 秒内为实时", "Live under 60 s")} <Dot /> {tr!(lang, "超过 60 秒为延迟", "Delayed over 60 s")} <Dot /> {tr!(lang, "规则集 v12", "Rulebook v12")}</span>
            </footer>
        </main>
    }
    .into_any()
}
