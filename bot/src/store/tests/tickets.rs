//! Where trackers keep follow-ups, on both engines.

use firebell_core::command::{ActionTraits, Command};
use firebell_core::ids::{ActionId, IncidentId};
use serde_json::json;

use super::super::tickets::{Kept, claim, dues, keep, known, of_incidents, read, reading, seen};
use super::sample::{at, declare, go_on, key, plant};
use super::*;

#[tokio::test]
async fn a_ticket_is_known_by_its_tracker_and_by_its_follow_up() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let first = declare(tx, 1, 10).await;
        let (text, traits) = ("watch the disk".to_owned(), ActionTraits::default());
        go_on(tx, &first, Command::AddAction { text, owner: None, due: None, traits }, 20).await;
        let held = Kept {
            tracker: key("github"),
            reference: "17".to_owned(),
            incident: IncidentId(1),
            action: ActionId(1),
            done: false,
            told_at: at(30),
        };
        keep(tx, &held).await.unwrap();
        keep(tx, &Kept { told_at: at(40), ..held.clone() }).await.unwrap();
        assert_eq!(of_incidents(tx, &[1, 2]).await.unwrap(), std::slice::from_ref(&held), "nobody was told otherwise");
        keep(tx, &Kept { done: true, told_at: at(50), ..held.clone() }).await.unwrap();
        let told = Kept { done: true, told_at: at(50), ..held.clone() };
        let references = ["16", "17"].map(str::to_owned);
        assert_eq!(known(tx, &key("github"), &references).await.unwrap(), [("17".to_owned(), told.clone())].into());
        assert!(known(tx, &key("jira"), &references).await.unwrap().is_empty());
        seen(tx, &key("github"), "17", false).await.unwrap();
        assert_eq!(of_incidents(tx, &[1]).await.unwrap(), [Kept { done: false, ..told }]);
    })
    .await;
}

#[tokio::test]
async fn one_at_a_time_reads_a_tracker() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let (github, begin) = (key("github"), json!({ "since": "then" }));
        assert!(dues(tx).await.unwrap().is_empty());
        assert_eq!(reading(tx, &github, false).await.unwrap(), None);
        assert_eq!(claim(tx, (&github, &begin), (at(0), at(60)), at(60)).await.unwrap(), Some(begin.clone()));
        assert_eq!(claim(tx, (&github, &begin), (at(30), at(90)), at(90)).await.unwrap(), None, "somebody did");
        read(tx, &github, &json!({ "since": "now" })).await.unwrap();
        assert_eq!(dues(tx).await.unwrap(), [("github".to_owned(), at(60))].into());
        let again = claim(tx, (&github, &begin), (at(60), at(120)), at(120)).await.unwrap();
        assert_eq!(again, Some(json!({ "since": "now" })));
        assert_eq!(reading(tx, &github, true).await.unwrap(), again);
        let sooner = claim(tx, (&github, &begin), (at(61), at(71)), at(71)).await.unwrap();
        assert!(sooner.is_some(), "its pace is another by now");
    })
    .await;
}
