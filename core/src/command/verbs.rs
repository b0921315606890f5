//! The grammar's one definition: every verb of `/incident` and `/oncall` with its arguments, its help and examples. The
//! parser's options, the usage and help texts and each platform's command tree are made from this table.

mod analysis;
pub mod argument;
mod arguments;
mod table;
#[cfg(test)]
mod tests;

use self::argument::{Argument, Need};
pub use self::table::VERBS;

/// The name of the argument that every verb about an incident has besides its own: the incident itself, which lines have
/// in front of the verb.
pub const INCIDENT: &str = "incident";

/// One verb of a slash command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verb {
    pub name: Name,
    pub slash: Slash,
    pub word: &'static str,
    /// Other words that mean the same.
    pub aliases: &'static [&'static str],
    /// What follows the word, in the order in which it is written.
    pub arguments: &'static [Argument],
    /// Where it stands on platforms that take no more than 25 commands side by side.
    pub group: Group,
    /// One sentence on what it does.
    pub about: &'static str,
    pub example: &'static str,
}

/// The verbs, closed, so that a new one makes the compiler list every place that must know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    Declare,
    Show,
    List,
    Status,
    Severity,
    Lead,
    Communications,
    Scribe,
    Role,
    Page,
    Ack,
    WhyPaged,
    Note,
    Update,
    Snooze,
    Timeline,
    Mark,
    Unmark,
    Correct,
    Redact,
    Link,
    Summary,
    Impact,
    Field,
    Action,
    Actions,
    Similar,
    Done,
    EditAction,
    Undone,
    Ticket,
    Merge,
    Cancel,
    Resolve,
    Reopen,
    Close,
    Postmortem,
    Export,
    Room,
    Mirror,
    Me,
    Help,
    OnCall,
    Schedule,
    Override,
    Overrides,
    Take,
    Cover,
    Swap,
    Swaps,
    Handoff,
    Gaps,
    Fairness,
    Simulate,
    Raise,
    Why,
    Factor,
    Trigger,
    Limited,
    Detection,
    Evidence,
    Confirm,
    RuleOut,
    Suspect,
    Because,
    Cause,
    Causes,
    Times,
    Contacts,
    Proof,
    Feed,
}

/// The slash commands that verbs follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slash {
    Incident,
    OnCall,
}

/// Verbs that stand together on platforms that take no more than 25 commands side by side. The words by which platforms
/// know the groups are never changed: people have learnt where a command stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Directly under `/incident`: what is needed in a hurry.
    Alone,
    /// Roles besides the lead.
    People,
    /// What completes, mends or takes away the record.
    Record,
    /// Why it happened.
    Analysis,
    /// What ends an incident, and what takes that back.
    End,
}

impl Verb {
    /// The verb that a word names behind any slash command, by its own name or an alias; where it names two, the one of
    /// `/incident`.
    pub fn find(word: &str) -> Option<&'static Self> {
        VERBS.iter().find(|verb| verb.is_called(word))
    }

    fn is_called(&self, word: &str) -> bool {
        let wanted = word.to_lowercase();
        self.word == wanted || self.aliases.contains(&wanted.as_str())
    }

    /// A name that is that of no other verb: its word, with its slash command where the word is that of another, too.
    pub fn named(&self) -> String {
        let first = Self::find(self.word).is_some_and(|verb| verb.name == self.name);
        if first { self.word.to_owned() } else { format!("{} {}", self.slash.typed(), self.word) }
    }

    /// The verb of such a name, or of a word.
    pub fn by_name(name: &str) -> Option<&'static Self> {
        match name.split_once(' ') {
            Some((slash, word)) => Slash::read(slash)?.verb(word),
            None => Self::find(name),
        }
    }

    /// The full form, as help and refusals show it.
    pub fn usage(&self) -> String {
        let gap = if self.arguments.is_empty() { "" } else { " " };
        format!("{} {}{gap}{}", self.slash.typed(), self.word, self.form())
    }

    /// The example, in full.
    pub fn shown_example(&self) -> String {
        format!("{} {}", self.slash.typed(), self.example)
    }

    /// What follows the word, as the usage shows it: `<text> [--at T]`.
    pub fn form(&self) -> String {
        let mut form = String::new();
        let mut arguments = self.arguments.iter().peekable();
        while let Some(argument) = arguments.next() {
            if !form.is_empty() {
                form.push(' ');
            }
            let (open, close) = if argument.need == Need::No { ("[", "]") } else { ("<", ">") };
            let other = arguments.next_if(|_| argument.need == Need::ThisOrNext);
            let other = other.map(|other| format!("|{}", other.form())).unwrap_or_default();
            form.extend([open, argument.form().as_str(), other.as_str(), close]);
        }
        form
    }

    /// Whether it is about one incident.
    pub fn is_about_one(&self) -> bool {
        let about_none = matches!(self.name, Name::Declare | Name::List | Name::Me | Name::Help);
        self.slash == Slash::Incident && !about_none
    }

    /// The argument of a name.
    pub fn argument(&self, name: &str) -> Option<&'static Argument> {
        self.arguments.iter().find(|argument| argument.name == name)
    }
}

impl Slash {
    /// Every slash command.
    pub const ALL: [Self; 2] = [Self::Incident, Self::OnCall];

    /// As people type it, with its stroke.
    pub fn typed(self) -> &'static str {
        match self {
            Self::Incident => "/incident",
            Self::OnCall => "/oncall",
        }
    }

    /// Its name, by which platforms know it.
    pub fn word(self) -> &'static str {
        self.typed().trim_start_matches('/')
    }

    /// What it is for, in at most 100 characters.
    pub fn about(self) -> &'static str {
        match self {
            Self::Incident => "Run an incident: declare, page, tell, resolve.",
            Self::OnCall => "Who is on call, now and next, and to have somebody else there.",
        }
    }

    /// The slash command that a word is, stroke included.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|slash| word.eq_ignore_ascii_case(slash.typed()))
    }

    /// The verb that a word names behind it, by its own name or an alias; no word names two.
    pub fn verb(self, word: &str) -> Option<&'static Verb> {
        self.verbs().find(|verb| verb.is_called(word))
    }

    /// Its verbs, in the order in which help lists them.
    pub fn verbs(self) -> impl Iterator<Item = &'static Verb> {
        VERBS.iter().filter(move |verb| verb.slash == self)
    }
}

impl Group {
    /// Every group that has a word.
    pub const ALL: [Self; 4] = [Self::People, Self::Record, Self::Analysis, Self::End];

    /// The word by which platforms know it; none for what stands alone.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Alone => None,
            Self::People => Some("people"),
            Self::Record => Some("record"),
            Self::Analysis => Some("analysis"),
            Self::End => Some("end"),
        }
    }

    /// What is in it, in at most 100 characters.
    pub fn about(self) -> &'static str {
        match self {
            Self::Alone => "",
            Self::People => "Give out roles.",
            Self::Record => "Complete and mend the record, and take it away.",
            Self::Analysis => "Why it happened: causes, evidence and what led to what.",
            Self::End => "End an incident, or take it up again.",
        }
    }
}
