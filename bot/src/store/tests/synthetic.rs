//! The synthetic page's row, on both engines.

use super::super::synthetic::{Last, Standing, begin, get, lock, schedule, sent, settle};
use super::sample::at;
use super::*;

#[tokio::test]
async fn what_came_of_the_last_is_kept_until_the_next_is_sent() {
    on_both(async |session| {
        let tx = &mut session.tx();
        assert_eq!(get(tx).await.unwrap(), None);
        begin(tx, at(0)).await.unwrap();
        begin(tx, at(9)).await.unwrap();
        assert_eq!(get(tx).await.unwrap().unwrap().due_at, at(0), "who came first is heard");
        schedule(tx, at(1)).await.unwrap();
        let standing = Standing { due_at: at(1), last: None, delivered_at: None };
        assert_eq!(lock(tx).await.unwrap(), Some(standing));

        sent(tx, "one", at(2), at(60)).await.unwrap();
        let last = Last { key: "one".to_owned(), sent_at: at(2), settled_at: None, failure: None };
        let waits = Standing { due_at: at(60), last: Some(last.clone()), delivered_at: None };
        assert_eq!(get(tx).await.unwrap(), Some(waits.clone()));
        assert!(!settle(tx, "another", None, at(3)).await.unwrap());
        assert!(settle(tx, "one", None, at(3)).await.unwrap());
        assert!(!settle(tx, "one", Some("too late"), at(4)).await.unwrap(), "it is known already");
        let settled = Last { settled_at: Some(at(3)), ..last };
        let delivered = Standing { last: Some(settled), delivered_at: Some(at(3)), ..waits };
        assert_eq!(get(tx).await.unwrap(), Some(delivered));

        sent(tx, "two", at(60), at(120)).await.unwrap();
        assert!(settle(tx, "two", Some("no such number"), at(61)).await.unwrap());
        let failed = get(tx).await.unwrap().unwrap();
        assert_eq!(failed.last.unwrap().failure.as_deref(), Some("no such number"));
        assert_eq!((failed.due_at, failed.delivered_at), (at(120), Some(at(3))));
    })
    .await;
}
