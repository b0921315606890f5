//! An incident is declared, and its room is made.

use serde_json::json;

use crate::support::slack::{Kind, Twice};
use crate::support::{Before, SlackWorld, in_slack};

in_slack!(
    a_room_is_made_for_what_is_declared,
    what_is_typed_once_is_declared_once,
    a_form_says_what_is_wrong_at_its_fields,
    a_shortcut_opens_the_form,
);
in_slack!(|before: &mut Before| before.config.room_name = Some("fire-{{date}}-{{number}}-{{severity}}".to_owned()) => a_template_names_the_room);

async fn a_room_is_made_for_what_is_declared(world: &mut SlackWorld) {
    let line = "declare checkout is down sev3 --service checkout";
    let outcome = world.fake.slash(world.id("cy"), &world.general, "/incident", line).await;
    assert_eq!(outcome.text(), "INC-1 declared at SEV3.");
    assert_eq!(world.row(1).await.title, "checkout is down", "what is answered is on record");
    assert_eq!(world.fake.channels().len(), 1, "and what takes longer is not waited for");
    world.settle().await;
    let room = world.fake.channel("inc-1-checkout-is-down");
    assert_eq!((room.kind, &room.creator), (Kind::Public, &world.fake.bot_user()));
    assert_eq!(world.fake.calls_of("conversations.create").len(), 1);
    assert!(room.has(world.id("cy")), "whoever declares it is invited: {:?}", room.members);
    assert_eq!(room.topic.value, "SEV3 · declared · nobody leads yet");
    assert_eq!(room.purpose.value, "INC-1: checkout is down");
    let said = world.said(&room.id);
    let permalink = world.fake.with(|state| {
        format!("https://{}.slack.com/archives/{}/p{}", state.domain, room.id, said[0].ts.replace('.', ""))
    });
    let mut links: Vec<(&str, &str)> =
        room.bookmarks.iter().map(|bookmark| (bookmark.title.as_str(), bookmark.link.as_str())).collect();
    links.sort_unstable();
    assert_eq!(links, [("Runbook: checkout", "https://runbooks.example/checkout"), ("Timeline", &permalink)]);
    assert!(said[0].text.starts_with("*INC-1: checkout is down*\n*SEV3* minor · *declared*\n"), "{said:#?}");
    assert!(said[0].text.contains("\nDeclared 17:20 by @cy · services checkout\n"), "{}", said[0].text);
    assert_eq!(room.pins.iter().map(|pin| &pin.ts).collect::<Vec<_>>(), [&said[0].ts], "the card is pinned");
    assert!(said.iter().all(|message| !message.text.is_empty() && !message.blocks.is_empty()));
}

async fn a_form_says_what_is_wrong_at_its_fields(world: &mut SlackWorld) {
    assert_eq!(world.types("cy", "").await, "");
    let refused = world.submits("cy", &[("title", json!(""))]).await.error;
    assert_eq!(refused.as_deref(), Some("field:title: Please complete this required field."));
    let refused = world.submits("cy", &[("title", json!("x".repeat(3_000)))]).await.error;
    assert!(refused.is_some_and(|error| error.contains("at most")));
    let offered = world.fake.suggest(world.id("cy"), "firebell:pick:services", "field:services", "CHECK").await;
    assert_eq!(offered.error, None);
    assert_eq!(offered.ack.unwrap()["options"][0]["value"], "checkout");
    let blank = world.submits("cy", &[("title", json!("  "))]).await;
    assert_eq!(blank.errors["field:title"], "The title is empty");

    let filled = [
        ("title", json!("the staff's salaries leaked")),
        ("severity", json!("sev4")),
        ("services", json!(["checkout"])),
        ("description", json!("a public file")),
        ("options", json!(["private", "drill"])),
    ];
    let sent = world.submits("cy", &filled).await;
    assert!(sent.errors.is_empty() && sent.error.is_none(), "{sent:?}");
    assert!(world.fake.open_view(world.id("cy")).is_none(), "the form is closed");
    assert_eq!(world.told("cy"), "INC-1 declared at SEV4.");
    let room = world.fake.channel("inc-1");
    assert_eq!(room.kind, Kind::Private);
    assert!(room.has(world.id("cy")));
    let card = &world.said(&room.id)[0].text;
    assert!(card.contains("*private* · *drill*"), "{card}");
    let incident = world.row(1).await;
    assert!(incident.drill && incident.is_private() && incident.severity.as_str() == "sev4");
    assert!(world.timeline("cy", 1).await.contains("a public file"));
}

/// Slack sends a command again that it thinks was lost: it is answered alike, and done once.
async fn what_is_typed_once_is_declared_once(world: &mut SlackWorld) {
    world.fake.send_next_twice(Twice::SameSocket);
    assert_eq!(world.types("cy", "declare checkout is down").await, "INC-1 declared at SEV3.");
    assert_eq!(world.fake.calls_of("conversations.create").len(), 1);
    assert_eq!(world.types("cy", "list").await.matches("INC-").count(), 1);
}

async fn a_shortcut_opens_the_form(world: &mut SlackWorld) {
    let outcome = world.fake.global_shortcut(world.id("cy"), "declare").await;
    assert_eq!(outcome.error, None);
    world.settle().await;
    let sent = world.submits("cy", &[("title", json!("search is slow"))]).await;
    assert!(sent.errors.is_empty() && sent.error.is_none(), "{sent:?}");
    // A shortcut has no channel in which they could be answered.
    assert_eq!(world.dm("cy").messages.last().unwrap().text, "INC-1 declared at SEV3.");
    assert!(world.fake.find_channel("inc-1-search-is-slow").is_some());
}

async fn a_template_names_the_room(world: &mut SlackWorld) {
    world.types("cy", "declare search is slow sev4").await;
    assert!(world.fake.find_channel("fire-20251127-1-sev4").is_some());
}
