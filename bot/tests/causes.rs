//! Why it happened: causes, what led to what, and the evidence for it, through every surface's one door.

use crate::support::{World, minutes, on_both};

on_both!(
    an_analysis_grows_and_is_shown_as_a_tree,
    the_analysis_of_an_earlier_moment_is_shown,
    words_that_are_redacted_are_gone_from_the_analysis,
    what_was_ruled_out_led_to_nothing_in_the_picture,
    what_was_merged_points_at_where_it_goes_on,
    an_analysis_outlives_the_process,
    categories_are_those_of_the_installation,
);

const ROOM: &str = "inc-1-checkout-is-down";

async fn begun(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    world.talks(ROOM, "bo", "df says 100 %").await.unwrap();
}

async fn an_analysis_grows_and_is_shown_as_a_tree(world: &mut World) {
    begun(world).await;
    assert_eq!(
        world.says("ana", "/incident causes").await,
        "INC-1 analysis, times in UTC\nNobody has said why it happened; `/incident INC-1 trigger <text>`, `factor <text>` and `why <text>` do."
    );
    for (line, expected) in [
        (
            "trigger deploy of 1.4.3",
            "F1 is on record in INC-1 as trigger. Nothing supports it yet: `/incident INC-1 evidence F1 <entry|message|link>`.",
        ),
        (
            "why the disk filled up",
            "F2 is on record in INC-1 as why; it led to F1. Nothing supports it yet: `/incident INC-1 evidence F2 <entry|message|link>`.",
        ),
        (
            "factor nobody watches the disk --category Detection",
            "F3 is on record in INC-1 as contributing factor. Nothing supports it yet: `/incident INC-1 evidence F3 <entry|message|link>`.",
        ),
        ("because F2 F3", "F3 led to F2 in INC-1."),
        ("evidence F2 M1", "E9 is evidence for F2 of INC-1, and on its timeline."),
        ("evidence F2 https://example.org/d free space", "E11 is evidence for F2 of INC-1, and on its timeline."),
        ("evidence F2 E11", "! F2 is already supported by E11"),
        ("confirm F2", "F2 of INC-1 is confirmed."),
        ("rule-out F3 it is watched", "F3 of INC-1 is ruled out."),
        ("because F3 F1", "! That closes a circle, F1 → F3 → F2 → F1, and nothing can lead to itself"),
        (
            "limited the old version was at hand",
            "F4 is on record in INC-1 as what limited the damage. Nothing supports it yet: `/incident INC-1 evidence F4 <entry|message|link>`.",
        ),
        (
            "detection an alert --should",
            "F5 is on record in INC-1 as how it should have been detected. Nothing supports it yet: `/incident INC-1 evidence F5 <entry|message|link>`.",
        ),
        ("cause F4 --text \"the registry kept it\" --category process", "F4 of INC-1 is changed."),
    ] {
        assert_eq!(world.says("ana", &format!("/incident {line}")).await, expected, "{line}");
    }
    assert_eq!(
        world.says("bo", "/incident causes").await,
        "INC-1 analysis, times in UTC\n\
         F1 trigger, suspected (no evidence): deploy of 1.4.3\n  \
         F2 why, confirmed: the disk filled up [E9, E11]\n    \
         F3 contributing factor (detection), ruled out (no evidence): nobody watches the disk – ruled out: it is watched\n\
         F4 what limited the damage (process), suspected (no evidence): the registry kept it\n\
         F5 how it should have been detected, suspected (no evidence): an alert\n\
         (3 of 5 without evidence)"
    );
    let shown = world.says("bo", "/incident cause F2").await;
    for part in [
        "F2 why, confirmed: the disk filled up",
        "it led to F1",
        "because of F3",
        "df says 100 %",
        "https://example.org/d",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert_eq!(
        world.says("ana", "/incident evidence F2 M1 --remove").await,
        "E9 is no evidence for F2 of INC-1 any more."
    );
    assert_eq!(
        world.says("eve", "/incident cause F1 --text mine").await,
        "! Only who wrote F1, the lead, the scribe or an administrator may reword it"
    );
    world.says("ana", "/incident resolve done").await;
    world.says("ana", "/incident INC-1 close").await;
    assert!(world.says("bo", "/incident INC-1 why it is found out later").await.starts_with("F6 is on record"));
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn the_analysis_of_an_earlier_moment_is_shown(world: &mut World) {
    begun(world).await;
    world.advance(minutes(10)).await;
    world.says("ana", "/incident trigger a deploy").await;
    world.advance(minutes(10)).await;
    world.says("ana", "/incident confirm F1").await;
    world.says("ana", "/incident factor the disk").await;
    let then = world.says("ana", "/incident causes --at -5m").await;
    assert!(then.starts_with("INC-1 analysis as it stood at ") && then.contains("F1 trigger, suspected"), "{then}");
    assert!(!then.contains("F2"), "{then}");
    let earlier = world.says("ana", "/incident causes --at -15m").await;
    assert!(earlier.contains("Nobody has said why it happened"), "{earlier}");
    assert_eq!(world.says("ana", "/incident causes --at -2h").await, "! INC-1 was not declared by then");
}

async fn words_that_are_redacted_are_gone_from_the_analysis(world: &mut World) {
    begun(world).await;
    world.says("ana", "/incident note the password is hunter2").await;
    let note = world.history(1).await.last().unwrap().id;
    world.says("ana", "/incident factor hunter2 was public").await;
    let claim = world.history(1).await.last().unwrap().id;
    world.says("ana", &format!("/incident evidence F1 {note}")).await;
    world.says("ana", "/incident cause F1 --category process").await;
    world.says("ana", &format!("/incident redact {claim} a password")).await;
    world.says("ana", &format!("/incident redact {note} a password")).await;
    for line in ["causes", "cause F1", "causes --at now", "timeline", "postmortem", "export json"] {
        let shown = world.says("ana", &format!("/incident {line}")).await;
        assert!(!shown.contains("hunter2"), "{line}: {shown}");
    }
    let shown = world.says("ana", "/incident causes").await;
    assert!(shown.contains(&format!("supported: [redacted] [{note} (redacted)]")), "{shown}");
    assert_eq!(
        world.says("ana", &format!("/incident evidence F1 {note}")).await,
        format!("! {note} was redacted and supports nothing any more")
    );
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn what_was_ruled_out_led_to_nothing_in_the_picture(world: &mut World) {
    begun(world).await;
    for line in ["trigger deploy of 1.4.3", "factor nobody watches the disk"] {
        world.says("ana", &format!("/incident {line}")).await;
    }
    for (line, links) in [
        ("confirm F1", ["n0 --> n2", "n1 --> n2"].as_slice()),
        ("rule-out F2 it is watched", &["n0 --> n2"]),
        ("suspect F2", &["n0 --> n2", "n1 --> n2"]),
    ] {
        world.says("ana", &format!("/incident {line}")).await;
        let export = world.says("ana", "/incident export md").await;
        let drawn: Vec<&str> =
            export.lines().map(str::trim).filter(|line| line.starts_with('n') && line.contains("-->")).collect();
        assert_eq!(drawn, links, "after {line}: {export}");
    }
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn what_was_merged_points_at_where_it_goes_on(world: &mut World) {
    begun(world).await;
    world.says("ana", "/incident declare search is slow").await;
    world.says("ana", "/incident INC-2 factor the disk").await;
    assert_eq!(
        world.says("ana", "/incident INC-2 merge INC-1").await,
        "INC-2 is merged into INC-1; go on there. Its analysis stays with INC-2."
    );
    assert_eq!(
        world.says("ana", "/incident INC-2 why so").await,
        "! INC-2 was merged into INC-1, and what is found out goes there: `/incident INC-1 ...`"
    );
    let shown = world.says("ana", "/incident INC-2 causes").await;
    assert!(shown.contains("INC-2 was merged into INC-1, which has an analysis of its own."), "{shown}");
    world.says("ana", "/incident declare a third").await;
    world.says("ana", "/incident INC-3 cancel").await;
    assert_eq!(
        world.says("ana", "/incident INC-3 factor the disk").await,
        "! INC-3 is cancelled and takes no more of this; declare a new incident"
    );
}

async fn an_analysis_outlives_the_process(world: &mut World) {
    begun(world).await;
    for line in ["trigger a deploy", "why the disk", "evidence F2 M1", "confirm F2", "times detected -5m"] {
        world.says("ana", &format!("/incident {line}")).await;
        world.restart().await;
    }
    let shown = world.says("ana", "/incident causes").await;
    assert!(shown.contains("F2 why, confirmed: the disk ["), "{shown}");
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn categories_are_those_of_the_installation(world: &mut World) {
    let key = |text: &str| firebell_core::ids::Key::new(text).unwrap();
    world.restart_with(|settings| settings.cause_categories = vec![key("weather"), key("people_process")]).await;
    begun(world).await;
    assert_eq!(
        world.says("ana", "/incident factor it rained --category wether").await,
        "! No category of causes is called wether; did you mean weather?; there are weather, people_process"
    );
    assert!(world.says("ana", "/incident factor it rained --category people-process").await.starts_with("F1 is"));
    let shown = world.says("ana", "/incident causes").await;
    assert!(shown.contains("F1 contributing factor (people_process), suspected (no evidence): it rained"), "{shown}");
}
