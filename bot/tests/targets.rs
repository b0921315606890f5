//! Copies of postmortems: files of repositories, pages of wikis, and what webhooks are told; each in its place, and never twice.

use std::collections::BTreeMap;
use std::sync::Arc;

use firebell::config::Config;
use firebell::notifiers::Notifiers;
use firebell::notify::guard::Guard;
use firebell::notify::{Address, Notifier, Secret, Setup, Webhook, WebhookConfig};
use firebell::platform::Outgoing;
use firebell::targets::Targets;
use firebell_core::directory::ContactMethod;
use firebell_core::postmortem::Postmortem;

use crate::notify::providers::http::Fake;
use crate::notify::providers::receiver::{Receiver, SECRET};
use crate::support::outside::confluence::{self, ConfluenceFake};
use crate::support::outside::github::{self, GitHubFake};
use crate::support::outside::gitlab::{self, GitLabFake};
use crate::support::outside::notion::{self, NotionFake};
use crate::support::outside::wire::Fault;
use crate::support::{Beside, Home, World, key, minutes, on_both, seconds};

on_both!(
    what_is_published_becomes_a_pull_request_and_is_kept_up_to_date,
    whatever_answer_is_lost_there_is_one_request,
    killed_while_it_is_published,
    words_that_are_taken_out_are_taken_out_of_copies,
    a_draft_leaves_by_no_target,
    a_private_postmortem_leaves_where_it_may_be_known_alone,
    a_refusal_is_recorded_and_sent_again_by_hand,
    wikis_and_webhooks_hold_it_in_place,
    a_private_room_holds_its_own_file,
);

const BRANCH: &str = "firebell/INC-1-postmortem";
const PAGE: &str = "postmortems/2026/INC-1.md";

/// Targets as a file configures them, with these tokens in the environment.
async fn configured(world: &mut World, text: &str, tokens: &[(&str, &str)], notifiers: Notifiers) {
    let config =
        Config::parse(&format!("[notify.webhook]\ntargets = {{ bridge = \"https://x.example\" }}\n{text}"), "t")
            .unwrap();
    let variable = |name: &str| {
        tokens
            .iter()
            .find(|(of, _)| name == format!("FIREBELL_TARGET_{of}_TOKEN"))
            .map(|(_, token)| (*token).to_owned())
    };
    let ready = config.targets.iter().map(|held| (held.name.clone(), held.target(&world.clock, &variable).unwrap()));
    let targets = Targets::new(ready.collect());
    world.restart_beside(Beside { notifiers, targets, ..Beside::default() }).await;
    let rules = config.settings().targets;
    world
        .restart_with(|settings| {
            settings.targets.clone_from(&rules);
            settings.postmortem.publish_with_errors = true;
        })
        .await;
}

/// A GitHub that holds what is published, and INC-1, resolved, with a section.
async fn begin(world: &mut World, more: &str) -> GitHubFake {
    let fake = GitHubFake::start("/api/v3").await;
    fake.state().now = world.clock.now();
    let text = format!(
        "[[postmortem.targets]]\nname = \"handbook\"\nkind = \"github\"\nproject = \"acme/postmortems\"\nurl = \"{}\"\n{more}",
        fake.wire.base()
    );
    configured(world, &text, &[("HANDBOOK", github::TOKEN)], Notifiers::default()).await;
    for line in [
        "declare checkout is down",
        "note the disk of db-1 is full",
        "resolve rolled back",
        "postmortem write background rotate the logs",
    ] {
        world.says("ana", &format!("/incident {line}")).await;
    }
    fake.wire.calls();
    fake
}

fn file(fake: &GitHubFake, path: &str) -> Option<String> {
    fake.state().git.file(BRANCH, path).map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())
}

/// How many requests there are, and how many commits of ours.
fn count(fake: &GitHubFake) -> (usize, usize) {
    let state = fake.state();
    let ours = state.git.history(BRANCH).into_iter().filter(|message| message.starts_with("Postmortem of INC-1"));
    (state.pull_requests().len(), ours.count())
}

async fn document(world: &World) -> Postmortem {
    world.row(1).await.postmortem
}

async fn kinds(world: &World, kind: &str) -> usize {
    world.history(1).await.iter().filter(|entry| entry.kind == kind).count()
}

async fn what_is_published_becomes_a_pull_request_and_is_kept_up_to_date(world: &mut World) {
    let fake = begin(world, "when = \"always\"\nforms = [\"markdown\", \"html\", \"json\", \"pdf\"]").await;
    assert!(fake.state().pull_requests().is_empty());
    let told = world.says("ana", "/incident postmortem publish").await;
    assert_eq!(told, "The postmortem of INC-1 is published, and on its way to handbook.");
    assert_eq!(count(&fake), (1, 1));
    let page = file(&fake, PAGE).unwrap();
    assert!(page.contains("rotate the logs") && page.contains("the disk of db-1 is full"), "{page}");
    assert!(file(&fake, "postmortems/2026/INC-1.html").unwrap().contains("rotate the logs"));
    let record: serde_json::Value = serde_json::from_str(&file(&fake, "postmortems/2026/INC-1.json").unwrap()).unwrap();
    assert_eq!(record["incident"]["id"], 1);
    assert!(fake.state().git.file(BRANCH, "postmortems/2026/INC-1.pdf").unwrap().starts_with(b"%PDF-"));
    {
        let state = fake.state();
        let [pull] = state.pull_requests()[..] else { panic!() };
        assert_eq!(pull.title, "Postmortem of INC-1");
        assert!(!pull.body.as_ref().unwrap().contains("checkout"), "words of people stand in the files alone");
    }
    let url = document(world).await.exports["handbook"].url.clone().unwrap();
    assert_eq!(url, "https://github.test/acme/postmortems/pull/1");
    assert!(world.terminal.room("inc-1-checkout-is-down").posts.iter().any(|post| post.contains(&url)));

    // What is found out afterwards, and what becomes of follow-ups, stands there in its turn.
    world.says("ana", "/incident INC-1 action alert on the disk").await;
    assert!(file(&fake, PAGE).unwrap().contains("alert on the disk"));
    world.says("ana", "/incident INC-1 done A1").await;
    assert_eq!(count(&fake), (1, 3));
    // A draft is nobody's business until it is published again.
    world.says("ana", "/incident INC-1 postmortem revise").await;
    world.says("ana", "/incident INC-1 postmortem write background rotate and alert").await;
    assert_eq!(count(&fake), (1, 3));
    world.says("ana", "/incident INC-1 postmortem publish").await;
    assert!(file(&fake, PAGE).unwrap().contains("rotate and alert"));
    assert_eq!(count(&fake), (1, 4));
    world.restart().await;
    world.advance(minutes(5)).await;
    assert_eq!(count(&fake), (1, 4));
    let told = world.terminal.room("inc-1-checkout-is-down").posts;
    assert_eq!(told.iter().filter(|post| post.contains(&url)).count(), 1, "where it is, is news once");
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn whatever_answer_is_lost_there_is_one_request(world: &mut World) {
    let fake = begin(world, "when = \"always\"").await;
    fake.wire.trouble("POST", "/pulls", Fault::Lose, 1);
    world.says("ana", "/incident postmortem publish").await;
    world.advance(minutes(1)).await;
    assert_eq!(count(&fake), (1, 1));
    fake.wire.trouble("POST", "/git/commits", Fault::Gateway(502), 1);
    world.says("ana", "/incident INC-1 action alert on the disk").await;
    world.advance(minutes(1)).await;
    assert!(file(&fake, PAGE).unwrap().contains("alert on the disk"));
    assert_eq!(count(&fake).0, 1);
    assert_eq!(kinds(world, "export_failed").await, 0);
}

async fn killed_while_it_is_published(world: &mut World) {
    let fake = begin(world, "when = \"always\"").await;
    world.asks("ana", None, "/incident postmortem publish").await;
    world.restart().await;
    world.settle().await;
    assert_eq!(count(&fake), (1, 1));
    world.says("ana", "/incident INC-1 postmortem revise").await;
    world.says("ana", "/incident INC-1 postmortem write background rotate and alert").await;
    fake.wire.trouble("PATCH", "/git/refs", Fault::Hang, 1);
    world.asks("ana", None, "/incident INC-1 postmortem publish").await;
    let killed = world.settles();
    while !file(&fake, PAGE).unwrap().contains("rotate and alert") {
        tokio::task::yield_now().await;
    }
    killed.abort();
    world.restart().await;
    world.advance(seconds(60)).await;
    assert_eq!(count(&fake), (1, 2));
    assert!(document(world).await.unexported.is_empty());
}

async fn words_that_are_taken_out_are_taken_out_of_copies(world: &mut World) {
    let fake = begin(world, "when = \"always\"").await;
    world.says("ana", "/incident postmortem publish").await;
    assert!(file(&fake, PAGE).unwrap().contains("db-1"));
    world.says("ana", "/incident INC-1 postmortem revise").await;
    let note = world.history(1).await.into_iter().find(|entry| entry.kind == "noted").unwrap().id;
    let told = world.says("ana", &format!("/incident INC-1 redact {note} names a host")).await;
    assert!(told.contains("redacted"), "{told}");
    assert!(!file(&fake, PAGE).unwrap().contains("db-1"), "a draft takes the place of what says too much");
    world.adds_up().await;
}

async fn a_draft_leaves_by_no_target(world: &mut World) {
    let fake = begin(world, "").await;
    let draft = "! The postmortem of INC-1 is draft; `/incident postmortem review` asks for its review";
    assert_eq!(world.says("ana", "/incident postmortem send").await, draft);
    assert_eq!(world.says("ana", "/incident postmortem send handbook").await, draft);
    assert_eq!(
        world.says("ana", "/incident postmortem send moon").await,
        "! No target is called moon; there is only handbook"
    );
    assert_eq!(world.says("ana", "/incident postmortem publish").await, "The postmortem of INC-1 is published.");
    assert!(fake.state().pull_requests().is_empty(), "it was not asked");
    let told = world.says("ana", "/incident INC-1 postmortem send").await;
    assert_eq!(told, "The postmortem of INC-1 is on its way to handbook.");
    assert_eq!(count(&fake), (1, 1));
    world.advance(seconds(1)).await;
    world.says("ana", "/incident INC-1 postmortem send Handbook").await;
    assert_eq!(count(&fake), (1, 2), "it names the record that has grown by the first");
}

async fn a_private_postmortem_leaves_where_it_may_be_known_alone(world: &mut World) {
    let fake = begin(world, "when = \"always\"").await;
    world.says("ana", "/incident declare payroll leaked --private").await;
    world.says("ana", "/incident INC-2 resolve found").await;
    assert_eq!(world.says("ana", "/incident INC-2 postmortem publish").await, "The postmortem of INC-2 is published.");
    assert_eq!(
        world.says("ana", "/incident INC-2 postmortem send handbook").await,
        "! INC-2 is private, and handbook is not marked as one that may know of it"
    );
    world.advance(minutes(2)).await;
    assert!(fake.state().pull_requests().is_empty());
    world.restart_with(|settings| settings.targets[0].scope.private = true).await;
    world.says("ana", "/incident INC-2 postmortem send handbook").await;
    assert_eq!(fake.state().pull_requests().len(), 1);
}

async fn a_refusal_is_recorded_and_sent_again_by_hand(world: &mut World) {
    let fake = begin(world, "when = \"always\"").await;
    fake.wire.trouble("POST", "/pulls", Fault::Refuse(403, vec![], "Resource not accessible"), 1);
    world.says("ana", "/incident postmortem publish").await;
    assert_eq!(kinds(world, "export_failed").await, 1);
    assert!(document(world).await.unexported["handbook"].contains("Resource not accessible"));
    let posts = world.terminal.room("inc-1-checkout-is-down").posts;
    assert!(posts.iter().any(|post| post.contains("Postmortem not exported to handbook")), "{posts:?}");
    world.says("ana", "/incident INC-1 postmortem send handbook").await;
    assert_eq!(count(&fake), (1, 2), "what was put there before it was refused is gone on with");
    assert!(document(world).await.unexported.is_empty());
    world.advance(seconds(1)).await;
    world.restart_beside(Beside::default()).await;
    world.asks("ana", None, "/incident INC-1 postmortem send handbook").await;
    world.advance(minutes(3)).await;
    assert!(document(world).await.unexported["handbook"].contains("no target handbook is configured"));
}

/// A webhook that is called `bridge`.
fn bridge(world: &World, receiver: &Fake<Receiver>) -> Notifiers {
    let clock = world.clock.clone();
    let setup = Setup { guard: Guard::allowing_private_networks(), ..Setup::new(Arc::new(move || clock.now())) };
    let webhook = Webhook::new(&WebhookConfig { secret: Some(Secret::new(SECRET).unwrap()) }, &setup).unwrap();
    let methods = BTreeMap::from([(ContactMethod::Webhook, Notifier::Webhook(webhook))]);
    let targets = BTreeMap::from([(key("bridge"), Address::new(receiver.url.as_str()))]);
    Notifiers::new(methods, None).with_targets(targets)
}

/// A private incident leaves by no target, and its room is its own.
async fn a_private_room_holds_its_own_file(world: &mut World) {
    let text = "[[postmortem.targets]]\nname = \"files\"\nkind = \"room\"\nwhen = \"always\"\n";
    configured(world, text, &[], Notifiers::default()).await;
    for line in ["declare payroll leaked --private", "resolve sealed", "postmortem publish"] {
        world.says("ana", &format!("/incident {line}")).await;
    }
    let shown = |world: &World| -> Vec<(String, Option<String>)> {
        let log = world.terminal.log().into_iter();
        log.filter_map(|envelope| match envelope.what {
            Outgoing::Document { room, file, replaces } => {
                assert_eq!((room.as_str(), file.name.as_str()), ("inc-1", "INC-1-postmortem.pdf"));
                assert!(file.content.bytes().starts_with(b"%PDF-"));
                Some((room, replaces))
            }
            _ => None,
        })
        .collect()
    };
    let [(_, None)] = &shown(world)[..] else { panic!("{:?}", shown(world)) };
    world.says("ana", "/incident INC-1 action tell the auditors").await;
    let [_, (_, Some(replaced))] = &shown(world)[..] else { panic!("{:?}", shown(world)) };
    let exports = document(world).await.exports;
    let [(copy, held)] = &exports.iter().collect::<Vec<_>>()[..] else { panic!("{exports:?}") };
    assert!(copy.starts_with("files@") && held.reference == *replaced && held.url.is_none(), "{exports:?}");
    // It is seen where it stands, and told nowhere.
    assert_eq!(kinds(world, "postmortem_exported").await, 2);
    assert!(world.terminal.room("inc-1").posts.iter().all(|post| !post.contains("files")));
    // A room that is gone takes nothing.
    world.says("ana", "/incident INC-1 close").await;
    world.advance(minutes(60 * 25)).await;
    let refused = world.says("ana", "/incident INC-1 postmortem send files").await;
    assert_eq!(refused, "! INC-1 has no open room that files could put a file in");
}

/// The console serves its own rooms and nothing else: a target that needs a token is left to whoever has that.
#[test]
fn the_console_puts_files_in_its_rooms() {
    let home = Home::with(
        "[postmortem]\npublish_with_errors = true\n\
         [[postmortem.targets]]\nname = \"files\"\nkind = \"room\"\nwhen = \"always\"\nforms = [\"markdown\"]\n\
         [[postmortem.targets]]\nname = \"handbook\"\nkind = \"github\"\nproject = \"a/b\"\nwhen = \"always\"\n",
    );
    let said = "/incident declare checkout is down\n/incident resolve rolled back\n/incident postmortem publish\n\
                /incident INC-1 postmortem status\n";
    let out = home.feeds(&["console"], said).done();
    let shown = "INC-1 postmortem (files): INC-1-postmortem.md as it stands now; /incident export shows it";
    assert_eq!(out.matches(shown).count(), 1, "{out}");
    assert!(out.contains("is published, and on its way to files, handbook."), "{out}");
    assert!(!out.contains("not exported"), "{out}");
}

async fn wikis_and_webhooks_hold_it_in_place(world: &mut World) {
    let wiki = ConfluenceFake::start(true).await;
    let space = NotionFake::start().await;
    let lab = GitLabFake::start("/gitlab/api/v4").await;
    lab.state().now = world.clock.now();
    let receiver = Fake::start(Receiver::new()).await;
    let section = |name: &str, rest: &str| {
        format!("[[postmortem.targets]]\nname = \"{name}\"\nwhen = \"always\"\ntemplate = \"short\"\n{rest}\n")
    };
    let text = [
        section(
            "wiki",
            &format!(
                "kind = \"confluence\"\nurl = \"{}\"\nuser = \"{}\"\nspace = \"{}\"\nparent = \"{}\"",
                wiki.wire.base(),
                confluence::USER,
                confluence::SPACE,
                confluence::PARENT
            ),
        ),
        section(
            "notion",
            &format!("kind = \"notion\"\nurl = \"{}\"\nparent = \"{}\"", space.wire.base(), notion::PARENT),
        ),
        section(
            "lab",
            &format!(
                "kind = \"gitlab\"\nurl = \"{}\"\nproject = \"{}\"\npath = \"pm/{{{{number}}}}-{{{{title}}}}\"",
                lab.wire.base(),
                gitlab::PROJECT
            ),
        ),
        section("audit", "kind = \"webhook\"\nwebhook = \"bridge\"\nforms = [\"json\"]"),
    ];
    let tokens = [("WIKI", confluence::TOKEN), ("NOTION", notion::TOKEN), ("LAB", gitlab::TOKEN)];
    configured(world, &text.concat(), &tokens, bridge(world, &receiver)).await;
    world.says("ana", "/incident declare checkout is <b>down</b>").await;
    world.says("ana", "/incident resolve rolled back").await;
    world.says("ana", "/incident postmortem write summary the *disk* was full @here").await;
    let told = world.says("ana", "/incident postmortem publish").await;
    assert_eq!(told, "The postmortem of INC-1 is published, and on its way to wiki, notion, lab, audit.");
    for _ in 0..10 {
        world.advance(seconds(10)).await;
    }
    let exports = document(world).await.exports;
    assert_eq!(
        exports.keys().collect::<Vec<_>>(),
        ["audit", "lab", "notion", "wiki"],
        "{:?}",
        document(world).await.unexported
    );

    world.says("ana", "/incident INC-1 action alert on the disk").await;
    for _ in 0..10 {
        world.advance(seconds(10)).await;
    }
    {
        let state = wiki.state();
        let pages: Vec<_> =
            state.pages.iter().filter(|page| page.parent.as_deref() == Some(confluence::PARENT)).collect();
        let [page] = pages[..] else { panic!("{:?}", state.pages) };
        assert!(page.title.contains("INC-1") && page.body.contains("alert on the disk"), "{page:?}");
        assert!(page.body.contains("@here") && !page.body.contains("<b>down"), "{}", page.body);
    }
    {
        let state = space.state();
        let pages: Vec<_> =
            state.pages().into_iter().filter(|page| page.id.replace('-', "") != notion::PARENT).collect();
        let [page] = pages[..] else { panic!("{pages:?}") };
        let seen = state.seen(&page.id).join("\n");
        assert!(
            seen.contains("alert on the disk") && seen.contains("the *disk* was full")
                || seen.contains("the disk was full"),
            "{seen}"
        );
    }
    {
        let state = lab.state();
        let file = state.git.file("firebell/INC-1-postmortem", "pm/1-checkout-is-b-down-b.md").unwrap();
        assert!(String::from_utf8_lossy(file).contains("alert on the disk"));
    }
    let told = receiver.with(|state| state.seen.values().cloned().collect::<Vec<_>>());
    assert_eq!(told.len(), 2, "{told:?}");
    for message in &told {
        assert_eq!((&message["type"], &message["data"]["incident"]), (&"document".into(), &"INC-1".into()));
        assert_eq!(message["data"]["document"]["incident"]["id"], 1);
    }
    assert_eq!(told[0]["data"]["id"], told[1]["data"]["id"]);
    world.adds_up().await;
}
