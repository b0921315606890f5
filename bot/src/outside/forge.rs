//! Forges: services with a tracker and Git repositories.

mod branch;
mod changes;
pub mod github;
pub mod gitlab;

pub use self::github::GitHub;
pub use self::gitlab::GitLab;
use super::call::CallError;
use super::publishing::{Publication, Published};
use super::tracker::{Changes, Cursor, Ticket, TicketRef, TicketState, woven};

/// One repository with its tracker.
#[derive(Debug, Clone)]
pub enum Forge {
    GitHub(GitHub),
    GitLab(GitLab),
}

/// How many times a branch that others change meanwhile is looked at anew.
const TRIES: usize = 3;
/// How many tickets a page of a list has, and what is read of it: GitHub's bodies have up to 65,536 characters.
const PER_PAGE: usize = 50;
const LIST_BYTES: usize = 16 * 1024 * 1024;
/// How many pages are searched for a ticket that may have been made, the newest first.
const FIND_PAGES: usize = 100;
/// What is kept of a body, in bytes; GitHub takes 65,536 characters.
const BODY_BYTES: usize = 60_000;
/// What both forges take for a title, in characters.
const TITLE: usize = 255;

/// Does the same with either.
macro_rules! either {
    ($forge:expr, $one:ident => $does:expr) => {
        match $forge {
            Forge::GitHub($one) => $does,
            Forge::GitLab($one) => $does,
        }
    };
}

impl Forge {
    /// Opens a ticket. With `again` it may have been opened before: it is looked for first, among the account's own, and is
    /// brought up to date where it is found.
    ///
    /// # Errors
    /// [`CallError`]; after one that is unknown, call `again`.
    pub async fn create(&self, ticket: &Ticket, again: bool) -> Result<TicketRef, CallError> {
        either!(self, forge => Box::pin(forge.create(ticket, again)).await)
    }

    /// Brings a ticket up to date. What people added stays: labels, and text around ours. Nothing is sent that is there.
    ///
    /// # Errors
    /// [`CallError`]; to do it once more is harmless.
    pub async fn update(&self, at: &TicketRef, ticket: &Ticket) -> Result<(), CallError> {
        either!(self, forge => Box::pin(forge.update(at, ticket)).await)
    }

    /// How a ticket stands.
    ///
    /// # Errors
    /// [`CallError`], which [is missing](CallError::is_missing) where it was deleted.
    pub async fn state(&self, at: &TicketRef) -> Result<TicketState, CallError> {
        either!(self, forge => Box::pin(forge.state(at)).await)
    }

    /// What changed of the account's own tickets since a cursor, in few calls. Where there is a lot it ends early, and the
    /// cursor says where to go on.
    ///
    /// # Errors
    /// [`CallError`]; the cursor stays good.
    pub async fn states_since(&self, cursor: &Cursor) -> Result<Changes, CallError> {
        either!(self, forge => Box::pin(forge.states_since(cursor)).await)
    }

    /// Puts files on a branch in one commit and asks to take them over. What is there already is found and brought up to
    /// date; nothing is made twice, whatever answer was lost.
    ///
    /// # Errors
    /// [`CallError`]; to do it once more is harmless.
    pub async fn publish(&self, publication: &Publication) -> Result<Published, CallError> {
        publication.check().map_err(CallError::not_asked)?;
        let mut tries = 1;
        loop {
            match either!(self, forge => Box::pin(forge.bring_about(publication)).await) {
                Err(error) if is_conflict(&error) && tries < TRIES => tries += 1,
                done => return done,
            }
        }
    }

    /// What keeps it from keeping tickets, in words for the operator; empty where all is well.
    ///
    /// # Errors
    /// [`CallError`] where it cannot be told for now.
    pub async fn examine_issues(&self) -> Result<Vec<String>, CallError> {
        either!(self, forge => Box::pin(forge.examine_issues()).await)
    }

    /// What keeps it from working with this base branch, in words for the operator; empty where all is well.
    ///
    /// # Errors
    /// [`CallError`] where it cannot be told for now.
    pub async fn examine(&self, base: &str) -> Result<Vec<String>, CallError> {
        either!(self, forge => Box::pin(forge.examine(base)).await)
    }
}

/// A title in one line, with no more than forges take.
fn title_of(text: &str) -> String {
    let line = text.split(|letter: char| letter.is_whitespace() || letter.is_control());
    let line = line.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(TITLE - 1) {
        Some((end, letter)) if end + letter.len_utf8() < line.len() => format!("{}…", line[..end].trim_end()),
        _ if line.is_empty() => "(no title)".to_owned(),
        _ => line,
    }
}

/// A body with no more than forges take; it is cut at a line's end where there is one.
fn body_of(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    if text.len() <= BODY_BYTES {
        return text;
    }
    let kept = &text[..text.floor_char_boundary(BODY_BYTES)];
    let kept = kept.rfind('\n').map_or(kept, |end| &kept[..end]);
    format!("{kept}\n\n…")
}

/// The title and the body that a ticket is to have, each where what is held is another.
fn reworded((title, body): (&str, Option<&str>), ticket: &Ticket, text: &str) -> (Option<String>, Option<String>) {
    let (wanted, held) = (title_of(&ticket.title), body.unwrap_or_default());
    let woven = woven(held, &ticket.key, text);
    (Some(wanted).filter(|wanted| title != wanted), Some(woven).filter(|woven| held.replace("\r\n", "\n") != *woven))
}

/// Whether a refused change of a branch or a request is worth another look: somebody was faster.
fn is_conflict(error: &CallError) -> bool {
    matches!(error.status(), Some(400 | 409 | 422))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_and_bodies_fit() {
        let long = "é".repeat(300);
        let table = [
            (" a\n\tb\u{0}c ", "a b c".to_owned()),
            ("", "(no title)".to_owned()),
            (&long[..510], "é".repeat(255)),
            (&long, format!("{}…", "é".repeat(254))),
        ];
        for (text, wanted) in table {
            assert_eq!(title_of(text), wanted);
        }
        assert_eq!(body_of("a\r\nb"), "a\nb");
        let body = body_of(&format!("first\n{}", "é".repeat(BODY_BYTES)));
        assert_eq!(body, "first\n\n…");
        assert!(body_of(&"é".repeat(BODY_BYTES)).len() < BODY_BYTES + 8);
    }
}
