//! What is allowed and probably not meant, as data and as a sentence: of the directory alone, and of what it counts on
//! that only the configuration at hand can have.

use std::fmt;

use firebell_core::directory::ContactMethod;
use firebell_core::directory::plan::FileDirectory;
use firebell_core::ids::Key;
use serde::Serialize;
use serde_json::Value;

use super::words;
use crate::cli::open::{nobody_to_page, of_files};
use crate::clock::Clock;
use crate::config::{Config, Sources};

/// Something that is allowed and probably not meant.
pub(in crate::cli) struct Beware {
    data: Value,
    pub(in crate::cli) says: String,
}

/// What the core does not warn of, as it knows neither the process nor its files.
#[derive(Debug, Serialize)]
#[serde(tag = "warning", rename_all = "snake_case")]
pub(in crate::cli) enum Unmet {
    /// Somebody has a contact that nothing under `[notify]` sends.
    NothingSends { handle: Key, method: ContactMethod },
    /// A step tells a webhook that `[notify.webhook.targets]` does not have. Steps are counted from 1.
    NoSuchWebhook { policy: Key, step: usize, webhook: Key },
    /// A step tells a channel of a workspace that is not configured.
    NoSuchPlace { policy: Key, step: usize, room: String, why: String },
    /// There are policies, and nobody is named for when they are exhausted.
    NoLastResort,
    /// Severities page, and a declaration could reach nobody.
    NobodyToPage,
    /// A file says nothing of the directory.
    DescribesNothing { file: String },
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingSends { handle, method } => {
                let word = method.word();
                write!(f, "person \"{handle}\" has the contact \"{word}\", and nothing under [notify] sends it")
            }
            Self::NoSuchWebhook { policy, step, webhook } => write!(
                f,
                "step {step} of policy \"{policy}\" tells webhook \"{webhook}\", which [notify.webhook.targets] does not have"
            ),
            Self::NoSuchPlace { policy, step, room, why } => {
                write!(f, "step {step} of policy \"{policy}\" tells \"{room}\", and here {why}")
            }
            Self::NoLastResort => f.write_str(
                "no last_resort: where a policy is exhausted, the lead, whoever raised the page or an administrator is paged; \
                 name somebody",
            ),
            Self::NobodyToPage => f.write_str("nobody would be paged, for there is neither a policy nor a last resort"),
            Self::DescribesNothing { file } => write!(f, "{file} describes nothing"),
        }
    }
}

impl Beware {
    fn new(warning: &impl Serialize, says: String) -> Self {
        Self { data: serde_json::to_value(warning).unwrap_or(Value::Null), says }
    }

    /// Its data with the sentence.
    pub(in crate::cli) fn as_json(&self) -> Value {
        let mut value = self.data.clone();
        if let Value::Object(map) = &mut value {
            map.insert("says".to_owned(), self.says.as_str().into());
        }
        value
    }
}

impl From<Unmet> for Beware {
    fn from(unmet: Unmet) -> Self {
        Self::new(&unmet, unmet.to_string())
    }
}

/// All that is to be said of the directory in the configuration.
pub(super) fn of_config(config: &Config) -> Vec<Beware> {
    let directory = config.directory();
    let mut found = if directory.is_empty() { Vec::new() } else { of_directory(config, directory) };
    found.extend(nobody_to_page(config).then(|| Beware::from(Unmet::NobodyToPage)));
    found
}

/// All that is to be said of files of the directory.
pub(super) fn of_sources(config: &Config, sources: &Sources, directory: &FileDirectory) -> Vec<Beware> {
    let empty = sources.0.iter().filter(|text| describes_nothing(&text.text));
    let mut found: Vec<Beware> =
        empty.map(|text| Beware::from(Unmet::DescribesNothing { file: text.name.clone() })).collect();
    found.extend(of_directory(config, directory));
    found
}

fn of_directory(config: &Config, files: &FileDirectory) -> Vec<Beware> {
    let now = Clock::system().now();
    let warnings = of_files(files, now).lint(&config.settings(), &config.named_policies(), now);
    let mut found: Vec<Beware> = warnings.iter().map(|warning| Beware::new(warning, words::of(warning))).collect();
    found.extend(unmet(config, files).into_iter().map(Beware::from));
    let exhausts = files.last_resort.is_empty() && !files.policies.is_empty();
    found.extend(exhausts.then(|| Beware::from(Unmet::NoLastResort)));
    found
}

/// What files count on and the configuration at hand does not have. Files may be looked at where there is none, and then
/// nobody knows what they will meet.
pub(in crate::cli) fn unmet(config: &Config, files: &FileDirectory) -> Vec<Unmet> {
    if !config.has_file() {
        return Vec::new();
    }
    let sent = config.notify.configured();
    let targets = config.notify.targets();
    let mut found = Vec::new();
    for person in &files.people {
        let silent = person.contacts.iter().flatten().filter(|method| method.has_address() && !sent.contains(*method));
        found.extend(silent.map(|method| Unmet::NothingSends { handle: person.handle.clone(), method: *method }));
    }
    for policy in &files.policies {
        for (step, told) in (1..).zip(&policy.steps) {
            let policy = || policy.key.clone();
            let unknown = told.webhooks.iter().filter(|webhook| !targets.contains_key(*webhook));
            found.extend(unknown.map(|webhook| Unmet::NoSuchWebhook {
                policy: policy(),
                step,
                webhook: webhook.clone(),
            }));
            found.extend(told.rooms.iter().filter_map(|room| {
                let why = config.lacks_place_of(room)?.to_string();
                Some(Unmet::NoSuchPlace { policy: policy(), step, room: room.clone(), why })
            }));
        }
    }
    found
}

/// Whether a file, which was found to be sound, says nothing of the directory.
fn describes_nothing(text: &str) -> bool {
    let nothing = |value: &toml::Value| value.as_array().is_some_and(Vec::is_empty);
    toml::from_str::<toml::Table>(text).is_ok_and(|table| table.values().all(nothing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_comments_describes_nothing() {
        for (text, nothing) in [
            ("", true),
            ("# later\n\n", true),
            ("people = []\nlast_resort = []\n", true),
            ("last_resort = [\"ana\"]\n", false),
            ("[[people]]\nhandle = \"ana\"\n", false),
        ] {
            assert_eq!(describes_nothing(text), nothing, "{text:?}");
        }
    }
}
