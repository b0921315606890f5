//! Rounds of proof: when each person is due, and when they were asked last.

use chrono::{DateTime, Utc};
use firebell_core::directory::proof::Round;
use firebell_core::ids::PersonId;
use uuid::Uuid;

use super::super::{During as _, StoreError, Tx, execute, on};

type Row = (Uuid, DateTime<Utc>, Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// Everybody who was reckoned with; `lock` holds their rows until the commit.
pub async fn all(tx: &mut Tx<'_>, lock: bool) -> Result<Vec<Round>, StoreError> {
    let locking = if lock { tx.for_update() } else { "" };
    let sql = format!("SELECT person, due_at, asked_at, look_at FROM contact_round ORDER BY person {locking}");
    let rows: Vec<Row> =
        on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(c).await).during("look at rounds of proof")?;
    let read = |(person, due, asked, look)| Round { person: PersonId(person), due, asked, look };
    Ok(rows.into_iter().map(read).collect())
}

/// Somebody is reckoned with from now on. Of several who say so, one is heard.
pub async fn begin(tx: &mut Tx<'_>, person: PersonId, due: DateTime<Utc>) -> Result<(), StoreError> {
    let sql = "INSERT INTO contact_round (person, due_at) VALUES ($1, $2) ON CONFLICT (person) DO NOTHING";
    execute!(tx, sql, [person.0, due]).during("begin with rounds of proof")?;
    Ok(())
}

/// What comes next for somebody.
pub async fn go_on(tx: &mut Tx<'_>, round: &Round) -> Result<(), StoreError> {
    let sql = "UPDATE contact_round SET due_at = $2, asked_at = $3, look_at = $4 WHERE person = $1";
    execute!(tx, sql, [round.person.0, round.due, round.asked, round.look]).during("go on with rounds of proof")?;
    Ok(())
}
