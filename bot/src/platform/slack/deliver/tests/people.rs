//! What one person is told.

use super::*;
use crate::platform::{Account, Outgoing};

fn by_email(address: &str) -> Outgoing {
    Outgoing::Tell { account: Account::Email(address.to_owned()), text: "you were let in".to_owned() }
}

fn withdraw(notice: Option<&str>) -> Outgoing {
    let account = Account::Id("U1".to_owned());
    Outgoing::Withdraw { account, room: None, text: "it is over".to_owned(), notice: notice.map(str::to_owned) }
}

#[tokio::test]
async fn a_notice_is_one_call_and_its_place_is_known() {
    let workspace = Workspace::new().await;
    assert_eq!(workspace.notice("U1", false).await, delivered("DU1:1.1", ""));
    assert_eq!(workspace.methods(), ["chat.postMessage"]);
    workspace.fault("chat.postMessage", Fault::Before(no("channel_not_found")));
    assert!(reason(workspace.notice("U0", false).await).contains("does not know the account"));
}

#[tokio::test]
async fn a_notice_whose_answer_was_lost_does_not_ring_twice() {
    let workspace = Workspace::new().await;
    workspace.fault("chat.postMessage", Fault::After);
    assert_eq!(workspace.notice("U1", false).await, Delivery::Unknown);
    assert_eq!(workspace.notice("U1", true).await, delivered("DU1:1.1", ""));
    assert_eq!(workspace.texts(), ["paged"]);
    workspace.fault("conversations.open", Fault::Before(no("missing_scope")));
    assert_eq!(workspace.notice("U1", true).await, delivered("DU1:2.1", ""), "rather twice than never");
}

#[tokio::test]
async fn people_are_found_by_their_address() {
    let workspace = Workspace::new().await;
    assert_eq!(workspace.deliver(by_email("ada@example.com"), false).await, delivered("DU1:1.1", ""));
    let table =
        [("nobody@example.com", "check the person's Slack id or e-mail address"), ("gone@example.com", "deactivated")];
    for (address, part) in table {
        let reason = reason(workspace.deliver(by_email(address), false).await);
        assert!(reason.contains(part) && !reason.contains(address), "{reason}");
    }
}

#[tokio::test]
async fn a_notice_is_withdrawn_in_its_place() {
    let workspace = Workspace::new().await;
    workspace.notice("U1", false).await;
    workspace.methods();
    assert_eq!(workspace.deliver(withdraw(Some("DU1:1.1")), false).await, delivered("DU1:1.1", ""));
    assert_eq!(workspace.methods(), ["chat.update"]);
    assert_eq!(workspace.texts(), ["it is over"]);
    for notice in [None, Some("DU1:7.7"), Some("nonsense")] {
        let workspace = Workspace::new().await;
        assert_eq!(workspace.deliver(withdraw(notice), false).await, delivered("DU1:1.1", ""), "{notice:?}");
    }
}
