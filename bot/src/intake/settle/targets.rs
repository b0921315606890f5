//! What became of copies of postmortems.

use firebell_core::command::{Command, ReviewCommand};
use firebell_core::effect::Work;

use crate::store::effects::Outcome;
use crate::targets::Published;

/// The command that the outcome of a copy is.
pub(super) fn command(work: &Work, outcome: &Outcome) -> Option<Command> {
    let Work::Publish { target, room, .. } = work else { return None };
    let (target, room) = (target.clone(), *room);
    Some(Command::Review(match outcome {
        Outcome::Done(made) => {
            let Published { reference, url, entries } = Published::read(made)?;
            ReviewCommand::Sent { target, room, reference, url, entries }
        }
        Outcome::Impossible(reason) | Outcome::GivenUp(reason) => {
            ReviewCommand::NotSent { target, room, reason: reason.clone() }
        }
        Outcome::Dropped | Outcome::Later { .. } | Outcome::Untried(_) => return None,
    }))
}
