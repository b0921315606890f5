//! Connections are renewed, refused, or never come about.

use std::time::Duration;

use firebell::platform::slack::socket::Health;
use futures_util::future::join_all;

use crate::support::slack::{Fake, Fault, Outcome, Trouble};
use crate::support::{Before, SlackWorld, in_slack};

in_slack!(a_connection_is_renewed_in_a_burst, a_socket_that_is_refused_says_so);
in_slack!(unanswered => a_url_that_never_comes_is_asked_for_again);

/// Slack renews the connection while thirty people declare something.
async fn a_connection_is_renewed_in_a_burst(world: &mut SlackWorld) {
    let socket = world.fake.sockets()[0];
    let lines: Vec<String> = (0..30).map(|number| format!("declare it is number {number}")).collect();
    let declares = lines.iter().map(|line| world.fake.slash(world.id("cy"), &world.general, "/incident", line));
    let renews = async {
        let acked = |fake: &Fake| fake.sent().iter().filter(|sent| sent.acked.is_some()).count();
        world.fake.until("a part of the burst", |fake| (acked(fake) > 5).then_some(())).await;
        world.fake.disconnect(socket, "refresh_requested");
    };
    let (outcomes, ()) = futures_util::join!(join_all(declares), renews);
    let mut told: Vec<&str> = outcomes.iter().map(Outcome::text).collect();
    told.sort_unstable();
    told.dedup();
    assert_eq!(told.len(), 30, "{told:?}");
    assert!(told.iter().all(|text| text.ends_with(" declared at SEV3.")), "{told:?}");
    world.settle().await;
    assert_eq!(world.fake.channels().len(), 31);
    let fresh = |fake: &Fake| fake.sockets().iter().any(|id| *id != socket).then_some(());
    world.fake.until("another connection", fresh).await;
    assert!(outcomes.iter().all(|outcome| outcome.after.is_some_and(|after| after < Duration::from_secs(3))));
    assert_eq!(world.types("cy", "declare one more").await, "INC-31 declared at SEV3.");
}

fn unanswered(before: &mut Before) {
    before.fake.breaks(Trouble::with("apps.connections.open", Fault::Hang).times(1));
}

async fn a_url_that_never_comes_is_asked_for_again(world: &mut SlackWorld) {
    assert_eq!(world.fake.calls_of("apps.connections.open").len(), 2);
    assert_eq!(world.types("cy", "declare checkout is down").await, "INC-1 declared at SEV3.");
}

async fn a_socket_that_is_refused_says_so(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down").await;
    let room = world.room(1).await.id;
    world.fake.revoke();
    world.fake.drop_tcp(world.fake.sockets()[0]);
    let status = world.app.slack[0].status.clone();
    let refused = |health: &Health| {
        health.last_trouble.as_ref().is_some_and(|trouble| trouble.to_string().contains("token_revoked"))
    };
    assert_eq!(world.app.engine.health.ready(), Ok(()));
    status.watch().wait_for(|health| refused(health) && health.up == 0).await.unwrap();
    let why = world.app.engine.health.ready().unwrap_err();
    assert!(why.len() == 1 && why[0].starts_with("chat: no connection to slack main since "), "{why:?}");
    world.fake.until("a refusal", |fake| (fake.calls_of("apps.connections.open").len() > 1).then_some(())).await;
    let told = world.logged("token_revoked");
    assert!(told.iter().any(|line| line.contains("app")), "{told:#?}");
    world.fake.says(world.id("bo"), &room, "it is the queue").await;
    world.fake.reinstate();
    world.is_killed().await;
    world.starts().await;
    world.until_keeps(1, &["it is the queue"]).await;
}
