//! Grafana OnCall's schedules, which gather shifts. Shifts of one level are on call together, and a higher level wins.

use std::collections::HashMap;

use chrono::TimeDelta;
use chrono_tz::Tz;
use firebell_core::when::wall_to_instant;
use serde_json::Value;

use super::super::draft::{self, Draft};
use super::super::input::Export;
use super::super::json;
use super::super::model::{Notes, Schedule};
use super::super::names::Names;
use super::super::overrides::{self, Gathered};
use super::super::shape::Part;
use super::super::text::quoted;
use super::super::wall;
use super::shift;

pub(super) fn fill(draft: &mut Draft, export: &Export) {
    let shifts = Shifts::of(export.items(Part::Shifts));
    let mut gathered = Gathered::default();
    for item in export.items(Part::Schedules) {
        let name = json::text(item, "name");
        let key = draft.schedule_keys.allot(name, "schedule");
        let about = draft::about("schedule", &key, name.unwrap_or(&key));
        let own = shifts.of_schedule(item);
        let made = own.clone().and_then(|own| schedule(draft, item, &own, key));
        let id = json::id(item, "id").unwrap_or_default();
        draft.take_schedule(vec![id.clone()], &about, made);
        let own = own.unwrap_or_default();
        for shift in own.into_iter().filter(|shift| is_override(shift)) {
            gathered.add(&id, found_override(item, shift));
        }
    }
    gathered.tell(draft);
}

/// The shifts of an export.
struct Shifts<'e> {
    all: &'e [Value],
    by_id: HashMap<String, &'e Value>,
}

impl<'e> Shifts<'e> {
    fn of(all: &'e [Value]) -> Self {
        let by_id = all.iter().filter_map(|shift| json::id(shift, "id").map(|id| (id, shift))).collect();
        Self { all, by_id }
    }

    /// Those that a schedule names, and those that name it.
    fn of_schedule(&self, schedule: &'e Value) -> Result<Vec<&'e Value>, String> {
        let mut own: Vec<&Value> = Vec::new();
        for named in json::strict_list(schedule, "shifts")? {
            let Some(id) = json::as_id(named) else {
                own.push(named);
                continue;
            };
            let missing = || format!("its shift {} is not among the shifts of the export", quoted(&id));
            own.push(self.by_id.get(&id).copied().ok_or_else(missing)?);
        }
        let id = json::id(schedule, "id");
        for shift in self.all.iter().filter(|shift| id.is_some() && json::id(shift, "schedule") == id) {
            if !own.iter().any(|known| std::ptr::eq(*known, shift)) {
                own.push(shift);
            }
        }
        Ok(own)
    }
}

fn is_override(shift: &Value) -> bool {
    json::text(shift, "type") == Some("override")
}

fn schedule(draft: &Draft, item: &Value, shifts: &[&Value], key: String) -> Result<Schedule, String> {
    let mut notes = Notes::default();
    match json::strict_text(item, "type")? {
        Some("ical") => return Err("it comes from a calendar (iCal), which only its owner can read".to_owned()),
        None | Some("web" | "calendar") => {}
        Some(other) => return Err(format!("a schedule of type {} is not known", quoted(other))),
    }
    if json::text(item, "ical_url_overrides").is_some() {
        notes.left("its overrides from a calendar (iCal); make those that are still to come by hand");
    }
    let live = live_shifts(draft, item, shifts, &mut notes)?;
    let zone = zone(item, &live, &mut notes)?;
    let mut names = Names::default();
    let mut layers = Vec::new();
    for shift in live {
        let name = json::text(shift, "name");
        let about = shown(shift);
        let layer =
            shift::layer(draft, zone, shift, &about, &mut notes).map_err(|why| format!("shift {about}: {why}"))?;
        if let Some(mut layer) = layer {
            layer.name = names.allot(name, "shift");
            layers.push(layer);
        }
    }
    if layers.is_empty() {
        return Err("none of its shifts has anybody who is on call now or later".to_owned());
    }
    let team = draft.own_team(json::id(item, "team_id").as_slice(), &mut notes);
    let name = draft::named(json::text(item, "name"), &key, &mut notes);
    Ok(Schedule { key, name, zone, team, layers, notes })
}

/// The shifts that are not over yet; overrides are none of them.
fn live_shifts<'e>(
    draft: &Draft,
    item: &Value,
    shifts: &[&'e Value],
    notes: &mut Notes,
) -> Result<Vec<&'e Value>, String> {
    let mut live = Vec::new();
    for shift in shifts.iter().copied().filter(|shift| !is_override(shift)) {
        let over = own_zone(item, shift).and_then(|zone| shift::is_over(shift, zone, draft.now));
        if over.map_err(|why| format!("shift {}: {why}", shown(shift)))? {
            notes.left(format!("shift {} is over", shown(shift)));
        } else {
            live.push(shift);
        }
    }
    Ok(live)
}

/// The zone of a shift's wall times.
fn own_zone(schedule: &Value, shift: &Value) -> Result<Tz, String> {
    let own = json::strict_text(shift, "time_zone")?;
    let name = own.or(json::strict_text(schedule, "time_zone")?).unwrap_or("UTC");
    let zone = wall::zone(name).ok_or_else(|| format!("{} is no IANA time zone", quoted(name)))?;
    // One zone with several names.
    Ok(if matches!(zone, Tz::Etc__UTC | Tz::Etc__UCT | Tz::Etc__Universal | Tz::Etc__Zulu | Tz::UCT) {
        Tz::UTC
    } else {
        zone
    })
}

/// The one zone of all shifts, as our layers have that of their schedule.
fn zone(schedule: &Value, shifts: &[&Value], notes: &mut Notes) -> Result<Tz, String> {
    let usual = own_zone(schedule, &Value::Null)?;
    let mut zones = shifts.iter().map(|shift| own_zone(schedule, shift));
    let Some(first) = zones.next().transpose()? else { return Ok(usual) };
    for other in zones {
        let other = other?;
        if other != first {
            return Err(format!("its shifts have different time zones, {first} and {other}, and ours have one"));
        }
    }
    if first != usual {
        notes.changed(format!("has the zone {first} of its shifts now, and not {usual}"));
    }
    Ok(first)
}

fn shown(shift: &Value) -> String {
    let id = || json::id(shift, "id").unwrap_or_else(|| "without a name".to_owned());
    json::text(shift, "name").map_or_else(|| quoted(&id()), quoted)
}

fn found_override(schedule: &Value, shift: &Value) -> overrides::Found {
    let start = own_zone(schedule, shift).and_then(|zone| Ok((zone, shift::start(shift)?)));
    let duration = shift::duration(shift);
    let end = start.clone().and_then(|(zone, start)| {
        let end = start.checked_add_signed(TimeDelta::seconds(duration?)).ok_or("it never ends")?;
        Ok(wall_to_instant(zone, end))
    });
    let start = start.map(|(zone, at)| wall_to_instant(zone, at));
    let users: Option<Vec<String>> = json::list(shift, "users").iter().map(json::as_id).collect();
    let people = users.filter(|users| !users.is_empty()).ok_or_else(|| "it does not say who is on call".to_owned());
    overrides::Found { people, start, end }
}
