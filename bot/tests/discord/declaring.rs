//! An incident is declared, and its room is made.

use crate::support::discord::Kind;
use crate::support::{DiscordWorld, in_discord};

in_discord!(a_room_is_made_for_what_is_declared, a_form_declares, what_is_typed_is_offered, a_message_declares);
in_discord!(it_is_said_who_is_on_call);

const DECLARE: &str = "incident declare";

async fn a_room_is_made_for_what_is_declared(world: &mut DiscordWorld) {
    let options = [("title", "checkout is down"), ("severity", "sev3"), ("service", "checkout")];
    let told = world.types("cy", DECLARE, &options).await;
    assert_eq!(told, "INC-1 declared at SEV3.");
    let room = world.room(1).await;
    assert_eq!((room.name.as_str(), room.kind), ("INC-1 checkout is down", Kind::PublicThread));
    assert_eq!(room.parent.as_ref(), Some(&world.forum), "a post of the forum");
    assert!(room.has_member(world.id("cy")), "whoever declares it is invited");
    let said = world.said(&room.id);
    assert_eq!(said[0].id, room.id, "the card is the post's first message");
    assert!(said[0].content.contains("checkout is down") && said[0].content.contains("<t:"), "{}", said[0].content);
    assert_eq!(world.fake.pins_of(&room.id)[0].id, said[0].id, "the card is pinned");
    assert_eq!(world.tags(&room.id), ["declared", "sev3"]);
    world.presses("cy", &room.id, "Take lead").await;
    world.types_in(&room.id, "cy", "incident status", &[("status", "identified")]).await;
    assert_eq!(world.tags(&room.id), ["identified", "sev3"]);
    assert_eq!(world.room(1).await.name, room.name, "how it stands is never in a name");
    assert_eq!(world.fake.command_writes(), 1, "and commands that are as they should be are written once");
}

async fn a_form_declares(world: &mut DiscordWorld) {
    let outcome = world.fake.slash(world.id("cy"), &world.general, DECLARE, &[]).await;
    let modal = outcome.modal().expect("a form").clone();
    let wrong = world.submits("cy", &modal, &[("title", "api is down"), ("severity", "sev9")]).await;
    assert!(wrong.text().contains("Nothing was done") && wrong.text().contains("api is down"), "{}", wrong.text());
    let filled = [("title", "api is down"), ("severity", "SEV2"), ("services", "checkout")];
    let sent = world.submits("cy", &modal, &filled).await;
    assert_eq!(sent.error, None);
    assert!(sent.text().starts_with("INC-1 declared at SEV2."), "{}", sent.text());
    assert_eq!(world.row(1).await.title, "api is down");
}

async fn what_is_typed_is_offered(world: &mut DiscordWorld) {
    let at = (world.id("cy"), world.general.as_str());
    let offered = world.fake.autocomplete(at, DECLARE, &[("title", "x"), ("service", "che")], "service").await;
    assert_eq!(offered.choices()[0].1, "checkout");
    let offered = world.fake.autocomplete(at, "incident lead", &[("person", "bo")], "person").await;
    assert_eq!(offered.choices()[0].1, "bo");
    let offered = world.fake.autocomplete(at, "oncall who", &[("of", "che")], "of").await;
    assert_eq!(offered.choices()[0].1, "checkout");
    world.types("cy", DECLARE, &[("title", "checkout is down")]).await;
    let room = world.room(1).await.id;
    world.types_in(&room, "cy", "incident action", &[("text", "watch the pool")]).await;
    let offered = world.fake.autocomplete(at, "incident show", &[("incident", "check")], "incident").await;
    assert_eq!(offered.choices()[0].1, "INC-1");
    let offered = world.fake.autocomplete((at.0, &room), "incident done", &[("action", "pool")], "action").await;
    assert_eq!(offered.choices()[0].1, "A1");
}

async fn it_is_said_who_is_on_call(world: &mut DiscordWorld) {
    let told = world.types("cy", "oncall who", &[("of", "checkout")]).await;
    assert!(told.contains("now: @bo; 5 min to answer"), "{told}");
    assert_eq!(told, world.types("cy", "oncall who", &[("of", "CHECKOUT")]).await);
    let told = world.types("cy", "oncall who", &[("of", "@everyone")]).await;
    assert!(told.contains("No service, policy or schedule is called") && !told.contains("@everyone"), "{told}");
}

async fn a_message_declares(world: &mut DiscordWorld) {
    let message = world.fake.says(world.id("bo"), &world.general, "the api answers 500");
    let outcome = world.fake.menu(world.id("cy"), "Declare incident", &world.general, &message).await;
    let modal = outcome.modal().expect("a form").clone();
    let sent = world.submits("cy", &modal, &[]).await;
    assert!(sent.text().starts_with("INC-1 declared"), "{}", sent.text());
    assert_eq!(world.row(1).await.title, "the api answers 500");
    let timeline = world.types("cy", "incident timeline", &[("incident", "INC-1")]).await;
    assert!(timeline.contains("the api answers 500"), "{timeline}");
}
