//! What is told by a contact method that is no chat: the same words as plain text, with links to answer by.

use firebell_core::directory::{ContactMethod, Directory, Person, Urgency};
use firebell_core::effect::{Delivery, Work};
use firebell_core::ids::{Key, NoticeId, PersonId};
use firebell_core::paging::page::{DueStep, Page};
use firebell_core::view;

use super::Worker;
use super::material::{Material, Subject};
use super::prepare::Unsent;
use crate::intake::ANSWER_GOOD_FOR;
use crate::notifiers::{address, opened};
use crate::notify::{Ack, Address, Message, Purpose};
use crate::render::Target;
use crate::store::effects::Claimed;

/// A code and links by which a message is answered.
type ByWhich = (Option<String>, Option<Ack>);

/// Something to be sent by a contact method.
#[derive(Clone)]
pub(super) struct Letter {
    pub(super) method: ContactMethod,
    pub(super) to: Address,
    pub(super) message: Message,
}

impl Worker {
    /// What to send by a method with an address; `None` where the work is told by chat, or in none of these ways.
    pub(super) fn letter(&self, claimed: &Claimed, material: &Material) -> Option<Result<Letter, Unsent>> {
        if let Work::Hook { webhook, occasion, .. } = &claimed.work {
            return Some(self.hook((webhook, *occasion), claimed, material));
        }
        let (person, method) = told(&claimed.work).filter(|(_, method)| method.has_address())?;
        Some(self.letter_to(person, method, claimed, material))
    }

    fn hook(
        &self,
        (webhook, occasion): (&Key, DueStep),
        claimed: &Claimed,
        material: &Material,
    ) -> Result<Letter, Unsent> {
        let method = ContactMethod::Webhook;
        if !self.notifiers.has(method) {
            return Err(unserved(method));
        }
        let unknown =
            || Unsent::Impossible(format!("no webhook {webhook} is configured; add it to [notify.webhook.targets]"));
        let to = self.notifiers.target(webhook).ok_or_else(unknown)?.clone();
        let subject = material.subject(&claimed.work).ok_or(Unsent::Unwanted)?;
        let text = self.called(&subject, occasion, &material.directory, Target::Console)?;
        let urgent = subject.page.is_some_and(|page| page.urgency == Urgency::High);
        Ok(Letter { method, to, message: message(claimed, Purpose::Page { urgent }, &text, (None, None)) })
    }

    fn letter_to(
        &self,
        person: PersonId,
        method: ContactMethod,
        claimed: &Claimed,
        material: &Material,
    ) -> Result<Letter, Unsent> {
        let held = material.directory.people.get(&person).ok_or(Unsent::Unwanted)?;
        if !self.notifiers.has(method) {
            return Err(unserved(method));
        }
        let message = self.message(held, claimed, material)?;
        let to = match &claimed.work {
            // Not where they are paged, but where it has to be proved, or is told that they are paged there no more.
            Work::ContactCode { to, .. } | Work::TellReplaced { to, .. } => {
                let broken = "the address cannot be opened with this installation's key; set it anew";
                let plain = opened(&self.intake.keyring, to).map_err(|_| Unsent::Impossible(broken.to_owned()))?;
                Address::new(&plain.0)
            }
            _ => address(&self.intake.keyring, held, method).map_err(Unsent::Impossible)?,
        };
        Ok(Letter { method, to, message })
    }

    fn message(&self, person: &Person, claimed: &Claimed, material: &Material) -> Result<Message, Unsent> {
        let (renderer, target) = (&self.intake.renderer, Target::Console);
        let (purpose, text, answer) = match &claimed.work {
            Work::Alarm { finding, .. } => {
                (Purpose::Alarm, renderer.alarm(target, &view::AlarmView::of(finding))?, (None, None))
            }
            Work::Synthetic { due, .. } => {
                // The repetition is marked by the method, in its own way.
                let view = view::SyntheticView::of(person.handle.as_str(), *due, false);
                (Purpose::Proof, renderer.synthetic(target, &view)?, (None, None))
            }
            Work::TellOnCall { method, news, .. } => {
                (Purpose::News, self.news((person.id, *method), news, target, material)?, (None, None))
            }
            Work::Digest { team, method, .. } => {
                (Purpose::News, self.digest(team, (Some(*method), person.zone), target, material)?, (None, None))
            }
            work @ Work::ContactCode { .. } => {
                let (purpose, text) = self.code(person, work)?;
                (purpose, text, (None, None))
            }
            Work::TellReplaced { method, removed, .. } => {
                let view = view::ReplacedView::of(person, *method, *removed);
                (Purpose::News, renderer.contact_replaced(target, &view)?, (None, None))
            }
            work => {
                let subject = material.subject(work).ok_or(Unsent::Unwanted)?;
                self.about_incident(person, (claimed, &subject), material)?
            }
        };
        Ok(message(claimed, purpose, &text, answer))
    }

    /// A code for an address, with a link where that proves as much: what is to be theirs is for them to say in chat.
    fn code(&self, person: &Person, work: &Work) -> Result<(Purpose, String), Unsent> {
        let Work::ContactCode { method, code: id, why, until, .. } = work else { return Err(Unsent::Unwanted) };
        if self.intake.clock.now() >= *until {
            return Err(Unsent::Unwanted);
        }
        let mut view = view::ContactCodeView::of(person, (*method, *why), self.intake.contact_code(*id)?, *until);
        if let Some(root) = self.notifiers.public_url().filter(|_| !view.wanted) {
            let token = self.intake.proof_token(*id, person.id, *until)?;
            view.link = root.join(&format!("p/{token}")).ok().map(String::from);
        }
        let purpose = if view.wanted { Purpose::Code } else { Purpose::Proof };
        Ok((purpose, self.intake.renderer.contact_code(Target::Console, &view)?))
    }

    fn about_incident(
        &self,
        person: &Person,
        (claimed, subject): (&Claimed, &Subject<'_>),
        material: &Material,
    ) -> Result<(Purpose, String, ByWhich), Unsent> {
        let record = self.record(subject, &material.directory, Target::Console);
        let renderer = &self.intake.renderer;
        match &claimed.work {
            Work::Notice { notice, .. } => {
                // The recheck: never for a page that was acknowledged meanwhile.
                let page = subject.page.filter(|page| page.wants(*notice)).ok_or(Unsent::Unwanted)?;
                // The repetition is marked by the method, in its own way.
                let view = view::NoticeView::of(&record, page, *notice, false).ok_or(Unsent::Unwanted)?;
                let text = renderer.notice(Target::Console, &view)?;
                let urgent = page.urgency == Urgency::High;
                let code = self.intake.answer_code(page.id, person.id)?;
                let links = self.ways_to_answer(page, *notice, person.id)?;
                Ok((Purpose::Page { urgent }, text, (Some(code), links)))
            }
            work @ Work::Withdraw { notice, .. } => {
                let page = subject.page.ok_or(Unsent::Unwanted)?;
                let view = view::WithdrawView::of(&record, page, *notice).ok_or(Unsent::Unwanted)?;
                let text = renderer.withdraw(Target::Console, &view)?;
                Ok((Purpose::Over { reference: material.notice_of(work) }, text, (None, None)))
            }
            Work::Tell { entry, .. } => {
                let view = view::PostView::of(&record, *entry).ok_or(Unsent::Unwanted)?;
                Ok((Purpose::News, renderer.tell(Target::Console, &view)?, (None, None)))
            }
            _ => Err(Unsent::Unwanted),
        }
    }

    /// Links by which this person alone answers this page alone, for a day.
    fn ways_to_answer(&self, page: &Page, notice: NoticeId, person: PersonId) -> Result<Option<Ack>, Unsent> {
        let Some(root) = self.notifiers.public_url() else { return Ok(None) };
        let until = self
            .intake
            .clock
            .now()
            .checked_add_signed(ANSWER_GOOD_FOR)
            .unwrap_or(chrono::DateTime::<chrono::Utc>::MAX_UTC);
        let token = self.intake.answer_token(page.id, person, until)?;
        let receipt = self.intake.receipt_token(page.id, notice, until)?;
        let link = |path: &str, token: &str| root.join(&format!("{path}{token}")).ok();
        let Some(url) = link("a/", &token) else { return Ok(None) };
        let (voice_url, status_url) = (link("v1/twilio/voice/", &token), link("v1/twilio/status/", &receipt));
        Ok(Some(Ack { post_url: url.clone(), url, voice_url, status_url }))
    }

    /// Sends it, within the time that a worker has.
    pub(super) async fn send_letter(&self, letter: &Letter) -> Delivery {
        let attempt = async {
            let sent = self.notifiers.send(letter.method, &letter.to, &letter.message).await;
            sent.unwrap_or(Delivery::RetryAfter(super::ELSEWHERE))
        };
        // Of all that a worker waits for this is the largest, by far.
        super::within_patience(Box::pin(attempt)).await
    }
}

/// It has waited for a process that sends by this, and there is none.
fn unserved(method: ContactMethod) -> Unsent {
    let word = method.word();
    Unsent::Impossible(format!("nothing here sends by {word}; add it to [notify], or take {word} out of contacts"))
}

/// A text whose first line is its subject.
fn message(claimed: &Claimed, purpose: Purpose, text: &str, (code, ack): (Option<String>, Option<Ack>)) -> Message {
    let mut lines = text.trim().lines();
    let subject = lines.next().unwrap_or("Firebell").to_owned();
    let text = lines.collect::<Vec<_>>().join("\n");
    Message { key: claimed.key.clone(), again: claimed.again, purpose, subject, text, code, ack }
}

/// Whoever has left is told nothing new, and a page goes on without them.
pub(super) fn may_hear(work: &Work, directory: &Directory) -> Result<(), Unsent> {
    let Some(held) = told(work).and_then(|(person, _)| directory.people.get(&person)) else { return Ok(()) };
    match work {
        Work::Notice { .. } if !held.may_respond() => {
            Err(Unsent::Impossible("they do not answer pages any more".to_owned()))
        }
        Work::Tell { .. } | Work::TellOnCall { .. } | Work::Digest { .. } if !held.active => Err(Unsent::Unwanted),
        _ => Ok(()),
    }
}

/// Whom a work tells by a method of theirs.
fn told(work: &Work) -> Option<(PersonId, ContactMethod)> {
    match work {
        Work::Notice { person, method, .. }
        | Work::Withdraw { person, method, .. }
        | Work::Tell { person, method, .. }
        | Work::TellOnCall { person, method, .. }
        | Work::Digest { person, method, .. }
        | Work::ContactCode { person, method, .. }
        | Work::TellReplaced { person, method, .. }
        | Work::Synthetic { person, method, .. }
        | Work::Alarm { person, method, .. } => Some((*person, *method)),
        _ => None,
    }
}
