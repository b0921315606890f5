//! Opsgenie: users, teams, services, schedules and escalations as its REST API gives them.
//!
//! Users need `GET /v2/users/{id}?expand=contact`, schedules `expand=rotation`; the steps of somebody's rule for new alerts
//! go into the user as `notification_rules`, a team's routing rules into the team as `routingRules`, and a schedule's
//! overrides into the schedule as `overrides`.

mod policies;
mod schedules;

use std::collections::HashMap;

use serde_json::Value;

use super::draft::{self, Draft};
use super::input::Export;
use super::json;
use super::model::{Method, Notes, Policy, Service, Step, Team, add};
use super::names::{Named, Names};
use super::people::{self, Found, Reached, Taken, Way, mail, own_app, telephone};
use super::report::Kind;
use super::rules::{self, When};
use super::shape::Part;
use super::text::quoted;

/// Carries an export over.
pub(super) fn fill(draft: &mut Draft, export: &Export) {
    let users = export.items(Part::Users);
    let mut taken = Taken::default();
    for user in users {
        people::take(draft, &mut taken, person(user));
    }
    for item in export.items(Part::Teams) {
        team(draft, item, users);
    }
    schedules::fill(draft, export);
    policies::fill(draft, export.items(Part::Policies));
    let mut routes = Routes::read(draft, export);
    for item in export.items(Part::Services) {
        service(draft, &mut routes, item);
    }
    for item in export.items(Part::Integrations) {
        let about = format!("integration {}", quoted(json::text(item, "name").unwrap_or_default()));
        draft.report.add(Kind::Left, about, "point its sender to an address of Firebell's own");
    }
}

/// What a thing is called elsewhere in the export: by its id, by its name, or by its user name.
fn ids(item: &Value) -> Vec<String> {
    let named = json::text(item, "name").map(str::to_owned);
    let login = json::text(item, "username").map(str::to_lowercase);
    json::id(item, "id").into_iter().chain(named).chain(login).collect()
}

/// What one of these ids stands for.
fn find<'n>(names: &'n Names, reference: &Value) -> Option<&'n Named> {
    ids(reference).iter().find_map(|id| names.find(id))
}

/// The key of what a reference names, if it was carried over.
fn carried<'n>(names: &'n Names, reference: &Value) -> Option<&'n str> {
    ids(reference).iter().find_map(|id| names.carried(id))
}

/// A reference in a sentence.
fn shown(reference: &Value) -> String {
    let name = json::text(reference, "username").or_else(|| json::text(reference, "name"));
    name.or_else(|| json::text(reference, "id")).map_or_else(|| "without a name".to_owned(), quoted)
}

fn person(user: &Value) -> Found<'_> {
    let mut notes = Notes::default();
    let email = json::text(user, "username");
    let reached = match steps(user) {
        Some(steps) => in_order(&steps, email, &mut notes),
        None => {
            let known = ["userContacts", "contacts"].map(|field| json::list(user, field));
            let way = |contact| Reached { way: way(contact, email, &mut notes), when: None };
            known.concat().iter().map(way).collect()
        }
    };
    if json::flag(user, "blocked") == Some(true) {
        notes.changed("is blocked at Opsgenie; here they are paged like anybody else");
    }
    Found {
        ids: ids(user),
        name: json::text(user, "fullName"),
        login: None,
        email,
        zone: json::text(user, "timeZone"),
        slack: None,
        reached,
        notes,
    }
}

/// The steps of the rule for new alerts, whether the export holds the rule or its steps alone.
fn steps(user: &Value) -> Option<Vec<Value>> {
    let rules = ["notification_rules", "notificationRules"].into_iter().map(|field| json::list(user, field));
    let rules = rules.into_iter().find(|rules| !rules.is_empty())?;
    let rule = rules.iter().find(|rule| json::text(rule, "actionType") == Some("create-alert"));
    let steps = rule.map_or(rules, |rule| json::list(rule, "steps"));
    let steps: Vec<Value> = steps.iter().filter(|step| step.get("contact").is_some()).cloned().collect();
    (!steps.is_empty()).then_some(steps)
}

/// The contact methods of the steps, in the order of their delays. Opsgenie has priorities, but one rule for all of them.
fn in_order(steps: &[Value], email: Option<&str>, notes: &mut Notes) -> Vec<Reached> {
    let used = steps.iter().filter(|step| json::flag(step, "enabled") != Some(false));
    let used =
        used.filter_map(|step| Some((step.get("sendAfter").filter(|after| !after.is_null()), step.get("contact")?)));
    let mut steps: Vec<(When, &Value)> = used
        .map(|(after, contact)| {
            let seconds = after.map_or(Some(0), |after| minutes(after).map(|minutes| minutes.saturating_mul(60)));
            (When { urgency: None, after_s: rules::delay(seconds, notes) }, contact)
        })
        .collect();
    steps.sort_by_key(|(when, _)| when.after_s);
    let reached = |(when, contact)| Reached { way: way(contact, email, notes), when: Some(when) };
    steps.into_iter().map(reached).collect()
}

/// A length of time, which Opsgenie writes as an amount and a unit, in minutes.
fn minutes(of: &Value) -> Option<i64> {
    let unit = match json::text(of, "timeUnit").unwrap_or("minutes") {
        "minutes" | "minute" => 1,
        "hours" | "hour" => 60,
        "days" | "day" => 24 * 60,
        _ => return None,
    };
    json::number(of, "timeAmount")?.checked_mul(unit)
}

/// What a contact method is here.
fn way(contact: &Value, email: Option<&str>, notes: &mut Notes) -> Option<Way> {
    let off = json::flag(contact, "enabled").or_else(|| json::flag(contact.get("status")?, "enabled"));
    let kind = json::text(contact, "contactMethod").or_else(|| json::text(contact, "method")).unwrap_or_default();
    let to = json::text(contact, "to");
    if off == Some(false) {
        notes.left(format!("the contact method {} is turned off", quoted(to.unwrap_or(kind))));
        return None;
    }
    match kind {
        "email" => mail(to, email, notes),
        "sms" => Some((Method::Sms, to.and_then(|to| telephone(None, to)))),
        "voice" => Some((Method::Voice, to.and_then(|to| telephone(None, to)))),
        "mobile" => {
            own_app("Opsgenie", notes);
            None
        }
        other => {
            notes.left(format!("a contact method of type {} is not known", quoted(other)));
            None
        }
    }
}

fn team(draft: &mut Draft, item: &Value, users: &[Value]) {
    let mut notes = Notes::default();
    let name = json::text(item, "name");
    let key = draft.team_keys.allot(name, "team");
    let about = draft::about("team", &key, name.unwrap_or(&key));
    let own = ids(item);
    let is_in = |user: &&Value| {
        let teams = json::list(user, "teams");
        teams.iter().any(|team| ids(team).iter().any(|id| own.contains(id)))
    };
    let of_team = json::list(item, "members").iter().map(|member| member.get("user").unwrap_or(member));
    let mut members = Vec::new();
    for user in of_team.chain(users.iter().filter(is_in)) {
        match carried(&draft.handles, user) {
            Some(handle) => add(&mut members, handle),
            None => notes.left(format!("its member {} is not among the users of the export", shown(user))),
        }
    }
    let name = draft::named(name, &key, &mut notes);
    draft.take_team(own, &about, Team { key, name, members, notes });
}

/// Whom each team's default routing rule notifies.
struct Routes {
    by_team: HashMap<String, Value>,
    /// Policies that were made for teams whose rule names a schedule.
    made: HashMap<String, String>,
}

impl Routes {
    fn read(draft: &mut Draft, export: &Export) -> Self {
        let mut by_team = HashMap::new();
        let of_teams = export.items(Part::Teams).iter().flat_map(|team| {
            let rules = ["routing_rules", "routingRules"].map(|field| json::list(team, field));
            rules.concat().into_iter().map(|rule| (json::id(team, "id"), rule))
        });
        let alone = export.items(Part::Routes).iter().map(|rule| {
            let parent = ["_parent", "team"].into_iter().find_map(|field| json::id(rule.get(field)?, "id"));
            let team = parent.or_else(|| json::id(rule, "teamId")).or_else(|| json::id(rule, "team_id"));
            (team, rule.clone())
        });
        for (team, rule) in of_teams.chain(alone) {
            let of = team.as_ref().and_then(|team| draft.team_keys.carried(team)).map(str::to_owned);
            let name = quoted(json::text(&rule, "name").unwrap_or("without a name"));
            let about = of.map_or_else(|| "routing rules".to_owned(), |key| format!("team {key}"));
            if json::flag(&rule, "isDefault") == Some(true)
                && let Some(team) = team
            {
                by_team.insert(team, rule.get("notify").cloned().unwrap_or_default());
            } else {
                let what =
                    format!("the routing rule {name} has conditions or no team; its services take the default rule");
                draft.report.add(Kind::Left, about, what);
            }
        }
        Self { by_team, made: HashMap::new() }
    }

    /// The policy of a team's services, or why there is none.
    fn policy(&mut self, draft: &mut Draft, team: &str) -> Result<String, String> {
        let notify = self.by_team.get(team).ok_or("its team has no default routing rule in the export")?;
        match json::text(notify, "type").unwrap_or_default() {
            "escalation" => carried(&draft.policy_keys, notify).map(str::to_owned).ok_or_else(|| {
                format!("the escalation {}, which its team's rule names, was not carried over", shown(notify))
            }),
            "schedule" => {
                if let Some(key) = self.made.get(team) {
                    return Ok(key.clone());
                }
                let schedule = carried(&draft.schedule_keys, notify).map(str::to_owned).ok_or_else(|| {
                    format!("the schedule {}, which its team's rule names, was not carried over", shown(notify))
                })?;
                let key = policy_of_schedule(draft, &schedule);
                self.made.insert(team.to_owned(), key.clone());
                Ok(key)
            }
            "none" => Err("its team's routing rule notifies nobody".to_owned()),
            other => Err(format!("its team's routing rule notifies something of type {}", quoted(other))),
        }
    }
}

/// A policy that pages a schedule and nobody else.
fn policy_of_schedule(draft: &mut Draft, schedule: &str) -> String {
    let key = draft.policy_keys.allot([schedule], "policy");
    let mut notes = Notes::default();
    notes.changed(format!("was made for a team's routing rule, which named schedule {schedule} and no escalation"));
    let step = Step { schedules: vec![schedule.to_owned()], ..Step::default() };
    let about = draft::about("policy", &key, &key);
    let policy = Policy { key: key.clone(), name: key.clone(), rounds: 1, steps: vec![step], notes };
    draft.take_policy(Vec::new(), &about, policy);
    key
}

fn service(draft: &mut Draft, routes: &mut Routes, item: &Value) {
    let mut notes = Notes::default();
    let name = json::text(item, "name");
    let key = draft.service_keys.allot(name, "service");
    let about = draft::about("service", &key, name.unwrap_or(&key));
    let id = json::id(item, "teamId");
    let team = draft.own_team(id.as_slice(), &mut notes);
    let policy = match id.map(|id| routes.policy(draft, &id)) {
        Some(Ok(policy)) => Some(policy),
        Some(Err(why)) => {
            notes.left(why);
            None
        }
        None => None,
    };
    let name = draft::named(name, &key, &mut notes);
    draft.take_service(&about, Service { key, name, team, policy, notes });
}
