//! Tickets: what a tracker of another service keeps of one action, in words that all trackers share.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// What a ticket is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Our own stable key of it, such as `firebell:<installation>:INC-42/A3`. Where a ticket may exist already it is found
    /// by this. Letters, digits and `:/._-` alone, at most 200.
    pub key: String,
    pub title: String,
    /// Markdown. What people write is inert in it already.
    pub body: String,
    pub labels: Vec<String>,
    /// The person's account in the tracker. One whom the tracker does not know is left out.
    pub assignee: Option<String>,
    pub due: Option<NaiveDate>,
    pub done: bool,
}

/// Where a ticket is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TicketRef {
    /// The tracker's own id, which outlives a move.
    pub id: String,
    /// What people and the tracker's API call it, such as `17` or `OPS-17`.
    pub number: String,
    /// Its page for people.
    pub url: String,
}

/// How a ticket stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketState {
    pub done: bool,
    pub closed_at: Option<DateTime<Utc>>,
    /// The account in the tracker; the first where there are several.
    pub assignee: Option<String>,
    pub title: String,
}

/// Up to where changes were read. What changed at that very instant is told once more, so that nothing is missed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub since: DateTime<Utc>,
    /// The tracker's mark of the last answer, by which it says in short that nothing has changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
}

/// What has changed since a cursor, the oldest change first. It may tell tickets that did not change, and others' tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    pub states: Vec<(TicketRef, TicketState)>,
    /// Where to go on.
    pub cursor: Cursor,
}

/// What stands behind our part of a body.
const END: &str = "<!-- /firebell -->";

impl Ticket {
    /// Whether the key can stand in a mark.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), String> {
        check_key(&self.key)
    }
}

/// As [`Ticket::check`], for whatever has such a key.
pub(crate) fn check_key(key: &str) -> Result<(), String> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || ":/._-".contains(letter);
    // HTML ends a comment at `--`.
    if key.is_empty() || key.len() > 200 || !key.chars().all(fits) || key.contains("--") {
        return Err(format!("the key {key:?} is none; use letters, digits and :/._- alone"));
    }
    Ok(())
}

/// The mark by which a ticket's body shows whose it is; nobody sees it where the body is Markdown.
pub fn mark(key: &str) -> String {
    format!("<!-- firebell key: {key} -->")
}

/// Whether a body has the mark of a key in a line of its own.
pub fn is_marked(body: &str, key: &str) -> bool {
    let mark = mark(key);
    body.lines().any(|line| line.trim() == mark)
}

/// A body between the marks of its key.
pub fn marked(key: &str, body: &str) -> String {
    format!("{}\n{}\n{END}", mark(key), body.trim_end())
}

/// A body with `text` for our part of it. What people wrote around our part stays; a body without our part is replaced.
pub fn woven(held: &str, key: &str, text: &str) -> String {
    let ours = marked(key, text);
    let held = held.replace("\r\n", "\n");
    let Some((before, rest)) = held.split_once(&mark(key)) else { return ours };
    let after = rest.split_once(END).map_or("", |(_, after)| after);
    format!("{before}{ours}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "firebell:f1:INC-42/A3";

    fn ticket(key: &str) -> Ticket {
        let (title, body) = ("Watch the queue".to_owned(), String::new());
        Ticket { key: key.to_owned(), title, body, labels: Vec::new(), assignee: None, due: None, done: false }
    }

    #[test]
    fn a_key_that_could_end_its_mark_is_refused() {
        let table = [(KEY, true), ("", false), ("a -->", false), ("a--b", false), ("a\nb", false), ("ü", false)];
        for (key, fits) in table {
            assert_eq!(ticket(key).check().is_ok(), fits, "{key:?}");
        }
        assert!(ticket(&"a".repeat(201)).check().is_err());
    }

    #[test]
    fn a_body_is_known_by_the_whole_key_in_a_line_of_its_own() {
        let body = marked(KEY, "Because.\n");
        assert_eq!(body, "<!-- firebell key: firebell:f1:INC-42/A3 -->\nBecause.\n<!-- /firebell -->");
        assert!(is_marked(&body, KEY) && is_marked(&body.replace('\n', "\r\n"), KEY));
        assert!(!is_marked(&body, "firebell:f1:INC-42/A") && !is_marked(&body, "firebell:f1:INC-42/A33"));
        assert!(!is_marked(&format!("see `{}`", mark(KEY)), KEY));
    }

    #[test]
    fn what_people_wrote_around_our_part_stays() {
        let ours = marked(KEY, "old");
        let table = [
            (ours.clone(), marked(KEY, "new")),
            (format!("above\n{ours}\nbelow\n"), format!("above\n{}\nbelow\n", marked(KEY, "new"))),
            (format!("above\r\n{ours}\r\nbelow"), format!("above\n{}\nbelow", marked(KEY, "new"))),
            ("all of it was rewritten".to_owned(), marked(KEY, "new")),
            (format!("above\n{}\nno end", mark(KEY)), format!("above\n{}", marked(KEY, "new"))),
            (String::new(), marked(KEY, "new")),
        ];
        for (held, wanted) in table {
            let once = woven(&held, KEY, "new");
            assert_eq!(once, wanted, "{held:?}");
            assert_eq!(woven(&once, KEY, "new"), once);
        }
    }
}
