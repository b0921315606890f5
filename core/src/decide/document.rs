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
    must_be_open(&draft)?;
    let mut kept = Vec::with_capacity(sections.len());
    for Written { section, text } in sections {
        let text = if text.trim().is_empty() { String::new() } else { text::kept("section", &text, SECTION_MAX)? };
        if let (Some(held), Some(copied)) = (draft.incident.section(&section), copied)
            && held.mark.entry > copied
            && held.text != text
        {
            let by = held.mark.by.person().map(|person| draft.facts.directory.handle(person).to_owned());
            return Err(Refusal::SectionConflict { section: section.to_string(), entry: held.mark.entry, by });
        }
        kept.push(Written { section, text });
    }
    let Put { sections, .. } = put(&mut draft, kept);
    if sections.is_empty() {
        return Err(Refusal::NothingWritten { incident });
    }
    Ok(draft.done(Reply::SectionsWritten { incident, sections }))
}

/// Refuses other words for what is published.
pub(super) fn must_be_open(draft: &Draft<'_>) -> Result<(), Refusal> {
    if draft.incident.postmortem.state == Review::Published { Err(review::stands(draft)) } else { Ok(()) }
}

/// What was put into the document.
pub(super) struct Put {
    /// The sections that read otherwise now.
    pub(super) sections: Vec<String>,
    /// How many sign-offs were given for other words.
    pub(super) void: usize,
}

/// Puts words into sections, as far as they say something else; whoever had signed the others off is asked again.
pub(super) fn put(draft: &mut Draft<'_>, written: Vec<Written>) -> Put {
    let signers = review::signers(draft);
    let mut sections = Vec::new();
    for Written { section, text } in written {
        let held = draft.incident.postmortem.sections.get(&section);
        if held.map_or("", |said| said.text.as_str()) != text {
            sections.push(section.to_string());
            draft.record(Change::Postmortem(PostmortemChange::SectionWritten { section, text }));
        }
    }
    review::reworded(draft, &signers);
    Put { sections, void: signers.len() }
}
