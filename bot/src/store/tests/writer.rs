//! What befalls the connections themselves.

use super::super::sqlite::Opener;
use super::*;

fn path(place: &Place) -> std::path::PathBuf {
    let url::Place::Sqlite(path) = &place.url.0 else { panic!("a place on SQLite") };
    path.clone()
}

#[tokio::test]
async fn a_lost_connection_is_opened_again() {
    let place = Place::sqlite();
    let store = place.open().await;
    add(&store, 1).await.unwrap();
    let ruin = path(&place).with_extension("ruin");
    std::fs::write(&ruin, vec![b'x'; 8_192]).unwrap();
    // The writer's connection is exchanged for one on a file that is no database.
    let exchange = store.write(move |tx| {
        let ruin = ruin.clone();
        Box::pin(async move {
            let Tx::Sqlite(held) = tx else { panic!("a place on SQLite") };
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&ruin);
            **held = options.connect().await.unwrap();
            Ok(())
        })
    });
    assert!(exchange.await.is_err());
    add(&store, 2).await.unwrap();
    assert_eq!(ids(&store).await, [1, 2]);
    place.remove(store).await;
}

#[tokio::test]
async fn a_connection_that_postgres_ends_is_replaced() {
    let place = Place::postgres().await;
    let store = place.open().await;
    let ended = run(&store, "SELECT pg_terminate_backend(pg_backend_pid())").await;
    assert!(matches!(ended, Err(StoreError::Gone { .. })), "{ended:?}");
    add(&store, 1).await.unwrap();
    assert_eq!(ids(&store).await, [1]);
    place.remove(store).await;
}

#[tokio::test]
async fn a_file_that_another_process_writes_to_is_busy_and_then_free() {
    let place = Place::sqlite();
    let options = StoreOptions { busy_timeout: Duration::from_millis(250), ..StoreOptions::default() };
    let store = place.open_with(options).await;
    let opener = Opener::new(path(&place), Duration::from_secs(5));
    let mut other = opener.connect().await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let (one, two) = tokio::join!(add(&store, 1), add(&store, 2));
    assert!(matches!((&one, &two), (Err(StoreError::Busy), Err(StoreError::Busy))), "{one:?} {two:?}");
    assert!(ids(&store).await.is_empty());
    other.execute("ROLLBACK").await.unwrap();
    add(&store, 3).await.unwrap();
    assert_eq!(ids(&store).await, [3]);
    place.remove(store).await;
}

#[tokio::test]
async fn a_work_that_lost_a_race_on_postgres_runs_again_on_fresh_rows() {
    let place = Place::postgres().await;
    let store = place.open().await;
    add(&store, 1).await.unwrap();
    let (runs, rival) = (Arc::new(AtomicU32::new(0)), store.clone());
    let counted = Arc::clone(&runs);
    let write = store.write(move |tx| {
        let (runs, rival) = (Arc::clone(&counted), rival.clone());
        Box::pin(async move {
            on!(&mut *tx, |c| c.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").await.map(drop))?;
            let n: i64 = on!(&mut *tx, |c| sqlx::query_scalar("SELECT n FROM thing").fetch_one(c).await)?;
            if runs.fetch_add(1, Ordering::SeqCst) == 0 {
                run(&rival, "UPDATE thing SET n = 40").await?;
            }
            execute!(tx, "UPDATE thing SET n = $1 WHERE id = 1", [n + 1]).during("bump")?;
            Ok(n + 1)
        })
    });
    assert_eq!(write.await.unwrap(), 41);
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    place.remove(store).await;
}

#[tokio::test]
async fn a_work_that_loses_every_race_is_busy() {
    let place = Place::postgres().await;
    let store = place.open().await;
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let write = store.write::<(), _>(move |tx| {
        let runs = Arc::clone(&counted);
        Box::pin(async move {
            runs.fetch_add(1, Ordering::SeqCst);
            let raise = "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$";
            Ok(on!(tx, |c| c.execute(raise).await.map(drop))?)
        })
    });
    assert!(matches!(write.await, Err(StoreError::Busy)));
    assert_eq!(runs.load(Ordering::SeqCst), 10);
    place.remove(store).await;
}

/// A reference that is checked only when the transaction commits.
async fn dangling(store: &Store, id: i64) -> Result<(), StoreError> {
    let write = store.write(move |tx| {
        Box::pin(async move {
            insert(tx, id, 0).await?;
            if let Tx::Sqlite(connection) = tx {
                connection.execute("PRAGMA defer_foreign_keys = ON").await?;
            }
            execute!(tx, "INSERT INTO child (thing) VALUES ($1)", [id + 1_000]).during("add a child").map(drop)
        })
    });
    write.await
}

#[tokio::test]
async fn a_commit_that_fails_stores_nothing_of_its_work() {
    for place in Place::both().await {
        let store = place.open().await;
        run(&store, "CREATE TABLE child (thing BIGINT REFERENCES thing (id) DEFERRABLE INITIALLY DEFERRED)")
            .await
            .unwrap();
        assert!(matches!(dangling(&store, 1).await, Err(StoreError::Sql { .. })));
        add(&store, 2).await.unwrap();
        assert_eq!(ids(&store).await, [2]);
        place.remove(store).await;
    }
}

#[tokio::test]
async fn a_batch_whose_commit_fails_is_run_one_by_one() {
    let place = Place::sqlite();
    let store = place.open().await;
    run(&store, "CREATE TABLE child (thing BIGINT REFERENCES thing (id) DEFERRABLE INITIALLY DEFERRED)").await.unwrap();
    let works = (0..9).map(|n| {
        let store = store.clone();
        async move { if n == 4 { dangling(&store, n).await } else { add(&store, n).await } }
    });
    let results = in_one_batch(&store, works.collect()).await;
    for (n, result) in results.iter().enumerate() {
        assert_eq!(result.is_err(), n == 4, "{n}: {result:?}");
    }
    assert_eq!(ids(&store).await, [0, 1, 2, 3, 5, 6, 7, 8]);
    place.remove(store).await;
}
