//! The installation's own rows.

use firebell_core::chain::Hash;
use serde_json::json;
use uuid::Uuid;

use super::super::incidents::Head;
use super::super::installation::{
    add_workspace, advance, database_time, gone, head, is_fresh, keys, know_bot, known_bot, mark, name_workspace,
    rewrite, seen, served, workspace, workspace_named,
};
use super::sample::{WORKSPACE, at, plant};
use super::*;

#[tokio::test]
async fn the_installation_keeps_its_head_and_its_workspaces() {
    on_both(async |session| {
        let tx = &mut session.tx();
        assert!(is_fresh(tx).await.unwrap());
        let (entries, first) = head(tx, false).await.unwrap();
        assert_eq!((entries, first.hash, first.signature.as_str()), (0, Hash::ZERO, ""));
        let next = Head { hash: Hash::from_bytes([8; 32]), signature: "signed".to_owned() };
        advance(tx, (0, 2), &next).await.unwrap();
        assert_eq!(head(tx, true).await.unwrap(), (2, next.clone()));
        let stale = advance(tx, (0, 3), &next).await;
        assert!(matches!(stale, Err(StoreError::Conflict { table: "installation", .. })));

        assert_eq!(keys(tx).await.unwrap(), []);
        assert_eq!(mark(tx).await.unwrap(), "", "nothing was recorded yet");
        assert_eq!(workspace(tx, "console", "main").await.unwrap(), None);
        plant(tx).await;
        assert_eq!(workspace(tx, "console", "main").await.unwrap(), Some(WORKSPACE));
        assert_eq!(workspace(tx, "slack", "main").await.unwrap(), None);
        let twice = firebell_core::ids::WorkspaceId(Uuid::from_u128(2));
        let refused = add_workspace(tx, twice, ("console", "main", "Again"), at(0)).await;
        assert!(matches!(refused, Err(StoreError::Unique { .. })));
        assert!(!is_fresh(tx).await.unwrap());
        rewrite(tx).await.unwrap();
        name_workspace(tx, WORKSPACE, "renamed").await.unwrap();
        assert_eq!(workspace_named(tx, "console", "renamed").await.unwrap(), Some(WORKSPACE));
        assert_eq!(workspace_named(tx, "slack", "renamed").await.unwrap(), None);
        assert_eq!(known_bot(tx, "console", "renamed").await.unwrap(), None);
        for bot in [json!({ "me": "B1" }), json!({ "me": "B2", "reads": true })] {
            know_bot(tx, WORKSPACE, &bot).await.unwrap();
            know_bot(tx, WORKSPACE, &bot).await.unwrap();
            let known = known_bot(tx, "console", "renamed").await.unwrap().unwrap();
            assert_eq!((known.workspace, known.external_id.as_str(), known.bot), (WORKSPACE, "main", bot));
        }
        assert_eq!(known_bot(tx, "slack", "renamed").await.unwrap(), None);
        session.sql("UPDATE installation SET head = substr(head, 1, 3)").await;
        let read = head(&mut session.tx(), false).await;
        assert!(matches!(read, Err(StoreError::Corrupt { table: "installation", id, .. }) if id == "1"));
    })
    .await;
}

#[tokio::test]
async fn a_serving_process_is_known_until_it_ends_or_falls_silent() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert!(!served(tx, at(0)).await.unwrap());
        seen(tx, one, false, at(0)).await.unwrap();
        seen(tx, one, false, at(10)).await.unwrap();
        seen(tx, two, false, at(5)).await.unwrap();
        assert!(served(tx, at(10)).await.unwrap());
        assert!(!served(tx, at(11)).await.unwrap());
        gone(tx, one, at(5)).await.unwrap();
        assert!(served(tx, at(5)).await.unwrap());
        assert!(!served(tx, at(6)).await.unwrap());
        gone(tx, one, at(6)).await.unwrap();
        assert!(!served(tx, at(0)).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn only_postgres_has_a_clock_of_its_own() {
    on_both(async |session| {
        let own = matches!(session, Session::Pg(_));
        assert_eq!(database_time(&mut session.tx()).await.unwrap().is_some(), own);
    })
    .await;
}
