//! Pages to one telephone, mailbox or the like, and their ends: some at once, and then one that tells whatever waits behind
//! it too.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::directory::{ContactMethod, Urgency};
use firebell_core::effect::{Delivery, Work};

use super::Worker;
use super::material::{self, Material};
use super::notify::Letter;
use crate::intake::Fault;
use crate::notify::throttle::{Matter, Rate, Throttle, Turn, bundle_line};
use crate::notify::{Address, Purpose};
use crate::store::bundles;
use crate::store::effects::Claimed;

/// How many pages, and how many ends of pages, reach one destination at once, and after how long there is room for one more.
/// The last of them names what waits, so that nobody waits for the first of many.
const RATE: Rate = Rate { burst: 5, every: TimeDelta::seconds(30) };
/// How many one message tells at most besides its own.
const MOST: i64 = 200;

type Destination = (Matter, ContactMethod, Address);

/// What is known of the destinations of this process.
pub(super) struct Throttled(Mutex<Throttle<Destination>>);

impl Default for Throttled {
    fn default() -> Self {
        Self(Mutex::new(Throttle::new(RATE)))
    }
}

impl Throttled {
    fn ask(&self, to: Destination, now: DateTime<Utc>) -> Turn {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).ask(to, now)
    }

    fn take_back(&self, to: &Destination) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take_back(to);
    }
}

/// What a message tells besides its own.
#[derive(PartialEq, Eq)]
struct Subject {
    named: String,
    urgent: bool,
}

/// What becomes of a letter that is ready.
pub(super) enum Sent {
    /// It is settled alone.
    Alone(Delivery),
    /// Not before this; nothing was tried.
    NotBefore(DateTime<Utc>),
    /// It told those that wait behind it too; what became of each.
    Bundle(Delivery, Vec<(Claimed, Option<Delivery>)>),
}

impl Worker {
    /// Sends a letter, or puts it off when its destination has had many of its kind. Ends count for themselves, so that no
    /// page waits for one.
    pub(super) async fn send_in_turn(&self, claimed: &Claimed, letter: &Letter) -> Result<Sent, Fault> {
        let Some(matter) = matter(&claimed.work) else { return Ok(Sent::Alone(self.send_letter(letter).await)) };
        let to = (matter, letter.method, letter.to.clone());
        match self.throttled.ask(to.clone(), self.intake.clock.now()) {
            Turn::Wait(until) => Ok(Sent::NotBefore(until)),
            Turn::Send { last: true } => self.send_with_those_behind(claimed, letter, &to).await,
            Turn::Send { last: false } => Ok(Sent::Alone(self.send_and_count(letter, &to).await)),
        }
    }

    async fn send_with_those_behind(
        &self,
        claimed: &Claimed,
        letter: &Letter,
        to: &Destination,
    ) -> Result<Sent, Fault> {
        let matter = to.0;
        let behind = self.claim_behind(claimed, matter).await?;
        let materials = material::gather(&self.intake, &behind).await;
        let (mut subjects, mut told, mut letter) = (Vec::new(), Vec::new(), letter.clone());
        for (behind, material) in behind.into_iter().zip(materials) {
            let subject = material.ok().map(|material| self.subject_of(&behind, &material)).transpose()?;
            match subject {
                Some(Some(subject)) => {
                    letter.message.again |= behind.again;
                    if !subjects.contains(&subject) {
                        subjects.push(subject);
                    }
                    told.push((behind, true));
                }
                // The recheck: it is not wanted any more.
                Some(None) => told.push((behind, false)),
                // It says why when it is carried out by itself.
                None => {}
            }
        }
        // The message hurries as much as what it tells of, and what hurries is named first.
        subjects.sort_by_key(|subject| !subject.urgent);
        if let (Purpose::Page { urgent }, Some(Subject { urgent: true, .. })) =
            (&mut letter.message.purpose, subjects.first())
        {
            *urgent = true;
        }
        let subjects: Vec<&str> = subjects.iter().map(|subject| subject.named.as_str()).collect();
        if let Some(line) = bundle_line(matter, &subjects) {
            // Providers take what comes under one key for one message, and this may tell of others than an earlier attempt did.
            letter.message.key = format!("{}+{}", letter.message.key, subjects.join("+"));
            letter.message.text = format!("{line}\n{}", letter.message.text);
        }
        let delivery = self.send_and_count(&letter, to).await;
        let told = told.into_iter().map(|(behind, told)| (behind, told.then(|| delivery.clone()))).collect();
        Ok(Sent::Bundle(delivery, told))
    }

    /// An attempt that had no effect disturbed nobody.
    async fn send_and_count(&self, letter: &Letter, to: &Destination) -> Delivery {
        let delivery = self.send_letter(letter).await;
        if matches!(delivery, Delivery::RetryAfter(_) | Delivery::Impossible(_)) {
            self.throttled.take_back(to);
        }
        delivery
    }

    /// What waits behind this one for the same person by the same method.
    async fn claim_behind(&self, claimed: &Claimed, matter: Matter) -> Result<Vec<Claimed>, Fault> {
        let purpose = match matter {
            Matter::Pages => "notice",
            Matter::Ends => "withdraw",
        };
        let head = claimed.clone();
        let claim = self.intake.store.write(move |tx| {
            let head = head.clone();
            Box::pin(async move { bundles::claim_behind(tx, &head, purpose, MOST).await })
        });
        Ok(claim.await?)
    }

    /// How a bundle names a page, with the code that answers it, or the end of one; nothing where it is not wanted any more.
    fn subject_of(&self, claimed: &Claimed, material: &Material) -> Result<Option<Subject>, Fault> {
        let Some(page) = material.subject(&claimed.work).and_then(|subject| subject.page) else { return Ok(None) };
        match claimed.work {
            Work::Notice { incident, notice, person, .. } if page.wants(notice) => {
                let named = format!("{incident} ({})", self.intake.answer_code(page.id, person)?);
                Ok(Some(Subject { named, urgent: page.urgency == Urgency::High }))
            }
            Work::Withdraw { incident, .. } => Ok(Some(Subject { named: incident.to_string(), urgent: false })),
            _ => Ok(None),
        }
    }
}

/// Of what a work is one of many; nothing of what is told by itself, however often.
fn matter(work: &Work) -> Option<Matter> {
    match work {
        Work::Notice { method, .. } if method.disturbs() => Some(Matter::Pages),
        Work::Withdraw { method, .. } if method.tells_ends() => Some(Matter::Ends),
        _ => None,
    }
}
