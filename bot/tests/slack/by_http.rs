//! The same where Slack sends signed requests.

use serde_json::json;

use crate::support::slack::Signing;
use crate::support::{Before, SlackWorld, in_slack};

in_slack!(|before: &mut Before| before.by_http = true => an_incident_is_run_by_signed_requests);

async fn an_incident_is_run_by_signed_requests(world: &mut SlackWorld) {
    assert_eq!(world.fake.verifies_url("a-challenge").await.body, r#"{"challenge":"a-challenge"}"#);
    let reply = world.types("cy", "declare checkout is down sev1 --service checkout").await;
    assert_eq!(reply, "INC-1 declared at SEV1. Paging @bo.");
    world.presses("bo", &world.dm("bo").id, "ack").await;
    assert_eq!(world.told("bo"), "You have INC-1.");
    let room = world.room(1).await.id;
    world.fake.says(world.id("bo"), &room, "it is the queue").await;
    world.settle().await;
    assert_eq!(world.kept(1).await, ["it is the queue"]);
    world.fake.sign_next(Signing::Forged);
    let forged = world.fake.slash(world.id("cy"), &room, "/incident", "resolve nothing").await;
    assert_eq!(forged.error.as_deref(), Some("dispatch_failed"));
    world.presses("bo", &room, "resolve").await;
    let sent = world.submits("bo", &[("summary", json!("rolled back"))]).await;
    assert!(sent.errors.is_empty() && sent.error.is_none(), "{sent:?}");
    assert_eq!(world.row(1).await.status.word().to_string(), "resolved");
}
