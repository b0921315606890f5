//! The queue of effects. Workers claim lanes, not effects: only a lane's head runs, and whoever holds the newest token
//! of a lane may say what became of it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::effect::{Effect, Priority, Reference, Work};
use sqlx::types::Json;

use super::outlets::{Outlets, bind_outlets};
use super::read::Doc;
use super::{During as _, StoreError, Tx, Writes, execute, execute_in, on, put, select_in};

/// The head of a lane, claimed by one worker until its lease runs out.
#[derive(Debug, Clone)]
pub struct Claimed {
    pub id: i64,
    pub key: String,
    pub lane: String,
    /// Which claim of the lane this is; an older one may no longer settle anything.
    pub token: i64,
    pub work: Work,
    /// Counted with this one.
    pub attempts: i64,
    /// An earlier attempt ended without an answer, so this one may repeat it.
    pub again: bool,
    pub queued_at: DateTime<Utc>,
}

/// How a claimed effect ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Done(Reference),
    /// Never; recorded and passed.
    Impossible(String),
    /// It was tried for too long in vain; recorded and passed.
    GivenUp(String),
    /// No longer wanted: the recheck said so.
    Dropped,
    /// It was not tried after all, and is not before this time.
    Untried(DateTime<Utc>),
    /// Try again at this time. `answered` is false after an attempt whose result is unknown.
    Later {
        at: DateTime<Utc>,
        answered: bool,
    },
}

/// Queues effects as the last of a transaction, since lanes come last, and wakes those who carry them out.
pub async fn queue(tx: &mut Tx<'_>, effects: &[Effect], now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut writes = Writes::new(tx);
    enqueue(tx, &mut writes, effects, now).await?;
    writes.run(tx).await?;
    tx.wake().await
}

/// Queues effects and readies their lanes. An effect whose key is known already is not queued twice.
pub async fn enqueue(
    tx: &mut Tx<'_>,
    writes: &mut Writes,
    effects: &[Effect],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let waiting = unsettled(tx, effects).await?;
    let state = |effect: &Effect| match &effect.after {
        Some(after) if waiting.contains(after) => "waiting",
        _ => "open",
    };
    put!(
        writes,
        "queue effects",
        "INSERT INTO effect (key, lane, after_key, incident, work, state, queued_at, attempts, unanswered) VALUES",
        effects,
        |e| [
            e.key.as_str(),
            e.lane.to_string(),
            e.after.as_deref(),
            e.work.incident().map(|incident| incident.0),
            Json(&e.work),
            state(e),
            now,
            0_i64,
            0_i64,
        ],
        "ON CONFLICT (key) DO NOTHING"
    )?;
    // One row per lane: a statement may not touch the same row twice.
    let lanes: BTreeMap<String, &Effect> = effects.iter().map(|effect| (effect.lane.to_string(), effect)).collect();
    let lanes: Vec<(String, &Effect)> = lanes.into_iter().collect();
    put!(
        writes,
        "ready lanes",
        "INSERT INTO lane (key, priority, outlet, ready_at, token) VALUES",
        &lanes,
        |(key, e)| [key.as_str(), priority(e.priority), e.outlet.to_string(), e.not_before.unwrap_or(now), 0_i64],
        "ON CONFLICT (key) DO UPDATE SET ready_at = COALESCE(lane.ready_at, excluded.ready_at), \
         outlet = excluded.outlet"
    )
}

/// Of the effects that others come after, those that are not settled; new ones among `effects` count.
async fn unsettled(tx: &mut Tx<'_>, effects: &[Effect]) -> Result<Vec<String>, StoreError> {
    let after: Vec<String> = effects.iter().filter_map(|effect| effect.after.clone()).collect();
    if after.is_empty() {
        return Ok(after);
    }
    let settled: Vec<(String,)> =
        select_in!(tx, "SELECT key FROM effect WHERE settled_at IS NOT NULL AND key IN", [], &after, "")
            .during("look for settled effects")?;
    Ok(after.into_iter().filter(|key| !settled.iter().any(|(done,)| done == key)).collect())
}

/// Takes back queued effects. One that is being carried out at this moment is caught by the recheck or told as it is.
pub async fn cancel(tx: &mut Tx<'_>, keys: &[String], now: DateTime<Utc>) -> Result<(), StoreError> {
    let head = "UPDATE effect SET state = 'cancelled', settled_at = $1 WHERE state IN ('open', 'waiting') AND key IN";
    execute_in!(tx, head, [now], keys, "").during("cancel effects")?;
    release_after(tx, keys, now).await
}

/// Claims up to `limit` ready lanes of these outlets until `now + lease`, the most urgent first, and answers their heads.
pub async fn claim(
    tx: &mut Tx<'_>,
    outlets: &Outlets,
    now: DateTime<Utc>,
    lease: TimeDelta,
    limit: i64,
) -> Result<Vec<Claimed>, StoreError> {
    claim_of(tx, outlets, (now, lease), limit, &[Priority::Notice, Priority::Post, Priority::Setup]).await
}

/// Claims as [`claim`] does, of what must not wait alone: notices.
pub async fn claim_notices(
    tx: &mut Tx<'_>,
    outlets: &Outlets,
    now: DateTime<Utc>,
    lease: TimeDelta,
    limit: i64,
) -> Result<Vec<Claimed>, StoreError> {
    claim_of(tx, outlets, (now, lease), limit, &[Priority::Notice]).await
}

async fn claim_of(
    tx: &mut Tx<'_>,
    outlets: &Outlets,
    (now, lease): (DateTime<Utc>, TimeDelta),
    limit: i64,
    priorities: &[Priority],
) -> Result<Vec<Claimed>, StoreError> {
    let until = now.checked_add_signed(lease).unwrap_or(now);
    let lanes = claim_lanes(tx, outlets, (now, until), limit, priorities).await?;
    if lanes.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<String> = lanes.keys().cloned().collect();
    let heads = heads(tx, &keys).await?;
    let empty: Vec<String> = keys.into_iter().filter(|key| !heads.iter().any(|head| head.2 == *key)).collect();
    let idle = "UPDATE lane SET ready_at = NULL, lease_until = NULL WHERE key IN";
    execute_in!(tx, idle, [], &empty, "").during("rest empty lanes")?;
    let mut claimed: Vec<Claimed> = heads
        .into_iter()
        .filter_map(|head| {
            let token = lanes.get(&head.2).copied().unwrap_or_default();
            claim_of_row(head, token)
        })
        .collect();
    claimed.sort_by_key(|head| head.id);
    Ok(claimed)
}

/// One that does not decode holds up its own lane until the lease runs out; the lanes of others go on.
pub(super) fn claim_of_row(
    (id, key, lane, work, attempts, unanswered, queued_at): HeadRow,
    token: i64,
) -> Option<Claimed> {
    let work = work.of("effect", &id, "work");
    let work = work.inspect_err(|error| tracing::error!(%error, key, "effect not carried out")).ok()?;
    Some(Claimed { id, key, lane, token, work, attempts, again: unanswered > 1, queued_at })
}

/// Takes the leases of ready lanes, priority by priority so that the index answers in order; lanes with their tokens.
async fn claim_lanes(
    tx: &mut Tx<'_>,
    outlets: &Outlets,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
    limit: i64,
    priorities: &[Priority],
) -> Result<BTreeMap<String, i64>, StoreError> {
    let mut lanes = BTreeMap::new();
    if outlets.is_empty() {
        return Ok(lanes);
    }
    let selects = outlets.selects(4, |condition| format!("{CLAIMABLE_LANES} AND {condition}"));
    // Materialised, because Postgres may otherwise run the limited, locking part more than once.
    let sql = format!("WITH ready AS MATERIALIZED ({}) {CLAIM_LANES}", tx.first_of(&selects, "ready_at, key"));
    let mut left = limit;
    for priority in priorities.iter().copied().map(priority) {
        if left <= 0 {
            break;
        }
        let claimed: Vec<(String, i64)> = on!(&mut *tx, |c| {
            let query = sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str())).bind(until).bind(now).bind(left);
            bind_outlets!(query.bind(priority), outlets, now).fetch_all(c).await
        })
        .during("claim lanes")?;
        left -= i64::try_from(claimed.len()).unwrap_or(left);
        lanes.extend(claimed);
    }
    Ok(lanes)
}

const CLAIMABLE_LANES: &str = "SELECT key, ready_at FROM lane WHERE priority = $4 AND ready_at <= $2 \
                               AND (lease_until IS NULL OR lease_until <= $2)";
const CLAIM_LANES: &str = "UPDATE lane SET lease_until = $1, token = token + 1 \
                           WHERE key IN (SELECT key FROM ready) RETURNING key, token";

/// The head of a lane, as it is read.
pub(super) type HeadRow = (i64, String, String, Doc<Work>, i64, i64, DateTime<Utc>);

/// One look into the index for each lane: grouping would read everything that is queued behind the heads.
async fn heads(tx: &mut Tx<'_>, lanes: &[String]) -> Result<Vec<HeadRow>, StoreError> {
    let head = "UPDATE effect SET attempts = attempts + 1, unanswered = unanswered + 1, carried_by = NULL WHERE id IN (\
                SELECT (SELECT e.id FROM effect e WHERE e.lane = l.key AND e.state = 'open' ORDER BY e.id LIMIT 1) \
                FROM lane l WHERE l.key IN";
    let tail = ") RETURNING id, key, lane, work, attempts, unanswered, queued_at";
    select_in!(tx, head, [], lanes, tail).during("take the heads of lanes")
}

/// Which of these claims are still the newest of their lanes, by the effect's id; locks the lanes. A worker that was away
/// for too long finds that another has taken over, and says nothing.
pub async fn still_mine(tx: &mut Tx<'_>, claims: &[&Claimed]) -> Result<BTreeSet<i64>, StoreError> {
    let lanes: BTreeSet<&str> = claims.iter().map(|claimed| claimed.lane.as_str()).collect();
    let lanes: Vec<String> = lanes.into_iter().map(str::to_owned).collect();
    let tail = format!("ORDER BY key {}", tx.for_update());
    let rows: Vec<(String, i64)> =
        select_in!(tx, "SELECT key, token FROM lane WHERE key IN", [], &lanes, &tail).during("check lanes' tokens")?;
    let tokens: std::collections::HashMap<String, i64> = rows.into_iter().collect();
    let mine = claims.iter().filter(|claimed| tokens.get(&claimed.lane) == Some(&claimed.token));
    Ok(mine.map(|claimed| claimed.id).collect())
}

/// Writes what became of claimed effects, after what is to be written anyway, and gives their lanes back.
pub async fn settle(
    tx: &mut Tx<'_>,
    writes: &mut Writes,
    settled: &[(&Claimed, &Outcome)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (mut finished, mut answered, mut untried, mut back) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (claimed, outcome) in settled {
        let (state, reference, detail) = match outcome {
            Outcome::Later { at, answered: heard } => {
                answered.extend(heard.then_some(claimed.id));
                back.push((claimed.lane.as_str(), *at));
                continue;
            }
            Outcome::Untried(at) => {
                untried.push(claimed.id);
                back.push((claimed.lane.as_str(), *at));
                continue;
            }
            Outcome::Done(reference) => ("done", Some(reference.external_id.as_str()), None),
            Outcome::Impossible(reason) | Outcome::GivenUp(reason) => ("impossible", None, Some(reason.as_str())),
            Outcome::Dropped => ("cancelled", None, None),
        };
        finished.push((claimed.id, state, reference, detail));
        back.push((claimed.lane.as_str(), now));
    }
    // Whatever an earlier attempt left in doubt stays so.
    let off = "UPDATE effect SET unanswered = unanswered - 1 FROM (VALUES";
    put!(writes, "put effects off", off, &answered, |id| [*id], ") AS v WHERE effect.id = v.column1")?;
    let not = "UPDATE effect SET attempts = attempts - 1, unanswered = unanswered - 1 FROM (VALUES";
    put!(writes, "put off what was not tried", not, &untried, |id| [*id], ") AS v WHERE effect.id = v.column1")?;
    let head = "UPDATE effect SET state = v.column2, settled_at = v.column3, reference = v.column4, \
                detail = v.column5, unanswered = 0 FROM (VALUES";
    let tail = ") AS v WHERE effect.id = v.column1 AND effect.state = 'open'";
    let values = &finished;
    put!(writes, "settle effects", head, values, |(id, state, made, detail)| [*id, *state, now, *made, *detail], tail)?;
    writes.run(tx).await?;
    let over = |outcome: &Outcome| !matches!(outcome, Outcome::Later { .. } | Outcome::Untried(_));
    // Those of a bundle are of one lane, which is ready by its head.
    let mut seen = HashSet::new();
    back.retain(|(lane, _)| seen.insert(*lane));
    let keys: Vec<String> =
        settled.iter().filter(|(_, outcome)| over(outcome)).map(|(claimed, _)| claimed.key.clone()).collect();
    release_after(tx, &keys, now).await?;
    give_back(tx, &back).await
}

/// Opens the effects that waited for these.
async fn release_after(tx: &mut Tx<'_>, keys: &[String], now: DateTime<Utc>) -> Result<(), StoreError> {
    let sql = "UPDATE effect SET state = 'open' WHERE state = 'waiting' AND after_key IN";
    let lanes: Vec<(String,)> = select_in!(tx, sql, [], keys, "RETURNING lane").during("release effects")?;
    let lanes: BTreeSet<String> = lanes.into_iter().map(|(lane,)| lane).collect();
    let lanes: Vec<String> = lanes.into_iter().collect();
    // The row is locked even if the lane is ready: a worker that finds it empty at this moment would rest it.
    let head = "UPDATE lane SET ready_at = COALESCE(ready_at, $1) WHERE key IN";
    execute_in!(tx, head, [now], &lanes, "").during("ready lanes")?;
    Ok(())
}

/// Ends the leases of lanes; those with more to do are ready at the instant beside them.
async fn give_back(tx: &mut Tx<'_>, lanes: &[(&str, DateTime<Utc>)]) -> Result<(), StoreError> {
    let head = "UPDATE lane SET lease_until = NULL, ready_at = CASE WHEN EXISTS (SELECT 1 FROM effect \
                WHERE effect.lane = lane.key AND effect.state = 'open') THEN v.column2 ELSE NULL END FROM (VALUES";
    let tail = ") AS v WHERE lane.key = v.column1";
    Writes::alone(tx, |writes| put!(writes, "give lanes back", head, lanes, |(lane, at)| [*lane, *at], tail)).await?;
    Ok(())
}

/// When the next lane or card of these outlets becomes ready, leased ones counted by the end of their lease.
pub async fn next_ready(
    tx: &mut Tx<'_>,
    outlets: &Outlets,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    if outlets.is_empty() {
        return Ok(None);
    }
    let free = ("ready_at", "ready_at IS NOT NULL AND lease_until IS NULL");
    let leased = ("lease_until", "ready_at IS NOT NULL AND lease_until IS NOT NULL");
    let mut selects = Vec::new();
    for table in ["lane", "card"] {
        for (at, when) in [free, leased] {
            let select = |mine: &str| format!("SELECT min({at}) AS at FROM {table} WHERE {when} AND {mine}");
            selects.extend(outlets.selects(0, select));
        }
    }
    let sql = format!("SELECT min(at) FROM ({}) AS ready", selects.join(" UNION ALL "));
    let sql = sql.as_str();
    on!(tx, |c| bind_outlets!(sqlx::query_scalar(sqlx::AssertSqlSafe(sql)), outlets, now).fetch_one(c).await)
        .during("look for ready lanes")
}

/// How many effects of each priority are open, and since when the oldest is. What is to be done at an instant of its own
/// does not wait.
pub async fn backlog(tx: &mut Tx<'_>) -> Result<Vec<(Priority, i64, DateTime<Utc>)>, StoreError> {
    let sql = "SELECT l.priority, count(*), min(e.queued_at) FROM effect e JOIN lane l ON l.key = e.lane \
               WHERE e.state = 'open' AND e.lane NOT LIKE 'end:%' GROUP BY l.priority ORDER BY l.priority";
    let rows: Vec<(i64, i64, DateTime<Utc>)> =
        on!(tx, |c| sqlx::query_as(sql).fetch_all(c).await).during("count open effects")?;
    let known = [Priority::Notice, Priority::Post, Priority::Setup];
    let of = |number| known.into_iter().find(|held| priority(*held) == number);
    Ok(rows.into_iter().filter_map(|(number, count, oldest)| Some((of(number)?, count, oldest))).collect())
}

/// Whether there is anything for [`reconcile`] to do; asked on a snapshot.
pub async fn any_idle(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM effect w JOIN effect a ON a.key = w.after_key \
               WHERE w.state = 'waiting' AND a.settled_at IS NOT NULL) OR \
               EXISTS (SELECT 1 FROM effect e JOIN lane l ON l.key = e.lane \
               WHERE e.state = 'open' AND l.ready_at IS NULL)";
    on!(tx, |c| sqlx::query_scalar(sql).fetch_one(c).await).during("look for idle effects")
}

/// Repairs what no transaction should have left behind: effects that wait for a settled one, and lanes that rest with
/// work queued. Answers how many it found.
pub async fn reconcile(tx: &mut Tx<'_>, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let waiting = "UPDATE effect SET state = 'open' WHERE state = 'waiting' AND after_key IN \
                   (SELECT key FROM effect WHERE settled_at IS NOT NULL)";
    let released = execute!(tx, waiting, []).during("release effects")?;
    let resting = "UPDATE lane SET ready_at = $1 WHERE ready_at IS NULL AND key IN \
                   (SELECT lane FROM effect WHERE state = 'open')";
    let readied = execute!(tx, resting, [now]).during("ready lanes")?;
    Ok(released + readied)
}

fn priority(priority: Priority) -> i64 {
    match priority {
        Priority::Notice => 0,
        Priority::Post => 1,
        Priority::Setup => 2,
    }
}

/// What the platforms called what these effects made, as far as that is known, by their keys, and whether that tells of others
/// too. Those that others told of made nothing of their own and are left out.
pub async fn references(
    tx: &mut Tx<'_>,
    keys: &[String],
) -> Result<HashMap<String, (Option<String>, bool)>, StoreError> {
    let head = "SELECT e.key, e.reference, EXISTS (SELECT 1 FROM effect c WHERE c.carried_by = e.key) FROM effect e \
                WHERE e.carried_by IS NULL AND e.key IN";
    let rows: Vec<(String, Option<String>, bool)> =
        select_in!(tx, head, [], keys, "").during("look for what effects made")?;
    Ok(rows.into_iter().map(|(key, made, carries)| (key, (made, carries))).collect())
}

/// How often each of these effects was tried so far.
pub async fn attempts(tx: &mut Tx<'_>, keys: &[String]) -> Result<HashMap<String, i64>, StoreError> {
    let head = "SELECT key, attempts FROM effect WHERE key IN";
    let rows: Vec<(String, i64)> = select_in!(tx, head, [], keys, "").during("look how often effects were tried")?;
    Ok(rows.into_iter().collect())
}

/// Those of these effects that were never queued before.
pub async fn unknown(tx: &mut Tx<'_>, effects: Vec<Effect>) -> Result<Vec<Effect>, StoreError> {
    let keys: Vec<String> = effects.iter().map(|effect| effect.key.clone()).collect();
    let known: Vec<(String,)> =
        select_in!(tx, "SELECT key FROM effect WHERE key IN", [], &keys, "").during("look for effects")?;
    let known: HashSet<String> = known.into_iter().map(|(key,)| key).collect();
    Ok(effects.into_iter().filter(|effect| !known.contains(&effect.key)).collect())
}

/// Notices that are queued since before `since`.
pub async fn stuck_notices(tx: &mut Tx<'_>, since: DateTime<Utc>) -> Result<i64, StoreError> {
    let sql = "SELECT count(*) FROM effect e JOIN lane l ON l.key = e.lane \
               WHERE e.state = 'open' AND l.priority = 0 AND e.queued_at < $1";
    on!(tx, |c| sqlx::query_scalar(sql).bind(since).fetch_one(c).await).during("audit queued notices")
}

/// Forgets effects that were settled before `until`; their outcome stands in the record. Those of an incident that left a
/// room open are kept, or the reconcile pass would take them for lost.
pub async fn purge(tx: &mut Tx<'_>, until: DateTime<Utc>) -> Result<u64, StoreError> {
    let sql = "DELETE FROM effect WHERE settled_at < $1 AND (incident IS NULL OR incident IN \
               (SELECT number FROM incident WHERE closed_at < $1 AND NOT EXISTS \
               (SELECT 1 FROM room WHERE room.incident = incident.number AND room.state = 'open')))";
    execute!(tx, sql, [until]).during("purge settled effects")
}
