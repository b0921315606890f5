//! What Twilio's error codes mean for whoever was to be reached.
//!
//! Source: <https://www.twilio.com/docs/api/errors>.

use serde_json::Value;

/// The code of an error; zero where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault(u64);

/// Whose matter a refusal is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The number, or the message to it, whatever the account.
    Person(String),
    /// The account or its sender: another carrier may do better.
    Account(String),
    /// There is too much to do.
    Busy,
}

/// `Call is not in-progress. Cannot redirect.`
const NOT_IN_PROGRESS: u64 = 21_220;

impl Fault {
    pub(super) fn of(answer: &Value) -> Self {
        Self(answer["code"].as_u64().unwrap_or_default())
    }

    /// Whether the call that was to be ended is over.
    pub(super) fn is_over(self) -> bool {
        self.0 == NOT_IN_PROGRESS
    }

    pub(super) fn why(self, status: u16) -> Why {
        let Self(code) = self;
        let person = |why: &str| Why::Person(format!("Twilio refused it ({code}): {why}"));
        let account = |why: &str| Why::Account(format!("Twilio refused it ({code}): {why}"));
        match code {
            20_429 | 14_107 | 21_611 => Why::Busy,
            21_211 | 21_217 | 21_401 | 21_421 | 13_223 | 13_224 => person("the number does not exist; correct it"),
            21_614 | 21_635 => person("the number cannot receive text messages; give a mobile one, or choose calls"),
            21_610 => person("the person has unsubscribed; text START to Firebell's number to be reached again"),
            20_003 => account("it does not know the account's credentials; configure valid ones"),
            20_005 => account("the account is not active; see its console"),
            21_408 | 21_215 | 13_227 => account("the country is not enabled; enable it under geographic permissions"),
            21_608 | 21_219 => {
                account("a trial account reaches verified numbers alone; upgrade it or verify the number")
            }
            21_212 | 21_603 | 21_606 | 21_659 | 21_660 | 21_210 | 21_704 => {
                account("the sender is not one of the account's, or cannot send; correct it")
            }
            21_612 => account("the sender cannot reach this number; give the account a sender of its country"),
            21_205 | 21_609 => account("it does not take our URLs; they must be reachable from the Internet"),
            _ => match status {
                401 | 403 => account("it does not let the account do this; see its console"),
                404 => account("there is no such account; correct the Account SID and the base URL"),
                400 | 409 | 410 | 422 => person("look the code up in Twilio's error dictionary"),
                _ => account(&format!("it answers with status {status}; check the base URL")),
            },
        }
    }
}

/// Why a message or a call failed that had been taken, in plain words.
pub(super) fn undelivered(code: Option<u64>) -> String {
    let Some(code) = code else { return "the carrier did not say why".to_owned() };
    let why = match code {
        30_001 => "too many messages were queued; send fewer",
        30_002 | 30_023 => "the account is suspended or out of its quota; see its console",
        30_003 => "the phone was off or out of reach",
        30_004 => "the person's carrier or phone blocks Firebell's number",
        30_005 => "the number does not exist any more; correct it",
        30_006 => "the number cannot receive text messages; give a mobile one, or choose calls",
        30_007 => "the carrier took it for spam; register the sender",
        30_008 => "the carrier gave no reason",
        30_032 | 30_034 => "the sender is not registered with the carriers; register it",
        _ => "look it up in Twilio's error dictionary",
    };
    format!("{why} (Twilio {code})")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refusal_is_the_persons_the_accounts_or_of_the_moment() {
        let table = [
            (21_211, 400, "person", "does not exist"),
            (21_614, 400, "person", "cannot receive"),
            (21_610, 400, "person", "START"),
            (21_617, 400, "person", "dictionary"),
            (0, 400, "person", "dictionary"),
            (20_003, 401, "account", "credentials"),
            (21_408, 400, "account", "geographic"),
            (21_606, 400, "account", "sender"),
            (21_608, 400, "account", "trial"),
            (0, 401, "account", "console"),
            (0, 302, "account", "base URL"),
            (20_404, 404, "account", "no such account"),
            (20_429, 429, "busy", ""),
            (21_611, 400, "busy", ""),
        ];
        for (code, status, whose, part) in table {
            let (found, why) = match Fault::of(&json!({ "code": code })).why(status) {
                Why::Person(why) => ("person", why),
                Why::Account(why) => ("account", why),
                Why::Busy => ("busy", String::new()),
            };
            assert_eq!(found, whose, "{code}");
            assert!(why.contains(part), "{code}: {why}");
        }
        assert_eq!(Fault::of(&json!("no object")), Fault(0));
    }
}
