//! Grafana OnCall's escalation chains. Each is a list of single actions; those up to the next wait are one step here.

use serde_json::Value;

use super::super::draft::{self, Draft};
use super::super::input::Export;
use super::super::json;
use super::super::model::{Notes, Policy, Step, add};
use super::super::names::Named;
use super::super::shape::Part;
use super::super::text::quoted;
use super::super::write::duration;

/// How often Grafana repeats a chain, after its first time.
const REPEATS: i64 = 5;
/// A year, which is the longest wait, in seconds.
const WAIT_MAX: i64 = 366 * 86_400;

pub(super) fn fill(draft: &mut Draft, export: &Export) {
    let actions = export.items(Part::Policies);
    for item in export.items(Part::Chains) {
        let id = json::id(item, "id");
        let name = json::text(item, "name");
        let key = draft.policy_keys.allot(name, "policy");
        let about = draft::about("policy", &key, name.unwrap_or(&key));
        let mut notes = Notes::default();
        let name = draft::named(name, &key, &mut notes);
        let of_chain = |action: &&Value| id.is_some() && json::id(action, "escalation_chain_id") == id;
        let mut own: Vec<&Value> = actions.iter().filter(of_chain).collect();
        own.sort_by_key(|action| json::number(action, "position").unwrap_or(i64::MAX));
        let policy = Policy { key, name, rounds: 1, steps: Vec::new(), notes };
        let mut chain = Chain { policy, step: Step::default(), begun: false, important: false };
        for action in own {
            chain.follow(draft, action);
        }
        let policy = chain.end();
        draft.take_policy(id.into_iter().collect(), &about, policy);
    }
    let chains = export.items(Part::Chains);
    for action in actions {
        let chain = json::id(action, "escalation_chain_id").unwrap_or_default();
        if !chains.iter().any(|item| json::id(item, "id").as_deref() == Some(chain.as_str())) {
            let why = format!("belongs to the chain {}, which is not in the export", quoted(&chain));
            let about = format!("escalation policy {}", quoted(&json::id(action, "id").unwrap_or_default()));
            draft.leave(&about, &why);
        }
    }
}

/// A chain while it is read.
struct Chain {
    policy: Policy,
    /// Whom the actions since the last wait page.
    step: Step,
    /// Whether anything of the step was said yet.
    begun: bool,
    important: bool,
}

impl Chain {
    fn follow(&mut self, draft: &mut Draft, action: &Value) {
        let kind = json::text(action, "type").unwrap_or_default();
        if json::flag(action, "important") == Some(true) && !self.important {
            self.important = true;
            self.policy.notes.changed("pages by important rules in part; here everybody's usual rules hold");
        }
        match kind {
            "wait" => self.wait(json::number(action, "duration")),
            "notify_persons" => {
                let people = self.people(draft, action, "persons_to_notify");
                for handle in &people {
                    self.step.page_person(handle);
                }
            }
            "notify_person_next_each_time" => {
                let people = self.people(draft, action, "persons_to_notify_next_each_time");
                match people.as_slice() {
                    [] => {}
                    [one] => self.step.page_person(one),
                    _ => {
                        let key = draft.in_turn(&self.policy, people);
                        self.step.page_in_turn(&key);
                        let what =
                            format!("one of its people is paged in turn by schedule {key}, which was made for it");
                        self.step.notes.changed(what);
                    }
                }
            }
            "notify_on_call_from_schedule" => self.schedule(draft, action),
            "notify_team_members" => {
                let id = json::id(action, "team_to_notify").unwrap_or_default();
                self.step_begins();
                match draft.team_keys.carried(&id) {
                    Some(key) => self.step.page_team(key),
                    None => {
                        self.step.notes.left(format!("the team {} is not among the teams of the export", quoted(&id)));
                    }
                }
            }
            "repeat_escalation" => self.policy.rounds = REPEATS + 1,
            other => self.no_page(action, other),
        }
    }

    /// Actions that page nobody.
    fn no_page(&mut self, action: &Value, kind: &str) {
        let notes = &mut self.policy.notes;
        match kind {
            "notify_if_time_from_to" => {
                let time = |field| json::text(action, field).map_or_else(|| "?".to_owned(), super::super::text::shown);
                let (from, to) = (time("notify_if_time_from"), time("notify_if_time_to"));
                notes.changed(format!(
                    "what follows was held back outside of {from} to {to}; here it pages at any hour"
                ));
            }
            "notify_if_num_alerts_in_window" => {
                let number = |field| json::number(action, field).map_or_else(|| "?".to_owned(), |n| n.to_string());
                let (alerts, minutes) = (number("num_alerts_in_window"), number("num_minutes_in_window"));
                let what =
                    format!("what follows needed {alerts} alerts in {minutes} minutes; here it pages without them");
                notes.changed(what);
            }
            "notify_user_group" => notes.left("notifies a user group of Slack, which is no team here"),
            "notify_whole_channel" => notes.left("notifies a whole channel"),
            "trigger_webhook" => notes.left("calls a webhook"),
            "resolve" => notes.left("resolves the alert group at that point; here the policy goes on"),
            "declare_incident" => notes.left("declares an incident"),
            other => notes.left(format!("an action of type {} is not known", quoted(other))),
        }
    }

    fn wait(&mut self, seconds: Option<i64>) {
        let Some(seconds) = seconds.filter(|seconds| (1..=WAIT_MAX).contains(seconds)) else {
            return self.policy.notes.changed("a wait has no duration that can be read; it is left out");
        };
        if !self.begun && self.policy.steps.is_empty() {
            let waited = duration(seconds);
            let what = format!("waited {waited} before anybody was paged; here the first step begins at once");
            return self.policy.notes.changed(what);
        }
        let waited = self.step.wait_s.unwrap_or_default().saturating_add(seconds);
        self.step.wait_s = Some(waited.min(WAIT_MAX));
    }

    /// Somebody is to be paged: after a wait, by the next step.
    fn step_begins(&mut self) {
        if self.step.wait_s.is_some() {
            self.policy.steps.push(std::mem::take(&mut self.step));
        }
        self.begun = true;
    }

    fn people(&mut self, draft: &Draft, action: &Value, field: &str) -> Vec<String> {
        self.step_begins();
        let mut people = Vec::new();
        for id in json::list(action, field).iter().filter_map(json::as_id) {
            match draft.handles.carried(&id) {
                Some(handle) => add(&mut people, handle),
                None => self.step.notes.left(format!("the user {} is not among the users of the export", quoted(&id))),
            }
        }
        people
    }

    fn schedule(&mut self, draft: &Draft, action: &Value) {
        self.step_begins();
        let id = json::id(action, "notify_on_call_from_schedule").unwrap_or_default();
        match draft.schedule_keys.find(&id) {
            Some(Named::Carried(key)) => self.step.page_schedule(key),
            Some(Named::Left(about)) => {
                self.step.notes.left(format!("{about} was not carried over, so this does not page it"));
            }
            None => {
                let what = format!("the schedule {} is not among the schedules of the export", quoted(&id));
                self.step.notes.left(what);
            }
        }
    }

    fn end(mut self) -> Policy {
        if self.begun {
            if self.step.wait_s.is_none() && self.policy.rounds > 1 {
                let what = "it was repeated at once; here Firebell's own wait comes first";
                self.step.notes.changed(what);
            }
            self.policy.steps.push(self.step);
        }
        self.policy
    }
}
