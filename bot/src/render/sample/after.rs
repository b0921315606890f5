//! What is recorded once the worst is over: the analysis, the document and the follow-ups.

use firebell_core::action::{ActionChange, ActionKind, Priority, Ticket};
use firebell_core::ids::{ActionId, CauseId, CommentId, EntryId};
use firebell_core::incident::{Measures, Money};
use firebell_core::postmortem::PostmortemChange;
use firebell_core::rca::{AnalysisChange, CauseRole, Edge, Verdict};
use firebell_core::timeline::Change;
use firebell_core::times::KeyTime;

use super::{at, key, person};

/// One of each, with these words wherever people have a say.
pub(super) fn changes(words: &str) -> Vec<Change> {
    let mut all: Vec<Change> = analysis(words).into_iter().map(Change::Analysis).collect();
    all.extend(document(words).into_iter().map(Change::Postmortem));
    all.extend(actions(words).into_iter().map(Change::Action));
    let money = Some(Money { cents: 1_250_050, currency: "EUR".to_owned() });
    let measures = Measures { users: Some(1_200), requests: Some(34_000), money, slo_minutes: Some(43) };
    all.extend([
        Change::TimeSet { time: KeyTime::Detected, at: Some(at(2)) },
        Change::TimeSet { time: KeyTime::Detected, at: None },
        Change::ImpactMeasured { measures, ended_at: Some(at(9)) },
    ]);
    all
}

/// A follow-up, whose owner and due date are known or not.
pub(super) fn added(number: i64, words: &str, owned: bool) -> Change {
    Change::ActionAdded {
        action: ActionId(number),
        text: words.to_owned(),
        owner: owned.then(|| person(2)),
        due: owned.then(|| at(3000)),
        action_kind: owned.then_some(ActionKind::Detect),
        priority: owned.then_some(Priority::Medium),
        cause: None,
        nudge_at: None,
    }
}

fn analysis(words: &str) -> Vec<AnalysisChange> {
    let (one, two, three) = (CauseId(1), CauseId(2), CauseId(3));
    let text = || words.to_owned();
    let edge = Edge { from: two, to: one };
    let added =
        |cause, role, category, edges| AnalysisChange::CauseAdded { cause, role, text: text(), category, edges };
    vec![
        added(one, CauseRole::Trigger, None, Vec::new()),
        added(two, CauseRole::Factor, Some(key("capacity")), vec![edge]),
        added(three, CauseRole::Why, None, Vec::new()),
        AnalysisChange::CauseLinked { edge: Edge { from: three, to: two } },
        AnalysisChange::CauseUnlinked { edge: Edge { from: three, to: two } },
        AnalysisChange::CauseEdited { cause: three, role: CauseRole::Factor, text: text(), category: None },
        AnalysisChange::EvidenceAdded { cause: two, evidence: EntryId(3) },
        AnalysisChange::EvidenceAdded { cause: one, evidence: EntryId(3) },
        AnalysisChange::EvidenceRemoved { cause: one, evidence: EntryId(3) },
        AnalysisChange::CauseJudged { cause: one, verdict: Verdict::Confirmed },
        AnalysisChange::CauseJudged { cause: three, verdict: Verdict::RuledOut { reason: text() } },
    ]
}

fn document(words: &str) -> Vec<PostmortemChange> {
    let text = || words.to_owned();
    let comment = CommentId(1);
    vec![
        PostmortemChange::SectionWritten { section: key("lessons"), text: text() },
        PostmortemChange::TemplateChosen { template: "standard".to_owned() },
        PostmortemChange::PostmortemAssigned { owner: person(2) },
        PostmortemChange::PostmortemDue { due: Some(at(900)), remind_at: Some(at(800)) },
        PostmortemChange::PostmortemDue { due: None, remind_at: None },
        PostmortemChange::PostmortemReminded { due: at(900), remind_at: None },
        PostmortemChange::ReviewAsked { reviewers: vec![person(1), person(3)], required: 2 },
        PostmortemChange::ReviewAsked { reviewers: Vec::new(), required: 0 },
        PostmortemChange::Commented { comment, section: Some(key("summary")), text: text() },
        PostmortemChange::Commented { comment: CommentId(2), section: None, text: text() },
        PostmortemChange::CommentSettled { comment },
        PostmortemChange::SentBack { reason: Some(text()) },
        PostmortemChange::SentBack { reason: None },
        PostmortemChange::SignedOff { person: person(3) },
        PostmortemChange::Approved,
        PostmortemChange::Published,
        PostmortemChange::PostmortemExported {
            target: "wiki".to_owned(),
            reference: "77".to_owned(),
            url: Some("https://wiki.example/77|x".to_owned()),
            entries: 60,
        },
        PostmortemChange::PostmortemExported {
            target: "hook".to_owned(),
            reference: "1".to_owned(),
            url: None,
            entries: 61,
        },
        PostmortemChange::ExportFailed { target: "wiki".to_owned(), reason: text() },
    ]
}

fn actions(words: &str) -> Vec<ActionChange> {
    let (action, text) = (ActionId(1), || words.to_owned());
    let ticket = Ticket {
        tracker: "github".to_owned(),
        reference: "12".to_owned(),
        number: "#12".to_owned(),
        url: "https://github.example/acme/shop/issues/12".to_owned(),
    };
    vec![
        ActionChange::ActionEdited {
            action,
            text: text(),
            owner: Some(person(2)),
            due: Some(at(5_000)),
            action_kind: Some(ActionKind::Prevent),
            priority: Some(Priority::High),
            cause: Some(CauseId(2)),
        },
        ActionChange::ActionReopened { action },
        ActionChange::NudgePlanned { action, nudge_at: Some(at(4_000)) },
        ActionChange::NudgePlanned { action, nudge_at: None },
        ActionChange::ActionNudged { action, person: Some(person(2)), due: at(5_000), nudge_at: None },
        ActionChange::ActionNudged { action, person: None, due: at(5_000), nudge_at: None },
        ActionChange::ActionTicketed { action, ticket },
        ActionChange::TicketFailed { action, tracker: "jira".to_owned(), reason: text() },
    ]
}
