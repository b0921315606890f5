//! Files that people posted.

use firebell_core::effect::Delivery;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::*;
use crate::platform::Sink;
use crate::platform::incoming::NotKept;

/// A sink that holds everything.
#[derive(Default)]
struct Held(Vec<u8>);

impl Sink for Held {
    fn take<'s>(&'s mut self, piece: &'s [u8]) -> BoxFuture<'s, Result<(), NotKept>> {
        self.0.extend_from_slice(piece);
        std::future::ready(Ok(())).boxed()
    }
}

#[tokio::test]
async fn a_file_is_had_by_the_address_that_its_message_has_by_now() {
    let server = Server::new().await;
    let url = format!("{}/attachments/a.txt", server.origin());
    let attached = json!({ "id": "3", "size": 10, "url": url });
    let elsewhere = json!({ "id": "4", "size": 10, "url": "https://evil.example/a" });
    let forwarded = json!([{ "message": { "attachments": [{ "id": "5", "size": 10, "url": url }] } }]);
    let said =
        json!({ "id": "2", "content": "", "attachments": [attached, elsewhere], "message_snapshots": forwarded });
    server.state.lock().unwrap().keep("C1", said);
    let file = || Fault::Before(Reply::Status(200, None, "0123456789"));
    let fetch = async |id: &str, max| {
        let mut held = Held::default();
        let delivery = server.discord.fetch(&file_id("C1", "2", id), max, &mut held).await;
        (delivery, held.0)
    };
    for id in ["3", "5"] {
        server.fault("GET /attachments/a.txt", file());
        assert_eq!(fetch(id, 10).await, (delivered("", ""), b"0123456789".to_vec()));
    }
    server.fault("GET /attachments/a.txt", Fault::Before(Reply::Status(404, None, "")));
    let table =
        [("3", 9, "larger than 9 B"), ("4", 10, "not Discord's"), ("6", 10, "no longer"), ("3", 10, "no longer")];
    for (id, max, expected) in table {
        let (delivery, _) = fetch(id, max).await;
        assert!(reason(delivery).contains(expected), "{id}");
    }
    let mut held = Held::default();
    assert!(matches!(server.discord.fetch("F123", 9, &mut held).await, Delivery::Impossible(_)));
    assert!(matches!(server.discord.fetch("C1/9/3", 9, &mut held).await, Delivery::Impossible(_)), "no such message");
}
