//! The queue: order, priorities, leases, tokens, and what waits for what.

use chrono::TimeDelta;
use firebell_core::command::Command;
use firebell_core::directory::ContactMethod;
use firebell_core::effect::{Effect, Priority, Reference, Told};
use firebell_core::ids::{EntryId, IncidentId, NoticeId, PageId};
use firebell_core::paging::page::DueStep;

use super::super::effects::{
    Claimed, Outcome, any_idle, attempts, backlog, cancel, claim, claim_notices, next_ready, purge, reconcile,
    references, still_mine, stuck_notices, unknown,
};
use super::sample::{BOB, at, declare, go_on, outlets, plant, queue, room, settle};
use super::*;

const LEASE: TimeDelta = TimeDelta::seconds(30);

/// The `entry`th post to a room.
fn post(to: u128, entry: i64) -> Effect {
    Effect::post(IncidentId(1), &room(to), EntryId(entry))
}

fn done() -> Outcome {
    Outcome::Done(Reference { external_id: "made".to_owned(), name: String::new() })
}

async fn keys(tx: &mut Tx<'_>, now: i64, limit: i64) -> Vec<String> {
    claim(tx, &outlets(), at(now), LEASE, limit).await.unwrap().into_iter().map(|claimed| claimed.key).collect()
}

async fn only(tx: &mut Tx<'_>, now: i64) -> Claimed {
    let mut claimed = claim(tx, &outlets(), at(now), LEASE, 9).await.unwrap();
    assert_eq!(claimed.len(), 1, "{claimed:?}");
    claimed.remove(0)
}

#[tokio::test]
async fn only_the_heads_of_lanes_run_and_in_order() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let queued = [post(1, 1), post(1, 2), post(2, 1)];
        queue(tx, &queued, at(0)).await.unwrap();
        assert!(!outlets().ready(tx, at(-1)).await.unwrap().lanes);
        assert!(outlets().ready(tx, at(0)).await.unwrap().lanes);
        assert_eq!(next_ready(tx, &outlets(), at(9)).await.unwrap(), Some(at(0)));
        assert_eq!(backlog(tx).await.unwrap(), [(Priority::Post, 3, at(0))]);

        let heads = claim(tx, &outlets(), at(1), LEASE, 9).await.unwrap();
        let [first, other] = heads.as_slice() else { panic!("{heads:?}") };
        assert_eq!((&first.key, &other.key), (&queued[0].key, &queued[2].key));
        assert_eq!((first.attempts, first.again, first.token, &first.work), (1, false, 1, &queued[0].work));
        assert_eq!((first.queued_at, first.lane.clone()), (at(0), queued[0].lane.to_string()));
        assert_eq!(keys(tx, 2, 9).await, [""; 0]);
        assert!(!outlets().ready(tx, at(2)).await.unwrap().lanes);
        assert_eq!(next_ready(tx, &outlets(), at(9)).await.unwrap(), Some(at(31)));

        settle(tx, &[(first, &done())], at(3)).await.unwrap();
        assert_eq!(keys(tx, 3, 9).await, [queued[1].key.as_str()]);
        settle(tx, &[(other, &Outcome::Impossible("no such room".to_owned()))], at(3)).await.unwrap();
        assert_eq!(backlog(tx).await.unwrap(), [(Priority::Post, 1, at(0))]);
        let asked = [queued[0].key.clone(), queued[2].key.clone(), "never".to_owned()];
        let tried = attempts(tx, &asked).await.unwrap();
        assert_eq!((tried.get(&queued[0].key), tried.get("never")), (Some(&1), None));
        let made = references(tx, &asked).await.unwrap();
        assert_eq!(made[&queued[0].key], (Some("made".to_owned()), false));
        assert_eq!(session.number("SELECT count(*) FROM effect WHERE reference = 'made' AND state = 'done'").await, 1);
        assert_eq!(session.number("SELECT count(*) FROM effect WHERE detail = 'no such room'").await, 1);
        // Lanes in which nothing is queued rest.
        assert_eq!(session.number("SELECT count(*) FROM lane WHERE ready_at IS NULL AND lease_until IS NULL").await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_for_later_waits_for_its_time_and_holds_nothing_up() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let close = Effect::close_room(IncidentId(1), &room(1), EntryId(9), Some(at(60)));
        queue(tx, &[close.clone(), post(1, 9)], at(0)).await.unwrap();
        assert_eq!(keys(tx, 59, 9).await, [post(1, 9).key.as_str()]);
        assert_eq!(keys(tx, 60, 9).await, [close.key.as_str()]);
    })
    .await;
}

#[tokio::test]
async fn notices_can_be_claimed_alone() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let told = Told {
            notice: NoticeId(1),
            person: BOB,
            method: ContactMethod::Console,
            occasion: DueStep::Step { round: 0, step: 0 },
            repeat: 0,
        };
        let notice = Effect::notice(IncidentId(1), PageId(uuid::Uuid::from_u128(1)), &told);
        queue(tx, &[post(1, 1), notice.clone()], at(0)).await.unwrap();
        let claimed = claim_notices(tx, &outlets(), at(1), LEASE, 9).await.unwrap();
        assert_eq!(claimed.iter().map(|claimed| &claimed.key).collect::<Vec<_>>(), [&notice.key]);
        assert_eq!(keys(tx, 1, 9).await, [post(1, 1).key.as_str()]);
    })
    .await;
}

#[tokio::test]
async fn notices_go_before_posts_and_posts_before_set_up() {
    on_both(async |session| {
        let mut tx = session.tx();
        plant(&mut tx).await;
        let tx = &mut tx;
        let declared = declare(tx, 1, 0).await;
        let to = declared.incident.rooms.first().unwrap();
        let setup = Effect { key: "setup".to_owned(), after: None, ..Effect::invite(IncidentId(1), to, BOB) };
        queue(tx, std::slice::from_ref(&setup), at(-50)).await.unwrap();
        let alarm = Effect::alarm("stuck", super::sample::ANN, ContactMethod::Console, at(0));
        queue(tx, std::slice::from_ref(&alarm), at(5)).await.unwrap();
        let first = keys(tx, 9, 1).await;
        assert!(first[0].contains(":notice:"), "{first:?}");
        assert_eq!(keys(tx, 9, 1).await, [alarm.key]);
        let rest = keys(tx, 9, 9).await;
        assert!(rest.len() == 2 && rest.contains(&setup.key), "{rest:?}");
        assert_eq!(stuck_notices(tx, at(0)).await.unwrap(), 0);
        assert_eq!(stuck_notices(tx, at(1)).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_lease_runs_out_and_the_newest_token_alone_may_settle() {
    on_both(async |session| {
        let tx = &mut session.tx();
        queue(tx, &[post(1, 1)], at(0)).await.unwrap();
        let slow = only(tx, 0).await;
        assert!(still_mine(tx, &[&slow]).await.unwrap().contains(&slow.id));
        assert_eq!(keys(tx, 29, 9).await, [""; 0]);
        let quick = only(tx, 30).await;
        assert_eq!((quick.token, quick.attempts, quick.again), (slow.token + 1, 2, true));
        assert!(still_mine(tx, &[&slow]).await.unwrap().is_empty());
        assert!(still_mine(tx, &[&quick]).await.unwrap().contains(&quick.id));
        settle(tx, &[(&quick, &Outcome::Dropped)], at(31)).await.unwrap();
        assert_eq!(backlog(tx).await.unwrap(), []);
        assert_eq!(next_ready(tx, &outlets(), at(9)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn what_is_put_off_holds_up_its_own_lane_alone() {
    on_both(async |session| {
        let tx = &mut session.tx();
        queue(tx, &[post(1, 1), post(1, 2), post(2, 1)], at(0)).await.unwrap();
        let heads = claim(tx, &outlets(), at(0), LEASE, 9).await.unwrap();
        settle(tx, &[(&heads[0], &Outcome::Later { at: at(60), answered: true })], at(1)).await.unwrap();
        settle(tx, &[(&heads[1], &Outcome::Later { at: at(20), answered: false })], at(1)).await.unwrap();
        assert_eq!(next_ready(tx, &outlets(), at(9)).await.unwrap(), Some(at(20)));
        // Another effect does not hurry a lane that was put off.
        queue(tx, &[post(1, 3)], at(2)).await.unwrap();
        let again = only(tx, 59).await;
        assert_eq!((again.key.clone(), again.again, again.attempts), (post(2, 1).key, true, 2));
        let later = only(tx, 60).await;
        assert_eq!((later.key, later.again, later.attempts), (post(1, 1).key, false, 2));
    })
    .await;
}

#[tokio::test]
async fn an_effect_waits_for_the_one_it_comes_after() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let open = Effect::open_room(IncidentId(1), &room(1));
        let invite = Effect::invite(IncidentId(1), &room(1), BOB);
        queue(tx, &[open.clone(), invite.clone()], at(0)).await.unwrap();
        let first = only(tx, 0).await;
        assert_eq!(first.key, open.key);
        assert_eq!(keys(tx, 1, 9).await, [""; 0]);
        settle(tx, &[(&first, &done())], at(2)).await.unwrap();
        assert_eq!(only(tx, 2).await.key, invite.key);
        // After one that is settled nothing waits.
        let late = Effect { key: "late".to_owned(), ..Effect::invite(IncidentId(1), &room(1), BOB) };
        let late = Effect { lane: post(3, 1).lane, ..late };
        queue(tx, &[late], at(3)).await.unwrap();
        assert_eq!(keys(tx, 3, 9).await, ["late"]);
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_effect_never_runs_and_frees_what_waited_for_it() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let open = Effect::open_room(IncidentId(1), &room(1));
        let invite = Effect::invite(IncidentId(1), &room(1), BOB);
        queue(tx, &[open.clone(), invite.clone(), post(2, 1), post(2, 2)], at(0)).await.unwrap();
        cancel(tx, &[open.key, post(2, 1).key, "unknown".to_owned()], at(1)).await.unwrap();
        assert_eq!(keys(tx, 2, 9).await, [invite.key, post(2, 2).key]);
        cancel(tx, &[], at(2)).await.unwrap();
        assert_eq!(session.number("SELECT count(*) FROM effect WHERE state = 'cancelled'").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_known_key_is_not_queued_twice() {
    on_both(async |session| {
        let tx = &mut session.tx();
        assert_eq!(unknown(tx, vec![post(1, 1)]).await.unwrap(), [post(1, 1)]);
        queue(tx, &[post(1, 1)], at(0)).await.unwrap();
        assert_eq!(unknown(tx, vec![post(1, 1)]).await.unwrap(), []);
        assert_eq!(unknown(tx, vec![post(1, 1), post(1, 2)]).await.unwrap(), [post(1, 2)]);
        let first = only(tx, 0).await;
        settle(tx, &[(&first, &done())], at(1)).await.unwrap();
        queue(tx, &[post(1, 1)], at(2)).await.unwrap();
        assert_eq!(backlog(tx).await.unwrap(), []);
        // The lane was readied for nothing, and rests again.
        assert_eq!(keys(tx, 3, 9).await, [""; 0]);
        assert_eq!(next_ready(tx, &outlets(), at(9)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn an_effect_that_does_not_decode_holds_up_its_own_lane_alone() {
    on_both(async |session| {
        queue(&mut session.tx(), &[post(1, 1), post(2, 1)], at(0)).await.unwrap();
        session.sql("UPDATE effect SET work = '{\"do\": \"fly\"}' WHERE id = (SELECT min(id) FROM effect)").await;
        assert_eq!(keys(&mut session.tx(), 0, 9).await, [post(2, 1).key]);
        assert_eq!(session.number("SELECT count(*) FROM effect WHERE state = 'open'").await, 2);
    })
    .await;
}

#[tokio::test]
async fn the_reconcile_pass_finds_what_nobody_would_have_done() {
    on_both(async |session| {
        let open = Effect::open_room(IncidentId(1), &room(1));
        let invite = Effect::invite(IncidentId(1), &room(1), BOB);
        queue(&mut session.tx(), &[open, invite.clone(), post(2, 1)], at(0)).await.unwrap();
        assert!(!any_idle(&mut session.tx()).await.unwrap());
        session
            .sql("UPDATE effect SET state = 'done', settled_at = queued_at WHERE after_key IS NULL AND lane LIKE '%1'")
            .await;
        session.sql("UPDATE lane SET ready_at = NULL").await;
        let tx = &mut session.tx();
        assert_eq!(next_ready(tx, &outlets(), at(9)).await.unwrap(), None);
        assert!(any_idle(tx).await.unwrap());
        // One effect is released, and two lanes are readied.
        assert_eq!(reconcile(tx, at(5)).await.unwrap(), 3);
        assert_eq!(reconcile(tx, at(6)).await.unwrap(), 0);
        assert!(!any_idle(tx).await.unwrap());
        assert_eq!(keys(tx, 7, 9).await, [invite.key, post(2, 1).key]);
    })
    .await;
}

#[tokio::test]
async fn settled_effects_of_closed_incidents_are_forgotten() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let kept = declare(tx, 2, 0).await;
        let first = declare(tx, 1, 0).await;
        let resolved = go_on(tx, &first, Command::Resolve { summary: "over".to_owned() }, 5).await;
        go_on(tx, &resolved, Command::Close, 6).await;
        let alarm = Effect::alarm("stuck", BOB, ContactMethod::Console, at(0));
        queue(tx, &[alarm], at(6)).await.unwrap();
        let mut settled = 0;
        loop {
            let heads = claim(tx, &outlets(), at(10), LEASE, 9).await.unwrap();
            if heads.is_empty() {
                break;
            }
            for head in heads {
                settle(tx, &[(&head, &done())], at(10)).await.unwrap();
                settled += 1;
            }
        }
        assert_eq!(purge(tx, at(6)).await.unwrap(), 0);
        let gone = purge(tx, at(11)).await.unwrap();
        assert!(gone > 0 && settled > 0);
        assert_eq!(session.number("SELECT count(*) FROM effect WHERE incident = 1 OR incident IS NULL").await, 0);
        assert!(session.number("SELECT count(*) FROM effect WHERE incident = 2").await > 0, "{kept:?}");
    })
    .await;
}
