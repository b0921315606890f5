//! The Slack platform: what Slack tells and asks becomes an [`Incoming`](super::incoming::Incoming), what is to be done
//! becomes calls of its Web API. No type of Slack's leaves this folder.

pub mod answer;
pub mod api;
pub mod blocks;
pub mod calls;
mod deliver;
pub mod doctor;
pub mod history;
pub mod http;
pub mod inbound;
pub mod inlet;
pub mod manifest;
pub mod socket;
pub mod text;

use std::sync::Arc;

use firebell_core::effect::Delivery;
use firebell_core::incident::Incident;

use self::api::Api;
use self::deliver::Notes;
use super::{Envelope, Outgoing, Sink};
use crate::naming::Naming;

/// The name of the platform in the table of workspaces.
pub const PLATFORM: &str = "slack";
/// The longest text of one message, in UTF-16 units.
pub const MESSAGE_MAX: usize = blocks::PAGE;

/// One Slack workspace. Clones share it.
#[derive(Clone)]
pub struct Slack {
    api: Arc<Api>,
    notes: Arc<Notes>,
    settings: Arc<Settings>,
}

/// What the operator wants of a workspace.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What rooms are called.
    pub naming: Naming,
    /// The id of the user group that comes into every room which is not private.
    pub invite_group: Option<String>,
    /// Told of channels that became rooms: what was said there before is part of the story.
    pub adopted: tokio::sync::mpsc::UnboundedSender<String>,
}

impl Slack {
    /// A workspace over its Web API.
    pub fn new(api: Arc<Api>, settings: Settings) -> Self {
        Self { api, notes: Arc::default(), settings: Arc::new(settings) }
    }

    pub(super) fn room_name(&self, incident: &Incident) -> String {
        self.settings.naming.name(incident)
    }

    pub(super) fn group(&self) -> Option<String> {
        self.settings.invite_group.clone()
    }

    /// Hands over what is in a file that somebody posted.
    pub(super) async fn fetch(&self, file: &str, max_bytes: i64, into: &mut dyn Sink) -> Delivery {
        deliver::fetch((&self.api, &self.notes), file, max_bytes, into).await
    }

    /// Carries one thing out.
    pub(super) async fn deliver(&self, envelope: &Envelope) -> Delivery {
        let delivery = deliver::deliver(&self.api, &self.notes, envelope).await;
        if let (Delivery::Delivered(made), Outgoing::OpenRoom { adopts: Some(_), .. }) = (&delivery, &envelope.what) {
            // Without a listener there is nobody who would read it.
            let _ = self.settings.adopted.send(made.external_id.clone());
        }
        delivery
    }
}
