//! How the console looks: one envelope as lines of a terminal.

use std::io::{self, IsTerminal as _};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use chrono::TimeDelta;
use firebell_core::effect::{Delivery, Reference};
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use super::Screen;
use crate::platform::{Envelope, Outgoing, RoomFile};

/// How long lines rest that could not be written for now.
const AGAIN: TimeDelta = TimeDelta::seconds(10);
/// The widest label below which further lines are set.
const WIDEST_GUTTER: usize = 24;

/// Writes lines to wherever `write` puts them. That may stand still for as long as nobody reads it, so it has a thread of
/// its own, and nothing else stands still with it.
pub struct LineScreen {
    look: Look,
    texts: Sender<Text>,
}

struct Text {
    lines: String,
    written: oneshot::Sender<io::Result<()>>,
}

/// Whether what keeps the lines from being written may be over soon, as on a full disk.
fn passes(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(
        error.kind(),
        Kind::StorageFull | Kind::QuotaExceeded | Kind::WouldBlock | Kind::Interrupted | Kind::TimedOut
    )
}

/// Whether the terminal takes colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Plain,
    Coloured,
}

impl LineScreen {
    /// A screen over a function that writes a text and a line's end.
    pub fn new(look: Look, write: impl FnMut(&str) -> io::Result<()> + Send + 'static) -> Self {
        let (texts, queue) = channel();
        let writer = thread::Builder::new().name("screen".to_owned()).spawn(move || write_all(&queue, write));
        if let Err(error) = writer {
            // Its end of the queue is gone with it, which each thing that is shown finds out.
            tracing::error!(%error, "no thread for the screen");
        }
        Self { look, texts }
    }
}

/// Writes what is shown, until nobody shows anything any more.
fn write_all(queue: &Receiver<Text>, mut write: impl FnMut(&str) -> io::Result<()>) {
    for Text { lines, written } in queue {
        // Whoever has given up waiting shows it again.
        if !written.is_closed() {
            let _ = written.send(write(&lines));
        }
    }
}

impl Screen for LineScreen {
    fn show<'s>(&'s self, envelope: &'s Envelope) -> BoxFuture<'s, Delivery> {
        let (written, outcome) = oneshot::channel();
        let queued = self.texts.send(Text { lines: self.look.lines(envelope), written });
        Box::pin(async move {
            let gone = |why: &dyn std::fmt::Display| {
                // A terminal that is gone will not come back in this process.
                Delivery::Impossible(format!("the terminal cannot be written to: {why}"))
            };
            match (queued, outcome.await) {
                (Ok(()), Ok(Ok(()))) => {
                    Delivery::Delivered(Reference { external_id: envelope.key.clone(), name: String::new() })
                }
                (Ok(()), Ok(Err(error))) if passes(&error) => Delivery::RetryAfter(AGAIN),
                (Ok(()), Ok(Err(error))) => gone(&error),
                (Ok(()), Err(_)) => Delivery::Unknown,
                (Err(error), _) => gone(&error),
            }
        })
    }
}

impl Look {
    /// The look for standard output: coloured where that is a terminal and `NO_COLOR` is unset or empty.
    pub fn of_stdout() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if std::io::stdout().is_terminal() && !refused { Self::Coloured } else { Self::Plain }
    }

    /// The lines that show one envelope, without the last line's end.
    pub fn lines(self, envelope: &Envelope) -> String {
        let again = if envelope.again { " (possibly shown before)" } else { "" };
        match &envelope.what {
            Outgoing::OpenRoom { name, private, .. } => {
                let kind = if *private { "private room" } else { "room" };
                self.block("36", &format!("#{name}"), &format!("{kind} opened{again}"))
            }
            Outgoing::CloseRoom { room } => self.block("36", &format!("#{room}"), &format!("room closed{again}")),
            Outgoing::Invite { room, account } => {
                self.block("36", &format!("#{room}"), &self.paint("2", &format!("@{account} joined{again}")))
            }
            Outgoing::Post { room, text, .. } | Outgoing::Mirror { room, text, .. } => {
                self.block("36", &format!("#{room}"), &format!("{text}{again}"))
            }
            // What stands on a terminal stays there.
            Outgoing::Unmirror { room, message, .. } => {
                self.block("36", &format!("#{room}"), &self.paint("2", &format!("{message} was taken away{again}")))
            }
            Outgoing::Card { room, text, .. } => self.card(room, text),
            // Where the document can be had whole, in whichever form.
            Outgoing::Document { room, file: RoomFile { name, title, .. }, .. } => {
                let told = format!("{title}: {name} as it stands now; /incident export shows it{again}");
                self.block("36", &format!("#{room}"), &told)
            }
            Outgoing::Notice { account, text, .. } => {
                self.block("1;31", &format!("PAGE @{account}"), &format!("{text}{again}"))
            }
            Outgoing::Withdraw { account, text, .. } | Outgoing::Tell { account, text } => {
                self.block("32", &format!("@{account}"), &format!("{text}{again}"))
            }
            Outgoing::Describe { room, topic, .. } => self.block("36", &format!("#{room}"), topic),
            Outgoing::Announce { channel, text, .. } => self.block("36", &format!("#{channel}"), text),
            // A terminal has nothing like it, and is never asked.
            Outgoing::Bookmarks { .. } | Outgoing::InviteGroup { .. } => String::new(),
            Outgoing::Alarm { account, text } => {
                self.block("1;31", &format!("ALARM @{account}"), &format!("{text}{again}"))
            }
        }
    }

    /// A card that was shown before: how it stands, and the lines that are new on it.
    pub fn card_news(self, room: &str, before: &str, now: &str) -> String {
        let is_new = |line: &&str| !before.lines().any(|old| old == *line);
        let news: Vec<&str> = now.lines().take(1).chain(now.lines().skip(1).filter(is_new)).collect();
        self.card(room, &news.join("\n"))
    }

    fn card(self, room: &str, text: &str) -> String {
        let label = self.paint("36", &format!("#{room}"));
        let mut out = vec![format!("{label} {}", self.paint("2", "card"))];
        for (at, line) in text.lines().enumerate() {
            let line = if at == 0 { self.paint("1", line) } else { line.to_owned() };
            out.push(format!("  {} {line}", self.paint("36", "┃")));
        }
        out.join("\n")
    }

    /// A text with a label before its first line; the others are set below it.
    pub fn block(self, colour: &str, label: &str, text: &str) -> String {
        let width = label.chars().count().min(WIDEST_GUTTER);
        let gutter = " ".repeat(width);
        let bar = self.paint("2", "│");
        let first = self.paint(colour, label);
        let label_of = |at: usize| if at == 0 { first.as_str() } else { gutter.as_str() };
        // An empty text still shows whose it is.
        let lines = text.lines().chain(text.is_empty().then_some(""));
        lines.enumerate().map(|(at, line)| format!("{} {bar} {line}", label_of(at))).collect::<Vec<_>>().join("\n")
    }

    /// A text in a colour (the numbers of an ANSI escape), where the terminal takes them.
    pub fn paint(self, colour: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Coloured => format!("\x1b[{colour}m{text}\x1b[0m"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Account;

    fn bo() -> Account {
        Account::Id("bo".to_owned())
    }

    fn shown(look: Look, what: Outgoing) -> String {
        look.lines(&Envelope { key: "k".to_owned(), again: false, what })
    }

    #[tokio::test]
    async fn a_full_disk_is_tried_again_and_a_terminal_that_is_gone_is_not() {
        let what = || Outgoing::Notice { account: bo(), room: None, text: "INC-1".to_owned(), controls: Vec::new() };
        let envelope = Envelope { key: "k".to_owned(), again: false, what: what() };
        for (kind, comes_back) in [(io::ErrorKind::StorageFull, true), (io::ErrorKind::BrokenPipe, false)] {
            let mut failed = false;
            let screen = LineScreen::new(Look::Plain, move |_| {
                let first = !std::mem::replace(&mut failed, true);
                if first { Err(kind.into()) } else { Ok(()) }
            });
            match screen.show(&envelope).await {
                Delivery::RetryAfter(_) => assert!(comes_back, "{kind}"),
                Delivery::Impossible(why) => assert!(!comes_back && why.contains("cannot be written to"), "{why}"),
                other => panic!("{other:?}"),
            }
            assert!(matches!(screen.show(&envelope).await, Delivery::Delivered(_)), "{kind}");
        }
    }

    #[test]
    fn further_lines_stand_below_the_first() {
        let text = "[DRILL] INC-1 SEV1\nAnswer with /incident INC-1 ack".to_owned();
        let page = shown(Look::Plain, Outgoing::Notice { account: bo(), room: None, text, controls: Vec::new() });
        assert_eq!(page, "PAGE @bo │ [DRILL] INC-1 SEV1\n         │ Answer with /incident INC-1 ack");
    }

    #[test]
    fn a_card_is_one_block_and_its_news_are_fewer_lines() {
        let (room, old) = ("inc-1", "INC-1  SEV1  declared\nit is down\nlead –");
        let card = Outgoing::Card { room: room.to_owned(), text: old.to_owned(), controls: Vec::new(), replaces: None };
        assert_eq!(shown(Look::Plain, card), "#inc-1 card\n  ┃ INC-1  SEV1  declared\n  ┃ it is down\n  ┃ lead –");
        let news = Look::Plain.card_news(room, old, "INC-1  SEV1  declared\nit is down\nlead @ana");
        assert_eq!(news, "#inc-1 card\n  ┃ INC-1  SEV1  declared\n  ┃ lead @ana");
    }

    #[test]
    fn colours_surround_the_label_alone() {
        let post = Outgoing::Post { room: "inc-1".to_owned(), text: "it is down".to_owned(), controls: Vec::new() };
        assert_eq!(shown(Look::Coloured, post), "\x1b[36m#inc-1\x1b[0m \x1b[2m│\x1b[0m it is down");
    }
}
