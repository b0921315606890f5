//! What people do with channels, threads and the guild.

use serde_json::{Value, json};

use crate::support::discord::Fake;
use crate::support::discord::rest::{Draft, NewThread};
use crate::support::discord::state::{Channel, Kind, Member};

impl Fake {
    /// Somebody begins a thread from a message; its id, which is the message's.
    pub(crate) fn starts_thread(&self, user: &str, channel: &str, message: &str, name: &str) -> String {
        self.with(|state| state.begin_thread(new((user, channel), name, Kind::PublicThread, Some(message))))
    }

    /// Somebody begins a private thread; its id.
    pub(crate) fn starts_private_thread(&self, user: &str, channel: &str, name: &str) -> String {
        self.with(|state| state.begin_thread(new((user, channel), name, Kind::PrivateThread, None)))
    }

    /// Somebody begins a post in a forum; its id, which is that of its first message.
    pub(crate) fn starts_post(&self, user: &str, forum: &str, name: &str, text: &str) -> String {
        let draft = Draft { content: text.to_owned(), ..Draft::default() };
        self.with(|state| state.begin_post(new((user, forum), name, Kind::PublicThread, None), Vec::new(), draft).0)
    }

    /// Somebody comes into a thread.
    pub(crate) fn joins(&self, user: &str, thread: &str) {
        self.with(|state| state.come_into(thread, &[user.to_owned()]));
    }

    /// Somebody leaves a thread.
    pub(crate) fn leaves(&self, user: &str, thread: &str) {
        self.with(|state| state.go_out_of(thread, user));
    }

    /// A thread is archived, and locked where it says so; both can be taken back.
    pub(crate) fn archives(&self, thread: &str, archived: bool, locked: bool) {
        self.changes_channel(thread, |place| {
            let thread = place.thread.as_mut().unwrap();
            (thread.archived, thread.locked) = (archived, locked);
        });
    }

    /// A channel or thread gets another name.
    pub(crate) fn renames(&self, channel: &str, name: &str) {
        self.changes_channel(channel, |place| name.clone_into(&mut place.name));
    }

    /// Somebody with the right to changes a channel or thread.
    pub(crate) fn changes_channel(&self, channel: &str, change: impl FnOnce(&mut Channel)) {
        self.with(|state| {
            let now = state.now;
            let place = state.channels.get_mut(channel).unwrap();
            let before = place.archived();
            change(place);
            if let Some(thread) = place.thread.as_mut().filter(|thread| thread.archived != before) {
                thread.archived_at = now;
            }
            let name = if place.kind.is_thread() { "THREAD_UPDATE" } else { "CHANNEL_UPDATE" };
            state.tell_channel(name, channel);
        });
    }

    /// A channel or thread is deleted, with the threads in it.
    pub(crate) fn deletes_channel(&self, channel: &str) {
        self.with(|state| state.remove_channel(channel));
    }

    /// Somebody lets nobody of the guild write to them any more.
    pub(crate) fn closes_dms(&self, user: &str) {
        self.change_user(user, |user| user.dms_closed = true);
    }

    pub(crate) fn opens_dms(&self, user: &str) {
        self.change_user(user, |user| user.dms_closed = false);
    }

    /// Somebody comes into the guild.
    pub(crate) fn joins_guild(&self, user: &str) {
        self.with(|state| {
            let member = Member { user: user.to_owned(), nick: None, roles: Vec::new(), joined: state.now };
            state.members.insert(user.to_owned(), member);
            let member = state.member(user);
            state.tell_guild("GUILD_MEMBER_ADD", member);
        });
    }

    /// Somebody throws the app out of the guild: it is told so, and sees nothing of it any more.
    pub(crate) fn throws_bot_out(&self) {
        self.with(|state| {
            let bot = state.bot.clone();
            state.members.remove(&bot);
            let data = json!({"id": state.guild});
            state.tell_guild("GUILD_DELETE", data);
        });
    }

    /// Somebody leaves the guild and the threads in it.
    pub(crate) fn leaves_guild(&self, user: &str) {
        self.with(|state| {
            state.members.remove(user);
            for place in state.channels.values_mut() {
                if let Some(thread) = &mut place.thread {
                    thread.members.retain(|member| member.user != user);
                }
            }
            let data: Value = json!({"user": state.user(user)});
            state.tell_guild("GUILD_MEMBER_REMOVE", data);
        });
    }
}

fn new((user, parent): (&str, &str), name: &str, kind: Kind, message: Option<&str>) -> NewThread {
    NewThread {
        parent: parent.to_owned(),
        owner: user.to_owned(),
        name: name.to_owned(),
        kind,
        auto_archive: 4320,
        invitable: true,
        id: message.map(str::to_owned),
    }
}
