use super::*;

/// The ids and kinds of what is told of a message, for a gap that began at 5.0.
fn told(message: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of = |payload: Value| {
        let (id, event) = (text(&payload["event_id"]), &payload["event"]);
        let kind = event.get("subtype").unwrap_or(&event["type"]);
        (id, text(kind))
    };
    payloads("C1", message, "5.0").into_iter().map(of).collect()
}

#[test]
fn a_message_is_told_as_slack_would_have_told_it() {
    let edited = |at: &str| json!({ "ts": at, "user": "U1" });
    let reactions = json!([{ "name": "eyes", "users": ["U2", "U3"], "count": 2 }]);
    let table = [
        (json!({ "ts": "6.2", "user": "U1", "text": "it is down" }), vec![("6.2", "message")]),
        (json!({ "ts": "4.2", "user": "U1", "text": "it is down" }), vec![]),
        (
            json!({ "ts": "6.2", "user": "U1", "text": "up", "edited": edited("6.9") }),
            vec![("6.2", "message"), ("6.2:6.9", "message_changed")],
        ),
        (json!({ "ts": "4.2", "text": "up", "edited": edited("6.9") }), vec![("4.2:6.9", "message_changed")]),
        (json!({ "ts": "4.2", "text": "up", "edited": edited("4.9") }), vec![]),
        (json!({ "ts": "6.2", "user": "U1", "subtype": "channel_join" }), vec![("6.2", "member_joined_channel")]),
        (
            json!({ "ts": "6.2", "text": "up", "reactions": reactions }),
            vec![("6.2", "message"), ("6.2:eyes", "reaction_added")],
        ),
        (json!({ "ts": "4.2", "text": "up", "reactions": reactions }), vec![]),
    ];
    for (message, expected) in table {
        let expected: Vec<(String, String)> =
            expected.into_iter().map(|(id, kind)| (format!("history:C1:{id}"), kind.to_owned())).collect();
        assert_eq!(told(&message), expected, "{message}");
    }
}

#[test]
fn what_is_told_has_what_reading_it_needs() {
    let plain = json!({ "ts": "6.2", "user": "U1", "text": "it is down" });
    let told = payloads("C1", &plain, "5.0");
    assert_eq!(
        told[0]["event"],
        json!({ "type": "message", "channel": "C1", "ts": "6.2", "user": "U1", "text": "it is down" })
    );
    let pin = json!({ "type": "message", "created": 7, "created_by": "U2", "message": plain });
    let told = pinned_as_told("C1", &pin);
    assert_eq!(told["event_id"], "history:C1:6.2:pin:7");
    assert_eq!(
        (&told["event"]["user"], &told["event"]["item"]["message"]["text"]),
        (&json!("U2"), &json!("it is down"))
    );
}
