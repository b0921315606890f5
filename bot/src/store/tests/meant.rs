//! Whom pages meant by a schedule: written with each page, and counted by time.

use std::collections::BTreeSet;

use firebell_core::ids::IncidentId;
use firebell_core::oncall::shift::{Span, Why};
use firebell_core::paging::page::{DueStep, Fired, Page};
use firebell_core::paging::target::{Meant as MeantBy, Way};

use super::super::meant::{Meant, incidents, newest, within};
use super::super::pages;
use super::sample::{ANN, BOB, at, declare, key, plant};
use super::*;

/// The page of an incident, whose first step meant bob by the schedule `primary`.
async fn fired(tx: &mut Tx<'_>, number: i64, seconds: i64) -> Page {
    declare(tx, number, seconds).await;
    let mut page = pages::of_incident(tx, IncidentId(number)).await.unwrap().remove(0);
    let why = Why::Layer(key("week"));
    let by = Way::Schedule { schedule: key("primary"), version: 2, why };
    let way = |person| MeantBy { person, by: by.clone() };
    page.version += 1;
    page.fired = vec![Fired {
        occasion: DueStep::Step { round: 0, step: 0 },
        at: at(seconds),
        directory_version: 7,
        // Ann was meant and could not be told.
        meant: vec![way(BOB), way(ANN)],
        shadows: Vec::new(),
        uncovered: Vec::new(),
        places: Vec::new(),
        skipped: None,
    }];
    Writes::alone(tx, |writes| pages::save(writes, std::slice::from_ref(&page))).await.unwrap();
    page
}

#[tokio::test]
async fn each_page_counts_once_for_whom_it_told() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let (one, two) = (fired(tx, 1, 10).await, fired(tx, 2, 20).await);
        declare(tx, 3, 30).await;
        let again = Page { version: one.version + 1, ..one.clone() };
        Writes::alone(tx, |writes| pages::save(writes, &[again])).await.unwrap();
        let of = |page: &Page, seconds| Meant { at: at(seconds), page: page.id, person: BOB };
        let (first, second) = (of(&one, 10), of(&two, 20));
        let span = |start, end| Span { start: at(start), end: at(end) };
        let primary = &key("primary");
        assert_eq!(within(tx, primary, span(10, 21), (None, 9)).await.unwrap(), [first, second]);
        assert_eq!(within(tx, primary, span(10, 20), (None, 9)).await.unwrap(), [first], "the end is not part of it");
        assert_eq!(within(tx, primary, span(10, 21), (None, 1)).await.unwrap(), [first]);
        assert_eq!(within(tx, primary, span(10, 21), (Some(first), 1)).await.unwrap(), [second]);
        assert_eq!(within(tx, primary, span(10, 21), (Some(second), 1)).await.unwrap(), []);
        assert_eq!(within(tx, &key("other"), span(0, 99), (None, 9)).await.unwrap(), []);
        assert_eq!(newest(tx, primary, at(10), 9).await.unwrap(), [two.id.0, one.id.0]);
        assert_eq!(newest(tx, primary, at(10), 1).await.unwrap(), [two.id.0]);
        assert_eq!(newest(tx, primary, at(11), 9).await.unwrap(), [two.id.0]);
        assert_eq!(incidents(tx, primary, &[1, 2, 3, 99]).await.unwrap(), BTreeSet::from([1, 2]));
        assert_eq!(incidents(tx, primary, &[]).await.unwrap(), BTreeSet::new());
    })
    .await;
}
