//! Calendars of a file: days that stand there, an iCalendar file, or a URL that is read again and again.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use firebell_core::directory::Origin;
use firebell_core::directory::plan::{FileCalendar, FilePerson, FileUrl, PlainUrl};
use firebell_core::ids::Key;
use firebell_core::oncall::calendar::{Calendar, Days};
use firebell_core::when::parse_duration;
use reqwest::Url;
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::error::Wrong;
use super::files::Text;
use super::oncall::ScheduleSection;
use super::value::{FilePath, Name, Zone, from_text, text_value};
use crate::clock::Clock;
use crate::ical;

/// From one reading of a URL to the next, where a file does not say it.
const REFRESH: TimeDelta = TimeDelta::hours(6);
/// More often, and whoever serves it would take it for a flood.
const REFRESH_MIN: TimeDelta = TimeDelta::minutes(15);
/// Less often, and nobody would hear in time that it cannot be read.
const REFRESH_MAX: TimeDelta = TimeDelta::days(7);

text_value!(DaysText, (NaiveDate, NaiveDate), "a date in quotes, such as \"2026-12-25\"", read_dates);
text_value!(CalendarUrl, PlainUrl, "a URL in quotes", read_url);
text_value!(Refresh, TimeDelta, "a duration, such as \"6h\"", read_refresh);

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section, such as [[calendars]]")]
pub(super) struct CalendarSection {
    pub(super) key: Spanned<Key>,
    name: Option<Name>,
    #[serde(default)]
    days: Vec<DaysText>,
    /// An iCalendar file, which is read at each start and apply.
    file: Option<Spanned<FilePath>>,
    /// Where an iCalendar file is read from, again and again.
    url: Option<Spanned<CalendarUrl>>,
    /// From one reading of the URL to the next.
    refresh: Option<Spanned<Refresh>>,
    /// That of times in the file or at the URL which name none.
    #[serde(default)]
    zone: Zone,
}

impl CalendarSection {
    /// Where its iCalendar file lies, if it has one.
    pub(super) fn path(&self) -> Option<&Path> {
        self.file.as_ref().map(|file| file.get_ref().0.as_path())
    }
}

/// The calendars that layers have their people from.
pub(super) fn layer_calendars(schedules: &[ScheduleSection]) -> BTreeSet<Key> {
    schedules.iter().flat_map(ScheduleSection::calendars).cloned().collect()
}

/// The calendars of a file. Events of those that layers have their people from name somebody among `people`, by handle or
/// address; of the others the days alone count. An iCalendar file among `texts` is read from there.
pub(super) fn calendars(
    sections: Vec<CalendarSection>,
    people: &[FilePerson],
    of_layers: &BTreeSet<Key>,
    texts: &[Text],
) -> Result<Vec<FileCalendar>, Wrong> {
    let now = Clock::system().now();
    let calendar = |section: CalendarSection| {
        refuse_two_sources(&section)?;
        let key = section.key.into_inner();
        let name = section.name.map_or_else(|| key.to_string(), |name| name.0);
        let days = section.days.into_iter().map(|DaysText((from, until))| Days { from, until, name: name.clone() });
        let days = days.collect();
        let refresh_s = section.refresh.map_or(REFRESH, |refresh| refresh.into_inner().0).num_seconds();
        let zone = section.zone.0;
        let url = section.url.map(|url| FileUrl { url: url.into_inner().0, refresh_s, zone });
        let calendar = Calendar { key, name, origin: Origin::File, days, events: Vec::new(), source: None };
        let mut file = FileCalendar { calendar, people: Vec::new(), url, keeps: false };
        if let Some(path) = &section.file {
            let has_people = of_layers.contains(&file.calendar.key);
            let wrong = |why: String| Wrong::new(&path.span(), format!("calendar \"{}\": {why}", file.calendar.key));
            let read = read_file(&path.get_ref().0, texts, (zone, now)).map_err(wrong)?;
            if has_people {
                let shifts = ical::shifts(&read, now, |name| known(people, name)).map_err(wrong)?;
                (file.calendar.events, file.people) = shifts.into_iter().unzip();
            } else {
                file.calendar.days.extend(ical::days(&read));
            }
        }
        Ok(file)
    };
    sections.into_iter().map(calendar).collect()
}

fn refuse_two_sources(section: &CalendarSection) -> Result<(), Wrong> {
    let key = section.key.get_ref();
    let Some(url) = &section.url else {
        return match &section.refresh {
            None => Ok(()),
            Some(refresh) => {
                let message =
                    format!("calendar \"{key}\": \"refresh\" says how often \"url\" is read, and there is none");
                Err(Wrong::new(&refresh.span(), message))
            }
        };
    };
    let other = if section.file.is_some() {
        "file"
    } else if section.days.is_empty() {
        return Ok(());
    } else {
        "days"
    };
    let message = format!("calendar \"{key}\" has both \"url\" and \"{other}\"; make two calendars of them");
    Err(Wrong::new(&url.span(), message))
}

fn known(people: &[FilePerson], name: &str) -> Option<Key> {
    let is = |person: &&FilePerson| {
        person.handle.as_str() == name || person.email.as_deref().is_some_and(|email| email.eq_ignore_ascii_case(name))
    };
    people.iter().find(is).map(|person| person.handle.clone())
}

/// What a file holds around an instant.
fn read_file(path: &Path, texts: &[Text], (zone, now): (Tz, DateTime<Utc>)) -> Result<ical::Read, String> {
    let shown = path.display().to_string();
    let held = texts.iter().find(|text| text.calendar && text.name == shown).map(|text| text.text.as_str());
    let text = held.map_or_else(|| fs::read_to_string(path).map(Cow::Owned), |held| Ok(Cow::Borrowed(held)));
    let text = text.map_err(|error| format!("cannot read {shown}: {error}; check the path and who may read it"))?;
    ical::whole(&text, zone, now).map_err(|why| format!("{shown}: {why}"))
}

/// A date, or two with `..` between them, both included.
fn read_dates(text: &str) -> Result<(NaiveDate, NaiveDate), String> {
    let wrong = || format!("{text:?} is no date; write one such as \"2026-12-25\", or \"2026-12-24..2026-12-26\"");
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let date = |text: &str| NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").map_err(|_| wrong());
    let (from, last) = (date(first)?, date(last)?);
    let until = last.succ_opt().filter(|until| *until > from).ok_or_else(wrong)?;
    Ok((from, until))
}

/// A web address, which is repeated nowhere: whoever knows it may read the calendar. Programs write `webcal:` for `https:`.
fn read_url(text: &str) -> Result<PlainUrl, String> {
    let text = text.strip_prefix("webcal://").map_or_else(|| text.to_owned(), |rest| format!("https://{rest}"));
    let fits = |url: &Url| {
        let plain = url.username().is_empty() && url.password().is_none();
        matches!(url.scheme(), "https" | "http") && url.has_host() && plain
    };
    let url = Url::parse(&text).ok().filter(fits);
    let url = url.ok_or("expected a URL that begins with https:// and has neither a user nor a password in it")?;
    Ok(PlainUrl(url.into()))
}

fn read_refresh(text: &str) -> Result<TimeDelta, String> {
    let wait = parse_duration(text).map_err(|error| error.to_string())?;
    let wrong = "expected a duration from \"15m\" to \"7d\"";
    if (REFRESH_MIN..=REFRESH_MAX).contains(&wait) { Ok(wait) } else { Err(wrong.to_owned()) }
}
