//! The gateway.

use serde_json::json;

use super::{App, INTENTS};
use crate::support::discord::Fake;

#[tokio::test]
async fn what_was_missed_comes_when_a_session_is_taken_up_again() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let ana = fake.add_person("ana");
    let room = fake.add_channel("inc-1");
    let (mut link, ready) = app.identify(INTENTS).await;
    fake.says(&ana, &room, "one");
    assert_eq!(link.event("MESSAGE_CREATE").await["content"], "one");
    fake.drops_tcp();
    assert_eq!(link.closed().await, None);
    fake.until("nobody connected", |fake| fake.connections().is_empty().then_some(())).await;
    fake.says(&ana, &room, "two");
    fake.says(&ana, &room, "three");
    let mut again = app.connect().await;
    let resume = json!({"token": app.token, "session_id": ready["session_id"], "seq": 3});
    again.send(json!({"op": 6, "d": resume})).await;
    for (seq, text) in [(4, "two"), (5, "three")] {
        let frame = again.next().await;
        assert_eq!((&frame["s"], &frame["d"]["content"]), (&json!(seq), &json!(text)));
    }
    assert_eq!(again.next().await["t"], "RESUMED");
    fake.forgets_sessions();
    let mut lost = app.connect().await;
    lost.send(json!({"op": 6, "d": resume})).await;
    let invalid = lost.next().await;
    assert_eq!((&invalid["op"], &invalid["d"]), (&json!(9), &json!(false)));
}
