use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use firebell_core::ids::WorkspaceId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::DiscordInlet;
use crate::platform::discord::answer::Channel;
use crate::platform::discord::answer::tests::Line;
use crate::platform::discord::inbound::each;
use crate::platform::discord::inbound::tests::{GUILD, ROOM, settings, slash};
use crate::platform::discord::snowflake;
use crate::platform::incoming::{Answer, Happening, NotKept};
use crate::platform::inlet::script::Script;
use crate::platform::inlet::{Ack, Inlet as _, Kind, Raw};

const THREAD: &str = "100000000000000077";

struct Stand {
    desk: Arc<Script>,
    line: Arc<Line>,
    inlet: DiscordInlet,
}

impl Stand {
    fn new() -> Self {
        let (desk, line) = (Arc::new(Script::default()), Arc::new(Line::default()));
        desk.rooms.lock().unwrap().push(ROOM.to_owned());
        let inlet = DiscordInlet::new(WorkspaceId(Uuid::nil()), desk.clone(), line.clone(), settings());
        Self { desk, line, inlet }
    }

    async fn asks(&self, payload: Value) -> Value {
        match self.inlet.receive(Raw { kind: Kind::Interaction, payload, retry: 0 }).await {
            Ack::Received(Some(body)) => body,
            other => panic!("{other:?}"),
        }
    }

    async fn tells(&self, kind: &str, data: Value) -> Happening {
        for payload in each(&json!({ "t": kind, "d": data }), now()) {
            let ack = self.inlet.receive(Raw { kind: Kind::Event, payload, retry: 0 }).await;
            assert_eq!(ack, Ack::Received(None));
        }
        self.inlet.idle().await;
        self.desk.heard().pop().expect("something was heard").1
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_764_264_000, 0).unwrap()
}

fn said(channel: &str, content: &str) -> Value {
    json!({
        "id": snowflake::at(now()), "channel_id": channel, "guild_id": GUILD, "type": 0, "content": content,
        "author": {"id": "7"}, "attachments": [{"id": "1", "filename": "a.log", "size": 12}],
    })
}

#[tokio::test(start_paused = true)]
async fn what_takes_long_is_kept_and_promised_and_then_told() {
    let stand = Stand::new();
    stand.desk.answers(9_000, Ok(Answer::Text("INC-7 declared.".to_owned())));
    assert_eq!(stand.asks(slash("ack", &json!([]))).await["type"], 5, "Discord shows that the answer is to come");
    assert_eq!(stand.desk.kept().len(), 1);
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(stand.line.made(), [("fulfil".to_owned(), "INC-7 declared.".to_owned())]);
    assert!(stand.desk.kept()[0].1, "it is carried out");
}

#[tokio::test(start_paused = true)]
async fn whoever_asked_is_told_that_nothing_was_stored() {
    let stand = Stand::new();
    stand.desk.answers(0, Err(NotKept));
    let told = stand.asks(slash("ack", &json!([]))).await;
    assert!(told["data"]["content"].as_str().unwrap().contains("nothing was done"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn what_is_said_in_a_thread_of_a_room_is_said_in_the_room() {
    let stand = Stand::new();
    let thread = Channel { name: "disk".to_owned(), thread_of: Some(ROOM.to_owned()) };
    stand.line.channels.lock().unwrap().push((THREAD.to_owned(), thread));
    let Happening::Message { room, parent, what, .. } = stand.tells("MESSAGE_CREATE", said(THREAD, "df is full")).await
    else {
        panic!("no message")
    };
    assert_eq!((room.as_str(), parent.as_deref()), (ROOM, Some(THREAD)));
    let firebell_core::message::Happened::Said { text, .. } = what else { panic!("{what:?}") };
    assert!(text.starts_with("df is full\n[file: a.log (12 B)"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_mark_is_told_with_its_message_and_is_gone_with_the_last() {
    let stand = Stand::new();
    let id = snowflake::at(now());
    let reaction = json!({
        "guild_id": GUILD, "channel_id": ROOM, "message_id": id, "user_id": "8", "emoji": {"id": null, "name": "📌"},
    });
    let Happening::Marked { message, .. } = stand.tells("MESSAGE_REACTION_ADD", reaction.clone()).await else {
        panic!("no mark")
    };
    assert_eq!(message.text, "[the message could not be read]");
    let mut held = said(ROOM, "it is the disk");
    held["pinned"] = json!(true);
    stand.line.messages.lock().unwrap().push((id.clone(), held));
    let mut by_another = reaction.clone();
    by_another["user_id"] = json!("9");
    let Happening::Marked { message, .. } = stand.tells("MESSAGE_REACTION_ADD", by_another).await else {
        panic!("no mark")
    };
    assert!(message.text.starts_with("it is the disk"), "{}", message.text);
    let heard = stand.desk.heard().len();
    stand.tells("MESSAGE_REACTION_REMOVE", reaction).await;
    assert_eq!(stand.desk.heard().len(), heard, "it bears a pin still");
}
