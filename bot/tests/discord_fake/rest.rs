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

#[tokio::test]
async fn history_is_read_before_after_and_around() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let ana = fake.add_person("ana");
    let room = fake.add_channel("inc-1");
    let ids: Vec<String> = (0..10).map(|number| fake.says(&ana, &room, &number.to_string())).collect();
    for (query, expected) in [
        ("limit=3", [9, 8, 7].as_slice()),
        (&format!("before={}&limit=2", ids[5]), &[4, 3]),
        (&format!("after={}&limit=2", ids[5]), &[7, 6]),
        (&format!("around={}&limit=3", ids[5]), &[6, 5, 4]),
        (&format!("after={}", ids[9]), &[]),
    ] {
        let found = app.get(&format!("/channels/{room}/messages?{query}")).await;
        let found: Vec<&Value> = found.as_array().unwrap().iter().map(|message| &message["id"]).collect();
        let expected: Vec<&String> = expected.iter().map(|&index: &usize| &ids[index]).collect();
        assert_eq!(found, expected, "{query}");
    }
    let path = format!("/channels/{room}/messages");
    assert_eq!(app.refused("GET", &format!("{path}?limit=101"), Value::Null).await, (400, 50035));
    assert_eq!(app.refused("POST", &format!("{path}/bulk-delete"), json!({"messages": [ids[0]]})).await, (400, 50016));
    app.done("POST", &format!("{path}/bulk-delete"), json!({"messages": ids[..2]})).await;
    assert_eq!(fake.channel_by_id(&room).messages.len(), 8);
    assert_eq!(fake.wrong_answers(), Vec::<String>::new());
}

#[tokio::test]
async fn files_come_along_and_are_fetched() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let room = fake.add_channel("inc-1");
    let described = json!({"content": "graph", "attachments": [{"id": 0, "description": "the graph"}]});
    let body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n\
         {described}\r\n--b\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a b.png\"\r\n\
         Content-Type: image/png\r\n\r\nbytes\r\n--b--\r\n"
    );
    let request = app.http.post(format!("{}/channels/{room}/messages", app.api)).body(body);
    let request = request.header("content-type", "multipart/form-data; boundary=b");
    let request = request.header("authorization", format!("Bot {}", app.token));
    let posted: Value = request.send().await.unwrap().json().await.unwrap();
    let file = &posted["attachments"][0];
    assert_eq!((&file["filename"], &file["description"]), (&json!("a_b.png"), &json!("the graph")));
    let fetched = app.http.get(file["url"].as_str().unwrap()).send().await.unwrap().text().await.unwrap();
    assert_eq!(fetched, "bytes");
    assert_eq!(fake.calls().last().unwrap().method, "GET /cdn");
    assert_eq!((fake.violations(), fake.wrong_answers()), (Vec::new(), Vec::new()));
}

#[tokio::test]
async fn a_closed_direct_message_takes_nothing() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let (ana, ben) = (fake.add_person("ana"), fake.add_person("ben"));
    let dm = app.done("POST", "/users/@me/channels", json!({"recipient_id": ana})).await;
    let path = format!("/channels/{}/messages", dm["id"].as_str().unwrap());
    app.done("POST", &path, json!({"content": "you are paged"})).await;
    fake.closes_dms(&ana);
    assert_eq!(app.refused("POST", &path, json!({"content": "again"})).await, (403, 50007));
    assert_eq!(fake.dms(&ana).len(), 1);
    fake.opens_dms(&ana);
    fake.leaves_guild(&ana);
    assert_eq!(app.refused("POST", &path, json!({"content": "again"})).await, (403, 50007));
    assert_eq!(app.refused("POST", "/users/@me/channels", json!({"recipient_id": "404"})).await, (400, 50033));
    let found = app.get(&format!("/guilds/{}/members/search?query=BE&limit=5", fake.guild())).await;
    assert_eq!(found[0]["user"]["id"], json!(ben));
}

#[tokio::test]
async fn a_guild_has_five_hundred_channels_and_two_fakes_share_no_id() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let path = format!("/guilds/{}/channels", fake.guild());
    for number in 1..500 {
        fake.add_channel(&number.to_string());
    }
    assert_eq!(app.refused("POST", &path, json!({"name": "one more"})).await, (400, 30013));
    let settings = crate::support::discord::Settings { tag: "BELL".to_owned(), ..Default::default() };
    let other = Fake::start_with(settings).await;
    assert_ne!((fake.guild(), fake.application()), (other.guild(), other.application()));
    assert!(fake.channels().iter().all(|channel| other.find_channel(&channel.id).is_none()));
}

#[tokio::test]
async fn threads_begin_from_messages_and_are_private_to_those_in_them() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let (ana, ben) = (fake.add_person("ana"), fake.add_person("ben"));
    let room = fake.add_channel("inc-1");
    let said = fake.says(&ana, &room, "it begins");
    let path = format!("/channels/{room}/messages/{said}/threads");
    let thread = app.done("POST", &path, json!({"name": "details"})).await;
    assert_eq!(thread["id"], json!(said));
    assert_eq!(app.refused("POST", &path, json!({"name": "details"})).await, (400, 160_004));
    let new = json!({"name": "secret", "type": 12, "invitable": false});
    let secret = app.done("POST", &format!("/channels/{room}/threads"), new).await;
    let secret = secret["id"].as_str().unwrap();
    app.done("PUT", &format!("/channels/{secret}/thread-members/{ana}"), Value::Null).await;
    let sees = |user: &str| fake.channels_seen_by(user).iter().any(|channel| channel.id == secret);
    assert_eq!((sees(&ana), sees(&ben)), (true, false));
    assert_eq!(app.get(&format!("/channels/{secret}/thread-members/{ana}")).await["user_id"], json!(ana));
    let missing = format!("/channels/{secret}/thread-members/{ben}");
    assert_eq!(app.refused("GET", &missing, Value::Null).await, (404, 10007));
    let active = app.get(&format!("/guilds/{}/threads/active", fake.guild())).await;
    assert_eq!(active["threads"].as_array().unwrap().len(), 2);
    fake.archives(secret, true, false);
    let archived = app.get(&format!("/channels/{room}/threads/archived/private")).await;
    assert_eq!(archived["threads"][0]["id"], secret);
    assert_eq!((fake.violations(), fake.wrong_answers()), (Vec::new(), Vec::new()));
}
