//! The arguments of each verb.

use super::argument::{Argument, Need, Takes, Written};
use crate::text::{TEXT_MAX, TITLE_MAX};

const TEXT: Takes = Takes::Text(TEXT_MAX);
const TITLE: Takes = Takes::Text(TITLE_MAX);

pub(super) const DECLARE: &[Argument] = &[
    Argument::needed("title", TITLE, "title", "What is wrong"),
    Argument {
        written: Written::Either(&["sev"]),
        ..Argument::may("severity", Takes::Severity, "sevN", "How bad it is")
    },
    Argument {
        repeats: true,
        ..Argument::option("service", Takes::Services, "S", "What is hit; commas between several")
    },
    Argument::option("type", Takes::Type, "T", "Its type"),
    Argument { repeats: true, ..Argument::option("field", Takes::FieldValue, "F=V", "A custom field, as region=eu") },
    Argument::flag("private", "Only those who take part see it"),
    Argument::flag("drill", "It is an exercise"),
    Argument::option("impact-started", Takes::Past, "T", "Since when users feel it"),
    Argument::option("description", TEXT, "TEXT", "What is known so far"),
    Argument::flag("here", "This channel becomes its room"),
];

pub(super) const LIST: &[Argument] = &[Argument::may("which", Takes::Words(&["all"]), "all", "Those that ended, too")];

pub(super) const STATUS: &[Argument] = &[Argument::needed(
    "status",
    Takes::Words(&["investigating", "identified", "mitigated"]),
    "status",
    "How far the work has come",
)];

pub(super) const SEVERITY: &[Argument] = &[Argument::needed("severity", Takes::Severity, "sevN", "How bad it is")];

pub(super) const LEAD: &[Argument] = &[Argument::person("Who; else you")];
pub(super) const COMMUNICATIONS: &[Argument] = LEAD;
pub(super) const SCRIBE: &[Argument] = LEAD;

pub(super) const ROLE: &[Argument] =
    &[Argument::needed("role", Takes::Role, "role", "Which role"), Argument::person("Who; else you")];

pub(super) const PAGE: &[Argument] = &[
    Argument::needed("target", Takes::Target, "person|policy", "A person or a policy"),
    Argument::may("message", TEXT, "message", "What they are told"),
];

pub(super) const RAISE: &[Argument] = &[
    Argument::needed("target", Takes::Pageable, "person|team|service|policy", "Whom, or who is on call for what"),
    Argument::needed("message", Takes::Text(TITLE_MAX), "message", "What it is about, in a line"),
    Argument::option(
        "urgency",
        Takes::Words(&["high", "low"]),
        "high|low",
        "How much it hurries; else as the severity says",
    ),
    Argument::option("severity", Takes::Severity, "sevN", "Of which severity; else the default"),
];

pub(super) const WHY_PAGED: &[Argument] = &[Argument::person("Whose notices; else everybody's")];

pub(super) const NOTE: &[Argument] = &[
    Argument::needed("text", TEXT, "text", "The fact"),
    Argument::option("at", Takes::Past, "T", "When it happened, as 14:05 or -10m"),
];

pub(super) const UPDATE: &[Argument] = &[
    Argument::needed("text", TEXT, "text", "How it stands"),
    Argument::option("next", Takes::Duration, "30m", "When they hear more, as 30m"),
];

pub(super) const SNOOZE: &[Argument] = &[Argument::may("wait", Takes::Duration, "30m", "For how long, as 30m")];

pub(super) const MARK: &[Argument] = &[Argument::needed("message", Takes::Message, "message", "Its number, as M3")];
pub(super) const UNMARK: &[Argument] = MARK;

pub(super) const CORRECT: &[Argument] = &[
    Argument::needed("entry", Takes::Entry, "entry", "Its number, as E4"),
    Argument::needed("right", TEXT, "text|time", "What is right: a text or a time"),
    Argument {
        written: Written::Flag,
        ..Argument::may("as", Takes::Words(&["text", "time"]), "", "What it is read as")
    },
];

pub(super) const REDACT: &[Argument] = &[
    Argument::needed("target", Takes::EntryOrMessage, "entry|message", "Its number, as E4 or M3"),
    Argument::needed("reason", TEXT, "reason", "Why"),
];

pub(super) const LINK: &[Argument] = &[
    Argument::needed("url", Takes::Url, "url", "Where it leads"),
    Argument::may("title", TITLE, "title", "What is shown"),
];

pub(super) const SUMMARY: &[Argument] = &[Argument::may("text", TEXT, "text", "The new one; else it is shown")];

pub(super) const IMPACT: &[Argument] = &[
    Argument::may("text", TEXT, "text", "What users feel"),
    Argument::option("started", Takes::Past, "T", "Since when, as 14:05 or -10m"),
    Argument::option("ended", Takes::Past, "T", "Until when"),
    Argument::option("users", Takes::Count, "N", "How many users felt it, as 1200 or 3.4k"),
    Argument::option("requests", Takes::Count, "N", "How many requests failed or were lost, as 34k"),
    Argument::option("money", Takes::Money, "M", "What it cost, as 12500 EUR"),
    Argument::option("slo", Takes::Count, "N", "How many minutes of the error budget it took"),
];

pub(super) const TIMES: &[Argument] = &[
    Argument::may("which", Takes::Words(KEY_TIMES), "key-time", "What happened then; else all are shown"),
    Argument::may("at", Takes::Past, "T", "When it was, as 14:05 or -10m"),
    Argument::flag("clear", "Gives the say back to the timeline"),
];

/// The words of [`crate::times::KeyTime`].
const KEY_TIMES: &[&str] =
    &["impact-started", "detected", "declared", "acknowledged", "mitigated", "impact-ended", "resolved"];

pub(super) const FIELD: &[Argument] = &[
    Argument::needed("name", Takes::Field, "name", "Which field"),
    Argument { need: Need::ThisOrNext, ..Argument::may("value", TEXT, "value", "What it holds") },
    Argument::flag("clear", "Empties it"),
];

pub(super) const ACTION: &[Argument] =
    &[Argument::needed("text", TEXT, "text", "What is to be done"), OWNER, DUE, KIND, PRIORITY, AGAINST];

const OWNER: Argument =
    Argument { written: Written::Either(&[]), ..Argument::may("owner", Takes::Person, "@owner", "Who does it") };
const DUE: Argument = Argument::option("due", Takes::Future, "D", "By when, as fri or 3d");
const KIND: Argument = Argument::option(
    "type",
    Takes::Words(&["prevent", "detect", "mitigate", "process"]),
    "prevent|detect|mitigate|process",
    "What it is good for",
);
const PRIORITY: Argument =
    Argument::option("priority", Takes::Words(&["high", "medium", "low"]), "high|medium|low", "How much it matters");
const AGAINST: Argument = Argument::option("against", Takes::Cause, "F2", "The cause that it takes away");

pub(super) const EDIT_ACTION: &[Argument] = &[
    Argument::needed("action", Takes::Action, "action", "Which one, as A2"),
    Argument::may("text", TEXT, "text", "What is to be done; else as before"),
    OWNER,
    DUE,
    KIND,
    PRIORITY,
    AGAINST,
    Argument {
        written: Written::Flag,
        repeats: true,
        ..Argument::may(
            "clear",
            Takes::Words(&["no-owner", "no-due", "no-type", "no-priority", "no-cause"]),
            "",
            "What it has no more",
        )
    },
];

pub(super) const ACTIONS: &[Argument] = &[
    Argument::flag("mine", "Yours, in all incidents"),
    Argument::flag("overdue", "Those that should be done by now, in all incidents"),
    Argument::option("team", Takes::Team, "T", "Those of a team's incidents"),
    Argument::flag("all", "Those of all incidents that are still to be done"),
];

pub(super) const TICKET: &[Argument] = &[
    Argument::needed("action", Takes::Action, "action", "Which one, as A2"),
    Argument::may("tracker", Takes::Tracker, "tracker", "Where; else in the only one, or where it is kept already"),
];

pub(super) const DONE: &[Argument] = &[Argument::needed("action", Takes::Action, "action", "Which one, as A2")];
pub(super) const UNDONE: &[Argument] = DONE;

pub(super) const MERGE: &[Argument] = &[Argument::needed("into", Takes::Incident, "INC-n", "What it is a part of")];

pub(super) const CANCEL: &[Argument] = &[Argument::may("reason", TEXT, "reason", "Why")];
pub(super) const REOPEN: &[Argument] = CANCEL;

pub(super) const RESOLVE: &[Argument] = &[Argument::needed("summary", TEXT, "summary", "In a sentence how")];

pub(super) const POSTMORTEM: &[Argument] = &[
    Argument::may(
        "do",
        Takes::Words(&[
            "status", "lint", "write", "edit", "review", "sign", "back", "publish", "revise", "send", "owner", "due",
            "comment", "settle", "template",
        ]),
        "do",
        "What is to become of it; else it is rendered",
    ),
    Argument::may("what", TEXT, "what", "The text, reviewers, target, owner, due date, comment or reason"),
    Argument::option("section", Takes::Section, "S", "Which section, as summary"),
    Argument::option("template", Takes::Template, "T", "Which template"),
    Argument::flag("clear", "Takes the due date, or a section's text, away"),
];

pub(super) const EXPORT: &[Argument] = &[
    Argument::may("format", Takes::Words(&["md", "html", "pdf", "json"]), "format", "The form of the file"),
    Argument::option("template", Takes::Template, "T", "Which postmortem template"),
];

pub(super) const ROOM: &[Argument] = &[
    Argument::may("do", Takes::Words(&["add"]), "add", "Open another room; else they are listed"),
    Argument::may("place", Takes::Place, "place", "Where: a workspace or a platform"),
];

pub(super) const MIRROR: &[Argument] =
    &[Argument::needed("switch", Takes::Words(&["on", "off"]), "switch", "On or off")];

pub(super) const ME: &[Argument] = &[
    Argument::may("do", Takes::Words(&["link", "unlink"]), "do", "Link another account, or let one go"),
    Argument::may("which", TEXT, "code|account", "The code, or the account to let go"),
];

pub(super) const HELP: &[Argument] = &[Argument::may("command", Takes::Command, "command", "Which command")];

pub(super) const WHO: &[Argument] =
    &[Argument::may("of", Takes::Duty, "service|policy|schedule", "Of which service, policy or schedule; else of all")];

const NAMED: Argument = Argument::needed("schedule", Takes::Schedule, "schedule", "Which schedule");
const FROM: Argument = Argument::option("from", Takes::Ahead, "T", "From when, as fri 17:00; else from now");

const fn whom(about: &'static str) -> Argument {
    Argument { need: Need::Yes, ..Argument::person(about) }
}

const fn until(about: &'static str) -> Argument {
    Argument { need: Need::Yes, ..Argument::option("to", Takes::Ahead, "T", about) }
}

pub(super) const SCHEDULE: &[Argument] = &[
    NAMED,
    Argument::option("from", Takes::Instant, "T", "From when, as 2026-12-01 or mon; else from now"),
    Argument::option("to", Takes::Ahead, "T", "Until when; else for two weeks"),
];

pub(super) const OVERRIDE: &[Argument] = &[
    NAMED,
    whom("Who is to be on call"),
    until("Until when, as fri 17:00"),
    FROM,
    Argument::option("instead", Takes::Person, "person", "Only in the place of this person; else of everybody"),
];

pub(super) const OVERRIDES: &[Argument] = &[
    Argument::may("do", Takes::Words(&["end"]), "do", "End one; else they are listed"),
    Argument::may("number", Takes::Number, "number", "Which one, by its number in the list"),
];

pub(super) const TAKE: &[Argument] =
    &[NAMED, Argument::option("for", Takes::Duration, "2h", "For how long; else until the next hand-off")];

pub(super) const COVER: &[Argument] = &[
    whom("For whom you stand in"),
    Argument::may("schedule", Takes::Schedule, "schedule", "In which schedule; else in all"),
    until("Until when, as fri 17:00"),
    FROM,
];

pub(super) const SWAP: &[Argument] = &[
    NAMED,
    whom("With whom you would change"),
    Argument { need: Need::Yes, ..Argument::option("mine", Takes::Future, "T", "A time in the shift you give away") },
    Argument::option("theirs", Takes::Future, "T", "A time in the shift you take for it; else none"),
];

pub(super) const SWAPS: &[Argument] = &[
    Argument::may(
        "answer",
        Takes::Words(&["accept", "decline", "withdraw"]),
        "answer",
        "What becomes of one; else they are listed",
    ),
    Argument::may("number", Takes::Number, "number", "Which one, by its number in the list"),
];

pub(super) const HANDOFF: &[Argument] = &[
    Argument::may("do", Takes::Words(&["accept", "note"]), "do", "Take over, or leave word; else it is shown"),
    Argument::may("schedule", Takes::Schedule, "schedule", "Which schedule; else what concerns you"),
    Argument::may("text", TEXT, "text", "What the others should know"),
];

pub(super) const GAPS: &[Argument] = &[
    Argument::may("schedule", Takes::Schedule, "schedule", "Which schedule; else all"),
    Argument::option("to", Takes::Ahead, "T", "Until when; else for four weeks"),
];

pub(super) const FAIRNESS: &[Argument] = &[
    NAMED,
    Argument::option("from", Takes::Instant, "T", "From when; else of the last four weeks"),
    Argument::option("to", Takes::Instant, "T", "Until when; else until now"),
];

pub(super) const SIMULATE: &[Argument] = &[
    Argument::needed("policy", Takes::Covered, "service|policy", "Which policy, or whose"),
    Argument::option("at", Takes::Future, "T", "Begun when; else now"),
    Argument::option("severity", Takes::Severity, "sevN", "Of which severity; else the default"),
];

pub(super) const CONTACTS: &[Argument] = &[
    Argument::may(
        "do",
        Takes::Words(&["confirm", "set", "remove", "order", "rules", "test"]),
        "do",
        "Change how you are reached, or test it; else it is shown",
    ),
    Argument::may("what", TEXT, "what", "As sms +4366012345642, the code, or high ntfy, sms after 2m"),
];

pub(super) const FEED: &[Argument] = &[
    Argument::may("do", Takes::Words(&["revoke"]), "do", "End the address; else you get one"),
    Argument::may("schedule", Takes::Schedule, "schedule", "Of which schedule; else of your own shifts in all"),
];
