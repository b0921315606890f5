use std::sync::Mutex;

use axum::body::Body;
use axum::http::{Method, header};
use chrono::{DateTime, TimeDelta};
use futures_util::future::BoxFuture;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use ring::hmac;
use serde_json::json;

use super::*;

const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const NOW: i64 = 1_531_420_618;
const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json; charset=utf-8";

/// Keeps what came and answers what it was told to.
#[derive(Default)]
struct Seen {
    came: Mutex<Vec<(Kind, Value, u32)>>,
    answers: Mutex<Vec<Ack>>,
    panics: bool,
}

impl Inlet for Seen {
    fn receive(&self, raw: Raw) -> BoxFuture<'static, Ack> {
        assert!(!self.panics, "as the test wants it");
        self.came.lock().unwrap().push((raw.kind, raw.payload, raw.retry));
        let answer = self.answers.lock().unwrap().pop().unwrap_or(Ack::Received(None));
        Box::pin(async move { answer })
    }
}

struct World {
    inlet: Arc<Seen>,
    clock: Clock,
    router: Router,
}

impl World {
    fn new(seen: Seen) -> Self {
        let inlet = Arc::new(seen);
        let clock = Clock::manual(DateTime::from_timestamp(NOW, 0).unwrap());
        let router = router(Secret::new(SECRET), inlet.clone(), clock.clone());
        Self { inlet, clock, router }
    }

    fn answering(answer: Ack) -> Self {
        Self::new(Seen { answers: Mutex::new(vec![answer]), ..Seen::default() })
    }

    async fn send(&self, request: Request) -> (StatusCode, String) {
        let response = TowerToHyperService::new(self.router.clone()).call(request).await.unwrap();
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 4096).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn status(&self, request: Request) -> u16 {
        self.send(request).await.0.as_u16()
    }

    fn came(&self) -> Vec<(Kind, Value, u32)> {
        std::mem::take(&mut *self.inlet.came.lock().unwrap())
    }
}

fn sign(at: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let tag = hmac::sign(&key, &[format!("v0:{at}:").as_bytes(), body].concat());
    let hex = tag.as_ref().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    format!("v0={hex}")
}

fn with_headers(path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Request {
    let mut request = Request::new(body.into());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = format!("/slack/{path}").parse().unwrap();
    for (name, value) in headers {
        request.headers_mut().append(name.parse::<header::HeaderName>().unwrap(), value.parse().unwrap());
    }
    request
}

fn signed(path: &str, kind: &str, body: &str) -> Request {
    let (at, signature) = (NOW.to_string(), sign(&NOW.to_string(), body.as_bytes()));
    let headers = [("content-type", kind), ("x-slack-request-timestamp", &at), ("x-slack-signature", &signature)];
    with_headers(path, &headers, body.to_owned())
}

#[tokio::test]
async fn slacks_own_example_is_taken_and_read_as_in_socket_mode() {
    let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    let signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    let world = World::new(Seen::default());
    let at = NOW.to_string();
    let request = |signature: &str, body: &str| {
        let headers = [("content-type", FORM), ("x-slack-request-timestamp", &at), ("x-slack-signature", signature)];
        with_headers("commands", &headers, body.to_owned())
    };
    assert_eq!(world.send(request(signature, body)).await, (StatusCode::OK, String::new()));
    let [(Kind::Command, payload, 0)] = &world.came()[..] else { panic!("something else came") };
    assert_eq!(payload["command"], "/webhook-collect");
    assert_eq!(payload["user_name"], "roadrunner");
    assert_eq!(payload["text"], "");
    // Slack's own repetition is let through: that it is one is known behind the inlet.
    assert_eq!(world.status(request(signature, body)).await, 200);
    assert_eq!(world.came().len(), 1);
    assert_eq!(world.status(request(&signature.replace("a2114", "a2115"), body)).await, 401);
    assert_eq!(world.status(request(signature, &body.replace("text=", "text=x"))).await, 401);
    assert_eq!(world.came(), []);
}

#[tokio::test]
async fn a_signature_counts_for_five_minutes_and_says_nothing_when_it_fails() {
    let world = World::new(Seen::default());
    let body = json!({ "type": "event_callback", "event_id": "Ev1" }).to_string();
    for (ahead, expected) in [(-301, 401), (-300, 200), (0, 200), (300, 200), (301, 401)] {
        let at = (NOW + ahead).to_string();
        let signature = sign(&at, body.as_bytes());
        let headers = [("content-type", JSON), ("x-slack-request-timestamp", &at), ("x-slack-signature", &signature)];
        let (status, text) = world.send(with_headers("events", &headers, body.clone())).await;
        assert_eq!((status.as_u16(), text.as_str()), (expected, ""), "{ahead} s");
    }
    world.clock.advance(TimeDelta::seconds(301)).unwrap();
    assert_eq!(world.status(signed("events", JSON, &body)).await, 401);
}

#[tokio::test]
async fn headers_of_a_signature_must_be_sane() {
    let world = World::new(Seen::default());
    let body = json!({ "type": "event_callback" }).to_string();
    let at = NOW.to_string();
    let good = sign(&at, body.as_bytes());
    let (time, signature) = ("x-slack-request-timestamp", "x-slack-signature");
    // What would be right had it been signed as it stands.
    let as_it_stands = |at: &str| sign(at, body.as_bytes());
    let (plus, spaced, huge) = (format!("+{at}"), format!("{at}.0"), "9".repeat(40));
    let signatures = [as_it_stands(&plus), as_it_stands(&spaced), as_it_stands(&huge), as_it_stands("")];
    let upper = good.replace("v0=", "V0=");
    let table: Vec<Vec<(&str, &str)>> = vec![
        vec![],
        vec![(time, &at)],
        vec![(signature, &good)],
        vec![(time, &plus), (signature, &signatures[0])],
        vec![(time, &spaced), (signature, &signatures[1])],
        vec![(time, &huge), (signature, &signatures[2])],
        vec![(time, ""), (signature, &signatures[3])],
        vec![(time, &at), (signature, "")],
        vec![(time, &at), (signature, "v0=")],
        vec![(time, &at), (signature, &upper)],
        vec![(time, &at), (signature, &good[..good.len() - 1])],
        vec![(time, &at), (signature, "v0=zz114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")],
        vec![(time, &at), (signature, "v1=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")],
        vec![(time, &at), (time, &at), (signature, &good)],
        vec![(time, &at), (signature, &good), (signature, &good)],
    ];
    for mut headers in table {
        headers.push(("content-type", JSON));
        assert_eq!(world.status(with_headers("events", &headers, body.clone())).await, 401, "{headers:?}");
    }
    assert_eq!(world.came(), []);
    assert_eq!(world.status(signed("events", JSON, &body)).await, 200);
}

#[tokio::test]
async fn a_body_has_its_limit_before_anything_else() {
    let world = World::new(Seen::default());
    let claimed = with_headers("events", &[("content-length", "1048577")], "");
    assert_eq!(world.status(claimed).await, 413);
    let event = |size: usize| {
        let empty = json!({ "type": "event_callback", "x": "" }).to_string().len();
        json!({ "type": "event_callback", "x": "a".repeat(size - empty) }).to_string()
    };
    assert_eq!(world.status(signed("events", JSON, &event(MAX_BODY_BYTES))).await, 200);
    assert_eq!(world.status(signed("events", JSON, &event(MAX_BODY_BYTES + 1))).await, 413);
    assert_eq!(world.came().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_slow_sender_is_cut_off() {
    let world = World::new(Seen::default());
    let mut request = signed("events", JSON, "{}");
    *request.body_mut() = Body::from_stream(futures_util::stream::pending::<Result<String, std::io::Error>>());
    let began = tokio::time::Instant::now();
    assert_eq!(world.status(request).await, 408);
    assert_eq!(began.elapsed().as_secs(), 10);
}

#[tokio::test]
async fn events_are_told_by_their_type() {
    let challenge = json!({ "type": "url_verification", "challenge": "3eZbrw1a" }).to_string();
    let world = World::new(Seen::default());
    let (status, answer) = world.send(signed("events", JSON, &challenge)).await;
    assert_eq!((status, answer.as_str()), (StatusCode::OK, r#"{"challenge":"3eZbrw1a"}"#));
    let table = [
        (r#"{"type":"app_rate_limited","minute_rate_limited":1518467820}"#, JSON, 200),
        (r#"{"type":"carrier_pigeon"}"#, JSON, 200),
        (r#"{"type":"url_verification"}"#, JSON, 400),
        (r#"{"type":7}"#, JSON, 400),
        ("[]", JSON, 400),
        ("", JSON, 400),
        (r#"{"type":"event_callback"}"#, FORM, 415),
        (r#"{"type":"event_callback"}"#, "", 415),
    ];
    for (body, kind, expected) in table {
        assert_eq!(world.status(signed("events", kind, body)).await, expected, "{body} as {kind}");
    }
    assert_eq!(world.came(), []);
    let event = json!({ "type": "event_callback", "event_id": "Ev1", "event": { "type": "pin_added" } });
    let mut request = signed("events", JSON, &event.to_string());
    request.headers_mut().append("x-slack-retry-num", "2".parse().unwrap());
    assert_eq!(world.status(request).await, 200);
    assert_eq!(world.came(), [(Kind::Event, event, 2)]);
}

#[tokio::test]
async fn bodies_that_are_not_text_are_turned_away() {
    let world = World::new(Seen::default());
    let (at, body) = (NOW.to_string(), b"{\"type\":\"event_callback\",\"x\":\"\xff\"}".to_vec());
    let signature = sign(&at, &body);
    let headers = [("content-type", JSON), ("x-slack-request-timestamp", &at), ("x-slack-signature", &signature)];
    assert_eq!(world.status(with_headers("events", &headers, body)).await, 400);
    assert_eq!(world.came(), []);
}

#[tokio::test]
async fn interactions_are_read_from_their_form() {
    let world = World::answering(Ack::Received(Some(json!({ "response_action": "clear" }))));
    let (status, answer) =
        world.send(signed("interactions", FORM, "payload=%7B%22type%22%3A%22block_actions%22%7D")).await;
    assert_eq!((status, answer.as_str()), (StatusCode::OK, r#"{"response_action":"clear"}"#));
    assert_eq!(world.came(), [(Kind::Interaction, json!({ "type": "block_actions" }), 0)]);
    for body in ["", "payload=", "payload=%5B%5D", "payload=7", "other=1"] {
        assert_eq!(world.status(signed("interactions", FORM, body)).await, 400, "{body}");
    }
    assert_eq!(world.status(signed("interactions", JSON, "{}")).await, 415);
    assert_eq!(world.came(), []);
}

#[tokio::test]
async fn slacks_check_of_the_certificate_is_answered_and_nothing_else_without_a_signature() {
    let world = World::new(Seen::default());
    let unsigned = |path, body: &str| with_headers(path, &[("content-type", FORM)], body.to_owned());
    assert_eq!(world.send(unsigned("commands", "ssl_check=1&token=xxx")).await, (StatusCode::OK, String::new()));
    assert_eq!(world.status(signed("commands", FORM, "ssl_check=1&command=%2Fincident")).await, 200);
    for body in ["ssl_check=0", "ssl_check=true", "ssl_check=", "command=%2Fincident&text=ssl_check%3D1", ""] {
        assert_eq!(world.status(unsigned("commands", body)).await, 401, "{body}");
    }
    let long = format!("ssl_check=1&x={}", "x".repeat(4096));
    assert_eq!(world.status(unsigned("commands", &long)).await, 401);
    assert_eq!(world.status(unsigned("events", "ssl_check=1")).await, 401);
    assert_eq!(world.status(unsigned("interactions", "ssl_check=1")).await, 401);
    // Whoever signs wrongly does not get around the signature by it.
    let mut forged = signed("commands", FORM, "ssl_check=1");
    forged.headers_mut().insert("x-slack-signature", sign("1", b"").parse().unwrap());
    assert_eq!(world.status(forged).await, 401);
    assert_eq!(world.came(), []);
}

#[tokio::test]
async fn what_is_not_kept_is_to_come_again() {
    let event = json!({ "type": "event_callback" }).to_string();
    assert_eq!(World::answering(Ack::NotKept).status(signed("events", JSON, &event)).await, 503);
    let failing = World::new(Seen { panics: true, ..Seen::default() });
    assert_eq!(failing.status(signed("events", JSON, &event)).await, 503);
    let answer = json!({ "response_type": "ephemeral", "text": "INC-1" });
    let world = World::answering(Ack::Received(Some(answer.clone())));
    let (status, text) = world.send(signed("commands", FORM, "command=%2Fincident&text=list")).await;
    assert_eq!((status, text), (StatusCode::OK, answer.to_string()));
}

#[tokio::test]
async fn other_methods_and_paths_are_not_there() {
    let world = World::new(Seen::default());
    let mut get = with_headers("events", &[], "");
    *get.method_mut() = Method::GET;
    assert_eq!(world.status(get).await, 405);
    assert_eq!(world.status(with_headers("elsewhere", &[], "")).await, 404);
    assert_eq!(format!("{:?}", Secret::new(SECRET)), "Secret(..)");
}
