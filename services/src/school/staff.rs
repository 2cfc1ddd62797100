//! Accounts for the class teachers whom the roster names.

use crate::accounts::{ActivationCode, NewStaff, normalise_login};
use crate::people::class_name;
use crate::{Actor, Error, Refusal, Result, Services};
use domain::access::{Action, Grant, Role, Scope};
use domain::ids::{ClassId, SchoolId};
use domain::roster::ClassName;
use std::collections::BTreeMap;

/// A class teacher as the roster names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassTeacher {
    /// The class.
    pub class: ClassId,
    /// Its name.
    pub class_name: ClassName,
    /// The teacher's name.
    pub name: String,
    /// Their phone, which becomes their login.
    pub phone: Option<String>,
    /// Whether somebody with this name or phone teaches the class already.
    pub has_account: bool,
}

/// What became of one teacher when accounts were made for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeTeacher {
    /// Their name.
    pub name: String,
    /// Their login.
    pub login: String,
    /// Their classes.
    pub classes: Vec<ClassName>,
    /// The code with which they set their password; `None` for those who had an account and gained a class;
    /// or why there is none.
    pub code: std::result::Result<Option<ActivationCode>, Refusal>,
}

impl Services {
    /// The class teachers whom the roster names, by class.
    pub async fn roster_teachers(
        &self,
        actor: &Actor,
        school: SchoolId,
    ) -> Result<Vec<ClassTeacher>> {
        let mut tx = self.store.read().await?;
        self.school_for(&mut tx, actor, Action::ManageSchoolStaff, school)
            .await?;
        let classes = tx.classes_of(school).await?;
        drop(tx);
        let staff = self.school_staff(actor, school).await?;
        let mut out = Vec::new();
        for class in classes {
            let Some(named) = self.named_teacher(&class)? else {
                continue;
            };
            let phone = named.phone.map(|p| p.as_str().to_owned());
            let is_they = |name: &str, login: &str| {
                name == named.name || (phone.is_some() && normalise_login(login).ok() == phone)
            };
            let grant = Grant {
                role: Role::Teacher,
                scope: Scope::Class(class.class_id),
            };
            let has_account = staff
                .iter()
                .any(|s| s.grants.contains(&grant) && is_they(&s.profile.name, &s.profile.login));
            out.push(ClassTeacher {
                class: class.class_id,
                class_name: class_name(&class),
                has_account,
                name: named.name.clone(),
                phone,
            });
        }
        Ok(out)
    }

    /// Makes an account for every class teacher whom the roster names with a phone and who has none yet. A teacher
    /// of several classes gets one account for all.
    pub async fn make_roster_teachers(
        &self,
        actor: &Actor,
        school: SchoolId,
    ) -> Result<Vec<MadeTeacher>> {
        let mut waiting: BTreeMap<String, Vec<ClassTeacher>> = BTreeMap::new();
        for teacher in self.roster_teachers(actor, school).await? {
            if let Some(phone) = teacher.phone.clone().filter(|_| !teacher.has_account) {
                waiting.entry(phone).or_default().push(teacher);
            }
        }
        let mut made = Vec::with_capacity(waiting.len());
        for (login, classes) in waiting {
            let name = classes.first().map(|c| c.name.clone()).unwrap_or_default();
            let ids: Vec<ClassId> = classes.iter().map(|c| c.class).collect();
            let code = match self.make_teacher(actor, &name, &login, &ids).await {
                Err(Error::Refused(refusal)) => Err(refusal),
                done => Ok(done?),
            };
            made.push(MadeTeacher {
                name,
                login,
                classes: classes.iter().map(|c| c.class_name).collect(),
                code,
            });
        }
        made.sort_by(|a, b| a.classes.cmp(&b.classes));
        Ok(made)
    }

    /// Makes an account for a teacher of some classes, or gives the classes to the one with this login.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] without a class; those of [`Self::create_staff`].
    pub async fn make_teacher(
        &self,
        actor: &Actor,
        name: &str,
        login: &str,
        classes: &[ClassId],
    ) -> Result<Option<ActivationCode>> {
        let mut code = None;
        for class in classes {
            let new = NewStaff {
                name: name.to_owned(),
                login: login.to_owned(),
                grant: Grant {
                    role: Role::Teacher,
                    scope: Scope::Class(*class),
                },
            };
            let issued = self.create_staff(actor, &new).await?;
            code = code.or(issued);
        }
        if classes.is_empty() {
            return Err(Refusal::FieldInvalid.into());
        }
        Ok(code)
    }
}
