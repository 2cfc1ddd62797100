//! Joining with an invitation slip.

use crate::pages::signin::with_session;
use crate::tr;
use crate::tr::Lang;
use crate::ui::{
    Button, ButtonKind, Card, Choice, ErrorSummary, FieldError, PhoneShell, RadioGroup, TextInput,
    error_of,
};
use crate::web::{Answer, Ctx, Failure, Fields, Islands, escape, see_other};
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::identity::parse_date;
use http::StatusCode;
use leptos::prelude::*;
use services::family::{Claim, Credentials, Relation, SlipView};
use services::{Actor, Error, Refusal};

/// Asks for the short code.
pub async fn show_code(ctx: Ctx) -> Answer {
    Ok(code_page(&ctx, StatusCode::OK, "", None))
}

/// Leads from a typed code to its slip.
pub async fn submit_code(ctx: Ctx, fields: Fields) -> Answer {
    let typed = fields.get("code");
    let compact: String = domain::identity::to_half_width(typed)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    if compact.is_empty() || ctx.services().slip_view(&compact).await?.is_none() {
        let refusal = Refusal::CodeUnusable.text(ctx.lang);
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(code_page(&ctx, status, typed, Some(refusal)));
    }
    Ok(see_other(&format!(
        "/join/{}",
        escape(&compact.to_uppercase())
    )))
}

fn code_page(ctx: &Ctx, status: StatusCode, typed: &str, error: Option<&str>) -> Response {
    let lang = ctx.lang;
    let title = tr!(lang, "用邀请条加入", "Join with a slip");
    let (heading, demo, typed) = (title.clone(), ctx.demo(), typed.to_owned());
    let errors: Vec<_> = error.iter().map(|e| FieldError::new("code", *e)).collect();
    ctx.html(status, &title, Islands::No, move || {
        let error = error_of(&errors, "code");
        view! {
            <PhoneShell lang=lang here="/join" title=heading back="/" demo=demo>
                <ErrorSummary lang=lang errors=errors />
                <form class="card stack" method="post" action="/join">
                    <TextInput
                        name="code"
                        label=tr!(lang, "邀请条上的短码", "The short code on the slip")
                        hint=tr!(lang, "12 个字母和数字，大小写、空格和横线都不要紧", "12 letters and digits; case, spaces and dashes do not matter")
                        value=typed
                        autocomplete="off"
                        big=true
                        required=true
                        error=error
                    />
                    <Button kind=ButtonKind::Primary wide=true>{tr!(lang, "下一步", "Next")}</Button>
                </form>
                <p class="hint">{tr!(lang, "邀请条由班主任发给家长，每张只能用一次，14 天内有效。请不要拍照外传。",
                    "The class teacher hands out the slips. Each can be used once, within 14 days. Please do not photograph or pass them on.")}</p>
            </PhoneShell>
        }
    })
}

/// The questions of a slip.
pub async fn show(ctx: Ctx, Path(code): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let fields = if query.get("account") == "other" {
        Fields::from_pairs([("account", "other")])
    } else {
        Fields::default()
    };
    page(&ctx, StatusCode::OK, &code, &fields, Vec::new()).await
}

/// Whether the form makes an account of its own (or recovers one).
fn wants_account(ctx: &Ctx, fields: &Fields) -> bool {
    ctx.actor.is_none() || fields.get("account") == "other"
}

/// Uses the slip.
pub async fn submit(ctx: Ctx, Path(code): Path<String>, fields: Fields) -> Answer {
    let (lang, account) = (ctx.lang, wants_account(&ctx, &fields));
    let again = StatusCode::UNPROCESSABLE_ENTITY;
    let (claim, errors) = read(lang, &code, &fields, account);
    let Some(claim) = claim.filter(|_| errors.is_empty()) else {
        return page(&ctx, again, &code, &fields, errors).await;
    };
    let credentials = account.then(|| Credentials {
        login: fields.get("login").to_owned(),
        password: fields.get("password").to_owned(),
    });
    let before = children(ctx.actor.as_ref());
    let actor = ctx.actor.as_ref().filter(|_| !account);
    match ctx
        .services()
        .claim_slip(actor, &claim, credentials.as_ref())
        .await
    {
        Ok(Some(signed_in)) => {
            let home = next_page(&ctx, &signed_in.actor, &[]).await?;
            Ok(with_session(see_other(&home), &signed_in))
        }
        Ok(None) => {
            let token = ctx.token.as_ref().ok_or(Error::NotSignedIn)?;
            let actor = ctx
                .services()
                .authenticate(token)
                .await?
                .ok_or(Error::NotSignedIn)?;
            Ok(see_other(&next_page(&ctx, &actor, &before).await?))
        }
        Err(Error::Refused(refusal)) => {
            if refusal == Refusal::CodeUnusable {
                return Ok(code_page(&ctx, again, &code, Some(refusal.text(lang))));
            }
            let errors = vec![FieldError::new(field_of(refusal), refusal.text(lang))];
            page(&ctx, again, &code, &fields, errors).await
        }
        Err(error) => Err(error.into()),
    }
}

fn children(actor: Option<&Actor>) -> Vec<domain::access::Scope> {
    actor.map_or_else(Vec::new, |actor| {
        actor
            .scopes_of(domain::access::Role::Guardian)
            .cloned()
            .collect()
    })
}

/// The consent of the first child that still needs one, those that were there before last.
async fn next_page(
    ctx: &Ctx,
    actor: &Actor,
    before: &[domain::access::Scope],
) -> Result<String, Failure> {
    let kids = ctx.services().family(actor).await?;
    let is_open =
        |kid: &&services::family::ChildBrief| kid.consent == services::family::ConsentState::Open;
    let is_new = |kid: &&services::family::ChildBrief| {
        !before.contains(&domain::access::Scope::Person(kid.person))
    };
    let kid = kids
        .iter()
        .find(|kid| is_open(kid) && is_new(kid))
        .or_else(|| kids.iter().find(is_open));
    Ok(kid.map_or_else(
        || "/family".to_owned(),
        |kid| format!("/child/{}/consent", kid.person),
    ))
}

fn field_of(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::LoginInvalid | Refusal::LoginTaken => "login",
        Refusal::PasswordWeak => "password",
        Refusal::TooYoungForSelf => "relation",
        Refusal::FieldInvalid => "name",
        _ => "birth",
    }
}

fn read(
    lang: Lang,
    code: &str,
    fields: &Fields,
    account: bool,
) -> (Option<Claim>, Vec<FieldError>) {
    let mut errors = Vec::new();
    let mut wrong = |id: &str, words: String| errors.push(FieldError::new(id, words));
    let birth_date = parse_date(fields.get("birth"));
    if birth_date.is_none() {
        wrong(
            "birth",
            tr!(
                lang,
                "请填孩子的生日，例如 2013-04-23",
                "Please give the child's birth date, for example 2013-04-23"
            ),
        );
    }
    let last_four = fields.get("last_four").trim();
    if last_four.chars().count() != 4 {
        wrong(
            "last_four",
            tr!(lang, "请填 4 位", "Please give 4 characters"),
        );
    }
    let relation = Relation::parse(fields.get("relation"));
    if relation.is_none() {
        wrong(
            "relation",
            tr!(
                lang,
                "请选您是孩子的什么人",
                "Please say who you are to the child"
            ),
        );
    }
    let name = fields.get("name").trim();
    if name.is_empty() || name.chars().count() > 40 {
        wrong(
            "name",
            tr!(
                lang,
                "请填您的姓名，最多 40 字",
                "Please give your name, at most 40 characters"
            ),
        );
    }
    if account {
        if fields.get("login").trim().is_empty() {
            wrong("login", Refusal::LoginInvalid.text(lang).to_owned());
        }
        if fields.get("password").chars().count() < services::accounts::PASSWORD_MIN {
            wrong("password", Refusal::PasswordWeak.text(lang).to_owned());
        } else if fields.get("password") != fields.get("again") {
            wrong("again", Refusal::PasswordsDiffer.text(lang).to_owned());
        }
    }
    let claim = birth_date
        .zip(relation)
        .map(|(birth_date, relation)| Claim {
            code: code.to_owned(),
            birth_date,
            last_four: last_four.to_owned(),
            relation,
            name: name.to_owned(),
        });
    (claim, errors)
}

async fn page(
    ctx: &Ctx,
    status: StatusCode,
    code: &str,
    fields: &Fields,
    errors: Vec<FieldError>,
) -> Answer {
    let lang = ctx.lang;
    let Some(slip) = ctx.services().slip_view(code).await? else {
        let words = Refusal::CodeUnusable.text(lang);
        return Ok(code_page(
            ctx,
            StatusCode::UNPROCESSABLE_ENTITY,
            code,
            Some(words),
        ));
    };
    let own = match &ctx.actor {
        Some(actor) if !wants_account(ctx, fields) => {
            Some(ctx.services().own_profile(actor).await?.login)
        }
        _ => None,
    };
    let title = tr!(lang, "加入", "Join");
    let (heading, demo, fields) = (title.clone(), ctx.demo(), fields.clone());
    let action = format!("/join/{}", escape(code));
    Ok(ctx.html(status, &title, Islands::No, move || {
        let summary = errors.clone();
        let account = own.map_or_else(
            || new_account(lang, &fields, &errors),
            |login| signed_in(lang, &login, &action),
        );
        let four_typed = fields.get("last_four").to_owned();
        let (relation, name) = (fields.get("relation").to_owned(), fields.get("name").to_owned());
        let of = move |id: &str| error_of(&errors, id);
        let relations = Relation::ALL
            .into_iter()
            .map(|r| Choice::new(r.word(), r.label(lang)))
            .collect();
        let (four, four_hint) = four_words(lang, &slip);
        // A date field shows nothing but a date in this form.
        let birth = parse_date(fields.get("birth")).map_or_else(|| fields.get("birth").to_owned(), |day| day.to_string());
        let (school, class, tries) = (slip.school.get(lang).to_owned(), slip.class.label(lang), slip.tries_left);
        let warn = (slip.tries_left < services::family::SLIP_FAILURES_MAX).then(|| {
            view! { <p class="hint">{tr!(lang, "还可以试 {tries} 次，之后这张邀请条作废。", "{tries} more tries; then this slip is void.")}</p> }
        });
        view! {
            <PhoneShell lang=lang here=action.clone() title=heading back="/join" demo=demo>
                <ErrorSummary lang=lang errors=summary />
                <Card>
                    <p><b>{school}</b> " " {class}</p>
                    <p class="hint">{tr!(lang, "请核对学校和班级。为了保护孩子，这里不显示姓名。", "Please check school and class. To protect the child, no name is shown here.")}</p>
                </Card>
                <form class="card stack" method="post" action=action.clone() novalidate=true>
                    <TextInput name="birth" kind="date" label=tr!(lang, "孩子的生日", "The child's birth date") value=birth autocomplete="off" error=of("birth") />
                    <TextInput name="last_four" label=four hint=four_hint value=four_typed autocomplete="off" maxlength=8 error=of("last_four") />
                    {warn}
                    <RadioGroup name="relation" label=tr!(lang, "您是孩子的", "You are the child's") value=relation options=relations error=of("relation") />
                    <TextInput name="name" label=tr!(lang, "您的姓名", "Your name") hint=tr!(lang, "班主任会看到，用来确认", "The class teacher sees it, to confirm you") value=name autocomplete="name" maxlength=40 error=of("name") />
                    {account}
                    <Button kind=ButtonKind::Primary wide=true>{tr!(lang, "加入", "Join")}</Button>
                </form>
            </PhoneShell>
        }
    }))
}

fn four_words(lang: Lang, slip: &SlipView) -> (String, String) {
    if slip.asks_id {
        (
            tr!(
                lang,
                "孩子证件号的后四位",
                "Last four of the child's identity number"
            ),
            tr!(lang, "最后一位可能是 X", "The last may be an X"),
        )
    } else {
        (
            tr!(
                lang,
                "监护人手机号的后四位",
                "Last four digits of a guardian's phone"
            ),
            tr!(
                lang,
                "登记在学校名册里的手机号",
                "The phone that the school has on its roster"
            ),
        )
    }
}

fn signed_in(lang: Lang, login: &str, action: &str) -> AnyView {
    view! {
        <p>
            {tr!(lang, "孩子会加到您现在的账号 {login}。", "The child is added to your account {login}.")} " "
            <a href=format!("{action}?account=other")>{tr!(lang, "用另一个账号", "Use another account")}</a>
        </p>
    }
    .into_any()
}

fn new_account(lang: Lang, fields: &Fields, errors: &[FieldError]) -> AnyView {
    let of = |id: &str| error_of(errors, id);
    let kept = (fields.get("account") == "other")
        .then(|| view! { <input type="hidden" name="account" value="other" /> });
    view! {
        <div class="then stack">
            {kept}
            <TextInput name="login" label=tr!(lang, "登录账号", "Login") hint=tr!(lang, "您的手机号，或自己起的名字", "Your mobile number, or a name you choose") value=fields.get("login").to_owned() autocomplete="username" maxlength=60 error=of("login") />
            <TextInput name="password" kind="password" label=tr!(lang, "密码", "Password") hint=tr!(lang, "至少 8 个字符", "At least 8 characters") value=fields.get("password").to_owned() autocomplete="new-password" error=of("password") />
            <TextInput name="again" kind="password" label=tr!(lang, "再输一次密码", "The password once more") value=fields.get("again").to_owned() autocomplete="new-password" error=of("again") />
            <p class="hint">
                {tr!(lang, "忘了密码？拿到新邀请条后，在这里填原来的登录账号，就会设成新密码。已有账号又要加孩子？",
                    "Forgot the password? With a fresh slip, give your present login here: its password is set anew. Adding a child to an account that works?")}
                " "
                <a href="/signin">{tr!(lang, "先登录", "Sign in first")}</a>
            </p>
        </div>
    }
    .into_any()
}
