//! The fake Discord itself, through raw HTTP and sockets: if it does not do what Discord does, the stories prove nothing.

mod asking;
mod events;
mod gateway;
mod limits;
mod rest;
mod signed;
mod troubles;

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::discord::{Fake, intents};

/// What the app asks to be told of, all that there is to the fake.
const INTENTS: u64 = intents::GUILDS
    | intents::GUILD_MEMBERS
    | intents::GUILD_MESSAGES
    | intents::GUILD_MESSAGE_REACTIONS
    | intents::DIRECT_MESSAGES
    | intents::DIRECT_MESSAGE_REACTIONS
    | intents::MESSAGE_CONTENT;

/// The app, as bare as can be.
struct App {
    http: reqwest::Client,
    api: String,
    token: String,
    application: String,
    gateway: String,
}

impl App {
    fn of(fake: &Fake) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            http: reqwest::Client::new(),
            api: fake.api(),
            token: fake.bot_token(),
            application: fake.application(),
            gateway: fake.gateway_url(),
        }
    }

    async fn try_call(&self, method: &str, path: &str, body: Value) -> reqwest::Result<reqwest::Response> {
        let request = self.http.request(method.parse().unwrap(), format!("{}{path}", self.api));
        let request = request.header("authorization", format!("Bot {}", self.token));
        let request = if body.is_null() { request } else { request.json(&body) };
        request.send().await
    }

    /// Status and body.
    async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let response = self.try_call(method, path, body).await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
    }

    /// A call that must succeed.
    async fn done(&self, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.call(method, path, body).await;
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        answer
    }

    async fn get(&self, path: &str) -> Value {
        self.done("GET", path, Value::Null).await
    }

    /// Status and code of a call that must be refused.
    async fn refused(&self, method: &str, path: &str, body: Value) -> (u16, u64) {
        let (status, answer) = self.call(method, path, body).await;
        assert!(status >= 400, "{method} {path}: {status} {answer}");
        (status, answer["code"].as_u64().unwrap())
    }

    async fn says(&self, channel: &str, text: &str) -> String {
        let posted = self.done("POST", &format!("/channels/{channel}/messages"), json!({"content": text})).await;
        posted["id"].as_str().unwrap().to_owned()
    }

    /// Answers an interaction that came by the gateway.
    async fn answers(&self, asked: &Value, body: Value) -> (u16, Value) {
        let (id, token) = (asked["id"].as_str().unwrap(), asked["token"].as_str().unwrap());
        self.call("POST", &format!("/interactions/{id}/{token}/callback"), body).await
    }

    /// Connects and is greeted.
    async fn connect(&self) -> Link {
        let mut link = self.connect_ungreeted().await;
        let hello = link.next().await;
        assert_eq!(hello["op"], 10);
        link
    }

    async fn connect_ungreeted(&self) -> Link {
        Link(connect_async(format!("{}/?v=10&encoding=json", self.gateway)).await.unwrap().0)
    }

    /// Connects and identifies; the link and READY, after which comes `GUILD_CREATE`.
    async fn identify(&self, intents: u64) -> (Link, Value) {
        let mut link = self.connect().await;
        link.identifies(&self.token, intents).await;
        let ready = link.next().await;
        assert_eq!((&ready["t"], &ready["s"]), (&json!("READY"), &json!(1)));
        if intents & intents::GUILDS != 0 {
            assert_eq!(link.next().await["t"], "GUILD_CREATE");
        }
        (link, ready["d"].clone())
    }
}

/// A connection to the gateway.
struct Link(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Link {
    /// The next frame that is JSON.
    async fn next(&mut self) -> Value {
        loop {
            let frame = tokio::time::timeout(Duration::from_secs(10), self.0.next()).await.expect("nothing came");
            if let Message::Text(text) = frame.expect("the connection was closed").unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// The data of the next event, which must have this name.
    async fn event(&mut self, name: &str) -> Value {
        let frame = self.next().await;
        assert_eq!(frame["t"], name, "{frame}");
        frame["d"].clone()
    }

    async fn send(&mut self, frame: Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    async fn identifies(&mut self, token: &str, intents: u64) {
        let properties = json!({"os": "linux", "browser": "test", "device": "test"});
        self.send(json!({"op": 2, "d": {"token": token, "intents": intents, "properties": properties}})).await;
    }

    /// The code by which the connection is closed; `None` where it has none.
    async fn closed(&mut self) -> Option<u16> {
        loop {
            match tokio::time::timeout(Duration::from_secs(10), self.0.next()).await.expect("nothing came") {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                Some(Ok(_)) => {}
                _ => return None,
            }
        }
    }
}
