//! Notification rules of an export, as somebody's rules by urgency.

use firebell_core::directory::Urgency;

use super::model::{Method, Notes, Rule, Rules};
use super::write::duration;

/// A year, which is the longest delay.
const AFTER_MAX: i64 = 366 * 86_400;

/// When a rule of an export tells somebody.
#[derive(Debug, Clone, Copy)]
pub(super) struct When {
    /// By pages of which urgency; of any, where the vendor knows none.
    pub(super) urgency: Option<Urgency>,
    /// In seconds after the step that tells them.
    pub(super) after_s: i64,
}

/// The rules of a person of what was found of them. What has no method here still tells when something came.
pub(super) fn keep(found: &[(When, Option<Method>)], notes: &mut Notes) -> Rules {
    if found.is_empty() {
        return Rules::default();
    }
    let mut of = |urgency| of_urgency(urgency, found, notes);
    if found.iter().all(|(when, _)| when.urgency.is_none()) {
        let rules = of(None);
        return Rules { high: rules.clone(), low: rules };
    }
    Rules { high: of(Some(Urgency::High)), low: of(Some(Urgency::Low)) }
}

/// One that stands twice is one.
fn of_urgency(urgency: Option<Urgency>, found: &[(When, Option<Method>)], notes: &mut Notes) -> Vec<Rule> {
    let pages = urgency.map_or_else(|| "a page".to_owned(), |urgency| format!("a page of {} urgency", urgency.word()));
    let own = found.iter().filter(|(when, _)| when.urgency == urgency);
    let mut own: Vec<(i64, Option<Method>)> = own.map(|(when, method)| (when.after_s, *method)).collect();
    own.sort_by_key(|(after_s, _)| *after_s);
    let mut kept: Vec<Rule> = Vec::new();
    for (after_s, method) in &own {
        let Some(method) = *method else { continue };
        let rule = Rule { method, after_s: *after_s };
        if rule.after_s > AFTER_MAX {
            let what =
                format!("{} came {} after {pages}; 366 days are the most", method.word(), duration(rule.after_s));
            notes.left(what);
        } else if !kept.contains(&rule) {
            kept.push(rule);
        }
    }
    let says = match (own.first(), kept.first()) {
        (None, _) => Some(format!("has no rule for {pages}; here the first contact method comes at once")),
        (Some(_), None) => Some(format!("no rule for {pages} is left, so the first contact method comes at once")),
        (Some((after_s, _)), Some(first)) if first.after_s > *after_s => Some(format!(
            "nothing comes before \"{first}\" for {pages}, as what came before it has no place here; add a rule that does"
        )),
        (Some(_), Some(_)) => None,
    };
    if let Some(says) = says {
        notes.changed(says);
    }
    kept
}

/// A rule's delay; one that cannot be read is none.
pub(super) fn delay(seconds: Option<i64>, notes: &mut Notes) -> i64 {
    let known = seconds.filter(|seconds| *seconds >= 0);
    known.unwrap_or_else(|| {
        notes.changed("a notification rule has no delay that can be read; here it comes at once");
        0
    })
}
