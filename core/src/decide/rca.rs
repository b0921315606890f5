//! The analysis: causes, what led to what, and the evidence for it.

use super::draft::Draft;
use super::{Decision, record};
use crate::command::rca::NO_CATEGORY;
use crate::command::{CauseCommand, Support};
use crate::ids::{CauseId, EntryId, Key, MessageId};
use crate::incident::Status;
use crate::policy;
use crate::rca::{AnalysisChange, Cause, CauseRole, Edge, Verdict};
use crate::refusal::Refusal;
use crate::reply::{CauseDone, Reply};
use crate::timeline::Change;

/// What an incident was merged into or cancelled for is analysed nowhere; after any other end the analysis goes on.
pub(super) fn must_be_told(draft: &Draft<'_>) -> Result<(), Refusal> {
    let incident = draft.incident.id;
    match &draft.incident.status {
        Status::Merged { into, .. } => Err(Refusal::GoesOn { incident, into: *into }),
        Status::Cancelled { .. } => Err(Refusal::NotActive { incident, is: draft.incident.status.word() }),
        _ => Ok(()),
    }
}

pub(super) fn analysis(draft: Draft<'_>, step: CauseCommand) -> Result<Decision, Refusal> {
    must_be_told(&draft)?;
    match step {
        CauseCommand::Why { text, of } => why(draft, text, of),
        CauseCommand::Add { role, text, category, because } => {
            let category = category.map(|named| draft.facts.settings.cause_category(&named)).transpose()?;
            let because = because.map(|id| held(&draft, id).map(|cause| cause.id)).transpose()?;
            let id = draft.incident.analysis.next();
            let edges = because.map(|from| Edge { from, to: id }).into_iter().collect();
            Ok(added(draft, (id, role), (text, category), edges))
        }
        CauseCommand::Edit { cause, text, role, category } => edit(draft, cause, (text, role, category.as_deref())),
        CauseCommand::Link { edge, remove } => link(draft, edge, remove),
        CauseCommand::Judge { cause, verdict } => judge(draft, cause, verdict),
        CauseCommand::Support { cause, by } => support(draft, cause, by),
        CauseCommand::Withdraw { cause, by } => withdraw(draft, cause, &by),
    }
}

fn why(draft: Draft<'_>, text: String, of: Option<CauseId>) -> Result<Decision, Refusal> {
    let analysis = &draft.incident.analysis;
    let below = match of {
        Some(id) => Some(held(&draft, id)?),
        None => analysis.last_why().or_else(|| analysis.trigger()),
    };
    let id = analysis.next();
    let edges = below.map(|cause| Edge { from: id, to: cause.id }).into_iter().collect();
    Ok(added(draft, (id, CauseRole::Why), (text, None), edges))
}

fn added(
    mut draft: Draft<'_>,
    (cause, role): (CauseId, CauseRole),
    (text, category): (String, Option<Key>),
    edges: Vec<Edge>,
) -> Decision {
    let incident = draft.incident.id;
    let leads_to = edges.iter().find(|edge| edge.from == cause).map(|edge| edge.to);
    let because = edges.iter().find(|edge| edge.to == cause).map(|edge| edge.from);
    let entry = draft.tell(Change::Analysis(AnalysisChange::CauseAdded { cause, role, text, category, edges }));
    let done = CauseDone::Added { cause, role, entry, leads_to, because };
    draft.done(Reply::Analysis { incident, done })
}

fn edit(
    mut draft: Draft<'_>,
    id: CauseId,
    (text, role, category): (Option<String>, Option<CauseRole>, Option<&str>),
) -> Result<Decision, Refusal> {
    let incident = draft.incident.id;
    let cause = held(&draft, id)?;
    if text.as_ref().is_some_and(|text| *text != cause.said.text) {
        policy::may_reword_cause(draft.actor, &draft.facts.directory, &draft.incident, cause)?;
    }
    let category = match category {
        None => cause.category.clone(),
        Some(NO_CATEGORY) => None,
        // One that is no longer configured stays as it is.
        Some(named) if cause.category.as_ref().is_some_and(|held| held.as_str() == named) => cause.category.clone(),
        Some(named) => Some(draft.facts.settings.cause_category(named)?),
    };
    let text = text.unwrap_or_else(|| cause.said.text.clone());
    let role = role.unwrap_or(cause.role);
    if (&text, role, &category) == (&cause.said.text, cause.role, &cause.category) {
        return Err(Refusal::CauseAlready { cause: id, is: "like that".to_owned() });
    }
    draft.record(Change::Analysis(AnalysisChange::CauseEdited { cause: id, role, text, category }));
    Ok(draft.done(Reply::Analysis { incident, done: CauseDone::Edited { cause: id } }))
}

fn link(mut draft: Draft<'_>, edge: Edge, remove: bool) -> Result<Decision, Refusal> {
    let incident = draft.incident.id;
    let (from, to) = (held(&draft, edge.from)?.id, held(&draft, edge.to)?.id);
    let is = draft.incident.analysis.edges.contains(&edge);
    if is != remove {
        let is = if remove { format!("no effect of {from}") } else { format!("because of {from}") };
        return Err(Refusal::CauseAlready { cause: to, is });
    }
    if !remove && let Some(circle) = draft.incident.analysis.circle(edge) {
        return Err(Refusal::Circle { path: circle });
    }
    let change = if remove { AnalysisChange::CauseUnlinked { edge } } else { AnalysisChange::CauseLinked { edge } };
    draft.record(Change::Analysis(change));
    Ok(draft.done(Reply::Analysis { incident, done: CauseDone::Linked { from, to, removed: remove } }))
}

fn judge(mut draft: Draft<'_>, id: CauseId, verdict: Verdict) -> Result<Decision, Refusal> {
    let incident = draft.incident.id;
    let cause = held(&draft, id)?;
    if cause.verdict == verdict {
        return Err(Refusal::CauseAlready { cause: id, is: cause.confidence().word().to_owned() });
    }
    draft.tell(Change::Analysis(AnalysisChange::CauseJudged { cause: id, verdict }));
    let is = held(&draft, id)?.confidence();
    Ok(draft.done(Reply::Analysis { incident, done: CauseDone::Judged { cause: id, is } }))
}

fn support(mut draft: Draft<'_>, named: Option<CauseId>, by: Support) -> Result<Decision, Refusal> {
    let incident = draft.incident.id;
    let cause = match named {
        Some(id) => Some(held(&draft, id)?.id),
        None => draft.incident.analysis.newest().map(|cause| cause.id),
    };
    let known = draft.incident.entries;
    let evidence = match by {
        Support::Entry(entry) => fit(&draft, entry)?,
        Support::Message(message) => match marked(&draft, message) {
            Some(entry) => entry,
            None => record::marked(&mut draft, message)?,
        },
        Support::Link { url, title } => draft.tell(Change::Linked { url, title }),
        Support::Quote(quote) => {
            let entry = record::quote(&mut draft, quote);
            draft.post(entry);
            entry
        }
    };
    let done = CauseDone::Supported { cause, entry: evidence, recorded: draft.incident.entries > known };
    let Some(id) = cause else {
        if draft.incident.entries == known {
            return Err(Refusal::NothingToSupport { incident });
        }
        return Ok(draft.done(Reply::Analysis { incident, done }));
    };
    if held(&draft, id)?.evidence.contains(&evidence) {
        return Err(Refusal::CauseAlready { cause: id, is: format!("supported by {evidence}") });
    }
    draft.record(Change::Analysis(AnalysisChange::EvidenceAdded { cause: id, evidence }));
    Ok(draft.done(Reply::Analysis { incident, done }))
}

/// An entry that can support a cause.
fn fit(draft: &Draft<'_>, id: EntryId) -> Result<EntryId, Refusal> {
    let incident = draft.incident.id;
    let entry = draft.facts.history.iter().find(|entry| entry.id == id);
    let entry = entry.ok_or(Refusal::NoEntry { incident, entry: id })?;
    let why = match &entry.change {
        None => "was redacted and supports nothing any more",
        Some(Change::Analysis(_)) => "is a step of the analysis itself; name what it rests on",
        Some(_) => return Ok(id),
    };
    Err(Refusal::NoEvidence { entry: id, why: why.to_owned() })
}

/// The entry that made a message part of the timeline, if it bears a mark.
fn marked(draft: &Draft<'_>, message: MessageId) -> Option<EntryId> {
    draft.incident.marked.contains(&message).then(|| marks(draft, message).last()).flatten()
}

fn marks<'d>(draft: &'d Draft<'_>, id: MessageId) -> impl Iterator<Item = EntryId> + 'd {
    let history = draft.facts.history.iter();
    history
        .filter(move |entry| matches!(entry.change, Some(Change::MessageMarked { message, .. }) if message == id))
        .map(|entry| entry.id)
}

fn withdraw(mut draft: Draft<'_>, named: Option<CauseId>, by: &Support) -> Result<Decision, Refusal> {
    let incident = draft.incident.id;
    let gone: Vec<EntryId> = match by {
        Support::Entry(entry) => vec![*entry],
        Support::Message(message) => marks(&draft, *message).collect(),
        Support::Link { .. } | Support::Quote(_) => Vec::new(),
    };
    let causes: Vec<CauseId> = match named {
        Some(id) => vec![held(&draft, id)?.id],
        None => draft.incident.analysis.causes.iter().map(|cause| cause.id).collect(),
    };
    let mut last = None;
    for id in causes {
        let supported: Vec<EntryId> =
            held(&draft, id)?.evidence.iter().copied().filter(|held| gone.contains(held)).collect();
        for evidence in supported {
            draft.record(Change::Analysis(AnalysisChange::EvidenceRemoved { cause: id, evidence }));
            last = Some((id, evidence));
        }
    }
    match (last, named) {
        (Some((cause, entry)), _) => {
            Ok(draft.done(Reply::Analysis { incident, done: CauseDone::Withdrawn { cause, entry } }))
        }
        (None, Some(cause)) => {
            let by = match by {
                Support::Message(message) => message.to_string(),
                Support::Entry(entry) => entry.to_string(),
                Support::Link { .. } | Support::Quote(_) => "that".to_owned(),
            };
            Err(Refusal::CauseAlready { cause, is: format!("without {by}") })
        }
        (None, None) => Ok(Decision::nothing()),
    }
}

fn held<'d>(draft: &'d Draft<'_>, id: CauseId) -> Result<&'d Cause, Refusal> {
    let incident = draft.incident.id;
    draft.incident.analysis.cause(id).ok_or(Refusal::NoCause { incident, cause: id })
}
