//! Lines as they come in. Reading blocks, so it has a thread of its own, which reads a line only when it is asked to.

use std::io::{self, BufRead};
use std::sync::mpsc as blocking;
use std::thread;

use tokio::sync::mpsc;

use super::complete::Known;

/// What is shown before a line, and what could be in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Prompt {
    pub plain: String,
    /// The same text with colours.
    pub styled: String,
    pub known: Known,
}

/// What came of waiting for a line.
#[derive(Debug)]
pub(super) enum Heard {
    Line(String),
    /// Ctrl-C.
    Interrupted,
    End,
    Failed(String),
}

/// Lines, one at a time.
pub(super) struct Lines {
    ask: blocking::Sender<Prompt>,
    heard: mpsc::Receiver<Heard>,
}

/// The reading thread's end.
pub(super) struct Asked {
    prompts: blocking::Receiver<Prompt>,
    heard: mpsc::Sender<Heard>,
}

impl Lines {
    /// Lines that `read` reads on its own thread, which ends when nobody asks any more.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn read_by(read: impl FnOnce(Asked) + Send + 'static) -> io::Result<Self> {
        let (ask, prompts) = blocking::channel();
        let (tell, heard) = mpsc::channel(1);
        thread::Builder::new().name("lines".to_owned()).spawn(move || read(Asked { prompts, heard: tell }))?;
        Ok(Self { ask, heard })
    }

    /// The next line.
    pub(super) async fn next(&mut self, prompt: Prompt) -> Heard {
        if self.ask.send(prompt).is_err() {
            return Heard::End;
        }
        self.heard.recv().await.unwrap_or(Heard::End)
    }
}

impl Asked {
    /// Answers each prompt with what `read` gives, until nobody asks any more.
    pub(super) fn answer(self, mut read: impl FnMut(Prompt) -> Heard) {
        while let Ok(prompt) = self.prompts.recv() {
            if self.heard.blocking_send(read(prompt)).is_err() {
                return;
            }
        }
    }
}

/// The lines of a file or pipe. Bytes that are no UTF-8 are replaced.
///
/// # Errors
/// The system gives no thread.
pub(super) fn start(mut from: Box<dyn BufRead + Send>) -> io::Result<Lines> {
    Lines::read_by(move |asked| {
        asked.answer(|_| {
            let mut line = Vec::new();
            match from.read_until(b'\n', &mut line) {
                Ok(0) => Heard::End,
                Ok(_) => Heard::Line(String::from_utf8_lossy(&line).into_owned()),
                Err(error) => Heard::Failed(error.to_string()),
            }
        });
    })
}
