//! What people ask of the app, and what becomes of it:
//! <https://docs.discord.com/developers/interactions/receiving-and-responding>

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::Notify;

use super::Fake;
use super::state::{Kind, Message, State};
use crate::support::fake::clock::micros;
use crate::support::fake::waiting::in_real_time;

/// The app has this long for its first response.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);

/// The token of an interaction is good for that long.
pub(super) const TOKEN_LIFE: Duration = Duration::from_mins(15);

/// Kinds of interactions.
pub(super) const COMMAND: u64 = 2;
pub(super) const COMPONENT: u64 = 3;
pub(super) const AUTOCOMPLETE: u64 = 4;
pub(super) const SUBMIT: u64 = 5;

/// Something that somebody asked.
#[derive(Debug, Clone)]
pub(crate) struct Interaction {
    pub(crate) id: String,
    pub(crate) token: String,
    /// Discord's number: 2 a command, 3 a component, 4 an autocompletion, 5 a form that was sent.
    pub(crate) kind: u64,
    pub(crate) user: String,
    pub(crate) channel: String,
    /// The message with the component, or with the one that opened the form.
    pub(crate) source: Option<String>,
    /// As it was sent.
    pub(crate) payload: Value,
    /// What the app answered first.
    pub(crate) shown: Option<Shown>,
    /// The message that `@original` stands for.
    pub(crate) original: Option<String>,
    /// Whether answers go to the asker alone.
    pub(crate) ephemeral: bool,
    /// How long the first answer took, in real time.
    pub(crate) answered: Option<Duration>,
    /// Nobody answered in time, or nobody could hear it.
    pub(crate) failed: bool,
    pub(super) made: i64,
    since: Instant,
    told: Arc<Notify>,
}

/// What somebody was shown first.
#[derive(Debug, Clone)]
pub(crate) enum Shown {
    /// A message, to all or, with flag 64, to the asker alone.
    Message(Message),
    /// That the app thinks; the message follows.
    Thinking(Message),
    /// The message with the component, changed.
    Updated(Message),
    /// Nothing as yet; the message may be changed later.
    Quiet,
    Form(Modal),
    /// Names and values that are offered.
    Choices(Vec<(String, Value)>),
}

/// A form that somebody has open.
#[derive(Debug, Clone)]
pub(crate) struct Modal {
    pub(crate) custom_id: String,
    pub(crate) title: String,
    pub(crate) components: Vec<Value>,
    pub(super) channel: String,
    pub(super) source: Option<String>,
}

impl Modal {
    /// The inputs with their labels, in order.
    pub(crate) fn inputs(&self) -> Vec<(String, Value)> {
        let of = |row: &Value| {
            let input = if row["component"].is_object() { &row["component"] } else { &row["components"][0] };
            let label = row["label"].as_str().or_else(|| input["label"].as_str()).unwrap_or_default();
            (label.to_owned(), input.clone())
        };
        self.components.iter().map(of).filter(|(_, input)| input["custom_id"].is_string()).collect()
    }
}

impl State {
    /// Notes that somebody asks something, and makes what the app is sent.
    pub(super) fn ask(
        &mut self,
        kind: u64,
        (user, channel): (&str, &str),
        data: &Value,
        source: Option<&Message>,
    ) -> Interaction {
        let (id, token) = (self.id(), format!("aW50ZXJhY3Rpb24.{}.{:064x}", self.guild, self.told + 1));
        self.told += 1;
        let place = &self.channels[channel];
        let mut payload = json!({
            "id": id, "application_id": self.application, "type": kind, "data": data, "token": token, "version": 1,
            "channel_id": channel, "channel": self.partial_channel(channel, user), "locale": "en-US",
            "entitlements": [], "entitlement_sku_ids": [], "attachment_size_limit": 10_485_760,
            "app_permissions": self.permissions_in(channel, &self.bot).to_string(),
            "authorizing_integration_owners": {"0": self.guild},
        });
        if place.kind == Kind::Dm {
            payload["user"] = self.user(user);
            payload["context"] = json!(1);
            payload["authorizing_integration_owners"] = json!({"0": "0"});
        } else {
            let mut member = self.member(user);
            member["permissions"] = json!(self.permissions_in(channel, user).to_string());
            payload["member"] = member;
            payload["guild_id"] = json!(self.guild);
            payload["guild"] = json!({"id": self.guild, "locale": "en-US", "features": ["COMMUNITY", "NEWS"]});
            payload["guild_locale"] = json!("en-US");
            payload["context"] = json!(0);
        }
        if let Some(source) = source {
            payload["message"] = self.message(source);
        }
        let interaction = Interaction {
            id,
            token,
            kind,
            user: user.to_owned(),
            channel: channel.to_owned(),
            source: source.map(|source| source.id.clone()),
            payload,
            shown: None,
            original: None,
            ephemeral: false,
            answered: None,
            failed: false,
            made: self.now,
            since: Instant::now(),
            told: Arc::default(),
        };
        self.interactions.push(interaction.clone());
        interaction
    }

    /// A channel as interactions have it.
    pub(super) fn partial_channel(&self, channel: &str, user: &str) -> Value {
        let place = &self.channels[channel];
        let mut shown = self.channel(place);
        if place.kind != Kind::Dm {
            shown["permissions"] = json!(self.permissions_in(channel, user).to_string());
        }
        shown
    }

    /// The interaction was answered for the first time.
    pub(super) fn answered(&mut self, id: &str, shown: Shown, original: Option<String>, ephemeral: bool) {
        self.told += 1;
        let Some(found) = self.interactions.iter_mut().find(|known| known.id == id) else { return };
        found.answered = Some(found.since.elapsed());
        (found.shown, found.original, found.ephemeral) = (Some(shown), original, ephemeral);
        found.told.notify_one();
    }

    pub(super) fn fail(&mut self, id: &str) {
        self.told += 1;
        let open = |known: &&mut Interaction| known.id == id && known.shown.is_none();
        if let Some(found) = self.interactions.iter_mut().find(open) {
            found.failed = true;
            found.told.notify_one();
        }
    }

    /// Interactions that nobody answered in time count as failed.
    pub(super) fn give_up(&mut self) {
        let by = self.now - micros(PATIENCE);
        let late = |known: &&Interaction| known.shown.is_none() && !known.failed && known.made < by;
        let late: Vec<String> = self.interactions.iter().filter(late).map(|known| known.id.clone()).collect();
        for id in late {
            self.fail(&id);
        }
    }

    pub(super) fn interaction(&self, id: &str) -> Option<&Interaction> {
        self.interactions.iter().rev().find(|known| known.id == id)
    }

    /// A message that an interaction has to do with, wherever it is.
    pub(super) fn any_message(&self, channel: &str, id: &str) -> Option<Message> {
        let public = self.channels.get(channel).and_then(|place| place.message(id));
        let private = || self.ephemerals.iter().map(|shown| &shown.message).find(|message| message.id == id);
        public.or_else(private).cloned()
    }
}

impl Fake {
    /// Sends an interaction and waits until it is answered or counts as failed.
    pub(super) async fn interact(&self, asked: Interaction) -> Interaction {
        let Interaction { id, told, payload, .. } = asked;
        if let Some(url) = self.inner.signer.url() {
            self.post_interaction(url, id.clone(), &payload);
        } else {
            let heard = self.with(|state| state.tell_interaction(&payload));
            if !heard {
                self.with(|state| state.fail(&id));
            }
        }
        self.wait_for(&id, &told).await
    }

    async fn wait_for(&self, id: &str, told: &Notify) -> Interaction {
        let find = || self.with(|state| state.interaction(id).unwrap().clone());
        let is_done = || async {
            loop {
                let seen = find();
                if seen.shown.is_some() || seen.failed {
                    return;
                }
                told.notified().await;
            }
        };
        if in_real_time(PATIENCE, is_done).await.is_none() {
            self.with(|state| state.fail(id));
        }
        find()
    }
}
