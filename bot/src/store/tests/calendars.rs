//! Calendars that are read from URLs, on both engines.

use super::super::calendars::{Reading, all, claim, failed, heard, read};
use super::sample::{at, key};
use super::*;

#[tokio::test]
async fn one_at_a_time_looks_after_a_calendar() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let days = key("days");
        let begun = claim(tx, (&days, "one"), (at(0), at(600)), at(120)).await.unwrap().unwrap();
        assert_eq!((begun.heard_at, begun.read_at, begun.due_at), (at(0), None, at(120)));
        assert_eq!(claim(tx, (&days, "one"), (at(60), at(660)), at(180)).await.unwrap(), None, "somebody is at it");
        failed(tx, (&days, "one"), "it is gone", at(90)).await.unwrap();
        failed(tx, (&days, "another"), "it is another by now", at(0)).await.unwrap();
        let again = claim(tx, (&days, "one"), (at(90), at(690)), at(210)).await.unwrap().unwrap();
        assert_eq!((again.failures, again.failure.as_deref()), (1, Some("it is gone")));

        heard(tx, (&days, "one"), (at(91), at(691))).await.unwrap();
        read(tx, (&days, "one"), (Some("tag"), None, "digest"), at(91)).await.unwrap();
        let expected = Reading {
            mark: "one".to_owned(),
            due_at: at(691),
            heard_at: at(91),
            read_at: Some(at(91)),
            digest: Some("digest".to_owned()),
            etag: Some("tag".to_owned()),
            modified: None,
            failures: 0,
            failure: None,
        };
        assert_eq!(all(tx).await.unwrap(), [(days.clone(), expected)].into());
        let sooner = claim(tx, (&days, "one"), (at(100), at(400)), at(220)).await.unwrap();
        assert!(sooner.is_some(), "its pace is another by now");
        let another = claim(tx, (&days, "two"), (at(101), at(401)), at(221)).await.unwrap().unwrap();
        assert_eq!((another.mark.as_str(), another.etag, another.heard_at), ("two", None, at(101)));
    })
    .await;
}
