//! Addresses of calendars, on both engines.

use super::super::feeds::{end, get, put};
use super::sample::{ANN, BOB, at};
use super::*;

#[tokio::test]
async fn each_calendar_of_a_person_has_one_address() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let web = firebell_core::ids::Key::new("web").unwrap();
        assert!(!put(tx, (ANN, Some(&web)), &[1; 32], at(0)).await.unwrap());
        assert!(!put(tx, (ANN, None), &[2; 32], at(0)).await.unwrap());
        assert!(!put(tx, (BOB, Some(&web)), &[3; 32], at(0)).await.unwrap());
        assert_eq!(get(tx, &[1; 32]).await.unwrap(), Some((ANN, Some(web.clone()))));
        assert_eq!(get(tx, &[2; 32]).await.unwrap(), Some((ANN, None)));

        assert!(put(tx, (ANN, Some(&web)), &[4; 32], at(1)).await.unwrap(), "the one before ended");
        assert_eq!(get(tx, &[1; 32]).await.unwrap(), None);
        assert!(end(tx, ANN, Some(&web)).await.unwrap());
        assert!(!end(tx, ANN, Some(&web)).await.unwrap());
        assert_eq!(get(tx, &[4; 32]).await.unwrap(), None);
        assert_eq!(get(tx, &[3; 32]).await.unwrap(), Some((BOB, Some(web.clone()))), "it is somebody else's");
    })
    .await;
}
