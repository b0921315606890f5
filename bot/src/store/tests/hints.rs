//! Hints that somebody committed something.

use super::*;

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
        wakes(&one, &two, 100).await;
        wakes(&two, &one, 200).await;
        two.close().await;
        place.remove(one).await;
    }
}

/// A write by one store reaches the other as a hint. Hints that are under way from before are drained first: the mark
/// is written until a hint has been seen after it, and only then counts the next write.
async fn wakes(writer: &Store, watcher: &Store, first: i64) {
    let mut changed = watcher.changed();
    // The first hint may be anybody's, and a listener that has just begun may miss one; so write until one arrives.
    let mut id = first;
    loop {
        write_and_wake(writer, id).await;
        id += 1;
        if tokio::time::timeout(Duration::from_millis(500), changed.changed()).await.is_ok() {
            break;
        }
        assert!(id < first + 20, "no hint arrives at all");
    }
    // Whatever is left under way arrives within a few looks; a silent span means that all of it has.
    while tokio::time::timeout(Duration::from_millis(400), changed.changed()).await.is_ok() {}
    write_and_wake(writer, id).await;
    tokio::time::timeout(Duration::from_secs(5), changed.changed()).await.unwrap().unwrap();
    assert!(ids(watcher).await.contains(&id));
}

async fn write_and_wake(store: &Store, id: i64) {
    let write = store.write(move |tx| {
        Box::pin(async move {
            insert(tx, id, 0).await?;
            tx.wake().await
        })
    });
    write.await.unwrap();
}
