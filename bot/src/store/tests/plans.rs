//! How SQLite answers what is asked all the time: by an index, never by reading a whole table.

use std::sync::Mutex;
use std::thread::{self, ThreadId};

use chrono::TimeDelta;
use firebell_core::chain::Hash;
use firebell_core::directory::ContactMethod;
use firebell_core::effect::{Effect, Reference};
use firebell_core::file::{Attached, FileOutcome};
use firebell_core::ids::{EntryId, IncidentId, MessageId, RoomId};
use firebell_core::message::Revised;
use firebell_core::oncall::shift::Span;
use firebell_core::outlet::Outlet;
use firebell_core::policy::Viewer;
use firebell_core::similar::{Plan, Query, SearchedText};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::super::outlets::Outlets;
use super::super::{
    actions, cards, copies, effects, entries, files, inbox, incidents, leases, meant, messages, pages, searched,
    tickets, timers, walk,
};
use super::sample::{BOB, WORKSPACE, at, go_on, note, outlets, plant, room, with_room};
use super::*;

/// Every statement that the driver ran in this process, with the thread that ran it: each connection has one.
static RAN: Mutex<Vec<(ThreadId, String)>> = Mutex::new(Vec::new());
const MARK: &str = "SELECT 'the statements of this connection are looked at', 1, 2, 3";
const LEASE: TimeDelta = TimeDelta::seconds(30);

struct Statements;

#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "db.statement" {
            value.trim().clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

impl Subscriber for Statements {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text::default();
        event.record(&mut text);
        RAN.lock().unwrap().push((thread::current().id(), text.0));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn no_hot_statement_reads_a_whole_table() {
    tracing::subscriber::set_global_default(Statements).unwrap();
    let place = Place::sqlite();
    let store = place.open().await;
    let mut session = Session::of(&place).await;
    session.sql(MARK).await;
    walk(&mut session.tx()).await;
    session.sql(MARK).await;

    let mut statements = of_this_connection();
    statements.sort();
    statements.dedup();
    assert!(statements.len() > 40, "only {} statements were seen: {statements:#?}", statements.len());
    let (mut scans, mut amendments) = (Vec::new(), 0);
    for statement in statements {
        let Session::Sqlite(connection) = &mut session else { panic!("a place on SQLite") };
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
        let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain).fetch_all(connection).await.unwrap();
        for (.., step) in plan {
            // Whatever is claimed comes out of its index in order, so that a long queue is not sorted for its head.
            amendments += usize::from(step.contains("INDEX entry_amends"));
            let sorts = statement.starts_with("WITH ready") && step.starts_with("USE TEMP B-TREE");
            if sorts || reads_everything(&step) {
                scans.push(format!("{step}: {statement}"));
            }
        }
    }
    assert!(scans.is_empty(), "{scans:#?}");
    assert_eq!(amendments, 1, "what later entries say of one is not looked for among all of them");
    place.remove(store).await;
}

/// Rows of a common table expression and of a `VALUES` list are few.
fn reads_everything(step: &str) -> bool {
    const FEW: [&str; 4] = ["ready", "newest", "v", "CONSTANT ROW"];
    // These indexes hold only what is open, and the statements end after their first rows or show all of it.
    const PARTIAL: [&str; 2] = ["INDEX incident_active", "INDEX action_open"];
    step.strip_prefix("SCAN ").is_some_and(|what| {
        !FEW.iter().any(|few| what.starts_with(few))
            && !what.ends_with("-ROW VALUES CLAUSE")
            && !what.ends_with(" CONSTANT ROWS")
            // Full text is asked by its words.
            && !what.split_once(" VIRTUAL TABLE INDEX ").is_some_and(|(_, asked)| asked.contains(":M"))
            && !PARTIAL.iter().any(|index| what.ends_with(index))
    })
}

fn of_this_connection() -> Vec<String> {
    let ran = RAN.lock().unwrap();
    let thread = ran.iter().find(|(_, sql)| sql == MARK).unwrap().0;
    let mine = ran.iter().filter(|(by, _)| *by == thread).map(|(_, sql)| sql);
    let marked = mine.skip_while(|sql| *sql != MARK).filter(|sql| *sql != MARK);
    // Writes are several statements in one text.
    marked.flat_map(|sql| sql.split(';')).filter(|sql| !sql.is_empty()).map(str::to_owned).collect()
}

/// What a busy installation does all day.
async fn walk(tx: &mut Tx<'_>) {
    plant(tx).await;
    let (first, room) = with_room(tx, 1, 0).await;
    go_on(tx, &first, note("seen"), 5).await;
    timed(tx).await;
    inbox::open::<i64>(tx, WORKSPACE, "e1").await.unwrap();
    Writes::alone(tx, |writes| inbox::answer(writes, &[(WORKSPACE, "e1", at(0), &1_i64)])).await.unwrap();
    inbox::known(tx, WORKSPACE, &["e1".to_owned()]).await.unwrap();
    incidents::of_rooms(tx, WORKSPACE, &["C1".to_owned()]).await.unwrap();
    incidents::get(tx, IncidentId(1)).await.unwrap();
    incidents::lock(tx, IncidentId(1)).await.unwrap();
    incidents::lock_by_room(tx, WORKSPACE, "C1").await.unwrap();
    incidents::of_room(tx, WORKSPACE, "C1").await.unwrap();
    incidents::list(tx, incidents::Listed::Active, Viewer::Operator, 9).await.unwrap();
    promised(tx).await;
    pages::lock_live(tx, IncidentId(1)).await.unwrap();
    pages::of_incident(tx, IncidentId(1)).await.unwrap();
    pages::get_all(tx, &[uuid::Uuid::nil()]).await.unwrap();
    let (primary, span) = (sample::key("primary"), Span { start: at(0), end: at(9) });
    meant::within(tx, &primary, span, (None, 9)).await.unwrap();
    meant::newest(tx, &primary, at(0), 9).await.unwrap();
    meant::incidents(tx, &primary, &[1]).await.unwrap();
    incidents::get_all(tx, &[1]).await.unwrap();
    entries::amended(tx, &[(IncidentId(1), EntryId(1)), (IncidentId(2), EntryId(1))]).await.unwrap();
    pages::incidents_waiting_for(tx, BOB).await.unwrap();
    entries::history(tx, IncidentId(1)).await.unwrap();
    alike(tx).await;
    leased(tx).await;
    heard(tx, room).await;
}

/// Which incidents are like one.
async fn alike(tx: &mut Tx<'_>) {
    let query = Query::of(IncidentId(9), &SearchedText { title: "checkout fails", ..SearchedText::default() });
    let known = searched::frequencies(tx, &query.words()).await.unwrap();
    let marks = vec!["service:api".to_owned()];
    let plan = Plan { marks, common: query.words(), ..query.plan(&known) };
    assert_eq!(searched::candidates(tx, &plan, 9).await.unwrap().rows().len(), 3);
    let newest = Plan { newest: true, ..Plan::default() };
    assert_eq!(searched::candidates(tx, &newest, 9).await.unwrap().rows().len(), 1);
    assert_eq!(incidents::told_of(tx, Viewer::Public, &[1]).await.unwrap().len(), 1);
}

/// What is listed of follow-ups, and what is read of their tickets.
async fn promised(tx: &mut Tx<'_>) {
    let wanted = actions::Wanted { owner: Some(BOB), due_before: Some(at(0)), ..actions::Wanted::default() };
    actions::open(tx, Viewer::Operator, &wanted, 9).await.unwrap();
    tickets::of_incidents(tx, &[1]).await.unwrap();
    tickets::known(tx, &sample::key("github"), &["1".to_owned()]).await.unwrap();
}

/// What a replica does that may be the only one to do something.
async fn leased(tx: &mut Tx<'_>) {
    leases::is_free(tx, "gate", at(0)).await.unwrap();
    let held = leases::take(tx, "gate", uuid::Uuid::nil(), LEASE, at(0)).await.unwrap().unwrap();
    leases::renew(tx, &held, LEASE, at(1)).await.unwrap();
    leases::release(tx, &held, at(2)).await.unwrap();
}

/// What is said in rooms.
async fn heard(tx: &mut Tx<'_>, room: RoomId) {
    let one = IncidentId(1);
    messages::take_turn(tx, one).await.unwrap();
    messages::find(tx, (one, room), "m").await.unwrap();
    entries::open_since(tx, one, room).await.unwrap();
    let id = messages::begin(tx, (one, room, "m"), BOB, (at(0), None)).await.unwrap();
    let revised = Revised { number: 1, at: at(0), text: Some("said".to_owned()) };
    messages::revise(tx, (one, id), &revised, [0; 16]).await.unwrap();
    messages::get(tx, one, id).await.unwrap();
    messages::of_incident(tx, one).await.unwrap();
    messages::place(tx, one, id).await.unwrap();
    messages::own(tx, (one, room), BOB, 9).await.unwrap();
    copied(tx, (one, room), id).await;
    let (external_id, name) = ("F".to_owned(), "a".to_owned());
    let attached = Attached { external_id, name, media_type: None, size: None, permalink: None };
    let file = files::attach(tx, (one, id), &attached, true).await.unwrap().unwrap();
    files::get(tx, one, file).await.unwrap();
    files::put_part(tx, (one, file), 0, b"a").await.unwrap();
    files::put_whole(tx, (one, file), 1, (1, Hash::ZERO)).await.unwrap();
    files::part(tx, (one, file), 0).await.unwrap();
    files::settle(tx, (one, file), &FileOutcome::NotCopied { reason: "b".to_owned() }).await.unwrap();
    files::of_incident(tx, one).await.unwrap();
    files::erase(tx, (one, id)).await.unwrap();
}

/// What is shown of it elsewhere.
async fn copied(tx: &mut Tx<'_>, (one, room): (IncidentId, RoomId), id: MessageId) {
    copies::others(tx, (one, room), id).await.unwrap();
    copies::want(tx, (one, id), room).await.unwrap();
    copies::get(tx, (one, id), room).await.unwrap();
    copies::settle(tx, (one, id), room, (Some("k"), copies::Shows::Revision(1))).await.unwrap();
    copies::original(tx, room, "k").await.unwrap();
    let answer = messages::begin(tx, (one, room, "n"), BOB, (at(0), Some("m"))).await.unwrap();
    assert!(copies::answered(tx, (one, answer), room).await.unwrap().is_some());
}

/// What workers and timers do.
async fn timed(tx: &mut Tx<'_>) {
    let due = pages::due(tx, at(9_000), 9).await.unwrap();
    assert_eq!(due.len(), 1);
    timers::due_updates(tx, at(9_000), 9).await.unwrap();
    timers::due_reminders(tx, at(9_000), 9).await.unwrap();
    timers::next_due(tx).await.unwrap();
    incidents::lock_free(tx, &[1]).await.unwrap();
    pages::lock(tx, &[due.first().unwrap().0]).await.unwrap();
    // As a process asks that leaves its screen to others, too.
    let screen = Outlet::Method(ContactMethod::Console);
    for mine in [&outlets(), &Outlets::default().with(Outlet::Workspace(WORKSPACE)).with_left_to_watched(screen)] {
        mine.ready(tx, at(9)).await.unwrap();
        effects::next_ready(tx, mine, at(9)).await.unwrap();
        effects::claim(tx, mine, at(-9), LEASE, 9).await.unwrap();
        cards::claim(tx, mine, at(-9), LEASE, 9).await.unwrap();
    }
    let made = Reference { external_id: "C9".to_owned(), name: String::new() };
    let heads = effects::claim(tx, &outlets(), at(9), LEASE, 9).await.unwrap();
    assert!(heads.len() > 1);
    let later = effects::Outcome::Later { at: at(20), answered: true };
    for (head, outcome) in heads.iter().zip([effects::Outcome::Done(made), later].iter().cycle()) {
        effects::still_mine(tx, &[head]).await.unwrap();
        super::sample::settle(tx, &[(head, outcome)], at(10)).await.unwrap();
    }
    reconciled(tx).await;
    effects::cancel(tx, &["unknown".to_owned()], at(10)).await.unwrap();
    let card = cards::claim(tx, &outlets(), at(9), LEASE, 9).await.unwrap().remove(0);
    cards::sent(tx, &card, (card.wanted, "M1"), at(10)).await.unwrap();
    cards::not_sent(tx, &card, None).await.unwrap();
}

/// What the reconcile pass reads every minute, but for its look at all that is queued, which is in an index of its own.
async fn reconciled(tx: &mut Tx<'_>) {
    let slice = walk::unfinished(tx, 0, 9).await.unwrap();
    walk::left_open(tx, 0, (9, 9)).await.unwrap();
    let loaded = incidents::get_sound(tx, &slice.numbers).await.unwrap();
    let incidents: Vec<_> = loaded.into_iter().map(|loaded| loaded.incident).collect();
    pages::open_of(tx, &slice.numbers).await.unwrap();
    let close = Effect::close_room(IncidentId(1), &room(1), EntryId(1), None);
    effects::unknown(tx, vec![close]).await.unwrap();
    pages::overdue(tx, at(0)).await.unwrap();
    cards::astray(tx, &incidents).await.unwrap();
}
