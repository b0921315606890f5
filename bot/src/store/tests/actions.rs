//! Follow-ups of all incidents, on both engines.

use firebell_core::command::{ActionTraits, Command};
use firebell_core::directory::Standing;
use firebell_core::ids::{ActionId, IncidentId};
use firebell_core::policy::Viewer;

use super::super::actions::{Wanted, open};
use super::sample::{ANN, BOB, at, declare, go_on, key, plant};
use super::*;

fn add(owner: Option<&str>, due: Option<i64>) -> Command {
    let (text, owner, due) = ("watch the disk".to_owned(), owner.map(str::to_owned), due.map(at));
    Command::AddAction { text, owner, due, traits: ActionTraits::default() }
}

#[tokio::test]
async fn what_is_to_be_done_is_listed_by_when_it_is_due() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let first = declare(tx, 1, 10).await;
        let first = go_on(tx, &first, add(None, None), 20).await;
        let first = go_on(tx, &first, add(Some("bob"), Some(9_000)), 30).await;
        let second = declare(tx, 2, 40).await;
        let second = go_on(tx, &second, add(Some("ann"), Some(500)), 50).await;
        let second = go_on(tx, &second, add(Some("bob"), Some(400)), 60).await;
        go_on(tx, &second, Command::FinishAction { action: ActionId(2) }, 70).await;
        let of = |incident: i64, action: i64| (IncidentId(incident), ActionId(action));
        let all = Wanted::default();
        assert_eq!(open(tx, Viewer::Operator, &all, 9).await.unwrap(), [of(2, 1), of(1, 2), of(1, 1)]);
        assert_eq!(open(tx, Viewer::Operator, &all, 1).await.unwrap(), [of(2, 1)]);
        let cases = [
            (Wanted { owner: Some(BOB), ..all.clone() }, vec![of(1, 2)]),
            (Wanted { due_before: Some(at(600)), ..all.clone() }, vec![of(2, 1)]),
            (Wanted { incident: Some(IncidentId(1)), ..all.clone() }, vec![of(1, 2), of(1, 1)]),
            (Wanted { team: Some(key("moon")), ..all.clone() }, Vec::new()),
        ];
        for (wanted, found) in cases {
            assert_eq!(open(tx, Viewer::Operator, &wanted, 9).await.unwrap(), found, "{wanted:?}");
        }
        drop(first);
        session.sql("UPDATE incident SET visibility = 'private' WHERE number = 2").await;
        session.sql("DELETE FROM incident_member WHERE incident = 2").await;
        let tx = &mut session.tx();
        let seen = |id, standing| Viewer::Person { id, standing };
        assert_eq!(open(tx, seen(BOB, Standing::Responder), &all, 9).await.unwrap(), [of(1, 2), of(1, 1)]);
        assert_eq!(open(tx, seen(ANN, Standing::Admin), &all, 9).await.unwrap().len(), 3);
    })
    .await;
}
