//! Codes that were sent to addresses, and which addresses were proved by them.

pub mod rounds;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use firebell_core::directory::reach::Waiting;
use firebell_core::directory::{Address, ContactMethod};
use firebell_core::effect::CodeFor;
use firebell_core::ids::{CodeId, PersonId};
use sqlx::types::Json;
use uuid::Uuid;

use super::read::Doc;
use super::{During as _, StoreError, Tx, execute, on, select_in};

/// A method that was proved to lead to its person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    pub person: PersonId,
    pub method: ContactMethod,
    /// That of the address that was proved.
    pub mark: String,
    pub at: DateTime<Utc>,
}

type Row = (Uuid, String, String, Doc<Address>, DateTime<Utc>, DateTime<Utc>, i64);

/// The codes that wait for a person, the oldest first; `lock` keeps others from using them until the commit.
pub async fn waiting(
    tx: &mut Tx<'_>,
    person: PersonId,
    now: DateTime<Utc>,
    lock: bool,
) -> Result<Vec<Waiting>, StoreError> {
    let locking = if lock { tx.for_update() } else { "" };
    let sql = format!(
        "SELECT id, method, why, held, asked_at, until_at, misses FROM contact_code \
         WHERE person = $1 AND NOT closed AND until_at > $2 ORDER BY asked_at, id {locking}"
    );
    let rows: Vec<Row> =
        on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(person.0).bind(now).fetch_all(c).await)
            .during("look for waiting codes")?;
    let read = |(id, method, why, held, asked, until, misses): Row| {
        let corrupt = |what: &str| StoreError::Corrupt {
            table: "contact_code",
            id: id.to_string(),
            why: format!("its {what} does not decode"),
        };
        let method = method_of(&method).ok_or_else(|| corrupt("method"))?;
        let why = CodeFor::ALL.into_iter().find(|other| other.word() == why).ok_or_else(|| corrupt("reason"))?;
        let to = held.of("contact_code", &id, "address")?;
        Ok(Waiting { id: CodeId(id), person, method, to, why, asked, until, misses })
    };
    rows.into_iter().map(read).collect()
}

/// Keeps a code that is sent. The one before of its person and method is good no more, where it is as well for an address that is
/// wanted, or as well for one that is theirs.
pub async fn ask(tx: &mut Tx<'_>, code: &Waiting, reach: &[u8]) -> Result<(), StoreError> {
    let before = "UPDATE contact_code SET closed = TRUE WHERE person = $1 AND method = $2 AND (why = 'address') = $3 \
                  AND NOT closed";
    let wanted = code.why == CodeFor::Address;
    execute!(tx, before, [code.person.0, code.method.word(), wanted]).during("replace a code")?;
    let sql = "INSERT INTO contact_code (id, person, method, why, held, reach, asked_at, until_at, misses, closed) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, FALSE)";
    execute!(
        tx,
        sql,
        [code.id.0, code.person.0, code.method.word(), code.why.word(), Json(&code.to), reach, code.asked, code.until]
    )
    .during("keep a code")?;
    Ok(())
}

/// A code came back.
pub async fn used(tx: &mut Tx<'_>, code: CodeId) -> Result<(), StoreError> {
    execute!(tx, "UPDATE contact_code SET closed = TRUE WHERE id = $1", [code.0]).during("use up a code")?;
    Ok(())
}

/// A person gave a wrong code, which counts for all that wait.
pub async fn missed(tx: &mut Tx<'_>, person: PersonId) -> Result<(), StoreError> {
    let sql = "UPDATE contact_code SET misses = misses + 1 WHERE person = $1 AND NOT closed";
    execute!(tx, sql, [person.0]).during("count a wrong code")?;
    Ok(())
}

/// How many codes a person had sent after `since`.
pub async fn sent_for(tx: &mut Tx<'_>, person: PersonId, since: DateTime<Utc>) -> Result<i64, StoreError> {
    let sql = "SELECT count(*) FROM contact_code WHERE person = $1 AND asked_at > $2 AND why <> 'round'";
    on!(tx, |c| sqlx::query_scalar(sql).bind(person.0).bind(since).fetch_one(c).await).during("count codes")
}

/// How many codes an address was sent after `since`, whoever asked.
pub async fn sent_to(tx: &mut Tx<'_>, reach: &[u8], since: DateTime<Utc>) -> Result<i64, StoreError> {
    let sql = "SELECT count(*) FROM contact_code WHERE reach = $1 AND asked_at > $2 AND why <> 'round'";
    on!(tx, |c| sqlx::query_scalar(sql).bind(reach).bind(since).fetch_one(c).await).during("count codes")
}

/// Forgets the codes that were asked for before `until` and are good no more.
pub async fn purge(tx: &mut Tx<'_>, until: DateTime<Utc>) -> Result<u64, StoreError> {
    let sql = "DELETE FROM contact_code WHERE asked_at <= $1 AND (closed OR until_at <= $1)";
    execute!(tx, sql, [until]).during("forget codes")
}

/// A method leads to its person.
pub async fn prove(tx: &mut Tx<'_>, proof: &Proof) -> Result<(), StoreError> {
    let sql = "INSERT INTO contact_proof (person, method, mark, proved_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (person, method) DO UPDATE SET mark = excluded.mark, proved_at = excluded.proved_at";
    execute!(tx, sql, [proof.person.0, proof.method.word(), &proof.mark, proof.at]).during("prove a contact")?;
    Ok(())
}

/// What was proved of everybody.
pub async fn proofs(tx: &mut Tx<'_>) -> Result<Vec<Proof>, StoreError> {
    let sql = "SELECT person, method, mark, proved_at FROM contact_proof ORDER BY person, method";
    let rows: Vec<(Uuid, String, String, DateTime<Utc>)> =
        on!(tx, |c| sqlx::query_as(sql).fetch_all(c).await).during("look at what was proved")?;
    let read = |(person, word, mark, at): (Uuid, String, String, DateTime<Utc>)| {
        let why = "its method does not decode".to_owned();
        let method = method_of(&word);
        let method =
            method.ok_or_else(|| StoreError::Corrupt { table: "contact_proof", id: person.to_string(), why })?;
        Ok(Proof { person: PersonId(person), method, mark, at })
    };
    rows.into_iter().map(read).collect()
}

/// Why effects can never be carried out, by their keys; those that can are left out.
pub async fn failures(tx: &mut Tx<'_>, keys: &[String]) -> Result<HashMap<String, String>, StoreError> {
    let head = "SELECT key, detail FROM effect WHERE state = 'impossible' AND detail IS NOT NULL AND key IN";
    let rows: Vec<(String, String)> = select_in!(tx, head, [], keys, "").during("look at what failed")?;
    Ok(rows.into_iter().collect())
}

fn method_of(word: &str) -> Option<ContactMethod> {
    ContactMethod::ALL.into_iter().find(|method| method.word() == word)
}
