//! What is searched: written with each incident whose words changed, the same on both engines, and gone with its words.

use std::collections::{BTreeMap, BTreeSet};

use firebell_core::command::{Command, Fix, RedactTarget};
use firebell_core::ids::{EntryId, IncidentId};
use firebell_core::similar::{Plan, Row};

use super::super::searched::{Candidates, candidates, frequencies};
use super::sample::{declare, go_on, note, plant};
use super::*;

fn words(text: &str) -> Vec<String> {
    text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The numbers of the candidates that a plan finds.
async fn found(tx: &mut Tx<'_>, rare: &str, common: &str, marks: &str) -> Vec<i64> {
    let plan = |newest| Plan { rare: words(rare), common: words(common), newest, marks: words(marks) };
    let numbers = |found: Candidates| found.rows().iter().map(|row| row.incident.0).collect::<BTreeSet<i64>>();
    let everywhere = numbers(candidates(tx, &plan(false), 100).await.unwrap());
    // Among few incidents all are new.
    let newest = Plan { newest: true, ..Plan::default() };
    let newest = numbers(candidates(tx, &newest, 100).await.unwrap());
    assert!(newest.is_superset(&everywhere), "{newest:?}");
    assert_eq!(numbers(candidates(tx, &plan(true), 100).await.unwrap()), newest);
    everywhere.into_iter().collect()
}

async fn counts(tx: &mut Tx<'_>, of: &str) -> BTreeMap<String, i64> {
    frequencies(tx, &words(of)).await.unwrap().of
}

fn counted(of: &[(&str, i64)]) -> BTreeMap<String, i64> {
    of.iter().map(|(word, count)| ((*word).to_owned(), *count)).collect()
}

fn summary(text: &str) -> Command {
    Command::SetSummary { text: text.to_owned() }
}

#[tokio::test]
async fn words_and_marks_find_those_that_have_them() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        for number in [1, 2, 11] {
            declare(tx, number, number).await;
        }
        let second = super::super::incidents::get(tx, IncidentId(2)).await.unwrap().unwrap();
        go_on(tx, &second, summary("die Zürcher Platte war voll; 磁盘已满"), 20).await;

        assert_eq!(found(tx, "zurcher", "", "").await, [2]);
        assert_eq!(found(tx, "磁盘", "", "").await, [2]);
        assert_eq!(found(tx, "11 zurcher", "", "").await, [2, 11]);
        assert_eq!(
            found(tx, "zürcher 磁 check", "", "").await,
            Vec::<i64>::new(),
            "nothing is folded or cut but by core"
        );
        assert_eq!(found(tx, "", "checkout", "").await, [1, 2, 11]);
        assert_eq!(found(tx, "", "checkout 11", "").await, [11], "of several common words two are wanted");
        assert_eq!(found(tx, "", "checkout voll 11", "").await, [2, 11]);
        assert_eq!(found(tx, "", "", "service:api service:web").await, [1, 2, 11]);
        assert_eq!(found(tx, "", "", "").await, Vec::<i64>::new());
        let all = Plan { rare: words("fails"), marks: words("service:api"), ..Plan::default() };
        let found_twice = candidates(tx, &all, 2).await.unwrap();
        let rows = found_twice.rows();
        assert_eq!(rows.len(), 2, "one number, found in two ways: {rows:?}");
        let first = super::super::incidents::get(tx, IncidentId(1)).await.unwrap().unwrap();
        assert_eq!(rows.first(), Some(&Row::of(&first.incident).borrowed()));
        let newest = Plan { newest: true, ..Plan::default() };
        let newest: Vec<i64> =
            candidates(tx, &newest, 11).await.unwrap().rows().iter().map(|row| row.incident.0).collect();
        assert_eq!(newest, [2, 1]);
        assert_eq!(
            counts(tx, "checkout fails voll none").await,
            counted(&[("checkout", 3), ("fails", 3), ("voll", 1)])
        );
        assert_eq!(frequencies(tx, &[]).await.unwrap().incidents, 0, "no number was given out");
    })
    .await;
}

#[tokio::test]
async fn words_go_with_what_said_them() {
    on_both(async |session| {
        plant(&mut session.tx()).await;
        let tx = &mut session.tx();
        let declared = declare(tx, 1, 0).await;
        declare(tx, 2, 0).await;
        let said = go_on(tx, &declared, summary("the password is hunter2swordfish"), 5).await;
        assert_eq!(found(tx, "hunter2swordfish", "", "").await, [1]);
        let entry = EntryId(said.incident.entries);
        let why = Command::Redact { target: RedactTarget::Entry(entry), reason: "a password".to_owned() };
        let redacted = go_on(tx, &said, why, 6).await;
        assert_eq!(found(tx, "hunter2swordfish password", "", "").await, Vec::<i64>::new());
        let fix = Fix::Text("search is slow".to_owned());
        go_on(tx, &redacted, Command::Correct { entry: EntryId(1), fix }, 7).await;
        assert_eq!(found(tx, "search", "", "").await, [1]);
        assert_eq!(found(tx, "checkout", "", "").await, [2]);
        assert_eq!(found(tx, "", "", "service:api").await, [1, 2]);
        let of = "checkout fails search slow hunter2swordfish password redacted";
        assert_eq!(counts(tx, of).await, counted(&[("checkout", 1), ("fails", 1), ("search", 1), ("slow", 1)]));
        let Session::Sqlite(connection) = session else { return };
        let left = "SELECT count(*) FROM searched_text_data WHERE instr(block, CAST('unter2sword' AS BLOB)) > 0";
        let left: i64 = sqlx::query_scalar(left).fetch_one(&mut *connection).await.unwrap();
        assert_eq!(left, 0, "the index has kept the word");
        let check = "INSERT INTO searched_text (searched_text, rank) VALUES ('integrity-check', 1)";
        sqlx::query(check).execute(connection).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_says_nothing_new_is_not_written_again() {
    on_both(async |session| {
        plant(&mut session.tx()).await;
        let declared = declare(&mut session.tx(), 1, 0).await;
        session.sql("DELETE FROM searched").await;
        go_on(&mut session.tx(), &declared, note("hunter2"), 5).await;
        assert_eq!(session.number("SELECT count(*) FROM searched").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_row_that_somebody_spoilt_hides_no_other() {
    on_both(async |session| {
        plant(&mut session.tx()).await;
        for number in [1, 2] {
            declare(&mut session.tx(), number, number).await;
        }
        session.sql("UPDATE searched SET body = 'a\tb' WHERE incident = 1").await;
        assert_eq!(found(&mut session.tx(), "checkout", "", "").await, [2]);
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_or_was_cut_by_other_rules_is_filled_in_when_the_database_is_opened() {
    for place in Place::both().await {
        let first = Store::open(&place.url, StoreOptions::default()).await.unwrap();
        let mut session = Session::of(&place).await;
        plant(&mut session.tx()).await;
        for number in 1..4 {
            declare(&mut session.tx(), number, number).await;
        }
        let before = counts(&mut session.tx(), "checkout fails").await;
        assert_eq!(before, counted(&[("checkout", 3), ("fails", 3)]));
        first.close().await;
        for spoilt in [
            "UPDATE installation SET searched = 0",
            "UPDATE searched SET title = 'other'; UPDATE installation SET searched = 0",
            "DELETE FROM searched; DELETE FROM searched_mark; DELETE FROM searched_word",
        ] {
            session.sql(spoilt).await;
            join_all((0..3).map(|_| Store::open(&place.url, StoreOptions::default())))
                .await
                .into_iter()
                .for_each(|store| drop(store.unwrap()));
            assert_eq!(counts(&mut session.tx(), "checkout fails").await, before, "{spoilt}");
            assert_eq!(found(&mut session.tx(), "checkout", "", "").await, [1, 2, 3], "{spoilt}");
            assert_eq!(found(&mut session.tx(), "", "", "service:api").await, [1, 2, 3], "{spoilt}");
            assert_eq!(session.number("SELECT searched FROM installation").await, 2);
        }
        place.remove(first).await;
    }
}
