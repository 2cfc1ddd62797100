//! Consent to online answers: the text, two equal buttons, and the way back.

use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, status_word};
use crate::ui::{Button, ButtonKind, Card, Notice, PhoneShell};
use crate::web::{Answer, Ctx, Fields, Islands, see_other};
use axum::extract::Path;
use axum::response::Response;
use domain::Code;
use domain::ids::PersonId;
use http::StatusCode;
use leptos::prelude::*;
use services::family::{ChildView, ConsentAnswer, ConsentState};
use services::{Error, Refusal};

/// The text with the two buttons, or where consent stands.
pub async fn show(ctx: Ctx, Path(person): Path<PersonId>) -> Answer {
    let child = ctx.services().child_view(ctx.actor()?, person).await?;
    Ok(page(&ctx, StatusCode::OK, child, None))
}

/// Keeps the answer.
pub async fn submit(ctx: Ctx, Path(person): Path<PersonId>, fields: Fields) -> Answer {
    let child = ctx.services().child_view(ctx.actor()?, person).await?;
    let answer = match fields.get("answer") {
        "given" => ConsentAnswer::Given,
        "refused" => ConsentAnswer::Refused,
        _ => return Err(Error::Refused(Refusal::FieldInvalid).into()),
    };
    match ctx
        .services()
        .decide_consent(ctx.actor()?, person, answer)
        .await
    {
        Ok(()) if answer == ConsentAnswer::Given => {
            Ok(see_other(&format!("/family?child={person}")))
        }
        Ok(()) => Ok(see_other(&format!("/child/{person}/consent"))),
        Err(Error::Refused(refusal)) => Ok(page(
            &ctx,
            StatusCode::UNPROCESSABLE_ENTITY,
            child,
            Some(refusal),
        )),
        Err(error) => Err(error.into()),
    }
}

/// What the consent is for, in short sections.
pub(super) fn text(lang: Lang) -> AnyView {
    view! {
        <div class="prose">
            <h2>{tr!(lang, "做什么用", "What for")}</h2>
            <p>{tr!(lang, "每天早上判断孩子今天能不能到校，需要时通知学校和疾控跟进。不作别的用途，不用于评比、考核或商业。",
                "To decide each morning whether the child may attend today, and to let the school and the health office follow up where needed. For nothing else: no rankings of people, no advertising.")}</p>
            <h2>{tr!(lang, "填什么", "What you answer")}</h2>
            <p>{tr!(lang, "体温、有没有不舒服、接触病例、去过哪里、同住人情况、检测结果，以及您写的说明。",
                "Temperature, symptoms, contact with cases, places stayed, the household, test results, and a note if you write one.")}</p>
            <h2>{tr!(lang, "保存多久", "How long it is kept")}</h2>
            <p>{tr!(lang, "答案保存 45 天，之后自动删除，只留下不含个人的数字。", "Answers are kept for 45 days and then deleted; only numbers without people remain.")}</p>
            <h2>{tr!(lang, "谁能看到", "Who can see it")}</h2>
            <ul>
                <li>{tr!(lang, "班主任和学校管理员：本班、本校孩子的情况", "The class teacher and the school's administrators: the children of their class or school")}</li>
                <li>{tr!(lang, "疾控人员：需要跟进的孩子", "Health officers: children who need a follow-up")}</li>
                <li>{tr!(lang, "门岗：只看到能不能进，看不到原因", "Gate guards: only whether to let in, never why")}</li>
                <li>{tr!(lang, "教育局：只看数字；查看姓名要写明理由，您能看到这条记录", "The bureau: numbers only; to see a name they must state why, and you can see that they did")}</li>
            </ul>
            <h2>{tr!(lang, "您的权利", "Your rights")}</h2>
            <p>{tr!(lang, "可以随时查看、导出、更正，随时撤回同意。撤回后已填的答案马上删除。不同意也能上学：每天到校由老师纸面查验。",
                "You can see, export and correct everything at any time, and withdraw at any time: the answers given so far are then deleted at once. Without consent the child may still attend: a teacher checks on paper at school each day.")}</p>
        </div>
    }
    .into_any()
}

fn page(ctx: &Ctx, status: StatusCode, child: ChildView, refusal: Option<Refusal>) -> Response {
    let lang = ctx.lang;
    let title = tr!(lang, "线上填报说明", "About reporting online");
    let here = format!("/child/{}/consent", child.person);
    let back = format!("/family?child={}", child.person);
    let (heading, demo, action) = (title.clone(), ctx.demo(), here.clone());
    ctx.html(status, &title, Islands::No, move || {
        let name = child.name.clone();
        let refusal = refusal.map(|r| view! { <Notice sand=true live=true>{r.text(lang)}</Notice> });
        let state = stands(lang, &child);
        let buttons = (child.consent != ConsentState::Given).then(|| {
            view! {
                <form class="card stack" method="post" action=action>
                    <h2>{tr!(lang, "您的选择", "Your choice")}</h2>
                    <div class="choices">
                        <Button wide=true name="answer" value="given">{tr!(lang, "同意线上填报", "I agree")}</Button>
                        <Button wide=true name="answer" value="refused">{tr!(lang, "不同意", "I refuse")}</Button>
                    </div>
                    <p class="hint">{tr!(lang, "两种选择都可以，以后能改。", "Both are fine, and you can change your mind later.")}</p>
                </form>
            }
        });
        let withdraw = (child.consent == ConsentState::Given).then(|| {
            view! { <p class="row"><Button kind=ButtonKind::Danger href=format!("/child/{}/withdraw", child.person)>{tr!(lang, "撤回同意", "Withdraw consent")}</Button></p> }
        });
        view! {
            <PhoneShell lang=lang here=here title=heading back=back demo=demo>
                {refusal}
                {state}
                <Card title=tr!(lang, "{name}的健康信息", "{name}'s health information")>{text(lang)}</Card>
                {buttons}
                {withdraw}
                <p><a href="/privacy">{tr!(lang, "完整的隐私说明", "The full privacy notice")}</a></p>
            </PhoneShell>
        }
    })
}

fn stands(lang: Lang, child: &ChildView) -> Option<AnyView> {
    match child.consent {
        ConsentState::Open => None,
        ConsentState::Given => {
            let day = child.agreed_on.map(|day| day_short(lang, day)).unwrap_or_default();
            Some(view! { <Notice>{tr!(lang, "您于 {day} 同意了线上填报。", "You agreed on {day}.")}</Notice> }.into_any())
        }
        ConsentState::Refused => Some(
            view! {
                <Notice>
                    <b>{tr!(lang, "现在：不线上填报。", "Now: no online reporting.")}</b>
                    " "
                    {tr!(lang, "请每天带孩子到校门口，由老师当面查验体温和情况，用纸记下。系统只保存“已查验，可以到校”或“暂时不能到校”。",
                        "Please come to the school gate each day: a teacher checks and writes it on paper. Only “checked: may attend” or “may not attend” is kept here.")}
                    <br />
                    {tr!(lang, "只要有一位监护人不同意，就不能线上填报，直到他（她）改变选择，或学校登记你们已商定。",
                        "One guardian's refusal holds until they change it or the school records that you have agreed.")}
                </Notice>
            }
            .into_any(),
        ),
    }
}

/// Asks again before withdrawing, and says what goes and what stays.
pub async fn show_withdrawal(ctx: Ctx, Path(person): Path<PersonId>) -> Answer {
    let child = ctx.services().child_view(ctx.actor()?, person).await?;
    if child.consent != ConsentState::Given {
        return Ok(see_other(&format!("/child/{person}/consent")));
    }
    let lang = ctx.lang;
    let title = tr!(lang, "撤回同意", "Withdraw consent");
    let here = format!("/child/{person}/withdraw");
    let (heading, demo, action) = (title.clone(), ctx.demo(), here.clone());
    ctx.ok(&title, Islands::No, move || {
        let name = child.name.clone();
        view! {
            <PhoneShell lang=lang here=here title=heading back=format!("/child/{person}/consent") demo=demo>
                <p>{tr!(lang, "要撤回{name}的线上填报吗？", "Withdraw online reporting for {name}?")}</p>
                <Card title=tr!(lang, "马上删除", "Deleted at once")>
                    <ul class="prose">
                        <li>{tr!(lang, "到今天为止填过的全部答案：体温、不舒服、接触、行程、同住人、检测、说明", "All answers so far: temperature, symptoms, contacts, places, household, tests, notes")}</li>
                        <li>{tr!(lang, "等老师确认的更正", "Corrections that wait for the teacher")}</li>
                    </ul>
                </Card>
                <Card title=tr!(lang, "会留下", "What stays")>{what_stays(lang, &child)}</Card>
                <p>{tr!(lang, "之后每天到校纸面查验。删除的答案不能恢复。", "From then on the school checks on paper each day. Deleted answers cannot be restored.")}</p>
                <form class="stack" method="post" action=action>
                    <Button kind=ButtonKind::Danger wide=true name="sure" value="yes">{tr!(lang, "确定撤回并删除", "Withdraw and delete")}</Button>
                    <Button wide=true href=format!("/family?child={person}")>{tr!(lang, "不撤回，返回", "Keep it, go back")}</Button>
                </form>
            </PhoneShell>
        }
    })
}

fn what_stays(lang: Lang, child: &ChildView) -> AnyView {
    let running: Vec<_> = child
        .decision
        .reasons
        .iter()
        .map(|reason| {
            let word = status_word(lang, Code::from(reason.colour));
            let label = reason.label.get(lang).to_owned();
            let from = reason.start.map(|d| day_short(lang, d)).unwrap_or_default();
            match reason.ends.map(|d| day_short(lang, d)) {
                Some(to) => tr!(
                    lang,
                    "{word}：{label}，{from} 起，到 {to}",
                    "{word}: {label}, from {from} until {to}"
                ),
                None => tr!(
                    lang,
                    "{word}：{label}，{from} 起",
                    "{word}: {label}, from {from}"
                ),
            }
        })
        .collect();
    let isolation = if running.is_empty() {
        view! { <li>{tr!(lang, "现在没有正在进行的隔离或观察", "No isolation or observation is running now")}</li> }.into_any()
    } else {
        running
            .into_iter()
            .map(|line| view! { <li><b>{line}</b></li> })
            .collect_view()
            .into_any()
    };
    view! {
        <ul class="prose">
            {isolation}
            <li>{tr!(lang, "正在进行的隔离或观察：只留日期、颜色和原因，到结束为止", "A running isolation or observation: its dates, colour and reason only, until it ends")}</li>
            <li>{tr!(lang, "哪些天报告过（没有内容）、学校名册、疾控的记录", "Which days had a report (without content), the school's roster, official records")}</li>
        </ul>
    }
    .into_any()
}

/// Withdraws.
pub async fn withdraw(ctx: Ctx, Path(person): Path<PersonId>, fields: Fields) -> Answer {
    ctx.services().child_view(ctx.actor()?, person).await?;
    if fields.get("sure") != "yes" {
        return Ok(see_other(&format!("/child/{person}/withdraw")));
    }
    ctx.services()
        .decide_consent(ctx.actor()?, person, ConsentAnswer::Withdrawn)
        .await?;
    Ok(see_other(&format!("/child/{person}/consent")))
}
