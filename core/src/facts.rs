//! What a decision may look at. Intake loads exactly what the command asks for, inside the write transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::chain::Hash;
use crate::directory::Directory;
use crate::ids::{IncidentId, Key, MessageId, PersonId, WorkspaceId};
use crate::incident::Incident;
use crate::paging::page::Page;
use crate::place::{Here, Place};
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::timeline::Entry;

/// What a key of a program stands for.
#[derive(Debug, Clone)]
pub struct RaisedBefore {
    /// The incident that was raised under it.
    pub incident: IncidentId,
    /// The same as it stands, or the one that it was merged into.
    pub goes_on_in: Incident,
}

/// What a decision may look at.
#[derive(Debug, Clone)]
pub struct Facts {
    pub settings: Arc<Settings>,
    pub directory: Arc<Directory>,
    /// The incident that the command is about; `None` for a declaration.
    pub incident: Option<Incident>,
    /// The number that a declaration takes.
    pub next_incident: IncidentId,
    /// The incident that a program raised under the same key before.
    pub raised: Option<RaisedBefore>,
    /// The other incident of a merge.
    pub other: Option<Incident>,
    /// The pages of the incident that are open or come again, or the one page that a timer or delivery is about.
    pub pages: Vec<Page>,
    /// Entries of the incident, oldest first, for commands that look back.
    pub history: Vec<Entry>,
    pub message: Option<Captured>,
    /// Where rooms can be opened.
    pub places: Vec<Place>,
    /// Where a declaration wants its room to be.
    pub here: Option<Here>,
    /// Who was told last of those who take turns by a schedule; only for what may page.
    pub turns: BTreeMap<Key, PersonId>,
    /// From which new ids are derived.
    pub seed: [u8; 32],
}

impl Facts {
    /// What is done in this workspace; `None` where this process knows nothing of it.
    pub fn place(&self, workspace: WorkspaceId) -> Option<&Place> {
        self.places.iter().find(|place| place.workspace == workspace)
    }
}

/// A captured message as its newest revision has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captured {
    pub id: MessageId,
    pub author: PersonId,
    pub sent_at: chrono::DateTime<chrono::Utc>,
    pub revision: i64,
    pub hash: Hash,
    /// Its author has put other words in the place of the first ones.
    pub edited: bool,
    pub deleted: bool,
    /// `None` once it was redacted or deleted.
    pub text: Option<String>,
}

/// Which incident a request means, from what its surroundings say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Named by a leading `INC-n`.
    pub named: Option<IncidentId>,
    /// The incident of the room it was said in.
    pub room: Option<IncidentId>,
    /// The incidents of the actor's open pages.
    pub my_pages: Vec<IncidentId>,
    /// Open incidents that the actor may see.
    pub open: Vec<IncidentId>,
}

impl Surroundings {
    /// The incident that is meant: the named one, else the room's, else the actor's only open page's, else the only
    /// open incident there is.
    ///
    /// # Errors
    /// More than one candidate, or none.
    pub fn incident(&self) -> Result<IncidentId, Refusal> {
        if let Some(incident) = self.named.or(self.room) {
            return Ok(incident);
        }
        let mut mine = self.my_pages.clone();
        mine.sort_unstable();
        mine.dedup();
        match (mine.as_slice(), self.open.as_slice()) {
            ([one], _) | ([], [one]) => Ok(*one),
            ([], []) => Err(Refusal::NothingOpen),
            ([], many) | (many, _) => {
                Err(Refusal::WhichIncident { example: many[0], candidates: many.iter().copied().take(10).collect() })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_incident_is_meant() {
        let id = IncidentId;
        let cases = [
            (Some(9), Some(1), vec![2], vec![3], Ok(9), "the named one wins"),
            (None, Some(1), vec![2], vec![3], Ok(1), "then the room's"),
            (None, None, vec![2, 2], vec![2, 3], Ok(2), "then my only page's"),
            (None, None, vec![], vec![3], Ok(3), "then the only open one"),
            (None, None, vec![], vec![], Err(()), "nothing is open"),
            (None, None, vec![], vec![3, 4], Err(()), "two are open"),
            (None, None, vec![1, 2], vec![3], Err(()), "two pages of mine"),
        ];
        for (named, room, mine, open, expected, why) in cases {
            let surroundings = Surroundings {
                named: named.map(id),
                room: room.map(id),
                my_pages: mine.into_iter().map(id).collect(),
                open: open.into_iter().map(id).collect(),
            };
            assert_eq!(surroundings.incident().map_err(|_| ()), expected.map(id), "{why}");
        }
    }
}
