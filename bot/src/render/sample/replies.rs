//! Every reply.

use firebell_core::ids::{ActionId, EntryId, IncidentId, MessageId};
use firebell_core::incident::StatusWord;
use firebell_core::reply::Reply;

use super::{after, at, contacts, handoffs, overrides};

/// Every kind of reply.
pub(in crate::render) fn replies() -> Vec<Reply> {
    let incident = IncidentId(1);
    let (entry, action, people) = (EntryId(4), ActionId(2), || vec!["bo".to_owned(), "cy_d".to_owned()]);
    let text = |text: &str| text.to_owned();
    let mut all = vec![
        Reply::Declared { incident, severity: text("sev1"), paging: people(), unpaged: false, deferred: None },
        Reply::Declared { incident, severity: text("sev4"), paging: Vec::new(), unpaged: true, deferred: None },
        Reply::RoomAdded { incident, place: text("main") },
        Reply::MirrorSet { incident, on: true, alone: true },
        Reply::MirrorSet { incident, on: false, alone: false },
        Reply::AccountLinked { handle: text("ana"), was: Some(text("ana-2")), unreached: Some(text("slack")) },
        Reply::AccountLinked { handle: text("ana"), was: None, unreached: None },
        Reply::AccountUnlinked { account: text("U1"), place: text("main") },
        Reply::FeedEnded { schedule: Some(text("web")) },
        Reply::FeedEnded { schedule: None },
    ];
    all.extend(on_call());
    all.extend(after::replies(incident));
    all.extend([
        Reply::StatusSet { incident, to: StatusWord::Identified },
        Reply::SeveritySet { incident, to: text("sev2"), paging: people(), unpaged: false, deferred: None },
        Reply::SeveritySet { incident, to: text("sev2"), paging: Vec::new(), unpaged: true, deferred: None },
        Reply::Assigned { incident, role: text("lead"), person: text("ana") },
        Reply::Paging { incident, people: people(), deferred: None },
        Reply::Paging { incident, people: Vec::new(), deferred: None },
        Reply::Paging { incident, people: Vec::new(), deferred: Some(at(30)) },
        Reply::Raised { incident, people: people(), deferred: None, unpaged: false, again: false },
        Reply::Raised { incident, people: Vec::new(), deferred: Some(at(30)), unpaged: false, again: false },
        Reply::Raised { incident, people: Vec::new(), deferred: None, unpaged: true, again: false },
        Reply::Raised { incident, people: Vec::new(), deferred: None, unpaged: false, again: true },
        Reply::Acknowledged { incident, still_waiting: people() },
        Reply::Acknowledged { incident, still_waiting: Vec::new() },
        Reply::Noted { incident, entry },
        Reply::Updated { incident, next_due: Some(at(30)) },
        Reply::Updated { incident, next_due: None },
        Reply::ActionAdded { incident, action },
        Reply::ActionEdited { incident, action },
        Reply::ActionReopened { incident, action },
        Reply::ActionTicketed { incident, action, tracker: "github".into() },
        Reply::ActionDone { incident, action },
        Reply::SummarySet { incident },
        Reply::SectionsWritten { incident, sections: vec!["summary".to_owned(), "lessons".to_owned()] },
        Reply::ImpactSet { incident, disorder: Vec::new() },
        Reply::ImpactSet { incident, disorder: after::disorder() },
        Reply::FieldSet { incident, field: text("region"), emptied: false },
        Reply::FieldSet { incident, field: text("region"), emptied: true },
        Reply::Corrected { incident, entry },
        Reply::Linked { incident, entry },
        Reply::Marked { incident, message: MessageId(3), entry },
        Reply::Unmarked { incident, message: MessageId(3) },
        Reply::Cited { incident, entry },
        Reply::Snoozed { incident, next_due: at(30) },
        Reply::Redacted { incident, target: text("M3") },
        Reply::Merged { incident, into: IncidentId(2), analysed: false },
        Reply::Merged { incident, into: IncidentId(2), analysed: true },
        Reply::Cancelled { incident },
        Reply::Resolved { incident },
        Reply::Reopened { incident },
        Reply::Closed { incident },
    ]);
    all.extend(after::reviews(incident));
    all.extend(handoffs::replies());
    all.extend(overrides::replies());
    all.extend(contacts::of_contact_replies());
    all
}

/// Those about who is on call.
fn on_call() -> Vec<Reply> {
    let text = |text: &str| text.to_owned();
    vec![
        Reply::OnCall {
            schedules: vec![text("web"), text("nights")],
            person: text("ana"),
            instead_of: Some(text("bo")),
            start: at(0),
            end: at(60),
        },
        Reply::OnCall {
            schedules: vec![text("web")],
            person: text("ana"),
            instead_of: None,
            start: at(0),
            end: at(60),
        },
        Reply::SwapProposed { schedule: text("web"), person: text("bo"), start: at(0), end: at(60) },
        Reply::SwapAnswered { schedule: text("web"), person: text("bo"), accepted: true },
        Reply::SwapAnswered { schedule: text("web"), person: text("bo"), accepted: false },
    ]
}
