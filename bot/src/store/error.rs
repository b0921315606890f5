//! What can go wrong in the database, sorted by what to do about it.

use std::borrow::Cow;

use sqlx::postgres::PgDatabaseError;
use sqlx::sqlite::SqliteError;

/// A failure of the store. No text of it holds a bound value or a password.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, was lost or cannot be trusted. Nothing of a write is stored.
    #[error("reach the database: {what}; check that it runs, that its disk is sound and that the address is right")]
    Gone {
        /// What the database or the network said.
        what: String,
    },
    /// The database was lost while a write was being committed. It may be stored, or it may not.
    #[error("hear whether it was stored: {what}; look with `show` or `timeline` before you do it again")]
    Unheard {
        /// What the database or the network said.
        what: String,
    },
    /// The disk under the database is full. Nothing of the write is stored.
    #[error("store anything: the disk of the database is full; free some space")]
    Full,
    /// Somebody else held the database or a lock for too long. Nothing is stored; trying again may help.
    #[error(
        "get at the database: it is held by another process or transaction; try again, then look for what holds it"
    )]
    Busy,
    /// The work did not finish in its time and was rolled back.
    #[error("finish within the deadline; the work was rolled back, try again or look for what is slow")]
    Deadline,
    /// A version guard failed: somebody else changed the row first. The caller decides again on fresh facts.
    #[error("change {table} {id}: it was changed by somebody else meanwhile; decide again")]
    Conflict {
        /// The guarded table.
        table: &'static str,
        /// The row whose version had moved.
        id: String,
    },
    /// A row with the same key exists.
    #[error("add a row: {constraint} exists already")]
    Unique {
        /// The constraint's name on Postgres, `table.column` on SQLite.
        constraint: String,
    },
    /// A row does not decode. The operator must look at it.
    #[error("read {table} {id}: {why}; restore this row or report it")]
    Corrupt {
        /// The table of the row.
        table: &'static str,
        /// The row.
        id: String,
        /// What is wrong with it.
        why: String,
    },
    /// The database was migrated by a newer Firebell that older ones must not touch.
    #[error(
        "use this database: it needs schema {database_needs} and this binary knows {this}; install a newer firebell"
    )]
    Newer {
        /// The oldest schema number that may use the database.
        database_needs: i64,
        /// The schema number of this binary.
        this: i64,
    },
    /// Somebody else's database.
    #[error("use this database: it holds tables of something else and none of Firebell's; name another one")]
    Foreign,
    /// A work panicked and was rolled back; a fault of the program.
    #[error("finish a write: it panicked and was rolled back; please report this")]
    Panicked,
    /// Any other refusal of a statement; a fault of the program or of the schema.
    #[error("{what}: {source}")]
    Sql {
        /// What was being done.
        what: &'static str,
        /// What the database said.
        source: Cause,
    },
}

/// What the database said, without the values that were bound.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{text}")]
pub struct Cause {
    code: Option<String>,
    text: String,
}

/// Names what was being done when a statement failed.
pub trait During<T> {
    /// Sorts the failure and says that it happened during `what` (a lowercase fragment such as "insert entry").
    fn during(self, what: &'static str) -> Result<T, StoreError>;
}

impl<T> During<T> for Result<T, sqlx::Error> {
    fn during(self, what: &'static str) -> Result<T, StoreError> {
        self.map_err(|error| classify(what, &error))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        classify("run a statement", &error)
    }
}

impl StoreError {
    /// Whether the database asks for the whole transaction to be run again (Postgres 40001 and 40P01).
    pub fn is_retryable_conflict(&self) -> bool {
        matches!(self, Self::Sql { source, .. } if matches!(source.code.as_deref(), Some("40001" | "40P01")))
    }

    /// The same failure of a commit, which may have been carried out all the same when its answer was lost.
    pub(super) fn of_commit(self) -> Self {
        match self {
            Self::Gone { what } => Self::Unheard { what },
            told => told,
        }
    }

    /// The store was closed or its writer is gone.
    pub(super) fn closed() -> Self {
        Self::Gone { what: "the store is closed".to_owned() }
    }
}

/// Sorts a driver's error.
pub(super) fn classify(what: &'static str, error: &sqlx::Error) -> StoreError {
    let sqlx::Error::Database(refused) = error else {
        return classify_driver(what, error);
    };
    let code = refused.code().map(Cow::into_owned);
    let known = if refused.try_downcast_ref::<SqliteError>().is_some() {
        sqlite_kind(code.as_deref(), refused.message())
    } else {
        let constraint = refused.try_downcast_ref::<PgDatabaseError>().and_then(PgDatabaseError::constraint);
        postgres_kind(code.as_deref(), refused.message(), constraint)
    };
    known.unwrap_or_else(|| StoreError::Sql { what, source: cause(code, refused.message()) })
}

/// Sorts what the driver itself, rather than the database, has to say.
fn classify_driver(what: &'static str, error: &sqlx::Error) -> StoreError {
    use sqlx::Error as E;
    match error {
        E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed | E::Protocol(_) => {
            StoreError::Gone { what: error.to_string() }
        }
        // The text of a decoding error may quote the value, so only the place is named.
        E::ColumnDecode { index, .. } => fault(what, format!("column {index} does not decode")),
        E::Decode(_) => fault(what, "a value does not decode".to_owned()),
        E::Encode(_) => fault(what, "a value does not encode".to_owned()),
        other => fault(what, other.to_string()),
    }
}

fn sqlite_kind(code: Option<&str>, message: &str) -> Option<StoreError> {
    const UNIQUE: [i32; 2] = [1555, 2067];
    // A disk without room, a quota and a limit on a file's size look like this as well.
    const NOT_WRITTEN: [i32; 2] = [778, 4874];
    let extended: i32 = code?.parse().ok()?;
    if UNIQUE.contains(&extended) {
        let constraint = message.strip_prefix("UNIQUE constraint failed: ").unwrap_or(message);
        return Some(StoreError::Unique { constraint: constraint.to_owned() });
    }
    if NOT_WRITTEN.contains(&extended) {
        let what = format!("(code {extended}) it cannot be written: its disk may be full, over quota or broken");
        return Some(StoreError::Gone { what });
    }
    // The low byte is the kind; the rest tells the place inside SQLite.
    match extended & 0xff {
        5 | 6 => Some(StoreError::Busy),
        9 => Some(StoreError::Deadline),
        13 => Some(StoreError::Full),
        8 | 14 => {
            let what = format!("(code {extended}) {message}; this user may lack permission for the file or its folder");
            Some(StoreError::Gone { what })
        }
        7 | 10 | 11 | 26 => Some(StoreError::Gone { what: format!("(code {extended}) {message}") }),
        _ => None,
    }
}

fn postgres_kind(code: Option<&str>, message: &str, constraint: Option<&str>) -> Option<StoreError> {
    let code = code?;
    match code {
        "23505" => Some(StoreError::Unique { constraint: constraint.unwrap_or("a unique key").to_owned() }),
        "53100" => Some(StoreError::Full),
        "55P03" => Some(StoreError::Busy),
        "57014" => Some(StoreError::Deadline),
        "53200" | "53300" | "3D000" | "58030" | "25006" => Some(gone(code, message)),
        _ if code.starts_with("08") || code.starts_with("57P") || code.starts_with("28") => Some(gone(code, message)),
        _ => None,
    }
}

fn gone(code: &str, message: &str) -> StoreError {
    StoreError::Gone { what: format!("({code}) {message}") }
}

fn fault(what: &'static str, text: String) -> StoreError {
    StoreError::Sql { what, source: Cause { code: None, text } }
}

/// Messages of Postgres class 22 (bad data) quote the value, so they are left out.
fn cause(code: Option<String>, message: &str) -> Cause {
    let text = match &code {
        Some(code) if code.len() == 5 && code.starts_with("22") => {
            format!("(code {code}) a value was refused")
        }
        Some(code) => format!("(code {code}) {message}"),
        None => message.to_owned(),
    };
    Cause { code, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_codes_are_sorted_by_their_low_byte() {
        assert!(matches!(sqlite_kind(Some("13"), "full"), Some(StoreError::Full)));
        assert!(matches!(sqlite_kind(Some("517"), "busy snapshot"), Some(StoreError::Busy)));
        assert!(matches!(sqlite_kind(Some("1546"), "truncate"), Some(StoreError::Gone { .. })));
        assert!(matches!(
            sqlite_kind(Some("2067"), "UNIQUE constraint failed: page.key"),
            Some(StoreError::Unique { constraint }) if constraint == "page.key"
        ));
        assert!(sqlite_kind(Some("1"), "syntax").is_none());
    }

    #[test]
    fn postgres_codes_are_sorted() {
        assert!(matches!(postgres_kind(Some("53100"), "", None), Some(StoreError::Full)));
        assert!(matches!(postgres_kind(Some("57P01"), "", None), Some(StoreError::Gone { .. })));
        assert!(matches!(postgres_kind(Some("08006"), "", None), Some(StoreError::Gone { .. })));
        assert!(postgres_kind(Some("42601"), "", None).is_none());
    }

    #[test]
    fn bad_data_is_not_quoted() {
        let cause = cause(Some("22P02".to_owned()), "invalid input syntax: \"hunter2\"");
        assert!(!cause.to_string().contains("hunter2"));
    }
}
