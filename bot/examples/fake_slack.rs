//! The Slack of the tests as a program, for Slack's own SDKs: prints where it is and its secrets as one line of JSON,
//! and ends when its standard input does. See `scripts/interop/slack_sdk_check.py`.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a tool of the tests")]

#[path = "../tests/support"]
mod support {
    #[expect(dead_code, reason = "each fake uses a part")]
    mod fake;
    #[expect(dead_code, unused_imports, reason = "the stories use the rest")]
    pub(crate) mod slack;
}

use support::slack::{Fake, Settings};
use tokio::io::AsyncReadExt as _;

#[tokio::main]
async fn main() {
    let fake = Fake::start_with(Settings { start: None, ..Settings::default() }).await;
    let line = serde_json::json!({
        "api": fake.api(), "bot_token": fake.bot_token(), "app_token": fake.app_token(),
        "signing_secret": fake.signing_secret(),
    });
    println!("{line}");
    let mut rest = Vec::new();
    tokio::io::stdin().read_to_end(&mut rest).await.unwrap();
}
