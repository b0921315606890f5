//! What holds after every command, whatever came before it.

use std::collections::BTreeMap;

use firebell_core::ids::{EntryId, IncidentId, PageId};
use firebell_core::incident::{Incident, Mark};
use firebell_core::paging::page::{NoticeState, Page, RecipientState};
use firebell_core::refusal::Refusal;
use firebell_core::timeline::Entry;
use proptest::prelude::*;

use crate::random::{Act, act, perform, pries};
use crate::world::World;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_rules_keep_their_promises(acts in prop::collection::vec(act(), 1..60)) {
        let mut world = crate::random::world();
        for act in acts {
            step(&mut world, &act);
        }
    }
}

fn step(world: &mut World, act: &Act) {
    let before = world.clone();
    world.pass(act.minutes);
    let pries = pries(world, act);
    let outcome = perform(world, act);
    if pries {
        let refusal = outcome.as_ref().unwrap_err();
        assert!(matches!(refusal, Refusal::NoIncident { .. } | Refusal::Guest { .. }), "an outsider hears: {refusal}");
    }
    if outcome.is_err() {
        assert_eq!(world.incidents, before.incidents, "a refusal changes nothing");
        assert_eq!(world.pages, before.pages);
        assert_eq!(world.history, before.history);
    }
    for (id, incident) in &world.incidents {
        adds_up(incident, &world.history[id]);
    }
    for page in world.pages.values() {
        holds(page, world);
    }
    never_backwards(&before.pages, &world.pages);
    appended(&before.history, &world.history);
}

pub(crate) fn adds_up(incident: &Incident, history: &[Entry]) {
    let folded = Incident::fold(history).unwrap();
    assert_eq!(Incident { version: incident.version, ..folded }, *incident, "the entries add up to the row");
    let numbers: Vec<i64> = history.iter().map(|entry| entry.id.0).collect();
    assert_eq!(numbers, (1..=incident.entries).collect::<Vec<_>>());
    let milestones = &incident.milestones;
    came_from(milestones.acknowledged.as_ref(), &["acknowledged", "role_assigned"], history);
    came_from(milestones.mitigated.as_ref(), &["status_changed"], history);
    came_from(milestones.resolved.as_ref(), &["resolved"], history);
    assert!(incident.status.is_active() || incident.update_due.is_none(), "nobody waits for news of what is over");
    let actions: Vec<i64> = incident.actions.iter().map(|action| action.id.0).collect();
    assert_eq!(actions, (1..).take(actions.len()).collect::<Vec<i64>>());
}

fn came_from(mark: Option<&Mark>, kinds: &[&str], history: &[Entry]) {
    let Some(mark) = mark else { return };
    let entry = history.iter().find(|entry| entry.id == mark.entry).unwrap();
    assert!(kinds.contains(&entry.kind.as_str()), "a milestone by {}", entry.kind);
}

pub(crate) fn holds(page: &Page, world: &World) {
    let queued = page.notices.iter().filter(|notice| notice.state == NoticeState::Queued);
    if page.is_open() {
        assert!(page.due.is_some(), "an open page is never forgotten");
        let waiting = page.recipients.iter().any(|r| r.state == RecipientState::Waiting);
        assert!(waiting || page.recipients.is_empty(), "an open page waits for somebody");
        assert!(world.incidents[&page.incident].status.is_active(), "no page outlives its incident");
        for notice in queued {
            assert!(page.wants(notice.id), "a queued notice is still wanted");
        }
    } else {
        assert_eq!((&page.due, page.planned.len()), (&None, 0));
        assert_eq!(queued.count(), 0, "nobody is paged for what is over");
        assert!(page.recipients.iter().all(|r| r.state != RecipientState::Waiting));
    }
}

pub(crate) fn never_backwards(before: &BTreeMap<PageId, Page>, after: &BTreeMap<PageId, Page>) {
    for (id, held) in before {
        let now = &after[id];
        assert_eq!(now.pinned, held.pinned, "a running page keeps its policy");
        assert!(held.is_open() || now.state == held.state, "a page that is over stays so");
        for (was, is) in held.notices.iter().zip(&now.notices) {
            let (from, to) = (rank(&was.state), rank(&is.state));
            // One that was taken back while it was on its way may still turn out to have arrived.
            let overtaken = matches!(was.state, NoticeState::Cancelled { .. }) && is.state.is_out();
            assert!(from < to || overtaken || was.state == is.state, "{:?} became {:?}", was.state, is.state);
        }
        assert!(now.notices.len() >= held.notices.len());
    }
}

/// What may only ever rise. What is done with has the same rank, and never changes.
fn rank(state: &NoticeState) -> u8 {
    match state {
        NoticeState::Queued => 0,
        NoticeState::Sent { .. } => 1,
        NoticeState::Delivered { .. } => 2,
        NoticeState::Read { .. }
        | NoticeState::Failed { .. }
        | NoticeState::Dead { .. }
        | NoticeState::Cancelled { .. } => 3,
    }
}

fn appended(before: &BTreeMap<IncidentId, Vec<Entry>>, after: &BTreeMap<IncidentId, Vec<Entry>>) {
    for (incident, entries) in before {
        for (was, is) in entries.iter().zip(&after[incident]) {
            let same = Entry { change: was.change.clone(), ..is.clone() } == *was;
            assert!(same, "{incident} {} was rewritten", was.id);
            assert!(is.change.is_none() || is.change == was.change, "a body is only ever erased");
        }
        assert!(after[incident].len() >= entries.len());
        assert_eq!(after[incident].first().map(|entry| entry.id), Some(EntryId(1)));
    }
}
