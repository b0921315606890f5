//! What is told after the first response, by the first way that works.

use firebell_core::form::Form;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::{Calls, EPHEMERAL, ephemeral};
use crate::content::Content;
use crate::platform::answering::{insist, instead};
use crate::platform::discord::components;
use crate::platform::discord::inbound::Back;
use crate::platform::discord::text;
use crate::platform::inlet::{Acknowledged, CallError, Step};

/// How a person is told something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// In the place of what was promised.
    Promised,
    FollowUp,
    Direct,
}

/// Carries out what an answer takes; what fails is told to whoever asked.
pub async fn carry_out(calls: &dyn Calls, back: &Back, acknowledged: Acknowledged, steps: Vec<Step>) {
    let mut teller = Teller { calls, back, promised: acknowledged == Acknowledged::Later, direct: false };
    for step in steps {
        match step {
            Step::Say(pages) => teller.say(&pages).await,
            Step::Upload { name, content, for_room, .. } => teller.upload(for_room, (&name, &content)).await,
            Step::Open(form) => teller.open(&form).await,
        }
    }
}

/// Tells whoever asked, and nobody else.
struct Teller<'t> {
    calls: &'t dyn Calls,
    back: &'t Back,
    /// An answer was promised, and Discord shows that it is still to come.
    promised: bool,
    /// Discord takes no more answers to the request.
    direct: bool,
}

impl Teller<'_> {
    async fn say(&mut self, pages: &[String]) {
        for page in pages {
            if !self.tell(&ephemeral(page)).await {
                tracing::warn!(
                    account = %self.back.account,
                    "an answer could not be told; the command shows its result when it is repeated"
                );
                return;
            }
        }
    }

    async fn tell(&mut self, body: &Value) -> bool {
        for way in self.ways() {
            let told = insist(|| self.by(way, body)).await;
            match told {
                Ok(()) => {
                    self.promised &= way != Way::Promised;
                    return true;
                }
                Err(error) => {
                    tracing::debug!(%error, "an answer could not be told in one way; trying the next");
                    // An answer that Discord does not know to be promised cannot be kept by the next page either.
                    self.promised = false;
                    self.direct |= error.is_final && way == Way::FollowUp;
                }
            }
        }
        false
    }

    fn ways(&self) -> Vec<Way> {
        let promised = self.promised.then_some(Way::Promised);
        let follow_up = (!self.direct).then_some(Way::FollowUp);
        promised.into_iter().chain(follow_up).chain([Way::Direct]).collect()
    }

    fn by(&self, way: Way, body: &Value) -> BoxFuture<'_, Result<(), CallError>> {
        let Back { application, token, account, .. } = self.back;
        let body = body.clone();
        match way {
            Way::Promised => self.calls.fulfil(application, token.expose(), without_flags(body)),
            Way::FollowUp => self.calls.follow_up(application, token.expose(), body),
            Way::Direct => self.calls.direct(account, without_flags(body)),
        }
    }

    /// Uploads to the room, if everybody there may have it; else, and where that fails, to whoever asked.
    async fn upload(&mut self, for_room: bool, file: (&str, &Content)) {
        let Back { application, token, channel, .. } = self.back;
        let room = channel.as_deref().filter(|_| for_room);
        if let Some(room) = room {
            match insist(|| self.calls.upload(room, file)).await {
                Ok(()) => return self.kept_promise().await,
                Err(error) => tracing::warn!(%error, room, "a document could not be uploaded to its room"),
            }
        }
        match insist(|| self.calls.hand_over(application, token.expose(), file)).await {
            Ok(()) => self.kept_promise().await,
            Err(error) => {
                tracing::warn!(%error, "a document could not be uploaded");
                let told = format!(
                    "{} could not be uploaded ({}). Ask for it again; if that fails too, see whether Firebell may attach files.",
                    text::inert(file.0),
                    text::inert(&error.reason)
                );
                self.say(&[told]).await;
            }
        }
    }

    /// Discord would show for a quarter of an hour that an answer is to come.
    async fn kept_promise(&mut self) {
        if self.promised {
            self.say(&["Done.".to_owned()]).await;
        }
    }

    /// A modal can only be the first response; menus can be chosen from in any.
    async fn open(&mut self, form: &Form) {
        if let Some(mut menus) = components::menus(form).filter(|_| !self.direct) {
            menus["flags"] = json!(EPHEMERAL);
            if self.tell(&menus).await {
                return;
            }
        }
        self.say(&[instead(form)]).await;
    }
}

/// Only a first response and those that follow it can be for one person alone.
fn without_flags(mut body: Value) -> Value {
    if let Some(body) = body.as_object_mut() {
        body.remove("flags");
    }
    body["allowed_mentions"] = json!({ "parse": [] });
    body
}
