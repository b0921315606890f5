//! Codes that were sent to addresses: which wait, how many were sent, and what they proved; and who is due to be asked.

use firebell_core::directory::proof::Round;
use firebell_core::directory::reach::Waiting;
use firebell_core::directory::{Address, ContactMethod, Origin};
use firebell_core::effect::CodeFor;
use firebell_core::ids::CodeId;
use uuid::Uuid;

use super::super::contacts::{
    Proof, ask, failures, missed, proofs, prove, purge, rounds, sent_for, sent_to, used, waiting,
};
use super::sample::{ANN, BOB, at, plant};
use super::*;

fn code(number: u128, why: CodeFor, asked: i64) -> Waiting {
    let to = Address { sealed: "c2VhbGVk".to_owned(), mark: format!("m{number}"), origin: Origin::Chat };
    Waiting {
        id: CodeId(Uuid::from_u128(number)),
        person: ANN,
        method: ContactMethod::Sms,
        to,
        why,
        asked: at(asked),
        until: at(asked + 900),
        misses: 0,
    }
}

#[tokio::test]
async fn a_code_waits_until_it_is_old_used_or_another_is_sent() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let (first, second, test) =
            (code(1, CodeFor::Address, 0), code(2, CodeFor::Address, 1), code(3, CodeFor::Test, 2));
        ask(tx, &first, b"here").await.unwrap();
        assert_eq!(waiting(tx, ANN, at(9), true).await.unwrap(), [first]);
        ask(tx, &second, b"here").await.unwrap();
        ask(tx, &test, b"there").await.unwrap();
        assert_eq!(waiting(tx, ANN, at(9), false).await.unwrap(), [second.clone(), test.clone()]);
        assert_eq!(waiting(tx, BOB, at(9), false).await.unwrap(), []);
        missed(tx, ANN).await.unwrap();
        assert!(waiting(tx, ANN, at(9), false).await.unwrap().iter().all(|held| held.misses == 1));
        used(tx, test.id).await.unwrap();
        assert_eq!(waiting(tx, ANN, at(9), false).await.unwrap().len(), 1);
        assert_eq!(waiting(tx, ANN, at(901), false).await.unwrap(), [], "fifteen minutes are over");
        assert_eq!(purge(tx, at(0)).await.unwrap(), 1, "what was replaced");
        assert_eq!(purge(tx, at(2_000)).await.unwrap(), 2);
        assert!(failures(tx, &["contact:code:1".to_owned()]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn codes_are_counted_by_person_and_by_address_and_those_of_rounds_are_not() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        for (number, why, reach) in [(1, CodeFor::Address, b"a"), (2, CodeFor::Test, b"b"), (3, CodeFor::Round, b"b")] {
            let second = i64::try_from(number).unwrap();
            ask(tx, &code(number, why, second), reach).await.unwrap();
        }
        let counted = (sent_for(tx, ANN, at(0)).await.unwrap(), sent_for(tx, ANN, at(1)).await.unwrap());
        assert_eq!(counted, (2, 1));
        assert_eq!((sent_to(tx, b"b", at(0)).await.unwrap(), sent_to(tx, b"b", at(2)).await.unwrap()), (1, 0));
    })
    .await;
}

#[tokio::test]
async fn the_last_proof_counts_and_a_round_goes_on() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let proof = |mark: &str, second| Proof {
            person: ANN,
            method: ContactMethod::Sms,
            mark: mark.to_owned(),
            at: at(second),
        };
        prove(tx, &proof("m1", 1)).await.unwrap();
        prove(tx, &proof("m2", 2)).await.unwrap();
        assert_eq!(proofs(tx).await.unwrap(), [proof("m2", 2)]);
        rounds::begin(tx, ANN, at(5)).await.unwrap();
        rounds::begin(tx, ANN, at(9)).await.unwrap();
        let round = Round { person: ANN, due: at(5), asked: None, look: None };
        assert_eq!(rounds::all(tx, true).await.unwrap(), std::slice::from_ref(&round));
        let next = Round { due: at(50), asked: Some(at(5)), look: Some(at(8)), ..round };
        rounds::go_on(tx, &next).await.unwrap();
        assert_eq!(rounds::all(tx, false).await.unwrap(), [next]);
    })
    .await;
}
