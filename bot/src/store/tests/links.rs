//! Codes: one for each person, good for a while and used once; wrong ones are counted.

use super::super::links::{code, drop_code, miss, misses, put_code};
use super::sample::{ANN, BOB, WORKSPACE, at, plant};
use super::*;

#[tokio::test]
async fn a_code_is_good_until_it_is_old_used_or_another_is_asked_for() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        put_code(tx, (ANN, WORKSPACE), b"one", (at(0), at(600))).await.unwrap();
        put_code(tx, (BOB, WORKSPACE), b"two", (at(0), at(600))).await.unwrap();
        assert_eq!(code(tx, b"one", at(599)).await.unwrap(), Some((ANN, WORKSPACE)));
        assert_eq!(code(tx, b"one", at(600)).await.unwrap(), None);
        put_code(tx, (ANN, WORKSPACE), b"three", (at(1), at(601))).await.unwrap();
        assert_eq!(code(tx, b"one", at(2)).await.unwrap(), None);
        assert_eq!(code(tx, b"three", at(2)).await.unwrap(), Some((ANN, WORKSPACE)));
        drop_code(tx, ANN).await.unwrap();
        assert_eq!(code(tx, b"three", at(2)).await.unwrap(), None);
        put_code(tx, (ANN, WORKSPACE), b"four", (at(700), at(900))).await.unwrap();
        assert_eq!(session.number("SELECT count(*) FROM link_code").await, 1, "old ones are forgotten");
    })
    .await;
}

#[tokio::test]
async fn wrong_codes_are_counted_for_a_while() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let (one, two) = ((WORKSPACE, "U1"), (WORKSPACE, "U2"));
        assert_eq!(misses(tx, one, at(-600)).await.unwrap(), 0);
        for second in 0..3 {
            miss(tx, one, (at(second - 600), at(second))).await.unwrap();
        }
        miss(tx, two, (at(-600), at(0))).await.unwrap();
        assert_eq!(misses(tx, one, at(-1)).await.unwrap(), 3);
        assert_eq!(misses(tx, one, at(0)).await.unwrap(), 0, "the while is over");
        miss(tx, one, (at(10), at(610))).await.unwrap();
        assert_eq!(misses(tx, one, at(10)).await.unwrap(), 1);
        assert_eq!(session.number("SELECT count(*) FROM link_miss").await, 1);
    })
    .await;
}
