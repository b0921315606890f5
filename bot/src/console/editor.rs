//! The line editor: prompt, history, completion and hints.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::{Hint, Hinter};
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, Helper};

use super::complete::{self, Known};
use super::files;
use super::lines::{Heard, Lines, Prompt};
use super::screen::ConsoleScreen;
use crate::platform::console::screen::Look;

/// How many lines of history are kept.
const HISTORY_MAX: usize = 1_000;

type Edited = Editor<Assistant, FileHistory>;

/// Knows what could be typed next.
struct Assistant {
    look: Look,
    known: Known,
}

/// Begins to read lines from the terminal.
///
/// # Errors
/// The system gives no thread.
pub(super) fn start(screen: ConsoleScreen, history: Option<PathBuf>) -> io::Result<Lines> {
    Lines::read_by(move |asked| {
        let mut editor = match made(screen.look(), history.as_deref()) {
            Ok(editor) => editor,
            Err(error) => return asked.answer(|_| Heard::Failed(error.to_string())),
        };
        // A terminal without cursor movement has no printer; what happens is written straight out there.
        if let Ok(printer) = editor.create_external_printer() {
            screen.attach(Some(Box::new(printer)));
        }
        asked.answer(|prompt| read(&mut editor, prompt, history.as_deref()));
        // Gone first, so that a print that waits for it fails over to standard output.
        drop(editor);
        screen.attach(None);
    })
}

fn made(look: Look, history: Option<&Path>) -> rustyline::Result<Edited> {
    let config = Config::builder()
        .max_history_size(HISTORY_MAX)?
        .history_ignore_space(true)
        .completion_type(CompletionType::List)
        .build();
    let mut editor = Edited::with_config(config)?;
    editor.set_helper(Some(Assistant { look, known: Known::default() }));
    if let Some(path) = history
        && let Err(error) =
            files::make_history(path).map_err(ReadlineError::from).and_then(|()| editor.load_history(path))
    {
        tracing::debug!(%error, path = %path.display(), "earlier lines not loaded");
    }
    Ok(editor)
}

fn read(editor: &mut Edited, prompt: Prompt, history: Option<&Path>) -> Heard {
    let Prompt { plain, styled, known } = prompt;
    if let Some(assistant) = editor.helper_mut() {
        assistant.known = known;
    }
    match editor.readline(&(plain, styled)) {
        Ok(line) => {
            remember(editor, &line, history);
            Heard::Line(line)
        }
        Err(ReadlineError::Interrupted) => Heard::Interrupted,
        Err(ReadlineError::Eof) => Heard::End,
        Err(error) => Heard::Failed(error.to_string()),
    }
}

/// Keeping a line is a convenience: where it fails, talking goes on.
fn remember(editor: &mut Edited, line: &str, history: Option<&Path>) {
    let kept = match (editor.add_history_entry(line), history) {
        (Ok(true), Some(path)) => editor.append_history(path),
        (added, _) => added.map(drop),
    };
    if let Err(error) = kept {
        tracing::debug!(%error, "line not kept in the history");
    }
}

impl Helper for Assistant {}

impl Validator for Assistant {}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let (start, candidates) = self.known.complete(line.get(..at).unwrap_or(line));
        let pair = |display: String| Pair { replacement: format!("{display} "), display };
        Ok((start, candidates.into_iter().map(pair).collect()))
    }
}

impl Hinter for Assistant {
    type Hint = complete::Hint;

    fn hint(&self, line: &str, at: usize, _: &Context<'_>) -> Option<complete::Hint> {
        if at == line.len() { complete::hint(line) } else { None }
    }
}

impl Hint for complete::Hint {
    fn display(&self) -> &str {
        &self.shown
    }

    fn completion(&self) -> Option<&str> {
        self.taken.as_deref()
    }
}

impl Highlighter for Assistant {
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        match self.look {
            Look::Plain => Cow::Borrowed(hint),
            Look::Coloured => Cow::Owned(self.look.paint("2", hint)),
        }
    }
}
