//! The file's text. It is written by hand, as no writer of TOML places comments.

use chrono_tz::Tz;
use firebell_core::oncall::text::day_word;

use super::draft::Draft;
use super::model::{Layer, Notes, Person, Policy, Rule, Rules, Schedule, Service, Step, Team, Turn};
use super::{wall, windows};

/// The whole file.
pub(super) fn file(draft: &Draft) -> String {
    let mut out = Out(String::new());
    out.comment(&format!("Imported from {}. The report of the import says what was left out.", draft.vendor));
    out.comment("Name those who are paged when a policy is exhausted, as no export says it:");
    out.comment("last_resort = [\"...\"]");
    for person in &draft.people {
        out.person(person);
    }
    for team in &draft.teams {
        out.team(team);
    }
    for service in &draft.services {
        out.service(service);
    }
    for schedule in &draft.schedules {
        out.schedule(schedule);
    }
    for policy in &draft.policies {
        out.policy(policy);
    }
    if !draft.left.is_empty() {
        out.0.push('\n');
    }
    for left in &draft.left {
        out.comment(&format!("Left out: {left}"));
    }
    out.0
}

struct Out(String);

impl Out {
    fn person(&mut self, person: &Person) {
        self.begin("people", &person.notes);
        self.text("handle", &person.handle);
        self.text("name", &person.name);
        self.maybe("email", person.email.as_deref());
        self.maybe("zone", person.zone.map(Tz::name));
        self.maybe("slack", person.slack.as_deref());
        if !person.contacts.is_empty() {
            self.texts("contacts", person.contacts.iter().map(|method| method.word()));
        }
        self.rules(&person.rules);
        if !person.addresses.is_empty() {
            self.line("[people.addresses]");
            for (method, address) in &person.addresses {
                self.text(method.word(), address);
            }
        }
    }

    fn rules(&mut self, rules: &Rules) {
        let list = |rules: &[Rule]| rules.iter().map(|rule| string(&rule.to_string())).collect::<Vec<_>>().join(", ");
        let both = [("high", &rules.high), ("low", &rules.low)].into_iter().filter(|(_, rules)| !rules.is_empty());
        let both: Vec<String> = both.map(|(urgency, rules)| format!("{urgency} = [{}]", list(rules))).collect();
        if !both.is_empty() {
            self.line(&format!("rules = {{ {} }}", both.join(", ")));
        }
    }

    fn team(&mut self, team: &Team) {
        self.begin("teams", &team.notes);
        self.text("key", &team.key);
        self.text("name", &team.name);
        self.texts("members", team.members.iter().map(String::as_str));
    }

    fn service(&mut self, service: &Service) {
        self.begin("services", &service.notes);
        self.text("key", &service.key);
        self.text("name", &service.name);
        self.maybe("team", service.team.as_deref());
        self.maybe("policy", service.policy.as_deref());
    }

    fn schedule(&mut self, schedule: &Schedule) {
        self.begin("schedules", &schedule.notes);
        self.text("key", &schedule.key);
        self.text("name", &schedule.name);
        self.text("zone", schedule.zone.name());
        self.maybe("team", schedule.team.as_deref());
        for layer in &schedule.layers {
            self.layer(layer);
        }
    }

    fn layer(&mut self, layer: &Layer) {
        self.line("[[schedules.layers]]");
        self.text("name", &layer.name);
        if layer.priority != 0 {
            self.line(&format!("priority = {}", layer.priority));
        }
        self.text("start", &wall::written(layer.start));
        match &layer.turn {
            Turn::Hours(n) => self.text("turn", &format!("{n}h")),
            Turn::Days(n) => self.text("turn", &format!("{n}d")),
            Turn::Weeks(n) => self.text("turn", &format!("{n}w")),
            Turn::On { days, every } => {
                self.texts("handoff", days.iter().map(|day| day_word(*day)));
                self.line(&format!("every = {every}"));
            }
        }
        let pools: Vec<String> = layer.pools.iter().map(|pool| pool_text(pool)).collect();
        self.line(&format!("people = [{}]", pools.join(", ")));
        self.maybe("from", layer.from.map(wall::written).as_deref());
        self.maybe("until", layer.until.map(wall::written).as_deref());
        if !layer.windows.is_empty() {
            self.texts("windows", windows::written(&layer.windows).iter().map(String::as_str));
        }
    }

    fn policy(&mut self, policy: &Policy) {
        self.begin("policies", &policy.notes);
        self.text("key", &policy.key);
        self.text("name", &policy.name);
        self.line(&format!("rounds = {}", policy.rounds));
        for step in &policy.steps {
            self.step(step);
        }
    }

    fn step(&mut self, step: &Step) {
        self.line("[[policies.steps]]");
        for (key, named) in [
            ("people", &step.people),
            ("schedules", &step.schedules),
            ("round_robin", &step.round_robin),
            ("teams", &step.teams),
        ] {
            if !named.is_empty() {
                self.texts(key, named.iter().map(String::as_str));
            }
        }
        self.maybe("wait", step.wait_s.map(duration).as_deref());
    }

    /// The comments of a thing and its header.
    fn begin(&mut self, section: &str, notes: &Notes) {
        self.0.push('\n');
        for (_, what) in &notes.0 {
            self.comment(what);
        }
        self.line(&format!("[[{section}]]"));
    }

    fn comment(&mut self, text: &str) {
        // It holds pieces of the export; each was cut before, and a line break would end the comment.
        let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.line(&format!("# {clean}"));
    }

    fn maybe(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    fn text(&mut self, key: &str, value: &str) {
        self.line(&format!("{key} = {}", string(value)));
    }

    fn texts<'t>(&mut self, key: &str, values: impl Iterator<Item = &'t str>) {
        let values: Vec<String> = values.map(string).collect();
        self.line(&format!("{key} = [{}]", values.join(", ")));
    }

    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }
}

fn pool_text(pool: &[String]) -> String {
    match pool {
        [one] => string(one),
        several => format!("[{}]", several.iter().map(|handle| string(handle)).collect::<Vec<_>>().join(", ")),
    }
}

/// A basic string of TOML.
fn string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.extend(format!("\\u{:04X}", u32::from(c)).chars()),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A duration in its largest whole unit.
pub(super) fn duration(seconds: i64) -> String {
    match seconds {
        s if s % 3_600 == 0 => format!("{}h", s / 3_600),
        s if s % 60 == 0 => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_one_string_of_toml() {
        for text in
            ["plain", "a \"b\" \\ c", "x\"\n[[people]]\nhandle = \"eve", "\u{0}\u{1f}\u{7f}\u{85}é日", "'''\"\"\""]
        {
            let table: toml::Table = format!("key = {}", string(text)).parse().unwrap();
            assert_eq!(table["key"].as_str(), Some(text));
        }
    }

    #[test]
    fn comments_end_with_their_line() {
        let mut out = Out(String::new());
        out.comment("a\nhandle = \"eve\"\r\u{1b}b");
        assert_eq!(out.0, "# a handle = \"eve\"  b\n");
        assert!(out.0.parse::<toml::Table>().unwrap().is_empty());
    }

    #[test]
    fn durations_are_said_in_their_largest_unit() {
        for (seconds, text) in [(60, "1m"), (300, "5m"), (5_400, "90m"), (7_200, "2h"), (90, "90s")] {
            assert_eq!(duration(seconds), text);
        }
    }
}
