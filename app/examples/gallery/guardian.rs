//! The guardian's pages, composed.

use crate::{qr, strip, today};
use app::tr;
use app::tr::Lang;
use app::ui::words::{day_count, day_short, day_week};
use app::ui::*;
use domain::Code;
use leptos::prelude::*;

#[component]
pub fn Today(lang: Lang) -> impl IntoView {
    let kid = |name: String, code, note: String, current| Kid {
        href: "#".into(),
        name,
        code,
        note,
        current,
    };
    view! {
        <PhoneShell
            lang=lang
            here="/"
            title=tr!(lang, "今天的健康报告", "Today's health report")
            sub=view! {
                <Icon name=IconName::Clock />
                {day_week(lang, today())}
                <Dot />
                <b>{tr!(lang, "8:00 前提交", "due by 8:00")}</b>
                {tr!(lang, "，还有 48 分钟", ", 48 min left")}
            }
            end=view! {
                <a class="iconlink" href="/help" aria-label=tr!(lang, "帮助", "Help")>
                    <Icon name=IconName::Help />
                </a>
            }
            footer=view! {
                <WithIcon icon=IconName::Lock>
                    {tr!(lang, "只用于判断今天能否返校，45 天后自动删除。", "Only used to decide about school today; deleted after 45 days.")}
                    <br />
                    {tr!(lang, "您于 9月1日 同意", "You agreed on 1 Sep")}
                    <Dot />
                    <a href="/privacy">{tr!(lang, "隐私说明", "Privacy")}</a>
                    <Dot />
                    <a href="/consent">{tr!(lang, "撤回同意", "Withdraw")}</a>
                </WithIcon>
            }
        >
            <KidTabs
                lang=lang
                kids=vec![
                    kid(tr!(lang, "林小满", "Lin Xiaoman"), Code::Grey, tr!(lang, "今天待报", "To report"), true),
                    kid(tr!(lang, "林小禾", "Lin Xiaohe"), Code::Yellow, tr!(lang, "观察中，已报", "Observing, sent"), false),
                ]
            />
            <Card
                title=tr!(lang, "小满今早的情况", "Xiaoman this morning")
                end=view! { <span class="tag info">{tr!(lang, "请核对", "Please check")}</span> }
            >
                <Facts>
                    <Fact icon=IconName::Thermometer label=tr!(lang, "体温", "Temperature")>{tr!(lang, "低于 37.3 ℃", "below 37.3 °C")}</Fact>
                    <Fact icon=IconName::Person label=tr!(lang, "不舒服", "Symptoms")>{tr!(lang, "没有", "none")}</Fact>
                    <Fact icon=IconName::People label=tr!(lang, "接触病例", "Contact with a case")>{tr!(lang, "没有", "none")}</Fact>
                    <Fact icon=IconName::Pin label=tr!(lang, "14 天行程", "Travel, 14 days")>{tr!(lang, "没有离开本区", "stayed here")}</Fact>
                    <Fact icon=IconName::Home label=tr!(lang, "同住人", "Household")>{tr!(lang, "都正常", "all well")}</Fact>
                </Facts>
            </Card>
            <form method="post">
                <PrimaryButton
                    title=tr!(lang, "一切正常，提交", "All well, send")
                    sub=tr!(lang, "确认以上 5 项属实，今天 24:00 前可更正", "Confirms these 5 answers; can be corrected until 24:00")
                />
            </form>
            <WideLink href="/report">{tr!(lang, "有异常情况 / 详细填写", "Something is not normal / full form")}</WideLink>
            <Card>
                <div class="days-head">
                    <span>{tr!(lang, "近 14 天", "Last 14 days")}</span>
                    <span>{tr!(lang, "已连续报告 ", "In a row: ")} <b>{tr!(lang, "13 天", "13 days")}</b></span>
                </div>
                <DayStrip lang=lang days=strip("gggggggggg ggn") today=today() />
            </Card>
        </PhoneShell>
    }
}

#[component]
pub fn GreenCode(lang: Lang) -> impl IntoView {
    view! {
        <PhoneShell lang=lang here="/code" title=tr!(lang, "返校码", "School code") back="/">
            <CodeFrame
                lang=lang
                code=Code::Green
                qr=qr("HC1:6BFOXN%TSMAHN-H6SKJPT.-7G2TZ971-4PWOT8MKOA 2E:*NMTKLKJHGFDSAQWERTYUIOP1234567890ZXCVBNMLKJ")
                name=tr!(lang, "林*满", "Lin X***")
                class_name=tr!(lang, "三(2)班", "Class 3-2")
                unmask=view! {
                    <Button kind=ButtonKind::Quiet icon=IconName::Eye>{tr!(lang, "显示姓名", "Show name")}</Button>
                }
                clock="7:14:32"
            />
            <Card>
                <Lead
                    icon=IconName::Calendar
                    title=tr!(lang, "有效到今天 24:00", "Valid until 24:00 today")
                    sub=tr!(lang, "明早 8:00 前报告，换明天的码", "Report by 8:00 for tomorrow's code")
                />
            </Card>
            <Fold title=tr!(lang, "为什么是绿码", "Why this is green") open=true>
                <Reasons>
                    <Reason lang=lang code=Code::Green text=tr!(lang, "您今早报告：5 项都正常", "Your report: all 5 normal") when="7:12" />
                    <Reason lang=lang code=Code::Green text=tr!(lang, "疾控名单：没有小满的记录", "Official lists: no record") when="6:00" />
                    <Reason lang=lang code=Code::Green text=tr!(lang, "近 14 天报告完整，没有漏报", "14 days complete") when="14/14" />
                </Reasons>
            </Fold>
            <div class="choices">
                <Button kind=ButtonKind::Plain icon=IconName::Print>{tr!(lang, "打印纸质码", "Print a card")}</Button>
                <Button icon=IconName::Download>{tr!(lang, "保存离线码", "Save offline")}</Button>
            </div>
        </PhoneShell>
    }
}

#[component]
pub fn FlaggedCode(lang: Lang, code: Code) -> impl IntoView {
    let days = [
        DayMark::Done,
        DayMark::Missed,
        DayMark::Today,
        DayMark::Future,
        DayMark::Future,
        DayMark::Future,
        DayMark::Future,
    ]
    .into_iter()
    .zip(0..)
    .map(|(mark, i)| (today().plus(i - 2), mark))
    .collect::<Vec<_>>();
    let end = day_short(lang, today().plus(5));
    view! {
        <PhoneShell lang=lang here="/code" title=tr!(lang, "返校码", "School code") back="/" demo=true>
            <CodeFrame
                lang=lang
                code=code
                qr=qr("HC1:6BFOXN%TSMAHN-H6SKJPT.-7G2TZ971-4PWOT8MKOA 2E:*NMTKLKJHGFDSAQWERTYUIOP")
                name=tr!(lang, "林*禾", "Lin X***")
                class_name=tr!(lang, "一(4)班", "Class 1-4")
                clock="7:14:32"
                progress=view! {
                    <div class="days-head">
                        <b>{day_count(lang, 3, 7)}</b>
                        <span>{tr!(lang, "最早 ", "Back from ")} <b>{end}</b> {tr!(lang, " 可返校", "")}</span>
                    </div>
                    <ProgressDays lang=lang code=code days=days />
                }
            />
            <Card
                title=tr!(lang, "为什么是这个码", "Why this code")
                end=tr!(lang, "有 2 条，按最晚的日期算", "2 reasons; the later date holds")
            >
                <Reasons>
                    <Reason
                        lang=lang
                        code=code
                        text=tr!(lang, "9月14日从东岭市返回", "Back from Dongling on 14 Sep")
                        source=tr!(lang, "属重点地区，您 9月15日 报告", "A risk area; you reported it on 15 Sep")
                        until=day_short(lang, today().plus(4))
                    />
                    <Reason
                        lang=lang
                        code=Code::Yellow
                        text=tr!(lang, "返程的列车上有病例", "A case on the train back")
                        source=tr!(lang, "区疾控 9月16日 通报", "District health office, 16 Sep")
                        until=day_short(lang, today().plus(3))
                    />
                </Reasons>
            </Card>
            <Card title=tr!(lang, "现在怎么做", "What to do now")>
                <Steps
                    lang=lang
                    steps=vec![
                        (tr!(lang, "每天 8:00 前报告，漏一天顺延一天。今天已报", "Report by 8:00 each day; a missed day adds one. Done today"), true),
                        (tr!(lang, "在家休息，不到校、不去人多的地方", "Stay at home; no school, no crowds"), false),
                        (tr!(lang, "如发热或不舒服，请就医并重新报告", "With fever or symptoms, see a doctor and report again"), false),
                    ]
                />
            </Card>
            <div class="row between">
                <Button kind=ButtonKind::Quiet icon=IconName::Scale href="/appeal">{tr!(lang, "认为判错了？申请复核", "Wrong? Ask for a review")}</Button>
                <span class="hint">{tr!(lang, "24 小时内答复", "Answer in 24 h")}</span>
            </div>
        </PhoneShell>
    }
}

#[component]
pub fn NoCode(lang: Lang) -> impl IntoView {
    view! {
        <PhoneShell lang=lang here="/code" title=tr!(lang, "返校码", "School code") back="/">
            <CodeFrame
                lang=lang
                code=Code::Grey
                instead=view! {
                    <b>{tr!(lang, "报告后马上出码", "The code comes with the report")}</b>
                    <Button kind=ButtonKind::Primary href="/">{tr!(lang, "去报告", "Report now")}</Button>
                }
                name=tr!(lang, "林*满", "Lin X***")
                class_name=tr!(lang, "三(2)班", "Class 3-2")
                clock="7:14:32"
            />
        </PhoneShell>
    }
}

#[component]
pub fn Detail(lang: Lang) -> impl IntoView {
    let choices = |words: &[(&str, String)]| {
        words
            .iter()
            .map(|(v, l)| Choice::new(*v, l.clone()))
            .collect::<Vec<_>>()
    };
    let error = tr!(
        lang,
        "378 ℃ 不在可填范围。是不是少了小数点？",
        "378 °C is out of range. Is the point missing?"
    );
    view! {
        <PhoneShell
            lang=lang
            here="/report"
            title=tr!(lang, "详细填写", "Full form")
            back="/"
            sub=view! {
                <b>{tr!(lang, "陈一诺", "Chen Yinuo")}</b>
                <Dot />
                {tr!(lang, "五(1)班", "Class 5-1")}
                <Dot />
                {day_week(lang, today())}
            }
        >
            <ErrorSummary
                lang=lang
                errors=vec![FieldError::new("temperature", tr!(lang, "第 1 项 体温：378 超出范围", "1 Temperature: 378 is out of range"))]
            />
            <form method="post" class="stack">
                <Card bad=true>
                    <TextInput
                        name="temperature"
                        number=1
                        label=tr!(lang, "今早体温", "Temperature this morning")
                        value="378"
                        inputmode="decimal"
                        unit="℃"
                        big=true
                        hint="34.0 – 43.0 ℃"
                        error=error
                        before=view! { <Button local=true icon=IconName::Minus label=tr!(lang, "减 0.1", "0.1 less")>""</Button> }
                        after=view! { <Button local=true icon=IconName::Plus label=tr!(lang, "加 0.1", "0.1 more")>""</Button> }
                        fix=view! {
                            <Button kind=ButtonKind::Tint icon=IconName::Check name="fix" value="378">
                                {tr!(lang, "改为 37.8 ℃", "Make it 37.8 °C")}
                            </Button>
                        }
                    />
                </Card>
                <Card>
                    <CheckChips
                        name="symptom"
                        number=2
                        label=tr!(lang, "哪里不舒服", "Symptoms")
                        note=tr!(lang, "可多选", "Any number")
                        options=choices(
                            &[
                                ("none", tr!(lang, "都没有", "None")),
                                ("fever", tr!(lang, "发热", "Fever")),
                                ("cough", tr!(lang, "咳嗽", "Cough")),
                                ("throat", tr!(lang, "嗓子痛", "Sore throat")),
                                ("nose", tr!(lang, "流鼻涕", "Runny nose")),
                                ("tired", tr!(lang, "没力气", "Very tired")),
                            ],
                        )
                        values=vec!["cough".into(), "throat".into()]
                        then=view! {
                                <RadioGroup
                                    name="since"
                                    label=tr!(lang, "从哪天开始？", "Since when?")
                                    columns=3
                                    value="yesterday"
                                    options=choices(
                                        &[
                                            ("today", tr!(lang, "今天", "Today")),
                                            ("yesterday", tr!(lang, "昨天", "Yesterday")),
                                            ("earlier", tr!(lang, "更早", "Earlier")),
                                        ],
                                    )
                                />
                            }
                    />
                </Card>
                <Card>
                    <RadioGroup
                        name="stay"
                        number=4
                        label=tr!(lang, "14 天内离开过本区吗", "Away in the last 14 days?")
                        value="yes"
                        opens="yes"
                        options=choices(&[("no", tr!(lang, "没有", "No")), ("yes", tr!(lang, "离开过", "Yes"))])
                        then=view! {
                                <div class="box stack">
                                    <Select
                                        name="province"
                                        label=tr!(lang, "省", "Province")
                                        options=choices(&[("33", tr!(lang, "浙江省", "Zhejiang"))])
                                        empty=tr!(lang, "请选择", "Choose")
                                    />
                                    <div class="inputs">
                                        <TextInput name="from" kind="date" label=tr!(lang, "去的日期", "From") value="2020-09-12" />
                                        <TextInput name="to" kind="date" label=tr!(lang, "回来日期", "To") value="2020-09-14" />
                                    </div>
                                    <TextInput name="note" rows=3 label=tr!(lang, "说明", "Note") value="a < b & \"c\"" optional=tr!(lang, "可不填", "optional") />
                                </div>
                            }
                    />
                </Card>
                <CheckBox name="true" label=tr!(lang, "我确认以上情况属实", "I confirm that this is true") error=tr!(lang, "请先勾选", "Please tick first") />
                <PrimaryButton title=tr!(lang, "改好 1 处后提交", "Put 1 thing right, then send") />
            </form>
        </PhoneShell>
    }
}
