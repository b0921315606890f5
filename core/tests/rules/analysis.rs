//! The analysis: what can be added, tied together, supported and judged, and by whom.

use chrono::TimeDelta;
use firebell_core::command::{CauseCommand, Command, Fix, Quote, RedactTarget, Support};
use firebell_core::ids::{CauseId, EntryId, IncidentId, MessageId};
use firebell_core::incident::Incident;
use firebell_core::rca::{CauseRole, Confidence, Edge, Verdict};
use firebell_core::reply::{CauseDone, Reply};
use proptest::prelude::*;

use crate::invariants::adds_up;
use crate::world::{World, kinds, who};

fn add(role: CauseRole, text: &str) -> Command {
    Command::Analysis(CauseCommand::Add { role, text: text.to_owned(), category: None, because: None })
}

fn why(text: &str, of: Option<i64>) -> Command {
    Command::Analysis(CauseCommand::Why { text: text.to_owned(), of: of.map(CauseId) })
}

fn judge(cause: i64, verdict: Verdict) -> Command {
    Command::Analysis(CauseCommand::Judge { cause: CauseId(cause), verdict })
}

fn ruled_out(cause: i64, reason: &str) -> Command {
    judge(cause, Verdict::RuledOut { reason: reason.to_owned() })
}

fn because(to: i64, from: i64) -> Command {
    let edge = Edge { from: CauseId(from), to: CauseId(to) };
    Command::Analysis(CauseCommand::Link { edge, remove: false })
}

fn support(cause: Option<i64>, by: Support) -> Command {
    Command::Analysis(CauseCommand::Support { cause: cause.map(CauseId), by })
}

fn reword(cause: i64, text: &str) -> Command {
    let text = Some(text.to_owned());
    Command::Analysis(CauseCommand::Edit { cause: CauseId(cause), text, role: None, category: None })
}

fn categorised(cause: i64, category: &str) -> Command {
    let category = Some(category.to_owned());
    Command::Analysis(CauseCommand::Edit { cause: CauseId(cause), text: None, role: None, category })
}

fn edges(world: &World) -> Vec<(i64, i64)> {
    world.incident().analysis.edges.iter().map(|edge| (edge.from.0, edge.to.0)).collect()
}

fn confidence(world: &World, cause: i64) -> Confidence {
    world.incident().analysis.cause(CauseId(cause)).unwrap().confidence()
}

fn last(world: &World) -> EntryId {
    world.history[&IncidentId(1)].last().unwrap().id
}

#[test]
fn each_why_hangs_below_the_last_and_the_first_below_the_trigger() {
    let mut world = World::declared();
    world.says("ana", why("nobody knows", None)).unwrap();
    assert_eq!(edges(&world), [], "there is nothing that it could hang below");
    world.says("ana", ruled_out(1, "somebody does")).unwrap();
    world.says("ana", add(CauseRole::Trigger, "a deploy")).unwrap();
    world.says("bo", why("the disk filled up", None)).unwrap();
    world.says("bo", why("the logs were verbose", None)).unwrap();
    world.says("bo", why("the deploy was on a friday", Some(2))).unwrap();
    world.says("bo", why("nobody reviews it", None)).unwrap();
    assert_eq!(edges(&world), [(3, 2), (4, 3), (5, 2), (6, 5)]);
    assert_eq!(world.refuses("bo", why("x", Some(9))), "INC-1 has no cause F9; `/incident INC-1 causes` shows them");
}

#[test]
fn nothing_leads_to_itself() {
    let mut world = World::declared();
    for text in ["one", "two", "three"] {
        world.says("ana", add(CauseRole::Factor, text)).unwrap();
    }
    world.says("ana", because(1, 2)).unwrap();
    world.says("ana", because(2, 3)).unwrap();
    let circle = |path: &str| format!("that closes a circle, {path}, and nothing can lead to itself");
    for (to, from, path) in [(3, 1, "F1 → F3 → F2 → F1"), (2, 1, "F1 → F2 → F1"), (1, 1, "F1 → F1")] {
        assert_eq!(world.refuses("ana", because(to, from)), circle(path));
    }
    assert_eq!(world.refuses("ana", because(1, 2)), "F1 is already because of F2");
    let unlink = |from, to| {
        let edge = Edge { from: CauseId(from), to: CauseId(to) };
        Command::Analysis(CauseCommand::Link { edge, remove: true })
    };
    assert_eq!(world.refuses("ana", unlink(1, 3)), "F3 is already no effect of F1");
    world.says("ana", unlink(2, 1)).unwrap();
    world.says("ana", because(3, 1)).unwrap();
    assert_eq!(edges(&world), [(1, 3), (3, 2)]);
}

#[test]
fn verdicts_are_given_once_and_taken_back() {
    let mut world = World::declared();
    world.says("ana", add(CauseRole::Factor, "the disk")).unwrap();
    assert_eq!(world.refuses("bo", judge(1, Verdict::Open)), "F1 is already suspected");
    world.says("bo", judge(1, Verdict::Confirmed)).unwrap();
    assert_eq!(world.refuses("bo", judge(1, Verdict::Confirmed)), "F1 is already confirmed");
    world.says("bo", ruled_out(1, "it was empty")).unwrap();
    assert_eq!(world.refuses("bo", ruled_out(1, "it was empty")), "F1 is already ruled out");
    world.says("bo", ruled_out(1, "it was half empty")).unwrap();
    assert_eq!(confidence(&world, 1), Confidence::RuledOut);
    let fix = Fix::Text("it was never full".to_owned());
    world.says("bo", Command::Correct { entry: last(&world), fix }).unwrap();
    let reason = "it was never full".to_owned();
    assert_eq!(world.incident().analysis.causes[0].verdict, Verdict::RuledOut { reason });
    world.says("bo", judge(1, Verdict::Open)).unwrap();
    assert_eq!((confidence(&world, 1), &world.incident().analysis.causes[0].judged), (Confidence::Suspected, &None));
}

#[test]
fn what_supports_a_cause_is_an_entry() {
    let mut world = World::declared();
    world.says("ana", Command::Note { text: "the disk is full".to_owned(), at: None }).unwrap();
    let note = last(&world);
    let nothing =
        "there is no cause in INC-1 that it could support; `/incident INC-1 trigger`, `factor` and `why` add one";
    assert_eq!(world.refuses("ana", support(None, Support::Entry(note))), nothing);
    world.says("ana", add(CauseRole::Factor, "the disk")).unwrap();
    let claim = last(&world);
    world.says("ana", support(Some(1), Support::Entry(note))).unwrap();
    assert_eq!(confidence(&world, 1), Confidence::Supported);
    for (entry, refusal) in [
        (note, format!("F1 is already supported by {note}")),
        (claim, format!("{claim} is a step of the analysis itself; name what it rests on")),
        (EntryId(99), "INC-1 has no entry E99; `/incident INC-1 timeline` shows them".to_owned()),
    ] {
        assert_eq!(world.refuses("ana", support(Some(1), Support::Entry(entry))), refusal);
    }
    let link = Support::Link { url: "https://example.org/d".to_owned(), title: Some("free space".to_owned()) };
    assert_eq!(kinds(&world.says("bo", support(Some(1), link)).unwrap()), ["linked", "evidence_added"]);
    let quote = Quote { text: "it is full".to_owned(), author: Some(who("bo")), said_at: world.now, link: None };
    let cited = world.says("bo", support(None, Support::Quote(quote))).unwrap();
    assert_eq!(kinds(&cited), ["message_cited", "evidence_added"]);
    assert_eq!(world.incident().analysis.causes[0].evidence.len(), 3);
    world.says("ana", Command::Redact { target: RedactTarget::Entry(note), reason: "a name".to_owned() }).unwrap();
    let refusal = format!("{note} was redacted and supports nothing any more");
    world.says("ana", add(CauseRole::Factor, "another")).unwrap();
    assert_eq!(world.refuses("ana", support(Some(2), Support::Entry(note))), refusal);
}

#[test]
fn a_message_is_marked_before_it_supports() {
    let mut world = World::declared();
    let message = world.message(1, "bo", "the disk is full");
    let marked = world.says("ana", support(None, Support::Message(message))).unwrap();
    assert_eq!(kinds(&marked), ["message_marked"]);
    let done = CauseDone::Supported { cause: None, entry: last(&world), recorded: true };
    assert_eq!(marked.reply, Reply::Analysis { incident: IncidentId(1), done });
    let mark = last(&world);
    world.says("ana", add(CauseRole::Factor, "the disk")).unwrap();
    assert_eq!(kinds(&world.says("cy", support(None, Support::Message(message))).unwrap()), ["evidence_added"]);
    assert_eq!(world.incident().analysis.causes[0].evidence, [mark]);
    let other = world.message(2, "bo", "really full");
    let both = world.says("cy", support(Some(1), Support::Message(other))).unwrap();
    assert_eq!(kinds(&both), ["message_marked", "evidence_added"]);
    let withdraw = |cause: Option<i64>, by| Command::Analysis(CauseCommand::Withdraw { cause: cause.map(CauseId), by });
    let gone = world.says("cy", withdraw(None, Support::Message(message))).unwrap();
    assert_eq!(kinds(&gone), ["evidence_removed"]);
    assert_eq!(world.refuses("cy", withdraw(Some(1), Support::Message(message))), "F1 is already without M1");
    assert_eq!(kinds(&world.says("cy", withdraw(None, Support::Message(message))).unwrap()), Vec::<&str>::new());
    assert_eq!(
        world.refuses("cy", support(Some(1), Support::Message(MessageId(9)))),
        "INC-1 has no message M9; `/incident INC-1 timeline` shows them"
    );
}

#[test]
fn what_a_cause_says_is_its_authors_to_change() {
    let mut world = World::declared();
    world.says("bo", add(CauseRole::Factor, "the disk")).unwrap();
    let refusal = "only who wrote F1, the lead, the scribe or an administrator may reword it";
    assert_eq!(world.refuses("cy", reword(1, "the network")), refusal);
    world.says("cy", categorised(1, "Human System Interface")).unwrap();
    assert_eq!(
        world.refuses("cy", categorised(1, "capcity")),
        "no category of causes is called capcity; did you mean capacity?; there are change, capacity, dependency, configuration, code, process, detection, human-system-interface, external"
    );
    assert_eq!(world.refuses("cy", categorised(1, "human-system-interface")), "F1 is already like that");
    world.says("bo", reword(1, "the network")).unwrap();
    world.says("adm", reword(1, "the network of it")).unwrap();
    world.says("cy", categorised(1, "none")).unwrap();
    let cause = &world.incident().analysis.causes[0];
    assert_eq!((cause.said.text.as_str(), &cause.category), ("the network of it", &None));
}

/// A cause says all of itself anew when its category is changed, so that its words stand in several entries.
#[test]
fn redacted_words_are_gone_wherever_the_cause_repeats_them() {
    let mut world = World::declared();
    world.says("bo", add(CauseRole::Factor, "hunter2")).unwrap();
    let claim = last(&world);
    world.says("cy", categorised(1, "code")).unwrap();
    world.says("bo", Command::Correct { entry: claim, fix: Fix::Text("hunter3".to_owned()) }).unwrap();
    world.says("cy", categorised(1, "capacity")).unwrap();
    world.says("bo", Command::Redact { target: RedactTarget::Entry(claim), reason: "a password".to_owned() }).unwrap();
    let all = format!("{:?} {:?}", world.incident(), world.history[&IncidentId(1)]);
    assert!(!all.contains("hunter"), "{all}");
    adds_up(world.incident(), &world.history[&IncidentId(1)]);
}

#[test]
fn what_is_found_out_later_is_taken_unless_it_goes_elsewhere() {
    let mut world = World::declared();
    world.says("ana", Command::Resolve { summary: "done".to_owned() }).unwrap();
    world.says("ana", Command::Close).unwrap();
    world.says("ana", add(CauseRole::Factor, "the disk")).unwrap();
    let mut world = World::declared();
    world.says("ana", Command::Cancel { reason: None }).unwrap();
    assert_eq!(
        world.refuses("ana", add(CauseRole::Factor, "x")),
        "INC-1 is cancelled and takes no more of this; declare a new incident"
    );
    let mut world = World::declared();
    world.says("ana", add(CauseRole::Factor, "the disk")).unwrap();
    world.declare("ana", &firebell_core::command::Declare { title: "two".to_owned(), ..Default::default() }).unwrap();
    let merged = world.says("ana", Command::Merge { into: IncidentId(2) }).unwrap();
    let (incident, into) = (IncidentId(1), IncidentId(2));
    assert_eq!(merged.reply, Reply::Merged { incident, into, analysed: true });
    assert_eq!(world.incidents[&into].analysis.causes.len(), 0);
    assert_eq!(
        world.refuses("ana", add(CauseRole::Factor, "x")),
        "INC-1 was merged into INC-2, and what is found out goes there: `/incident INC-2 ...`"
    );
}

#[test]
fn the_analysis_stands_as_it_stood() {
    let mut world = World::declared();
    world.pass(10);
    world.says("ana", add(CauseRole::Factor, "hunter2")).unwrap();
    let claim = last(&world);
    world.pass(10);
    world.says("ana", judge(1, Verdict::Confirmed)).unwrap();
    world.says("ana", add(CauseRole::Factor, "two")).unwrap();
    let target = RedactTarget::Entry(claim);
    world.says("ana", Command::Redact { target, reason: "a password".to_owned() }).unwrap();
    let history = &world.history[&IncidentId(1)];
    let then = |minutes| Incident::as_of(history, world.now - TimeDelta::minutes(minutes));
    assert_eq!(then(21), None, "it was not declared yet");
    assert_eq!(then(20).unwrap().analysis.causes.len(), 0);
    let analysis = then(10).unwrap().analysis;
    assert_eq!((analysis.causes.len(), analysis.causes[0].confidence()), (1, Confidence::Suspected));
    assert_eq!(analysis.causes[0].said.text, "[redacted]");
    assert_eq!(then(0).unwrap(), Incident { version: 0, ..world.incident().clone() });
}

#[derive(Debug, Clone)]
struct Step {
    what: usize,
    one: i64,
    two: i64,
    who: usize,
}

fn step() -> impl Strategy<Value = Step> {
    (0..14_usize, 1..8_i64, 1..8_i64, 0..4_usize).prop_map(|(what, one, two, who)| Step { what, one, two, who })
}

fn command(step: &Step, world: &World) -> Command {
    let (one, two) = (step.one, step.two);
    let cause = CauseId(one);
    let entry = EntryId(one * two % (i64::try_from(world.history[&IncidentId(1)].len()).unwrap() + 1) + 1);
    let (text, role) = (format!("text {two}"), CauseRole::ALL[usize::try_from(one).unwrap() % 6]);
    match step.what {
        0 => why(&text, None),
        1 => why(&text, Some(one)),
        2 => add(role, &text),
        3 => {
            let because = Some(cause);
            Command::Analysis(CauseCommand::Add { role, text, category: Some("code".to_owned()), because })
        }
        4 => because(one, two),
        5 => Command::Analysis(CauseCommand::Link { edge: Edge { from: CauseId(two), to: cause }, remove: true }),
        6 => judge(one, Verdict::Confirmed),
        7 => ruled_out(one, &text),
        8 => support(Some(one), Support::Entry(entry)),
        9 => support(None, Support::Message(MessageId(two % 3 + 1))),
        10 => Command::Analysis(CauseCommand::Withdraw { cause: None, by: Support::Entry(entry) }),
        11 => Command::Correct { entry, fix: Fix::Text(text) },
        12 => Command::Redact { target: RedactTarget::Entry(entry), reason: text },
        _ => reword(one, &text),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_said_the_entries_add_up_and_nothing_leads_to_itself(
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut world = World::declared();
        for number in 1..4 {
            world.message(number, "bo", "it is the disk");
        }
        for step in &steps {
            world.pass(1);
            let before = world.incident().clone();
            let said = world.says(["ana", "bo", "cy", "adm"][step.who], command(step, &world));
            if said.is_err() {
                prop_assert_eq!(world.incident(), &before);
            }
            adds_up(world.incident(), &world.history[&IncidentId(1)]);
            let analysis = &world.incident().analysis;
            for edge in &analysis.edges {
                let mut without = analysis.clone();
                without.edges.remove(edge);
                prop_assert!(!without.closes_circle(*edge), "{:?}", edge);
                prop_assert!(analysis.cause(edge.from).is_some() && analysis.cause(edge.to).is_some());
            }
            let full = analysis.tree().iter().filter(|branch| !branch.again).count();
            prop_assert_eq!(full, analysis.causes.len(), "the tree tells each in full once");
        }
    }
}
