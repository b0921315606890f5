//! What a page does when its timer falls due.

use chrono::{DateTime, TimeDelta, Utc};

use super::{defer, places, queue_notice};
use crate::actor::Who;
use crate::decide::draft::Draft;
use crate::directory::{Person, Standing};
use crate::ids::PersonId;
use crate::incident::Joined;
use crate::paging::page::{Due, DueStep, Fired, Notice, Page, Planned, Recipient, RecipientState, SkipReason};
use crate::paging::policy::{AckNeed, Circumstances};
use crate::paging::target::{Meant, Target, Way};
use crate::settings::LEAD;
use crate::timeline::Change;

/// Carries out what is due. Steps that reach nobody are skipped at once and say so; every way ends with a due time
/// ahead, so an open page is never forgotten.
pub(super) fn run_due(draft: &mut Draft<'_>, page: &mut Page) {
    if defer::put_off(draft, page) {
        return;
    }
    let mut skipped = 0;
    while let Some(Due { what: what @ DueStep::Step { step, .. }, .. }) = page.due {
        if run_step(draft, page, what, step) {
            return;
        }
        skipped += 1;
        // Steps that reach nobody now reach nobody in a further round at the same instant either.
        let next = if skipped >= page.pinned.steps.len() { DueStep::FIRST_RESORT } else { page.pinned.after(what) };
        set_due(page, draft.now, next);
    }
    if let Some(Due { what: DueStep::LastResort { round }, .. }) = page.due {
        last_resort(draft, page, round);
    }
}

/// Tells a step's people; false when there is nobody to tell.
fn run_step(draft: &mut Draft<'_>, page: &mut Page, occasion: DueStep, number: i64) -> bool {
    let step = page.pinned.step(number);
    let (severity, services) = (&draft.incident.severity, &draft.incident.services);
    let circumstances = Circumstances { severity, urgency: page.urgency, services, now: draft.now };
    let holds = step.when.holds(circumstances, &draft.facts.directory);
    let able = |draft: &Draft<'_>, people: &[PersonId]| reachable(draft, page, people);
    let target = if holds { draft.target(&step, able) } else { Target::default() };
    let people = reachable(draft, page, &target.people());
    let told = if holds { places::of(draft, &step) } else { places::Told::default() };
    let skipped = target.skipped(holds, people.is_empty() && told.is_empty());
    let directory_version = draft.facts.directory.version;
    let shadows = reachable(draft, page, &target.shadows.iter().map(|meant| meant.person).collect::<Vec<_>>());
    page.fired.push(Fired {
        occasion,
        at: draft.now,
        directory_version,
        meant: target.meant,
        shadows: target.shadows,
        uncovered: target.uncovered,
        places: told.names(),
        skipped,
    });
    if let Some(reason) = skipped {
        draft.tell(Change::StepSkipped { page: page.id, step: number, reason });
        return false;
    }
    let change = Change::Escalated {
        page: page.id,
        step: number,
        people: people.clone(),
        places: told.names(),
        directory_version,
    };
    // The first step is told by the page's own post; a line for each later one shows that it goes on.
    if occasion == page.pinned.first() {
        draft.record(change);
    } else {
        draft.tell(change);
    }
    told.queue(draft, page, occasion);
    notify(draft, page, &people, (occasion, step.needs));
    notify(draft, page, &shadows, (occasion, AckNeed::Nobody));
    let at = later(draft.now, step.wait());
    set_due(page, at, page.pinned.after(occasion));
    true
}

fn last_resort(draft: &mut Draft<'_>, page: &mut Page, round: i64) {
    let people = last_people(draft, page);
    let occasion = DueStep::LastResort { round };
    let meant = people.iter().map(|person| Meant { person: *person, by: Way::Named }).collect();
    let (at, directory_version) = (draft.now, draft.facts.directory.version);
    page.fired.push(Fired {
        meant,
        at,
        directory_version,
        occasion,
        shadows: Vec::new(),
        uncovered: Vec::new(),
        places: Vec::new(),
        skipped: people.is_empty().then_some(SkipReason::Unreachable),
    });
    draft.tell(Change::LastResortPaged { page: page.id, people: people.clone(), round });
    notify(draft, page, &people, (occasion, AckNeed::Anyone));
    let at = later(draft.now, draft.facts.settings.last_resort_every);
    set_due(page, at, page.pinned.after(occasion));
}

/// The configured last resort, else the lead, else whoever raised the page, else whoever declared the incident: the
/// first of these that can be reached. Where all of them have answered for themselves, they are asked to take it over; where
/// none of them is here, the administrators are, else those whom the page told before.
fn last_people(draft: &Draft<'_>, page: &Page) -> Vec<PersonId> {
    let by = |who: &Who| match who {
        Who::Person(person) => vec![*person],
        Who::Integration(_) | Who::Firebell => Vec::new(),
    };
    let people = draft.facts.directory.people.values();
    let administrators = people.filter(|person| person.standing == Standing::Admin);
    let lead = draft.incident.roles.iter().filter(|(role, _)| role.as_str() == LEAD).map(|(_, person)| *person);
    let candidates = [
        draft.facts.directory.last_resort.clone(),
        lead.collect(),
        by(&page.raised_by),
        by(&draft.incident.declared.by),
    ];
    let others = [
        administrators.map(|person| person.id).collect::<Vec<_>>(),
        page.recipients.iter().map(|recipient| recipient.person).collect(),
    ];
    let reached = candidates.iter().map(|people| reachable(draft, page, people));
    let mut found = reached.chain(candidates.iter().chain(&others).map(|people| here(draft, people)));
    found.find(|people| !people.is_empty()).unwrap_or_default()
}

/// Those of `people` who can be told and have not answered for themselves. Whom another's answer covers can be asked again:
/// the page goes on since somebody else owes one.
fn reachable(draft: &Draft<'_>, page: &Page, people: &[PersonId]) -> Vec<PersonId> {
    let answered = |r: &Recipient| matches!(r.state, RecipientState::Acknowledged { .. });
    let open = |person: &PersonId| !page.recipient(*person).is_some_and(answered);
    here(draft, people).into_iter().filter(open).collect()
}

/// Those of `people`, each once, who are still here, could acknowledge and have a contact method.
fn here(draft: &Draft<'_>, people: &[PersonId]) -> Vec<PersonId> {
    let mut found: Vec<PersonId> = Vec::new();
    for person in people {
        let known = draft.facts.directory.people.get(person).is_some_and(Person::can_be_paged);
        if known && !found.contains(person) {
            found.push(*person);
        }
    }
    found
}

fn notify(draft: &mut Draft<'_>, page: &mut Page, people: &[PersonId], (occasion, needs): (DueStep, AckNeed)) {
    for person in people {
        draft.join(*person, Joined::Paged);
        match page.recipients.iter_mut().find(|held| held.person == *person) {
            Some(held) => {
                // Whoever was told along before may be counted on now, and who need not answer any more is asked anew.
                if held.needs == AckNeed::Nobody {
                    held.needs = needs;
                }
                held.state = RecipientState::Waiting;
            }
            None => {
                let state = RecipientState::Waiting;
                page.recipients.push(Recipient { person: *person, since: draft.now, needs, state });
            }
        }
        let told = draft.facts.directory.people.get(person).map(|held| held.told_by(page.urgency)).unwrap_or_default();
        for (method, after) in told {
            let at = later(draft.now, after);
            if at > draft.now {
                page.planned.push(Planned { at, person: *person, method, occasion });
            } else {
                queue_notice(draft, page, (*person, method, occasion));
            }
        }
    }
}

/// Tells those by the methods that their own rules have for now who have not answered yet.
pub(super) fn send_planned(draft: &mut Draft<'_>, page: &mut Page) {
    let now = draft.now;
    let (due, later): (Vec<Planned>, Vec<Planned>) = page.planned.drain(..).partition(|planned| planned.at <= now);
    page.planned = later;
    for Planned { person, method, occasion, .. } in due {
        let waits = page.recipient(person).is_some_and(|held| held.state == RecipientState::Waiting);
        // Whoever left meanwhile, or lost the method, is told by what is left when the step is due again.
        let has = draft.facts.directory.people.get(&person).is_some_and(|p| p.active && p.contacts.contains(&method));
        if waits && has {
            queue_notice(draft, page, (person, method, occasion));
        }
    }
}

/// Goes on at once when every notice of the occasion has failed; a wait for nobody helps nobody.
pub(super) fn skip_if_all_failed(draft: &mut Draft<'_>, page: &mut Page, occasion: DueStep) {
    let counted = |notice: &&Notice| page.recipient(notice.person).is_none_or(|held| held.needs != AckNeed::Nobody);
    let mut of_occasion = page.notices.iter().filter(|notice| notice.occasion == occasion).filter(counted);
    let waits = |planned: &Planned| {
        let counted = |held: &Recipient| held.needs != AckNeed::Nobody && held.state == RecipientState::Waiting;
        planned.occasion == occasion && page.recipient(planned.person).is_some_and(counted)
    };
    if !of_occasion.all(|notice| notice.state.is_lost()) || page.planned.iter().any(waits) {
        return;
    }
    let DueStep::Step { step, .. } = occasion else { return };
    let next = page.pinned.after(occasion);
    // A later step may be running already; then the failed one holds nothing up.
    if page.due.as_ref().map(|due| due.what) != Some(next) {
        return;
    }
    draft.tell(Change::StepSkipped { page: page.id, step, reason: SkipReason::AllFailed });
    set_due(page, draft.now, next);
    run_due(draft, page);
}

fn set_due(page: &mut Page, at: DateTime<Utc>, what: DueStep) {
    page.due = Some(Due { at, what, deferred: false });
}

fn later(now: DateTime<Utc>, wait: TimeDelta) -> DateTime<Utc> {
    now.checked_add_signed(wait).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
