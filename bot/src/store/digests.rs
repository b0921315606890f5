//! When each team hears next what it still has to do.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use firebell_core::ids::Key;

use super::{During as _, StoreError, Tx, execute, on};

/// The teams that were reckoned with. With `locking` nobody else goes on with them until the end of the transaction.
pub async fn all(tx: &mut Tx<'_>, locking: bool) -> Result<BTreeMap<Key, DateTime<Utc>>, StoreError> {
    let locking = if locking { tx.for_update() } else { "" };
    let sql = format!("SELECT team, due_at FROM action_digest ORDER BY team {locking}");
    let rows: Vec<(String, DateTime<Utc>)> =
        on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(c).await).during("look when digests are due")?;
    let decode = |(team, due): (String, DateTime<Utc>)| {
        let corrupt = |_| {
            let why = "it is no team's key".to_owned();
            StoreError::Corrupt { table: "action_digest", id: team.clone(), why }
        };
        Ok((Key::new(&team).map_err(corrupt)?, due))
    };
    rows.into_iter().map(decode).collect()
}

/// Reckons with a team from now on. Of several who say so, one is heard.
pub async fn begin(tx: &mut Tx<'_>, team: &Key, due: DateTime<Utc>) -> Result<(), StoreError> {
    let sql = "INSERT INTO action_digest (team, due_at) VALUES ($1, $2) ON CONFLICT (team) DO NOTHING";
    execute!(tx, sql, [team.as_str(), due]).during("begin with a team's digest")?;
    Ok(())
}

/// A team hears it next then.
pub async fn next(tx: &mut Tx<'_>, team: &Key, due: DateTime<Utc>) -> Result<(), StoreError> {
    let sql = "UPDATE action_digest SET due_at = $2 WHERE team = $1";
    execute!(tx, sql, [team.as_str(), due]).during("go on with a team's digest")?;
    Ok(())
}
