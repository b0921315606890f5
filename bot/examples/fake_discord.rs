//! The Discord of the tests as a program, for Discord's own clients: prints where it is and its token as one line of
//! JSON, and ends when its standard input does. See `scripts/interop/discord_js_check.mjs`.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a tool of the tests")]

#[path = "../tests/support"]
mod support {
    #[expect(dead_code, unused_imports, reason = "the stories use the rest")]
    pub(crate) mod discord;
    #[expect(dead_code, reason = "each fake uses a part")]
    mod fake;
}

use support::discord::{Fake, Settings};
use tokio::io::AsyncReadExt as _;

#[tokio::main]
async fn main() {
    let fake = Fake::start_with(Settings { start: None, ..Settings::default() }).await;
    let room = fake.add_channel("inc-1");
    let forum = fake.add_forum("incidents", &["declared", "SEV1"]);
    let line = serde_json::json!({
        "api": format!("{}/api", fake.base()), "token": fake.bot_token(), "application": fake.application(),
        "guild": fake.guild(), "room": room, "forum": forum,
    });
    println!("{line}");
    let mut rest = Vec::new();
    tokio::io::stdin().read_to_end(&mut rest).await.unwrap();
}
