//! What is told of a gap.

use chrono::TimeDelta;

use super::*;
use crate::platform::discord::api::tests::api;
use crate::platform::little::{Little, Reply};

fn gap() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// The id of what was said so many seconds after the gap began.
fn id(second: i64) -> String {
    snowflake::at(gap() + TimeDelta::seconds(second))
}

fn said(second: i64, more: Value) -> Value {
    let mut message = json!({ "id": id(second), "type": 0, "content": "x", "author": { "id": "U1" } });
    let Value::Object(more) = more else { panic!("{more}") };
    message.as_object_mut().unwrap().extend(more);
    message
}

/// A channel that holds these messages, as Discord gives them: pages of at most `limit`, newest first.
async fn channel(messages: Vec<Value>, page: usize) -> Little {
    Little::new(move |asked| {
        let query = asked.query.clone();
        let at = |name: &str| {
            let (_, value) = query.split('&').find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name))?;
            value.parse::<u64>().ok()
        };
        match asked.method.rsplit('/').next().unwrap() {
            "@me" => Reply::Ok(json!({ "id": "UBOT" })),
            "pins" => Reply::Ok(json!({ "items": [{ "pinned_at": "2026-03-01T12:00:05Z", "message": {} }] })),
            "messages" => {
                let mut page_of: Vec<&Value> = match (at("after"), at("before")) {
                    (Some(after), _) => messages.iter().filter(|held| order(held) > after).take(page).collect(),
                    (_, Some(before)) => messages.iter().filter(|held| order(held) < before).collect(),
                    _ => panic!("{query}"),
                };
                page_of.reverse();
                Reply::Ok(json!(page_of))
            }
            // Who reacted.
            _ => Reply::Ok(json!([{ "id": "U2" }, { "id": "U3" }])),
        }
    })
    .await
}

fn kinds(told: &[Value]) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    told.iter()
        .map(|told| {
            let event = &told["d"];
            (text(&told["t"]), text(event.get("id").unwrap_or(&event["message_id"])))
        })
        .collect()
}

async fn told(messages: Vec<Value>) -> Vec<(String, String)> {
    let little = channel(messages, 100).await;
    let marks = ["📌".to_owned()];
    let at = Looked { guild: "G", channel: "C", marks: &marks };
    kinds(&since(&api(&little), at, gap()).await.unwrap())
}

fn expected(list: &[(&str, i64)]) -> Vec<(String, String)> {
    list.iter().map(|(kind, second)| ((*kind).to_owned(), id(*second))).collect()
}

#[tokio::test]
async fn a_message_is_told_as_discord_would_have_told_it() {
    let edited = |at: &str| json!({ "edited_timestamp": at });
    let reaction = |name: &str| json!({ "reactions": [{ "emoji": { "id": null, "name": name }, "count": 1 }] });
    let table = [
        (said(6, json!({})), expected(&[("MESSAGE_CREATE", 6)])),
        (said(0, json!({})), expected(&[("MESSAGE_CREATE", 0)])),
        (said(-6, json!({})), vec![]),
        (said(6, edited("2026-03-01T12:00:09Z")), expected(&[("MESSAGE_CREATE", 6), ("MESSAGE_UPDATE", 6)])),
        (said(-6, edited("2026-03-01T12:00:09Z")), expected(&[("MESSAGE_UPDATE", -6)])),
        (said(-6, edited("2026-03-01T11:59:59Z")), vec![]),
        (said(6, reaction("📌")), expected(&[("MESSAGE_CREATE", 6), ("MESSAGE_REACTION_ADD", 6)])),
        (said(6, reaction("👍")), expected(&[("MESSAGE_CREATE", 6)])),
        (said(-6, reaction("📌")), vec![]),
        (said(6, json!({ "type": 6 })), expected(&[("MESSAGE_CREATE", 6)])),
    ];
    for (message, expected) in table {
        assert_eq!(told(vec![message.clone()]).await, expected, "{message}");
    }
    let pinned = told(vec![said(-6, json!({ "pinned": true }))]).await;
    assert_eq!(pinned, [("CHANNEL_PINS_UPDATE".to_owned(), String::new())]);
    let own = json!({ "pinned": true, "author": { "id": "UBOT" } });
    assert_eq!(told(vec![said(-6, own)]).await, []);
}

#[tokio::test]
async fn a_long_gap_is_read_page_by_page_in_its_order() {
    let little = channel((0..250).map(|second| said(second, json!({}))).collect(), 100).await;
    let at = Looked { guild: "G", channel: "C", marks: &[] };
    let told = since(&api(&little), at, gap()).await.unwrap();
    let ids: Vec<String> = kinds(&told).into_iter().map(|(_, id)| id).collect();
    assert_eq!(ids, (0..250).map(id).collect::<Vec<_>>());
    assert_eq!(told[0]["d"]["guild_id"], "G");
    assert_eq!(little.methods().iter().filter(|method| method.ends_with("messages")).count(), 4);
}

#[tokio::test]
async fn a_call_that_fails_is_told() {
    let little = Little::new(|_| Reply::Status(503, None, "")).await;
    let at = Looked { guild: "G", channel: "C", marks: &[] };
    assert_eq!(since(&api(&little), at, gap()).await, Err(ApiError::NotSent));
}

#[tokio::test]
async fn threads_are_those_of_the_channel_that_may_hold_something_new() {
    let archived = |id: &str, at: &str| json!({ "id": id, "thread_metadata": { "archive_timestamp": at } });
    let little = Little::new(move |asked| {
        let threads = match (asked.method.as_str(), asked.query.contains("before")) {
            ("v10/guilds/G/threads/active", _) => {
                json!([{ "id": "1", "parent_id": "C" }, { "id": "2", "parent_id": "other" }])
            }
            (path, false) if path.ends_with("public") => json!([archived("3", "2026-03-01T12:00:09Z")]),
            (path, true) if path.ends_with("public") => {
                json!([archived("4", "2026-03-01T12:00:00Z"), archived("5", "2026-03-01T11:00:00Z")])
            }
            _ => json!([archived("6", "2026-03-01T12:00:09Z"), archived("7", "2026-03-01T11:00:00Z")]),
        };
        Reply::Ok(json!({ "threads": threads, "has_more": true }))
    })
    .await;
    let found = threads(&api(&little), "G", "C", gap()).await.unwrap();
    let ids: Vec<&str> = found.iter().map(|thread| thread.id.as_str()).collect();
    assert_eq!(ids, ["1", "3", "4", "6"]);
}
