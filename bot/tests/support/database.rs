//! A database of one's own.

use std::sync::atomic::{AtomicU32, Ordering};

use firebell::store::DatabaseUrl;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};
use tempfile::TempDir;

/// A database that is gone after the story.
pub(crate) struct Place {
    pub(crate) url: DatabaseUrl,
    kind: Kind,
}

/// A lock on a database.
pub(crate) enum Hold {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Hold {
    pub(crate) async fn lets_go(self) {
        match self {
            Self::Sqlite(mut other) => drop(other.execute("ROLLBACK").await.unwrap()),
            Self::Postgres(mut other) => drop(other.execute("ROLLBACK").await.unwrap()),
        }
    }
}

enum Kind {
    Sqlite { dir: TempDir },
    Postgres { server: String, name: String },
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::parse(&format!("sqlite:{}", dir.path().join("bell.db").display())).unwrap();
        Self { url, kind: Kind::Sqlite { dir } }
    }

    pub(crate) async fn postgres() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("FIREBELL_TEST_POSTGRES").expect(
            "set FIREBELL_TEST_POSTGRES to the address of a Postgres server on which tests may create databases",
        );
        let name = format!("bell_story_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut admin = PgConnection::connect(&server).await.unwrap();
        admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        let url = DatabaseUrl::parse(&format!("{base}/{name}")).unwrap();
        Self { url, kind: Kind::Postgres { server, name } }
    }

    /// The files of a `SQLite` database, with what they hold.
    pub(crate) fn files(&self) -> Vec<(String, Vec<u8>)> {
        let Kind::Sqlite { dir } = &self.kind else { return Vec::new() };
        let files = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path());
        files.map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect()
    }

    /// Ends every connection to the database; on Postgres alone.
    pub(crate) async fn sever(&self) {
        let Kind::Postgres { name, .. } = &self.kind else { return };
        let sql = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        self.administer(sql).await;
    }

    /// Lets nobody in any more, or everybody again; on Postgres alone.
    pub(crate) async fn let_in(&self, allowed: bool) {
        let Kind::Postgres { name, .. } = &self.kind else { return };
        self.administer(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}")).await;
    }

    async fn administer(&self, sql: String) {
        let Kind::Postgres { server, .. } = &self.kind else { return };
        let mut admin = PgConnection::connect(server).await.unwrap();
        admin.execute(AssertSqlSafe(sql)).await.unwrap();
    }

    /// Somebody else is at work in the database until they let go: on `SQLite` nobody can write, on Postgres nobody can read
    /// or write incidents.
    pub(crate) async fn hold(&self) -> Hold {
        match &self.kind {
            Kind::Sqlite { .. } => {
                let mut other = SqliteConnection::connect(&self.url.to_string()).await.unwrap();
                other.execute("BEGIN IMMEDIATE").await.unwrap();
                Hold::Sqlite(other)
            }
            Kind::Postgres { server, name } => {
                let (base, _) = server.rsplit_once('/').unwrap();
                let mut other = PgConnection::connect(&format!("{base}/{name}")).await.unwrap();
                other.execute("BEGIN").await.unwrap();
                other.execute("LOCK TABLE incident IN ACCESS EXCLUSIVE MODE").await.unwrap();
                Hold::Postgres(other)
            }
        }
    }

    /// Removes the database; on Postgres nobody else would.
    pub(crate) async fn remove(self) {
        if let Kind::Postgres { server, name } = self.kind {
            let mut admin = PgConnection::connect(&server).await.unwrap();
            admin.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await.unwrap();
        }
    }
}
