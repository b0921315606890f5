//! Answers of every kind over the wire.

use axum::Router;
use axum::http::{HeaderMap as Headers, StatusCode};
use chrono::{DateTime, Utc};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use super::*;
use crate::notify::Secret;

const TOKEN: &str = "tok-0123456789";

type Said = Vec<(&'static str, String)>;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn caller(base: &str) -> Caller {
    let account = Account::new("Forge", base.parse().unwrap(), Auth::Bearer(Secret::new(TOKEN).unwrap()));
    Caller::new(account.with_header("x-version", "1"), Clock::manual(now())).unwrap()
}

/// A server that gives one answer to everything.
async fn answering(status: u16, headers: &[(&'static str, String)], body: impl Into<String>) -> Caller {
    let status = StatusCode::from_u16(status).unwrap();
    let named = |(name, value): &(&'static str, String)| (name.parse().unwrap(), value.parse().unwrap());
    let headers: Headers = headers.iter().map(named).collect();
    let body = body.into();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/api", listener.local_addr().unwrap());
    let answer = move || async move { (status, headers, body) };
    let router = Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    caller(&base)
}

async fn outcome(status: u16, headers: &[(&'static str, String)], body: &str) -> Result<Value, CallError> {
    let caller = answering(status, headers, body).await;
    caller.post(&["things"], &json!({})).await.map(|answer| answer.body)
}

fn refused(status: u16, reason: &str) -> Result<Value, CallError> {
    Err(CallError::Refused { status, reason: reason.to_owned() })
}

fn limited(seconds: i64) -> Result<Value, CallError> {
    Err(CallError::Limited { after: TimeDelta::seconds(seconds) })
}

#[tokio::test]
async fn a_refusal_quotes_what_each_service_says() {
    let table = [
        (404, r#"{"message": "Not Found", "status": "404"}"#, "it refused with status 404: Not Found"),
        (
            422,
            r#"{"message": "Validation Failed", "errors": [{"resource": "Issue", "code": "missing_field", "field": "title"}]}"#,
            "it refused with status 422: Validation Failed; title: missing_field",
        ),
        (
            422,
            r#"{"message":"Validation Failed","errors":[{"code":"custom","message":"A pull request already exists for o:b."}]}"#,
            "it refused with status 422: Validation Failed; A pull request already exists for o:b.",
        ),
        (400, r#"{"message": {"title": ["can't be blank"]}}"#, "it refused with status 400: title: can't be blank"),
        (404, r#"{"error": "404 Not Found"}"#, "it refused with status 404: 404 Not Found"),
        (
            400,
            r#"{"errorMessages": ["No project"], "errors": {"duedate": "is not on the screen"}}"#,
            "it refused with status 400: No project; duedate: is not on the screen",
        ),
        (
            400,
            r#"{"object":"error","code":"validation_error","message":"body failed"}"#,
            "it refused with status 400: body failed",
        ),
        (
            400,
            r#"{"errors":[{"status":400,"title":"Bad","detail":"no space"}]}"#,
            "it refused with status 400: no space",
        ),
        (401, "<html>", "it refused with status 401"),
        (403, r#"{"message": "bad token tok-0123456789\u202e!"}"#, "it refused with status 403: bad token (..) !"),
        (200, "<html>hello</html>", "its answer is not JSON; check the configured URL"),
    ];
    for (status, body, reason) in table {
        assert_eq!(outcome(status, &[], body).await, refused(status, &format!("Forge: {reason}")), "{body}");
    }
    let long = outcome(400, &[], &json!({ "message": "é ".repeat(500) }).to_string()).await.unwrap_err().to_string();
    assert_eq!(long.chars().count(), "Forge: it refused with status 400: ".len() + 200, "{long}");
}

#[tokio::test]
async fn a_limit_tells_when_to_come_back() {
    let at = |seconds: i64| (now().timestamp() + seconds).to_string();
    let date = "Fri, 15 Jan 2027 08:01:30 GMT".to_owned();
    let iso = "2027-01-15T08:00:45Z".to_owned();
    let secondary = r#"{"message": "You have exceeded a secondary rate limit. Please wait."}"#;
    let linear = r#"{"errors":[{"message":"Slow down","extensions":{"code":"RATELIMITED"}}]}"#;
    let table: Vec<(u16, Said, &str, i64)> = vec![
        (429, vec![("retry-after", "7".into())], "{}", 7),
        (429, vec![("retry-after", "0.5".into())], "{}", 1),
        (429, vec![("retry-after", date)], "{}", 90),
        (429, vec![("retry-after", "999999".into())], "", 3600),
        (429, vec![("retry-after", "soon".into())], "", 60),
        (429, vec![("x-ratelimit-reset", iso)], "", 45),
        (429, vec![("ratelimit-reset", at(30)), ("ratelimit-remaining", "0".into())], "", 30),
        (403, vec![("x-ratelimit-remaining", "0".into()), ("x-ratelimit-reset", at(120))], "{}", 120),
        (403, vec![("x-ratelimit-remaining", "9".into()), ("x-ratelimit-reset", at(120))], secondary, 60),
        (403, vec![("retry-after", "30".into())], "{}", 30),
        (400, vec![("x-ratelimit-requests-reset", format!("{}000", at(20)))], linear, 20),
        (408, vec![], "", 10),
    ];
    for (status, headers, body, wait) in table {
        assert_eq!(outcome(status, &headers, body).await, limited(wait), "{status} {headers:?}");
    }
    let forbidden = [("x-ratelimit-remaining", "9".to_owned()), ("x-ratelimit-reset", at(120))];
    assert_eq!(
        outcome(403, &forbidden, r#"{"message": "Resource not accessible by integration"}"#).await,
        refused(403, "Forge: it refused with status 403: Resource not accessible by integration")
    );
}

#[tokio::test]
async fn what_failed_may_have_happened_and_a_redirect_has_not() {
    let gateway = outcome(502, &[], "<html>Bad gateway</html>").await;
    assert_eq!(gateway, Err(CallError::Unknown("Forge: it failed with status 502".to_owned())));
    let moved = outcome(301, &[("location", "https://elsewhere.example/".to_owned())], "{}").await;
    let wanted = "Forge: it answers 301, a redirect, which is not followed; configure what it leads to: https://elsewhere.example/";
    assert_eq!(moved, refused(301, wanted));
    assert_eq!(outcome(204, &[], "").await, Ok(Value::Null));
    let long = format!("[{}1]", "1,".repeat(1024 * 1024));
    assert_eq!(outcome(200, &[], &long).await, refused(200, "Forge: its answer is longer than what is read"));
}

#[tokio::test]
async fn an_answer_that_is_lost_may_have_happened_and_a_closed_door_has_not() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/", listener.local_addr().unwrap());
    let caller = caller(&base).within(Duration::from_millis(300));
    let lost = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let read = stream.read(&mut [0; 1024]).await.unwrap();
        assert_ne!(read, 0);
        drop(stream);
        let silent = listener.accept().await.unwrap();
        (listener, silent)
    });
    let error = caller.post(&["things"], &json!({})).await.unwrap_err();
    assert!(matches!(&error, CallError::Unknown(why) if why.starts_with("Forge: its answer was lost")), "{error:?}");
    let error = caller.post(&["things"], &json!({})).await.unwrap_err();
    assert!(
        matches!(&error, CallError::Unknown(why) if why.starts_with("Forge: it did not answer in time")),
        "{error:?}"
    );
    drop(lost.await.unwrap());
    let error = caller.post(&["things"], &json!({})).await.unwrap_err();
    assert!(matches!(&error, CallError::Unsent(why) if why.starts_with("Forge: it was not reached")), "{error:?}");
}

#[tokio::test]
async fn graphql_with_errors_is_refused_whatever_its_status() {
    let body = r#"{"data": {"a": 1}}"#;
    let data = answering(200, &[], body).await.graphql("{a}", &json!({})).await;
    assert_eq!(data, Ok(json!({"a": 1})));
    let body = r#"{"data": null, "errors": [{"message": "Entity not found"}]}"#;
    let data = answering(200, &[], body).await.graphql("{a}", &json!({})).await;
    assert_eq!(data, refused(200, "Forge: it refused with status 200: Entity not found"));
    let body = r#"{"errors": [{"message": "x", "extensions": {"code": "RATELIMITED"}}]}"#;
    assert_eq!(answering(200, &[], body).await.graphql("{a}", &json!({})).await, limited(60));
}

#[test]
fn a_url_keeps_its_base_and_encodes_what_is_one_segment() {
    let caller = caller("https://git.example.com/gitlab/api/v4/");
    let url = caller.url(&["projects", "sre/post mortems", "repository", "files", "a/b%c.md"]);
    let wanted = "https://git.example.com/gitlab/api/v4/projects/sre%2Fpost%20mortems/repository/files/a%2Fb%25c.md";
    assert_eq!(url.as_str(), wanted);
}

#[test]
fn an_account_that_cannot_work_is_refused_and_none_is_shown() {
    let secret = || Secret::new(TOKEN).unwrap();
    for base in ["ftp://x/", "https://user@x/", "https://x/?a=1", "mailto:x"] {
        let account = Account::new("Forge", base.parse().unwrap(), Auth::Bearer(secret()));
        let error = Caller::new(account, Clock::manual(now())).unwrap_err();
        assert!(error.to_string().starts_with("prepare calls of Forge: its URL"), "{error}");
    }
    let account = Account::new("Forge", "https://x/".parse().unwrap(), Auth::Header("private-token", secret()));
    let shown = format!("{:?} {account:?}", Auth::Basic { user: "ana".to_owned(), token: secret() });
    let caller = Caller::new(account, Clock::manual(now())).unwrap();
    assert!(!format!("{shown} {caller:?}").contains(TOKEN));
}
