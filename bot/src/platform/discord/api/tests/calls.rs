//! What calls send.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::*;
use crate::platform::Sink;
use crate::platform::incoming::NotKept;

/// A server that answers everything with what fits most calls.
async fn willing() -> Little {
    Little::new(|asked| match (asked.verb.as_str(), asked.method.rsplit('/').next()) {
        ("GET", Some("pins")) => Reply::Ok(json!({ "items": [], "has_more": false })),
        ("GET", Some("private" | "public" | "active")) => Reply::Ok(json!({ "threads": [{ "id": "9" }] })),
        ("GET", Some("messages" | "channels" | "roles" | "commands" | "thread-members" | "search" | "members")) => {
            Reply::Ok(json!([]))
        }
        ("PUT", Some("commands")) => Reply::Ok(json!([])),
        ("GET" | "POST", _) => Reply::Ok(json!({ "id": "7", "url": "wss://gateway.example" })),
        _ => Reply::Told(204, &[], Value::Null),
    })
    .await
}

fn row() -> Value {
    let button = json!({ "type": 2, "style": 1, "label": "Acknowledge", "custom_id": "firebell:ack:INC-7" });
    json!([{ "type": 1, "components": [button] }])
}

#[tokio::test]
async fn a_message_calls_nobody_whom_it_does_not_name() {
    let little = willing().await;
    let api = api(&little);
    let mut message = NewMessage::text("@everyone <@1> <@&2>");
    api.post("5", &message).await.unwrap();
    message.mentions = Mentions::person("1");
    message.nonce = Some("n1".to_owned());
    message.answers = Some("3".to_owned());
    message.components = row();
    api.post("5", &message).await.unwrap();
    api.edit("5", "6", &message).await.unwrap();
    let asked = little.asked();
    let nobody = json!({ "parse": [], "users": [], "roles": [], "replied_user": false });
    let bare = json!({
        "content": "@everyone <@1> <@&2>", "components": [], "allowed_mentions": nobody, "flags": 4,
    });
    assert_eq!(asked[0].args, bare);
    assert_eq!(asked[1].args["allowed_mentions"]["users"], json!(["1"]));
    assert_eq!((&asked[1].args["nonce"], &asked[1].args["enforce_nonce"]), (&json!("n1"), &json!(true)));
    assert_eq!(asked[1].args["message_reference"], json!({ "message_id": "3", "fail_if_not_exists": false }));
    assert_eq!(asked[1].args["components"][0]["components"][0]["custom_id"], "firebell:ack:INC-7");
    assert_eq!((asked[2].verb.as_str(), asked[2].method.as_str()), ("PATCH", "v10/channels/5/messages/6"));
    assert_eq!(asked[2].args.get("nonce"), None);
    assert_eq!(asked[2].args["allowed_mentions"]["parse"], json!([]));
}

#[tokio::test]
async fn threads_and_posts_are_started_as_discord_wants_them() {
    let little = willing().await;
    let api = api(&little);
    let tags = ["4".to_owned()];
    let thread = NewThread { name: "INC-7", applied_tags: &tags };
    api.start_post("1", &thread, &NewMessage::text("card")).await.unwrap();
    api.start_private_thread("2", "INC-8").await.unwrap();
    api.start_thread_from("2", "3", "INC-9").await.unwrap();
    api.archive_thread("9").await.unwrap();
    let asked = little.asked();
    assert_eq!((&asked[0].args["applied_tags"], &asked[0].args["message"]["content"]), (&json!(["4"]), &json!("card")));
    assert_eq!(asked[0].args.get("type"), None);
    let private = json!({ "name": "INC-8", "type": 12, "invitable": false, "auto_archive_duration": 10080 });
    assert_eq!((asked[1].method.as_str(), &asked[1].args), ("v10/channels/2/threads", &private));
    assert_eq!(asked[2].method, "v10/channels/2/messages/3/threads");
    assert_eq!(asked[3].args, json!({ "archived": true, "locked": true }));
}

#[tokio::test]
async fn lists_are_asked_for_page_by_page() {
    let little = willing().await;
    let api = api(&little);
    api.messages("1", Around::After("5"), 200).await.unwrap();
    api.messages("1", Around::Newest, 50).await.unwrap();
    api.pins("1", Some("2026-03-01T12:00:00+00:00")).await.unwrap();
    api.archived_threads("1", None).await.unwrap();
    api.archived_private_threads("1", Some("9")).await.unwrap();
    api.search_members("1", "ada l", 25).await.unwrap();
    api.members("1", Some("3")).await.unwrap();
    api.active_threads("1").await.unwrap();
    let queries: Vec<String> =
        little.asked().into_iter().map(|asked| format!("{} {}", asked.method, asked.query)).collect();
    assert_eq!(
        queries,
        [
            "v10/channels/1/messages limit=100&after=5",
            "v10/channels/1/messages limit=50",
            "v10/channels/1/messages/pins limit=50&before=2026-03-01T12%3A00%3A00%2B00%3A00",
            "v10/channels/1/threads/archived/public limit=100",
            "v10/channels/1/users/@me/threads/archived/private limit=100&before=9",
            "v10/guilds/1/members/search query=ada+l&limit=25",
            "v10/guilds/1/members limit=1000&after=3",
            "v10/guilds/1/threads/active ",
        ]
    );
}

#[tokio::test]
async fn commands_are_those_of_a_server_or_of_all() {
    let little = willing().await;
    let api = api(&little);
    api.commands(Some("1")).await.unwrap();
    api.set_commands(None, &[json!({ "name": "incident" })]).await.unwrap();
    api.set_commands(Some("1"), &[]).await.unwrap();
    let asked = little.asked();
    let paths: Vec<&str> = asked.iter().map(|asked| asked.method.as_str()).collect();
    assert_eq!(
        paths,
        [
            "v10/applications/@me",
            "v10/applications/7/guilds/1/commands",
            "v10/applications/7/commands",
            "v10/applications/7/guilds/1/commands",
        ]
    );
    assert_eq!((&asked[2].args, &asked[3].args), (&json!([{ "name": "incident" }]), &json!([])));
}

#[tokio::test]
async fn what_is_not_there_is_none() {
    let little = Little::new(|asked| match asked.method.rsplit('/').nth(1) {
        Some("messages") => no(404, code::UNKNOWN_MESSAGE),
        Some("members") => no(404, code::UNKNOWN_MEMBER),
        _ => no(404, code::UNKNOWN_USER),
    })
    .await;
    let api = api(&little);
    assert_eq!(api.message("1", "2").await, Ok(None));
    assert_eq!(api.member("1", "2").await, Ok(None));
    assert_eq!(api.user("2").await, Ok(None));
    assert!(api.open_dm("2").await.unwrap_err().is(&[code::UNKNOWN_USER]));
}

#[tokio::test]
async fn a_file_goes_with_its_message_in_one_body() {
    let little = willing().await;
    let file = Upload { name: "a\"b.md", content: b"# Title\r\n--", media_type: "text/markdown" };
    api(&little).upload("5", &NewMessage::text("here"), &file).await.unwrap();
    let asked = little.asked().remove(0);
    let kind = asked.content_type.unwrap();
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert!(boundary.len() <= 70 + 9, "{boundary}");
    let body = String::from_utf8(asked.body).unwrap();
    let parts: Vec<&str> = body.split(&format!("--{boundary}")).collect();
    assert_eq!((parts.len(), parts[0], parts[3]), (4, "", "--\r\n"));
    let (head, json) = parts[1].split_once("\r\n\r\n").unwrap();
    assert!(head.contains("name=\"payload_json\""), "{head}");
    let json: Value = serde_json::from_str(json).unwrap();
    assert_eq!(json["attachments"], json!([{ "id": 0, "filename": "a_b.md" }]));
    let (head, content) = parts[2].split_once("\r\n\r\n").unwrap();
    assert!(head.contains("name=\"files[0]\"; filename=\"a_b.md\""), "{head}");
    assert_eq!(content, "# Title\r\n--\r\n");
}

#[tokio::test]
async fn an_attachment_is_downloaded_up_to_its_limit_and_without_the_token() {
    let little = Little::new(|asked| match asked.method.as_str() {
        "/attachments/small" => Reply::Status(200, None, "0123456789"),
        "/attachments/busy" => Reply::Status(429, Some("9"), ""),
        _ => Reply::Status(404, None, ""),
    })
    .await;
    let api = api(&little);
    let get = async |path: &str, max| {
        let mut held = Held::default();
        let url = if path.starts_with('/') { format!("{}{path}", little.origin) } else { path.to_owned() };
        api.download(&url, max, &mut held).await.unwrap().map(|()| held.0)
    };
    assert_eq!(get("/attachments/small", 10).await.unwrap(), b"0123456789");
    assert_eq!(little.asked()[0].token, None);
    let status = |error: ApiError| match error {
        ApiError::Refused { status, .. } => status,
        other => panic!("{other:?}"),
    };
    for (path, max, expected) in
        [("/attachments/small", 9, 413), ("/attachments/gone", 9, 404), ("https://evil.example/a", 9, 400)]
    {
        assert_eq!(status(get(path, max).await.unwrap_err()), expected, "{path}");
    }
    assert_eq!(get("/attachments/busy", 9).await, Err(ApiError::RetryAfter(TimeDelta::seconds(9))));
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
