//! Works that share one SQLite transaction.

use super::*;

#[tokio::test]
async fn one_failing_work_of_a_batch_fails_alone() {
    let place = Place::sqlite();
    let store = place.open().await;
    // Number 40 repeats number 7, which is stored before it in the same batch.
    let works = (0..64).map(|n| add(&store, if n == 40 { 7 } else { n })).collect();
    let results = in_one_batch(&store, works).await;
    for (n, result) in results.iter().enumerate() {
        match n {
            40 => assert!(matches!(result, Err(StoreError::Unique { constraint }) if constraint == "thing.id")),
            _ => assert!(result.is_ok(), "{n}: {result:?}"),
        }
    }
    assert_eq!(ids(&store).await, (0..64).filter(|n| *n != 40).collect::<Vec<_>>());
    place.remove(store).await;
}

#[tokio::test]
async fn nobody_is_told_stored_when_sqlite_rolls_back_everything() {
    let place = Place::sqlite();
    let store = place.open().await;
    run(&store, "PRAGMA max_page_count = 12").await.unwrap();
    // Number 5 fills the disk: SQLite then rolls back its four predecessors with it.
    let works = (0..12).map(|n| {
        let (store, size) = (&store, if n == 5 { 200_000 } else { 10 });
        async move {
            store
                .write(move |tx| {
                    Box::pin(async move {
                        let name = "x".repeat(size);
                        on!(tx, |c| sqlx::query("INSERT INTO thing VALUES ($1, 0, $2)")
                            .bind(n)
                            .bind(name)
                            .execute(c)
                            .await
                            .map(drop))
                        .during("insert a thing")
                        .map(drop)
                    })
                })
                .await
        }
    });
    let results = in_one_batch(&store, works.collect()).await;
    assert!(matches!(results.get(5), Some(Err(StoreError::Full))), "{:?}", results.get(5));
    let told: Vec<i64> = (0..).zip(&results).filter(|(_, result)| result.is_ok()).map(|(n, _)| n).collect();
    assert_eq!(told, (0..12).filter(|n| *n != 5).collect::<Vec<_>>());
    assert_eq!(ids(&store).await, told);
    place.remove(store).await;
}

#[tokio::test]
async fn a_work_that_hides_a_lost_transaction_stores_nothing() {
    let place = Place::sqlite();
    let store = place.open().await;
    run(&store, "PRAGMA max_page_count = 12").await.unwrap();
    let hiding = |id: i64| {
        let store = store.clone();
        async move {
            store
                .write(move |tx| {
                    Box::pin(async move {
                        let name = "x".repeat(200_000);
                        let full = on!(&mut *tx, |c| sqlx::query("INSERT INTO thing VALUES (-1, 0, $1)")
                            .bind(name)
                            .execute(c)
                            .await
                            .map(drop));
                        assert!(full.is_err());
                        let _ = insert(tx, id, 0).await;
                        Ok(())
                    })
                })
                .await
        }
    };
    assert!(hiding(1).await.is_err());
    let results = in_one_batch(&store, vec![hiding(2), hiding(3)]).await;
    assert!(results.iter().all(Result::is_err));
    assert!(ids(&store).await.is_empty());
    add(&store, 4).await.unwrap();
    place.remove(store).await;
}
