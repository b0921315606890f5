//! The directory written as a file: the inverse of reading one.

use std::fmt::Write as _;

use chrono::{NaiveDateTime, TimeDelta, Timelike as _};
use firebell_core::directory::plan::{
    FileCalendar, FileDirectory, FileLayer, FilePerson, FilePolicy, FileSchedule, FileService, FileStep, FileTeam,
    FileUrl,
};
use firebell_core::directory::{Standing, Urgency};
use firebell_core::ids::Key;
use firebell_core::oncall::schedule::{Source, Turn, Window};
use firebell_core::oncall::text::{day_word, read_windows, write_turn, write_windows};
use firebell_core::paging::policy::AckNeed;
use firebell_core::when::compact_duration;

use crate::ical;

/// A file that says all of `directory`. The same directory gives the same bytes. `note` is asked of each section, by what
/// it is and its name, for a comment that stands above it; `aside` says of a calendar where the text of
/// [`calendar_aside`] is to lie, where it has one.
pub fn write(
    directory: &FileDirectory,
    note: &dyn Fn(&str, &Key) -> Option<String>,
    aside: &dyn Fn(&Key) -> String,
) -> String {
    let mut out = Toml(String::new());
    if !directory.last_resort.is_empty() {
        out.keys("last_resort", &directory.last_resort);
    }
    let section = |out: &mut Toml, what: &str, key: &Key| {
        if !out.0.is_empty() {
            out.0.push('\n');
        }
        if let Some(note) = note(what, key) {
            let _ = writeln!(out.0, "# {}", note.replace('\n', " "));
        }
    };
    for person in &directory.people {
        section(&mut out, "person", &person.handle);
        out.person(person);
    }
    for team in &directory.teams {
        section(&mut out, "team", &team.key);
        out.team(team);
    }
    for service in &directory.services {
        section(&mut out, "service", &service.key);
        out.service(service);
    }
    for policy in &directory.policies {
        section(&mut out, "policy", &policy.key);
        out.policy(policy);
    }
    for schedule in &directory.schedules {
        section(&mut out, "schedule", &schedule.key);
        out.schedule(schedule);
    }
    for calendar in &directory.calendars {
        section(&mut out, "calendar", &calendar.calendar.key);
        out.calendar(calendar, aside);
    }
    out.0
}

/// What a file cannot say of a calendar, as an iCalendar file: its shifts, and days with names of their own.
pub fn calendar_aside(held: &FileCalendar) -> Option<String> {
    let days = held.calendar.days.get(plain_days(held)..).unwrap_or_default();
    if held.url.is_some() || (days.is_empty() && held.calendar.events.is_empty()) {
        return None;
    }
    Some(ical::aside(&held.calendar.name, days, held.calendar.events.iter().zip(&held.people)))
}

/// How many of its days, from the first on, go by the name of the calendar. Those of a file stand before others; where it
/// has shifts, all of them are such.
fn plain_days(held: &FileCalendar) -> usize {
    let days = &held.calendar.days;
    let named = days.iter().position(|day| day.name != held.calendar.name);
    named.filter(|_| held.calendar.events.is_empty()).unwrap_or(days.len())
}

struct Toml(String);

impl Toml {
    fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn raw(&mut self, key: &str, value: &str) {
        self.line(&format!("{key} = {value}"));
    }

    fn text(&mut self, key: &str, value: &str) {
        self.raw(key, &quoted(value));
    }

    fn some(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    /// A list of texts; nothing where there is none.
    fn texts<'t>(&mut self, key: &str, values: impl IntoIterator<Item = &'t str>) {
        let values: Vec<String> = values.into_iter().map(quoted).collect();
        if !values.is_empty() {
            self.raw(key, &format!("[{}]", values.join(", ")));
        }
    }

    fn keys(&mut self, key: &str, values: &[Key]) {
        self.texts(key, values.iter().map(Key::as_str));
    }

    fn person(&mut self, person: &FilePerson) {
        self.line("[[people]]");
        self.text("handle", person.handle.as_str());
        self.text("name", &person.name);
        self.some("email", person.email.as_deref());
        for platform in ["slack", "discord"] {
            let of = |label: &str| label.strip_prefix(platform)?.strip_prefix(':').map(quoted_key);
            let own =
                person.accounts.iter().filter_map(|account| Some((of(&account.workspace)?, &account.external_id)));
            let own: Vec<String> = own.map(|(name, id)| format!("{name} = {}", quoted(id))).collect();
            if !own.is_empty() {
                self.raw(platform, &format!("{{ {} }}", own.join(", ")));
            }
        }
        self.text("zone", person.zone.name());
        match person.standing {
            Standing::Admin => self.raw("admin", "true"),
            Standing::Guest => self.raw("guest", "true"),
            Standing::Responder => {}
        }
        if let Some(contacts) = &person.contacts {
            let words: Vec<String> = contacts.iter().map(|method| quoted(method.word())).collect();
            self.raw("contacts", &format!("[{}]", words.join(", ")));
        }
        if let Some(rules) = &person.rules {
            let of = |urgency: Urgency| -> Vec<String> {
                let own = rules.iter().filter(|rule| rule.urgency == urgency);
                own.map(|rule| quoted(&rule.to_string())).collect()
            };
            let both = [Urgency::High, Urgency::Low]
                .map(|urgency| format!("{} = [{}]", urgency.word(), of(urgency).join(", ")));
            self.raw("rules", &format!("{{ {} }}", both.join(", ")));
        }
    }

    fn team(&mut self, team: &FileTeam) {
        self.line("[[teams]]");
        self.text("key", team.key.as_str());
        self.text("name", &team.name);
        self.keys("members", &team.members);
    }

    fn service(&mut self, service: &FileService) {
        self.line("[[services]]");
        self.text("key", service.key.as_str());
        self.text("name", &service.name);
        self.some("team", service.team.as_ref().map(Key::as_str));
        self.some("policy", service.policy.as_ref().map(Key::as_str));
        if let Some(tier) = service.tier {
            self.raw("tier", &tier.to_string());
        }
        self.keys("depends_on", &service.depends_on);
        self.some("runbook", service.runbook.as_deref());
        self.texts("rooms", service.rooms.iter().map(String::as_str));
    }

    fn policy(&mut self, policy: &FilePolicy) {
        self.line("[[policies]]");
        self.text("key", policy.key.as_str());
        self.text("name", &policy.name);
        self.raw("rounds", &policy.rounds.to_string());
        if let Some(hours) = &policy.terms.defer {
            self.texts("low_urgency_hours", windows(&hours.windows).iter().map(String::as_str));
            self.text("zone", hours.zone.name());
        }
        self.some("again_after", policy.terms.again().map(compact_duration).as_deref());
        for step in &policy.steps {
            self.line("\n[[policies.steps]]");
            self.step(step);
        }
    }

    fn step(&mut self, step: &FileStep) {
        self.keys("people", &step.people);
        self.keys("schedules", &step.schedules);
        self.keys("round_robin", &step.round_robin);
        self.keys("teams", &step.teams);
        self.texts("rooms", step.rooms.iter().map(String::as_str));
        self.keys("webhooks", &step.webhooks);
        self.keys("severities", &step.when.severities);
        self.texts("urgencies", step.when.urgencies.iter().map(|urgency| urgency.word()));
        if !step.when.tiers.is_empty() {
            let tiers: Vec<String> = step.when.tiers.iter().map(ToString::to_string).collect();
            self.raw("tiers", &format!("[{}]", tiers.join(", ")));
        }
        if let Some(hours) = &step.when.hours {
            self.texts("hours", windows(&hours.windows).iter().map(String::as_str));
            self.text("zone", hours.zone.name());
        }
        self.text("wait", &compact_duration(TimeDelta::try_seconds(step.wait_s).unwrap_or(TimeDelta::MAX)));
        let needs = match step.needs {
            AckNeed::Everyone => "everyone",
            // No step waits for nobody's answer.
            AckNeed::Anyone | AckNeed::Nobody => "anyone",
        };
        self.text("needs", needs);
    }

    fn schedule(&mut self, schedule: &FileSchedule) {
        self.line("[[schedules]]");
        self.text("key", schedule.key.as_str());
        self.text("name", &schedule.name);
        self.text("zone", schedule.zone.name());
        self.some("team", schedule.team.as_ref().map(Key::as_str));
        if let Some(seconds) = schedule.handoff_notice_s {
            self.text("handoff_notice", &compact_duration(TimeDelta::try_seconds(seconds).unwrap_or_default()));
        }
        for layer in &schedule.layers {
            self.line("\n[[schedules.layers]]");
            self.layer(layer);
        }
    }

    fn layer(&mut self, held: &FileLayer) {
        let layer = &held.layer;
        self.text("name", layer.name.as_str());
        if layer.priority != 0 {
            self.raw("priority", &layer.priority.to_string());
        }
        self.some("from", layer.from.map(wall).as_deref());
        self.some("until", layer.until.map(wall).as_deref());
        if layer.shadow {
            self.raw("shadow", "true");
        }
        match &layer.source {
            Source::Calendar(calendar) => self.text("calendar", calendar.as_str()),
            Source::Rotation(rotation) => {
                self.text("start", &wall(rotation.start));
                self.turn(&rotation.turn);
                let pools: Vec<String> = held.pools.iter().map(|pool| pool_text(pool)).collect();
                self.raw("people", &format!("[{}]", pools.join(", ")));
            }
        }
        self.texts("windows", windows(&layer.windows).iter().map(String::as_str));
        if let Some(days) = &layer.holidays {
            let only = if days.only { ", only = true" } else { "" };
            self.raw("holidays", &format!("{{ calendar = {}{only} }}", quoted(days.calendar.as_str())));
        }
    }

    fn turn(&mut self, turn: &Turn) {
        match turn {
            Turn::On { days, every } => {
                self.texts("handoff", days.iter().map(|day| day_word(*day)));
                self.raw("every", &every.to_string());
            }
            even => self.some("turn", write_turn(even).as_deref()),
        }
    }

    fn calendar(&mut self, held: &FileCalendar, aside: &dyn Fn(&Key) -> String) {
        self.line("[[calendars]]");
        self.text("key", held.calendar.key.as_str());
        self.text("name", &held.calendar.name);
        if let Some(FileUrl { url, refresh_s, zone }) = &held.url {
            self.text("url", &url.0);
            self.text("refresh", &compact_duration(TimeDelta::try_seconds(*refresh_s).unwrap_or(TimeDelta::MAX)));
            self.text("zone", zone.name());
            return;
        }
        let plain = held.calendar.days.iter().take(plain_days(held));
        let days = plain.map(|days| match days.until.pred_opt().filter(|last| *last > days.from) {
            Some(last) => format!("{}..{last}", days.from),
            None => days.from.to_string(),
        });
        self.texts("days", days.collect::<Vec<_>>().iter().map(String::as_str));
        if calendar_aside(held).is_some() {
            self.text("file", &aside(&held.calendar.key));
        }
    }
}

fn pool_text(pool: &[Key]) -> String {
    let handles: Vec<String> = pool.iter().map(|handle| quoted(handle.as_str())).collect();
    match handles.as_slice() {
        [only] => only.clone(),
        several => format!("[{}]", several.join(", ")),
    }
}

/// As [`read_windows`] reads them back in the same order: as many to a text as fit into one.
fn windows(windows: &[Window]) -> Vec<String> {
    let mut texts: Vec<(Vec<Window>, String)> = Vec::new();
    for window in windows {
        let longer = texts.last().and_then(|(run, _)| {
            let run: Vec<Window> = run.iter().chain([window]).copied().collect();
            Some((one_text(&run)?, run))
        });
        match (longer, texts.last_mut()) {
            (Some((text, run)), Some(last)) => *last = (run, text),
            _ => texts.push((vec![*window], write_windows(&[*window]).concat())),
        }
    }
    texts.into_iter().map(|(_, text)| text).collect()
}

/// The one text that means these windows, if there is one.
fn one_text(run: &[Window]) -> Option<String> {
    let [text] = <[String; 1]>::try_from(write_windows(run)).ok()?;
    read_windows(&text).is_ok_and(|read| read == run).then_some(text)
}

fn wall(at: NaiveDateTime) -> String {
    at.format(if at.second() == 0 { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" }).to_string()
}

/// The name of a workspace, which is a key and needs no quotes in TOML either.
fn quoted_key(name: &str) -> String {
    if Key::new(name).is_ok() { name.to_owned() } else { quoted(name) }
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
