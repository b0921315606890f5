//! What a form carries with it and gives back when it is sent: Slack keeps it, and shows it to nobody.

use firebell_core::form::Form;
use firebell_core::ids::IncidentId;
use serde::{Deserialize, Serialize};

use crate::platform::incoming::{Cited, Said};
use crate::platform::slack::inbound::instant;

/// The longest `private_metadata`, in characters; counted in bytes here, which are never fewer.
///
/// Source: <https://docs.slack.dev/reference/views/modal-views>.
const LONGEST: usize = 3000;

/// What a form is about. Read tolerantly: forms stay open while another version of Firebell takes over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// The room that the form was opened from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cites: Option<Quote>,
}

/// A cited message. Its text is the plain one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Quote {
    room: String,
    id: String,
    author: String,
    text: String,
    /// The text was longer than a form can carry.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permalink: Option<String>,
}

impl Place {
    /// What goes with this form.
    pub fn new(form: &Form, room: Option<&str>, cites: Option<&Cited>) -> Self {
        let quote = |cited: &Cited| Quote {
            room: cited.room.clone(),
            id: cited.message.id.clone(),
            author: cited.message.author.clone(),
            text: cited.message.text.clone(),
            cut: false,
            parent: cited.message.parent.clone(),
            permalink: cited.permalink.clone(),
        };
        Self { incident: form.incident, room: room.map(str::to_owned), cites: cites.map(quote) }
    }

    /// The metadata, within what Slack takes; a cited text that does not fit is cut.
    pub fn write(mut self) -> String {
        loop {
            // These are texts and a number, which JSON always has a form for.
            let written = serde_json::to_string(&self).unwrap_or_default();
            let over = written.len().saturating_sub(LONGEST);
            match &mut self.cites {
                Some(quote) if over > 0 && !quote.text.is_empty() => quote.cut(over),
                _ => return written,
            }
        }
    }

    /// What came back. Anything else is read as nothing.
    pub fn read(metadata: &str) -> Self {
        serde_json::from_str(metadata).unwrap_or_default()
    }

    /// The cited message, and whether its text is only a beginning.
    pub fn cites(self) -> Option<(Cited, bool)> {
        let Quote { room, id, author, mut text, cut, parent, permalink } = self.cites?;
        if cut {
            text.push_str(" [...]");
        }
        let sent_at = instant(&id)?;
        let message = Said { id, author, sent_at, text, parent, files: Vec::new() };
        Some((Cited { room, message, permalink }, cut))
    }
}

impl Quote {
    fn cut(&mut self, over: usize) {
        self.cut = true;
        // A byte of the text is up to six where it is written escaped, and the mark itself takes room.
        let keep = self.text.len().saturating_sub((over / 6).max(16));
        let end = (0..=keep).rev().find(|end| self.text.is_char_boundary(*end)).unwrap_or(0);
        self.text.truncate(end);
    }
}
