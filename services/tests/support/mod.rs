//! Each test of a story runs over both engines: a file, and a database of a private PostgreSQL.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test program uses a part of it"
)]

pub mod rollups;
pub mod town;

use domain::Day;
use services::open::Location;
use std::path::{Path, PathBuf};
use store::Store;
use testing::Cluster;
use tokio::sync::OnceCell;

/// Which engine a test runs over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// The name under which a test's folder keeps the address of its database.
const ADDRESS: &str = "address";

impl Engine {
    /// A new place for data: the folder, and with PostgreSQL a database of its own with the tables made.
    pub async fn location(self, data: PathBuf) -> Location {
        let location = Location::in_folder(data, false);
        match self {
            Self::Sqlite => location,
            Self::Postgres => {
                std::fs::create_dir_all(&location.data).unwrap();
                let address = Cluster::shared().database(Some(template().await));
                std::fs::write(location.data.join(ADDRESS), &address).unwrap();
                Location {
                    server: Some(address.parse().unwrap()),
                    ..location
                }
            }
        }
    }
}

/// A database with all tables, to be copied.
async fn template() -> &'static str {
    const NAME: &str = "fuxue_template";
    static MADE: OnceCell<()> = OnceCell::const_new();
    MADE.get_or_init(async || {
        let cluster = Cluster::shared();
        cluster.create(NAME, None);
        let store = Store::connect(&cluster.url(NAME).parse().unwrap(), None)
            .await
            .unwrap();
        store
            .tend(Day::from_ymd(2020, 9, 14).unwrap())
            .await
            .unwrap();
        store.close().await;
    })
    .await;
    NAME
}

/// What PostgreSQL answers about the database of a place for data.
pub fn ask_server(data: &Path, sql: &str) -> String {
    let address = std::fs::read_to_string(data.join(ADDRESS)).unwrap();
    Cluster::shared().psql(&address, sql).trim().to_owned()
}

/// Does something to a database behind the program's back, as somebody with the file or the server's password could.
pub async fn behind_its_back(location: &Location, sql: &'static str) {
    use sqlx::{Connection as _, Executor as _};
    if location.server.is_some() {
        ask_server(&location.data, sql);
    } else {
        let url = format!("sqlite://{}", location.database().display());
        let mut raw = sqlx::SqliteConnection::connect(&url).await.unwrap();
        raw.execute(sql).await.unwrap();
    }
}

/// Makes two tests of each story, one for each engine.
#[macro_export]
macro_rules! on_both_engines {
    ($($story:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $story() {
                super::$story(super::support::Engine::Sqlite).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $story() {
                super::$story(super::support::Engine::Postgres).await;
            })*
        }
    };
}
