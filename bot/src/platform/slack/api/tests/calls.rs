//! What each call sends, and what it makes of the answer.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::little::{Little, Reply, me, no, ok};
use crate::platform::Sink;
use crate::platform::incoming::NotKept;
use crate::platform::slack::api::{ApiError, Post, Range, Upload};

#[tokio::test]
async fn arguments_go_as_json_or_as_a_form() {
    let channel = || json!({"channel": {"id": "C1", "name": "inc-1"}});
    let little = Little::new(move |asked| match asked.method.as_str() {
        "auth.test" => me(),
        "apps.connections.open" => ok(json!({"url": "wss://wss.example/link?ticket=1"})),
        "conversations.list" => ok(json!({"channels": [], "response_metadata": {"next_cursor": ""}})),
        "chat.getPermalink" => ok(json!({"permalink": "https://acme.slack.com/archives/C1/p1"})),
        "chat.postMessage" => ok(json!({"channel": "D1", "ts": "1.1"})),
        _ => ok(channel()),
    })
    .await;
    let api = little.api();
    api.create_channel("inc-1", true).await.unwrap();
    api.channel("C1").await.unwrap();
    api.channels(Some("c=")).await.unwrap();
    api.invite("C1", &["U1".to_owned(), "U2".to_owned()]).await.unwrap();
    api.set_topic("C1", "a &amp; b").await.unwrap();
    api.open_dm("U1").await.unwrap();
    api.permalink("C1", "1.1").await.unwrap();
    api.bookmarks("C1").await.unwrap();
    api.bookmarks_add("C1", "Timeline", "https://x.example").await.unwrap();
    api.history("C1", Range { oldest: Some("1.0"), limit: 5, ..Range::default() }).await.unwrap();
    api.usergroup_members("S1").await.unwrap();
    api.usergroup_update("S1", &["U1".to_owned(), "U2".to_owned()]).await.unwrap();
    api.views_open("t1", &json!({"type": "modal"})).await.unwrap();
    api.views_publish("U1", &json!({"type": "home"})).await.unwrap();
    api.ephemeral("C1", "U1", "only you", &json!([])).await.unwrap();
    api.update("C1", "1.1", "new", &json!([{"type": "divider"}])).await.unwrap();
    let (json, form) = ("application/json", "application/x-www-form-urlencoded");
    let expected = [
        ("conversations.create", json, json!({"name": "inc-1", "is_private": true})),
        ("conversations.info", form, json!({"channel": "C1"})),
        (
            "conversations.list",
            form,
            json!({"types": "public_channel,private_channel", "exclude_archived": "false", "limit": "1000", "cursor": "c="}),
        ),
        ("conversations.invite", json, json!({"channel": "C1", "users": "U1,U2", "force": true})),
        ("conversations.setTopic", json, json!({"channel": "C1", "topic": "a &amp; b"})),
        ("conversations.open", json, json!({"users": "U1"})),
        ("chat.getPermalink", form, json!({"channel": "C1", "message_ts": "1.1"})),
        ("bookmarks.list", form, json!({"channel_id": "C1"})),
        (
            "bookmarks.add",
            json,
            json!({"channel_id": "C1", "title": "Timeline", "type": "link", "link": "https://x.example"}),
        ),
        (
            "conversations.history",
            form,
            json!({"channel": "C1", "include_all_metadata": "true", "oldest": "1.0", "inclusive": "false", "limit": "5"}),
        ),
        ("usergroups.users.list", form, json!({"usergroup": "S1"})),
        ("usergroups.users.update", json, json!({"usergroup": "S1", "users": "U1,U2"})),
        ("views.open", json, json!({"trigger_id": "t1", "view": {"type": "modal"}})),
        ("views.publish", json, json!({"user_id": "U1", "view": {"type": "home"}})),
        ("chat.postEphemeral", json, json!({"channel": "C1", "user": "U1", "text": "only you"})),
        ("chat.update", json, json!({"channel": "C1", "ts": "1.1", "text": "new", "blocks": [{"type": "divider"}]})),
    ];
    let asked = little.asked();
    assert_eq!(asked.len(), expected.len());
    for (asked, (method, style, args)) in asked.into_iter().zip(expected) {
        assert_eq!((asked.method.as_str(), asked.content_type.as_deref()), (method, Some(style)));
        assert_eq!(asked.args, args, "{method}");
        assert_eq!(asked.token.as_deref(), Some("Bearer xoxb-secret"), "{method}");
    }
}

#[tokio::test]
async fn the_app_says_who_it_is_and_asks_for_a_socket_by_its_own_token() {
    let little = Little::new(|asked| match asked.method.as_str() {
        "auth.test" => me(),
        _ => ok(json!({"url": "wss://wss.example/link?ticket=1"})),
    })
    .await;
    let api = little.api();
    let me = api.me().await.unwrap();
    assert_eq!((me.team.as_str(), me.user.as_str(), me.bot.as_deref()), ("T1", "UBOT", Some("B1")));
    assert_eq!(me.scopes, ["chat:write", "commands"]);
    api.me().await.unwrap();
    assert_eq!(little.methods(), ["auth.test"], "it is asked once");
    assert_eq!(api.connections_open().await.unwrap(), "wss://wss.example/link?ticket=1");
    assert_eq!(little.asked()[0].token.as_deref(), Some("Bearer xapp-secret"));
}

#[tokio::test]
async fn a_message_says_nothing_of_what_links_lead_to() {
    let little = Little::new(|_| ok(json!({"channel": "C1", "ts": "1.1"}))).await;
    let blocks = json!([{"type": "divider"}]);
    little.api().post(&Post::new("C1", "text", &blocks)).await.unwrap();
    let expected =
        json!({"channel": "C1", "text": "text", "blocks": blocks, "unfurl_links": false, "unfurl_media": false});
    assert_eq!(little.asked()[0].args, expected);
}

#[tokio::test]
async fn one_message_is_found_in_its_channel_or_in_a_thread() {
    let little = Little::new(|asked| match (asked.method.as_str(), asked.args["latest"].as_str()) {
        ("conversations.history", Some("1.1")) => ok(json!({"messages": [{"ts": "1.1", "text": "here"}]})),
        // Slack gives the message before where there is none of that time.
        ("conversations.history", _) => ok(json!({"messages": [{"ts": "1.0"}]})),
        // The first message of the thread counts, too.
        ("conversations.replies", Some("2.2")) => {
            let all = [json!({"ts": "2.0"}), json!({"ts": "2.2", "text": "below"})];
            let limit: usize = asked.args["limit"].as_str().unwrap().parse().unwrap();
            ok(json!({ "messages": all[..limit.min(2)] }))
        }
        _ => no("thread_not_found"),
    })
    .await;
    let api = little.api();
    let text = async |ts: &str| api.message("C1", ts).await.unwrap().map(|message| message["text"].clone());
    assert_eq!(text("1.1").await, Some("here".into()));
    assert_eq!(text("2.2").await, Some("below".into()));
    assert_eq!(text("3.3").await, None);
}

#[tokio::test]
async fn a_file_is_uploaded_without_the_token_and_then_completed() {
    let origin = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    let known = origin.clone();
    let little = Little::new(move |asked| match asked.method.as_str() {
        "files.getUploadURLExternal" => {
            ok(json!({"upload_url": format!("{}/upload/v1/abc", known.get().unwrap()), "file_id": "F1"}))
        }
        "files.completeUploadExternal" => {
            ok(json!({"files": [{"id": "F1", "permalink": "https://acme.slack.com/F1"}]}))
        }
        _ => Reply::Status(200, None, "OK - 7"),
    })
    .await;
    origin.set(little.origin.clone()).unwrap();
    let file = Upload { name: "a.md", title: "A", content: b"# Title", channel: Some("C1"), comment: None };
    assert_eq!(little.api().upload(&file).await.unwrap().permalink, "https://acme.slack.com/F1");
    let asked = little.asked();
    assert_eq!(asked[0].args, json!({"filename": "a.md", "length": "7"}));
    assert_eq!((asked[1].method.as_str(), asked[1].token.as_deref()), ("/upload/v1/abc", None));
    assert_eq!(asked[1].body, b"# Title");
    assert_eq!(asked[2].args, json!({"files": [{"id": "F1", "title": "A"}], "channel_id": "C1"}));
}

#[tokio::test]
async fn a_file_is_uploaded_to_slacks_hosts_alone() {
    let little = Little::new(|_| ok(json!({"upload_url": "https://evil.example/u", "file_id": "F1"}))).await;
    let file = Upload { name: "a.md", title: "A", content: b"secret", channel: None, comment: None };
    assert_eq!(little.api().upload(&file).await.unwrap_err().code(), Some("foreign_host"));
    assert_eq!(little.methods().len(), 1);
}

#[tokio::test]
async fn a_file_is_downloaded_up_to_its_limit() {
    let little = Little::new(|asked| match asked.method.as_str() {
        "/files/small" => Reply::Status(200, None, "0123456789"),
        "/files/locked" => Reply::Status(302, None, ""),
        "/files/busy" => Reply::Status(429, Some("9"), ""),
        _ => Reply::Status(404, None, ""),
    })
    .await;
    let api = little.api();
    let get = async |path: &str, max| {
        let mut held = Held::default();
        let url = if path.starts_with('/') { format!("{}{path}", little.origin) } else { path.to_owned() };
        api.download(&url, max, &mut held).await.unwrap().map(|()| held.0)
    };
    assert_eq!(get("/files/small", 10).await.unwrap(), b"0123456789");
    assert_eq!(little.asked()[0].token.as_deref(), Some("Bearer xoxb-secret"));
    let table =
        [("/files/small", 9, "file_too_large"), ("/files/locked", 9, "http_302"), ("/files/gone", 9, "http_404")];
    for (path, max, code) in table {
        assert_eq!(get(path, max).await.unwrap_err().code(), Some(code), "{path}");
    }
    assert_eq!(get("/files/busy", 9).await, Err(ApiError::RetryAfter(chrono::TimeDelta::seconds(9))));
    little.wait(9);
    assert_eq!(get("https://evil.example/a", 9).await.unwrap_err().code(), Some("foreign_host"));
    let url = format!("{}/files/small", little.origin);
    assert_eq!(api.download(&url, 10, &mut Full).await, Err(NotKept));
}

/// A sink that holds everything.
#[derive(Default)]
struct Held(Vec<u8>);

impl Sink for Held {
    fn take<'s>(&'s mut self, piece: &'s [u8]) -> BoxFuture<'s, Result<(), NotKept>> {
        self.0.extend_from_slice(piece);
        std::future::ready(Ok(())).boxed()
    }
}

/// A sink that can take nothing.
struct Full;

impl Sink for Full {
    fn take<'s>(&'s mut self, _: &'s [u8]) -> BoxFuture<'s, Result<(), NotKept>> {
        std::future::ready(Err(NotKept)).boxed()
    }
}

#[tokio::test]
async fn a_channel_is_found_on_a_later_page() {
    let little = Little::new(|asked| match asked.args["cursor"].as_str() {
        None => ok(json!({"channels": [{"id": "C1", "name": "a"}], "response_metadata": {"next_cursor": "x"}})),
        Some(_) => ok(json!({"channels": [{"id": "C2", "name": "b"}]})),
    })
    .await;
    let api = little.api();
    assert_eq!(api.find_channel("b").await.unwrap().unwrap().id, "C2");
    assert_eq!(api.find_channel("c").await.unwrap(), None);
    let _: Value = api.call(crate::platform::slack::api::Method::ConversationsList, None, &json!({})).await.unwrap();
}
