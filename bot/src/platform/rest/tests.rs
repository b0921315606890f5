//! Calls against sockets that break at each point, and answers of every size.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

const KEY: Key<'_> = Key { method: "call", place: None };

fn rest() -> Rest {
    Rest::new(client().unwrap(), Clock::manual("2026-03-01T12:00:00Z".parse().unwrap()))
}

/// Reads a request and answers with these bytes, then closes.
async fn answering(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer).await;
        }
    });
    url
}

async fn call(rest: &Rest, url: &str, max_bytes: usize) -> Outcome {
    let begun = rest.request(Method::POST, url.parse().unwrap()).body("hello");
    rest.send(KEY, begun, max_bytes).await
}

#[tokio::test]
async fn a_call_that_never_left_is_told_from_one_that_may_have_arrived() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert!(matches!(call(&rest(), &format!("http://{closed}/"), 9).await, Outcome::NotSent));
    assert!(matches!(call(&rest(), "http://firebell.invalid/", 9).await, Outcome::NotSent), "no such name");
    let plain = answering(b"").await.replace("http:", "https:");
    assert!(matches!(call(&rest(), &plain, 9).await, Outcome::NotSent), "no TLS");
    let broken: [&[u8]; 4] = [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-le",
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345",
        b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n",
    ];
    for answer in broken {
        let outcome = call(&rest(), &answering(answer).await, 99).await;
        assert!(matches!(outcome, Outcome::Unknown), "{outcome:?} of {:?}", String::from_utf8_lossy(answer));
    }
}

#[tokio::test]
async fn no_answer_in_time_is_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let rest = rest();
    let begun = rest.request(Method::GET, url.parse().unwrap()).timeout(Duration::from_millis(50));
    assert!(matches!(rest.send(KEY, begun, 9).await, Outcome::Unknown));
    drop(listener);
}

#[tokio::test]
async fn a_body_is_read_up_to_the_limit() {
    let url = answering(b"HTTP/1.1 404 No\r\ncontent-length: 10\r\n\r\n0123456789").await;
    for (max_bytes, body, cut) in
        [(10, "0123456789", false), (11, "0123456789", false), (4, "0123", true), (0, "", true)]
    {
        let Outcome::Answered(answered) = call(&rest(), &url, max_bytes).await else { panic!("{max_bytes}") };
        assert_eq!((answered.status.as_u16(), answered.cut), (404, cut));
        assert_eq!(answered.body, body.as_bytes());
        assert_eq!(format!("{answered:?}"), format!("Answered(404 Not Found, {} bytes)", body.len()));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let url = answering(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n").await;
    let Outcome::Answered(answered) = call(&rest(), &url, 9).await else { panic!("no answer") };
    assert_eq!(answered.status, StatusCode::FOUND);
}

#[tokio::test]
async fn a_closed_key_is_not_called_until_its_time() {
    let rest = rest();
    let url = answering(b"HTTP/1.1 429 Slow\r\nretry-after: 3\r\ncontent-length: 0\r\n\r\n").await;
    let limited = |outcome: Outcome| match outcome {
        Outcome::Limited(wait) => wait.num_seconds(),
        other => panic!("{other:?}"),
    };
    assert_eq!(limited(call(&rest, &url, 9).await), 3);
    rest.clock.advance(TimeDelta::seconds(2)).unwrap();
    assert_eq!(limited(call(&rest, &url, 9).await), 1, "it was not called");
    rest.clock.advance(TimeDelta::seconds(1)).unwrap();
    assert_eq!(limited(call(&rest, &url, 9).await), 3, "it was called again");
}

#[tokio::test]
async fn what_is_used_up_everywhere_closes_everything() {
    let table: [(&[u8], bool); 4] = [
        (b"HTTP/1.1 429 Slow\r\nretry-after: 3\r\nx-ratelimit-global: true\r\ncontent-length: 0\r\n\r\n", true),
        (b"HTTP/1.1 429 Slow\r\nretry-after: 3\r\ncontent-length: 16\r\n\r\n{\"global\": true}", true),
        (b"HTTP/1.1 429 Slow\r\nretry-after: 3\r\ncontent-length: 17\r\n\r\n{\"global\": false}", false),
        (b"HTTP/1.1 429 Slow\r\nretry-after: 3\r\ncontent-length: 4\r\n\r\nslow", false),
    ];
    for (answer, all) in table {
        let rest = rest();
        let url = answering(answer).await;
        assert!(matches!(call(&rest, &url, 9).await, Outcome::Limited(_)));
        let other = rest.limits.take(Key { method: "other", place: None }, rest.now());
        assert_eq!(other.is_some(), all, "{}", String::from_utf8_lossy(answer));
    }
}

#[test]
fn a_wish_to_wait_is_believed_within_reason() {
    let table = [
        (Some("30"), 30_000),
        (Some(" 30 "), 30_000),
        (Some("0"), 1_000),
        (Some("-5"), 1_000),
        (Some("0.25"), 1_000),
        (Some("1.337"), 1_337),
        (Some("600"), 600_000),
        (Some("86400"), 600_000),
        (Some("inf"), 600_000),
        (Some("99999999999999999999999"), 600_000),
        (Some("NaN"), 5_000),
        (Some("Wed, 21 Oct 2026 07:28:00 GMT"), 5_000),
        (Some(""), 5_000),
        (None, 5_000),
    ];
    for (said, milliseconds) in table {
        let mut headers = HeaderMap::new();
        headers.extend(said.map(|said| (RETRY_AFTER, HeaderValue::from_static(said))));
        assert_eq!(retry_after(&headers).num_milliseconds(), milliseconds, "{said:?}");
    }
}
