//! The table of the verbs.

use super::analysis;
use super::argument::Argument;
use super::arguments as takes;
use super::{Group, Name, Slash, Verb};

const fn verb(
    name: Name,
    word: &'static str,
    arguments: &'static [Argument],
    about: &'static str,
    example: &'static str,
) -> Verb {
    Verb { name, slash: Slash::Incident, word, aliases: &[], arguments, group: Group::Alone, about, example }
}

const fn on_call(verb: Verb) -> Verb {
    Verb { slash: Slash::OnCall, ..verb }
}

const fn aliased(aliases: &'static [&'static str], verb: Verb) -> Verb {
    Verb { aliases, ..verb }
}

const fn grouped(group: Group, verb: Verb) -> Verb {
    Verb { group, ..verb }
}

/// Every verb, in the order in which help lists them.
pub const VERBS: &[Verb] = &[
    aliased(
        &["new", "open", "start"],
        verb(
            Name::Declare,
            "declare",
            takes::DECLARE,
            "Declares an incident, opens its room and, where the severity or service says so, pages.",
            "declare checkout is down sev1 --service checkout --impact-started -10m",
        ),
    ),
    verb(Name::Show, "show", &[], "Shows the incident's card.", "show"),
    verb(Name::List, "list", takes::LIST, "Lists open incidents, or all of them.", "list all"),
    verb(Name::Status, "status", takes::STATUS, "Says how far the work has come.", "status identified"),
    aliased(&["severity"], verb(Name::Severity, "sev", takes::SEVERITY, "Changes the severity.", "sev sev2")),
    verb(Name::Lead, "lead", takes::LEAD, "Makes someone (or yourself) lead the incident.", "lead @ana"),
    aliased(
        &["communications"],
        grouped(
            Group::People,
            verb(
                Name::Communications,
                "comms",
                takes::COMMUNICATIONS,
                "Makes someone speak to those who wait.",
                "comms @bo",
            ),
        ),
    ),
    grouped(Group::People, verb(Name::Scribe, "scribe", takes::SCRIBE, "Makes someone keep the record.", "scribe @cy")),
    grouped(
        Group::People,
        verb(Name::Role, "role", takes::ROLE, "Gives someone (or yourself) any role.", "role legal @dee"),
    ),
    verb(
        Name::Page,
        "page",
        takes::PAGE,
        "Pages a person, or a policy's people in its order.",
        "page @bo need the database",
    ),
    aliased(
        &["acknowledge"],
        verb(Name::Ack, "ack", &[], "Acknowledges the page: you have it, nobody else is woken.", "ack"),
    ),
    verb(
        Name::WhyPaged,
        "why-paged",
        takes::WHY_PAGED,
        "Explains every notice of a page, or why there was none.",
        "why-paged @ana",
    ),
    verb(Name::Note, "note", takes::NOTE, "Adds a fact to the timeline.", "note rolled back to 1.4.2 --at 14:05"),
    verb(
        Name::Update,
        "update",
        takes::UPDATE,
        "Tells those who wait how it stands, and when they hear more.",
        "update database restored to 60 % --next 30m",
    ),
    verb(Name::Snooze, "snooze", takes::SNOOZE, "Has the next update reminded of later.", "snooze 15m"),
    verb(Name::Timeline, "timeline", &[], "Shows the timeline with the numbers of its entries.", "timeline"),
    grouped(
        Group::Record,
        verb(Name::Mark, "mark", takes::MARK, "Makes a message of the room part of the timeline.", "mark M3"),
    ),
    grouped(
        Group::Record,
        verb(
            Name::Unmark,
            "unmark",
            takes::UNMARK,
            "Takes the mark off a message; that it was marked stays on record.",
            "unmark M3",
        ),
    ),
    grouped(
        Group::Record,
        verb(
            Name::Correct,
            "correct",
            takes::CORRECT,
            "Corrects an entry; the old one stays on record.",
            "correct E4 14:02",
        ),
    ),
    grouped(
        Group::Record,
        verb(
            Name::Redact,
            "redact",
            takes::REDACT,
            "Takes words out of the record for good; the chain still verifies.",
            "redact M7 pasted password",
        ),
    ),
    grouped(
        Group::Record,
        verb(
            Name::Link,
            "link",
            takes::LINK,
            "Adds a link to the timeline.",
            "link https://example.org/dash latency dashboard",
        ),
    ),
    grouped(
        Group::Record,
        verb(
            Name::Summary,
            "summary",
            takes::SUMMARY,
            "Shows or sets the summary.",
            "summary the primary's disk filled up",
        ),
    ),
    grouped(
        Group::Record,
        verb(
            Name::Impact,
            "impact",
            takes::IMPACT,
            "Shows or sets what users feel.",
            "impact no checkouts in Europe --started 13:50",
        ),
    ),
    grouped(
        Group::Record,
        verb(
            Name::Times,
            "times",
            takes::TIMES,
            "Shows when what happened and how long it took, or says when something was.",
            "times detected 13:52",
        ),
    ),
    grouped(
        Group::Record,
        verb(
            Name::Field,
            "field",
            takes::FIELD,
            "Sets a custom field of the incident, or empties it.",
            "field region eu",
        ),
    ),
    analysis::TRIGGER,
    analysis::FACTOR,
    analysis::WHY,
    analysis::LIMITED,
    analysis::DETECTION,
    analysis::EVIDENCE,
    analysis::CONFIRM,
    analysis::RULE_OUT,
    analysis::SUSPECT,
    analysis::BECAUSE,
    analysis::CAUSE,
    analysis::CAUSES,
    verb(
        Name::Action,
        "action",
        takes::ACTION,
        "Adds a follow-up with an owner, a due date, and what it is good for.",
        "action alert on disk usage @bo --due fri --type detect --against F2",
    ),
    verb(
        Name::Actions,
        "actions",
        takes::ACTIONS,
        "Lists the follow-ups, or those of all incidents that are still to be done.",
        "actions --mine --overdue",
    ),
    grouped(
        Group::Record,
        verb(
            Name::Similar,
            "similar",
            &[],
            "Lists incidents that are like this one, why, and what was promised after them.",
            "similar",
        ),
    ),
    verb(Name::Done, "done", takes::DONE, "Marks a follow-up as done.", "done A2"),
    grouped(
        Group::Record,
        verb(
            Name::EditAction,
            "edit-action",
            takes::EDIT_ACTION,
            "Changes what a follow-up says, who does it, by when or against what.",
            "edit-action A2 alert at 80 % @cy --due 2w --no-priority",
        ),
    ),
    grouped(
        Group::Record,
        aliased(
            &["reopen-action"],
            verb(Name::Undone, "undone", takes::UNDONE, "Says that a follow-up is to be done after all.", "undone A2"),
        ),
    ),
    grouped(
        Group::Record,
        verb(Name::Ticket, "ticket", takes::TICKET, "Has a tracker keep a follow-up as a ticket.", "ticket A2 github"),
    ),
    grouped(
        Group::End,
        verb(Name::Merge, "merge", takes::MERGE, "Ends this incident as a part of another.", "merge INC-41"),
    ),
    grouped(
        Group::End,
        verb(Name::Cancel, "cancel", takes::CANCEL, "Ends an incident that was none.", "cancel false alarm"),
    ),
    verb(
        Name::Resolve,
        "resolve",
        takes::RESOLVE,
        "Says that it is over, and in a sentence how.",
        "resolve rolled back to 1.4.2",
    ),
    grouped(
        Group::End,
        verb(Name::Reopen, "reopen", takes::REOPEN, "Takes a resolved incident up again.", "reopen errors are back"),
    ),
    grouped(
        Group::End,
        verb(
            Name::Close,
            "close",
            &[],
            "Closes a resolved incident and its rooms for good; its record can still be completed.",
            "close",
        ),
    ),
    grouped(
        Group::Record,
        verb(
            Name::Postmortem,
            "postmortem",
            takes::POSTMORTEM,
            "Renders the postmortem as Markdown, shows how far it has come, or takes it a step further.",
            "postmortem review @bo @cy",
        ),
    ),
    grouped(
        Group::Record,
        verb(
            Name::Export,
            "export",
            takes::EXPORT,
            "Exports the postmortem, or the whole record as JSON.",
            "export json",
        ),
    ),
    verb(
        Name::Room,
        "room",
        takes::ROOM,
        "Lists the incident's rooms, or opens another in a workspace or platform.",
        "room add slack",
    ),
    verb(
        Name::Mirror,
        "mirror",
        takes::MIRROR,
        "Shows from here on in each room what is said in the others, or no more.",
        "mirror on",
    ),
    verb(
        Name::Me,
        "me",
        takes::ME,
        "Shows who you are; link gives a code, which makes the account that gives it back yours.",
        "me link",
    ),
    verb(Name::Help, "help", takes::HELP, "Explains the commands.", "help declare"),
    on_call(verb(
        Name::OnCall,
        "who",
        takes::WHO,
        "Shows whom a page would reach now, and who is next.",
        "who checkout",
    )),
    on_call(verb(
        Name::Schedule,
        "schedule",
        takes::SCHEDULE,
        "Shows who is on call when, and by what.",
        "schedule web --from mon --to 2026-12-24",
    )),
    on_call(verb(
        Name::Take,
        "take",
        takes::TAKE,
        "Takes over right now, until the next hand-off or for a while.",
        "take web --for 2h",
    )),
    on_call(verb(
        Name::Cover,
        "cover",
        takes::COVER,
        "Stands in for somebody, wherever they would be on call.",
        "cover @bo --from fri 17:00 --to mon 09:00",
    )),
    on_call(verb(
        Name::Override,
        "override",
        takes::OVERRIDE,
        "Puts somebody on call for a while, in the place of one or of everybody.",
        "override web @cy --from fri 17:00 --to mon 09:00",
    )),
    on_call(verb(
        Name::Overrides,
        "overrides",
        takes::OVERRIDES,
        "Lists overrides, covers and takes that hold or are ahead, or ends one.",
        "overrides end 2",
    )),
    on_call(verb(
        Name::Swap,
        "swap",
        takes::SWAP,
        "Offers somebody a shift of yours, for one of theirs if you like.",
        "swap web @bo --mine fri 20:00 --theirs sat 20:00",
    )),
    on_call(verb(
        Name::Swaps,
        "swaps",
        takes::SWAPS,
        "Lists offers of shifts that wait, or answers one.",
        "swaps accept",
    )),
    on_call(verb(
        Name::Handoff,
        "handoff",
        takes::HANDOFF,
        "Shows what whoever comes on call takes over; accept takes it over, note leaves word for the next.",
        "handoff accept web",
    )),
    on_call(verb(Name::Gaps, "gaps", takes::GAPS, "Shows when nobody is on call.", "gaps web")),
    on_call(verb(
        Name::Fairness,
        "fairness",
        takes::FAIRNESS,
        "Shows who bears how many hours, nights, weekends and pages.",
        "fairness web --from 2026-11-01",
    )),
    on_call(verb(
        Name::Simulate,
        "simulate",
        takes::SIMULATE,
        "Shows whom a page would reach within the next hour, when and by what, without paging.",
        "simulate web --at sat 03:00 --severity sev1",
    )),
    on_call(verb(
        Name::Raise,
        "page",
        takes::RAISE,
        "Pages somebody about something that no incident was declared for.",
        "page web the queue grows, and it is no incident yet",
    )),
    on_call(verb(
        Name::Contacts,
        "me",
        takes::CONTACTS,
        "Shows how you are reached, or changes it; an address counts once its code came back.",
        "me set sms +4366012345642",
    )),
    on_call(verb(
        Name::Proof,
        "proof",
        &[],
        "Shows who of your teams has not proved that they can be reached; to administrators, of all.",
        "proof",
    )),
    on_call(verb(
        Name::Feed,
        "feed",
        takes::FEED,
        "Gives you an address at which your shifts, or those of a schedule, are a calendar, or ends it.",
        "feed web",
    )),
];
