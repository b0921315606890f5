//! Notices that are told by one message.

use chrono::TimeDelta;
use firebell_core::directory::ContactMethod;
use firebell_core::effect::{Effect, Reference, Told};
use firebell_core::ids::{IncidentId, NoticeId, PageId};
use firebell_core::paging::page::DueStep;
use uuid::Uuid;

use super::super::bundles::{carried_by, claim_behind};
use super::super::effects::{Claimed, Outcome, attempts, claim, references};
use super::sample::{ANN, BOB, at, outlets, queue, settle};
use super::*;

const LEASE: TimeDelta = TimeDelta::seconds(30);

/// A notice of a page to somebody.
fn notice(page: u128, person: firebell_core::ids::PersonId) -> Effect {
    let occasion = DueStep::FIRST_RESORT;
    let told = Told { notice: NoticeId(1), person, method: ContactMethod::Console, occasion, repeat: 0 };
    Effect::notice(IncidentId(1), PageId(Uuid::from_u128(page)), &told)
}

async fn head(tx: &mut Tx<'_>, now: i64) -> Claimed {
    let claimed = claim(tx, &outlets(), at(now), LEASE, 9).await.unwrap();
    claimed.into_iter().find(|head| head.lane.contains(&BOB.to_string())).unwrap()
}

#[tokio::test]
async fn what_waits_behind_a_notice_is_claimed_with_it_and_settled_by_it() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let queued = [notice(1, BOB), notice(2, BOB), notice(3, ANN), notice(4, BOB), notice(5, BOB)];
        queue(tx, &queued, at(0)).await.unwrap();
        let first = head(tx, 1).await;
        let behind = claim_behind(tx, &first, "notice", 2).await.unwrap();
        let keys: Vec<&String> = behind.iter().map(|behind| &behind.key).collect();
        assert_eq!(
            keys,
            [&queued[1].key, &queued[3].key],
            "of its lane alone, in their order, and no more than asked for"
        );
        assert!(behind.iter().all(|behind| (behind.attempts, behind.again, behind.token) == (1, false, first.token)));
        let works = [queued[1].work.clone(), queued[3].work.clone()];
        assert_eq!(carried_by(tx, &first.key).await.unwrap(), works);

        let made = Outcome::Done(Reference { external_id: "SM1".to_owned(), name: String::new() });
        let settled: Vec<(&Claimed, &Outcome)> =
            std::iter::once(&first).chain(&behind).map(|claimed| (claimed, &made)).collect();
        settle(tx, &settled, at(2)).await.unwrap();
        let asked: Vec<String> = queued.iter().map(|effect| effect.key.clone()).collect();
        let found = references(tx, &asked).await.unwrap();
        let made: Vec<_> = found.into_iter().filter(|(_, (made, _))| made.is_some()).collect();
        assert_eq!(made, [(first.key.clone(), (Some("SM1".to_owned()), true))]);
        let last = head(tx, 3).await;
        assert_eq!(last.key, queued[4].key, "the lane goes on");
    })
    .await;
}

#[tokio::test]
async fn what_was_not_tried_is_no_attempt_and_one_in_doubt_stays_so() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let queued = [notice(1, BOB), notice(2, BOB)];
        queue(tx, &queued, at(0)).await.unwrap();
        let keys = queued.each_ref().map(|effect| effect.key.clone());
        let first = head(tx, 1).await;
        settle(tx, &[(&first, &Outcome::Untried(at(5)))], at(1)).await.unwrap();
        assert_eq!(attempts(tx, &keys).await.unwrap()[&keys[0]], 0);
        let first = head(tx, 5).await;
        assert_eq!((first.attempts, first.again), (1, false));
        let behind = claim_behind(tx, &first, "notice", 9).await.unwrap();
        let unknown = Outcome::Later { at: at(6), answered: false };
        settle(tx, &[(&first, &unknown), (&behind[0], &unknown)], at(6)).await.unwrap();
        let first = head(tx, 6).await;
        assert!(first.again);
        settle(tx, &[(&first, &Outcome::Untried(at(9)))], at(6)).await.unwrap();
        let first = head(tx, 9).await;
        assert_eq!((first.attempts, first.again), (2, true));
        assert!(carried_by(tx, &first.key).await.unwrap().len() == 1, "it may have been told");
        let older = Claimed { token: first.token - 1, ..first };
        assert_eq!(claim_behind(tx, &older, "notice", 9).await.unwrap().len(), 0, "another worker has taken over");
    })
    .await;
}
