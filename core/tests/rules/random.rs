//! Random commands by random people, aimed mostly at things that exist.

use chrono::TimeDelta;
use firebell_core::actor::Actor;
use firebell_core::command::{ActionTraits, Command, Declare, Fix, RedactTarget, ReviewCommand};
use firebell_core::decide::Decision;
use firebell_core::effect::Reference;
use firebell_core::ids::{ActionId, CommentId, EntryId, IncidentId, MessageId, NoticeId, PageId, RoomId};
use firebell_core::incident::ActiveStatus;
use firebell_core::paging::notice::{Attempt, Receipt, Stage};
use firebell_core::paging::page::Page;
use firebell_core::paging::policy::AckNeed;
use firebell_core::policy::Viewer;
use firebell_core::refusal::Refusal;
use firebell_core::settings::{Field, Role};
use proptest::prelude::*;

use crate::world::{PEOPLE, World, chat, key, who};

/// One thing that happens: what is a number from which [`perform`] makes a command.
#[derive(Debug, Clone)]
pub(crate) struct Act {
    /// How long after the act before.
    pub(crate) minutes: i64,
    what: usize,
    who: usize,
    /// Of the incidents that there are by then, and one beyond.
    incident: i64,
    pick: usize,
    other: usize,
}

pub(crate) fn act() -> impl Strategy<Value = Act> {
    (0_i64..7, 0_usize..42, 0_usize..PEOPLE.len(), 0_i64..60, any::<u16>(), any::<u16>()).prop_map(
        |(minutes, what, who, incident, pick, other)| {
            let (pick, other) = (usize::from(pick), usize::from(other));
            Act { minutes, what, who, incident, pick, other }
        },
    )
}

/// Two incidents, a private one, and policies of every kind.
pub(crate) fn world() -> World {
    let mut world = World::new();
    world.policy("plain", &[&["bo"], &["cy", "dee"]]);
    world.policy_of("all", &[&["ana", "bo", "cy"], &["dee"]], AckNeed::Everyone, 2);
    world.policy_of("thin", &[&[], &["mute", "gone", "gus"], &["dee"]], AckNeed::Anyone, 3);
    world.policy_of("void", &[], AckNeed::Anyone, 2);
    world.service("shop", "plain");
    world.settings.default_policy = Some(key("all"));
    world.settings.roles.push(Role { key: key("legal"), name: "legal".to_owned() });
    let field = |name: &str, values: &[&str]| Field {
        key: key(name),
        name: name.to_owned(),
        values: values.iter().map(|&value| value.to_owned()).collect(),
    };
    world.settings.postmortem.publish_with_errors = true;
    world.settings.postmortem.due.insert(key("sev1"), TimeDelta::days(5));
    world.settings.fields = vec![field("region", &["eu", "us"]), field("ticket", &[])];
    for (severity, private) in [("sev1", false), ("sev3", false), ("sev2", true)] {
        let services = if private { vec!["shop".to_owned()] } else { Vec::new() };
        let (title, severity) = ("it is down".to_owned(), Some(severity.to_owned()));
        world.declare("ana", &Declare { title, severity, services, private, ..Declare::default() }).unwrap();
    }
    world.message(1, "bo", "hunter2");
    world.message(2, "ana", "the disk is full");
    world
}

fn target(world: &World, act: &Act) -> IncidentId {
    IncidentId(1 + act.incident % (i64::try_from(world.incidents.len()).unwrap() + 1))
}

/// Whether it is a command of somebody who may not see what it is about.
pub(crate) fn pries(world: &World, act: &Act) -> bool {
    let commands = matches!(act.what, 0..=25 | 36);
    let viewer = Viewer::person(&world.directory.people[&who(PEOPLE[act.who])]);
    commands && world.incidents.get(&target(world, act)).is_some_and(|incident| !viewer.sees(incident))
}

pub(crate) fn perform(world: &mut World, act: &Act) -> Result<Decision, Refusal> {
    if act.what == 35 {
        // The directory changes under running pages.
        world.policy("plain", &[&["dee"]]);
    }
    let (id, known) = (target(world, act), i64::try_from(world.incidents.len()).unwrap());
    let person = chat(PEOPLE[act.who]);
    let (command, actor) = match act.what {
        36 => (field(act), person),
        37 | 38 => return world.run(None, declare(act), &person),
        0..=5 => (paging(act, world), person),
        6..=12 => (lifecycle(act), person),
        13..=25 => (record(act, world, id), person),
        // Nobody brings news of what is not there.
        _ if id.0 > known => return Err(Refusal::NoIncident { named: id }),
        _ => return happening(act, world, id),
    };
    world.run(Some(id), command, &actor)
}

/// What people type, and what nobody should.
fn text(act: &Act) -> String {
    let texts = [
        "the disk is full",
        "",
        " \n\t ",
        "a\0b\u{1b}[2J\u{202e}c",
        "👩‍🚒 שלום العربية",
        "<!channel> @everyone {{title}} | a |",
        "\"quoted\", [\"json\": {}]",
        "2026-03-01T11:00:00Z",
    ];
    match act.pick % 9 {
        8 => "long ".repeat(2_000),
        at => texts[at].to_owned(),
    }
}

fn declare(act: &Act) -> Command {
    let severity = ["sev1", "sev2", "sev3", "sev4", "sev9"].get(act.pick % 6).map(|&named| named.to_owned());
    let (private, drill) = (act.other.is_multiple_of(2), act.other.is_multiple_of(5));
    let services = if act.other.is_multiple_of(3) { vec!["shop".to_owned()] } else { Vec::new() };
    Command::Declare(Declare { title: text(act), severity, services, private, drill, ..Declare::default() })
}

fn paging(act: &Act, world: &World) -> Command {
    match act.what {
        0 | 1 => Command::Ack,
        2 => Command::Severity { to: format!("sev{}", act.pick % 5) },
        3 => Command::Page { target: format!("@{}", PEOPLE[act.pick % PEOPLE.len()]), message: Some(text(act)) },
        4 => {
            let keys: Vec<String> = world.directory.policies.keys().map(ToString::to_string).collect();
            Command::Page { target: keys[act.pick % keys.len()].clone(), message: None }
        }
        _ => {
            let role = key(["lead", "scribe", "communications", "legal"][act.other % 4]);
            Command::Assign { role, person: PEOPLE[act.pick % PEOPLE.len()].to_owned() }
        }
    }
}

fn field(act: &Act) -> Command {
    let value = ["eu", "US", "mars", "T-1"].get(act.other % 5).map(|&text| text.to_owned());
    Command::SetField { field: ["region", "ticket", "zone"][act.pick % 3].to_owned(), value }
}

fn lifecycle(act: &Act) -> Command {
    let statuses = [ActiveStatus::Investigating, ActiveStatus::Identified, ActiveStatus::Mitigated];
    match act.what {
        6 | 7 => Command::Status { to: statuses[act.pick % 3] },
        8 => Command::Resolve { summary: text(act) },
        9 | 10 => Command::Reopen { reason: Some(text(act)) },
        11 if act.pick.is_multiple_of(3) => Command::Close,
        11 => Command::Update { text: text(act), next: Some(TimeDelta::minutes(20)) },
        _ if act.pick.is_multiple_of(8) => Command::Cancel { reason: Some(text(act)) },
        _ if act.pick % 8 == 1 => Command::Merge { into: IncidentId(1 + i64::try_from(act.other % 5).unwrap()) },
        _ => Command::SetSummary { text: text(act) },
    }
}

fn record(act: &Act, world: &World, id: IncidentId) -> Command {
    let entries = world.history.get(&id).map_or(1, Vec::len);
    let entry = EntryId(i64::try_from(act.pick % entries).unwrap() + 1);
    let message = MessageId(1 + i64::try_from(act.pick % 3).unwrap());
    let reason = text(act);
    let earlier = world.now - TimeDelta::minutes(i64::try_from(act.other % 90).unwrap() - 5);
    match act.what {
        13 => Command::Note { text: text(act), at: Some(earlier) },
        14 => Command::SetImpact {
            text: Some(text(act)),
            started_at: Some(earlier),
            ended_at: None,
            measures: firebell_core::incident::Measures::default(),
        },
        15 => Command::SetImpact {
            text: None,
            started_at: Some(earlier),
            ended_at: None,
            measures: firebell_core::incident::Measures::default(),
        },
        16 if act.pick.is_multiple_of(3) => {
            let due = act.other.is_multiple_of(2).then(|| world.now + TimeDelta::days(3));
            Command::AddAction { text: text(act), owner: Some("me".to_owned()), due, traits: ActionTraits::default() }
        }
        16 | 24 => Command::Review(review(act, world)),
        17 => Command::FinishAction { action: ActionId(1 + i64::try_from(act.pick % 3).unwrap()) },
        18 | 19 => Command::Correct { entry, fix: Fix::Text(text(act)) },
        20 => Command::Correct { entry, fix: Fix::HappenedAt(earlier) },
        21 => Command::Link { url: "https://example.org".to_owned(), title: Some(text(act)) },
        22 => Command::Mark { message },
        23 => Command::Redact { target: RedactTarget::Message(message), reason },
        _ => Command::Redact { target: RedactTarget::Entry(entry), reason },
    }
}

/// A step of the document.
fn review(act: &Act, world: &World) -> ReviewCommand {
    let person = PEOPLE[act.pick % PEOPLE.len()].to_owned();
    let comment = CommentId(1 + i64::try_from(act.pick % 3).unwrap());
    match act.other % 14 {
        0 | 1 => ReviewCommand::Ask { reviewers: vec![person] },
        2 | 3 => ReviewCommand::Sign,
        4 => ReviewCommand::Back { reason: Some(text(act)) },
        5 | 6 => ReviewCommand::Publish,
        7 => ReviewCommand::Revise,
        8 => ReviewCommand::Own { owner: person },
        9 => ReviewCommand::Due { due: (!act.pick.is_multiple_of(3)).then(|| world.now + TimeDelta::days(2)) },
        10 => ReviewCommand::Comment { text: text(act), section: Some(key("lessons")) },
        11 => ReviewCommand::Settle { comment },
        _ => ReviewCommand::Write { section: key("lessons"), text: text(act), over: None },
    }
}

/// What becomes of a notice, or what is said to become of it.
fn outcome(act: &Act, (page, notice): (PageId, NoticeId)) -> Command {
    const STAGES: [Stage; 5] = [Stage::Accepted, Stage::UnderWay, Stage::Delivered, Stage::Read, Stage::Failed];
    let provider_id = (act.other % 2).to_string();
    let attempt = Attempt { number: 1 + i64::from(act.minutes > 3), provider_id: Some(provider_id.clone()) };
    match act.what {
        30 => Command::NoticeDelivered { page, notice, again: act.pick.is_multiple_of(2), attempt },
        31 if act.pick.is_multiple_of(2) => Command::NoticeFailed { page, notice, reason: text(act), attempt },
        31 => Command::NoticeGivenUp { page, notice, reason: text(act), attempt },
        _ => {
            let receipt =
                Receipt { provider_id, stage: STAGES[act.pick % 5], word: text(act), reason: Some(text(act)) };
            Command::NoticeReceipt { page, notice, receipt }
        }
    }
}

/// Timers and deliveries, early, late and repeated.
fn happening(act: &Act, world: &mut World, id: IncidentId) -> Result<Decision, Refusal> {
    let pages: Vec<Page> = world.pages.values().filter(|page| page.incident == id).cloned().collect();
    let room = world.incidents[&id].rooms.get(act.pick % 2).map(|room| room.id);
    let room = room.unwrap_or(RoomId(uuid::Uuid::nil()));
    let page = pages.get(act.pick % pages.len().max(1));
    let number = page.map_or(1, |page| act.other % (page.notices.len() + 1) + 1);
    let notice = NoticeId(i64::try_from(number).unwrap());
    let page = page.map_or(PageId(uuid::Uuid::nil()), |page| page.id);
    let (command, actor) = match act.what {
        26..=29 => (Command::PageDue { page }, Actor::timer()),
        30..=32 => (outcome(act, (page, notice)), Actor::delivery()),
        33 => (Command::UpdateDue, Actor::timer()),
        34 => {
            let made = Reference { external_id: "C1".to_owned(), name: "inc".to_owned() };
            (Command::RoomOpened { room, made }, Actor::delivery())
        }
        39 | 40 => (Command::RoomFailed { room, reason: text(act) }, Actor::delivery()),
        _ => (Command::RoomClosed { room }, Actor::delivery()),
    };
    world.run(Some(id), command, &actor)
}
