//! Who may: the one place where permission is decided.

use crate::actor::{Actor, Who};
use crate::command::{Command, RedactTarget};
use crate::directory::{Directory, Person, Standing, Team};
use crate::ids::{IncidentId, PersonId};
use crate::incident::Incident;
use crate::oncall::handoff::Handoff;
use crate::oncall::overrides::Override;
use crate::oncall::schedule::Schedule;
use crate::oncall::shift::OnCall;
use crate::postmortem::rules::Rules;
use crate::rca::Cause;
use crate::refusal::Refusal;
use crate::settings::{LEAD, SCRIBE};
use crate::timeline::Entry;

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    Person {
        id: PersonId,
        standing: Standing,
    },
    /// Whoever holds the database and its key: the command line's readers, the worker, the auditor.
    Operator,
    /// Whoever may come to see what is shown: no private incident, whose ever it is.
    Public,
}

impl Viewer {
    /// The viewer that a person is.
    pub fn person(person: &Person) -> Self {
        Self::Person { id: person.id, standing: person.standing }
    }

    /// Whether they may see this incident. Of one that they may not see, they learn only that the number exists.
    pub fn sees(self, incident: &Incident) -> bool {
        match self {
            Self::Operator => true,
            Self::Public => !incident.is_private(),
            Self::Person { standing: Standing::Guest, .. } => false,
            Self::Person { id, standing } => {
                !incident.is_private() || standing == Standing::Admin || incident.has_member(id)
            }
        }
    }
}

/// Refuses an actor who may not see the incident, in the same words whether it is private or does not exist.
///
/// # Errors
/// The incident is private and the actor is no member.
pub fn may_see(actor: &Actor, directory: &Directory, incident: &Incident) -> Result<(), Refusal> {
    let Some(person) = actor.person() else { return Ok(()) };
    let seen = directory.people.get(&person).is_some_and(|p| Viewer::person(p).sees(incident));
    if seen { Ok(()) } else { Err(Refusal::NoIncident { named: incident.id }) }
}

/// Refuses guests and people who left.
///
/// # Errors
/// The actor is a person who may not run commands.
pub fn may_act(actor: &Actor, directory: &Directory) -> Result<(), Refusal> {
    let Who::Person(id) = actor.who else { return Ok(()) };
    match directory.people.get(&id) {
        Some(person) if person.may_respond() => Ok(()),
        Some(person) => Err(Refusal::Guest { handle: person.handle.to_string() }),
        None => Err(Refusal::Guest { handle: "unknown".to_owned() }),
    }
}

/// Who may change how they are reached, and nobody but themselves: whoever asks. Guests are not paged, and have no say in it.
///
/// # Errors
/// The actor is nobody who is paged.
pub fn may_change_contacts<'d>(actor: &Actor, directory: &'d Directory) -> Result<&'d Person, Refusal> {
    may_act(actor, directory)?;
    let person = actor.person().and_then(|person| directory.people.get(&person));
    person.ok_or_else(|| not_allowed("only people have ways to be reached".to_owned()))
}

/// Whether somebody may see who has not proved that they can be reached: administrators, those who share a team with them, and
/// they themselves.
pub fn may_see_proof(viewer: &Person, directory: &Directory, of: PersonId) -> bool {
    let share = |team: &Team| team.members.contains(&viewer.id) && team.members.contains(&of);
    viewer.standing == Standing::Admin || viewer.id == of || directory.teams.values().any(share)
}

/// Refuses a duty for someone who could not carry it out: a guest can neither acknowledge nor lead.
///
/// # Errors
/// The person is a guest.
pub fn refuse_guest(directory: &Directory, person: PersonId) -> Result<(), Refusal> {
    match directory.people.get(&person) {
        Some(held) if held.standing == Standing::Guest => Err(Refusal::Guest { handle: held.handle.to_string() }),
        _ => Ok(()),
    }
}

/// Refuses a command that this actor may not run on this incident.
///
/// # Errors
/// The refusal says who may.
pub fn may(actor: &Actor, directory: &Directory, incident: &Incident, command: &Command) -> Result<(), Refusal> {
    may_act(actor, directory)?;
    // Whoever came into its room was let in by those who are there, and only a platform says that somebody did.
    // Nor can who takes over be in already: they were, by an account of another name.
    if !matches!(command, Command::Join | Command::TakeOver { .. }) {
        may_see(actor, directory, incident)?;
    }
    match command {
        // Ending an incident for good, or closing it, belongs to its lead once it has one.
        Command::Close | Command::Cancel { .. } | Command::Merge { .. } => led(actor, directory, incident),
        _ => Ok(()),
    }
}

/// Refuses somebody who has no part in a schedule that belongs to a team. One of no team is everybody's.
///
/// # Errors
/// The refusal says who may.
pub fn may_change_schedule(actor: &Actor, directory: &Directory, schedule: &Schedule) -> Result<(), Refusal> {
    let Some((person, team)) = actor.person().zip(schedule.team.as_ref()) else { return Ok(()) };
    let admin = directory.people.get(&person).is_some_and(|held| held.standing == Standing::Admin);
    let member = directory.teams.get(team).is_some_and(|held| held.members.contains(&person));
    if admin || member || schedule.names(person) {
        return Ok(());
    }
    let key = &schedule.key;
    Err(not_allowed(format!("only team {team}, those of its schedule {key} and administrators may change it")))
}

/// Refuses somebody who neither made an override, nor is on call by it, nor may change its schedule.
///
/// # Errors
/// The refusal says who may.
pub fn may_end_override(actor: &Actor, directory: &Directory, made: &Override) -> Result<(), Refusal> {
    let schedule = directory.resolve_schedule(made.schedule.as_str())?;
    let own = made.made_by == actor.who || actor.person().is_some_and(|person| made.people.contains(&person));
    if own || may_change_schedule(actor, directory, schedule).is_ok() {
        return Ok(());
    }
    let key = &schedule.key;
    let team = schedule.team.as_ref().map(|team| format!("team {team}, ")).unwrap_or_default();
    Err(not_allowed(format!(
        "only who made that override, who is on call by it, {team}those of its schedule {key} and administrators may end it"
    )))
}

/// Refuses somebody who does not come on call by the hand-off of a schedule.
///
/// # Errors
/// The refusal says who may.
pub fn may_accept_handoff(
    actor: &Actor,
    directory: &Directory,
    schedule: &Schedule,
    handoff: &Handoff,
) -> Result<(), Refusal> {
    if actor.person().is_some_and(|person| handoff.to.contains(&person)) {
        return Ok(());
    }
    let people: Vec<String> = handoff.to.iter().map(|person| format!("@{}", directory.handle(*person))).collect();
    let key = &schedule.key;
    Err(not_allowed(format!("only who comes on call by {key} may accept its hand-off: {}", people.join(", "))))
}

/// Refuses a note for those who come next by somebody who neither is on call nor has a part in the schedule.
///
/// # Errors
/// The refusal says who may.
pub fn may_note_handoff(
    actor: &Actor,
    directory: &Directory,
    schedule: &Schedule,
    on_call: &OnCall,
) -> Result<(), Refusal> {
    if actor.person().is_some_and(|person| on_call.names(person)) {
        return Ok(());
    }
    may_change_schedule(actor, directory, schedule)
}

/// Refuses a sign-off by somebody whom nobody has asked, who is neither a reviewer by configuration nor an administrator.
///
/// # Errors
/// The refusal says who may.
pub fn may_sign_off(actor: &Actor, directory: &Directory, incident: &Incident, rules: &Rules) -> Result<(), Refusal> {
    let asked = |person| incident.postmortem.reviewers.contains(&person) || rules.may_sign(person, incident, directory);
    if actor.person().is_some_and(asked) {
        return Ok(());
    }
    let people = incident.postmortem.reviewers.iter().map(|person| format!("@{}", directory.handle(*person)));
    let people: Vec<String> = people.collect();
    let people = people.join(", ");
    Err(not_allowed(format!(
        "only who was asked to review it, a configured reviewer or an administrator may sign the postmortem of {} off: {people}",
        incident.id
    )))
}

/// Refuses a correction by someone who neither wrote the entry nor keeps the record.
///
/// # Errors
/// The refusal says who may.
pub fn may_correct(actor: &Actor, directory: &Directory, incident: &Incident, entry: &Entry) -> Result<(), Refusal> {
    if entry.actor.who == actor.who || keeps_record(actor, directory, incident) {
        return Ok(());
    }
    Err(not_allowed(format!("only who wrote {}, the lead, the scribe or an administrator may correct it", entry.id)))
}

/// Refuses other words for a cause by someone who neither made the claim nor keeps the record.
///
/// # Errors
/// The refusal says who may.
pub fn may_reword_cause(
    actor: &Actor,
    directory: &Directory,
    incident: &Incident,
    cause: &Cause,
) -> Result<(), Refusal> {
    if cause.said.mark.by == actor.who || keeps_record(actor, directory, incident) {
        return Ok(());
    }
    Err(not_allowed(format!("only who wrote {}, the lead, the scribe or an administrator may reword it", cause.id)))
}

/// Refuses a redaction by someone who neither wrote the words nor keeps the record.
///
/// # Errors
/// The refusal says who may.
pub fn may_redact(
    actor: &Actor,
    directory: &Directory,
    incident: &Incident,
    (target, author): (RedactTarget, Option<PersonId>),
) -> Result<(), Refusal> {
    if (author.is_some() && author == actor.person()) || keeps_record(actor, directory, incident) {
        return Ok(());
    }
    let named = match target {
        RedactTarget::Entry(entry) => entry.to_string(),
        RedactTarget::Message(message) => message.to_string(),
    };
    Err(not_allowed(format!("only who wrote {named}, the lead, the scribe or an administrator may redact it")))
}

fn led(actor: &Actor, directory: &Directory, incident: &Incident) -> Result<(), Refusal> {
    let Some(lead) = role(incident, LEAD) else { return Ok(()) };
    if keeps_record(actor, directory, incident) || Who::Person(lead) == actor.who || actor.person().is_none() {
        return Ok(());
    }
    let lead = directory.handle(lead);
    Err(not_allowed(format!("only the lead @{lead}, the scribe or an administrator may end {}", incident.id)))
}

fn keeps_record(actor: &Actor, directory: &Directory, incident: &Incident) -> bool {
    let Some(person) = actor.person() else { return false };
    let admin = directory.people.get(&person).is_some_and(|p| p.standing == Standing::Admin);
    admin || role(incident, LEAD) == Some(person) || role(incident, SCRIBE) == Some(person)
}

fn role(incident: &Incident, word: &str) -> Option<PersonId> {
    incident.roles.iter().find(|(key, _)| key.as_str() == word).map(|(_, person)| *person)
}

fn not_allowed(message: String) -> Refusal {
    Refusal::NotAllowed { message }
}

/// Refuses to name an incident that a viewer may not see, as if it did not exist.
///
/// # Errors
/// The incident is absent or hidden.
pub fn visible(viewer: Viewer, named: IncidentId, incident: Option<Incident>) -> Result<Incident, Refusal> {
    incident.filter(|incident| viewer.sees(incident)).ok_or(Refusal::NoIncident { named })
}
