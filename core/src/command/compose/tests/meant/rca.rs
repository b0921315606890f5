//! What the verbs of the analysis mean.

use super::super::super::super::verbs::Name;
use super::super::super::super::{CauseCommand, Support};
use super::{Given, text};
use crate::ids::CauseId;
use crate::rca::{CauseRole, Edge, Verdict};
use crate::text::{TITLE_MAX, line};

const TWO: CauseId = CauseId(2);

/// `None` where it is to be refused.
pub(super) fn step(name: Name, given: &Given) -> Option<CauseCommand> {
    let has = |name: &str| given.contains_key(name);
    let cause = |name: &str| has(name).then_some(TWO);
    let category = || has("category").then(|| "capacity".to_owned());
    let add = |role, text| CauseCommand::Add { role, text, category: category(), because: cause("because") };
    Some(match name {
        Name::Why => CauseCommand::Why { text: text(given, "text")??, of: cause("of") },
        Name::Factor => add(CauseRole::Factor, text(given, "text")??),
        Name::Trigger => add(CauseRole::Trigger, text(given, "text")??),
        Name::Limited => add(CauseRole::Limited, text(given, "text")??),
        Name::Detection => {
            add(if has("should") { CauseRole::ShouldDetect } else { CauseRole::Detected }, text(given, "text")??)
        }
        // What a link says is not taken away, but the entry that holds it.
        Name::Evidence if has("remove") => return None,
        Name::Evidence => {
            let title = given.get("title").map(|title| line("title", title, TITLE_MAX)).transpose().ok()?;
            let by = Support::Link { url: "https://example.org/a?b=c".to_owned(), title };
            CauseCommand::Support { cause: Some(TWO), by }
        }
        Name::Confirm => CauseCommand::Judge { cause: TWO, verdict: Verdict::Confirmed },
        Name::Suspect => CauseCommand::Judge { cause: TWO, verdict: Verdict::Open },
        Name::RuleOut => {
            CauseCommand::Judge { cause: TWO, verdict: Verdict::RuledOut { reason: text(given, "reason")?? } }
        }
        Name::Because => CauseCommand::Link { edge: Edge { from: TWO, to: TWO }, remove: has("remove") },
        _ => CauseCommand::Edit {
            cause: TWO,
            text: text(given, "text")?,
            role: has("role").then_some(CauseRole::Trigger),
            category: category(),
        },
    })
}
