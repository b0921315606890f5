//! What was applied from files.

use serde_json::json;

use super::super::versions::{Version, files, keep, list};
use super::sample::at;
use super::*;

#[tokio::test]
async fn what_was_applied_is_kept_by_its_number() {
    on_both(async |session| {
        let tx = &mut session.tx();
        assert_eq!(list(tx, 9).await.unwrap(), []);
        let version =
            |number, changes| Version { number, applied_at: at(number), applied_by: "ana".to_owned(), changes };
        for number in [3, 12, 7] {
            keep(tx, &version(number, 2), &json!([{ "name": "a.toml", "text": format!("# {number}\n") }]))
                .await
                .unwrap();
        }
        // Applied again without a change.
        keep(tx, &version(12, 0), &json!([])).await.unwrap();
        assert_eq!(list(tx, 2).await.unwrap(), [version(12, 2), version(7, 2)]);
        assert_eq!(files(tx, 12).await.unwrap(), Some(json!([{ "name": "a.toml", "text": "# 12\n" }])));
        assert_eq!(files(tx, 4).await.unwrap(), None);
    })
    .await;
}
