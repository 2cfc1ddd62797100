//! Staff accounts: created by the person above, who also hands out the code that sets a first or a new password.

use super::names::{AccountProfile, normalise_login};
use super::password::Hashing;
use super::session::SignedIn;
use crate::actor::{Actor, grant_of, scope_words};
use crate::audit::Entry;
use crate::clock::bytes;
use crate::codes::{Code, code_hash};
use crate::{Error, Refusal, Result, Services};
use domain::Millis;
use domain::access::{Action, Grant, Place, Role, Scope};
use domain::ids::{AccountId, RegionCode, SchoolId};
use store::{AccountRow, ActivationRow, GrantRow, StoreError, Tx};

/// How long an activation code lives.
const ACTIVATION_LIFE: i64 = 7 * 86_400_000;

/// A staff account to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStaff {
    /// What others call them.
    pub name: String,
    /// A phone or a chosen name.
    pub login: String,
    /// What they may do, and where.
    pub grant: Grant,
}

/// The code with which somebody sets their password, shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivationCode {
    /// Whose.
    pub account: AccountId,
    /// To be typed or followed as `/activate/CODE`.
    pub code: Code,
}

/// A member of staff as lists show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffEntry {
    /// Their account.
    pub account: AccountId,
    /// Name and login.
    pub profile: AccountProfile,
    /// Their roles.
    pub grants: Vec<Grant>,
    /// Whether they have set a password yet.
    pub is_active: bool,
    /// Whether the account is disabled.
    pub is_disabled: bool,
}

/// The action that lets somebody create or recover a holder of this role in that scope.
fn managed_by(role: Role) -> Option<Action> {
    match role {
        Role::Guardian => None,
        Role::Teacher | Role::Guard => Some(Action::ManageSchoolStaff),
        Role::SchoolAdmin | Role::BureauViewer | Role::HealthOfficer | Role::BureauAdmin => {
            Some(Action::ManageRegion)
        }
    }
}

fn fits(grant: &Grant) -> bool {
    matches!(
        (grant.role, &grant.scope),
        (Role::Teacher, Scope::Class(_))
            | (Role::Guard | Role::SchoolAdmin, Scope::School(_))
            | (
                Role::BureauViewer | Role::HealthOfficer | Role::BureauAdmin,
                Scope::Region(_)
            )
    )
}

impl Services {
    async fn place_of_scope(&self, tx: &mut Tx, scope: &Scope) -> Result<Place> {
        match scope {
            Scope::Region(code) => self.place_of_region(tx, code).await,
            Scope::School(id) => self.place_of_school(tx, *id).await,
            Scope::Class(id) => self.place_of_class(tx, *id).await,
            Scope::Person(id) => Ok(self.place_of_person(tx, *id).await?.0),
        }
    }

    async fn require_manager(&self, tx: &mut Tx, actor: &Actor, grant: &Grant) -> Result<Place> {
        let action = managed_by(grant.role)
            .filter(|_| fits(grant))
            .ok_or(Error::Forbidden)?;
        let place = self.place_of_scope(tx, &grant.scope).await?;
        actor.require(action, &place)?;
        Ok(place)
    }

    /// Creates a staff account, or gives an existing one of the same login a further role.
    ///
    /// # Errors
    /// [`Refusal::LoginInvalid`], [`Refusal::FieldInvalid`] for an empty name, [`Refusal::LoginTaken`] where the
    /// login belongs to somebody outside the actor's reach.
    pub async fn create_staff(
        &self,
        actor: &Actor,
        new: &NewStaff,
    ) -> Result<Option<ActivationCode>> {
        let login = normalise_login(&new.login)?;
        let name = new.name.trim();
        if name.is_empty() || name.chars().count() > 40 {
            return Err(Refusal::FieldInvalid.into());
        }
        let mut tx = self.store.write().await?;
        let place = self.require_manager(&mut tx, actor, &new.grant).await?;
        let existing = tx.account_by_login(&self.login_index(&login)).await?;
        let (id, code) = match existing {
            // Nobody widens their own powers.
            Some(row) if actor.id() == Some(row.account_id) => return Err(Error::Forbidden),
            // Its last role was taken away, and it belongs to no family: free to be given another.
            Some(row) if self.is_idle(&mut tx, row.account_id).await? => (
                row.account_id,
                Some(
                    self.issue_activation(&mut tx, actor, row.account_id)
                        .await?,
                ),
            ),
            Some(row) => {
                self.require_reach(&mut tx, actor, row.account_id)
                    .await
                    .map_err(|_| Error::Refused(Refusal::LoginTaken))?;
                (row.account_id, None)
            }
            None => {
                let profile = AccountProfile {
                    name: name.into(),
                    login: new.login.trim().into(),
                    phone: None,
                };
                let id = self
                    .insert_account(&mut tx, actor, &profile, &login, None)
                    .await?;
                (id, Some(self.issue_activation(&mut tx, actor, id).await?))
            }
        };
        let (scope_kind, scope) = scope_words(&new.grant.scope);
        let grant = GrantRow {
            account_id: id,
            role: new.grant.role.word().into(),
            scope_kind: scope_kind.into(),
            scope,
        };
        tx.insert_grant(&grant, actor.id(), self.clock.now())
            .await?;
        let detail = format!("{} {}:{}", grant.role, grant.scope_kind, grant.scope);
        self.audit(
            &mut tx,
            Entry {
                actor,
                place: &place,
                action: "account.grant",
                subject: format!("account:{id}"),
                detail: Some((&detail, None)),
            },
        )
        .await?;
        tx.commit().await?;
        Ok(code)
    }

    async fn is_idle(&self, tx: &mut Tx, id: AccountId) -> Result<bool> {
        Ok(tx.grants_of(id).await?.is_empty() && !tx.was_guardian(id).await?)
    }

    /// Whether every role of an account lies within what the actor manages.
    async fn require_reach(&self, tx: &mut Tx, actor: &Actor, id: AccountId) -> Result<Place> {
        let grants = tx.grants_of(id).await?;
        let mut place = None;
        for grant in grants.iter().filter_map(grant_of) {
            place = Some(self.require_manager(tx, actor, &grant).await?);
        }
        place.ok_or(Error::Forbidden)
    }

    pub(crate) async fn insert_account(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        profile: &AccountProfile,
        login: &str,
        password_hash: Option<String>,
    ) -> Result<AccountId> {
        let id = self.next_id();
        let (key, wrapped) = self.vault.new_subject(&*self.entropy, id);
        tx.insert_subject_key(id, &wrapped).await?;
        let row = AccountRow {
            account_id: AccountId(id),
            profile_enc: self.seal_account(&key, id, profile)?,
            password_hash,
            created_by: actor.id(),
            created_at: self.clock.now(),
            disabled_at: None,
            wrapped,
        };
        match tx.insert_account(&row, &self.login_index(login)).await {
            Err(StoreError::Conflict) => Err(Refusal::LoginTaken.into()),
            done => Ok(done.map(|()| AccountId(id))?),
        }
    }

    async fn issue_activation(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        account: AccountId,
    ) -> Result<ActivationCode> {
        let code = Code::new(bytes(&*self.entropy));
        let now = self.clock.now();
        tx.insert_activation(&ActivationRow {
            code_hash: code_hash(&code),
            account_id: account,
            issued_by: actor.id(),
            issued_at: now,
            expires_at: Millis(now.0 + ACTIVATION_LIFE),
            used_at: None,
        })
        .await?;
        Ok(ActivationCode { account, code })
    }

    /// Issues a new activation code, with which the holder sets a new password; the old one and all sessions end then.
    pub async fn recover_staff(&self, actor: &Actor, account: AccountId) -> Result<ActivationCode> {
        let mut tx = self.store.write().await?;
        let place = self.require_reach(&mut tx, actor, account).await?;
        let code = self.issue_activation(&mut tx, actor, account).await?;
        self.audit(
            &mut tx,
            Entry {
                actor,
                place: &place,
                action: "account.recover",
                subject: format!("account:{account}"),
                detail: None,
            },
        )
        .await?;
        tx.commit().await?;
        Ok(code)
    }

    /// The account of a login, for whoever may recover it.
    ///
    /// # Errors
    /// [`Refusal::LoginInvalid`]; [`Error::Forbidden`] where there is none within the actor's reach.
    pub async fn staff_by_login(&self, actor: &Actor, login: &str) -> Result<AccountId> {
        let index = self.login_index(&normalise_login(login)?);
        let mut tx = self.store.read().await?;
        let row = tx.account_by_login(&index).await?.ok_or(Error::Forbidden)?;
        self.require_reach(&mut tx, actor, row.account_id).await?;
        Ok(row.account_id)
    }

    /// Disables a staff account, ending its sessions, or enables it again.
    pub async fn set_staff_disabled(
        &self,
        actor: &Actor,
        account: AccountId,
        disabled: bool,
    ) -> Result<()> {
        if actor.id() == Some(account) {
            return Err(Error::Forbidden);
        }
        let mut tx = self.store.write().await?;
        let place = self.require_reach(&mut tx, actor, account).await?;
        let now = self.clock.now();
        tx.set_disabled(account, disabled.then_some(now), actor.id(), now)
            .await?;
        let action = if disabled {
            "account.disable"
        } else {
            "account.enable"
        };
        self.audit(
            &mut tx,
            Entry {
                actor,
                place: &place,
                action,
                subject: format!("account:{account}"),
                detail: None,
            },
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// Takes a role away from a staff account.
    pub async fn revoke_grant(
        &self,
        actor: &Actor,
        account: AccountId,
        grant: &Grant,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let place = self.require_manager(&mut tx, actor, grant).await?;
        let (scope_kind, scope) = scope_words(&grant.scope);
        tx.delete_grant(&GrantRow {
            account_id: account,
            role: grant.role.word().into(),
            scope_kind: scope_kind.into(),
            scope,
        })
        .await?;
        self.audit(
            &mut tx,
            Entry {
                actor,
                place: &place,
                action: "account.revoke",
                subject: format!("account:{account}"),
                detail: Some((grant.role.word(), None)),
            },
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// Whose password a code would set; `None` when it cannot be used.
    pub async fn activation_for(&self, code: &str) -> Result<Option<AccountProfile>> {
        let Some(row) = self.usable_activation(code).await? else {
            return Ok(None);
        };
        let account = self.store.read().await?.account(row.account_id).await?;
        account.map(|a| self.account_profile(&a)).transpose()
    }

    async fn usable_activation(&self, code: &str) -> Result<Option<ActivationRow>> {
        let Some(code) = Code::parse(code) else {
            return Ok(None);
        };
        let row = self
            .store
            .read()
            .await?
            .activation(&code_hash(&code))
            .await?;
        Ok(row.filter(|r| r.used_at.is_none() && self.clock.now() < r.expires_at))
    }

    /// Uses an activation code: sets the password, ends older sessions and begins one.
    ///
    /// # Errors
    /// [`Refusal::CodeUnusable`], [`Refusal::PasswordWeak`].
    pub async fn activate(&self, code: &str, password: &str) -> Result<SignedIn> {
        let row = self
            .usable_activation(code)
            .await?
            .ok_or(Error::Refused(Refusal::CodeUnusable))?;
        let account = self
            .store
            .read()
            .await?
            .account(row.account_id)
            .await?
            .ok_or(Error::Refused(Refusal::CodeUnusable))?;
        Hashing::check_new(password, &self.account_profile(&account)?.login)?;
        let hash = self.hashing.hash(&*self.entropy, password).await?;
        let mut tx = self.store.write().await?;
        if !tx.use_activation(&row.code_hash, self.clock.now()).await? {
            return Err(Refusal::CodeUnusable.into());
        }
        tx.set_password(
            account.account_id,
            &hash,
            Some(account.account_id),
            self.clock.now(),
        )
        .await?;
        tx.delete_sessions_of(account.account_id).await?;
        let holder = Actor::account(account.account_id, Vec::new());
        let grants = crate::accounts::session::grants(&mut tx, account.account_id).await?;
        if let Some(grant) = grants.first() {
            let place = self.place_of_scope(&mut tx, &grant.scope).await?;
            let entry = Entry {
                actor: &holder,
                place: &place,
                action: "account.activate",
                subject: format!("account:{}", account.account_id),
                detail: None,
            };
            self.audit(&mut tx, entry).await?;
        }
        let signed_in = self.begin_session(&mut tx, account.account_id).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    /// The staff of a school: teachers of its classes, guards and administrators.
    pub async fn school_staff(&self, actor: &Actor, school: SchoolId) -> Result<Vec<StaffEntry>> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_school(&mut tx, school).await?;
        actor.require(Action::ManageSchoolStaff, &place)?;
        let rows = tx.staff_of_school(school).await?;
        self.entries(&mut tx, rows).await
    }

    /// The administrators of a school, for the bureau.
    pub async fn school_admins(&self, actor: &Actor, school: SchoolId) -> Result<Vec<StaffEntry>> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_school(&mut tx, school).await?;
        actor.require(Action::ManageRegion, &place)?;
        let rows = tx.accounts_in("school", &school.to_string()).await?;
        let mut entries = self.entries(&mut tx, rows).await?;
        entries.retain(|e| e.grants.iter().any(|g| g.role == Role::SchoolAdmin));
        Ok(entries)
    }

    /// The accounts of a region's bureau.
    pub async fn region_staff(
        &self,
        actor: &Actor,
        region: &RegionCode,
    ) -> Result<Vec<StaffEntry>> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::ManageRegion, &place)?;
        let rows = tx.accounts_in("region", region.as_str()).await?;
        self.entries(&mut tx, rows).await
    }

    async fn entries(&self, tx: &mut Tx, rows: Vec<AccountRow>) -> Result<Vec<StaffEntry>> {
        let mut out = Vec::with_capacity(rows.len());
        for row in rows {
            let grants = tx
                .grants_of(row.account_id)
                .await?
                .iter()
                .filter_map(grant_of)
                .collect();
            out.push(StaffEntry {
                account: row.account_id,
                profile: self.account_profile(&row)?,
                grants,
                is_active: row.password_hash.is_some(),
                is_disabled: row.disabled_at.is_some(),
            });
        }
        Ok(out)
    }
}
