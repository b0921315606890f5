//! Works on either engine: what is stored, what is undone, and what their callers hear.

use super::*;

#[tokio::test]
async fn a_swallowed_error_is_not_reported_as_stored_on_postgres() {
    let place = Place::postgres().await;
    let store = place.open().await;
    let result = store
        .write(|tx| {
            Box::pin(async move {
                insert(tx, 1, 0).await?;
                assert!(insert(tx, 1, 0).await.is_err());
                Ok(())
            })
        })
        .await;
    assert!(matches!(result, Err(StoreError::Sql { .. })), "{result:?}");
    assert!(ids(&store).await.is_empty());
    place.remove(store).await;
}

#[tokio::test]
async fn a_panicking_work_is_rolled_back_and_the_store_goes_on() {
    for place in Place::both().await {
        let store = place.open().await;
        let result: Result<(), _> = store
            .write(|tx| {
                Box::pin(async move {
                    insert(tx, 1, 0).await?;
                    panic!("a fault")
                })
            })
            .await;
        assert!(matches!(result, Err(StoreError::Panicked)));
        add(&store, 2).await.unwrap();
        assert_eq!(ids(&store).await, [2]);
        place.remove(store).await;
    }
}

#[tokio::test]
async fn a_work_over_its_deadline_is_rolled_back() {
    for place in Place::both().await {
        let options = StoreOptions { deadline: Duration::from_millis(300), ..StoreOptions::default() };
        let store = place.open_with(options).await;
        let result: Result<(), _> = store
            .write(|tx| {
                Box::pin(async move {
                    insert(tx, 1, 0).await?;
                    std::future::pending().await
                })
            })
            .await;
        assert!(matches!(result, Err(StoreError::Deadline)));
        add(&store, 2).await.unwrap();
        assert_eq!(ids(&store).await, [2]);
        place.remove(store).await;
    }
}

#[tokio::test]
async fn an_endless_statement_is_interrupted() {
    let place = Place::sqlite();
    let options = StoreOptions { deadline: Duration::from_millis(300), ..StoreOptions::default() };
    let store = place.open_with(options).await;
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    assert!(matches!(run(&store, endless).await, Err(StoreError::Deadline)));
    add(&store, 1).await.unwrap();
    place.remove(store).await;
}

#[tokio::test]
async fn a_conflict_undoes_the_work_and_reaches_its_caller() {
    for place in Place::both().await {
        let store = place.open().await;
        let result: Result<(), _> = store
            .write(|tx| {
                Box::pin(async move {
                    insert(tx, 1, 0).await?;
                    Err(StoreError::Conflict { table: "thing", id: "1".to_owned() })
                })
            })
            .await;
        assert!(matches!(result, Err(StoreError::Conflict { table: "thing", .. })));
        assert!(ids(&store).await.is_empty());
        place.remove(store).await;
    }
}

#[tokio::test]
async fn deadlocked_works_on_postgres_run_again_and_both_are_stored() {
    let place = Place::postgres().await;
    let store = place.open().await;
    add(&store, 1).await.unwrap();
    add(&store, 2).await.unwrap();
    let (meet, runs) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
    let cross = |first: i64, second: i64| {
        let (store, meet, runs) = (store.clone(), Arc::clone(&meet), Arc::clone(&runs));
        async move {
            store
                .write(move |tx| {
                    let (meet, runs) = (Arc::clone(&meet), Arc::clone(&runs));
                    Box::pin(async move {
                        bump(tx, first).await?;
                        // Only the first two runs meet; whoever runs again finds the other gone.
                        if runs.fetch_add(1, Ordering::SeqCst) < 2 {
                            meet.wait().await;
                        }
                        bump(tx, second).await
                    })
                })
                .await
        }
    };
    let (one, two) = tokio::join!(cross(1, 2), cross(2, 1));
    one.unwrap();
    two.unwrap();
    assert_eq!(runs.load(Ordering::SeqCst), 3);
    assert_eq!(numbers(&store).await, [(1, 2), (2, 2)]);
    place.remove(store).await;
}

async fn bump(tx: &mut Tx<'_>, id: i64) -> Result<(), StoreError> {
    on!(tx, |c| sqlx::query("UPDATE thing SET n = n + 1 WHERE id = $1").bind(id).execute(c).await.map(drop))
        .during("bump")
}

async fn numbers(store: &Store) -> Vec<(i64, i64)> {
    store
        .read(|tx| {
            Box::pin(async move {
                Ok(on!(tx, |c| sqlx::query_as("SELECT id, n FROM thing ORDER BY id").fetch_all(c).await)?)
            })
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn a_read_cannot_write() {
    for place in Place::both().await {
        let store = place.open().await;
        assert!(store.read(|tx| Box::pin(async move { insert(tx, 1, 0).await })).await.is_err());
        assert!(ids(&store).await.is_empty());
        place.remove(store).await;
    }
}

#[tokio::test]
async fn a_database_is_opened_again_and_a_newer_one_is_refused() {
    for place in Place::both().await {
        place.open().await.close().await;
        let store = place.open().await;
        run(&store, "UPDATE installation SET oldest_binary = 9000").await.unwrap();
        let refused = Store::open(&place.url, StoreOptions::default()).await.err();
        assert!(matches!(refused, Some(StoreError::Newer { database_needs: 9000, this }) if this == schema_number()));
        place.remove(store).await;
    }
}

#[tokio::test]
async fn a_closed_store_has_stored_what_it_promised_and_says_that_it_is_closed() {
    for place in Place::both().await {
        let store = place.open().await;
        let (results, ()) = tokio::join!(join_all((0..20).map(|n| add(&store, n))), store.close());
        let told = results.iter().filter(|result| result.is_ok()).count();
        assert!(matches!(add(&store, 99).await, Err(StoreError::Gone { .. })));
        let again = place.open().await;
        assert_eq!(ids(&again).await.len(), told);
        place.remove(again).await;
    }
}
