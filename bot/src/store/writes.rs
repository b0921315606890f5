//! Many statements in one errand: what a decision writes goes to the database together.

use futures_util::TryStreamExt as _;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, Either, Encode, Executor as _, Postgres, Sqlite, SqliteConnection, Type};

use super::bulk::push_values;
use super::{During as _, StoreError, Tx};

/// A text of so many bytes is sent before it grows; SQLite takes a million.
const LONG: usize = 262_144;

/// A statement for more rows is not kept prepared: its text hardly ever comes again, and it would take much memory.
const KEPT_ROWS: usize = 64;

/// Statements that are sent in the order in which they were put. SQLite gets them as one text, because to hand a statement
/// to its thread costs more than to run a small one; Postgres gets them one after the other.
pub struct Writes {
    texts: Texts,
    /// What each statement belongs to, in order.
    puts: Vec<Put>,
    /// Whether each statement is for few rows: such texts come again, and the driver keeps them prepared.
    few: bool,
}

enum Texts {
    Sqlite(Vec<(String, SqliteArguments)>),
    Pg(Vec<(String, PgArguments)>),
}

/// The statements for one table's rows.
struct Put {
    what: &'static str,
    statements: usize,
    /// How many rows must change, and what it means if it is another number.
    guard: Option<(u64, StoreError)>,
}

impl Writes {
    /// Nothing yet, for the engine of this transaction.
    pub fn new(tx: &Tx<'_>) -> Self {
        let texts = match tx {
            Tx::Sqlite(_) => Texts::Sqlite(Vec::new()),
            Tx::Pg(_) => Texts::Pg(Vec::new()),
        };
        Self { texts, puts: Vec::new(), few: true }
    }

    /// Begins rows of another table; `what` is a lowercase fragment for errors, such as "save pages".
    #[doc(hidden)]
    pub fn begin(&mut self, what: &'static str) {
        self.puts.push(Put { what, statements: 0, guard: None });
    }

    /// Begins a statement for so many rows of so many values; [`Writes::bind`] adds these.
    #[doc(hidden)]
    pub fn statement(&mut self, head: &str, shape: (usize, usize), tail: &str) {
        if let Some(put) = self.puts.last_mut() {
            put.statements += 1;
        }
        self.few &= shape.1 <= KEPT_ROWS;
        match &mut self.texts {
            Texts::Sqlite(texts) => {
                if texts.last().is_none_or(|(sql, _)| sql.len() > LONG) {
                    texts.push(Default::default());
                }
                if let Some((sql, _)) = texts.last_mut() {
                    push_values(sql, head, shape, tail, false);
                    sql.push(';');
                }
            }
            Texts::Pg(texts) => {
                let mut sql = String::new();
                push_values(&mut sql, head, shape, tail, true);
                texts.push((sql, PgArguments::default()));
            }
        }
    }

    /// # Errors
    /// The value does not encode.
    #[doc(hidden)]
    pub fn bind<'q, V>(&mut self, value: V) -> Result<(), StoreError>
    where
        V: Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres>,
    {
        let added = match &mut self.texts {
            Texts::Sqlite(texts) => texts.last_mut().map_or(Ok(()), |(_, arguments)| arguments.add(value)),
            Texts::Pg(texts) => texts.last_mut().map_or(Ok(()), |(_, arguments)| arguments.add(value)),
        };
        added.map_err(sqlx::Error::Encode).during(self.puts.last().map_or("encode a value", |put| put.what))
    }

    /// The rows that were put last must change so many rows; `otherwise` is the error if they do not.
    pub fn guard(&mut self, rows: usize, otherwise: StoreError) {
        if let Some(put) = self.puts.last_mut() {
            put.guard = Some((rows as u64, otherwise));
        }
    }

    /// Sends what `put` puts, alone, and answers how many rows changed.
    ///
    /// # Errors
    /// As [`Writes::run`], or a value does not encode.
    pub async fn alone(
        tx: &mut Tx<'_>,
        put: impl FnOnce(&mut Self) -> Result<(), StoreError>,
    ) -> Result<u64, StoreError> {
        let mut writes = Self::new(tx);
        put(&mut writes)?;
        writes.run(tx).await
    }

    /// Sends what was put since the last time, and answers how many rows changed.
    ///
    /// # Errors
    /// A statement failed, or a guard.
    pub async fn run(&mut self, tx: &mut Tx<'_>) -> Result<u64, StoreError> {
        let puts = std::mem::take(&mut self.puts);
        let keep = std::mem::replace(&mut self.few, true);
        let mut changed = Vec::with_capacity(puts.iter().map(|put| put.statements).sum());
        match (&mut self.texts, tx) {
            (Texts::Sqlite(texts), Tx::Sqlite(connection)) => {
                for (sql, arguments) in std::mem::take(texts) {
                    let run = together(connection, (sql, arguments, keep), &mut changed).await;
                    run.during(what(&puts, changed.len()))?;
                }
            }
            (Texts::Pg(texts), Tx::Pg(connection)) => {
                for (sql, arguments) in std::mem::take(texts) {
                    let query = sqlx::query_with(sqlx::AssertSqlSafe(sql), arguments).persistent(keep);
                    let done = connection.execute(query).await.during(what(&puts, changed.len()))?;
                    changed.push(done.rows_affected());
                }
            }
            // A transaction does not change its engine.
            _ => return Err(StoreError::closed()),
        }
        let all = changed.iter().sum();
        let mut changed = changed.into_iter();
        for Put { statements, guard, .. } in puts {
            let rows: u64 = changed.by_ref().take(statements).sum();
            if let Some((wanted, otherwise)) = guard
                && rows != wanted
            {
                return Err(otherwise);
            }
        }
        Ok(all)
    }
}

/// Runs one text of several statements and tells how many rows each of them changed.
async fn together(
    connection: &mut SqliteConnection,
    (sql, arguments, keep): (String, SqliteArguments, bool),
    changed: &mut Vec<u64>,
) -> Result<(), sqlx::Error> {
    let query = sqlx::query_with(sqlx::AssertSqlSafe(sql), arguments).persistent(keep);
    let mut results = connection.fetch_many(query);
    while let Some(result) = results.try_next().await? {
        if let Either::Left(done) = result {
            changed.push(done.rows_affected());
        }
    }
    Ok(())
}

/// What the statement with this number belongs to.
fn what(puts: &[Put], number: usize) -> &'static str {
    let mut before = 0;
    let of = puts.iter().find(|put| {
        before += put.statements;
        number < before
    });
    of.map_or("write", |put| put.what)
}

/// Puts rows: `put!(writes, "save things", "INSERT INTO t (a, b) VALUES", &rows, |r| [r.a, &r.b], "ON CONFLICT DO
/// NOTHING")` or `put!(writes, "change things", "UPDATE t SET a = v.column2 FROM (VALUES", &rows, |r| [r.id, r.a], ") AS v
/// WHERE t.id = v.column1")`.
#[macro_export]
macro_rules! store_put {
    ($writes:expr, $what:expr, $head:expr, $rows:expr, |$row:pat_param| [$($value:expr),+ $(,)?], $tail:expr $(,)?) => {
        (|| {
            const COLUMNS: usize = [$(stringify!($value)),+].len();
            let writes: &mut $crate::store::writes::Writes = &mut *$writes;
            writes.begin($what);
            for chunk in $rows.chunks($crate::store::bulk::rows_per_statement(COLUMNS)) {
                writes.statement($head, (COLUMNS, chunk.len()), $tail);
                for $row in chunk {
                    $(writes.bind($value)?;)+
                }
            }
            Ok::<(), $crate::store::StoreError>(())
        })()
    };
}
pub use crate::store_put as put;
