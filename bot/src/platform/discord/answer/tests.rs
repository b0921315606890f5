//! What whoever asked is told, by which call.

use std::sync::Mutex;

use firebell_core::form::{Form, FormKind};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::{Calls, Channel, at_once, carry_out, later, not_kept, unread};
use crate::content::Content;
use crate::platform::discord::inbound::{Back, Surface};
use crate::platform::hidden::Hidden;
use crate::platform::incoming::{Answer, Profile};
use crate::platform::inlet::{Ack, Acknowledged, CallError, Step};

/// Calls that do as they are told and write down what they were given.
#[derive(Default)]
pub(in crate::platform::discord) struct Line {
    made: Mutex<Vec<(String, String)>>,
    /// Calls that fail, and whether for good.
    pub(in crate::platform::discord) broken: Mutex<Vec<&'static str>>,
    pub(in crate::platform::discord) messages: Mutex<Vec<(String, Value)>>,
    pub(in crate::platform::discord) channels: Mutex<Vec<(String, Channel)>>,
}

impl Line {
    fn make(&self, call: &'static str, what: &str) -> BoxFuture<'_, Result<(), CallError>> {
        let broken = self.broken.lock().unwrap().contains(&call);
        if !broken {
            self.made.lock().unwrap().push((call.to_owned(), what.to_owned()));
        }
        let refused = CallError { retry_after: None, reason: "Unknown Webhook".to_owned(), is_final: true };
        Box::pin(std::future::ready(if broken { Err(refused) } else { Ok(()) }))
    }

    pub(in crate::platform::discord) fn made(&self) -> Vec<(String, String)> {
        self.made.lock().unwrap().clone()
    }
}

fn content(body: &Value) -> String {
    assert_eq!(body["allowed_mentions"], json!({"parse": []}), "an answer calls nobody");
    body["content"].as_str().unwrap_or_default().to_owned()
}

impl Calls for Line {
    fn fulfil<'c>(&'c self, _: &'c str, _: &'c str, body: Value) -> BoxFuture<'c, Result<(), CallError>> {
        self.make("fulfil", &content(&body))
    }

    fn follow_up<'c>(&'c self, _: &'c str, _: &'c str, body: Value) -> BoxFuture<'c, Result<(), CallError>> {
        assert_eq!(body["flags"], 64, "only whoever asked sees it");
        self.make("follow_up", &content(&body))
    }

    fn hand_over<'c>(
        &'c self,
        _: &'c str,
        _: &'c str,
        (name, _): (&'c str, &'c Content),
    ) -> BoxFuture<'c, Result<(), CallError>> {
        self.make("hand_over", name)
    }

    fn direct<'c>(&'c self, user: &'c str, body: Value) -> BoxFuture<'c, Result<(), CallError>> {
        self.make("direct", &format!("{user}: {}", content(&body)))
    }

    fn upload<'c>(
        &'c self,
        channel: &'c str,
        (name, _): (&'c str, &'c Content),
    ) -> BoxFuture<'c, Result<(), CallError>> {
        self.make("upload", &format!("{channel}: {name}"))
    }

    fn message<'c>(&'c self, _: &'c str, message: &'c str) -> BoxFuture<'c, Result<Option<Value>, CallError>> {
        let found = self.messages.lock().unwrap().iter().find(|(id, _)| id == message).map(|(_, held)| held.clone());
        Box::pin(std::future::ready(Ok(found)))
    }

    fn profile<'c>(&'c self, _: &'c str) -> BoxFuture<'c, Result<Option<Profile>, CallError>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn channel<'c>(&'c self, id: &'c str) -> BoxFuture<'c, Result<Option<Channel>, CallError>> {
        let found = self.channels.lock().unwrap().iter().find(|(held, _)| held == id).map(|(_, held)| held.clone());
        Box::pin(std::future::ready(Ok(found)))
    }

    fn roles(&self) -> BoxFuture<'_, Result<Vec<(String, String)>, CallError>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }
}

fn back(surface: Surface) -> Back {
    Back {
        surface,
        account: "7".to_owned(),
        channel: Some("5".to_owned()),
        interaction: "1".to_owned(),
        application: "2".to_owned(),
        token: Hidden::new("token"),
        typed: Vec::new(),
        offer: None,
    }
}

fn body(ack: Ack) -> Value {
    match ack {
        Ack::Received(Some(body)) => body,
        other => panic!("{other:?}"),
    }
}

fn a_form() -> Form {
    Form {
        kind: FormKind::Cite,
        incident: None,
        title: "Add to timeline".to_owned(),
        submit: "Add",
        fields: Vec::new(),
    }
}

fn says(text: &str) -> Answer {
    Answer::Text(text.to_owned())
}

#[test]
fn the_first_response_carries_the_answer_where_it_can() {
    let (ack, rest) = at_once(&back(Surface::Command), None, says("INC-7 declared at SEV1."));
    let told = body(ack);
    assert_eq!((&told["type"], &told["data"]["content"]), (&json!(4), &json!("INC-7 declared at SEV1.")));
    assert_eq!((&told["data"]["flags"], rest.len()), (&json!(64), 0));
    let (ack, _) = at_once(&back(Surface::Press), None, Answer::Form(Box::new(a_form())));
    assert_eq!(body(ack)["type"], 9);
    let (ack, _) = at_once(&back(Surface::Submission), None, Answer::Form(Box::new(a_form())));
    assert_eq!(body(ack)["type"], 4, "Discord takes no form in answer to one");
    let (ack, rest) = at_once(&back(Surface::Command), None, says(&"a line of words\n".repeat(300)));
    assert!(body(ack)["data"]["content"].as_str().unwrap().chars().count() <= 2_000);
    assert!(matches!(&rest[..], [Step::Say(pages)] if !pages.is_empty()), "{rest:?}");
    assert_eq!(body(at_once(&back(Surface::Command), None, Answer::Nothing).0)["data"]["content"], "Done.");
    assert_eq!(body(later(&back(Surface::Menu)))["type"], 5);
    assert_eq!(body(at_once(&back(Surface::Suggestion), None, says("no")).0)["type"], 8);
    assert!(body(not_kept(&back(Surface::Press)).0)["data"]["content"].as_str().unwrap().contains("nothing was done"));
    assert_eq!(body(unread(&json!({"type": 4, "token": "t"})))["data"]["choices"], json!([]));
    assert_eq!(unread(&json!({"type": 2})), Ack::Received(None));
}

#[test]
fn what_was_typed_into_a_form_that_is_not_taken_is_given_back() {
    let back = Back { typed: vec![("title".to_owned(), "**api**".to_owned())], ..back(Surface::Submission) };
    let answer = Answer::Invalid { field: "severity".to_owned(), message: "no severity is called sev9".to_owned() };
    let told = body(at_once(&back, None, answer).0);
    let told = told["data"]["content"].as_str().unwrap();
    assert!(told.contains("severity: no severity is called sev9") && told.contains("api"), "{told}");
    assert!(!told.contains("\n**api**"), "what people typed is inert: {told}");
}

#[tokio::test(start_paused = true)]
async fn what_follows_is_told_by_the_first_way_that_works() {
    let pages = || vec![Step::Say(vec!["one".to_owned(), "two".to_owned()])];
    let told = async |acknowledged, broken: &[&'static str]| {
        let line = Line::default();
        *line.broken.lock().unwrap() = broken.to_vec();
        carry_out(&line, &back(Surface::Command), acknowledged, pages()).await;
        line.made().into_iter().map(|(call, what)| format!("{call} {what}")).collect::<Vec<_>>()
    };
    assert_eq!(told(Acknowledged::Later, &[]).await, ["fulfil one", "follow_up two"]);
    assert_eq!(told(Acknowledged::Answered, &[]).await, ["follow_up one", "follow_up two"]);
    assert_eq!(told(Acknowledged::Later, &["fulfil"]).await, ["follow_up one", "follow_up two"]);
    assert_eq!(told(Acknowledged::Later, &["fulfil", "follow_up"]).await, ["direct 7: one", "direct 7: two"]);
    assert!(told(Acknowledged::Later, &["fulfil", "follow_up", "direct"]).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_document_goes_to_the_room_else_to_whoever_asked() {
    let upload = |for_room| {
        let (name, title) = ("INC-7.md".to_owned(), "INC-7.md".to_owned());
        let content = Content::Text("words".to_owned());
        vec![Step::Upload { name, title, content, for_room, link: None }]
    };
    let made = async |for_room, broken: &[&'static str], acknowledged| {
        let line = Line::default();
        *line.broken.lock().unwrap() = broken.to_vec();
        carry_out(&line, &back(Surface::Command), acknowledged, upload(for_room)).await;
        line.made().into_iter().map(|(call, what)| format!("{call} {what}")).collect::<Vec<_>>()
    };
    assert_eq!(made(true, &[], Acknowledged::Answered).await, ["upload 5: INC-7.md"]);
    assert_eq!(made(true, &[], Acknowledged::Later).await, ["upload 5: INC-7.md", "fulfil Done."]);
    assert_eq!(made(true, &["upload"], Acknowledged::Answered).await, ["hand_over INC-7.md"]);
    assert_eq!(made(false, &[], Acknowledged::Answered).await, ["hand_over INC-7.md"]);
    let told = made(false, &["hand_over"], Acknowledged::Answered).await;
    assert!(told[0].starts_with("follow_up") && told[0].contains("could not be uploaded"), "{told:?}");
}
