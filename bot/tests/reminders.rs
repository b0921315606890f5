//! Reminders of what was promised, with the clock moved by hand: each comes once, whoever is killed in between.

use chrono::TimeDelta;
use firebell_core::ids::Key;

use crate::support::{World, key, on_both};

on_both!(
    a_postmortem_is_reminded_of_until_it_is_published,
    a_follow_up_is_nudged_until_it_is_done,
    nobody_is_told_twice_after_a_restart,
    two_replicas_remind_once,
    outsiders_are_not_reminded_of_what_is_private,
    whoever_has_left_is_not_reminded,
);

fn days(count: i64) -> TimeDelta {
    TimeDelta::days(count)
}

/// What somebody was told that says this.
fn reminded(world: &World, who: &str, of: &str) -> usize {
    world.terminal.told(who).iter().filter(|text| text.contains(of)).count()
}

/// Everybody of a team owns what is declared for checkout.
async fn team(world: &mut World, members: &[&str]) {
    let members: Vec<Key> = members.iter().map(|handle| key(handle)).collect();
    world.reorganise(|org| org.team("storefront", &members, "checkout")).await;
}

async fn a_postmortem_is_reminded_of_until_it_is_published(world: &mut World) {
    world
        .restart_with(|settings| {
            settings.postmortem.due.insert(key("sev3"), days(3));
            settings.postmortem.publish_with_errors = true;
        })
        .await;
    world.says("ana", "/incident declare checkout is down").await;
    world.says("ana", "/incident lead @bo").await;
    world.says("ana", "/incident resolve rolled back").await;
    // Resolved on Monday at nine, due on Thursday at nine.
    world.advance(days(1) + TimeDelta::hours(23)).await;
    assert_eq!(reminded(world, "bo", "Reminder: the postmortem is due"), 0);
    world.advance(TimeDelta::hours(1)).await;
    assert_eq!(reminded(world, "bo", "Reminder: the postmortem is due"), 1);
    let room = world.terminal.room("inc-1-checkout-is-down").posts.join("\n");
    assert!(room.contains("Reminder: the postmortem is due 2026-03-05 09:00"), "{room}");
    world.advance(days(1)).await;
    assert_eq!(reminded(world, "bo", "Reminder: the postmortem is due"), 2);
    world.advance(days(4)).await;
    assert_eq!(reminded(world, "bo", "Reminder: the postmortem is due"), 4, "on Friday and Monday, and not in between");
    world.says("bo", "/incident INC-1 postmortem publish").await;
    world.advance(days(30)).await;
    assert_eq!(reminded(world, "bo", "Reminder: the postmortem is due"), 4);
    world.adds_up().await;
}

async fn a_follow_up_is_nudged_until_it_is_done(world: &mut World) {
    team(world, &["cy", "dee"]).await;
    world.says("ana", "/incident declare checkout is down --service checkout").await;
    world.says("ana", "/incident action alert on disk usage @bo --due 2026-03-05 09:00").await;
    world.says("ana", "/incident resolve rolled back").await;
    let nudge = "Reminder of @bo: action A1 is due 2026-03-05 09:00: alert on disk usage";
    for (after, bo, team) in [(2, 1, 0), (1, 2, 0), (3, 2, 0), (1, 3, 1), (7, 4, 2)] {
        world.advance(days(after)).await;
        assert_eq!((reminded(world, "bo", nudge), reminded(world, "cy", nudge)), (bo, team), "after {after} more days");
        assert_eq!(reminded(world, "dee", nudge), team);
    }
    world.says("bo", "/incident INC-1 done A1").await;
    world.advance(days(30)).await;
    assert_eq!((reminded(world, "bo", nudge), reminded(world, "cy", nudge)), (4, 2), "what is done is let be");
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn nobody_is_told_twice_after_a_restart(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    world.says("ana", "/incident action alert on disk usage @bo --due 2026-03-05 09:00").await;
    world.clock.set(world.clock.now() + days(2)).unwrap();
    // The timer fires and the process is killed before anybody is told.
    assert_eq!(world.app.intake.fire().await.unwrap().reminders, 1);
    assert_eq!(reminded(world, "bo", "Reminder of @bo"), 0);
    world.restart().await;
    assert_eq!(world.app.intake.fire().await.unwrap().reminders, 0, "it is recorded");
    world.settle().await;
    world.restart().await;
    world.settle().await;
    assert_eq!(reminded(world, "bo", "Reminder of @bo"), 1);
    // A process that was down for long tells once.
    world.clock.set(world.clock.now() + days(90)).unwrap();
    world.restart().await;
    world.settle().await;
    assert_eq!(reminded(world, "bo", "Reminder of @bo"), 2);
}

async fn two_replicas_remind_once(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    world.says("ana", "/incident action alert on disk usage @bo --due 2026-03-05 09:00").await;
    let other = world.replica().await;
    world.clock.set(world.clock.now() + days(2)).unwrap();
    let (one, two) = tokio::join!(world.app.intake.fire_again(), other.intake.fire_again());
    assert_eq!(one.unwrap().reminders + two.unwrap().reminders, 1);
    world.settle().await;
    other.engine.settle().await.unwrap();
    assert_eq!(reminded(world, "bo", "Reminder of @bo"), 1);
    other.store.close().await;
}

async fn outsiders_are_not_reminded_of_what_is_private(world: &mut World) {
    team(world, &["cy", "dee"]).await;
    world.says("ana", "/incident declare payroll leaked --private --service checkout").await;
    world.says("ana", "/incident INC-1 lead @cy").await;
    world.says("ana", "/incident INC-1 action ask the payroll office @eve --due 2026-03-05 09:00").await;
    world.advance(days(2)).await;
    assert!(world.terminal.told("eve").is_empty(), "{:?}", world.terminal.told("eve"));
    assert!(world.terminal.told("dee").iter().all(|text| !text.contains("Reminder")));
    let told = world.terminal.told("cy").pop().unwrap();
    assert_eq!(told, "INC-1: Reminder: action A1 is due 2026-03-05 09:00", "and its words stay in the incident");
}

async fn whoever_has_left_is_not_reminded(world: &mut World) {
    team(world, &["cy"]).await;
    world.says("ana", "/incident declare checkout is down --service checkout").await;
    world.says("ana", "/incident action alert on disk usage @eve --due 2026-03-05 09:00").await;
    world.reorganise(|org| org.leaves("eve")).await;
    world.advance(days(2)).await;
    assert!(world.terminal.told("eve").is_empty());
    assert_eq!(reminded(world, "cy", "Reminder: action A1 is due"), 1);
}
