//! Every small part in every state.

use crate::{strip, today};
use app::tr;
use app::tr::Lang;
use app::ui::words::{code_meaning, code_name, status_word};
use app::ui::*;
use domain::Code;
use leptos::prelude::*;

const SIZES: [ShapeSize; 6] = [
    ShapeSize::Strip,
    ShapeSize::Inline,
    ShapeSize::Word,
    ShapeSize::List,
    ShapeSize::Code,
    ShapeSize::Gate,
];
const ICONS: [IconName; 33] = [
    IconName::Thermometer,
    IconName::Person,
    IconName::People,
    IconName::Pin,
    IconName::Home,
    IconName::Clock,
    IconName::Check,
    IconName::Cross,
    IconName::ChevronRight,
    IconName::ChevronLeft,
    IconName::ChevronDown,
    IconName::ArrowRight,
    IconName::Plus,
    IconName::Minus,
    IconName::Bell,
    IconName::Pencil,
    IconName::Phone,
    IconName::Print,
    IconName::Export,
    IconName::Download,
    IconName::Copy,
    IconName::Search,
    IconName::Lock,
    IconName::Calendar,
    IconName::Eye,
    IconName::Scale,
    IconName::Help,
    IconName::Document,
    IconName::Shield,
    IconName::Expand,
    IconName::Pulse,
    IconName::Offline,
    IconName::Octagon,
];

#[component]
pub fn Parts(lang: Lang) -> impl IntoView {
    view! {
        <DeskShell
            lang=lang
            here="/gallery"
            crumbs=vec![Crumb::link(tr!(lang, "全区", "District"), "#"), Crumb::link(tr!(lang, "东桥街道", "Dongqiao"), "#"), Crumb::here(tr!(lang, "实验小学", "Experimental Primary"))]
            end=view! { <FreshPill lang=lang state=Fresh::Live since=tr!(lang, "6 秒前更新", "updated 6 s ago") /> }
            footer="footer"
        >
            <PageHead title="Parts" sub="every state" />
            <Card title="Status">
                <div class="stack">
                    {Code::ALL
                        .into_iter()
                        .map(|code| {
                            view! {
                                <div class="row">
                                    {SIZES.into_iter().map(|size| view! { <StatusShape code=code size=size label=status_word(lang, code) /> }).collect_view()}
                                    <StatusChip lang=lang code=code />
                                    <StatusWord lang=lang code=code />
                                    <span>{code_name(lang, code)} <Dot /> {code_meaning(lang, code)}</span>
                                </div>
                            }
                        })
                        .collect_view()}
                    <Legend lang=lang />
                    <div class="row">
                        <FreshPill lang=lang state=Fresh::of_age(200) since="7:11" />
                        <FreshPill lang=lang state=Fresh::Offline since="7:02" />
                    </div>
                    <div class="row">{ICONS.into_iter().map(|name| view! { <Icon name=name /> }).collect_view()}</div>
                </div>
            </Card>
            <Card title="Buttons">
                <div class="actions">
                    <Button>{tr!(lang, "普通", "Plain")}</Button>
                    <Button kind=ButtonKind::Primary icon=IconName::Bell>{tr!(lang, "主要", "Primary")}</Button>
                    <Button kind=ButtonKind::Tint icon=IconName::Check>{tr!(lang, "改为 37.8 ℃", "Make it 37.8")}</Button>
                    <Button kind=ButtonKind::Quiet href="#">{tr!(lang, "安静", "Quiet")}</Button>
                    <Button kind=ButtonKind::Danger small=true>{tr!(lang, "移除", "Remove")}</Button>
                    <Button disabled=true>{tr!(lang, "不可用", "Disabled")}</Button>
                </div>
            </Card>
            <div class="halves">
                <Card title="Fields">
                    <form class="form">
                        <TextInput name="phone" kind="tel" label=tr!(lang, "手机号", "Phone") hint=tr!(lang, "登记在学校的号码", "As the school knows it") />
                        <TextInput name="pw" kind="password" label=tr!(lang, "密码", "Password") error=tr!(lang, "至少 10 个字符", "At least 10 characters") />
                        <RadioGroup name="who" label=tr!(lang, "您是", "You are") columns=3 options=vec![Choice::new("m", tr!(lang, "妈妈", "Mother")), Choice::new("f", tr!(lang, "爸爸", "Father")), Choice::new("o", tr!(lang, "其他", "Other"))] error=tr!(lang, "请选一项", "Choose one") />
                        <Button kind=ButtonKind::Primary wide=true>{tr!(lang, "登录", "Sign in")}</Button>
                    </form>
                </Card>
                <Card title="Notices">
                    <div class="stack">
                        <Notice live=true icon=IconName::Check><b>{tr!(lang, "已提交", "Sent")}</b> " 7:12"</Notice>
                        <Notice sand=true icon=IconName::Offline>{tr!(lang, "离线，联网后自动提交", "Offline; sends when connected")}</Notice>
                        <EmptyState title=tr!(lang, "还没有班级", "No classes yet")>
                            <p>{tr!(lang, "导入花名册后，班级会出现在这里。", "Classes appear here after the roster is imported.")}</p>
                            <Button kind=ButtonKind::Primary href="#">{tr!(lang, "导入花名册", "Import roster")}</Button>
                        </EmptyState>
                    </div>
                </Card>
                <Card title="Bars">
                    <div class="stack">
                        <Bar value=0.966 label="96.6%" />
                        <Bar value=0.5 label="50%" code=Code::Yellow />
                        <Bar value=0.3 label="30%" code=Code::Red />
                        <Donut lang=lang done=0 total=0 parts=vec![] />
                        <DayStrip lang=lang days=strip("ggnyyyrr  gggg") today=today() />
                    </div>
                </Card>
                <Card flush=true title="Empty table">
                    <DataTable caption="x" columns=vec![Column::new("A"), Column::number("B")]>
                        <DataRow bad=true><DataCell>"row"</DataCell><DataCell kind=CellKind::Number label="B">"12"</DataCell></DataRow>
                    </DataTable>
                </Card>
            </div>
        </DeskShell>
    }
}
