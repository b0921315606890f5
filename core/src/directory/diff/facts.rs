//! What there is to say of each row of the directory, field by field.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::TimeDelta;

use crate::directory::plan::{FileCalendar, FileLayer, FilePolicy, FileSchedule, FileService, FileStep, FileTeam};
use crate::directory::{Directory, Person, Standing};
use crate::ids::{Key, WorkspaceId};
use crate::oncall::schedule::{Source, Turn};
use crate::oncall::text::{day_word, write_turn, write_windows};
use crate::paging::policy::{AckNeed, Hours};
use crate::when::compact_duration;

/// Fields and what they say; an empty text says nothing.
pub(super) type Facts = Vec<(&'static str, String)>;

pub(super) fn person(directory: &Directory, person: &Person, workspaces: &BTreeMap<String, WorkspaceId>) -> Facts {
    let standing = match person.standing {
        Standing::Admin => "admin",
        Standing::Responder => "responder",
        Standing::Guest => "guest",
    };
    let contacts: Vec<&str> = person.contacts.iter().map(|method| method.word()).collect();
    // By their marks, so that a new one is seen and none is shown.
    let addresses = person.addresses.iter().map(|(method, held)| format!("{} ({:.6})", method.word(), held.mark));
    let addresses: Vec<String> = addresses.collect();
    let rules: Vec<String> = person.rules.iter().map(|rule| format!("{}: {rule}", rule.urgency.word())).collect();
    let own = directory.identities.iter().filter(|held| held.person == person.id);
    let mut accounts: Vec<String> = own
        .filter_map(|held| {
            let (workspace, _) = workspaces.iter().find(|(_, id)| **id == held.workspace)?;
            Some(format!("{} in {workspace}", held.external_id))
        })
        .collect();
    accounts.sort();
    vec![
        ("handle", format!("@{}", person.handle)),
        ("name", person.name.clone()),
        ("email", person.email.clone().unwrap_or_default()),
        ("zone", person.zone.name().to_owned()),
        ("standing", standing.to_owned()),
        ("contacts", contacts.join(", ")),
        ("addresses", addresses.join(", ")),
        ("rules", rules.join(", ")),
        ("accounts", accounts.join(", ")),
    ]
}

pub(super) fn team(team: &FileTeam) -> Facts {
    vec![("name", team.name.clone()), ("members", at(&team.members, ", "))]
}

pub(super) fn service(service: &FileService) -> Facts {
    let text = |key: &Option<Key>| key.as_ref().map(ToString::to_string).unwrap_or_default();
    vec![
        ("name", service.name.clone()),
        ("team", text(&service.team)),
        ("policy", text(&service.policy)),
        ("tier", service.tier.map(|tier| tier.to_string()).unwrap_or_default()),
        ("depends on", joined(&service.depends_on)),
        ("runbook", service.runbook.clone().unwrap_or_default()),
        ("rooms", service.rooms.join(", ")),
    ]
}

/// All but its steps.
pub(super) fn policy(policy: &FilePolicy) -> Facts {
    let hours = |hours: &Hours| format!("{} {}", write_windows(&hours.windows).join(" or "), hours.zone);
    vec![
        ("name", policy.name.clone()),
        ("rounds", policy.rounds.to_string()),
        ("low urgency waits for", policy.terms.defer.as_ref().map(hours).unwrap_or_default()),
        ("pages anew after", policy.terms.again().map(compact_duration).unwrap_or_default()),
    ]
}

pub(super) fn steps(policy: &FilePolicy) -> Vec<String> {
    policy.steps.iter().map(step_text).collect()
}

/// One step as people read it: whom it pages, when, and how long it waits.
pub fn step_text(step: &FileStep) -> String {
    let mut whom: Vec<String> = step.people.iter().map(|person| format!("@{person}")).collect();
    whom.extend(step.schedules.iter().map(|schedule| format!("whoever is on call by {schedule}")));
    whom.extend(step.round_robin.iter().map(|schedule| format!("one of those on call by {schedule}, in turn")));
    whom.extend(step.teams.iter().map(|team| format!("team {team}")));
    whom.extend(step.rooms.iter().map(|room| format!("channel {room}")));
    whom.extend(step.webhooks.iter().map(|webhook| format!("webhook {webhook}")));
    let mut text = if whom.is_empty() { "nobody".to_owned() } else { whom.join(" and ") };
    match step.needs {
        AckNeed::Anyone => {}
        AckNeed::Everyone => text.push_str(", everyone"),
        AckNeed::Nobody => text.push_str(", told along"),
    }
    if !step.when.severities.is_empty() {
        let _ = write!(text, ", at {}", joined(&step.when.severities));
    }
    if !step.when.urgencies.is_empty() {
        let urgencies: Vec<&str> = step.when.urgencies.iter().map(|urgency| urgency.word()).collect();
        let _ = write!(text, ", where the urgency is {}", urgencies.join(" or "));
    }
    if !step.when.tiers.is_empty() {
        let tiers: Vec<String> = step.when.tiers.iter().map(ToString::to_string).collect();
        let _ = write!(text, ", for tier {}", tiers.join(", "));
    }
    if let Some(hours) = &step.when.hours {
        let _ = write!(text, ", {} {}", write_windows(&hours.windows).join(" or "), hours.zone);
    }
    let wait = compact_duration(TimeDelta::try_seconds(step.wait_s).unwrap_or(TimeDelta::MAX));
    format!("{text}; wait {wait}")
}

pub(super) fn calendar(held: &FileCalendar) -> Facts {
    let days: Vec<String> = held
        .calendar
        .days
        .iter()
        .map(|days| match days.until.pred_opt().filter(|last| *last > days.from) {
            Some(last) => format!("{}..{last}", days.from),
            None => days.from.to_string(),
        })
        .collect();
    let events = held.calendar.events.iter().zip(&held.people).map(|(event, people)| {
        format!("{} to {} {}", event.start.to_rfc3339(), event.end.to_rfc3339(), at(people, "+"))
    });
    let source = held.calendar.source.as_ref();
    vec![
        ("name", held.calendar.name.clone()),
        // Two URLs at one host are told apart by the beginnings of their marks.
        (
            "url",
            source
                .map(|url| format!("at {} ({})", url.host, url.mark.chars().take(6).collect::<String>()))
                .unwrap_or_default(),
        ),
        ("refresh", source.map(|url| compact_duration(url.refresh())).unwrap_or_default()),
        ("days", days.join(", ")),
        ("events", events.collect::<Vec<_>>().join(", ")),
    ]
}

/// All but its layers.
pub(super) fn schedule(schedule: &FileSchedule) -> Facts {
    vec![
        ("name", schedule.name.clone()),
        ("zone", schedule.zone.name().to_owned()),
        ("team", schedule.team.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("hand-offs are told", schedule.handoff_notice_s.map(notice_text).unwrap_or_default()),
    ]
}

fn notice_text(seconds: i64) -> String {
    if seconds == 0 {
        return "at once".to_owned();
    }
    format!("{} before", compact_duration(TimeDelta::try_seconds(seconds).unwrap_or_default()))
}

/// One layer as people read it.
pub(super) fn layer_text(held: &FileLayer) -> String {
    let layer = &held.layer;
    let mut parts = vec![match &layer.source {
        Source::Rotation(rotation) => {
            let pools: Vec<String> = held.pools.iter().map(|pool| at(pool, "+")).collect();
            format!("{} in turns of {} from {}", pools.join(", "), turn_text(&rotation.turn), wall(rotation.start))
        }
        Source::Calendar(calendar) => format!("calendar {calendar}"),
    }];
    if layer.priority != 0 {
        parts.push(format!("priority {}", layer.priority));
    }
    parts.extend(layer.from.map(|from| format!("since {}", wall(from))));
    parts.extend(layer.until.map(|until| format!("until {}", wall(until))));
    if !layer.windows.is_empty() {
        parts.push(write_windows(&layer.windows).join(" or "));
    }
    if let Some(days) = &layer.holidays {
        let side = if days.only { "only" } else { "not" };
        parts.push(format!("{side} on {}", days.calendar));
    }
    if layer.shadow {
        parts.push("shadow".to_owned());
    }
    parts.join("; ")
}

fn turn_text(turn: &Turn) -> String {
    match turn {
        Turn::On { days, every } => {
            let days: Vec<&str> = days.iter().map(|day| day_word(*day)).collect();
            let days = days.join(", ");
            if every.get() == 1 { format!("each {days}") } else { format!("{every} of {days}") }
        }
        even => write_turn(even).unwrap_or_default(),
    }
}

fn wall(at: chrono::NaiveDateTime) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}

fn at(handles: &[Key], between: &str) -> String {
    handles.iter().map(|handle| format!("@{handle}")).collect::<Vec<_>>().join(between)
}

fn joined(keys: &[Key]) -> String {
    keys.iter().map(Key::as_str).collect::<Vec<_>>().join(", ")
}
