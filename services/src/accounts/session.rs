//! Sessions: a random token in a cookie, its hash in the database.

use super::names::{AccountProfile, normalise_login};
use super::password::Hashing;
use crate::actor::{Actor, grant_of};
use crate::clock::bytes;
use crate::gather::{self, Asking, Gather};
use crate::{Error, Refusal, Result, Services};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Millis;
use domain::access::{Grant, Role, Scope};
use domain::ids::{AccountId, PersonId};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use store::{AccountRow, GrantRow, Seen, SessionRow, SignedInRow, Tx};

/// The session cookie's name; the prefix makes browsers insist on Secure, path `/` and this very host.
pub const SESSION_COOKIE: &str = "__Host-fuxue";

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// Staff: twelve hours, used or not.
const STAFF_LIFE: i64 = 12 * 60 * MINUTE;
/// Guardians: thirty days unused.
const GUARDIAN_IDLE: i64 = 30 * DAY;
/// Guardians: about half a year in all, spread so that a school's families do not all sign in on one morning.
const GUARDIAN_LIFE: i64 = 180 * DAY;
const GUARDIAN_SPREAD: i64 = 14 * DAY;
/// How stale the noted time of use may become before it is written again, as a part of the unused time after which a
/// session ends: a session ends a little early rather than late, and a school morning does not write down every family's.
const TOUCHES: i64 = 10;
/// Uses that are written by one commit, unless a minute passes first.
const USES_TOGETHER: usize = 512;

/// Wrong passwords without delay; then 30 s, doubling up to an hour.
const FREE_FAILURES: i64 = 5;
const FIRST_LOCK: i64 = 30_000;
const LONGEST_LOCK: i64 = 60 * MINUTE;

/// A session's secret: 256 random bits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SessionToken(String);

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

impl SessionToken {
    /// The token as the cookie carries it.
    pub fn from_cookie(value: &str) -> Self {
        Self(value.to_owned())
    }

    /// The cookie's value.
    pub fn cookie(&self) -> &str {
        &self.0
    }

    fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }
}

/// Sessions whose use is still to be written down. On a school morning every family's session is used for the
/// first time that day: a commit for each would keep their reports waiting. What a sudden end loses is noted at the
/// next use.
#[derive(Debug, Default)]
pub(crate) struct Uses(Mutex<HashSet<Vec<u8>>>);

impl Uses {
    fn note(&self, token_hash: Vec<u8>) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.insert(token_hash);
    }

    fn are_many(&self) -> bool {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.len() >= USES_TOGETHER
    }

    fn take(&self) -> Vec<Vec<u8>> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.drain().collect()
    }
}

/// Sessions by which reports have just come. Whoever reports looks at the code next, and is not looked up again for it.
#[derive(Debug, Default)]
pub(crate) struct Returning(Mutex<Option<Expected>>);

/// What one picture of the data, or several that show the same, say of them.
#[derive(Debug)]
struct Expected {
    seen: Seen,
    since: Millis,
    sessions: HashMap<Vec<u8>, SignedInRow>,
}

/// Milliseconds for which somebody is expected back: as much later may count what another program says of a session.
const SOON: i64 = 250;
/// Most who are expected at a time.
const EXPECTED: usize = 4_096;

impl Expected {
    /// Whether it was seen about then. A clock may be put back, too.
    fn is_fresh(&self, at: Millis) -> bool {
        (at.0 - self.since.0).abs() < SOON
    }
}

impl Returning {
    /// Expects the holders of sessions that a picture shows.
    fn expect<'a>(&self, (seen, at): (Seen, Millis), found: impl Iterator<Item = &'a SignedInRow>) {
        let mut expected = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        expected.take_if(|expected| expected.seen != seen || !expected.is_fresh(at));
        let Expected {
            since, sessions, ..
        } = expected.get_or_insert_with(|| Expected {
            seen,
            since: at,
            sessions: HashMap::new(),
        });
        *since = at.min(*since);
        let room = EXPECTED.saturating_sub(sessions.len());
        let found = found.take(room);
        sessions.extend(found.map(|row| (row.session.token_hash.clone(), row.clone())));
    }

    /// Who comes back, once.
    fn take(&self, services: &Services, token_hash: &[u8]) -> Option<SignedInRow> {
        let mut expected = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = services.clock.now();
        expected.take_if(|expected| {
            !expected.is_fresh(now) || !services.store.may_read_on(expected.seen)
        });
        expected.as_mut()?.sessions.remove(token_hash)
    }
}

/// Somebody who has just signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// For the cookie.
    pub token: SessionToken,
    /// For the cookie's age, in seconds.
    pub max_age: i64,
    /// With their roles.
    pub actor: Actor,
}

impl Services {
    /// Checks login and password and begins a session.
    ///
    /// # Errors
    /// [`Refusal::WrongCredentials`] and [`Refusal::TooManyAttempts`], the same whether or not the account exists;
    /// [`Error::Overloaded`] when too many passwords are being checked.
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<SignedIn> {
        let login = normalise_login(login).unwrap_or_default();
        let (mut tx, account) = self.proven(&login, password).await?;
        let signed_in = self.begin_session(&mut tx, account).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    /// Checks a password, counting failures per login whether or not it exists. Answers with a transaction in
    /// which the proof still holds: what other attempts did while this one was hashed has been looked at again.
    async fn proven(&self, login: &str, password: &str) -> Result<(Tx, AccountId)> {
        let index = self.login_index(login);
        let mut tx = self.store.read().await?;
        self.refuse_locked(&mut tx, &index).await?;
        let account = tx
            .account_by_login(&index)
            .await?
            .filter(|a| a.disabled_at.is_none());
        drop(tx);
        let hash = account.as_ref().and_then(|a| a.password_hash.as_deref());
        let fits = self.hashing.verify(password, hash).await?;
        let mut tx = self.store.write().await?;
        let failures = self.refuse_locked(&mut tx, &index).await?;
        let now = tx.account_by_login(&index).await?;
        let unchanged = now.filter(|n| {
            n.disabled_at.is_none()
                && account
                    .as_ref()
                    .is_some_and(|a| a.password_hash == n.password_hash)
        });
        let Some(account) = unchanged.filter(|_| fits) else {
            let failures = failures + 1;
            let wait = (failures - FREE_FAILURES).clamp(-1, 10);
            let lock = if wait < 0 {
                0
            } else {
                (FIRST_LOCK << wait).min(LONGEST_LOCK)
            };
            tx.set_signin_failures(&index, failures, Millis(self.clock.now().0 + lock))
                .await?;
            tx.commit().await?;
            metrics::counter!("fuxue_sign_in_failures_total").increment(1);
            return Err(Refusal::WrongCredentials.into());
        };
        if failures > 0 {
            tx.set_signin_failures(&index, 0, Millis(0)).await?;
        }
        Ok((tx, account.account_id))
    }

    async fn refuse_locked(&self, tx: &mut Tx, index: &[u8]) -> Result<i64> {
        let (failures, locked_until) = tx.signin_failures(index).await?;
        if self.clock.now() < locked_until {
            Err(Refusal::TooManyAttempts.into())
        } else {
            Ok(failures)
        }
    }

    /// Begins a session for an account whose holder has just proved who they are.
    pub(crate) async fn begin_session(&self, tx: &mut Tx, account: AccountId) -> Result<SignedIn> {
        let grants = grants(tx, account).await?;
        let is_staff = grants.iter().any(|g| g.role.is_staff());
        let (token, row) = self.new_session(account, is_staff);
        let max_age = (row.ends_at.0 - row.created_at.0) / 1_000;
        tx.insert_sessions(&[row]).await?;
        Ok(SignedIn {
            token,
            max_age,
            actor: Actor::account(account, grants),
        })
    }

    /// A session that begins now, still to be kept.
    pub(crate) fn new_session(
        &self,
        account: AccountId,
        is_staff: bool,
    ) -> (SessionToken, SessionRow) {
        let now = self.clock.now();
        let (idle, life) = if is_staff {
            (STAFF_LIFE, STAFF_LIFE)
        } else {
            let spread =
                i64::from(u32::from_le_bytes(bytes(&*self.entropy))) % (2 * GUARDIAN_SPREAD);
            (GUARDIAN_IDLE, GUARDIAN_LIFE - GUARDIAN_SPREAD + spread)
        };
        let token = SessionToken(URL_SAFE_NO_PAD.encode(bytes::<32>(&*self.entropy)));
        let row = SessionRow {
            token_hash: token.hash(),
            account_id: account,
            created_at: now,
            used_at: now,
            idle_ms: idle,
            ends_at: Millis(now.0 + life),
        };
        (token, row)
    }

    /// Who a cookie stands for; `None` when its session has ended or its account is disabled.
    pub async fn authenticate(&self, token: &SessionToken) -> Result<Option<Actor>> {
        let hash = token.hash();
        let found = match self.returning.take(self, &hash) {
            Some(found) => Some(found),
            None => self.sessions.ask(hash).await?,
        };
        let Some(found) = found else {
            return Ok(None);
        };
        let actor = self.actor_of(found);
        self.write_many_uses().await;
        Ok(actor)
    }

    /// Who a session that was found stands for, which counts as a use; `None` when it has ended.
    fn actor_of(&self, found: SignedInRow) -> Option<Actor> {
        let SignedInRow {
            session,
            grants,
            children,
        } = found;
        let now = self.clock.now();
        let unused = now.0 - session.used_at.0;
        if now >= session.ends_at || unused >= session.idle_ms {
            return None;
        }
        if unused > session.idle_ms / TOUCHES {
            self.uses.note(session.token_hash);
        }
        Some(Actor::account(session.account_id, roles(&grants, children)))
    }

    /// Whom sessions stand for by which reports come; those that have ended are not among them. Where a picture is looked
    /// at, by its transaction, what was seen and when, their holders are expected back.
    pub(crate) async fn actors_of(
        &self,
        picture: Option<(&mut Tx, Seen, Millis)>,
        tokens: &[SessionToken],
    ) -> Result<HashMap<SessionToken, Actor>> {
        let hashes: Vec<_> = tokens.iter().map(SessionToken::hash).collect();
        let found = match picture {
            Some((tx, seen, taken)) => {
                let found = sessions_by(tx, &hashes).await?;
                let holders = found.iter().flatten();
                self.returning.expect((seen, taken), holders);
                found
            }
            None => self.find_sessions(&hashes).await?,
        };
        let known = tokens.iter().zip(found);
        let known =
            known.filter_map(|(token, found)| Some((token.clone(), self.actor_of(found?)?)));
        Ok(known.collect())
    }

    /// Looks up sessions; once more where the connection may have ended unnoticed.
    async fn find_sessions(&self, hashes: &[Vec<u8>]) -> Result<Vec<Session>> {
        let mut tx = self.store.glance().await?;
        let found = sessions_by(&mut tx, hashes).await;
        drop(tx);
        match found {
            Err(Error::Overloaded) => sessions_by(&mut self.store.read().await?, hashes).await,
            found => found,
        }
    }

    /// Writes down which sessions were used, where so many wait that this is worth a commit.
    pub(crate) async fn write_many_uses(&self) {
        // A full disk or a busy writer must not keep anybody from reading.
        if self.uses.are_many()
            && let Err(error) = Box::pin(self.write_uses()).await
        {
            tracing::warn!(%error, "the use of sessions was not noted");
        }
    }

    /// Writes down which sessions were used, those noted so far in one go.
    pub async fn write_uses(&self) -> Result<()> {
        let used = self.uses.take();
        if used.is_empty() {
            return Ok(());
        }
        let mut tx = self.store.write_for(&[]).await?;
        tx.brings_no_news();
        // The same session may have been used at two servers, each of which knows it among others.
        tx.lock_names(&["write_uses"]).await?;
        tx.touch_sessions(&used, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Ends one session.
    pub async fn sign_out(&self, token: &SessionToken) -> Result<()> {
        let mut tx = self.store.write().await?;
        tx.delete_session(&token.hash()).await?;
        Ok(tx.commit().await?)
    }

    /// Ends every session of the account.
    pub async fn sign_out_everywhere(&self, actor: &Actor) -> Result<()> {
        let account = actor.id().ok_or(Error::NotSignedIn)?;
        let mut tx = self.store.write().await?;
        tx.delete_sessions_of(account).await?;
        Ok(tx.commit().await?)
    }

    /// Changes one's own password and ends every other session; the present one is begun anew.
    ///
    /// # Errors
    /// [`Refusal::PasswordWrong`], [`Refusal::PasswordWeak`].
    pub async fn change_password(
        &self,
        actor: &Actor,
        present: &str,
        new: &str,
    ) -> Result<SignedIn> {
        let account = self.own_account(actor).await?;
        let login = normalise_login(&self.account_profile(&account)?.login)?;
        Hashing::check_new(new, &login)?;
        let hash = self.hashing.hash(&*self.entropy, new).await?;
        let (mut tx, id) = match self.proven(&login, present).await {
            Err(Error::Refused(Refusal::WrongCredentials)) => {
                return Err(Refusal::PasswordWrong.into());
            }
            proven => proven?,
        };
        tx.set_password(id, &hash, actor.id(), self.clock.now())
            .await?;
        tx.delete_sessions_of(id).await?;
        let signed_in = self.begin_session(&mut tx, id).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    /// What is kept of the account that is signed in.
    pub async fn own_profile(&self, actor: &Actor) -> Result<AccountProfile> {
        self.account_profile(&self.own_account(actor).await?)
    }

    async fn own_account(&self, actor: &Actor) -> Result<AccountRow> {
        let id = actor.id().ok_or(Error::NotSignedIn)?;
        self.store
            .read()
            .await?
            .account(id)
            .await?
            .ok_or(Error::NotSignedIn)
    }
}

/// The roles of an account: those given, and that of guardian for each of its children.
pub(crate) async fn grants(tx: &mut Tx, account: AccountId) -> Result<Vec<Grant>> {
    let grants = tx.grants_of(account).await?;
    let children = tx.children_of(account).await?.into_iter();
    Ok(roles(&grants, children.map(|row| row.person_id)))
}

fn roles(grants: &[GrantRow], children: impl IntoIterator<Item = PersonId>) -> Vec<Grant> {
    let guardian = |child| Grant {
        role: Role::Guardian,
        scope: Scope::Person(child),
    };
    let given = grants.iter().filter_map(grant_of);
    given.chain(children.into_iter().map(guardian)).collect()
}

/// Looks up sessions by the hashes of their tokens, with the roles of their accounts.
pub(crate) type Sessions = Gather<Vec<u8>, Session>;

/// A session of an account that is not disabled.
type Session = Option<SignedInRow>;

/// Starts the reader of [`Sessions`].
pub(crate) fn look_up_sessions(services: &Arc<Services>, lookups: Asking<Vec<u8>, Session>) {
    gather::start(Arc::downgrade(services), lookups, |services, hashes| {
        Box::pin(services.find_sessions(hashes))
    });
}

async fn sessions_by(tx: &mut Tx, hashes: &[Vec<u8>]) -> Result<Vec<Session>> {
    let rows = tx.sessions(hashes).await?.into_iter();
    let rows: HashMap<_, _> = rows
        .map(|row| (row.session.token_hash.clone(), row))
        .collect();
    // One browser may ask several times at once.
    Ok(hashes.iter().map(|hash| rows.get(hash).cloned()).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::demo::random::Random;
    use crate::intake::Submission;
    use crate::recolour::tests::Town;
    use domain::report::{Answers, Channel};

    /// Begins a session of the first child's guardian.
    async fn begin(town: &Town) -> SessionToken {
        let account = town.guardians[0].id().unwrap();
        let mut tx = town.services.store.write().await.unwrap();
        let begun = town.services.begin_session(&mut tx, account).await;
        tx.commit().await.unwrap();
        begun.unwrap().token
    }

    /// Begins one, and reports by it.
    async fn report(town: &Town, id: u8) -> SessionToken {
        let services = &town.services;
        let token = begin(town).await;
        let submission = Submission {
            person: town.people[0],
            day: town.today(),
            id: [id; 16],
            based_on: u16::from(id) - 1,
            answers: Answers::all_well(),
            channel: Channel::Web,
        };
        let receipt = services.report_by_session(&token, submission).await;
        assert_eq!(receipt.unwrap().revision, u16::from(id));
        token
    }

    #[tokio::test]
    async fn whoever_reports_is_expected_back_once_and_soon_while_nothing_has_changed() {
        let town = Town::new(Random::new(3, "sessions", 0)).await;
        let services = &town.services;
        let is_expected = |token: &SessionToken| {
            let back = services.returning.take(services, &token.hash());
            back.is_some()
        };

        // Nothing is read ahead of the writer before it has written.
        report(&town, 1).await;
        let token = report(&town, 2).await;
        assert!(is_expected(&token));
        assert!(!is_expected(&token), "once");

        let token = report(&town, 3).await;
        town.clock.advance(SOON);
        assert!(!is_expected(&token), "not for long");
        assert!(services.authenticate(&token).await.unwrap().is_some());

        let token = report(&town, 4).await;
        services.sign_out(&token).await.unwrap();
        assert!(!is_expected(&token), "not after signing out");
        assert!(services.authenticate(&token).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_disabled_account_has_no_session_and_begins_none() {
        let town = Town::new(Random::new(3, "sessions", 1)).await;
        let (services, account) = (&town.services, town.guardians[0].id().unwrap());
        let set_disabled = async |at| {
            let mut tx = services.store.write().await.unwrap();
            let now = services.clock.now();
            tx.set_disabled(account, at, None, now).await.unwrap();
            tx.commit().await.unwrap();
        };
        let is_known = async |token: &SessionToken| {
            let actor = services.authenticate(token).await.unwrap();
            actor.is_some()
        };

        let before = begin(&town).await;
        assert!(is_known(&before).await);
        set_disabled(Some(services.clock.now())).await;
        assert!(!is_known(&before).await);
        let meanwhile = begin(&town).await;
        assert!(!is_known(&meanwhile).await);

        set_disabled(None).await;
        assert!(!is_known(&before).await && !is_known(&meanwhile).await);
        assert!(is_known(&begin(&town).await).await);
    }
}
