//! The inbox: the first reply stands.

use firebell_core::ids::WorkspaceId;

use super::super::inbox::{answer, known, open, purge};
use super::sample::{WORKSPACE, at, plant};
use super::*;

#[tokio::test]
async fn a_reply_is_stored_once_and_given_again() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let opening = open::<Vec<String>>(tx, WORKSPACE, "e1").await.unwrap();
        assert_eq!((opening.directory_version, opening.answered), (0, None));
        let reply = vec!["declared INC-1".to_owned(), "ünï \"quoted\"".to_owned()];
        Writes::alone(tx, |writes| answer(writes, &[(WORKSPACE, "e1", at(0), &reply)])).await.unwrap();
        assert_eq!(open::<Vec<String>>(tx, WORKSPACE, "e1").await.unwrap().answered, Some(reply.clone()));
        let other = WorkspaceId(uuid::Uuid::from_u128(5));
        assert_eq!(open::<Vec<String>>(tx, other, "e1").await.unwrap().answered, None);
        assert!(matches!(
            Writes::alone(tx, |writes| answer(writes, &[(WORKSPACE, "e1", at(1), &reply)])).await,
            Err(StoreError::Unique { .. })
        ));
        // The same id of another workspace is another event.
        Writes::alone(tx, |writes| answer(writes, &[(other, "e1", at(5), &reply)])).await.unwrap();
        let asked = ["e0", "e1", "e2"].map(str::to_owned);
        assert_eq!(known(tx, WORKSPACE, &asked).await.unwrap(), ["e1"]);
        assert_eq!(known(tx, WORKSPACE, &asked[..1]).await.unwrap(), [""; 0]);
        let read = open::<i64>(tx, WORKSPACE, "e1").await.err();
        let Some(StoreError::Corrupt { table: "inbox", id, .. }) = read else { panic!("{read:?}") };
        assert_eq!(id, format!("{WORKSPACE} e1"));
        assert_eq!(purge(tx, at(5)).await.unwrap(), 1);
        assert_eq!(open::<Vec<String>>(tx, WORKSPACE, "e1").await.unwrap().answered, None);
        assert_eq!(open::<Vec<String>>(tx, other, "e1").await.unwrap().answered, Some(reply));
        session.sql("UPDATE directory SET head = substr(head, 1, 3)").await;
        let read = open::<i64>(&mut session.tx(), WORKSPACE, "e1").await.err();
        assert!(matches!(read, Some(StoreError::Corrupt { table: "directory", .. })));
    })
    .await;
}
