//! Values for the tests, decided by the core as at run time.

use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use firebell_core::actor::{Actor, Who};
use firebell_core::chain::Hash;
use firebell_core::command::{Command, Declare};
use firebell_core::decide::{Decision, decide};
use firebell_core::directory::{
    ContactMethod, Directory, DirectoryChange, Identity, Origin, Person, Service, Standing, Team,
};
use firebell_core::effect::{Effect, Reference};
use firebell_core::facts::Facts;
use firebell_core::ids::{IncidentId, Key, Minter, OverrideId, PersonId, RoomId, SwapId, WorkspaceId};
use firebell_core::incident::{Incident, Room, RoomState};
use firebell_core::oncall::calendar::{Calendar, CalendarEvent, Days};
use firebell_core::oncall::handoff::{Accepted, Handover, Note};
use firebell_core::oncall::overrides::{Override, OverrideKind, Swap};
use firebell_core::oncall::schedule::{Holidays, Layer, Rotation, Schedule, Source, Turn, Window};
use firebell_core::oncall::shift::Span;
use firebell_core::outlet::Outlet;
use firebell_core::paging::page::Page;
use firebell_core::paging::policy::{AckNeed, PagingPolicy, Step, Terms};
use firebell_core::place::Place;
use firebell_core::settings::Settings;
use firebell_core::timeline::{Entry, Payload, Stream};
use uuid::Uuid;

use super::super::entries::{self, Chained, Unchained};
use super::super::incidents::{Head, Loaded};
use super::super::outlets::Outlets;
use super::super::{StoreError, Tx, Writes, cards, directory, effects, incidents, installation, pages};

pub(super) const WORKSPACE: WorkspaceId = WorkspaceId(Uuid::from_u128(1));
pub(super) const ANN: PersonId = PersonId(Uuid::from_u128(10));
pub(super) const BOB: PersonId = PersonId(Uuid::from_u128(11));

/// So many seconds into the tests' day.
pub(super) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_366_400, 123_456_000).unwrap() + TimeDelta::seconds(seconds)
}

pub(super) fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

fn person(id: PersonId, handle: &str, standing: Standing) -> Person {
    Person {
        id,
        handle: key(handle),
        name: handle.to_uppercase(),
        email: (id == ANN).then(|| "ann@example.org".to_owned()),
        zone: chrono_tz::Europe::Berlin,
        locale: "en".to_owned(),
        standing,
        contacts: vec![ContactMethod::Console],
        addresses: BTreeMap::new(),
        rules: Vec::new(),
        chosen: firebell_core::directory::Chosen::default(),
        origin: Origin::File,
        active: true,
    }
}

/// Two people, one of whom a service's policy pages before the other.
pub(super) fn changes() -> Vec<DirectoryChange> {
    let step = |person| Step { people: vec![person], wait_s: 300, needs: AckNeed::Anyone, ..Step::default() };
    vec![
        DirectoryChange::PersonSaved(person(ANN, "ann", Standing::Admin)),
        DirectoryChange::PersonSaved(person(BOB, "bob", Standing::Responder)),
        DirectoryChange::IdentityLinked(Identity {
            workspace: WORKSPACE,
            external_id: "U1".to_owned(),
            person: ANN,
            origin: Origin::Chat,
        }),
        DirectoryChange::TeamSaved(Team {
            key: key("core"),
            name: "Core".to_owned(),
            members: vec![ANN, BOB],
            origin: Origin::File,
        }),
        DirectoryChange::PolicySaved(PagingPolicy {
            key: key("primary"),
            name: "Primary".to_owned(),
            version: 3,
            steps: vec![step(BOB), step(ANN)],
            rounds: 2,
            terms: Terms::default(),
            origin: Origin::Api,
        }),
        DirectoryChange::ServiceSaved(Service {
            key: key("api"),
            name: "API".to_owned(),
            team: Some(key("core")),
            policy: Some(key("primary")),
            runbook: None,
            tier: None,
            depends_on: Vec::new(),
            rooms: Vec::new(),
            origin: Origin::File,
        }),
        DirectoryChange::LastResortSet { people: vec![ANN] },
    ]
}

/// What the eighth schema brought: who is on call, by rule and instead of it.
pub(super) fn on_call() -> Vec<DirectoryChange> {
    vec![
        DirectoryChange::CalendarSaved(Calendar {
            key: key("holidays"),
            name: "Holidays".to_owned(),
            origin: Origin::File,
            days: vec![Days { from: day(25), until: day(27), name: "Spring".to_owned() }],
            events: vec![CalendarEvent { start: at(0), end: at(60), people: vec![ANN] }],
            source: None,
        }),
        DirectoryChange::ScheduleSaved(schedule()),
        DirectoryChange::OverrideSaved(Override {
            id: OverrideId(Uuid::from_u128(20)),
            schedule: key("primary"),
            start: at(0),
            end: at(3_600),
            people: vec![ANN],
            instead_of: Some(BOB),
            kind: OverrideKind::Cover,
            made_by: Who::Person(ANN),
            made_at: at(0),
        }),
        DirectoryChange::SwapSaved(Swap {
            id: SwapId(Uuid::from_u128(21)),
            schedule: key("primary"),
            by: ANN,
            with: BOB,
            own: Span { start: at(0), end: at(60) },
            theirs: None,
            proposed_at: at(0),
        }),
    ]
}

/// What the fourteenth schema brought: what was said of hand-offs.
pub(super) fn said() -> Handover {
    let accepted = Accepted { handoff: at(0), by: BOB, at: at(60), note: Some("mine".to_owned()) };
    let note = Note { by: ANN, at: at(0), text: "the disk fills up".to_owned() };
    Handover::new(key("primary")).with_accepted(accepted).with_note(note)
}

fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, number).unwrap()
}

fn schedule() -> Schedule {
    let rotation = Rotation {
        start: day(2).and_hms_opt(9, 0, 0).unwrap(),
        turn: Turn::Weeks(NonZeroU16::MIN),
        pools: vec![vec![BOB], vec![ANN]],
    };
    let weekdays = Window { opens: (Weekday::Mon, NaiveTime::MIN), closes: (Weekday::Sat, NaiveTime::MIN) };
    Schedule {
        key: key("primary"),
        name: "Primary".to_owned(),
        version: 2,
        zone: chrono_tz::Europe::Berlin,
        team: Some(key("core")),
        handoff_notice_s: None,
        layers: vec![Layer {
            name: key("week"),
            priority: 1,
            from: None,
            until: None,
            shadow: false,
            source: Source::Rotation(rotation),
            windows: vec![weekdays],
            holidays: Some(Holidays { calendar: key("holidays"), only: false }),
        }],
        origin: Origin::File,
    }
}

pub(super) fn people() -> Directory {
    of_changes(&[changes(), on_call()].concat())
}

/// The directory that changes make.
pub(super) fn of_changes(changes: &[DirectoryChange]) -> Directory {
    let mut directory = Directory::default();
    for change in changes {
        directory.apply(change);
    }
    directory
}

/// All that is used here.
pub(super) fn outlets() -> Outlets {
    let all = [Outlet::Workspace(WORKSPACE), Outlet::Method(ContactMethod::Console)];
    all.into_iter().fold(Outlets::default(), Outlets::with)
}

/// A room that is asked for.
pub(super) fn room(number: u128) -> Room {
    Room { id: RoomId(uuid::Uuid::from_u128(number)), workspace: WORKSPACE, state: RoomState::Requested, adopts: None }
}

/// Writes the workspace and the directory.
pub(super) async fn plant(tx: &mut Tx<'_>) {
    installation::add_workspace(tx, WORKSPACE, ("console", "main", "Main"), at(0)).await.unwrap();
    for change in [changes(), on_call()].concat() {
        directory::write(tx, &change).await.unwrap();
    }
}

/// Decides a command as Ann, on what the caller holds.
pub(super) fn decided(held: Option<(&Incident, &[Page])>, command: Command, (number, now): (i64, i64)) -> Decision {
    decided_after(&[], held, command, (number, now))
}

fn decided_after(
    history: &[Entry],
    held: Option<(&Incident, &[Page])>,
    command: Command,
    (number, now): (i64, i64),
) -> Decision {
    let facts = Facts {
        settings: Arc::new(Settings::default()),
        directory: Arc::new(people()),
        incident: held.map(|(incident, _)| incident.clone()),
        next_incident: IncidentId(number),
        raised: None,
        other: None,
        pages: held.map(|(_, pages)| pages.to_vec()).unwrap_or_default(),
        history: history.to_vec(),
        message: None,
        places: vec![Place::plain(WORKSPACE)],
        here: None,
        turns: BTreeMap::new(),
        seed: [u8::try_from((number * 7 + now) % 251).unwrap(); 32],
    };
    let actor = match &command {
        Command::RoomOpened { .. } => Actor::delivery(),
        Command::PageDue { .. } => Actor::timer(),
        _ => Actor::chat(ANN, WORKSPACE),
    };
    decide(&facts, command, &actor, at(now)).unwrap()
}

/// A declaration that pages Bob.
pub(super) fn declaration(number: i64, now: i64) -> Decision {
    let declare = Declare {
        title: format!("checkout fails {number}"),
        severity: Some("sev1".to_owned()),
        services: vec!["api".to_owned()],
        ..Declare::default()
    };
    decided(None, Command::Declare(declare), (number, now))
}

/// The rows that a decision makes of the incidents it changed.
pub(super) fn rows(before: Option<&Loaded>, decision: &Decision) -> Vec<(Option<Incident>, Loaded)> {
    let heads = chained(before, decision).into_iter().last().map_or(Hash::ZERO, |entry| entry.hash);
    let row = |incident: &Incident| {
        let head = Head { hash: heads, signature: format!("signed {}", incident.version) };
        (before.map(|loaded| loaded.incident.clone()), Loaded { incident: incident.clone(), head })
    };
    decision.incidents.iter().map(row).collect()
}

/// The entries of a decision, chained.
pub(super) fn chained(before: Option<&Loaded>, decision: &Decision) -> Vec<Chained> {
    let mut prev = before.map_or(Hash::ZERO, |loaded| loaded.head.hash);
    let mut mint = Minter::new([9; 32], at(0));
    let chain = decision.entries.iter().map(|(incident, entry)| {
        let payload = Payload::Incident(Box::new(entry.change.clone().unwrap()));
        let unchained = Unchained {
            id: entry.id,
            happened_at: entry.happened_at,
            recorded_at: entry.recorded_at,
            actor: &entry.actor,
            payload: &payload,
        };
        let chained = entries::chain(Stream::Incident(*incident), &unchained, prev, &mut mint).unwrap();
        prev = chained.hash;
        chained
    });
    chain.collect()
}

/// Commits a decision as intake does.
pub(super) async fn commit(tx: &mut Tx<'_>, before: Option<&Loaded>, decision: &Decision, now: i64) -> Loaded {
    let mut writes = Writes::new(tx);
    entries::append(&mut writes, &chained(before, decision)).unwrap();
    let rows = rows(before, decision);
    incidents::save(&mut writes, &rows).unwrap();
    pages::save(&mut writes, &decision.pages).unwrap();
    writes.run(tx).await.unwrap();
    effects::cancel(tx, &decision.cancelled, at(now)).await.unwrap();
    effects::enqueue(tx, &mut writes, &decision.effects, at(now)).await.unwrap();
    cards::want(&mut writes, &rows, at(now)).unwrap();
    writes.run(tx).await.unwrap();
    rows.into_iter().next().unwrap().1
}

/// Declares and commits incident `number`.
pub(super) async fn declare(tx: &mut Tx<'_>, number: i64, now: i64) -> Loaded {
    commit(tx, None, &declaration(number, now), now).await
}

/// Decides one more command on a stored incident and commits it.
pub(super) async fn go_on(tx: &mut Tx<'_>, before: &Loaded, command: Command, now: i64) -> Loaded {
    let held = pages::lock_live(tx, before.incident.id).await.unwrap();
    let history = entries::history(tx, before.incident.id).await.unwrap();
    let decision = decided_after(&history, Some((&before.incident, &held)), command, (before.incident.id.0, now));
    commit(tx, Some(before), &decision, now).await
}

/// Declares an incident whose room is open under the id `C<number>`.
pub(super) async fn with_room(tx: &mut Tx<'_>, number: i64, now: i64) -> (Loaded, RoomId) {
    let declared = declare(tx, number, now).await;
    let room = declared.incident.rooms.first().unwrap().id;
    let made = Reference { external_id: format!("C{number}"), name: format!("inc-{number}") };
    (go_on(tx, &declared, Command::RoomOpened { room, made }, now + 1).await, room)
}

pub(super) fn note(text: &str) -> Command {
    Command::Note { text: text.to_owned(), at: None }
}

/// What the tests below compare of several incidents.
pub(super) fn by_number(loaded: Vec<Loaded>) -> BTreeMap<i64, Loaded> {
    loaded.into_iter().map(|loaded| (loaded.incident.id.0, loaded)).collect()
}

/// Queues effects alone.
pub(super) async fn queue(tx: &mut Tx<'_>, queued: &[Effect], now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut writes = Writes::new(tx);
    effects::enqueue(tx, &mut writes, queued, now).await?;
    writes.run(tx).await.map(drop)
}

/// Settles effects alone.
pub(super) async fn settle(
    tx: &mut Tx<'_>,
    settled: &[(&effects::Claimed, &effects::Outcome)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut writes = Writes::new(tx);
    effects::settle(tx, &mut writes, settled, now).await
}
