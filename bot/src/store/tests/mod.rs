//! The store on both engines, with real databases.

mod actions;
mod batch;
mod bulk;
mod bundles;
mod calendars;
mod cards;
mod claims;
mod contacts;
mod copies;
mod covered;
mod digests;
mod directory;
mod effects;
mod entries;
mod feeds;
mod files;
mod handoffs;
mod hints;
mod inbox;
mod incidents;
mod installation;
mod integrations;
mod leases;
mod links;
mod log;
mod meant;
mod messages;
mod migrations;
mod outlets;
mod pages;
mod plans;
mod redaction;
mod sample;
mod schema;
mod searched;
mod synthetic;
mod tickets;
mod timers;
mod turns;
mod versions;
mod walk;
mod writer;
mod writes;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::join_all;
use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};
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

/// One connection outside of any store, on which the functions of the store run one by one.
enum Session {
    Sqlite(SqliteConnection),
    Pg(PgConnection),
}

impl Session {
    async fn of(place: &Place) -> Self {
        match &place.url.0 {
            url::Place::Sqlite(path) => {
                let opener = sqlite::Opener::new(path.clone(), Duration::from_secs(5));
                Self::Sqlite(opener.connect().await.unwrap())
            }
            url::Place::Pg(options) => Self::Pg(options.connect().await.unwrap()),
        }
    }

    fn tx(&mut self) -> Tx<'_> {
        match self {
            Self::Sqlite(connection) => Tx::sqlite(connection),
            Self::Pg(connection) => Tx::Pg(connection),
        }
    }

    /// Runs one or more statements and asserts that they are accepted.
    async fn sql(&mut self, sql: impl Into<String>) {
        let sql: String = sql.into();
        on!(&mut self.tx(), |c| c.execute(sqlx::AssertSqlSafe(sql.clone())).await.map(drop))
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// The one number that a statement answers.
    async fn number(&mut self, sql: &'static str) -> i64 {
        on!(&mut self.tx(), |c| sqlx::query_scalar(sql).fetch_one(c).await).unwrap()
    }
}

/// Runs the same test on a fresh database of each engine.
async fn on_both(test: impl AsyncFn(&mut Session)) {
    for place in Place::both().await {
        let store = Store::open(&place.url, StoreOptions::default()).await.unwrap();
        test(&mut Session::of(&place).await).await;
        place.remove(store).await;
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
