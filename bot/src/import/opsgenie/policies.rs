//! Opsgenie's escalations. Each rule has a delay since the alert was made; rules of one delay are one step here.

use serde_json::Value;

use super::super::draft::{self, Draft};
use super::super::json;
use super::super::model::{Notes, Policy, Step};
use super::super::names::Named;
use super::super::text::{counted, quoted};
use super::{carried, find, ids, minutes, shown};

/// More rounds than Firebell takes.
const ROUNDS_MAX: i64 = 100;
/// A year, which is the longest wait, in minutes.
const WAIT_MAX: i64 = 366 * 24 * 60;

pub(super) fn fill(draft: &mut Draft, items: &[Value]) {
    for item in items {
        let name = json::text(item, "name");
        let key = draft.policy_keys.allot(name, "policy");
        let about = draft::about("policy", &key, name.unwrap_or(&key));
        let mut notes = Notes::default();
        let name = draft::named(name, &key, &mut notes);
        let repeat = item.get("repeat").unwrap_or(&Value::Null);
        let rounds = json::number(repeat, "count").unwrap_or_default().clamp(0, ROUNDS_MAX - 1) + 1;
        if json::flag(repeat, "closeAlertAfterAll") == Some(true) {
            notes.left("closes the alert after all repeats; here the last resort is paged");
        }
        let policy = Policy { key, name, rounds, steps: Vec::new(), notes };
        let policy = steps(draft, policy, item, json::number(repeat, "waitInterval"));
        draft.take_policy(ids(item), &about, policy);
    }
}

fn steps(draft: &mut Draft, mut policy: Policy, item: &Value, wait_at_end: Option<i64>) -> Policy {
    let mut rules: Vec<(i64, &Value)> = Vec::new();
    for rule in json::list(item, "rules") {
        match rule.get("delay").and_then(minutes).filter(|delay| (0..=WAIT_MAX).contains(delay)) {
            Some(delay) => rules.push((delay, rule)),
            None => policy.notes.left(format!("a rule for {} has no delay that can be read", shown_recipient(rule))),
        }
    }
    rules.sort_by_key(|(delay, _)| *delay);
    if let Some((first, _)) = rules.first().filter(|(delay, _)| *delay > 0) {
        let waited = counted(usize::try_from(*first).unwrap_or_default(), "minute");
        policy.notes.changed(format!("waited {waited} before anybody was paged; here the first step begins at once"));
    }
    let mut last = None;
    for (delay, rule) in rules {
        if last != Some(delay) {
            if let (Some(step), Some(last)) = (policy.steps.last_mut(), last) {
                step.wait_s = Some((delay - last) * 60);
            }
            policy.steps.push(Step::default());
            last = Some(delay);
        }
        let mut step = policy.steps.pop().unwrap_or_default();
        page(draft, &policy, &mut step, rule);
        policy.steps.push(step);
    }
    if let Some(step) = policy.steps.last_mut() {
        step.wait_s = wait_at_end.filter(|wait| (1..=WAIT_MAX).contains(wait)).map(|wait| wait * 60);
    }
    policy
}

fn shown_recipient(rule: &Value) -> String {
    rule.get("recipient").map_or_else(|| "nobody".to_owned(), shown)
}

/// Adds a rule's recipient to a step.
fn page(draft: &mut Draft, policy: &Policy, step: &mut Step, rule: &Value) {
    let recipient = rule.get("recipient").unwrap_or(&Value::Null);
    let how = json::text(rule, "notifyType").unwrap_or("default");
    if json::text(rule, "condition") == Some("if-not-closed") {
        let what = format!("{} was notified even after an acknowledgement; here that ends it", shown(recipient));
        step.notes.changed(what);
    }
    match json::text(recipient, "type").unwrap_or_default() {
        "user" => match carried(&draft.handles, recipient) {
            Some(handle) => step.page_person(handle),
            None => step.notes.left(format!("the user {} is not among the users of the export", shown(recipient))),
        },
        "schedule" => match find(&draft.schedule_keys, recipient) {
            Some(Named::Carried(key)) => page_schedule(draft, step, key, how),
            Some(Named::Left(about)) => {
                step.notes.left(format!("{about} was not carried over, so this does not page it"));
            }
            None => {
                let what = format!("the schedule {} is not among the schedules of the export", shown(recipient));
                step.notes.left(what);
            }
        },
        "team" => match carried(&draft.team_keys, recipient).map(str::to_owned) {
            Some(key) => page_team(draft, policy, step, (&key, how)),
            None => step.notes.left(format!("the team {} is not among the teams of the export", shown(recipient))),
        },
        other => step.notes.left(format!("a recipient of type {} is not known", quoted(other))),
    }
}

fn page_schedule(draft: &Draft, step: &mut Step, key: &str, how: &str) {
    match how {
        "default" => step.page_schedule(key),
        "all" => {
            let layers = draft.schedules.iter().filter(|made| made.key == key).flat_map(|made| &made.layers);
            layers.flat_map(|layer| layer.pools.iter().flatten()).for_each(|handle| step.page_person(handle));
            step.notes.changed(format!("all of schedule {key} are paged by name; whoever joins it later is not"));
        }
        other => {
            step.notes
                .left(format!("the {} person of schedule {key} was notified, whom a step cannot name", quoted(other)));
        }
    }
}

fn page_team(draft: &mut Draft, policy: &Policy, step: &mut Step, (key, how): (&str, &str)) {
    let members = draft.teams.iter().find(|team| team.key == key).map_or_else(Vec::new, |team| team.members.clone());
    match how {
        "all" => step.page_team(key),
        "random" if members.len() > 1 => {
            let schedule = draft.in_turn(policy, members);
            step.page_in_turn(&schedule);
            step.notes.changed(format!("one of team {key} was notified at random; here it is one in turn"));
        }
        other => {
            step.page_team(key);
            if other != "random" {
                step.notes
                    .changed(format!("of team {key} the {} were notified; here it is the whole team", quoted(other)));
            }
        }
    }
}
