//! What an examination of an account found, for `doctor`.

use crate::outside::call::CallError;
use crate::platform::finding::Finding;

/// What a failed call comes to, with what to do where it was refused.
pub(crate) fn failed(about: impl Into<String>, error: &CallError, remedy: &str) -> Finding {
    match error {
        CallError::Refused { .. } => Finding::problem(about, format!("{error}; {remedy}")),
        _ => Finding::note(about, format!("{error}; try again later")),
    }
}
