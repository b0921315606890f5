use firebell_core::file::Attached;
use firebell_core::message::Happened;
use serde_json::{Value, json};

use super::fixtures::{TS, event, events, message, reaction};
use super::{known, without};
use crate::platform::incoming::{Happening, Lost, Said};
use crate::platform::inlet::{Heard, Mark, What};
use crate::platform::slack::inbound::{self, Decoded, instant};
use crate::platform::slack::inlet::Settings;

fn settings() -> Settings {
    Settings {
        reactions: vec![":pushpin:".into(), "fire".into()],
        evidence: vec!["mag".into()],
        bot_user: "UBOT".into(),
    }
}

fn read(inner: &Value) -> Decoded<Heard> {
    inbound::event(&event("Ev1", inner), &settings())
}

fn happening(inner: &Value) -> Happening {
    match known(read(inner)).what {
        What::Happening(happening) => happening,
        What::Mark(mark) => panic!("{mark:?}"),
    }
}

fn said(text: &str, parent: Option<&str>) -> Happening {
    let what = Happened::Said { author: "U1".into(), text: text.into() };
    let (id, sent_at) = (TS.to_owned(), instant(TS).unwrap());
    Happening::Message { room: "C1".into(), id, sent_at, parent: parent.map(str::to_owned), what, files: Vec::new() }
}

fn with(mut value: Value, fields: &Value) -> Value {
    value.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    value
}

#[test]
fn what_people_write_is_heard() {
    let plain = message("C1", TS, "api <@U2>");
    let heard = known(read(&plain));
    assert_eq!((heard.id.as_str(), heard.lane.as_str()), ("Ev1", "C1"));
    assert_eq!(happening(&plain), said("api <@U2>", None));
    assert_eq!(happening(&with(plain.clone(), &json!({ "thread_ts": TS }))), said("api <@U2>", None));
    for subtype in ["thread_broadcast", "me_message", "file_share"] {
        let reply = with(plain.clone(), &json!({ "subtype": subtype, "thread_ts": "1355517000.000001" }));
        assert_eq!(happening(&reply), said("api <@U2>", Some("1355517000.000001")), "{subtype}");
    }
    let files = json!({ "subtype": "file_share", "text": "", "files": [{ "name": "a.log", "size": 12 },
        { "id": "F2", "mode": "tombstone" }, {}, { "title": "t", "mimetype": "a/b", "size": 5_000_000 }] });
    let lines = "[file: a.log (12 B)]\n[file: deleted]\n[file: without a name]\n[file: t (a/b, 5 MiB)]";
    assert_eq!(happening(&with(plain, &files)), said(lines, None));
}

#[test]
fn noise_is_passed_over() {
    let plain = message("C1", TS, "a");
    let noise = [
        json!({ "subtype": "bot_message", "bot_id": "B1" }),
        json!({ "user": "UBOT" }),
        // Apps of today post with an account and without a subtype.
        json!({ "user": "U9", "bot_id": "B1" }),
        json!({ "subtype": "channel_join" }),
        json!({ "subtype": "channel_topic" }),
        json!({ "subtype": "channel_purpose" }),
        json!({ "subtype": "pinned_item" }),
        json!({ "subtype": "channel_archive" }),
        json!({ "subtype": "of the future" }),
        json!({ "channel_type": "im", "channel": "D1" }),
        json!({ "text": "" }),
    ];
    for fields in noise {
        assert_eq!(read(&with(plain.clone(), &fields)), Decoded::Nothing, "{fields}");
    }
    let kinds = ["pin_added", "pin_removed", "reaction_added", "member_joined_channel", "channel_archive"];
    let own = events().into_iter().filter(|event| kinds.iter().any(|kind| event["type"] == *kind));
    for event in own {
        assert_eq!(read(&with(event.clone(), &json!({ "user": "UBOT" }))), Decoded::Nothing, "{event}");
    }
}

#[test]
fn only_other_words_or_files_are_an_edit() {
    let changed = events().remove(1);
    let edited = |ts: &str, text: &str| {
        let what = Happened::Edited { author: "U1".into(), at: instant(ts).unwrap(), text: text.into() };
        let (room, id, sent_at) = ("C1".to_owned(), TS.to_owned(), instant(TS).unwrap());
        Happening::Message { room, id, sent_at, parent: None, what, files: Vec::new() }
    };
    assert_eq!(happening(&changed), edited("1355517600.000000", "two"));
    assert_eq!(happening(&without(changed.clone(), "/message/edited")), edited("1355517600.000001", "two"));
    assert_eq!(happening(&without(changed.clone(), "/previous_message")), edited("1355517600.000000", "two"));
    let mut unfolded = changed.clone();
    unfolded["previous_message"]["text"] = json!("two");
    unfolded["message"]["attachments"] = json!([{ "from_url": "https://a.example" }]);
    assert_eq!(read(&unfolded), Decoded::Nothing);
    let mut file = unfolded.clone();
    file["message"]["files"] = json!([{ "id": "F1", "name": "a" }]);
    let attached =
        Attached { external_id: "F1".into(), name: "a".into(), media_type: None, size: None, permalink: None };
    match (happening(&file), edited("1355517600.000000", "two\n[file: a]")) {
        (Happening::Message { what, files, .. }, Happening::Message { what: expected, .. }) => {
            assert_eq!((what, files), (expected, vec![attached]));
        }
        other => panic!("{other:?}"),
    }
    let mut own = changed.clone();
    own["message"]["user"] = json!("UBOT");
    let mut app = changed.clone();
    app["message"]["subtype"] = json!("bot_message");
    let unsaid = without(without(changed, "/previous_message"), "/message/edited");
    for (what, event) in [("own", own), ("app", app), ("nobody says that it changed", unsaid)] {
        assert_eq!(read(&event), Decoded::Nothing, "{what}");
    }
}

#[test]
fn deletions_are_heard_in_both_forms() {
    let gone = |parent: Option<&str>| {
        let what = Happened::Deleted { at: instant("1355517600.000001").unwrap() };
        let (sent_at, parent) = (instant(TS).unwrap(), parent.map(str::to_owned));
        Happening::Message { room: "C1".into(), id: TS.into(), sent_at, parent, what, files: Vec::new() }
    };
    let deleted = events().remove(2);
    assert_eq!(happening(&deleted), gone(None));
    assert_eq!(happening(&without(deleted.clone(), "/previous_message")), gone(None));
    assert_eq!(happening(&without(deleted.clone(), "/deleted_ts")), gone(None));
    let mut reply = deleted.clone();
    reply["previous_message"]["thread_ts"] = json!("1355517000.000001");
    assert_eq!(happening(&reply), gone(Some("1355517000.000001")));
    let mut first = events().remove(1);
    first["message"] = json!({ "subtype": "tombstone", "user": "USLACKBOT", "hidden": true, "ts": TS, "thread_ts": TS,
        "text": "This message was deleted." });
    assert_eq!(happening(&first), gone(None));
    let mut own = deleted;
    own["previous_message"]["user"] = json!("UBOT");
    assert_eq!(read(&own), Decoded::Nothing);
}

#[test]
fn marks_are_pins_and_the_reactions_that_were_chosen() {
    let pin = |event: &Value| known(read(event)).what;
    let (by, room) = ("U1".to_owned(), "C1".to_owned());
    let (id, author, sent_at) = (TS.to_owned(), "U2".to_owned(), instant(TS).unwrap());
    let look = Said { id, author, sent_at, text: "look".into(), parent: None, files: Vec::new() };
    let means = "pin".to_owned();
    let pinned = events().remove(3);
    let marked =
        Happening::Marked { room: room.clone(), message: look, by: by.clone(), means: means.clone(), supports: false };
    assert_eq!(pin(&pinned), What::Happening(marked));
    let mark = |author: &str, means: &str| {
        What::Mark(Mark {
            room: "C1".into(),
            message: TS.into(),
            author: Some(author.into()),
            by: "U1".into(),
            means: means.into(),
            supports: means == ":mag:",
        })
    };
    assert_eq!(pin(&without(pinned, "/item/message/text")), mark("U2", "pin"));
    let unmarked = |means: &str| {
        What::Happening(Happening::Unmarked {
            room: "C1".into(),
            message: TS.into(),
            by: "U1".into(),
            means: means.into(),
            lost: if means == ":mag:" { Lost::Both } else { Lost::Mark },
        })
    };
    assert_eq!(pin(&events().remove(4)), unmarked("pin"));
    for (name, means) in
        [("pushpin", ":pushpin:"), ("fire", ":fire:"), ("fire::skin-tone-2", ":fire:"), ("mag", ":mag:")]
    {
        assert_eq!(pin(&reaction("reaction_added", name)), mark("U2", means));
        assert_eq!(pin(&reaction("reaction_removed", name)), unmarked(means));
    }
    assert_eq!(read(&reaction("reaction_added", "eyes")), Decoded::Nothing);
    let mut file = reaction("reaction_added", "pushpin");
    file["item"] = json!({ "type": "file", "file": "F1" });
    assert_eq!(read(&file), Decoded::Nothing);
}

#[test]
fn the_rest_of_what_happens() {
    let room = || "C1".to_owned();
    let cases = [
        (7, Happening::Joined { room: room(), account: "U3".into() }),
        (8, Happening::Home { account: "U1".into() }),
        (9, Happening::RoomGone { room: room() }),
        (10, Happening::RoomGone { room: "G1".into() }),
        (11, Happening::RoomGone { room: room() }),
    ];
    for (index, expected) in cases {
        assert_eq!(happening(&events()[index]), expected);
    }
    assert_eq!(read(&json!({ "type": "app_home_opened", "user": "U1", "tab": "messages" })), Decoded::Nothing);
}

#[test]
fn what_lacks_something_is_told_without_its_words() {
    let secret = message("C1", TS, "secret");
    let odd = [
        without(secret.clone(), "/channel"),
        without(secret.clone(), "/ts"),
        with(secret, &json!({ "type": "of the future" })),
        json!({ "type": "member_joined_channel" }),
        json!({}),
        json!("secret"),
    ];
    for inner in odd {
        let Decoded::Unknown { what } = read(&inner) else { panic!("{inner}") };
        assert!(!what.contains("secret"), "{what}");
    }
    let nameless = without(event("Ev1", &message("C1", TS, "a")), "/event_id");
    assert!(matches!(inbound::event(&nameless, &settings()), Decoded::Unknown { .. }));
}
