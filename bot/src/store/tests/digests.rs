//! When teams hear what they still have to do, on both engines.

use super::super::digests::{all, begin, next};
use super::sample::{at, key};
use super::*;

#[tokio::test]
async fn each_team_has_its_time() {
    on_both(async |session| {
        let tx = &mut session.tx();
        begin(tx, &key("web"), at(10)).await.unwrap();
        begin(tx, &key("web"), at(20)).await.unwrap();
        begin(tx, &key("shop"), at(30)).await.unwrap();
        next(tx, &key("shop"), at(40)).await.unwrap();
        let wanted = [(key("shop"), at(40)), (key("web"), at(10))].into();
        assert_eq!(all(tx, true).await.unwrap(), wanted, "who came first is heard");
        assert_eq!(all(tx, false).await.unwrap(), wanted);
    })
    .await;
}
