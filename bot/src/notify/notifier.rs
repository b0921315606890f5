//! All contact methods under one roof.

use firebell_core::effect::Delivery;

use crate::notify::carriers::Carriers;
use crate::notify::gotify::Gotify;
use crate::notify::mail::Mail;
use crate::notify::message::Message;
use crate::notify::ntfy::Ntfy;
use crate::notify::opsgenie::Opsgenie;
use crate::notify::pagerduty::PagerDuty;
use crate::notify::pushover::Pushover;
use crate::notify::secret::Address;
use crate::notify::telegram::Telegram;
use crate::notify::webhook::Webhook;

/// A contact method, ready to send.
pub enum Notifier {
    Mail(Mail),
    Sms(Carriers),
    Voice(Carriers),
    Ntfy(Ntfy),
    Gotify(Gotify),
    Pushover(Pushover),
    Telegram(Telegram),
    Webhook(Webhook),
    PagerDuty(PagerDuty),
    Opsgenie(Opsgenie),
}

impl Notifier {
    /// Whether a text can be an address of this method. Whether it leads to the person, only a code sent there can
    /// prove.
    ///
    /// # Errors
    /// What is wrong with it and what to write instead, for the person who typed it.
    pub fn check(&self, address: &Address) -> Result<(), String> {
        match self {
            Self::Mail(mail) => mail.check(address),
            Self::Sms(carriers) | Self::Voice(carriers) => carriers.check(address),
            Self::Ntfy(ntfy) => ntfy.check(address),
            Self::Gotify(gotify) => gotify.check(address),
            Self::Pushover(pushover) => pushover.check(address),
            Self::Telegram(telegram) => telegram.check(address),
            Self::Webhook(webhook) => webhook.check(address),
            Self::PagerDuty(pagerduty) => pagerduty.check(address),
            Self::Opsgenie(opsgenie) => opsgenie.check(address),
        }
    }

    /// Makes one attempt. It ends by itself within the time-outs of the set-up.
    pub async fn send(&self, to: &Address, message: &Message) -> Delivery {
        let delivery = match self {
            Self::Mail(mail) => mail.send(to, message).await,
            Self::Sms(carriers) => carriers.text(to, message).await,
            Self::Voice(carriers) => carriers.voice(to, message).await,
            Self::Ntfy(ntfy) => ntfy.send(to, message).await,
            Self::Gotify(gotify) => gotify.send(to, message).await,
            Self::Pushover(pushover) => pushover.send(to, message).await,
            Self::Telegram(telegram) => telegram.send(to, message).await,
            Self::Webhook(webhook) => webhook.send(to, message).await,
            Self::PagerDuty(pagerduty) => pagerduty.send(to, message).await,
            Self::Opsgenie(opsgenie) => opsgenie.send(to, message).await,
        };
        match delivery {
            // To be put off is an answer, after which the next attempt would no longer be marked as a repetition; but
            // the attempt before this one is still in doubt.
            Delivery::RetryAfter(_) if message.again && !self.knows_keys() => Delivery::Unknown,
            delivery => delivery,
        }
    }

    /// Whether the provider takes a second message under the same key for the first.
    fn knows_keys(&self) -> bool {
        match self {
            Self::Ntfy(_) | Self::Webhook(_) | Self::PagerDuty(_) | Self::Opsgenie(_) => true,
            Self::Mail(_) | Self::Sms(_) | Self::Voice(_) | Self::Gotify(_) | Self::Pushover(_) | Self::Telegram(_) => {
                false
            }
        }
    }
}
