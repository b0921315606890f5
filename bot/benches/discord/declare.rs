//! One declaration after the other: how soon it is answered, has a room, and has its card.

use crate::Failure;
use crate::place::Place;
use crate::support::discord::Call;
use crate::table::{Table, quantile};

/// How many are measured of each kind.
const DECLARATIONS: usize = 30;
/// How many come first and are not measured: the process reads and connects what it keeps.
const WARM_UP: usize = 3;

/// What of a declaration came when, in milliseconds after the command was sent.
struct Times {
    answered: f64,
    first_message: f64,
    card: f64,
    last_call: f64,
}

/// One of them, with the most that it may be where there is a goal.
type Row = (&'static str, fn(&Times) -> f64, Option<f64>);

pub(crate) async fn measure(table: &mut Table) -> Result<(), Failure> {
    let place = Place::new().await?;
    for number in 0..WARM_UP {
        one(&place, number, "sev2", "warm").await?;
    }
    for (severity, kind, words) in [("sev3", "quiet", "pages nobody"), ("sev2", "loud", "pages one person")] {
        let mut times = Vec::with_capacity(DECLARATIONS);
        for number in 0..DECLARATIONS {
            times.push(one(&place, number, severity, kind).await?);
        }
        let rows: [Row; 4] = [
            ("answered", |times| times.answered, None),
            ("first message", |times| times.first_message, Some(220.0)),
            ("card", |times| times.card, None),
            ("last call", |times| times.last_call, None),
        ];
        for (what, which, most) in rows {
            let mut figures: Vec<f64> = times.iter().map(which).collect();
            figures.sort_by(f64::total_cmp);
            let name = format!("declare, {words}: {what}, p50");
            match most {
                Some(most) => table.at_most(&name, quantile(&figures, 0.5), most, "ms"),
                None => table.told(&name, quantile(&figures, 0.5), "ms"),
            }
            table.told(&format!("declare, {words}: {what}, p99"), quantile(&figures, 0.99), "ms");
        }
    }
    Ok(())
}

async fn one(place: &Place, number: usize, severity: &str, kind: &str) -> Result<Times, Failure> {
    place.fake.forget_calls();
    let begun = place.now();
    let title = format!("bench {kind} {number} end");
    let outcome = place.declare(1 + number, &title, severity).await;
    let answered = outcome.after.ok_or_else(|| format!("not answered: {outcome:?}"))?;
    place.quiet().await;
    let rooms = place.rooms(&title);
    let [room] = rooms.as_slice() else { return Err(format!("{} rooms: {outcome:?}", rooms.len()).into()) };
    let calls = place.fake.calls();
    let after = |at: i64| ms(at - begun);
    if std::env::var_os("CALLS").is_some() {
        show(&calls, after);
    }
    // A post is made with its first message, which becomes the card.
    let done = |method: &str, about: &str| {
        let found = calls.iter().filter(|call| call.method == method && call.channel.as_deref() == Some(about));
        found.map(|call| call.done).min().ok_or_else(|| format!("there was no {method}"))
    };
    let post = calls.iter().filter(|call| call.method == "POST /channels/{channel_id}/threads").map(|call| call.done);
    let last = calls.iter().map(|call| call.done).max().ok_or("nothing was called")?;
    Ok(Times {
        answered: answered.as_secs_f64() * 1_000.0,
        first_message: after(post.min().ok_or("there was no post")?),
        card: after(done("PATCH /channels/{channel_id}/messages/{message_id}", &room.id)?),
        last_call: after(last),
    })
}

fn show(calls: &[Call], after: impl Fn(i64) -> f64) {
    for call in calls {
        let channel = call.channel.as_deref().unwrap_or_default();
        let refused = if call.succeeded() { "" } else { "refused" };
        eprintln!("{:>7.1} {:>7.1}  {:<58} {channel} {refused}", after(call.at), after(call.done), call.method);
    }
    eprintln!();
}

#[expect(clippy::cast_precision_loss, reason = "far from the limits")]
fn ms(micros: i64) -> f64 {
    micros as f64 / 1_000.0
}
