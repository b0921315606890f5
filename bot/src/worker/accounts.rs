//! By which platform a person is reached, and how it knows them.

use firebell_core::directory::{ContactMethod, Directory};
use firebell_core::effect::Delivery;
use firebell_core::ids::{PersonId, WorkspaceId};
use firebell_core::incident::RoomState;

use super::Worker;
use super::material::Subject;
use super::prepare::Unsent;
use crate::platform::{Account, Envelope, Platform};

/// A way to a person.
pub(super) struct Reached {
    pub(super) platform: Platform,
    pub(super) account: Account,
    /// The room in which they are called; absent where they are told by themselves.
    pub(super) room: Option<String>,
}

impl Worker {
    /// The way to a person by a contact method: through the workspace that knows them by an account, else through one that
    /// may know their address.
    pub(super) fn reached(
        &self,
        person: PersonId,
        method: ContactMethod,
        directory: &Directory,
    ) -> Result<Reached, Unsent> {
        if !directory.people.contains_key(&person) {
            return Err(Unsent::Unwanted);
        }
        if method == ContactMethod::DiscordRoom {
            let why = "it is about no incident in whose room they could be called";
            return Err(Unsent::Impossible(why.to_owned()));
        }
        let mut found: Option<Reached> = None;
        let mut why = None;
        for (workspace, platform) in self.platforms_of(method) {
            match platform.account(person, workspace, directory) {
                Ok(account @ Account::Id(_)) => return Ok(Reached { platform: platform.clone(), account, room: None }),
                Ok(account) => {
                    found.get_or_insert_with(|| Reached { platform: platform.clone(), account, room: None });
                }
                Err(reason) => why = Some(reason),
            }
        }
        found.ok_or_else(|| why.map_or(Unsent::Elsewhere, Unsent::Impossible))
    }

    /// The way to a person about an incident: as [`Worker::reached`], or in a room of the incident's.
    pub(super) fn reached_of(
        &self,
        subject: &Subject<'_>,
        person: PersonId,
        method: ContactMethod,
        directory: &Directory,
    ) -> Result<Reached, Unsent> {
        if method != ContactMethod::DiscordRoom {
            return self.reached(person, method, directory);
        }
        if !directory.people.contains_key(&person) {
            return Err(Unsent::Unwanted);
        }
        let platforms = self.platforms_of(method);
        if platforms.is_empty() {
            return Err(Unsent::Elsewhere);
        }
        let mut why = "the incident has no open room in Discord in which they could be called".to_owned();
        let mut is_coming = false;
        for room in &subject.incident.rooms {
            let Some((_, platform)) = platforms.iter().find(|(workspace, _)| *workspace == room.workspace) else {
                continue;
            };
            match (&room.state, platform.account(person, room.workspace, directory)) {
                (RoomState::Open { external_id, .. }, Ok(account)) => {
                    let room = Some(external_id.clone());
                    return Ok(Reached { platform: (*platform).clone(), account, room });
                }
                (RoomState::Requested, Ok(_)) => is_coming = true,
                (RoomState::Open { .. } | RoomState::Requested, Err(reason)) => why = reason,
                (RoomState::Failed { .. } | RoomState::Closed { .. }, _) => {}
            }
        }
        Err(if is_coming { Unsent::NotYet } else { Unsent::Impossible(why) })
    }

    /// Delivers; to somebody of whom only the address is known, in the next workspace where the one before does not know it.
    pub(super) async fn deliver_where_known(&self, platform: &Platform, envelope: &Envelope) -> Delivery {
        let mut delivery = platform.deliver(envelope).await;
        if !matches!(envelope.what.to(), Some(Account::Email(_))) {
            return delivery;
        }
        let others = platform.methods().iter().flat_map(|method| self.platforms_of(*method)).skip(1);
        for (_, other) in others {
            if !matches!(delivery, Delivery::Impossible(_)) {
                break;
            }
            delivery = other.deliver(envelope).await;
        }
        delivery
    }

    /// Those that reach people by this method, in the order in which they are tried.
    fn platforms_of(&self, method: ContactMethod) -> Vec<(WorkspaceId, &Platform)> {
        let reaches = |(_, platform): &(&WorkspaceId, &Platform)| platform.methods().contains(&method);
        let mut platforms: Vec<_> =
            self.platforms.iter().filter(reaches).map(|(workspace, platform)| (*workspace, platform)).collect();
        platforms.sort_by_key(|(workspace, _)| *workspace);
        platforms
    }
}
