//! One statement for many rows, with the same text on both engines.

use std::fmt::Write as _;

use super::tx::Tx;

/// Both engines take more (32,766 and 65,535); one bound keeps the chunks the same.
const MAX_PARAMETERS: usize = 30_000;

/// How many rows of `columns` values fit in one statement.
pub fn rows_per_statement(columns: usize) -> usize {
    (MAX_PARAMETERS / columns.max(1)).max(1)
}

/// `head ($1, $2), ($3, $4) tail`, or with a head that ends in an open parenthesis the same inside it.
///
/// SQLite gets `?` instead: to it `$1` is a name, names are looked up one after the other, and the time for a statement
/// would grow with the square of its parameters.
pub fn values_sql(tx: &Tx<'_>, head: &str, shape: (usize, usize), tail: &str) -> String {
    let mut sql = String::new();
    push_values(&mut sql, head, shape, tail, matches!(tx, Tx::Pg(_)));
    sql
}

/// The same at the end of a text.
pub(super) fn push_values(sql: &mut String, head: &str, (columns, rows): (usize, usize), tail: &str, numbered: bool) {
    sql.reserve(head.len() + tail.len() + rows * columns * 8 + 2);
    sql.push_str(head);
    let unnumbered = (!numbered).then(|| vec!["?"; columns].join(", "));
    for row in 0..rows {
        sql.push_str(if row == 0 { " (" } else { ", (" });
        match &unnumbered {
            Some(parameters) => sql.push_str(parameters),
            None => push_parameters(sql, row * columns, columns),
        }
        sql.push(')');
    }
    sql.push(' ');
    sql.push_str(tail);
}

/// `head ($n, ...) tail`, where the list comes after `before` parameters of the head.
pub fn in_sql(head: &str, before: usize, list: usize, tail: &str) -> String {
    let mut sql = String::with_capacity(head.len() + tail.len() + list * 7 + 4);
    sql.push_str(head);
    sql.push_str(" (");
    push_parameters(&mut sql, before, list);
    sql.push_str(") ");
    sql.push_str(tail);
    sql
}

/// The values of a list in chunks, each filled up to a power of two with its last value, so that lists of every
/// length share a few statement texts and those stay in the statement cache.
pub fn padded_chunks<V: Clone>(values: &[V]) -> impl Iterator<Item = Vec<V>> {
    const CHUNK: usize = 1_024;
    values.chunks(CHUNK).map(|chunk| {
        let mut chunk = chunk.to_vec();
        if let Some(last) = chunk.last().cloned() {
            chunk.resize(chunk.len().next_power_of_two(), last);
        }
        chunk
    })
}

fn push_parameters(sql: &mut String, before: usize, count: usize) {
    for n in 1..=count {
        // Writing to a String cannot fail.
        let _ = write!(sql, "{}${}", if n == 1 { "" } else { ", " }, before + n);
    }
}

/// Reads the rows whose column is in a list: `select_in!(tx, "SELECT a FROM t WHERE kind = $1 AND id IN", [kind],
/// &ids, "ORDER BY a")`. An empty list reads nothing; a list of more than 1,024 is read in chunks, each ordered.
#[macro_export]
macro_rules! store_select_in {
    ($tx:expr, $head:expr, [$($first:expr),* $(,)?], $list:expr, $tail:expr $(,)?) => {
        async {
            const BEFORE: usize = <[&str]>::len(&[$(stringify!($first)),*]);
            let mut rows = Vec::new();
            for chunk in $crate::store::bulk::padded_chunks($list) {
                let sql = $crate::store::bulk::in_sql($head, BEFORE, chunk.len(), $tail);
                rows.append(&mut $crate::store::on!(&mut *$tx, |c| {
                    let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql))$(.bind($first))*;
                    for value in chunk {
                        query = query.bind(value);
                    }
                    query.fetch_all(c).await?
                }));
            }
            Ok::<_, sqlx::Error>(rows)
        }
        .await
    };
}
pub use crate::store_select_in as select_in;

/// Changes the rows whose column is in a list and answers how many: `execute_in!(tx, "DELETE FROM t WHERE id IN",
/// [], &ids, "")`.
#[macro_export]
macro_rules! store_execute_in {
    ($tx:expr, $head:expr, [$($first:expr),* $(,)?], $list:expr, $tail:expr $(,)?) => {
        async {
            const BEFORE: usize = <[&str]>::len(&[$(stringify!($first)),*]);
            let mut changed = 0_u64;
            for chunk in $crate::store::bulk::padded_chunks($list) {
                let sql = $crate::store::bulk::in_sql($head, BEFORE, chunk.len(), $tail);
                changed += $crate::store::on!(&mut *$tx, |c| {
                    let mut query = sqlx::query(sqlx::AssertSqlSafe(sql))$(.bind($first))*;
                    for value in chunk {
                        query = query.bind(value);
                    }
                    query.execute(c).await?.rows_affected()
                });
            }
            Ok::<u64, sqlx::Error>(changed)
        }
        .await
    };
}
pub use crate::store_execute_in as execute_in;
