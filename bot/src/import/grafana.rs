//! Grafana OnCall: users, teams, integrations, schedules with their shifts, and escalation chains as its public API gives
//! them. All of its lists are of use as they are.

mod policies;
mod repeat;
mod schedules;
mod shift;

use std::collections::HashMap;

use serde_json::Value;

use super::draft::{self, Draft};
use super::input::Export;
use super::json;
use super::model::{Method, Notes, Service, Team};
use super::people::{self, Found, Reached, Taken, Way, own_app};
use super::rules::When;
use super::shape::Part;
use super::text::quoted;

/// Carries an export over.
pub(super) fn fill(draft: &mut Draft, export: &Export) {
    let users = export.items(Part::Users);
    let mut rules: HashMap<String, Vec<&Value>> = HashMap::new();
    for rule in export.items(Part::Rules) {
        rules.entry(json::id(rule, "user_id").unwrap_or_default()).or_default().push(rule);
    }
    let mut taken = Taken::default();
    for user in users {
        people::take(draft, &mut taken, person(user, &rules));
    }
    for item in export.items(Part::Teams) {
        team(draft, item, users);
    }
    schedules::fill(draft, export);
    policies::fill(draft, export);
    for item in export.items(Part::Integrations) {
        service(draft, item, export.items(Part::Routes));
    }
}

/// A person, with the rules of all by their ids.
fn person<'e>(user: &'e Value, rules: &HashMap<String, Vec<&Value>>) -> Found<'e> {
    let mut notes = Notes::default();
    let id = json::id(user, "id");
    let slack = slack(user, &mut notes);
    let own = id.as_ref().and_then(|id| rules.get(id)).cloned().unwrap_or_default();
    let reached = if own.is_empty() {
        let known = [(Method::Slack, slack.is_some()), (Method::Email, json::text(user, "email").is_some())];
        let known = known.into_iter().filter(|(_, known)| *known);
        let known: Vec<_> = known.map(|(method, _)| Reached { way: Some((method, None)), when: None }).collect();
        if !known.is_empty() {
            notes.changed("the export has no notification rules of theirs, so contacts hold what else it knows");
        }
        known
    } else {
        in_order(own, &mut notes)
    };
    Found {
        ids: id.into_iter().collect(),
        name: json::text(user, "name"),
        login: json::text(user, "username"),
        email: json::text(user, "email"),
        zone: json::text(user, "timezone"),
        slack,
        reached,
        notes,
    }
}

/// The account of Slack, which the API gives alone or in a list.
fn slack<'e>(user: &'e Value, notes: &mut Notes) -> Option<&'e str> {
    let found = user.get("slack")?;
    let accounts = found.as_array().map_or(std::slice::from_ref(found), Vec::as_slice);
    if accounts.len() > 1 {
        notes.left("has accounts in several Slack workspaces, and only the first is kept");
    }
    json::text(accounts.first()?, "user_id")
}

/// The contact methods of somebody's rules, in their order, each after the waits before it.
fn in_order(rules: Vec<&Value>, notes: &mut Notes) -> Vec<Reached> {
    let (important, usual): (Vec<&Value>, Vec<&Value>) =
        rules.into_iter().partition(|rule| json::flag(rule, "important") == Some(true));
    let mut rules = if usual.is_empty() {
        notes.changed("only the rules for important notifications are there, and they hold for all now");
        important
    } else {
        if !important.is_empty() {
            // A step of Grafana's says which of them hold; here the severity says it.
            notes.left("has other rules for important notifications; the usual ones hold for pages of any urgency");
        }
        usual
    };
    rules.sort_by_key(|rule| json::number(rule, "position").unwrap_or(i64::MAX));
    let mut after_s: i64 = 0;
    let mut reached = Vec::new();
    for rule in rules {
        if json::text(rule, "type") != Some("wait") {
            reached.push(Reached { way: way(rule, notes), when: Some(When { urgency: None, after_s }) });
        } else if let Some(wait) = json::number(rule, "duration").filter(|wait| *wait > 0) {
            after_s = after_s.saturating_add(wait);
        } else {
            notes.changed("a wait has no duration that can be read; it is left out");
        }
    }
    reached
}

/// What a rule's contact method is here.
fn way(rule: &Value, notes: &mut Notes) -> Option<Way> {
    match json::text(rule, "type").unwrap_or_default() {
        "notify_by_slack" => return Some((Method::Slack, None)),
        "notify_by_email" => return Some((Method::Email, None)),
        "notify_by_sms" => return Some((Method::Sms, None)),
        "notify_by_phone_call" => return Some((Method::Voice, None)),
        "notify_by_mobile_app" | "notify_by_mobile_app_critical" => own_app("Grafana", notes),
        "notify_by_telegram" => {
            notes.left("telegram was a contact method, but the export has no chat of theirs; add it to contacts");
        }
        other => notes.left(format!("the contact method {} has no place here", quoted(other))),
    }
    None
}

fn team(draft: &mut Draft, item: &Value, users: &[Value]) {
    let mut notes = Notes::default();
    let name = json::text(item, "name");
    let key = draft.team_keys.allot(name, "team");
    let about = draft::about("team", &key, name.unwrap_or(&key));
    let id = json::id(item, "id");
    let is_in = |user: &&Value| id.is_some() && json::list(user, "teams").iter().any(|team| json::as_id(team) == id);
    let ids = users.iter().filter(is_in).filter_map(|user| json::id(user, "id"));
    let members = ids.filter_map(|id| draft.handles.carried(&id).map(str::to_owned)).collect();
    let name = draft::named(name, &key, &mut notes);
    draft.take_team(id.into_iter().collect(), &about, Team { key, name, members, notes });
}

/// An integration, which is what breaks there: a service with the policy of its default route.
fn service(draft: &mut Draft, item: &Value, routes: &[Value]) {
    let mut notes = Notes::default();
    let name = json::text(item, "name");
    let key = draft.service_keys.allot(name, "service");
    let about = draft::about("service", &key, name.unwrap_or(&key));
    let id = json::id(item, "id");
    let mut chain = item.get("default_route").and_then(|route| json::id(route, "escalation_chain_id"));
    for route in routes.iter().filter(|route| id.is_some() && json::id(route, "integration_id") == id) {
        if json::flag(route, "is_the_last_route") == Some(true) {
            chain = chain.or_else(|| json::id(route, "escalation_chain_id"));
            continue;
        }
        let term = json::text(route, "routing_regex").unwrap_or_default();
        let to = json::id(route, "escalation_chain_id");
        let to = to
            .and_then(|id| draft.policy_keys.carried(&id))
            .map_or_else(|| "nobody".to_owned(), |key| format!("policy {key}"));
        notes.left(format!("its route for {} to {to}; only the default route is kept", quoted(term)));
    }
    let policy = chain.and_then(|id| {
        let known = draft.policy_keys.carried(&id).map(str::to_owned);
        if known.is_none() {
            notes.left(format!("its escalation chain {} was not carried over", quoted(&id)));
        }
        known
    });
    notes.left("was an integration; point its sender to an address of Firebell's own");
    let team = draft.own_team(json::id(item, "team_id").as_slice(), &mut notes);
    let name = draft::named(name, &key, &mut notes);
    draft.take_service(&about, Service { key, name, team, policy, notes });
}
