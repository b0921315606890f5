//! Calls against sockets that break at each point, and answers of every size and status.

use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

fn noon() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn caller() -> Caller {
    Caller::trusted(&Setup::new(Arc::new(noon))).unwrap()
}

/// Reads a request and answers with these bytes, then closes.
async fn answering(answer: impl Into<Vec<u8>>) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let answer = answer.into();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(&answer).await;
        }
    });
    url.parse().unwrap()
}

async fn call(url: Url) -> Result<Answer, Failure> {
    let caller = caller();
    caller.call(caller.post(url).body("hello")).await
}

#[tokio::test]
async fn a_call_that_never_left_is_told_from_one_that_may_have_arrived() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let never: [Url; 2] = [format!("http://{closed}/").parse().unwrap(), "http://firebell.invalid/".parse().unwrap()];
    for url in never {
        assert_eq!(call(url).await.err(), Some(Failure::Later(WAIT_UNREACHED)));
    }
    let mut plain = answering("").await;
    plain.set_scheme("https").unwrap();
    assert_eq!(call(plain).await.err(), Some(Failure::Later(WAIT_UNREACHED)), "no TLS");
    let broken = ["", "HTTP/1.1 200 OK\r\ncontent-le", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345"];
    for answer in broken {
        assert_eq!(call(answering(answer).await).await.err(), Some(Failure::Unknown), "{answer:?}");
    }
}

#[tokio::test]
async fn what_does_not_connect_in_time_was_not_sent() {
    // It takes the connection and never speaks TLS.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", silent.local_addr().unwrap()).parse().unwrap();
    let mut setup = Setup::new(Arc::new(noon));
    setup.times.connect = Duration::from_millis(50);
    let caller = Caller::trusted(&setup).unwrap();
    assert_eq!(caller.call(caller.post(url)).await.err(), Some(Failure::Later(WAIT_UNREACHED)));
    let stray = caller.post("http://127.0.0.1/".parse().unwrap()).bearer_auth("ü\n");
    assert_eq!(caller.call(stray).await.err(), Some(Failure::Later(WAIT_ACCOUNT)));
}

#[tokio::test]
async fn each_status_says_whether_it_is_worth_another_try_and_a_redirect_is_not_followed() {
    let later = |seconds| Some(Failure::Later(TimeDelta::seconds(seconds)));
    let table = [
        (200, None),
        (302, None),
        (400, None),
        (404, None),
        (408, later(7)),
        (425, later(7)),
        (429, later(7)),
        (500, later(7)),
        (502, Some(Failure::Unknown)),
        (503, later(7)),
        (504, Some(Failure::Unknown)),
        (507, later(7)),
    ];
    for (status, failure) in table {
        let answer =
            format!("HTTP/1.1 {status} X\r\nlocation: /elsewhere\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n");
        assert_eq!(call(answering(answer).await).await.err(), failure, "{status}");
    }
    let cut = "HTTP/1.1 429 X\r\ncontent-length: 9\r\n\r\n1";
    assert_eq!(call(answering(cut).await).await.err(), later(10), "half of a refusal is one");
}

#[tokio::test]
async fn a_body_is_read_up_to_the_limit() {
    let mut answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", 2 * BODY_BYTES).into_bytes();
    answer.extend(vec![b'x'; 2 * BODY_BYTES]);
    assert_eq!(call(answering(answer).await).await.unwrap().body.len(), BODY_BYTES);
}

#[test]
fn a_wish_to_wait_is_believed_within_reason() {
    let table = [
        (Some("30"), 30),
        (Some(" 30 "), 30),
        (Some("0"), 1),
        (Some("-5"), 1),
        (Some("86400"), 300),
        (Some("inf"), 300),
        (Some("NaN"), 10),
        (Some("Sun, 01 Mar 2026 12:00:42 GMT"), 42),
        (Some("Sun, 01 Mar 2026 11:00:00 GMT"), 1),
        (Some("Mon, 02 Mar 2026 12:00:00 GMT"), 300),
        (Some("soon"), 10),
        (None, 10),
    ];
    for (said, seconds) in table {
        let headers = said.map(|said| (RETRY_AFTER, said.parse().unwrap())).into_iter().collect();
        assert_eq!(wait_of(&headers, noon()).num_seconds(), seconds, "{said:?}");
    }
    assert_eq!([wait_seconds(-1), wait_seconds(7), wait_seconds(i64::MAX)].map(|wait| wait.num_seconds()), [1, 7, 300]);
}

#[test]
fn a_base_keeps_its_path() {
    let table = [
        ("https://a.example", "https://a.example/v2/x%20y"),
        ("https://a.example/", "https://a.example/v2/x%20y"),
        ("https://a.example/api", "https://a.example/api/v2/x%20y"),
        ("https://a.example/api/", "https://a.example/api/v2/x%20y"),
    ];
    for (base, whole) in table {
        assert_eq!(below(&base.parse().unwrap(), &["v2", "x y"]).as_str(), whole);
    }
}
