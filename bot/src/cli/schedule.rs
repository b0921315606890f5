//! `firebell schedule`: who is on call when, from the database or from files alone.

mod text;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use chrono_tz::Tz;
use clap::{Args, Subcommand};
use firebell_core::directory::Directory;
use firebell_core::directory::diff::over;
use firebell_core::ids::Key;
use firebell_core::oncall::fairness::loads;
use firebell_core::oncall::schedule::Schedule;
use firebell_core::oncall::shift::Span;
use firebell_core::refusal::there;
use firebell_core::suggest;
use serde::Serialize;

use super::open::{config, log, of_files, quiet_app, warn_of_unread};
use super::say::{complain, say};
use super::times::{self, Typed};
use super::{Exit, Failure, Global};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Sources;
use crate::ical::{Stamp, feed};
use crate::logging::Answered;
use crate::render::{Renderer, Target};

/// How far ahead shifts are shown where nobody says it.
const AHEAD: TimeDelta = TimeDelta::days(14);
/// How far back loads are added up where nobody says it, as in chat: pages are known of what is past.
const BACK: TimeDelta = TimeDelta::days(28);
/// As much as anybody reads, and as little as fits into memory.
const LONGEST: TimeDelta = TimeDelta::days(3_660);
/// How far beyond the time that is asked for a shift is followed to its ends.
const HORIZON: TimeDelta = TimeDelta::days(366);
/// How far ahead it is looked when the people change.
const NEXT: u16 = 60;

/// `firebell schedule`.
#[derive(Debug, Args)]
pub struct ScheduleArgs {
    #[command(subcommand)]
    pub ask: Ask,
}

/// What is asked of schedules.
#[derive(Debug, Subcommand)]
pub enum Ask {
    /// List schedules, with those who are on call now.
    List(ListOf),
    /// Show the shifts of a schedule, with overrides.
    Show(ShowOf),
    /// Show when nobody is on call.
    Gaps(GapsOf),
    /// Show how on-call work is shared out: hours, nights, weekends and pages.
    Fairness(FairnessOf),
}

/// `firebell schedule list`.
#[derive(Debug, Args)]
pub struct ListOf {
    #[command(flatten)]
    pub from: From,
}

/// `firebell schedule show`.
#[derive(Debug, Args)]
pub struct ShowOf {
    /// The schedule's key.
    pub name: String,
    #[command(flatten)]
    pub range: Range,
    /// The zone of the times; the schedule's by default.
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<Tz>,
    /// Print iCalendar, for other programs.
    #[arg(long, conflicts_with = "json")]
    pub ics: bool,
    #[command(flatten)]
    pub from: From,
}

/// `firebell schedule gaps`.
#[derive(Debug, Args)]
pub struct GapsOf {
    /// The schedule's key; all schedules without it.
    pub name: Option<String>,
    /// How many days ahead, up to 366.
    #[arg(long, value_name = "N", default_value = "28", value_parser = times::days)]
    pub days: u16,
    #[command(flatten)]
    pub from: From,
}

/// `firebell schedule fairness`.
#[derive(Debug, Args)]
pub struct FairnessOf {
    /// The schedule's key.
    pub name: String,
    #[command(flatten)]
    pub range: Past,
    #[command(flatten)]
    pub from: From,
}

/// From when to when, ahead.
#[derive(Debug, Args)]
pub struct Range {
    /// As 2026-12-01 or 2026-12-01T09:00 on the schedule's clock, or with an offset; now by default.
    #[arg(long = "from", value_name = "T", value_parser = times::typed)]
    pub start: Option<Typed>,
    /// The same; 14 days later by default.
    #[arg(long = "to", value_name = "T", value_parser = times::typed)]
    pub end: Option<Typed>,
}

/// From when to when, back.
#[derive(Debug, Args)]
pub struct Past {
    /// As 2026-12-01 or 2026-12-01T09:00 on the schedule's clock, or with an offset; 28 days before --to by default.
    #[arg(long = "from", value_name = "T", value_parser = times::typed)]
    pub start: Option<Typed>,
    /// The same; now by default.
    #[arg(long = "to", value_name = "T", value_parser = times::typed)]
    pub end: Option<Typed>,
}

/// Where the schedules come from, and how the answer is written.
#[derive(Debug, Args)]
pub struct From {
    /// Files of the directory, or folders whose *.toml are read, in the place of the database.
    #[arg(long, value_name = "FILES", num_args = 1..)]
    pub files: Vec<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// What is refused to whoever asks.
struct Refused(String);

pub(super) async fn schedule(global: &Global, args: &ScheduleArgs) -> Result<Exit, Failure> {
    let (Ask::List(ListOf { from })
    | Ask::Show(ShowOf { from, .. })
    | Ask::Gaps(GapsOf { from, .. })
    | Ask::Fairness(FairnessOf { from, .. })) = &args.ask;
    let held = held(global, &from.files).await?;
    let Held { directory, now, .. } = &held;
    let answered = match &args.ask {
        Ask::List(_) => list(directory, *now, from.json)?,
        Ask::Show(asked) => show(directory, *now, asked)?,
        Ask::Gaps(asked) => gaps(&held, asked).await?,
        Ask::Fairness(asked) => fairness(&held, asked).await?,
    };
    if let Some(app) = &held.app {
        app.store.close().await;
    }
    match answered {
        Ok(text) => {
            say(text)?;
            Ok(Exit::Done)
        }
        Err(Refused(why)) => {
            complain(format_args!("! {why}"));
            Ok(Exit::Refused)
        }
    }
}

/// What is asked about.
struct Held {
    /// That of the database where there is one, or that of files alone.
    directory: Arc<Directory>,
    /// In whole seconds.
    now: DateTime<Utc>,
    /// Absent where files alone are read.
    app: Option<App>,
}

async fn held(global: &Global, files: &[PathBuf]) -> Result<Held, Failure> {
    let config = config(global)?;
    let missing = config.database.url.sqlite_file().is_some_and(|file| !file.exists());
    if files.is_empty() && !(missing && config.describes_directory()) {
        let app = quiet_app(global).await?;
        let directory = app.intake.directory().await?;
        let now = app.intake.clock.now().trunc_subsecs(0);
        return Ok(Held { directory, now, app: Some(app) });
    }
    log(&config, Answered::Here)?;
    let now = Clock::system().now().trunc_subsecs(0);
    let described =
        if files.is_empty() { config.directory().clone() } else { config.directory_of(&Sources::read(files)?)? };
    warn_of_unread(&described);
    Ok(Held { directory: Arc::new(of_files(&described, now)), now, app: None })
}

type Answer = Result<Result<String, Refused>, Failure>;

fn list(directory: &Directory, now: DateTime<Utc>, json: bool) -> Answer {
    let rows: Vec<text::Listed> =
        directory.schedules.values().map(|held| text::Listed::of(directory, held, over(now, NEXT))).collect();
    written(&rows, json, || text::list(&rows))
}

fn show(directory: &Directory, now: DateTime<Utc>, asked: &ShowOf) -> Answer {
    let held = match find(directory, &asked.name) {
        Ok(held) => held,
        Err(refused) => return Ok(Err(refused)),
    };
    let zone = asked.zone.unwrap_or(held.zone);
    let range = match asked.range.within(zone, now) {
        Ok(range) => range,
        Err(refused) => return Ok(Err(refused)),
    };
    if asked.ics {
        return Ok(Ok(as_ics(directory, held, range, now)));
    }
    let shifts = directory.roster(&held.key).map(|roster| roster.shifts(range.start, range.end)).unwrap_or_default();
    let rows: Vec<text::Row> = shifts.iter().map(|shift| text::Row::of(directory, shift, zone)).collect();
    written(&rows, asked.from.json, || text::shifts(held, &rows, zone))
}

/// The shifts as a calendar; a gap has no event. They are whole, so that each is the same one in every run, whenever it is.
fn as_ics(directory: &Directory, held: &Schedule, range: Span, now: DateTime<Utc>) -> String {
    let shifts = directory.roster(&held.key).map(|roster| roster.whole_shifts(range.start, range.end, HORIZON));
    let edge = range.start.checked_sub_signed(HORIZON).unwrap_or(DateTime::<Utc>::MIN_UTC);
    let stamp = Stamp { domain: "firebell", sequence: held.version, changed_at: now, edge };
    let entries = stamp.shifts(directory, held, &shifts.unwrap_or_default());
    feed(&held.name, now, &entries).trim_end().to_owned()
}

async fn gaps(Held { directory, now, app }: &Held, asked: &GapsOf) -> Answer {
    let schedules: Vec<&Schedule> = match &asked.name {
        None => directory.schedules.values().collect(),
        Some(name) => match find(directory, name) {
            Ok(held) => vec![held],
            Err(refused) => return Ok(Err(refused)),
        },
    };
    // Beside the answer, which scripts read.
    if let Some(app) = app {
        for unread in app.intake.unread_calendars().await? {
            let rests = |held: &&&Schedule| held.calendars().any(|key| *key == unread.calendar);
            schedules.iter().filter(rests).for_each(|held| complain(text::unread(held, &unread)));
        }
    }
    let range = over(*now, asked.days);
    let of = |held: &&Schedule| {
        let gaps = directory.roster(&held.key).map(|roster| roster.gaps(range.start, range.end));
        let (key, zone) = (held.key.to_string(), held.zone);
        gaps.unwrap_or_default().into_iter().map(move |gap| text::Gap::of(key.clone(), gap, zone))
    };
    let rows: Vec<text::Gap> = schedules.iter().flat_map(of).collect();
    written(&rows, asked.from.json, || text::gaps(&rows, asked.days))
}

async fn fairness(Held { directory, now, app }: &Held, asked: &FairnessOf) -> Answer {
    let held = match find(directory, &asked.name) {
        Ok(held) => held,
        Err(refused) => return Ok(Err(refused)),
    };
    let range = match asked.range.within(held.zone, *now) {
        Ok(range) => range,
        Err(refused) => return Ok(Err(refused)),
    };
    let shifts = directory.roster(&held.key).map(|roster| roster.shifts(range.start, range.end)).unwrap_or_default();
    let zone = |person| directory.people.get(&person).map_or(held.zone, |person| person.zone);
    let mut loads = loads(&shifts, zone);
    let paged = match app {
        Some(app) => Some(app.intake.paged_by(directory, held, range).await?),
        None => None,
    };
    for person in paged.iter().flat_map(BTreeMap::keys) {
        loads.entry(*person).or_default();
    }
    let row = |(person, load)| {
        let told = paged.as_ref().map(|paged| paged.get(&person).copied().unwrap_or_default());
        text::Carried {
            person: directory.handle(person).to_owned(),
            load,
            pages: told.map(|told| told.pages),
            night_pages: told.map(|told| told.night_pages),
        }
    };
    let mut rows: Vec<text::Carried> = loads.into_iter().map(row).collect();
    rows.sort_by(|a, b| b.load.on_call_s.cmp(&a.load.on_call_s).then_with(|| a.person.cmp(&b.person)));
    written(&rows, asked.from.json, || text::fairness(held, (&rows, paged.is_some()), range))
}

fn written(rows: &impl Serialize, json: bool, words: impl FnOnce() -> String) -> Answer {
    Ok(Ok(if json { serde_json::to_string_pretty(rows)? } else { words() }))
}

fn find<'d>(directory: &'d Directory, name: &str) -> Result<&'d Schedule, Refused> {
    let found = directory.schedules.values().find(|held| held.key.as_str() == name.to_lowercase());
    found.ok_or_else(|| {
        let keys = || directory.schedules.keys().map(Key::as_str);
        let help = match suggest::nearest(name, keys()) {
            Some(near) => format!("did you mean {near}?"),
            None => there(&keys().collect::<Vec<_>>()),
        };
        Refused(format!("No schedule is called {}; {help}", Renderer::inert(Target::Console, name)))
    })
}

impl Range {
    fn within(&self, zone: Tz, now: DateTime<Utc>) -> Result<Span, Refused> {
        let start = self.start.map_or(now, |at| at.within(zone));
        let later = || start.checked_add_signed(AHEAD).unwrap_or(DateTime::<Utc>::MAX_UTC);
        stretch(start, self.end.map_or_else(later, |at| at.within(zone)))
    }
}

impl Past {
    fn within(&self, zone: Tz, now: DateTime<Utc>) -> Result<Span, Refused> {
        let end = self.end.map_or(now, |at| at.within(zone));
        let earlier = || end.checked_sub_signed(BACK).unwrap_or(DateTime::<Utc>::MIN_UTC);
        stretch(self.start.map_or_else(earlier, |at| at.within(zone)), end)
    }
}

/// A stretch of time that can be worked out for one answer.
fn stretch(start: DateTime<Utc>, end: DateTime<Utc>) -> Result<Span, Refused> {
    if end <= start {
        return Err(Refused("--to must be after --from; give a later time".to_owned()));
    }
    if end - start > LONGEST {
        return Err(Refused(format!("From --from to --to are at most {} days; ask for less", LONGEST.num_days())));
    }
    Ok(Span { start, end })
}
