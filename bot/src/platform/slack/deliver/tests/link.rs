//! One link above a room leads to its card, whatever becomes of the calls for it.

use super::texts::card;
use super::*;

fn to(ts: &str) -> (String, String) {
    ("Timeline".to_owned(), format!("https://acme.slack.com/archives/C1/p{}", ts.replace('.', "")))
}

/// How often methods of bookmarks were called since the last time.
fn called(workspace: &Workspace) -> Vec<String> {
    workspace.methods().into_iter().filter(|method| method.starts_with("bookmarks.")).collect()
}

async fn shows(workspace: &Workspace, replaces: Option<&str>, again: bool) {
    let delivery = workspace.deliver(card("open", replaces), again).await;
    assert!(matches!(delivery, Delivery::Delivered(_)), "a card is a card without its link: {delivery:?}");
}

#[tokio::test]
async fn a_link_that_could_not_be_added_is_added_with_the_next_version() {
    let table: [(Fault, &[&str], usize); 4] = [
        (Fault::Before(Reply::Status(500, None, "")), &["bookmarks.list", "bookmarks.add"], 1),
        (Fault::Before(Reply::Status(429, Some("9"), "")), &["bookmarks.list", "bookmarks.add"], 1),
        (Fault::After, &["bookmarks.list"], 1),
        (Fault::Before(no("too_many_bookmarks")), &[], 0),
    ];
    for (fault, then, links) in table {
        let workspace = Workspace::new().await;
        workspace.fault("bookmarks.add", fault);
        shows(&workspace, None, false).await;
        assert_eq!(called(&workspace), ["bookmarks.list", "bookmarks.add"]);
        workspace.wait(9);
        shows(&workspace, Some("1.1"), false).await;
        assert_eq!(called(&workspace), then);
        shows(&workspace, Some("1.1"), false).await;
        assert!(called(&workspace).is_empty(), "{then:?}");
        assert_eq!(workspace.links(), vec![to("1.1"); links]);
    }
}

#[tokio::test]
async fn above_a_room_that_was_just_made_it_is_one_call() {
    let workspace = Workspace::new().await;
    let Delivery::Delivered(Reference { external_id: room, .. }) = workspace.open(false).await else { panic!() };
    let what = Outgoing::Card { room, text: "open".to_owned(), controls: Vec::new(), replaces: None };
    workspace.deliver(what, false).await;
    assert_eq!(called(&workspace), ["bookmarks.add"]);
    assert_eq!(workspace.links()[0].1, "https://acme.slack.com/archives/CNEW0/p11");
}

#[tokio::test]
async fn a_process_that_does_not_know_of_it_looks_and_makes_no_second_one() {
    let mut workspace = Workspace::new().await;
    let peoples = json!({ "id": "Bk-own", "title": "Timeline", "link": "https://wiki.example/timeline" });
    workspace.state.lock().unwrap().bookmarks.push(peoples);
    // The first attempt was cut off after it was said; the second finds what it said.
    for again in [false, true] {
        shows(&workspace, None, again).await;
        workspace.restarts();
    }
    shows(&workspace, Some("1.1"), false).await;
    assert_eq!(workspace.links()[1..], [to("1.1")]);
    // Somebody deleted the card.
    workspace.fault("chat.update", Fault::Before(no("message_not_found")));
    shows(&workspace, Some("1.1"), false).await;
    assert_eq!(workspace.links()[0].1, "https://wiki.example/timeline", "what is people's own stays as it is");
    assert_eq!(workspace.links()[1..], [to("2.1")]);
}
