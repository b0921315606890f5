//! Schedules as rows for scripts and as lines for people.

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use firebell_core::actor::Who;
use firebell_core::directory::{Directory, Origin};
use firebell_core::ids::OverrideId;
use firebell_core::oncall::fairness::Load;
use firebell_core::oncall::schedule::Schedule;
use firebell_core::oncall::shift::{Held, Shift, Span, Why};
use firebell_core::view::Unread;
use serde::Serialize;

use crate::cli::times;
use crate::render::{Renderer, Target};

/// A schedule in a list.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    key: String,
    name: String,
    zone: Tz,
    team: Option<String>,
    version: i64,
    origin: Origin,
    layers: Vec<String>,
    /// Handles of those who are on call now.
    on_call: Vec<String>,
    /// When other people come, if that is known.
    until: Option<String>,
}

/// One shift.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    /// With the offset of its zone.
    start: String,
    end: String,
    /// Handles; nobody in a gap.
    people: Vec<String>,
    /// What put them on call; `None` in a gap.
    why: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shadows: Vec<String>,
    #[serde(skip)]
    span: Span,
}

/// A time at which nobody is on call.
#[derive(Debug, Serialize)]
pub(super) struct Gap {
    schedule: String,
    start: String,
    end: String,
    #[serde(skip)]
    words: String,
}

/// What somebody carries.
#[derive(Debug, Serialize)]
pub(super) struct Carried {
    pub(super) person: String,
    #[serde(flatten)]
    pub(super) load: Load,
    /// `None` where files alone are read, which hold no pages.
    pub(super) pages: Option<i64>,
    pub(super) night_pages: Option<i64>,
}

impl Listed {
    /// `ahead` begins now and ends where it is no longer looked who comes next.
    pub(super) fn of(directory: &Directory, held: &Schedule, ahead: Span) -> Self {
        let roster = directory.roster(&held.key);
        let now = roster.as_ref().map(|roster| roster.at(ahead.start).on_call).unwrap_or_default();
        let next = roster.and_then(|roster| roster.next_change(ahead.start, ahead.end - ahead.start));
        Self {
            key: held.key.to_string(),
            name: held.name.clone(),
            zone: held.zone,
            team: held.team.as_ref().map(ToString::to_string),
            version: held.version,
            origin: held.origin,
            layers: held.layers.iter().map(|layer| layer.name.to_string()).collect(),
            on_call: handles(directory, &now),
            until: next.map(|change| offset(change.at, held.zone)),
        }
    }
}

impl Row {
    pub(super) fn of(directory: &Directory, shift: &Shift, zone: Tz) -> Self {
        let mut reasons: Vec<String> = Vec::new();
        for held in &shift.on_call {
            let reason = why(directory, &held.why);
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        Self {
            start: offset(shift.start, zone),
            end: offset(shift.end, zone),
            people: handles(directory, &shift.on_call),
            why: (!reasons.is_empty()).then(|| reasons.join(", ")),
            shadows: shift.shadows.iter().map(|person| directory.handle(*person).to_owned()).collect(),
            span: Span { start: shift.start, end: shift.end },
        }
    }
}

impl Gap {
    pub(super) fn of(schedule: String, gap: Span, zone: Tz) -> Self {
        let words = format!("{schedule}: {}", times::span(gap, zone));
        Self { schedule, start: offset(gap.start, zone), end: offset(gap.end, zone), words }
    }
}

pub(super) fn list(rows: &[Listed]) -> String {
    if rows.is_empty() {
        return "There are no schedules.".to_owned();
    }
    let width = rows.iter().map(|row| row.key.len()).max().unwrap_or_default();
    let line = |row: &Listed| {
        let until = row.until.as_deref().and_then(|until| until.parse::<DateTime<Utc>>().ok());
        let until = until.map_or_else(String::new, |until| format!(" until {}", times::moment(until, row.zone)));
        // Where nobody gave it a name, that is its key.
        let name = Some(&row.name).filter(|name| **name != row.key).map(|name| Renderer::inert(Target::Console, name));
        let name = name.map_or_else(String::new, |name| format!("{name}: "));
        format!("{:<width$}  {name}{} on call{until}, {}", row.key, at(&row.on_call), row.zone)
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

pub(super) fn shifts(held: &Schedule, rows: &[Row], zone: Tz) -> String {
    let mut lines = vec![format!("{} ({}), version {}", held.key, zone, held.version)];
    let spans: Vec<String> = rows.iter().map(|row| times::bare(row.span, zone)).collect();
    let width = spans.iter().map(String::len).max().unwrap_or_default();
    let who = rows.iter().map(|row| at(&row.people).len()).max().unwrap_or_default();
    lines.extend(rows.iter().zip(spans).map(|(row, span)| {
        let shadows =
            if row.shadows.is_empty() { String::new() } else { format!("; told along: {}", at(&row.shadows)) };
        let why = row.why.as_deref().unwrap_or("gap");
        format!("{span:<width$}  {:<who$}  {why}{shadows}", at(&row.people))
    }));
    lines.join("\n")
}

pub(super) fn gaps(rows: &[Gap], days: u16) -> String {
    if rows.is_empty() {
        let span = if days == 1 { "the next day".to_owned() } else { format!("the next {days} days") };
        return format!("Somebody is on call all the time of {span}.");
    }
    rows.iter().map(|gap| gap.words.as_str()).collect::<Vec<_>>().join("\n")
}

/// On what the answer about a schedule rests.
pub(super) fn unread(held: &Schedule, Unread { calendar, heard_at, fails }: &Unread) -> String {
    let since =
        if *fails { "it could not be read since" } else { "nobody has read it since; is `firebell serve` running?" };
    let (key, heard) = (&held.key, times::moment(*heard_at, held.zone));
    format!("beware: {key} rests on what calendar {calendar} said at {heard} {}; {since}", held.zone)
}

/// `counted` says whether pages are known.
pub(super) fn fairness(held: &Schedule, (rows, counted): (&[Carried], bool), range: Span) -> String {
    let mut lines = vec![format!("{}, {}", held.key, times::span(range, held.zone))];
    if rows.is_empty() {
        lines.push("nobody is on call".to_owned());
    }
    let width = rows.iter().map(|row| row.person.len() + 1).max().unwrap_or_default();
    lines.extend(rows.iter().map(|row| {
        let Load { on_call_s, night_s, weekend_s, shifts } = row.load;
        let shifts = if shifts == 1 { "1 shift".to_owned() } else { format!("{shifts} shifts") };
        let (on_call, night, weekend) = (times::hours(on_call_s), times::hours(night_s), times::hours(weekend_s));
        let person = format!("@{}", row.person);
        let pages = pages(row).map(|pages| format!("; {pages}")).unwrap_or_default();
        format!(
            "{person:<width$}  {on_call:>9}  of these {night:>9} at night and {weekend:>9} at weekends, in {shifts}{pages}"
        )
    }));
    if !counted {
        lines.push("pages are not known here: they are counted from the database alone".to_owned());
    }
    lines.join("\n")
}

fn pages(row: &Carried) -> Option<String> {
    let pages = row.pages?;
    let noun = if pages == 1 { "page" } else { "pages" };
    let night = row.night_pages.filter(|night| *night > 0).map(|night| format!(", {night} at night"));
    Some(format!("{pages} {noun}{}", night.unwrap_or_default()))
}

fn handles(directory: &Directory, held: &[Held]) -> Vec<String> {
    held.iter().map(|held| directory.handle(held.person).to_owned()).collect()
}

fn why(directory: &Directory, why: &Why) -> String {
    match why {
        Why::Layer(name) => format!("layer {name}"),
        Why::Override(id) => format!("override by {}", maker(directory, *id)),
    }
}

fn maker(directory: &Directory, id: OverrideId) -> String {
    let made = directory.overrides.values().flatten().find(|made| made.id == id);
    match made.map(|made| &made.made_by) {
        Some(Who::Person(person)) => format!("@{}", directory.handle(*person)),
        Some(Who::Integration(key)) => key.to_string(),
        Some(Who::Firebell) | None => "Firebell".to_owned(),
    }
}

fn at(people: &[String]) -> String {
    if people.is_empty() {
        return "nobody".to_owned();
    }
    people.iter().map(|handle| format!("@{handle}")).collect::<Vec<_>>().join(", ")
}

fn offset(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::AutoSi, false)
}
