//! What a verb means with these values, said without any line.

#![expect(clippy::option_option, reason = "what is refused and what is not there are two things")]

mod rca;

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::super::super::verbs::Name;
use super::super::super::{
    ActionCommand, ActionEdit, ActionTraits, Ask, Code, Command, ContactCommand, Declare, Edit, ExportFormat, Fix,
    OnCallCommand, OnCallQuery, Own, Promised, Query, Raise, RedactTarget, ReviewQuery, SwapAnswer, Whom,
};
use crate::action::{ActionKind, Priority};
use crate::directory::Urgency;
use crate::ids::{ActionId, CauseId, EntryId, IncidentId, Key, MessageId};
use crate::incident::{ActiveStatus, Measures, Money};
use crate::text::{TEXT_MAX, TITLE_MAX, kept, line};
use crate::times::KeyTime;
use crate::when::parse_instant;

pub(super) type Given<'g> = BTreeMap<&'static str, &'g str>;

/// `None` where it is to be refused. The arguments that are no free text have the values of `sample`.
pub(super) fn meant(name: Name, given: &Given, now: DateTime<Utc>) -> Option<Ask> {
    if let Some(own) = own(name, given) {
        return own.map(Ask::Own);
    }
    if let Some(ask) = on_call(name, given, now) {
        return ask;
    }
    if let Some(query) = asked(name, given, now) {
        return query.map(Ask::Query);
    }
    let has = |name: &str| given.contains_key(name);
    let command = match name {
        Name::Declare => Command::Declare(declared(given)?),
        Name::Status => Command::Status { to: ActiveStatus::Investigating },
        Name::Severity => Command::Severity { to: given["severity"].to_lowercase() }.nonblank(given["severity"])?,
        Name::Lead | Name::Communications | Name::Scribe | Name::Role => {
            let role = match name {
                Name::Lead => "lead",
                Name::Communications => "communications",
                Name::Scribe => "scribe",
                _ => "legal",
            };
            Command::Assign {
                role: Key::new(role).unwrap(),
                person: given.get("person").map_or(Some("me".into()), |p| handle(p))?,
            }
        }
        Name::Raise if given.get("severity").is_some_and(|text| text.trim().is_empty()) => return None,
        Name::Raise => Command::Raise(Raise {
            whom: Whom::Any(Some(given["target"].trim()).filter(|target| !target.is_empty())?.to_owned()),
            title: line("message", &text(given, "message")??, TITLE_MAX).ok()?,
            description: None,
            urgency: has("urgency").then_some(Urgency::High),
            severity: given.get("severity").map(|severity| severity.to_lowercase()),
            key: None,
        }),
        Name::Page => Command::Page { target: handle(given["target"])?, message: text(given, "message")? },
        Name::Ack => Command::Ack,
        Name::Note => Command::Note { text: text(given, "text")??, at: has("at").then(|| yesterday(now)) },
        Name::Update => {
            Command::Update { text: text(given, "text")??, next: has("next").then_some(TimeDelta::minutes(90)) }
        }
        Name::Snooze => Command::Snooze { wait: TimeDelta::minutes(if has("wait") { 90 } else { 15 }) },
        Name::Mark => Command::Mark { message: MessageId(3) },
        Name::Unmark => Command::Unmark { message: MessageId(3) },
        Name::Correct => {
            let text = text(given, "right")??;
            let time = parse_instant(&text, chrono_tz::Tz::UTC, now);
            let fix = if has("as") { Fix::Text(text) } else { time.map_or(Fix::Text(text), Fix::HappenedAt) };
            Command::Correct { entry: EntryId(4), fix }
        }
        Name::Redact => Command::Redact { target: RedactTarget::Entry(EntryId(4)), reason: text(given, "reason")?? },
        Name::Link => Command::Link {
            url: "https://example.org/a?b=c".into(),
            title: given.get("title").map(|title| line("title", title, TITLE_MAX)).transpose().ok()?,
        },
        Name::Summary => Command::SetSummary { text: text(given, "text")?? },
        Name::Impact | Name::Times => measured(name, given, now)?,
        Name::Why
        | Name::Factor
        | Name::Trigger
        | Name::Limited
        | Name::Detection
        | Name::Evidence
        | Name::Confirm
        | Name::Suspect
        | Name::RuleOut
        | Name::Because
        | Name::Cause => Command::Analysis(rca::step(name, given)?),
        Name::Field => {
            let value = given.get("value").map(|value| line("field", value, TEXT_MAX)).transpose().ok()?;
            if value.is_some() == has("clear") {
                return None;
            }
            Command::SetField { field: given["name"].to_owned(), value }
        }
        Name::Action | Name::EditAction | Name::Undone | Name::Ticket | Name::Done => promised(name, given, now)?,
        Name::Merge => Command::Merge { into: IncidentId(7) },
        Name::Cancel => Command::Cancel { reason: text(given, "reason")? },
        Name::Resolve => Command::Resolve { summary: text(given, "summary")?? },
        Name::Reopen => Command::Reopen { reason: text(given, "reason")? },
        Name::Close => Command::Close,
        Name::Room => Command::AddRoom { place: (*given.get("place")?).to_owned() },
        Name::Mirror => Command::Mirror { on: true },
        _ => unreachable!("{name:?} asks"),
    };
    Some(Ask::Command(command))
}

/// What is wanted of a follow-up.
fn promised(name: Name, given: &Given, now: DateTime<Utc>) -> Option<Command> {
    Some(match name {
        Name::Action => Command::AddAction {
            text: text(given, "text")??,
            owner: match given.get("owner") {
                None => None,
                Some(owner) => Some(handle(owner)?),
            },
            due: given.contains_key("due").then(|| now + TimeDelta::days(3)),
            traits: ActionTraits {
                kind: given.contains_key("type").then_some(ActionKind::Prevent),
                priority: given.contains_key("priority").then_some(Priority::High),
                cause: given.contains_key("against").then_some(CauseId(2)),
            },
        },
        Name::EditAction => edited(given, now)?,
        Name::Undone => Command::Action(ActionCommand::Reopen { action: ActionId(2) }),
        Name::Ticket => Command::Action(ActionCommand::Ticket {
            action: ActionId(2),
            tracker: given.contains_key("tracker").then(|| "github".to_owned()),
        }),
        Name::Done => Command::FinishAction { action: ActionId(2) },
        _ => return None,
    })
}

/// `Some(None)` where what is one's own is to be refused.
fn own(name: Name, given: &Given) -> Option<Option<Own>> {
    Some(match name {
        Name::Me if !given.is_empty() => {
            text(given, "which").map(|code| code.map_or(Own::Code, |code| Own::Link { code: Code(code) }))
        }
        Name::Contacts if !given.is_empty() => {
            let code = text(given, "what").flatten();
            code.map(|code| Own::Contact(ContactCommand::Confirm { code: Code(code) }))
        }
        Name::Feed => {
            let schedule = given.get("schedule").map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
            Some(if given.contains_key("do") { Own::EndFeed { schedule } } else { Own::Feed { schedule } })
        }
        _ => return None,
    })
}

/// Numbers of the impact, and key times; `None` where they are to be refused.
fn measured(name: Name, given: &Given, now: DateTime<Utc>) -> Option<Command> {
    let has = |name: &str| given.contains_key(name);
    Some(match name {
        Name::Impact => {
            let count = |name: &str| has(name).then_some(34_000);
            Command::SetImpact {
                text: text(given, "text")?,
                started_at: has("started").then(|| yesterday(now)),
                ended_at: has("ended").then(|| yesterday(now)),
                measures: Measures {
                    users: count("users"),
                    requests: count("requests"),
                    money: has("money").then(|| Money { cents: 1_250_000, currency: "EUR".into() }),
                    slo_minutes: count("slo"),
                },
            }
        }
        Name::Times => Command::SetTime {
            time: if has("which") { KeyTime::ImpactStarted } else { return None },
            at: match (has("at"), has("clear")) {
                (true, false) => Some(yesterday(now)),
                (false, true) => None,
                _ => return None,
            },
        },
        _ => unreachable!("{name:?} measures nothing"),
    })
}

/// `Some(None)` where a request of `/oncall` is to be refused.
fn on_call(name: Name, given: &Given, now: DateTime<Utc>) -> Option<Option<Ask>> {
    let raw = |name: &str| given.get(name).map(|text| (*text).to_owned());
    let named = |name: &str| raw(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let person = |name: &str| given.get(name).and_then(|text| handle(text));
    let past = |name: &str| given.contains_key(name).then(|| yesterday(now));
    let ahead = |name: &str| given.contains_key(name).then(|| now + TimeDelta::days(3));
    let asks = |query: Option<OnCallQuery>| Some(query.map(|query| Ask::Query(Query::OnCall(query))));
    let number = given.contains_key("number").then_some(2);
    let does = |command: Option<OnCallCommand>| Some(command.map(Ask::OnCall));
    match name {
        Name::Contacts => asks(Some(OnCallQuery::Me)),
        Name::Proof => asks(Some(OnCallQuery::Proof)),
        Name::OnCall => asks(Some(OnCallQuery::Who { of: raw("of") })),
        Name::Schedule => asks(named("schedule").map(|schedule| OnCallQuery::Schedule {
            schedule,
            from: past("from"),
            to: ahead("to"),
        })),
        Name::Gaps => asks(Some(OnCallQuery::Gaps { schedule: raw("schedule"), to: ahead("to") })),
        Name::Fairness => asks(named("schedule").map(|schedule| OnCallQuery::Fairness {
            schedule,
            from: past("from"),
            to: past("to"),
        })),
        Name::Simulate if given.get("severity").is_some_and(|text| text.trim().is_empty()) => Some(None),
        Name::Simulate => asks(named("policy").map(|policy| {
            let severity = raw("severity").map(|severity| severity.to_lowercase());
            OnCallQuery::Simulate { policy, at: ahead("at"), severity }
        })),
        Name::Override => {
            does(named("schedule").zip(person("person")).zip(ahead("to")).and_then(|((schedule, person), to)| {
                let instead_of = match given.get("instead") {
                    None => None,
                    Some(text) => Some(handle(text)?),
                };
                Some(OnCallCommand::Override { schedule, person, from: ahead("from"), to, instead_of })
            }))
        }
        Name::Take => does(named("schedule").map(|schedule| OnCallCommand::Take {
            schedule,
            length: given.contains_key("for").then_some(TimeDelta::minutes(90)),
        })),
        Name::Cover => does(person("person").zip(ahead("to")).map(|(person, to)| OnCallCommand::Cover {
            person,
            schedule: raw("schedule"),
            from: ahead("from"),
            to,
        })),
        Name::Swap => does(
            named("schedule")
                .zip(person("person"))
                .zip(ahead("mine"))
                .map(|((schedule, with), mine)| OnCallCommand::Swap { schedule, with, mine, theirs: ahead("theirs") }),
        ),
        Name::Handoff if given.contains_key("do") => {
            let Some(note) = text(given, "text") else { return Some(None) };
            does(Some(OnCallCommand::AcceptHandoff { schedule: named("schedule"), note }))
        }
        Name::Handoff if given.contains_key("text") => Some(None),
        Name::Handoff => asks(Some(OnCallQuery::Handoff { schedule: named("schedule") })),
        Name::Overrides if given.is_empty() => asks(Some(OnCallQuery::Overrides)),
        Name::Overrides => does(given.get("do").map(|_| OnCallCommand::EndOverride { number })),
        Name::Swaps if given.is_empty() => asks(Some(OnCallQuery::Swaps)),
        Name::Swaps => {
            does(given.get("answer").map(|_| OnCallCommand::AnswerSwap { answer: SwapAnswer::Accept, number }))
        }
        _ => None,
    }
}

/// `Some(None)` where a query is to be refused.
fn asked(name: Name, given: &Given, now: DateTime<Utc>) -> Option<Option<Query>> {
    Some(Some(match name {
        Name::Show => Query::Show,
        Name::Room if given.is_empty() => Query::Rooms,
        Name::Me => Query::Me,
        Name::List => Query::List { all: given.contains_key("which") },
        Name::Timeline => Query::Timeline,
        Name::Actions if given.is_empty() => Query::Actions,
        Name::Actions => Query::Promised(Promised {
            mine: given.contains_key("mine"),
            overdue: given.contains_key("overdue"),
            team: given.get("team").map(|_| "storefront".to_owned()),
        }),
        Name::Similar => Query::Similar,
        Name::Summary if given.is_empty() => Query::Summary,
        Name::Impact if given.is_empty() => Query::Impact,
        Name::Times if given.is_empty() => Query::Times,
        Name::Causes => Query::Causes { at: given.contains_key("at").then(|| yesterday(now)) },
        Name::Cause if given.len() == 1 => Query::Cause { cause: CauseId(2) },
        Name::Postmortem if given.contains_key("do") => {
            return Some((given.len() == 1).then_some(Query::Review(ReviewQuery::Status)));
        }
        Name::Postmortem if given.keys().any(|name| *name != "template") => return Some(None),
        Name::Postmortem => Query::Postmortem { template: given.get("template").map(|_| "short".into()) },
        Name::Export => {
            Query::Export { format: ExportFormat::Markdown, template: given.get("template").map(|_| "short".into()) }
        }
        Name::WhyPaged => match given.get("person") {
            None => Query::WhyPaged { person: None },
            Some(person) => return Some(handle(person).map(|person| Query::WhyPaged { person: Some(person) })),
        },
        Name::Help => Query::Help { topic: given.get("command").map(|_| "declare".into()) },
        _ => return None,
    }))
}

fn edited(given: &Given, now: DateTime<Utc>) -> Option<Command> {
    fn set<T>(has: bool, value: T) -> Edit<T> {
        if has { Edit::Set(value) } else { Edit::Keep }
    }
    let has = |name: &str| given.contains_key(name);
    let owner = match (given.get("owner"), has("clear")) {
        (Some(_), true) => return None,
        (Some(owner), false) => Edit::Set(handle(owner)?),
        (None, true) => Edit::Clear,
        (None, false) => Edit::Keep,
    };
    let edit = ActionEdit {
        text: text(given, "text")?,
        owner,
        due: set(has("due"), now + TimeDelta::days(3)),
        kind: set(has("type"), ActionKind::Prevent),
        priority: set(has("priority"), Priority::High),
        cause: set(has("against"), CauseId(2)),
    };
    let action = ActionId(2);
    (edit != ActionEdit::default()).then_some(Command::Action(ActionCommand::Edit { action, edit }))
}

fn declared(given: &Given) -> Option<Declare> {
    let has = |name: &str| given.contains_key(name);
    let mut seen = HashSet::new();
    let services = given.get("service").into_iter().flat_map(|list| list.split(',')).map(str::trim);
    let services: Vec<String> =
        services.filter(|service| !service.is_empty() && seen.insert(*service)).map(str::to_owned).collect();
    for name in ["severity", "type", "service", "description"] {
        if given.get(name).is_some_and(|value| value.trim().is_empty()) {
            return None;
        }
    }
    if has("service") && services.is_empty() {
        return None;
    }
    Some(Declare {
        title: line("title", given["title"], TITLE_MAX).ok()?,
        severity: given.get("severity").map(|severity| severity.to_lowercase()),
        incident_type: given.get("type").map(|&value| value.to_owned()),
        fields: if has("field") { vec![("region".into(), "eu".into())] } else { Vec::new() },
        services,
        private: has("private"),
        drill: has("drill"),
        impact_started: has("impact-started").then(|| "2026-11-20T13:50:00Z".parse().unwrap()),
        description: text(given, "description")?,
        here: has("here"),
        quote: None,
    })
}

/// `None` where the text is no good, `Some(None)` where there is none.
fn text(given: &Given, name: &str) -> Option<Option<String>> {
    given.get(name).map(|value| kept("text", value, TEXT_MAX)).transpose().ok()
}

fn handle(value: &str) -> Option<String> {
    let handle = value.strip_prefix('@').unwrap_or(value).trim();
    (!handle.is_empty()).then(|| handle.to_owned())
}

fn yesterday(now: DateTime<Utc>) -> DateTime<Utc> {
    now - TimeDelta::minutes(24 * 60 + 10)
}

trait NonBlank: Sized {
    fn nonblank(self, value: &str) -> Option<Self>;
}

impl NonBlank for Command {
    fn nonblank(self, value: &str) -> Option<Self> {
        (!value.trim().is_empty()).then_some(self)
    }
}
