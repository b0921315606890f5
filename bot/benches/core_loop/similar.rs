//! Incidents that are like one, among many.

use std::sync::Arc;
use std::time::Instant;

use firebell::app::App;
use firebell::store::incidents::Loaded;
use firebell::store::{StoreError, Tx, Writes, execute, incidents};
use firebell_core::ids::{IncidentId, Key};
use firebell_core::incident::{Incident, Said};
use firebell_core::policy::Viewer;

use crate::Failure;
use crate::place::{Place, app, say};
use crate::table::{Table, count, quantile};

const INCIDENTS: i64 = 100_000;
/// How many of them are written at a time.
const SLICE: i64 = 500;
const ASKED: i64 = 500;
/// Words there are, of which each is said about half as often as that of half its number, as in any language.
const WORDS: usize = 20_000;
const SERVICES: usize = 200;

pub(crate) async fn measure(place: &Place, table: &mut Table) -> Result<(), Failure> {
    let fresh = place.fresh().await?;
    let app = app(&fresh.url).await?;
    say(&app, "declare".to_owned(), "/incident declare checkout is down".to_owned()).await?;
    let first = app.intake.record(Viewer::Operator, IncidentId(1)).await??.loaded;
    let mut chance = Chance(7);
    let begun = Instant::now();
    for from in (2..INCIDENTS).step_by(usize::try_from(SLICE)?) {
        let until = (from + SLICE).min(INCIDENTS + 1);
        let rows: Result<Vec<_>, Failure> =
            (from..until).map(|number| Ok((None, of_number(&first, number, &mut chance)?))).collect();
        write(&app, Arc::new(rows?)).await?;
    }
    table.told("similar: 100,000 incidents written", begun.elapsed().as_secs_f64(), "s");
    settle(&app).await?;
    let (mut cards, mut answers, mut found) = (Vec::new(), Vec::new(), 0);
    for number in INCIDENTS + 1..=INCIDENTS + ASKED {
        let asked: Incident = of_number(&first, number, &mut chance)?.incident;
        let begun = Instant::now();
        found += usize::from(!app.intake.earlier(&asked).await.is_empty());
        cards.push(begun.elapsed().as_secs_f64() * 1_000.0);
        let begun = Instant::now();
        app.intake.similar(Viewer::Operator, &asked).await?;
        answers.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    for times in [&mut cards, &mut answers] {
        times.sort_by(f64::total_cmp);
    }
    table.told("similar: those for a card, p50", quantile(&cards, 0.5), "ms");
    table.at_most("similar: those for a card, p99", quantile(&cards, 0.99), 20.0, "ms");
    table.told("similar: those for whoever asks, p50", quantile(&answers, 0.5), "ms");
    table.at_most("similar: those for whoever asks, p99", quantile(&answers, 0.99), 20.0, "ms");
    table.told("similar: cards with any", count(found), "of 500");
    app.store.close().await;
    fresh.gone().await
}

async fn write(app: &App, rows: Arc<Vec<(Option<Incident>, Loaded)>>) -> Result<(), Failure> {
    let written = app.store.write(move |tx| {
        let rows = rows.clone();
        Box::pin(async move {
            Writes::alone(tx, |writes| incidents::save(writes, &rows)).await?;
            let next = rows.last().map_or(0, |(_, loaded)| loaded.incident.id.0 + 1);
            Ok(execute!(tx, "UPDATE installation SET next_incident = $1 WHERE id = 1", [next])?)
        })
    });
    written.await?;
    Ok(())
}

/// Postgres looks by itself how words are spread, some time after they were written.
async fn settle(app: &App) -> Result<(), Failure> {
    let settled = app.store.write(|tx| {
        Box::pin(async move {
            if let Tx::Pg(_) = tx {
                execute!(tx, "ANALYZE", [])?;
            }
            Ok::<_, StoreError>(())
        })
    });
    Ok(settled.await?)
}

/// An incident with a title of three to eight words, often with a summary of some dozen, on up to two services.
fn of_number(first: &Loaded, number: i64, chance: &mut Chance) -> Result<Loaded, Failure> {
    let mut loaded = first.clone();
    let incident = &mut loaded.incident;
    incident.id = IncidentId(number);
    incident.rooms.clear();
    incident.title = chance.words(3, 8);
    if chance.below(10) < 7 {
        incident.summary = Some(Said { text: chance.words(8, 40), mark: first.incident.declared.clone() });
    }
    for _ in 0..chance.below(3) {
        incident.services.insert(Key::new(&format!("service-{}", chance.one_of(SERVICES)))?);
    }
    Ok(loaded)
}

/// The same numbers in every run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// One of so many things, of which the first are likelier: by Zipf's law.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a small number"
    )]
    fn one_of(&mut self, things: usize) -> usize {
        let share = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        (((things + 1) as f64).powf(share) as usize).clamp(1, things)
    }

    fn words(&mut self, least: u64, most: u64) -> String {
        let many = least + self.below(most - least + 1);
        (0..many).map(|_| format!("word{}", self.one_of(WORDS))).collect::<Vec<_>>().join(" ")
    }
}
