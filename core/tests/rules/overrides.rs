//! Ending overrides: what becomes of them, who may, which one is meant, and whom it concerns.

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::command::OnCallCommand;
use firebell_core::decide::{RosterDecision, decide_roster};
use firebell_core::directory::{DirectoryChange, Origin, Team};
use firebell_core::effect::{OnCallNews, Work};
use firebell_core::ids::Minter;
use firebell_core::oncall::overrides::{Override, OverrideKind};
use firebell_core::oncall::shift::Span;
use firebell_core::oncall::text::read_windows;
use firebell_core::refusal::Refusal;
use firebell_core::reply::Reply;

use crate::targets::world_of;
use crate::world::{PEOPLE, World, chat, key, who};

/// Carries out what somebody asks for.
fn asks(world: &mut World, by: &str, command: &OnCallCommand) -> Result<RosterDecision, Refusal> {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&world.directory.version.to_be_bytes());
    let mut mint = Minter::new(seed, world.now);
    let decision = decide_roster(&world.directory, command, (&chat(by), world.now), &mut mint)?;
    for change in &decision.changes {
        world.directory.apply(change);
    }
    for effect in &decision.effects {
        assert!(world.keys.insert(effect.key.clone()), "the key {} comes twice", effect.key);
    }
    Ok(decision)
}

fn at(world: &World, minutes: i64) -> DateTime<Utc> {
    world.now + TimeDelta::minutes(minutes)
}

/// Puts somebody in `web`, in so many minutes and until so many.
fn puts(world: &mut World, by: &str, (person, instead_of): (&str, Option<&str>), (from, to): (i64, i64)) {
    let command = OnCallCommand::Override {
        schedule: "web".to_owned(),
        person: person.to_owned(),
        from: Some(at(world, from)),
        to: at(world, to),
        instead_of: instead_of.map(str::to_owned),
    };
    asks(world, by, &command).unwrap();
}

fn ends(world: &mut World, by: &str, number: Option<usize>) -> Result<RosterDecision, Refusal> {
    asks(world, by, &OnCallCommand::EndOverride { number })
}

fn refused(world: &mut World, by: &str, number: Option<usize>) -> String {
    ends(world, by, number).unwrap_err().to_string()
}

/// Who is told, over which stretch, and whether that they are on call again.
fn told(decision: &RosterDecision) -> Vec<(&'static str, Span, bool)> {
    let told = decision.effects.iter().map(|effect| match &effect.work {
        Work::TellOnCall { person, news: OnCallNews::Ended { span, again, .. }, .. } => {
            (PEOPLE.into_iter().find(|handle| who(handle) == *person).unwrap(), *span, *again)
        }
        other => panic!("{other:?}"),
    });
    told.collect()
}

/// Who is told that they are on call again, and who that they are not.
fn turned(decision: &RosterDecision) -> (Vec<&'static str>, Vec<&'static str>) {
    let (again, gone): (Vec<_>, Vec<_>) = told(decision).into_iter().partition(|(_, _, again)| *again);
    let handles = |told: Vec<(&'static str, Span, bool)>| told.into_iter().map(|(handle, _, _)| handle).collect();
    (handles(again), handles(gone))
}

fn on_call(world: &World, at: DateTime<Utc>) -> Vec<&'static str> {
    let held = world.directory.roster(&key("web")).unwrap().at(at).on_call;
    held.iter().map(|held| PEOPLE.into_iter().find(|handle| who(handle) == held.person).unwrap()).collect()
}

fn world() -> World {
    world_of(Vec::new())
}

#[test]
fn one_that_has_not_begun_goes() {
    let mut world = world();
    puts(&mut world, "ana", ("dee", None), (60, 120));
    let span = Span { start: at(&world, 60), end: at(&world, 120) };
    let decision = ends(&mut world, "ana", None).unwrap();
    assert!(matches!(decision.changes.as_slice(), [DirectoryChange::OverrideRemoved { .. }]), "{decision:?}");
    assert!(world.directory.overrides.is_empty());
    assert_eq!(told(&decision), [("dee", span, false), ("bo", span, true)]);
    let reply = Reply::OverrideEnded {
        schedule: "web".to_owned(),
        people: vec!["dee".to_owned()],
        start: span.start,
        end: span.end,
        again: vec!["bo".to_owned()],
        gap: false,
    };
    assert_eq!(decision.reply, reply);
}

#[test]
fn one_that_runs_ends_now_and_what_was_stays_true() {
    let mut world = world();
    let take = OnCallCommand::Take { schedule: "web".to_owned(), length: Some(TimeDelta::hours(4)) };
    asks(&mut world, "dee", &take).unwrap();
    world.pass(60);
    let decision = ends(&mut world, "dee", Some(1)).unwrap();
    let [DirectoryChange::OverrideSaved(made)] = decision.changes.as_slice() else { panic!("{decision:?}") };
    assert_eq!((made.start, made.end, made.kind), (at(&world, -60), world.now, OverrideKind::Take));
    // Whoever ended it knows.
    assert_eq!(told(&decision), [("bo", Span { start: world.now, end: at(&world, 180) }, true)]);
    for (minutes, expected) in [(-60, "dee"), (-1, "dee"), (0, "bo"), (179, "bo")] {
        assert_eq!(on_call(&world, at(&world, minutes)), [expected], "{minutes}");
    }
    assert_eq!(refused(&mut world, "dee", Some(1)), "there is no override 1; `/oncall overrides` lists them");
}

#[test]
fn one_that_is_over_is_none_any_more() {
    let mut world = world();
    puts(&mut world, "ana", ("dee", None), (0, 60));
    world.pass(60);
    assert_eq!(refused(&mut world, "ana", Some(1)), "there is no override 1; `/oncall overrides` lists them");
    assert_eq!(
        refused(&mut world, "ana", None),
        "there is no override that you may end; `/oncall overrides` lists them"
    );
    assert_eq!(world.directory.overrides[&key("web")].len(), 1, "what was stays on record");
}

#[test]
fn who_may_end_one() {
    let mut world = world();
    let team = |members| Team { key: key("shop"), name: "Shop".to_owned(), members, origin: Origin::File };
    world.directory.apply(&DirectoryChange::TeamSaved(team(vec![who("ana"), who("adm")])));
    world.directory.schedules.get_mut(&key("web")).unwrap().team = Some(key("shop"));
    puts(&mut world, "ana", ("dee", None), (60, 120));
    for (by, what) in [("ana", "of the team"), ("dee", "put in"), ("bo", "of the schedule"), ("adm", "administrator")] {
        ends(&mut world.clone(), by, Some(1)).unwrap_or_else(|refusal| panic!("{what}: {refusal}"));
    }
    let only = "only who made that override, who is on call by it, team shop, those of its schedule web and \
                administrators may end it";
    assert_eq!(refused(&mut world, "mute", Some(1)), only);
    assert!(matches!(ends(&mut world, "gus", Some(1)), Err(Refusal::Guest { .. })));
    assert_eq!(
        refused(&mut world, "mute", None),
        "there is no override that you may end; `/oncall overrides` lists them"
    );
    // Whoever made it may, whatever became of them.
    world.directory.apply(&DirectoryChange::TeamSaved(team(Vec::new())));
    ends(&mut world, "ana", None).unwrap();
}

#[test]
fn which_one_is_meant() {
    let mut world = world();
    let team = Team { key: key("shop"), name: "Shop".to_owned(), members: vec![who("ana")], origin: Origin::File };
    world.directory.apply(&DirectoryChange::TeamSaved(team));
    world.directory.schedules.get_mut(&key("web")).unwrap().team = Some(key("shop"));
    puts(&mut world, "ana", ("dee", None), (600, 660));
    world.pass(1);
    // Begins earlier and is made later.
    puts(&mut world, "ana", ("adm", None), (60, 120));
    let several =
        "there are several overrides that you may end; name one by its number: `/oncall overrides` lists them";
    assert_eq!(refused(&mut world, "ana", None), several);
    assert_eq!(refused(&mut world, "ana", Some(3)), "there is no override 3; `/oncall overrides` lists them");
    assert_eq!(turned(&ends(&mut world.clone(), "ana", Some(2)).unwrap()), (vec!["bo"], vec!["adm"]));
    // Dee may end her own alone, so nothing else can be meant.
    assert_eq!(turned(&ends(&mut world, "dee", None).unwrap()).0, ["bo"]);
    assert_eq!(turned(&ends(&mut world, "ana", None).unwrap()).1, ["adm"], "one is left");
}

#[test]
fn half_of_a_swap_cannot_be_ended() {
    let mut world = world();
    puts(&mut world, "ana", ("dee", Some("bo")), (60, 120));
    let made = world.directory.overrides[&key("web")][0].clone();
    world.directory.apply(&DirectoryChange::OverrideSaved(Override { kind: OverrideKind::Swap, ..made }));
    assert_eq!(refused(&mut world, "ana", Some(1)), "there is no override 1; `/oncall overrides` lists them");
}

#[test]
fn all_who_are_on_call_again_are_told() {
    // Over a hand-off.
    let mut world = world();
    puts(&mut world, "ana", ("dee", None), (60, 30 * 60));
    assert_eq!(turned(&ends(&mut world, "ana", None).unwrap()), (vec!["bo", "cy"], vec!["dee"]));
    // What was made before counts again.
    puts(&mut world, "ana", ("adm", None), (60, 120));
    world.pass(1);
    puts(&mut world, "ana", ("dee", None), (30, 60));
    assert_eq!(turned(&ends(&mut world, "ana", Some(2)).unwrap()), (vec!["bo", "adm"], vec!["dee"]));
    ends(&mut world, "ana", None).unwrap();
    // Whoever stands in for one who is in no more is in no more either.
    puts(&mut world, "ana", ("dee", None), (60, 120));
    world.pass(1);
    puts(&mut world, "ana", ("adm", Some("dee")), (60, 120));
    assert_eq!(turned(&ends(&mut world, "ana", Some(1)).unwrap()), (vec!["bo"], vec!["dee", "adm"]));
}

#[test]
fn a_gap_that_it_filled_is_said() {
    let mut world = world();
    let schedule = world.directory.schedules.get_mut(&key("web")).unwrap();
    schedule.layers[0].windows = read_windows("mon-sun 22:00-06:00").unwrap();
    puts(&mut world, "ana", ("dee", None), (60, 120));
    let decision = ends(&mut world, "ana", None).unwrap();
    assert_eq!(turned(&decision), (Vec::new(), vec!["dee"]));
    assert!(
        matches!(&decision.reply, Reply::OverrideEnded { gap: true, again, .. } if again.is_empty()),
        "{decision:?}"
    );
}
