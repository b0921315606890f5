//! `/edit` and `/delete` on the console and in transcripts: the author's alone, and of a private incident the members'.

use firebell::intake::Amend;
use firebell::replay::transcript::Transcript;
use firebell::replay::{Heard, Pace, Player};
use firebell_core::ids::MessageId;
use firebell_core::message::Amendment;

use crate::support::{World, minutes, on_both};

on_both!(
    a_transcript_amends_what_was_said,
    nobody_amends_what_somebody_else_said,
    what_was_said_elsewhere_is_amended_there,
    an_outsider_learns_nothing_of_a_private_message,
);

const ROOM: &str = "inc-1-checkout-is-down";

fn edit(text: &str) -> Amendment {
    Amendment::Edit { text: text.to_owned() }
}

/// Someone amends a message in a room; what they are told when it cannot be.
async fn amends(world: &World, (room, who): (&str, &str), message: i64, amendment: Amendment) -> Result<(), String> {
    let (room, account, message) = (room.to_owned(), who.to_owned(), MessageId(message));
    let asked = Amend { workspace: world.app.console, room, account, message, amendment };
    world.app.intake.amend(asked).await.unwrap().map_err(|refusal| refusal.to_string())
}

const TRANSCRIPT: &str = r#"
@start 2026-03-02 09:00
@person ana "Ana"
@person bo "Bo"
@person eve "Eve"

[09:01] ana: /incident declare payroll leaked --private
> INC-1
[+1m] ana: it was the disk
[+1m] ana: /edit M1 it was
  the network
> M1 is edited.
[+1m] bo INC-1: /edit M1 it was ana
> No room is called #inc-1
[+0s] bo #inc-1: /delete M1
> No room is called #inc-1
[+0s] bo #inc-9: /delete M1
> No room is called #inc-9
[+1m] ana: /incident timeline
> the network (edited) — @ana
[+1m] ana: /delete M1
> M1 is deleted.
[+1m] ana: /edit M1 never mind
> M1 was deleted or redacted
[+1m] ana: /edit M2 nothing
> INC-1 has no message M2
[+1m] ana: /edit
> write `/edit <message> <new words>`
[+1m] ana: /incident timeline
> [deleted] — @ana
"#;

async fn a_transcript_amends_what_was_said(world: &mut World) {
    let transcript = Transcript::parse(TRANSCRIPT, "story.txt").unwrap();
    let player = Player::new((&transcript, "story.txt"), world.app.clone(), world.clock.clone(), Pace::Instant);
    let mut replies = Vec::new();
    let watch = |heard: Heard<'_>| {
        replies.push(heard.reply.unwrap_or_default());
        Ok(())
    };
    Box::pin(player.play(watch)).await.unwrap();
    assert_eq!(replies.len(), 12, "{replies:?}");
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn nobody_amends_what_somebody_else_said(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    world.talks(ROOM, "bo", "it is the disk").await.unwrap();
    for (amendment, verb) in [(edit("it was bo"), "edit"), (Amendment::Delete, "delete")] {
        let refused = amends(world, (ROOM, "ana"), 1, amendment.clone()).await;
        assert_eq!(refused, Err(format!("only who wrote M1 may {verb} it")));
        let nobody = amends(world, (ROOM, "mallory"), 1, amendment).await;
        assert_eq!(nobody, Err("no person is called @mallory".to_owned()));
    }
    world.advance(minutes(1)).await;
    amends(world, (ROOM, "bo"), 1, edit("it is the network")).await.unwrap();
    assert!(world.says("ana", "/incident timeline").await.contains("M1  it is the network (edited) — @bo"));
    let long = amends(world, (ROOM, "bo"), 1, edit(&"x".repeat(8_001))).await.unwrap_err();
    assert_eq!(long, "the message is longer than 8000 characters; shorten it or link to it");
}

async fn what_was_said_elsewhere_is_amended_there(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    world.says("ana", "/incident declare search is slow").await;
    world.talks(ROOM, "bo", "it is the disk").await.unwrap();
    let refused = amends(world, ("inc-2-search-is-slow", "bo"), 1, Amendment::Delete).await;
    assert_eq!(refused, Err("INC-2 has no message M1; `/incident INC-2 timeline` shows them".to_owned()));
    assert!(world.says("ana", "/incident INC-1 timeline").await.contains("M1  it is the disk — @bo"));
}

/// Whether the room, the message or neither exists: eve reads the same.
async fn an_outsider_learns_nothing_of_a_private_message(world: &mut World) {
    world.says("cy", "/incident declare payroll leaked --private").await;
    world.talks("inc-1", "cy", "the file was public").await.unwrap();
    for amendment in [edit("mine"), Amendment::Delete] {
        for (room, message) in [("inc-1", 1), ("inc-1", 2), ("inc-7", 1)] {
            let refused = amends(world, (room, "eve"), message, amendment.clone()).await;
            assert_eq!(refused, Err(format!("no room is called #{room}")));
        }
    }
    let own = |who| world.app.intake.own_messages(world.app.console, "inc-1", who);
    assert_eq!((own("cy").await.unwrap(), own("eve").await.unwrap()), (vec![MessageId(1)], Vec::new()));
    world.edits("inc-1", "eve", "mine").await.unwrap();
    assert!(world.says("cy", "/incident INC-1 timeline").await.contains("M1  the file was public — @cy"));
}
