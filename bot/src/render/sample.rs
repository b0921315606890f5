//! A made-up record that holds every kind of entry, and what templates are given of it.

mod after;
mod contacts;
mod handoffs;
mod overrides;
mod promised;
pub(super) mod replies;
mod report;
mod shown;
pub(super) mod similar;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use firebell_core::actor::{Actor, Who};
use firebell_core::chain::Hash;
use firebell_core::directory::{
    ContactMethod, Directory, DirectoryChange, Origin, Person, Service, Standing, Team, Urgency,
};
use firebell_core::effect::SetUp;
use firebell_core::file::FileOutcome;
use firebell_core::ids::{
    ActionId, EntryId, FileId, IncidentId, Key, MessageId, NoticeId, PageId, PersonId, RoomId, WorkspaceId,
};
use firebell_core::incident::{ActiveStatus, Channel, Incident, Joined, Visibility};
use firebell_core::oncall::shift::Why;
use firebell_core::paging::page::{
    Due, DueStep, EndReason, Fired, Notice, NoticeState, Page, PageState, Pinned, Recipient, SkipReason,
};
use firebell_core::paging::policy::{AckNeed, Step, Terms};
use firebell_core::paging::target::{Meant, Way};
use firebell_core::settings::Settings;
use firebell_core::timeline::{Change, Correction, Declared, Entry, NoticeOutcome};
use firebell_core::view::{
    ActionsView, AlarmView, AnnouncementView, CallView, Captured, CardView, Head, HelpView, ListView, NoticeView,
    PostView, PostmortemView, Record, ReplyView, ShowView, SyntheticView, TimelineView, WhyView, WithdrawView,
};
use serde::Serialize;
use uuid::Uuid;

use self::contacts::of_contacts;
use self::replies::replies;
use self::report::of_reports;
use self::shown::{of_on_call, of_people, of_rooms, of_schedules, of_simulations};
use self::similar::of_similar;
use super::TemplateError;
use super::check::Views;
use super::material::Material;

/// A whole record, owned.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    pub(super) incident: Incident,
    pub(super) entries: Vec<Entry>,
    pub(super) messages: Vec<Captured>,
    pub(super) pages: Vec<Page>,
    pub(super) directory: Directory,
    settings: Settings,
}

/// What templates are rendered with: of a record that holds everything, and of some that hold next to nothing. `own` are
/// the names of the postmortem templates.
pub(super) fn views(own: &[String]) -> Result<Views, TemplateError> {
    // The later ones have what the first has no more: a next update, and the ends that a closed incident has not.
    let first = |visibility| declared("title", visibility);
    let cancelled = Change::Cancelled { reason: Some("false alarm".into()) };
    let samples = [
        Sample::new(&changes("words"), Visibility::Public),
        Sample::new(&[first(Visibility::Private)], Visibility::Private),
        Sample::new(&[first(Visibility::Public)], Visibility::Public),
        Sample::new(&[first(Visibility::Public), cancelled], Visibility::Public),
        Sample::new(&[first(Visibility::Public), Change::MergedInto { into: IncidentId(2) }], Visibility::Public),
    ];
    let mut views = Collected::default();
    for sample in samples.into_iter().flatten() {
        of_record(&mut views, &sample.record(), own);
    }
    for view in replies().iter().filter_map(|reply| ReplyView::of(reply, Tz::UTC.into())) {
        views.add(view.template, &view);
    }
    of_people(&mut views);
    of_contacts(&mut views);
    of_on_call(&mut views);
    of_schedules(&mut views);
    of_simulations(&mut views);
    of_reports(&mut views);
    views.add("chat/alarm", &AlarmView::of("a finding"));
    for again in [false, true] {
        views.add("chat/synthetic", &SyntheticView::of("ana", DateTime::UNIX_EPOCH, again));
    }
    views.add("chat/help", &HelpView::all());
    for view in ["declare", "list"].iter().filter_map(|topic| HelpView::topic(topic)) {
        views.add("chat/help", &view);
    }
    views.0
}

/// The views so far, or the first that could not be one.
struct Collected(Result<Views, TemplateError>);

impl Default for Collected {
    fn default() -> Self {
        Self(Ok(Views::new()))
    }
}

impl Collected {
    fn add(&mut self, template: &str, view: &impl Serialize) {
        let Ok(views) = &mut self.0 else { return };
        match serde_json::to_value(view) {
            Ok(view) => views.entry(template.to_owned()).or_default().push(view),
            Err(error) => self.0 = Err(TemplateError::new(template, error.to_string())),
        }
    }
}

fn of_record(views: &mut Collected, record: &Record<'_>, own: &[String]) {
    of_rooms(views, record);
    for view in record.entries.iter().filter_map(|entry| PostView::of(record, entry.id)) {
        views.add("chat/post", &view);
        views.add("chat/tell", &view);
    }
    for page in record.pages {
        for notice in &page.notices {
            if let Some(view) = NoticeView::of(record, page, notice.id, true) {
                views.add("chat/notice", &view);
            }
            if let Some(view) = WithdrawView::of(record, page, notice.id) {
                views.add("chat/withdraw", &view);
            }
        }
        for view in page.fired.iter().filter_map(|fired| CallView::of(record, page, fired.occasion)) {
            views.add("chat/call", &view);
        }
    }
    views.add("chat/card", &CardView::of(record));
    for room in [None, Some("#room".to_owned())] {
        for template in ["chat/topic", "chat/purpose", "chat/announcement"] {
            views.add(template, &AnnouncementView::of(record, room.clone()));
        }
    }
    for template in ["chat/show", "chat/summary", "chat/impact"] {
        views.add(template, &ShowView::of(record));
    }
    after::of_analysis(views, record);
    of_similar(views, record);
    views.add("chat/timeline", &TimelineView::of(record));
    views.add("chat/actions", &ActionsView::of(record, at(100)));
    promised::of_record(views, record);
    after::of_review(views, record);
    views.add("chat/why", &WhyView::of(record, None));
    views.add("chat/why", &WhyView::of(record, Some(person(1))));
    let one = ListView::of(&[record.incident], record.directory, record.times, true);
    views.add("chat/list", &ListView { older: true, ..one });
    views.add("chat/list", &ListView::of(&[], record.directory, record.times, false));
    let view = &PostmortemView::of(record);
    for template in own {
        views.add(&format!("postmortem/{template}.md"), &Material::of(template, view));
    }
}

impl Sample {
    /// The record that these changes make, a minute apart; `None` when they do not begin with a declaration.
    pub(super) fn new(changes: &[Change], visibility: Visibility) -> Option<Self> {
        let mut entries: Vec<Entry> = changes.iter().zip(0_i64..).map(|(change, n)| entry(n, change)).collect();
        let incident = Incident::fold(&entries).ok()?;
        if let Some(gone) = entries.iter_mut().find(|entry| entry.id == EntryId(REDACTED)) {
            gone.change = None;
        }
        let full = visibility == Visibility::Public;
        let message = |id, text: Option<&str>| Captured {
            id: MessageId(id),
            author: person(2),
            sent_at: at(id * 7),
            text: text.map(str::to_owned),
            edited: id == 2,
            deleted: id == 3,
        };
        let messages = vec![message(1, Some("said")), message(2, Some("edited")), message(3, None), message(4, None)];
        Some(Self {
            incident,
            entries,
            messages: if full { messages } else { Vec::new() },
            pages: vec![
                page(PageState::Open),
                page(PageState::Acknowledged { at: at(9), by: person(2) }),
                if full { over() } else { page(ended()) },
            ],
            directory: directory(),
            settings: after::settings(),
        })
    }

    pub(super) fn record(&self) -> Record<'_> {
        Record {
            incident: &self.incident,
            entries: &self.entries,
            messages: &self.messages,
            pages: &self.pages,
            directory: &self.directory,
            settings: &self.settings,
            times: Tz::Europe__Berlin.into(),
            head: Head {
                seq: self.incident.entries,
                hash: Hash::from_bytes([0x3f; 32]),
                signature: "k1.AbC_-9".into(),
            },
        }
    }
}

/// The entry of [`changes`] whose body is gone.
const REDACTED: i64 = 6;

pub(super) fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_269_600, 0).unwrap_or_default() + TimeDelta::minutes(minutes)
}

pub(super) fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

fn key(text: &str) -> Key {
    Key::new(text).unwrap_or_else(|_| unreachable!("a literal key"))
}

pub(super) fn entry(number: i64, change: &Change) -> Entry {
    let who = if number % 5 == 4 { Who::Firebell } else { Who::Person(person(1)) };
    Entry {
        id: EntryId(number + 1),
        happened_at: at(number),
        recorded_at: at(number),
        actor: Actor { who, via: firebell_core::actor::Via::Web },
        kind: change.kind().to_owned(),
        change: Some(change.clone()),
    }
}

pub(super) fn declared(title: &str, visibility: Visibility) -> Change {
    let full = visibility == Visibility::Public;
    Change::Declared(Declared {
        id: IncidentId(1),
        title: title.to_owned(),
        incident_type: key(if full { "default" } else { "outage" }),
        severity: key("sev1"),
        visibility,
        drill: full,
        owning_team: full.then(|| key("shop")),
        services: if full { vec![key("checkout"), key("search")] } else { Vec::new() },
        fields: Vec::new(),
        impact_started: full.then(|| at(-10)),
        update_due: full.then(|| at(30)),
        announced: Vec::new(),
        mirror: false,
    })
}

/// Every kind of entry, with `words` wherever people write.
pub(super) fn changes(words: &str) -> Vec<Change> {
    let text = || words.to_owned();
    let said = || Some(words.to_owned());
    let (room, page) = (RoomId(Uuid::from_u128(7)), PageId(Uuid::from_u128(8)));
    let mut all = vec![
        declared(words, Visibility::Public),
        Change::RoomRequested { room, workspace: WorkspaceId(Uuid::from_u128(9)), adopts: None },
        Change::RoomOpened { room, external_id: "x".into(), name: text() },
        Change::RoomFailed { room, reason: text() },
        Change::MemberJoined { person: person(1), how: Joined::Declared },
        Change::Noted { text: text() },
        Change::StatusChanged { to: ActiveStatus::Investigating },
        Change::SeverityChanged { to: key("sev2"), before: key("sev1"), update_due: None },
        Change::RoleAssigned { role: key("lead"), person: person(1), before: Some(person(2)) },
        Change::SummarySet { text: text() },
        Change::ImpactSet { text: said(), started_at: Some(at(-12)) },
        Change::Noted { text: "a first version".into() },
        Change::Corrected { entry: EntryId(12), correction: Correction::Text { text: text() } },
        Change::Corrected { entry: EntryId(12), correction: Correction::HappenedAt { at: at(1) } },
        Change::EntryRedacted {
            entry: EntryId(REDACTED),
            reason: text(),
            remains: Box::new(Change::Noted { text: firebell_core::timeline::REDACTED.into() }),
        },
        Change::MessageRedacted { message: MessageId(4), reason: text() },
        Change::Updated { text: text(), next_due: Some(at(60)) },
        Change::UpdateReminded { due: at(60), next_due: at(90) },
        after::added(1, words, true),
        after::added(2, words, false),
        Change::ActionDone { action: ActionId(1) },
        Change::Linked { url: "https://dash.example/d?x=1|2".into(), title: said() },
        marked(words),
    ];
    all.extend(paging(page, words));
    all.extend([
        Change::MessageUnmarked { message: MessageId(1) },
        Change::MessageCited { author: Some(person(2)), text: text(), link: Some("https://chat.example/a|b".into()) },
        Change::MessageCited { author: None, text: text(), link: None },
        Change::UpdateSnoozed { next_due: at(95) },
        settled(words, FileOutcome::Copied { size: 2_000, hash: Hash::from_bytes([2; 32]) }),
        settled(words, FileOutcome::NotCopied { reason: text() }),
        settled(words, FileOutcome::Erased),
        Change::MirrorSet { on: true },
        Change::MirrorSet { on: false },
        Change::SetUpFailed { room, step: SetUp::Bookmarks, person: None, reason: text() },
        Change::SetUpFailed { room, step: SetUp::Invite, person: Some(person(3)), reason: text() },
        Change::Announced {
            channel: Channel { workspace: WorkspaceId(Uuid::from_u128(9)), external_id: "C9".into() },
            message: "1.2".into(),
        },
        Change::FieldSet { field: "region".into(), value: said() },
        Change::FieldSet { field: "tier".into(), value: None },
    ]);
    all.extend(after::changes(words));
    all.extend([
        Change::MergedFrom { other: IncidentId(2) },
        Change::StatusChanged { to: ActiveStatus::Mitigated },
        Change::Resolved { summary: "first".into() },
        Change::Reopened { reason: said(), update_due: None },
        Change::Resolved { summary: text() },
        Change::RoomClosed { room },
        Change::Closed,
    ]);
    all
}

fn marked(words: &str) -> Change {
    let (message, hash) = (MessageId(1), Hash::from_bytes([1; 32]));
    Change::MessageMarked { message, revision: 1, hash, author: person(2), text: words.to_owned() }
}

fn settled(words: &str, outcome: FileOutcome) -> Change {
    Change::FileSettled { file: FileId(1), message: MessageId(1), name: words.to_owned(), outcome }
}

fn paging(page: PageId, words: &str) -> Vec<Change> {
    let settled = |outcome| Change::NoticeSettled {
        page,
        notice: NoticeId(1),
        person: person(2),
        method: ContactMethod::Console,
        outcome,
    };
    let policy = Some(key("primary"));
    let people = vec![person(2), person(3)];
    vec![
        Change::Paged {
            page,
            policy,
            policy_version: 3,
            people: people.clone(),
            message: Some(words.to_owned()),
            again_of: Some(page),
        },
        Change::Escalated { page, step: 0, people: people.clone(), places: Vec::new(), directory_version: 5 },
        Change::Escalated {
            page,
            step: 1,
            people: people.clone(),
            places: vec!["slack:C1".to_owned()],
            directory_version: 5,
        },
        Change::PageDeferred { page, until: at(90) },
        Change::PlaceFailed { page, place: "bridge".to_owned(), reason: "it is not there".to_owned() },
        Change::StepSkipped { page, step: 2, reason: SkipReason::Unreachable },
        Change::LastResortPaged { page, people, round: 1 },
        settled(NoticeOutcome::Delivered),
        settled(NoticeOutcome::DeliveredAgain),
        settled(NoticeOutcome::Failed { reason: words.to_owned() }),
        Change::Acknowledged { page, person: person(2), whole: true },
        Change::PageEnded { page, reason: EndReason::Resolved },
    ]
}

fn page(state: PageState) -> Page {
    let due = matches!(state, PageState::Open).then(|| Due {
        at: at(5),
        what: DueStep::Step { round: 0, step: 1 },
        deferred: true,
    });
    let answered = shown::answered(&state);
    let notice = |id, state| Notice {
        id: NoticeId(id),
        person: person(2),
        method: if id == 2 { ContactMethod::Sms } else { ContactMethod::Console },
        occasion: if id == 4 { DueStep::LastResort { round: 1 } } else { DueStep::Step { round: id - 1, step: 0 } },
        repeat: 0,
        queued_at: at(id),
        state,
        trail: shown::trail(id, at(3)),
    };
    let step = |number| Step { people: vec![person(number)], wait_s: 300, needs: AckNeed::Anyone, ..Step::default() };
    Page {
        id: PageId(Uuid::from_u128(8)),
        version: 1,
        incident: IncidentId(1),
        pinned: Pinned {
            policy: Some(key("primary")),
            version: 3,
            steps: vec![step(2), step(3)],
            rounds: 1,
            terms: Terms::default(),
        },
        raised: EntryId(24),
        raised_by: Who::Person(person(1)),
        raised_at: at(0),
        state,
        urgency: Urgency::High,
        due,
        planned: Vec::new(),
        recipients: vec![Recipient { person: person(2), since: at(0), needs: AckNeed::Anyone, state: answered }],
        fired: vec![
            fired(DueStep::Step { round: 0, step: 0 }, None),
            fired(DueStep::Step { round: 1, step: 0 }, None),
            fired(DueStep::Step { round: 2, step: 0 }, Some(SkipReason::Uncovered)),
        ],
        notices: vec![
            notice(1, NoticeState::Queued),
            notice(2, NoticeState::Delivered { at: at(3), again: true }),
            notice(3, NoticeState::Failed { at: at(3), reason: "refused | by *it*".into() }),
            notice(4, NoticeState::Cancelled { at: at(4) }),
        ],
    }
}

/// What came of a step that asks a schedule.
fn fired(occasion: DueStep, skipped: Option<SkipReason>) -> Fired {
    let by = Way::Schedule { schedule: key("web"), version: 2, why: Why::Layer(key("week")) };
    let uncovered = if skipped.is_some() { vec![key("web"), key("nights")] } else { Vec::new() };
    let meant = if skipped.is_some() { Vec::new() } else { vec![Meant { person: person(2), by }] };
    Fired {
        occasion,
        at: at(0),
        directory_version: 5,
        meant,
        shadows: Vec::new(),
        uncovered,
        places: Vec::new(),
        skipped,
    }
}

fn ended() -> PageState {
    PageState::Ended { at: at(11), reason: EndReason::Resolved }
}

/// A page to a named person that the end of the incident ended.
fn over() -> Page {
    let ended = page(ended());
    Page { pinned: Pinned { policy: None, version: 0, ..ended.pinned }, notices: Vec::new(), ..ended }
}

fn directory() -> Directory {
    let mut directory = Directory::default();
    for (number, handle) in [(1, "ana"), (2, "bo"), (3, "cy_d")] {
        directory.apply(&DirectoryChange::PersonSaved(Person {
            id: person(number),
            handle: key(handle),
            name: format!("{} | *Example*", handle.to_uppercase()),
            email: None,
            zone: Tz::UTC,
            locale: "en".into(),
            standing: Standing::Responder,
            contacts: if number == 3 { Vec::new() } else { vec![ContactMethod::Console] },
            addresses: std::collections::BTreeMap::new(),
            rules: Vec::new(),
            chosen: firebell_core::directory::Chosen::default(),
            origin: Origin::File,
            active: true,
        }));
    }
    directory.apply(&DirectoryChange::TeamSaved(Team {
        key: key("shop"),
        name: "Shop".to_owned(),
        members: vec![person(1), person(2)],
        origin: Origin::File,
    }));
    directory.apply(&DirectoryChange::ServiceSaved(Service {
        key: key("checkout"),
        name: "Checkout".to_owned(),
        team: Some(key("shop")),
        policy: None,
        runbook: Some("https://example.org/*checkout*".to_owned()),
        tier: None,
        depends_on: Vec::new(),
        rooms: Vec::new(),
        origin: Origin::File,
    }));
    directory
}
