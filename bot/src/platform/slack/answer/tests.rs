mod line;

use firebell_core::form::{Choice, Field, Form, FormKind, Input, Source};
use firebell_core::ids::IncidentId;
use serde_json::json;

pub(in crate::platform::slack) use self::line::Line;
use super::{CallError, Place, Step, at_once, carry_out, steps};
use crate::content::Content;
use crate::platform::incoming::{Answer, Cited, Said};
use crate::platform::slack::blocks;
use crate::platform::slack::inbound::{Back, Hidden, Surface, View, instant};

const SURFACES: [Surface; 5] =
    [Surface::Command, Surface::Press, Surface::Submission, Surface::Suggestion, Surface::Shortcut];

fn back(surface: Surface) -> Back {
    let raw = blocks::form(&a_form(), "");
    Back {
        surface,
        account: "U1".to_owned(),
        channel: Some("C1".to_owned()),
        response_url: (surface != Surface::Submission).then(|| Hidden::new("https://hooks.slack.example/1")),
        trigger: Some(Hidden::new("13.37.trigger")),
        view: (surface == Surface::Submission).then(|| View { id: "V1".into(), metadata: String::new(), raw }),
    }
}

pub(in crate::platform::slack) fn a_form() -> Form {
    let title = Input::Line { initial: String::new(), max: 150 };
    let services = Input::Pick { source: Source::Services, many: true, initial: Vec::new() };
    Form {
        kind: FormKind::Declare,
        incident: Some(IncidentId(7)),
        title: "Declare".to_owned(),
        submit: "Declare",
        fields: vec![
            Field { name: "title", label: "Title", hint: None, required: true, input: title },
            Field { name: "services", label: "Services", hint: None, required: false, input: services },
        ],
    }
}

fn cited(text: &str) -> Cited {
    let id = "1355517523.000005".to_owned();
    let sent_at = instant(&id).unwrap();
    let (author, parent) = ("U2".to_owned(), Some("1355517000.1".to_owned()));
    let message = Said { id, author, sent_at, text: text.to_owned(), parent, files: Vec::new() };
    Cited { room: "C2".to_owned(), message, permalink: Some("https://acme.slack.com/archives/C2/p1".to_owned()) }
}

#[test]
fn the_acknowledgement_carries_what_its_surface_takes() {
    let text = || Answer::Text("*INC-7* is yours.".to_owned());
    for surface in SURFACES {
        let (body, rest) = at_once(&back(surface), None, text());
        match surface {
            Surface::Command => {
                let body = body.unwrap();
                assert_eq!(body["response_type"], "ephemeral");
                assert_eq!(body["text"], "*INC-7* is yours.");
                assert!(body["blocks"].is_array() && rest.is_empty());
            }
            Surface::Suggestion => assert_eq!((body.unwrap(), rest.len()), (json!({ "options": [] }), 0)),
            Surface::Press | Surface::Submission | Surface::Shortcut => {
                assert_eq!((body, rest), (None, steps(text())), "{surface:?}");
            }
        }
        let (body, rest) = at_once(&back(surface), None, Answer::Nothing);
        assert_eq!((body.is_some(), rest.len()), (surface == Surface::Suggestion, 0), "{surface:?}");
    }
}

#[test]
fn errors_stand_at_their_field() {
    let invalid = |field: &str| Answer::Invalid { field: field.to_owned(), message: "is missing".to_owned() };
    let submitted = back(Surface::Submission);
    let view = &submitted.view.as_ref().unwrap().raw;
    for (field, at) in [("services", "services"), ("title", "title"), ("no such", "title")] {
        let (body, rest) = at_once(&submitted, None, invalid(field));
        let block = blocks::block_of(view, at).unwrap();
        assert_eq!(body.unwrap(), json!({ "response_action": "errors", "errors": { block: "is missing" } }));
        assert!(rest.is_empty());
    }
    let mut bare = submitted.clone();
    bare.view.as_mut().unwrap().raw = json!({});
    for back in [bare, back(Surface::Press)] {
        let (body, rest) = at_once(&back, None, invalid("<title>"));
        assert_eq!((body, rest), (None, vec![Step::Say(vec!["&lt;title&gt;: is missing".to_owned()])]));
    }
}

#[test]
fn lists_and_forms_go_with_the_acknowledgement() {
    let choice = Choice { value: "checkout".to_owned(), label: "Checkout".to_owned() };
    let (body, _) = at_once(&back(Surface::Suggestion), None, Answer::Options(vec![choice.clone()]));
    assert_eq!(body.unwrap(), blocks::options(&[choice]));
    let (body, rest) = at_once(&back(Surface::Submission), None, Answer::Form(Box::new(a_form())));
    assert_eq!((body.unwrap()["response_action"].clone(), rest.len()), (json!("update"), 0));
    let (body, rest) = at_once(&back(Surface::Command), None, Answer::Form(Box::new(a_form())));
    assert!(body.is_none() && matches!(rest[..], [Step::Open(_)]));
}

#[tokio::test(start_paused = true)]
async fn a_long_text_is_told_in_at_most_five_messages() {
    for (length, told) in [(1, 1), (9001, 2), (45_000, 5), (45_001, 5), (270_000, 5)] {
        let (line, back) = (Line::default(), back(Surface::Command));
        let (body, rest) = at_once(&back, None, Answer::Text("x".repeat(length)));
        carry_out(&line, &back, None, rest).await;
        assert_eq!(usize::from(body.is_some()) + line.made("respond"), told, "{length}");
        let last = line.last("respond").unwrap_or_default();
        assert_eq!(last["text"].as_str().unwrap_or_default().contains("/incident export"), length > 45_000, "{length}");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_asked_is_told_by_the_first_way_that_works() {
    let says = || vec![Step::Say(vec!["one".to_owned(), "two".to_owned()])];
    for (broken, by) in [(&[][..], "respond"), (&["respond"], "ephemeral"), (&["respond", "ephemeral"], "direct")] {
        let line = Line::default();
        for method in broken {
            line.fails(method, 99);
        }
        carry_out(&line, &back(Surface::Press), None, says()).await;
        let told = line.done(by);
        assert_eq!(told.iter().map(|body| body["text"].as_str().unwrap()).collect::<Vec<_>>(), ["one", "two"], "{by}");
        let elsewhere = ["respond", "ephemeral", "direct"].into_iter().filter(|other| *other != by);
        assert_eq!(elsewhere.map(|other| line.done(other).len()).sum::<usize>(), 0);
    }
    let line = Line::default();
    carry_out(&line, &back(Surface::Press), None, says()).await;
    let body = line.last("respond").unwrap();
    assert_eq!((&body["response_type"], &body["replace_original"]), (&json!("ephemeral"), &json!(false)));
    // A form has no address of its own: its room is told, where the person is.
    let line = Line::default();
    carry_out(&line, &back(Surface::Submission), None, says()).await;
    assert_eq!(line.done("ephemeral").len(), 2);
    let outside = Back { channel: None, ..back(Surface::Submission) };
    carry_out(&line, &outside, None, says()).await;
    assert_eq!(line.done("direct").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_fails_for_a_while_is_made_again() {
    let line = Line::default();
    line.fails_with(
        "respond",
        CallError { retry_after: Some(std::time::Duration::from_secs(7)), reason: "rate".into(), is_final: false },
    );
    line.fails("respond", 1);
    let begun = tokio::time::Instant::now();
    carry_out(&line, &back(Surface::Press), None, vec![Step::Say(vec!["one".to_owned()])]).await;
    assert_eq!((line.done("respond").len(), line.made("ephemeral")), (1, 0));
    assert_eq!(begun.elapsed().as_secs(), 8);
}

#[tokio::test(start_paused = true)]
async fn an_address_that_is_dead_is_not_tried_again() {
    let line = Line::default();
    line.fails_with("respond", CallError { retry_after: None, reason: "http_404".into(), is_final: true });
    let begun = tokio::time::Instant::now();
    carry_out(&line, &back(Surface::Press), None, vec![Step::Say(vec!["one".to_owned()])]).await;
    assert_eq!((line.made("respond"), line.done("ephemeral").len(), begun.elapsed().as_secs()), (1, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_document_goes_to_the_room_and_its_failure_to_the_person() {
    let answer = || Answer::Document {
        name: "inc-7.md".into(),
        title: "Postmortem".into(),
        content: Content::Text("# Words".into()),
        for_room: true,
        link: Some("Postmortem"),
    };
    let (line, asked) = (Line::default(), back(Surface::Command));
    let (body, rest) = at_once(&asked, None, answer());
    assert_eq!(body.unwrap()["text"], "inc-7.md is being uploaded.");
    carry_out(&line, &asked, None, rest.clone()).await;
    assert_eq!(
        line.done("upload"),
        [json!({ "to": "C1", "name": "inc-7.md", "title": "Postmortem", "text": "# Words" })]
    );
    assert_eq!(line.made("respond"), 0);
    let linked = [json!(["C1", "Postmortem", "https://acme.slack.com/files/U1/F1/inc-7.md"])];
    assert_eq!(line.done("link"), linked);
    line.fails("link", 99);
    carry_out(&line, &Back { channel: None, ..asked.clone() }, None, rest.clone()).await;
    assert_eq!((line.last("upload").unwrap()["to"].clone(), line.made("link")), (json!("U1"), 1));
    carry_out(&line, &asked, None, rest.clone()).await;
    assert_eq!((line.last("upload").unwrap()["to"].clone(), line.made("link")), (json!("C1"), 4));
    assert_eq!(line.made("respond"), 0, "the file is there, if not the link to it");
    line.fails("upload", 3);
    carry_out(&line, &asked, None, rest.clone()).await;
    assert_eq!((line.last("upload").unwrap()["to"].clone(), line.made("respond")), (json!("U1"), 0));
    line.fails("upload", 99);
    carry_out(&line, &asked, None, rest).await;
    let told = line.last("respond").unwrap()["text"].as_str().unwrap().to_owned();
    assert!(told.starts_with("inc-7.md could not be uploaded (scripted)."), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_form_that_does_not_open_is_said_in_words() {
    let opens = || vec![Step::Open(Box::new(a_form()))];
    let line = Line::default();
    carry_out(&line, &back(Surface::Press), Some(&cited("words")), opens()).await;
    let opened = line.last("open_view").unwrap();
    assert_eq!(opened["trigger"], "13.37.trigger");
    let place = Place::read(opened["view"]["private_metadata"].as_str().unwrap());
    assert_eq!((place.incident, place.room.as_deref()), (Some(IncidentId(7)), Some("C1")));
    assert_eq!(place.cites(), Some((cited("words"), false)));
    for (trigger, attempts) in [(Some(Hidden::new("late")), 2), (None, 1)] {
        line.fails("open_view", 1);
        carry_out(&line, &Back { trigger, ..back(Surface::Shortcut) }, None, opens()).await;
        let told = line.last("respond").unwrap()["text"].as_str().unwrap().to_owned();
        assert!(told.contains("`/incident INC-7 declare checkout is down"), "{told}");
        assert_eq!(line.made("open_view"), attempts.max(2), "a trigger is tried once");
    }
}

#[test]
fn what_a_form_carries_fits_and_comes_back() {
    for text in ["short".to_owned(), "\"\\\n\u{1}".repeat(2000), "ä🔥".repeat(3000), "x".repeat(2700), "x".repeat(9000)]
    {
        let written = Place::new(&a_form(), Some("C1"), Some(&cited(&text))).write();
        assert!(written.len() <= 3000, "{}", written.len());
        let (back, cut) = Place::read(&written).cites().unwrap();
        let kept = back.message.text.trim_end_matches(" [...]");
        assert!(text.starts_with(kept) && cut == (kept.len() < text.len()));
        assert!(!cut || (kept.len() > 300 && back.message.text.ends_with(" [...]")));
    }
    for odd in ["", "null", "[]", "{", "{\"incident\":\"x\"}", "{\"cites\":{}}", "{\"new\":1,\"room\":\"C1\"}"] {
        assert_eq!(Place::read(odd).cites(), None, "{odd}");
    }
    assert_eq!(Place::read("{\"new\":1,\"room\":\"C1\"}").room.as_deref(), Some("C1"));
}

#[test]
fn nothing_secret_is_shown() {
    let mut back = back(Surface::Submission);
    back.response_url = Some(Hidden::new("https://hooks.slack.example/secret"));
    back.view.as_mut().unwrap().raw = json!({ "state": "secret" });
    back.view.as_mut().unwrap().metadata = "secret".to_owned();
    let shown = format!("{back:?}");
    assert!(!shown.contains("secret") && !shown.contains("13.37"), "{shown}");
}
