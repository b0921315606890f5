//! Every event parses as serenity reads it, and only those hear of it who asked for it and may.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use serenity::model::event::{Event, GatewayEvent};

use super::{App, INTENTS, asking};
use crate::support::discord::permissions::VIEW_CHANNEL;
use crate::support::discord::{Fake, Overwrite, SharedFile, intents};

const ALL: [&str; 23] = [
    "CHANNEL_CREATE",
    "CHANNEL_DELETE",
    "CHANNEL_PINS_UPDATE",
    "CHANNEL_UPDATE",
    "GUILD_CREATE",
    "GUILD_DELETE",
    "GUILD_MEMBERS_CHUNK",
    "GUILD_MEMBER_ADD",
    "GUILD_MEMBER_REMOVE",
    "GUILD_MEMBER_UPDATE",
    "INTERACTION_CREATE",
    "MESSAGE_CREATE",
    "MESSAGE_DELETE",
    "MESSAGE_DELETE_BULK",
    "MESSAGE_REACTION_ADD",
    "MESSAGE_REACTION_REMOVE",
    "MESSAGE_REACTION_REMOVE_ALL",
    "MESSAGE_UPDATE",
    "READY",
    "THREAD_CREATE",
    "THREAD_DELETE",
    "THREAD_MEMBERS_UPDATE",
    "THREAD_UPDATE",
];

#[tokio::test]
async fn serenity_reads_every_event() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let ana = fake.add_person("ana");
    let path = format!("/applications/{}/guilds/{}/commands", app.application, fake.guild());
    app.done("PUT", &path, asking::commands()).await;
    let mut link = app.connect().await;
    link.identifies(&app.token, INTENTS).await;
    link.send(json!({"op": 8, "d": {"guild_id": fake.guild(), "query": "", "limit": 0}})).await;
    let reading = tokio::spawn(async move {
        let mut seen = BTreeSet::new();
        loop {
            let frame = link.next().await;
            if frame["t"] == "TYPING_START" {
                return seen;
            }
            check(&frame);
            seen.insert(frame["t"].as_str().unwrap().to_owned());
            if frame["t"] == "INTERACTION_CREATE" {
                let answer = match frame["d"]["type"].as_u64().unwrap() {
                    4 => json!({"type": 8, "data": {"choices": []}}),
                    3 => json!({"type": 6}),
                    _ => json!({"type": 4, "data": {"content": "done"}}),
                };
                assert_eq!(app.answers(&frame["d"], answer).await.0, 204, "{frame}");
            }
        }
    });
    fake.connected(1).await;
    talk(&fake, &ana).await;
    furnish(&fake, &ana).await;
    fake.throws_bot_out();
    fake.sends_raw("TYPING_START", &json!({}));
    let seen = reading.await.unwrap();
    assert_eq!(seen.iter().map(String::as_str).collect::<Vec<_>>(), ALL);
    assert_eq!(fake.violations(), Vec::<String>::new());
    assert_eq!(fake.wrong_answers(), Vec::<String>::new());
}

fn check(frame: &Value) {
    match serde_json::from_value::<GatewayEvent>(frame.clone()) {
        Ok(GatewayEvent::Dispatch(_, Event::Unknown(_))) => panic!("serenity does not know {frame}"),
        Ok(_) => {}
        Err(error) => panic!("serenity cannot read {frame:#}: {error}"),
    }
}

/// Everything that happens to messages, and what people ask of the app.
async fn talk(fake: &Fake, ana: &str) {
    let bot = App::of(fake);
    let room = fake.add_channel("inc-1");
    let said = fake.says(ana, &room, &format!("<@{}> and @everyone", fake.bot_user()));
    fake.replies(ana, &room, &said, "since noon");
    fake.edits(&room, &said, "it is down");
    fake.pins(ana, &room, &said).unwrap();
    fake.unpins(ana, &room, &said).unwrap();
    fake.reacts(ana, &room, &said, "👀");
    fake.unreacts(ana, &room, &said, "👀");
    fake.reacts(ana, &room, &said, "party:41771983429993937");
    fake.clears_reactions(&room, &said);
    let file = SharedFile { name: "graph 1.png", content_type: "image/png", bytes: b"png", comment: "look" };
    let shared = fake.uploads(ana, &room, &[file]);
    fake.writes(ana, "hello");
    let button = json!({"type": 2, "style": 1, "label": "Ack", "custom_id": "ack"});
    let users = json!({"type": 5, "custom_id": "who"});
    let strings = json!({"type": 3, "custom_id": "what", "options": [{"label": "SEV1", "value": "1"}]});
    let row = |part: Value| json!({"type": 1, "components": [part]});
    let embed = json!({"title": "INC-1", "fields": [{"name": "n", "value": "v"}]});
    let card =
        json!({"content": "card", "components": [row(button.clone()), row(users), row(strings)], "embeds": [embed]});
    let card = bot.done("POST", &format!("/channels/{room}/messages"), card).await;
    let card = card["id"].as_str().unwrap();
    for outcome in [
        fake.slash(ana, &room, "incident declare", &[("title", "checkout")]).await,
        fake.autocomplete((ana, &room), "incident page", &[("who", "a")], "who").await,
        fake.press(ana, &room, card, "Ack").await,
        fake.selects(ana, (&room, card), "who", &[ana]).await,
        fake.selects(ana, (&room, card), "what", &["SEV1"]).await,
        fake.menu(ana, "Add to timeline", &room, &said).await,
    ] {
        assert_eq!(outcome.error, None);
    }
    let dm = fake.dm_of(ana);
    let page = json!({"content": "you are paged", "components": [row(button)]});
    let page = bot.done("POST", &format!("/channels/{dm}/messages"), page).await;
    assert_eq!(fake.press(ana, &dm, page["id"].as_str().unwrap(), "Ack").await.error, None);
    fake.deletes(&room, &shared);
    fake.deletes_many(&room, &[&said, card]);
}

/// Everything that happens to channels, threads and members.
async fn furnish(fake: &Fake, ana: &str) {
    let bot = App::of(fake);
    let forum = fake.add_forum("incidents", &["SEV1"]);
    let guild = fake.guild();
    let made = bot.done("POST", &format!("/guilds/{guild}/channels"), json!({"name": "Inc 2", "topic": "t"})).await;
    let made = made["id"].as_str().unwrap();
    bot.done("PATCH", &format!("/channels/{made}"), json!({"name": "inc-3"})).await;
    let said = fake.says(ana, made, "a thread begins");
    let thread = fake.starts_thread(ana, made, &said, "details");
    bot.done("PUT", &format!("/channels/{thread}/thread-members/@me"), Value::Null).await;
    fake.leaves(ana, &thread);
    let private = json!({"name": "private", "type": 12});
    bot.done("POST", &format!("/channels/{made}/threads"), private).await;
    let post = fake.starts_post(ana, &forum, "INC-4", "card");
    fake.archives(&post, true, false);
    fake.renames(&post, "INC-5");
    fake.deletes_channel(&post);
    fake.deletes_channel(made);
    let ben = fake.add_stranger("ben");
    fake.joins_guild(&ben);
    fake.change_member(&ben, |member| member.nick = Some("Benny".to_owned()));
    fake.leaves_guild(&ben);
}

#[tokio::test]
async fn intents_and_sight_decide_who_hears_what() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let ana = fake.add_person("ana");
    let (room, hidden) = (fake.add_channel("inc-1"), fake.add_private_channel("secret", &[&ana]));
    let (mut blind, _) = app.identify(intents::GUILDS | intents::GUILD_MESSAGES).await;
    let (mut deaf, _) = app.identify(intents::GUILDS).await;
    fake.says(&ana, &hidden, "not for the bot");
    let said = fake.says(&ana, &room, "not to be read");
    fake.pins(&ana, &room, &said).unwrap();
    fake.says(&ana, &room, &format!("<@{}> for the bot", fake.bot_user()));
    assert_eq!(blind.event("MESSAGE_CREATE").await["content"], "");
    assert_eq!(blind.event("MESSAGE_UPDATE").await["pinned"], true);
    assert_eq!(blind.event("CHANNEL_PINS_UPDATE").await["channel_id"], json!(room));
    assert_eq!(blind.event("MESSAGE_CREATE").await["type"], 6);
    assert!(blind.event("MESSAGE_CREATE").await["content"].as_str().unwrap().ends_with("for the bot"));
    deaf.event("CHANNEL_PINS_UPDATE").await;
    let deny = Overwrite { id: fake.bot_user(), of_member: true, allow: 0, deny: VIEW_CHANNEL };
    fake.overwrite(&room, deny);
    deaf.event("CHANNEL_DELETE").await;
    let path = format!("/channels/{room}/messages");
    assert_eq!(app.refused("GET", &path, Value::Null).await, (403, 50001));
    fake.privileged(false, false);
    let mut link = app.connect().await;
    link.identifies(&app.token, INTENTS).await;
    assert_eq!(link.closed().await, Some(4014));
    let members = format!("/guilds/{}/members?limit=10", fake.guild());
    assert_eq!(app.refused("GET", &members, Value::Null).await, (403, 50001));
    assert_eq!(app.get("/applications/@me").await["flags"], json!(1 << 23));
}
