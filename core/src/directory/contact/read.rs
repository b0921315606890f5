//! Contact methods and rules as people write them, in files and in chat.

use super::{ContactMethod, PersonalRule, Urgency};
use crate::refusal::Refusal;
use crate::suggest;
use crate::when::{WhenError, parse_duration};

/// Why a text is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoRule {
    /// It names no method.
    #[error("there is no contact method {named:?}{}", perhaps(nearest.as_deref()))]
    Method { named: String, nearest: Option<String> },
    /// What stands behind "after" is no time.
    #[error(transparent)]
    After(#[from] WhenError),
}

fn perhaps(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("; did you mean {nearest:?}?")).unwrap_or_default()
}

impl ContactMethod {
    /// The method of this word.
    ///
    /// # Errors
    /// There is none.
    pub fn read(word: &str) -> Result<Self, NoRule> {
        let same = |method: &Self| method.word().eq_ignore_ascii_case(word);
        let short = || word.eq_ignore_ascii_case("mail").then_some(Self::Email);
        Self::ALL.into_iter().find(same).or_else(short).ok_or_else(|| {
            let nearest = suggest::nearest(word, Self::ALL.iter().map(|method| method.word())).map(str::to_owned);
            NoRule::Method { named: Refusal::quote(word), nearest }
        })
    }
}

impl PersonalRule {
    /// One rule: `sms`, or `sms after 2m`.
    ///
    /// # Errors
    /// It names no method, or no time.
    pub fn read(urgency: Urgency, line: &str) -> Result<Self, NoRule> {
        let (word, after_s) = match line.split_once(" after ") {
            None => (line, 0),
            Some((word, after)) => (word, parse_duration(after.trim())?.num_seconds()),
        };
        Ok(Self { urgency, method: ContactMethod::read(word.trim())?, after_s })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_read_as_it_is_written() {
        for (line, written) in [
            ("sms", "sms"),
            (" Sms ", "sms"),
            ("mail after 2m", "email after 2m"),
            ("discord-room after 1h30m", "discord-room after 1h30m"),
        ] {
            assert_eq!(PersonalRule::read(Urgency::Low, line).unwrap().to_string(), written);
        }
        for (line, says) in [
            ("smss", "did you mean \"sms\"?"),
            ("", "no contact method \"\""),
            ("sms after", "no contact method \"sms after\""),
            ("sms after soon", "not a duration"),
            ("sms after 0m", "no time at all"),
        ] {
            let error = PersonalRule::read(Urgency::High, line).unwrap_err().to_string();
            assert!(error.contains(says), "{line}: {error}");
        }
    }
}
