//! When what happened, by the timeline or by the word of people, and what it cost.

use firebell_core::times::{Interval, KeyTime};

use crate::support::{World, minutes, on_both};

on_both!(
    key_times_are_proposed_said_and_given_back,
    every_figure_follows,
    an_installation_wants_times_of_its_own,
    the_impact_has_numbers,
);

async fn mitigated(world: &mut World) {
    world.says("ana", "/incident declare checkout is down --impact-started -10m").await;
    world.advance(minutes(20)).await;
    world.says("bo", "/incident lead").await;
    world.says("bo", "/incident status mitigated").await;
    world.advance(minutes(10)).await;
}

async fn key_times_are_proposed_said_and_given_back(world: &mut World) {
    mitigated(world).await;
    let shown = world.says("ana", "/incident times").await;
    for part in ["impact started: ", "(proposed from E1)", "resolved: not known", "mitigate: 30 min ("] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let said = world.says("bo", "/incident times mitigated -20m").await;
    assert!(said.starts_with("INC-1: mitigated at ") && said.ends_with(", by the word of people."), "{said}");
    let shown = world.says("ana", "/incident times").await;
    assert!(shown.contains("(said by @bo in E") && shown.contains("; the timeline proposes "), "{shown}");
    assert!(shown.contains("mitigate: 20 min ("), "{shown}");
    let odd = world.says("bo", "/incident times impact started -5m").await;
    assert!(odd.contains("Mind the order: impact started is later than mitigated."), "{odd}");
    let shown = world.says("ana", "/incident times").await;
    assert!(shown.contains("Mind the order: impact started is later than mitigated."), "{shown}");
    assert!(shown.contains("mitigate: not known ("), "{shown}");
    let back = world.says("bo", "/incident times impact-started --clear").await;
    assert!(back.starts_with("INC-1: the timeline has the say again about impact started, and says "), "{back}");
    for (line, refusal) in [
        ("times mitigated +5m", "! That time lies in the future; facts have already happened"),
        ("times resolved --clear", "! Nobody has said when it was resolved, so the timeline has the say already"),
    ] {
        assert_eq!(world.says("bo", &format!("/incident {line}")).await, refusal, "{line}");
    }
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn every_figure_follows(world: &mut World) {
    mitigated(world).await;
    world.says("bo", "/incident times impact-started -60m").await;
    world.says("bo", "/incident times detected -45m").await;
    world.restart().await;
    let export = world.says("ana", "/incident export json").await;
    let export: serde_json::Value = serde_json::from_str(export.get(export.find('{').unwrap()..).unwrap()).unwrap();
    let seconds = |word: &str| {
        export["metrics"].as_array().unwrap().iter().find(|metric| metric["word"] == word).unwrap()["seconds"].clone()
    };
    assert_eq!((seconds("detect"), seconds("mitigate")), (900.into(), 3_000.into()));
    let times = export["key_times"].as_array().unwrap();
    assert!(times.iter().any(|time| time["word"] == "detected" && time["set"] == true), "{times:?}");
    let card = world.says("ana", "/incident show").await;
    let postmortem = world.says("ana", "/incident postmortem").await;
    let started =
        times.iter().find(|time| time["word"] == "impact-started").unwrap()["at"].as_str().unwrap().to_owned();
    assert!(card.contains(&started), "{started}: {card}");
    assert!(postmortem.contains("15 min") && postmortem.contains("50 min"), "{postmortem}");
}

async fn an_installation_wants_times_of_its_own(world: &mut World) {
    let repair = Interval { name: "repair".to_owned(), from: KeyTime::Acknowledged, to: KeyTime::Mitigated };
    let whole = Interval { name: "whole".to_owned(), from: KeyTime::Detected, to: KeyTime::Resolved };
    world.restart_with(|settings| settings.intervals = vec![repair, whole]).await;
    mitigated(world).await;
    world.says("bo", "/incident times acknowledged -25m").await;
    let shown = world.says("ana", "/incident times").await;
    assert!(shown.contains("repair: 15 min (from acknowledged to mitigated)"), "{shown}");
    assert!(shown.contains("whole: not known (from detected to resolved)"), "{shown}");
    let export = world.says("ana", "/incident export json").await;
    assert!(export.contains("\"word\": \"repair\""), "{export}");
}

async fn the_impact_has_numbers(world: &mut World) {
    mitigated(world).await;
    let set = "impact no carts --users 1,200 --requests 34k --money 12500 EUR --slo 43 --ended -5m";
    assert_eq!(world.says("ana", &format!("/incident {set}")).await, "Impact of INC-1 set.");
    let shown = world.says("ana", "/incident impact").await;
    assert!(shown.starts_with("Impact of INC-1: no carts (since ") && shown.contains(", until "), "{shown}");
    let numbers = "In numbers: 1200 users 34000 requests 12500 EUR 43 minutes of the error budget";
    assert!(shown.ends_with(numbers), "{shown}");
    world.says("ana", "/incident impact --users 1300").await;
    let shown = world.says("ana", "/incident impact").await;
    assert!(shown.contains("In numbers: 1300 users 34000 requests"), "{shown}");
    let odd = world.says("ana", "/incident impact --ended -2h").await;
    assert!(odd.contains("Mind the order: impact started is later than impact ended."), "{odd}");
    for (line, refusal) in [
        ("impact --users some", "\"some\" is no whole number; write 1200, 1,200, 34k or 1.5M"),
        ("impact --money 5 EURO", "\"5\" has no currency; write an amount and its currency, as 12500 EUR or 12.5k EUR"),
        (
            "impact --money 5 ERU",
            "ERU is no currency of ISO 4217, perhaps EUR is meant; write an amount and its currency, as 12500 EUR or 12.5k EUR",
        ),
        ("impact --ended +5m", "That time lies in the future; facts have already happened"),
    ] {
        let told = world.says("ana", &format!("/incident {line}")).await;
        assert!(told.starts_with(&format!("! {refusal}")), "{line}: {told}");
    }
    world.adds_up().await;
}
