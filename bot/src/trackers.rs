//! The trackers that this installation keeps its follow-ups in besides.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use firebell_core::effect::{Delivery, Reference};
use firebell_core::ids::Key;
use serde::{Deserialize, Serialize};

use crate::outside::call::CallError;
use crate::outside::finding::failed;
use crate::outside::forge::Forge;
use crate::outside::jira::Jira;
use crate::outside::linear::Linear;
use crate::outside::tracker::{Changes, Cursor, Ticket, TicketRef, TicketState};
use crate::platform::finding::Finding;

/// A tracker of any kind.
#[derive(Clone)]
pub enum Tracker {
    Forge(Arc<Forge>),
    Jira(Arc<Jira>),
    Linear(Arc<Linear>),
}

/// Calls what all trackers have; they are large futures.
macro_rules! either {
    ($of:expr, $one:ident => $call:expr) => {
        match $of {
            Tracker::Forge($one) => Box::pin($call).await,
            Tracker::Jira($one) => Box::pin($call).await,
            Tracker::Linear($one) => Box::pin($call).await,
        }
    };
}

/// A tracker as it is configured.
#[derive(Clone)]
pub struct Tracked {
    pub tracker: Tracker,
    /// What every ticket bears.
    pub labels: Vec<String>,
    /// People's accounts there, by their handles.
    pub accounts: BTreeMap<Key, String>,
}

/// All of them by their names. Clones share them.
#[derive(Clone)]
pub struct Trackers {
    by_name: Arc<BTreeMap<Key, Tracked>>,
    /// From one reading of what changed there to the next.
    every: TimeDelta,
    /// Those that could not be read the last time and why, so that it is said once.
    failing: Arc<Mutex<BTreeMap<Key, String>>>,
}

/// A ticket that is to be made or brought up to date.
pub(crate) struct Order {
    pub(crate) tracker: Key,
    /// Where it is, once it was made.
    pub(crate) at: Option<TicketRef>,
    /// It may have been made before.
    pub(crate) again: bool,
    /// How it stood there when that was known last.
    pub(crate) stood: bool,
    pub(crate) ticket: Ticket,
}

/// What an order came to, as its effect keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Carried {
    pub(crate) at: TicketRef,
    /// What the tracker was told.
    pub(crate) done: bool,
}

impl Default for Trackers {
    fn default() -> Self {
        Self::new(BTreeMap::new(), TimeDelta::minutes(1))
    }
}

impl Trackers {
    /// These trackers, whose changes are read so often.
    pub fn new(by_name: BTreeMap<Key, Tracked>, every: TimeDelta) -> Self {
        Self { by_name: Arc::new(by_name), every, failing: Arc::default() }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    pub(crate) fn get(&self, name: &Key) -> Option<&Tracked> {
        self.by_name.get(name)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&Key, &Tracked)> {
        self.by_name.iter()
    }

    pub(crate) fn every(&self) -> TimeDelta {
        self.every
    }

    /// Carries out an order.
    pub(crate) async fn carry_out(&self, order: &Order) -> Delivery {
        let Some(tracked) = self.get(&order.tracker) else {
            return Delivery::Impossible(unknown(&order.tracker));
        };
        match tracked.carry_out(order).await {
            Ok(carried) => Delivery::Delivered(carried.into()),
            Err(error) => error.into(),
        }
    }

    /// What changed there since a cursor; `None` where it could not be read, which is logged once.
    pub(crate) async fn changes(&self, name: &Key, cursor: &Cursor) -> Option<Changes> {
        let read = self.get(name)?.tracker.states_since(cursor).await;
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        match read {
            Ok(changes) => {
                if failing.remove(name).is_some() {
                    tracing::info!(tracker = %name, "the tracker is read again");
                }
                Some(changes)
            }
            Err(error) => {
                if failing.insert(name.clone(), error.to_string()).is_none() {
                    tracing::warn!(tracker = %name, %error, "the tracker is not read; what was closed there is not known to be done");
                }
                None
            }
        }
    }
}

/// Why nothing can be kept in a tracker of this name.
pub(crate) fn unknown(name: &Key) -> String {
    format!("no tracker {name} is configured; add it to [[trackers]]")
}

impl Tracked {
    async fn carry_out(&self, order: &Order) -> Result<Carried, CallError> {
        let done = order.ticket.done;
        let Some(at) = &order.at else {
            let at = self.tracker.create(&order.ticket, order.again).await?;
            return Ok(Carried { at, done });
        };
        let mut ticket = order.ticket.clone();
        if done == order.stood {
            // Nobody changed it here; if somebody did there, that stands, and is read in its turn.
            ticket.done = self.tracker.state(at).await?.done;
        }
        self.tracker.update(at, &ticket).await?;
        Ok(Carried { at: at.clone(), done })
    }
}

impl Tracker {
    async fn create(&self, ticket: &Ticket, again: bool) -> Result<TicketRef, CallError> {
        either!(self, one => one.create(ticket, again))
    }

    async fn update(&self, at: &TicketRef, ticket: &Ticket) -> Result<(), CallError> {
        either!(self, one => one.update(at, ticket))
    }

    async fn state(&self, at: &TicketRef) -> Result<TicketState, CallError> {
        either!(self, one => one.state(at))
    }

    async fn states_since(&self, cursor: &Cursor) -> Result<Changes, CallError> {
        either!(self, one => one.states_since(cursor))
    }

    /// What an examination finds of it, which makes nothing.
    pub async fn examine(&self, about: &str) -> Vec<Finding> {
        let found = match self {
            Self::Forge(forge) => Box::pin(forge.examine_issues()).await,
            Self::Jira(jira) => return Box::pin(jira.examine()).await,
            Self::Linear(linear) => return Box::pin(linear.examine()).await,
        };
        match found {
            Ok(problems) if problems.is_empty() => vec![Finding::ok(about, "tickets can be kept there")],
            Ok(problems) => problems.into_iter().map(|says| Finding::problem(about, says)).collect(),
            Err(error) => vec![failed(about, &error, "check its token and its project")],
        }
    }
}

impl From<Carried> for Reference {
    fn from(carried: Carried) -> Self {
        let name = carried.at.number.clone();
        // Texts and a truth value always serialise.
        Self { external_id: serde_json::to_string(&carried).unwrap_or_default(), name }
    }
}

impl Carried {
    /// Reads what [`Reference`] keeps of it.
    pub(crate) fn read(reference: &Reference) -> Option<Self> {
        serde_json::from_str(&reference.external_id).ok()
    }

    /// The same as a follow-up keeps it.
    pub(crate) fn ticket(self, tracker: &Key) -> firebell_core::action::Ticket {
        let TicketRef { id, number, url } = self.at;
        firebell_core::action::Ticket { tracker: tracker.to_string(), reference: id, number: shown(number), url }
    }
}

/// Where a ticket is that a follow-up keeps.
pub(crate) fn place_of(ticket: &firebell_core::action::Ticket) -> TicketRef {
    let number = ticket.number.trim_start_matches('#').to_owned();
    TicketRef { id: ticket.reference.clone(), number, url: ticket.url.clone() }
}

/// A bare number as people write it.
fn shown(number: String) -> String {
    if number.chars().all(|letter| letter.is_ascii_digit()) { format!("#{number}") } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_carried_out_is_read_back_and_found_again() {
        for number in ["17", "OPS-17"] {
            let at =
                TicketRef { id: "9".to_owned(), number: number.to_owned(), url: "https://example.org/9".to_owned() };
            let carried = Carried { at: at.clone(), done: true };
            let reference = Reference::from(carried.clone());
            assert_eq!(Carried::read(&reference), Some(carried.clone()));
            let ticket = carried.ticket(&Key::new("github").unwrap());
            assert_eq!(ticket.number, if number == "17" { "#17" } else { number });
            assert_eq!(place_of(&ticket), at);
        }
        assert_eq!(Carried::read(&Reference::default()), None);
    }
}
