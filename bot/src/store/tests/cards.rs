//! Cards: the newest version is wanted, and only it is sent.

use chrono::TimeDelta;
use firebell_core::command::Command;

use super::super::cards::{ClaimedCard, any_behind, astray, claim, is_wanted, not_sent, reconcile, sent, want_anew};
use super::super::effects;
use super::sample::{at, go_on, outlets, plant, with_room};
use super::*;

const LEASE: TimeDelta = TimeDelta::seconds(30);

async fn only(tx: &mut Tx<'_>, now: i64) -> ClaimedCard {
    let mut claimed = claim(tx, &outlets(), at(now), LEASE, 9).await.unwrap();
    assert_eq!(claimed.len(), 1, "{claimed:?}");
    claimed.remove(0)
}

/// An incident whose room is open, and the room's card as it is first claimed.
async fn first_card(tx: &mut Tx<'_>) -> (super::super::incidents::Loaded, ClaimedCard) {
    plant(tx).await;
    assert!(!outlets().ready(tx, at(99)).await.unwrap().cards);
    let (loaded, room) = with_room(tx, 1, 0).await;
    let card = only(tx, 5).await;
    assert_eq!((card.room, card.incident, card.external_id.as_deref()), (room, loaded.incident.id, None));
    assert_eq!((card.wanted, card.attempts), (loaded.incident.card, 1));
    (loaded, card)
}

fn severity(to: &str) -> Command {
    Command::Severity { to: to.to_owned() }
}

#[tokio::test]
async fn a_sent_card_rests_until_something_on_it_changes() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let (loaded, card) = first_card(tx).await;
        assert!(!outlets().ready(tx, at(6)).await.unwrap().cards);
        sent(tx, &card, (card.wanted, "M1"), at(6)).await.unwrap();
        assert!(claim(tx, &outlets(), at(99), LEASE, 9).await.unwrap().is_empty());
        go_on(tx, &loaded, severity("sev2"), 10).await;
        assert!(outlets().ready(tx, at(10)).await.unwrap().cards);
        let next = only(tx, 10).await;
        assert_eq!((next.external_id.as_deref(), next.attempts), (Some("M1"), 1));
        assert!(next.wanted > card.wanted);
    })
    .await;
}

#[tokio::test]
async fn a_change_during_the_sending_is_sent_next() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let (loaded, card) = first_card(tx).await;
        let newer = go_on(tx, &loaded, severity("sev2"), 6).await;
        sent(tx, &card, (card.wanted, "M1"), at(7)).await.unwrap();
        let second = only(tx, 7).await;
        assert_eq!(second.wanted, newer.incident.card);
        // The platform refuses this version for good, but a newer one is wanted by now.
        let newest = go_on(tx, &newer, severity("sev3"), 8).await;
        not_sent(tx, &second, None).await.unwrap();
        let third = only(tx, 9).await;
        assert_eq!(third.wanted, newest.incident.card);
        not_sent(tx, &third, None).await.unwrap();
        assert!(claim(tx, &outlets(), at(999), LEASE, 9).await.unwrap().is_empty());
        // What was given up is not woken by the reconcile pass.
        assert_eq!(reconcile(tx, at(999)).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_card_is_tried_again_and_an_old_claim_settles_nothing() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let (_, card) = first_card(tx).await;
        not_sent(tx, &card, Some(at(20))).await.unwrap();
        let ready = effects::next_ready(tx, &outlets(), at(99)).await.unwrap();
        assert!(ready.is_some());
        assert!(claim(tx, &outlets(), at(19), LEASE, 9).await.unwrap().is_empty());
        assert!(is_wanted(tx, card.room).await.unwrap());
        let again = only(tx, 20).await;
        assert_eq!((again.attempts, again.token), (2, card.token + 1));
        // The lease runs out and another worker takes over.
        let other = only(tx, 50).await;
        sent(tx, &again, (again.wanted, "old"), at(51)).await.unwrap();
        not_sent(tx, &again, Some(at(52))).await.unwrap();
        assert!(claim(tx, &outlets(), at(60), LEASE, 9).await.unwrap().is_empty());
        sent(tx, &other, (other.wanted, "new"), at(61)).await.unwrap();
        assert_eq!(session.number("SELECT count(*) FROM card WHERE external_id = 'new' AND sent = desired").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_card_that_rests_behind_is_woken_and_one_of_a_closed_room_is_not() {
    on_both(async |session| {
        let (loaded, card) = first_card(&mut session.tx()).await;
        sent(&mut session.tx(), &card, (card.wanted, "M1"), at(6)).await.unwrap();
        assert!(!any_behind(&mut session.tx()).await.unwrap());
        session.sql("UPDATE card SET sent = 0").await;
        let tx = &mut session.tx();
        assert!(any_behind(tx).await.unwrap());
        assert_eq!(reconcile(tx, at(7)).await.unwrap(), 1);
        let woken = only(tx, 7).await;
        assert!(is_wanted(tx, woken.room).await.unwrap());
        sent(tx, &woken, (woken.wanted, "M1"), at(8)).await.unwrap();
        assert!(!is_wanted(tx, woken.room).await.unwrap());
        let resolved = go_on(tx, &loaded, Command::Resolve { summary: "over".to_owned() }, 9).await;
        let closed = go_on(tx, &resolved, Command::RoomClosed { room: card.room }, 10).await;
        assert!(!outlets().ready(tx, at(99)).await.unwrap().cards, "{closed:?}");
        assert_eq!(reconcile(tx, at(99)).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_card_that_is_missing_or_wants_another_version_is_wanted_anew() {
    on_both(async |session| {
        let (loaded, card) = first_card(&mut session.tx()).await;
        let incident = loaded.incident;
        let all = std::slice::from_ref(&incident);
        let room = incident.room(card.room).unwrap();
        sent(&mut session.tx(), &card, (card.wanted, "M1"), at(6)).await.unwrap();
        assert_eq!(astray(&mut session.tx(), all).await.unwrap(), []);
        // One that was sent already is put right and not sent again.
        session.sql("UPDATE card SET desired = desired - 1").await;
        let tx = &mut session.tx();
        assert_eq!(astray(tx, all).await.unwrap(), [(incident.id, card.room)]);
        want_anew(tx, &incident, room, at(7)).await.unwrap();
        assert_eq!(astray(tx, all).await.unwrap(), []);
        assert!(claim(tx, &outlets(), at(99), LEASE, 9).await.unwrap().is_empty());
        session.sql("DELETE FROM card").await;
        let tx = &mut session.tx();
        assert_eq!(astray(tx, all).await.unwrap(), [(incident.id, card.room)]);
        want_anew(tx, &incident, room, at(100)).await.unwrap();
        assert_eq!(only(tx, 100).await.wanted, incident.card);
        // Until a room is open it has no card to be sent.
        let requested = super::sample::declare(tx, 2, 200).await.incident;
        session.sql("DELETE FROM card").await;
        assert_eq!(astray(&mut session.tx(), &[requested]).await.unwrap(), []);
    })
    .await;
}
