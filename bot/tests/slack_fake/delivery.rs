//! What the app is told, how often, and what people see of its answers.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::any;
use serde_json::{Value, json};
use slack_morphism::signature_verifier::SlackEventSignatureVerifier;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::App;
use crate::support::slack::{Fake, Kind, Settings, Signing, Twice};

#[tokio::test]
async fn a_trigger_is_good_for_three_seconds_and_once() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let ana = fake.add_person("ana");
    let general = fake.channel("general").id;
    let mut socket = app.connect().await;
    let view =
        json!({"type": "modal", "title": {"type": "plain_text", "text": "Declare"}, "blocks": [{"type": "divider"}]});
    for (wait, error) in [(3, None), (4, Some("expired_trigger_id"))] {
        let (outcome, ()) = tokio::join!(fake.slash(&ana, &general, "/incident", ""), async {
            let envelope = socket.next().await;
            socket.ack(&envelope, None).await;
        });
        fake.pass(Duration::from_secs(wait));
        let open = json!({"trigger_id": outcome.trigger(), "view": view});
        let answer = app.call("views.open", open.clone()).await;
        assert_eq!(answer["error"].as_str(), error, "{answer}");
        if error.is_none() {
            assert_eq!(app.error("views.open", open).await, "exchanged_trigger_id");
        }
    }
    assert_eq!(app.error("views.open", json!({"trigger_id": "1.2.3", "view": view})).await, "invalid_trigger_id");
}

#[tokio::test]
async fn an_event_comes_again_until_it_is_acknowledged() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let ana = fake.add_person("ana");
    let room = fake.add_channel("inc-1", Kind::Private, &[&ana]);
    let mut socket = app.connect().await;
    fake.says(&ana, &room, "nobody hears this").await;
    fake.add_bot_to(&room, &ana);
    let joined = socket.next().await;
    assert_eq!(joined["payload"]["event"]["subtype"], "channel_join");
    socket.ack(&joined, None).await;
    let member = socket.next().await;
    assert_eq!(member["payload"]["event"]["type"], "member_joined_channel");
    socket.ack(&member, None).await;
    fake.settled().await;
    let ts = fake.says(&ana, &room, "a < b & <@U1>").await;
    let first = socket.next().await;
    assert_eq!(first["payload"]["event"]["ts"], ts);
    assert_eq!(first["payload"]["event"]["text"], "a &lt; b &amp; <@U1>");
    assert_eq!(first["accepts_response_payload"], false);
    for (wait, attempt) in [(3, 1), (63, 2), (303, 3)] {
        fake.pass(Duration::from_secs(wait));
        if attempt > 1 {
            // The first of these passes lets the three seconds run out, the wait after it is over only then.
            fake.pass(Duration::from_secs(wait));
        }
        let again = socket.next().await;
        assert_eq!(again["payload"]["event_id"], first["payload"]["event_id"]);
        assert_ne!(again["envelope_id"], first["envelope_id"]);
        assert_eq!((&again["retry_attempt"], &again["retry_reason"]), (&json!(attempt), &json!("timeout")));
        if attempt == 3 {
            socket.ack(&again, None).await;
        }
    }
    fake.settled().await;
    assert_eq!(fake.redeliver(), 0);
}

#[tokio::test]
async fn the_app_hears_itself() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let mut socket = app.connect().await;
    let room = app.room("inc-1").await;
    app.done("chat.postMessage", json!({"channel": room, "text": "card"})).await;
    let said = loop {
        let event = socket.next().await["payload"]["event"].clone();
        if event["type"] == "message" && event.get("subtype").is_none() {
            break event;
        }
    };
    assert_eq!(said["text"], "card");
    assert!(said["bot_id"].is_string(), "{said}");
}

#[tokio::test]
async fn nobody_connected_and_nobody_in_time() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let ana = fake.add_person("ana");
    let general = fake.channel("general").id;
    assert_eq!(fake.slash(&ana, &general, "/incident", "").await.error.as_deref(), Some("dispatch_failed"));
    let mut socket = app.connect().await;
    let (outcome, ()) = tokio::join!(fake.slash(&ana, &general, "/incident", ""), async {
        socket.next().await;
        fake.pass(Duration::from_secs(3));
    });
    assert_eq!(outcome.error.as_deref(), Some("operation_timeout"));
}

#[tokio::test]
async fn an_envelope_comes_on_one_socket_in_turn_or_on_both() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let ana = fake.add_person("ana");
    let room = app.room("inc-1").await;
    fake.with(|state| state.subscribed.clear());
    let (mut one, mut two) = (app.connect().await, app.connect().await);
    fake.connected(2).await;
    fake.subscribe(&["message.channels"]);
    fake.says(&ana, &room, "1").await;
    fake.says(&ana, &room, "2").await;
    let texts = [one.next().await, two.next().await].map(|frame| frame["payload"]["event"]["text"].clone());
    assert!(texts.contains(&json!("1")) && texts.contains(&json!("2")), "{texts:?}");
    fake.send_next_twice(Twice::OtherSocket);
    fake.says(&ana, &room, "3").await;
    assert_eq!(one.next().await["envelope_id"], two.next().await["envelope_id"]);
    let [first, second] = fake.sockets()[..] else { panic!("there are two sockets") };
    fake.disconnect(second, "warning");
    assert_eq!(two.next().await["reason"], "warning");
    fake.drop_tcp(first);
    assert!(futures_util::StreamExt::next(&mut one.0).await.unwrap().is_err());
    fake.until("the end of the first", |fake| (fake.sockets() == [second]).then_some(())).await;
    fake.go_silent(second);
    fake.says(&ana, &room, "4").await;
    let silence = tokio::time::timeout(Duration::from_millis(100), two.next()).await;
    assert!(silence.is_err(), "{silence:?}");
}

#[tokio::test]
async fn a_modal_is_filled_in_refused_and_sent() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let ana = fake.add_person("ana");
    let general = fake.channel("general").id;
    let mut socket = app.connect().await;
    let (command, ()) = tokio::join!(fake.slash(&ana, &general, "/incident", ""), async {
        let envelope = socket.next().await;
        socket.ack(&envelope, None).await;
    });
    let plain = |text: &str| json!({"type": "plain_text", "text": text});
    let title = json!({"type": "plain_text_input", "action_id": "t", "max_length": 5});
    let services = json!({"type": "multi_external_select", "action_id": "s"});
    let view = json!({
        "type": "modal", "title": plain("Declare"), "submit": plain("Go"), "private_metadata": "x", "blocks": [
            {"type": "input", "block_id": "title", "label": plain("Title"), "element": title},
            {"type": "input", "block_id": "services", "label": plain("Services"), "element": services, "optional": true},
        ],
    });
    let opened = app.done("views.open", json!({"trigger_id": command.trigger(), "view": view})).await;
    let id = opened["view"]["id"].as_str().unwrap();
    assert!(fake.submit(&ana, id, &[]).await.error.unwrap().starts_with("title: "));
    assert!(fake.submit(&ana, id, &[("title", json!("too long"))]).await.error.unwrap().contains("at most 5"));
    let option = json!({"text": plain("API"), "value": "api"});
    let (suggested, ()) = tokio::join!(fake.suggest(&ana, "s", "services", "a"), async {
        let envelope = socket.next().await;
        assert_eq!(
            (&envelope["payload"]["type"], &envelope["payload"]["value"]),
            (&json!("block_suggestion"), &json!("a"))
        );
        socket.ack(&envelope, Some(json!({"options": [option]}))).await;
    });
    assert_eq!((suggested.error, suggested.ack.unwrap()["options"][0].clone()), (None, option.clone()));
    let values = [("title", json!("api")), ("s", json!([option]))];
    for answer in [json!({"response_action": "errors", "errors": {"title": "No."}}), json!({})] {
        let (outcome, ()) = tokio::join!(fake.submit(&ana, id, &values), async {
            let envelope = socket.next().await;
            let state = &envelope["payload"]["view"]["state"]["values"];
            assert_eq!(state["title"]["t"], json!({"type": "plain_text_input", "value": "api"}));
            assert_eq!(state["services"]["s"]["selected_options"][0]["value"], "api");
            socket.ack(&envelope, Some(answer.clone())).await;
        });
        assert_eq!(outcome.error, None);
        assert_eq!(fake.open_view(&ana).is_some(), !outcome.errors.is_empty());
    }
}

#[tokio::test]
async fn a_response_url_is_good_five_times_within_half_an_hour() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let ana = fake.add_person("ana");
    let general = fake.channel("general").id;
    let mut socket = app.connect().await;
    let mut urls = Vec::new();
    for _ in 0..2 {
        let (outcome, ()) = tokio::join!(fake.slash(&ana, &general, "/incident", ""), async {
            let envelope = socket.next().await;
            socket.ack(&envelope, Some(json!({"text": "on it"}))).await;
        });
        urls.push(outcome.response_url().to_owned());
    }
    let say =
        async |url: &str| app.http.post(url).json(&json!({"text": "done"})).send().await.unwrap().status().as_u16();
    for expected in [200, 200, 200, 200, 200, 404] {
        assert_eq!(say(&urls[0]).await, expected);
    }
    assert_eq!(fake.ephemerals(&ana).len(), 2 + 5);
    fake.pass(Duration::from_mins(31));
    assert_eq!(say(&urls[1]).await, 404);
}

struct Heard {
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

async fn next(heard: &mut UnboundedReceiver<Heard>) -> Heard {
    tokio::time::timeout(Duration::from_secs(10), heard.recv()).await.expect("nothing came").unwrap()
}

/// An app behind HTTP that verifies signatures by other people's code, at the time of the machine.
async fn listen(fake: &Fake) -> UnboundedReceiver<Heard> {
    async fn hear(
        State((fake, tell)): State<(Fake, UnboundedSender<Heard>)>,
        uri: Uri,
        headers: HeaderMap,
        body: Bytes,
    ) -> (StatusCode, String) {
        let header = |name: &str| headers.get(name).map_or("", |value| value.to_str().unwrap());
        let (hash, time) = (header("x-slack-signature"), header("x-slack-request-timestamp"));
        let text = String::from_utf8(body.to_vec()).unwrap();
        let verifier = SlackEventSignatureVerifier::new(&fake.signing_secret().into());
        let (good, broken) = (verifier.verify(hash, &text, time).is_ok(), text.contains("break"));
        tell.send(Heard { path: uri.path().to_owned(), headers, body }).unwrap_or_default();
        match (good, broken) {
            (false, _) => (StatusCode::UNAUTHORIZED, String::new()),
            (true, true) => (StatusCode::INTERNAL_SERVER_ERROR, String::new()),
            (true, false) => (StatusCode::OK, json!({"text": "heard"}).to_string()),
        }
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    fake.deliver_to(&format!("http://{}", listener.local_addr().unwrap()));
    let (tell, heard) = unbounded_channel();
    let router = Router::new().fallback(any(hear)).with_state((fake.clone(), tell));
    tokio::spawn(async { axum::serve(listener, router).await });
    heard
}

#[tokio::test]
async fn requests_are_signed_forged_stale_and_replayed() {
    let fake = Fake::start_with(Settings { start: None, ..Settings::default() }).await;
    let mut heard = listen(&fake).await;
    let ana = fake.add_person("ana");
    let general = fake.channel("general").id;
    assert_eq!(fake.slash(&ana, &general, "/incident", "declare a&b").await.text(), "heard");
    let request = next(&mut heard).await;
    assert_eq!(request.path, "/slack/commands");
    let url = reqwest::Url::parse(&format!("http://x/?{}", String::from_utf8_lossy(&request.body))).unwrap();
    assert!(url.query_pairs().any(|pair| pair == ("text".into(), "declare a&amp;b".into())), "{url}");
    for signing in [Signing::Forged, Signing::Stale, Signing::Missing] {
        fake.sign_next(signing);
        let outcome = fake.slash(&ana, &general, "/incident", "").await;
        assert_eq!(outcome.error.as_deref(), Some("dispatch_failed"), "{signing:?}");
    }
    assert_eq!(fake.verifies_url("3eZbrw").await.status, 200);
    assert_eq!((fake.replay().await.status, fake.replay().await.status), (200, 200));
    assert_eq!(fake.checks_ssl().await.status, 200);
}

#[tokio::test]
async fn an_event_by_http_comes_again_after_an_error() {
    let fake = Fake::start_with(Settings { start: None, ..Settings::default() }).await;
    let mut heard = listen(&fake).await;
    let ana = fake.add_person("ana");
    fake.writes(&ana, "break").await;
    let first = next(&mut heard).await;
    assert!(first.headers.get("x-slack-retry-num").is_none());
    fake.settled().await;
    fake.pass(Duration::ZERO);
    let again = next(&mut heard).await;
    assert_eq!(
        (&again.headers["x-slack-retry-num"], &again.headers["x-slack-retry-reason"]),
        (&"1".parse().unwrap(), &"http_error".parse().unwrap())
    );
    let event = |heard: &Heard| serde_json::from_slice::<Value>(&heard.body).unwrap()["event_id"].clone();
    assert_eq!(event(&first), event(&again));
}
