//! The Discord platform: what Discord tells and asks becomes an [`Incoming`](super::incoming::Incoming), what is to be done
//! becomes calls of its REST API. No type of Discord's leaves this folder.

pub mod answer;
pub mod api;
pub mod calls;
pub mod commands;
pub mod components;
mod deliver;
pub mod doctor;
pub mod gateway;
pub mod history;
pub mod http;
pub mod inbound;
pub mod inlet;
pub mod snowflake;
pub mod text;

use std::sync::Arc;

use firebell_core::effect::Delivery;
use firebell_core::incident::Incident;

use self::api::Api;
use self::deliver::Notes;
pub use self::deliver::file_id;
pub(super) use self::text::MESSAGE_MAX;
use super::{Envelope, Outgoing, Sink};
use crate::naming::Naming;

/// The name of the platform in the table of workspaces.
pub const PLATFORM: &str = "discord";
/// The longest name of a channel or thread, in characters
/// (<https://discord.com/developers/docs/resources/channel#channel-object-channel-structure>).
const NAME_MAX: usize = 100;

/// One Discord server. Clones share it.
#[derive(Clone)]
pub struct Discord {
    api: Arc<Api>,
    notes: Arc<Notes>,
    settings: Arc<Settings>,
}

/// What the operator wants of a server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The server's id.
    pub guild: String,
    pub rooms: Rooms,
    pub private_rooms: PrivateRooms,
    /// What rooms are called; without it by number and title.
    pub naming: Option<Naming>,
    /// Whether a forum's posts have tags for status and severity.
    pub tags: bool,
    /// The ids of roles that are called where an incident is announced.
    pub announce_roles: Vec<String>,
    pub group: Option<Group>,
    /// Told of channels that became rooms: what was said there before is part of the story.
    pub adopted: tokio::sync::mpsc::UnboundedSender<String>,
}

/// Where rooms are that are not private.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rooms {
    /// Posts in this forum.
    Forum(String),
    /// Text channels, in this category if there is one.
    Channels { category: Option<String> },
}

/// Where private rooms are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrivateRooms {
    /// Private threads in this text channel.
    Threads(String),
    /// Text channels that only those see who were let in, in this category if there is one.
    Channels { category: Option<String> },
}

/// A role whose members come into every room which is not private.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The role's id.
    pub role: String,
    pub how: GroupHow,
}

/// How a role's members come into a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupHow {
    /// They are called, which also brings them into a thread.
    Called,
    /// They are brought in one by one; takes the privileged intent for members.
    Brought,
}

impl Discord {
    /// A server over its REST API.
    pub fn new(api: Arc<Api>, settings: Settings) -> Self {
        Self { api, notes: Arc::default(), settings: Arc::new(settings) }
    }

    /// The name of an incident's room, which never says how it stands: Discord takes two new names in ten minutes. A private
    /// one says nothing but its number.
    pub(super) fn room_name(&self, incident: &Incident) -> String {
        let name = match &self.settings.naming {
            Some(naming) => naming.name(incident),
            None if incident.is_private() => incident.id.to_string(),
            None => format!("{} {}", incident.id, incident.title),
        };
        text::clipped(&name, NAME_MAX)
    }

    pub(super) fn group(&self) -> Option<String> {
        self.settings.group.as_ref().map(|group| group.role.clone())
    }

    /// Hands over what is in a file that somebody posted.
    pub(super) async fn fetch(&self, file: &str, max_bytes: i64, into: &mut dyn Sink) -> Delivery {
        deliver::fetch(self, file, max_bytes, into).await
    }

    /// Carries one thing out.
    pub(super) async fn deliver(&self, envelope: &Envelope) -> Delivery {
        let delivery = deliver::deliver(self, envelope).await;
        if let (Delivery::Delivered(made), Outgoing::OpenRoom { adopts: Some(_), .. }) = (&delivery, &envelope.what) {
            // Without a listener there is nobody who would read it.
            let _ = self.settings.adopted.send(made.external_id.clone());
        }
        delivery
    }
}

impl Settings {
    /// The forum whose posts are rooms.
    fn forum(&self) -> Option<&str> {
        match &self.rooms {
            Rooms::Forum(forum) => Some(forum),
            Rooms::Channels { .. } => None,
        }
    }
}
