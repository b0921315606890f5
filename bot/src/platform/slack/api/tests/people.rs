//! Who an account belongs to.

use serde_json::{Value, json};

use super::little::{Little, me, ok};
use crate::platform::incoming::AccountKind;
use crate::platform::slack::api::people::Member;
use crate::platform::slack::api::{ApiError, Identity};

fn identity() -> Identity {
    Identity { team: "T1".to_owned(), enterprise: Some("E1".to_owned()), ..Identity::default() }
}

fn user(more: &Value) -> Member {
    let mut user = json!({"id": "U1", "team_id": "T1", "name": "ada.l"});
    user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(user).unwrap()
}

#[test]
fn accounts_are_of_a_kind() {
    let table = [
        (json!({}), AccountKind::Member),
        (json!({"is_restricted": true}), AccountKind::Guest),
        (json!({"is_restricted": true, "is_ultra_restricted": true}), AccountKind::Guest),
        (json!({"is_bot": true}), AccountKind::Bot),
        (json!({"is_workflow_bot": true}), AccountKind::Bot),
        (json!({"id": "USLACKBOT"}), AccountKind::Bot),
        (json!({"is_stranger": true}), AccountKind::Stranger),
        (json!({"is_stranger": true, "is_restricted": true}), AccountKind::Stranger),
        (json!({"team_id": "T2"}), AccountKind::Stranger),
        (json!({"team_id": "T2", "teams": ["T2", "T1"]}), AccountKind::Member),
        (json!({"team_id": "T2", "enterprise_user": {"enterprise_id": "E1"}}), AccountKind::Member),
        (json!({"team_id": "T2", "enterprise_user": {"enterprise_id": "E2", "teams": ["T3"]}}), AccountKind::Stranger),
        (json!({"team_id": null}), AccountKind::Member),
        (json!({"deleted": true, "is_bot": true}), AccountKind::Gone),
    ];
    for (more, kind) in table {
        assert_eq!(user(&more).profile(&identity()).unwrap().kind, kind, "{more}");
    }
}

#[test]
fn names_and_zone_are_those_that_people_see() {
    let full = json!({
        "real_name": "Ada Lovelace", "tz": "Europe/London",
        "profile": {"display_name": "ada", "real_name": "Ada L.", "email": "ada@example.com"},
    });
    let profile = user(&full).profile(&identity()).unwrap();
    assert_eq!((profile.name.as_str(), profile.handle.as_str()), ("Ada Lovelace", "ada"));
    assert_eq!((profile.email.as_deref(), profile.zone), (Some("ada@example.com"), Some(chrono_tz::Europe::London)));
    let bare = user(&json!({"tz": "Mars/Base", "profile": null})).profile(&identity()).unwrap();
    assert_eq!((bare.name.as_str(), bare.handle.as_str(), bare.zone), ("ada.l", "ada.l", None));
    assert_eq!(user(&json!({"id": ""})).profile(&identity()), Err(ApiError::Unknown));
}

#[tokio::test]
async fn an_address_is_asked_for_once_an_hour() {
    let little = Little::new(|asked| match asked.method.as_str() {
        "auth.test" => me(),
        _ => ok(json!({"user": {"id": "U1", "team_id": "T1", "name": asked.args["email"]}})),
    })
    .await;
    let api = little.api();
    assert_eq!(api.lookup_by_email("Ada@Example.com ").await.unwrap().handle, "ada@example.com");
    assert_eq!(api.lookup_by_email("ada@example.com").await.unwrap().account, "U1");
    assert_eq!(little.methods(), ["users.lookupByEmail", "auth.test"]);
    little.wait(3600);
    api.lookup_by_email("ada@example.com").await.unwrap();
    assert_eq!(little.methods(), ["users.lookupByEmail"]);
}
