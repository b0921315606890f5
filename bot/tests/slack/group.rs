//! The user group of those who are on call follows a policy.

use chrono::TimeDelta;

use crate::support::slack::{Fake, Fault, Trouble};
use crate::support::{Before, SlackWorld, in_slack};

in_slack!(on_call => the_group_follows_the_policy, a_refusal_is_told_once_and_tried_again, nobody_is_no_group);

fn on_call(before: &mut Before) {
    let (dee, eve) = (before.accounts["dee"].clone(), before.accounts["eve"].clone());
    before.config.on_call_group = Some(before.fake.add_group("on-call", &[&dee, &eve]));
    before.config.on_call_policy = before.settings.default_policy.clone();
}

fn members(fake: &Fake) -> Vec<String> {
    let group = fake.with(|state| state.groups.keys().next().unwrap().clone());
    let mut users = fake.group(&group).users;
    users.sort();
    users
}

/// Waits until just these are in it.
async fn holds(world: &SlackWorld, who: &[&str]) {
    let mut wanted: Vec<String> = who.iter().map(|who| world.id(who).to_owned()).collect();
    wanted.sort();
    world.fake.until("the group", |fake| (members(fake) == wanted).then_some(())).await;
}

/// Time passes until the group was looked at once more.
async fn looks_again(world: &SlackWorld) {
    let looks = |fake: &Fake| fake.calls_of("users.lookupByEmail").len() + fake.calls_of("usergroups.users.list").len();
    let before = looks(&world.fake);
    world.advance_until(TimeDelta::minutes(1), |fake| looks(fake) > before).await;
}

async fn the_group_follows_the_policy(world: &mut SlackWorld) {
    holds(world, &["bo"]).await;
    world.reorganise(|org| org.policy("web", &[(&["cy", "dee"], 5), (&["bo"], 5)])).await;
    looks_again(world).await;
    holds(world, &["cy", "dee"]).await;
    // Nothing is changed that is as it should be.
    let updates = world.fake.calls_of("usergroups.users.update").len();
    looks_again(world).await;
    looks_again(world).await;
    assert_eq!(world.fake.calls_of("usergroups.users.update").len(), updates);
    // Somebody changes it by hand.
    let eve = world.id("eve").to_owned();
    world.fake.with(|state| state.groups.values_mut().next().unwrap().users.push(eve));
    looks_again(world).await;
    holds(world, &["cy", "dee"]).await;
}

async fn a_refusal_is_told_once_and_tried_again(world: &mut SlackWorld) {
    holds(world, &["bo"]).await;
    world.fake.breaks(Trouble::with("usergroups.users.update", Fault::Error("permission_denied".to_owned())));
    world.reorganise(|org| org.policy("web", &[(&["cy"], 5)])).await;
    let tried = |count| move |fake: &Fake| (fake.calls_of("usergroups.users.update").len() >= count).then_some(());
    for round in 2..=4 {
        looks_again(world).await;
        world.fake.until("a try", tried(round)).await;
    }
    let told = world.logged("the on-call group is not in step");
    assert!(told.len() == 1 && told[0].contains("permission_denied"), "{told:#?}");
    world.fake.heals();
    looks_again(world).await;
    holds(world, &["cy"]).await;
}

async fn nobody_is_no_group(world: &mut SlackWorld) {
    holds(world, &["bo"]).await;
    let cy = world.id("cy").to_owned();
    world.fake.change_user(&cy, |user| user.email = Some("cy@elsewhere.example".to_owned()));
    world.reorganise(|org| org.policy("web", &[(&["cy"], 5)])).await;
    looks_again(world).await;
    looks_again(world).await;
    let told = world.logged("the on-call group is not in step");
    assert!(told.len() == 1 && told[0].contains("nobody whom policy web pages first has a Slack account"), "{told:#?}");
    holds(world, &["bo"]).await;
    assert!(
        world.fake.calls_of("usergroups.users.update").iter().all(|call| !call.args["users"].to_string().is_empty())
    );
    assert_eq!(world.fake.calls_of("usergroups.users.update").len(), 1);
    world.fake.change_user(&cy, |user| user.email = Some("cy@example.com".to_owned()));
    looks_again(world).await;
    holds(world, &["cy"]).await;
}
