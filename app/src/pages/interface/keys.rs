//! The list of keys with the form for a new one: the same for a school and for a region.

use crate::tr;
use crate::tr::Lang;
use crate::ui::words::day_full;
use crate::ui::*;
use crate::web::{Ctx, Failure, Fields, escape};
use domain::Zone;
use domain::interface::Right;
use leptos::prelude::*;
use services::interface::{KEY_DAYS_MAX, KeyPlace, KeyState, KeyView, MadeKey, NewKey, RATE_MAX};

/// Keys on one page of the list.
const PAGE: usize = 20;
/// What the form proposes: a school year, and twice a second.
const DAYS: i64 = 365;
const RATE: i64 = 120;

/// What became of a sent form.
pub(in crate::pages) enum Outcome {
    /// A key was made; its secret is shown this once.
    Made(MadeKey),
    /// A key was revoked.
    Revoked,
    /// Some fields are to be mended.
    Wrong(Vec<FieldError>),
}

/// Makes or revokes a key.
pub(in crate::pages) async fn submit(
    ctx: &Ctx,
    place: &KeyPlace,
    fields: &Fields,
) -> Result<Outcome, Failure> {
    let (services, actor) = (ctx.services(), ctx.actor()?);
    if fields.get("action") == "revoke" {
        let id = fields.get("key").parse().unwrap_or_default();
        services.revoke_api_key(actor, place, id).await?;
        return Ok(Outcome::Revoked);
    }
    match read(ctx.lang, place, fields) {
        Ok(new) => Ok(Outcome::Made(
            services.make_api_key(actor, place, &new).await?,
        )),
        Err(errors) => Ok(Outcome::Wrong(errors)),
    }
}

fn read(lang: Lang, place: &KeyPlace, fields: &Fields) -> Result<NewKey, Vec<FieldError>> {
    let mut errors = Vec::new();
    let name = fields.get("name").trim().to_owned();
    if name.is_empty() || name.chars().count() > 60 {
        let words = tr!(
            lang,
            "请写明哪个程序用这把密钥，最多 60 字",
            "Name the program that will use the key, in at most 60 characters"
        );
        errors.push(FieldError::new("name", words));
    }
    let rights: Vec<Right> = place
        .rights()
        .filter(|right| fields.all("right").any(|word| word == right.word()))
        .collect();
    if rights.is_empty() {
        let words = tr!(lang, "请至少选一项权限", "Choose at least one right");
        errors.push(FieldError::new("right", words));
    }
    let mut number = |id: &'static str, max: i64| {
        let value = fields.get(id).trim().parse::<i64>().unwrap_or_default();
        if !(1..=max).contains(&value) {
            let words = tr!(
                lang,
                "请填 1 到 {max} 的整数",
                "Enter a whole number from 1 to {max}"
            );
            errors.push(FieldError::new(id, words));
        }
        value
    };
    let days = number("days", KEY_DAYS_MAX);
    let per_minute = number("per_minute", RATE_MAX);
    if rights.contains(&Right::Reports) && fields.get("consent") != "yes" {
        let words = tr!(
            lang,
            "代传报告的程序须先取得家长同意，请确认",
            "A program that sends reports needs the families' consent; please confirm"
        );
        errors.push(FieldError::new("consent", words));
    }
    if errors.is_empty() {
        Ok(NewKey {
            name,
            rights,
            days,
            per_minute,
        })
    } else {
        Err(errors)
    }
}

fn right_label(lang: Lang, right: Right) -> String {
    match right {
        Right::Reports => tr!(lang, "上报每日健康", "send daily reports"),
        Right::Records => tr!(lang, "上传官方记录", "send official records"),
        Right::Roster => tr!(lang, "更新名册", "change the roster"),
        Right::Numbers => tr!(
            lang,
            "读取人数（不含姓名）",
            "read numbers (nobody is named)"
        ),
    }
}

/// The page's body: what happened, the question before revoking, the list, the form.
pub(in crate::pages) fn keys_view(
    lang: Lang,
    address: &str,
    place: &KeyPlace,
    keys: &[KeyView],
    fields: &Fields,
    errors: Vec<FieldError>,
) -> AnyView {
    let revoked = (fields.get("done") == "revoked").then(|| {
        let words = tr!(
            lang,
            "密钥已吊销，用它的程序马上不能再用。",
            "The key is revoked; its program is shut out at once."
        );
        view! { <Notice icon=IconName::Check live=true>{words}</Notice> }
    });
    view! {
        <PageHead
            title=tr!(lang, "接口密钥", "Interface keys")
            sub=view! {
                {tr!(lang, "给学校自有系统、消息渠道等程序使用。", "For schools' own systems, message channels and other programs. ")}
                <a href="/api">{tr!(lang, "接口说明", "How the interface works")}</a>
            }.into_any()
        />
        {revoked}
        <ErrorSummary lang=lang errors=errors.clone() />
        {question(lang, address, keys, fields)}
        <div class="halves">
            {list(lang, address, keys, fields)}
            {form(lang, address, place, fields, &errors)}
        </div>
    }
    .into_any()
}

/// Asks once more before a key is revoked.
fn question(lang: Lang, address: &str, keys: &[KeyView], fields: &Fields) -> Option<AnyView> {
    let id: i64 = fields.get("ask").parse().ok()?;
    let key = keys
        .iter()
        .find(|key| key.id == id && key.state == KeyState::InForce)?;
    let name = key.name.clone();
    Some(
        view! {
            <form class="card bad stack" method="post" action=address.to_owned()>
                <p>{tr!(lang, "吊销“{name}”的密钥？用它的程序马上不能再用，吊销后不能恢复，只能再生成一把。", "Revoke the key of “{name}”? Its program is shut out at once. A revoked key never comes back; a new one can be made.")}</p>
                <input type="hidden" name="key" value=id.to_string() />
                <div class="row">
                    <Button kind=ButtonKind::Danger name="action" value="revoke">{tr!(lang, "吊销密钥", "Revoke the key")}</Button>
                    <Button href=address.to_owned()>{tr!(lang, "不，返回", "No, go back")}</Button>
                </div>
            </form>
        }
        .into_any(),
    )
}

fn list(lang: Lang, address: &str, keys: &[KeyView], fields: &Fields) -> AnyView {
    if keys.is_empty() {
        return view! {
            <Card>
                <EmptyState icon=IconName::Lock title=tr!(lang, "还没有密钥", "No keys yet")>
                    <p>{tr!(lang, "填写旁边的表，生成第一把。", "Fill in the form to make the first one.")}</p>
                </EmptyState>
            </Card>
        }
        .into_any();
    }
    let text = fields.get("q");
    let lower = text.to_lowercase();
    let found: Vec<&KeyView> = keys
        .iter()
        .filter(|key| key.name.to_lowercase().contains(&lower))
        .collect();
    let total = found.len();
    let page = page_of(fields.page(), PAGE, total);
    let link = |page| format!("{address}?q={}&page={page}", escape(text));
    let columns = vec![
        Column::new(tr!(lang, "程序", "Program")),
        Column::new(tr!(lang, "权限", "Rights")),
        Column::new(tr!(lang, "有效期", "Valid until")),
        Column::new(tr!(lang, "最近使用", "Last used")),
        Column::new(tr!(lang, "状态", "State")),
    ];
    let rows = found
        .into_iter()
        .skip((page - 1) * PAGE)
        .take(PAGE)
        .map(|key| row(lang, address, key))
        .collect_view();
    view! {
        <section class="card flush">
            <div class="card-head">
                <h2>{tr!(lang, "密钥", "Keys")}</h2>
                <SearchBox lang=lang action=address.to_owned() label=tr!(lang, "程序名", "Program") value=text.to_owned() />
            </div>
            <DataTable caption=tr!(lang, "接口密钥", "Interface keys") columns=columns>{rows}</DataTable>
            <div class="card-foot row between">
                <Pager lang=lang page=page size=PAGE total=total href=link />
            </div>
        </section>
    }
    .into_any()
}

fn row(lang: Lang, address: &str, key: &KeyView) -> AnyView {
    let day = move |at| day_full(lang, Zone::SHANGHAI.day_of(at));
    let until = day(key.expires_at);
    let name = key.name.clone();
    let rights: Vec<String> = key
        .rights
        .iter()
        .map(|right| right_label(lang, *right))
        .collect();
    let rights = rights.join(&tr!(lang, "；", "; "));
    let used = key.used_at.map_or_else(|| tr!(lang, "从未", "never"), day);
    let rate = key.per_minute;
    let by = key.created_by.clone();
    let state = match key.state {
        KeyState::InForce => {
            let ask = format!("{address}?ask={}", key.id);
            let label = tr!(
                lang,
                "吊销“{name}”的密钥",
                "Revoke the key of “{name}”",
                name = key.name
            );
            view! { <Button small=true href=ask label=label>{tr!(lang, "吊销…", "Revoke…")}</Button> }.into_any()
        }
        KeyState::Expired => tr!(lang, "已到期", "expired").into_any(),
        KeyState::Revoked => tr!(lang, "已吊销", "revoked").into_any(),
    };
    view! {
        <DataRow>
            <DataCell kind=CellKind::Name>{name}<br /><small class="mute">{tr!(lang, "{by} 生成", "made by {by}")}</small></DataCell>
            <DataCell kind=CellKind::Wide>{rights}<br /><small class="mute">{tr!(lang, "每分钟最多 {rate} 次", "at most {rate} a minute")}</small></DataCell>
            <DataCell kind=CellKind::Text label=tr!(lang, "有效期", "Valid until")>{until}</DataCell>
            <DataCell kind=CellKind::Text label=tr!(lang, "最近使用", "Last used")>{used}</DataCell>
            <DataCell kind=CellKind::Text>{state}</DataCell>
        </DataRow>
    }
    .into_any()
}

fn form(
    lang: Lang,
    address: &str,
    place: &KeyPlace,
    fields: &Fields,
    errors: &[FieldError],
) -> AnyView {
    let of = |id: &str| error_of(errors, id);
    let typed = fields.get("action") == "make";
    let keep = |name: &str, proposed: String| {
        if typed {
            fields.get(name).to_owned()
        } else {
            proposed
        }
    };
    let name = keep("name", String::new());
    let days = keep("days", DAYS.to_string());
    let rate = keep("per_minute", RATE.to_string());
    let consents = fields.get("consent") == "yes";
    let address = address.to_owned();
    let (no_name, no_right) = (of("name"), of("right"));
    let (no_days, no_rate, no_consent) = (of("days"), of("per_minute"), of("consent"));
    let rights: Vec<Choice> = place
        .rights()
        .map(|right| Choice::new(right.word(), right_label(lang, right)))
        .collect();
    let chosen = fields
        .all("right")
        .map(ToOwned::to_owned)
        .collect::<Vec<_>>();
    view! {
        <Card title=tr!(lang, "新密钥", "New key")>
            <form class="form" method="post" action=address.clone()>
                <TextInput name="name" label=tr!(lang, "哪个程序用", "Which program uses it") value=name.clone() maxlength=60 required=true error=no_name.clone() />
                <CheckChips name="right" label=tr!(lang, "权限", "Rights") options=rights.clone() values=chosen.clone() columns=1 error=no_right.clone() />
                <TextInput name="days" label=tr!(lang, "有效天数，最多 {KEY_DAYS_MAX}", "Days, at most {KEY_DAYS_MAX}") value=days.clone() inputmode="numeric" required=true error=no_days.clone() />
                <TextInput name="per_minute" label=tr!(lang, "每分钟最多请求次数", "Requests a minute") value=rate.clone() inputmode="numeric" required=true error=no_rate.clone() />
                <CheckBox name="consent" value="yes" checked=consents label=tr!(lang, "如用于上报健康：家长已同意由该程序代传，同意书由我们保存。", "For daily reports: the families have agreed that this program sends them, and we keep their consent.") error=no_consent.clone() />
                <Button kind=ButtonKind::Primary name="action" value="make">{tr!(lang, "生成密钥", "Make the key")}</Button>
            </form>
        </Card>
    }
    .into_any()
}

/// A key just made: shown this once.
pub(in crate::pages) fn made_view(lang: Lang, address: &str, made: &MadeKey) -> AnyView {
    let secret = made.secret.clone();
    let address = address.to_owned();
    view! {
        <PageHead title=tr!(lang, "密钥已生成", "The key is made") />
        <Card title=tr!(lang, "只显示这一次", "Shown this once")>
            <div class="stack">
                <p>{tr!(lang, "请现在复制到程序的设置里。我们只保存它的摘要，离开本页后谁也看不到它。", "Copy it into the program's settings now. Only its digest is kept: once you leave this page nobody can see it.")}</p>
                <p><code class="secret">{secret}</code></p>
                <p>{tr!(lang, "程序每次请求带上：", "The program sends it with each request: ")}<code>"Authorization: Bearer fxk_…"</code></p>
                <div class="row"><Button kind=ButtonKind::Primary href=address>{tr!(lang, "已保存，返回", "It is saved; go back")}</Button></div>
            </div>
        </Card>
    }
    .into_any()
}
