//! People talk, mark, come and go.
#![expect(clippy::unused_async, reason = "acts are awaited alike")]

use serde_json::{Value, json};

use super::super::{Fake, File, Message, State};

/// A file that somebody shares.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shared<'f> {
    pub(crate) name: &'f str,
    pub(crate) bytes: &'f [u8],
    /// What they say with it.
    pub(crate) comment: &'f str,
}

impl Fake {
    /// Somebody says something; its timestamp. Text is as they type it, with references as `<@U1>`.
    pub(crate) async fn says(&self, user: &str, channel: &str, text: &str) -> String {
        self.act(|state| state.say(user, channel, None, text))
    }

    /// Somebody answers in the thread of a message.
    pub(crate) async fn replies(&self, user: &str, channel: &str, thread: &str, text: &str) -> String {
        self.act(|state| state.say(user, channel, Some(thread.to_owned()), text))
    }

    /// Somebody writes to the bot.
    pub(crate) async fn writes(&self, user: &str, text: &str) -> String {
        self.act(|state| {
            let dm = state.dm_of(user);
            state.say(user, &dm, None, text)
        })
    }

    /// Somebody shares a file; the message's timestamp and the file's id.
    pub(crate) async fn shares_file(&self, user: &str, channel: &str, file: Shared<'_>) -> (String, String) {
        self.act(|state| {
            let id = state.id("F");
            let made = File {
                id: id.clone(),
                name: file.name.to_owned(),
                title: file.name.to_owned(),
                user: user.to_owned(),
                created: state.seconds(),
                announced: file.bytes.len(),
                bytes: Some(file.bytes.to_vec()),
                completed: true,
                shares: Vec::new(),
            };
            state.files.insert(id.clone(), made);
            let text = state.escaped(file.comment, false);
            let message = Message { user: user.to_owned(), text, ..Message::default() };
            (state.share(channel, std::slice::from_ref(&id), message), id)
        })
    }

    pub(crate) async fn edits(&self, user: &str, channel: &str, ts: &str, text: &str) {
        self.act(|state| {
            let previous = state.channels[channel].message(ts).expect("there is no such message").clone();
            let (text, edited) = (state.escaped(text, false), (user.to_owned(), state.ts()));
            let messages = &mut state.channels.get_mut(channel).unwrap().messages;
            let message = messages.iter_mut().find(|message| message.ts == ts).unwrap();
            message.blocks = vec![rich(&text)];
            (message.text, message.edited) = (text, Some(edited));
            state.tell_changed(channel, &previous);
        });
    }

    pub(crate) async fn deletes(&self, channel: &str, ts: &str) {
        self.act(|state| state.remove_message(channel, ts));
    }

    pub(crate) async fn pins(&self, user: &str, channel: &str, ts: &str) {
        self.act(|state| state.set_pinned(channel, ts, user, true));
    }

    pub(crate) async fn unpins(&self, user: &str, channel: &str, ts: &str) {
        self.act(|state| state.set_pinned(channel, ts, user, false));
    }

    /// Somebody reacts by an emoji, without its colons.
    pub(crate) async fn reacts(&self, user: &str, channel: &str, ts: &str, emoji: &str) {
        self.act(|state| state.set_reaction(channel, ts, (user, emoji), true));
    }

    pub(crate) async fn unreacts(&self, user: &str, channel: &str, ts: &str, emoji: &str) {
        self.act(|state| state.set_reaction(channel, ts, (user, emoji), false));
    }

    pub(crate) async fn joins(&self, user: &str, channel: &str) {
        self.act(|state| state.join(channel, user, None));
    }

    pub(crate) async fn leaves(&self, user: &str, channel: &str) {
        self.act(|state| state.leave(channel, user));
    }

    pub(crate) async fn archives(&self, user: &str, channel: &str) {
        self.act(|state| state.set_archived(channel, user, true));
    }

    /// Somebody deletes a channel for good.
    pub(crate) async fn deletes_channel(&self, user: &str, channel: &str) {
        self.act(|state| {
            let group = state.channel_type(channel) == "group";
            let kind = if group { "group_deleted" } else { "channel_deleted" };
            state.tell(channel, json!({"type": kind, "channel": channel, "actor_id": user}));
            state.channels.remove(channel);
        });
    }

    /// Somebody opens the app's home.
    pub(crate) async fn opens_home(&self, user: &str) {
        self.act(|state| {
            let dm = state.dm_of(user);
            let mut event = json!({"type": "app_home_opened", "user": user, "channel": dm, "tab": "home"});
            if let Some(home) = state.homes.get(user) {
                event["view"] = state.show_view(home, &json!({}));
            }
            state.tell(&dm, event);
        });
    }

    /// Does something at one instant.
    fn act<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        let result = self.with(act);
        self.touch();
        result
    }
}

impl State {
    fn say(&mut self, user: &str, channel: &str, thread_ts: Option<String>, text: &str) -> String {
        let text = self.escaped(text, false);
        let blocks = vec![rich(&text)];
        self.post(channel, Message { user: user.to_owned(), text, blocks, thread_ts, ..Message::default() })
    }
}

/// What people type, as the client sends it.
fn rich(text: &str) -> Value {
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let section = json!({"type": "rich_text_section", "elements": [{"type": "text", "text": plain}]});
    json!({"type": "rich_text", "block_id": "rich", "elements": [section]})
}
