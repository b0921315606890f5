//! Programs that act by HTTP, and the incidents that they raised.

use chrono::{DateTime, Utc};
use firebell_core::decide::RaisedAs;
use firebell_core::ids::{IncidentId, Key};
use firebell_core::integration::{Integration, Scope};
use sqlx::types::Json;

use super::{During as _, StoreError, Tx, execute, on};

/// One program as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub integration: Integration,
    pub made_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
}

type Row = (String, Json<Vec<Scope>>, DateTime<Utc>, Option<DateTime<Utc>>);

/// Keeps the token of a program. False where a program of this name has one that is good.
pub async fn put(
    tx: &mut Tx<'_>,
    integration: &Integration,
    digest: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO integration (name, digest, scopes, made_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, scopes = excluded.scopes, \
               made_at = excluded.made_at, revoked_at = NULL WHERE integration.revoked_at IS NOT NULL";
    let scopes = Json(&integration.scopes);
    let changed = execute!(tx, sql, [integration.name.as_str(), digest, scopes, now]).during("keep a token")?;
    Ok(changed > 0)
}

/// Ends the token of a program; false where it has none that is good.
pub async fn revoke(tx: &mut Tx<'_>, name: &Key, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let sql = "UPDATE integration SET revoked_at = $2 WHERE name = $1 AND revoked_at IS NULL";
    Ok(execute!(tx, sql, [name.as_str(), now]).during("end a token")? > 0)
}

/// The program that has this token.
pub async fn by_digest(tx: &mut Tx<'_>, digest: &[u8]) -> Result<Option<Integration>, StoreError> {
    let sql = "SELECT name, scopes, made_at, revoked_at FROM integration WHERE digest = $1 AND revoked_at IS NULL";
    let row: Option<Row> =
        on!(tx, |c| sqlx::query_as(sql).bind(digest).fetch_optional(c).await).during("look for a token")?;
    row.map(|row| decode(row).map(|listed| listed.integration)).transpose()
}

/// Every program, with those whose tokens were ended.
pub async fn all(tx: &mut Tx<'_>) -> Result<Vec<Listed>, StoreError> {
    let sql = "SELECT name, scopes, made_at, revoked_at FROM integration ORDER BY name";
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql).fetch_all(c).await).during("list tokens")?;
    rows.into_iter().map(decode).collect()
}

fn decode((name, Json(scopes), made_at, revoked_at): Row) -> Result<Listed, StoreError> {
    let Ok(key) = Key::new(&name) else {
        let why = "its name is no key".to_owned();
        return Err(StoreError::Corrupt { table: "integration", id: name, why });
    };
    Ok(Listed { integration: Integration { name: key, scopes }, made_at, revoked_at })
}

/// The incident that a program raised last under a key.
pub async fn raised(tx: &mut Tx<'_>, integration: &Key, key: &str) -> Result<Option<IncidentId>, StoreError> {
    let sql = "SELECT incident FROM raised WHERE integration = $1 AND key = $2";
    let found: Option<i64> =
        on!(tx, |c| sqlx::query_scalar(sql).bind(integration.as_str()).bind(key).fetch_optional(c).await)
            .during("look for what was raised")?;
    Ok(found.map(IncidentId))
}

/// Writes down which incident a key stands for now, unless it stands for another one by now than was read.
pub async fn raise(tx: &mut Tx<'_>, raised: &RaisedAs, now: DateTime<Utc>) -> Result<(), StoreError> {
    let RaisedAs { integration, key, incident, before } = raised;
    let Some(before) = before else {
        let sql = "INSERT INTO raised (integration, key, incident, raised_at) VALUES ($1, $2, $3, $4)";
        execute!(tx, sql, [integration.as_str(), key, incident.0, now]).during("write down what was raised")?;
        return Ok(());
    };
    let sql = "UPDATE raised SET incident = $3, raised_at = $4 WHERE integration = $1 AND key = $2 AND incident = $5";
    let changed = execute!(tx, sql, [integration.as_str(), key, incident.0, now, before.0])
        .during("write down what was raised")?;
    if changed == 0 {
        return Err(StoreError::Conflict { table: "raised", id: integration.to_string() });
    }
    Ok(())
}
