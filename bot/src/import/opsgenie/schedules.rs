//! Opsgenie's schedules. All rotations of one are on call together.

use chrono::Weekday;
use chrono_tz::Tz;
use serde_json::Value;

use super::super::draft::{self, Draft};
use super::super::input::Export;
use super::super::json;
use super::super::model::{Layer, Notes, Schedule, Turn};
use super::super::names::Names;
use super::super::overrides::{self, Gathered};
use super::super::shape::Part;
use super::super::text::{listed, quoted};
use super::super::wall;
use super::super::windows::{self, DAY, WEEK, Window};
use super::{carried, ids, shown};

const DAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];

pub(super) fn fill(draft: &mut Draft, export: &Export) {
    for item in export.items(Part::Schedules) {
        let name = json::text(item, "name");
        let key = draft.schedule_keys.allot(name, "schedule");
        let about = draft::about("schedule", &key, name.unwrap_or(&key));
        let made = schedule(draft, item, key);
        draft.take_schedule(ids(item), &about, made);
    }
    let mut gathered = Gathered::default();
    let schedules = export.items(Part::Schedules);
    for item in schedules {
        for found in json::list(item, "overrides") {
            gathered.add(&first_id(item), found_override(found, Some(item)));
        }
    }
    for item in export.items(Part::Overrides) {
        let parent = item.get("_parent").or_else(|| item.get("schedule")).unwrap_or(&Value::Null);
        let named = ids(parent);
        let of = schedules.iter().find(|schedule| ids(schedule).iter().any(|id| named.contains(id)));
        gathered.add(&first_id(of.unwrap_or(parent)), found_override(item, of));
    }
    gathered.tell(draft);
}

fn first_id(item: &Value) -> String {
    ids(item).into_iter().next().unwrap_or_default()
}

/// An override of a schedule, if that is known.
fn found_override(item: &Value, schedule: Option<&Value>) -> overrides::Found {
    let rotations = schedule.map(|schedule| json::list(schedule, "rotations").len());
    let user = item.get("user").unwrap_or(&Value::Null);
    let some: Vec<String> = json::list(item, "rotations").iter().map(shown).collect();
    let part = !some.is_empty() && rotations.is_none_or(|all| some.len() < all);
    let people = match json::text(user, "type").unwrap_or("user") {
        // Ours would take everybody off call who is on call by the other rotations.
        "user" if part => Err(format!("it puts {} on call in place of {} alone", shown(user), listed(&some))),
        "user" => Ok(ids(user).into_iter().take(1).collect()),
        other => Err(format!("it puts a {} on call", quoted(other))),
    };
    overrides::Found {
        people,
        start: json::needed_text(item, "startDate").and_then(wall::instant),
        end: json::needed_text(item, "endDate").and_then(wall::instant),
    }
}

fn schedule(draft: &Draft, item: &Value, key: String) -> Result<Schedule, String> {
    let mut notes = Notes::default();
    if json::strict_flag(item, "enabled")? == Some(false) {
        return Err("it is disabled, so nobody is on call by it".to_owned());
    }
    let zone = json::needed_text(item, "timezone")?;
    let zone = wall::zone(zone).ok_or_else(|| format!("{} is no IANA time zone", quoted(zone)))?;
    if item.get("rotations").is_none_or(Value::is_null) {
        return Err("the export holds none of its rotations; ask the API with expand=rotation".to_owned());
    }
    let mut names = Names::default();
    let mut layers = Vec::new();
    for (position, item) in json::strict_list(item, "rotations")?.iter().enumerate() {
        let name = json::text(item, "name");
        let shown = name.map_or_else(|| format!("number {}", position + 1), quoted);
        let layer = rotation(draft, zone, item, &shown, &mut notes);
        let mut layer = layer.map_err(|why| format!("rotation {shown}: {why}"))?;
        if let Some(layer) = &mut layer {
            layer.name = names.allot(name, "rotation");
        }
        layers.extend(layer);
    }
    if layers.is_empty() {
        return Err("none of its rotations has anybody who is on call now or later".to_owned());
    }
    let team = item.get("ownerTeam").map(ids).unwrap_or_default();
    let team = draft.own_team(team.get(..1).unwrap_or_default(), &mut notes);
    let name = draft::named(json::text(item, "name"), &key, &mut notes);
    Ok(Schedule { key, name, zone, team, layers, notes })
}

/// A rotation, unless it is over, turned off or has nobody.
fn rotation(draft: &Draft, zone: Tz, item: &Value, shown: &str, notes: &mut Notes) -> Result<Option<Layer>, String> {
    let end = json::strict_text(item, "endDate")?.map(wall::instant).transpose()?;
    if end.is_some_and(|end| end <= draft.now) {
        notes.left(format!("rotation {shown} is over"));
        return Ok(None);
    }
    if json::strict_flag(item, "enabled")? == Some(false) {
        notes.left(format!("rotation {shown} is turned off"));
        return Ok(None);
    }
    let pools = pools(draft, item)?;
    if pools.is_empty() {
        notes.left(format!("rotation {shown} has nobody in it"));
        return Ok(None);
    }
    let start = wall::to_wall(wall::instant(json::needed_text(item, "startDate")?)?, zone);
    let length = json::strict_number(item, "length")?.unwrap_or(1);
    let length = u16::try_from(length).ok().filter(|n| *n > 0);
    let length = length.ok_or("the length is no number of turns that can be kept")?;
    let turn = match json::needed_text(item, "type")? {
        "hourly" => Turn::Hours(length),
        "daily" => Turn::Days(length),
        "weekly" => Turn::Weeks(length),
        other => return Err(format!("the type {} is not known", quoted(other))),
    };
    let until = end.map(|end| wall::to_wall(end, zone));
    let windows = windows(item.get("timeRestriction").unwrap_or(&Value::Null))?;
    Ok(Some(Layer { name: String::new(), priority: 0, start, turn, pools, from: Some(start), until, windows }))
}

/// Those who take turns. A turn of nobody, a team or an escalation has no place among them.
fn pools(draft: &Draft, item: &Value) -> Result<Vec<Vec<String>>, String> {
    let participants = json::strict_list(item, "participants")?;
    let kind = |of: &Value| json::text(of, "type").unwrap_or("user").to_owned();
    if participants.iter().all(|participant| kind(participant) == "none") {
        return Ok(Vec::new());
    }
    let mut pools = Vec::new();
    for participant in participants {
        match kind(participant).as_str() {
            "user" => {
                let handle = carried(&draft.handles, participant);
                let missing = || format!("the user {} is not among the users of the export", shown(participant));
                pools.push(vec![handle.ok_or_else(missing)?.to_owned()]);
            }
            "none" => return Err("somebody's turn is a turn of nobody, and our turns always have somebody".to_owned()),
            other => {
                return Err(format!("the {} {} takes a turn, and only people can", quoted(other), shown(participant)));
            }
        }
    }
    Ok(pools)
}

fn windows(of: &Value) -> Result<Vec<Window>, String> {
    if of.is_null() {
        return Ok(Vec::new());
    }
    let several = json::strict_list(of, "restrictions")?;
    let one = of.get("restriction").filter(|one| !one.is_null());
    let found: Vec<&Value> = several.iter().chain(one).collect();
    if found.is_empty() {
        return Err("a time restriction holds no times".to_owned());
    }
    let mut windows = Vec::new();
    for restriction in found {
        let (opens, closes) = (minute(restriction, "start")?, minute(restriction, "end")?);
        match json::needed_text(of, "type")? {
            "time-of-day" => {
                if opens % DAY == closes % DAY {
                    return Err("a time restriction ends when it begins, which may mean all day or never".to_owned());
                }
                let minutes = (closes + DAY - opens) % DAY;
                windows.extend(DAYS.map(|(_, day)| Window::new(day, opens % DAY, minutes)));
            }
            "weekday-and-time-of-day" => {
                let (from, to) = (day(restriction, "startDay")?, day(restriction, "endDay")?);
                let at = |day: Weekday, minute: u32| day.num_days_from_monday() * DAY + minute;
                let minutes = (at(to, closes) + 2 * WEEK - at(from, opens)) % WEEK;
                if minutes == 0 {
                    return Err("a time restriction ends when it begins, which may mean all week or never".to_owned());
                }
                windows.push(Window::new(from, opens, minutes));
            }
            other => return Err(format!("a time restriction of type {} is not known", quoted(other))),
        }
    }
    Ok(windows::joined(windows))
}

/// The minute of the day in fields such as `startHour` and `startMin`; 24:00 is the next midnight.
fn minute(of: &Value, edge: &str) -> Result<u32, String> {
    let hour = json::strict_number(of, &format!("{edge}Hour"))?.ok_or("a time restriction lacks an hour")?;
    let minute = json::strict_number(of, &format!("{edge}Min"))?.unwrap_or_default();
    let whole = (0..=24).contains(&hour) && (0..60).contains(&minute) && hour * 60 + minute <= 24 * 60;
    let minutes = u32::try_from(hour.saturating_mul(60).saturating_add(minute)).ok().filter(|_| whole);
    minutes.ok_or_else(|| format!("a time restriction has the time {hour}:{minute:02}"))
}

fn day(of: &Value, field: &str) -> Result<Weekday, String> {
    let name = json::needed_text(of, field)?;
    let day = DAYS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, day)| *day);
    day.ok_or_else(|| format!("{} is no day of the week", quoted(name)))
}
