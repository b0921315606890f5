//! Places: the workspaces in which rooms can be opened, and what is done there.

use chrono::TimeDelta;

use crate::actor::{Actor, Via};
use crate::directory::ContactMethod;
use crate::ids::{IncidentId, WorkspaceId};
use crate::incident::Channel;

/// A workspace in which rooms can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub workspace: WorkspaceId,
    /// It is seen only where a process of Firebell's runs, so nobody else can be told there.
    pub local: bool,
    /// By which its people are told what they may be in no room for.
    pub method: Option<ContactMethod>,
    /// Whether rooms there have a topic and bookmarks.
    pub describes: bool,
    /// Whether there is a group that comes into every room which is not private.
    pub invites_group: bool,
    /// The platform's ids of the channels in which incidents are shown that are not private.
    pub announce: Vec<String>,
    /// The size in bytes up to which files are copied that people post; absent where none are.
    pub copies_files: Option<i64>,
    /// How long after the end of its incident a room is closed.
    pub close_after: TimeDelta,
}

/// The place where a declaration wants its room to be: the very channel that it was made in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    pub workspace: WorkspaceId,
    pub external_id: String,
    /// The incident that lives there already.
    pub taken_by: Option<IncidentId>,
}

impl Place {
    /// A place of rooms with nothing around them, closed at once.
    pub fn plain(workspace: WorkspaceId) -> Self {
        Self {
            workspace,
            local: false,
            method: None,
            describes: false,
            invites_group: false,
            announce: Vec::new(),
            copies_files: None,
            close_after: TimeDelta::zero(),
        }
    }

    /// The channels in which incidents are shown.
    pub fn channels(&self) -> impl Iterator<Item = Channel> + '_ {
        let channel = |id: &String| Channel { workspace: self.workspace, external_id: id.clone() };
        self.announce.iter().map(channel)
    }
}

/// Where an incident that this actor declares has its rooms: in the workspace that they write in. One that is seen only
/// where a process runs is joined by the first that is seen elsewhere, because others are to come too; so is whoever
/// writes in none.
pub fn of_declaration<'p>(places: &'p [Place], actor: &Actor) -> Vec<&'p Place> {
    let from = match actor.via {
        Via::Chat { workspace } => places.iter().find(|place| place.workspace == workspace),
        _ => None,
    };
    if let Some(place) = from.filter(|place| !place.local) {
        return vec![place];
    }
    let elsewhere = places.iter().find(|place| !place.local);
    let own = from.or_else(|| places.iter().find(|place| place.local && elsewhere.is_none()));
    own.into_iter().chain(elsewhere).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::PersonId;

    #[test]
    fn rooms_are_where_people_are() {
        let id = |number| WorkspaceId(Uuid::from_u128(number));
        let (slack, other) = (Place::plain(id(1)), Place::plain(id(2)));
        let console = Place { local: true, ..Place::plain(id(3)) };
        let chat = |number| Actor::chat(PersonId(Uuid::nil()), id(number));
        let cli = Actor::cli(PersonId(Uuid::nil()), "root");
        let all = vec![slack.clone(), other.clone(), console.clone()];
        let cases = [
            (&all, chat(1), vec![1]),
            (&all, chat(2), vec![2]),
            (&all, chat(3), vec![3, 1]),
            (&all, cli.clone(), vec![1]),
            (&vec![console.clone()], chat(3), vec![3]),
            (&vec![console], cli.clone(), vec![3]),
            (&vec![other], chat(9), vec![2]),
            (&Vec::new(), cli, vec![]),
        ];
        for (places, actor, expected) in cases {
            let found: Vec<WorkspaceId> = of_declaration(places, &actor).iter().map(|place| place.workspace).collect();
            assert_eq!(found, expected.into_iter().map(id).collect::<Vec<_>>(), "{actor:?}");
        }
    }
}
