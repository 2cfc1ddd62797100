//! A database of either engine, and its transactions.

use crate::engine::connections::Begun;
use crate::engine::postgres::{self, Deferred, Server};
use crate::engine::replica::{PATIENCE, Replica};
use crate::engine::{Inner, sqlite::File};
use crate::news::{News, Seen};
use crate::query::{query, query_as};
use crate::rollups::Places;
use crate::{DatabaseUrl, Result, StoreError};
use domain::Day;
use domain::ids::PersonId;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::time::timeout;

/// A database.
#[derive(Debug)]
pub struct Store {
    engine: Engine,
    changes: AtomicU64,
    generation: AtomicU64,
    places: Arc<Places>,
}

#[derive(Debug)]
enum Engine {
    File(File),
    Server(Server),
}

/// What only one of several servers does at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// Beginning a day, and closing those before it.
    BeginDay = 1,
    /// Looking at everybody on a new day, and what the day's beginning brings with it.
    OpenDay = 2,
    /// Deciding about many people anew.
    Redecide = 3,
    /// Writing the numbers of five minutes.
    Slots = 4,
}

/// A job that is this server's until it is dropped or the server dies.
#[derive(Debug)]
pub struct Held(#[expect(dead_code, reason = "its end gives the job back")] Option<Begun>);

/// How often something was changed by any server. Each number grows with a change and never falls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Marks {
    /// Numbers on a screen.
    pub numbers: i64,
    /// Rulebooks, areas, schools, regions and keys.
    pub settings: i64,
}

impl Marks {
    /// Reads the marks of all servers together.
    pub(crate) const ALL: &str = "SELECT CAST(coalesce(sum(numbers), 0) AS BIGINT) AS numbers, CAST(coalesce(sum(settings), 0) AS BIGINT) AS settings FROM node";

    /// Whether whoever has these marks has all that `due` stands for.
    pub(crate) fn reach(self, due: Self) -> bool {
        self.numbers >= due.numbers && self.settings >= due.settings
    }
}

impl Store {
    /// Opens the file `path`, making it where it is missing, and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError::Foreign`] where the file is not a database of this program or is damaged.
    pub async fn open(path: &Path) -> Result<Self> {
        Ok(Self::over(Engine::File(File::open(path).await?)))
    }

    /// Connects to a PostgreSQL database, and brings its tables up to date; [`Store::look`] uses `replica` where there
    /// is one.
    ///
    /// # Errors
    /// [`StoreError::Foreign`] where the database is not one of this program or of a newer version, and
    /// [`StoreError::Refused`] where there is none or its server lets nobody in by this name and password.
    pub async fn connect(url: &DatabaseUrl, replica: Option<&DatabaseUrl>) -> Result<Self> {
        Ok(Self::over(Engine::Server(
            Server::connect(url, replica).await?,
        )))
    }

    fn over(engine: Engine) -> Self {
        Self {
            engine,
            changes: AtomicU64::new(0),
            generation: AtomicU64::new(0),
            places: Arc::default(),
        }
    }

    fn begun(&self, inner: Inner, generation: u64) -> Tx {
        Tx::new(inner, generation, Arc::clone(&self.places))
    }

    /// A transaction that may write. One at a time, over all servers; the next waits its turn.
    pub async fn write(&self) -> Result<Tx> {
        let generation = self.generation();
        Ok(match &self.engine {
            Engine::File(file) => {
                let inner = file.write().await?;
                self.begun(inner, generation).with_news(file.news())
            }
            Engine::Server(server) => {
                let (inner, settings) = server.write().await?;
                self.begun(inner, generation).of(server.node, settings)
            }
        })
    }

    /// A transaction that writes what belongs to these people and nothing else: reports, states, decisions, their part of
    /// the numbers, their schools' logs ([`Tx::lock_names`]). As many as there are [`Store::writers`] in each server may do
    /// so at once for different people, and none while somebody else has [`Store::write`].
    pub async fn write_for(&self, people: &[PersonId]) -> Result<Tx> {
        match &self.engine {
            Engine::File(_) => self.write().await,
            Engine::Server(server) => {
                let generation = self.generation();
                let (inner, settings) = server.write_for(people).await?;
                Ok(self.begun(inner, generation).of(server.node, settings))
            }
        }
    }

    /// How many transactions of [`Store::write_for`] are worth having at once: while the rows of one are written, the next
    /// is prepared.
    pub fn writers(&self) -> usize {
        match &self.engine {
            Engine::File(_) => 1,
            Engine::Server(_) => 2,
        }
    }

    /// A transaction that reads what [`Store::write_after`] will write over; one at a time. `None` while somebody else is
    /// writing, or waits for all to end their reading, and where others may write at any moment without this program's
    /// knowing.
    pub async fn read_ahead(&self) -> Result<Option<(Tx, Seen)>> {
        match &self.engine {
            Engine::File(file) => {
                let Some(seen) = file.seen() else {
                    return Ok(None);
                };
                let generation = self.generation();
                let inner = file.read_ahead().await?;
                Ok(Some((self.begun(inner, generation), seen)))
            }
            Engine::Server(_) => Ok(None),
        }
    }

    /// Whether a transaction of [`Store::read_ahead`] is still good to read: as far as this program knows, what it shows
    /// holds but for what callers of [`Store::write_after`] have written, and its end is not waited for.
    pub fn may_read_on(&self, seen: Seen) -> bool {
        match &self.engine {
            Engine::File(file) => file.seen() == Some(seen),
            Engine::Server(_) => false,
        }
    }

    /// As [`Store::write_for`], and whether what was read ahead still holds: nobody has written since but callers of
    /// this function, who know what of it they write over themselves, and who [brought no news](Tx::brings_no_news).
    pub async fn write_after(&self, people: &[PersonId], seen: Option<Seen>) -> Result<(Tx, bool)> {
        match &self.engine {
            Engine::File(file) => {
                let generation = self.generation();
                let (inner, now) = file.write_after().await?;
                Ok((self.begun(inner, generation), seen == Some(now)))
            }
            Engine::Server(_) => Ok((self.write_for(people).await?, false)),
        }
    }

    /// A transaction that only reads, over one unchanging picture of the data.
    pub async fn read(&self) -> Result<Tx> {
        let generation = self.generation();
        let inner = match &self.engine {
            Engine::File(file) => file.read().await?,
            Engine::Server(server) => server.read().await?,
        };
        Ok(self.begun(inner, generation))
    }

    /// As [`Store::read`], for a single question, which PostgreSQL answers without a transaction around it. Its connection
    /// may have ended while nobody used it: after an error, [`Store::read`] asks on another.
    pub async fn glance(&self) -> Result<Tx> {
        match &self.engine {
            Engine::File(_) => self.read().await,
            Engine::Server(server) => {
                let generation = self.generation();
                Ok(self.begun(server.glance().await?, generation))
            }
        }
    }

    /// As [`Store::read`], for whoever only looks on, such as a screen: a replica may answer that has all that was here at
    /// the last [`Store::ask_replica`], so that its picture is a moment old. What follows from it must not be written.
    pub async fn look(&self) -> Result<Tx> {
        if let Engine::Server(server) = &self.engine
            && let Some(replica) = &server.replica
            && let Some(due) = replica.due()
        {
            let look = timeout(PATIENCE, self.look_there(replica, due)).await;
            match look.unwrap_or(Err(StoreError::Busy)) {
                Ok(Some(tx)) => return Ok(tx),
                Ok(None) => tracing::debug!("a replica is behind"),
                Err(error) => tracing::debug!(%error, "a replica does not answer"),
            }
        }
        self.read().await
    }

    async fn look_there(&self, replica: &Replica, due: Marks) -> Result<Option<Tx>> {
        let generation = self.generation();
        let mut tx = self.begun(replica.picture().await?, generation);
        tx.is_a_look = true;
        let has_all = tx.marks().await?.reach(due);
        Ok(has_all.then_some(tx))
    }

    /// Asks the replica how far it is; to be called about once a second. [`Store::look`] looks there until the next time
    /// if it has come to `due`; `None` where it has not, does not answer, or where there is none.
    pub async fn ask_replica(&self, due: Marks) -> Option<Marks> {
        match &self.engine {
            Engine::File(_) => None,
            Engine::Server(server) => server.replica.as_ref()?.ask(due).await,
        }
    }

    /// Takes a job if no other server has it.
    pub async fn try_hold(&self, job: Job) -> Result<Option<Held>> {
        match &self.engine {
            Engine::File(_) => Ok(Some(Held(None))),
            Engine::Server(server) => {
                let held = server.hold(job as i32, false).await?;
                Ok(held.map(|tx| Held(Some(tx))))
            }
        }
    }

    /// Takes a job, and waits for another server that has it.
    pub async fn hold(&self, job: Job) -> Result<Held> {
        match &self.engine {
            Engine::File(_) => Ok(Held(None)),
            Engine::Server(server) => Ok(Held(server.hold(job as i32, true).await?)),
        }
    }

    /// Which of several servers this is, from 0 to 255; `None` where there is no other.
    pub fn node(&self) -> Option<u8> {
        match &self.engine {
            Engine::File(_) => None,
            Engine::Server(server) => u8::try_from(server.node).ok(),
        }
    }

    /// Says to the other servers that this one is still there; to be called at least every half hour.
    pub async fn stay(&self) -> Result<()> {
        match &self.engine {
            Engine::File(_) => Ok(()),
            Engine::Server(server) => server.stay().await,
        }
    }

    /// Makes room for the days around `today` where an engine wants to be told; to be called at a start and every day.
    pub async fn tend(&self, today: Day) -> Result<()> {
        match &self.engine {
            Engine::File(_) => Ok(()),
            Engine::Server(server) => server.tend(today).await,
        }
    }

    /// Lets an engine look at what it does not look at by itself, so that it knows which way to a row is the short one;
    /// to be called every day when few ask. Waits for no writer, keeps none waiting, and may be left to itself.
    pub fn take_stock(&self) -> impl Future<Output = Result<()>> + Send + use<> {
        let server = match &self.engine {
            Engine::File(_) => None,
            Engine::Server(server) => Some(server.take_stock()),
        };
        async {
            match server {
                Some(looking) => looking.await,
                None => Ok(()),
            }
        }
    }

    /// Forgets everything. Only for invented people.
    ///
    /// # Errors
    /// [`StoreError::NotHere`] for a file, which can be removed.
    pub async fn erase(&self) -> Result<()> {
        match &self.engine {
            Engine::File(_) => Err(StoreError::NotHere("remove the file instead")),
            Engine::Server(server) => {
                server.erase().await?;
                self.places.clear();
                Ok(())
            }
        }
    }

    /// Says that numbers on a screen may have changed; call it after the commit.
    pub fn mark_change(&self) {
        self.changes.fetch_add(1, Ordering::Release);
    }

    /// Grows whenever numbers on a screen may have changed.
    pub fn change_mark(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Grows whenever what servers keep in memory has to be read anew; what an older transaction has read must not be
    /// kept, see [`Tx::may_be_kept`].
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Says that what servers keep in memory has to be read anew.
    pub fn next_generation(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// Writes a complete, consistent copy to `path`, which must not exist yet.
    ///
    /// # Errors
    /// [`StoreError::NotHere`] for PostgreSQL, which has tools of its own for that.
    pub async fn backup(&self, path: &Path) -> Result<()> {
        match &self.engine {
            Engine::File(file) => file.backup(path).await,
            Engine::Server(_) => Err(StoreError::by_postgres()),
        }
    }

    /// Ends all connections after the running transactions.
    pub async fn close(&self) {
        match &self.engine {
            Engine::File(file) => file.close().await,
            Engine::Server(server) => server.close().await,
        }
    }
}

/// A transaction; every query is a method. Dropped without [`Tx::commit`] it leaves no trace.
#[derive(Debug)]
pub struct Tx {
    pub(crate) inner: Inner,
    generation: u64,
    is_a_look: bool,
    /// What PostgreSQL is asked together with the next statement, or before the commit.
    pub(crate) deferred: Deferred,
    /// A statement has failed: PostgreSQL would answer COMMIT with a rollback, and call that a success.
    pub(crate) is_broken: bool,
    node: i64,
    settings: Option<i64>,
    touched: Marks,
    pub(crate) places: Arc<Places>,
    news: Option<(Arc<News>, u64)>,
}

impl Tx {
    fn new(inner: Inner, generation: u64, places: Arc<Places>) -> Self {
        Self {
            inner,
            generation,
            is_a_look: false,
            deferred: Deferred::default(),
            is_broken: false,
            node: 0,
            settings: None,
            touched: Marks::default(),
            places,
            news: None,
        }
    }

    fn with_news(self, news: &Arc<News>) -> Self {
        Self {
            news: Some((Arc::clone(news), news.begin())),
            ..self
        }
    }

    /// Says of a transaction that writes: it writes nothing by which anybody decides about people.
    pub fn brings_no_news(&mut self) {
        if let Some((news, _)) = self.news.take() {
            news.take_back();
        }
    }

    fn of(self, node: i64, settings: i64) -> Self {
        Self {
            node,
            settings: Some(settings),
            ..self
        }
    }

    /// Makes everything written durable, and visible to others; other servers will see by the marks that something
    /// changed. A transaction in which a statement has failed cannot be committed.
    pub async fn commit(mut self) -> Result<()> {
        if self.is_broken {
            return Err(StoreError::Broken);
        }
        if self.touched != Marks::default() {
            query(
                "INSERT INTO node (node_no, seen_at, numbers, settings) VALUES ($1, 0, $2, $3)
                 ON CONFLICT (node_no) DO UPDATE SET numbers = node.numbers + excluded.numbers, settings = node.settings + excluded.settings",
            )
            .bind(self.node)
            .bind(self.touched.numbers)
            .bind(self.touched.settings)
            .defer("node", &mut self)
            .await?;
        }
        self.execute_deferred().await?;
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        if let Some((news, number)) = self.news {
            news.end(number);
        }
        Ok(())
    }

    /// Waits until nobody else has one of these names, who might be writing for other people beside this transaction; until
    /// its end they are its own. To be called once, before what they stand for is read.
    pub async fn lock_names<S: AsRef<str>>(&mut self, names: &[S]) -> Result<()> {
        self.execute_deferred().await?;
        if let Inner::Postgres(tx) = &mut self.inner
            && !names.is_empty()
        {
            let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
            let locked = tx
                .ask(async |on| postgres::lock_names(on, &names).await)
                .await;
            self.is_broken |= locked.is_err();
            locked?;
        }
        Ok(())
    }

    /// Gives what follows in this transaction longer than an answer of PostgreSQL is waited for else: for the few statements
    /// that go through all people, or all classes of a zone.
    pub async fn take_time(&mut self) -> Result<()> {
        if let Inner::Postgres(tx) = &mut self.inner {
            let taken = tx.take_time().await;
            self.is_broken |= taken.is_err();
            taken?;
        }
        Ok(())
    }

    /// Whether a replica answers, whose picture may be a moment old.
    pub fn is_a_look(&self) -> bool {
        self.is_a_look
    }

    /// Whether what this transaction reads may be kept in memory: it sees all that was committed before the store's
    /// present generation began, and nothing that is not committed.
    pub fn may_be_kept(&self, store: &Store) -> bool {
        !self.is_a_look && !self.touches_settings() && self.generation == store.generation()
    }

    /// How often settings had been changed when a transaction that writes got its turn; `None` where no other server
    /// can change them.
    pub fn settings_mark(&self) -> Option<i64> {
        self.settings
    }

    /// The marks of all servers together.
    pub async fn marks(&mut self) -> Result<Marks> {
        Ok(query_as(Marks::ALL).fetch_one(self).await?)
    }

    /// The number of this server among those at work on the database.
    pub(crate) fn node(&self) -> i64 {
        self.node
    }

    /// Whether this transaction has changed what servers keep in memory.
    pub(crate) fn touches_settings(&self) -> bool {
        self.touched.settings != 0
    }

    /// This transaction changes numbers on a screen.
    pub(crate) fn touch_numbers(&mut self) {
        self.touched.numbers = 1;
    }

    /// This transaction changes what servers keep in memory: rulebooks, areas, schools, regions, keys,
    /// trusted issuers or rules about them.
    pub(crate) fn touch_settings(&mut self) {
        self.touched.settings = 1;
    }
}
