//! The staff page: the class teachers who wait for an account, one account, the list, the form for a new one.

use super::desk::{Desk, PAGE, cell, row};
use super::staff::{Staff, fits};
use crate::tr;
use crate::tr::Lang;
use crate::ui::*;
use crate::web::{Fields, escape};
use domain::access::{Role, Scope};
use leptos::prelude::*;
use services::accounts::StaffEntry;

/// What the page is made of.
pub(super) struct Shown<'a> {
    pub lang: Lang,
    pub desk: &'a Desk,
    pub staff: &'a Staff,
    /// What was typed, or asked by the query.
    pub fields: &'a Fields,
    pub errors: Vec<FieldError>,
    pub page: usize,
}

impl Shown<'_> {
    fn action(&self) -> String {
        self.desk.path("/staff")
    }

    fn account(&self) -> Option<&StaffEntry> {
        let account = self.fields.get("account").parse().ok()?;
        self.staff.entry(account)
    }
}

pub(super) fn view(shown: &Shown<'_>) -> AnyView {
    let lang = shown.lang;
    let n = shown.staff.all.len();
    view! {
        <PageHead title=tr!(lang, "教职工", "Staff") sub=tr!(lang, "{n} 个账号", "{n} accounts") />
        {outcome(shown)}
        <ErrorSummary lang=lang errors=shown.errors.clone() />
        {waiting(shown)}
        {shown.account().map(|entry| one(shown, entry))}
        <div class="halves">
            {list(shown)}
            {form(shown)}
        </div>
    }
    .into_any()
}

fn outcome(shown: &Shown<'_>) -> Option<AnyView> {
    let lang = shown.lang;
    let words = match shown.fields.get("done") {
        "disable" => tr!(
            lang,
            "账号已停用，所有设备都已退出。",
            "The account is disabled and signed out everywhere."
        ),
        "enable" => tr!(lang, "账号已启用。", "The account is enabled."),
        "give" => tr!(lang, "已增加班级。", "The class was added."),
        "revoke" => tr!(lang, "已收回。", "The role was taken away."),
        _ => return None,
    };
    Some(view! { <Notice icon=IconName::Check live=true>{words}</Notice> }.into_any())
}

/// The class teachers whom the roster names and who have no account yet.
fn waiting(shown: &Shown<'_>) -> Option<AnyView> {
    let (lang, waiting) = (shown.lang, &shown.staff.waiting);
    if waiting.is_empty() {
        return None;
    }
    let n = waiting.len();
    let ready = waiting.iter().filter(|t| t.phone.is_some()).count();
    let rows = waiting
        .iter()
        .map(|t| {
            let phone = t.phone.clone().unwrap_or_else(|| {
                tr!(
                    lang,
                    "名册中没有手机号，请在下面单独创建",
                    "no phone in the roster; create the account below"
                )
            });
            view! {
                <li>
                    <div class="what">
                        <b>{t.name.clone()}</b>
                        <small>{t.class_name.label(lang)}</small>
                        <small>{phone}</small>
                    </div>
                </li>
            }
        })
        .collect_view();
    let button = (ready > 0).then(|| {
        view! {
            <form class="card-foot" method="post" action=shown.action()>
                <Button kind=ButtonKind::Primary name="action" value="create-all">
                    {tr!(lang, "全部创建，打印激活条", "Create all and print their strips")}
                </Button>
            </form>
        }
    });
    let title = tr!(
        lang,
        "名册中有 {n} 位班主任还没有账号",
        "{n} class teachers in the roster have no account"
    );
    let hint = tr!(
        lang,
        "登录账号就是名册中的手机号",
        "their phone in the roster becomes their login"
    );
    Some(
        view! {
            <Card title=title end=hint flush=true>
                <ul class="people">{rows}</ul>
                {button}
            </Card>
        }
        .into_any(),
    )
}

/// One account with what can be done about it.
fn one(shown: &Shown<'_>, entry: &StaffEntry) -> AnyView {
    let lang = shown.lang;
    let account = entry.account.to_string();
    let is_admin = entry
        .grants
        .iter()
        .any(|g| !matches!(g.role, Role::Teacher | Role::Guard));
    let login = entry.profile.login.clone();
    let name = entry.profile.name.clone();
    let body = if is_admin {
        view! { <p>{tr!(lang, "管理员账号由教育局管理。", "Administrators' accounts are the bureau's affair.")}</p> }.into_any()
    } else {
        view! {
            <div class="stack">
                {grants(shown, entry)}
                {give(shown, entry)}
                {question(shown, entry)}
                <form class="row" method="post" action=shown.action()>
                    <input type="hidden" name="account" value=account.clone() />
                    <Button name="action" value="recover">{tr!(lang, "发新的激活码（忘记密码）", "New activation code (forgotten password)")}</Button>
                    {if entry.is_disabled {
                        view! { <Button name="action" value="enable">{tr!(lang, "启用账号", "Enable the account")}</Button> }.into_any()
                    } else {
                        let ask = format!("{}?account={account}&ask=disable", shown.action());
                        view! { <Button kind=ButtonKind::Danger href=ask>{tr!(lang, "停用账号…", "Disable the account…")}</Button> }.into_any()
                    }}
                </form>
            </div>
        }
        .into_any()
    };
    view! {
        <Card title=name end=login>
            {body}
        </Card>
    }
    .into_any()
}

fn grants(shown: &Shown<'_>, entry: &StaffEntry) -> AnyView {
    let lang = shown.lang;
    let rows = entry
        .grants
        .iter()
        .filter_map(|grant| {
            let (words, class) = match (grant.role, &grant.scope) {
                (Role::Teacher, Scope::Class(id)) => {
                    let (_, name) = shown.staff.classes.iter().find(|(c, _)| c == id)?;
                    (name.label(lang), id.to_string())
                }
                (Role::Guard, _) => (tr!(lang, "门卫", "Gate guard"), String::new()),
                _ => return None,
            };
            let label = tr!(lang, "收回{words}", "Take {words} away");
            Some(view! {
                <form class="row between" method="post" action=shown.action()>
                    <input type="hidden" name="account" value=entry.account.to_string() />
                    <input type="hidden" name="class" value=class />
                    <span>{words}</span>
                    <Button small=true name="action" value="revoke" label=label>{tr!(lang, "收回", "Take away")}</Button>
                </form>
            })
        })
        .collect_view();
    view! { <div class="stack">{rows}</div> }.into_any()
}

fn give(shown: &Shown<'_>, entry: &StaffEntry) -> AnyView {
    let lang = shown.lang;
    let has = |id| entry.grants.iter().any(|g| g.scope == Scope::Class(id));
    let options = shown
        .staff
        .classes
        .iter()
        .filter(|(id, _)| !has(*id))
        .map(|(id, name)| Choice::new(id.to_string(), name.label(lang)))
        .collect();
    view! {
        <form class="form" method="post" action=shown.action()>
            <input type="hidden" name="account" value=entry.account.to_string() />
            <Select name="class" id="give-class" label=tr!(lang, "再加一个班", "Add a class") options=options empty=tr!(lang, "请选择班级", "Choose a class") required=true />
            <div class="row"><Button name="action" value="give">{tr!(lang, "加上", "Add")}</Button></div>
        </form>
    }
    .into_any()
}

fn question(shown: &Shown<'_>, entry: &StaffEntry) -> Option<AnyView> {
    let lang = shown.lang;
    if shown.fields.get("ask") != "disable" || entry.is_disabled {
        return None;
    }
    let name = entry.profile.name.clone();
    let back = format!("{}?account={}", shown.action(), entry.account);
    Some(
        view! {
            <form class="card bad stack" method="post" action=shown.action()>
                <p>{tr!(lang, "停用{name}的账号？会马上退出所有设备，不能再登录。以后可以再启用。", "Disable the account of {name}? It is signed out everywhere at once and cannot sign in. It can be enabled again.")}</p>
                <input type="hidden" name="account" value=entry.account.to_string() />
                <div class="row">
                    <Button kind=ButtonKind::Danger name="action" value="disable">{tr!(lang, "停用账号", "Disable the account")}</Button>
                    <Button href=back>{tr!(lang, "不，返回", "No, go back")}</Button>
                </div>
            </form>
        }
        .into_any(),
    )
}

fn list(shown: &Shown<'_>) -> AnyView {
    let lang = shown.lang;
    let text = shown.fields.get("q");
    let found: Vec<&StaffEntry> = shown.staff.all.iter().filter(|s| fits(s, text)).collect();
    let total = found.len();
    let page = page_of(shown.page, PAGE, total);
    let columns = vec![
        Column::new(tr!(lang, "姓名", "Name")),
        Column::new(tr!(lang, "登录账号", "Login")),
        Column::new(tr!(lang, "职务", "Roles")),
        Column::new(tr!(lang, "状态", "State")),
    ];
    let rows = found
        .into_iter()
        .skip((page - 1) * PAGE)
        .take(PAGE)
        .map(|s| {
            let state = if s.is_disabled {
                tr!(lang, "已停用", "disabled")
            } else if s.is_active {
                tr!(lang, "使用中", "in use")
            } else {
                tr!(lang, "待激活", "to be activated")
            };
            row(vec![
                    cell(CellKind::Name, "", view! { <a href=format!("{}?account={}", shown.action(), s.account)>{s.profile.name.clone()}</a> }),
                    cell(CellKind::Mute, "", s.profile.login.clone()),
                    cell(CellKind::Text, "", shown.staff.roles(lang, s)),
                    cell(CellKind::Mute, "", state),
                ])
        })
        .collect_view();
    let link = |page| format!("{}?q={}&page={page}", shown.action(), escape(text));
    view! {
        <section class="card flush">
            <div class="card-head">
                <h2>{tr!(lang, "账号", "Accounts")}</h2>
                <SearchBox lang=lang action=shown.action() label=tr!(lang, "姓名或账号", "Name or login") value=text.to_owned() />
            </div>
            <DataTable caption=tr!(lang, "教职工账号", "Staff accounts") columns=columns>{rows}</DataTable>
            <div class="card-foot row between">
                <Pager lang=lang page=page size=PAGE total=total href=link />
            </div>
        </section>
    }
    .into_any()
}

fn form(shown: &Shown<'_>) -> AnyView {
    let (lang, fields) = (shown.lang, shown.fields);
    let of = |id: &str| error_of(&shown.errors, id);
    let roles = vec![
        Choice::new("teacher", tr!(lang, "老师", "Teacher")),
        Choice::new("guard", tr!(lang, "门卫", "Gate guard")),
    ];
    let role = if fields.get("role") == "guard" {
        "guard"
    } else {
        "teacher"
    };
    let classes = shown
        .staff
        .classes
        .iter()
        .map(|(id, name)| Choice::new(id.to_string(), name.label(lang)))
        .collect::<Vec<_>>();
    let typed = fields.get("action") == "create";
    let keep = |name: &str| {
        if typed {
            fields.get(name).to_owned()
        } else {
            String::new()
        }
    };
    let chosen: Vec<String> = if typed {
        fields.all("class").map(ToOwned::to_owned).collect()
    } else {
        Vec::new()
    };
    let body = view! {
            <form class="form" method="post" action=shown.action()>
                <RadioGroup name="role" label=tr!(lang, "职务", "Role") options=roles value=role required=true />
                <TextInput name="name" label=tr!(lang, "姓名", "Name") value=keep("name") maxlength=40 required=true error=of("name") />
                <TextInput name="login" label=tr!(lang, "手机号或账号名", "Mobile number or login") value=keep("login") maxlength=40 autocomplete="off" required=true error=of("login") />
                <CheckChips name="class" label=tr!(lang, "老师的班级", "Classes of the teacher") options=classes values=chosen columns=3 error=of("class") />
                <Button kind=ButtonKind::Primary name="action" value="create">{tr!(lang, "创建账号", "Create the account")}</Button>
            </form>
        }.into_any();
    view! {
        <Card title=tr!(lang, "新账号", "New account")>{body}</Card>
    }
    .into_any()
}
