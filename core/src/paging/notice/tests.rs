use chrono::TimeDelta;

use super::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

fn state(word: &str) -> NoticeState {
    let (at, again, reason) = (at(1), false, "busy".to_owned());
    match word {
        "queued" => NoticeState::Queued,
        "sent" => NoticeState::Sent { at, again },
        "delivered" => NoticeState::Delivered { at, again },
        "read" => NoticeState::Read { at, again },
        "failed" => NoticeState::Failed { at, reason },
        "dead" => NoticeState::Dead { at, reason },
        _ => NoticeState::Cancelled { at },
    }
}

const WORDS: [&str; 7] = ["queued", "sent", "delivered", "read", "failed", "dead", "cancelled"];

fn notice(state: NoticeState) -> Notice {
    let occasion = DueStep::Step { round: 0, step: 0 };
    let (id, person) = (NoticeId(1), PersonId(uuid::Uuid::nil()));
    let (method, trail) = (ContactMethod::Sms, Trail::default());
    Notice { id, person, method, occasion, repeat: 0, queued_at: at(0), state, trail }
}

fn said(stage: Stage, provider_id: &str) -> Receipt {
    Receipt { provider_id: provider_id.to_owned(), stage, word: format!("{stage:?}"), reason: None }
}

#[test]
fn a_state_is_only_ever_followed_by_what_comes_after_it() {
    let table = [
        ("queued", "sent delivered read failed dead cancelled"),
        ("sent", "delivered read failed"),
        ("delivered", "read"),
        ("read", ""),
        ("failed", ""),
        ("dead", ""),
        ("cancelled", "sent delivered read"),
    ];
    for (before, after) in table {
        for word in WORDS {
            let mut held = notice(state(before));
            let moves = held.moves(state(word));
            assert_eq!(moves, after.split(' ').any(|held| held == word), "{before} to {word}");
            assert_eq!(held.state.word(), if moves { word } else { before });
        }
    }
}

#[test]
fn what_a_provider_says_is_news_once_and_in_its_order() {
    use Stage::{Accepted, Delivered, Failed, Read, UnderWay};
    let table = [
        (Accepted, vec![UnderWay, Delivered, Read, Failed]),
        (UnderWay, vec![Delivered, Read, Failed]),
        (Delivered, vec![Read]),
        (Read, vec![]),
        (Failed, vec![]),
    ];
    for (before, news) in table {
        for stage in [Accepted, UnderWay, Delivered, Read, Failed] {
            let mut held = notice(state("sent"));
            assert!(held.hears(&said(before, "SM1"), at(2)));
            assert_eq!(held.hears(&said(stage, "SM1"), at(3)), news.contains(&stage), "{before:?} then {stage:?}");
        }
    }
}

#[test]
fn another_attempt_that_failed_says_nothing_of_the_one_that_was_accepted() {
    let mut held = notice(state("sent"));
    held.was_tried(&Attempt { number: 2, provider_id: Some("SM2".to_owned()) });
    assert!(!held.hears(&said(Stage::Failed, "SM1"), at(2)));
    assert!(held.hears(&said(Stage::Delivered, "SM1"), at(3)), "the person has it by either");
}

#[test]
fn pages_of_older_versions_are_read_and_a_trail_comes_back_as_it_was() {
    let older = r#"{"id":1,"person":"00000000-0000-0000-0000-00000000000b","method":"console",
        "occasion":{"step":{"round":0,"step":0}},"queued_at":"2026-03-01T12:00:00Z",
        "state":{"word":"delivered","at":"2026-03-01T12:00:01Z","again":false}}"#;
    let older: Notice = serde_json::from_str(older).unwrap();
    assert_eq!((older.state.word(), &older.trail), ("delivered", &Trail::default()));
    for word in WORDS {
        let mut held = notice(state(word));
        assert!(!serde_json::to_string(&held).unwrap().contains("trail"), "nothing is written of what is not known");
        held.was_tried(&Attempt { number: 3, provider_id: Some("SM1".to_owned()) });
        held.hears(&said(Stage::UnderWay, "SM1"), at(4));
        let written = serde_json::to_string(&held).unwrap();
        assert_eq!(serde_json::from_str::<Notice>(&written).unwrap(), held, "{written}");
    }
}
