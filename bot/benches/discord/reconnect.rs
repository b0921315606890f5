//! The gateway is lost: how long until it is listened to again, what was missed, and what Discord never tells again.

use std::time::{Duration, Instant};

use crate::Failure;
use crate::place::Place;
use crate::table::{Table, count, quantile};

/// How often it is lost in each way.
const LOST: usize = 5;
/// How long it is listened to before it is lost again: Discord lets a session begin every 5 s, and the pauses before another
/// grow while sessions end within 30 s, or a day's 1,000 would not last.
const LIFE: Duration = Duration::from_secs(6);
const LONG_LIFE: Duration = Duration::from_secs(32);

/// How it is lost.
type Loss = fn(&Place);

pub(crate) async fn measure(table: &mut Table) -> Result<(), Failure> {
    let place = Place::new().await?;
    place.declare(1, "lost end", "sev3").await;
    place.quiet().await;
    let room = place.rooms("lost end").first().ok_or("there is no room")?.id.clone();
    let ways: [(&str, Loss, f64); 6] = [
        ("reset", |place| place.fake.drops_tcp(), 2.0),
        ("close 4000", |place| place.fake.closes(Some(4_000)), 2.0),
        ("op 7", |place| place.fake.asks_to_reconnect(), 2.0),
        ("close without a code", |place| place.fake.closes(None), 8.0),
        ("op 9, the session is gone", |place| place.fake.invalidates(false), 8.0),
        (
            "reset, the session is gone",
            |place| {
                place.fake.forgets_sessions();
                place.fake.drops_tcp();
            },
            8.0,
        ),
    ];
    let mut said = 0;
    for (way, lose, most) in ways {
        let (mut times, mut unanswered) = (Vec::with_capacity(LOST), 0);
        let life = if most > 2.0 { LONG_LIFE } else { LIFE };
        while times.len() < LOST {
            tokio::time::sleep(life).await;
            let (took, is_answered) = lost(&place, &room, lose).await?;
            times.push(took);
            said += 1;
            unanswered += usize::from(!is_answered);
        }
        times.sort_by(f64::total_cmp);
        table.told(&format!("reconnect: {way}, listening again, p50"), quantile(&times, 0.5), "s");
        table.at_most(&format!("reconnect: {way}, the last of {LOST}"), quantile(&times, 1.0), most, "s");
        // Discord tells a new session nothing of what was asked before it began.
        table.told(&format!("reconnect: {way}, of {LOST} commands meanwhile without an answer"), count(unanswered), "");
    }
    place.quiet().await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let record = place.asked(&["export", "INC-1", "--format", "json"])?;
    let kept = record.matches("while nobody listens").count();
    table.at_least("reconnect: messages of the gaps that are kept", count(kept), count(said), "");
    Ok(())
}

/// Loses it; how many seconds later it is listened to again, and whether a command that somebody gave meanwhile was
/// answered. Something is said, too.
async fn lost(place: &Place, room: &str, lose: Loss) -> Result<(f64, bool), Failure> {
    let held: Vec<u64> = place.fake.connections().iter().map(|connection| connection.id).collect();
    let begun = Instant::now();
    lose(place);
    place.fake.says(place.person(3), room, "said while nobody listens");
    let again = || {
        let connections = place.fake.connections();
        connections.iter().any(|connection| connection.session.is_some() && !held.contains(&connection.id))
    };
    let asked = place.fake.slash(place.person(2), &place.general, "incident list", &[]);
    let listening = async { place.until("the gateway", again).await.map(|()| begun.elapsed().as_secs_f64()) };
    let (outcome, took) = tokio::join!(asked, listening);
    Ok((took?, outcome.error.is_none()))
}
