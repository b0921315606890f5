use std::sync::Mutex;

use axum::body::Body;
use axum::http::{Method, header};
use chrono::{DateTime, TimeDelta};
use ed25519_dalek::{Signer as _, SigningKey};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;

use super::*;

/// The vector: the seed of RFC 8032 7.1 test 1, made with `PyNaCl` and verified with npm's discord-interactions.
const PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const NOW: i64 = 1_700_000_000;
const PING_BODY: &str = r#"{"type":1}"#;
const PING_SIGNATURE: &str = "1695961a47c91a1ec033b819b7e87e3dbc583dd0cee6d1fd0216f58ac87b6228ae531ddbf91fb7bc28d7edf7f08604da16f54624f38a6bc0614e4dc13cd47f0f";

const TIME: &str = "x-signature-timestamp";
const SIGNATURE: &str = "x-signature-ed25519";

/// Keeps what came and answers what it was told to.
struct Seen {
    came: Mutex<Vec<Value>>,
    answer: Option<Ack>,
}

impl Receiver for Seen {
    fn receive(&self, interaction: Value) -> BoxFuture<'static, Ack> {
        self.came.lock().unwrap().push(interaction);
        let answer = self.answer.clone();
        Box::pin(async move { answer.expect("as the test wants it") })
    }
}

struct World {
    seen: Arc<Seen>,
    clock: Clock,
    router: Router,
}

impl World {
    fn answering(answer: Option<Ack>) -> Self {
        let seen = Arc::new(Seen { came: Mutex::default(), answer });
        let clock = Clock::manual(DateTime::from_timestamp(NOW, 0).unwrap());
        let router = router(PublicKey::new(PUBLIC).unwrap(), seen.clone(), clock.clone());
        Self { seen, clock, router }
    }

    fn new() -> Self {
        Self::answering(Some(Ack::Answer(json!({ "type": 5, "data": { "flags": 64 } }))))
    }

    async fn send(&self, request: Request) -> (u16, String) {
        let response = TowerToHyperService::new(self.router.clone()).call(request).await.unwrap();
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 4096).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn status(&self, request: Request) -> u16 {
        self.send(request).await.0
    }

    fn came(&self) -> Vec<Value> {
        std::mem::take(&mut *self.seen.came.lock().unwrap())
    }
}

fn sign(at: &str, body: &[u8]) -> String {
    let key = SigningKey::from_bytes(&signed::read_hex(SEED).unwrap());
    let signature = key.sign(&[at.as_bytes(), body].concat());
    signature.to_bytes().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

fn with_headers(headers: &[(&str, &str)], body: impl Into<Body>) -> Request {
    let mut request = Request::new(body.into());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = "/discord/interactions".parse().unwrap();
    for (name, value) in headers {
        request.headers_mut().append(name.parse::<header::HeaderName>().unwrap(), value.parse().unwrap());
    }
    request
}

fn signed_at(at: i64, body: &str) -> Request {
    let at = at.to_string();
    with_headers(&[(TIME, &at), (SIGNATURE, &sign(&at, body.as_bytes()))], body.to_owned())
}

fn command() -> String {
    json!({ "id": "12", "type": 2, "token": "t", "data": { "name": "incident" } }).to_string()
}

#[tokio::test]
async fn the_vectors_ping_is_answered() {
    let world = World::new();
    let at = NOW.to_string();
    let ping = |signature: &str, body: &str| with_headers(&[(TIME, &at), (SIGNATURE, signature)], body.to_owned());
    assert_eq!(sign(&at, PING_BODY.as_bytes()), PING_SIGNATURE);
    assert_eq!(world.send(ping(PING_SIGNATURE, PING_BODY)).await, (200, PING_BODY.to_owned()));
    assert_eq!(world.status(ping(PING_SIGNATURE, r#"{"type":2}"#)).await, 401);
    assert_eq!(world.status(ping(&PING_SIGNATURE.replace("1695", "1696"), PING_BODY)).await, 401);
    assert_eq!(world.came(), Vec::<Value>::new());
}

#[tokio::test]
async fn an_interaction_is_handed_on_and_its_answer_is_the_answer() {
    let world = World::new();
    let (status, answer) = world.send(signed_at(NOW, &command())).await;
    assert_eq!((status, answer.as_str()), (200, r#"{"data":{"flags":64},"type":5}"#));
    assert_eq!(world.came(), [serde_json::from_str::<Value>(&command()).unwrap()]);
    // That it is a repetition is known behind this.
    assert_eq!(world.status(signed_at(NOW, &command())).await, 200);
    assert_eq!(world.came().len(), 1);
}

#[tokio::test]
async fn a_signature_counts_for_five_minutes_and_says_nothing_when_it_fails() {
    let world = World::new();
    for (ahead, expected) in [(-301, 401), (-300, 200), (0, 200), (300, 200), (301, 401)] {
        let (status, text) = world.send(signed_at(NOW + ahead, &command())).await;
        assert_eq!((status, text.is_empty()), (expected, expected == 401), "{ahead} s");
    }
    world.clock.advance(TimeDelta::seconds(301)).unwrap();
    assert_eq!(world.status(signed_at(NOW, &command())).await, 401);
}

#[tokio::test]
async fn headers_of_a_signature_must_be_sane() {
    let world = World::new();
    let (at, body) = (NOW.to_string(), command());
    let good = sign(&at, body.as_bytes());
    // What would be right had it been signed as it stands.
    let as_it_stands = |at: &str| sign(at, body.as_bytes());
    let (plus, part, huge) = (format!("+{at}"), format!("{at}.0"), "9".repeat(40));
    let signatures = [as_it_stands(&plus), as_it_stands(&part), as_it_stands(&huge), as_it_stands("")];
    let other = SigningKey::from_bytes(&[7; 32]).sign(format!("{at}{body}").as_bytes()).to_bytes();
    let other = other.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let (odd, sign_for_digit) = (format!("{good}0"), format!("+{}", &good[1..]));
    let table: Vec<Vec<(&str, &str)>> = vec![
        vec![],
        vec![(TIME, &at)],
        vec![(SIGNATURE, &good)],
        vec![(TIME, &plus), (SIGNATURE, &signatures[0])],
        vec![(TIME, &part), (SIGNATURE, &signatures[1])],
        vec![(TIME, &huge), (SIGNATURE, &signatures[2])],
        vec![(TIME, ""), (SIGNATURE, &signatures[3])],
        vec![(TIME, &at), (SIGNATURE, "")],
        vec![(TIME, &at), (SIGNATURE, &good[..126])],
        vec![(TIME, &at), (SIGNATURE, &odd)],
        vec![(TIME, &at), (SIGNATURE, &sign_for_digit)],
        vec![(TIME, &at), (SIGNATURE, &other)],
        vec![(TIME, &at), (TIME, &at), (SIGNATURE, &good)],
        vec![(TIME, &at), (SIGNATURE, &good), (SIGNATURE, &good)],
    ];
    for headers in table {
        assert_eq!(world.status(with_headers(&headers, body.clone())).await, 401, "{headers:?}");
    }
    let mut bytes = signed_at(NOW, &body);
    bytes.headers_mut().insert(SIGNATURE, header::HeaderValue::from_bytes(b"\xff").unwrap());
    assert_eq!(world.status(bytes).await, 401);
    assert_eq!(world.came(), Vec::<Value>::new());
    assert_eq!(world.status(signed_at(NOW, &body)).await, 200);
}

#[tokio::test]
async fn a_body_has_its_limit_before_anything_else() {
    let world = World::new();
    assert_eq!(world.status(with_headers(&[("content-length", "1048577")], "")).await, 413);
    let sized = |size: usize| {
        let empty = json!({ "type": 2, "x": "" }).to_string().len();
        json!({ "type": 2, "x": "a".repeat(size - empty) }).to_string()
    };
    assert_eq!(world.status(signed_at(NOW, &sized(MAX_BODY_BYTES))).await, 200);
    assert_eq!(world.status(signed_at(NOW, &sized(MAX_BODY_BYTES + 1))).await, 413);
    assert_eq!(world.came().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_slow_sender_is_cut_off() {
    let mut request = signed_at(NOW, "{}");
    *request.body_mut() = Body::from_stream(futures_util::stream::pending::<Result<String, std::io::Error>>());
    assert_eq!(World::new().status(request).await, 408);
}

#[tokio::test]
async fn what_makes_no_sense_is_turned_away_and_what_is_not_kept_says_so() {
    let world = World::new();
    for body in ["", "[]", "7", "no JSON", "\"\u{0}\""] {
        assert_eq!(world.status(signed_at(NOW, body)).await, 400, "{body}");
    }
    assert_eq!(world.came(), Vec::<Value>::new());
    assert_eq!(World::answering(Some(Ack::NotKept)).status(signed_at(NOW, &command())).await, 503);
    assert_eq!(World::answering(None).status(signed_at(NOW, &command())).await, 503);
    let mut get = with_headers(&[], "");
    *get.method_mut() = Method::GET;
    assert_eq!(world.status(get).await, 405);
}

#[test]
fn a_key_that_is_none_says_why() {
    assert_eq!(format!("{:?}", PublicKey::new(&format!(" {}\n", PUBLIC.to_uppercase())).unwrap()), "PublicKey(..)");
    // The second coordinate of no point.
    let no_point = format!("02{}", "0".repeat(62));
    let table = [
        ("", KeyError::Length(0)),
        (&PUBLIC[..63], KeyError::Length(63)),
        (&PUBLIC.replace("d75a", "x75a"), KeyError::Digit),
        (&PUBLIC.replace("d75a", "+75a"), KeyError::Digit),
        (&no_point, KeyError::NoKey),
    ];
    for (text, error) in table {
        assert_eq!(PublicKey::new(text).unwrap_err(), error, "{text}");
        assert!(error.to_string().contains("General Information"), "{error}");
    }
}
