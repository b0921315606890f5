//! Overrides are listed, and ended by those whom they concern; what was stays on record.

use crate::support::{Org, World, key, minutes, on_both};

on_both!(
    one_that_runs_ends_now_and_those_on_call_again_are_paged,
    one_that_has_not_begun_goes,
    whom_it_does_not_concern_is_refused_with_a_way_out,
    a_gap_that_comes_of_it_is_said,
);

const NONE: &str = "No override holds or is ahead.";

/// Bo until noon, then cy, by the schedule that the policy asks first.
fn nights(org: &mut Org) {
    org.schedule("nights", &["bo", "cy"]);
    org.asks_schedule("web", "nights");
}

/// What somebody was told last.
fn last(world: &World, who: &str) -> String {
    world.terminal.told(who).pop().unwrap_or_default()
}

async fn one_that_runs_ends_now_and_those_on_call_again_are_paged(world: &mut World) {
    world.reorganise(nights).await;
    assert_eq!(world.says("eve", "/oncall overrides").await, NONE);
    world.says("dee", "/oncall take nights --for 2h").await;
    world.advance(minutes(30)).await;
    world.says("ana", "/oncall override nights @eve --from 11:00 --to 11:30 --instead bo").await;
    world.restart().await;
    insta::assert_snapshot!("overrides_listed", world.says("ana", "/oncall overrides").await);
    let several = world.says("ana", "/oncall overrides end").await;
    assert!(several.starts_with("! There are several overrides that you may end; name one by its number"), "{several}");
    let ended = world.says("ana", "/oncall overrides end 1").await;
    assert_eq!(
        ended,
        "Ended: what put @dee on call by nights from 2026-03-02 09:30 to 2026-03-02 11:00. On call again: @bo."
    );
    insta::assert_snapshot!("override_ended_gone", last(world, "dee"));
    insta::assert_snapshot!("override_ended_again", last(world, "bo"));
    world.restart().await;
    world.says("ana", "/incident declare checkout is down sev1 --service checkout").await;
    world.paged("bo");
    world.not_paged("dee");
    // What was is still told.
    let shown = world.says("eve", "/oncall schedule nights --from \"2026-03-02 09:00\" --to 10:00").await;
    assert!(shown.contains("  2026-03-02 09:00 - 2026-03-02 09:30 @dee (taken by @dee)\n"), "{shown}");
    assert!(shown.contains("  2026-03-02 09:30 - 2026-03-02 10:00 @bo (layer day)"), "{shown}");
    let borne = world.says("eve", "/oncall fairness nights --from \"2026-03-02 09:00\"").await;
    assert!(borne.contains("@dee: 0.5 h in 1 shift"), "{borne}");
}

async fn one_that_has_not_begun_goes(world: &mut World) {
    world.reorganise(nights).await;
    world.says("dee", "/oncall cover @bo --from 10:00 --to 11:00").await;
    world.restart().await;
    let ended = world.says("bo", "/oncall overrides end").await;
    assert_eq!(
        ended,
        "Ended: what put @dee on call by nights from 2026-03-02 10:00 to 2026-03-02 11:00. On call again: @bo."
    );
    assert!(last(world, "dee").starts_with("@bo has ended what put you on call by nights"), "{}", last(world, "dee"));
    assert!(!last(world, "bo").contains("again"), "whoever ended it knows");
    world.restart().await;
    assert_eq!(world.says("dee", "/oncall overrides").await, NONE);
    let shown = world.says("eve", "/oncall schedule nights --to 12:00").await;
    assert!(!shown.contains("@dee"), "{shown}");
    // Shifts that changed hands were agreed by two.
    world.says("bo", "/oncall swap nights @cy --mine 11:00").await;
    world.says("cy", "/oncall swaps accept").await;
    assert_eq!(world.says("bo", "/oncall overrides").await, NONE);
}

async fn whom_it_does_not_concern_is_refused_with_a_way_out(world: &mut World) {
    let organised = |org: &mut Org| {
        nights(org);
        let (name, members) = ("Shop".to_owned(), vec![key("ana")]);
        org.files.teams = vec![firebell_core::directory::plan::FileTeam { key: key("shop"), name, members }];
        org.files.schedules[0].team = Some(key("shop"));
    };
    world.reorganise(organised).await;
    world.says("bo", "/oncall override nights @dee --from 10:00 --to 11:00").await;
    let shown = world.says("eve", "/oncall overrides").await;
    assert_eq!(shown, "1. nights: @dee 2026-03-02 10:00 - 2026-03-02 11:00 UTC (override by @bo)");
    let only = "Only who made that override, who is on call by it, team shop, those of its schedule nights and \
                administrators may end it";
    for (who, line, says) in [
        ("eve", "/oncall overrides end 1", only),
        ("eve", "/oncall overrides end", "There is no override that you may end; `/oncall overrides` lists them"),
        ("bo", "/oncall overrides end 2", "There is no override 2; `/oncall overrides` lists them"),
        ("bo", "/oncall overrides drop 1", "\"drop\" cannot be done to an override: /oncall overrides [end] [number]"),
    ] {
        assert_eq!(world.says(who, line).await, format!("! {says}"), "{who} {line}");
    }
    for line in ["/oncall overrides", "/oncall overrides end 1"] {
        assert!(world.says("gus", line).await.starts_with("! @gus is a guest here"), "{line}");
    }
    assert!(world.says("dee", "/oncall overrides end").await.starts_with("Ended: "), "whoever was put in may");
    assert_eq!(world.says("eve", "/oncall overrides").await, NONE);
    // Over once its time is.
    world.says("bo", "/oncall override nights @dee --to 10:00").await;
    world.advance(minutes(60)).await;
    assert_eq!(world.says("eve", "/oncall overrides").await, NONE);
    let late = world.says("bo", "/oncall overrides end 1").await;
    assert_eq!(late, "! There is no override 1; `/oncall overrides` lists them");
}

async fn a_gap_that_comes_of_it_is_said(world: &mut World) {
    let closed = |org: &mut Org| {
        nights(org);
        org.files.schedules[0].layers[0].layer.windows =
            firebell_core::oncall::text::read_windows("mon-sun 22:00-06:00").unwrap();
    };
    world.reorganise(closed).await;
    world.says("dee", "/oncall override nights @dee --to 11:00").await;
    let ended = world.says("dee", "/oncall overrides end").await;
    assert_eq!(
        ended,
        "Ended: what put @dee on call by nights from 2026-03-02 09:00 to 2026-03-02 11:00. Nobody is on call now for \
         some of that time; `/oncall gaps nights` shows when."
    );
    let who = world.says("eve", "/oncall who nights").await;
    assert!(who.starts_with("nights (nights): nobody is on call until 22:00 UTC"), "{who}");
}
