//! The walk over incidents: in slices, each once, and from the beginning again.

use firebell_core::command::Command;

use super::super::walk::{Slice, left_open, unfinished};
use super::sample::{declare, go_on, plant, with_room};
use super::*;

fn slice(numbers: &[i64], next: i64) -> Slice {
    Slice { numbers: numbers.to_vec(), next }
}

fn resolve() -> Command {
    Command::Resolve { summary: "over".to_owned() }
}

#[tokio::test]
async fn unfinished_incidents_come_in_slices_and_those_that_are_over_do_not() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        assert_eq!(unfinished(tx, 0, 2).await.unwrap(), slice(&[], 0));
        for number in 1..=5 {
            declare(tx, number, number).await;
        }
        let over = declare(tx, 6, 6).await;
        go_on(tx, &over, Command::Cancel { reason: None }, 7).await;
        let resolved = declare(tx, 7, 8).await;
        go_on(tx, &resolved, resolve(), 9).await;
        for (after, expected) in
            [(0, slice(&[1, 2], 2)), (2, slice(&[3, 4], 4)), (4, slice(&[5, 7], 7)), (7, slice(&[], 0))]
        {
            assert_eq!(unfinished(tx, after, 2).await.unwrap(), expected, "after {after}");
        }
        assert_eq!(unfinished(tx, 4, 3).await.unwrap(), slice(&[5, 7], 0));
    })
    .await;
}

#[tokio::test]
async fn rooms_that_were_left_open_are_found_a_stretch_at_a_time() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        for number in 1..=9 {
            let (open, room) = with_room(tx, number, number * 10).await;
            let resolved = go_on(tx, &open, resolve(), number * 10 + 2).await;
            if number != 4 {
                let closed = go_on(tx, &resolved, Command::Close, number * 10 + 3).await;
                if number % 2 == 0 {
                    go_on(tx, &closed, Command::RoomClosed { room }, number * 10 + 4).await;
                }
            }
        }
        for (after, most, expected) in [
            (0, (4, 9), slice(&[1, 3], 4)),
            (4, (4, 9), slice(&[5, 7], 8)),
            (8, (4, 9), slice(&[9], 0)),
            (0, (4, 1), slice(&[1], 1)),
            (1, (100, 2), slice(&[3, 5], 5)),
            (9, (4, 9), slice(&[], 0)),
        ] {
            assert_eq!(left_open(tx, after, most).await.unwrap(), expected, "after {after}, {most:?}");
        }
    })
    .await;
}
