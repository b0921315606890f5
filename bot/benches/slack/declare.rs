//! One declaration after the other: how soon it is acknowledged, is a room with a card in it, and is done.

use crate::Failure;
use crate::place::Place;
use crate::support::slack::Call;
use crate::table::{Table, quantile};

/// How many are measured of each kind.
const DECLARATIONS: usize = 30;
/// How many come first and are not measured: the process reads and connects what it keeps.
const WARM_UP: usize = 3;

/// What of a declaration came when, in milliseconds after the command was sent.
struct Times {
    acknowledged: f64,
    first_message: f64,
    last_call: f64,
}

/// One of them.
type Figure = fn(&Times) -> f64;

pub(crate) async fn measure(table: &mut Table) -> Result<(), Failure> {
    let place = Place::new(2).await?;
    for number in 0..WARM_UP {
        one(&place, number, "sev2", "warm").await?;
    }
    for (severity, kind, words) in [("sev3", "quiet", "pages nobody"), ("sev2", "loud", "pages one person")] {
        let mut times = Vec::with_capacity(DECLARATIONS);
        for number in 0..DECLARATIONS {
            times.push(one(&place, number, severity, kind).await?);
        }
        let sorted = |which: Figure| {
            let mut figures: Vec<f64> = times.iter().map(which).collect();
            figures.sort_by(f64::total_cmp);
            figures
        };
        let rows: [(&str, Figure, f64); 3] = [
            ("acknowledged", |times| times.acknowledged, 100.0),
            ("first message", |times| times.first_message, 220.0),
            ("last call", |times| times.last_call, 340.0),
        ];
        for (what, which, most) in rows {
            let figures = sorted(which);
            table.at_most(&format!("declare, {words}: {what}, p50"), quantile(&figures, 0.5), most, "ms");
            table.told(&format!("declare, {words}: {what}, p99"), quantile(&figures, 0.99), "ms");
        }
    }
    Ok(())
}

async fn one(place: &Place, number: usize, severity: &str, kind: &str) -> Result<Times, Failure> {
    place.fake.forget_calls();
    let begun = place.now();
    // The service has a runbook, which is one more thing to set up, and the policy that is paged.
    let what = format!("bench {kind} {number} end --severity {severity} --service checkout");
    let outcome = place.declare(1 + number, &what).await;
    let acknowledged = outcome.after.ok_or_else(|| format!("not acknowledged: {outcome:?}"))?;
    place.quiet().await;
    let rooms = place.rooms(&format!("-bench-{kind}-{number}-end"));
    let [room] = rooms.as_slice() else { return Err(format!("{} rooms: {outcome:?}", rooms.len()).into()) };
    let calls = place.fake.calls();
    let after = |at: i64| ms(at - begun);
    if std::env::var_os("CALLS").is_some() {
        show(&calls, after);
    }
    let posts =
        calls.iter().filter(|call| call.method == "chat.postMessage" && call.channel.as_ref() == Some(&room.id));
    let first = posts.map(|call| call.done).min().ok_or("nothing was posted")?;
    let last = calls.iter().map(|call| call.done).max().ok_or("nothing was called")?;
    Ok(Times {
        acknowledged: acknowledged.as_secs_f64() * 1_000.0,
        first_message: after(first),
        last_call: after(last),
    })
}

fn show(calls: &[Call], after: impl Fn(i64) -> f64) {
    for call in calls {
        let channel = call.channel.as_deref().unwrap_or_default();
        let refused = if call.succeeded() { "" } else { "refused" };
        eprintln!("{:>7.1} {:>7.1}  {:<28} {channel} {refused}", after(call.at), after(call.done), call.method);
    }
    eprintln!();
}

#[expect(clippy::cast_precision_loss, reason = "far from the limits")]
fn ms(micros: i64) -> f64 {
    micros as f64 / 1_000.0
}
