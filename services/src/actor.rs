//! Who asks, and whether they may.

use crate::{Error, Result, Services};
use domain::access::{Action, Grant, Place, Role, Scope, allows};
use domain::ids::{AccountId, ClassId, DeviceId, PersonId, RegionCode, SchoolId};
use domain::interface::Right;
use store::{GrantRow, PersonRow, Tx};

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    kind: Kind,
    grants: Vec<Grant>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Account(AccountId),
    Key {
        id: i64,
        scope: Scope,
        rights: Vec<Right>,
    },
    Job,
    Command,
    Device(DeviceId),
}

impl Actor {
    /// Somebody signed in.
    pub fn account(id: AccountId, grants: Vec<Grant>) -> Self {
        Self {
            kind: Kind::Account(id),
            grants,
        }
    }

    /// Another program, by its key of the interface.
    pub(crate) fn key(id: i64, scope: Scope, rights: Vec<Right>) -> Self {
        Self {
            kind: Kind::Key { id, scope, rights },
            grants: Vec::new(),
        }
    }

    /// A job of the program itself. It may do everything it is written to do.
    pub fn job() -> Self {
        Self {
            kind: Kind::Job,
            grants: Vec::new(),
        }
    }

    /// Whoever may run the program on the machine. Their power over the files is complete anyway; it is audited.
    pub fn command() -> Self {
        Self {
            kind: Kind::Command,
            grants: Vec::new(),
        }
    }

    /// A device at the gates of a school. It works there like a guard, and is nobody's account.
    pub(crate) fn device(id: DeviceId, school: SchoolId) -> Self {
        Self {
            kind: Kind::Device(id),
            grants: vec![Grant {
                role: Role::Guard,
                scope: Scope::School(school),
            }],
        }
    }

    /// The account, unless a key, a job, a command or a device acts.
    pub fn id(&self) -> Option<AccountId> {
        match self.kind {
            Kind::Account(id) => Some(id),
            Kind::Key { .. } | Kind::Job | Kind::Command | Kind::Device(_) => None,
        }
    }

    /// The key of the interface that acts.
    pub(crate) fn key_id(&self) -> Option<i64> {
        match self.kind {
            Kind::Key { id, .. } => Some(id),
            Kind::Account(_) | Kind::Job | Kind::Command | Kind::Device(_) => None,
        }
    }

    /// The number that stands beside [`Self::kind_word`] in the log.
    pub(crate) fn number(&self) -> Option<AccountId> {
        self.id().or(self.key_id().map(AccountId))
    }

    pub(crate) fn kind_word(&self) -> &'static str {
        match self.kind {
            Kind::Account(_) => "account",
            Kind::Key { .. } => "key",
            Kind::Job => "job",
            Kind::Command => "command",
            Kind::Device(_) => "device",
        }
    }

    /// The roles of the account.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// The scopes in which the account has a role.
    pub fn scopes_of(&self, role: Role) -> impl Iterator<Item = &Scope> {
        self.grants
            .iter()
            .filter(move |g| g.role == role)
            .map(|g| &g.scope)
    }

    /// Whether the account may do this there.
    pub fn may(&self, action: Action, place: &Place) -> bool {
        match &self.kind {
            Kind::Account(_) | Kind::Device(_) => allows(&self.grants, action, place),
            Kind::Key { scope, rights, .. } => {
                rights.iter().any(|r| r.actions().contains(&action)) && place.is_within(scope)
            }
            Kind::Job | Kind::Command => true,
        }
    }

    /// # Errors
    /// [`Error::Forbidden`] where the account may not do this there.
    pub fn require(&self, action: Action, place: &Place) -> Result<()> {
        if self.may(action, place) {
            Ok(())
        } else {
            Err(Error::Forbidden)
        }
    }
}

/// The stored form of a scope: its kind, and its code or number.
pub(crate) fn scope_words(scope: &Scope) -> (&'static str, String) {
    match scope {
        Scope::Region(code) => ("region", code.to_string()),
        Scope::School(id) => ("school", id.to_string()),
        Scope::Class(id) => ("class", id.to_string()),
        Scope::Person(id) => ("person", id.to_string()),
    }
}

/// The grant of a stored row; `None` where this program does not know its words.
pub(crate) fn grant_of(row: &GrantRow) -> Option<Grant> {
    let scope = match row.scope_kind.as_str() {
        "region" => Scope::Region(row.scope.parse().ok()?),
        "school" => Scope::School(row.scope.parse().ok()?),
        "class" => Scope::Class(row.scope.parse().ok()?),
        "person" => Scope::Person(row.scope.parse().ok()?),
        _ => return None,
    };
    Some(Grant {
        role: row.role.parse().ok()?,
        scope,
    })
}

impl Services {
    /// The place of a school.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where there is none, so that the answer does not tell.
    pub(crate) async fn place_of_school(&self, tx: &mut Tx, school: SchoolId) -> Result<Place> {
        let info = self.school_info(tx, school).await?;
        Ok(Place {
            region: info.row.region_code.clone(),
            school: Some(school),
            class: None,
            person: None,
        })
    }

    /// The place of a class; as [`Self::place_of_school`].
    pub(crate) async fn place_of_class(&self, tx: &mut Tx, class: ClassId) -> Result<Place> {
        let row = tx.class(class).await?.ok_or(Error::Forbidden)?;
        Ok(Place {
            class: Some(class),
            ..self.place_of_school(tx, row.school_id).await?
        })
    }

    /// The place of a person, with their row; as [`Self::place_of_school`].
    pub(crate) async fn place_of_person(
        &self,
        tx: &mut Tx,
        person: PersonId,
    ) -> Result<(Place, PersonRow)> {
        let row = tx.person(person).await?.ok_or(Error::Forbidden)?;
        let info = self.school_info(tx, row.school_id).await?;
        Ok((info.place_of(row.class_id, person), row))
    }

    /// The place of a region.
    pub(crate) async fn place_of_region(&self, tx: &mut Tx, region: &RegionCode) -> Result<Place> {
        tx.region(region).await?.ok_or(Error::Forbidden)?;
        Ok(Place::region(region.clone()))
    }
}
