//! Carriers of text messages and calls, one after the other: when the first does not work, the second is asked.

pub(crate) mod generic;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::effect::Delivery;

use self::generic::HttpCarrier;
use crate::notify::http::{WAIT_ACCOUNT, delivered, misconfigured};
use crate::notify::message::{Message, Purpose, characters, cut};
use crate::notify::phone;
use crate::notify::secret::Address;
use crate::notify::setup::Now;
use crate::notify::twilio::{Twilio, is_sid};

/// Three to ten parts of a message, by its alphabet; carriers take 1,600 characters and charge for each part.
const TEXT_CHARACTERS: usize = 600;
/// For how long a carrier that left us without an answer is not asked first.
const SILENCE: TimeDelta = TimeDelta::seconds(60);

/// One way into the telephone network.
pub enum Carrier {
    Twilio(Twilio),
    Http(HttpCarrier),
}

/// Carriers in the order of preference. Those that failed a short while ago are asked last.
pub struct Carriers {
    preferred: Vec<Carrier>,
    now: Now,
    /// Until when a carrier counts as failing, by its place.
    failing: Mutex<HashMap<usize, DateTime<Utc>>>,
}

/// How one carrier's attempt ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Tried {
    /// The carrier's id of it.
    Delivered(String),
    /// The number or the message is at fault; another carrier could do no better.
    Refused(String),
    /// The account of the named carrier is at fault, and why.
    Misconfigured(&'static str, String),
    /// It cannot now; it had no effect.
    Failing(TimeDelta),
    /// It may have had its effect.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Text,
    Voice,
}

impl Carriers {
    /// Carriers in the order of preference.
    pub fn new(carriers: Vec<Carrier>, now: Now) -> Self {
        Self { preferred: carriers, now, failing: Mutex::default() }
    }

    /// Whether an address is a telephone number.
    ///
    /// # Errors
    /// What is wrong with it and what to give instead.
    pub fn check(&self, address: &Address) -> Result<(), String> {
        phone::check(address.expose())
    }

    pub(crate) async fn text(&self, to: &Address, message: &Message) -> Delivery {
        self.send(Way::Text, to, message).await
    }

    /// Rings somebody; what is over ends the call instead.
    pub(crate) async fn voice(&self, to: &Address, message: &Message) -> Delivery {
        match &message.purpose {
            Purpose::Over { reference } => self.hang_up(reference.as_deref()).await,
            _ => self.send(Way::Voice, to, message).await,
        }
    }

    async fn send(&self, way: Way, to: &Address, message: &Message) -> Delivery {
        if let Err(why) = phone::check(to.expose()) {
            return Delivery::Impossible(why);
        }
        let mut wait: Option<TimeDelta> = None;
        for place in self.order(message.again) {
            let tried = self.preferred[place].send(way, to, message).await;
            let unusable = match tried {
                Tried::Delivered(id) => {
                    self.note(place, None);
                    return delivered(id);
                }
                Tried::Refused(why) => return Delivery::Impossible(why),
                Tried::Unknown => {
                    self.note(place, Some(SILENCE));
                    // To ask another one now could reach the person twice and unmarked.
                    return Delivery::Unknown;
                }
                Tried::Failing(unusable) => unusable,
                Tried::Misconfigured(carrier, why) => {
                    misconfigured(carrier, &why);
                    WAIT_ACCOUNT
                }
            };
            self.note(place, Some(unusable));
            wait = Some(wait.map_or(unusable, |wait| wait.min(unusable)));
        }
        Delivery::RetryAfter(wait.unwrap_or(WAIT_ACCOUNT))
    }

    /// Without an id, or with one of a carrier that cannot end calls, there is nothing to end.
    async fn hang_up(&self, sid: Option<&str>) -> Delivery {
        let Some(sid) = sid.filter(|sid| is_sid(sid, "CA")) else { return delivered("") };
        // Another account may be the one that made the call.
        let mut otherwise = delivered(sid);
        for carrier in &self.preferred {
            let Carrier::Twilio(twilio) = carrier else { continue };
            otherwise = match twilio.hang_up(sid).await {
                None => continue,
                Some(Tried::Delivered(_)) => return delivered(sid),
                Some(Tried::Refused(why)) => Delivery::Impossible(why),
                Some(Tried::Misconfigured(carrier, why)) => misconfigured(carrier, &why),
                Some(Tried::Failing(wait)) => Delivery::RetryAfter(wait),
                Some(Tried::Unknown) => Delivery::Unknown,
            };
        }
        otherwise
    }

    /// The places in the order in which they are asked. After an attempt without an answer the second comes first: it
    /// is not known what the first did, and the second may be the one that works.
    fn order(&self, again: bool) -> Vec<usize> {
        let now = (self.now)();
        let mut order: Vec<usize> = (0..self.preferred.len()).collect();
        if again && !order.is_empty() {
            order.rotate_left(1);
        }
        let failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        order.sort_by_key(|place| failing.get(place).is_some_and(|until| *until > now));
        order
    }

    fn note(&self, place: usize, wait: Option<TimeDelta>) {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        match wait {
            Some(wait) => failing.insert(place, (self.now)() + wait),
            None => failing.remove(&place),
        };
    }
}

impl Carrier {
    async fn send(&self, way: Way, to: &Address, message: &Message) -> Tried {
        match (self, way) {
            (Self::Twilio(twilio), Way::Text) => twilio.text(to, written(message), message).await,
            (Self::Twilio(twilio), Way::Voice) => twilio.ring(to, message).await,
            (Self::Http(http), Way::Text) => http.send(to, &written(message), message).await,
            (Self::Http(http), Way::Voice) => http.send(to, &spoken(message), message).await,
        }
    }
}

/// What a text message says. How to acknowledge stands last and is never cut.
fn written(message: &Message) -> String {
    let ack = message.ack.as_ref().zip(message.code.as_ref());
    let ack = ack.map(|(ack, code)| format!("\nReply {code} to acknowledge, or open {}", ack.url));
    let ack = ack.unwrap_or_default();
    let room = TEXT_CHARACTERS.saturating_sub(ack.chars().count());
    format!("{}{ack}", cut(&message.whole(), room, characters))
}

/// What a call says that has no page of ours behind it.
pub(crate) fn spoken(message: &Message) -> String {
    format!("{}. {}", message.title(), message.text.trim())
}
