//! People, teams, services and policies of the file, each name in them checked against the others.

use std::ops::RangeInclusive;

use chrono_tz::Tz;
use firebell_core::directory::Standing;
use firebell_core::directory::plan::{
    FileAccount, FileDirectory, FilePerson, FilePolicy, FileService, FileStep, FileTeam,
};
use firebell_core::ids::Key;
use firebell_core::paging::policy::{Hours, Terms, When};
use firebell_core::place;
use toml::Spanned;

use super::calendars::{self, CalendarSection};
use super::contacts;
use super::error::{Wrong, did_you_mean};
use super::file::{Accounts, Person, Policy, Service, Step, Team};
use super::files::Text;
use super::oncall::{self, ScheduleSection, WindowText};
use super::rooms::Places;
use super::value::Zone;
use super::workspace::{Chat, MAIN};

/// How much a service may matter, 1 most.
const TIERS: RangeInclusive<i64> = 1..=9;

/// The names of the workspaces that the file knows.
#[derive(Clone, Copy)]
pub(super) struct Known<'n> {
    pub(super) slack: &'n [String],
    pub(super) discord: &'n [String],
}

impl<'n> Known<'n> {
    pub(super) fn of(self, chat: Chat) -> &'n [String] {
        match chat {
            Chat::Slack => self.slack,
            Chat::Discord => self.discord,
        }
    }
}

/// People as the file describes them, nobody twice, with the workspaces that it knows.
pub(super) fn people(people: Vec<Person>, known: Known<'_>) -> Result<Vec<(Spanned<Key>, FilePerson)>, Wrong> {
    unique("person", people.iter().map(|person| &person.handle))?;
    let mut checked: Vec<(Spanned<Key>, FilePerson)> = Vec::with_capacity(people.len());
    for person in people {
        let (handle, email) = (person.handle.clone(), person.email.as_ref().map(Spanned::span));
        let accounts = person.slack.as_ref().or(person.discord.as_ref()).map(Spanned::span);
        let person = check_person(person, known)?;
        for (held, other) in &checked {
            let own = person.email.as_deref();
            if own.is_some_and(|own| other.email.as_deref().is_some_and(|other| other.eq_ignore_ascii_case(own))) {
                let message = format!("persons \"{}\" and \"{}\" have one e-mail address", other.handle, person.handle);
                return Err(Wrong::twice(&email.unwrap_or_default(), &held.span(), message));
            }
            if person.accounts.iter().any(|account| other.accounts.contains(account)) {
                let message = format!("persons \"{}\" and \"{}\" have one account", other.handle, person.handle);
                return Err(Wrong::twice(&accounts.unwrap_or_default(), &held.span(), message));
            }
        }
        checked.push((handle, person));
    }
    Ok(checked)
}

/// What the file says of other things than people.
pub(super) struct Rows<'t> {
    pub(super) teams: Vec<Team>,
    pub(super) services: Vec<Service>,
    pub(super) policies: Vec<Policy>,
    pub(super) schedules: Vec<ScheduleSection>,
    pub(super) calendars: Vec<CalendarSection>,
    /// Among them iCalendar files as they were when they were read.
    pub(super) texts: &'t [Text],
}

/// The names that others may refer to.
struct Names {
    handles: Vec<Key>,
    teams: Vec<Key>,
    policies: Vec<Key>,
    services: Vec<Key>,
    schedules: Vec<Key>,
    calendars: Vec<Key>,
}

/// The directory that the file describes.
pub(super) fn check(
    people: Vec<(Spanned<Key>, FilePerson)>,
    rows: Rows<'_>,
    last_resort: &[Spanned<Key>],
    places: &Places,
) -> Result<FileDirectory, Wrong> {
    let names = Names {
        handles: people.iter().map(|(handle, _)| handle.get_ref().clone()).collect(),
        teams: unique("team", rows.teams.iter().map(|team| &team.key))?,
        policies: unique("policy", rows.policies.iter().map(|policy| &policy.key))?,
        services: unique("service", rows.services.iter().map(|service| &service.key))?,
        schedules: unique("schedule", rows.schedules.iter().map(|schedule| &schedule.key))?,
        calendars: unique("calendar", rows.calendars.iter().map(|calendar| &calendar.key))?,
    };
    let Rows { teams, services, policies, schedules, calendars, texts } = rows;
    let others = oncall::Named { handles: &names.handles, teams: &names.teams, calendars: &names.calendars };
    let people: Vec<FilePerson> = people.into_iter().map(|(_, person)| person).collect();
    let of_layers = calendars::layer_calendars(&schedules);
    let file_calendars = calendars::calendars(calendars, &people, &of_layers, texts)?;
    Ok(FileDirectory {
        people,
        teams: teams.into_iter().map(|team| check_team(team, &names.handles)).collect::<Result<_, _>>()?,
        services: services
            .into_iter()
            .map(|service| check_service(service, &names, places))
            .collect::<Result<_, _>>()?,
        policies: policies.into_iter().map(|policy| check_policy(policy, &names)).collect::<Result<_, _>>()?,
        schedules: schedules.into_iter().map(|section| oncall::schedule(section, &others)).collect::<Result<_, _>>()?,
        calendars: file_calendars,
        last_resort: named_people("\"last_resort\"", last_resort, &names.handles)?,
        ..FileDirectory::default()
    })
}

/// The keys; `what` names the kind of thing in the error about one that comes twice.
pub(super) fn unique<'a>(what: &str, keys: impl IntoIterator<Item = &'a Spanned<Key>>) -> Result<Vec<Key>, Wrong> {
    unique_of(what, "", keys)
}

/// The same for parts of something; `of` names it as it stands behind the key, as in ` of schedule "web"`.
pub(super) fn unique_of<'a>(
    what: &str,
    of: &str,
    keys: impl IntoIterator<Item = &'a Spanned<Key>>,
) -> Result<Vec<Key>, Wrong> {
    let mut seen: Vec<&Spanned<Key>> = Vec::new();
    for key in keys {
        if let Some(first) = seen.iter().find(|first| first.get_ref() == key.get_ref()) {
            let message = format!("{what} \"{}\"{of} is there twice; remove one", key.get_ref());
            return Err(Wrong::twice(&key.span(), &first.span(), message));
        }
        seen.push(key);
    }
    Ok(seen.into_iter().map(|key| key.get_ref().clone()).collect())
}

/// Refuses a name that is not among `keys`; `who` names it and `what` is the kind of thing it should be.
pub(super) fn known(who: &str, what: &str, named: &Spanned<Key>, keys: &[&Key]) -> Result<(), Wrong> {
    let name = named.get_ref();
    if keys.contains(&name) {
        return Ok(());
    }
    let help = did_you_mean(name.as_str(), keys.iter().map(|key| key.as_str()));
    Err(Wrong::new(&named.span(), format!("{who} names unknown {what} \"{name}\"{help}")))
}

fn accounts(
    handle: &Key,
    (chat, named): (Chat, Spanned<Accounts>),
    known: Known<'_>,
) -> Result<Vec<FileAccount>, Wrong> {
    let (at, workspaces) = (named.span(), known.of(chat));
    let named: Vec<(String, String)> = match (named.into_inner(), workspaces) {
        (Accounts::Each(each), _) => each.into_iter().collect(),
        (Accounts::One(id), [] | [_]) => {
            let only = workspaces.first().map_or(MAIN, |only| only);
            vec![(only.to_owned(), id)]
        }
        (Accounts::One(_), several) => {
            let message = format!(
                "\"{}\" of person \"{handle}\": say of which workspace, as {{ {} = \"...\" }}",
                chat.word(),
                several.first().map_or(MAIN, String::as_str)
            );
            return Err(Wrong::new(&at, message));
        }
    };
    named
        .into_iter()
        .map(|(workspace, external_id)| {
            // Without a section, the only workspace is the one that the variables name.
            if !workspaces.contains(&workspace) && !workspaces.is_empty() {
                let help = did_you_mean(&workspace, workspaces.iter().map(String::as_str));
                let message = format!("person \"{handle}\" names unknown {} \"{workspace}\"{help}", chat.workspace());
                return Err(Wrong::new(&at, message));
            }
            Ok(FileAccount { workspace: chat.label(&workspace), external_id })
        })
        .collect()
}

fn check_person(person: Person, known: Known<'_>) -> Result<FilePerson, Wrong> {
    let handle = person.handle.into_inner();
    let guest = person.guest.as_ref().filter(|guest| *guest.get_ref());
    let standing = match guest {
        Some(guest) if person.admin => {
            let message = format!("person \"{handle}\" cannot be both admin and guest; remove one");
            return Err(Wrong::new(&guest.span(), message));
        }
        Some(_) => Standing::Guest,
        None if person.admin => Standing::Admin,
        None => Standing::Responder,
    };
    if let Some(contacts) = &person.contacts {
        for (position, contact) in contacts.iter().enumerate() {
            if contacts.iter().take(position).any(|before| before.get_ref() == contact.get_ref()) {
                let word = contact.get_ref().word();
                let message = format!("contact \"{word}\" of person \"{handle}\" is there twice; remove one");
                return Err(Wrong::new(&contact.span(), message));
            }
        }
    }
    let email = person.email.map(|email| {
        let fits = email.get_ref().split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        let wrong = || Wrong::new(&email.span(), format!("\"email\" of person \"{handle}\" is no e-mail address"));
        if fits { Ok(email.get_ref().clone()) } else { Err(wrong()) }
    });
    let slack = person.slack.map(|named| (Chat::Slack, named));
    let discord = person.discord.map(|named| (Chat::Discord, named));
    let named: Result<Vec<_>, _> =
        slack.into_iter().chain(discord).map(|named| accounts(&handle, named, known)).collect();
    Ok(FilePerson {
        email: email.transpose()?,
        accounts: named?.into_iter().flatten().collect(),
        name: person.name.map_or_else(|| handle.to_string(), |name| name.0),
        zone: person.zone.0,
        standing,
        addresses: contacts::addresses(&handle, person.contacts.as_deref(), person.addresses)?,
        rules: person.rules.map(|rules| contacts::rules(&handle, person.contacts.as_deref(), rules)).transpose()?,
        contacts: person.contacts.map(|contacts| contacts.into_iter().map(Spanned::into_inner).collect()),
        handle,
    })
}

fn check_team(team: Team, handles: &[Key]) -> Result<FileTeam, Wrong> {
    let key = team.key.into_inner();
    Ok(FileTeam {
        name: team.name.map_or_else(|| key.to_string(), |name| name.0),
        members: named_people(&format!("team \"{key}\""), &team.members, handles)?,
        key,
    })
}

fn check_service(service: Service, names: &Names, places: &Places) -> Result<FileService, Wrong> {
    let key = service.key.into_inner();
    let who = format!("service \"{key}\"");
    if let Some(team) = &service.team {
        known(&who, "team", team, &names.teams.iter().collect::<Vec<_>>())?;
    }
    if let Some(policy) = &service.policy {
        known(&who, "policy", policy, &names.policies.iter().collect::<Vec<_>>())?;
    }
    if let Some(tier) = service.tier.as_ref().filter(|tier| !TIERS.contains(tier.get_ref())) {
        return Err(Wrong::new(&tier.span(), format!("\"tier\" of {who}: expected a number from 1 to 9")));
    }
    if let Some(itself) = service.depends_on.iter().find(|other| *other.get_ref() == key) {
        return Err(Wrong::new(&itself.span(), format!("{who} depends on itself; remove it from \"depends_on\"")));
    }
    Ok(FileService {
        name: service.name.map_or_else(|| key.to_string(), |name| name.0),
        team: service.team.map(Spanned::into_inner),
        policy: service.policy.map(Spanned::into_inner),
        tier: service.tier.map(Spanned::into_inner),
        depends_on: all_known(&who, "service", &service.depends_on, &names.services)?,
        runbook: service.runbook.map(|link| link.0),
        rooms: places.check(&who, service.rooms)?,
        key,
    })
}

fn check_policy(policy: Policy, names: &Names) -> Result<FilePolicy, Wrong> {
    let span = policy.key.span();
    let key = policy.key.into_inner();
    let who = format!("policy \"{key}\"");
    if policy.steps.is_empty() {
        return Err(Wrong::new(&span, format!("{who} has no steps; add [[policies.steps]]")));
    }
    let defer = hours(&who, ("low_urgency_hours", policy.low_urgency_hours), policy.zone)?;
    let again_s = policy.again_after.map(|after| after.get_ref().0.num_seconds());
    Ok(FilePolicy {
        name: policy.name.map_or_else(|| key.to_string(), |name| name.0),
        rounds: policy.rounds,
        terms: Terms { defer, again_s },
        steps: policy.steps.into_iter().map(|step| check_step(&who, step, names)).collect::<Result<_, _>>()?,
        key,
    })
}

fn check_step(who: &str, step: Spanned<Step>, names: &Names) -> Result<FileStep, Wrong> {
    let span = step.span();
    let step = step.into_inner();
    let nobody = [&step.people, &step.schedules, &step.round_robin, &step.teams].iter().all(|named| named.is_empty());
    if nobody && step.rooms.is_empty() && step.webhooks.is_empty() {
        let message = format!("a step of {who} names nobody; name a person, a schedule or a team");
        return Err(Wrong::new(&span, message));
    }
    if let Some(tier) = step.tiers.iter().find(|tier| !TIERS.contains(tier.get_ref())) {
        return Err(Wrong::new(&tier.span(), format!("\"tiers\" of {who}: expected numbers from 1 to 9")));
    }
    if let Some(room) = step.rooms.iter().find(|room| place::split_channel(room.get_ref()).is_none()) {
        let message =
            format!("\"rooms\" of a step of {who}: write each as \"slack:C0123ABC\", a place and a channel's id");
        return Err(Wrong::new(&room.span(), message));
    }
    let hours = hours(&format!("a step of {who}"), ("hours", step.hours), step.zone)?;
    Ok(FileStep {
        people: named_people(who, &step.people, &names.handles)?,
        schedules: all_known(who, "schedule", &step.schedules, &names.schedules)?,
        round_robin: all_known(who, "schedule", &step.round_robin, &names.schedules)?,
        teams: all_known(who, "team", &step.teams, &names.teams)?,
        rooms: step.rooms.into_iter().map(Spanned::into_inner).collect(),
        webhooks: unique("webhook", &step.webhooks)?,
        when: When {
            severities: unique("severity", &step.severities)?,
            urgencies: step.urgencies,
            tiers: step.tiers.into_iter().map(Spanned::into_inner).collect(),
            hours,
        },
        wait_s: step.wait.0.num_seconds(),
        needs: step.needs.into(),
    })
}

/// Parts of the week in a zone; a zone without them says nothing.
fn hours(
    who: &str,
    (key, windows): (&str, Vec<WindowText>),
    zone: Option<Spanned<Zone>>,
) -> Result<Option<Hours>, Wrong> {
    match (windows.is_empty(), zone) {
        (true, None) => Ok(None),
        (true, Some(zone)) => {
            let message = format!("\"zone\" of {who} says where \"{key}\" are, and there are none");
            Err(Wrong::new(&zone.span(), message))
        }
        (false, zone) => Ok(Some(Hours {
            zone: zone.map_or(Tz::UTC, |zone| zone.into_inner().0),
            windows: windows.into_iter().flat_map(|window| window.0).collect(),
        })),
    }
}

/// The names, each of which must be among `keys` and stand there once.
fn all_known(who: &str, what: &str, named: &[Spanned<Key>], keys: &[Key]) -> Result<Vec<Key>, Wrong> {
    let keys: Vec<&Key> = keys.iter().collect();
    for name in named {
        known(who, what, name, &keys)?;
    }
    unique(what, named)
}

/// The handles, each of which must be that of somebody.
pub(super) fn named_people(who: &str, named: &[Spanned<Key>], handles: &[Key]) -> Result<Vec<Key>, Wrong> {
    all_known(who, "person", named, handles)
}
