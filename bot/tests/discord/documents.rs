//! A published postmortem as a file in the rooms of its incident: in Discord and in Slack, in its place and never twice.

use crate::support::slack::{Fault, Trouble};
use crate::support::{BeforeDiscord, DiscordWorld, discord, in_discord, with_room_files};

in_discord!(both => a_published_postmortem_is_a_file_in_each_room, a_lost_answer_puts_no_file_there_twice);
in_discord!(both => killed_while_a_file_is_put_there, a_room_that_takes_no_file_is_told_of);

/// The call by which a file is posted.
const POST: &str = "POST /channels/{channel_id}/messages";
/// The call by which Slack shows a file in a channel.
const COMPLETE: &str = "files.completeUploadExternal";

fn both(before: &mut BeforeDiscord) {
    before.connect_slack();
    with_room_files(&mut before.settings);
}

/// INC-1, resolved, with a room on each platform: their ids in Discord and in Slack.
async fn resolved(world: &DiscordWorld) -> (String, String) {
    world.types("cy", "incident declare", &[("title", "checkout is down")]).await;
    let here = world.room(1).await.id;
    world.types_in(&here, "cy", "incident room", &[("do", "add"), ("place", "slack")]).await;
    world.types_in_slack("cy", "INC-1 resolve rolled back").await;
    world.types_in_slack("cy", "INC-1 postmortem write background rotate the logs").await;
    (here, world.slack().channel("inc-1-checkout-is-down").id)
}

/// The files in the room in Discord: the message of each, and what is in it.
fn in_discord_room(world: &DiscordWorld, room: &str) -> Vec<(String, String)> {
    let held = world.said(room).into_iter().flat_map(|message| {
        let ids = message.attachments.into_iter().map(|file| (file.id, file.filename));
        ids.map(|file| (message.id.clone(), file)).collect::<Vec<_>>()
    });
    held.map(|(message, (id, name))| {
        assert_eq!(name, "INC-1-postmortem.md");
        let bytes = world.fake.with(|state| state.files[&id].clone());
        (message, String::from_utf8(bytes).unwrap())
    })
    .collect()
}

/// The same in Slack: each of its messages shows a file that is there.
fn in_slack_room(world: &DiscordWorld, room: &str) -> Vec<String> {
    let files = world.slack().channel_by_id(room).messages.into_iter().flat_map(|message| message.files);
    files.map(|id| String::from_utf8(world.slack().file_bytes(&id).expect("it is not deleted")).unwrap()).collect()
}

/// What is in the one file of each room.
fn one_each(world: &DiscordWorld, (here, there): &(String, String)) -> (String, String) {
    let (in_discord, in_slack) = (in_discord_room(world, here), in_slack_room(world, there));
    let ([(_, first)], [second]) = (&in_discord[..], &in_slack[..]) else { panic!("{in_discord:?} {in_slack:?}") };
    (first.clone(), second.clone())
}

async fn a_published_postmortem_is_a_file_in_each_room(world: &mut DiscordWorld) {
    let rooms = resolved(world).await;
    assert!(in_discord_room(world, &rooms.0).is_empty() && in_slack_room(world, &rooms.1).is_empty());
    let told = world.types_in_slack("cy", "INC-1 postmortem publish").await;
    assert_eq!(told, "The postmortem of INC-1 is published, and on its way to files.");
    let (first, second) = one_each(world, &rooms);
    assert!(first.contains("rotate the logs") && second.contains("rotate the logs"), "{first}");
    let message = in_discord_room(world, &rooms.0).remove(0).0;
    let exports = world.row(1).await.postmortem.exports;
    assert_eq!(exports.len(), 2);
    let urls: Vec<String> = exports.into_values().filter_map(|held| held.url).collect();
    assert!(urls.iter().any(|url| url.ends_with(&format!("{}/{message}", rooms.0))), "{urls:?}");
    assert!(urls.iter().any(|url| url.contains("slack.com/files/")), "{urls:?}");

    // What is found out afterwards stands in the same place, and others' files stay.
    world.types_in(&rooms.0, "cy", "incident record export", &[]).await;
    world.types_in_slack("cy", "INC-1 action alert on the disk").await;
    let held = in_discord_room(world, &rooms.0);
    let own: Vec<_> = held.iter().filter(|(id, _)| *id == message).collect();
    assert_eq!((held.len(), own.len()), (2, 1), "the export of somebody is theirs");
    assert!(own[0].1.contains("alert on the disk"));
    let in_slack = in_slack_room(world, &rooms.1);
    assert!(matches!(&in_slack[..], [one] if one.contains("alert on the disk")), "{in_slack:?}");

    // A draft is nobody's business, and what is asked for comes once more.
    world.types_in_slack("cy", "INC-1 postmortem revise").await;
    let refused = world.types_in_slack("cy", "INC-1 postmortem send files").await;
    assert!(refused.contains("draft"), "{refused}");
    world.types_in_slack("cy", "INC-1 postmortem publish").await;
    world.types_in_slack("cy", "INC-1 postmortem send files").await;
    assert_eq!((in_discord_room(world, &rooms.0).len(), in_slack_room(world, &rooms.1).len()), (2, 1));
}

async fn a_lost_answer_puts_no_file_there_twice(world: &mut DiscordWorld) {
    let rooms = resolved(world).await;
    world.fake.breaks(discord::Trouble::with(POST, discord::Fault::ResetAfter).in_channel(&rooms.0).times(1));
    world.slack().breaks(Trouble::with(COMPLETE, Fault::ResetAfter).times(1));
    world.types_in_slack("cy", "INC-1 postmortem publish").await;
    world.advance(chrono::TimeDelta::minutes(3)).await;
    one_each(world, &rooms);
    world.slack().breaks(Trouble::with(COMPLETE, Fault::ResetAfter).times(1));
    world.fake.breaks(
        discord::Trouble::with("PATCH /channels/{channel_id}/messages/{message_id}", discord::Fault::ResetAfter)
            .times(1),
    );
    world.types_in_slack("cy", "INC-1 action alert on the disk").await;
    world.advance(chrono::TimeDelta::minutes(3)).await;
    let (first, second) = one_each(world, &rooms);
    assert!(first.contains("alert on the disk") && second.contains("alert on the disk"), "{first}");
    // Somebody took it away in Discord: it comes back with what is new.
    let message = in_discord_room(world, &rooms.0).remove(0).0;
    world.fake.deletes(&rooms.0, &message);
    world.types_in_slack("cy", "INC-1 action page earlier").await;
    world.advance(chrono::TimeDelta::minutes(3)).await;
    assert!(one_each(world, &rooms).0.contains("page earlier"));
}

async fn killed_while_a_file_is_put_there(world: &mut DiscordWorld) {
    let rooms = resolved(world).await;
    world.fake.slash(world.id("cy"), &rooms.0, "incident record postmortem", &[("do", "publish")]).await;
    let room = rooms.0.clone();
    world
        .killed_when(move |fake| fake.channel_by_id(&room).said().iter().any(|message| !message.attachments.is_empty()))
        .await;
    world.advance(chrono::TimeDelta::minutes(3)).await;
    one_each(world, &rooms);
}

async fn a_room_that_takes_no_file_is_told_of(world: &mut DiscordWorld) {
    let rooms = resolved(world).await;
    world.slack().breaks(Trouble::with("files.getUploadURLExternal", Fault::Error("not_allowed".to_owned())));
    world.types_in_slack("cy", "INC-1 postmortem publish").await;
    world.advance(chrono::TimeDelta::minutes(3)).await;
    assert!(in_slack_room(world, &rooms.1).is_empty());
    assert_eq!(in_discord_room(world, &rooms.0).len(), 1);
    let document = world.row(1).await.postmortem;
    assert!(document.unexported.values().all(|reason| reason.contains("not_allowed")), "{document:?}");
    assert_eq!(document.unexported.len(), 1);
    world.slack().heals();
    world.types_in_slack("cy", "INC-1 postmortem send files").await;
    one_each(world, &rooms);
    assert!(world.row(1).await.postmortem.unexported.is_empty());
}
