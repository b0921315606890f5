//! What tests look at.

use serde_json::Value;

use super::interactions::Interaction;
use super::openapi::document;
use super::{Call, Channel, Ephemeral, Fake, Kind, Message, Outcome};
use crate::support::fake::waiting::LIMIT;

impl Fake {
    pub(crate) fn guild(&self) -> String {
        self.with(|state| state.guild.clone())
    }

    pub(crate) fn application(&self) -> String {
        self.with(|state| state.application.clone())
    }

    pub(crate) fn bot_user(&self) -> String {
        self.with(|state| state.bot.clone())
    }

    pub(crate) fn owner(&self) -> String {
        self.with(|state| state.owner.clone())
    }

    /// The channel or thread of this name.
    pub(crate) fn channel(&self, name: &str) -> Channel {
        let known = || self.channels().into_iter().map(|channel| channel.name).collect::<Vec<_>>();
        self.find_channel(name).unwrap_or_else(|| panic!("there is no channel {name}, only {:?}", known()))
    }

    pub(crate) fn find_channel(&self, name: &str) -> Option<Channel> {
        self.channels().into_iter().find(|channel| channel.name == name)
    }

    pub(crate) fn channel_by_id(&self, id: &str) -> Channel {
        self.with(|state| state.channels.get(id).cloned()).unwrap_or_else(|| panic!("there is no channel {id}"))
    }

    /// Every channel and thread that is no direct message, the oldest first.
    pub(crate) fn channels(&self) -> Vec<Channel> {
        self.with(|state| state.channels.values().filter(|channel| channel.kind != Kind::Dm).cloned().collect())
    }

    /// The threads and posts of a channel, the oldest first.
    pub(crate) fn threads(&self, parent: &str) -> Vec<Channel> {
        let inside = |channel: &Channel| channel.kind.is_thread() && channel.parent.as_deref() == Some(parent);
        self.channels().into_iter().filter(inside).collect()
    }

    /// The channels and threads that somebody sees.
    pub(crate) fn channels_seen_by(&self, user: &str) -> Vec<Channel> {
        self.with(|state| {
            let seen = |channel: &&Channel| channel.kind != Kind::Dm && state.sees(&channel.id, user);
            state.channels.values().filter(seen).cloned().collect()
        })
    }

    /// What somebody sees in a channel: what was said, and what they alone were shown, in order; nothing where they may
    /// not see it.
    pub(crate) fn seen_by(&self, user: &str, channel: &str) -> Vec<Message> {
        self.with(|state| {
            if !state.sees(channel, user) {
                return Vec::new();
            }
            let mut seen = state.channels[channel].messages.clone();
            let own = |shown: &&Ephemeral| shown.user == user && shown.message.channel == channel;
            seen.extend(state.ephemerals.iter().filter(own).map(|shown| shown.message.clone()));
            seen.sort_by_key(|message| message.id.parse::<u64>().unwrap());
            seen
        })
    }

    /// The names of the tags that a forum's post has.
    pub(crate) fn tags_of(&self, post: &str) -> Vec<String> {
        self.with(|state| {
            let post = &state.channels[post];
            let Some(forum) = post.parent.as_ref().and_then(|parent| state.channels.get(parent)) else {
                return Vec::new();
            };
            let applied = forum.tags.iter().filter(|tag| post.applied_tags.contains(&tag.id));
            applied.map(|tag| tag.name.clone()).collect()
        })
    }

    /// Who is in a thread.
    pub(crate) fn thread_members(&self, thread: &str) -> Vec<String> {
        let members = self.channel_by_id(thread).thread.map(|thread| thread.members).unwrap_or_default();
        members.into_iter().map(|member| member.user).collect()
    }

    /// What is pinned in a channel, the latest first.
    pub(crate) fn pins_of(&self, channel: &str) -> Vec<Message> {
        let channel = self.channel_by_id(channel);
        channel.pins.iter().filter_map(|(id, _)| channel.message(id).cloned()).collect()
    }

    pub(crate) fn message(&self, channel: &str, id: &str) -> Option<Message> {
        self.with(|state| state.any_message(channel, id))
    }

    /// What was said in the direct message between the bot and somebody.
    pub(crate) fn dms(&self, user: &str) -> Vec<Message> {
        let own = |channel: &&Channel| channel.kind == Kind::Dm && channel.recipients.iter().any(|known| known == user);
        self.with(|state| state.channels.values().find(own).map(|dm| dm.messages.clone()).unwrap_or_default())
    }

    /// What only this person was shown and was not taken away.
    pub(crate) fn ephemerals(&self, user: &str) -> Vec<Ephemeral> {
        self.with(|state| state.ephemerals.iter().filter(|shown| shown.user == user).cloned().collect())
    }

    /// The commands as they are registered, those of the guild after the global ones.
    pub(crate) fn commands(&self) -> Vec<Value> {
        self.with(|state| state.global_commands.iter().chain(&state.guild_commands).cloned().collect())
    }

    /// How often a call changed the commands.
    pub(crate) fn command_writes(&self) -> usize {
        self.with(|state| state.command_writes)
    }

    /// An interaction as it stands now.
    pub(crate) fn interaction(&self, id: &str) -> Interaction {
        self.with(|state| state.interaction(id).cloned()).expect("there was no such interaction")
    }

    /// What the first answer to something has become: the message that was shown or changed, as it is now.
    pub(crate) fn answer_to(&self, outcome: &Outcome) -> Option<Message> {
        self.with(|state| {
            let asked = state.interaction(&outcome.interaction)?;
            state.any_message(&asked.channel, asked.original.as_deref()?)
        })
    }

    /// Waits until what said that the app thinks says more; the message.
    pub(crate) async fn answered(&self, outcome: &Outcome) -> Message {
        let look = |fake: &Self| fake.answer_to(outcome).filter(|message| !message.is_loading());
        self.until("the rest of an answer", look).await
    }

    /// Every call of the REST API, in order; downloads are `GET /cdn`.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.inner.calls.lock().unwrap().clone()
    }

    /// The calls of a method and path, such as `POST /channels/{channel_id}/messages`.
    pub(crate) fn calls_of(&self, method: &str) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.method == method).collect()
    }

    pub(crate) fn forget_calls(&self) {
        self.inner.calls.lock().unwrap().clear();
    }

    /// What the app did against Discord's document or our own rules, in order; stories expect nothing.
    pub(crate) fn violations(&self) -> Vec<String> {
        self.with(|state| state.violations.clone())
    }

    pub(crate) fn forget_violations(&self) {
        self.with(|state| state.violations.clear());
    }

    /// What of the fake's own answers is not as Discord's document says, for whoever checks the fake.
    pub(crate) fn wrong_answers(&self) -> Vec<String> {
        let check = |call: &Call| {
            let (method, path) = call.method.split_once(' ')?;
            let validator = document().answer(method, path, call.status?)?;
            let result = call.result.as_ref()?;
            let error = validator.iter_errors(result).next()?;
            Some(format!("{}: at {}: {error}", call.method, error.instance_path))
        };
        self.calls().iter().filter_map(check).collect()
    }

    /// Waits until it is so; `what` is said when it takes too long.
    pub(crate) async fn until<T>(&self, what: &str, look: impl Fn(&Self) -> Option<T>) -> T {
        let seen = self.inner.changed.within(LIMIT, || look(self)).await;
        seen.unwrap_or_else(|| panic!("still waiting for: {what}; calls so far: {:#?}", self.calls()))
    }
}
