use std::sync::Arc;

use firebell_core::control::{Button, Control};
use firebell_core::form::FormKind;
use firebell_core::ids::IncidentId;
use serde_json::json;
use tokio::time::Instant;

use super::{Stand, body, pass, text};
use crate::platform::incoming::{Answer, Ask, Cited, NotKept};
use crate::platform::inlet::{Ack, Inlet as _, Kind, Raw};
use crate::platform::slack::answer::tests::a_form;
use crate::platform::slack::inbound::tests::fixtures::{
    TS, message_shortcut, press, shortcut, slash, submission, suggestion,
};

const COMMAND: &str = "13345224609.738474920.8088930838d88f";

fn says(text: &str) -> Answer {
    Answer::Text(text.to_owned())
}

fn ack_button() -> serde_json::Value {
    press(Control::of(Button::Acknowledge, IncidentId(7)))
}

#[tokio::test(start_paused = true)]
async fn a_command_is_answered_with_its_acknowledgement() {
    let stand = Stand::new();
    stand.desk.answers(1400, Ok(says("INC-7 is declared.")));
    assert_eq!(text(stand.types("lead <@U2> &amp; <@U3|cy> <@U4>").await), "INC-7 is declared.");
    let taken = stand.desk.taken();
    assert_eq!(
        taken[0].ask,
        Ask::Line { text: "lead @U2 & @U3 @U4".to_owned(), mentions: ["U2", "U3", "U4"].map(str::to_owned).to_vec() }
    );
    assert!(stand.desk.kept().is_empty() && stand.line.made("respond") == 0);
}

#[tokio::test(start_paused = true)]
async fn a_slow_command_is_kept_and_answered_later() {
    let stand = Stand::new();
    stand.desk.answers(9000, Ok(says("INC-7 is declared.")));
    let begun = Instant::now();
    assert_eq!(body(stand.types("declare api").await), None);
    assert_eq!(begun.elapsed().as_millis(), 1500);
    assert_eq!(stand.desk.kept(), [(COMMAND.to_owned(), false)]);
    pass(7000).await;
    assert_eq!(stand.line.made("respond"), 0);
    pass(1000).await;
    assert_eq!(stand.line.last("respond").unwrap()["text"], "INC-7 is declared.");
    assert_eq!(stand.desk.kept(), [(COMMAND.to_owned(), true)]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_kept_is_waited_for_and_never_passed_in_silence() {
    // Decided shortly before Slack gives up.
    let stand = Stand::new();
    stand.desk.keeps(COMMAND, 0, false);
    stand.desk.answers(2400, Ok(says("done")));
    assert_eq!(text(stand.types("list").await), "done");
    // Decided too late, and keeping fails or hangs.
    for (keeping, works) in [(0, false), (4000, true)] {
        let stand = Stand::new();
        stand.desk.keeps(COMMAND, keeping, works);
        stand.desk.answers(5000, Ok(says("done")));
        let begun = Instant::now();
        assert!(text(stand.types("list").await).contains("longer than usual"));
        assert_eq!(begun.elapsed().as_millis(), 2500);
        pass(5000).await;
        assert_eq!(stand.line.last("respond").unwrap()["text"], "done");
        assert!(stand.desk.kept().iter().all(|(_, done)| *done), "nothing is left to be taken up");
    }
    // Decided while it is being kept.
    let stand = Stand::new();
    stand.desk.keeps(COMMAND, 900, true);
    stand.desk.answers(2000, Ok(says("done")));
    assert_eq!(text(stand.types("list").await), "done");
    pass(1000).await;
    assert_eq!((stand.desk.kept(), stand.line.made("respond")), (vec![(COMMAND.to_owned(), true)], 0));
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_stored_is_said_on_every_surface() {
    let stand = Stand::new();
    for _ in 0..4 {
        stand.desk.answers(0, Err(NotKept));
    }
    assert!(text(stand.types("ack").await).contains("could not be stored"));
    let errors = body(stand.sends(Kind::Interaction, submission("api", "{}")).await).unwrap();
    assert_eq!(errors["response_action"], "errors");
    assert_eq!(body(stand.sends(Kind::Interaction, ack_button()).await), None);
    pass(1).await;
    assert!(stand.line.last("respond").unwrap()["text"].as_str().unwrap().contains("could not be stored"));
    let options = body(stand.sends(Kind::Interaction, suggestion("a")).await).unwrap();
    assert_eq!(options, json!({ "options": [] }));
}

#[tokio::test(start_paused = true)]
async fn a_kept_command_is_decided_again_until_it_is_too_old() {
    let stand = Stand::new();
    stand.desk.answers(2000, Err(NotKept));
    stand.desk.answers(0, Err(NotKept));
    stand.desk.answers(0, Ok(says("done")));
    assert_eq!(body(stand.types("ack").await), None);
    pass(3000).await;
    assert_eq!(stand.line.last("respond").unwrap()["text"], "done");
    assert_eq!(stand.desk.taken().len(), 3);

    let stand = Stand::new();
    stand.desk.answers(2000, Err(NotKept));
    (0..99).for_each(|_| stand.desk.answers(0, Err(NotKept)));
    assert_eq!(body(stand.types("ack").await), None);
    pass(290_000).await;
    assert_eq!(stand.line.made("respond"), 0);
    pass(60_000).await;
    assert!(stand.line.last("respond").unwrap()["text"].as_str().unwrap().contains("could not be stored"));
    assert_eq!(stand.desk.kept(), [(COMMAND.to_owned(), true)]);
}

#[tokio::test(start_paused = true)]
async fn buttons_and_shortcuts_open_forms_or_are_answered_beside() {
    let stand = Stand::new();
    stand.desk.answers(0, Ok(says("It is yours.")));
    assert_eq!(body(stand.sends(Kind::Interaction, ack_button()).await), None);
    pass(1).await;
    assert_eq!(stand.line.last("respond").unwrap()["text"], "It is yours.");
    for (index, payload) in [slash(""), shortcut(), message_shortcut("mark", "look")].into_iter().enumerate() {
        stand.desk.answers(0, Ok(Answer::Form(Box::new(a_form()))));
        let kind = if index == 0 { Kind::Command } else { Kind::Interaction };
        assert_eq!(body(stand.sends(kind, payload).await), None);
        pass(1).await;
        assert_eq!(stand.line.done("open_view").len(), index + 1);
    }
    // A form that the desk was slow to hand out: its trigger is worth nothing any more.
    stand.desk.answers(4000, Ok(Answer::Form(Box::new(a_form()))));
    stand.line.fails("open_view", 1);
    assert_eq!(body(stand.sends(Kind::Interaction, ack_button()).await), None);
    pass(3000).await;
    assert!(stand.line.last("respond").unwrap()["text"].as_str().unwrap().contains("type it"));
}

#[tokio::test(start_paused = true)]
async fn a_message_goes_through_its_form_and_comes_back_whole() {
    let stand = Stand::new();
    stand.line.knows("U2", "Bo Ek", "bo");
    let cites = |ask: &Ask| -> Cited {
        match ask {
            Ask::Declare { from: Some(cited) } | Ask::Submit { cites: Some(cited), .. } => cited.clone(),
            other => panic!("{other:?}"),
        }
    };
    let long = format!("<@U2> &amp;lt; {}", "x".repeat(4000));
    for raw in ["<@U2> says &amp;lt;", &long] {
        stand.desk.answers(0, Ok(Answer::Form(Box::new(a_form()))));
        let mut payload = message_shortcut("declare_from", raw);
        payload["message"]["files"] = json!([]);
        stand.line.has_message("C2", payload["message"].clone());
        stand.sends(Kind::Interaction, payload).await;
        pass(1).await;
        let view = stand.line.last("open_view").unwrap()["view"].clone();
        let sent = submission("api", view["private_metadata"].as_str().unwrap());
        assert_eq!(body(stand.sends(Kind::Interaction, sent).await), None);
        let taken = stand.desk.taken();
        let [.., opened, sent] = &taken[..] else { panic!() };
        assert!(cites(&opened.ask).message.text.starts_with("@Bo Ek"));
        assert_eq!(cites(&sent.ask), cites(&opened.ask));
        let Ask::Submit { form, incident, .. } = &sent.ask else { panic!() };
        assert_eq!((*form, *incident, sent.room.as_deref()), (FormKind::Declare, Some(IncidentId(7)), Some("C2")));
    }
    assert_eq!(stand.line.done("message"), [json!({ "channel": "C2", "ts": TS, "thread_ts": "1355517000.000001" })]);
}

#[tokio::test(start_paused = true)]
async fn a_form_is_answered_in_its_room() {
    let stand = Stand::new();
    stand.desk.answers(0, Ok(says("INC-7 is declared.")));
    assert_eq!(body(stand.sends(Kind::Interaction, submission("api", "{\"room\":\"C5\"}")).await), None);
    pass(1).await;
    let told = json!({ "channel": "C5", "user": "U1", "text": "INC-7 is declared." });
    assert_eq!(stand.line.last("ephemeral"), Some(told));
    // Too late for an error at its field.
    stand.desk.answers(2000, Ok(Answer::Invalid { field: "title".into(), message: "is missing".into() }));
    assert_eq!(body(stand.sends(Kind::Interaction, submission("b", "{}")).await), None);
    pass(1000).await;
    assert_eq!(stand.line.last("direct").unwrap()["text"], "title: is missing");
}

#[tokio::test(start_paused = true)]
async fn lists_and_forms_are_never_kept() {
    let stand = Stand::new();
    stand.desk.answers(9000, Ok(Answer::Options(Vec::new())));
    stand.desk.answers(9000, Ok(Answer::Form(Box::new(a_form()))));
    let begun = Instant::now();
    assert_eq!(body(stand.sends(Kind::Interaction, suggestion("a")).await), Some(json!({ "options": [] })));
    assert_eq!(begun.elapsed().as_millis(), 2500);
    assert_eq!(body(stand.sends(Kind::Interaction, shortcut()).await), None);
    assert!(stand.desk.kept().is_empty());
}

#[tokio::test(start_paused = true)]
async fn names_that_slack_does_not_tell_cost_no_answer() {
    let stand = Stand::new();
    stand.line.is_down(true);
    stand.desk.answers(0, Ok(says("done")));
    assert_eq!(text(stand.types("note in <#C2>").await), "done");
    assert_eq!(stand.desk.taken()[0].ask, Ask::Line { text: "note in #C2".to_owned(), mentions: Vec::new() });
}

#[tokio::test(start_paused = true)]
async fn a_repetition_reaches_the_desk_and_is_told_once() {
    let stand = Stand::new();
    stand.desk.answers(500, Ok(says("It is yours.")));
    stand.desk.answers(500, Ok(says("It is yours.")));
    let press = || stand.sends(Kind::Interaction, ack_button());
    tokio::join!(press(), press());
    pass(1).await;
    let taken = stand.desk.taken();
    assert_eq!((taken.len(), &taken[0]), (2, &taken[1]));
    assert_eq!(stand.line.made("respond"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_kept_is_answered_after_a_restart() {
    let stand = Stand::new();
    stand.desk.answers(60_000, Ok(says("lost with the process")));
    assert_eq!(body(stand.types("declare api").await), None);
    let again = Stand::with(stand.desk.clone(), Arc::default());
    stand.desk.answers(0, Ok(says("INC-7 is declared.")));
    again.inlet.resume().await.unwrap();
    pass(1).await;
    assert_eq!(again.line.last("respond").unwrap()["text"], "INC-7 is declared.");
    let taken = stand.desk.taken();
    assert_eq!(taken[0], taken[1]);
    assert_eq!(stand.desk.kept(), [(COMMAND.to_owned(), true)]);
    // What this process is busy with is left to it.
    let stand = Stand::new();
    stand.desk.answers(60_000, Ok(says("one")));
    stand.types("declare api").await;
    stand.inlet.resume().await.unwrap();
    pass(1).await;
    assert_eq!(stand.desk.taken().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_understood_is_said_or_passed_over() {
    let stand = Stand::new();
    assert!(text(stand.sends(Kind::Command, json!({ "text": "ack" })).await).contains("cannot read"));
    for payload in [json!({ "type": "of the future" }), json!({ "type": "view_closed" }), json!(null)] {
        assert_eq!(body(stand.sends(Kind::Interaction, payload).await), None);
    }
    assert!(stand.desk.taken().is_empty());
}

#[tokio::test(start_paused = true)]
async fn whoever_leaves_before_the_answer_costs_none() {
    let stand = Stand::new();
    stand.desk.answers(1000, Ok(says("It is yours.")));
    let receiving = stand.inlet.receive(Raw { kind: Kind::Interaction, payload: ack_button(), retry: 0 });
    assert!(tokio::time::timeout(std::time::Duration::from_millis(500), receiving).await.is_err());
    pass(600).await;
    assert_eq!(stand.line.last("respond").unwrap()["text"], "It is yours.");
}

#[tokio::test(start_paused = true)]
async fn stopping_waits_for_answers_and_takes_nothing_new() {
    let stand = Stand::new();
    stand.desk.answers(4000, Ok(says("done")));
    assert_eq!(body(stand.types("list").await), None);
    let begun = Instant::now();
    stand.inlet.stop().await;
    assert_eq!((begun.elapsed().as_millis(), stand.line.made("respond")), (2500, 1));
    assert!(text(stand.types("list").await).contains("could not be stored"));
    assert!(matches!(stand.sends(Kind::Event, super::events::said("Ev1", "C1", "a")).await, Ack::NotKept));
    assert_eq!(stand.desk.taken().len(), 1);
}
