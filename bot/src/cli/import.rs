//! `firebell import`: configuration on standard output, and on standard error what could not be carried over.

use std::path::Path;

use super::{Exit, Failure, ImportArgs, say};
use crate::clock::Clock;
use crate::import::import as from_export;

/// Turns one export into configuration.
pub(super) fn import(args: &ImportArgs) -> Result<Exit, Failure> {
    let text = read(&args.file)?;
    let imported = match from_export(args.vendor, &text, Clock::system().now()) {
        Ok(imported) => imported,
        Err(error) => {
            say::complain(format_args!("firebell: {}: {error}", args.file.display()));
            return Ok(Exit::Refused);
        }
    };
    match &args.output {
        None => say::say(imported.toml.trim_end())?,
        Some(path) => std::fs::write(path, &imported.toml).map_err(|error| {
            format!("cannot write {}: {error}; check the path and who may write there", path.display())
        })?,
    }
    say::complain(format_args!("{}", imported.report));
    Ok(Exit::Done)
}

fn read(file: &Path) -> Result<String, Failure> {
    let unreadable =
        |error| format!("cannot read {}: {error}; check the path and who may read it", file.display()).into();
    std::fs::read_to_string(file).map_err(unreadable)
}
