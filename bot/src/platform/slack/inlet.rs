//! Slack's wire: how what Slack sends is read, by socket or by HTTP, and how whoever asked is answered.

mod enrich;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use firebell_core::ids::WorkspaceId;
use futures_util::future::BoxFuture;
use serde_json::Value;

use super::answer::{self, Calls};
use super::inbound::{self, Back};
use super::text::Names;
use crate::platform::incoming::{Answer, Cited, Desk, Happening, Incoming};
use crate::platform::inlet::{
    Ack, Acknowledged, CallError, Decoded, Heard, Kind, Request, Step, What, Wire, WireInlet,
};

/// The inlet of one Slack workspace.
pub type SlackInlet = WireInlet<SlackWire>;

/// Slack's wire, for one workspace.
pub struct SlackWire {
    calls: Arc<dyn Calls>,
    names: Names,
    settings: Settings,
}

/// What reading a workspace's payloads needs to know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The reactions that mark a message, with or without their colons.
    pub reactions: Vec<String>,
    /// Those that make it evidence for the newest cause besides.
    pub evidence: Vec<String>,
    /// The account of Firebell itself: what it does is no news.
    pub bot_user: String,
}

impl SlackInlet {
    /// An inlet that hands to this desk what comes in.
    pub fn new(workspace: WorkspaceId, desk: Arc<dyn Desk>, calls: Arc<dyn Calls>, settings: Settings) -> Self {
        let names = Names::new(calls.clone());
        Self::over(workspace, desk, SlackWire { calls, names, settings })
    }
}

impl Wire for SlackWire {
    type Back = Back;

    fn event(&self, payload: &Value) -> Decoded<Heard> {
        inbound::event(payload, &self.settings)
    }

    fn request(&self, kind: Kind, payload: &Value) -> Decoded<Request<Back>> {
        match kind {
            Kind::Command => inbound::command(payload),
            Kind::Interaction => inbound::interaction(payload),
            Kind::Event => Decoded::Nothing,
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

    fn unread(&self, kind: Kind, _: &Value) -> Ack {
        answer::unread(kind)
    }

    fn at_once(&self, back: &Back, cites: Option<&Cited>, answer: Answer) -> (Ack, Vec<Step>) {
        let (body, steps) = answer::at_once(back, cites, answer);
        (Ack::Received(body), steps)
    }

    /// Slack waits for no body: an answer finds its way by itself.
    fn later(&self, _: &Back) -> Ack {
        Ack::Received(None)
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
        _: Acknowledged,
        cites: Option<&'w Cited>,
        steps: Vec<Step>,
    ) -> BoxFuture<'w, ()> {
        Box::pin(answer::carry_out(&*self.calls, back, cites, steps))
    }
}
