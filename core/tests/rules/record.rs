//! The record: notes, updates, corrections, marks and follow-ups.

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::command::{ActionTraits, Command, Declare, Fix, Quote, RedactTarget};
use firebell_core::decide::Decision;
use firebell_core::effect::Reference;
use firebell_core::ids::{ActionId, EntryId, IncidentId, MessageId};
use firebell_core::incident::{ActiveStatus, RoomState};
use firebell_core::metrics::Metrics;
use firebell_core::reply::Reply;
use firebell_core::settings::{Field, Role};
use firebell_core::text::TITLE_MAX;

use crate::world::{World, key, kinds, who};

fn at(world: &World, minutes: i64) -> DateTime<Utc> {
    world.now + TimeDelta::minutes(minutes)
}

fn text(entry: i64, text: &str) -> Command {
    Command::Correct { entry: EntryId(entry), fix: Fix::Text(text.to_owned()) }
}

#[test]
fn facts_have_already_happened() {
    let mut world = World::declared();
    let future = at(&world, 1);
    let text = "that time lies in the future; facts have already happened";
    let commands = [
        Command::Note { text: "seen".to_owned(), at: Some(future) },
        Command::SetImpact {
            text: None,
            started_at: Some(future),
            ended_at: None,
            measures: firebell_core::incident::Measures::default(),
        },
        Command::Correct { entry: EntryId(1), fix: Fix::HappenedAt(future) },
    ];
    for command in commands {
        assert_eq!(world.refuses("ana", command), text);
    }
    let declare = Declare { impact_started: Some(future), ..Declare::default() };
    let refusal = world.declare("ana", &declare).unwrap_err();
    assert_eq!(refusal.to_string(), "the impact cannot start in the future");
}

#[test]
fn what_is_cited_or_marked_was_said_by_now_whatever_its_platform_thinks() {
    let mut world = World::declared();
    let said_at = at(&world, 1);
    let quote = Quote { text: "carts are empty".to_owned(), author: Some(who("bo")), said_at, link: None };
    world.says("ana", Command::Cite { quote }).unwrap();
    assert_eq!(world.history[&IncidentId(1)].last().unwrap().happened_at, world.now);
    let message = world.message(1, "bo", "carts are empty");
    world.messages.values_mut().for_each(|held| held.sent_at = said_at);
    world.says("ana", Command::Mark { message }).unwrap();
    assert_eq!(world.history[&IncidentId(1)].last().unwrap().happened_at, world.now);
}

#[test]
fn a_declaration_names_what_exists() {
    let mut world = World::new();
    world.policy("oncall", &[&["bo"]]);
    world.service("shop", "oncall");
    let declare = Declare { services: vec!["shpo".to_owned()], ..Declare::default() };
    let refusal = world.declare("ana", &declare).unwrap_err().to_string();
    assert_eq!(refusal, "no service is called shpo; did you mean shop?");
    let declare = Declare { severity: Some("sev0".to_owned()), ..Declare::default() };
    let refusal = world.declare("ana", &declare).unwrap_err().to_string();
    assert_eq!(refusal, "no severity is called sev0; there are sev1, sev2, sev3, sev4");
    assert_eq!(world.incidents.len(), 0);
    let refusal = world.says("ana", Command::Ack).unwrap_err().to_string();
    assert_eq!(refusal, "there is no open incident; begin with `/incident declare <title>`");
}

#[test]
fn a_note_stands_at_the_time_it_speaks_of() {
    let mut world = World::declared();
    let earlier = at(&world, -10);
    let decision = world.says("bo", Command::Note { text: "disk full".to_owned(), at: Some(earlier) }).unwrap();
    let (_, entry) = &decision.entries[0];
    assert_eq!((entry.happened_at, entry.recorded_at), (earlier, world.now));
    assert_eq!(decision.reply, Reply::Noted { incident: IncidentId(1), entry: entry.id });
}

#[test]
fn an_update_moves_the_next_one_and_a_missed_one_is_reminded_of_once() {
    let mut world = World::declared();
    let next = Some(TimeDelta::minutes(20));
    world.says("ana", Command::Update { text: "on it".to_owned(), next }).unwrap();
    assert_eq!(world.incident().update_due, Some(at(&world, 20)));
    world.pass(19);
    assert_eq!(world.delivery(Command::UpdateDue), Decision::nothing());
    world.pass(1);
    assert_eq!(kinds(&world.delivery(Command::UpdateDue)), ["update_reminded"]);
    assert_eq!(world.delivery(Command::UpdateDue), Decision::nothing());
    world.says("ana", Command::Update { text: "better".to_owned(), next: None }).unwrap();
    assert_eq!(world.incident().update_due, None, "sev3 has no cadence");
}

#[test]
fn while_nobody_answers_the_next_reminder_comes_after_twice_the_time() {
    let mut world = World::new();
    let severity = Some("sev1".to_owned());
    world.declare("ana", &Declare { title: "t".to_owned(), severity, ..Declare::default() }).unwrap();
    let begun = world.now;
    let mut waits = Vec::new();
    for _ in 0..6 {
        let before = world.now;
        world.now = world.incident().update_due.unwrap();
        waits.push((world.now - before).num_minutes());
        world.delivery(Command::UpdateDue);
    }
    assert_eq!(waits, [30, 60, 120, 240, 240, 240]);
    world.says("ana", Command::Update { text: "on it".to_owned(), next: None }).unwrap();
    assert_eq!(world.incident().update_due, Some(world.now + TimeDelta::minutes(30)));
    world.now = begun + TimeDelta::days(40);
    world.delivery(Command::UpdateDue);
    assert_eq!(world.incident().update_due, Some(world.now + TimeDelta::hours(4)), "nobody served for a month");
}

#[test]
fn a_correction_of_words_shows_wherever_the_entry_speaks() {
    let mut world = World::declared();
    world.says("ana", text(1, "search is down")).unwrap();
    assert_eq!(world.incident().title, "search is down");
    world.says("ana", Command::SetSummary { text: "disc".to_owned() }).unwrap();
    let first = world.incident().entries;
    world.says("ana", Command::SetSummary { text: "disk full".to_owned() }).unwrap();
    world.says("ana", text(first, "disk")).unwrap();
    assert_eq!(world.incident().summary.as_ref().unwrap().text, "disk full", "another entry speaks by now");
    world.says("ana", text(first + 1, "the disk is full")).unwrap();
    assert_eq!(world.incident().summary.as_ref().unwrap().text, "the disk is full");
}

#[test]
fn a_corrected_title_is_held_to_what_a_title_is() {
    let mut world = World::declared();
    let long = world.refuses("ana", text(1, &"x".repeat(TITLE_MAX + 1)));
    assert_eq!(long, "the title is longer than 200 characters; shorten it or link to it");
    world.says("ana", text(1, "search\n is down")).unwrap();
    assert_eq!(world.incident().title, "search is down");
}

#[test]
fn a_correction_of_the_time_moves_the_milestones_and_figures() {
    let mut world = World::declared();
    world.pass(10);
    world.says("bo", Command::Assign { role: key("lead"), person: "me".to_owned() }).unwrap();
    let lead = world.incident().milestones.acknowledged.clone().unwrap().entry;
    let when = |minutes, world: &World| Fix::HappenedAt(at(world, minutes));
    let fix = when(-4, &world);
    world.says("bo", Command::Correct { entry: lead, fix }).unwrap();
    assert_eq!(Metrics::of(world.incident()).acknowledge, Some(TimeDelta::minutes(6)));
    let fix = when(-30, &world);
    world.says("bo", Command::Correct { entry: EntryId(1), fix }).unwrap();
    assert_eq!(world.incident().declared.at, at(&world, -30));
    assert_eq!(Metrics::of(world.incident()).acknowledge, Some(TimeDelta::minutes(26)));
    let fix = when(0, &world);
    world.says("bo", Command::Correct { entry: EntryId(1), fix }).unwrap();
    assert_eq!(Metrics::of(world.incident()).acknowledge, None, "rather absent than negative");
}

#[test]
fn what_has_no_words_of_its_own_is_not_corrected() {
    let mut world = World::declared();
    let message = world.message(1, "ana", "it is slow");
    world.says("ana", Command::Status { to: ActiveStatus::Identified }).unwrap();
    let status = world.incident().entries;
    world.says("ana", Command::Mark { message }).unwrap();
    world.says("ana", text(1, "search is down")).unwrap();
    for entry in [status, status + 1, status + 2] {
        let refusal = world.refuses("ana", text(entry, "no"));
        assert_eq!(refusal, format!("E{entry} holds no words that could be corrected"));
    }
    assert_eq!(world.refuses("ana", text(99, "no")), "INC-1 has no entry E99; `/incident INC-1 timeline` shows them");
}

#[test]
fn a_marked_message_stands_at_the_time_it_was_sent() {
    let mut world = World::declared();
    let message = world.message(1, "bo", "it is the disk");
    let sent = world.now;
    world.pass(7);
    let decision = world.says("ana", Command::Mark { message }).unwrap();
    assert_eq!(decision.entries[0].1.happened_at, sent);
    let missing = world.refuses("ana", Command::Mark { message: MessageId(2) });
    assert_eq!(missing, "INC-1 has no message M2; `/incident INC-1 timeline` shows them");
}

#[test]
fn follow_ups_are_numbered_from_one_and_done_once() {
    let mut world = World::declared();
    let add = |owner: Option<&str>| {
        let (text, owner) = ("watch the disk".to_owned(), owner.map(str::to_owned));
        Command::AddAction { text, owner, due: None, traits: ActionTraits::default() }
    };
    world.says("ana", add(Some("@bo"))).unwrap();
    world.says("ana", Command::Resolve { summary: "done".to_owned() }).unwrap();
    world.says("ana", Command::Close).unwrap();
    let second = world.says("cy", add(Some("me"))).unwrap();
    assert_eq!(second.reply, Reply::ActionAdded { incident: IncidentId(1), action: ActionId(2) });
    assert_eq!(world.incident().actions[1].owner, Some(who("cy")));
    let done = |number| Command::FinishAction { action: ActionId(number) };
    world.says("bo", done(1)).unwrap();
    assert_eq!(world.refuses("bo", done(1)), "A1 is already done");
    assert_eq!(world.refuses("bo", done(3)), "INC-1 has no action A3; `/incident INC-1 actions` shows them");
    let mut cancelled = World::declared();
    cancelled.says("ana", Command::Cancel { reason: None }).unwrap();
    let text = "INC-1 is cancelled and takes no more of this; declare a new incident";
    assert_eq!(cancelled.refuses("ana", add(None)), text);
}

#[test]
fn a_role_is_held_by_one_person_who_is_brought_in() {
    let mut world = World::declared();
    let words = [("lead", "led by"), ("communications", "spoken for by"), ("scribe", "recorded by")];
    for (role, words) in words {
        let assign = Command::Assign { role: key(role), person: "@bo".to_owned() };
        world.says("ana", assign.clone()).unwrap();
        assert_eq!(world.refuses("ana", assign), format!("INC-1 is already {words} @bo"));
    }
    assert!(world.incident().has_member(who("bo")));
    let unknown = Command::Assign { role: key("lead"), person: "@boo".to_owned() };
    assert_eq!(world.refuses("ana", unknown), "no person is called @boo; did you mean @bo?");
}

#[test]
fn a_configured_role_is_given_like_the_others_and_an_unknown_one_is_refused() {
    let mut world = World::declared();
    let assign = || Command::Assign { role: key("legal"), person: "me".to_owned() };
    let unknown = "no role is called legal; there are lead, communications, scribe";
    assert_eq!(world.refuses("bo", assign()), unknown);
    world.settings.roles.push(Role { key: key("legal"), name: "legal counsel".to_owned() });
    world.says("bo", assign()).unwrap();
    assert_eq!(world.incident().roles[&key("legal")], who("bo"));
    assert_eq!(world.refuses("bo", assign()), "INC-1 is already held by @bo");
}

fn with_fields() -> World {
    let mut world = World::new();
    world.settings.types.push(key("security"));
    let field = |name: &str, values: &[&str]| Field {
        key: key(name),
        name: name.to_owned(),
        values: values.iter().map(|&value| value.to_owned()).collect(),
    };
    world.settings.fields = vec![field("region", &["eu", "us"]), field("ticket", &[])];
    let fields = vec![("Region".to_owned(), "EU".to_owned()), ("ticket".to_owned(), "T-1".to_owned())];
    let declare =
        Declare { title: "t".to_owned(), incident_type: Some("Security".to_owned()), fields, ..Declare::default() };
    world.declare("ana", &declare).unwrap();
    world
}

fn held(world: &World) -> Vec<(&str, &str)> {
    world.incident().fields.iter().map(|(name, said)| (name.as_str(), said.text.as_str())).collect()
}

#[test]
fn a_declaration_names_its_type_and_fields_as_they_are_configured() {
    let mut world = with_fields();
    assert_eq!(world.incident().kind, key("security"));
    assert_eq!(held(&world), [("region", "eu"), ("ticket", "T-1")]);
    let declare = Declare { title: "t".to_owned(), ..Declare::default() };
    let fire = Declare { incident_type: Some("fire".to_owned()), ..declare.clone() };
    let refusal = world.declare("ana", &fire).unwrap_err().to_string();
    assert_eq!(refusal, "no type of incident is called fire; there are default, security");
    let zone = Declare { fields: vec![("zone".to_owned(), "x".to_owned())], ..declare };
    let refusal = world.declare("ana", &zone).unwrap_err().to_string();
    assert_eq!(refusal, "no custom field is called zone; there are region, ticket");
}

#[test]
fn a_field_is_set_emptied_corrected_and_redacted() {
    let mut world = with_fields();
    let set = |field: &str, value: Option<&str>| Command::SetField {
        field: field.to_owned(),
        value: value.map(str::to_owned),
    };
    assert_eq!(world.refuses("bo", set("region", Some("mars"))), "region cannot be mars; it is one of eu, us");
    assert_eq!(world.refuses("bo", set("region", Some("eu"))), "INC-1 is already of that region");
    world.says("bo", set("Region", Some("US"))).unwrap();
    let entry = world.incident().entries;
    assert_eq!(held(&world), [("region", "us"), ("ticket", "T-1")]);
    assert_eq!(world.refuses("bo", text(entry, "mars")), "region cannot be mars; it is one of eu, us");
    world.says("bo", text(entry, "eu")).unwrap();
    assert_eq!(held(&world)[0], ("region", "eu"));
    world.says("ana", text(1, "checkout")).unwrap();
    assert_eq!(held(&world)[1], ("ticket", "T-1"), "the words of a declaration are its title");
    world.says("bo", set("ticket", None)).unwrap();
    assert_eq!(held(&world), [("region", "eu")]);
    assert_eq!(world.refuses("bo", set("ticket", None)), "INC-1 is already without ticket");
    world.says("bo", set("ticket", Some("hunter2"))).unwrap();
    let secret = EntryId(world.incident().entries);
    let redact = Command::Redact { target: RedactTarget::Entry(secret), reason: "pasted".to_owned() };
    world.says("bo", redact).unwrap();
    assert_eq!(held(&world), [("region", "eu"), ("ticket", "[redacted]")]);
}

#[test]
fn a_room_is_opened_closed_or_failed_once() {
    let mut world = World::declared();
    let room = world.incident().rooms[0].id;
    let made = Reference { external_id: "C1".to_owned(), name: "inc-1".to_owned() };
    assert_eq!(world.delivery(Command::RoomClosed { room }), Decision::nothing());
    world.delivery(Command::RoomOpened { room, made: made.clone() });
    assert_eq!(world.delivery(Command::RoomOpened { room, made }), Decision::nothing());
    assert_eq!(world.delivery(Command::RoomFailed { room, reason: "late".to_owned() }), Decision::nothing());
    world.delivery(Command::RoomClosed { room });
    assert!(matches!(&world.incident().rooms[0].state, RoomState::Closed { name, .. } if name == "inc-1"));
    assert_eq!(world.delivery(Command::RoomClosed { room }), Decision::nothing());
}

#[test]
fn what_users_feel_is_set_in_parts_and_dates_the_detection() {
    let mut world = World::declared();
    let impact = |text: Option<&str>, started_at| Command::SetImpact {
        text: text.map(str::to_owned),
        started_at,
        ended_at: None,
        measures: firebell_core::incident::Measures::default(),
    };
    assert_eq!(world.refuses("ana", impact(None, None)), "the impact is empty");
    assert_eq!(Metrics::of(world.incident()).detect, None);
    world.says("ana", impact(Some("no checkouts"), None)).unwrap();
    let started = at(&world, -12);
    world.says("ana", impact(None, Some(started))).unwrap();
    assert_eq!(world.incident().impact.text.as_ref().map(|said| said.text.as_str()), Some("no checkouts"));
    world.pass(8);
    world.says("ana", Command::Resolve { summary: "done".to_owned() }).unwrap();
    let metrics = Metrics::of(world.incident());
    let minutes = |took: i64| Some(TimeDelta::minutes(took));
    assert_eq!((metrics.detect, metrics.acknowledge, metrics.resolve), (minutes(12), None, minutes(20)));
}
