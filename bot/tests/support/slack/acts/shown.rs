//! What people see of what an app answers, and what Slack makes of what they type.

use serde_json::Value;

use super::super::Fake;
use super::super::args::Args;
use super::super::methods::{Refusal, Words};
use super::super::state::{Message, State};

impl Fake {
    /// Shows what came with an acknowledgement.
    pub(super) fn show(&self, channel: &str, user: &str, ack: &Value) -> Result<(), Refusal> {
        let Value::Object(map) = ack else { return Err("invalid_command_response".into()) };
        if map.is_empty() {
            return Ok(());
        }
        let shown = self.with(|state| state.show(channel, user, &Args { map: map.clone() }));
        self.touch();
        shown
    }
}

impl State {
    /// Shows a message that answers somebody: to them alone, or to the channel, or in the place of the message of the
    /// timestamp `replaces`.
    pub(in super::super) fn show(&mut self, channel: &str, user: &str, args: &Args) -> Result<(), Refusal> {
        let words = Words::read(self, "response", args, 40_000)?;
        if words.are_missing() {
            return Err("no_text".into());
        }
        if let Some(ts) = args.text("replaces") {
            self.replace(channel, &ts, words);
        } else if args.text("response_type").as_deref() == Some("in_channel") {
            let message = Message {
                user: self.bot_user.clone(),
                by_bot: true,
                text: words.text.unwrap_or_default(),
                blocks: words.blocks.unwrap_or_default(),
                thread_ts: args.text("thread_ts"),
                ..Message::default()
            };
            self.post(channel, message);
        } else {
            self.whisper(channel, user, words);
        }
        Ok(())
    }

    fn replace(&mut self, channel: &str, ts: &str, words: Words) {
        let (text, blocks) = (words.text.unwrap_or_default(), words.blocks.unwrap_or_default());
        if let Some(shown) = self.ephemerals.iter_mut().find(|shown| shown.ts == ts) {
            (shown.text, shown.blocks) = (text, blocks);
            return;
        }
        let Some(previous) = self.channels[channel].message(ts).cloned() else { return };
        let edited = Some((self.bot_user.clone(), self.ts()));
        let messages = &mut self.channels.get_mut(channel).unwrap().messages;
        let message = messages.iter_mut().find(|message| message.ts == ts).unwrap();
        (message.text, message.blocks, message.edited) = (text, blocks, edited);
        self.tell_changed(channel, &previous);
    }

    /// What Slack makes of typed text: `&`, `<` and `>` are escaped, except in references such as `<@U1>`, which
    /// `labelled` ones get a name in, as those of commands do.
    pub(in super::super) fn escaped(&self, text: &str, labelled: bool) -> String {
        let mut escaped = String::new();
        let mut rest = text.replace('&', "&amp;");
        while let Some(start) = rest.find('<') {
            escaped += &rest[..start].replace('>', "&gt;");
            let after = rest.split_off(start + 1);
            let reference = ["@", "#", "!", "http"].iter().any(|begin| after.starts_with(begin));
            match after.find('>').filter(|_| reference) {
                Some(end) => {
                    escaped += "<";
                    escaped += &self.reference(&after[..end], labelled);
                    escaped += ">";
                    rest = after[end + 1..].to_owned();
                }
                None => {
                    escaped += "&lt;";
                    rest = after;
                }
            }
        }
        escaped + &rest.replace('>', "&gt;")
    }

    fn reference(&self, inner: &str, labelled: bool) -> String {
        let user = inner.strip_prefix('@').and_then(|id| self.users.get(id)).map(|user| &user.name);
        let channel = inner.strip_prefix('#').and_then(|id| self.channels.get(id)).map(|channel| &channel.name);
        match (user.filter(|_| labelled), channel) {
            (Some(name), _) | (None, Some(name)) => format!("{inner}|{name}"),
            (None, None) => inner.to_owned(),
        }
    }
}
