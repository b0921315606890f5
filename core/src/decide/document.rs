//! What people write in the postmortem.

use super::draft::Draft;
use super::{Decision, review};
use crate::command::Written;
use crate::ids::EntryId;
use crate::incident::StatusWord;
use crate::postmortem::sections::SECTION_MAX;
use crate::postmortem::{PostmortemChange, Review};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::text;
use crate::timeline::Change;

/// Sections as somebody wrote them. What was written by a copy of the document (`copied` is the last entry that it knew of)
/// replaces nothing that somebody else wrote since: then all of it is refused, and nothing is lost.
pub(super) fn write(
    mut draft: Draft<'_>,
    sections: Vec<Written>,
    copied: Option<EntryId>,
) -> Result<Decision, Refusal> {
    let (incident, is) = (draft.incident.id, draft.incident.status.word());
    if is == StatusWord::Merged {
        return Err(Refusal::NotActive { incident, is });
    }
    if draft.incident.postmortem.state == Review::Published {
        return Err(review::stands(&draft));
    }
    let signers = review::signers(&draft);
    let mut written = Vec::new();
    for Written { section, text } in sections {
        let text = if text.trim().is_empty() { String::new() } else { text::kept("section", &text, SECTION_MAX)? };
        let held = draft.incident.postmortem.sections.get(&section);
        if held.map_or("", |said| said.text.as_str()) == text {
            continue;
        }
        if let (Some(held), Some(copied)) = (held, copied)
            && held.mark.entry > copied
        {
            let by = held.mark.by.person().map(|person| draft.facts.directory.handle(person).to_owned());
            return Err(Refusal::SectionConflict { section: section.to_string(), entry: held.mark.entry, by });
        }
        draft.record(Change::Postmortem(PostmortemChange::SectionWritten { section: section.clone(), text }));
        written.push(section.to_string());
    }
    if written.is_empty() {
        return Err(Refusal::NothingWritten { incident });
    }
    review::reworded(&mut draft, &signers);
    Ok(draft.done(Reply::SectionsWritten { incident, sections: written }))
}
