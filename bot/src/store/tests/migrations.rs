//! Migrations: on a fresh database, again, at once, and over the data of every older schema.

use std::collections::BTreeMap;

use firebell_core::chain::Hash;
use firebell_core::directory::{ContactMethod, Directory};
use firebell_core::file::FileState;
use firebell_core::ids::{FileId, IncidentId, Key, MessageId, RoomId};
use firebell_core::incident::Mirror;
use firebell_core::oncall::handoff::Handover;
use firebell_core::oncall::shift::Span;
use firebell_core::policy::Viewer;
use firebell_core::similar::{Plan, Row};
use sha2::{Digest as _, Sha256};

use super::super::migrate::{POSTGRES, SQLITE, migrator, read};
use super::super::{
    calendars, cards, contacts, copies, digests, directory, effects, entries, feeds, files, handoffs, inbox, incidents,
    installation, integrations, leases, links, meant, messages, pages, searched, synthetic, tickets, timers, versions,
};
use super::sample::{ANN, BOB, WORKSPACE, at, changes, of_changes, outlets, people, said};
use super::*;

/// What a Firebell of this schema number had written. A change of the tables without such a file fails the test below.
fn sample(number: i64) -> String {
    let file = format!("{}/src/store/tests/samples/{number:04}.sql", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}; every migration has its sample"))
}

fn numbers_of_migrations() -> Vec<i64> {
    let mut numbers: Vec<i64> = read(&SQLITE).iter().map(|migration| migration.version).collect();
    numbers.sort_unstable();
    numbers
}

impl Session {
    /// Opens the file or database as it is, without migrating it to the newest schema.
    async fn migrate_to(&mut self, number: i64) {
        let up_to = |folder| read(folder).into_iter().filter(|migration| migration.version <= number).collect();
        match self {
            Self::Sqlite(connection) => migrator(up_to(&SQLITE)).run(connection).await.unwrap(),
            Self::Pg(connection) => migrator(up_to(&POSTGRES)).run(connection).await.unwrap(),
        }
    }

    async fn load_sample(&mut self, number: i64) {
        let text = sample(number);
        let sql = match self {
            Self::Sqlite(_) => text.replace("uuid'", "x'").replace("hex'", "x'"),
            Self::Pg(_) => text.replace("uuid'", "'").replace("hex'", r"'\x"),
        };
        self.sql(sql).await;
    }
}

#[tokio::test]
async fn what_any_older_schema_held_is_read_by_this_binary() {
    for written_by in numbers_of_migrations() {
        for place in Place::both().await {
            let mut session = Session::of(&place).await;
            session.migrate_to(written_by).await;
            session.load_sample(written_by).await;
            let store = Store::open(&place.url, StoreOptions::default()).await.unwrap();
            assert_eq!(session.number("SELECT max(version) FROM _sqlx_migrations").await, schema_number());
            every_outlet_is_there(&mut session).await;
            reads_back(&mut session.tx()).await;
            goes_on(&mut session.tx()).await;
            place.remove(store).await;
        }
    }
}

/// A page of an older schema with what its first step did, of which the tables of then say nothing.
const FIRED: &str = r#"[{"occasion":{"step":{"round":0,"step":0}},"at":"2026-03-01T12:00:00.123456Z","directory_version":7,"meant":[{"person":"00000000-0000-0000-0000-00000000000b","by":{"turn":{"schedule":"primary","version":2,"why":{"layer":"week"}}}},{"person":"00000000-0000-0000-0000-00000000000a","by":"named"}]}]"#;

#[tokio::test]
async fn whom_pages_meant_before_is_found_in_them() {
    for place in Place::both().await {
        let mut session = Session::of(&place).await;
        session.migrate_to(10).await;
        session.load_sample(10).await;
        let set = match &session {
            Session::Sqlite(_) => format!("UPDATE page SET doc = json_set(doc, '$.fired', json('{FIRED}'))"),
            Session::Pg(_) => format!("UPDATE page SET doc = jsonb_set(doc, '{{fired}}', '{FIRED}'::jsonb)"),
        };
        session.sql(set).await;
        let store = Store::open(&place.url, StoreOptions::default()).await.unwrap();
        let span = Span { start: at(0), end: at(1) };
        let found = meant::within(&mut session.tx(), &Key::new("primary").unwrap(), span, (None, 9)).await.unwrap();
        assert_eq!(found.iter().map(|meant| (meant.person, meant.at)).collect::<Vec<_>>(), [(BOB, at(0))]);
        place.remove(store).await;
    }
}

/// Of the room, its set-up and its card, and of the person who is paged.
async fn every_outlet_is_there(session: &mut Session) {
    let sql = "SELECT (SELECT count(*) FROM lane WHERE outlet = '00000000-0000-0000-0000-000000000001') * 100 + \
               (SELECT count(*) FROM card WHERE outlet = '00000000-0000-0000-0000-000000000001') * 10 + \
               (SELECT count(*) FROM lane WHERE outlet = 'console')";
    assert_eq!(session.number(sql).await, 211);
}

/// The sample through the functions that serve people.
async fn reads_back(tx: &mut Tx<'_>) {
    let id = IncidentId(1);
    let loaded = incidents::lock_by_room(tx, WORKSPACE, "C1").await.unwrap().unwrap();
    assert_eq!((loaded.incident.id, loaded.incident.title.as_str()), (id, "checkout fails 1"));
    assert_eq!(
        incidents::list(tx, incidents::Listed::Active, Viewer::Operator, 9).await.unwrap(),
        std::slice::from_ref(&loaded)
    );
    let entries = entries::history(tx, id).await.unwrap();
    assert_eq!(i64::try_from(entries.len()).unwrap(), loaded.incident.entries);
    assert_eq!(entries::anchors(tx, "INC-1").await.unwrap().len(), 1);
    let held = directory::load(tx, true).await.unwrap();
    // Schemas before the eighth knew no schedules.
    let knows_schedules = !held.directory.schedules.is_empty();
    let expected = if knows_schedules { people() } else { of_changes(&changes()) };
    // Those before the fourteenth knew nothing of hand-offs, nor whom a page meant.
    let handovers: BTreeMap<Key, Handover> = match handoffs::walked(tx).await.unwrap().pop_first() {
        None => BTreeMap::new(),
        Some((schedule, seen)) => {
            assert_eq!((seen.since, seen.people), (at(0), vec![BOB]));
            assert_eq!(meant::newest(tx, &schedule, at(0), 9).await.unwrap().len(), 1);
            BTreeMap::from([(schedule, said())])
        }
    };
    assert_eq!((held.entries, held.directory), (7, Directory { version: 7, handovers, ..expected }));
    assert_eq!(pages::turns(tx).await.unwrap().len(), usize::from(knows_schedules));
    let open = pages::lock_live(tx, id).await.unwrap();
    let [page] = open.as_slice() else { panic!("{open:?}") };
    assert_eq!(page.notices.first().unwrap().person, BOB);
    assert_eq!(timers::next_due(tx).await.unwrap(), page.due.as_ref().map(|due| due.at));
    assert_eq!(pages::incidents_waiting_for(tx, BOB).await.unwrap(), [id]);
    let message = messages::get(tx, id, MessageId(1)).await.unwrap().unwrap();
    let captured = message.captured().unwrap();
    assert_eq!((captured.text.as_deref(), captured.sent_at), (Some("looking"), at(6)));
    // Schemas before the fourth knew no files.
    if let Some(file) = files::get(tx, id, FileId(1)).await.unwrap() {
        let (size, hash) = (5, Hash::from_bytes(Sha256::digest(b"hello").into()));
        assert_eq!((file.message, file.state), (MessageId(1), FileState::Copied { size, hash }));
        assert_eq!(files::part(tx, (id, file.id), 0).await.unwrap().as_deref(), Some(&b"hello"[..]));
    }
    // Nor did those before the fifth know anything of copies.
    let copy = RoomId(uuid::Uuid::from_u128(0x019c_a945_0a7b_7924_a9f6_bb96_f489_0cd8));
    if let Some(copy) = copies::get(tx, (id, MessageId(1)), copy).await.unwrap() {
        assert_eq!((copy.external_id.as_deref(), copy.shows), (Some("k1"), copies::Shows::Revision(1)));
        assert_eq!(messages::take_turn(tx, id).await.unwrap(), Mirror::On { since: at(0) });
        assert_eq!(links::code(tx, &[6; 32], at(9)).await.unwrap().map(|(person, _)| person), Some(ANN));
        let account = (WORKSPACE, "U2");
        assert_eq!(links::misses(tx, account, at(0)).await.unwrap(), 1);
    }
    // Those before the sixteenth knew no trackers.
    if let Some(reading) = tickets::reading(tx, &Key::new("github").unwrap(), false).await.unwrap() {
        assert_eq!(reading["since"], "2026-03-01T12:00:00Z");
        assert_eq!(digests::all(tx, false).await.unwrap().len(), 1);
    }
    // Those before the fifteenth knew no programs.
    if let Some(grafana) = integrations::by_digest(tx, &[7; 32]).await.unwrap() {
        assert_eq!(grafana.name.as_str(), "grafana");
        assert_eq!(integrations::raised(tx, &grafana.name, "disk-full").await.unwrap(), Some(id));
    }
    // Those before the tenth sent no synthetic pages.
    if let Some(standing) = synthetic::get(tx).await.unwrap() {
        assert_eq!((standing.due_at, standing.delivered_at), (at(86_400), Some(at(1))));
        assert_eq!(standing.last.unwrap().key, "synthetic:1");
    }
    // Those before the twelfth sent no codes to addresses.
    if let [code] = contacts::waiting(tx, ANN, at(9), true).await.unwrap().as_slice() {
        assert_eq!((code.method, code.misses, code.to.mark.as_str()), (ContactMethod::Sms, 1, "m1"));
        let proofs = contacts::proofs(tx).await.unwrap();
        assert_eq!(proofs.iter().map(|proof| (proof.person, proof.at)).collect::<Vec<_>>(), [(ANN, at(1))]);
        let held = contacts::rounds::all(tx, true).await.unwrap();
        assert_eq!(held.iter().map(|round| (round.due, round.asked)).collect::<Vec<_>>(), [(at(86_400), Some(at(0)))]);
    }
    // Those before the thirteenth served no calendars.
    if let Some((person, schedule)) = feeds::get(tx, &[7; 32]).await.unwrap() {
        assert_eq!((person, schedule.unwrap().as_str()), (ANN, "web"));
        let readings = calendars::all(tx).await.unwrap();
        assert!(
            readings.values().all(|reading| reading.read_at == Some(at(0)) && reading.digest.is_some()),
            "{readings:?}"
        );
        assert_eq!(readings.len(), 1);
    }
    // Those before the sixteenth searched nothing; it is filled in when the database is opened.
    let words = ["checkout", "fails"].map(str::to_owned);
    let frequencies = searched::frequencies(tx, &words).await.unwrap();
    assert_eq!(frequencies.of.into_values().collect::<Vec<_>>(), [1, 1]);
    let plan = Plan { rare: words.to_vec(), ..Plan::default() };
    let found = searched::candidates(tx, &plan, i64::MAX).await.unwrap();
    assert_eq!(found.rows(), [Row::of(&loaded.incident).borrowed()]);
    assert_eq!(found.rows().first().map(|row| (row.title, row.marks)), Some(("checkout fails", "service:api")));
    // Those before the sixth knew no leases; this one has run out.
    assert!(leases::is_free(tx, "discord:1", at(60)).await.unwrap());
    // Those before the ninth kept nothing of what was applied.
    let kept = versions::list(tx, 9).await.unwrap();
    assert!(kept.iter().all(|version| (version.number, version.applied_at) == (7, at(3))), "{kept:?}");
    let answered = inbox::open::<String>(tx, WORKSPACE, "e1").await.unwrap().answered;
    assert_eq!(answered.as_deref(), Some("declared INC-1"));
    assert_eq!(installation::workspace(tx, "console", "main").await.unwrap(), Some(WORKSPACE));
    assert!(installation::served(tx, at(9)).await.unwrap());
    assert_eq!(incidents::next_number(tx).await.unwrap(), IncidentId(2));
}

/// What was queued is carried out.
async fn goes_on(tx: &mut Tx<'_>) {
    let lease = chrono::TimeDelta::seconds(30);
    let heads = effects::claim(tx, &outlets(), at(60), lease, 9).await.unwrap();
    let notice = heads.first().unwrap();
    assert!(heads.iter().any(|head| head.key.contains(":open:")), "{heads:?}");
    super::sample::settle(tx, &[(notice, &effects::Outcome::Dropped)], at(61)).await.unwrap();
    let card = cards::claim(tx, &outlets(), at(60), lease, 9).await.unwrap().remove(0);
    assert_eq!(card.incident, IncidentId(1));
}

#[tokio::test]
async fn a_database_that_is_current_is_left_alone() {
    for place in Place::both().await {
        let first = Store::open(&place.url, StoreOptions::default()).await.unwrap();
        let mut session = Session::of(&place).await;
        session.load_sample(schema_number()).await;
        first.close().await;
        for _ in 0..2 {
            Store::open(&place.url, StoreOptions::default()).await.unwrap().close().await;
        }
        let applied = session.number("SELECT count(*) FROM _sqlx_migrations").await;
        assert_eq!(applied, i64::try_from(numbers_of_migrations().len()).unwrap());
        reads_back(&mut session.tx()).await;
        place.remove(first).await;
    }
}

#[tokio::test]
async fn processes_that_start_together_migrate_once() {
    for place in Place::both().await {
        let opened = join_all((0..6).map(|_| Store::open(&place.url, StoreOptions::default()))).await;
        let stores: Vec<Store> = opened.into_iter().map(Result::unwrap).collect();
        let mut session = Session::of(&place).await;
        let applied = session.number("SELECT count(*) FROM _sqlx_migrations").await;
        assert_eq!(applied, i64::try_from(numbers_of_migrations().len()).unwrap());
        assert_eq!(session.number("SELECT count(*) FROM installation").await, 1);
        for store in &stores {
            store.close().await;
        }
        place.remove(stores.into_iter().next().unwrap()).await;
    }
}
