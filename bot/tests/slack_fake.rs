//! The fake Slack itself, through raw HTTP and sockets: if it does not do what Slack does, the stories prove nothing.

mod delivery;
mod people;
mod web_api;

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::slack::Fake;

/// The app, as bare as can be.
struct App {
    http: reqwest::Client,
    api: String,
    bot: String,
    socket_token: String,
}

impl App {
    fn of(fake: &Fake) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { http, api: fake.api(), bot: fake.bot_token(), socket_token: fake.app_token() }
    }

    async fn try_call(&self, method: &str, args: Value) -> reqwest::Result<reqwest::Response> {
        let token = if method == "apps.connections.open" { &self.socket_token } else { &self.bot };
        self.http.post(format!("{}/{method}", self.api)).bearer_auth(token).json(&args).send().await
    }

    async fn call(&self, method: &str, args: Value) -> Value {
        self.try_call(method, args).await.unwrap().json().await.unwrap()
    }

    /// A call that must succeed.
    async fn done(&self, method: &str, args: Value) -> Value {
        let answer = self.call(method, args).await;
        assert_eq!(answer["ok"], true, "{method}: {answer}");
        answer
    }

    /// The error of a call that must be refused.
    async fn error(&self, method: &str, args: Value) -> String {
        let answer = self.call(method, args).await;
        assert_eq!(answer["ok"], false, "{method}: {answer}");
        answer["error"].as_str().unwrap().to_owned()
    }

    async fn room(&self, name: &str) -> String {
        self.done("conversations.create", json!({"name": name})).await["channel"]["id"].as_str().unwrap().to_owned()
    }

    async fn connect(&self) -> Socket {
        let url = self.done("apps.connections.open", json!({})).await["url"].as_str().unwrap().to_owned();
        let mut socket = Socket(connect_async(url).await.unwrap().0);
        assert_eq!(socket.next().await["type"], "hello");
        socket
    }
}

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// The next frame that is JSON.
    async fn next(&mut self) -> Value {
        loop {
            let frame = tokio::time::timeout(Duration::from_secs(10), self.0.next()).await.expect("nothing came");
            if let Message::Text(text) = frame.expect("the socket was closed").unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    async fn ack(&mut self, envelope: &Value, payload: Option<Value>) {
        let mut ack = json!({"envelope_id": envelope["envelope_id"]});
        if let Some(payload) = payload {
            ack["payload"] = payload;
        }
        self.0.send(Message::text(ack.to_string())).await.unwrap();
    }
}
