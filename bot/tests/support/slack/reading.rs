//! What tests look at.

use serde_json::Value;

use super::super::fake::waiting::LIMIT;
use super::{Call, Channel, Ephemeral, Fake, Group, Kind, Message, Recorded, User, View, What};

impl Fake {
    /// Adds somebody, members to `general` as well; their id.
    pub(crate) fn add_user(&self, mut user: User) -> String {
        self.with(|state| {
            if user.id.is_empty() {
                user.id = state.id("U");
            }
            let id = user.id.clone();
            let general = state.channels.values_mut().find(|channel| channel.general).unwrap();
            let guest = user.is_restricted || user.is_ultra_restricted;
            if user.stranger_of.is_none() && !user.is_bot && !user.deleted && !guest {
                general.members.push(id.clone());
            }
            state.users.insert(id.clone(), user);
            id
        })
    }

    /// Adds a member, `ana` of `ana@example.com`; their id.
    pub(crate) fn add_person(&self, name: &str) -> String {
        self.add_user(User::named(name))
    }

    /// Changes what is known of somebody.
    pub(crate) fn change_user(&self, id: &str, change: impl FnOnce(&mut User)) {
        self.with(|state| change(state.users.get_mut(id).unwrap()));
    }

    /// Adds a channel that people made; its id.
    pub(crate) fn add_channel(&self, name: &str, kind: Kind, members: &[&str]) -> String {
        self.with(|state| {
            let id = state.make_channel(name, kind, members.first().copied().unwrap_or("USLACKBOT"));
            let channel = state.channels.get_mut(&id).unwrap();
            channel.members = members.iter().map(|&member| member.to_owned()).collect();
            id
        })
    }

    /// Lets the bot into a channel, as somebody who invites it.
    pub(crate) fn add_bot_to(&self, channel: &str, inviter: &str) {
        self.with(|state| {
            let bot = state.bot_user.clone();
            state.join(channel, &bot, Some(inviter));
        });
    }

    /// Adds a user group; its id.
    pub(crate) fn add_group(&self, handle: &str, users: &[&str]) -> String {
        self.with(|state| {
            let id = state.id("S");
            let group = Group {
                id: id.clone(),
                handle: handle.to_owned(),
                name: handle.to_owned(),
                users: users.iter().map(|&user| user.to_owned()).collect(),
                updated: state.seconds(),
                updated_by: "USLACKBOT".to_owned(),
                disabled: false,
            };
            state.groups.insert(id.clone(), group);
            id
        })
    }

    pub(crate) fn group(&self, id: &str) -> Group {
        self.with(|state| state.groups[id].clone())
    }

    pub(crate) fn bot_user(&self) -> String {
        self.with(|state| state.bot_user.clone())
    }

    /// The channel of this name.
    pub(crate) fn channel(&self, name: &str) -> Channel {
        let known = || self.channels().into_iter().map(|channel| channel.name).collect::<Vec<_>>();
        self.find_channel(name).unwrap_or_else(|| panic!("there is no channel {name}, only {:?}", known()))
    }

    pub(crate) fn find_channel(&self, name: &str) -> Option<Channel> {
        self.channels().into_iter().find(|channel| channel.name == name)
    }

    pub(crate) fn channel_by_id(&self, id: &str) -> Channel {
        self.with(|state| state.channels[id].clone())
    }

    /// Every channel that is no direct message, the oldest first.
    pub(crate) fn channels(&self) -> Vec<Channel> {
        let of_team = |channel: &&Channel| channel.kind != Kind::Dm;
        self.with(|state| state.channels.values().filter(of_team).cloned().collect())
    }

    /// What was said in the direct message between the bot and somebody.
    pub(crate) fn dms(&self, user: &str) -> Vec<Message> {
        let own = |channel: &&Channel| channel.kind == Kind::Dm && channel.has(user);
        self.with(|state| state.channels.values().find(own).map(|dm| dm.messages.clone()).unwrap_or_default())
    }

    /// What only this person was shown.
    pub(crate) fn ephemerals(&self, user: &str) -> Vec<Ephemeral> {
        let own = |shown: &&Ephemeral| shown.user == user;
        self.with(|state| state.ephemerals.iter().filter(own).cloned().collect())
    }

    /// The modal that somebody sees.
    pub(crate) fn open_view(&self, user: &str) -> Option<View> {
        self.with(|state| state.modals.get(user).and_then(|open| open.last().cloned()))
    }

    pub(crate) fn home(&self, user: &str) -> Option<View> {
        self.with(|state| state.homes.get(user).cloned())
    }

    pub(crate) fn file_bytes(&self, id: &str) -> Option<Vec<u8>> {
        self.with(|state| state.files.get(id).and_then(|file| file.bytes.clone()))
    }

    /// Every call of the Web API, in order.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.inner.calls.lock().unwrap().clone()
    }

    pub(crate) fn calls_of(&self, method: &str) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.method == method).collect()
    }

    pub(crate) fn forget_calls(&self) {
        self.inner.calls.lock().unwrap().clear();
    }

    /// Every `blocks` and `view` that the app sent.
    pub(crate) fn recorded(&self) -> Vec<Recorded> {
        self.with(|state| state.recorded.clone())
    }

    /// Waits until it is so; `what` is said when it takes too long.
    pub(crate) async fn until<T>(&self, what: &str, look: impl Fn(&Self) -> Option<T>) -> T {
        let seen = self.inner.changed.within(LIMIT, || look(self)).await;
        seen.unwrap_or_else(|| panic!("still waiting for: {what}; calls so far: {:#?}", self.calls()))
    }

    /// Waits until so many connections are open.
    pub(crate) async fn connected(&self, count: usize) {
        self.until("connections", |fake| (fake.sockets().len() >= count).then_some(())).await;
    }

    /// Waits until every event that was sent was acknowledged or counts as failed.
    pub(crate) async fn settled(&self) {
        let open = |fake: &Self| fake.sent().iter().any(|sent| sent.acked.is_none() && sent.failed.is_none());
        self.until("acknowledgements", |fake| (!open(fake)).then_some(())).await;
    }

    /// The events that were sent, each once, by what is in them.
    pub(crate) fn events(&self) -> Vec<Value> {
        let first = self.sent().into_iter().filter(|sent| sent.what == What::Event && sent.attempt == 0);
        first.map(|sent| sent.payload["event"].clone()).collect()
    }
}
