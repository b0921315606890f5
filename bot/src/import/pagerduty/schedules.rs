//! PagerDuty's schedules. A layer wins over those below it, and the API gives the topmost layer first.

use chrono_tz::Tz;
use serde_json::Value;

use super::super::draft::{self, Draft};
use super::super::input::Export;
use super::super::json;
use super::super::model::{Layer, Notes, Schedule, Turn};
use super::super::names::Names;
use super::super::overrides::{self, Gathered};
use super::super::shape::Part;
use super::super::text::quoted;
use super::super::wall;
use super::super::windows::{self, DAYS, Window};
use super::{ids, name};

pub(super) fn fill(draft: &mut Draft, export: &Export) {
    for item in export.items(Part::Schedules) {
        let key = draft.schedule_keys.allot(name(item), "schedule");
        let about = draft::about("schedule", &key, name(item).unwrap_or(&key));
        let made = schedule(draft, item, key);
        draft.take_schedule(json::id(item, "id").into_iter().collect(), &about, made);
    }
    let mut gathered = Gathered::default();
    for item in export.items(Part::Schedules) {
        let id = json::id(item, "id").unwrap_or_default();
        let own = json::list(item, "overrides");
        // A schedule that was asked for with a time span shows them here instead.
        let rendered =
            item.get("override_subschedule").map_or(&[][..], |of| json::list(of, "rendered_schedule_entries"));
        for found in if own.is_empty() { rendered } else { own } {
            gathered.add(&id, found_override(found));
        }
    }
    for item in export.items(Part::Overrides) {
        let schedule = item.get("schedule").and_then(|schedule| json::id(schedule, "id"));
        let schedule = schedule.or_else(|| json::id(item, "schedule_id")).unwrap_or_default();
        gathered.add(&schedule, found_override(item));
    }
    gathered.tell(draft);
}

fn found_override(item: &Value) -> overrides::Found {
    let user = item.get("user").and_then(|user| json::id(user, "id"));
    overrides::Found {
        people: user.map(|user| vec![user]).ok_or_else(|| "it does not say who is on call".to_owned()),
        start: json::needed_text(item, "start").and_then(wall::instant),
        end: json::needed_text(item, "end").and_then(wall::instant),
    }
}

fn schedule(draft: &Draft, item: &Value, key: String) -> Result<Schedule, String> {
    let mut notes = Notes::default();
    let zone = json::needed_text(item, "time_zone")?;
    let zone = wall::zone(zone).ok_or_else(|| format!("{} is no IANA time zone", quoted(zone)))?;
    if item.get("schedule_layers").is_none_or(Value::is_null) {
        return Err("the export holds none of its layers; ask the API for each schedule on its own".to_owned());
    }
    let mut names = Names::default();
    let mut layers = Vec::new();
    let found = json::strict_list(item, "schedule_layers")?;
    for (above, item) in found.iter().enumerate() {
        let shown = name(item).map_or_else(|| format!("number {}", above + 1), quoted);
        let mut layer = layer(draft, zone, item, &shown, &mut notes).map_err(|why| format!("layer {shown}: {why}"))?;
        if let Some(layer) = &mut layer {
            layer.name = names.allot(name(item), "layer");
            // Compared with each other alone, so those that have ended may leave holes.
            layer.priority = i64::try_from(found.len() - above - 1).unwrap_or(i64::MAX);
        }
        layers.extend(layer);
    }
    if layers.is_empty() {
        return Err("none of its layers has anybody who is on call now or later".to_owned());
    }
    let team = draft.own_team(&ids(item, "teams"), &mut notes);
    let name = draft::named(name(item), &key, &mut notes);
    Ok(Schedule { key, name, zone, team, layers, notes })
}

/// A layer, unless it is over or has nobody.
fn layer(draft: &Draft, zone: Tz, item: &Value, shown: &str, notes: &mut Notes) -> Result<Option<Layer>, String> {
    let end = json::strict_text(item, "end")?.map(wall::instant).transpose()?;
    if end.is_some_and(|end| end <= draft.now) {
        notes.left(format!("layer {shown} is over"));
        return Ok(None);
    }
    let pools = pools(draft, item)?;
    if pools.is_empty() {
        notes.left(format!("layer {shown} has nobody in it"));
        return Ok(None);
    }
    let begins = wall::instant(json::needed_text(item, "start")?)?;
    let counted_from = json::strict_text(item, "rotation_virtual_start")?.map(wall::instant).transpose()?;
    let seconds = json::strict_number(item, "rotation_turn_length_seconds")?.ok_or("there is no turn length")?;
    let turn = match Turn::of_seconds(seconds) {
        Some(turn) => turn,
        // With one person alone there is nothing to hand off.
        None if seconds > 0 && pools.iter().all(|pool| pools.first() == Some(pool)) => Turn::Weeks(1),
        None => return Err(format!("the turn of {seconds} seconds is no whole number of hours")),
    };
    let from = wall::to_wall(begins, zone);
    let until = end.map(|end| wall::to_wall(end, zone));
    let start = wall::to_wall(counted_from.unwrap_or(begins), zone);
    let windows = windows(item)?;
    Ok(Some(Layer { name: String::new(), priority: 0, start, turn, pools, from: Some(from), until, windows }))
}

/// Those who take turns. Without one of them all others would be on call at other times.
fn pools(draft: &Draft, item: &Value) -> Result<Vec<Vec<String>>, String> {
    let mut pools = Vec::new();
    for entry in json::strict_list(item, "users")? {
        let user = entry.get("user").unwrap_or(entry);
        let id = json::id(user, "id").ok_or("somebody has no id")?;
        let handle = draft.handles.carried(&id).ok_or_else(|| {
            let name = name(user).map_or(String::new(), |name| format!("{} ", quoted(name)));
            format!("the user {name}with the id {} is not among the users of the export", quoted(&id))
        })?;
        pools.push(vec![handle.to_owned()]);
    }
    Ok(pools)
}

fn windows(item: &Value) -> Result<Vec<Window>, String> {
    let mut found = Vec::new();
    for restriction in json::strict_list(item, "restrictions")? {
        let minute = wall::minute_of_day(json::needed_text(restriction, "start_time_of_day")?)?;
        let seconds = json::strict_number(restriction, "duration_seconds")?.ok_or("a restriction has no duration")?;
        let minutes = windows::minutes(seconds)?;
        match json::needed_text(restriction, "type")? {
            "daily_restriction" => found.extend(DAYS.map(|day| Window::new(day, minute, minutes))),
            "weekly_restriction" => {
                let number = json::strict_number(restriction, "start_day_of_week")?.unwrap_or_default();
                let day = usize::try_from(number.saturating_sub(1)).ok().and_then(|index| DAYS.get(index));
                let day = day.ok_or_else(|| format!("a restriction begins on day {number}, not on one from 1 to 7"))?;
                found.push(Window::new(*day, minute, minutes));
            }
            other => return Err(format!("a restriction of type {} is not known", quoted(other))),
        }
    }
    Ok(windows::joined(found))
}
