//! What people read: in rooms, in channels, and by themselves.

use chrono::TimeDelta;
use firebell_core::control::Control;
use firebell_core::effect::Reference;
use serde_json::Value;

use super::invite::account_id;
use super::{Step, Turn};
use crate::platform::Account;
use crate::platform::attempt::mark;
use crate::platform::discord::api::{ApiError, Around, Mentions, NewMessage, code};
use crate::platform::discord::{components, snowflake, text};

/// How many messages are looked through for one that may have been posted; they cost one call.
const LOOKED_THROUGH: u8 = 100;
/// For how long the same words of the bot's are taken for those that an earlier attempt said.
const SAME_WORDS: TimeDelta = TimeDelta::hours(6);

/// What is to be said.
pub(super) struct Saying<'s> {
    pub(super) text: &'s str,
    /// Below its last page.
    pub(super) components: Value,
    pub(super) mentions: Mentions,
}

impl<'s> Saying<'s> {
    /// A text with its buttons that calls nobody.
    pub(super) fn of(text: &'s str, controls: &[Control]) -> Self {
        Self { text, components: components::rows(controls), mentions: Mentions::default() }
    }
}

impl Turn<'_> {
    pub(super) async fn post(&self, room: &str, text: &str, controls: &[Control]) -> Step<Reference> {
        let id = self.say_in(room, Saying::of(text, controls)).await?;
        Ok(Reference { external_id: id, name: String::new() })
    }

    pub(super) async fn announce(&self, channel: &str, text: &str, replaces: Option<&str>) -> Step<Reference> {
        let roles = &self.settings.announce_roles;
        let called: Vec<String> = roles.iter().map(|role| format!("<@&{role}>")).collect();
        let content = text::message(&if called.is_empty() {
            text.to_owned()
        } else {
            // Before the text, which may be cut.
            format!("{}\n{}", called.join(" "), text.trim())
        });
        let message = NewMessage { content, mentions: Mentions::roles(roles), ..NewMessage::default() };
        if let Some((at, id)) = replaces.and_then(|reference| reference.rsplit_once(':'))
            && self.edit(at, id, &message).await?
        {
            return Ok(placed(at, id));
        }
        let nonce = self.nonce_of(replaces);
        let id = self.say_one(channel, &NewMessage { nonce: Some(nonce), ..message }, None).await?;
        Ok(placed(channel, &id))
    }

    /// Writes to a person.
    pub(super) async fn tell(&self, account: &Account, text: &str, controls: &[Control]) -> Step<Reference> {
        let dm = self.dm(account_id(account)?).await?;
        let id = self.say_in(&dm, Saying::of(text, controls)).await?;
        Ok(placed(&dm, &id))
    }

    /// Calls a person in a room.
    pub(super) async fn call_in(
        &self,
        room: &str,
        account: &Account,
        (text, controls): (&str, &[Control]),
    ) -> Step<Reference> {
        let user = account_id(account)?;
        let text = called(user, text);
        let saying = Saying { mentions: Mentions::person(user), ..Saying::of(&text, controls) };
        let id = self.say_in(room, saying).await?;
        Ok(placed(room, &id))
    }

    /// Says in the notice itself that it is over, which rings nobody. Where it was not delivered a new message says so, to
    /// the person alone: in a room nobody waits for that.
    pub(super) async fn withdraw(
        &self,
        (account, room): (&Account, Option<&str>),
        text: &str,
        notice: Option<&str>,
    ) -> Step<Reference> {
        if let Some((channel, id)) = notice.and_then(|reference| reference.rsplit_once(':')) {
            let text = if room.is_some() { called(account_id(account)?, text) } else { text.to_owned() };
            if self.edit(channel, id, &NewMessage::text(text::message(&text))).await? {
                return Ok(placed(channel, id));
            }
        }
        if room.is_some() { Ok(Reference::default()) } else { self.tell(account, text, &[]).await }
    }

    /// Posts in a channel, page by page, unless an earlier attempt did; the last page has the buttons, and its id is given.
    pub(super) async fn say_in(&self, channel: &str, saying: Saying<'_>) -> Step<String> {
        let pages = match text::pages(saying.text) {
            // A message has to say something.
            none if none.is_empty() => vec!["–".to_owned()],
            pages => pages,
        };
        let last = pages.len() - 1;
        let mut components = saying.components;
        let mut id = String::new();
        for (number, content) in pages.into_iter().enumerate() {
            let key = if number == 0 { self.key.to_owned() } else { format!("{}#{number}", self.key) };
            let message = NewMessage {
                content,
                components: if number == last { std::mem::take(&mut components) } else { Value::Null },
                // Nobody is called twice.
                mentions: if number == 0 { saying.mentions.clone() } else { Mentions::default() },
                nonce: Some(mark(&key)),
                answers: None,
            };
            id = self.say_one(channel, &message, None).await?;
        }
        Ok(id)
    }

    /// Posts one message, unless an earlier attempt did. `button` is one by which it would be known, whatever it says.
    pub(super) async fn say_one(&self, channel: &str, message: &NewMessage, button: Option<&str>) -> Step<String> {
        let nonce = message.nonce.as_deref().unwrap_or_default();
        if let Some(id) = self.notes.said.get(nonce) {
            return Ok(id);
        }
        let before = if self.again { self.said_before(channel, message, button).await? } else { None };
        let id = match before {
            Some(id) => id,
            None => {
                self.in_time()?;
                let posted = self.within(channel, || self.api.post(channel, message)).await;
                posted.map_err(|error| self.stop_in(channel, error))?.id
            }
        };
        self.notes.said.put(nonce.to_owned(), id.clone());
        self.notes.marks.put(id.clone(), nonce.to_owned());
        Ok(id)
    }

    /// The message that an earlier attempt posted. Discord tells a nonce back for some minutes only, so afterwards it is
    /// known by its words.
    pub(super) async fn said_before(
        &self,
        channel: &str,
        message: &NewMessage,
        button: Option<&str>,
    ) -> Step<Option<String>> {
        let newest = match self.api.messages(channel, Around::Newest, LOOKED_THROUGH).await {
            Ok(newest) => newest,
            // Where the channel may not be read, it is rather said a second time than never.
            Err(error) if error.code().is_some() && !error.is_of_token() && !error.is(&[code::UNKNOWN_CHANNEL]) => {
                tracing::debug!(%error, "whether it was said before cannot be seen; it is said");
                Vec::new()
            }
            Err(error) => return Err(self.stop_in(channel, error)),
        };
        let me = &self.api.me().await.map_err(|error| self.stop(error))?.id;
        let ours = newest.iter().filter(|held| held["author"]["id"] == me.as_str());
        let found = ours.filter_map(|held| Some((held["id"].as_str()?, held)));
        let found = found.filter(|(id, held)| self.is_the_same(id, held, message, button)).map(|(id, _)| id.to_owned());
        let found = found.min_by_key(|id| snowflake::order(id));
        self.end_doubt();
        Ok(found)
    }

    fn is_the_same(&self, id: &str, held: &Value, message: &NewMessage, button: Option<&str>) -> bool {
        let nonce = message.nonce.as_deref().unwrap_or_default();
        if held["nonce"] == nonce {
            return true;
        }
        // Said in this process, and under another key.
        if self.notes.marks.get(id).is_some_and(|marked| marked != nonce) {
            return false;
        }
        let is_new = snowflake::time_of(id).is_some_and(|said| self.api.now() - said < SAME_WORDS);
        let has_button = button.is_some_and(|button| has_button(&held["components"], button));
        is_new && (has_button || held["content"].as_str().map(str::trim) == Some(message.content.trim()))
    }

    /// Whether the message could be edited.
    pub(super) async fn edit(&self, channel: &str, id: &str, message: &NewMessage) -> Step<bool> {
        let edited = self.within(channel, || self.api.edit(channel, id, message)).await;
        self.is_edited(channel, edited)
    }

    /// Whether an edit found its message.
    pub(super) fn is_edited(&self, channel: &str, edited: Result<(), ApiError>) -> Step<bool> {
        match edited {
            Ok(()) => Ok(true),
            Err(error) if error.is(&[code::UNKNOWN_MESSAGE, code::NOT_MINE]) => Ok(false),
            Err(error) => Err(self.stop_in(channel, error)),
        }
    }

    /// What marks a message that takes the place of one that is gone: Discord may still know the mark of that.
    pub(super) fn nonce_of(&self, replaces: Option<&str>) -> String {
        replaces.map_or_else(|| mark(self.key), |gone| mark(&format!("{}>{gone}", self.key)))
    }

    async fn dm(&self, user: &str) -> Step<String> {
        if let Some(dm) = self.notes.dms.get(user) {
            return Ok(dm);
        }
        let dm = match self.api.open_dm(user).await {
            // To open it again changes nothing.
            Err(ApiError::Unknown) => Err(ApiError::NotSent),
            other => other,
        };
        let dm = dm.map_err(|error| self.stop(error))?;
        self.notes.dms.put(user.to_owned(), dm.clone());
        Ok(dm)
    }
}

fn has_button(components: &Value, button: &str) -> bool {
    let rows = components.as_array().into_iter().flatten();
    let mut buttons = rows.flat_map(|row| row["components"].as_array().into_iter().flatten());
    buttons.any(|held| held["custom_id"] == button)
}

/// A text that calls a person.
fn called(user: &str, text: &str) -> String {
    format!("<@{user}> {}", text.trim())
}

fn placed(channel: &str, id: &str) -> Reference {
    Reference { external_id: format!("{channel}:{id}"), name: String::new() }
}
