//! The log: lines on stderr, as text for people or as JSON for machines.

use std::io::{self, IsTerminal as _};

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::fmt::MakeWriter;

/// The environment variable that overrides the configured level.
pub const LOG_VARIABLE: &str = "FIREBELL_LOG";

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people; in colour when stderr is a terminal.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// The log cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    /// The level cannot be read.
    #[error(
        "read the log level {level:?}: {source}; write a level such as `info`, or `info,firebell=debug`, in the configuration or in {LOG_VARIABLE}"
    )]
    Level {
        /// What was written.
        level: String,
        /// What is wrong with it.
        source: ParseError,
    },
    /// The log has been set up before.
    #[error("set up the log: it is set up already; this is a fault in Firebell, report it")]
    Twice,
}

/// Who else hears what became of a request, beside the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// Nobody who reads the log: the answer goes to a chat.
    Elsewhere,
    /// Whoever is at this terminal, and a line of the log as text beside the answer would say it twice.
    Here,
}

/// Sends the log to stderr. `level` is a level or a list of `target=level`; [`LOG_VARIABLE`], where it is set and not
/// empty, is used in its place.
///
/// # Errors
/// [`LoggingError`] when the level cannot be read or the log was set up before.
pub fn init(format: LogFormat, level: &str, answered: Answered) -> Result<(), LoggingError> {
    let variable = std::env::var(LOG_VARIABLE).ok().filter(|value| !value.trim().is_empty());
    // The driver reports every statement and notice of its own; whoever needs them says so in the variable.
    let mut quiet = format!("{level},sqlx=warn");
    if (format, answered) == (LogFormat::Text, Answered::Here) {
        quiet.push_str(",firebell::intake::told=off");
    }
    let filter = filter(variable.as_deref().unwrap_or(&quiet))?;
    let outcome = match format {
        LogFormat::Text => tracing::subscriber::set_global_default(text(filter, io::stderr, coloured())),
        LogFormat::Json => tracing::subscriber::set_global_default(json(filter, io::stderr)),
    };
    outcome.map_err(|_| LoggingError::Twice)
}

/// Whether stderr takes colours: a terminal does, unless `NO_COLOR` is set.
fn coloured() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

fn filter(level: &str) -> Result<EnvFilter, LoggingError> {
    EnvFilter::builder().parse(level.trim()).map_err(|source| LoggingError::Level { level: level.to_owned(), source })
}

fn text<W>(filter: EnvFilter, writer: W, colour: bool) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colour).with_writer(writer);
    // A line that cannot be written is lost: the complaint about it would go where the line could not, and panic there.
    lines.log_internal_errors(false).finish()
}

fn json<W>(filter: EnvFilter, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    // As in `text`.
    let lines = tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).with_writer(writer);
    lines.log_internal_errors(false).finish()
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Page {
        fn read(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    fn say() {
        tracing::info!(incident = "INC-42", "said \"hello\"\nin two lines");
        tracing::debug!("not asked for");
    }

    #[test]
    fn json_lines_parse() {
        let page = Page::default();
        let writer = page.clone();
        tracing::subscriber::with_default(json(filter("info").unwrap(), move || writer.clone()), say);
        let lines: Vec<serde_json::Value> =
            page.read().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 1, "the debug line is filtered: {lines:?}");
        assert_eq!(lines[0]["message"], "said \"hello\"\nin two lines");
        assert_eq!(lines[0]["incident"], "INC-42");
        assert_eq!(lines[0]["level"], "INFO");
    }

    #[test]
    fn text_follows_the_filter_and_has_no_colour_codes_in_a_file() {
        let page = Page::default();
        let writer = page.clone();
        let subscriber = text(filter("warn,firebell=debug").unwrap(), move || writer.clone(), false);
        tracing::subscriber::with_default(subscriber, say);
        assert!(page.read().contains("not asked for") && page.read().contains("INC-42"));
        assert!(!page.read().contains('\u{1b}'));
    }

    #[test]
    fn a_terminal_sees_colours() {
        let page = Page::default();
        let writer = page.clone();
        let subscriber = text(filter("info").unwrap(), move || writer.clone(), true);
        tracing::subscriber::with_default(subscriber, say);
        assert!(page.read().contains("\u{1b}[") && page.read().contains("INC-42"), "{}", page.read());
    }

    #[test]
    fn a_level_that_cannot_be_read_is_named() {
        let error = filter("firebell=loud").unwrap_err().to_string();
        assert!(error.contains("\"firebell=loud\"") && error.contains("FIREBELL_LOG"), "{error}");
    }
}
