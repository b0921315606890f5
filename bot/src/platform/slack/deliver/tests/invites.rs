//! People are brought into a room, one by one or as a group.

use super::*;
use crate::platform::{Account, Outgoing};

fn invite(account: Account) -> Outgoing {
    Outgoing::Invite { room: "C1".to_owned(), account }
}

fn invite_group() -> Outgoing {
    Outgoing::InviteGroup { room: "C1".to_owned(), group: "S1".to_owned() }
}

#[tokio::test]
async fn an_invitation_is_done_when_the_person_is_in() {
    let id = || Account::Id("U1".to_owned());
    let table = [
        (ok(json!({})), Ok(())),
        (no("already_in_channel"), Ok(())),
        (no("cant_invite_self"), Ok(())),
        (ok(json!({"errors": [{"user": "U1", "error": "already_in_channel"}]})), Ok(())),
        (ok(json!({"errors": [{"user": "U1", "error": "user_is_restricted"}]})), Err("a guest's")),
        (no("user_not_found"), Err("does not know the account")),
        (no("ura_max_channels"), Err("a guest's")),
        (no("user_disabled"), Err("deactivated")),
        (no("is_archived"), Err("archived")),
    ];
    for (reply, expected) in table {
        let workspace = Workspace::new().await;
        workspace.fault("conversations.invite", Fault::Before(reply));
        let delivery = workspace.deliver(invite(id()), false).await;
        match expected {
            Ok(()) => assert!(matches!(delivery, Delivery::Delivered(_)), "{delivery:?}"),
            Err(part) => assert!(reason(delivery).contains(part), "{part}"),
        }
    }
    let workspace = Workspace::new().await;
    workspace.deliver(invite(Account::Email("ada@example.com".to_owned())), false).await;
    assert_eq!(workspace.state.lock().unwrap().invited, ["U1"]);
}

#[tokio::test]
async fn a_group_is_invited_a_hundred_at_a_time_and_goes_on_where_it_was() {
    let workspace = Workspace::new().await;
    let members: Vec<String> = (0..250).map(|n| format!("U{n}")).collect();
    workspace.state.lock().unwrap().members.clone_from(&members);
    workspace.fault("conversations.invite", Fault::Before(no("user_is_restricted")));
    assert_eq!(workspace.deliver(invite_group(), false).await, delivered("", ""));
    assert_eq!(workspace.state.lock().unwrap().invited, members[100..], "the first hundred were guests all");
    workspace.state.lock().unwrap().invited.clear();
    let partly = json!({"errors": [{"user": "U3", "error": "cant_invite"}]});
    workspace.fault("conversations.invite", Fault::Before(ok(partly)));
    workspace.fault("conversations.invite", Fault::Before(Reply::Status(429, Some("9"), "")));
    assert_eq!(workspace.deliver(invite_group(), false).await, seconds(9));
    workspace.wait(9);
    assert_eq!(workspace.deliver(invite_group(), false).await, delivered("", ""));
    assert_eq!(workspace.state.lock().unwrap().invited, members[100..]);
}

#[tokio::test]
async fn a_group_is_not_invited_into_a_room_that_is_gone() {
    let workspace = Workspace::new().await;
    workspace.state.lock().unwrap().members.push("U1".to_owned());
    workspace.fault("conversations.invite", Fault::Before(no("is_archived")));
    assert!(reason(workspace.deliver(invite_group(), false).await).contains("archived"));
    workspace.fault("usergroups.users.list", Fault::Before(no("no_such_subteam")));
    assert!(reason(workspace.deliver(invite_group(), false).await).contains("no such user group"));
    workspace.state.lock().unwrap().members.clear();
    assert_eq!(workspace.deliver(invite_group(), false).await, delivered("", ""), "nobody is in it");
}
