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

use self::api::Api;
use super::Envelope;

/// The name of the platform in the table of workspaces.
pub const PLATFORM: &str = "slack";

/// One Slack workspace. Clones share it.
#[derive(Clone)]
pub struct Slack {
    api: Arc<Api>,
}

impl Slack {
    /// A workspace over its Web API.
    pub fn new(api: Arc<Api>) -> Self {
        Self { api }
    }

    /// Carries one thing out.
    pub(super) async fn deliver(&self, envelope: &Envelope) -> Delivery {
        deliver::deliver(&self.api, envelope).await
    }
}
