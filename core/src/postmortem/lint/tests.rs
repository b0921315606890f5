use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::*;
use crate::action::{ActionChange, ActionKind};
use crate::actor::Actor;
use crate::directory::{Chosen, Origin, Person, Standing};
use crate::ids::{ActionId, CommentId, EntryId, IncidentId, Key, PersonId};
use crate::incident::{Measures, Visibility};
use crate::postmortem::PostmortemChange;
use crate::rca::{AnalysisChange, Verdict};
use crate::timeline::{Change, Declared, Entry};

fn at(minutes: i64) -> DateTime<Utc> {
    "2026-03-02T09:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minutes)
}

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

fn who(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

fn directory() -> Directory {
    let person = |number: u128, handle: &str, name: &str, active| Person {
        id: who(number),
        handle: key(handle),
        name: name.to_owned(),
        email: None,
        zone: chrono_tz::Tz::UTC,
        locale: "en".to_owned(),
        standing: Standing::Responder,
        contacts: Vec::new(),
        addresses: BTreeMap::new(),
        rules: Vec::new(),
        chosen: Chosen::default(),
        origin: Origin::File,
        active,
    };
    let people = [person(1, "ana", "Ana Novak", true), person(2, "bo", "Bo", true), person(3, "gone", "Gil", false)];
    Directory { people: people.into_iter().map(|held| (held.id, held)).collect(), ..Directory::default() }
}

fn incident(changes: &[Change]) -> Incident {
    let declared = Change::Declared(Declared {
        id: IncidentId(1),
        title: "checkout is down".to_owned(),
        incident_type: key("default"),
        severity: key("sev1"),
        visibility: Visibility::Public,
        drill: false,
        owning_team: None,
        services: Vec::new(),
        fields: Vec::new(),
        impact_started: None,
        update_due: None,
        announced: Vec::new(),
        mirror: false,
    });
    let all: Vec<&Change> = std::iter::once(&declared).chain(changes).collect();
    let entry = |(number, change): (usize, &&Change)| Entry {
        id: EntryId(i64::try_from(number).unwrap() + 1),
        happened_at: at(i64::try_from(number).unwrap()),
        recorded_at: at(i64::try_from(number).unwrap()),
        actor: Actor::timer(),
        kind: change.kind().to_owned(),
        change: Some((*change).clone()),
    };
    let entries: Vec<Entry> = all.iter().enumerate().map(entry).collect();
    Incident::fold(&entries).unwrap()
}

fn rules(incident: &Incident) -> Vec<(&'static str, Severity, String)> {
    let findings = lint(incident, &directory(), &Settings::default(), at(10_000));
    findings.into_iter().map(|held| (held.rule, held.severity, held.subject)).collect()
}

fn cause(number: i64, role: CauseRole, text: &str) -> Change {
    let text = text.to_owned();
    Change::Analysis(AnalysisChange::CauseAdded { cause: CauseId(number), role, text, category: None, edges: vec![] })
}

fn judged(number: i64, verdict: Verdict) -> Change {
    Change::Analysis(AnalysisChange::CauseJudged { cause: CauseId(number), verdict })
}

fn supported(number: i64) -> Change {
    Change::Analysis(AnalysisChange::EvidenceAdded { cause: CauseId(number), evidence: EntryId(1) })
}

fn action(number: i64, owner: Option<u128>, due: Option<i64>, against: Option<i64>) -> Change {
    Change::ActionAdded {
        action: ActionId(number),
        text: "alert on disk usage".to_owned(),
        owner: owner.map(who),
        due: due.map(at),
        action_kind: Some(ActionKind::Detect),
        priority: None,
        cause: against.map(CauseId),
        nudge_at: None,
    }
}

fn section(name: &str, text: &str) -> Change {
    let (section, text) = (key(name), text.to_owned());
    Change::Postmortem(PostmortemChange::SectionWritten { section, text })
}

/// A postmortem of which there is nothing to say.
fn whole() -> Vec<Change> {
    vec![
        Change::SummarySet { text: "the primary's disk filled up".to_owned() },
        Change::ImpactSet { text: Some("no checkouts".to_owned()), started_at: Some(at(-10)) },
        Change::ImpactMeasured { measures: Measures { users: Some(12), ..Measures::default() }, ended_at: None },
        cause(1, CauseRole::Trigger, "a deploy at nine"),
        cause(2, CauseRole::Factor, "nothing rotated the logs"),
        cause(3, CauseRole::Detected, "a page by the synthetic check"),
        supported(1),
        supported(2),
        supported(3),
        judged(1, Verdict::Confirmed),
        judged(2, Verdict::Confirmed),
        action(1, Some(1), Some(20_000), Some(2)),
    ]
}

/// Rule, weight and subject of each finding.
type Found<'f> = Vec<(&'f str, Severity, &'f str)>;

#[test]
fn an_empty_postmortem_misses_everything() {
    let expected = [
        ("no-impact", Severity::Error, "impact"),
        ("no-impact-numbers", Severity::Error, "impact"),
        ("no-impact-start", Severity::Warning, "impact"),
        ("no-trigger", Severity::Warning, "causes"),
        ("no-cause", Severity::Error, "causes"),
        ("no-detection", Severity::Warning, "causes"),
        ("no-action", Severity::Error, "actions"),
        ("no-summary", Severity::Error, "section summary"),
    ];
    assert_eq!(rules(&incident(&[])), expected.map(|(rule, severity, of)| (rule, severity, of.to_owned())));
}

#[test]
fn each_rule_finds_its_own_and_nothing_else() {
    use Severity::{Error, Warning};
    let done = Change::ActionDone { action: ActionId(2) };
    let comment = |number| {
        let (comment, text) = (CommentId(number), "why so late?".to_owned());
        Change::Postmortem(PostmortemChange::Commented { comment, section: None, text })
    };
    let settled = Change::Postmortem(PostmortemChange::CommentSettled { comment: CommentId(1) });
    let time = |time, at| Change::TimeSet { time, at: Some(at) };
    let ruled_out = || judged(4, Verdict::RuledOut { reason: "it was off".to_owned() });
    let factor = || cause(4, CauseRole::Factor, "the queue grew");
    let owned = |owner| {
        let (action, text, due) = (ActionId(1), "alert on disk usage".to_owned(), Some(at(20_000)));
        let cause = Some(CauseId(2));
        Change::Action(ActionChange::ActionEdited {
            action,
            text,
            owner,
            due,
            action_kind: None,
            priority: None,
            cause,
        })
    };
    let cases: Vec<(&str, Vec<Change>, Found<'_>)> = vec![
        ("whole", vec![], vec![]),
        ("a guess", vec![factor()], vec![("unsupported-cause", Warning, "F4")]),
        ("a claim", vec![factor(), supported(4)], vec![("open-cause", Warning, "F4")]),
        ("ruled out", vec![factor(), ruled_out()], vec![]),
        (
            "confirmed without evidence",
            vec![factor(), judged(4, Verdict::Confirmed)],
            vec![("unsupported-cause", Error, "F4"), ("unaddressed-cause", Warning, "F4")],
        ),
        ("no owner", vec![action(2, None, Some(20_000), None)], vec![("action-without-owner", Error, "A2")]),
        ("the owner left", vec![owned(Some(who(3)))], vec![("action-without-owner", Error, "A1")]),
        ("no date", vec![action(2, Some(2), None, None)], vec![("action-without-due-date", Error, "A2")]),
        ("overdue", vec![action(2, Some(2), Some(60), None)], vec![("action-overdue", Warning, "A2")]),
        ("done", vec![action(2, None, None, None), done], vec![]),
        ("out of order", vec![time(KeyTime::Detected, at(-30))], vec![("times-out-of-order", Error, "detected")]),
        ("a comment", vec![comment(1)], vec![("open-comment", Warning, "C1")]),
        ("a settled comment", vec![comment(1), settled], vec![]),
        ("an empty section", vec![section("lessons", " \n ")], vec![("empty-section", Warning, "section lessons")]),
        (
            "blame",
            vec![section("lessons", "Bo forgot the logs")],
            vec![("blaming-language", Warning, "section lessons")],
        ),
    ];
    for (what, more, expected) in cases {
        let all: Vec<Change> = whole().into_iter().chain(more).collect();
        let expected: Vec<_> = expected.into_iter().map(|(rule, weight, of)| (rule, weight, of.to_owned())).collect();
        assert_eq!(rules(&incident(&all)), expected, "{what}");
    }
}

#[test]
fn what_no_template_shows_is_named() {
    let section = |name: &str| {
        let change = PostmortemChange::SectionWritten { section: key(name), text: "rotate the logs".to_owned() };
        Change::Postmortem(change)
    };
    let held = incident(&whole().into_iter().chain([section("lessons"), section("misspelt")]).collect::<Vec<_>>());
    let shown = |templates: &[(&str, &[&str])]| Settings {
        shown: templates
            .iter()
            .map(|(name, keys)| ((*name).to_owned(), keys.iter().map(|word| key(word)).collect()))
            .collect(),
        ..Settings::default()
    };
    let named = |settings: &Settings| -> Vec<String> {
        let all = lint(&held, &directory(), settings, at(120)).into_iter();
        all.filter(|finding| finding.rule == "section-left-out").map(|finding| finding.subject).collect()
    };
    assert_eq!(named(&shown(&[])), [""; 0], "nothing is known of templates");
    let both = shown(&[("short", &["lessons"]), ("standard", &["summary", "lucky"])]);
    assert_eq!(named(&both), ["section misspelt"], "another template may be for other readers");
    assert_eq!(both.leaves_out(&held, &key("lessons")), Some("standard"));
    assert_eq!(both.leaves_out(&held, &key("lucky")), None);
    assert_eq!(both.sections(), [&key("summary"), &key("lucky"), &key("lessons")], "those of the standard one first");
}

#[test]
fn people_next_to_words_of_fault_are_found() {
    let cases = [
        ("Ana forgot to rotate the logs", "Ana forgot"),
        ("then @bo failed to tell anybody", "bo failed to"),
        ("the on-call engineer should have noticed", "engineer should have"),
        ("He simply didn't bother.", "He simply didn't bother"),
        ("this was human error, plain and simple", "human error"),
        ("Novak had just broken it: Novak broke prod", "Novak broke"),
        ("it was the fault of the operator", "fault of the operator"),
        ("the outage was caused by Bo", "caused by Bo"),
        ("that was Ana's mistake", "Ana's mistake"),
        ("their negligence cost us an hour", "their negligence"),
        ("we blame bo", "blame bo"),
        ("SOMEONE SHOULD HAVE CHECKED", "SOMEONE SHOULD HAVE"),
        ("they should’ve asked", "they should’ve"),
        ("operator\n  error", "error"),
    ];
    for (text, quote) in cases {
        let found = blame::find(text, &directory());
        let told: Vec<String> = found.iter().map(blame::Blamed::message).collect();
        if text.contains('\n') {
            // A line break ends what belongs together.
            assert!(told.is_empty(), "{text}: {told:?}");
            continue;
        }
        assert_eq!(told, [format!("\"{quote}\" says whose fault it was")], "{text}");
    }
}

#[test]
fn what_only_looks_like_blame_is_let_be() {
    let cases = [
        "the deploy failed",
        "the deploy failed to start",
        "ana fixed it",
        "bo found out that the job should have finished",
        "the job should have finished by nine",
        "the alert should have fired",
        "Ana restarted the primary. The disk broke afterwards.",
        "caused by a full disk",
        "caused by the team's deploy",
        "ana noticed that the queue had failed to drain",
        "they rolled back; should have been quicker, says nobody",
        "the runbook forgot the second step",
        "an error of the kernel",
        "error by the load balancer",
        "Bo: failed to connect",
        "the mistake of the schema",
        "her dashboard showed it",
        "anabel forgot nothing that bobby broke",
        "",
        "forgot",
        "fault of",
        "should have",
    ];
    for text in cases {
        let found = blame::find(text, &directory());
        assert_eq!(found, [], "{text}");
    }
}

#[test]
fn one_sentence_may_blame_twice_and_long_texts_are_quoted_shortly() {
    let text = "Ana forgot the flag and Bo broke the build. ".repeat(3);
    let found = blame::find(&text, &directory());
    assert_eq!(found.len(), 6);
    assert!(found.iter().all(|blamed| blamed.message().len() < 60));
}
