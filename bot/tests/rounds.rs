//! Rounds of proof: everybody who responds proves now and then that they can be reached, once for however many replicas.

use chrono::{NaiveTime, TimeDelta};
use firebell_core::directory::ContactMethod;
use firebell_core::directory::plan::FileTeam;
use firebell_core::directory::proof::Rounds;

use crate::contacts::{NUMBER, Providers, reached, visit};
use crate::own_contacts::code_in;
use crate::support::{Home, Org, World, key, minutes, on_both};

on_both!(
    everybody_is_asked_in_the_morning_and_confirms_by_code_or_link,
    of_two_replicas_one_asks_and_a_restart_asks_nobody_again,
    whoever_confirms_nothing_is_told_in_chat,
    an_outage_is_followed_by_one_round_alone,
    who_has_not_confirmed_is_shown_to_their_team,
    without_a_pace_nobody_is_asked,
);

fn by_push_and_text(org: &mut Org) {
    reached(org, &[ContactMethod::Ntfy, ContactMethod::Sms, ContactMethod::Console], &[]);
}

/// It is Monday at nine; bo has two methods beside chat, and everybody else none.
async fn begin(world: &mut World) -> Providers {
    let providers = Providers::of(world).await;
    world.reorganise(by_push_and_text).await;
    let at = NaiveTime::from_hms_opt(10, 0, 0).unwrap();
    world.restart_with(|settings| settings.proof = Some(Rounds { every: TimeDelta::days(30), at })).await;
    providers
}

/// How many tests were pushed and texted.
fn tests(providers: &Providers) -> (usize, usize) {
    let is_test = |text: &str| text.contains("This tests how Firebell reaches @bo (bo)");
    let pushed = providers.ntfy.with(|ntfy| {
        let title = |message: &&serde_json::Value| is_test(&message.to_string());
        ntfy.messages.iter().filter(title).count()
    });
    (pushed, providers.texts().iter().filter(|text| is_test(text)).count())
}

fn pushed(providers: &Providers) -> String {
    providers.ntfy.with(|ntfy| ntfy.messages.last().unwrap()["message"].as_str().unwrap().to_owned())
}

async fn everybody_is_asked_in_the_morning_and_confirms_by_code_or_link(world: &mut World) {
    let providers = begin(world).await;
    world.advance(minutes(59)).await;
    assert_eq!(tests(&providers), (0, 0));
    world.advance(minutes(1)).await;
    assert_eq!(tests(&providers), (1, 1));
    let shown = world.says("ana", "/oncall proof").await;
    assert_eq!(shown, "@bo has not proved: ntfy, sms; asked 2026-03-02 10:00");
    assert!(!shown.contains(NUMBER));
    world.advance(TimeDelta::days(2)).await;
    let code = code_in(&providers.texts().remove(0));
    assert_eq!(world.says("bo", &format!("/oncall me confirm {code}")).await, "sms leads to you. Thank you.");
    assert_eq!(world.says("ana", "/oncall proof").await, "@bo has not proved: ntfy; asked 2026-03-02 10:00");
    let text = pushed(&providers);
    let (_, link) = text.split_once("Or open ").unwrap();
    let link = link.split_whitespace().next().unwrap().to_owned();
    let (status, page) = visit(world, reqwest::Method::GET, &link).await;
    assert!(status == 200 && page.contains("A test of Firebell for @bo"), "{page}");
    assert!(world.says("ana", "/oncall proof").await.contains("ntfy"), "to look at it proves nothing");
    for _ in 0..2 {
        let (status, page) = visit(world, reqwest::Method::POST, &link).await;
        assert!(status == 200 && page.contains("ntfy leads to you"), "{page}");
    }
    let (status, page) = visit(world, reqwest::Method::POST, &format!("{link}0")).await;
    assert!(status == 404 && page.contains("This link is not good any more"), "{page}");
    let nobody = "Of those whom you may see, nobody has anything left to prove.";
    assert_eq!(world.says("ana", "/oncall proof").await, nobody);
    world.advance(TimeDelta::days(27)).await;
    assert_eq!(tests(&providers), (1, 1));
    world.advance(TimeDelta::days(1)).await;
    assert_eq!(tests(&providers), (2, 2), "thirty days after Monday is a Wednesday");
    assert_eq!(
        world.says("ana", "/oncall proof").await,
        "@bo has not proved: ntfy, sms; asked 2026-04-01 10:00",
        "what was proved before counts no more"
    );
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn of_two_replicas_one_asks_and_a_restart_asks_nobody_again(world: &mut World) {
    let providers = begin(world).await;
    world.settle().await;
    let other = world.replica().await;
    world.clock.advance(minutes(60)).unwrap();
    let (one, two) = tokio::join!(world.app.engine.settle(), other.engine.settle());
    one.unwrap();
    two.unwrap();
    world.settle().await;
    assert_eq!(tests(&providers), (1, 1));
    other.store.close().await;
    world.restart().await;
    world.advance(minutes(60)).await;
    assert_eq!(tests(&providers), (1, 1));
    let code = code_in(&providers.texts().remove(0));
    assert!(world.says("bo", &format!("/oncall me confirm {code}")).await.starts_with("sms leads to you"));
}

async fn whoever_confirms_nothing_is_told_in_chat(world: &mut World) {
    let providers = begin(world).await;
    world.advance(minutes(60)).await;
    let told = |world: &World| {
        world.terminal.told("bo").iter().filter(|text| text.contains("nothing that Firebell sent you")).count()
    };
    world.advance(TimeDelta::days(3) - minutes(1)).await;
    assert_eq!(told(world), 0);
    world.advance(minutes(1)).await;
    assert_eq!(told(world), 1);
    world.restart().await;
    world.advance(TimeDelta::days(20)).await;
    assert_eq!(told(world), 1, "once");
    world.advance(TimeDelta::days(7)).await;
    let code = code_in(providers.texts().last().unwrap());
    assert!(world.says("bo", &format!("/oncall me confirm {code}")).await.starts_with("sms leads to you"));
    world.advance(TimeDelta::days(7)).await;
    assert_eq!(told(world), 1, "one that arrives is enough");
    world.app.engine.clone().arrive().await.map(drop).unwrap();
    let numbers = world.app.engine.metrics.text().unwrap();
    assert!(numbers.contains("firebell_contacts_unproved 1"), "{numbers}");
}

async fn an_outage_is_followed_by_one_round_alone(world: &mut World) {
    let providers = begin(world).await;
    world.settle().await;
    world.clock.advance(TimeDelta::days(100)).unwrap();
    world.settle().await;
    assert_eq!(tests(&providers), (1, 1));
    world.advance(TimeDelta::days(29)).await;
    assert_eq!(tests(&providers), (1, 1));
}

async fn who_has_not_confirmed_is_shown_to_their_team(world: &mut World) {
    let _providers = begin(world).await;
    world
        .reorganise(|org| {
            let members = vec![key("bo"), key("cy")];
            org.files.teams.push(FileTeam { key: key("shop"), name: "Shop".to_owned(), members });
        })
        .await;
    for who in ["ana", "bo", "cy"] {
        assert_eq!(world.says(who, "/oncall proof").await, "@bo has not proved: ntfy, sms", "{who}");
    }
    assert!(world.says("dee", "/oncall proof").await.starts_with("Of those whom you may see, nobody"));
    assert!(world.says("gus", "/oncall proof").await.contains("guest"));
}

async fn without_a_pace_nobody_is_asked(world: &mut World) {
    let providers = Providers::of(world).await;
    world.reorganise(by_push_and_text).await;
    world.advance(TimeDelta::days(60)).await;
    assert_eq!(tests(&providers), (0, 0));
}

#[test]
fn the_command_line_lists_who_has_not_confirmed() {
    let home = Home::founded();
    let listed = home.run(&["contacts"]).done();
    assert!(listed.contains("nobody has anything left to prove"), "{listed}");
    let shown = home.run(&["do", "--as", "ana", "/oncall me"]).done();
    assert!(shown.contains("You are @ana, reached by:"), "{shown}");
    let ended = home.run(&["do", "--as", "ana", "/oncall me set sms +4366012345642"]);
    assert!(ended.err.contains("Sms is not configured here"), "{ended:?}");
}
