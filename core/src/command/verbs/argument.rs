//! What a verb takes, one argument at a time.

/// One argument of a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argument {
    /// By which platforms know it; never changed, because people have learnt it. Lower case, with hyphens.
    pub name: &'static str,
    pub takes: Takes,
    pub need: Need,
    /// Whether it can be given more than once.
    pub repeats: bool,
    pub written: Written,
    /// What stands for its value in a usage.
    pub shown: &'static str,
    /// What it is, in at most 100 characters.
    pub about: &'static str,
}

/// What an argument takes, closed, so that a new kind makes the compiler list every place that offers or reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Free text of at most so many characters.
    Text(usize),
    /// One of these words.
    Words(&'static [&'static str]),
    Severity,
    Person,
    /// A person or a policy.
    Target,
    /// A person, a team, a service or a policy.
    Pageable,
    /// A service or a policy: what somebody is on call for.
    Covered,
    Schedule,
    /// A service, a policy or a schedule.
    Duty,
    Role,
    /// Services, with commas between them.
    Services,
    /// A type of incident.
    Type,
    /// The name of a custom field.
    Field,
    /// A custom field with its value: `region=eu`.
    FieldValue,
    Incident,
    /// `A2`.
    Action,
    /// `F2`.
    Cause,
    /// A category of causes.
    Category,
    /// `E4`, `M3` or a link: what supports a cause.
    Support,
    /// A number of things, as `1200` or `34k`.
    Count,
    /// An amount of money, as `12500 EUR`.
    Money,
    /// A team's key.
    Team,
    /// A configured tracker.
    Tracker,
    /// `E4`.
    Entry,
    /// `M3`.
    Message,
    /// `E4` or `M3`.
    EntryOrMessage,
    /// A number of a list, from 1.
    Number,
    Duration,
    /// When something happened.
    Past,
    /// When something is due.
    Future,
    /// From when, or until when, something is to be; a day alone is its start.
    Ahead,
    /// Any instant, behind or ahead.
    Instant,
    Url,
    /// A postmortem template.
    Template,
    /// A section of the postmortem.
    Section,
    /// A workspace or a platform, where a room can be.
    Place,
    /// A verb.
    Command,
    /// Nothing but that it is there.
    Flag,
}

/// Whether an argument must be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Yes,
    No,
    /// Either this one or the next.
    ThisOrNext,
}

/// How an argument is written in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// In its place among the words.
    Place,
    /// In its place, behind an at sign.
    Mention,
    /// As `--name value`.
    Option,
    /// As `--name value`, or where it stands among the words if it can be told from them there, as usages show it. The
    /// other names are those that the option has besides.
    Either(&'static [&'static str]),
    /// As `--word`, for the word that it takes or, where it takes none, for its name.
    Flag,
}

impl Argument {
    /// A word or text that must stand in its place.
    pub(super) const fn needed(name: &'static str, takes: Takes, shown: &'static str, about: &'static str) -> Self {
        Self { name, takes, need: Need::Yes, repeats: false, written: Written::Place, shown, about }
    }

    /// A word or text that may stand in its place.
    pub(super) const fn may(name: &'static str, takes: Takes, shown: &'static str, about: &'static str) -> Self {
        Self { need: Need::No, ..Self::needed(name, takes, shown, about) }
    }

    /// `--name value`.
    pub(super) const fn option(name: &'static str, takes: Takes, shown: &'static str, about: &'static str) -> Self {
        Self { written: Written::Option, ..Self::may(name, takes, shown, about) }
    }

    /// `--name`.
    pub(super) const fn flag(name: &'static str, about: &'static str) -> Self {
        Self { written: Written::Flag, ..Self::may(name, Takes::Flag, "", about) }
    }

    /// `@person`, who need not be named.
    pub(super) const fn person(about: &'static str) -> Self {
        Self { written: Written::Mention, ..Self::may("person", Takes::Person, "person", about) }
    }

    /// How a usage shows it, without the brackets around it.
    pub(super) fn form(&self) -> String {
        match (self.written, self.takes) {
            (Written::Flag, Takes::Words(words)) => {
                words.iter().map(|word| format!("--{word}")).collect::<Vec<_>>().join("|")
            }
            (Written::Flag, _) => format!("--{}", self.name),
            (Written::Option, _) => format!("--{} {}", self.name, self.shown),
            (Written::Mention, _) => format!("@{}", self.shown),
            (Written::Place | Written::Either(_), Takes::Words(words)) => words.join("|"),
            (Written::Place | Written::Either(_), _) => self.shown.to_owned(),
        }
    }

    /// The options that it is in a line, each without its dashes: its name, or the words of a flag that stands for one of
    /// several.
    pub fn options(&'static self) -> &'static [&'static str] {
        match (self.written, self.takes) {
            (Written::Place | Written::Mention, _) => &[],
            (Written::Flag, Takes::Words(words)) => words,
            (Written::Flag | Written::Option | Written::Either(_), _) => std::slice::from_ref(&self.name),
        }
    }
}
