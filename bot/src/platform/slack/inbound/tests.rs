mod events;
pub(in crate::platform::slack) mod fixtures;
mod mutated;

use firebell_core::control::{Button, Control};
use firebell_core::form::{FormKind, Source};
use firebell_core::ids::IncidentId;
use serde_json::{Value, json};

use self::fixtures::{TS, message_shortcut, press, shortcut, slash, submission, suggestion};
use super::{Decoded, Request, Surface, command, instant, interaction};
use crate::platform::incoming::{Ask, Incoming};

fn known<T: std::fmt::Debug>(decoded: Decoded<T>) -> T {
    match decoded {
        Decoded::Known(known) => known,
        other => panic!("not known: {other:?}"),
    }
}

fn without(mut payload: Value, pointer: &str) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    payload.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
    payload
}

#[test]
fn a_line_or_the_wish_for_a_form() {
    let line = |text: &str| Ask::Line { text: text.to_owned(), mentions: Vec::new() };
    let cases = [
        ("", Ask::Declare { from: None }),
        ("  ", Ask::Declare { from: None }),
        ("declare", Ask::Declare { from: None }),
        ("New", Ask::Declare { from: None }),
        (" open ", Ask::Declare { from: None }),
        ("start", Ask::Declare { from: None }),
        ("start over", line("start over")),
        ("list", line("list")),
        (" declare api &amp; db sev1 ", line("declare api &amp; db sev1")),
    ];
    for (text, ask) in cases {
        let Request { incoming, back, cut } = known(command(&slash(text)));
        let id = "13345224609.738474920.8088930838d88f".to_owned();
        assert_eq!(incoming, Incoming { id, account: "U1".into(), room: Some("C1".into()), ask }, "{text}");
        assert_eq!((back.surface, back.account.as_str(), cut), (Surface::Command, "U1", false));
        assert_eq!(back.response_url.unwrap().expose(), "https://hooks.slack.com/commands/1234/5678");
    }
    assert_eq!(known(command(&without(slash(""), "/text"))).incoming.ask, Ask::Declare { from: None });
    assert_eq!(known(command(&without(slash("list"), "/channel_id"))).incoming.room, None);
    for field in ["/trigger_id", "/user_id"] {
        let Decoded::Unknown { what } = command(&without(slash("a secret"), field)) else { panic!("{field}") };
        assert!(!what.contains("secret"), "{what}");
    }
}

#[test]
fn a_button_is_pressed() {
    for control in [Control::of(Button::Lead, IncidentId(7)), Control { button: Button::Declare, incident: None }] {
        let request = known(interaction(&press(control)));
        assert_eq!(request.incoming.ask, Ask::Press { control });
        assert_eq!(request.incoming.id, "12321423423.333649436676.d8c1bb837935619ccad0f624c448ffb3");
        assert_eq!(request.incoming.room.as_deref(), Some("C1"));
        let elsewhere = without(press(control), "/channel");
        assert_eq!(known(interaction(&elsewhere)).incoming.room.as_deref(), Some("C1"), "from the container");
    }
    let mut other = press(Control::of(Button::Lead, IncidentId(7)));
    other["actions"] = json!([{ "type": "static_select", "action_id": "severity", "selected_option": null }, 7]);
    assert_eq!(interaction(&other), Decoded::Nothing);
    assert_eq!(interaction(&without(other, "/actions")), Decoded::Nothing);
    let nameless = without(press(Control::of(Button::Lead, IncidentId(7))), "/trigger_id");
    assert!(matches!(interaction(&nameless), Decoded::Unknown { .. }));
}

#[test]
fn a_form_is_sent() {
    let request = known(interaction(&submission("checkout is down", "{\"incident\":7,\"room\":\"C1\"}")));
    let Ask::Submit { form, incident, values, cites } = &request.incoming.ask else { panic!("{request:?}") };
    assert_eq!((*form, *incident), (FormKind::Declare, Some(IncidentId(7))));
    assert_eq!((values["title"].clone(), cites), (vec!["checkout is down".to_owned()], &None));
    assert_eq!((request.incoming.room.as_deref(), request.cut), (Some("C1"), false));
    // The same form sent again, and the same form after a correction.
    let id = |title| known(interaction(&submission(title, ""))).incoming.id;
    assert!(id("a").starts_with("VNHU13V36:156663117.cd33ad1f:"));
    assert_eq!(id("a"), id("a"));
    assert_ne!(id("a"), id("b"));
    let mut foreign = submission("a", "");
    foreign["view"]["callback_id"] = json!("somebody:else");
    assert!(matches!(interaction(&foreign), Decoded::Unknown { .. }));
    let stateless = without(submission("a", "not json"), "/view/state");
    let Ask::Submit { values, .. } = known(interaction(&stateless)).incoming.ask else { panic!() };
    assert!(values.values().all(Vec::is_empty));
}

#[test]
fn a_list_is_asked_for() {
    let request = known(interaction(&suggestion("che")));
    assert_eq!(
        request.incoming.ask,
        Ask::Options { source: Source::Services, typed: "che".to_owned(), incident: None }
    );
    assert_eq!(request.incoming.room.as_deref(), Some("C1"));
    assert_ne!(request.incoming.id, known(interaction(&suggestion("chec"))).incoming.id);
    assert!(!request.incoming.id.contains("che"));
    let mut other = suggestion("che");
    other["action_id"] = json!("no list of ours");
    assert!(matches!(interaction(&other), Decoded::Unknown { .. }));
}

#[test]
fn shortcuts_point_at_messages() {
    assert_eq!(known(interaction(&shortcut())).incoming.ask, Ask::Declare { from: None });
    let request = known(interaction(&message_shortcut("mark", "<@U3> look")));
    let Ask::Mark { message: cited } = request.incoming.ask else { panic!() };
    let file = "[file: a&lt;b&gt;.png (image/png, 3 KiB) https://acme.slack.com/files/U2/F1/a.png]";
    assert_eq!(cited.message.text, format!("<@U3> look\n{file}"));
    assert_eq!((cited.room.as_str(), cited.message.id.as_str(), cited.message.author.as_str()), ("C2", TS, "U2"));
    assert_eq!(cited.message.sent_at, instant(TS).unwrap());
    assert_eq!(cited.message.parent.as_deref(), Some("1355517000.000001"));
    let link = "archives/C2/p1355517523000005?thread_ts=1355517000.000001&cid=C2";
    assert_eq!(cited.permalink.unwrap(), format!("https://acme.slack.com/{link}"));
    let mut gov = message_shortcut("declare_from", "look");
    gov["response_url"] = json!("https://hooks.slack-gov.com/1/2");
    let Ask::Declare { from: Some(cited) } = known(interaction(&gov)).incoming.ask else { panic!() };
    assert_eq!(cited.permalink.unwrap(), format!("https://acme.slack-gov.com/{link}"));
    let Ask::Mark { message: cited } =
        known(interaction(&without(message_shortcut("mark", "a"), "/team"))).incoming.ask
    else {
        panic!()
    };
    assert_eq!(cited.permalink, None);
    for odd in [message_shortcut("declare", "a"), without(message_shortcut("mark", "a"), "/message"), json!(null)] {
        assert!(matches!(interaction(&odd), Decoded::Unknown { .. }), "{odd}");
    }
    assert_eq!(interaction(&json!({ "type": "view_closed", "view": {} })), Decoded::Nothing);
}

#[test]
fn what_an_app_posted_is_told_by_what_it_attached() {
    let mut alert = message_shortcut("mark", "");
    alert["message"] = json!({ "type": "message", "subtype": "bot_message", "bot_id": "B1", "ts": TS,
        "attachments": [{ "fallback": "disk full", "text": "disk full on <https://a.example|db1>" }, { "title": "2" },
            { "from_url": "https://acme.slack.com/archives/C9/p1" }, {}] });
    let Ask::Mark { message: cited } = known(interaction(&alert)).incoming.ask else { panic!() };
    let words = "disk full on <https://a.example|db1>\n2\n[from https://acme.slack.com/archives/C9/p1]";
    assert_eq!((cited.message.author.as_str(), cited.message.text.as_str()), ("B1", words));
}

#[test]
fn timestamps_are_instants() {
    let micros = |ts| instant(ts).map(|at| at.timestamp_micros());
    let cases = [
        ("1355517523.000005", Some(1_355_517_523_000_005)),
        ("1355517523", Some(1_355_517_523_000_000)),
        ("1355517523.1", Some(1_355_517_523_100_000)),
        ("1355517523.0000059", Some(1_355_517_523_000_005)),
        ("", None),
        (".5", None),
        ("-1.0", None),
        ("+1.0", None),
        ("1.-5", None),
        ("12a.0", None),
        ("99999999999999999999.0", None),
        ("1355517523.\u{661}", None),
    ];
    for (ts, expected) in cases {
        assert_eq!(micros(ts), expected, "{ts}");
    }
}
