//! What was said while nobody listened: messages of a channel, as events that Slack would have sent.

use serde_json::{Value, json};

use super::api::{Api, ApiError, Range};

/// How many messages one call asks for.
const PAGE: u16 = 200;
/// How many are read of one channel at once; who talks more in a gap is read again at the next.
const MESSAGES_MAX: usize = 2_000;

/// The messages of a channel from `oldest` on (a `ts`), oldest first, threads included, each as the payload of an event. An
/// edited one comes twice: as it was said, and as it was edited.
///
/// # Errors
/// [`ApiError`] of a call.
pub async fn since(api: &Api, channel: &str, oldest: &str) -> Result<Vec<Value>, ApiError> {
    let mut found = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let range = Range { oldest: Some(oldest), limit: PAGE, cursor: cursor.as_deref(), ..Range::default() };
        let page = api.history(channel, range).await?;
        found.extend(page.messages);
        cursor = page.next;
        if cursor.is_none() || found.len() >= MESSAGES_MAX {
            break;
        }
    }
    let threads: Vec<String> = found.iter().filter_map(thread).collect();
    for ts in threads {
        let range = Range { oldest: Some(oldest), limit: PAGE, ..Range::default() };
        let replies = api.replies(channel, &ts, range).await?.messages;
        found.extend(replies.into_iter().filter(|reply| reply["ts"] != ts.as_str()));
    }
    found.sort_by(|one, other| one["ts"].as_str().cmp(&other["ts"].as_str()));
    Ok(found.into_iter().flat_map(|message| payloads(channel, &message)).collect())
}

/// The message in whose thread something was said.
fn thread(message: &Value) -> Option<String> {
    let answered = message["reply_count"].as_i64().is_some_and(|count| count > 0);
    message["ts"].as_str().filter(|_| answered).map(str::to_owned)
}

fn payloads(channel: &str, message: &Value) -> Vec<Value> {
    let ts = message["ts"].as_str().unwrap_or_default().to_owned();
    let edited = message["edited"]["ts"].as_str().map(str::to_owned);
    let mut said = message.clone();
    said["type"] = json!("message");
    said["channel"] = json!(channel);
    let said = json!({
        "type": "event_callback",
        // The same message is the same event however often it is read.
        "event_id": format!("history:{channel}:{ts}"),
        "event": said,
    });
    let changed = edited.map(|at| {
        let mut before = message.clone();
        before["text"] = json!("");
        json!({
            "type": "event_callback",
            "event_id": format!("history:{channel}:{ts}:{at}"),
            "event": {
                "type": "message", "subtype": "message_changed", "channel": channel, "ts": at,
                "message": message, "previous_message": before,
            },
        })
    });
    std::iter::once(said).chain(changed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_told_as_slack_would_have_told_it() {
        let plain = json!({"ts": "1.2", "user": "U1", "text": "it is down"});
        let told = payloads("C1", &plain);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0]["event_id"], "history:C1:1.2");
        assert_eq!((&told[0]["event"]["channel"], &told[0]["event"]["type"]), (&json!("C1"), &json!("message")));

        let edited = json!({"ts": "1.2", "user": "U1", "text": "it is up", "edited": {"ts": "1.9", "user": "U1"}});
        let told = payloads("C1", &edited);
        assert_eq!(told.len(), 2);
        assert_eq!(told[1]["event"]["subtype"], "message_changed");
        assert_eq!(told[1]["event"]["message"]["text"], "it is up");
    }
}
