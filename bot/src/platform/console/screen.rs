//! How the console looks: one envelope as lines of a terminal.

use std::sync::Arc;

use firebell_core::effect::{Delivery, Reference};
use futures_util::future::BoxFuture;

use super::Screen;
use crate::platform::{Envelope, Outgoing};

/// Writes lines to wherever `write` puts them.
pub struct LineScreen {
    look: Look,
    write: Write,
}

/// Puts one text and a line's end somewhere.
type Write = Arc<dyn Fn(&str) -> std::io::Result<()> + Send + Sync>;

/// Whether the terminal takes colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Plain,
    Coloured,
}

impl LineScreen {
    /// A screen over a function that writes a text and a line's end.
    pub fn new(look: Look, write: impl Fn(&str) -> std::io::Result<()> + Send + Sync + 'static) -> Self {
        Self { look, write: Arc::new(write) }
    }
}

impl Screen for LineScreen {
    fn show<'s>(&'s self, envelope: &'s Envelope) -> BoxFuture<'s, Delivery> {
        let delivery = match (self.write)(&self.look.lines(envelope)) {
            Ok(()) => Delivery::Delivered(Reference { external_id: envelope.key.clone(), name: String::new() }),
            // A terminal that is gone will not come back in this process.
            Err(error) => Delivery::Impossible(format!("the terminal cannot be written to: {error}")),
        };
        Box::pin(std::future::ready(delivery))
    }
}

impl Look {
    /// The lines that show one envelope, without the last line's end.
    pub fn lines(self, envelope: &Envelope) -> String {
        let again = if envelope.again { " (possibly shown before)" } else { "" };
        match &envelope.what {
            Outgoing::OpenRoom { name, private } => {
                let kind = if *private { "private room" } else { "room" };
                self.block("36", &format!("#{name}"), &format!("{kind} opened{again}"))
            }
            Outgoing::CloseRoom { room } => self.block("36", &format!("#{room}"), &format!("room closed{again}")),
            Outgoing::Invite { room, account } => {
                self.block("2", &format!("#{room}"), &format!("@{account} joined{again}"))
            }
            Outgoing::Post { room, text } => self.block("36", &format!("#{room}"), &format!("{text}{again}")),
            Outgoing::Card { room, text, .. } => self.block("2;36", &format!("#{room} card"), text),
            Outgoing::Notice { account, text } => {
                self.block("1;31", &format!("PAGE @{account}"), &format!("{text}{again}"))
            }
            Outgoing::Withdraw { account, text } => self.block("32", &format!("@{account}"), &format!("{text}{again}")),
            Outgoing::Alarm { account, text } => {
                self.block("1;31", &format!("ALARM @{account}"), &format!("{text}{again}"))
            }
        }
    }

    /// A label before every line of a text.
    pub fn block(self, colour: &str, label: &str, text: &str) -> String {
        let label = self.paint(colour, label);
        text.lines().map(|line| format!("{label} │ {line}")).collect::<Vec<_>>().join("\n")
    }

    /// A text in a colour (the numbers of an ANSI escape), where the terminal takes them.
    pub fn paint(self, colour: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Coloured => format!("\x1b[{colour}m{text}\x1b[0m"),
        }
    }
}
