//! What is recorded once the worst is over: the analysis, the document and the follow-ups.

use firebell_core::action::{ActionChange, ActionKind, Priority, Ticket};
use firebell_core::ids::{ActionId, CauseId, CommentId, EntryId, IncidentId, RoomId};
use firebell_core::incident::{Measures, Money};
use firebell_core::postmortem::PostmortemChange;
use firebell_core::rca::{AnalysisChange, CauseRole, Confidence, Edge, Verdict};
use firebell_core::reply::{CauseDone, Reply, ReviewDone};
use firebell_core::settings::Settings;
use firebell_core::timeline::Change;
use firebell_core::times::{Interval, KeyTime};
use firebell_core::view::{
    CauseShownView, CausesView, CommentRow, LintView, Record, ReviewView, ReviewerRow, SectionView, TimesView, WhoView,
};

use super::{Collected, at, key, person};

/// One of each, with these words wherever people have a say.
pub(super) fn changes(words: &str) -> Vec<Change> {
    let mut all: Vec<Change> = analysis(words).into_iter().map(Change::Analysis).collect();
    all.extend(document(words).into_iter().map(Change::Postmortem));
    all.extend(actions(words).into_iter().map(Change::Action));
    let money = Some(Money { cents: 1_250_050, currency: "EUR".to_owned() });
    let measures = Measures { users: Some(1_200), requests: Some(34_000), money, slo_minutes: Some(43) };
    all.extend([
        Change::TimeSet { time: KeyTime::Detected, at: None },
        Change::TimeSet { time: KeyTime::Detected, at: Some(at(4)) },
        Change::TimeSet { time: KeyTime::Acknowledged, at: Some(at(3)) },
        Change::ImpactMeasured { measures, ended_at: Some(at(9)) },
        Change::ActionDone { action: ActionId(1) },
    ]);
    all
}

/// The settings of a sample: with a figure of its own.
pub(super) fn settings() -> Settings {
    let interval = |from, to| Interval { name: "fix".to_owned(), from, to };
    let intervals =
        vec![interval(KeyTime::Detected, KeyTime::Mitigated), interval(KeyTime::Mitigated, KeyTime::Detected)];
    Settings { intervals, ..Settings::default() }
}

/// Key times in an unlikely order.
pub(super) fn disorder() -> Vec<(KeyTime, KeyTime)> {
    vec![(KeyTime::ImpactStarted, KeyTime::Mitigated)]
}

/// Replies about the analysis and the key times.
pub(super) fn replies(incident: IncidentId) -> Vec<Reply> {
    let (one, two, entry) = (CauseId(1), CauseId(2), EntryId(4));
    let added = |leads_to, because| CauseDone::Added { cause: two, role: CauseRole::Factor, entry, leads_to, because };
    let steps = [
        added(None, None),
        added(Some(one), None),
        added(None, Some(one)),
        CauseDone::Edited { cause: two },
        CauseDone::Linked { from: two, to: one, removed: false },
        CauseDone::Linked { from: two, to: one, removed: true },
        CauseDone::Judged { cause: two, is: Confidence::Confirmed },
        CauseDone::Supported { cause: Some(two), entry, recorded: true },
        CauseDone::Supported { cause: Some(two), entry, recorded: false },
        CauseDone::Supported { cause: None, entry, recorded: true },
        CauseDone::Withdrawn { cause: two, entry },
    ];
    let mut all: Vec<Reply> = steps.into_iter().map(|done| Reply::Analysis { incident, done }).collect();
    let time = KeyTime::ImpactStarted;
    let set = |at, cleared, disorder| Reply::TimeSet { incident, time, at, cleared, disorder };
    all.extend([
        set(Some(at(2)), false, Vec::new()),
        set(Some(at(2)), false, disorder()),
        set(Some(at(2)), true, Vec::new()),
        set(None, true, Vec::new()),
    ]);
    all
}

/// The analysis and the key times of a record, with all that they can hold.
pub(super) fn of_analysis(views: &mut Collected, record: &Record<'_>) {
    let causes = CausesView::of(record);
    views.add("chat/causes", &CausesView { at: Some("2026-11-21 14:05".to_owned()), ..causes.clone() });
    views.add("chat/causes", &causes);
    for cause in &record.incident.analysis.causes {
        if let Some(view) = CauseShownView::of(record, cause.id) {
            views.add("chat/cause", &view);
        }
    }
    views.add("chat/times", &TimesView::of(record));
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
        added(CauseId(4), CauseRole::Trigger, None, vec![Edge { from: CauseId(4), to: two }]),
        added(CauseId(5), CauseRole::Why, None, Vec::new()),
        added(CauseId(6), CauseRole::Limited, None, Vec::new()),
        added(CauseId(7), CauseRole::Detected, None, Vec::new()),
        added(CauseId(8), CauseRole::ShouldDetect, None, Vec::new()),
        AnalysisChange::CauseLinked { edge: Edge { from: three, to: two } },
        AnalysisChange::CauseLinked { edge: Edge { from: three, to: one } },
        AnalysisChange::CauseUnlinked { edge: Edge { from: three, to: two } },
        AnalysisChange::CauseEdited { cause: three, role: CauseRole::Factor, text: text(), category: None },
        AnalysisChange::EvidenceAdded { cause: two, evidence: EntryId(3) },
        AnalysisChange::EvidenceAdded { cause: two, evidence: EntryId(6) },
        AnalysisChange::EvidenceAdded { cause: two, evidence: EntryId(22) },
        AnalysisChange::EvidenceAdded { cause: two, evidence: EntryId(23) },
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
        PostmortemChange::PostmortemDue { due: None, remind_at: None },
        PostmortemChange::PostmortemDue { due: Some(at(900)), remind_at: Some(at(800)) },
        PostmortemChange::PostmortemReminded { due: at(900), remind_at: None },
        PostmortemChange::ReviewAsked { reviewers: vec![person(1), person(3)], required: 2 },
        PostmortemChange::ReviewAsked { reviewers: Vec::new(), required: 0 },
        PostmortemChange::Commented { comment, section: Some(key("summary")), text: text() },
        PostmortemChange::Commented { comment: CommentId(2), section: None, text: text() },
        PostmortemChange::CommentSettled { comment: CommentId(2) },
        PostmortemChange::SentBack { reason: Some(text()) },
        PostmortemChange::SentBack { reason: None },
        PostmortemChange::SignedOff { person: person(3) },
        PostmortemChange::Approved,
        PostmortemChange::Published,
        PostmortemChange::PostmortemExported {
            target: "wiki".to_owned(),
            room: None,
            reference: "77".to_owned(),
            url: Some("https://wiki.example/77|x".to_owned()),
            entries: 60,
        },
        PostmortemChange::PostmortemExported {
            target: "hook".to_owned(),
            room: Some(RoomId(uuid::Uuid::nil())),
            reference: "1".to_owned(),
            url: None,
            entries: 61,
        },
        PostmortemChange::ExportFailed { target: "wiki".to_owned(), room: None, reason: text() },
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

/// How far the document has come, at each stage, and what is missing in it.
pub(super) fn of_review(views: &mut Collected, record: &Record<'_>) {
    let view = ReviewView::of(record, at(1_000));
    let ana = || WhoView { name: "ana".to_owned(), person: true, program: false };
    let comment = CommentRow {
        id: "C2".to_owned(),
        section: Some("lessons".to_owned()),
        text: "why so late?".to_owned(),
        who: ana(),
        time: "09:00".to_owned(),
    };
    let reviewer = |signed: bool| ReviewerRow { handle: "bo".to_owned(), signed: signed.then(|| "09:00".to_owned()) };
    let whole = ReviewView {
        state: "in review",
        in_review: true,
        published: Some("09:00".to_owned()),
        published_by: Some(ana()),
        template: Some("standard".to_owned()),
        owner: Some("ana".to_owned()),
        due: Some("10:00".to_owned()),
        overdue: true,
        required: Some(2),
        reviewers: vec![reviewer(true), reviewer(false)],
        sections: vec!["lessons".to_owned(), "summary".to_owned()],
        comments: vec![comment],
        errors: Some(3),
        warnings: Some(2),
        ..view.clone()
    };
    views.add("chat/review", &ReviewView { in_review: false, approved: true, errors: None, ..whole.clone() });
    views.add("chat/review", &ReviewView { in_review: false, draft: true, required: None, ..view });
    views.add("chat/review", &whole);
    views.add("chat/lint", &LintView::of(record, at(1_000)));
    views.add("chat/lint", &LintView::from_findings(record.incident.id, Vec::new()));
    views.add("chat/section", &SectionView::of(record, &key("lessons")));
    views.add("chat/section", &SectionView::of(record, &key("nothing")));
}

/// Everything that somebody is told of the document.
pub(super) fn reviews(incident: IncidentId) -> Vec<Reply> {
    let (comment, section, text) = (CommentId(1), || "lessons".to_owned(), str::to_owned);
    let all = [
        ReviewDone::Asked { people: vec![text("bo"), text("cy_d")], required: 2 },
        ReviewDone::Asked { people: vec![text("bo")], required: 1 },
        ReviewDone::Signed { missing: 1 },
        ReviewDone::Signed { missing: 0 },
        ReviewDone::SentBack,
        ReviewDone::Published { targets: Vec::new() },
        ReviewDone::Published { targets: vec![text("wiki"), text("handbook")] },
        ReviewDone::Sending { targets: vec![text("wiki")] },
        ReviewDone::Revised,
        ReviewDone::Owned { person: text("ana") },
        ReviewDone::Due { due: Some(at(900)) },
        ReviewDone::Due { due: None },
        ReviewDone::Commented { comment },
        ReviewDone::Settled { comment },
        ReviewDone::Chosen { template: text("standard") },
        ReviewDone::Written { section: section(), emptied: false, void: 2, left_out_by: None },
        ReviewDone::Written { section: section(), emptied: false, void: 1, left_out_by: Some(text("short")) },
        ReviewDone::Written { section: section(), emptied: true, void: 0, left_out_by: None },
    ];
    all.into_iter().map(|done| Reply::Review { incident, done }).collect()
}
