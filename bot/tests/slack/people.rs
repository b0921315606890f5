//! Who somebody is, and what they may do.

use std::collections::BTreeMap;

use firebell::config::Chat;
use firebell_core::directory::Standing;
use firebell_core::directory::plan::FileAccount;

use crate::support::slack::User;
use crate::support::{Before, SlackWorld, in_slack};

in_slack!(odd =>
    people_are_known_by_id_by_address_or_are_new,
    people_are_called_as_slack_calls_them,
    whoever_is_no_member_is_refused,
);
in_slack!(|before: &mut Before| before.config.members = Standing::Guest => whoever_is_new_may_be_a_guest);

/// Ana has another address in Slack, and there are people whom nobody knows.
fn odd(before: &mut Before) {
    let ana = before.accounts["ana"].clone();
    before.fake.change_user(&ana, |user| {
        (user.name, user.email) = ("ana.smith".to_owned(), Some("ana@elsewhere.example".to_owned()));
    });
    before.org.files.people[0].accounts = vec![FileAccount { workspace: Chat::Slack.label("main"), external_id: ana }];
    before.newcomer("zoe");
    let add = |user: User| before.fake.add_user(user);
    let odd = BTreeMap::from([
        ("gast", add(User { is_restricted: true, ..User::named("gast") })),
        ("robot", add(User { is_bot: true, ..User::named("robot") })),
        // What they say is their address is not believed.
        (
            "stranger",
            add(User {
                stranger_of: Some("T0OTHER".to_owned()),
                email: Some("bo@example.com".to_owned()),
                ..User::named("stranger")
            }),
        ),
        ("gone", add(User { deleted: true, ..User::named("gone") })),
    ]);
    before.accounts.extend(odd.into_iter().map(|(name, id)| (name.to_owned(), id)));
}

async fn people_are_known_by_id_by_address_or_are_new(world: &mut SlackWorld) {
    for who in ["ana", "bo", "zoe"] {
        let reply = world.types(who, "declare checkout is down").await;
        assert!(reply.contains("declared at SEV3."), "{who}: {reply}");
    }
    let declared = world.types("bo", "list").await;
    assert!(declared.contains("INC-3"), "{declared}");
    for (number, who) in [(1, "ana"), (2, "bo"), (3, "zoe")] {
        let card = world.types("bo", &format!("INC-{number} show")).await;
        assert!(card.contains(&format!("by @{who}")), "{card}");
    }
    assert_eq!(world.handles().await, ["ana", "bo", "cy", "dee", "eve", "gus", "zoe"]);
}

/// What Slack makes of `@ana` in a command is her account and her name there.
async fn people_are_called_as_slack_calls_them(world: &mut SlackWorld) {
    world.types("bo", "declare checkout is down").await;
    let (ana, zoe) = (format!("<@{}>", world.id("ana")), format!("<@{}>", world.id("zoe")));
    assert_eq!(world.types("bo", &format!("lead {ana}")).await, "@ana is lead of INC-1.");
    assert_eq!(world.types("bo", &format!("page {ana} the database")).await, "Paging @ana for INC-1.");
    assert!(world.dm("ana").messages[0].text.contains("@ana, you are paged by @bo"));
    assert_eq!(world.types("bo", &format!("action look at it {zoe}")).await, "Action A1 added to INC-1.");
    let actions = world.types("bo", "actions").await;
    assert!(actions.contains("look at it @zoe"), "{actions}");
}

async fn whoever_is_no_member_is_refused(world: &mut SlackWorld) {
    for who in ["gus", "gast", "robot", "stranger"] {
        for line in ["declare checkout is down", "list", ""] {
            let outcome = world.fake.slash(world.id(who), &world.general, "/incident", line).await;
            let expected = "is a guest here and may not run commands; ask an administrator to make them a responder";
            assert!(outcome.text().ends_with(expected), "{who} {line}: {outcome:?}");
        }
    }
    world.fake.global_shortcut(world.id("gus"), "declare").await;
    world.settle().await;
    assert!(world.dm("gus").messages[0].text.contains("is a guest here"));
    let outcome = world.fake.slash(world.id("gone"), &world.general, "/incident", "list").await;
    assert!(outcome.text().starts_with("! Nobody is known behind this account"), "{outcome:?}");
    world.settle().await;
    assert_eq!(world.fake.channels().len(), 1, "nothing was made");
    assert!(world.fake.calls_of("views.open").is_empty());
}

async fn whoever_is_new_may_be_a_guest(world: &mut SlackWorld) {
    let id = world.fake.add_person("zoe");
    let outcome = world.fake.slash(&id, &world.general, "/incident", "list").await;
    assert!(outcome.text().starts_with("! @\u{2060}zoe is a guest here"), "{outcome:?}");
    assert_eq!(world.types("cy", "declare checkout is down").await, "INC-1 declared at SEV3.");
}
