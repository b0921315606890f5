//! Where the file wants incidents to have rooms.

use firebell_core::ids::WorkspaceId;
use firebell_core::place::{self, Place};
use firebell_core::refusal::Refusal;
use toml::Spanned;
use uuid::Uuid;

use super::directory::Known;
use super::error::Wrong;
use super::workspace::{CONSOLE, Chat, MAIN};

/// The places that the file knows, by their platforms and names alone.
pub(super) struct Places(Vec<Place>);

impl Places {
    /// These workspaces, and the console. Without a section of a platform, its only workspace is the one that the variables
    /// name.
    pub(super) fn new(known: Known<'_>) -> Self {
        Self::of(known, |chat| known.of(chat).is_empty().then_some(MAIN))
    }

    /// These workspaces alone, and the console: once the variables were looked at, too.
    pub(super) fn configured(known: Known<'_>) -> Self {
        Self::of(known, |_| None)
    }

    fn of(known: Known<'_>, unnamed: impl Fn(Chat) -> Option<&'static str>) -> Self {
        let of = |chat: Chat| {
            let names = known.of(chat).iter().map(String::as_str);
            names.chain(unnamed(chat)).map(move |name| (chat.word(), name))
        };
        let all = of(Chat::Slack).chain(of(Chat::Discord)).chain([(CONSOLE, CONSOLE)]);
        let place = |(platform, name): (&'static str, &str), number: u128| Place {
            platform,
            name: name.to_owned(),
            ..Place::plain(WorkspaceId(Uuid::from_u128(number)))
        };
        Self(all.zip(1_u128..).map(|(named, number)| place(named, number)).collect())
    }

    /// Why a word names none of them, if it does not.
    pub(super) fn lacks(&self, word: &str) -> Option<Refusal> {
        place::named(&self.0, word).err()
    }

    /// The words, each of which names one place; `who` names whoever wants rooms there.
    pub(super) fn check(&self, who: &str, words: Vec<Spanned<String>>) -> Result<Vec<String>, Wrong> {
        let check = |word: Spanned<String>| {
            let found = place::named(&self.0, word.get_ref());
            found.map_err(|refusal| Wrong::new(&word.span(), format!("\"rooms\" of {who}: {refusal}")))?;
            Ok(word.into_inner())
        };
        words.into_iter().map(check).collect()
    }
}
