//! What becomes of rooms: documents in them, channels that become one, announcements, and their end.

use chrono::TimeDelta;

use crate::support::slack::{Fault, Kind, Trouble};
use crate::support::{Before, SlackWorld, in_slack};

in_slack!(the_newest_postmortem_is_above_the_room);
in_slack!(a_document_goes_where_it_was_asked_for, a_channel_becomes_the_room, a_long_timeline_comes_in_pages);
in_slack!(announced => an_announcement_is_kept_current, a_room_is_archived_when_it_is_time);
in_slack!(|before: &mut Before| before.config.archive_after = None => a_room_may_stay_open);

fn announced(before: &mut Before) {
    let status = before.fake.add_channel("status", Kind::Public, &[]);
    before.config.announce = vec![status];
    before.config.archive_after = Some(TimeDelta::hours(2));
    let (bo, dee) = (before.accounts["bo"].clone(), before.accounts["dee"].clone());
    before.config.invite_group = Some(before.fake.add_group("sre", &[&bo, &dee]));
}

async fn a_document_goes_where_it_was_asked_for(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down").await;
    let room = world.room(1).await.id;
    assert_eq!(world.types_in(&room, "cy", "export").await, "INC-1-postmortem.md is being uploaded.");
    let shared = |channel: &str| {
        let messages = world.fake.channel_by_id(channel).messages;
        messages.into_iter().flat_map(|message| message.files).collect::<Vec<_>>()
    };
    let files = shared(&room);
    assert_eq!(files.len(), 1);
    let text = String::from_utf8(world.fake.file_bytes(&files[0]).unwrap()).unwrap();
    assert!(text.contains("title: \"checkout is down\"") && text.contains("## Timeline"), "{text}");
    world.types("cy", "INC-1 export").await;
    assert_eq!((shared(&room).len(), shared(&world.general).len()), (1, 0), "others read along there");
    assert_eq!(shared(&world.dm("cy").id).len(), 1);
}

async fn the_newest_postmortem_is_above_the_room(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down").await;
    let room = world.room(1).await.id;
    let links = || {
        let bookmarks = world.fake.channel_by_id(&room).bookmarks;
        bookmarks.into_iter().filter(|held| held.title == "Postmortem").map(|held| held.link).collect::<Vec<_>>()
    };
    let newest = || world.fake.channel_by_id(&room).messages.into_iter().flat_map(|message| message.files).last();
    // A failure of the link is none of the export.
    world.fake.breaks(Trouble::with("bookmarks.list", Fault::Error("missing_scope".to_owned())));
    world.types_in(&room, "cy", "export").await;
    world.fake.heals();
    assert!(newest().is_some() && links().is_empty());
    for _ in 0..2 {
        world.types_in(&room, "cy", "export").await;
        let (links, newest) = (links(), newest().unwrap());
        assert!(links.len() == 1 && links[0].contains(&format!("/{newest}/")), "{newest}: {links:?}");
    }
    assert_eq!(world.fake.calls_of("bookmarks.edit").len(), 1);
    let before = links();
    world.types_in(&room, "cy", "export json").await;
    world.types("cy", "INC-1 export").await;
    assert_eq!(links(), before, "what is no postmortem, or goes to one person, is not linked");
    assert!(world.fake.channel_by_id(&world.general).bookmarks.is_empty());
}

async fn a_channel_becomes_the_room(world: &mut SlackWorld) {
    let (bo, cy) = (world.id("bo").to_owned(), world.id("cy").to_owned());
    let war_room = world.fake.add_channel("war-room", Kind::Public, &[&bo, &cy]);
    let first = world.fake.says(&bo, &war_room, "carts are empty").await;
    world.fake.replies(&cy, &war_room, &first, "since nine").await;
    let reply = world.types_in(&war_room, "cy", "declare carts are empty --here").await;
    assert_eq!(reply, "INC-1 declared at SEV3.");
    world.until_kept(1, 2).await;
    assert_eq!(world.kept(1).await, ["carts are empty", "since nine"]);
    assert!(world.fake.calls_of("conversations.create").is_empty());
    let room = world.room(1).await;
    assert_eq!((room.id.as_str(), room.pins.len()), (war_room.as_str(), 1));
    let taken = world.types_in(&war_room, "cy", "declare again --here").await;
    assert!(taken.starts_with("! This channel is the room of INC-1 already"), "{taken}");
    world.types_in(&war_room, "cy", "resolve it was the cache").await;
    world.types_in(&war_room, "cy", "close").await;
    world.advance(TimeDelta::days(2)).await;
    assert!(!world.room(1).await.archived, "it was there before");
}

async fn a_long_timeline_comes_in_pages(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down").await;
    for number in 0..8 {
        world.types("cy", &format!("note {number} {}", "x".repeat(2_500))).await;
    }
    let before = world.fake.ephemerals(world.id("cy")).len();
    world.types("cy", "INC-1 timeline").await;
    let pages = world.fake.ephemerals(world.id("cy")).split_off(before);
    assert!(pages.len() > 1, "{}", pages.len());
    let all: String = pages.iter().map(|page| serde_json::to_string(&page.blocks).unwrap()).collect();
    for number in 0..8 {
        assert!(all.contains(&format!("{number} xxx")), "{number}");
    }
}

async fn an_announcement_is_kept_current(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down sev3").await;
    let status = || world.fake.channel("status");
    let said = status().messages.into_iter().filter(|message| message.by_bot).collect::<Vec<_>>();
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].text.contains("checkout is down") && said[0].text.contains("declared"), "{}", said[0].text);
    let room = world.room(1).await;
    assert!(said[0].text.contains(&format!("<#{}>", room.id)), "{}", said[0].text);
    for who in ["bo", "dee"] {
        assert!(room.has(world.id(who)), "the group comes in: {who}");
    }
    world.types("cy", "resolve it was the cache").await;
    let edited = status().message(&said[0].ts).unwrap().text.clone();
    assert!(edited.contains("resolved"), "{edited}");
    assert_eq!(status().messages.iter().filter(|message| message.by_bot).count(), 1);
}

async fn a_room_is_archived_when_it_is_time(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down").await;
    world.types("cy", "resolve it was the cache").await;
    world.types("cy", "INC-1 close").await;
    world.advance(TimeDelta::minutes(119)).await;
    assert!(!world.room(1).await.archived);
    world.advance(TimeDelta::minutes(2)).await;
    assert!(world.room(1).await.archived);
    let card = &world.said(&world.room(1).await.id)[0].text;
    assert!(card.contains("*closed*"), "{card}");
}

async fn a_room_may_stay_open(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down").await;
    world.types("cy", "resolve it was the cache").await;
    world.types("cy", "INC-1 close").await;
    world.advance(TimeDelta::days(30)).await;
    assert!(!world.room(1).await.archived);
}
