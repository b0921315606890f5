//! Which lifecycle command is allowed in which status, and what it does.

use chrono::TimeDelta;
use firebell_core::command::{ActionTraits, Command, Declare, Fix, RedactTarget};
use firebell_core::effect::Work;
use firebell_core::ids::{ActionId, EntryId, IncidentId, MessageId};
use firebell_core::incident::{ActiveStatus, StatusWord};
use firebell_core::reply::Reply;
use firebell_core::settings::Field;

use crate::world::{World, chat, key, kinds, notified};

fn status(to: ActiveStatus) -> Command {
    Command::Status { to }
}

fn resolve() -> Command {
    Command::Resolve { summary: "rolled back".to_owned() }
}

/// A world whose INC-1 stands in `status`, beside an INC-2 to merge into.
fn in_status(is: StatusWord) -> World {
    let mut world = World::declared();
    world.declare("ana", &Declare { title: "search is down".to_owned(), ..Declare::default() }).unwrap();
    let way = match is {
        StatusWord::Declared => vec![],
        StatusWord::Investigating => vec![status(ActiveStatus::Investigating)],
        StatusWord::Identified => vec![status(ActiveStatus::Identified)],
        StatusWord::Mitigated => vec![status(ActiveStatus::Mitigated)],
        StatusWord::Resolved => vec![resolve()],
        StatusWord::Closed => vec![resolve(), Command::Close],
        StatusWord::Cancelled => vec![Command::Cancel { reason: None }],
        StatusWord::Merged => vec![Command::Merge { into: IncidentId(2) }],
    };
    for command in way {
        world.says("ana", command).unwrap();
    }
    assert_eq!(world.incident().status.word(), is);
    world
}

/// The status that each command leads to from each status, or the start of its refusal.
#[test]
fn every_transition_is_allowed_or_refused_with_a_reason() {
    let commands: [(Command, StatusWord); 8] = [
        (status(ActiveStatus::Investigating), StatusWord::Investigating),
        (status(ActiveStatus::Identified), StatusWord::Identified),
        (status(ActiveStatus::Mitigated), StatusWord::Mitigated),
        (resolve(), StatusWord::Resolved),
        (Command::Close, StatusWord::Closed),
        (Command::Cancel { reason: None }, StatusWord::Cancelled),
        (Command::Merge { into: IncidentId(2) }, StatusWord::Merged),
        (Command::Reopen { reason: None }, StatusWord::Investigating),
    ];
    // One row for each status; `+` is allowed, `=` is already so, `-` is refused.
    let table = [
        (StatusWord::Declared, "++++-++="),
        (StatusWord::Investigating, "=+++-++="),
        (StatusWord::Identified, "+=++-++="),
        (StatusWord::Mitigated, "++=+-++="),
        (StatusWord::Resolved, "---=+--+"),
        (StatusWord::Closed, "----=---"),
        (StatusWord::Cancelled, "-----=--"),
        (StatusWord::Merged, "------=-"),
    ];
    for (is, row) in table {
        for ((command, to), expected) in commands.iter().zip(row.chars()) {
            let mut world = in_status(is);
            let before = world.incident().clone();
            let way_out = match is {
                StatusWord::Resolved => "; `/incident reopen` first",
                StatusWord::Closed => "; it is closed for good: declare a new incident and link this one",
                StatusWord::Cancelled => "; declare a new incident",
                StatusWord::Merged => "; go on in the incident it was merged into",
                _ => "",
            };
            let outcome = world.says("ana", command.clone()).map_err(|refusal| refusal.to_string());
            match expected {
                '+' => {
                    outcome.unwrap();
                    assert_eq!(world.incident().status.word(), *to, "{is} {command:?}");
                    continue;
                }
                '=' => assert_eq!(outcome, Err(format!("INC-1 is already {is}"))),
                _ => assert_eq!(outcome, Err(format!("INC-1 is {is}, so it cannot become {to}{way_out}"))),
            }
            assert_eq!(*world.incident(), before, "a refusal changes nothing");
        }
    }
}

#[test]
fn work_on_an_ended_incident_is_refused_with_the_way_out() {
    let work: [Command; 4] = [
        Command::Severity { to: "sev1".to_owned() },
        Command::Update { text: "better".to_owned(), next: None },
        Command::Page { target: "@bo".to_owned(), message: None },
        Command::Assign { role: crate::world::key("lead"), person: "bo".to_owned() },
    ];
    let ways_out = [
        (StatusWord::Resolved, "`/incident reopen` first"),
        (StatusWord::Closed, "it is closed for good: declare a new incident and link this one"),
        (StatusWord::Cancelled, "declare a new incident"),
        (StatusWord::Merged, "go on in the incident it was merged into"),
    ];
    for (is, way_out) in ways_out {
        for command in &work {
            let refusal = in_status(is).refuses("ana", command.clone());
            assert_eq!(refusal, format!("INC-1 is {is} and takes no more of this; {way_out}"));
        }
    }
}

/// What completes the record of an incident that is over. Its first message and its first action are there.
fn completing() -> Vec<Command> {
    let words = || "found while writing the postmortem".to_owned();
    let field = ("region".to_owned(), Some("eu".to_owned()));
    vec![
        Command::Note { text: words(), at: None },
        Command::SetSummary { text: words() },
        Command::SetImpact {
            text: Some(words()),
            started_at: None,
            ended_at: None,
            measures: firebell_core::incident::Measures::default(),
        },
        Command::SetField { field: field.0, value: field.1 },
        Command::Correct { entry: EntryId(1), fix: Fix::Text(words()) },
        Command::Link { url: "https://example.org".to_owned(), title: None },
        Command::Mark { message: MessageId(1) },
        Command::Redact { target: RedactTarget::Entry(EntryId(1)), reason: words() },
        Command::FinishAction { action: ActionId(1) },
        Command::AddAction { text: words(), owner: None, due: None, traits: ActionTraits::default() },
    ]
}

#[test]
fn what_is_over_takes_what_completes_its_record_and_changes_nothing_else() {
    for is in [StatusWord::Resolved, StatusWord::Closed, StatusWord::Cancelled, StatusWord::Merged] {
        for command in completing() {
            let mut world = in_status(is);
            world.settings.fields = vec![Field { key: key("region"), name: "region".to_owned(), values: Vec::new() }];
            world.message(1, "ana", "it is the network");
            let words = "fails over too late".to_owned();
            let owed = matches!(is, StatusWord::Resolved | StatusWord::Closed);
            let found = world.says(
                "ana",
                Command::AddAction { text: words, owner: None, due: None, traits: ActionTraits::default() },
            );
            assert_eq!(found.is_ok(), owed, "{is}: nothing is owed by what was none or goes on elsewhere");
            let (status, entries) = (world.incident().status.clone(), world.history[&IncidentId(1)].len());
            let done = world.says("ana", command.clone());
            if !owed && matches!(command, Command::AddAction { .. } | Command::FinishAction { .. }) {
                assert!(done.is_err(), "{is} {command:?}");
                continue;
            }
            let done = done.unwrap_or_else(|refusal| panic!("{is} {command:?}: {refusal}"));
            assert_eq!(world.incident().status, status, "{is} {command:?}");
            assert_eq!(world.history[&IncidentId(1)].len(), entries + 1, "{is} {command:?}");
            if is.is_final() {
                assert_eq!(done.effects, [], "{is} {command:?}: its rooms are closed");
            }
        }
    }
}

#[test]
fn milestones_follow_the_status_and_a_reopening_takes_the_resolution_back() {
    let mut world = World::declared();
    world.pass(5);
    world.says("ana", status(ActiveStatus::Mitigated)).unwrap();
    world.pass(5);
    world.says("ana", resolve()).unwrap();
    let milestones = world.incident().milestones.clone();
    let took = |mark: Option<firebell_core::incident::Mark>| mark.unwrap().at - world.incident().declared.at;
    assert_eq!(took(milestones.mitigated.clone()), TimeDelta::minutes(5));
    assert_eq!(took(milestones.resolved), TimeDelta::minutes(10));
    world.says("ana", Command::Reopen { reason: Some("errors are back".to_owned()) }).unwrap();
    assert_eq!(world.incident().milestones.resolved, None);
    assert_eq!(world.incident().milestones.mitigated, milestones.mitigated);
}

#[test]
fn a_severity_is_changed_once_and_must_be_known() {
    let mut world = World::declared();
    let to = |word: &str| Command::Severity { to: word.to_owned() };
    assert_eq!(world.refuses("ana", to("sev9")), "no severity is called sev9; there are sev1, sev2, sev3, sev4");
    assert_eq!(world.refuses("ana", to("SEV3")), "INC-1 is already sev3");
    let decision = world.says("ana", to("sev2")).unwrap();
    assert_eq!(
        decision.reply,
        Reply::SeveritySet {
            incident: IncidentId(1),
            to: "sev2".to_owned(),
            paging: Vec::new(),
            unpaged: true,
            deferred: None
        }
    );
    assert_eq!(world.incident().severity.as_str(), "sev2");
}

#[test]
fn raising_the_severity_pages_what_a_declaration_would_have_paged() {
    let mut world = World::new();
    world.policy("shop-oncall", &[&["bo"]]);
    world.policy("fallback", &[&["cy"]]);
    world.service("shop", "shop-oncall");
    world.settings.default_policy = Some(crate::world::key("fallback"));
    let declare = Declare { title: "slow".to_owned(), services: vec!["shop".to_owned()], ..Declare::default() };
    assert_eq!(notified(&world.declare("ana", &declare).unwrap()), Vec::<&str>::new());
    let raised = world.says("ana", Command::Severity { to: "sev1".to_owned() }).unwrap();
    assert_eq!(notified(&raised), ["bo"]);
    let lowered = world.says("ana", Command::Severity { to: "sev2".to_owned() }).unwrap();
    assert_eq!(notified(&lowered), Vec::<&str>::new(), "sev1 had paged already");
    world.says("ana", Command::Severity { to: "sev3".to_owned() }).unwrap();
    let again = world.says("ana", Command::Severity { to: "sev1".to_owned() }).unwrap();
    assert_eq!(notified(&again), Vec::<&str>::new(), "the first page is still open");
}

#[test]
fn a_severity_moves_the_next_update_and_keeps_a_promise() {
    // Severity before, promise in minutes, severity after, minutes until the next update.
    let cases = [
        ("sev3", None, "sev1", Some(30), "the cadence begins"),
        ("sev1", None, "sev2", Some(30), "what was due earlier stays due"),
        ("sev2", None, "sev1", Some(30), "the cadence gets shorter"),
        ("sev1", None, "sev3", None, "the cadence ends"),
        ("sev3", Some(45), "sev4", Some(45), "a promise is kept"),
        ("sev3", Some(45), "sev1", Some(30), "the cadence is shorter than the promise"),
    ];
    for (before, promise, after, expected, why) in cases {
        let mut world = World::new();
        let declare = Declare { title: "slow".to_owned(), severity: Some(before.to_owned()), ..Declare::default() };
        world.declare("ana", &declare).unwrap();
        if let Some(minutes) = promise {
            let next = Some(TimeDelta::minutes(minutes));
            world.says("ana", Command::Update { text: "on it".to_owned(), next }).unwrap();
        }
        world.says("ana", Command::Severity { to: after.to_owned() }).unwrap();
        let due = world.incident().update_due.map(|at| (at - world.now).num_minutes());
        assert_eq!(due, expected, "{why}");
    }
}

#[test]
fn an_ended_incident_says_so_in_its_rooms_and_closes_them() {
    for command in [Command::Cancel { reason: None }, Command::Merge { into: IncidentId(2) }] {
        let mut world = in_status(StatusWord::Declared);
        let decision = world.says("ana", command).unwrap();
        let of_mine = decision.effects.iter().filter(|effect| effect.work.incident() == Some(IncidentId(1)));
        let works: Vec<&Work> = of_mine.map(|effect| &effect.work).collect();
        assert!(matches!(works.as_slice(), [Work::Post { .. }, Work::CloseRoom { .. }]), "{works:?}");
        let late = world.says("ana", Command::Note { text: "late".to_owned(), at: None }).unwrap();
        assert_eq!(kinds(&late), ["noted"]);
        let link = Command::Link { url: "https://example.org".to_owned(), title: None };
        assert_eq!(world.says("ana", link).unwrap().effects, [], "a closed room is not written in");
    }
}

#[test]
fn a_merge_tells_the_other_incident_and_takes_the_members_along() {
    let mut world = in_status(StatusWord::Declared);
    world.says("cy", Command::Assign { role: crate::world::key("lead"), person: "me".to_owned() }).unwrap();
    let decision = world.says("cy", Command::Merge { into: IncidentId(2) }).unwrap();
    assert_eq!(decision.reply, Reply::Merged { incident: IncidentId(1), into: IncidentId(2), analysed: false });
    let other = &world.incidents[&IncidentId(2)];
    assert!(other.has_member(crate::world::who("cy")));
    assert_eq!(other.version, 2);
}

#[test]
fn a_merge_with_itself_with_nothing_or_with_an_ended_one_is_refused() {
    let mut world = in_status(StatusWord::Declared);
    let merge = |into| Command::Merge { into: IncidentId(into) };
    assert_eq!(world.refuses("ana", merge(1)), "an incident cannot be merged into itself");
    assert_eq!(world.refuses("ana", merge(9)), "no incident is called INC-9");
    world.run(Some(IncidentId(2)), Command::Cancel { reason: None }, &chat("ana")).unwrap();
    let ended = "INC-2 is cancelled and takes no more of this; declare a new incident";
    assert_eq!(world.refuses("ana", merge(2)), ended);
}

#[test]
fn a_merge_tells_nobody_who_the_members_of_a_private_incident_are() {
    for (from_private, into_private) in [(true, false), (false, true), (true, true)] {
        let mut world = World::new();
        for private in [from_private, into_private] {
            world.declare("ana", &Declare { title: "t".to_owned(), private, ..Declare::default() }).unwrap();
        }
        world.says("ana", Command::Assign { role: crate::world::key("scribe"), person: "bo".to_owned() }).unwrap();
        world.says("ana", Command::Merge { into: IncidentId(2) }).unwrap();
        let members: Vec<_> = world.incidents[&IncidentId(2)].members.keys().copied().collect();
        assert_eq!(members, [crate::world::who("ana")], "from {from_private} into {into_private}");
    }
}
