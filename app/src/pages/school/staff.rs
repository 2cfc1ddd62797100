//! The staff of a school: creating accounts, recovering, disabling, giving and taking classes.

use super::desk::{Desk, Tab};
use super::staff_view::{self, Shown};
use super::strips::{self, Strip};
use crate::tr;
use crate::tr::Lang;
use crate::ui::FieldError;
use crate::web::{Answer, Ctx, Failure, Fields, see_other};
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::access::{Action, Grant, Role, Scope};
use domain::ids::{AccountId, ClassId};
use domain::roster::ClassName;
use http::StatusCode;
use services::accounts::{NewStaff, StaffEntry};
use services::school::ClassTeacher;
use services::{Error, Refusal};

/// What the page shows.
pub(super) struct Staff {
    /// Everybody, by name.
    pub all: Vec<StaffEntry>,
    pub classes: Vec<(ClassId, ClassName)>,
    /// Class teachers of the roster without an account.
    pub waiting: Vec<ClassTeacher>,
}

impl Staff {
    async fn load(ctx: &Ctx, desk: &Desk) -> Result<Self, Failure> {
        let services = ctx.services();
        let mut all = services.school_staff(&desk.actor, desk.id()).await?;
        all.sort_by(|a, b| a.profile.name.cmp(&b.profile.name));
        let mut waiting = services.roster_teachers(&desk.actor, desk.id()).await?;
        waiting.retain(|t| !t.has_account);
        let classes = services.school_classes(&desk.actor, desk.id()).await?;
        Ok(Self {
            all,
            classes,
            waiting,
        })
    }

    pub fn entry(&self, account: AccountId) -> Option<&StaffEntry> {
        self.all.iter().find(|s| s.account == account)
    }

    /// The roles of somebody at this school, in words.
    pub fn roles(&self, lang: Lang, entry: &StaffEntry) -> String {
        let words = entry
            .grants
            .iter()
            .filter_map(|g| match (g.role, &g.scope) {
                (Role::Teacher, Scope::Class(id)) => {
                    let (_, name) = self.classes.iter().find(|(class, _)| class == id)?;
                    Some(tr!(lang, "{c}老师", "teacher of {c}", c = name.label(lang)))
                }
                (Role::Guard, _) => Some(tr!(lang, "门卫", "gate guard")),
                (Role::SchoolAdmin, _) => Some(tr!(lang, "学校管理员", "school administrator")),
                _ => None,
            });
        words.collect::<Vec<_>>().join(&tr!(lang, "、", ", "))
    }
}

/// The list, and one account with `?account=`.
pub async fn show(ctx: Ctx, Path(school): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::ManageSchoolStaff).await?;
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let staff = Staff::load(&ctx, &desk).await?;
    Ok(page(
        &ctx,
        &desk,
        StatusCode::OK,
        &staff,
        &query,
        Vec::new(),
    ))
}

fn page(
    ctx: &Ctx,
    desk: &Desk,
    status: StatusCode,
    staff: &Staff,
    fields: &Fields,
    errors: Vec<FieldError>,
) -> Response {
    let title = tr!(ctx.lang, "教职工", "Staff");
    desk.page(ctx, status, Tab::Staff, &title, || {
        let shown = Shown {
            lang: ctx.lang,
            desk,
            staff,
            fields,
            errors,
            page: fields.page(),
        };
        staff_view::view(&shown)
    })
}

/// Creates or changes accounts.
pub async fn submit(ctx: Ctx, Path(school): Path<String>, fields: Fields) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::ManageSchoolStaff).await?;
    match fields.get("action") {
        "create" => create(&ctx, &desk, &fields).await,
        "create-all" => create_all(&ctx, &desk).await,
        word => change(&ctx, &desk, word, &fields).await,
    }
}

async fn create(ctx: &Ctx, desk: &Desk, fields: &Fields) -> Answer {
    let staff = Staff::load(ctx, desk).await?;
    let lang = ctx.lang;
    let classes: Vec<ClassId> = fields
        .all("class")
        .filter_map(|id| id.parse().ok())
        .filter(|id| staff.classes.iter().any(|(class, _)| class == id))
        .collect();
    let is_guard = fields.get("role") == "guard";
    let mut errors = Vec::new();
    if fields.get("name").trim().is_empty() {
        let words = tr!(lang, "请填写姓名", "Enter the name");
        errors.push(FieldError::new("name", words));
    }
    if !is_guard && classes.is_empty() {
        let words = tr!(lang, "请至少选一个班", "Choose at least one class");
        errors.push(FieldError::new("class", words));
    }
    if !errors.is_empty() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(page(ctx, desk, status, &staff, fields, errors));
    }
    let (services, name, login) = (ctx.services(), fields.get("name"), fields.get("login"));
    let made = if is_guard {
        let new = NewStaff {
            name: name.to_owned(),
            login: login.to_owned(),
            grant: Grant {
                role: Role::Guard,
                scope: Scope::School(desk.id()),
            },
        };
        services.create_staff(&desk.actor, &new).await
    } else {
        services
            .make_teacher(&desk.actor, name, login, &classes)
            .await
    };
    match made {
        Ok(code) => {
            let labels: Vec<String> = staff
                .classes
                .iter()
                .filter(|(id, _)| classes.contains(id))
                .map(|(_, name)| name.label(lang))
                .collect();
            let role = if is_guard {
                tr!(lang, "门卫", "gate guard")
            } else {
                tr!(lang, "{c}老师", "teacher of {c}", c = labels.join(" "))
            };
            let strip = Strip {
                name: name.trim().to_owned(),
                login: login.trim().to_owned(),
                role,
                code: Ok(code),
            };
            Ok(strips::page(ctx, desk, vec![strip]))
        }
        Err(Error::Refused(refusal)) => {
            let field = match refusal {
                Refusal::FieldInvalid => "name",
                _ => "login",
            };
            let errors = vec![FieldError::new(field, refusal.text(lang))];
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(page(ctx, desk, status, &staff, fields, errors))
        }
        Err(error) => Err(error.into()),
    }
}

async fn create_all(ctx: &Ctx, desk: &Desk) -> Answer {
    let lang = ctx.lang;
    let made = ctx
        .services()
        .make_roster_teachers(&desk.actor, desk.id())
        .await?;
    let strips = made
        .into_iter()
        .map(|m| {
            let labels: Vec<String> = m.classes.iter().map(|c| c.label(lang)).collect();
            Strip {
                name: m.name,
                login: m.login,
                role: tr!(lang, "{c}老师", "teacher of {c}", c = labels.join(" ")),
                code: m.code,
            }
        })
        .collect();
    Ok(strips::page(ctx, desk, strips))
}

async fn change(ctx: &Ctx, desk: &Desk, word: &str, fields: &Fields) -> Answer {
    let account: AccountId = fields.value("account")?;
    let staff = Staff::load(ctx, desk).await?;
    let entry = staff
        .entry(account)
        .ok_or(Failure(Error::NotFound))?
        .clone();
    let (services, actor) = (ctx.services(), &desk.actor);
    let done = match word {
        "recover" => match services.recover_staff(actor, account).await {
            Ok(code) => {
                let strip = Strip {
                    role: staff.roles(ctx.lang, &entry),
                    name: entry.profile.name,
                    login: entry.profile.login,
                    code: Ok(Some(code)),
                };
                return Ok(strips::page(ctx, desk, vec![strip]));
            }
            Err(error) => Err(error),
        },
        "disable" => services.set_staff_disabled(actor, account, true).await,
        "enable" => services.set_staff_disabled(actor, account, false).await,
        "give" => {
            let class: ClassId = fields.value("class")?;
            let (name, login) = (&entry.profile.name, &entry.profile.login);
            services
                .make_teacher(actor, name, login, &[class])
                .await
                .map(|_| ())
        }
        "revoke" => {
            let grant = match fields.get("class").parse() {
                Ok(class) => Grant {
                    role: Role::Teacher,
                    scope: Scope::Class(class),
                },
                Err(_) => Grant {
                    role: Role::Guard,
                    scope: Scope::School(desk.id()),
                },
            };
            services.revoke_grant(actor, account, &grant).await
        }
        _ => Err(Refusal::FieldInvalid.into()),
    };
    done?;
    Ok(see_other(
        &desk.path(&format!("/staff?account={account}&done={word}")),
    ))
}

/// What the list keeps of its filter.
pub(super) fn fits(entry: &StaffEntry, text: &str) -> bool {
    let text = text.trim().to_lowercase();
    let has = |field: &str| field.to_lowercase().contains(&text);
    has(&entry.profile.name) || has(&entry.profile.login)
}
