//! Where the database is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

/// The address of the one database. Its texts never show a password.
#[derive(Clone)]
pub struct DatabaseUrl(pub(super) Place);

#[derive(Clone)]
pub(super) enum Place {
    Sqlite(PathBuf),
    Pg(Box<PgConnectOptions>),
}

/// An address that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("use this database address: {0}")]
pub struct UrlRefused(&'static str);

impl DatabaseUrl {
    /// Reads `sqlite:PATH`, a bare `PATH`, or `postgres://USER:PASSWORD@HOST:PORT/NAME`.
    ///
    /// # Errors
    /// The reason, when the address is of another kind, is malformed, or would not outlive the process.
    pub fn parse(text: &str) -> Result<Self, UrlRefused> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return PgConnectOptions::from_str(text)
                .map(|options| Self(Place::Pg(Box::new(options))))
                .map_err(|_| UrlRefused("it is no postgres address; write postgres://user:password@host:5432/name"));
        }
        let path = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")).unwrap_or(text);
        if path == ":memory:" || path.starts_with("file:") {
            return Err(UrlRefused("a database in memory forgets its pages when the process ends; name a file"));
        }
        if path.contains("://") {
            return Err(UrlRefused("it is neither sqlite:PATH nor postgres://"));
        }
        if path.is_empty() || path.contains('?') {
            return Err(UrlRefused("after sqlite: there must be a plain path, without parameters"));
        }
        Ok(Self(Place::Sqlite(PathBuf::from(path))))
    }
}

impl DatabaseUrl {
    /// The file of a SQLite database; `None` for Postgres.
    pub fn sqlite_file(&self) -> Option<&Path> {
        match &self.0 {
            Place::Sqlite(path) => Some(path),
            Place::Pg(_) => None,
        }
    }
}

impl Default for DatabaseUrl {
    fn default() -> Self {
        Self(Place::Sqlite(PathBuf::from("firebell.db")))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Place::Pg(options) => {
                write!(f, "postgres://{}@{}:{}", options.get_username(), options.get_host(), options.get_port())?;
                options.get_database().map_or(Ok(()), |name| write!(f, "/{name}"))
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_passwords_stay_inside() {
        let shown = |text| DatabaseUrl::parse(text).map(|url| format!("{url} {url:?}"));
        assert_eq!(shown("sqlite:a/b.db").unwrap(), "sqlite:a/b.db DatabaseUrl(sqlite:a/b.db)");
        assert_eq!(shown("b.db").unwrap(), "sqlite:b.db DatabaseUrl(sqlite:b.db)");
        assert_eq!(
            shown("postgres://bell:hunter2@db:5433/fire").unwrap(),
            "postgres://bell@db:5433/fire DatabaseUrl(postgres://bell@db:5433/fire)"
        );
    }

    #[test]
    fn unusable_addresses_are_refused() {
        for text in ["sqlite::memory:", ":memory:", "mysql://x/y", "", "sqlite:", "sqlite:a.db?mode=ro"] {
            assert!(DatabaseUrl::parse(text).is_err(), "{text}");
        }
    }
}
