//! PagerDuty's escalation policies.

use serde_json::Value;

use super::super::draft::{self, Draft};
use super::super::json;
use super::super::model::{Notes, Policy, Step};
use super::super::names::Named;
use super::super::text::quoted;
use super::name;

/// More rounds than Firebell takes.
const ROUNDS_MAX: i64 = 100;
/// A year, which is the longest wait.
const WAIT_MAX: i64 = 366 * 86_400;

pub(super) fn fill(draft: &mut Draft, items: &[Value]) {
    for item in items {
        let key = draft.policy_keys.allot(name(item), "policy");
        let about = draft::about("policy", &key, name(item).unwrap_or(&key));
        let mut notes = Notes::default();
        let name = draft::named(name(item), &key, &mut notes);
        // The first time is none of the loops.
        let rounds = json::number(item, "num_loops").unwrap_or_default().clamp(0, ROUNDS_MAX - 1) + 1;
        let mut policy = Policy { key, name, rounds, steps: Vec::new(), notes };
        for rule in json::list(item, "escalation_rules") {
            let step = step(draft, &policy, rule);
            policy.steps.push(step);
        }
        draft.take_policy(json::id(item, "id").into_iter().collect(), &about, policy);
    }
}

fn step(draft: &mut Draft, policy: &Policy, rule: &Value) -> Step {
    let delay = json::number(rule, "escalation_delay_in_minutes").and_then(|minutes| minutes.checked_mul(60));
    let mut step = Step { wait_s: delay.filter(|wait| (1..=WAIT_MAX).contains(wait)), ..Step::default() };
    if step.wait_s.is_none() {
        step.notes.changed("it has no delay that can be read; Firebell's own wait is taken");
    }
    let targets = json::list(rule, "targets");
    for target in targets {
        page(draft, &mut step, target);
    }
    let strategy = rule.get("escalation_rule_assignment_strategy").and_then(|of| json::text(of, "type"));
    if strategy == Some("round_robin") && targets.len() > 1 {
        if step.schedules.is_empty() && step.people.len() > 1 {
            let people = std::mem::take(&mut step.people);
            let key = draft.in_turn(policy, people);
            step.notes.changed(format!("one of its people is paged in turn by schedule {key}, which was made for it"));
            step.page_in_turn(&key);
        } else {
            step.notes.changed("paged one of its targets in turn; it pages all of them at once");
        }
    }
    step
}

fn page(draft: &Draft, step: &mut Step, target: &Value) {
    let id = json::id(target, "id").unwrap_or_default();
    let kind = json::text(target, "type").unwrap_or_default();
    let shown = name(target).map_or_else(|| quoted(&id), quoted);
    match kind.trim_end_matches("_reference") {
        "user" => match draft.handles.carried(&id) {
            Some(handle) => step.page_person(handle),
            None => step.notes.left(format!("the user {shown} is not among the users of the export")),
        },
        "schedule" => match draft.schedule_keys.find(&id) {
            Some(Named::Carried(key)) => step.page_schedule(key),
            Some(Named::Left(about)) => {
                step.notes.left(format!("{about} was not carried over, so this does not page it"));
            }
            None => step.notes.left(format!("the schedule {shown} is not among the schedules of the export")),
        },
        other => step.notes.left(format!("a target of type {} is not known", quoted(other))),
    }
}
