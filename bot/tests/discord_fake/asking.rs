//! What people ask of the app.

use serde_json::{Value, json};

use super::{App, INTENTS};
use crate::support::discord::Fake;

pub(super) fn commands() -> Value {
    let text = |name: &str, required: bool| json!({"type": 3, "name": name, "description": "d", "required": required});
    let declare = json!({"type": 1, "name": "declare", "description": "d", "options": [text("title", true)]});
    let who = json!({"type": 3, "name": "who", "description": "d", "autocomplete": true});
    let page = json!({"type": 1, "name": "page", "description": "d", "options": [who]});
    json!([
        {"name": "incident", "description": "d", "options": [declare, page]},
        {"name": "Add to timeline", "type": 3},
    ])
}

#[tokio::test]
async fn a_command_opens_a_form_and_the_form_is_answered() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let ana = fake.add_person("ana");
    let room = fake.add_channel("inc-1");
    let path = format!("/applications/{}/guilds/{}/commands", app.application, fake.guild());
    app.done("PUT", &path, commands()).await;
    assert_eq!(fake.command_writes(), 1);
    let (mut link, _) = app.identify(INTENTS).await;
    let none = fake.slash(&ana, &room, "incident close", &[]).await;
    assert_eq!(none.error.as_deref(), Some("there is no command /incident close"));
    let (asked, outcome) = tokio::join!(
        async {
            let asked = link.event("INTERACTION_CREATE").await;
            let input = json!({"type": 4, "custom_id": "title", "label": "Title", "style": 1});
            let rows = json!([{"type": 1, "components": [input]}]);
            let modal = json!({"custom_id": "declare", "title": "Declare", "components": rows});
            assert_eq!(app.answers(&asked, json!({"type": 9, "data": modal})).await.0, 204);
            asked
        },
        fake.slash(&ana, &room, "incident declare", &[("title", "checkout is down")])
    );
    assert_eq!(asked["data"]["options"][0]["options"][0]["value"], "checkout is down");
    let modal = outcome.modal().unwrap().clone();
    let missing = fake.submits(&ana, &modal, &[]).await;
    assert_eq!(missing.error.as_deref(), Some("Title: this field is required"));
    let (asked, outcome) = tokio::join!(
        async {
            let asked = link.event("INTERACTION_CREATE").await;
            let later = json!({"type": 5, "data": {"flags": 64}});
            assert_eq!(app.answers(&asked, later.clone()).await.0, 204);
            let (status, again) = app.answers(&asked, later).await;
            assert_eq!((status, &again["code"]), (400, &json!(40060)));
            asked
        },
        fake.submits(&ana, &modal, &[("Title", "checkout")])
    );
    assert_eq!(asked["data"]["components"][0]["components"][0]["value"], "checkout");
    assert!(outcome.is_thinking() && outcome.is_ephemeral());
    let original = format!("/webhooks/{}/{}/messages/@original", app.application, asked["token"].as_str().unwrap());
    app.done("PATCH", &original, json!({"content": "INC-1 is declared"})).await;
    assert_eq!(fake.answered(&outcome).await.content, "INC-1 is declared");
    assert_eq!(fake.ephemerals(&ana).len(), 1);
    assert_eq!(fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn answers_fit_what_was_asked() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let ana = fake.add_person("ana");
    let room = fake.add_channel("inc-1");
    app.done("PUT", &format!("/applications/{}/commands", app.application), commands()).await;
    let (mut link, _) = app.identify(INTENTS).await;
    let row = |custom_id: &str| {
        let button = json!({"type": 2, "style": 1, "label": "Ack", "custom_id": custom_id});
        json!([{"type": 1, "components": [button]}])
    };
    let card = json!({"type": 4, "data": {"content": "card", "components": row("ack"), "flags": 64}});
    let (card, _) = tokio::join!(
        fake.slash(&ana, &room, "incident declare", &[("title", "x")]),
        answer(&app, &mut link, [json!({"type": 6}), json!({"type": 8, "data": {"choices": []}}), card]),
    );
    assert_eq!(card.message().unwrap().buttons(), ["Ack"]);
    let id = card.message().unwrap().id.clone();
    let input = json!({"type": 4, "custom_id": "note", "label": "Note", "style": 2, "required": false});
    let rows = json!([{"type": 1, "components": [input]}]);
    let modal = json!({"type": 9, "data": {"custom_id": "note", "title": "Note", "components": rows}});
    let mut long = modal.clone();
    long["data"]["title"] = json!("t".repeat(46));
    let (form, _) = tokio::join!(
        fake.press(&ana, &room, &id, "ack"),
        answer(&app, &mut link, [long, json!({"type": 1}), modal.clone()]),
    );
    let update = json!({"type": 7, "data": {"content": "acknowledged", "components": []}});
    let (sent, asked) = tokio::join!(
        fake.submits(&ana, form.modal().unwrap(), &[("note", "it was the disk")]),
        answer(&app, &mut link, [modal, json!({"type": 8, "data": {"choices": []}}), update]),
    );
    assert_eq!((sent.text(), asked["message"]["id"].as_str()), ("acknowledged", Some(id.as_str())));
    assert_eq!(fake.ephemerals(&ana)[0].message.content, "acknowledged");
    let choice = |count: usize| {
        let choices: Vec<Value> = (0..count).map(|n| json!({"name": n.to_string(), "value": "v"})).collect();
        json!({"type": 8, "data": {"choices": choices}})
    };
    let (offered, asked) = tokio::join!(
        fake.autocomplete((&ana, &room), "incident page", &[("who", "a")], "who"),
        answer(&app, &mut link, [choice(26), json!({"type": 5}), choice(25)]),
    );
    assert_eq!(offered.choices().len(), 25);
    assert_eq!(asked["data"]["options"][0]["options"][0]["focused"], true);
    let ben = fake.add_person("ben");
    assert!(fake.press(&ben, &room, &id, "ack").await.error.unwrap().starts_with("there is no message"));
}

/// Answers the next interaction: two times by what must be refused, then by what must not.
async fn answer(app: &App, link: &mut super::Link, [first, second, last]: [Value; 3]) -> Value {
    let asked = link.event("INTERACTION_CREATE").await;
    for wrong in [first, second] {
        let (status, body) = app.answers(&asked, wrong.clone()).await;
        assert_eq!((status, &body["code"]), (400, &json!(50035)), "{wrong}");
    }
    assert_eq!(app.answers(&asked, last).await.0, 204);
    asked
}
