//! The life of the document, as people in the console go through it.

use firebell_core::postmortem::Review;
use serde_json::Value;

use crate::support::{Home, LESSONS, World, key, on_both};

on_both!(
    a_postmortem_is_written_reviewed_and_published,
    other_words_void_what_was_signed,
    what_cannot_be_done_says_what_can,
    a_postmortem_begins_with_the_end_of_its_incident,
    outsiders_learn_nothing_of_a_private_postmortem,
    a_template_that_is_not_there_is_refused,
);

const ROOM: &str = "inc-1-checkout-is-down";

/// INC-1, resolved, at a severity whose postmortem needs two sign-offs of bo and cy and is due in five days.
async fn resolved(world: &mut World) {
    world
        .restart_with(|settings| {
            let rules = &mut settings.postmortem;
            rules.due.insert(key("sev3"), chrono::TimeDelta::days(5));
            rules.required.insert(key("sev3"), 2);
            rules.reviewers.insert(key("sev3"), vec![key("bo"), key("cy")]);
        })
        .await;
    world.says("ana", "/incident declare checkout is down").await;
    world.says("ana", "/incident lead @dee").await;
    let told = world.says("ana", "/incident resolve rolled back").await;
    assert!(told.starts_with("INC-1 is resolved."), "{told}");
}

fn room(world: &World) -> String {
    world.terminal.room(ROOM).posts.join("\n")
}

/// What the lint asks for, as far as the grammar can say it by now.
async fn publishes_with_errors(world: &mut World) {
    world.restart_with(|settings| settings.postmortem.publish_with_errors = true).await;
}

async fn a_postmortem_is_written_reviewed_and_published(world: &mut World) {
    resolved(world).await;
    let status = world.says("dee", "/incident INC-1 postmortem status").await;
    assert!(status.starts_with("INC-1: the postmortem is draft\nOwner: @dee\nDue: "), "{status}");
    assert!(status.contains("Sign-offs needed: 2") && status.contains("Errors: 5"), "{status}");
    let lint = world.says("dee", "/incident INC-1 postmortem lint").await;
    assert!(lint.contains("error impact: it does not say what users felt (no-impact)"), "{lint}");
    assert!(lint.contains("5 to mend before it is published"), "{lint}");

    let written = world.says("dee", "/incident INC-1 postmortem write lessons Ana forgot the logs").await;
    assert_eq!(written, LESSONS);
    let lint = world.says("dee", "/incident INC-1 postmortem lint").await;
    assert!(lint.contains("warning section lessons: \"Ana forgot\" says whose fault it was"), "{lint}");
    world.says("dee", "/incident INC-1 postmortem write lessons nothing rotated the logs").await;
    assert!(!world.says("dee", "/incident INC-1 postmortem lint").await.contains("forgot"));
    let shown = world.says("dee", "/incident INC-1 postmortem edit lessons").await;
    assert!(shown.contains("nothing rotated the logs") && shown.contains("postmortem write lessons <text>"), "{shown}");

    let asked = world.says("dee", "/incident INC-1 postmortem review").await;
    assert_eq!(
        asked,
        "The postmortem of INC-1 is in review by @bo, @cy. It needs 2 sign-offs: `/incident INC-1 postmortem sign`."
    );
    assert!(room(world).contains("Postmortem in review by @bo, @cy (sign-offs needed: 2)"), "{}", room(world));
    let told = world.terminal.told("bo").pop().unwrap();
    assert_eq!(told, "INC-1: Postmortem in review by @bo, @cy (sign-offs needed: 2)");

    let comment = world.says("bo", "/incident INC-1 postmortem comment which logs? --section lessons").await;
    assert!(comment.starts_with("Your comment on the postmortem of INC-1 is C1."), "{comment}");
    assert_eq!(world.terminal.told("dee").pop().unwrap(), "INC-1: Comment C1 on lessons: which logs?");
    let signed = world.says("bo", "/incident INC-1 postmortem sign").await;
    assert_eq!(signed, "You signed off the postmortem of INC-1. It needs 1 more.");
    world.restart().await;
    let status = world.says("dee", "/incident INC-1 postmortem status").await;
    assert!(status.contains("[x] @bo signed off") && status.contains("[ ] @cy"), "{status}");
    assert!(status.contains("C1 on lessons: which logs? — @bo"), "{status}");
    assert_eq!(
        world.says("dee", "/incident INC-1 postmortem settle C1").await,
        "C1 of the postmortem of INC-1 is settled."
    );
    let signed = world.says("cy", "/incident INC-1 postmortem sign").await;
    assert!(signed.contains("and it is approved"), "{signed}");
    assert_eq!(world.terminal.told("dee").pop().unwrap(), "INC-1: Postmortem approved");

    let refused = world.says("dee", "/incident INC-1 postmortem publish").await;
    assert!(refused.starts_with("! The postmortem of INC-1 has 5 errors that must be mended"), "{refused}");
    publishes_with_errors(world).await;
    assert_eq!(world.says("dee", "/incident INC-1 postmortem publish").await, "The postmortem of INC-1 is published.");
    assert_eq!(world.row(1).await.postmortem.state, Review::Published);
    let revised = world.says("dee", "/incident INC-1 postmortem revise").await;
    assert!(revised.contains("a draft again"), "{revised}");
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn other_words_void_what_was_signed(world: &mut World) {
    resolved(world).await;
    publishes_with_errors(world).await;
    world.says("dee", "/incident INC-1 postmortem review").await;
    for reviewer in ["bo", "cy"] {
        world.says(reviewer, "/incident INC-1 postmortem sign").await;
    }
    let written = world.says("bo", "/incident INC-1 postmortem write lessons rotate the logs").await;
    let void = " 2 sign-offs were given for other words and are void; review is asked again.";
    assert_eq!(written, [LESSONS, void].concat());
    assert_eq!(world.terminal.told("cy").len(), 2, "cy is asked for the second time");
    let refused = world.says("dee", "/incident INC-1 postmortem publish").await;
    assert_eq!(refused, "! The postmortem of INC-1 needs 2 sign-offs more before it is published; it is in review");
    for reviewer in ["bo", "cy"] {
        world.says(reviewer, "/incident INC-1 postmortem sign").await;
    }
    world.says("dee", "/incident INC-1 postmortem publish").await;
    let refused = world.says("dee", "/incident INC-1 postmortem write lessons more").await;
    assert_eq!(refused, "! The postmortem of INC-1 is published; `/incident postmortem revise` makes it a draft again");
    world.adds_up().await;
}

async fn what_cannot_be_done_says_what_can(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    for (who, line, expected) in [
        ("bo", "sign", "The postmortem of INC-1 is draft; `/incident postmortem review` asks for its review"),
        ("bo", "back", "The postmortem of INC-1 is draft; `/incident postmortem review` asks for its review"),
        (
            "bo",
            "review",
            "Nobody is configured to review the postmortem of INC-1; name them, as in `/incident postmortem review @ana`",
        ),
        ("bo", "review @nobody", "No person is called @nobody"),
        (
            "bo",
            "owner @gus",
            "@gus is a guest here and may not run commands; ask an administrator to make them a responder",
        ),
        ("bo", "settle C9", "INC-1 has no comment C9; `/incident INC-1 postmortem status` shows them"),
        ("bo", "due --clear", "INC-1 is already one whose postmortem has no due date"),
    ] {
        assert_eq!(
            world.says(who, &format!("/incident INC-1 postmortem {line}")).await,
            format!("! {expected}"),
            "{line}"
        );
    }
    world.says("ana", "/incident INC-1 postmortem review @bo").await;
    let refused = world.says("cy", "/incident INC-1 postmortem sign").await;
    assert!(refused.starts_with("! Only who was asked to review it"), "{refused}");
    world.says("bo", "/incident INC-1 postmortem back it says too little").await;
    assert!(room(world).contains("Postmortem a draft again: it says too little"), "{}", room(world));
}

async fn a_postmortem_begins_with_the_end_of_its_incident(world: &mut World) {
    resolved(world).await;
    assert_eq!(world.terminal.told("dee").pop().unwrap(), "INC-1: Postmortem given to @dee");
    assert!(room(world).contains("Postmortem due 2026-03-07 09:00"), "{}", room(world));
    world.says("ana", "/incident INC-1 reopen it is back").await;
    assert!(room(world).contains("Postmortem without a due date"), "{}", room(world));
    assert_eq!(world.row(1).await.remind_at(), None);
    world.says("ana", "/incident INC-1 resolve for good").await;
    let due = world.says("dee", "/incident INC-1 postmortem due 2026-03-20 10:00").await;
    assert_eq!(due, "The postmortem of INC-1 is due 2026-03-20 10:00.");
    assert_eq!(world.says("dee", "/incident INC-1 postmortem owner @cy").await, "@cy sees to the postmortem of INC-1.");
    assert_eq!(world.terminal.told("cy").pop().unwrap(), "INC-1: Postmortem given to @cy");
    world.adds_up().await;
}

async fn outsiders_learn_nothing_of_a_private_postmortem(world: &mut World) {
    world.says("cy", "/incident declare payroll leaked --private").await;
    for line in ["status", "lint", "edit lessons", "sign", "write lessons x", "review @bo", "owner", "comment why?"] {
        let told = world.says("eve", &format!("/incident INC-1 postmortem {line}")).await;
        assert_eq!(told, "! No incident is called INC-1", "{line}");
    }
    world.says("cy", "/incident INC-1 postmortem review @bo").await;
    let signed = world.says("bo", "/incident INC-1 postmortem sign").await;
    assert!(signed.contains("it is approved"), "{signed}");
    assert!(world.terminal.told("eve").is_empty());
}

async fn a_template_that_is_not_there_is_refused(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    let refused = world.says("ana", "/incident INC-1 postmortem template nope").await;
    assert!(refused.starts_with("! No postmortem template is called nope; there are customer, executive, five-whys, security, short, standard"), "{refused}");
    let chosen = world.says("ana", "/incident INC-1 postmortem template standard").await;
    assert_eq!(chosen, "The postmortem of INC-1 goes by the template standard.");
    assert!(world.says("ana", "/incident INC-1 postmortem status").await.contains("Template: standard"));
}

#[test]
fn the_command_line_says_what_is_missing() {
    let home = Home::founded();
    home.says("ana", "/incident declare it is down sev3").done();
    assert_eq!(home.run(&["postmortem", "lint"]).done(), "", "what goes on is left in peace");
    home.says("ana", "/incident INC-1 resolve rolled back").done();
    for words in [&["postmortem", "lint"][..], &["postmortem", "lint", "INC-1"]] {
        let said = home.run(words);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(said.out.contains("error impact: it has no numbers: how many users or requests? (no-impact-numbers)"));
    }
    let said = home.run(&["postmortem", "lint", "INC-1", "--format", "json"]);
    let value: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((said.code, &value[0]["incident"], &value[0]["state"]), (1, &"INC-1".into(), &"draft".into()));
    assert_eq!(value[0]["findings"][0]["rule"], "no-impact");
    let said = home.run(&["postmortem", "lint", "INC-9"]);
    assert_eq!((said.code, said.err.trim()), (3, "! No incident is called INC-9"));
}
