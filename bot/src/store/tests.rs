//! The store on both engines, with real databases.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;
use tokio::sync::Barrier;

use super::*;

/// A database that is gone after the test, and stores on it.
struct Place {
    url: DatabaseUrl,
    _dir: Option<TempDir>,
    drop_with: Option<(String, String)>,
}

impl Place {
    fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::parse(&format!("sqlite:{}", dir.path().join("bell.db").display())).unwrap();
        Self { url, _dir: Some(dir), drop_with: None }
    }

    async fn postgres() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("FIREBELL_TEST_POSTGRES").expect(
            "set FIREBELL_TEST_POSTGRES to the address of a Postgres server on which tests may create databases",
        );
        let name = format!("bell_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut admin = PgConnection::connect(&server).await.unwrap();
        admin.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        let url = DatabaseUrl::parse(&format!("{base}/{name}")).unwrap();
        Self { url, _dir: None, drop_with: Some((server, name)) }
    }

    async fn both() -> [Self; 2] {
        [Self::sqlite(), Self::postgres().await]
    }

    async fn open(&self) -> Store {
        self.open_with(StoreOptions::default()).await
    }

    async fn open_with(&self, options: StoreOptions) -> Store {
        let store = Store::open(&self.url, options).await.unwrap();
        run(&store, "CREATE TABLE IF NOT EXISTS thing (id BIGINT PRIMARY KEY, n BIGINT NOT NULL, name TEXT)")
            .await
            .unwrap();
        store
    }

    async fn remove(self, store: Store) {
        store.close().await;
        if let Some((server, name)) = &self.drop_with {
            let mut admin = PgConnection::connect(server).await.unwrap();
            admin.execute(sqlx::AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await.unwrap();
        }
    }
}

async fn run(store: &Store, sql: &'static str) -> Result<(), StoreError> {
    store.write(move |tx| Box::pin(async move { Ok(on!(tx, |c| c.execute(sql).await.map(drop))?) })).await
}

async fn insert(tx: &mut Tx<'_>, id: i64, n: i64) -> Result<(), StoreError> {
    on!(tx, |c| sqlx::query("INSERT INTO thing (id, n) VALUES ($1, $2)").bind(id).bind(n).execute(c).await.map(drop))
        .during("insert a thing")
}

async fn add(store: &Store, id: i64) -> Result<(), StoreError> {
    store.write(move |tx| Box::pin(async move { insert(tx, id, 0).await })).await
}

async fn ids(store: &Store) -> Vec<i64> {
    store
        .read(|tx| {
            Box::pin(async move {
                Ok(on!(tx, |c| sqlx::query_scalar("SELECT id FROM thing ORDER BY id").fetch_all(c).await)?)
            })
        })
        .await
        .unwrap()
}

/// Holds the writer in a work until all of `works` wait in the queue, so that they form one batch.
async fn in_one_batch<T: Send + 'static>(
    store: &Store,
    works: Vec<impl Future<Output = Result<T, StoreError>> + Send>,
) -> Vec<Result<T, StoreError>> {
    let Engine::Sqlite { queue, .. } = &store.shared.engine else { panic!("only SQLite has batches") };
    let (gate, queue, count) = (Arc::new(Barrier::new(2)), queue.clone(), works.len());
    let hold = {
        let (gate, store) = (Arc::clone(&gate), store.clone());
        tokio::spawn(async move {
            store
                .write(move |_| {
                    let gate = Arc::clone(&gate);
                    Box::pin(async move {
                        gate.wait().await;
                        gate.wait().await;
                        Ok(())
                    })
                })
                .await
        })
    };
    gate.wait().await;
    let release = async {
        while queue.max_capacity() - queue.capacity() < count {
            tokio::task::yield_now().await;
        }
        gate.wait().await;
    };
    let (results, ()) = tokio::join!(join_all(works), release);
    hold.await.unwrap().unwrap();
    results
}

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
async fn two_stores_write_at_once_and_wake_each_other() {
    for place in Place::both().await {
        let (one, two) = (place.open().await, place.open().await);
        let writes = (0..40).map(|n| {
            let store = if n % 2 == 0 { &one } else { &two };
            add(store, n)
        });
        for result in join_all(writes).await {
            result.unwrap();
        }
        assert_eq!(ids(&one).await, (0..40).collect::<Vec<_>>());
        for (writer, watcher, id) in [(&one, &two, 100), (&two, &one, 101)] {
            let mut changed = watcher.changed();
            // A hint that is still under way from before may answer the first wait, so wait until the row is seen.
            writer
                .write(move |tx| {
                    Box::pin(async move {
                        insert(tx, id, 0).await?;
                        tx.wake().await
                    })
                })
                .await
                .unwrap();
            tokio::time::timeout(Duration::from_secs(5), changed.changed()).await.unwrap().unwrap();
            assert!(ids(watcher).await.contains(&id));
        }
        two.close().await;
        place.remove(one).await;
    }
}

#[tokio::test]
async fn bulk_statements_do_the_same_on_both() {
    for place in Place::both().await {
        let store = place.open().await;
        let counts = store.write(|tx| Box::pin(async move { bulk_work(tx).await })).await.unwrap();
        assert_eq!(counts, (20_000, 1, 0, 20_000, 3));
        let named: Vec<(i64, i64, Option<String>)> = store
            .read(|tx| {
                Box::pin(async move {
                    Ok(select_in!(
                        tx,
                        "SELECT id, n, name FROM thing WHERE n > $1 AND id IN",
                        [0_i64],
                        &[3_i64, 4, 5, 19_999],
                        "ORDER BY id"
                    )?)
                })
            })
            .await
            .unwrap();
        assert_eq!(named, [(3, 6, None), (5, 10, Some("t5".to_owned())), (19_999, 39_998, Some("t19999".to_owned()))]);
        place.remove(store).await;
    }
}

async fn bulk_work(tx: &mut Tx<'_>) -> Result<(u64, u64, u64, u64, u64), StoreError> {
    // Three values a row make two chunks.
    let rows: Vec<(i64, Option<String>)> = (0..20_000).map(|id| (id, (id != 3).then(|| format!("t{id}")))).collect();
    let inserted = many!(tx, "INSERT INTO thing (id, n, name) VALUES", &rows, |(id, name)| [id, 0_i64, name], "")?;
    let again = many!(
        tx,
        "INSERT INTO thing (id, n) VALUES",
        &rows[..1],
        |row| [row.0, 1_i64],
        "ON CONFLICT (id) DO UPDATE SET n = excluded.n"
    )?;
    let none = many!(tx, "INSERT INTO thing (id) VALUES", &rows[..0], |row| [row.0], "")?;
    let updated = many!(
        tx,
        "UPDATE thing SET n = v.column2 FROM (VALUES",
        &rows,
        |row| [row.0, row.0 * 2],
        ") AS v WHERE thing.id = v.column1"
    )?;
    let names = ["t4".to_owned(), "t7".to_owned(), "t8".to_owned(), "nobody".to_owned()];
    let deleted = execute_in!(tx, "DELETE FROM thing WHERE name IN", [], &names, "")?;
    Ok((inserted, again, none, updated, deleted))
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
