//! The inbox: the first reply stands.

use firebell_core::ids::WorkspaceId;

use super::super::inbox::{answer, done, keep, known, open, purge, waiting};
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

#[tokio::test]
async fn what_is_kept_waits_in_its_order_until_it_is_done() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        assert!(keep(tx, (WORKSPACE, "b"), b"later", at(2)).await.unwrap());
        assert!(keep(tx, (WORKSPACE, "a"), b"first", at(1)).await.unwrap());
        assert!(!keep(tx, (WORKSPACE, "a"), b"again", at(3)).await.unwrap(), "it is kept already");
        let other = WorkspaceId(uuid::Uuid::from_u128(5));
        assert!(keep(tx, (other, "a"), b"elsewhere", at(1)).await.unwrap());
        let row = |id: &str, raw: &[u8]| (id.to_owned(), raw.to_vec());
        assert_eq!(waiting(tx, WORKSPACE, at(9), 10).await.unwrap(), [row("a", b"first"), row("b", b"later")]);
        assert_eq!(waiting(tx, WORKSPACE, at(1), 10).await.unwrap(), [row("a", b"first")]);
        assert_eq!(waiting(tx, WORKSPACE, at(9), 1).await.unwrap(), [row("a", b"first")]);
        // What waits is not forgotten, however old it is.
        assert_eq!(purge(tx, at(9)).await.unwrap(), 0);
        done(tx, WORKSPACE, "a").await.unwrap();
        assert_eq!(waiting(tx, WORKSPACE, at(9), 10).await.unwrap(), [row("b", b"later")]);
        assert!(!keep(tx, (WORKSPACE, "a"), b"again", at(4)).await.unwrap(), "it was carried out");
        assert_eq!(purge(tx, at(9)).await.unwrap(), 1);
    })
    .await;
}
