//! What truly differs between the two engines, in one place.

use super::searched::lines_of;
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

/// The expression of the index `searched_text` on Postgres.
macro_rules! pg_words {
    () => {
        "array_to_tsvector(array_remove(string_to_array(title || ' ' || body, ' '), ''))"
    };
}

/// Full text. Words hold letters and digits alone, so that they are what they seem in either language of queries.
impl Tx<'_> {
    /// The query for whatever has any of these words; empty without any.
    pub(super) fn any_word(&self, words: &[String]) -> String {
        words.iter().map(|word| self.word(word)).collect::<Vec<_>>().join(self.or())
    }

    /// The query for whatever has two of these words.
    pub(super) fn any_two_words(&self, words: &[String]) -> String {
        let and = match self {
            Self::Sqlite(_) => " AND ",
            Self::Pg(_) => " & ",
        };
        let pairs = words.iter().enumerate().flat_map(|(at, one)| {
            let others = words.iter().skip(at + 1);
            others.map(move |other| format!("({}{and}{})", self.word(one), self.word(other)))
        });
        pairs.collect::<Vec<_>>().join(self.or())
    }

    fn or(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => " OR ",
            Self::Pg(_) => " | ",
        }
    }

    fn word(&self, word: &str) -> String {
        match self {
            Self::Sqlite(_) => format!("\"{word}\""),
            Self::Pg(_) => format!("'{word}'"),
        }
    }

    /// The newest `$3` incidents before `$2` that the query `$1` finds, with what runs before and after such. Postgres would
    /// at times rather cut every row into words, or read all from the newest on, than ask its index.
    pub(super) fn full_text(&self) -> (Option<&'static str>, &'static str, Option<&'static str>) {
        match self {
            Self::Sqlite(_) => (
                None,
                lines_of!(
                    "searched WHERE incident IN (SELECT rowid FROM searched_text WHERE searched_text MATCH $1 \
                     AND rowid < $2 ORDER BY rowid DESC LIMIT $3)"
                ),
                None,
            ),
            Self::Pg(_) => (
                Some("SET LOCAL enable_seqscan = off"),
                concat!(
                    lines_of!("(SELECT incident, title, body, marks FROM searched WHERE "),
                    pg_words!(),
                    " @@ $1::tsquery AND incident + 0 < $2 ORDER BY incident + 0 DESC LIMIT $3) AS newest"
                ),
                Some("SET LOCAL enable_seqscan = on"),
            ),
        }
    }

    /// Lets nobody else change what is searched until the commit. SQLite has one writer.
    pub(super) fn lock_searched(&self) -> Option<&'static str> {
        match self {
            Self::Sqlite(_) => None,
            Self::Pg(_) => Some("LOCK TABLE searched IN SHARE ROW EXCLUSIVE MODE"),
        }
    }
}
