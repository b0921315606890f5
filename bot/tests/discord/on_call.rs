//! The role of those who are on call follows a policy.

use chrono::TimeDelta;

use crate::support::discord::{Fake, Fault, Trouble};
use crate::support::{BeforeDiscord, DiscordWorld, in_discord};

in_discord!(on_call => the_role_follows_the_policy, a_refusal_is_told_once_and_tried_again, nobody_is_no_role);

const GIVE: &str = "PUT /guilds/{guild_id}/members/{user_id}/roles/{role_id}";
const ROLE: &str = "on call";

/// At the beginning eve has the role, whom the directory knows, and zoe, whom it does not.
fn on_call(before: &mut BeforeDiscord) {
    let role = before.fake.add_role(ROLE, 0, true);
    let (eve, zoe) = (before.accounts["eve"].clone(), before.fake.add_person("zoe"));
    for account in [&eve, &zoe] {
        before.fake.change_member(account, |member| member.roles.push(role.clone()));
    }
    before.config.on_call_role = Some(role);
    before.config.on_call_policy = before.settings.default_policy.clone();
}

/// The names of those who have the role.
fn holders(fake: &Fake) -> Vec<String> {
    fake.with(|state| {
        let role = state.roles.values().find(|role| role.name == ROLE).unwrap();
        let members = state.members.values().filter(|member| member.roles.contains(&role.id));
        let mut names: Vec<String> = members.map(|member| state.users[&member.user].username.clone()).collect();
        names.sort();
        names
    })
}

async fn holds(world: &DiscordWorld, who: &[&str]) {
    world
        .passes_while(TimeDelta::minutes(1), || {
            world.fake.until("the role", |fake| (holders(fake) == who).then_some(()))
        })
        .await;
}

async fn the_role_follows_the_policy(world: &mut DiscordWorld) {
    holds(world, &["bo", "zoe"]).await;
    world.reorganise(|org| org.policy("web", &[(&["cy", "dee"], 5), (&["bo"], 5)])).await;
    holds(world, &["cy", "dee", "zoe"]).await;
    // Nothing is changed that is as it should be.
    let given = world.fake.calls_of(GIVE).len();
    assert_eq!(given, 3);
    world.advance(TimeDelta::minutes(3)).await;
    assert_eq!(world.fake.calls_of(GIVE).len(), given);
    // Somebody changes it by hand.
    let (eve, cy) = (world.id("eve").to_owned(), world.id("cy").to_owned());
    let role = world.fake.with(|state| state.roles.values().find(|role| role.name == ROLE).unwrap().id.clone());
    world.fake.change_member(&eve, |member| member.roles.push(role.clone()));
    world.fake.change_member(&cy, |member| member.roles.clear());
    holds(world, &["cy", "dee", "zoe"]).await;
}

async fn a_refusal_is_told_once_and_tried_again(world: &mut DiscordWorld) {
    holds(world, &["bo", "zoe"]).await;
    world.fake.breaks(Trouble::with(GIVE, Fault::Error("50013".to_owned())));
    world.reorganise(|org| org.policy("web", &[(&["cy"], 5)])).await;
    let tried = || world.fake.until("another try", |fake| (fake.calls_of(GIVE).len() >= 4).then_some(()));
    world.passes_while(TimeDelta::minutes(1), tried).await;
    let told = world.logged("the on-call group is not in step");
    assert!(told.len() == 1 && told[0].contains("put it above the on-call role"), "{told:#?}");
    assert_eq!(holders(&world.fake), ["bo", "zoe"], "who had it is better than nobody");
    world.fake.heals();
    holds(world, &["cy", "zoe"]).await;
}

async fn nobody_is_no_role(world: &mut DiscordWorld) {
    holds(world, &["bo", "zoe"]).await;
    world
        .reorganise(|org| {
            let cy = org.files.people.iter_mut().find(|person| person.handle.as_str() == "cy").unwrap();
            cy.accounts.clear();
            org.policy("web", &[(&["cy"], 5)]);
        })
        .await;
    let told = || world.logged("nobody whom policy web pages first has a Discord account");
    world
        .passes_while(TimeDelta::minutes(1), || async {
            while told().is_empty() {
                tokio::task::yield_now().await;
            }
        })
        .await;
    assert_eq!(told().len(), 1);
    assert_eq!(holders(&world.fake), ["bo", "zoe"]);
}
