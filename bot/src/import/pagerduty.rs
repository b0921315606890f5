//! PagerDuty: users, teams, services, schedules and escalation policies as its REST API gives them.
//!
//! Users need `include[]=contact_methods` and `include[]=notification_rules`; layers come with `GET /schedules/{id}` alone,
//! and overrides with `GET /schedules/{id}/overrides`, to be put into the schedule as `overrides`.

mod policies;
mod schedules;

use std::collections::HashMap;

use firebell_core::directory::Urgency;
use serde_json::Value;

use super::draft::{self, Draft};
use super::input::Export;
use super::json;
use super::model::{Method, Notes, Service, Team, add};
use super::people::{self, Found, Reached, Taken, Way, mail, own_app, telephone};
use super::rules::{self, When};
use super::shape::Part;
use super::text::{counted, quoted};

/// Carries an export over.
pub(super) fn fill(draft: &mut Draft, export: &Export) {
    let users = export.items(Part::Users);
    let mut taken = Taken::default();
    for user in users {
        people::take(draft, &mut taken, person(user));
    }
    teams(draft, export.items(Part::Teams), users);
    schedules::fill(draft, export);
    policies::fill(draft, export.items(Part::Policies));
    for item in export.items(Part::Services) {
        service(draft, item);
    }
}

/// The ids that a list of references holds.
fn ids(of: &Value, field: &str) -> Vec<String> {
    json::list(of, field).iter().filter_map(|one| json::id(one, "id")).collect()
}

/// A name; references have a summary instead.
fn name(of: &Value) -> Option<&str> {
    json::text(of, "name").or_else(|| json::text(of, "summary"))
}

fn person(user: &Value) -> Found<'_> {
    let mut notes = Notes::default();
    let email = json::text(user, "email");
    let methods = json::list(user, "contact_methods");
    let by_id: HashMap<String, &Value> =
        methods.iter().filter_map(|method| json::id(method, "id").map(|id| (id, method))).collect();
    // A rule may hold no more of its method than the id.
    let whole = |method| json::id(method, "id").and_then(|id| by_id.get(&id).copied()).unwrap_or(method);
    let rules = in_order(user, &mut notes);
    let mut reached = Vec::new();
    if !rules.iter().any(|(when, _)| when.urgency == Some(Urgency::High)) {
        reached.extend(methods.iter().map(|method| Reached { way: way(method, email, &mut notes), when: None }));
    }
    for (when, method) in rules {
        reached.push(Reached { way: way(whole(method), email, &mut notes), when: Some(when) });
    }
    Found {
        ids: json::id(user, "id").into_iter().collect(),
        name: name(user),
        login: None,
        email,
        zone: json::text(user, "time_zone"),
        slack: None,
        reached,
        notes,
    }
}

/// The contact methods of the rules, in the order of their delays; those for high urgency come first.
fn in_order<'v>(user: &'v Value, notes: &mut Notes) -> Vec<(When, &'v Value)> {
    let rules = json::list(user, "notification_rules").iter();
    let rules = rules.filter_map(|rule| Some((rule, rule.get("contact_method")?)));
    let mut found: Vec<(When, &Value)> = rules
        .map(|(rule, method)| {
            let low = json::text(rule, "urgency") == Some("low");
            let minutes = json::number(rule, "start_delay_in_minutes");
            let after_s = rules::delay(minutes.map(|minutes| minutes.saturating_mul(60)), notes);
            (When { urgency: Some(if low { Urgency::Low } else { Urgency::High }), after_s }, method)
        })
        .collect();
    found.sort_by_key(|(when, _)| (when.urgency, when.after_s));
    found
}

/// What a contact method is here.
fn way(method: &Value, email: Option<&str>, notes: &mut Notes) -> Option<Way> {
    let kind = json::text(method, "type").unwrap_or_default();
    let address = json::text(method, "address");
    if json::flag(method, "blacklisted") == Some(true) {
        notes.left(format!("the contact method {} is blocked", quoted(address.unwrap_or(kind))));
        return None;
    }
    let number = || address.and_then(|address| telephone(json::number(method, "country_code"), address));
    match kind.trim_end_matches("_reference") {
        "email_contact_method" => mail(address, email, notes),
        "sms_contact_method" => Some((Method::Sms, number())),
        "phone_contact_method" => Some((Method::Voice, number())),
        "push_notification_contact_method" => {
            own_app("PagerDuty", notes);
            None
        }
        other => {
            notes.left(format!("a contact method of type {} is not known", quoted(other)));
            None
        }
    }
}

fn teams(draft: &mut Draft, items: &[Value], users: &[Value]) {
    for item in items {
        let mut notes = Notes::default();
        let key = draft.team_keys.allot(name(item), "team");
        let about = draft::about("team", &key, name(item).unwrap_or(&key));
        let id = json::id(item, "id");
        let of_team = |user: &&Value| id.as_ref().is_some_and(|id| ids(user, "teams").contains(id));
        let mut found: Vec<String> = users.iter().filter(of_team).filter_map(|user| json::id(user, "id")).collect();
        found.extend(json::list(item, "members").iter().filter_map(|member| json::id(member.get("user")?, "id")));
        let mut members = Vec::new();
        for id in found {
            match draft.handles.carried(&id) {
                Some(handle) => add(&mut members, handle),
                None => notes.left(format!("its member {} is not among the users of the export", quoted(&id))),
            }
        }
        if item.get("parent").is_some_and(Value::is_object) {
            notes.left("it is part of another team; Firebell's teams have no parts");
        }
        let name = draft::named(name(item), &key, &mut notes);
        draft.take_team(id.into_iter().collect(), &about, Team { key, name, members, notes });
    }
}

fn service(draft: &mut Draft, item: &Value) {
    let mut notes = Notes::default();
    let key = draft.service_keys.allot(name(item), "service");
    let about = draft::about("service", &key, name(item).unwrap_or(&key));
    let policy = item.get("escalation_policy").and_then(|policy| json::id(policy, "id"));
    let policy = policy.and_then(|id| {
        let known = draft.policy_keys.carried(&id).map(str::to_owned);
        if known.is_none() {
            notes.left(format!("its escalation policy {} was not carried over", quoted(&id)));
        }
        known
    });
    if matches!(json::text(item, "status"), Some("disabled" | "maintenance")) {
        notes.changed("is disabled or in maintenance at PagerDuty; here it pages like any other");
    }
    if let Some(rule) = item.get("incident_urgency_rule") {
        let low = json::text(rule, "urgency") == Some("low");
        if low || json::text(rule, "type") == Some("use_support_hours") {
            notes.changed(
                "was of low urgency at some hours or at all; here the severity says how much a page hurries, at any hour",
            );
        }
    }
    let integrations = json::list(item, "integrations").len();
    if integrations > 0 {
        let what = counted(integrations, "integration");
        notes.left(format!("{what}; point their senders to Firebell's own addresses"));
    }
    let team = draft.own_team(&ids(item, "teams"), &mut notes);
    let name = draft::named(name(item), &key, &mut notes);
    draft.take_service(&about, Service { key, name, team, policy, notes });
}
