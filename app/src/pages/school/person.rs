//! One person of the roster: their data, guardians, consent, class. What takes something away is asked twice.

use super::desk::{Desk, Tab};
use super::overview::seat;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::day_full;
use crate::ui::*;
use crate::web::{Answer, Ctx, Failure, Fields, see_other};
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::access::Action;
use domain::ids::{AccountId, PersonId};
use domain::roster::Column as Field;
use http::StatusCode;
use leptos::prelude::*;
use services::family::GuardianEntry;
use services::school::PersonRecord;
use services::{Error, Refusal};

async fn open(ctx: &Ctx, school: &str, person: &str) -> Result<(Desk, PersonRecord), Failure> {
    let desk = Desk::open(ctx, school, Action::ChangeRoster).await?;
    let person: PersonId = person.parse().map_err(|_| Failure(Error::Forbidden))?;
    let record = ctx.services().person_record(&desk.actor, person).await?;
    if record.school != desk.id() {
        return Err(Failure(Error::Forbidden));
    }
    Ok((desk, record))
}

/// The page; `?ask=` shows the second question before something is taken away.
pub async fn show(
    ctx: Ctx,
    Path((school, person)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let (desk, record) = open(&ctx, &school, &person).await?;
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    Ok(page(
        &ctx,
        &desk,
        StatusCode::OK,
        &record,
        &query,
        Vec::new(),
    ))
}

/// Changes something about the person.
pub async fn submit(
    ctx: Ctx,
    Path((school, person)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let (desk, record) = open(&ctx, &school, &person).await?;
    let (services, actor, id) = (ctx.services(), &desk.actor, record.person);
    let word = fields.get("action");
    let done = match word {
        "leave" => services.leave_school(actor, id).await,
        "return" => services.return_to_school(actor, id).await,
        "move" => match fields.get("class").parse() {
            Ok(class) => services.move_to_class(actor, id, class).await,
            Err(_) => Err(Refusal::FieldInvalid.into()),
        },
        "unlink" => {
            let account: AccountId = fields.value("account")?;
            services.unlink_guardian(actor, account, id).await
        }
        "agree" => {
            services
                .record_agreement(actor, id, fields.get("note"))
                .await
        }
        _ => Err(Refusal::FieldInvalid.into()),
    };
    match done {
        Ok(()) => Ok(see_other(&desk.path(&format!("/person/{id}?done={word}")))),
        Err(Error::Refused(refusal)) => {
            let field = match refusal {
                Refusal::NoteNeeded => "note",
                _ => "class",
            };
            let errors = vec![FieldError::new(field, refusal.text(ctx.lang))];
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(page(&ctx, &desk, status, &record, &fields, errors))
        }
        Err(error) => Err(error.into()),
    }
}

fn page(
    ctx: &Ctx,
    desk: &Desk,
    status: StatusCode,
    record: &PersonRecord,
    query: &Fields,
    errors: Vec<FieldError>,
) -> Response {
    let lang = ctx.lang;
    let name = record.profile.name.clone();
    let place = format!(
        "{} {}",
        record.class_name.label(lang),
        seat(lang, record.seat)
    );
    desk.page(ctx, status, Tab::Roster, &name, || {
        view! {
            <Crumbs lang=lang trail=vec![Crumb::link(tr!(lang, "名册", "Roster"), desk.path("/roster")), Crumb::here(name.clone())] />
            <PageHead title=name.clone() sub=place />
            {outcome(lang, desk, record, query.get("done"))}
            {question(lang, desk, record, query.get("ask"))}
            <ErrorSummary lang=lang errors=errors.clone() />
            <div class="halves">
                {facts(lang, record)}
                <div class="stack">
                    {guardians(lang, desk, record)}
                    {consent(lang, desk, record, query, &errors)}
                    {membership(lang, desk, record, &errors)}
                </div>
            </div>
        }
        .into_any()
    })
}

fn path(desk: &Desk, record: &PersonRecord) -> String {
    desk.path(&format!("/person/{}", record.person))
}

/// What was just done, and the way back.
fn outcome(lang: Lang, desk: &Desk, record: &PersonRecord, done: &str) -> Option<AnyView> {
    let words = match done {
        "leave" if record.left.is_some() => tr!(lang, "已移出名册。", "Taken off the roster."),
        "return" if record.left.is_none() => tr!(lang, "已回到名册。", "Back on the roster."),
        "move" => tr!(lang, "已调到新的班级。", "Moved to the new class."),
        "unlink" => tr!(
            lang,
            "已解除关联。要重新邀请，请补发邀请条。",
            "Unlinked. To invite somebody again, issue a new slip."
        ),
        "agree" => tr!(
            lang,
            "已登记。家长可以线上填报了。",
            "Recorded. The guardians can report online."
        ),
        _ => return None,
    };
    let undo = (done == "leave").then(|| {
        view! {
            <form method="post" action=path(desk, record)>
                <Button name="action" value="return" small=true>{tr!(lang, "撤销", "Undo")}</Button>
            </form>
        }
    });
    Some(
        view! {
            <Notice icon=IconName::Check live=true>
                <div class="row between"><span>{words}</span>{undo}</div>
            </Notice>
        }
        .into_any(),
    )
}

/// The second question.
fn question(lang: Lang, desk: &Desk, record: &PersonRecord, ask: &str) -> Option<AnyView> {
    let name = &record.profile.name;
    let (words, verb, action, account) = if ask == "leave" && record.left.is_none() {
        (
            tr!(
                lang,
                "把{name}移出名册？以后不再要求报告，也不计入班级人数。已有的记录保留，随时可以恢复。",
                "Take {name} off the roster? No reports are expected any more, and the class counts one less. Records stay, and this can be undone."
            ),
            tr!(lang, "移出名册", "Take off the roster"),
            "leave",
            None,
        )
    } else if ask == "return" && record.left.is_some() {
        (
            tr!(
                lang,
                "让{name}回到原来的班级？从今天起重新要求每天报告。",
                "Take {name} back into the same class? Daily reports are expected from today."
            ),
            tr!(lang, "回到名册", "Take back"),
            "return",
            None,
        )
    } else {
        let account = ask.strip_prefix("unlink-")?;
        let guardian = record
            .guardians
            .iter()
            .find(|g| g.account.to_string() == account)?;
        (
            tr!(
                lang,
                "解除{who}与{name}的关联？对方将看不到这个孩子，已填的报告保留。",
                "Unlink {who} from {name}? They see this child no more; the reports they sent stay.",
                who = guardian.name
            ),
            tr!(lang, "解除关联", "Unlink"),
            "unlink",
            Some(account.to_owned()),
        )
    };
    let account = account.map(|a| view! { <input type="hidden" name="account" value=a /> });
    let label = verb.clone();
    Some(
        view! {
            <section class="card bad" role="alertdialog" aria-label=label>
                <form class="form" method="post" action=path(desk, record)>
                    <p>{words}</p>
                    <input type="hidden" name="action" value=action />
                    {account}
                    <div class="row">
                        <Button kind=ButtonKind::Danger>{verb}</Button>
                        <Button href=path(desk, record)>{tr!(lang, "不，返回", "No, go back")}</Button>
                    </div>
                </form>
            </section>
        }
        .into_any(),
    )
}

/// The columns of the roster that the page shows as they are.
const SHOWN: [Field; 8] = [
    Field::StudentNo,
    Field::Sex,
    Field::BirthDate,
    Field::Class,
    Field::Boarding,
    Field::ClassTeacher,
    Field::ClassTeacherPhone,
    Field::Remark,
];

fn facts(lang: Lang, record: &PersonRecord) -> AnyView {
    let rows = SHOWN
        .into_iter()
        .map(|field| (field.title(lang), record.profile.text(field, lang)))
        .filter(|(_, text)| !text.is_empty())
        .map(|(title, text)| view! { <Fact label=title>{text}</Fact> })
        .collect_view();
    let guardians = record
        .profile
        .guardians
        .iter()
        .map(|g| {
            let phone = g.phone.as_ref().map(|p| p.as_str().to_owned());
            let label = if g.relation.is_empty() {
                tr!(lang, "家长", "Guardian")
            } else {
                g.relation.clone()
            };
            let words = [Some(g.name.clone()), phone]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" ");
            view! { <Fact icon=IconName::Phone label=label>{words}</Fact> }
        })
        .collect_view();
    let joined = day_full(lang, record.joined);
    let masked = record.masked_id.clone();
    let body = view! {
            <Facts>
                {rows}
                <Fact label=Field::NationalId.title(lang)>{masked}</Fact>
                {guardians}
                <Fact icon=IconName::Calendar label=tr!(lang, "加入名册", "On the roster since")>{joined}</Fact>
            </Facts>
        }.into_any();
    view! {
        <Card title=tr!(lang, "名册资料", "In the roster") end=tr!(lang, "要更正请改名册后再上传", "to correct it, change the file and upload it again")>{body}</Card>
    }
    .into_any()
}

fn guardians(lang: Lang, desk: &Desk, record: &PersonRecord) -> AnyView {
    let rows = record
        .guardians
        .iter()
        .map(|g| guardian(lang, desk, record, g))
        .collect_view();
    let none = record.guardians.is_empty().then(|| {
        view! { <p class="card-foot">{tr!(lang, "还没有家长加入。", "No guardian has joined yet.")}</p> }
    });
    let slips = format!("/class/{}/slips", record.class);
    let slip = record.left.is_none().then(|| {
        view! {
            <form class="card-foot" method="post" action=slips>
                <input type="hidden" name="person" value=record.person.to_string() />
                <Button icon=IconName::Print>{tr!(lang, "补发并打印邀请条", "Issue and print a new slip")}</Button>
                <p>{tr!(lang, "旧的邀请条会作废。", "Older slips of this child become void.")}</p>
            </form>
        }
    });
    view! {
        <Card title=tr!(lang, "已加入的家长", "Guardians with an account") flush=true>
            <ul class="people">{rows}</ul>
            {none}
            {slip}
        </Card>
    }
    .into_any()
}

fn guardian(lang: Lang, desk: &Desk, record: &PersonRecord, guardian: &GuardianEntry) -> AnyView {
    let state = if guardian.is_confirmed {
        tr!(lang, "已确认", "confirmed")
    } else {
        tr!(lang, "待班主任确认", "to be confirmed by the teacher")
    };
    let alert = guardian.alert_at.map(|_| {
        let words = tr!(
            lang,
            "有人再次使用了这位家长的邀请条，请核实",
            "Somebody tried this guardian's slip again; please check"
        );
        view! { <small>{words}</small> }
    });
    let ask = format!("{}?ask=unlink-{}", path(desk, record), guardian.account);
    let label = tr!(lang, "解除{who}的关联", "Unlink {who}", who = guardian.name);
    view! {
        <li>
            <div class="what">
                <b>{guardian.name.clone()}</b>
                <small>{guardian.relation.label(lang)}</small>
                <small>{state}</small>
                {alert}
            </div>
            <div class="buttons">
                <Button small=true kind=ButtonKind::Danger href=ask label=label>{tr!(lang, "解除关联…", "Unlink…")}</Button>
            </div>
        </li>
    }
    .into_any()
}

fn consent(
    lang: Lang,
    desk: &Desk,
    record: &PersonRecord,
    typed: &Fields,
    errors: &[FieldError],
) -> AnyView {
    let n = record.agreed;
    let body = if record.refused {
        view! {
            <form class="form" method="post" action=path(desk, record)>
                <p>{tr!(lang, "有家长不同意线上填报，现在每天由学校查验纸面。家长们商定同意后，在这里登记。", "A guardian refused online reporting, so the school checks on paper each day. When the guardians have agreed, record it here.")}</p>
                <TextInput name="note" rows=2 label=tr!(lang, "怎样商定的", "How they agreed") value=typed.get("note").to_owned() hint=tr!(lang, "例如：9月17日父母来校，双方签字同意", "For example: both parents signed at school on 17 September") required=true error=error_of(errors, "note") />
                <div class="row"><Button name="action" value="agree">{tr!(lang, "登记已商定同意", "Record the agreement")}</Button></div>
            </form>
        }
        .into_any()
    } else if n > 0 {
        view! { <p>{tr!(lang, "{n} 位家长同意线上填报。", "{n} agreed to online reporting.")}</p> }
            .into_any()
    } else {
        view! { <p>{tr!(lang, "还没有家长作出选择。", "Nobody has answered yet.")}</p> }.into_any()
    };
    view! { <Card title=tr!(lang, "线上填报的同意", "Consent to online reporting")>{body}</Card> }
        .into_any()
}

fn membership(lang: Lang, desk: &Desk, record: &PersonRecord, errors: &[FieldError]) -> AnyView {
    if let Some(left) = record.left {
        let day = day_full(lang, left);
        let ask = format!("{}?ask=return", path(desk, record));
        return view! {
            <Card title=tr!(lang, "已离校", "Left")>
                <p>{tr!(lang, "{day}移出名册。", "Taken off the roster on {day}.")}</p>
                <p class="row"><Button href=ask>{tr!(lang, "回到名册…", "Take back…")}</Button></p>
            </Card>
        }
        .into_any();
    }
    let classes = record
        .classes
        .iter()
        .filter(|(id, _)| *id != record.class)
        .map(|(id, name)| Choice::new(id.to_string(), name.label(lang)))
        .collect();
    let body = view! {
            <div class="stack">
                <form class="form" method="post" action=path(desk, record)>
                    <Select name="class" label=tr!(lang, "调到", "Move to") options=classes empty=tr!(lang, "请选择班级", "Choose a class") required=true error=error_of(errors, "class") />
                    <div class="row"><Button name="action" value="move">{tr!(lang, "调班", "Move")}</Button></div>
                </form>
                <p class="row"><Button kind=ButtonKind::Danger href=format!("{}?ask=leave", path(desk, record))>{tr!(lang, "移出名册…", "Take off the roster…")}</Button></p>
            </div>
        }.into_any();
    view! {
        <Card title=tr!(lang, "调班、离校", "Class and leaving")>{body}</Card>
    }
    .into_any()
}
