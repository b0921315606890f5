//! The grammar's one definition: every verb of `/incident` with its usage, its help and examples. The parser, the
//! help texts and each platform's command tree are made from this table.

/// One verb of `/incident`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verb {
    pub name: Name,
    pub word: &'static str,
    /// Other words that mean the same.
    pub aliases: &'static [&'static str],
    /// What follows the word.
    pub arguments: &'static str,
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
    Done,
    Merge,
    Cancel,
    Resolve,
    Reopen,
    Close,
    Postmortem,
    Export,
    Help,
}

const fn verb(
    name: Name,
    word: &'static str,
    arguments: &'static str,
    about: &'static str,
    example: &'static str,
) -> Verb {
    Verb { name, word, aliases: &[], arguments, about, example }
}

const fn aliased(aliases: &'static [&'static str], verb: Verb) -> Verb {
    Verb { aliases, ..verb }
}

/// Every verb, in the order in which help lists them.
pub const VERBS: &[Verb] = &[
    aliased(
        &["new", "open", "start"],
        verb(
            Name::Declare,
            "declare",
            "<title> [sevN] [--service S] [--type T] [--field F=V] [--private] [--drill] [--impact-started T] [--description TEXT] [--here]",
            "Declares an incident, opens its room and, where the severity or service says so, pages.",
            "declare checkout is down sev1 --service checkout --impact-started -10m",
        ),
    ),
    verb(Name::Show, "show", "", "Shows the incident's card.", "show"),
    verb(Name::List, "list", "[all]", "Lists open incidents, or all of them.", "list all"),
    verb(
        Name::Status,
        "status",
        "<investigating|identified|mitigated>",
        "Says how far the work has come.",
        "status identified",
    ),
    aliased(&["severity"], verb(Name::Severity, "sev", "<sevN>", "Changes the severity.", "sev sev2")),
    verb(Name::Lead, "lead", "[@person]", "Makes someone (or yourself) lead the incident.", "lead @ana"),
    aliased(
        &["communications"],
        verb(Name::Communications, "comms", "[@person]", "Makes someone speak to those who wait.", "comms @bo"),
    ),
    verb(Name::Scribe, "scribe", "[@person]", "Makes someone keep the record.", "scribe @cy"),
    verb(Name::Role, "role", "<role> [@person]", "Gives someone (or yourself) any role.", "role legal @dee"),
    verb(
        Name::Page,
        "page",
        "<person|policy> [message]",
        "Pages a person, or a policy's people in its order.",
        "page @bo need the database",
    ),
    aliased(
        &["acknowledge"],
        verb(Name::Ack, "ack", "", "Acknowledges the page: you have it, nobody else is woken.", "ack"),
    ),
    aliased(
        &["why"],
        verb(
            Name::WhyPaged,
            "why-paged",
            "[@person]",
            "Explains every notice of a page, or why there was none.",
            "why-paged @ana",
        ),
    ),
    verb(Name::Note, "note", "<text> [--at T]", "Adds a fact to the timeline.", "note rolled back to 1.4.2 --at 14:05"),
    verb(
        Name::Update,
        "update",
        "<text> [--next 30m]",
        "Tells those who wait how it stands, and when they hear more.",
        "update database restored to 60 % --next 30m",
    ),
    verb(Name::Snooze, "snooze", "[30m]", "Has the next update reminded of later.", "snooze 15m"),
    verb(Name::Timeline, "timeline", "", "Shows the timeline with the numbers of its entries.", "timeline"),
    verb(Name::Mark, "mark", "<message>", "Makes a message of the room part of the timeline.", "mark M3"),
    verb(
        Name::Unmark,
        "unmark",
        "<message>",
        "Takes the mark off a message; that it was marked stays on record.",
        "unmark M3",
    ),
    verb(
        Name::Correct,
        "correct",
        "<entry> <text|time> [--text|--time]",
        "Corrects an entry; the old one stays on record.",
        "correct E4 14:02",
    ),
    verb(
        Name::Redact,
        "redact",
        "<entry|message> <reason>",
        "Takes words out of the record for good; the chain still verifies.",
        "redact M7 pasted password",
    ),
    verb(
        Name::Link,
        "link",
        "<url> [title]",
        "Adds a link to the timeline.",
        "link https://example.org/dash latency dashboard",
    ),
    verb(Name::Summary, "summary", "[text]", "Shows or sets the summary.", "summary the primary's disk filled up"),
    verb(
        Name::Impact,
        "impact",
        "[text] [--started T]",
        "Shows or sets what users feel.",
        "impact no checkouts in Europe --started 13:50",
    ),
    verb(
        Name::Field,
        "field",
        "<name> <value|--clear>",
        "Sets a custom field of the incident, or empties it.",
        "field region eu",
    ),
    verb(
        Name::Action,
        "action",
        "<text> [@owner] [--due D]",
        "Adds a follow-up with an owner and a due date.",
        "action alert on disk usage @bo --due fri",
    ),
    verb(Name::Actions, "actions", "", "Lists the follow-ups.", "actions"),
    verb(Name::Done, "done", "<action>", "Marks a follow-up as done.", "done A2"),
    verb(Name::Merge, "merge", "<INC-n>", "Ends this incident as a part of another.", "merge INC-41"),
    verb(Name::Cancel, "cancel", "[reason]", "Ends an incident that was none.", "cancel false alarm"),
    verb(
        Name::Resolve,
        "resolve",
        "<summary>",
        "Says that it is over, and in a sentence how.",
        "resolve rolled back to 1.4.2",
    ),
    verb(Name::Reopen, "reopen", "[reason]", "Takes a resolved incident up again.", "reopen errors are back"),
    verb(
        Name::Close,
        "close",
        "",
        "Closes a resolved incident and its rooms for good; its record can still be completed.",
        "close",
    ),
    verb(Name::Postmortem, "postmortem", "[--template T]", "Renders the postmortem as Markdown.", "postmortem"),
    verb(Name::Export, "export", "[md|json]", "Exports the postmortem, or the whole record as JSON.", "export json"),
    verb(Name::Help, "help", "[command]", "Explains the commands.", "help declare"),
];

impl Verb {
    /// The verb that a word names, by its own name or an alias.
    pub fn find(word: &str) -> Option<&'static Self> {
        let wanted = word.to_lowercase();
        VERBS.iter().find(|verb| verb.word == wanted || verb.aliases.contains(&wanted.as_str()))
    }

    /// The full form, as help and refusals show it.
    pub fn usage(&self) -> String {
        let gap = if self.arguments.is_empty() { "" } else { " " };
        format!("/incident {}{gap}{}", self.word, self.arguments)
    }
}
