//! The outlets of a process: it claims only what goes through them, and leaves some of them to processes before which a
//! person sits.

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::outlet::Outlet;
use uuid::Uuid;

use super::installation::SILENT;
use super::{During as _, StoreError, Tx, Writes, on, put, select_in};

/// How long something waits for a process that has its outlet before one that has not looks after it.
const UNSERVED: TimeDelta = TimeDelta::minutes(1);

/// Through what a process delivers.
#[derive(Debug, Clone, Default)]
pub struct Outlets {
    own: Vec<String>,
    left: Vec<String>,
    unserved: Vec<String>,
}

impl Outlets {
    /// Adds one that is served whoever else is there.
    #[must_use]
    pub fn with(mut self, outlet: Outlet) -> Self {
        self.own.push(outlet.to_string());
        self
    }

    /// Adds one that is left to processes before which a person sits, for as long as one is alive.
    #[must_use]
    pub fn with_left_to_watched(mut self, outlet: Outlet) -> Self {
        self.left.push(outlet.to_string());
        self
    }

    /// Adds one that this process has not: what has waited for a while for a process that has it is claimed to be said, so
    /// that whoever it is for is told in another way.
    #[must_use]
    pub fn with_unserved(mut self, outlet: Outlet) -> Self {
        self.unserved.push(outlet.to_string());
        self
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.own.is_empty() && self.left.is_empty() && self.unserved.is_empty()
    }

    /// One `SELECT` for each outlet, so that each is answered by one stretch of an index; `select` makes it of a
    /// condition. The parameters come after the first `before` and are bound by [`bind_outlets`].
    pub(super) fn selects(&self, before: usize, select: impl Fn(&str) -> String) -> Vec<String> {
        let since = before + 1;
        let due = since + usize::from(!self.left.is_empty());
        let first = due + usize::from(!self.unserved.is_empty());
        let own = (first..).take(self.own.len()).map(|at| format!("outlet = ${at}"));
        let left = (first + self.own.len()..).take(self.left.len()).map(|at| {
            format!("outlet = ${at} AND NOT EXISTS (SELECT 1 FROM replica WHERE watched AND seen_at >= ${since})")
        });
        let unserved = (first + self.own.len() + self.left.len()..).take(self.unserved.len());
        let unserved = unserved.map(|at| format!("outlet = ${at} AND ready_at <= ${due}"));
        own.chain(left).chain(unserved).map(|condition| select(&condition)).collect()
    }

    /// What can be claimed now; asked without a transaction, so that a look that finds nothing costs little.
    pub async fn ready(&self, tx: &mut Tx<'_>, now: DateTime<Utc>) -> Result<Ready, StoreError> {
        if self.is_empty() {
            return Ok(Ready::default());
        }
        let [free, leased] = ["ready_at <= $1 AND lease_until IS NULL", "ready_at IS NOT NULL AND lease_until <= $1"];
        let any = |table: &str| {
            let found = |mine: &str, when: &str| format!("EXISTS (SELECT 1 FROM {table} WHERE {mine} AND {when})");
            self.selects(1, |mine| format!("{} OR {}", found(mine, free), found(mine, leased))).join(" OR ")
        };
        let sql = format!("SELECT {}, {}", any("lane"), any("card"));
        let sql = sql.as_str();
        let (lanes, cards): (bool, bool) =
            on!(tx, |c| bind_outlets!(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(now), self, now)
                .fetch_one(c)
                .await)
            .during("look for what is ready")?;
        Ok(Ready { lanes, cards })
    }

    /// Since when a watched process must have been silent; absent where nothing is left to any.
    pub(super) fn silent_since(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        (!self.left.is_empty()).then(|| now.checked_sub_signed(SILENT).unwrap_or(now))
    }

    /// Since when something must have been ready for which nobody has the outlet; absent where there is no such outlet.
    pub(super) fn unserved_since(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        (!self.unserved.is_empty()).then(|| now.checked_sub_signed(UNSERVED).unwrap_or(now))
    }

    /// The outlets in the order of their parameters.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.own.iter().chain(&self.left).chain(&self.unserved)
    }
}

/// What can be claimed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ready {
    pub lanes: bool,
    pub cards: bool,
}

/// Binds what [`Outlets::selects`] asks for, after whatever was bound before.
macro_rules! bind_outlets {
    ($query:expr, $outlets:expr, $now:expr) => {{
        let mut query = $query;
        for since in $outlets.silent_since($now).into_iter().chain($outlets.unserved_since($now)) {
            query = query.bind(since);
        }
        for outlet in $outlets.names() {
            query = query.bind(outlet);
        }
        query
    }};
}
pub(super) use bind_outlets;

/// Whether something is queued whose outlet [`add_missing`] would add; asked on a snapshot.
pub async fn any_missing(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM lane WHERE outlet IS NULL AND ready_at IS NOT NULL) OR \
               EXISTS (SELECT 1 FROM card WHERE outlet IS NULL AND ready_at IS NOT NULL)";
    on!(tx, |c| sqlx::query_scalar(sql).fetch_one(c).await).during("look for missing outlets")
}

/// Adds the outlets of what a replica queued that is older than they are: nobody else would claim it. Answers how many.
pub async fn add_missing(tx: &mut Tx<'_>) -> Result<u64, StoreError> {
    let sql = "SELECT key FROM lane WHERE outlet IS NULL AND ready_at IS NOT NULL ORDER BY key";
    let lanes: Vec<String> =
        on!(tx, |c| sqlx::query_scalar(sql).fetch_all(c).await).during("look for lanes without outlets")?;
    let rooms: Vec<Uuid> = lanes.iter().filter_map(|lane| room_of(lane)).collect();
    let workspaces: Vec<(Uuid, Uuid)> =
        select_in!(tx, "SELECT id, workspace FROM room WHERE id IN", [], &rooms, "").during("look for rooms")?;
    let found: Vec<(String, String)> = lanes
        .into_iter()
        .filter_map(|lane| {
            let outlet = match room_of(&lane) {
                Some(room) => workspaces.iter().find(|(id, _)| *id == room)?.1.to_string(),
                None => lane.splitn(3, ':').nth(2)?.to_owned(),
            };
            Some((lane, outlet))
        })
        .collect();
    let tail = ") AS v WHERE lane.key = v.column1";
    let head = "UPDATE lane SET outlet = v.column2 FROM (VALUES";
    let added = Writes::alone(tx, |writes| {
        put!(writes, "add the outlets of lanes", head, &found, |(lane, outlet)| [lane, outlet], tail)
    })
    .await?;
    let sql = "SELECT card.room, room.workspace FROM card JOIN room ON room.id = card.room \
               WHERE card.outlet IS NULL AND card.ready_at IS NOT NULL ORDER BY card.room";
    let cards: Vec<(Uuid, Uuid)> =
        on!(tx, |c| sqlx::query_as(sql).fetch_all(c).await).during("look for cards without outlets")?;
    let head = "UPDATE card SET outlet = v.column2 FROM (VALUES";
    let tail = ") AS v WHERE card.room = v.column1";
    let of_cards = Writes::alone(tx, |writes| {
        let what = "add the outlets of cards";
        put!(writes, what, head, &cards, |(room, workspace)| [*room, workspace.to_string()], tail)
    })
    .await?;
    Ok(added + of_cards)
}

/// The room of a lane `room:<id>` or `setup:<id>`.
fn room_of(lane: &str) -> Option<Uuid> {
    let (_, id) = lane.split_once(':').filter(|(kind, _)| matches!(*kind, "room" | "setup"))?;
    id.parse().ok()
}
