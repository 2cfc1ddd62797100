//! Opening the data: the database, its key file, and what runs beside the requests.

use crate::clock::{Clock, Entropy, IdSource};
use crate::context::{RuleSet, SchoolInfo};
use crate::intake::Intake;
use crate::keys::{KeyFile, KeyFileError};
use crate::pace::Pace;
use crate::redecide::Bell;
use crate::vault::{Cell, Vault};
use domain::ids::{RegionCode, SchoolId};
use std::collections::HashMap;
use std::fs::{DirBuilder, File, TryLockError};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use store::{DatabaseUrl, Store, StoreError};

/// Everything the use cases work with.
#[derive(Debug)]
pub struct Services {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Whether this is a demo with invented people.
    pub demo: bool,
    /// The accounts that a demo's sign-in page offers; empty otherwise.
    pub demo_accounts: std::sync::OnceLock<Vec<crate::demo::DemoAccount>>,
    pub(crate) hashing: crate::accounts::Hashing,
    pub(crate) sessions: crate::accounts::Sessions,
    pub(crate) uses: crate::accounts::Uses,
    pub(crate) returning: crate::accounts::Returning,
    pub(crate) children: crate::family::Children,
    pub(crate) vault: Vault,
    pub(crate) ids: IdSource,
    pub(crate) intake: Intake,
    pub(crate) rules: RwLock<Option<Arc<RuleSet>>>,
    pub(crate) schools: RwLock<HashMap<SchoolId, Arc<SchoolInfo>>>,
    pub(crate) regions: RwLock<HashMap<RegionCode, Arc<crate::bureau::RegionInfo>>>,
    pub(crate) screens: crate::bureau::Screens,
    /// The mark of the settings that are in memory, as far as this server knows.
    pub(crate) settings_seen: std::sync::atomic::AtomicI64,
    pub(crate) passes: crate::passes::Passes,
    pub(crate) holders: crate::passes::Holders,
    pub(crate) gates: crate::gates::GateCache,
    pub(crate) open_days: tokio::sync::RwLock<HashMap<String, domain::Day>>,
    /// Held while everybody is looked at on a new day; how many at a time.
    pub(crate) opening: tokio::sync::Mutex<Pace>,
    /// Held while the file of a region's schools is made.
    pub(crate) exporting: Arc<tokio::sync::Mutex<()>>,
    /// A request has begun a day.
    pub(crate) began: tokio::sync::Notify,
    /// Held while a page is decided about anew; how many at a time.
    pub(crate) pace: tokio::sync::Mutex<Pace>,
    /// Wakes the runner of [`crate::redecide`].
    pub(crate) redecisions: Bell,
    /// Replays of drafts that are running.
    pub(crate) replays: crate::rules::Replays,
    /// How often each key of the interface has asked.
    pub(crate) pacing: crate::interface::Pacing,
    /// The named requests of the interface that this process is at work on.
    pub(crate) named_requests: crate::interface::NamedRequests,
}

/// Where the data lies and how it is opened.
#[derive(Debug, Clone)]
pub struct Location {
    /// The folder of the database.
    pub data: PathBuf,
    /// The key file; beside the database by default.
    pub key_file: PathBuf,
    /// Whether a demo is opened.
    pub demo: bool,
    /// The PostgreSQL database to use instead of a file in the folder.
    pub server: Option<DatabaseUrl>,
    /// A replica of it, for those who only look on.
    pub replica: Option<DatabaseUrl>,
}

impl Location {
    /// The default places in a data folder.
    pub fn in_folder(data: PathBuf, demo: bool) -> Self {
        Self {
            key_file: data.join("fuxue.key"),
            data,
            demo,
            server: None,
            replica: None,
        }
    }

    /// The database file, where there is no [`Location::server`].
    pub fn database(&self) -> PathBuf {
        self.data.join("fuxue.db")
    }

    /// Whether there may be data already: for a server only opening it tells.
    pub fn may_exist(&self) -> bool {
        self.server.is_some() || self.database().exists()
    }

    /// The database for people to read, without any password.
    pub fn name(&self) -> String {
        match &self.server {
            Some(server) => format!("the {server}"),
            None => format!("the database {}", self.database().display()),
        }
    }

    /// Opens the database, the one place where its engine is chosen.
    ///
    /// # Errors
    /// [`OpenError::Database`] with advice.
    pub async fn open_database(&self) -> Result<Store, OpenError> {
        let opened = match &self.server {
            Some(server) => Store::connect(server, self.replica.as_ref()).await,
            None => Store::open(&self.database()).await,
        };
        opened.map_err(|error| self.failed(error))
    }

    /// What a failure of the database means to whoever opens it, with advice.
    pub fn failed(&self, error: StoreError) -> OpenError {
        let advice = match (&self.server, &error) {
            (Some(_), StoreError::Refused(_) | StoreError::Foreign(_)) => "",
            (Some(_), _) => {
                "\nIs the database server running, and reachable from here? See DATABASE_URL."
            }
            (None, _) => {
                "\nIf this file should be a Fuxue database, restore the last backup; otherwise choose another --data folder."
            }
        };
        OpenError::Database(self.name(), error, advice)
    }

    /// The same where what is in the database could not be brought up to date: it may turn out to be damaged.
    fn unprepared(&self, error: crate::Error) -> OpenError {
        let crate::Error::Internal(cause) = error else {
            return error.into();
        };
        match cause.downcast() {
            Ok(error) if matches!(*error, StoreError::Foreign(_)) => self.failed(*error),
            Ok(error) => crate::Error::from(*error).into(),
            Err(cause) => crate::Error::Internal(cause).into(),
        }
    }

    /// Keeps other servers off this folder until the file is dropped or the process ends, however it ends: what a
    /// server has in memory would not know what another one writes into a file. Commands may work beside a server.
    /// Servers that share a PostgreSQL database may share a folder too; all it holds is their key file.
    ///
    /// # Errors
    /// [`OpenError::InUse`] where another server has the folder.
    pub fn lock(&self) -> Result<File, OpenError> {
        make_folder(&self.data)?;
        let path = self.data.join("fuxue.lock");
        let failed = |e| OpenError::Folder(self.data.clone(), e);
        let file = File::create(path).map_err(failed)?;
        let locked = match self.server {
            Some(_) => file.try_lock_shared(),
            None => file.try_lock(),
        };
        match locked {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse(self.data.clone())),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

/// Makes the folder of the data where it is missing, closed to other users of the machine.
fn make_folder(data: &Path) -> Result<(), OpenError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data)
        .map_err(|e| OpenError::Folder(data.to_owned(), e))
}

/// Why the program does not start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made.
    #[error("cannot use the data folder {0}: {1}")]
    Folder(PathBuf, std::io::Error),
    /// Another server works on the folder.
    #[error(
        "another server is at work on the data folder {0}; stop it first, or choose another --data folder."
    )]
    InUse(PathBuf),
    /// The key file cannot be used.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The data are there but their key file is not.
    #[error(
        "{0} is encrypted with key {1}, but there is no key file at {2}.\nPut the key file back, copy it from another server of this database, or restore it from its recovery sheet, and start again. Nothing was changed."
    )]
    KeyMissing(String, String, PathBuf),
    /// The key file belongs to other data.
    #[error(
        "{0} is encrypted with key {1}, but {2} holds key {3}.\nStart with the matching key file (--key-file). Nothing was changed."
    )]
    KeyDiffers(String, String, PathBuf, String),
    /// A demo's data would be served as real, or the reverse.
    #[error("{0}")]
    DemoMix(String),
    /// The database cannot be opened.
    #[error("{0}: {1}{2}")]
    Database(String, #[source] StoreError, &'static str),
    /// Anything else.
    #[error(transparent)]
    Other(#[from] crate::Error),
}

impl OpenError {
    /// A demo would touch real data.
    pub(crate) fn real_data(location: &Location) -> Self {
        Self::DemoMix(format!(
            "{} holds real data; a demo never touches it. Choose another --data folder or database.",
            location.name()
        ))
    }
}

pub(crate) const KEY_CHECK: &str = "key_check";
const KEY_ID: &str = "key_id";
pub(crate) const DEMO: &str = "demo";

/// Opens database and key file without starting anything; makes both where the folder is new.
pub async fn open_store(
    location: &Location,
    entropy: &dyn Entropy,
) -> Result<(Store, Vault), OpenError> {
    make_folder(&location.data)?;
    let store = location.open_database().await?;
    match open_vault(location, &store, entropy).await {
        Ok(vault) => Ok((store, vault)),
        Err(error) => {
            store.close().await;
            Err(error)
        }
    }
}

/// Opens the key file of a database, or gives a new database the one that lies there or a new one.
async fn open_vault(
    location: &Location,
    store: &Store,
    entropy: &dyn Entropy,
) -> Result<Vault, OpenError> {
    let failed = |e: StoreError| location.failed(e);
    let mut tx = store.write().await.map_err(failed)?;
    let check = tx.meta(KEY_CHECK).await.map_err(failed)?;
    let stored_id =
        String::from_utf8_lossy(&tx.meta(KEY_ID).await.map_err(failed)?.unwrap_or_default())
            .into_owned();
    let is_demo = tx.meta(DEMO).await.map_err(failed)?.is_some();
    let key = match (KeyFile::read(&location.key_file)?, &check) {
        (Some(key), _) => key,
        (None, Some(_)) => {
            return Err(OpenError::KeyMissing(
                location.name(),
                stored_id,
                location.key_file.clone(),
            ));
        }
        (None, None) => {
            let key = KeyFile::generate(entropy);
            key.write_recovery_sheet(
                &location
                    .key_file
                    .with_extension(format!("{}.recovery.txt", key.label())),
            )?;
            key.write_new(&location.key_file)?;
            key
        }
    };
    let vault = Vault::new(&key);
    let cell = Cell::new("meta", KEY_CHECK, 0);
    match check {
        Some(sealed) if vault.general().open(cell, &sealed).is_err() => {
            return Err(OpenError::KeyDiffers(
                location.name(),
                stored_id,
                location.key_file.clone(),
                key.label(),
            ));
        }
        Some(_) if is_demo != location.demo => {
            return Err(if is_demo {
                OpenError::DemoMix(format!(
                    "{} holds a demo with invented people; it is never served as real. Choose another --data folder or database.",
                    location.name()
                ))
            } else {
                OpenError::real_data(location)
            });
        }
        Some(_) => {}
        None => {
            let sealed = vault.general().seal(entropy, cell, b"fuxue");
            tx.set_meta(KEY_CHECK, &sealed).await.map_err(failed)?;
            tx.set_meta(KEY_ID, key.label().as_bytes())
                .await
                .map_err(failed)?;
            if location.demo {
                tx.set_meta(DEMO, b"1").await.map_err(failed)?;
            }
            tx.commit().await.map_err(failed)?;
        }
    }
    Ok(vault)
}

impl Services {
    /// Opens the data and starts the writer of reports.
    pub async fn open(
        location: &Location,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Arc<Self>, OpenError> {
        let (store, vault) = open_store(location, &*entropy).await?;
        let (intake, queue) = Intake::new();
        let (sessions, lookups) = crate::gather::Gather::new();
        let (children, visits) = crate::gather::Gather::new();
        let (holders, draws) = crate::gather::Gather::new();
        let (redecisions, ear) = Bell::new();
        let ids = IdSource::of(store.node());
        let hashing = crate::accounts::Hashing::new(&*entropy)?;
        let services = Arc::new(Self {
            store,
            clock,
            entropy,
            demo: location.demo,
            demo_accounts: std::sync::OnceLock::new(),
            hashing,
            sessions,
            uses: crate::accounts::Uses::default(),
            returning: crate::accounts::Returning::default(),
            children,
            vault,
            ids,
            intake,
            rules: RwLock::default(),
            schools: RwLock::default(),
            regions: RwLock::default(),
            screens: crate::bureau::Screens::default(),
            settings_seen: std::sync::atomic::AtomicI64::new(0),
            passes: crate::passes::Passes::default(),
            holders,
            gates: crate::gates::GateCache::default(),
            open_days: tokio::sync::RwLock::default(),
            opening: tokio::sync::Mutex::default(),
            exporting: Arc::default(),
            began: tokio::sync::Notify::new(),
            pace: tokio::sync::Mutex::default(),
            redecisions,
            replays: crate::rules::Replays::default(),
            pacing: crate::interface::Pacing::default(),
            named_requests: crate::interface::NamedRequests::default(),
        });
        let prepared = services.prepare().await;
        prepared.map_err(|error| location.unprepared(error))?;
        crate::intake::start(Arc::downgrade(&services), queue)
            .map_err(|error| crate::Error::internal(error.to_string()))?;
        crate::accounts::look_up_sessions(&services, lookups);
        crate::family::look_up_children(&services, visits);
        crate::passes::draw_holders(&services, draws);
        crate::redecide::start(Arc::downgrade(&services), ear);
        services.resume_redecisions();
        crate::nodes::start(Arc::downgrade(&services));
        Ok(services)
    }

    /// Brings what is in the database up to date.
    async fn prepare(&self) -> crate::Result<()> {
        let today = domain::Zone::SHANGHAI.day_of(self.clock.now());
        self.store.tend(today).await?;
        self.install_shipped_rulebook().await?;
        self.index_phones().await?;
        self.renew_pass_keys().await?;
        self.install_shipped_recognition().await?;
        self.verify_rulebooks().await?;
        self.begin_days().await
    }

    pub(crate) fn next_id(&self) -> i64 {
        self.ids.next(self.clock.now(), &*self.entropy)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::clock::{SystemClock, SystemEntropy};
    use sqlx::Connection as _;
    use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

    #[test]
    fn one_server_alone_has_a_folder_until_it_ends() {
        let dir = tempfile::tempdir().unwrap();
        let location = Location::in_folder(dir.path().join("data"), false);
        let first = location.lock().unwrap();
        assert!(matches!(location.lock(), Err(OpenError::InUse(_))));
        drop(first);
        location.lock().unwrap();
    }

    #[tokio::test]
    async fn damage_that_shows_only_when_rows_are_read_is_refused_with_advice() {
        let dir = tempfile::tempdir().unwrap();
        let location = Location::in_folder(dir.path().join("data"), false);
        let open = || Services::open(&location, Arc::new(SystemClock), Arc::new(SystemEntropy));
        open().await.unwrap().store.close().await;
        let file = location.database();
        let options = SqliteConnectOptions::new().filename(&file);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        let (page, size): (i64, i64) =
            sqlx::query_as("SELECT rootpage, page_size FROM sqlite_master, pragma_page_size WHERE name = 'rulebook'")
                .fetch_one(&mut connection)
                .await
                .unwrap();
        connection.close().await.unwrap();
        let mut bytes = std::fs::read(&file).unwrap();
        let at = usize::try_from((page - 1) * size).unwrap();
        bytes[at..at + 16].fill(0xff);
        std::fs::write(&file, &bytes).unwrap();
        let refused = open().await.unwrap_err();
        assert!(
            refused.to_string().contains("damaged")
                && refused.to_string().contains("restore the last backup"),
            "{refused}"
        );
    }
}
