//! What chat platforms tell and ask, without anything of the platform in it, and what they are to answer. An adapter
//! translates between this and its wire; the [`Desk`] behind it decides.

use std::fmt;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use firebell_core::control::Control;
use firebell_core::file::Attached;
use firebell_core::form::{Choice, Form, FormKind, Source, Values};
use firebell_core::ids::{IncidentId, WorkspaceId};
use firebell_core::message::Happened;
use futures_util::future::BoxFuture;

use crate::content::Content;

/// One request of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// What the platform keeps stable of it when it is delivered again.
    pub id: String,
    /// The platform's id of whoever sent it.
    pub account: String,
    /// The platform's id of the room that it came from.
    pub room: Option<String>,
    pub ask: Ask,
}

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// A line of the grammar, without the slash command itself: `declare api is down sev1`. Each of the mentioned
    /// accounts stands in it behind an at sign: only the desk knows by which name commands call somebody.
    Line { text: String, mentions: Vec<String> },
    /// A button was pressed.
    Press { control: Control },
    /// A form was sent. `cites` is the message that the form was opened on.
    Submit { form: FormKind, incident: Option<IncidentId>, values: Values, cites: Option<Cited> },
    /// The form that declares an incident is wanted, from a shortcut; with the message from which it is declared.
    Declare { from: Option<Cited> },
    /// A message is to stand on the timeline.
    Mark { message: Cited },
    /// A message is to be evidence for a cause.
    Evidence { message: Cited },
    /// What can be chosen, of what begins with or holds what was typed so far; of the incident that was named, else of the
    /// one whose room it is asked in.
    Options { source: Source, typed: String, incident: Option<IncidentId> },
}

/// A message that somebody points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    pub room: String,
    pub message: Said,
    /// Where it can be read.
    pub permalink: Option<String>,
}

/// A message as it stands in its room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The platform's id of it.
    pub id: String,
    pub author: String,
    pub sent_at: DateTime<Utc>,
    /// With names in the place of accounts and rooms, and a line for each file.
    pub text: String,
    /// The message whose thread it is in.
    pub parent: Option<String>,
    /// What is attached to it, as far as that is known here.
    pub files: Vec<Attached>,
}

/// What whoever asked is to be shown, and nobody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Ready for the platform: people's words in it are inert.
    Text(String),
    /// A file: for the room that it was asked for in, if it is its incident's, else for the person.
    Document {
        name: String,
        title: String,
        content: Content,
        for_room: bool,
        /// What stands on a link to the newest of its kind, above the room that it is for.
        link: Option<&'static str>,
    },
    /// A form to fill in.
    Form(Box<Form>),
    /// What was filled in cannot be taken; the field that it is about, and why.
    Invalid {
        field: String,
        message: String,
    },
    Options(Vec<Choice>),
    Nothing,
}

/// Something that happened, which nobody waits for an answer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A message was said, edited or deleted.
    Message {
        room: String,
        id: String,
        sent_at: DateTime<Utc>,
        parent: Option<String>,
        what: Happened<String>,
        /// What is attached to it by now.
        files: Vec<Attached>,
    },
    /// Somebody marked a message by a pin or a reaction.
    Marked {
        room: String,
        message: Said,
        by: String,
        means: String,
        /// It is to support a cause, too.
        supports: bool,
    },
    /// Somebody took such a mark away.
    Unmarked { room: String, message: String, by: String, means: String, lost: Lost },
    /// Somebody came into a room.
    Joined { room: String, account: String },
    /// Somebody opened the page of their own that the platform has for the app.
    Home { account: String },
    /// The room was archived or deleted by somebody.
    RoomGone { room: String },
}

/// What a message is no more, since somebody took a mark of it away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    Mark,
    /// It bears another mark, which is none of evidence.
    Evidence,
    Both,
}

impl Lost {
    /// What is lost where the message still bears some mark, or one of evidence; `None` where nothing is.
    pub fn beside(self, marked: bool, supports: bool) -> Option<Self> {
        match (self, marked, supports) {
            (lost, false, _) => Some(lost),
            (Self::Evidence | Self::Both, true, false) => Some(Self::Evidence),
            (Self::Mark, true, _) | (_, true, true) => None,
        }
    }
}

/// The page of their own that the platform has for the app, as one person sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Home {
    pub sections: Vec<Section>,
}

/// One part of that page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Plain text.
    pub title: String,
    pub rows: Vec<HomeRow>,
    /// What stands there when there are no rows; ready for the platform.
    pub empty: String,
}

/// One thing of such a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeRow {
    /// Ready for the platform: people's words in it are inert.
    pub text: String,
    pub controls: Vec<Control>,
}

/// Who an account belongs to, as the platform tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub account: String,
    /// The name that people read.
    pub name: String,
    /// The short name, from which a handle is made.
    pub handle: String,
    pub email: Option<String>,
    pub zone: Option<Tz>,
    pub kind: AccountKind,
}

/// What kind of account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountKind {
    Member,
    /// Let into some rooms only.
    Guest,
    Bot,
    /// Of another organisation.
    Stranger,
    /// Switched off.
    Gone,
}

/// That something could not be kept or decided. The platform is not told that it was received, so that it sends it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotKept;

impl fmt::Display for NotKept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it could not be stored")
    }
}

impl std::error::Error for NotKept {}

/// Who decides what an adapter brings in.
pub trait Desk: Send + Sync + 'static {
    /// Decides a request; a command is committed before this answers.
    fn take(&self, workspace: WorkspaceId, incoming: Incoming) -> BoxFuture<'_, Result<Answer, NotKept>>;

    /// Keeps what an adapter cannot answer in time, or need not answer, as it came in, until [`Desk::done`] with the same
    /// id. What is kept already is kept once.
    fn keep<'d>(&'d self, workspace: WorkspaceId, id: &'d str, raw: &'d [u8]) -> BoxFuture<'d, Result<Kept, NotKept>>;

    /// Takes note of what happened.
    fn hear(&self, workspace: WorkspaceId, id: String, happening: Happening) -> BoxFuture<'_, Result<(), NotKept>>;

    /// What was kept under this id is carried out.
    fn done<'d>(&'d self, workspace: WorkspaceId, id: &'d str) -> BoxFuture<'d, Result<(), NotKept>>;

    /// Whether a channel is an incident's room.
    fn is_room<'d>(&'d self, workspace: WorkspaceId, room: &'d str) -> BoxFuture<'d, Result<bool, NotKept>>;

    /// What is kept and not carried out yet, oldest first.
    fn waiting(&self, workspace: WorkspaceId) -> BoxFuture<'_, Result<Vec<Waiting>, NotKept>>;
}

/// Something that is kept: under which id, and as it came in.
pub type Waiting = (String, Vec<u8>);

/// Whether something was kept before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    New,
    /// The same came in before, and is carried out or will be.
    Known,
}

/// What the desk asks of a platform.
pub trait Chat: Send + Sync + 'static {
    /// Who an account belongs to; `None` where the platform knows no such account.
    fn profile<'c>(&'c self, account: &'c str) -> BoxFuture<'c, Result<Option<Profile>, Unanswered>>;

    /// Shows somebody their page.
    fn show_home(&self, account: String, home: Home) -> BoxFuture<'_, Result<(), Unanswered>>;
}

/// That a platform did not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered(pub String);

#[cfg(test)]
mod tests {
    use super::Lost;

    #[test]
    fn what_others_hold_is_not_lost() {
        for (lost, marked, supports, left) in [
            (Lost::Mark, false, false, Some(Lost::Mark)),
            (Lost::Mark, true, false, None),
            (Lost::Mark, true, true, None),
            (Lost::Both, false, false, Some(Lost::Both)),
            (Lost::Both, true, false, Some(Lost::Evidence)),
            (Lost::Both, true, true, None),
        ] {
            assert_eq!(lost.beside(marked, supports), left, "{lost:?} {marked} {supports}");
        }
    }
}
