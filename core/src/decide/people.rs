//! Roles, and who takes part.
#![expect(
    clippy::unnecessary_wraps,
    clippy::needless_pass_by_value,
    reason = "every command's rule has the same shape"
)]

use super::Decision;
use super::draft::Draft;
use crate::ids::{Key, PersonId};
use crate::incident::Joined;
use crate::policy;
use crate::postmortem::PostmortemChange;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::timeline::Change;

pub(super) fn assign(mut draft: Draft<'_>, role: Key, named: &str) -> Result<Decision, Refusal> {
    draft.must_be_active()?;
    draft.facts.settings.role(&role)?;
    let person = draft.person(named)?;
    policy::refuse_guest(&draft.facts.directory, person)?;
    let handle = draft.facts.directory.handle(person).to_owned();
    let before = draft.incident.roles.get(&role).copied();
    let incident = draft.incident.id;
    if before == Some(person) {
        return Err(Refusal::Already { incident, is: format!("{} @{handle}", verb(&role)) });
    }
    draft.join(person, Joined::Assigned);
    draft.tell(Change::RoleAssigned { role: role.clone(), person, before });
    Ok(draft.done(Reply::Assigned { incident, role: role.to_string(), person: handle }))
}

fn verb(role: &Key) -> &'static str {
    match role.as_str() {
        crate::settings::LEAD => "led by",
        crate::settings::COMMUNICATIONS => "spoken for by",
        crate::settings::SCRIBE => "recorded by",
        _ => "held by",
    }
}

/// What somebody was who turned out to be another person is that person's from here on: their place among the members and
/// their roles. What they did stays in their name.
pub(super) fn take_over(mut draft: Draft<'_>, from: PersonId) -> Result<Decision, Refusal> {
    let Some(person) = draft.actor.person().filter(|person| *person != from) else {
        return Ok(draft.done(Reply::Silent));
    };
    if let Some(how) = draft.incident.members.get(&from).map(|held| held.how) {
        draft.join(person, how);
    }
    let held: Vec<Key> =
        draft.incident.roles.iter().filter(|(_, holder)| **holder == from).map(|(role, _)| role.clone()).collect();
    for role in held {
        draft.tell(Change::RoleAssigned { role, person, before: Some(from) });
    }
    if draft.incident.postmortem.owner == Some(from) {
        draft.tell(Change::Postmortem(PostmortemChange::PostmortemAssigned { owner: person }));
    }
    Ok(draft.done(Reply::Silent))
}

/// Whoever was let into the room of a private incident takes part in it, or their own commands there would be refused. In
/// a public room people come and go.
pub(super) fn came(mut draft: Draft<'_>) -> Result<Decision, Refusal> {
    if let Some(person) = draft.actor.person().filter(|_| draft.incident.is_private()) {
        draft.join(person, Joined::Invited);
    }
    Ok(draft.done(Reply::Silent))
}
