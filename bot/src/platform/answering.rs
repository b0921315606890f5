//! What every platform's answers share: whoever asked is still looking, so that nothing of it is queued.

use std::time::Duration;

use firebell_core::command::verbs::Verb;
use firebell_core::form::{Form, FormKind};
use futures_util::future::BoxFuture;

use super::inlet::CallError;

/// How often a call is made for an answer. It is no effect: whoever asked is still looking.
const ATTEMPTS: u32 = 3;
/// The longest wait between two of them.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Makes a call, and again where it fails.
///
/// # Errors
/// The last failure, or the first that is final.
pub async fn insist<'c, T>(call: impl Fn() -> BoxFuture<'c, Result<T, CallError>>) -> Result<T, CallError> {
    let mut attempt = 1;
    loop {
        let error = match call().await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let wait = error.retry_after.unwrap_or(Duration::from_secs(1));
        if attempt == ATTEMPTS || error.is_final || wait > LONGEST_WAIT {
            return Err(error);
        }
        attempt += 1;
        tokio::time::sleep(wait).await;
    }
}

/// What to type where a form did not open.
pub fn instead(form: &Form) -> String {
    let word = match form.kind {
        FormKind::Declare => "declare",
        FormKind::Update => "update",
        FormKind::Change => "severity",
        FormKind::Action => "action",
        FormKind::Resolve => "resolve",
        FormKind::Section => {
            let incident = form.incident.map(|incident| format!("{incident} ")).unwrap_or_default();
            return format!(
                "The form could not be opened in time. Try again, or type it, such as `/incident {incident}postmortem write summary <text>`."
            );
        }
        FormKind::Cause => "cause",
        FormKind::Cite | FormKind::Evidence => {
            return "The form could not be opened in time. Please use the shortcut again.".to_owned();
        }
    };
    let example = Verb::find(word).map_or(word, |verb| verb.example);
    let incident = form.incident.map(|incident| format!("{incident} ")).unwrap_or_default();
    format!("The form could not be opened in time. Press again, or type it, such as `/incident {incident}{example}`.")
}
