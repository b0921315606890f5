//! Discord's wire: how what Discord sends is read, by the gateway or by HTTP, and how whoever asked is answered.

mod enrich;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use firebell_core::ids::WorkspaceId;
use futures_util::future::BoxFuture;
use serde_json::Value;

use super::answer::{self, Calls, Channel};
use super::inbound::{self, Back, Settings};
use super::text::Names;
use crate::platform::incoming::{Answer, Cited, Desk, Happening, Incoming};
use crate::platform::inlet::{
    Ack, Acknowledged, CallError, Decoded, Heard, Kind, Request, Step, What, Wire, WireInlet,
};

/// The inlet of one guild.
pub type DiscordInlet = WireInlet<DiscordWire>;

/// Discord's wire, for one guild.
pub struct DiscordWire {
    workspace: WorkspaceId,
    desk: Arc<dyn Desk>,
    calls: Arc<dyn Calls>,
    names: Names,
    settings: Settings,
    /// Which channels are threads, as far as they were met.
    channels: Mutex<HashMap<String, Option<Channel>>>,
}

impl DiscordInlet {
    /// An inlet that hands to this desk what comes in.
    pub fn new(workspace: WorkspaceId, desk: Arc<dyn Desk>, calls: Arc<dyn Calls>, settings: Settings) -> Self {
        let names = Names::new(calls.clone());
        let wire = DiscordWire { workspace, desk: desk.clone(), calls, names, settings, channels: Mutex::default() };
        Self::over(workspace, desk, wire)
    }
}

impl Wire for DiscordWire {
    type Back = Back;

    fn event(&self, payload: &Value) -> Decoded<Heard> {
        inbound::event(payload, &self.settings)
    }

    fn request(&self, kind: Kind, payload: &Value) -> Decoded<Request<Back>> {
        match kind {
            Kind::Interaction => inbound::interaction(payload),
            Kind::Command | Kind::Event => Decoded::Nothing,
        }
    }

    fn enriched(&self, request: Request<Back>) -> BoxFuture<'_, Incoming> {
        Box::pin(self.with_texts(request))
    }

    fn happening<'w>(&'w self, what: &'w What) -> BoxFuture<'w, Result<Option<Happening>, CallError>> {
        Box::pin(self.with_all(what))
    }

    fn happening_as_known(&self, what: &What) -> Happening {
        self.as_known(what)
    }

    fn unread(&self, _: Kind, payload: &Value) -> Ack {
        answer::unread(payload)
    }

    fn at_once(&self, back: &Back, cites: Option<&Cited>, answer: Answer) -> (Ack, Vec<Step>) {
        answer::at_once(back, cites, answer)
    }

    fn later(&self, back: &Back) -> Ack {
        answer::later(back)
    }

    fn late(&self, back: &Back) -> Ack {
        answer::late(back)
    }

    fn not_kept(&self, back: &Back) -> (Ack, Vec<Step>) {
        answer::not_kept(back)
    }

    fn not_kept_steps(&self, back: &Back) -> Vec<Step> {
        answer::not_kept_steps(back)
    }

    fn steps(&self, answer: Answer) -> Vec<Step> {
        answer::steps(answer)
    }

    fn carry_out<'w>(
        &'w self,
        back: &'w Back,
        acknowledged: Acknowledged,
        _: Option<&'w Cited>,
        steps: Vec<Step>,
    ) -> BoxFuture<'w, ()> {
        Box::pin(answer::carry_out(&*self.calls, back, acknowledged, steps))
    }
}
