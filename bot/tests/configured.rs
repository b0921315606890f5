//! What an installation has configured of its own: types, roles, custom fields, and whom to page.

use firebell_core::directory::plan::FileTeam;
use firebell_core::ids::Key;
use firebell_core::settings::Severity;

use crate::support::{World, minutes, on_both};

on_both!(
    severities_with_other_keys_page,
    types_roles_and_fields_are_kept_and_shown,
    a_service_brings_its_runbook_and_its_team,
    without_a_policy_the_last_resort_is_paged,
    nobody_can_be_paged
);

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

/// What whoever is woken looks for first: what to do, and who knows about it.
async fn a_service_brings_its_runbook_and_its_team(world: &mut World) {
    let files = &mut world.org.files;
    files.teams.push(FileTeam { key: key("shop"), name: "Shop".to_owned(), members: vec![key("bo"), key("cy")] });
    let runbook = "https://wiki.example.org/checkout?a=1&b=2".to_owned();
    for service in &mut files.services {
        (service.team, service.runbook) = (Some(key("shop")), Some(runbook.clone()));
    }
    world.restart().await;
    world.says("ana", "/incident declare checkout is down sev1 --service checkout").await;
    let card = world.terminal.room("inc-1-checkout-is-down").card;
    assert!(card.contains("\nrunbook of checkout: https://wiki.example.org/checkout?a=1&b=2\n"), "{card}");
    let shown = world.says("ana", "/incident show").await;
    assert!(shown.contains("\nteam shop (@bo, @cy)\n"), "{shown}");
}

const ROOM: &str = "inc-1-a-key-has-leaked";

/// A declaration that names the worst severity by its own key must not become one that pages nobody.
async fn severities_with_other_keys_page(world: &mut World) {
    world
        .restart_with(|settings| {
            let severity = |name: &str, pages| Severity {
                urgency: firebell_core::directory::Urgency::High,
                key: key(name),
                name: name.to_owned(),
                update_every: None,
                pages,
                rooms: Vec::new(),
            };
            settings.severities = vec![severity("p1", true), severity("high", true), severity("p3", false)];
            settings.default_severity = key("p3");
        })
        .await;
    for (line, declared, title) in [
        ("checkout is down P1", "P1. Paging @bo.", "checkout is down"),
        ("p1: checkout is down", "P1. Paging @bo.", "checkout is down"),
        ("\"checkout of p1\" p3", "P3.", "checkout of p1"),
        ("the load is high", "P3.", "the load is high"),
        ("the load is high --severity high", "HIGH. Paging @bo.", "the load is high"),
        ("checkout of p2 is down", "P3.", "checkout of p2 is down"),
    ] {
        let number = world.numbers().await.len() + 1;
        let reply = world.says("ana", &format!("/incident declare {line}")).await;
        assert_eq!(reply, format!("INC-{number} declared at {declared}"), "{line}");
        assert_eq!(world.row(i64::try_from(number).unwrap()).await.title, title, "{line}");
    }
    let table = [
        ("checkout is down sev1", "! No severity is called sev1; there are p1, high, p3"),
        ("checkout is down p1 p3", "! P1 and p3 are two severities, name one or quote the title: "),
    ];
    for (line, expected) in table {
        let reply = world.says("ana", &format!("/incident declare {line}")).await;
        assert!(reply.starts_with(expected), "{line}: {reply}");
    }
}

async fn types_roles_and_fields_are_kept_and_shown(world: &mut World) {
    let declare = "/incident declare a key has leaked --type security --field region=EU";
    assert_eq!(world.says("ana", declare).await, "INC-1 declared at SEV3.");
    assert_eq!(world.says("bo", "/incident role legal @dee").await, "@dee is legal of INC-1.");
    assert_eq!(world.says("bo", "/incident field ticket T-1 *urgent*").await, "Field ticket of INC-1 is set.");
    assert_eq!(world.says("bo", "/incident field region us").await, "Field region of INC-1 is set.");
    let room = world.terminal.room(ROOM);
    assert_eq!(room.posts, ["Legal counsel: @dee — @bo", "Support ticket: T-1 *urgent* — @bo", "Region: us — @bo"]);
    assert!(room.card.starts_with("INC-1  SEV3  declared  security\n"), "{}", room.card);
    assert!(room.card.contains("scribe – · legal @dee\n"), "{}", room.card);
    let shown = world.says("ana", "/incident show").await;
    assert!(shown.contains("\nregion: us\nsupport ticket: T-1 *urgent*\n"), "{shown}");
    let postmortem = world.says("ana", "/incident postmortem").await;
    let front = "type: \"security\"\n";
    assert!(postmortem.contains(front), "{postmortem}");
    assert!(postmortem.contains("\nfields: {\"region\":\"us\",\"ticket\":\"T-1 *urgent*\"}\n"), "{postmortem}");
    assert!(postmortem.contains("| Support ticket: T-1 \\*urgent\\* |"), "{postmortem}");
    assert_eq!(world.says("bo", "/incident field ticket --clear").await, "Field ticket of INC-1 is empty now.");
    assert_eq!(world.terminal.room(ROOM).posts.last().unwrap(), "Support ticket: emptied — @bo");
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn without_a_policy_the_last_resort_is_paged(world: &mut World) {
    world
        .reorganise(|org| {
            let last_resort = org.files.last_resort.clone();
            org.nobody_to_page();
            org.files.last_resort = last_resort;
        })
        .await;
    let reply = world.says("ana", "/incident declare checkout is down sev1").await;
    assert_eq!(reply, "INC-1 declared at SEV1. Paging @dee.");
    let why = world.says("ana", "/incident why-paged").await;
    assert!(
        why.contains("page 1 (to the last resort, as no policy covers the incident), raised 09:00 by @ana"),
        "{why}"
    );
    let posts = world.terminal.room("inc-1-checkout-is-down").posts;
    assert_eq!(posts[0], "Paging the last resort, as no policy covers this incident — @ana");
    world.advance(minutes(5)).await;
    assert_eq!(world.pages("dee"), 2, "again, until somebody answers");
    assert_eq!(world.says("dee", "/incident ack").await, "You have INC-1.");
    world.advance(minutes(60)).await;
    assert_eq!(world.pages("dee"), 2);
}

async fn nobody_can_be_paged(world: &mut World) {
    world.reorganise(crate::support::Org::nobody_to_page).await;
    let nobody =
        "Nobody is paged: there is neither a policy nor a last resort; `/incident page @somebody` pages a person.";
    let reply = world.says("ana", "/incident declare checkout is down sev1").await;
    assert_eq!(reply, format!("INC-1 declared at SEV1. {nobody}"));
    assert_eq!(world.says("ana", "/incident sev sev3").await, "INC-1 is SEV3 now.");
    assert_eq!(world.says("ana", "/incident sev sev2").await, format!("INC-1 is SEV2 now. {nobody}"));
    assert_eq!(world.says("ana", "/incident page @bo").await, "Paging @bo for INC-1.");
    world.paged("bo");
}
