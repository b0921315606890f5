use super::*;
use crate::links::Linked;

const NINE: &str = "2026-03-01T12:00:00Z";

fn healthy() -> (Health, Clock) {
    linked(Vec::new())
}

fn linked(links: Vec<Link>) -> (Health, Clock) {
    let clock = Clock::manual(NINE.parse().unwrap());
    let health = Health::new(clock.clone(), links);
    health.database_up();
    health.audited(Audit::default());
    (health, clock)
}

fn stalled(text: &str) -> Audit {
    Audit { stalled: vec![text.to_owned()], unmet: Vec::new() }
}

fn unmet(text: &str) -> Audit {
    Audit { stalled: Vec::new(), unmet: vec![text.to_owned()] }
}

#[test]
fn nothing_is_ready_before_the_database_was_reached() {
    let (_, clock) = healthy();
    let health = Health::new(clock, Vec::new());
    assert_eq!(health.ready(), Err(vec!["database: no answer since 2026-03-01T12:00:00Z".to_owned()]));
    health.database_up();
    assert_eq!(health.ready(), Ok(()));
}

#[test]
fn each_check_has_its_line() {
    type Trouble = fn(&Health);
    // What goes wrong, its line, and whether it keeps the replica from being ready and the watcher from a beat.
    let table: [(Trouble, &str, (bool, bool)); 6] = [
        (Health::drain, "draining: the process is about to stop", (true, false)),
        (Health::database_lost, "database: no answer since 2026-03-01T12:00:00Z", (true, true)),
        (
            |health| health.audited(stalled("2 pages have\nno due time")),
            "auditor: 2 pages have no due time",
            (true, true),
        ),
        (|health| health.audited(unmet("nobody was reached")), "auditor: nobody was reached", (false, true)),
        (
            |health| health.clock_skew_ms(501),
            "clock: 501 ms ahead of the database's; synchronise both machines' clocks",
            (true, true),
        ),
        (
            |health| health.clock_skew_ms(-501),
            "clock: -501 ms ahead of the database's; synchronise both machines' clocks",
            (true, true),
        ),
    ];
    for (trouble, line, (unready, unwell)) in table {
        let (health, _) = healthy();
        trouble(&health);
        let said = |fails: bool| if fails { Err(vec![line.to_owned()]) } else { Ok(()) };
        assert_eq!((health.ready(), health.content()), (said(unready), said(unwell)), "{line}");
        assert_eq!(health.alive(), Ok(()), "{line}: to restart it would mend nothing");
    }
}

#[test]
fn what_is_tolerable_is_ready() {
    let (health, clock) = healthy();
    health.clock_skew_ms(-500);
    clock.advance(SILENCE).unwrap();
    assert_eq!((health.ready(), health.content()), (Ok(()), Ok(())));
}

#[test]
fn a_silent_worker_or_ticker_is_noticed_until_it_speaks() {
    let (health, clock) = healthy();
    clock.advance(SILENCE + TimeDelta::seconds(1)).unwrap();
    let failing = health.ready().unwrap_err();
    assert!(failing.len() == 2 && failing[0].starts_with("ticker: no sign of life"), "{failing:?}");
    assert!(failing[1].starts_with("worker: no sign of life"), "{failing:?}");
    health.worked(Part::Ticker);
    assert!(health.ready().unwrap_err()[0].starts_with("worker:"));
    health.worked(Part::Worker);
    assert_eq!(health.ready(), Ok(()));
}

#[test]
fn a_loop_that_fails_is_not_one_that_hangs() {
    let (health, clock) = healthy();
    for _ in 0..5 {
        clock.advance(TimeDelta::minutes(1)).unwrap();
        health.turned(Part::Ticker);
        health.worked(Part::Worker);
        health.worked(Part::Upkeep);
    }
    let fails = "ticker: fails since 2026-03-01T12:00:00Z; the log says why";
    assert_eq!((health.ready(), health.alive()), (Err(vec![fails.to_owned()]), Ok(())));
    health.database_lost();
    let lost = "database: no answer since 2026-03-01T12:05:00Z";
    assert_eq!(health.ready(), Err(vec![lost.to_owned()]), "why it fails is known then");
}

#[test]
fn a_process_is_alive_until_one_of_its_loops_hangs() {
    for part in Part::ALL {
        let (health, clock) = healthy();
        clock.advance(HANGS + TimeDelta::seconds(1)).unwrap();
        Part::ALL.into_iter().filter(|other| *other != part).for_each(|other| health.turned(other));
        let line = format!("{}: hangs since 2026-03-01T12:00:00Z; restart this replica", part.word());
        assert_eq!(health.alive(), Err(vec![line]));
        health.turned(part);
        assert_eq!(health.alive(), Ok(()));
    }
}

#[test]
fn a_loss_keeps_its_first_time() {
    let (health, clock) = healthy();
    let since = clock.now();
    health.database_lost();
    clock.advance(TimeDelta::seconds(5)).unwrap();
    health.database_lost();
    assert_eq!(health.database(), Database::Lost { since });
}

#[test]
fn the_auditor_s_word_counts_for_three_minutes() {
    let clock = Clock::manual(NINE.parse().unwrap());
    let health = Health::new(clock.clone(), Vec::new());
    health.database_up();
    assert_eq!(health.content(), Err(vec!["auditor: has not looked yet".to_owned()]));
    assert_eq!(health.ready(), Ok(()), "a replica need not wait for its first audit");
    health.audited(Audit::default());
    for (seconds, content) in [(180, true), (1, false)] {
        clock.advance(TimeDelta::seconds(seconds)).unwrap();
        health.worked(Part::Ticker);
        health.worked(Part::Worker);
        assert_eq!(health.content().is_ok(), content, "after {seconds} s more");
    }
    let line = "auditor: has not looked since 2026-03-01T12:00:00Z; the log says why";
    assert_eq!(health.content(), Err(vec![line.to_owned()]));
}

#[test]
fn a_replica_is_ready_while_one_workspace_is_connected_or_may_be() {
    let down = Linked::Down { since: NINE.parse().unwrap() };
    let table: [(&[Linked], bool); 6] = [
        (&[], true),
        (&[Linked::Up], true),
        (&[down], false),
        (&[down, Linked::Up], true),
        (&[down, Linked::Elsewhere], true),
        (&[down, down], false),
    ];
    for (links, ready) in table {
        let named = links.iter().zip(["main", "eu"]);
        let (health, _) = linked(
            named
                .map(|(linked, name)| {
                    Link::new("slack", name, {
                        let linked = *linked;
                        move || linked
                    })
                })
                .collect(),
        );
        assert_eq!(health.ready().is_ok(), ready, "{links:?}");
        assert_eq!(health.content(), Ok(()), "what reaches nobody is for the auditor to find");
    }
    let (health, _) = linked(vec![Link::new("discord", "main", move || down)]);
    let line =
        "chat: no connection to discord main since 2026-03-01T12:00:00Z; the log says why, and `firebell doctor`";
    assert_eq!(health.ready(), Err(vec![line.to_owned()]));
}
