//! Erased words are in no file of the database afterwards.

use std::path::Path;

use firebell_core::decide::Erased;
use firebell_core::ids::{EntryId, IncidentId};

use super::super::entries::erase;
use super::sample::{declare, go_on, note, plant};
use super::*;

const SECRET: &str = "hunter2-hunter2-hunter2";

fn holds(file: &Path, words: &str) -> bool {
    let bytes = std::fs::read(file).unwrap_or_default();
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

/// The log first: words only ever move from it into the database, so that whoever reads in this order misses none that
/// move meanwhile.
fn files(place: &Place) -> [std::path::PathBuf; 2] {
    let url::Place::Sqlite(path) = &place.url.0 else { panic!("a place on SQLite") };
    [path.with_extension("db-wal"), path.clone()]
}

async fn write_secret(store: &Store) -> EntryId {
    let write = store.write(|tx| {
        Box::pin(async move {
            plant(tx).await;
            let first = declare(tx, 1, 0).await;
            Ok(EntryId(go_on(tx, &first, note(SECRET), 5).await.incident.entries))
        })
    });
    write.await.unwrap()
}

async fn redact(store: &Store, entry: EntryId) {
    let write = store.write(move |tx| Box::pin(async move { erase(tx, &[Erased::Entry(IncidentId(1), entry)]).await }));
    write.await.unwrap();
}

/// Waits until no file holds the words; a look at the clock of the writer empties the log.
async fn gone(store: &Store, place: &Place) {
    let empty = async {
        while files(place).iter().any(|file| holds(file, SECRET)) {
            // The answer to a write comes before the log is emptied; one more lets the writer come to it.
            run(store, "UPDATE installation SET version = version").await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(5), empty).await.expect("the words are still in a file");
}

#[tokio::test]
async fn redacted_words_are_in_no_file() {
    let place = Place::sqlite();
    let store = Store::open(&place.url, StoreOptions::default()).await.unwrap();
    let entry = write_secret(&store).await;
    assert!(files(&place).iter().any(|file| holds(file, SECRET)), "the test looks in the wrong place");
    redact(&store, entry).await;
    gone(&store, &place).await;
    place.remove(store).await;
}

#[tokio::test]
async fn a_reader_holds_up_the_emptying_but_no_write() {
    let place = Place::sqlite();
    let store = Store::open(&place.url, StoreOptions::default()).await.unwrap();
    let entry = write_secret(&store).await;
    let mut reader = Session::of(&place).await;
    reader.sql("BEGIN").await;
    assert_eq!(reader.number("SELECT count(*) FROM entry_body WHERE seq > 0").await, entry.0);
    redact(&store, entry).await;
    // The writer does not wait for the reader: its timeout is longer than this.
    let write = run(&store, "UPDATE installation SET version = version");
    tokio::time::timeout(Duration::from_secs(3), write).await.unwrap().unwrap();
    assert!(files(&place).iter().any(|file| holds(file, SECRET)), "the reader's snapshot needs the old pages");
    reader.sql("COMMIT").await;
    gone(&store, &place).await;
    place.remove(store).await;
}
