//! The Slack platform: what Slack tells and asks becomes an [`Incoming`](super::incoming::Incoming), what is to be done
//! becomes calls of its Web API. No type of Slack's leaves this folder.

pub mod answer;
pub mod api;
pub mod blocks;
mod deliver;
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
use super::Envelope;
use crate::naming::Naming;

/// The name of the platform in the table of workspaces.
pub const PLATFORM: &str = "slack";

/// One Slack workspace. Clones share it.
#[derive(Clone)]
pub struct Slack {
    api: Arc<Api>,
    settings: Arc<Settings>,
}

/// What the operator wants of a workspace.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What rooms are called.
    pub naming: Naming,
    /// The id of the user group that comes into every room which is not private.
    pub invite_group: Option<String>,
}

impl Slack {
    /// A workspace over its Web API.
    pub fn new(api: Arc<Api>, settings: Settings) -> Self {
        Self { api, settings: Arc::new(settings) }
    }

    pub(super) fn room_name(&self, incident: &Incident) -> String {
        self.settings.naming.name(incident)
    }

    pub(super) fn group(&self) -> Option<String> {
        self.settings.invite_group.clone()
    }

    /// Carries one thing out.
    pub(super) async fn deliver(&self, envelope: &Envelope) -> Delivery {
        deliver::deliver(&self.api, envelope).await
    }
}
