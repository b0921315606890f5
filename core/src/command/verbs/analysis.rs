//! The verbs of the analysis, with their arguments.

use super::argument::{Argument, Takes};
use super::{Group, Name, Slash, Verb};
use crate::text::{TEXT_MAX, TITLE_MAX};

const TEXT: Takes = Takes::Text(TEXT_MAX);
const ROLES: &[&str] = &["trigger", "factor", "why", "limited", "detected", "should-detect"];

const WHICH: Argument = Argument::needed("cause", Takes::Cause, "cause", "Its number, as F2");

const fn verb(
    name: Name,
    word: &'static str,
    arguments: &'static [Argument],
    about: &'static str,
    example: &'static str,
) -> Verb {
    Verb { name, slash: Slash::Incident, word, aliases: &[], arguments, group: Group::Analysis, about, example }
}

pub(super) const WHY: Verb = verb(
    Name::Why,
    "why",
    &[
        Argument::needed("text", TEXT, "text", "Why it came to what the last why says"),
        Argument::option("of", Takes::Cause, "F2", "Below which cause; else below the last why"),
    ],
    "Adds the next why of the analysis below the last one.",
    "why the disk filled up",
);

pub(super) const FACTOR: Verb = verb(
    Name::Factor,
    "factor",
    &[
        Argument::needed("text", TEXT, "text", "What contributed to it"),
        Argument::option("category", Takes::Category, "C", "Of which kind it is"),
        Argument::option("because", Takes::Cause, "F2", "What led to it"),
    ],
    "Adds a contributing factor to the analysis.",
    "factor nobody watches the disk --category detection",
);

pub(super) const TRIGGER: Verb = verb(
    Name::Trigger,
    "trigger",
    &[Argument::needed("text", TEXT, "text", "What set it off")],
    "Adds what set it off to the analysis.",
    "trigger deploy of 1.4.3",
);

pub(super) const LIMITED: Verb = verb(
    Name::Limited,
    "limited",
    &[Argument::needed("text", TEXT, "text", "What limited the damage")],
    "Adds what limited the damage to the analysis.",
    "limited the old version was still in the registry",
);

pub(super) const DETECTION: Verb = verb(
    Name::Detection,
    "detection",
    &[
        Argument::needed("text", TEXT, "text", "How it was detected"),
        Argument::flag("should", "How it should have been detected"),
    ],
    "Adds how it was detected to the analysis, or how it should have been.",
    "detection an alert on free space --should",
);

pub(super) const EVIDENCE: Verb = verb(
    Name::Evidence,
    "evidence",
    &[
        WHICH,
        Argument::needed("what", Takes::Support, "entry|message|link", "What supports it, as E12, M3 or a link"),
        Argument::may("title", Takes::Text(TITLE_MAX), "title", "What is shown of a link"),
        Argument::flag("remove", "It is no evidence after all"),
    ],
    "Adds evidence for a cause: an entry, a message or a link.",
    "evidence F3 E12",
);

pub(super) const CONFIRM: Verb =
    verb(Name::Confirm, "confirm", &[WHICH], "Says that a cause is confirmed.", "confirm F2");

pub(super) const RULE_OUT: Verb = verb(
    Name::RuleOut,
    "rule-out",
    &[WHICH, Argument::needed("reason", TEXT, "reason", "Why it is none")],
    "Says that a cause is none, and why; it stays on record.",
    "rule-out F2 the graph was flat by then",
);

pub(super) const SUSPECT: Verb =
    verb(Name::Suspect, "suspect", &[WHICH], "Opens a cause again that was confirmed or ruled out.", "suspect F2");

pub(super) const BECAUSE: Verb = verb(
    Name::Because,
    "because",
    &[
        WHICH,
        Argument::needed("of", Takes::Cause, "led-to-it", "The cause that led to it, as F3"),
        Argument::flag("remove", "It did not lead to it after all"),
    ],
    "Says that one cause came about because of another.",
    "because F2 F3",
);

pub(super) const CAUSE: Verb = verb(
    Name::Cause,
    "cause",
    &[
        WHICH,
        Argument::option("text", TEXT, "TEXT", "What it says from here on"),
        Argument::option("role", Takes::Words(ROLES), "R", "What part it has"),
        Argument::option("category", Takes::Category, "C", "Of which kind it is; none takes it away"),
    ],
    "Shows a cause, or changes its text, its role or its category.",
    "cause F2 --role trigger",
);

pub(super) const CAUSES: Verb = verb(
    Name::Causes,
    "causes",
    &[Argument::option("at", Takes::Past, "T", "As it stood then, as 14:05 or -10m; else as it stands")],
    "Shows the analysis: what led to what, how sure it is and by what evidence.",
    "causes",
);
