//! Workers that claim at the same time.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use firebell_core::effect::Effect;
use firebell_core::ids::{EntryId, IncidentId};

use super::super::effects::{claim, next_ready};
use super::sample::{at, outlets, queue, room};
use super::*;

#[tokio::test]
async fn two_workers_never_hold_the_same_lane() {
    for place in Place::both().await {
        let (one, two) = (place.open().await, place.open().await);
        let lanes = 30;
        let queued = move |n: u128| Effect::post(IncidentId(1), &room(n), EntryId(1));
        let write = one.write(move |tx| {
            Box::pin(async move {
                let effects: Vec<Effect> = (0..lanes).map(queued).collect();
                queue(tx, &effects, at(0)).await
            })
        });
        write.await.unwrap();
        let claims = (0..10).map(|n| {
            let store = if n % 2 == 0 { &one } else { &two };
            store.write(|tx| Box::pin(async move { claim(tx, &outlets(), at(1), TimeDelta::seconds(30), 4).await }))
        });
        let mut held = BTreeSet::new();
        for claimed in join_all(claims).await {
            let claimed = claimed.unwrap();
            assert!(claimed.len() <= 4, "more than the limit: {}", claimed.len());
            for head in claimed {
                assert!(held.insert(head.lane.clone()), "{} was claimed twice", head.lane);
            }
        }
        // On Postgres a worker passes over what another is taking at this moment; the next look finds the rest.
        let rest = one
            .write(|tx| Box::pin(async move { claim(tx, &outlets(), at(1), TimeDelta::seconds(30), 99).await }))
            .await
            .unwrap();
        held.extend(rest.into_iter().map(|head| head.lane));
        assert_eq!(held.len(), usize::try_from(lanes).unwrap());
        let next = one.read(|tx| Box::pin(async move { next_ready(tx, &outlets(), at(1)).await })).await.unwrap();
        assert_eq!(next, Some(at(31)));
        two.close().await;
        place.remove(one).await;
    }
}
