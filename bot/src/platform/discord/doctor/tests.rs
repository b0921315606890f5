//! What an examination says of tokens, intents, places and permissions.

use serde_json::json;

use super::*;
use crate::platform::discord::GroupHow;
use crate::platform::discord::api::Overwrite;
use crate::platform::discord::api::tests::{api, no};
use crate::platform::little::{Little, Reply};

fn subject() -> Subject {
    Subject {
        api_url: "https://discord.example/api/v10".to_owned(),
        token_variable: "FIREBELL_DISCORD_BOT_TOKEN".to_owned(),
        guild: "1".to_owned(),
        rooms: Rooms::Forum("20".to_owned()),
        private_rooms: PrivateRooms::Threads("21".to_owned()),
        tags: true,
        announce: vec!["22".to_owned()],
        announce_roles: Vec::new(),
        group: None,
        on_call_role: None,
        people: Vec::new(),
        captures_all: true,
        public_key: None,
        commands: vec![json!({ "name": "incident", "type": 1 })],
        commands_in_guild: true,
    }
}

/// What the bot's role needs for everything.
fn all() -> u64 {
    let sets = Call::ALL.iter().map(|call| call.permissions().0);
    sets.fold((Permissions::ATTACH_FILES | Permissions::VIEW_AUDIT_LOG).0, |all, set| all | set)
}

use crate::platform::discord::api::Call;

/// A server in which the bot's role is allowed this, and whose application has these flags.
async fn server(allowed: u64, flags: u64) -> Little {
    Little::new(move |asked| match asked.method.trim_start_matches("v10/") {
        "users/@me" => Reply::Ok(json!({ "id": "9", "username": "firebell" })),
        "applications/@me" => Reply::Ok(json!({ "id": "8", "flags": flags, "verify_key": "ab".repeat(32) })),
        "guilds/1" => Reply::Ok(json!({
            "id": "1", "name": "Acme", "owner_id": "5",
            "roles": [
                { "id": "1", "name": "@everyone", "permissions": "0" },
                { "id": "30", "name": "Firebell", "permissions": allowed.to_string() },
                { "id": "31", "name": "On call", "permissions": "0", "mentionable": false },
            ],
        })),
        "guilds/1/members/9" => Reply::Ok(json!({ "user": { "id": "9" }, "roles": ["30"] })),
        "guilds/1/members/50" => Reply::Ok(json!({ "user": { "id": "50" } })),
        "channels/20" => Reply::Ok(json!({ "id": "20", "type": 15, "guild_id": "1", "name": "incidents" })),
        "channels/21" => Reply::Ok(json!({ "id": "21", "type": 0, "guild_id": "1", "name": "private" })),
        "channels/22" => Reply::Ok(json!({ "id": "22", "type": 0, "guild_id": "1", "name": "status" })),
        "channels/23" => no(403, code::MISSING_ACCESS),
        "applications/8/guilds/1/commands" => Reply::Ok(json!([{ "name": "incident", "type": 1, "id": "3" }])),
        _ => no(404, code::UNKNOWN_CHANNEL),
    })
    .await
}

const BOTH_INTENTS: u64 = 1 << 15 | 1 << 19;

async fn found(subject: &Subject, allowed: u64, flags: u64) -> Vec<Finding> {
    examine(&Arc::new(api(&server(allowed, flags).await)), subject).await
}

fn says<'f>(found: &'f [Finding], about: &str) -> (Level, &'f str) {
    let one = found.iter().find(|finding| finding.about == about);
    let one = one.unwrap_or_else(|| panic!("nothing about {about}: {found:?}"));
    (one.level, one.says.as_str())
}

#[tokio::test]
async fn a_sound_server_has_nothing_to_mend() {
    let found = found(&subject(), all(), BOTH_INTENTS).await;
    assert!(found.iter().all(|finding| finding.level == Level::Ok), "{found:?}");
    assert_eq!(says(&found, "server").1, "the bot is in \"Acme\"");
}

#[tokio::test]
async fn what_is_missing_is_named_with_its_purpose() {
    let lacking = all() & !(Permissions::PIN_MESSAGES | Permissions::MANAGE_CHANNELS).0;
    let found = found(&subject(), lacking, BOTH_INTENTS).await;
    assert_eq!(
        says(&found, "forum 20"),
        (
            Level::Problem,
            "in incidents the bot's role lacks Pin Messages (to pin cards); Manage Channels (to make tags for status and severity); \
         allow it there"
        )
    );
    assert_eq!(says(&found, "announce channel 22").0, Level::Ok);
}

#[tokio::test]
async fn a_place_of_another_kind_or_out_of_sight_is_a_problem() {
    let mut subject = subject();
    subject.rooms = Rooms::Forum("21".to_owned());
    subject.announce = vec!["23".to_owned(), "24".to_owned()];
    let found = found(&subject, all(), BOTH_INTENTS).await;
    assert_eq!(says(&found, "forum 21").1, "#private is a text channel, and it is to be a forum; mend \"forum\"");
    assert!(says(&found, "announce channel 23").1.contains("does not see it"));
    assert!(says(&found, "announce channel 24").1.contains("there is no such channel"));
}

#[tokio::test]
async fn intents_that_are_off_are_told_with_what_is_lost() {
    let mut subject = subject();
    let none = found(&subject, all(), 0).await;
    let (level, words) = says(&none, "message content");
    assert!(level == Level::Note && words.contains("capture = \"all\""), "{words}");
    subject.group = Some(Group { role: "31".to_owned(), how: GroupHow::Brought });
    assert_eq!(says(&found(&subject, all(), 1 << 19).await, "members").0, Level::Problem);
    subject.group = Some(Group { role: "31".to_owned(), how: GroupHow::Called });
    let called = found(&subject, all(), BOTH_INTENTS).await;
    assert!(called.iter().any(|finding| finding.says.contains("nobody hears")), "{called:?}");
}

#[tokio::test]
async fn a_bad_token_is_asked_about_once() {
    for (status, says) in [(401, "FIREBELL_DISCORD_BOT_TOKEN"), (503, "gave no answer at https://discord.example")] {
        let little = Little::new(move |_| Reply::Status(status, None, "")).await;
        let found = examine(&Arc::new(api(&little)), &subject()).await;
        assert!(found.len() == 1 && found[0].level == Level::Problem && found[0].says.contains(says), "{found:?}");
        assert_eq!(little.methods().len(), 1);
    }
}

#[tokio::test]
async fn people_are_looked_for_in_the_server() {
    let known = |handle: &str, account: Option<&str>| Known {
        handle: handle.to_owned(),
        account: account.map(str::to_owned),
        email: None,
    };
    let people = vec![known("ana", Some("50")), known("bo", None), known("cy", Some("@cy")), known("di", Some("51"))];
    let subject = Subject { people, ..subject() };
    let found = found(&subject, all(), BOTH_INTENTS).await;
    assert_eq!(says(&found, "people").1, "1 of 4 are in the server");
    let notes = found.iter().filter(|finding| finding.about == "people" && finding.level == Level::Note).count();
    assert_eq!(notes, 3, "{found:?}");
}

#[tokio::test]
async fn the_public_key_is_held_against_the_applications() {
    let table = [
        ("ab".repeat(32), Level::Note, "names no"),
        ("AB".repeat(32), Level::Note, "names no"),
        ("cd".repeat(32), Level::Problem, "another application"),
        ("xyz".to_owned(), Level::Problem, "64 hexadecimal digits"),
    ];
    for (key, level, words) in table {
        let subject = Subject { public_key: Some(key), ..subject() };
        let found = found(&subject, all(), BOTH_INTENTS).await;
        let said = says(&found, "interactions");
        assert!(said.0 == level && said.1.contains(words), "{said:?}");
    }
}

#[test]
fn overwrites_are_reckoned_as_discord_does() {
    let (view, send) = (Permissions::VIEW_CHANNEL, Permissions::SEND_MESSAGES);
    let role = |id: &str, permissions: Permissions| {
        serde_json::from_value(json!({ "id": id, "permissions": permissions.0.to_string() })).unwrap()
    };
    let seen = |all: Permissions, own: Permissions| Seen {
        guild: Guild { id: "1".to_owned(), roles: vec![role("1", all), role("30", own)], ..Guild::default() },
        me: "9".to_owned(),
        roles: vec!["30".to_owned()],
        is_owner: false,
    };
    let none = Permissions::NONE;
    let everybody = |allow, deny| Overwrite::of_role("1", allow, deny);
    let own = |allow, deny| Overwrite::of_role("30", allow, deny);
    let me = |allow, deny| Overwrite::of_member("9", allow, deny);
    let table = [
        (vec![], view | send),
        (vec![everybody(none, send)], view),
        (vec![everybody(none, send), own(send, none)], view | send),
        (vec![own(send, none), everybody(none, send)], view | send),
        (vec![own(send, none), me(none, send)], view),
        (vec![everybody(none, view)], none),
        (vec![everybody(none, view), me(view, none)], view | send),
        (vec![Overwrite::of_role("77", none, view)], view | send),
    ];
    for (overwrites, expected) in table {
        assert_eq!(seen(view, send).in_channel(&overwrites), expected, "{overwrites:?}");
    }
    let admin = seen(none, Permissions::ADMINISTRATOR);
    assert_eq!(admin.in_channel(&[everybody(none, view)]), Permissions::ALL);
}
