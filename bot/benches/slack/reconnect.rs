//! Connections that are lost: how long until another listens in the place of each.

use std::time::{Duration, Instant};

use crate::Failure;
use crate::place::Place;
use crate::table::{Table, quantile};

/// As many as can be: each is lost on its own, and has to last for half a minute before, as a good one does.
const CONNECTIONS: usize = 10;
/// How many are lost in each way that is told at once.
const LOST: usize = 20;
/// How long a connection must have lasted for the pauses to begin anew, and a little.
const LIFE: Duration = Duration::from_secs(32);

/// How a connection is lost.
type Loss = fn(&Place, u64);

pub(crate) async fn measure(table: &mut Table) -> Result<(), Failure> {
    let place = Place::new(CONNECTIONS).await?;
    let ways: [(&str, Loss); 2] =
        [("reset", |place, id| place.fake.drop_tcp(id)), ("closed", |place, id| place.fake.close(id))];
    for (way, lose) in ways {
        let mut times = Vec::with_capacity(LOST);
        while times.len() < LOST {
            tokio::time::sleep(LIFE).await;
            for id in place.fake.sockets() {
                times.push(lost(&place, id, lose).await?);
            }
        }
        times.sort_by(f64::total_cmp);
        table.told(&format!("reconnect: {way}, listening again, p50"), quantile(&times, 0.5), "s");
        table.at_most(&format!("reconnect: {way}, listening again, the last of 20"), quantile(&times, 1.0), 2.0, "s");
    }
    let silent = place.fake.sockets();
    let begun = Instant::now();
    for id in &silent {
        place.fake.go_silent(*id);
    }
    let fresh = || place.fake.sockets().iter().filter(|id| !silent.contains(id)).count();
    place.until("connections after silence", || fresh() >= CONNECTIONS).await?;
    // After 30 s of silence the next ping, one every 10 s, gives the connection up; there is no goal for it.
    table.told("reconnect: silent, all listening again", begun.elapsed().as_secs_f64(), "s");
    Ok(())
}

/// Loses a connection; how many seconds later there is another one.
async fn lost(place: &Place, id: u64, lose: impl Fn(&Place, u64)) -> Result<f64, Failure> {
    let held = place.fake.sockets();
    let begun = Instant::now();
    lose(place, id);
    place.until("another connection", || place.fake.sockets().iter().any(|id| !held.contains(id))).await?;
    Ok(begun.elapsed().as_secs_f64())
}
