//! What became of copies of postmortems.

use firebell_core::command::{Command, ReviewCommand};
use firebell_core::effect::Work;

use crate::store::effects::Outcome;
use crate::targets::Published;

/// The command that the outcome of a copy is.
pub(super) fn command(work: &Work, outcome: &Outcome) -> Option<Command> {
    let Work::Publish { target, .. } = work else { return None };
    let target = target.clone();
    Some(Command::Review(match outcome {
        Outcome::Done(made) => {
            let Published { reference, url, entries } = Published::read(made)?;
            ReviewCommand::Sent { target, reference, url, entries }
        }
        Outcome::Impossible(reason) | Outcome::GivenUp(reason) => {
            ReviewCommand::NotSent { target, reason: reason.clone() }
        }
        Outcome::Dropped | Outcome::Later { .. } | Outcome::Untried(_) => return None,
    }))
}
