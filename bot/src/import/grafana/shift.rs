//! One shift of Grafana OnCall as a layer.
//!
//! Its times are wall times in the shift's zone, but `until` is one in UTC, as it goes into an RRULE as it is.

use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;
use firebell_core::when::wall_to_instant;
use serde_json::Value;

use super::super::draft::Draft;
use super::super::json;
use super::super::model::{Layer, Notes, Turn};
use super::super::text::quoted;
use super::super::wall;
use super::repeat::{self, Frequency, Repeat};

/// Days by the names of iCalendar.
const DAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Mon),
    ("TU", Weekday::Tue),
    ("WE", Weekday::Wed),
    ("TH", Weekday::Thu),
    ("FR", Weekday::Fri),
    ("SA", Weekday::Sat),
    ("SU", Weekday::Sun),
];

pub(super) fn start(shift: &Value) -> Result<NaiveDateTime, String> {
    json::needed_text(shift, "start").and_then(wall::wall_time)
}

/// How long one occurrence lasts, in seconds; ten years at most, which is as good as for ever.
pub(super) fn duration(shift: &Value) -> Result<i64, String> {
    let seconds = json::strict_number(shift, "duration")?.ok_or("there is no duration")?;
    if (1..=10 * 366 * 86_400).contains(&seconds) {
        Ok(seconds)
    } else {
        Err(format!("the duration is {seconds} seconds"))
    }
}

fn until(shift: &Value) -> Result<Option<DateTime<Utc>>, String> {
    Ok(json::strict_text(shift, "until")?.map(wall::wall_time).transpose()?.map(|until| until.and_utc()))
}

/// The end of a shift that occurs once.
fn end(shift: &Value) -> Result<NaiveDateTime, String> {
    start(shift)?.checked_add_signed(TimeDelta::seconds(duration(shift)?)).ok_or_else(|| "it never ends".to_owned())
}

/// Whether nobody will be on call by this shift any more.
pub(super) fn is_over(shift: &Value, zone: Tz, now: DateTime<Utc>) -> Result<bool, String> {
    let last = if json::text(shift, "type") == Some("single_event") {
        Some(wall_to_instant(zone, end(shift)?))
    } else {
        until(shift)?
    };
    Ok(last.is_some_and(|last| last <= now))
}

/// The layer of a shift, unless it has nobody.
pub(super) fn layer(
    draft: &Draft,
    zone: Tz,
    shift: &Value,
    shown: &str,
    notes: &mut Notes,
) -> Result<Option<Layer>, String> {
    let kind = json::needed_text(shift, "type")?;
    let pools = match kind {
        "rolling_users" => rolling(draft, shift)?,
        "single_event" | "recurrent_event" => vec![pool(draft, json::strict_list(shift, "users")?)?],
        other => return Err(format!("the type {} is not known", quoted(other))),
    };
    if pools.iter().all(Vec::is_empty) {
        notes.left(format!("shift {shown} has nobody in it"));
        return Ok(None);
    }
    if pools.iter().any(Vec::is_empty) {
        return Err("somebody's turn is a turn of nobody, and our turns always have somebody".to_owned());
    }
    let start = start(shift)?;
    let priority = json::strict_number(shift, "level")?.unwrap_or_default();
    let bare = Layer {
        name: String::new(),
        priority,
        start,
        turn: Turn::Weeks(1),
        pools,
        from: Some(start),
        until: None,
        windows: Vec::new(),
    };
    if kind == "single_event" {
        return Ok(Some(Layer { until: Some(end(shift)?), ..bare }));
    }
    let repeat = read(shift, kind == "rolling_users")?;
    let plan = repeat::plan(&repeat, bare.pools.len())?;
    let until = until(shift)?.map(|until| wall::to_wall(until, zone));
    if let Some(until) = until {
        let until = wall::written(until);
        notes.changed(format!("shift {shown} is cut off at {until}; an occurrence that has begun went on to its end"));
    }
    let from = Some(start.max(repeat.rotation_start));
    Ok(Some(Layer { start: plan.start, turn: plan.turn, windows: plan.windows, from, until, ..bare }))
}

fn read(shift: &Value, rolling: bool) -> Result<Repeat, String> {
    for field in ["by_month", "by_monthday"] {
        if !json::strict_list(shift, field)?.is_empty() {
            return Err(format!("it repeats {field}, and layers know days of the week alone"));
        }
    }
    let frequency = match json::needed_text(shift, "frequency")? {
        "hourly" => Frequency::Hourly,
        "daily" => Frequency::Daily,
        "weekly" => Frequency::Weekly,
        "monthly" => return Err("it repeats by the month, which has no fixed length".to_owned()),
        other => return Err(format!("the frequency {} is not known", quoted(other))),
    };
    let interval = json::strict_number(shift, "interval")?.unwrap_or(1);
    let interval = u16::try_from(interval).ok().filter(|n| *n > 0);
    let mut days = Vec::new();
    for named in json::strict_list(shift, "by_day")? {
        let day =
            day(named.as_str().unwrap_or_default()).ok_or_else(|| format!("it repeats on {}", json::seen(named)))?;
        if !days.contains(&day) {
            days.push(day);
        }
    }
    days.sort_by_key(Weekday::num_days_from_monday);
    let start = start(shift)?;
    let rotation_start = json::strict_text(shift, "rotation_start")?.map(wall::wall_time).transpose()?;
    let week_start = json::strict_text(shift, "week_start")?.unwrap_or("SU");
    Ok(Repeat {
        start,
        // Of a shift that does not roll, it has no meaning.
        rotation_start: rotation_start.filter(|_| rolling).unwrap_or(start),
        seconds: duration(shift)?,
        frequency,
        interval: interval.ok_or("the interval is no number of turns that can be kept")?,
        days,
        week_start: day(week_start).ok_or_else(|| format!("the week begins on {}", quoted(week_start)))?,
        rolling,
    })
}

fn day(name: &str) -> Option<Weekday> {
    DAYS.iter().find(|(known, _)| *known == name).map(|(_, day)| *day)
}

/// The pools in the order of their turns.
fn rolling(draft: &Draft, shift: &Value) -> Result<Vec<Vec<String>>, String> {
    let groups = json::strict_list(shift, "rolling_users")?;
    let mut pools = Vec::new();
    for group in groups {
        let group =
            group.as_array().ok_or_else(|| format!("a group of people is no list but {}", json::seen(group)))?;
        pools.push(pool(draft, group)?);
    }
    let first = json::strict_number(shift, "start_rotation_from_user_index")?.unwrap_or_default();
    // An index beyond the end turns nothing there, either.
    let first = usize::try_from(first).map_err(|_| format!("the rotation starts from group {first}"))?;
    if first < pools.len() {
        pools.rotate_left(first);
    }
    Ok(pools)
}

fn pool(draft: &Draft, users: &[Value]) -> Result<Vec<String>, String> {
    let mut pool = Vec::new();
    for user in users {
        let id = json::as_id(user).ok_or_else(|| format!("somebody has no id but {}", json::seen(user)))?;
        let handle = draft.handles.carried(&id);
        let handle = handle.ok_or_else(|| format!("the user {} is not among the users of the export", quoted(&id)))?;
        super::super::model::add(&mut pool, handle);
    }
    Ok(pool)
}

/// The weekday of a wall time, counted from the first day of the week.
pub(super) fn days_into_week(day: Weekday, week_start: Weekday) -> u32 {
    (day.num_days_from_monday() + 7 - week_start.num_days_from_monday()) % 7
}

/// A wall time so many days later or earlier.
pub(super) fn shifted(at: NaiveDateTime, days: i64) -> Result<NaiveDateTime, String> {
    let later = at.checked_add_signed(TimeDelta::days(days)).filter(|later| later.year() > 0);
    later.ok_or_else(|| "the start lies outside of the calendar".to_owned())
}
