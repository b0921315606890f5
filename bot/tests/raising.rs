//! Pages of their own: programs raise them by HTTP, people by `/oncall page`.

use firebell_core::incident::StatusWord;
use firebell_core::integration::Scope;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::support::{World, key, minutes, on_both};

on_both!(
    a_program_raises_a_page_once_for_its_key,
    a_key_is_free_again_once_its_incident_is_over,
    a_key_follows_its_incident_into_another,
    what_goes_off_again_is_known_as_the_same_alert,
    many_requests_at_once_raise_one_page,
    a_restart_forgets_no_key,
    a_repetition_gets_the_answer_of_the_first,
    programs_have_keys_of_their_own,
    whoever_has_no_token_is_turned_away,
    what_is_wrong_with_a_request_is_said,
    what_is_resolved_twice_is_resolved_once,
    people_page_about_what_is_no_incident,
);

/// Firebell's HTTP side, and a token of the program `grafana`.
struct Http {
    url: String,
    token: String,
    served: JoinHandle<()>,
}

impl Http {
    async fn of(world: &World) -> Self {
        let token = world.app.intake.add_token(key("grafana"), Scope::ALL.to_vec()).await.unwrap().unwrap();
        Self::with(world, token).await
    }

    async fn with(world: &World, token: String) -> Self {
        // Whoever was first has installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = world.app.router();
        let served = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, token, served }
    }

    async fn posts(&self, path: &str, body: &Value, id: Option<&str>) -> (u16, Value) {
        let request = reqwest::Client::new().post(format!("{}{path}", self.url)).bearer_auth(&self.token).json(body);
        let request = match id {
            Some(id) => request.header("Idempotency-Key", id),
            None => request,
        };
        answered(request).await
    }

    async fn raises(&self, body: &Value) -> (u16, Value) {
        self.posts("/v1/pages", body, None).await
    }

    async fn resolves(&self, key: &str) -> (u16, Value) {
        let request = reqwest::Client::new().post(format!("{}/v1/pages/{key}/resolve", self.url));
        answered(request.bearer_auth(&self.token)).await
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        self.served.abort();
    }
}

async fn answered(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

fn disk() -> Value {
    json!({ "service": "checkout", "title": "disk full on db-2", "key": "disk db/2", "urgency": "high" })
}

async fn a_program_raises_a_page_once_for_its_key(world: &mut World) {
    let http = Http::of(world).await;
    let raised = json!({ "incident": "INC-1", "state": "raised", "paging": ["bo"] });
    assert_eq!(http.raises(&disk()).await, (201, raised));
    world.settle().await;
    assert_eq!(world.pages("bo"), 1);
    assert_eq!(http.raises(&disk()).await, (200, json!({ "incident": "INC-1", "state": "open", "paging": [] })));
    world.settle().await;
    assert_eq!((world.pages("bo"), world.numbers().await.len()), (1, 1));
    world.advance(minutes(5)).await;
    world.paged("cy");
    let timeline = world.says("ana", "/incident INC-1 timeline").await;
    assert!(timeline.contains("disk full on db-2") && timeline.contains("grafana"), "{timeline}");
    assert!(world.row(1).await.rooms.is_empty(), "nobody has asked for a room");
    world.adds_up().await;
}

async fn a_key_is_free_again_once_its_incident_is_over(world: &mut World) {
    let http = Http::of(world).await;
    http.raises(&disk()).await;
    world.settle().await;
    world.says("bo", "/incident INC-1 ack").await;
    assert_eq!(http.raises(&disk()).await.0, 200, "somebody has it, and it goes on");
    assert_eq!(http.resolves("disk%20db%2F2").await, (200, json!({ "incident": "INC-1", "state": "resolved" })));
    assert_eq!(world.row(1).await.status.word(), StatusWord::Resolved);
    let (status, anew) = http.raises(&disk()).await;
    assert_eq!((status, &anew["incident"]), (201, &json!("INC-2")));
    world.settle().await;
    assert_eq!(world.pages("bo"), 2);
}

async fn a_key_follows_its_incident_into_another(world: &mut World) {
    let http = Http::of(world).await;
    http.raises(&disk()).await;
    world.says("ana", "/incident declare the database is slow sev4").await;
    world.says("ana", "/incident INC-1 merge INC-2").await;
    let before = world.pages("bo");
    let (status, again) = http.raises(&disk()).await;
    assert_eq!((status, &again["incident"], &again["state"]), (200, &json!("INC-2"), &json!("open")));
    assert_eq!(http.resolves("disk%20db%2F2").await, (200, json!({ "incident": "INC-2", "state": "merged" })));
    assert!(world.row(2).await.status.word().is_active(), "it has other causes too");
    world.settle().await;
    assert_eq!(world.pages("bo"), before, "nobody is paged for what is being handled");
    world.says("ana", "/incident INC-2 resolve done").await;
    assert_eq!(http.raises(&disk()).await.0, 201);
    world.adds_up().await;
}

async fn what_goes_off_again_is_known_as_the_same_alert(world: &mut World) {
    let http = Http::of(world).await;
    http.raises(&disk()).await;
    world.says("bo", "/incident INC-1 ack").await;
    world.says("bo", "/incident INC-1 action rotate the logs @bo").await;
    http.resolves("disk%20db%2F2").await;
    // A person who says the same is no alert.
    world.says("ana", "/incident declare disk full on db-2 sev4").await;
    world.says("ana", "/incident INC-2 resolve there was room").await;
    http.raises(&disk()).await;
    world.settle().await;
    let similar = world.says("ana", "/incident INC-3 similar").await;
    let lines: Vec<&str> = similar.lines().map(str::trim).collect();
    assert!(lines[0].starts_with("INC-1 ") && lines[1].starts_with("same alert: disk full on db-2; "), "{similar}");
    assert!(lines[2].contains("rotate the logs"), "{similar}");
    assert!(lines[3].starts_with("INC-2 ") && lines[4].starts_with("in both titles: "), "{similar}");
    assert!(world.says("ana", "/incident INC-3 show").await.contains("(same alert: disk full on db-2; "));
    // Words that are gone make nothing the same.
    world.says("ana", "/incident INC-1 redact E1 a secret").await;
    assert!(!world.says("ana", "/incident INC-3 similar").await.contains("same alert"));
}

async fn many_requests_at_once_raise_one_page(world: &mut World) {
    let http = Http::of(world).await;
    let body = disk();
    let all = futures_util::future::join_all((0..12).map(|_| http.raises(&body))).await;
    let raised = all.iter().filter(|(status, _)| *status == 201).count();
    assert_eq!(raised, 1, "{all:?}");
    assert!(all.iter().all(|(status, answer)| *status < 300 && answer["incident"] == "INC-1"), "{all:?}");
    world.settle().await;
    assert_eq!((world.pages("bo"), world.numbers().await.len()), (1, 1));
    world.adds_up().await;
}

async fn a_restart_forgets_no_key(world: &mut World) {
    let http = Http::of(world).await;
    http.raises(&disk()).await;
    let token = http.token.clone();
    drop(http);
    world.restart().await;
    let http = Http::with(world, token).await;
    assert_eq!(http.raises(&disk()).await.0, 200);
    assert_eq!(http.resolves("disk%20db%2F2").await.0, 200);
}

async fn a_repetition_gets_the_answer_of_the_first(world: &mut World) {
    let http = Http::of(world).await;
    let first = http.posts("/v1/pages", &disk(), Some("r-1")).await;
    assert_eq!(first.0, 201);
    assert_eq!(http.posts("/v1/pages", &disk(), Some("r-1")).await, first);
    assert_eq!(http.posts("/v1/pages", &disk(), Some("r-2")).await.0, 200);
    let mut other = disk();
    other["key"] = json!("another disk");
    let (status, answer) = http.posts("/v1/pages", &other, Some("r-1")).await;
    assert_eq!((status, &answer["incident"]), (201, &json!("INC-2")), "it is another request");
    let long = "x".repeat(256);
    assert_eq!(http.posts("/v1/pages", &disk(), Some(&long)).await.0, 422);
}

async fn programs_have_keys_of_their_own(world: &mut World) {
    let http = Http::of(world).await;
    http.raises(&disk()).await;
    let other = world.app.intake.add_token(key("sentry"), Scope::ALL.to_vec()).await.unwrap().unwrap();
    let other = Http::with(world, other).await;
    assert_eq!(other.resolves("disk%20db%2F2").await.0, 404);
    assert_eq!(other.raises(&disk()).await.0, 201);
    assert_eq!(world.row(1).await.status.word(), StatusWord::Declared);
}

async fn whoever_has_no_token_is_turned_away(world: &mut World) {
    let mut http = Http::of(world).await;
    let at = format!("{}/v1/pages", http.url);
    let bare = reqwest::Client::new().post(&at).json(&disk());
    assert_eq!(answered(bare).await.0, 401);
    let basic = reqwest::Client::new().post(&at).header(AUTHORIZATION, format!("Basic {}", http.token)).json(&disk());
    assert_eq!(answered(basic).await.0, 401);
    assert!(world.app.intake.add_token(key("grafana"), Scope::ALL.to_vec()).await.unwrap().is_none(), "it has one");
    let without = world.app.intake.add_token(key("viewer"), Vec::new()).await.unwrap().unwrap();
    let right = std::mem::replace(&mut http.token, without);
    let (status, said) = http.raises(&disk()).await;
    assert_eq!(
        (status, said["error"].as_str().unwrap().starts_with("the token of viewer is not for pages")),
        (403, true)
    );
    http.token = format!("{right}x");
    assert_eq!(http.raises(&disk()).await.0, 401);
    http.token = right;
    assert!(world.app.intake.revoke_token(&key("grafana")).await.unwrap());
    assert_eq!(http.raises(&disk()).await.0, 401);
    assert_eq!(http.resolves("x").await.0, 401);
    assert!(world.numbers().await.is_empty());
    let anew = world.app.intake.add_token(key("grafana"), Scope::ALL.to_vec()).await.unwrap().unwrap();
    assert_ne!(anew, http.token);
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn what_is_wrong_with_a_request_is_said(world: &mut World) {
    let http = Http::of(world).await;
    let with = |change: Value| {
        let mut body = disk();
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let table = [
        (with(json!({ "service": "chekout" })), "no service is called chekout; did you mean checkout?"),
        (with(json!({ "policy": "web" })), "name one of \"service\", \"policy\", \"team\" and \"person\""),
        (with(json!({ "service": null })), "name one of"),
        (with(json!({ "title": " " })), "the title"),
        (with(json!({ "key": "" })), "\"key\" names what is wrong in 1 to 255 characters"),
        (with(json!({ "urgency": "very" })), "the body is not what is asked for"),
        (with(json!({ "severity": "sev9" })), "no severity is called sev9"),
        (with(json!({ "titel": "x" })), "the body is not what is asked for: unknown field `titel`"),
    ];
    for (body, expected) in table {
        let (status, said) = http.raises(&body).await;
        assert_eq!(status, 422, "{body}");
        let said = said["error"].as_str().unwrap().to_owned();
        assert!(said.to_lowercase().starts_with(&expected.to_lowercase()), "{said}");
    }
    let at = format!("{}/v1/pages", http.url);
    let text = reqwest::Client::new().post(&at).bearer_auth(&http.token).header(CONTENT_TYPE, "text/plain");
    assert_eq!(answered(text.body("{}")).await.0, 415);
    let huge = with(json!({ "description": "x".repeat(70_000) }));
    assert_eq!(http.raises(&huge).await.0, 413);
    assert_eq!(http.resolves("nothing").await.0, 404);
    assert!(world.numbers().await.is_empty());
    assert_eq!(http.raises(&disk()).await.1["incident"], "INC-1", "no number was lost");
}

async fn what_is_resolved_twice_is_resolved_once(world: &mut World) {
    let http = Http::of(world).await;
    http.raises(&disk()).await;
    let summary = json!({ "summary": "the disk is free again" });
    assert_eq!(http.posts("/v1/pages/disk%20db%2F2/resolve", &summary, None).await.0, 200);
    world.settle().await;
    let before = world.history(1).await.len();
    assert_eq!(http.resolves("disk%20db%2F2").await, (200, json!({ "incident": "INC-1", "state": "resolved" })));
    assert_eq!(world.history(1).await.len(), before);
    let timeline = world.says("ana", "/incident INC-1 timeline").await;
    assert!(timeline.contains("the disk is free again"), "{timeline}");
    world.advance(minutes(30)).await;
    world.not_paged("cy");
}

async fn people_page_about_what_is_no_incident(world: &mut World) {
    let said = world.says("ana", "/oncall page checkout the queue grows").await;
    assert!(said.starts_with("Paging @bo in INC-1."), "{said}");
    world.paged("bo");
    assert_eq!(world.row(1).await.title, "the queue grows");
    let said = world.says("ana", "/oncall page @cy can you look at the deploy --urgency low").await;
    assert!(said.starts_with("Paging @cy in INC-2."), "{said}");
    assert_eq!(world.says("cy", "/incident INC-2 ack").await, "You have INC-2.");
    assert!(world.says("cy", "/incident INC-2 room add console").await.contains("INC-2"), "and it can have a room");
    world.adds_up().await;
}
