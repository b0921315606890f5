//! Several workspaces at once, which give out the very same ids.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::slack::{Fake, Kind};
use crate::support::{Before, SlackWorld, in_slack};

const DECLARE: &str = "declare checkout is down sev1 --service checkout";
const SECRET: &str = "payroll leaked";

in_slack!(two =>
    a_room_is_where_it_was_declared,
    whoever_has_two_accounts_is_one_person,
    the_same_ids_are_no_repetition,
    a_room_hears_its_own_workspace_alone,
    what_is_private_is_so_everywhere,
);
in_slack!(apart => pages_go_where_somebody_is_known);

fn two(before: &mut Before) {
    before.connect("twin");
    before.others[0].1.announce = vec![before.others[0].0.add_channel("status", Kind::Public, &[])];
    before.config.announce = vec![before.fake.add_channel("status", Kind::Public, &[])];
}

/// Bo is known in the first workspace alone, and cy in the second.
fn apart(before: &mut Before) {
    before.connect("twin");
    let cy = before.accounts["cy"].clone();
    before.fake.change_user(&cy, |user| user.email = Some("cy@elsewhere.example".to_owned()));
    let other = before.others[0].0.clone();
    let bo = before.accounts["bo"].clone();
    other.change_user(&bo, |user| user.email = Some("bo@elsewhere.example".to_owned()));
}

fn names(fake: &Fake) -> Vec<String> {
    fake.channels().into_iter().map(|channel| channel.name).collect()
}

async fn a_room_is_where_it_was_declared(world: &mut SlackWorld) {
    assert_eq!(world.types("cy", "declare checkout is down").await, "INC-1 declared at SEV3.");
    let here = names(&world.fake);
    let announced = world.fake.channel("status").said().len();
    world.goes_over();
    assert_eq!(names(&world.fake), ["general", "status"]);
    assert!(world.fake.channel("status").messages.is_empty());
    assert_eq!(world.types("cy", "declare search is slow").await, "INC-2 declared at SEV3.");
    assert_eq!(names(&world.fake), ["general", "status", "inc-2-search-is-slow"]);
    assert_eq!(world.fake.channel("status").said().len(), 1);
    assert!(world.room(2).await.has(world.id("cy")));
    world.goes_over();
    assert_eq!(here, ["general", "status", "inc-1-checkout-is-down"]);
    assert_eq!((names(&world.fake), announced), (here, 1));
}

async fn whoever_has_two_accounts_is_one_person(world: &mut SlackWorld) {
    let before = world.handles().await;
    world.types("bo", DECLARE).await;
    world.goes_over();
    assert_eq!(world.types("bo", "INC-1 lead").await, "@bo is lead of INC-1.");
    assert_eq!(world.types("bo", "INC-1 ack").await, "You have INC-1.");
    assert_eq!(world.handles().await, before);
    world.goes_over();
    assert_eq!(
        world.room(1).await.topic.value,
        "SEV1 · declared · lead @bo · next update 17:50",
        "its room is kept current"
    );
}

async fn the_same_ids_are_no_repetition(world: &mut SlackWorld) {
    let mut asked = Vec::new();
    for _ in 0..2 {
        asked.push(world.fake.slash(world.id("cy"), &world.general, "/incident", DECLARE).await);
        world.goes_over();
    }
    let id = |outcome: &crate::support::slack::Outcome| {
        ["trigger_id", "channel_id", "user_id"].map(|field| outcome.payload[field].clone())
    };
    assert_eq!(id(&asked[0]), id(&asked[1]));
    assert_eq!(asked[0].text(), "INC-1 declared at SEV1. Paging @bo.");
    assert_eq!(asked[1].text(), "INC-2 declared at SEV1. Paging @bo.");
    world.settle().await;
    for _ in 0..2 {
        assert_eq!(world.fake.channels().len(), 3, "{:?}", names(&world.fake));
        world.goes_over();
    }
}

async fn a_room_hears_its_own_workspace_alone(world: &mut SlackWorld) {
    let mut said = Vec::new();
    for words in ["carts are empty", "search is slow"] {
        let (cy, bo) = (world.id("cy").to_owned(), world.id("bo").to_owned());
        let room = world.fake.add_channel("war-room", Kind::Public, &[&cy, &bo]);
        world.fake.add_bot_to(&room, &cy);
        let ts = world.fake.says(&cy, &room, words).await;
        said.push((room, ts));
        world.goes_over();
    }
    assert_eq!(said[0], said[1], "both have the same ids");
    let (room, ts) = said.swap_remove(0);
    for number in [1, 2] {
        let reply = world.types_in(&room, "cy", "declare something is wrong --here").await;
        assert_eq!(reply, format!("INC-{number} declared at SEV3."));
        world.until_kept(number, 1).await;
        world.goes_over();
    }
    for number in [1, 2] {
        world.fake.replies(world.id("bo"), &room, &ts, &format!("I look at {number}")).await;
        world.fake.pins(world.id("bo"), &room, &ts).await;
        world.settle().await;
        world.goes_over();
    }
    assert_eq!(world.kept(1).await, ["carts are empty", "I look at 1"]);
    assert_eq!(world.kept(2).await, ["search is slow", "I look at 2"]);
    assert!(world.timeline("cy", 1).await.contains("@cy wrote (M1): carts are empty"));
    assert!(world.timeline("cy", 2).await.contains("@cy wrote (M1): search is slow"));
}

async fn what_is_private_is_so_everywhere(world: &mut SlackWorld) {
    world.types("cy", &format!("declare {SECRET} --private")).await;
    world.goes_over();
    assert_eq!(world.types("eve", "list").await, "No open incidents; `/incident list all` shows the ended ones.");
    assert_eq!(world.types("eve", "INC-1 show").await, "! No incident is called INC-1");
    assert!(world.types("cy", "list").await.contains(SECRET));
    world.fake.opens_home(world.id("eve")).await;
    world.fake.opens_home(world.id("cy")).await;
    world.settle().await;
    let home = |who: &str| json!(world.fake.home(world.id(who)).unwrap().body).to_string();
    assert!(home("cy").contains(SECRET));
    for text in [SECRET, "INC-1"] {
        assert!(!home("eve").contains(text), "{text}");
        assert!(world.fake.channels().iter().all(|channel| !channel.name.contains("inc-1")));
    }
}

async fn pages_go_where_somebody_is_known(world: &mut SlackWorld) {
    assert_eq!(world.types("dee", DECLARE).await, "INC-1 declared at SEV1. Paging @bo.");
    assert!(world.dm("bo").messages[0].text.contains("@bo, you are paged by @dee"));
    let paged = |world: &SlackWorld, who: &str| world.fake.dms(world.id(who)).len();
    assert_eq!(paged(world, "cy"), 0);
    world.advance(TimeDelta::minutes(5)).await;
    assert_eq!(paged(world, "cy"), 0, "this is somebody else here");
    world.goes_over();
    assert_eq!((paged(world, "bo"), paged(world, "cy")), (0, 1));
    world.presses("cy", &world.dm("cy").id, "ack").await;
    assert_eq!(world.told("cy"), "You have INC-1.");
}
