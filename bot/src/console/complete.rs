//! What could come next in a line: candidates for Tab, and the usage as a hint.

use firebell_core::command::verbs::argument::{Argument, Takes, Written};
use firebell_core::command::verbs::{Name, Slash, VERBS, Verb};

use super::line::COMMANDS;
use crate::platform::console::amend::Usage;

/// The names that a line may use, as of the last prompt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub people: Vec<String>,
    pub rooms: Vec<String>,
    /// `INC-42`, newest first.
    pub incidents: Vec<String>,
    pub services: Vec<String>,
    pub severities: Vec<String>,
    pub policies: Vec<String>,
    pub schedules: Vec<String>,
    /// What the speaker said in this room: `M3`, newest first.
    pub messages: Vec<String>,
    pub templates: Vec<String>,
    pub sections: Vec<String>,
    pub types: Vec<String>,
    pub roles: Vec<String>,
    pub fields: Vec<String>,
    /// Those of the incident of this room: `F2`, newest first.
    pub causes: Vec<String>,
    pub categories: Vec<String>,
    pub teams: Vec<String>,
    pub trackers: Vec<String>,
}

/// What a hint shows after the cursor, and how much of it may be taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hint {
    pub shown: String,
    /// The rest of a word that can only be this one.
    pub taken: Option<String>,
}

/// A line up to the cursor, as far as it is understood.
struct Begun<'l> {
    /// The words of the command before the one being typed; empty before any command.
    before: Vec<&'l str>,
    /// The word being typed.
    word: &'l str,
}

/// A command of the grammar that is being typed.
struct Command<'b, 'l> {
    slash: Slash,
    /// The words behind the verb.
    words: &'b [&'l str],
    /// None while it is still being typed.
    verb: Option<&'static Verb>,
}

impl Known {
    /// The candidates for the word that ends at the cursor, and where that word begins.
    pub(super) fn complete(&self, line: &str) -> (usize, Vec<String>) {
        let begun = Begun::read(line);
        let start = line.len() - begun.word.len();
        let word = begun.word.to_lowercase();
        let fits = |candidate: &String| candidate.to_lowercase().starts_with(&word);
        (start, self.candidates(&begun).into_iter().filter(fits).collect())
    }

    fn candidates(&self, begun: &Begun<'_>) -> Vec<String> {
        match begun.word.chars().next() {
            Some('@') => return marked("@", &self.people),
            Some('#') => return marked("#", &self.rooms),
            _ => {}
        }
        match begun.command() {
            None if begun.before.is_empty() && begun.word.starts_with('/') => plain(&COMMANDS),
            None if begun.amends().is_some() && begun.before.len() == 1 => self.messages.clone(),
            None => Vec::new(),
            Some(Command { slash, verb: None, .. }) => {
                let numbers = self.incidents.iter().filter(|_| slash == Slash::Incident).cloned();
                slash.verbs().map(|verb| verb.word.to_owned()).chain(numbers).collect()
            }
            Some(Command { words, verb: Some(verb), .. }) => self.arguments(verb, words, begun.word),
        }
    }

    fn arguments(&self, verb: &Verb, words: &[&str], word: &str) -> Vec<String> {
        if word.starts_with("--") {
            return options(verb);
        }
        let last = words.last().and_then(|word| word.strip_prefix("--"));
        let begun = last.and_then(|name| verb.arguments.iter().find(|argument| argument.options().contains(&name)));
        if let Some(option) = begun.filter(|argument| argument.written != Written::Flag) {
            return self.values(option.takes);
        }
        if word.to_lowercase().starts_with("inc") {
            return self.incidents.clone();
        }
        if verb.name == Name::Declare {
            return self.severities.clone();
        }
        let is_placed = |argument: &&Argument| matches!(argument.written, Written::Place | Written::Mention);
        let next = verb.arguments.iter().filter(is_placed).nth(words.len());
        next.map_or_else(Vec::new, |argument| self.values(argument.takes))
    }

    /// What is known that an argument can be.
    fn values(&self, takes: Takes) -> Vec<String> {
        match takes {
            Takes::Words(words) => plain(words),
            Takes::Severity => self.severities.clone(),
            Takes::Person => marked("@", &self.people),
            Takes::Target => marked("@", &self.people).into_iter().chain(self.policies.clone()).collect(),
            Takes::Pageable => {
                let all = self.services.iter().chain(&self.policies).cloned();
                marked("@", &self.people).into_iter().chain(all).collect()
            }
            Takes::Covered => self.services.iter().chain(&self.policies).cloned().collect(),
            Takes::Schedule => self.schedules.clone(),
            Takes::Duty => self.services.iter().chain(&self.policies).chain(&self.schedules).cloned().collect(),
            Takes::Role => self.roles.clone(),
            Takes::Services => self.services.clone(),
            Takes::Type => self.types.clone(),
            Takes::Field => self.fields.clone(),
            Takes::FieldValue => self.fields.iter().map(|field| format!("{field}=")).collect(),
            Takes::Incident => self.incidents.clone(),
            Takes::Message => self.messages.clone(),
            Takes::Cause => self.causes.clone(),
            Takes::Category => self.categories.clone(),
            Takes::Template => self.templates.clone(),
            Takes::Section => self.sections.clone(),
            Takes::Team => self.teams.clone(),
            Takes::Tracker => self.trackers.clone(),
            Takes::Command => VERBS.iter().map(Verb::named).filter(|name| !name.contains(' ')).collect(),
            Takes::Text(_)
            | Takes::Action
            | Takes::Entry
            | Takes::EntryOrMessage
            | Takes::Support
            | Takes::Count
            | Takes::Money
            | Takes::Duration
            | Takes::Past
            | Takes::Instant
            | Takes::Number
            | Takes::Future
            | Takes::Ahead
            | Takes::Url
            | Takes::Place
            | Takes::Flag => Vec::new(),
        }
    }
}

/// How the verb goes on, for a line whose end is the cursor.
pub(super) fn hint(line: &str) -> Option<Hint> {
    let begun = Begun::read(line);
    if let Some(usage) = begun.amends() {
        let shown = Some(usage.arguments.to_owned()).filter(|_| begun.before.len() == 1 && begun.word.is_empty());
        return shown.map(|shown| Hint { shown, taken: None });
    }
    match begun.command()? {
        Command { verb: None, .. } if begun.word.is_empty() => None,
        Command { slash, verb: None, .. } => {
            let mut fitting = slash.verbs().filter(|verb| verb.word.starts_with(begun.word));
            let verb = slash.verb(begun.word).or_else(|| fitting.next().filter(|_| fitting.next().is_none()))?;
            let rest = verb.word.strip_prefix(begun.word).unwrap_or_default();
            let shown = format!("{rest} {}", verb.form());
            let taken = Some(rest.to_owned()).filter(|rest| !rest.is_empty());
            Some(Hint { shown: shown.trim_end().to_owned(), taken })
        }
        Command { words, verb: Some(verb), .. }
            if words.is_empty() && begun.word.is_empty() && !verb.arguments.is_empty() =>
        {
            Some(Hint { shown: verb.form(), taken: None })
        }
        _ => None,
    }
}

impl<'l> Begun<'l> {
    fn read(line: &'l str) -> Self {
        let start =
            line.rfind(char::is_whitespace).and_then(|at| Some(at + line.get(at..)?.chars().next()?.len_utf8()));
        let (before, word) = line.split_at(start.unwrap_or(0));
        let before = before.split_whitespace().enumerate();
        let before = before.skip_while(|(at, word)| *at < 2 && word.starts_with(['@', '#'])).map(|(_, word)| word);
        Self { before: before.collect(), word }
    }

    /// The command that stands first, once it is typed whole, if it amends a message.
    fn amends(&self) -> Option<&'static Usage> {
        self.before.first().and_then(|command| Usage::of(command))
    }

    /// What is being typed, once a slash command stands there.
    fn command(&self) -> Option<Command<'_, 'l>> {
        let (command, mut rest) = self.before.split_first()?;
        let slash = Slash::read(command)?;
        if let Some((first, after)) = rest.split_first()
            && is_number(first)
        {
            rest = after;
        }
        let Some((verb, words)) = rest.split_first() else { return Some(Command { slash, words: rest, verb: None }) };
        let words = match words.split_first() {
            Some((first, after)) if is_number(first) => after,
            _ => words,
        };
        Some(Command { slash, words, verb: Some(slash.verb(verb)?) })
    }
}

fn is_number(word: &str) -> bool {
    word.parse::<firebell_core::ids::IncidentId>().is_ok()
}

/// The options that a verb's usage names.
fn options(verb: &Verb) -> Vec<String> {
    let shown = verb.arguments.iter().filter(|argument| !matches!(argument.written, Written::Either(_)));
    shown.flat_map(Argument::options).map(|name| format!("--{name}")).collect()
}

fn marked(mark: &str, names: &[String]) -> Vec<String> {
    names.iter().map(|name| format!("{mark}{name}")).collect()
}

fn plain(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        Known {
            people: plain(&["ana", "bo"]),
            rooms: plain(&["inc-2-über", "inc-1-checkout"]),
            incidents: plain(&["INC-2", "INC-1"]),
            services: plain(&["checkout", "search"]),
            severities: plain(&["sev1", "sev2"]),
            policies: plain(&["primary"]),
            schedules: plain(&["nights"]),
            messages: plain(&["M7", "M2"]),
            templates: plain(&["standard"]),
            sections: plain(&firebell_core::postmortem::sections::OFFERED),
            types: plain(&["default", "security"]),
            roles: plain(&["lead", "legal"]),
            fields: plain(&["region"]),
            causes: plain(&["F2", "F1"]),
            categories: plain(&["capacity", "code"]),
            teams: plain(&["storefront"]),
            trackers: plain(&["github"]),
        }
    }

    #[test]
    fn tab_knows_what_can_follow() {
        for (line, start, expected) in [
            ("", 0, &[][..]),
            ("hel", 0, &[]),
            ("@", 0, &["@ana", "@bo"]),
            ("@A", 0, &["@ana"]),
            ("#", 0, &["#inc-2-über", "#inc-1-checkout"]),
            ("@ana #INC-1", 5, &["#inc-1-checkout"]),
            ("/", 0, &["/incident", "/oncall", "/edit", "/delete", "/help", "/who", "/rooms", "/quit"]),
            ("@ana /ed", 5, &["/edit"]),
            ("/edit ", 6, &["M7", "M2"]),
            ("@ana #inc-1 /delete m2", 20, &["M2"]),
            ("/edit M7 it is ", 15, &[]),
            ("@ana /inc", 5, &["/incident"]),
            ("look at /etc", 8, &[]),
            ("@ana #inc-1 /incident dec", 22, &["declare"]),
            ("/incident res", 10, &["resolve"]),
            ("/incident inc-", 10, &["INC-2", "INC-1"]),
            ("/incident INC-1 st", 16, &["status"]),
            ("/incident status INC-1 mi", 23, &["mitigated"]),
            ("/incident declare it is down --se", 29, &["--service"]),
            ("/incident declare it is down --service se", 39, &["search"]),
            ("/incident declare it is down sev", 29, &["sev1", "sev2"]),
            ("/incident note über @b", 21, &["@bo"]),
            ("/incident page ", 15, &["@ana", "@bo", "primary"]),
            ("/incident page @bo ", 19, &[]),
            (
                "/oncall ",
                8,
                &[
                    "who",
                    "schedule",
                    "take",
                    "cover",
                    "override",
                    "overrides",
                    "swap",
                    "swaps",
                    "handoff",
                    "gaps",
                    "fairness",
                    "simulate",
                    "page",
                    "me",
                    "proof",
                    "feed",
                ],
            ),
            ("/oncall take ", 13, &["nights"]),
            ("/oncall simulate ", 17, &["checkout", "search", "primary"]),
            ("/oncall who ", 12, &["checkout", "search", "primary", "nights"]),
            ("/oncall declare it is down --se", 27, &[]),
            ("/incident role le", 15, &["lead", "legal"]),
            ("/incident role legal ", 21, &["@ana", "@bo"]),
            ("/incident field ", 16, &["region"]),
            ("/incident declare x --type sec", 27, &["security"]),
            ("/incident declare x --field ", 28, &["region="]),
            ("/incident postmortem --template ", 32, &["standard"]),
            ("/incident confirm ", 18, &["F2", "F1"]),
            ("/incident because F2 f", 21, &["F2", "F1"]),
            ("/incident factor the disk --category c", 37, &["capacity", "code"]),
            ("/incident why so --of ", 22, &["F2", "F1"]),
            ("/incident times imp", 16, &["impact-started", "impact-ended"]),
            ("/incident correct E4 --t", 21, &["--text", "--time"]),
            ("/incident nonsense --", 19, &[]),
        ] {
            let (at, candidates) = known().complete(line);
            assert_eq!((at, candidates), (start, plain(expected)), "{line:?}");
        }
    }

    #[test]
    fn the_hint_shows_the_usage_until_its_words_are_typed() {
        for (line, shown, taken) in [
            ("/incident status", Some(" <investigating|identified|mitigated>"), None),
            ("/incident status ", Some("<investigating|identified|mitigated>"), None),
            ("@ana /incident INC-4 sta", Some("tus <investigating|identified|mitigated>"), Some("tus")),
            ("/incident why-paged ", Some("[@person]"), None),
            ("/oncall w", Some("ho [service|policy|schedule]"), Some("ho")),
            ("/incident ack", Some(""), None),
            ("/incident ack ", None, None),
            ("/incident s", None, None),
            ("/incident status x", None, None),
            ("/incident ", None, None),
            ("hello status", None, None),
            ("/edit ", Some("<message> <new words>"), None),
            ("@ana /delete ", Some("<message>"), None),
            ("/edit M7 ", None, None),
            ("", None, None),
        ] {
            let expected = shown.map(|shown| Hint { shown: shown.to_owned(), taken: taken.map(str::to_owned) });
            assert_eq!(hint(line), expected, "{line:?}");
        }
    }
}
