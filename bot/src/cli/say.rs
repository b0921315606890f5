//! What a command says. `println!` and `eprintln!` panic where nobody takes the words: at a closed pipe, on a full disk.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _};

use super::Failure;

/// A text and a line's end on standard output. Whoever reads no further, as `head` does, has what they wanted.
///
/// # Errors
/// The words are lost for another reason.
pub(super) fn say(text: impl Display) -> Result<(), Failure> {
    match show(text) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(format!("write to standard output: {error}").into()),
        _ => Ok(()),
    }
}

/// The same for those who cannot go on without being heard.
///
/// # Errors
/// The words are lost.
pub(super) fn show(text: impl Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// A text and a line's end on standard error. Where that is lost, the exit code still tells how it ended.
pub(super) fn complain(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
