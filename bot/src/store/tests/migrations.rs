use super::sample::*;
use super::*;
#[tokio::test]
async fn dump() {
    let url = DatabaseUrl::parse("sqlite:/tmp/sample0001.db").unwrap();
    let store = Store::open(&url, StoreOptions::default()).await.unwrap();
    store.write(|tx| Box::pin(async move {
        plant(tx).await;
        let n = super::super::incidents::next_number(tx).await?;
        assert_eq!(n.0, 1);
        let (l, room) = with_room(tx, 1, 0).await;
        go_on(tx, &l, note("half of the checkouts fail"), 5).await;
        let heard = super::super::messages::Heard { incident: n, room, external_id: "m1".to_owned(), author: ANN, sent_at: at(6), text: "looking".to_owned(), salt: [3; 16] };
        super::super::messages::keep(tx, &heard).await?;
        super::super::inbox::answer(tx, (WORKSPACE, "e1"), &"declared INC-1", at(1)).await?;
        super::super::installation::seen(tx, uuid::Uuid::from_u128(77), at(9)).await?;
        let h = super::super::incidents::Head { hash: firebell_core::chain::Hash::from_bytes([5; 32]), signature: "signed 3".to_owned() };
        super::super::entries::anchor(tx, "INC-1", (3, &h), at(8)).await?;
        super::super::directory::advance(tx, (0, 7, 7), &h).await
    })).await.unwrap();
    store.close().await;
}
