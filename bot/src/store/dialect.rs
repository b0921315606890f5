//! What truly differs between the two engines, in one place.

use super::tx::Tx;

/// Begins a write on SQLite: takes the write lock at once, so that no work fails half-way for want of it.
pub(super) const SQLITE_BEGIN_WRITE: &str = "BEGIN IMMEDIATE";
/// Begins a snapshot on SQLite.
pub(super) const SQLITE_BEGIN_READ: &str = "BEGIN";
/// Begins a write on Postgres.
pub(super) const PG_BEGIN_WRITE: &str = "BEGIN";
/// Begins a snapshot on Postgres.
pub(super) const PG_BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// Ends a write on Postgres. A `COMMIT` of a transaction in which a statement failed reports success and stores
/// nothing; the `SELECT` before it makes that an error, in the same round trip.
pub(super) const PG_COMMIT: &str = "SELECT 1; COMMIT";
/// The channel of the hints between replicas.
pub(super) const PG_CHANNEL: &str = "firebell";

impl Tx<'_> {
    /// Locks the rows that a `SELECT` returns until the commit. SQLite has one writer and needs no text.
    pub fn for_update(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Pg(_) => "FOR UPDATE",
        }
    }

    /// The first `$3` rows of several `SELECT`s in the order of two columns, locked where that is needed, without those
    /// that others hold. SQLite merges what its index answers in order; Postgres locks no rows of a union, so that each
    /// part of it is limited and locked for itself.
    pub fn first_of(&self, selects: &[String], order: &str) -> String {
        let parts: Vec<String> = match self {
            Self::Sqlite(_) => selects.to_vec(),
            Self::Pg(_) => selects
                .iter()
                .map(|select| {
                    format!("SELECT * FROM ({select} ORDER BY {order} LIMIT $3 FOR UPDATE SKIP LOCKED) AS part")
                })
                .collect(),
        };
        format!("{} ORDER BY {order} LIMIT $3", parts.join(" UNION ALL "))
    }

    /// Locks the rows that a `SELECT` returns and passes over those that others hold.
    pub fn for_update_skip_locked(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Pg(_) => "FOR UPDATE SKIP LOCKED",
        }
    }

    /// How many timers one transaction carries out at most. What is committed together waits for the last of it, and on
    /// SQLite everybody else does too; on Postgres a statement for many rows costs little more than for one.
    pub fn timers_at_once(&self) -> i64 {
        match self {
            Self::Sqlite(_) => 32,
            Self::Pg(_) => 256,
        }
    }
}
