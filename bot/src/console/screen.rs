//! The console's screen: replies go straight out, what Firebell says by itself goes above the line being typed.

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use firebell_core::effect::{Delivery, Reference};
use futures_util::future::BoxFuture;
use rustyline::ExternalPrinter;

use crate::platform::console::Screen;
use crate::platform::console::screen::Look;
use crate::platform::{Envelope, Outgoing};

/// Rings when somebody is paged.
const BELL: &str = "\x07";

/// Shows what happens, wherever the console is at that moment. Clones share the screen.
#[derive(Clone)]
pub struct ConsoleScreen {
    look: Look,
    shared: Arc<Shared>,
}

type Out = Box<dyn FnMut(&str) -> io::Result<()> + Send>;

struct Shared {
    out: Mutex<Out>,
    /// Prints above the line being typed, while there is one.
    printer: Mutex<Option<Box<dyn ExternalPrinter + Send>>>,
    /// Held until a request is answered, so that its reply is read before what comes of it.
    answering: tokio::sync::Mutex<()>,
    /// The card of each room as it was last shown.
    cards: Mutex<HashMap<String, String>>,
}

impl ConsoleScreen {
    /// A screen on standard output.
    pub fn new(look: Look) -> Self {
        Self::over(look, |text| {
            let mut out = io::stdout().lock();
            out.write_all(text.as_bytes())?;
            out.flush()
        })
    }

    /// A screen over a function that writes whole lines, their ends included.
    pub fn over(look: Look, out: impl FnMut(&str) -> io::Result<()> + Send + 'static) -> Self {
        let shared = Shared {
            out: Mutex::new(Box::new(out)),
            printer: Mutex::default(),
            answering: tokio::sync::Mutex::default(),
            cards: Mutex::default(),
        };
        Self { look, shared: Arc::new(shared) }
    }

    /// How it looks.
    pub fn look(&self) -> Look {
        self.look
    }

    /// Writes a reply. Only for the time in which no line is being typed.
    ///
    /// # Errors
    /// The terminal is gone.
    pub(super) fn reply(&self, text: &str) -> io::Result<()> {
        let mut out = self.shared.out.lock().unwrap_or_else(PoisonError::into_inner);
        out(&whole(text))
    }

    /// Holds back what Firebell says by itself until the guard is dropped.
    pub(super) async fn answering(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.shared.answering.lock().await
    }

    /// From now on a line is being typed, and `printer` knows how to print above it; `None` when that is over.
    pub(super) fn attach(&self, printer: Option<Box<dyn ExternalPrinter + Send>>) {
        *self.shared.printer.lock().unwrap_or_else(PoisonError::into_inner) = printer;
    }

    /// Prints above the line being typed; may wait until the editor has taken an earlier text.
    fn print(&self, text: &str) -> io::Result<()> {
        let mut printer = self.shared.printer.lock().unwrap_or_else(PoisonError::into_inner);
        let above = printer.as_mut().is_some_and(|printer| printer.print(whole(text)).is_ok());
        drop(printer);
        if above { Ok(()) } else { self.reply(text) }
    }

    /// The text for an envelope. A card that was shown before is shown by what is new on it.
    fn text(&self, envelope: &Envelope) -> String {
        let bell = match (self.look, &envelope.what) {
            (Look::Coloured, Outgoing::Notice { .. } | Outgoing::Alarm { .. }) => BELL,
            _ => "",
        };
        let Outgoing::Card { room, text, .. } = &envelope.what else {
            return format!("{bell}{}", self.look.lines(envelope));
        };
        let mut cards = self.shared.cards.lock().unwrap_or_else(PoisonError::into_inner);
        match cards.insert(room.clone(), text.clone()) {
            Some(before) => self.look.card_news(room, &before, text),
            None => self.look.lines(envelope),
        }
    }
}

impl Screen for ConsoleScreen {
    fn show<'s>(&'s self, envelope: &'s Envelope) -> BoxFuture<'s, Delivery> {
        Box::pin(async move {
            // Not held while printing: a print may wait for the editor, which waits for the reply.
            drop(self.answering().await);
            let (this, text) = (self.clone(), self.text(envelope));
            match tokio::task::spawn_blocking(move || this.print(&text)).await {
                Ok(Ok(())) => Delivery::Delivered(Reference { external_id: envelope.key.clone(), name: String::new() }),
                // A terminal that is gone will not come back in this process.
                Ok(Err(error)) => Delivery::Impossible(format!("the terminal cannot be written to: {error}")),
                Err(_) => Delivery::Unknown,
            }
        })
    }
}

fn whole(text: &str) -> String {
    if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}
