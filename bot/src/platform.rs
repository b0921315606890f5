//! Platforms: an adapter translates what is to be done into calls and the answers into deliveries, nothing else.

pub mod answering;
mod attempt;
pub mod busy;
pub mod connections;
pub mod console;
pub mod cut;
pub mod discord;
pub mod finding;
pub mod hidden;
mod hosts;
pub mod incoming;
pub mod inlet;
pub mod json;
mod lenient;
#[cfg(test)]
mod little;
pub mod names;
pub mod rest;
mod shelf;
mod signed;
pub mod slack;

use std::fmt;

use chrono::{DateTime, Utc};
use firebell_core::control::Control;
use firebell_core::directory::{ContactMethod, Directory, Identity};
use firebell_core::effect::Delivery;
use firebell_core::ids::{PersonId, WorkspaceId};
use firebell_core::incident::Incident;
use futures_util::future::BoxFuture;

use self::incoming::NotKept;
use crate::content::Content;
use crate::render::Target;

/// One thing to be done on a platform, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The effect's key: what is sent twice under one key is the same thing.
    pub key: String,
    /// An earlier attempt ended without an answer; where a repetition can be seen, it is marked as one.
    pub again: bool,
    pub what: Outgoing,
}

/// What is to be done, with its text already rendered for the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// `adopts` is the room that somebody wants to use; without it one is made.
    OpenRoom {
        name: String,
        private: bool,
        requested_at: DateTime<Utc>,
        adopts: Option<String>,
        labels: Labels,
    },
    CloseRoom {
        room: String,
    },
    /// What stands above a room: a line on its present state, and what it is for.
    Describe {
        room: String,
        topic: String,
        purpose: String,
        labels: Labels,
    },
    /// Links that stand above a room.
    Bookmarks {
        room: String,
        links: Vec<Link>,
    },
    Invite {
        room: String,
        account: Account,
    },
    /// Everybody of a group that the platform keeps.
    InviteGroup {
        room: String,
        group: String,
    },
    Post {
        room: String,
        text: String,
        controls: Vec<Control>,
    },
    /// A message of another room. `replaces` is the one that has shown it so far, `answers` the one in whose thread it is
    /// to be.
    Mirror {
        room: String,
        text: String,
        replaces: Option<String>,
        answers: Option<String>,
    },
    /// Nothing is to be shown any more of a message of another room; `copy` is the one that has shown it, and `message`
    /// its number in the record.
    Unmirror {
        room: String,
        copy: String,
        message: String,
    },
    /// `replaces` is the message that has shown the card so far.
    Card {
        room: String,
        text: String,
        controls: Vec<Control>,
        replaces: Option<String>,
    },
    /// A line in a channel that is no room of the incident; `replaces` is the message that has shown it so far.
    Announce {
        channel: String,
        text: String,
        replaces: Option<String>,
    },
    /// A file in a room; `replaces` is what the platform calls the one that has stood there so far.
    Document {
        room: String,
        file: RoomFile,
        replaces: Option<String>,
    },
    /// Told to a person by themselves; with a `room`, in that room and calling them.
    Notice {
        account: Account,
        room: Option<String>,
        text: String,
        controls: Vec<Control>,
    },
    /// `notice` is what the platform called the notice, where it was delivered; `room` is where it was, if in one.
    Withdraw {
        account: Account,
        room: Option<String>,
        text: String,
        notice: Option<String>,
    },
    Alarm {
        account: Account,
        text: String,
    },
    /// Something that a person is told who may not be in a room that could be told.
    Tell {
        account: Account,
        text: String,
    },
}

impl Outgoing {
    /// To whom alone it goes, through whichever workspace reaches them.
    pub fn to(&self) -> Option<&Account> {
        match self {
            Self::Notice { account, .. }
            | Self::Withdraw { account, .. }
            | Self::Alarm { account, .. }
            | Self::Tell { account, .. } => Some(account),
            Self::OpenRoom { .. }
            | Self::CloseRoom { .. }
            | Self::Describe { .. }
            | Self::Bookmarks { .. }
            | Self::Invite { .. }
            | Self::InviteGroup { .. }
            | Self::Post { .. }
            | Self::Mirror { .. }
            | Self::Unmirror { .. }
            | Self::Card { .. }
            | Self::Document { .. }
            | Self::Announce { .. } => None,
        }
    }
}

/// A file that stands in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomFile {
    pub name: String,
    /// What it is, in words that nobody chose: the same for all its versions.
    pub title: String,
    pub content: Content,
}

/// Words by which rooms are sorted, where a platform has such a thing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels {
    /// Those of this room as its incident stands.
    pub now: Vec<String>,
    /// All that there are; whatever else a room is sorted by is other people's.
    pub all: Vec<String>,
}

/// Takes what is in a file, piece by piece.
pub trait Sink: Send {
    /// Takes the next piece.
    fn take<'s>(&'s mut self, piece: &'s [u8]) -> BoxFuture<'s, Result<(), NotKept>>;
}

/// An account, by what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Account {
    /// The platform's id of it.
    Id(String),
    /// The address under which the platform may know it.
    Email(String),
}

/// Where something can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub title: String,
    pub url: String,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(text) | Self::Email(text) => f.write_str(text),
        }
    }
}

/// The platforms, closed: a new one makes the compiler list what it has to say.
#[derive(Clone)]
pub enum Platform {
    Console(console::Console),
    Slack(slack::Slack),
    Discord(discord::Discord),
}

impl Platform {
    /// Carries one thing out.
    pub async fn deliver(&self, envelope: &Envelope) -> Delivery {
        match self {
            Self::Console(console) => console.deliver(envelope).await,
            Self::Slack(slack) => slack.deliver(envelope).await,
            Self::Discord(discord) => discord.deliver(envelope).await,
        }
    }

    /// Hands over what is in a file that somebody posted, if it is not longer than `max_bytes`; the platform's id names it.
    pub async fn fetch(&self, file: &str, max_bytes: i64, into: &mut dyn Sink) -> Delivery {
        match self {
            Self::Console(_) => Delivery::Impossible("there are no files in a console".to_owned()),
            Self::Slack(slack) => slack.fetch(file, max_bytes, into).await,
            Self::Discord(discord) => discord.fetch(file, max_bytes, into).await,
        }
    }

    /// The ways to reach people that go through it.
    pub fn methods(&self) -> &'static [ContactMethod] {
        match self {
            Self::Console(_) => &[ContactMethod::Console],
            Self::Slack(_) => &[ContactMethod::Slack],
            Self::Discord(_) => &[ContactMethod::Discord, ContactMethod::DiscordRoom],
        }
    }

    /// Whether what it delivers is seen only where this process runs, so that it matters which process delivers.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Console(_) => true,
            Self::Slack(_) | Self::Discord(_) => false,
        }
    }

    /// How the platform knows a person.
    ///
    /// # Errors
    /// It cannot: why, for those who read why something failed.
    pub fn account(&self, person: PersonId, workspace: WorkspaceId, directory: &Directory) -> Result<Account, String> {
        let held = directory.people.get(&person).ok_or("they are not in the directory")?;
        let here = |identity: &&Identity| identity.workspace == workspace && identity.person == person;
        let linked = || directory.identities.iter().find(here).map(|held| Account::Id(held.external_id.clone()));
        match self {
            // The console knows people by their handle.
            Self::Console(_) => Ok(Account::Id(held.handle.to_string())),
            Self::Slack(_) => {
                let known = linked().or_else(|| held.email.clone().map(Account::Email));
                known.ok_or_else(|| {
                    "no Slack account is known of them; give them \"slack\" or \"email\" in firebell.toml".to_owned()
                })
            }
            // Discord tells nobody's address.
            Self::Discord(_) => linked().ok_or_else(|| {
                "no Discord account is known of them; they can type /incident me link in Discord, or give them \
                 \"discord\" in firebell.toml"
                    .to_owned()
            }),
        }
    }

    /// What an incident's room is called.
    pub fn room_name(&self, incident: &Incident) -> String {
        match self {
            Self::Console(_) => console::room_name(incident.id, &incident.title, incident.is_private()),
            Self::Slack(slack) => slack.room_name(incident),
            Self::Discord(discord) => discord.room_name(incident),
        }
    }

    /// A room as messages of this platform name it, ready to be shown.
    pub fn room_link(&self, external_id: &str) -> String {
        match self {
            Self::Console(_) => format!("#{external_id}"),
            Self::Slack(_) | Self::Discord(_) => format!("<#{external_id}>"),
        }
    }

    /// The group that comes into every room which is not private.
    pub fn group(&self) -> Option<String> {
        match self {
            Self::Console(_) => None,
            Self::Slack(slack) => slack.group(),
            Self::Discord(discord) => discord.group(),
        }
    }

    /// The longest text of one message, in UTF-16 units.
    pub fn message_max(&self) -> usize {
        match self {
            Self::Console(_) => usize::MAX,
            Self::Slack(_) => slack::MESSAGE_MAX,
            Self::Discord(_) => discord::MESSAGE_MAX,
        }
    }

    /// For whom texts are escaped.
    pub fn target(&self) -> Target {
        match self {
            Self::Console(_) => Target::Console,
            Self::Slack(_) => Target::Slack,
            Self::Discord(_) => Target::Discord,
        }
    }
}
