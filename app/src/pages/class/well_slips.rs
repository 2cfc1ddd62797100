//! Slips that a family signs when all is well: for a child whose report is not sent by phone.

use super::words::seat;
use crate::islands::class::PrintButton;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::temperature;
use crate::ui::{Button, Dot, EmptyState, IconName, LangSwitch, Notice};
use crate::web::{Answer, Ctx, Islands};
use axum::extract::Path;
use domain::ids::ClassId;
use leptos::prelude::*;
use services::passes::WellSlips;

/// The sheet, one slip for each person of the class.
pub async fn show(ctx: Ctx, Path(class): Path<ClassId>) -> Answer {
    let slips = ctx.services().well_slips(ctx.actor()?, class).await?;
    let (lang, here) = (ctx.lang, format!("/class/{class}/well-slips"));
    let back = format!("/class/{class}/cards");
    let title = tr!(lang, "“一切正常”签字条", "All-well slips");
    let heading = title.clone();
    ctx.ok(&title, Islands::Yes, move || {
        sheet(lang, heading, here, back, &slips)
    })
}

fn sheet(
    lang: Lang,
    title: String,
    here: String,
    back: String,
    slips: &WellSlips,
) -> impl IntoView + use<> {
    let strips = slips
        .people
        .iter()
        .map(|(number, name)| strip(lang, slips, *number, name))
        .collect_view();
    let nobody = slips.people.is_empty().then(|| {
        view! {
            <EmptyState icon=IconName::People title=tr!(lang, "这个班还没有学生", "There is nobody in this class yet")>
                <span>{tr!(lang, "学校导入名册后就能打印", "Slips can be printed once the school has imported the roster")}</span>
            </EmptyState>
        }
    });
    view! {
        <main id="main" class="sheet">
            <div class="no-print narrow stack">
                <h1>{title}</h1>
                <Notice>
                    {tr!(
                        lang,
                        "剪开发给家长。当天早上量体温、签字，学生带到学校；有任何不舒服就不要签，请打电话给老师。收到后在“纸面录入”里登记。",
                        "Cut apart and hand out. The family measures and signs that morning, and the pupil brings it along; whoever is unwell does not sign but calls the teacher. Enter what comes back under “Paper forms”."
                    )}
                </Notice>
                <div class="row">
                    <PrintButton label=tr!(lang, "打印", "Print") />
                    <Button href=back>{tr!(lang, "返回", "Back")}</Button>
                    <LangSwitch lang=lang here=here />
                </div>
            </div>
            {nobody}
            {strips}
        </main>
    }
}

fn strip(lang: Lang, slips: &WellSlips, number: i64, name: &str) -> impl IntoView + use<> {
    let limit = temperature(lang, i32::from(slips.threshold));
    let name = name.to_owned();
    view! {
        <section class="slip well">
            <div>
                <p>
                    <b>{name}</b>
                    <Dot />
                    {slips.class.label(lang)}
                    <Dot />
                    {seat(lang, number)}
                    <Dot />
                    {slips.school.get(lang).to_owned()}
                </p>
                <p>
                    {tr!(
                        lang,
                        "今天早上体温低于 {limit}；没有不舒服；没有新的接触、外出或检测结果要说明；以前报告的情况没有变化。",
                        "This morning's temperature is below {limit}; no symptoms; no new contact, stay elsewhere or test result; nothing that was reported before has changed."
                    )}
                </p>
                <p class="blanks">
                    <span>{tr!(lang, "日期", "Date")}</span>
                    <span>{tr!(lang, "体温 ℃", "Temperature °C")}</span>
                    <span>{tr!(lang, "家长签字", "Signature of a guardian")}</span>
                </p>
            </div>
        </section>
    }
}
