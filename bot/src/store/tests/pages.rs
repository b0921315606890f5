//! Pages: round trips, the version guard, due times, strict decoding.

use std::collections::BTreeMap;

use firebell_core::command::Command;
use firebell_core::ids::IncidentId;
use firebell_core::oncall::shift::Span;
use firebell_core::paging::page::Page;
use firebell_core::report::Told;

use super::super::pages::{
    dead_letters, due, forgotten, get_all, incidents_waiting_for, lock, lock_live, lock_sound, lock_timeless,
    of_incident, open_of, overdue, save, timeless, told, took_turns, turns,
};
use super::super::timers;
use super::sample::{ANN, BOB, at, decided, declare, go_on, key, plant};
use super::*;

async fn only_page(tx: &mut Tx<'_>, number: i64) -> Page {
    of_incident(tx, IncidentId(number)).await.unwrap().into_iter().next().unwrap()
}

#[tokio::test]
async fn whose_turn_it_was_is_kept_for_each_schedule() {
    on_both(async |session| {
        let tx = &mut session.tx();
        assert_eq!(turns(tx).await.unwrap(), BTreeMap::new());
        for last in [BOB, ANN] {
            let now = BTreeMap::from([(key("primary"), last), (key("other"), BOB)]);
            Writes::alone(tx, |writes| took_turns(writes, &now)).await.unwrap();
            assert_eq!(turns(tx).await.unwrap(), now);
        }
    })
    .await;
}

#[tokio::test]
async fn whom_pages_told_is_walked_over_but_for_drills() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        declare(tx, 1, 10).await;
        declare(tx, 2, 20).await;
        let (one, two) = (only_page(tx, 1).await, only_page(tx, 2).await);
        let mut both = [&one, &two].map(|page| (page.id, Told { person: BOB, at: page.recipients[0].since }));
        both.sort_by_key(|(page, _)| *page);
        let all = Span { start: at(0), end: at(99) };
        assert_eq!(told(tx, all, (None, 9)).await.unwrap(), both);
        assert_eq!(told(tx, all, (None, 1)).await.unwrap(), both[..1]);
        assert_eq!(told(tx, all, (Some((both[0].0, BOB)), 9)).await.unwrap(), both[1..]);
        assert_eq!(told(tx, all, (Some((both[1].0, BOB)), 9)).await.unwrap(), []);
        let second = (two.id, Told { person: BOB, at: at(20) });
        assert_eq!(told(tx, Span { start: at(11), end: at(21) }, (None, 9)).await.unwrap(), [second]);
        assert_eq!(told(tx, Span { start: at(11), end: at(20) }, (None, 9)).await.unwrap(), []);
        session.sql("UPDATE incident SET drill = TRUE WHERE number = 1").await;
        let tx = &mut session.tx();
        assert_eq!(told(tx, all, (None, 9)).await.unwrap(), [second]);
    })
    .await;
}

#[tokio::test]
async fn what_is_saved_is_loaded_again_by_every_way() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let declared = declare(tx, 1, 10).await;
        declare(tx, 2, 20).await;
        let (one, two) = (only_page(tx, 1).await, only_page(tx, 2).await);
        assert_eq!(one.recipients.first().unwrap().person, BOB);
        assert_eq!(lock_live(tx, IncidentId(1)).await.unwrap(), std::slice::from_ref(&one));
        assert_eq!(get_all(tx, &[one.id.0, uuid::Uuid::nil()]).await.unwrap(), std::slice::from_ref(&one));
        let mut both = [one.clone(), two.clone()];
        both.sort_by_key(|page| page.id);
        assert_eq!(lock(tx, &[two.id.0, one.id.0]).await.unwrap(), both);
        assert_eq!(lock_sound(tx, &[two.id.0, one.id.0]).await.unwrap(), both);
        assert_eq!(open_of(tx, &[2, 1, 99]).await.unwrap(), both);
        assert_eq!(timeless(tx, 9).await.unwrap(), []);
        assert_eq!(lock_timeless(tx, &[one.id.0]).await.unwrap(), []);
        assert_eq!(incidents_waiting_for(tx, BOB).await.unwrap(), [IncidentId(1), IncidentId(2)]);
        assert_eq!(incidents_waiting_for(tx, ANN).await.unwrap(), []);

        let acknowledged = decided(Some((&declared.incident, std::slice::from_ref(&one))), Command::Ack, (1, 30));
        Writes::alone(tx, |writes| save(writes, &acknowledged.pages)).await.unwrap();
        assert_eq!(lock_live(tx, IncidentId(1)).await.unwrap(), []);
        assert_eq!(open_of(tx, &[1]).await.unwrap(), []);
        assert_eq!(of_incident(tx, IncidentId(1)).await.unwrap(), acknowledged.pages);
        assert_eq!(incidents_waiting_for(tx, BOB).await.unwrap(), [IncidentId(2)]);
        assert_eq!(forgotten(tx).await.unwrap(), 0);
        assert_eq!(session.number("SELECT count(*) FROM notice WHERE method = 'console'").await, 2);
    })
    .await;
}

#[tokio::test]
async fn pages_fall_due_in_order_and_go_on_with_the_next_step() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        assert_eq!(timers::next_due(tx).await.unwrap(), None);
        for (number, now) in [(1, 30), (2, 10), (3, 20), (4, 20)] {
            declare(tx, number, now).await;
        }
        let mut pages = Vec::new();
        for number in [2, 3, 4, 1] {
            pages.push(only_page(tx, number).await);
        }
        pages.sort_by_key(|page| (page.due.as_ref().unwrap().at, page.id));
        let first = pages.first().unwrap().due.clone().unwrap().at;
        assert_eq!(timers::next_due(tx).await.unwrap(), Some(first));
        let before = first - chrono::TimeDelta::microseconds(1);
        assert_eq!(due(tx, before, 9).await.unwrap(), []);
        assert_eq!(due(tx, first, 9).await.unwrap().len(), 1);
        let all: Vec<_> = pages.iter().map(|page| (page.id.0, page.incident.0)).collect();
        assert_eq!(due(tx, at(9_000), 9).await.unwrap(), all);
        assert_eq!(due(tx, at(9_000), 2).await.unwrap(), all[..2]);

        let loaded = super::super::incidents::get(tx, IncidentId(2)).await.unwrap().unwrap();
        let held = pages[..1].to_vec();
        let step = decided(Some((&loaded.incident, &held)), Command::PageDue { page: held[0].id }, (2, 400));
        Writes::alone(tx, |writes| save(writes, &step.pages)).await.unwrap();
        let moved = only_page(tx, 2).await;
        assert_eq!(step.pages, std::slice::from_ref(&moved));
        assert!(moved.due.unwrap().at > first);
        assert_ne!(due(tx, at(9_000), 9).await.unwrap().first(), all.first());
    })
    .await;
}

#[tokio::test]
async fn a_stale_page_is_a_conflict_and_an_edited_one_is_named() {
    on_both(async |session| {
        let mut tx = session.tx();
        plant(&mut tx).await;
        let declared = declare(&mut tx, 1, 10).await;
        let old = only_page(&mut tx, 1).await;
        go_on(&mut tx, &declared, Command::Ack, 20).await;
        let refused = Writes::alone(&mut tx, |writes| save(writes, std::slice::from_ref(&old))).await;
        assert!(matches!(refused, Err(StoreError::Conflict { table: "page", id }) if id == old.id.to_string()));
        for edit in ["UPDATE page SET state = 'open'", "UPDATE page SET doc = '{}', state = 'acknowledged'"] {
            session.sql(edit).await;
            let tx = &mut session.tx();
            let read = get_all(tx, &[old.id.0]).await;
            assert!(matches!(&read, Err(StoreError::Corrupt { table: "page", id, .. }) if *id == old.id.to_string()));
            assert_eq!(lock_sound(tx, &[old.id.0]).await.unwrap(), []);
        }
        session.sql("UPDATE page SET state = 'open', due_at = NULL").await;
        assert_eq!(forgotten(&mut session.tx()).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn who_is_waited_for_and_cannot_be_reached_is_found() {
    on_both(async |session| {
        plant(&mut session.tx()).await;
        declare(&mut session.tx(), 1, 0).await;
        // What stands there of bob's one notice, whether bob is still waited for, and whether that is a finding.
        let table = [
            ("queued", "waiting", false),
            ("delivered", "waiting", false),
            ("cancelled", "waiting", false),
            ("failed", "waiting", true),
            ("failed", "covered", false),
        ];
        for (notice, recipient, dead) in table {
            session.sql(format!("UPDATE notice SET state = '{notice}'")).await;
            session.sql(format!("UPDATE recipient SET state = '{recipient}'")).await;
            let found = dead_letters(&mut session.tx(), 9).await.unwrap();
            assert_eq!(found, dead.then_some(IncidentId(1)).into_iter().collect::<Vec<_>>(), "{notice} {recipient}");
        }
        session.sql("UPDATE recipient SET state = 'waiting'").await;
        assert_eq!(dead_letters(&mut session.tx(), 0).await.unwrap(), []);
        session.sql("UPDATE page SET state = 'ended'").await;
        assert_eq!(dead_letters(&mut session.tx(), 9).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_page_that_should_have_gone_on_is_overdue() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        declare(tx, 1, 0).await;
        let at = only_page(tx, 1).await.due.unwrap().at;
        assert_eq!(overdue(tx, at).await.unwrap(), 0);
        assert_eq!(overdue(tx, at + chrono::TimeDelta::seconds(1)).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_page_whose_due_time_is_gone_is_found_and_set_going() {
    on_both(async |session| {
        let mut tx = session.tx();
        plant(&mut tx).await;
        for number in 1..=3 {
            declare(&mut tx, number, 10).await;
        }
        let (lost, torn) = (only_page(&mut tx, 1).await, only_page(&mut tx, 3).await);
        session.sql("UPDATE page SET due_at = NULL WHERE incident <> 2").await;
        session.sql("UPDATE page SET version = version + 1 WHERE incident = 3").await;
        let tx = &mut session.tx();
        let mut found = vec![(lost.id.0, 1), (torn.id.0, 3)];
        found.sort_unstable();
        assert_eq!(timeless(tx, 9).await.unwrap(), found);
        assert_eq!(timeless(tx, 1).await.unwrap(), found[..1]);
        // Row and document disagree in nothing but the time.
        assert_eq!(open_of(tx, &[1, 3]).await.unwrap(), []);
        let mut held = lock_timeless(tx, &[lost.id.0, torn.id.0]).await.unwrap();
        assert_eq!(held, std::slice::from_ref(&lost));
        held[0].resume(at(20));
        Writes::alone(tx, |writes| save(writes, &held)).await.unwrap();
        assert_eq!(open_of(tx, &[1]).await.unwrap(), held);
        assert_eq!(due(tx, at(9_000), 9).await.unwrap().len(), 2);
    })
    .await;
}
