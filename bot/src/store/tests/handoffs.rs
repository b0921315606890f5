//! How far hand-offs were gone through, on both engines.

use std::collections::BTreeMap;

use super::super::handoffs::{begin, end, lock, walked, went};
use super::sample::{at, key};
use super::*;

#[tokio::test]
async fn how_far_each_schedule_was_gone_through_is_kept() {
    on_both(async |session| {
        let tx = &mut session.tx();
        assert_eq!(walked(tx).await.unwrap(), BTreeMap::new());
        begin(tx, &key("primary"), at(0)).await.unwrap();
        begin(tx, &key("primary"), at(9)).await.unwrap();
        begin(tx, &key("other"), at(1)).await.unwrap();
        assert_eq!(walked(tx).await.unwrap()[&key("primary")], at(0), "who came first is heard");
        went(tx, &key("primary"), at(60)).await.unwrap();
        went(tx, &key("primary"), at(30)).await.unwrap();
        let both = BTreeMap::from([(key("other"), at(1)), (key("primary"), at(60))]);
        assert_eq!(lock(tx).await.unwrap(), both, "it never goes back");
        end(tx, &key("primary")).await.unwrap();
        assert_eq!(walked(tx).await.unwrap(), BTreeMap::from([(key("other"), at(1))]));
    })
    .await;
}
