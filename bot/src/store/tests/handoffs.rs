//! Who was seen to be on call last, on both engines.

use std::collections::BTreeMap;

use firebell_core::decide::Walked;

use super::super::handoffs::{begin, end, lock, walked, went};
use super::sample::{ANN, BOB, at, key};
use super::*;

#[tokio::test]
async fn what_was_seen_of_each_schedule_is_kept() {
    on_both(async |session| {
        let tx = &mut session.tx();
        assert_eq!(walked(tx).await.unwrap(), BTreeMap::new());
        let seen =
            |seconds, person| Walked { since: at(seconds), people: vec![person], reminded: false, ahead: Vec::new() };
        begin(tx, &key("primary"), &seen(0, ANN)).await.unwrap();
        begin(tx, &key("primary"), &seen(9, BOB)).await.unwrap();
        begin(tx, &key("other"), &seen(1, BOB)).await.unwrap();
        assert_eq!(walked(tx).await.unwrap()[&key("primary")], seen(0, ANN), "who came first is heard");
        went(tx, &key("primary"), &seen(60, BOB)).await.unwrap();
        let both = BTreeMap::from([(key("other"), seen(1, BOB)), (key("primary"), seen(60, BOB))]);
        assert_eq!(lock(tx).await.unwrap(), both);
        end(tx, &key("primary")).await.unwrap();
        assert_eq!(walked(tx).await.unwrap(), BTreeMap::from([(key("other"), seen(1, BOB))]));
    })
    .await;
}
