//! The address of a PostgreSQL database, which never shows its password.

use sqlx::postgres::PgConnectOptions;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Where a PostgreSQL database is, and how to get in: `postgres://user:password@host:port/database`.
#[derive(Clone)]
pub struct DatabaseUrl {
    options: Box<PgConnectOptions>,
    patience: Duration,
}

/// The text is not the address of a PostgreSQL database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an address such as postgres://user:password@host:5432/database")]
pub struct ParseUrlError;

impl DatabaseUrl {
    /// How long an answer of the database is waited for, where nothing else is said: longer than nearly all statements take
    /// that wait for no lock, and for a lock it waits ten seconds. [`crate::Tx::take_time`] is for the others.
    pub const PATIENCE: Duration = Duration::from_secs(30);

    /// The same database, with an answer waited for so long.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    pub(crate) fn patience(&self) -> Duration {
        self.patience
    }

    pub(crate) fn options(&self) -> &PgConnectOptions {
        &self.options
    }
}

impl FromStr for DatabaseUrl {
    type Err = ParseUrlError;
    fn from_str(text: &str) -> Result<Self, ParseUrlError> {
        if !(text.starts_with("postgres://") || text.starts_with("postgresql://")) {
            return Err(ParseUrlError);
        }
        // What is wrong with it may be next to the password: the cause is not told.
        let options = text.parse().map_err(|_| ParseUrlError)?;
        Ok(Self {
            options: Box::new(options),
            patience: Self::PATIENCE,
        })
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = &self.options;
        let database = options.get_database().unwrap_or(options.get_username());
        match options.get_socket() {
            Some(socket) => write!(f, "PostgreSQL database {database} at {}", socket.display()),
            None => write!(
                f,
                "PostgreSQL database {database} at {}:{}",
                options.get_host(),
                options.get_port()
            ),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn an_address_never_shows_its_password() {
        let url: DatabaseUrl = "postgres://fuxue:geheim@db.example:5433/school?sslmode=require"
            .parse()
            .unwrap();
        assert_eq!(
            url.to_string(),
            "PostgreSQL database school at db.example:5433"
        );
        assert!(!format!("{url:?}").contains("geheim"));
        for wrong in [
            "mysql://fuxue:geheim@db/x",
            "postgres://u:geheim@h:port/x",
            "geheim",
        ] {
            let error = wrong.parse::<DatabaseUrl>().unwrap_err();
            assert!(!format!("{error} {error:?}").contains("geheim"), "{wrong}");
        }
    }
}
