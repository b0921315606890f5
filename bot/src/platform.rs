//! Platforms: an adapter translates what is to be done into calls and the answers into deliveries, nothing else.

pub mod console;

use firebell_core::directory::ContactMethod;
use firebell_core::effect::Delivery;

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
    OpenRoom {
        name: String,
        private: bool,
    },
    CloseRoom {
        room: String,
    },
    Invite {
        room: String,
        account: String,
    },
    Post {
        room: String,
        text: String,
    },
    /// `replaces` is the message that has shown the card so far.
    Card {
        room: String,
        text: String,
        replaces: Option<String>,
    },
    Notice {
        account: String,
        text: String,
    },
    Withdraw {
        account: String,
        text: String,
    },
    Alarm {
        account: String,
        text: String,
    },
}

/// The platforms, closed: a new one makes the compiler list what it has to say.
#[derive(Clone)]
pub enum Platform {
    Console(console::Console),
}

impl Platform {
    /// Carries one thing out.
    pub async fn deliver(&self, envelope: &Envelope) -> Delivery {
        match self {
            Self::Console(console) => console.deliver(envelope).await,
        }
    }

    /// The ways to reach people that go through it.
    pub fn methods(&self) -> &'static [ContactMethod] {
        match self {
            Self::Console(_) => &[ContactMethod::Console],
        }
    }

    /// Whether what it delivers is seen only where this process runs, so that it matters which process delivers.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Console(_) => true,
        }
    }

    /// For whom texts are escaped.
    pub fn target(&self) -> Target {
        match self {
            Self::Console(_) => Target::Console,
        }
    }
}
