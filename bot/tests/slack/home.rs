//! The home page of the app.

use chrono::TimeDelta;
use firebell_core::directory::Standing;
use serde_json::json;

use crate::support::slack::{Fault, Trouble};
use crate::support::{SlackWorld, in_slack};

in_slack!(a_home_shows_what_concerns_somebody, an_open_home_follows_what_happens);
in_slack!(a_home_is_left_alone_after_a_while, what_somebody_may_no_longer_see_vanishes);
in_slack!(a_home_that_was_not_shown_is_tried_again, a_command_of_its_own_says_who_is_on_call);

/// Opens the homes of these people; each is shown once.
async fn open(world: &SlackWorld, people: &[&str]) {
    for who in people {
        world.fake.opens_home(world.id(who)).await;
    }
    world.settle().await;
}

fn home(world: &SlackWorld, who: &str) -> String {
    world.fake.home(world.id(who)).map(|home| home.body.to_string()).unwrap_or_default()
}

/// How often somebody's page was published.
fn shown(world: &SlackWorld, who: &str) -> usize {
    let id = world.id(who);
    world.fake.calls_of("views.publish").iter().filter(|call| call.args["user_id"] == id).count()
}

/// A few seconds pass, and then this is so. The app hears of what was committed at a time of its own, and waits from then.
async fn soon(world: &SlackWorld, so: impl Fn(&SlackWorld) -> bool) {
    world.advance_until(TimeDelta::seconds(2), |_| so(world)).await;
}

async fn an_open_home_follows_what_happens(world: &mut SlackWorld) {
    open(world, &["bo", "cy"]).await;
    world.types("cy", "declare checkout is down sev1 --service checkout").await;
    soon(world, |world| {
        home(world, "bo").contains("INC-1 SEV1 declared: checkout is down") && home(world, "cy").contains("INC-1")
    })
    .await;
    assert!(home(world, "bo").contains("firebell:ack"), "{}", home(world, "bo"));
    let pressed = world.fake.press_in_home(world.id("bo"), "firebell:ack").await;
    assert_eq!(pressed.error, None);
    world.settle().await;
    soon(world, |world| home(world, "bo").contains("Nobody waits for your")).await;
    let before = (shown(world, "bo"), shown(world, "cy"));
    world.types("cy", "INC-1 action alert on it @cy").await;
    soon(world, |world| home(world, "cy").contains("A1 of INC-1")).await;
    // Pages are looked at in the order of accounts, and bo's comes first.
    assert!(world.id("bo") < world.id("cy"));
    assert_eq!((shown(world, "bo"), shown(world, "cy")), (before.0, before.1 + 1), "bo's is as it was");
    for who in ["ana", "dee"] {
        assert_eq!(shown(world, who), 0, "{who} never opened theirs");
    }
}

async fn a_home_is_left_alone_after_a_while(world: &mut SlackWorld) {
    open(world, &["bo"]).await;
    world.advance(TimeDelta::minutes(20)).await;
    open(world, &["cy"]).await;
    world.advance(TimeDelta::minutes(11)).await;
    world.types("cy", "declare checkout is down").await;
    soon(world, |world| home(world, "cy").contains("INC-1")).await;
    assert_eq!(shown(world, "bo"), 1);
    open(world, &["bo"]).await;
    assert!(home(world, "bo").contains("INC-1"), "{}", home(world, "bo"));
}

async fn what_somebody_may_no_longer_see_vanishes(world: &mut SlackWorld) {
    open(world, &["ana", "eve"]).await;
    world.types("cy", "declare payroll leaked --private").await;
    soon(world, |world| home(world, "ana").contains("payroll leaked")).await;
    assert_eq!(shown(world, "eve"), 1, "it is nobody else's business");
    world.fake.joins(world.id("eve"), &world.room(1).await.id).await;
    world.settle().await;
    soon(world, |world| home(world, "eve").contains("payroll leaked")).await;
    world.reorganise(|org| org.files.people[0].standing = Standing::Responder).await;
    soon(world, |world| !home(world, "ana").contains("payroll leaked")).await;
    world.reorganise(|org| org.files.people.retain(|person| person.handle.as_str() != "eve")).await;
    soon(world, |world| !home(world, "eve").contains("INC-1")).await;
    assert!(!home(world, "eve").contains("web: @bo"), "{}", home(world, "eve"));
}

async fn a_home_that_was_not_shown_is_tried_again(world: &mut SlackWorld) {
    open(world, &["bo"]).await;
    let failing =
        [Fault::Status(500), Fault::RateLimited(7), Fault::ResetBefore, Fault::Error("fatal_error".to_owned())];
    for (number, fault) in (1..).zip(failing) {
        let case = format!("{fault:?}");
        world.fake.breaks(Trouble::with("views.publish", fault).times(1));
        let before = shown(world, "bo");
        world.types("cy", &format!("declare fire {number}")).await;
        soon(world, |world| shown(world, "bo") == before + 1).await;
        assert!(!home(world, "bo").contains(&format!("fire {number}")), "{case}");
        world.advance(TimeDelta::seconds(10)).await;
        soon(world, |world| home(world, "bo").contains(&format!("fire {number}"))).await;
    }
}

async fn a_home_shows_what_concerns_somebody(world: &mut SlackWorld) {
    open(world, &["gus", "bo"]).await;
    let home = |who: &str| home(world, who);
    assert!(home("gus").contains("is a guest here") && !home("gus").contains("@bo"), "{}", home("gus"));
    for text in [
        "There is no open incident.",
        "Nobody waits for your acknowledgement.",
        "You have no open actions.",
        "web: @bo",
    ] {
        assert!(home("bo").contains(text), "{text}: {}", home("bo"));
    }
    world.types("cy", "declare checkout is down sev1 --service checkout").await;
    world.types("cy", "action alert on it @bo --due 2025-12-01").await;
    open(world, &["bo"]).await;
    for text in ["INC-1 SEV1 declared: checkout is down", "A1 of INC-1: alert on it, due 2025-12-01"] {
        assert!(home("bo").contains(text), "{text}: {}", home("bo"));
    }
    let pressed = world.fake.press_in_home(world.id("bo"), "firebell:ack").await;
    assert_eq!(pressed.error, None);
    world.settle().await;
    assert_eq!(world.dm("bo").messages.last().unwrap().text, "You have INC-1.");
    let pressed = world.fake.press_in_home(world.id("bo"), "firebell:declare").await;
    assert_eq!(pressed.error, None);
    world.settle().await;
    world.submits("bo", &[("title", json!("search is slow"))]).await;
    assert!(world.fake.find_channel("inc-2-search-is-slow").is_some());
}

async fn a_command_of_its_own_says_who_is_on_call(world: &mut SlackWorld) {
    let asked = async |text: &str| {
        let outcome = world.fake.slash(world.id("cy"), &world.general, "/oncall", text).await;
        world.settle().await;
        outcome.text().to_owned()
    };
    let told = asked("").await;
    assert!(told.contains("now: @bo; 5 min to answer"), "{told}");
    assert_eq!(asked("who web").await, told.split("\n\n").next().unwrap_or_default());
    assert!(asked("declare it is down").await.contains("stands behind another command: /incident declare"));
    assert!(asked("help who").await.contains("/oncall who"));
}
