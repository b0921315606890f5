//! What is to be done, as calls.

use firebell_core::effect::Delivery;

use super::api::Api;
use crate::platform::Envelope;

pub(super) async fn deliver(_api: &Api, _envelope: &Envelope) -> Delivery {
    Delivery::Unknown
}
