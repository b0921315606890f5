//! Timers of incidents.

use firebell_core::command::{ActionTraits, Command};

use super::super::timers::{due_reminders, due_updates, next_due, open_counts};
use super::sample::{at, declare, go_on, plant};
use super::*;

#[tokio::test]
async fn updates_fall_due_in_order_and_end_with_the_incident() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        assert_eq!(next_due(tx).await.unwrap(), None);
        assert_eq!(open_counts(tx).await.unwrap(), (0, 0));
        // Updates of the worst severity are due every half hour.
        let half = 30 * 60;
        let mut first = None;
        for (number, now) in [(3, 20), (1, 30), (2, 10), (4, 20)] {
            let declared = declare(tx, number, now).await;
            first = if number == 2 { Some(declared) } else { first };
        }
        // Their pages go on after five minutes.
        assert_eq!(next_due(tx).await.unwrap(), Some(at(10 + 5 * 60)));
        assert_eq!(due_updates(tx, at(9 + half), 9).await.unwrap(), [0; 0]);
        assert_eq!(due_updates(tx, at(20 + half), 9).await.unwrap(), [2, 3, 4]);
        assert_eq!(due_updates(tx, at(99 + half), 3).await.unwrap(), [2, 3, 4]);
        assert_eq!(open_counts(tx).await.unwrap(), (4, 4));
        go_on(tx, &first.unwrap(), Command::Resolve { summary: "over".to_owned() }, 40).await;
        assert_eq!(open_counts(tx).await.unwrap(), (3, 3));
        session.sql("UPDATE page SET due_at = NULL").await;
        assert_eq!(next_due(&mut session.tx()).await.unwrap(), Some(at(20 + half)));
    })
    .await;
}

#[tokio::test]
async fn reminders_fall_due_while_something_is_promised() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let declared = declare(tx, 1, 10).await;
        let add = Command::AddAction {
            text: "an alert".to_owned(),
            owner: None,
            due: Some(at(9 * 86_400)),
            traits: ActionTraits::default(),
        };
        let held = go_on(tx, &declared, add, 20).await;
        let remind_at = held.incident.remind_at().unwrap();
        let before = remind_at - chrono::TimeDelta::seconds(1);
        assert_eq!(due_reminders(tx, before, 9).await.unwrap(), [0; 0]);
        assert_eq!(due_reminders(tx, remind_at, 9).await.unwrap(), [1]);
        let action = held.incident.actions[0].id;
        go_on(tx, &held, Command::FinishAction { action }, 30).await;
        assert_eq!(due_reminders(tx, remind_at, 9).await.unwrap(), [0; 0]);
    })
    .await;
}
