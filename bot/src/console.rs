//! The interactive console: rooms, commands and pages in one terminal, without an account anywhere.

mod complete;
mod editor;
mod files;
mod line;
mod lines;
mod places;
mod screen;
mod session;
#[cfg(test)]
mod tests;
mod words;

use std::env;
use std::io::{self, BufRead, IsTerminal as _};
use std::path::PathBuf;

use firebell_core::ids::Key;

pub(crate) use self::files::keep;
pub use self::screen::ConsoleScreen;

use self::lines::{Heard, Lines};
use self::session::Session;
use crate::app::App;
use crate::intake::Fault;
use crate::store::StoreError;

/// How a console is run.
pub struct ConsoleOptions {
    /// The screen that the app was wired with.
    pub screen: ConsoleScreen,
    /// Who speaks until a line names somebody.
    pub speaker: Key,
    /// Where documents are written.
    pub folder: PathBuf,
    pub input: Input,
}

/// Where lines come from.
pub enum Input {
    /// A terminal, edited by hand; `history` is the file of earlier lines.
    Terminal { history: Option<PathBuf> },
    /// Lines of a file, pipe or test: no prompts, and what a line sets off is done before the next is read.
    Lines(Box<dyn BufRead + Send>),
}

/// Why a console ended before its time.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    #[error("read the next line: {0}")]
    Read(String),
    #[error("write to the terminal: {0}")]
    Write(#[from] io::Error),
    #[error("{0}")]
    Fault(#[from] Fault),
}

impl ConsoleOptions {
    /// The options that fit the process: its terminal or standard input, its user, its working directory.
    pub fn of_process(screen: ConsoleScreen) -> Self {
        let input = if io::stdin().is_terminal() && io::stdout().is_terminal() {
            Input::Terminal { history: files::history_path(env::var_os("XDG_STATE_HOME"), env::var_os("HOME")) }
        } else {
            Input::Lines(Box::new(io::BufReader::new(io::stdin())))
        };
        let user = env::var("USER").or_else(|_| env::var("LOGNAME")).unwrap_or_default();
        Self { screen, speaker: speaker(&user), folder: PathBuf::from("."), input }
    }
}

/// Talks with whoever is at the terminal until they leave, or the input ends and what it set off is done.
///
/// # Errors
/// The terminal is gone; for lines that nobody types, also the first fault.
pub async fn run(app: App, options: ConsoleOptions) -> Result<(), ConsoleError> {
    let ConsoleOptions { screen, speaker, folder, input } = options;
    let typed = matches!(input, Input::Terminal { .. });
    let mut session = Session::new(app, screen.clone(), (speaker, folder), typed)?;
    let mut lines = match input {
        Input::Terminal { history } => editor::start(screen, history)?,
        Input::Lines(from) => lines::start(from)?,
    };
    session.greet().await?;
    let outcome = converse(&mut session, &mut lines).await;
    // A last word after a broken terminal would fail for the same reason.
    match outcome {
        Ok(()) => session.leave().await,
        Err(error) => Err(error),
    }
}

async fn converse(session: &mut Session, lines: &mut Lines) -> Result<(), ConsoleError> {
    loop {
        let heard = lines.next(session.prompt().await?).await;
        let goes_on = match heard {
            Heard::Line(line) => session.line(&line).await?,
            Heard::Interrupted => session.interrupted()?,
            Heard::End => return Ok(()),
            Heard::Failed(why) => return Err(ConsoleError::Read(why)),
        };
        if !goes_on {
            return Ok(());
        }
    }
}

/// A user's name as a handle: what no handle may hold becomes `-`; `me` where nothing is left.
fn speaker(user: &str) -> Key {
    let folded: String =
        user.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    let or_me = Key::new(folded.trim_matches('-')).or_else(|_| Key::new("me"));
    or_me.unwrap_or_else(|_| unreachable!("a literal key"))
}

impl From<StoreError> for ConsoleError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}
