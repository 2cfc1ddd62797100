//! The accounts of a bureau, and the administrators of a school: listed, created, disabled, recovered.

use super::handout::{self, Holder};
use super::shell::{Frame, RegionShell, Tab};
use crate::tr;
use crate::tr::Lang;
use crate::ui::*;
use crate::web::{Answer, Ctx, Failure, Fields, Islands, escape, see_other};
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::access::{Grant, Role, Scope};
use domain::ids::{AccountId, RegionCode, SchoolId};
use http::StatusCode;
use leptos::prelude::*;
use services::accounts::{NewStaff, StaffEntry};
use services::{Error, Refusal};

/// Accounts on a page.
const PAGE: usize = 50;

/// Whose accounts a page is about.
#[derive(Debug, Clone)]
enum Of {
    Region(RegionCode),
    School { id: SchoolId, name: String },
}

impl Of {
    fn address(&self) -> String {
        match self {
            Self::Region(code) => format!("/bureau/{code}/accounts"),
            Self::School { id, .. } => format!("/bureau/school/{id}/admins"),
        }
    }

    fn scope(&self) -> Scope {
        match self {
            Self::Region(code) => Scope::Region(code.clone()),
            Self::School { id, .. } => Scope::School(*id),
        }
    }

    fn tab(&self) -> Tab {
        match self {
            Self::Region(_) => Tab::Accounts,
            Self::School { .. } => Tab::Schools,
        }
    }

    fn roles(&self) -> &'static [Role] {
        match self {
            Self::Region(_) => &[Role::BureauViewer, Role::HealthOfficer, Role::BureauAdmin],
            Self::School { .. } => &[Role::SchoolAdmin],
        }
    }
}

/// The accounts of a bureau.
pub async fn region(ctx: Ctx, Path(region): Path<RegionCode>, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    list(&ctx, StatusCode::OK, Of::Region(region), &query, None).await
}

/// Creates, disables or recovers one of them.
pub async fn region_change(ctx: Ctx, Path(region): Path<RegionCode>, fields: Fields) -> Answer {
    change(&ctx, Of::Region(region), &fields).await
}

/// The administrators of a school.
pub async fn school(ctx: Ctx, Path(school): Path<SchoolId>, RawQuery(query): RawQuery) -> Answer {
    let of = of_school(&ctx, school).await?;
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    list(&ctx, StatusCode::OK, of, &query, None).await
}

/// Creates, disables or recovers one of them.
pub async fn school_change(ctx: Ctx, Path(school): Path<SchoolId>, fields: Fields) -> Answer {
    let of = of_school(&ctx, school).await?;
    change(&ctx, of, &fields).await
}

async fn of_school(ctx: &Ctx, id: SchoolId) -> Result<Of, Failure> {
    let (name, _) = ctx.services().managed_school(ctx.actor()?, id).await?;
    let name = name.get(ctx.lang).to_owned();
    Ok(Of::School { id, name })
}

async fn entries(ctx: &Ctx, of: &Of) -> Result<Vec<StaffEntry>, Failure> {
    let actor = ctx.actor()?;
    Ok(match of {
        Of::Region(code) => ctx.services().region_staff(actor, code).await?,
        Of::School { id, .. } => ctx.services().school_admins(actor, *id).await?,
    })
}

async fn frame(ctx: &Ctx, of: &Of) -> Result<Frame, Failure> {
    let region = match of {
        Of::Region(code) => code.clone(),
        Of::School { id, .. } => ctx.services().managed_school(ctx.actor()?, *id).await?.1,
    };
    Frame::new(ctx, &region).await
}

async fn change(ctx: &Ctx, of: Of, fields: &Fields) -> Answer {
    // Whoever may not see the list may change nothing either, whatever the form says.
    let known = entries(ctx, &of).await?;
    if fields.get("do") == "create" {
        return create(ctx, of, fields).await;
    }
    let account: AccountId = fields.value("account")?;
    let holder = known
        .into_iter()
        .find(|e| e.account == account)
        .ok_or(Failure(Error::NotFound))?;
    let actor = ctx.actor()?;
    match fields.get("do") {
        "recover" => {
            let code = ctx.services().recover_staff(actor, account).await?;
            let holder = Holder {
                name: holder.profile.name,
                login: holder.profile.login,
            };
            Ok(handout::page(
                ctx,
                frame(ctx, &of).await?,
                of.tab(),
                &of.address(),
                holder,
                &code,
            ))
        }
        what @ ("disable" | "enable") => {
            ctx.services()
                .set_staff_disabled(actor, account, what == "disable")
                .await?;
            Ok(see_other(&of.address()))
        }
        _ => Err(Failure(Error::Refused(Refusal::FieldInvalid))),
    }
}

async fn create(ctx: &Ctx, of: Of, fields: &Fields) -> Answer {
    let role = fields
        .get("role")
        .parse()
        .ok()
        .filter(|role| of.roles().contains(role));
    let Some(role) = role.or(of
        .roles()
        .first()
        .copied()
        .filter(|_| of.roles().len() == 1))
    else {
        let errors = vec![FieldError::new(
            "role",
            Refusal::FieldInvalid.text(ctx.lang),
        )];
        return list(
            ctx,
            StatusCode::UNPROCESSABLE_ENTITY,
            of,
            fields,
            Some(errors),
        )
        .await;
    };
    let new = NewStaff {
        name: fields.get("name").to_owned(),
        login: fields.get("login").to_owned(),
        grant: Grant {
            role,
            scope: of.scope(),
        },
    };
    match ctx.services().create_staff(ctx.actor()?, &new).await {
        Ok(Some(code)) => {
            let holder = Holder {
                name: new.name,
                login: new.login,
            };
            Ok(handout::page(
                ctx,
                frame(ctx, &of).await?,
                of.tab(),
                &of.address(),
                holder,
                &code,
            ))
        }
        // Somebody who had an account has one role more, and needs no code.
        Ok(None) => Ok(see_other(&of.address())),
        Err(Error::Refused(refusal)) => {
            let field = if refusal == Refusal::FieldInvalid {
                "name"
            } else {
                "login"
            };
            let errors = vec![FieldError::new(field, refusal.text(ctx.lang))];
            list(
                ctx,
                StatusCode::UNPROCESSABLE_ENTITY,
                of,
                fields,
                Some(errors),
            )
            .await
        }
        Err(error) => Err(error.into()),
    }
}

async fn list(
    ctx: &Ctx,
    status: StatusCode,
    of: Of,
    typed: &Fields,
    errors: Option<Vec<FieldError>>,
) -> Result<Response, Failure> {
    let known = entries(ctx, &of).await?;
    let frame = frame(ctx, &of).await?;
    let lang = ctx.lang;
    let title = match &of {
        Of::Region(_) => tr!(lang, "教育局账号", "Accounts of the bureau"),
        Of::School { name, .. } => tr!(lang, "{name}：管理员", "{name}: administrators"),
    };
    let own = ctx.actor()?.id();
    let typed = typed.clone();
    let heading = title.clone();
    Ok(ctx.html(status, &title, Islands::No, move || {
        page(
            frame,
            of,
            heading,
            known,
            own,
            typed,
            errors.unwrap_or_default(),
        )
    }))
}

/// A role as people say it.
fn role_word(lang: Lang, role: Role) -> String {
    match role {
        Role::BureauViewer => tr!(lang, "查看员（看数字）", "Viewer (numbers)"),
        Role::HealthOfficer => tr!(lang, "卫生专员", "Health officer"),
        Role::BureauAdmin => tr!(lang, "教育局管理员", "Bureau administrator"),
        Role::SchoolAdmin => tr!(lang, "学校管理员", "School administrator"),
        Role::Teacher => tr!(lang, "老师", "Teacher"),
        Role::Guard => tr!(lang, "门卫", "Gate guard"),
        Role::Guardian => tr!(lang, "家长", "Guardian"),
    }
}

fn page(
    frame: Frame,
    of: Of,
    title: String,
    known: Vec<StaffEntry>,
    own: Option<AccountId>,
    typed: Fields,
    errors: Vec<FieldError>,
) -> impl IntoView {
    let lang = frame.lang;
    let action = of.address();
    let scope = of.scope();
    let search = typed.get("q").trim().to_owned();
    let mut known = known;
    known.retain(|entry| {
        let texts = [&entry.profile.name, &entry.profile.login];
        texts.iter().any(|text| text.contains(&search))
    });
    let total = known.len();
    let at = page_of(typed.page(), PAGE, total);
    let sought = escape(&search);
    let href = |page| format!("{action}?q={sought}&page={page}");
    let pager = view! { <Pager lang=lang page=at size=PAGE total=total href=href /> };
    let empty = (total == 0).then(|| {
        view! {
            <EmptyState icon=IconName::Search title=tr!(lang, "这里没有账号", "No account here")>
                <p>{tr!(lang, "清空搜索，或用旁边的表新建一个。", "Clear the search, or create one with the form beside this.")}</p>
            </EmptyState>
        }
    });
    let rows = known
        .into_iter()
        .skip((at - 1) * PAGE)
        .take(PAGE)
        .map(|entry| row(lang, &action, &scope, entry, own))
        .collect_view();
    let columns = vec![
        Column::new(tr!(lang, "姓名", "Name")),
        Column::new(tr!(lang, "登录账号", "Login")),
        Column::new(tr!(lang, "角色", "Roles")),
        Column::new(tr!(lang, "状态", "State")),
        Column::new(tr!(lang, "操作", "Actions")),
    ];
    let roles = (of.roles().len() > 1).then(|| {
        let options = of.roles().iter().map(|role| Choice::new(role.word(), role_word(lang, *role))).collect();
        view! { <Select name="role" label=tr!(lang, "角色", "Role") options=options value=typed.get("role") empty=tr!(lang, "请选择", "Choose") required=true error=error_of(&errors, "role") /> }
    });
    let (name, login) = (error_of(&errors, "name"), error_of(&errors, "login"));
    let (typed_name, typed_login) = (typed.get("name").to_owned(), typed.get("login").to_owned());
    view! {
        <RegionShell frame=frame tab=of.tab()>
            <PageHead title=title />
            <ErrorSummary lang=lang errors=errors />
            <div class="split">
                <form class="card pad stack" method="post" action=action.clone()>
                    <h2>{tr!(lang, "新建账号", "New account")}</h2>
                    <input type="hidden" name="do" value="create" />
                    <TextInput name="name" label=tr!(lang, "姓名", "Name") value=typed_name maxlength=40u32 required=true error=name />
                    <TextInput name="login" label=tr!(lang, "手机号或登录名", "Mobile number or login") value=typed_login maxlength=40u32 autocomplete="off" required=true error=login />
                    {roles}
                    <p class="hint">{tr!(lang, "创建后会显示一次激活码，请交给本人设置密码。已有账号的人会加上这个角色。", "An activation code is shown once; hand it over so that they set a password. Somebody with an account gains this role.")}</p>
                    <Button kind=ButtonKind::Primary>{tr!(lang, "创建并显示激活码", "Create and show the code")}</Button>
                </form>
                <Card title=tr!(lang, "现有账号", "Accounts") flush=true>
                    <div class="row between pad">
                        <SearchBox lang=lang action=action label=tr!(lang, "姓名或账号", "Name or login") value=search />
                    </div>
                    {empty}
                    <DataTable caption=tr!(lang, "现有账号", "Accounts") columns=columns>{rows}</DataTable>
                    <div class="pad">{pager}</div>
                </Card>
            </div>
        </RegionShell>
    }
}

fn row(
    lang: Lang,
    action: &str,
    scope: &Scope,
    entry: StaffEntry,
    own: Option<AccountId>,
) -> impl IntoView + use<> {
    let roles: Vec<_> = entry
        .grants
        .iter()
        .filter(|g| g.scope == *scope)
        .map(|g| role_word(lang, g.role))
        .collect();
    let roles = roles.join(if lang == Lang::Zh { "、" } else { ", " });
    let state = match (entry.is_disabled, entry.is_active) {
        (true, _) => tr!(lang, "已停用", "disabled"),
        (false, true) => tr!(lang, "使用中", "in use"),
        (false, false) => tr!(lang, "等待激活", "waits for activation"),
    };
    let name = entry.profile.name.clone();
    let is_self = own == Some(entry.account);
    let toggle = if entry.is_disabled {
        ("enable", tr!(lang, "恢复使用", "Enable"))
    } else {
        ("disable", tr!(lang, "停用", "Disable"))
    };
    let (recover_label, toggle_label) = (
        tr!(lang, "给{name}新的激活码", "New code for {name}"),
        format!("{} {name}", toggle.1),
    );
    let (action, account) = (action.to_owned(), entry.account.to_string());
    let actions = view! {
        <form class="row" method="post" action=action>
            <input type="hidden" name="account" value=account />
            <Button small=true name="do" value="recover" label=recover_label>{tr!(lang, "重发激活码", "New code")}</Button>
            {(!is_self).then(|| view! { <Button small=true name="do" value=toggle.0 label=toggle_label>{toggle.1}</Button> })}
        </form>
    };
    let login = entry.profile.login;
    view! {
        <DataRow>
            <DataCell kind=CellKind::Name>{name}</DataCell>
            <DataCell label=tr!(lang, "登录账号", "Login")>{login}</DataCell>
            <DataCell label=tr!(lang, "角色", "Roles")>{roles}</DataCell>
            <DataCell label=tr!(lang, "状态", "State")>{state}</DataCell>
            <DataCell kind=CellKind::Wide>{actions}</DataCell>
        </DataRow>
    }
}
