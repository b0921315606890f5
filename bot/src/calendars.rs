//! Calendars of the directory that are read from URLs: by whoever applies them, and then again and again.

mod fetch;
mod refresh;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use firebell_core::directory::plan::{FileCalendar, FileDirectory, FileUrl, PlainUrl};
use firebell_core::directory::{Directory, Person};
use firebell_core::ids::Key;
use firebell_core::oncall::calendar::{CalendarEvent, CalendarSource, Days};
use reqwest::Url;

use self::fetch::{Fetched, Fetcher};
use crate::ical;
use crate::intake::{Fault, Intake};
use crate::notify::guard::Guard;
use crate::seal::SealError;

/// For what URLs are sealed and marked.
const PURPOSE: &str = "calendar-url";

/// Which hosts calendars may be read from, and how long one reading may take.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    pub guard: Guard,
    pub patience: Duration,
}

impl Default for Reach {
    fn default() -> Self {
        Self { guard: Guard::default(), patience: Duration::from_secs(20) }
    }
}

/// When a calendar is read from which the directory has something already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fresh {
    /// In any case; where that fails, what the directory has counts on.
    Always,
    /// When it is due, and not now.
    IfUnknown,
}

/// Reads calendars. Clones share its connections.
#[derive(Clone)]
pub struct Calendars {
    intake: Intake,
    fetcher: Arc<Fetcher>,
}

/// What a calendar says, with its people called by `Id`.
struct Content<Id> {
    days: Vec<Days>,
    events: Vec<(CalendarEvent, Vec<Id>)>,
}

impl Calendars {
    /// Reads within this reach, for the directory of this intake.
    pub fn new(intake: Intake, reach: Reach) -> Self {
        Self { intake, fetcher: Arc::new(Fetcher::new(reach)) }
    }

    /// Files with what their calendars at URLs say; beside them, in words, what could not be read now.
    ///
    /// # Errors
    /// A calendar from which nothing is known yet cannot be read: nobody is to rely on one that is empty.
    pub async fn read(&self, files: FileDirectory, fresh: Fresh) -> Result<(FileDirectory, Vec<String>), Fault> {
        if files.calendars.iter().all(|calendar| calendar.url.is_none()) {
            return Ok((files, Vec::new()));
        }
        let directory = self.intake.directory().await?;
        let known = names_of(&files, &directory);
        let planned = files.planned_calendars();
        let mut files = files;
        let mut unread = Vec::new();
        for calendar in &mut files.calendars {
            let Some(url) = calendar.url.clone() else { continue };
            let source = self.source(&url)?;
            let key = calendar.calendar.key.clone();
            let planned = planned.contains(&key);
            let has = has(&directory, (&key, &source), planned);
            calendar.calendar.source = Some(source);
            if has && fresh == Fresh::IfUnknown {
                calendar.keeps = true;
                continue;
            }
            match self.content(&url, planned.then_some(&known)).await {
                Ok(content) => fill(calendar, content),
                Err(why) if has => {
                    calendar.keeps = true;
                    unread.push(format!("calendar \"{key}\": {why}; what it said before counts on"));
                }
                Err(why) => return Err(Fault::Calendar(format!("calendar \"{key}\": {why}"))),
            }
        }
        Ok((files, unread))
    }

    /// The URL of a calendar, for whoever writes the directory as a file.
    ///
    /// # Errors
    /// It was sealed with another key.
    pub fn opened(&self, source: &CalendarSource) -> Result<FileUrl, Fault> {
        let url = PlainUrl(self.url(source)?);
        Ok(FileUrl { url, refresh_s: source.refresh_s, zone: source.zone })
    }

    fn source(&self, file: &FileUrl) -> Result<CalendarSource, Fault> {
        let (plain, keyring) = (file.url.0.as_bytes(), &self.intake.keyring);
        Ok(CalendarSource {
            sealed: STANDARD.encode(keyring.seal(PURPOSE, plain)?),
            mark: STANDARD.encode(keyring.digest(PURPOSE, plain)?),
            host: host(&file.url.0),
            refresh_s: file.refresh_s,
            zone: file.zone,
        })
    }

    fn url(&self, source: &CalendarSource) -> Result<String, Fault> {
        let sealed = STANDARD.decode(&source.sealed).map_err(|_| SealError::Malformed)?;
        let plain = self.intake.keyring.open(PURPOSE, &sealed)?;
        String::from_utf8(plain).map_err(|_| Fault::from(SealError::Malformed))
    }

    /// What a URL says now; without `known` its days.
    async fn content(&self, file: &FileUrl, known: Option<&BTreeMap<String, Key>>) -> Result<Content<Key>, String> {
        let host = host(&file.url.0);
        let told = |why: String| format!("{host}: {why}");
        match self.fetcher.fetch(&file.url.0, None).await.map_err(told)? {
            Fetched::Same => Err(told("it says that nothing has changed, and was not asked that".to_owned())),
            Fetched::New { text, .. } => content(&text, file.zone, (self.intake.clock.now(), known)).map_err(told),
        }
    }
}

/// What a text says; without `known` its days.
fn content<Id: Clone + PartialEq>(
    text: &str,
    zone: chrono_tz::Tz,
    (now, known): (chrono::DateTime<chrono::Utc>, Option<&BTreeMap<String, Id>>),
) -> Result<Content<Id>, String> {
    let read = ical::whole(text, zone, now)?;
    Ok(match known {
        Some(known) => Content { days: Vec::new(), events: ical::shifts(&read, now, |name| known.get(name).cloned())? },
        None => Content { days: ical::days(&read), events: Vec::new() },
    })
}

fn fill(calendar: &mut FileCalendar, content: Content<Key>) {
    calendar.calendar.days = content.days;
    (calendar.calendar.events, calendar.people) = content.events.into_iter().unzip();
}

/// Whether the directory has what this source says, for the same use.
fn has(directory: &Directory, (key, source): (&Key, &CalendarSource), planned: bool) -> bool {
    let held = directory.calendars.get(key).and_then(|held| held.source.as_ref());
    held.is_some_and(|held| held.mark == source.mark) && directory.plans_by(key) == planned
}

/// By what events may call people: those of the files first, then those whom the directory has from elsewhere.
fn names_of(files: &FileDirectory, directory: &Directory) -> BTreeMap<String, Key> {
    let mut names = BTreeMap::new();
    let mut add = |handle: &Key, email: Option<&str>| {
        let all = [Some(handle.as_str()), email].into_iter().flatten();
        for name in all {
            names.entry(name.to_lowercase()).or_insert_with(|| handle.clone());
        }
    };
    files.people.iter().for_each(|person| add(&person.handle, person.email.as_deref()));
    let of_files: BTreeSet<&Key> = files.people.iter().map(|person| &person.handle).collect();
    let foreign = |person: &&Person| {
        person.active && person.origin != firebell_core::directory::Origin::File && !of_files.contains(&person.handle)
    };
    directory.people.values().filter(foreign).for_each(|person| add(&person.handle, person.email.as_deref()));
    names
}

/// Who serves a URL.
fn host(url: &str) -> String {
    Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}
