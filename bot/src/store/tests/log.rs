//! SQLite's log: how long it grows beside a writer that never stops.

use super::super::checkpoint::{Checkpoints, move_log};
use super::super::sqlite::Opener;
use super::*;

async fn opener(place: &Place) -> Arc<Opener> {
    let url::Place::Sqlite(path) = &place.url.0 else { panic!("a place on SQLite") };
    let store = place.open().await;
    store.close().await;
    Arc::new(Opener::new(path.clone(), Duration::from_secs(5)))
}

/// Commits one row of so many bytes.
async fn commit(connection: &mut SqliteConnection, bytes: i64) {
    let insert = "INSERT INTO blob (bytes) VALUES (zeroblob($1))";
    sqlx::query(insert).bind(bytes).execute(connection).await.unwrap();
}

#[tokio::test]
async fn a_long_log_is_moved_to_its_end_and_begun_anew() {
    const MIB: i64 = 1 << 20;
    let place = Place::sqlite();
    let opener = opener(&place).await;
    let mut writer = opener.connect().await.unwrap();
    writer.execute("CREATE TABLE blob (bytes BLOB)").await.unwrap();
    let checkpoints = Checkpoints::of(opener.clone());
    let mut commits = 0;
    let asked = tokio::time::timeout(Duration::from_mins(1), async {
        while !checkpoints.leave_the_rest() {
            commit(&mut writer, MIB / 2).await;
            checkpoints.committed();
            commits += 1;
            tokio::task::yield_now().await;
        }
    });
    asked.await.expect("the log is long, and nobody asked the writer to move its rest");
    assert!(commits >= 32, "asked after {commits} commits, when the log was short");
    assert!(!checkpoints.leave_the_rest(), "asked twice");
    commit(&mut writer, MIB / 2).await;
    let before = moved(&mut writer).await;
    commit(&mut writer, MIB / 2).await;
    let after = moved(&mut writer).await;
    assert!(before > 4_096 && after < 512, "the log had {before} pages, and then {after}");
    checkpoints.close().await;
}

/// How many pages the log had that was moved. While a round of its own moves the log, nobody else can, and asks again.
async fn moved(writer: &mut SqliteConnection) -> i64 {
    let asked = tokio::time::timeout(Duration::from_mins(1), async {
        loop {
            match move_log(writer).await.unwrap() {
                busy if busy < 0 => tokio::task::yield_now().await,
                pages => return pages,
            }
        }
    });
    asked.await.expect("the log is free, and cannot be moved")
}

#[tokio::test]
async fn sqlite_is_compiled_as_the_build_says() {
    let place = Place::sqlite();
    let mut connection = opener(&place).await.connect().await.unwrap();
    let options: Vec<String> = sqlx::query_scalar("PRAGMA compile_options").fetch_all(&mut connection).await.unwrap();
    assert!(options.iter().any(|option| option == "DEFAULT_MEMSTATUS=0"), "{options:?}");
    assert!(!options.iter().any(|option| option == "ENABLE_MEMORY_MANAGEMENT"), "{options:?}");
    connection.close().await.unwrap();
}
