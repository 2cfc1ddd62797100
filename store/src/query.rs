//! One way to ask both engines: a text with numbered arguments, and rows that either of them can give.
//!
//! A method of [`Tx`] is written once, with the words of sqlx but of this module, and compiled for both engines:
//!
//! ```text
//! pub async fn person(&mut self, id: PersonId) -> Result<Option<PersonRow>> {
//!     Ok(query_as("SELECT … FROM person WHERE person_id = $1")
//!         .bind(id)
//!         .fetch_optional(self)
//!         .await?)
//! }
//! ```
//!
//! - [`query`] for statements, [`query_as`] for rows (`derive(sqlx::FromRow)` or a tuple), [`query_scalar`] for one
//!   column. Arguments are whatever [`Bind`] is implemented for.
//! - Many values for one column: `WHERE person_id IN ($list)` with [`Query::list`]. An empty list asks nothing.
//! - Many rows: `INSERT INTO t (a, b) $rows ON CONFLICT …` with [`Query::rows`]; also `(a, b) IN ($rows)`.
//! - Nobody waits for a statement with [`Query::defer`]; PostgreSQL executes several of them as one.
//! - SQLite takes a few of either at a time, so that an `ORDER BY` orders only within these few.
//! - Write SQL that both engines read: `ON CONFLICT`, `RETURNING`, `IS DISTINCT FROM`; the table's name before a
//!   column that `DO UPDATE` adds to; `CAST(sum(x) AS BIGINT)`, because PostgreSQL's sums are wider than their
//!   summands; `TRUE` and `FALSE` for flags. What cannot be said in one way belongs into [`crate::engine`].

use crate::Tx;
use crate::engine::{Inner, postgres, sqlite};
use crate::meanwhile;
use domain::ids::{
    AccountId, ClassId, DecisionId, DeviceId, GateId, PersonId, RecordId, RegionCode, ReportId,
    RulebookNo, SchoolId, SlipId,
};
use domain::{Day, Millis};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Postgres, Sqlite};
use std::borrow::Cow;
use std::marker::PhantomData;

/// One argument.
#[derive(Debug, Clone)]
pub(crate) enum Value<'q> {
    Int(Option<i64>),
    Bool(Option<bool>),
    Text(Option<Cow<'q, str>>),
    Bytes(Option<Cow<'q, [u8]>>),
}

/// The arguments of one column of many rows.
#[derive(Debug, Clone)]
pub(crate) enum Column<'q> {
    Int(Vec<Option<i64>>),
    Bool(Vec<Option<bool>>),
    Text(Vec<Option<Cow<'q, str>>>),
    Bytes(Vec<Option<Cow<'q, [u8]>>>),
}

impl<'q> Column<'q> {
    /// A column that begins with a value, and holds its kind from then on.
    fn of(first: Value<'q>, rows: usize) -> Self {
        fn begin<T>(first: T, rows: usize) -> Vec<T> {
            let mut values = Vec::with_capacity(rows);
            values.push(first);
            values
        }
        match first {
            Value::Int(v) => Self::Int(begin(v, rows)),
            Value::Bool(v) => Self::Bool(begin(v, rows)),
            Value::Text(v) => Self::Text(begin(v, rows)),
            Value::Bytes(v) => Self::Bytes(begin(v, rows)),
        }
    }

    fn push(&mut self, value: Value<'q>) {
        match (self, value) {
            (Self::Int(values), Value::Int(v)) => values.push(v),
            (Self::Bool(values), Value::Bool(v)) => values.push(v),
            (Self::Text(values), Value::Text(v)) => values.push(v),
            (Self::Bytes(values), Value::Bytes(v)) => values.push(v),
            // The same closure binds every row, by types that the compiler has checked.
            (column, value) => unreachable!("{value:?} in {column:?}"),
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Int(values) => values.len(),
            Self::Bool(values) => values.len(),
            Self::Text(values) => values.len(),
            Self::Bytes(values) => values.len(),
        }
    }
}

/// What can be an argument: numbers, flags, texts, bytes, the domain's identifiers, and each of them as an option.
pub(crate) trait Bind<'q>: Sized {
    /// No value, of this kind.
    const NULL: Value<'q>;
    fn value(self) -> Value<'q>;
}

impl<'q, T: Bind<'q>> Bind<'q> for Option<T> {
    const NULL: Value<'q> = T::NULL;
    fn value(self) -> Value<'q> {
        self.map_or(T::NULL, T::value)
    }
}

impl<'q, T> Bind<'q> for &'q Option<T>
where
    &'q T: Bind<'q>,
{
    const NULL: Value<'q> = <&'q T as Bind<'q>>::NULL;
    fn value(self) -> Value<'q> {
        self.as_ref().value()
    }
}

macro_rules! bind {
    ($($type:ty => $kind:ident, |$v:ident| $value:expr;)*) => {$(
        impl<'q> Bind<'q> for $type {
            const NULL: Value<'q> = Value::$kind(None);
            fn value(self) -> Value<'q> {
                let $v = self;
                Value::$kind(Some($value))
            }
        }
    )*};
}

bind! {
    i64 => Int, |v| v;
    bool => Bool, |v| v;
    String => Text, |v| Cow::Owned(v);
    &'q str => Text, |v| Cow::Borrowed(v);
    &'q String => Text, |v| Cow::Borrowed(v.as_str());
    &'q RegionCode => Text, |v| Cow::Borrowed(v.as_str());
    Vec<u8> => Bytes, |v| Cow::Owned(v);
    &'q [u8] => Bytes, |v| Cow::Borrowed(v);
    &'q Vec<u8> => Bytes, |v| Cow::Borrowed(v.as_slice());
    Day => Int, |v| i64::from(v.0);
    Millis => Int, |v| v.0;
    SchoolId => Int, |v| v.0;
    ClassId => Int, |v| v.0;
    PersonId => Int, |v| v.0;
    AccountId => Int, |v| v.0;
    ReportId => Int, |v| v.0;
    DecisionId => Int, |v| v.0;
    SlipId => Int, |v| v.0;
    RulebookNo => Int, |v| v.0;
    RecordId => Int, |v| v.0;
    GateId => Int, |v| v.0;
    DeviceId => Int, |v| v.0;
}

/// Collects the columns of one row of many.
pub(crate) struct RowBinder<'a, 'q> {
    columns: &'a mut Vec<Column<'q>>,
    next: usize,
    rows: usize,
}

impl<'q> RowBinder<'_, 'q> {
    /// The next column's value.
    pub fn bind(&mut self, value: impl Bind<'q>) -> &mut Self {
        let value = value.value();
        match self.columns.get_mut(self.next) {
            Some(column) => column.push(value),
            None => self.columns.push(Column::of(value, self.rows)),
        }
        self.next += 1;
        self
    }
}

/// A statement with its arguments.
#[derive(Debug, Clone)]
pub(crate) struct Query<'q> {
    pub sql: &'static str,
    pub values: Vec<Value<'q>>,
    pub lists: Vec<Column<'q>>,
    pub rows: Option<Vec<Column<'q>>>,
}

/// A statement that gives rows.
pub(crate) struct QueryAs<'q, R>(Query<'q>, PhantomData<fn() -> R>);

/// A statement that gives one column.
pub(crate) struct QueryScalar<'q, T>(Query<'q>, PhantomData<fn() -> T>);

/// A row that both engines can give.
pub(crate) trait Row:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{}

/// A statement that gives nothing.
pub(crate) fn query<'q>(sql: &'static str) -> Query<'q> {
    Query {
        sql,
        values: Vec::new(),
        lists: Vec::new(),
        rows: None,
    }
}

/// A statement that gives rows.
pub(crate) fn query_as<'q, R: Row>(sql: &'static str) -> QueryAs<'q, R> {
    QueryAs(query(sql), PhantomData)
}

/// A statement that gives one column.
pub(crate) fn query_scalar<'q, T>(sql: &'static str) -> QueryScalar<'q, T>
where
    (T,): Row,
{
    QueryScalar(query(sql), PhantomData)
}

macro_rules! arguments {
    ($self:ident => $query:expr) => {
        /// The next of `$1`, `$2` …
        pub fn bind(mut $self, value: impl Bind<'q>) -> Self {
            $query.values.push(value.value());
            $self
        }

        /// The values of the next `IN ($list)`. Only the first list of a statement may be long.
        #[allow(dead_code, reason = "each kind of statement has all of them")]
        pub fn list<V: Bind<'q>>(mut $self, values: impl IntoIterator<Item = V>) -> Self {
            let mut values = values.into_iter();
            let mut column = Column::of(V::NULL, values.size_hint().0 + 1);
            column.clear();
            values.by_ref().for_each(|v| column.push(v.value()));
            $query.lists.push(column);
            $self
        }

        /// The rows in place of `$rows`, each bound column by column.
        #[allow(dead_code, reason = "each kind of statement has all of them")]
        pub fn rows<I>(
            mut $self,
            rows: impl IntoIterator<Item = I, IntoIter: ExactSizeIterator>,
            mut each: impl FnMut(&mut RowBinder<'_, 'q>, I),
        ) -> Self {
            let rows = rows.into_iter();
            let mut columns = Vec::new();
            let count = rows.len();
            for row in rows {
                each(&mut RowBinder { columns: &mut columns, next: 0, rows: count }, row);
            }
            $query.rows = Some(columns);
            $self
        }
    };
}

impl Column<'_> {
    fn clear(&mut self) {
        match self {
            Self::Int(values) => values.clear(),
            Self::Bool(values) => values.clear(),
            Self::Text(values) => values.clear(),
            Self::Bytes(values) => values.clear(),
        }
    }
}

/// What a statement has done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Done(u64);

impl Done {
    pub fn rows_affected(self) -> u64 {
        self.0
    }
}

impl<'q> Query<'q> {
    arguments!(self => self);

    /// How many values or rows it has, where it has many.
    fn many(&self) -> Option<usize> {
        match &self.rows {
            Some(columns) => Some(columns.first().map_or(0, Column::len)),
            None => self.lists.first().map(Column::len),
        }
    }

    /// Whether it has many of which there are none.
    fn asks_nothing(&self) -> bool {
        self.many() == Some(0)
    }

    /// The pieces in which it is asked; one for a statement without many.
    fn pieces(&self, next: impl Fn(&Self, usize) -> usize) -> Vec<std::ops::Range<usize>> {
        let Some(all) = self.many() else {
            return std::iter::once(0..0).collect();
        };
        let mut pieces = Vec::new();
        let mut from = 0;
        while from < all {
            let to = from + next(self, all - from);
            pieces.push(from..to);
            from = to;
        }
        pieces
    }

    pub async fn execute(self, tx: &mut Tx) -> sqlx::Result<Done> {
        let done = self.run(tx).await;
        tx.is_broken |= done.is_err();
        done
    }

    /// Executes a statement that changes at most `page` rows, which is its last argument; says whether there may be more.
    pub async fn execute_page(self, page: i64, tx: &mut Tx) -> sqlx::Result<bool> {
        let done = self.bind(page).execute(tx).await?;
        Ok(i64::try_from(done.rows_affected()).is_ok_and(|rows| rows >= page))
    }

    /// Executes it before whatever is asked next in the transaction, or with the commit. Nothing else that was deferred on
    /// the same `table`, the only one that it reads or writes, is executed with it.
    pub async fn defer(self, table: &'static str, tx: &mut Tx) -> sqlx::Result<()> {
        let deferred = self.try_defer(table, tx).await;
        tx.is_broken |= deferred.is_err();
        deferred
    }

    async fn try_defer(self, table: &'static str, tx: &mut Tx) -> sqlx::Result<()> {
        if let Inner::Postgres(_) = &tx.inner
            && let [piece] = &*self.pieces(postgres::at_once)
        {
            if tx.deferred.touches(table) {
                tx.execute_deferred().await?;
            }
            return tx.deferred.add(table, &self, piece.clone());
        }
        self.run(tx).await.map(drop)
    }

    async fn run(self, tx: &mut Tx) -> sqlx::Result<Done> {
        let mut affected = 0;
        if self.asks_nothing() {
            return Ok(Done(affected));
        }
        tx.execute_deferred().await?;
        match &mut tx.inner {
            Inner::Sqlite(on) => {
                let mut pieces = self.pieces(sqlite::at_once).into_iter();
                let mut rendered = || pieces.next().map(|piece| sqlite::render(&self, piece));
                let mut next = rendered();
                while let Some(piece) = next.take() {
                    let (sql, arguments) = piece?;
                    let query = sqlx::query_with::<Sqlite, _>(sql, arguments);
                    let done = query.execute(&mut ***on);
                    // The engine's own thread is at work.
                    let done = meanwhile(done, || next = rendered()).await;
                    affected += done?.rows_affected();
                }
            }
            Inner::Postgres(on) => {
                for piece in self.pieces(postgres::at_once) {
                    let (sql, arguments) = postgres::render(&self, piece)?;
                    let query = sqlx::query_with::<Postgres, _>(sql, arguments);
                    let done = on.ask(async |on| query.execute(on).await).await;
                    affected += done?.rows_affected();
                }
            }
        }
        Ok(Done(affected))
    }

    async fn rows_of<R: Row>(self, tx: &mut Tx) -> sqlx::Result<Vec<R>> {
        let rows = self.read_all(tx).await;
        tx.is_broken |= rows.is_err();
        rows
    }

    async fn row_of<R: Row>(self, tx: &mut Tx) -> sqlx::Result<Option<R>> {
        let row = self.read_one(tx).await;
        tx.is_broken |= row.is_err();
        row
    }

    async fn read_all<R: Row>(self, tx: &mut Tx) -> sqlx::Result<Vec<R>> {
        let mut rows = Vec::new();
        if self.asks_nothing() {
            return Ok(rows);
        }
        tx.execute_deferred().await?;
        match &mut tx.inner {
            Inner::Sqlite(on) => {
                for piece in self.pieces(sqlite::at_once) {
                    let (sql, arguments) = sqlite::render(&self, piece)?;
                    let query = sqlx::query_as_with::<Sqlite, R, _>(sql, arguments);
                    append(&mut rows, query.fetch_all(&mut ***on).await?);
                }
            }
            Inner::Postgres(on) => {
                for piece in self.pieces(postgres::at_once) {
                    let (sql, arguments) = postgres::render(&self, piece)?;
                    let query = sqlx::query_as_with::<Postgres, R, _>(sql, arguments);
                    let more = on.ask(async |on| query.fetch_all(on).await).await;
                    append(&mut rows, more?);
                }
            }
        }
        Ok(rows)
    }

    async fn read_one<R: Row>(self, tx: &mut Tx) -> sqlx::Result<Option<R>> {
        debug_assert!(self.many().is_none(), "many values give many rows");
        tx.execute_deferred().await?;
        match &mut tx.inner {
            Inner::Sqlite(on) => {
                let (sql, arguments) = sqlite::render(&self, 0..0)?;
                let query = sqlx::query_as_with::<Sqlite, R, _>(sql, arguments);
                query.fetch_optional(&mut ***on).await
            }
            Inner::Postgres(on) => {
                let (sql, arguments) = postgres::render(&self, 0..0)?;
                let query = sqlx::query_as_with::<Postgres, R, _>(sql, arguments);
                on.ask(async |on| query.fetch_optional(on).await).await
            }
        }
    }
}

impl Tx {
    /// Executes what was deferred.
    pub(crate) async fn execute_deferred(&mut self) -> sqlx::Result<()> {
        if let Inner::Postgres(on) = &mut self.inner
            && let Some((sql, arguments)) = self.deferred.take()
        {
            let query = sqlx::query_with::<Postgres, _>(sql, arguments);
            let done = on.ask(async |on| query.execute(on).await).await;
            self.is_broken |= done.is_err();
            done?;
        }
        Ok(())
    }
}

fn append<R>(rows: &mut Vec<R>, mut more: Vec<R>) {
    if rows.is_empty() {
        *rows = more;
    } else {
        rows.append(&mut more);
    }
}

impl<'q, R: Row> QueryAs<'q, R> {
    arguments!(self => self.0);

    pub async fn fetch_all(self, tx: &mut Tx) -> sqlx::Result<Vec<R>> {
        self.0.rows_of(tx).await
    }

    pub async fn fetch_optional(self, tx: &mut Tx) -> sqlx::Result<Option<R>> {
        self.0.row_of(tx).await
    }

    pub async fn fetch_one(self, tx: &mut Tx) -> sqlx::Result<R> {
        self.0.row_of(tx).await?.ok_or(sqlx::Error::RowNotFound)
    }
}

impl<'q, T> QueryScalar<'q, T>
where
    (T,): Row,
{
    arguments!(self => self.0);

    pub async fn fetch_all(self, tx: &mut Tx) -> sqlx::Result<Vec<T>> {
        let rows = self.0.rows_of::<(T,)>(tx).await?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }

    pub async fn fetch_optional(self, tx: &mut Tx) -> sqlx::Result<Option<T>> {
        Ok(self.0.row_of::<(T,)>(tx).await?.map(|row| row.0))
    }

    pub async fn fetch_one(self, tx: &mut Tx) -> sqlx::Result<T> {
        let row = self.0.row_of::<(T,)>(tx).await?;
        Ok(row.ok_or(sqlx::Error::RowNotFound)?.0)
    }
}
