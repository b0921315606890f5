//! Schedules of a file, each name in them checked against the others.

use std::fmt;
use std::num::NonZeroU16;

use chrono::{NaiveDateTime, TimeDelta, Weekday};
use firebell_core::directory::plan::{FileLayer, FileSchedule};
use firebell_core::ids::Key;
use firebell_core::oncall::schedule::{Holidays, Layer, NOTICE_LONGEST, Rotation, Source, Turn, Window};
use firebell_core::oncall::text::{read_day, read_turn, read_wall, read_windows};
use firebell_core::when::{compact_duration, parse_duration};
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::directory::{known, named_people, unique_of};
use super::error::Wrong;
use super::value::{Name, Zone, from_text, text_value};

text_value!(Wall, NaiveDateTime, "a date and time in quotes, such as \"2026-01-05T09:00\"", read_wall);
text_value!(TurnText, Turn, "a turn in quotes, such as \"1w\"", read_turn);
text_value!(WindowText, Vec<Window>, "a part of the week in quotes, such as \"mon-fri 09:00-17:00\"", read_windows);
text_value!(DayText, Weekday, "a day in quotes, such as \"mon\"", |text| {
    read_day(text).ok_or_else(|| format!("{text:?} is no day of the week; write one such as \"mon\""))
});
text_value!(Notice, TimeDelta, "a duration, such as \"15m\"", read_notice);

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section, such as [[schedules]]")]
pub(super) struct ScheduleSection {
    pub(super) key: Spanned<Key>,
    name: Option<Name>,
    #[serde(default)]
    zone: Zone,
    team: Option<Spanned<Key>>,
    handoff_notice: Option<Notice>,
    #[serde(default)]
    layers: Vec<LayerSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section, such as [[schedules.layers]]")]
pub(super) struct LayerSection {
    name: Spanned<Key>,
    #[serde(default)]
    priority: i64,
    from: Option<Wall>,
    until: Option<Spanned<Wall>>,
    #[serde(default)]
    shadow: bool,
    start: Option<Wall>,
    turn: Option<Spanned<TurnText>>,
    handoff: Option<Spanned<Vec<DayText>>>,
    every: Option<Spanned<NonZeroU16>>,
    people: Option<Spanned<Vec<Spanned<Pool>>>>,
    calendar: Option<Spanned<Key>>,
    #[serde(default)]
    windows: Vec<WindowText>,
    holidays: Option<HolidaysSection>,
}

/// One person, or several who are on call together.
enum Pool {
    One(Key),
    Together(Vec<Spanned<Key>>),
}

impl<'de> Deserialize<'de> for Pool {
    /// An untagged enum would lose the places of the handles.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Pool;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a handle in quotes, or a list of handles for people who are on call together")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Pool, E> {
                Key::new(text).map(Pool::One).map_err(E::custom)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut handles: A) -> Result<Pool, A::Error> {
                let mut together = Vec::new();
                while let Some(handle) = handles.next_element()? {
                    together.push(handle);
                }
                Ok(Pool::Together(together))
            }
        }
        from.deserialize_any(Read)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "{ calendar = \"...\", only = true }")]
struct HolidaysSection {
    calendar: Spanned<Key>,
    #[serde(default)]
    only: bool,
}

/// What a schedule may name.
pub(super) struct Named<'n> {
    pub(super) handles: &'n [Key],
    pub(super) teams: &'n [Key],
    pub(super) calendars: &'n [Key],
}

impl ScheduleSection {
    /// The calendars that its layers have their people from.
    pub(super) fn calendars(&self) -> impl Iterator<Item = &Key> {
        self.layers.iter().filter_map(|layer| layer.calendar.as_ref()).map(Spanned::get_ref)
    }
}

/// One schedule of a file.
pub(super) fn schedule(section: ScheduleSection, named: &Named<'_>) -> Result<FileSchedule, Wrong> {
    let span = section.key.span();
    let key = section.key.into_inner();
    let who = format!("schedule \"{key}\"");
    if let Some(team) = &section.team {
        known(&who, "team", team, &named.teams.iter().collect::<Vec<_>>())?;
    }
    if section.layers.is_empty() {
        return Err(Wrong::new(&span, format!("{who} has no layers; add [[schedules.layers]]")));
    }
    unique_of("layer", &format!(" of {who}"), section.layers.iter().map(|layer| &layer.name))?;
    Ok(FileSchedule {
        name: section.name.map_or_else(|| key.to_string(), |name| name.0),
        zone: section.zone.0,
        team: section.team.map(Spanned::into_inner),
        handoff_notice_s: section.handoff_notice.map(|notice| notice.0.num_seconds()),
        layers: section.layers.iter().map(|layer| check_layer(&key, layer, named)).collect::<Result<_, _>>()?,
        key,
    })
}

fn check_layer(schedule: &Key, section: &LayerSection, named: &Named<'_>) -> Result<FileLayer, Wrong> {
    let who = format!("layer \"{}\" of schedule \"{schedule}\"", section.name.get_ref());
    let calendars: Vec<&Key> = named.calendars.iter().collect();
    if let Some(holidays) = &section.holidays {
        known(&who, "calendar", &holidays.calendar, &calendars)?;
    }
    let from = section.from.as_ref().map(|from| from.0);
    if let Some(until) = &section.until
        && from.is_some_and(|from| from >= until.get_ref().0)
    {
        return Err(Wrong::new(
            &until.span(),
            format!("{who} ends before it begins; \"until\" must be after \"from\""),
        ));
    }
    let until = section.until.as_ref().map(|until| until.get_ref().0);
    let (name, priority, shadow) = (section.name.get_ref().clone(), section.priority, section.shadow);
    let windows = section.windows.iter().flat_map(|window| window.0.clone()).collect();
    let holidays = section.holidays.as_ref().map(|held| (held.calendar.get_ref().clone(), held.only));
    let holidays = holidays.map(|(calendar, only)| Holidays { calendar, only });
    let (source, pools) = match &section.calendar {
        Some(calendar) => {
            known(&who, "calendar", calendar, &calendars)?;
            refuse_rotation(&who, section)?;
            (Source::Calendar(calendar.get_ref().clone()), Vec::new())
        }
        None => rotation(&who, section, named.handles)?,
    };
    Ok(FileLayer { layer: Layer { name, priority, from, until, shadow, source, windows, holidays }, pools })
}

/// A layer of a calendar has its people from there.
fn refuse_rotation(who: &str, section: &LayerSection) -> Result<(), Wrong> {
    let rotates = section.start.is_some() || section.turn.is_some() || section.handoff.is_some();
    if rotates || section.people.is_some() || section.every.is_some() {
        let message = format!(
            "{who} has both a calendar and a rotation; keep \"calendar\", or \"start\", \"turn\" and \"people\""
        );
        return Err(Wrong::new(&section.name.span(), message));
    }
    Ok(())
}

fn rotation(who: &str, section: &LayerSection, handles: &[Key]) -> Result<(Source, Vec<Vec<Key>>), Wrong> {
    let missing = |key: &str, example: &str| {
        Wrong::new(&section.name.span(), format!("{who} lacks \"{key}\"; write it as {example}"))
    };
    let start = section.start.as_ref().ok_or_else(|| missing("start", "start = \"2026-01-05T09:00\""))?.0;
    let turn = match (&section.turn, &section.handoff) {
        (Some(turn), None) => turn.get_ref().0.clone(),
        (None, Some(days)) => on_days(who, days, section.every.as_ref())?,
        (Some(_), Some(days)) => {
            return Err(Wrong::new(&days.span(), format!("{who} has both \"turn\" and \"handoff\"; keep one of them")));
        }
        (None, None) => return Err(missing("turn", "turn = \"1w\", or handoff = [\"mon\"]")),
    };
    if let (Some(every), Some(_)) = (&section.every, &section.turn) {
        let message = format!("\"every\" of {who} counts hand-off days; it goes with \"handoff\" alone");
        return Err(Wrong::new(&every.span(), message));
    }
    let people = section.people.as_ref().ok_or_else(|| missing("people", "people = [\"ana\", \"bo\"]"))?;
    let pool = |pool: &Spanned<Pool>| match pool.get_ref() {
        Pool::One(person) => {
            let person = Spanned::new(pool.span(), person.clone());
            named_people(who, &[person], handles)
        }
        Pool::Together(people) if people.is_empty() => {
            Err(Wrong::new(&pool.span(), format!("a pool of {who} is empty; name somebody or remove it")))
        }
        Pool::Together(people) => named_people(who, people, handles),
    };
    let pools = people.get_ref().iter().map(pool).collect::<Result<Vec<_>, _>>()?;
    if pools.is_empty() {
        return Err(Wrong::new(&people.span(), format!("{who} names nobody; name at least one person")));
    }
    Ok((Source::Rotation(Rotation { start, turn, pools: Vec::new() }), pools))
}

fn on_days(who: &str, named: &Spanned<Vec<DayText>>, every: Option<&Spanned<NonZeroU16>>) -> Result<Turn, Wrong> {
    let mut days: Vec<Weekday> = named.get_ref().iter().map(|day| day.0).collect();
    let count = days.len();
    days.sort_by_key(Weekday::num_days_from_monday);
    days.dedup();
    if days.is_empty() || days.len() < count {
        let message = format!("\"handoff\" of {who} names each day once, and at least one");
        return Err(Wrong::new(&named.span(), message));
    }
    Ok(Turn::On { days, every: every.map_or(NonZeroU16::MIN, |every| *every.get_ref()) })
}

/// How long before a hand-off; no time at all is the hand-off itself.
fn read_notice(text: &str) -> Result<TimeDelta, String> {
    if matches!(text.trim(), "0" | "0s" | "0m" | "0h") {
        return Ok(TimeDelta::zero());
    }
    let notice = parse_duration(text).map_err(|error| error.to_string())?;
    if notice > NOTICE_LONGEST {
        let longest = compact_duration(NOTICE_LONGEST);
        return Err(format!("{text:?} is too long before a hand-off; write at most \"{longest}\""));
    }
    Ok(notice)
}
