//! The routes and the server, over real connections on loopback.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Bytes;
use axum::routing::post;
use firebell_core::command::Command;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use super::*;
use crate::clock::Clock;
use crate::metrics::CommandOutcome;

struct Site {
    address: SocketAddr,
    clock: Clock,
    health: Health,
    metrics: Arc<Metrics>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

async fn site() -> Site {
    site_with(|router| router).await
}

async fn site_with(extend: impl FnOnce(Router) -> Router) -> Site {
    let clock = Clock::manual("2026-03-01T12:00:00Z".parse().unwrap());
    let health = Health::new(clock.clone(), Vec::new());
    health.database_up();
    let metrics = Arc::new(Metrics::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let router = extend(router(health.clone(), metrics.clone()));
    let server = tokio::spawn(serve_router(listener, router, async {
        let _ = stopped.await;
    }));
    Site { address, clock, health, metrics, stop, server }
}

impl Site {
    async fn send(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8(answer).unwrap()
    }

    async fn get(&self, path: &str, headers: &str) -> String {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n")).await
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

#[tokio::test]
async fn a_living_process_says_ok_and_nothing_of_its_make() {
    let site = site().await;
    let answer = site.get("/healthz", "").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\nok"), "{answer}");
    assert!(!answer.to_lowercase().contains("\r\nserver:"), "{answer}");
    assert!(site.get("/nothing", "").await.starts_with("HTTP/1.1 404 "));
}

#[tokio::test]
async fn a_process_whose_loops_hang_is_not_alive() {
    let site = site().await;
    site.health.drain();
    site.health.database_lost();
    assert!(site.get("/healthz", "").await.ends_with("\r\n\r\nok"), "no restart would mend that");
    site.clock.advance(chrono::TimeDelta::minutes(3)).unwrap();
    let answer = site.get("/healthz", "").await;
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("no-store"), "{answer}");
    for part in ["ticker", "worker", "upkeep"] {
        assert!(answer.contains(&format!("{part}: hangs since 2026-03-01T12:00:00Z")), "{answer}");
    }
    let json = site.get("/healthz", "Accept: application/json\r\n").await;
    assert!(json.contains("\"alive\":false"), "{json}");
}

#[tokio::test]
async fn readiness_names_each_failing_check() {
    let site = site().await;
    assert!(site.get("/readyz", "").await.ends_with("\r\n\r\nready"));

    site.health.drain();
    site.health.database_lost();
    let answer = site.get("/readyz", "").await;
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    let body = "draining: the process is about to stop\ndatabase: no answer since 2026-03-01T12:00:00Z";
    assert!(answer.ends_with(&format!("\r\n\r\n{body}")), "{answer}");
}

#[tokio::test]
async fn readiness_speaks_json_to_who_accepts_it() {
    let site = site().await;
    site.health.audited(Audit { stalled: vec!["1 page has no due time".to_owned()], unmet: Vec::new() });
    let answer = site.get("/readyz", "Accept: text/html, application/json;q=0.9\r\n").await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 503 ") && head.contains("content-type: application/json"), "{head}");
    let expected = serde_json::json!({ "ready": false, "failing": ["auditor: 1 page has no due time"] });
    assert_eq!(serde_json::from_str::<serde_json::Value>(body).unwrap(), expected);
}

#[tokio::test]
async fn the_numbers_are_openmetrics() {
    let site = site().await;
    site.metrics.command_done(&Command::Ack, CommandOutcome::Done);
    let answer = site.get("/metrics", "").await;
    assert!(
        answer.contains("content-type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n"),
        "{answer}"
    );
    assert!(answer.contains(r#"firebell_commands_total{command="ack",outcome="done"} 1"#), "{answer}");
    assert!(answer.ends_with("# EOF\n"));
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let site = site_with(|router| router.route("/echo", post(|body: Bytes| async { body }))).await;
    let send = |length: usize| {
        let body = "x".repeat(length);
        format!("POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
    };
    assert!(site.send(&send(1024 * 1024)).await.starts_with("HTTP/1.1 200 "));
    assert!(site.send(&send(1024 * 1024 + 1)).await.starts_with("HTTP/1.1 413 "));
}

// Time is tokio's here and passes at once when everybody waits.
#[tokio::test(start_paused = true)]
async fn who_never_finishes_a_header_is_cut_off() {
    let site = site().await;
    let begun = tokio::time::Instant::now();
    let answer = tokio::time::timeout(Duration::from_mins(1), site.send("GET /healthz HTTP/1.1\r\nHost: x\r\n"));
    assert!(!answer.await.unwrap().contains("200 OK"));
    assert!(begun.elapsed() >= Duration::from_secs(10));
}

#[tokio::test]
async fn a_shutdown_lets_a_begun_request_finish_and_takes_no_new_one() {
    let (entered, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inside, outside) = ((entered.clone(), go_on.clone()), (entered, go_on));
    let slow = move || async move {
        inside.0.notify_one();
        inside.1.notified().await;
        "finished"
    };
    let site = site_with(|router| router.route("/slow", get(slow))).await;
    let idle = TcpStream::connect(site.address).await.unwrap();
    let mut begun = TcpStream::connect(site.address).await.unwrap();
    begun.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    outside.0.notified().await;

    let Site { address, stop, server, .. } = site;
    stop.send(()).unwrap();
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!server.is_finished(), "the begun request holds it");
    outside.1.notify_one();
    let mut answer = String::new();
    begun.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("finished"), "{answer}");
    server.await.unwrap();
    drop(idle);
}

#[tokio::test]
async fn a_ping_is_content_with_a_ready_replica_alone() {
    let site = site().await;
    assert_eq!(ping(&site.url("/readyz")).await, Ok(()));

    site.health.drain();
    let answer = ping(&site.url("/readyz")).await.unwrap_err();
    assert!(answer.ends_with("answered 503: draining: the process is about to stop"), "{answer}");
    assert!(ping(&site.url("/nothing")).await.unwrap_err().ends_with("answered 404"));

    let Site { address, stop, server, .. } = site;
    stop.send(()).unwrap();
    server.await.unwrap();
    assert!(ping(&format!("http://{address}/readyz")).await.unwrap_err().contains("is Firebell running"));
}

#[tokio::test(start_paused = true)]
async fn a_ping_gives_up_after_three_seconds() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/readyz", silent.local_addr().unwrap());
    assert!(ping(&url).await.unwrap_err().ends_with("no answer within 3 s"));
}
