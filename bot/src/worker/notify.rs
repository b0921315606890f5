//! What is told by a contact method that is no chat: the same words as plain text, with links to answer by.

use chrono::TimeDelta;
use firebell_core::directory::{ContactMethod, Person, Urgency};
use firebell_core::effect::{Delivery, Work};
use firebell_core::ids::PersonId;
use firebell_core::paging::page::Page;
use firebell_core::view;

use super::Worker;
use super::material::{Material, Subject};
use super::prepare::Unsent;
use crate::notifiers::{address, opened};
use crate::notify::{Ack, Address, Message, Purpose};
use crate::render::Target;
use crate::store::effects::Claimed;

/// For how long a link answers a page.
const GOOD_FOR: TimeDelta = TimeDelta::hours(24);

/// Something to be sent by a contact method.
pub(super) struct Letter {
    pub(super) method: ContactMethod,
    pub(super) to: Address,
    pub(super) message: Message,
}

impl Worker {
    /// What to send by a method with an address; `None` where the work is told by chat, or in none of these ways.
    pub(super) fn letter(&self, claimed: &Claimed, material: &Material) -> Option<Result<Letter, Unsent>> {
        let (person, method) = told(&claimed.work).filter(|(_, method)| method.has_address())?;
        Some(self.letter_to(person, method, claimed, material))
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
            return Err(Unsent::Elsewhere);
        }
        let message = self.message(held, claimed, material)?;
        let to = match &claimed.work {
            // Not where they are paged, but where it has to be proved or is told that they are no more.
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
        let directory = &*material.directory;
        let (purpose, text, ack) = match &claimed.work {
            Work::Alarm { finding, .. } => {
                (Purpose::Alarm, renderer.alarm(target, &view::AlarmView::of(finding))?, None)
            }
            Work::Synthetic { due, .. } => {
                // The repetition is marked by the method, in its own way.
                let view = view::SyntheticView::of(person.handle.as_str(), *due, false);
                (Purpose::Proof, renderer.synthetic(target, &view)?, None)
            }
            Work::TellOnCall { news, .. } => {
                let times = target.times(person.zone);
                let view = view::OnCallNewsView::of(news, directory, (self.intake.clock.now(), times));
                (Purpose::News, renderer.on_call_news(target, &view)?, None)
            }
            work @ Work::ContactCode { .. } => self.code(person, work)?,
            Work::TellReplaced { method, .. } => {
                let view = view::ReplacedView::of(person, *method);
                (Purpose::News, renderer.contact_replaced(target, &view)?, None)
            }
            work => {
                let subject = material.subject(work).ok_or(Unsent::Unwanted)?;
                self.about_incident(person, (claimed, &subject), material)?
            }
        };
        let mut lines = text.trim().lines();
        let subject = lines.next().unwrap_or("Firebell").to_owned();
        let text = lines.collect::<Vec<_>>().join("\n");
        Ok(Message { key: claimed.key.clone(), again: claimed.again, purpose, subject, text, ack })
    }

    /// A code for an address, with a link where that proves as much: what is to be theirs is for them to say in chat.
    fn code(&self, person: &Person, work: &Work) -> Result<(Purpose, String, Option<Ack>), Unsent> {
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
        Ok((purpose, self.intake.renderer.contact_code(Target::Console, &view)?, None))
    }

    fn about_incident(
        &self,
        person: &Person,
        (claimed, subject): (&Claimed, &Subject<'_>),
        material: &Material,
    ) -> Result<(Purpose, String, Option<Ack>), Unsent> {
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
                Ok((Purpose::Page { urgent }, text, self.ways_to_answer(page, person.id)?))
            }
            work @ Work::Withdraw { notice, .. } => {
                let page = subject.page.ok_or(Unsent::Unwanted)?;
                let view = view::WithdrawView::of(&record, page, *notice).ok_or(Unsent::Unwanted)?;
                let text = renderer.withdraw(Target::Console, &view)?;
                Ok((Purpose::Over { reference: material.notice_of(work) }, text, None))
            }
            Work::Tell { entry, .. } => {
                let view = view::PostView::of(&record, *entry).ok_or(Unsent::Unwanted)?;
                Ok((Purpose::News, renderer.tell(Target::Console, &view)?, None))
            }
            _ => Err(Unsent::Unwanted),
        }
    }

    /// Links by which this person alone answers this page alone, for a day.
    fn ways_to_answer(&self, page: &Page, person: PersonId) -> Result<Option<Ack>, Unsent> {
        let Some(root) = self.notifiers.public_url() else { return Ok(None) };
        let until =
            self.intake.clock.now().checked_add_signed(GOOD_FOR).unwrap_or(chrono::DateTime::<chrono::Utc>::MAX_UTC);
        let token = self.intake.answer_token(page.id, person, until)?;
        let code = self.intake.answer_code(page.id, person)?;
        let link = |path: &str| root.join(&format!("{path}{token}")).ok();
        let Some(url) = link("a/") else { return Ok(None) };
        Ok(Some(Ack { post_url: url.clone(), url, code, voice_url: link("v1/twilio/voice/"), status_url: None }))
    }

    /// Sends it, within the time that a worker has.
    pub(super) async fn send_letter(&self, letter: &Letter) -> Delivery {
        let sent = self.notifiers.send(letter.method, &letter.to, &letter.message);
        let elsewhere = || Delivery::RetryAfter(super::ELSEWHERE);
        match tokio::time::timeout(super::LETTER_PATIENCE, sent).await {
            Ok(delivery) => delivery.unwrap_or_else(elsewhere),
            Err(_) => Delivery::Unknown,
        }
    }
}

/// Whom a work tells by a method of theirs.
fn told(work: &Work) -> Option<(PersonId, ContactMethod)> {
    match work {
        Work::Notice { person, method, .. }
        | Work::Withdraw { person, method, .. }
        | Work::Tell { person, method, .. }
        | Work::TellOnCall { person, method, .. }
        | Work::ContactCode { person, method, .. }
        | Work::TellReplaced { person, method, .. }
        | Work::Synthetic { person, method, .. }
        | Work::Alarm { person, method, .. } => Some((*person, *method)),
        _ => None,
    }
}
