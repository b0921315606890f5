//! The Web API against a little Slack on loopback.

mod calls;
pub(in crate::platform::slack) mod little;
mod people;
mod shapes;

use chrono::TimeDelta;
use serde_json::{Value, json};

use self::little::{Little, Reply, me, no, ok};
use super::*;

#[tokio::test]
async fn each_way_that_a_call_fails_is_told_apart() {
    let refused = |code: &str| ApiError::Refused { code: code.to_owned(), needed: None };
    let table = [
        (no("channel_not_found"), refused("channel_not_found")),
        (
            Reply::Ok(json!({"ok": false, "error": "missing_scope", "needed": "pins:write", "provided": "chat:write"})),
            ApiError::Refused { code: "missing_scope".to_owned(), needed: Some("pins:write".to_owned()) },
        ),
        (no("internal_error"), ApiError::Unknown),
        (no("fatal_error"), ApiError::Unknown),
        (no("service_unavailable"), ApiError::Unknown),
        (no("request_timeout"), ApiError::Unknown),
        (Reply::Ok(json!({"ok": false})), ApiError::Unknown),
        (Reply::Ok(json!("ok")), ApiError::Unknown),
        (Reply::Ok(json!({"ok": true})), ApiError::Unknown),
        (Reply::Ok(json!({"ok": true, "ts": 5})), ApiError::Unknown),
        (Reply::Status(200, None, "<html>ok</html>"), ApiError::Unknown),
        (Reply::Status(302, None, ""), ApiError::Unknown),
        (Reply::Status(500, None, "{\"ok\":true,\"ts\":\"1.1\"}"), ApiError::Unknown),
        (Reply::Status(503, Some("3"), ""), ApiError::Unknown),
        (Reply::Broken, ApiError::Unknown),
        (Reply::Status(401, None, "{\"ok\":false,\"error\":\"invalid_auth\"}"), refused("invalid_auth")),
        (no("ratelimited"), ApiError::RetryAfter(TimeDelta::seconds(5))),
        (Reply::Status(429, Some("30"), ""), ApiError::RetryAfter(TimeDelta::seconds(30))),
        (
            Reply::Status(200, Some("7"), "{\"ok\":false,\"error\":\"ratelimited\"}"),
            ApiError::RetryAfter(TimeDelta::seconds(7)),
        ),
        (no("a code\nwith <!channel> and more"), refused("acodewithchannelandmore")),
    ];
    for (reply, expected) in table {
        let mut reply = Some(reply);
        let little = Little::new(move |_| reply.take().unwrap()).await;
        let nothing = Value::Null;
        let error = little.api().post(&Post::new("C1", "the secret plan", &nothing)).await.unwrap_err();
        assert_eq!(error, expected);
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn nobody_at_the_address_means_not_sent() {
    let little = Little::new(|_| me()).await;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut api = little.api();
    api.base = format!("http://{closed}/api").parse().unwrap();
    assert_eq!(api.auth_test().await.unwrap_err(), ApiError::NotSent);
    little.wait(40);
    assert_eq!(api.silent_for(), TimeDelta::seconds(40));
    api.base = format!("{}/api", little.origin).parse().unwrap();
    api.auth_test().await.unwrap();
    assert_eq!(api.silent_for(), TimeDelta::zero());
}

#[tokio::test]
async fn a_limited_channel_leaves_the_others_open() {
    let little = Little::new(|asked| match asked.args["channel"].as_str() {
        Some("C1") => Reply::Status(429, Some("10"), ""),
        Some("C2") => ok(json!({"channel": "C2", "ts": "1.1"})),
        _ => Reply::Status(429, Some("20"), ""),
    })
    .await;
    let (api, nothing) = (little.api(), Value::Null);
    let post = async |channel: &str| api.post(&Post::new(channel, "text", &nothing)).await.map(|posted| posted.ts);
    assert_eq!(post("C1").await, Err(ApiError::RetryAfter(TimeDelta::seconds(10))));
    little.wait(4);
    assert_eq!(post("C1").await, Err(ApiError::RetryAfter(TimeDelta::seconds(6))));
    assert_eq!(post("C2").await, Ok("1.1".to_owned()));
    assert_eq!(little.methods().len(), 2, "the second post to C1 was not sent");
    little.wait(6);
    assert_eq!(post("C1").await, Err(ApiError::RetryAfter(TimeDelta::seconds(10))));
    assert_eq!(little.methods().len(), 1);
}

#[tokio::test]
async fn a_method_that_is_limited_in_the_workspace_is_closed_for_all_channels() {
    let little = Little::new(|_| no("ratelimited")).await;
    let api = little.api();
    for channel in ["C1", "C2", "C3"] {
        assert_eq!(api.pins_add(channel, "1.1").await, Err(ApiError::RetryAfter(TimeDelta::seconds(5))));
    }
    assert_eq!(little.methods(), ["pins.add"]);
    assert!(api.archive("C1").await.is_err());
    assert_eq!(little.methods(), ["conversations.archive"], "another method is open");
}

#[tokio::test]
async fn tokens_are_shown_nowhere() {
    let little = Little::new(|_| no("invalid_auth")).await;
    let api = little.api();
    let error = api.auth_test().await.unwrap_err();
    for shown in [format!("{api:?}"), format!("{error:?}"), error.to_string(), format!("{:?}", Token::new("xoxb-1"))] {
        assert!(!shown.contains("xox") && !shown.contains("secret"), "{shown}");
    }
}

#[test]
fn the_base_url_is_checked() {
    let api = |url: &str| {
        let rest = Rest::new(crate::platform::rest::client().unwrap(), crate::clock::Clock::system());
        Api::new(rest, url, Token::new("xoxb-1").unwrap(), None).map(|api| api.base.to_string())
    };
    assert_eq!(api("https://slack.com/api/").unwrap(), "https://slack.com/api");
    for url in ["", "slack.com/api", "ftp://slack.com", "https://slack.com/api?x=1"] {
        assert!(api(url).unwrap_err().contains("expected a URL"), "{url}");
    }
    for token in ["", "  ", "xoxb-1\nx", "xöxb"] {
        assert!(!Token::new(token).unwrap_err().contains("x1"), "{token}");
    }
}

#[test]
fn methods_are_named_once() {
    let mut names: Vec<&str> = Method::ALL.iter().map(|method| method.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Method::ALL.len());
}
