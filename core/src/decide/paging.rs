//! Pages: raising, escalating, acknowledging and ending them.

mod acknowledge;
mod defer;
mod escalate;
mod outcome;
mod places;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

pub(super) use self::acknowledge::{acknowledge, end};
pub(super) use self::defer::hurry;
pub(super) use self::outcome::{delivered, failed, given_up, receipt};
pub(super) use self::places::place_failed;
use super::Decision;
use super::draft::Draft;
use crate::directory::{ContactMethod, Directory, Urgency};
use crate::effect::{Effect, Told};
use crate::ids::{Key, NoticeId, PageId, PersonId};
use crate::paging::page::{Due, DueStep, Notice, NoticeState, Page, PageState, Pinned, Trail};
use crate::paging::policy::{AckNeed, Step, Terms};
use crate::paging::target::Target;
use crate::policy;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::suggest;
use crate::timeline::Change;

/// `/incident page`: `@name` is a person; a bare word is a policy, else a person.
pub(super) fn page(mut draft: Draft<'_>, target: &str, message: Option<String>) -> Result<Decision, Refusal> {
    draft.must_be_active()?;
    let incident = draft.incident.id;
    let named = Key::new(target).ok().filter(|key| draft.facts.directory.policies.contains_key(key));
    let asked = Asked { message, urgency: None };
    let raised = match named {
        Some(policy) => {
            if is_running(&draft, &policy) {
                return Err(Refusal::AlreadyPaging { incident, policy: policy.to_string() });
            }
            raise_policy(&mut draft, &policy, asked)?
        }
        None => {
            let person = named_person(&draft, target)?;
            raise_step(&mut draft, Step { people: vec![person], ..Step::default() }, asked)
        }
    };
    let people = raised.people.into_iter().map(|person| draft.facts.directory.handle(person).to_owned()).collect();
    Ok(draft.done(Reply::Paging { incident, people, deferred: raised.deferred }))
}

/// What was said of a page as it was asked for.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) message: Option<String>,
    /// That of the incident's severity, where nothing is said.
    pub(super) urgency: Option<Urgency>,
}

/// What a page began with.
#[derive(Default)]
pub(super) struct Raised {
    /// Who is told.
    pub(super) people: BTreeSet<PersonId>,
    /// Until when it waits.
    pub(super) deferred: Option<DateTime<Utc>>,
}

fn named_person(draft: &Draft<'_>, target: &str) -> Result<PersonId, Refusal> {
    let directory = &draft.facts.directory;
    let person = draft.person(target).map_err(|refusal| {
        if target.starts_with('@') {
            return refusal;
        }
        let people = directory.people.values().filter(|p| p.active).map(|p| p.handle.as_str());
        let known = directory.policies.keys().map(Key::as_str).chain(people);
        let nearest = suggest::nearest(target, known).map(str::to_owned);
        Refusal::UnknownTarget { named: Refusal::quote(target), nearest }
    })?;
    may_be_paged(directory, person)?;
    Ok(person)
}

/// Refuses somebody whom no page would reach.
pub(super) fn may_be_paged(directory: &Directory, person: PersonId) -> Result<(), Refusal> {
    policy::refuse_guest(directory, person)?;
    if directory.people.get(&person).is_some_and(|p| p.contacts.is_empty()) {
        let person = format!("@{}", directory.handle(person));
        return Err(Refusal::Unreachable { person, why: "they have no contact method".to_owned() });
    }
    Ok(())
}

/// Whether any page is open.
pub(super) fn is_open(draft: &Draft<'_>) -> bool {
    draft.facts.pages.iter().any(Page::is_open)
}

/// Whether a page is open under this policy.
pub(super) fn is_running(draft: &Draft<'_>, policy: &Key) -> bool {
    draft.facts.pages.iter().any(|page| page.is_open() && page.pinned.policy.as_ref() == Some(policy))
}

/// Raises a page under a policy as it is now, and tells the first step's people.
pub(super) fn raise_policy(draft: &mut Draft<'_>, policy: &Key, asked: Asked) -> Result<Raised, Refusal> {
    let held = draft
        .facts
        .directory
        .policies
        .get(policy)
        .ok_or_else(|| Refusal::UnknownTarget { named: policy.to_string(), nearest: None })?;
    let pinned = Pinned::of(held);
    Ok(raise(draft, pinned, asked, None))
}

/// Raises a page of one step that no policy has, and that waits as long as one to a named person.
pub(super) fn raise_step(draft: &mut Draft<'_>, step: Step, asked: Asked) -> Raised {
    let wait_s = draft.facts.settings.person_wait.num_seconds();
    raise(draft, unnamed(vec![Step { wait_s, needs: AckNeed::Anyone, ..step }]), asked, None)
}

/// Raises a page that begins with the last resort, where no policy says whom to page.
pub(super) fn raise_last_resort(draft: &mut Draft<'_>, asked: Asked) -> Raised {
    raise(draft, unnamed(Vec::new()), asked, None)
}

fn unnamed(steps: Vec<Step>) -> Pinned {
    Pinned { policy: None, version: 0, steps, rounds: 1, terms: Terms::default() }
}

/// Raises a page; `again_of` is the one that was acknowledged long ago, of an incident that goes on.
fn raise(draft: &mut Draft<'_>, pinned: Pinned, asked: Asked, again_of: Option<PageId>) -> Raised {
    let id = PageId(draft.mint.uuid());
    let people = first_people(draft, &pinned);
    let (policy, policy_version) = (pinned.policy.clone(), pinned.version);
    let message = asked.message;
    let raised = draft.tell(Change::Paged { page: id, policy, policy_version, people, message, again_of });
    let first = pinned.first();
    let urgency = asked.urgency.unwrap_or_else(|| draft.facts.settings.urgency(&draft.incident.severity));
    let mut page = Page {
        id,
        version: 0,
        incident: draft.incident.id,
        pinned,
        raised,
        raised_by: draft.actor.who.clone(),
        raised_at: draft.now,
        state: PageState::Open,
        urgency,
        due: Some(Due { at: draft.now, what: first, deferred: false }),
        planned: Vec::new(),
        recipients: Vec::new(),
        notices: Vec::new(),
        fired: Vec::new(),
    };
    escalate::run_due(draft, &mut page);
    let people = page.recipients.iter().map(|recipient| recipient.person).collect();
    let deferred = page.due.as_ref().filter(|due| due.deferred).map(|due| due.at);
    draft.save_page(page);
    Raised { people, deferred }
}

/// Whom the first step means as its page begins. Whose turn it is is found out when the step is carried out, and said then.
fn first_people(draft: &Draft<'_>, pinned: &Pinned) -> Vec<PersonId> {
    let Some(step) = pinned.steps.first() else { return Vec::new() };
    Target::of(step, &draft.facts.directory, draft.now, |_, _| None).people()
}

/// A page's timer: the next step, unless the timer came early or the page is over; of an acknowledged one, the page anew.
pub(super) fn due(mut draft: Draft<'_>, page: PageId) -> Decision {
    let Some(mut page) = held(&draft, page) else { return Decision::nothing() };
    let is_due = |at: DateTime<Utc>| at <= draft.now;
    if page.due.as_ref().is_some_and(|due| due.what == DueStep::Again && is_due(due.at)) {
        return again(draft, page);
    }
    if !page.is_open() || !page.due_at().is_some_and(is_due) {
        return Decision::nothing();
    }
    let step_is_due = page.due.as_ref().is_some_and(|due| is_due(due.at));
    escalate::send_planned(&mut draft, &mut page);
    if step_is_due {
        escalate::run_due(&mut draft, &mut page);
    }
    draft.save_page(page);
    draft.done(Reply::Silent)
}

/// Pages anew those whom the policy, as it was pinned, means now, unless nobody works on the incident any more.
fn again(mut draft: Draft<'_>, mut page: Page) -> Decision {
    page.due = None;
    if draft.incident.status.word().is_active() {
        let asked = Asked { message: None, urgency: Some(page.urgency) };
        raise(&mut draft, page.pinned.clone(), asked, Some(page.id));
    }
    draft.save_page(page);
    draft.done(Reply::Silent)
}

fn held(draft: &Draft<'_>, page: PageId) -> Option<Page> {
    draft.facts.pages.iter().find(|held| held.id == page).cloned()
}

/// Adds a notice to the page and queues its effect; its number is the next of the page.
fn queue_notice(
    draft: &mut Draft<'_>,
    page: &mut Page,
    (person, method, occasion): (PersonId, ContactMethod, DueStep),
) {
    let count = |notices: usize| i64::try_from(notices).unwrap_or(i64::MAX - 1);
    let id = NoticeId(count(page.notices.len()) + 1);
    let same = |held: &&Notice| (held.person, held.method, held.occasion) == (person, method, occasion);
    let repeat = count(page.notices.iter().filter(same).count());
    let (queued_at, state, trail) = (draft.now, NoticeState::Queued, Trail::default());
    let notice = Notice { id, person, method, occasion, repeat, queued_at, state, trail };
    draft.enqueue(Effect::notice(page.incident, page.id, &Told::of(&notice)));
    page.notices.push(notice);
}
