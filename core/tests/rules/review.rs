//! The life of the document: who may do what when, and every way in which it can go.

use std::collections::{BTreeSet, HashSet};

use chrono::TimeDelta;
use firebell_core::command::{Command, Declare, Fix, ReviewCommand};
use firebell_core::decide::Decision;
use firebell_core::directory::{Origin, Team};
use firebell_core::effect::{Effect, Work};
use firebell_core::ids::{CommentId, EntryId, PersonId};
use firebell_core::incident::Incident;
use firebell_core::postmortem::{Postmortem, Review};

use crate::world::{PEOPLE, World, key, kinds, who};

/// INC-1, whose postmortem needs two sign-offs of bo, cy and the others of their team.
fn world() -> World {
    let mut world = World::declared();
    let members = ["cy", "dee", "gus", "gone"].map(who).to_vec();
    let team = Team { key: key("web"), name: "Web".to_owned(), members, origin: Origin::File };
    world.directory.teams.insert(key("web"), team);
    let rules = &mut world.settings.postmortem;
    rules.required.insert(key("sev3"), 2);
    rules.reviewers.insert(key("sev3"), vec![key("bo"), key("web")]);
    rules.publish_with_errors = true;
    world
}

fn document(world: &World) -> &Postmortem {
    &world.incident().postmortem
}

fn asks(named: &[&str]) -> Command {
    Command::Review(ReviewCommand::Ask { reviewers: named.iter().map(|&name| name.to_owned()).collect() })
}

fn writes(text: &str) -> Command {
    let (section, text) = (key("lessons"), text.to_owned());
    Command::Review(ReviewCommand::Write { section, text, over: None })
}

const SIGN: Command = Command::Review(ReviewCommand::Sign);
const PUBLISH: Command = Command::Review(ReviewCommand::Publish);
const REVISE: Command = Command::Review(ReviewCommand::Revise);
const BACK: Command = Command::Review(ReviewCommand::Back { reason: None });

/// The handles of those who are told what an entry says.
pub(crate) fn told(decision: &Decision) -> Vec<&'static str> {
    let handle = |wanted: PersonId| PEOPLE.into_iter().find(|handle| who(handle) == wanted);
    let to = |effect: &Effect| if let Work::Tell { person, .. } = effect.work { handle(person) } else { None };
    decision.effects.iter().filter_map(to).collect()
}

#[test]
fn a_document_goes_from_draft_to_published() {
    let mut world = world();
    assert_eq!(kinds(&world.says("ana", writes("rotate the logs")).unwrap()), ["section_written"]);
    let asked = world.says("ana", asks(&[])).unwrap();
    assert_eq!(kinds(&asked), ["review_asked"]);
    assert_eq!(told(&asked), ["bo", "cy", "dee"], "guests and whoever has left review nothing");
    assert_eq!(kinds(&world.says("bo", SIGN).unwrap()), ["signed_off"]);
    assert_eq!(
        world.refuses("ana", PUBLISH),
        "the postmortem of INC-1 needs 1 sign-off more before it is published; it is in review"
    );
    assert_eq!(kinds(&world.says("dee", SIGN).unwrap()), ["signed_off", "approved"]);
    assert_eq!(kinds(&world.says("ana", PUBLISH).unwrap()), ["published"]);
    assert_eq!(document(&world).state, Review::Published);
    assert_eq!(
        world.refuses("ana", writes("no")),
        "the postmortem of INC-1 is published; `/incident postmortem revise` makes it a draft again"
    );
    world.says("ana", REVISE).unwrap();
    assert_eq!((document(&world).state, document(&world).sign_offs()), (Review::Draft, 0));
    assert_eq!(
        world.refuses("ana", PUBLISH),
        "the postmortem of INC-1 needs 2 sign-offs more before it is published; `/incident postmortem review` asks for them"
    );
}

#[test]
fn only_some_sign_off_and_each_of_them_once() {
    let mut world = world();
    world.settings.postmortem.reviewers.clear();
    let way_out = "the postmortem of INC-1 is draft; `/incident postmortem review` asks for its review";
    assert_eq!(world.refuses("bo", SIGN), way_out);
    assert_eq!(
        world.refuses("ana", asks(&[])),
        "nobody is configured to review the postmortem of INC-1; name them, as in `/incident postmortem review @ana`"
    );
    assert!(world.refuses("ana", asks(&["gus"])).contains("is a guest here"));
    assert_eq!(world.refuses("ana", asks(&["zed"])), "no person is called @zed");
    world.says("ana", asks(&["bo"])).unwrap();
    let who_may = "only who was asked to review it, a configured reviewer or an administrator may sign the postmortem of INC-1 off: @bo";
    assert_eq!(world.refuses("cy", SIGN), who_may);
    world.says("bo", SIGN).unwrap();
    assert_eq!(world.refuses("bo", SIGN), "INC-1 is already one whose postmortem you have signed off");
    // An administrator needs no invitation.
    assert_eq!(kinds(&world.says("adm", SIGN).unwrap()), ["signed_off", "approved"]);
    assert!(world.refuses("bo", asks(&["cy"])).contains("is approved"));
}

#[test]
fn other_words_void_what_was_signed_and_it_is_asked_for_again() {
    let mut world = world();
    world.says("ana", writes("one")).unwrap();
    let section = EntryId(world.incident().entries);
    world.says("ana", asks(&[])).unwrap();
    for reviewer in ["bo", "cy"] {
        world.says(reviewer, SIGN).unwrap();
    }
    assert_eq!(document(&world).state, Review::Approved);
    let written = world.says("bo", writes("two")).unwrap();
    assert_eq!(kinds(&written), ["section_written", "review_asked"]);
    assert_eq!(told(&written), ["cy"], "whoever wrote knows");
    assert_eq!((document(&world).state, document(&world).sign_offs()), (Review::InReview, 0));
    assert_eq!(kinds(&world.says("bo", writes("three")).unwrap()), ["section_written"], "nothing was signed");
    assert_eq!(
        world.refuses("bo", writes("three")),
        "INC-1 is already one whose postmortem says just that in section lessons"
    );
    // A correction of what stands there is no way around it, and one of what does not changes nothing.
    let corrects = |entry, text: &str| Command::Correct { entry, fix: Fix::Text(text.to_owned()) };
    let section_now = EntryId(world.incident().entries);
    world.says("cy", SIGN).unwrap();
    assert_eq!(kinds(&world.says("ana", corrects(section, "zero")).unwrap()), ["corrected"]);
    assert_eq!(document(&world).sign_offs(), 1);
    assert_eq!(kinds(&world.says("bo", corrects(section_now, "four")).unwrap()), ["corrected", "review_asked"]);
    assert_eq!((document(&world).sign_offs(), document(&world).sections[&key("lessons")].text.as_str()), (0, "four"));
    for reviewer in ["bo", "cy"] {
        world.says(reviewer, SIGN).unwrap();
    }
    world.says("ana", PUBLISH).unwrap();
    assert!(world.refuses("bo", corrects(section_now, "five")).contains("is published"));
}

#[test]
fn more_sign_offs_may_be_required_after_it_was_approved() {
    let mut world = world();
    world.settings.postmortem.required.insert(key("sev3"), 1);
    world.says("ana", asks(&[])).unwrap();
    world.says("bo", SIGN).unwrap();
    world.settings.postmortem.required.insert(key("sev3"), 2);
    assert!(world.refuses("ana", PUBLISH).contains("needs 1 sign-off more"));
    world.says("ana", asks(&[])).unwrap();
    world.says("cy", SIGN).unwrap();
    world.says("ana", PUBLISH).unwrap();
}

#[test]
fn a_draft_is_published_where_nothing_is_required_unless_errors_stand() {
    let mut world = world();
    world.settings.postmortem.required.clear();
    world.settings.postmortem.publish_with_errors = false;
    let refused = world.refuses("ana", PUBLISH);
    assert_eq!(
        refused,
        "the postmortem of INC-1 has 5 errors that must be mended before it is published; `/incident INC-1 postmortem lint` \
         shows all: impact: it does not say what users felt; impact: it has no numbers: how many users or requests?; causes: \
         no contributing factor and no why is named"
    );
    world.settings.postmortem.publish_with_errors = true;
    world.says("ana", PUBLISH).unwrap();
}

#[test]
fn a_form_replaces_nothing_that_somebody_else_wrote_meanwhile() {
    let mut world = world();
    let over = |text: &str, over: i64| {
        let (section, text) = (key("lessons"), text.to_owned());
        Command::Review(ReviewCommand::Write { section, text, over: Some(EntryId(over)) })
    };
    world.says("ana", over("one", 0)).unwrap();
    let first = world.incident().entries;
    assert_eq!(
        world.refuses("bo", over("two", 0)),
        "section lessons was written by @ana after the form was opened; open it again, nothing was replaced"
    );
    world.says("bo", over("two", first)).unwrap();
    assert!(world.refuses("ana", over("three", first)).contains("was written by @bo"));
    world.says("ana", over("", first + 1)).unwrap();
    assert!(document(&world).sections.is_empty());
    assert!(world.refuses("ana", writes("")).contains("says nothing in section lessons"));
}

#[test]
fn comments_are_settled_once_and_their_authors_hear_of_it() {
    let mut world = world();
    let settles = |number| Command::Review(ReviewCommand::Settle { comment: CommentId(number) });
    let comments = Command::Review(ReviewCommand::Comment { text: "why so late?".to_owned(), section: None });
    world.says("ana", Command::Review(ReviewCommand::Own { owner: "cy".to_owned() })).unwrap();
    assert_eq!(told(&world.says("bo", comments).unwrap()), ["cy"]);
    assert_eq!(
        world.refuses("ana", settles(2)),
        "INC-1 has no comment C2; `/incident INC-1 postmortem status` shows them"
    );
    assert_eq!(told(&world.says("cy", settles(1)).unwrap()), ["bo"]);
    assert_eq!(world.refuses("cy", settles(1)), "C1 is already settled");
}

#[test]
fn with_the_end_of_an_incident_its_postmortem_begins() {
    let ending = || Command::Resolve { summary: "rolled back".to_owned() };
    let mut world = world();
    world.settings.postmortem.due.insert(key("sev3"), TimeDelta::days(5));
    let resolved = world.says("bo", ending()).unwrap();
    assert_eq!(kinds(&resolved), ["resolved", "member_joined", "postmortem_assigned", "postmortem_due"]);
    assert_eq!(document(&world).owner, Some(who("bo")), "nobody led it");
    assert_eq!(document(&world).due, Some(world.now + TimeDelta::days(5)));
    assert!(document(&world).remind_at.is_some());
    let reopened = world.says("ana", Command::Reopen { reason: None }).unwrap();
    assert_eq!(kinds(&reopened), ["reopened", "postmortem_due"]);
    assert_eq!((document(&world).due, document(&world).remind_at), (None, None));
    let lead = Command::Assign { role: key("lead"), person: "cy".to_owned() };
    world.says("ana", lead).unwrap();
    world.says("ana", ending()).unwrap();
    assert_eq!(document(&world).owner, Some(who("bo")), "whoever has it keeps it");

    for (drill, severity) in [(true, "sev3"), (false, "sev4")] {
        let mut world = self::world();
        world.settings.postmortem.due.insert(key("sev3"), TimeDelta::days(5));
        let (title, severity) = ("exercise".to_owned(), Some(severity.to_owned()));
        world.declare("ana", &Declare { title, severity, drill, ..Declare::default() }).unwrap();
        let id = firebell_core::ids::IncidentId(2);
        let resolved = world.run(Some(id), ending(), &crate::world::chat("ana")).unwrap();
        assert_eq!(kinds(&resolved), ["resolved"], "drill: {drill}");
    }
}

#[test]
fn what_was_none_takes_no_postmortem() {
    let mut world = world();
    world.says("ana", Command::Cancel { reason: None }).unwrap();
    for command in [asks(&["bo"]), SIGN, BACK, PUBLISH, REVISE, writes("x")] {
        assert!(world.refuses("ana", command).contains("is cancelled"));
    }
}

#[test]
fn of_a_private_incident_members_alone_are_told() {
    let mut world = World::new();
    world.settings.postmortem = self::world().settings.postmortem;
    world.declare("ana", &Declare { title: "leak".to_owned(), private: true, ..Declare::default() }).unwrap();
    // Configuration lets nobody in.
    assert!(world.refuses("ana", asks(&[])).contains("nobody is configured"));
    assert_eq!(world.refuses("bo", SIGN), "no incident is called INC-1");
    // Whoever is named comes in.
    let asked = world.says("ana", asks(&["bo"])).unwrap();
    assert_eq!((told(&asked), world.incident().has_member(who("bo"))), (vec!["bo"], true));
    world.says("bo", SIGN).unwrap();
}

/// Something that may happen to a document.
#[derive(Debug, Clone, Copy)]
enum Event {
    Asks,
    Signs(&'static str),
    Back,
    Publish,
    Revise,
    Writes(&'static str),
    Corrects,
}

const EVENTS: [Event; 10] = [
    Event::Asks,
    Event::Signs("bo"),
    Event::Signs("cy"),
    Event::Signs("ana"),
    Event::Back,
    Event::Publish,
    Event::Revise,
    Event::Writes("one"),
    Event::Writes("two"),
    Event::Corrects,
];

/// How many events come one after the other; deeper, no state is new.
const DEPTH: usize = 9;

fn command(world: &World, event: Event) -> Option<(&'static str, Command)> {
    Some(match event {
        Event::Asks => ("ana", asks(&[])),
        Event::Signs(reviewer) => (reviewer, SIGN),
        Event::Back => ("ana", BACK),
        Event::Publish => ("ana", PUBLISH),
        Event::Revise => ("ana", REVISE),
        Event::Writes(text) => ("ana", writes(text)),
        Event::Corrects => {
            let held = document(world).sections.get(&key("lessons"))?;
            let text = format!("{}'", held.text.trim_end_matches('\''));
            ("adm", Command::Correct { entry: held.mark.entry, fix: Fix::Text(text) })
        }
    })
}

/// What a document says to whoever reads it, without when it came to that.
fn seen(document: &Postmortem) -> String {
    let sections: Vec<_> = document.sections.iter().map(|(key, said)| (key, &said.text)).collect();
    format!("{:?} {:?} {sections:?} {}", document.state, document.signed.keys(), document.reviewers.len())
}

#[test]
fn whatever_happens_nothing_is_published_unsigned_and_no_sign_off_is_for_other_words() {
    let mut known = HashSet::new();
    let mut states = vec![world()];
    let mut published = 0;
    for _ in 0..DEPTH {
        let mut next = Vec::new();
        for world in &states {
            for event in EVENTS {
                let mut after = world.clone();
                let Some((by, command)) = command(&after, event) else { continue };
                if after.says(by, command).is_err() {
                    assert_eq!(after.incidents, world.incidents, "a refusal changes nothing");
                    continue;
                }
                holds(world, &after, event);
                published += usize::from(matches!(event, Event::Publish));
                if known.insert(seen(document(&after))) {
                    next.push(after);
                }
            }
        }
        states = next;
    }
    assert!(states.is_empty(), "{} states are new at the end", states.len());
    assert!(published > 0 && known.len() > 20, "{published} of {}", known.len());
}

fn holds(before: &World, after: &World, event: Event) {
    let (was, is) = (document(before), document(after));
    let history = &after.history[&after.incident().id];
    let folded = Incident::fold(history).unwrap();
    assert_eq!(folded.postmortem, *is, "the entries add up");
    let reworded = history.iter().filter(|entry| {
        let section = is.sections.get(&key("lessons")).map(|said| said.mark.entry);
        entry.kind == "section_written" || (entry.kind == "corrected" && section.is_some())
    });
    let reworded = reworded.map(|entry| entry.id).max().unwrap_or(EntryId(0));
    for (person, mark) in &is.signed {
        assert!(mark.entry > reworded, "{person:?} signed {} and it reads otherwise since {reworded}", mark.entry);
        assert!(*person != who("ana"), "nobody asked ana");
    }
    let signers: BTreeSet<_> = is.signed.keys().collect();
    assert_eq!(signers.len(), is.signed.len());
    match is.state {
        Review::Approved | Review::Published => assert!(is.sign_offs() >= 2, "{event:?} made it {:?}", is.state),
        Review::Draft => assert_eq!(is.sign_offs(), 0),
        Review::InReview => {}
    }
    let becomes_published = was.state != Review::Published && is.state == Review::Published;
    assert!(!becomes_published || was.state == Review::Approved, "published from {:?}", was.state);
    if was.state == Review::Published && !matches!(event, Event::Revise) {
        assert_eq!(was.sections, is.sections, "a published document stays as it is");
    }
}
