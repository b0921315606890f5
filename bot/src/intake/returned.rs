//! An exported postmortem that somebody has edited: what in it is new, and what was written by others meanwhile.

use firebell_core::command::{Ask, Command, Request, Written};
use firebell_core::directory::Directory;
use firebell_core::ids::{EntryId, IncidentId};
use firebell_core::incident::Incident;
use firebell_core::policy::Viewer;
use firebell_core::refusal::Refusal;

use super::{Fault, Intake};
use crate::document::{Returned, ReturnedSection, Unreadable};
use crate::store::entries;

#[cfg(test)]
mod tests;

/// What a file comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Compared {
    /// Every section reads as it was exported.
    Unchanged(IncidentId),
    /// What is to be written, as a request.
    Changed(Box<Request>),
    /// Others wrote the same sections since; nothing is to be stored.
    Conflicts(IncidentId, Vec<Conflict>),
    /// The file cannot be read, or is no copy of a record that is here.
    Unfit(Unreadable),
    Refused(Refusal),
}

/// A section that was written in two places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conflict {
    pub(crate) section: String,
    /// The line of the file at which it begins.
    pub(crate) line: usize,
    /// The entry that wrote it meanwhile, and whose it is.
    pub(crate) entry: EntryId,
    pub(crate) by: Option<String>,
    pub(crate) theirs: String,
    pub(crate) mine: String,
}

impl Intake {
    /// Compares an exported file with the record as it stands.
    ///
    /// # Errors
    /// The database cannot be read.
    pub(crate) async fn compare(&self, text: &str) -> Result<Compared, Fault> {
        let returned = match Returned::read(text) {
            Ok(returned) => returned,
            Err(unfit) => return Ok(Compared::Unfit(unfit)),
        };
        let record = match self.record(Viewer::Operator, returned.incident).await? {
            Ok(record) => record,
            Err(refusal) => return Ok(Compared::Refused(refusal)),
        };
        let incident = &record.loaded.incident;
        if let Some(unfit) = self.strange(&returned, incident).await? {
            return Ok(Compared::Unfit(unfit));
        }
        Ok(compared(&returned, incident, &record.directory))
    }

    /// Why a file is no copy of this record: it knows more of it, or something else, or has a section that no template has.
    async fn strange(&self, returned: &Returned, incident: &Incident) -> Result<Option<Unreadable>, Fault> {
        let id = incident.id;
        if returned.entries > incident.entries {
            let problem = format!(
                "the file was made of a newer record of {id}, of {} entries, where this database has {}",
                returned.entries, incident.entries
            );
            return Ok(Some(Unreadable { line: returned.record_line, problem }));
        }
        let (stream, seq) = (incident.stream(), returned.entries);
        let hash = self.store.read(move |tx| {
            let stream = stream.clone();
            Box::pin(async move { entries::hash_at(tx, &stream, seq).await })
        });
        if hash.await?.as_deref() != Some(returned.head.as_bytes().as_slice()) {
            let problem = format!("the file was made of another record than the {id} of this database");
            return Ok(Some(Unreadable { line: returned.record_line, problem }));
        }
        let known = |section: &ReturnedSection| {
            let mut all = self.renderer.templates().into_iter();
            let held = incident.postmortem.sections.contains_key(&section.key);
            held || all.any(|template| self.renderer.sections(&template).iter().any(|known| known.key == section.key))
        };
        Ok(returned.sections.iter().find(|section| section.changed && !known(section)).map(|section| Unreadable {
            line: section.line,
            problem: format!("no template has a section \"{}\"", section.key),
        }))
    }
}

/// What a copy of a record comes to, as the record stands by now.
fn compared(returned: &Returned, incident: &Incident, directory: &Directory) -> Compared {
    let changed: Vec<_> = returned.sections.iter().filter(|section| section.changed).collect();
    let conflict = |section: &&&ReturnedSection| {
        let held = incident.section(&section.key)?;
        let clashes = held.mark.entry.0 > returned.entries && held.text != section.text;
        clashes.then(|| Conflict {
            section: section.key.to_string(),
            line: section.line,
            entry: held.mark.entry,
            by: held.mark.by.person().map(|person| directory.handle(person).to_owned()),
            theirs: held.text.clone(),
            mine: section.text.clone(),
        })
    };
    let conflicts: Vec<Conflict> = changed.iter().filter_map(|section| conflict(&section)).collect();
    if !conflicts.is_empty() {
        return Compared::Conflicts(incident.id, conflicts);
    }
    let sections: Vec<Written> =
        changed.iter().map(|section| Written { section: section.key.clone(), text: section.text.clone() }).collect();
    if sections.is_empty() {
        return Compared::Unchanged(incident.id);
    }
    let command = Command::WriteSections { sections, copied: Some(EntryId(returned.entries)) };
    Compared::Changed(Box::new(Request { incident: Some(incident.id), ask: Ask::Command(command) }))
}
