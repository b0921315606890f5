//! One statement over many rows.

use super::*;

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
    let inserted = Writes::alone(tx, |writes| {
        put!(
            writes,
            "change things",
            "INSERT INTO thing (id, n, name) VALUES",
            &rows,
            |(id, name)| [id, 0_i64, name],
            ""
        )
    })
    .await?;
    let again = Writes::alone(tx, |writes| {
        put!(
            writes,
            "change things",
            "INSERT INTO thing (id, n) VALUES",
            &rows[..1],
            |row| [row.0, 1_i64],
            "ON CONFLICT (id) DO UPDATE SET n = excluded.n"
        )
    })
    .await?;
    let none = Writes::alone(tx, |writes| {
        put!(writes, "change things", "INSERT INTO thing (id) VALUES", &rows[..0], |row| [row.0], "")
    })
    .await?;
    let updated = Writes::alone(tx, |writes| {
        put!(
            writes,
            "change things",
            "UPDATE thing SET n = v.column2 FROM (VALUES",
            &rows,
            |row| [row.0, row.0 * 2],
            ") AS v WHERE thing.id = v.column1"
        )
    })
    .await?;
    let names = ["t4".to_owned(), "t7".to_owned(), "t8".to_owned(), "nobody".to_owned()];
    let deleted = execute_in!(tx, "DELETE FROM thing WHERE name IN", [], &names, "")?;
    Ok((inserted, again, none, updated, deleted))
}
