//! Tokens of programs, and the incidents that they raised.

use firebell_core::decide::RaisedAs;
use firebell_core::ids::{IncidentId, Key};
use firebell_core::integration::{Integration, Scope};

use super::super::error::StoreError;
use super::super::integrations::{all, by_digest, put, raise, raised, revoke};
use super::sample::at;
use super::*;

fn program(name: &str) -> Integration {
    Integration { name: Key::new(name).unwrap(), scopes: vec![Scope::Pages] }
}

#[tokio::test]
async fn a_token_is_good_until_it_is_revoked() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let (grafana, key) = (program("grafana"), Key::new("grafana").unwrap());
        assert!(put(tx, &grafana, &[1; 32], at(0)).await.unwrap());
        assert!(!put(tx, &grafana, &[2; 32], at(1)).await.unwrap(), "it has one");
        assert_eq!(by_digest(tx, &[1; 32]).await.unwrap(), Some(grafana.clone()));
        assert_eq!(by_digest(tx, &[2; 32]).await.unwrap(), None);
        assert!(revoke(tx, &key, at(2)).await.unwrap());
        assert!(!revoke(tx, &key, at(3)).await.unwrap());
        assert_eq!(by_digest(tx, &[1; 32]).await.unwrap(), None);
        let listed = all(tx).await.unwrap();
        assert_eq!((listed.len(), listed[0].made_at, listed[0].revoked_at), (1, at(0), Some(at(2))));
        assert!(put(tx, &grafana, &[3; 32], at(4)).await.unwrap(), "a new one may be made");
        assert_eq!(by_digest(tx, &[3; 32]).await.unwrap(), Some(grafana));
        assert_eq!(all(tx).await.unwrap()[0].revoked_at, None);
    })
    .await;
}

#[tokio::test]
async fn a_key_stands_for_the_incident_that_was_read_or_nothing_is_written() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let integration = Key::new("grafana").unwrap();
        let as_ = |incident, before: Option<i64>| RaisedAs {
            integration: Key::new("grafana").unwrap(),
            key: "disk".to_owned(),
            incident: IncidentId(incident),
            before: before.map(IncidentId),
        };
        assert_eq!(raised(tx, &integration, "disk").await.unwrap(), None);
        raise(tx, &as_(1, None), at(0)).await.unwrap();
        assert_eq!(raised(tx, &integration, "disk").await.unwrap(), Some(IncidentId(1)));
        assert_eq!(raised(tx, &Key::new("sentry").unwrap(), "disk").await.unwrap(), None);
        let lost = raise(tx, &as_(3, Some(2)), at(1)).await;
        assert!(matches!(lost, Err(StoreError::Conflict { table: "raised", .. })), "{lost:?}");
        raise(tx, &as_(2, Some(1)), at(2)).await.unwrap();
        assert_eq!(raised(tx, &integration, "disk").await.unwrap(), Some(IncidentId(2)));
    })
    .await;
}
