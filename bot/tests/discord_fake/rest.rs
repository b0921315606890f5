//! The REST API.

use serde_json::{Value, json};

use super::App;
use crate::support::discord::{Fake, Kind};

#[tokio::test]
async fn a_message_is_posted_read_edited_and_deleted() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let room = fake.add_channel("inc-1");
    let id = app.says(&room, "card").await;
    let path = format!("/channels/{room}/messages/{id}");
    assert_eq!(app.get(&path).await["content"], "card");
    let edited = app.done("PATCH", &path, json!({"content": "other card"})).await;
    assert_eq!((&edited["content"], edited["edited_timestamp"].is_string()), (&json!("other card"), true));
    let more = app.says(&room, "more").await;
    assert!(more > id);
    let history = app.get(&format!("/channels/{room}/messages?after={id}&limit=10")).await;
    assert_eq!(history.as_array().unwrap().len(), 1);
    app.done("DELETE", &path, Value::Null).await;
    assert_eq!(app.refused("GET", &path, Value::Null).await, (404, 10008));
    assert_eq!(fake.violations(), Vec::<String>::new());
    let told: Vec<String> = fake.events().into_iter().map(|(name, _)| name).collect();
    assert_eq!(told, ["MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_CREATE", "MESSAGE_DELETE"]);
}

#[tokio::test]
async fn a_forum_post_a_thread_and_its_members() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let ana = fake.add_person("ana");
    let forum = fake.add_forum("incidents", &["declared", "SEV1"]);
    let tags: Vec<String> = fake.channel_by_id(&forum).tags.iter().map(|tag| tag.id.clone()).collect();
    let body = json!({"name": "INC-1 checkout", "applied_tags": tags, "message": {"content": "card"}});
    let post = app.done("POST", &format!("/channels/{forum}/threads"), body).await;
    let id = post["id"].as_str().unwrap();
    assert_eq!(post["message"]["id"], post["id"]);
    assert_eq!(fake.tags_of(id), ["declared", "SEV1"]);
    app.done("PUT", &format!("/channels/{id}/thread-members/{ana}"), Value::Null).await;
    assert_eq!(fake.thread_members(id), [fake.bot_user(), ana.clone()]);
    app.done("PATCH", &format!("/channels/{id}"), json!({"archived": true})).await;
    let card = format!("/channels/{id}/messages/{id}");
    assert_eq!(app.refused("PATCH", &card, json!({"content": "changed"})).await, (400, 50083));
    let said = app.says(id, "still here").await;
    assert!(!fake.channel_by_id(id).archived());
    app.done("PATCH", &format!("/channels/{id}"), json!({"archived": true, "locked": true})).await;
    fake.grant_bot(crate::support::discord::permissions::SEND_MESSAGES_IN_THREADS);
    let there = format!("/channels/{id}/messages");
    assert_eq!(app.refused("POST", &there, json!({"content": "no"})).await, (400, 50083));
    assert_eq!(fake.channel_by_id(id).said().last().unwrap().id, said);
    assert_eq!(fake.channel_by_id(id).kind, Kind::PublicThread);
    assert_eq!(fake.violations(), Vec::<String>::new());
}
