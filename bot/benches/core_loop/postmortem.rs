//! A postmortem over a long record.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use chrono_tz::Tz;
use firebell::render::Renderer;
use firebell_core::ids::{EntryId, IncidentId};
use firebell_core::policy::Viewer;
use firebell_core::settings::Settings;
use firebell_core::timeline::{Change, Entry};
use firebell_core::view::{PostmortemView, Record};

use crate::Failure;
use crate::notes::note;
use crate::place::{Fresh, app, say};
use crate::table::Table;

const ENTRIES: usize = 10_000;
const RUNS: usize = 9;

pub(crate) async fn measure(table: &mut Table) -> Result<(), Failure> {
    let fresh = Fresh::sqlite()?;
    let app = app(&fresh.url).await?;
    say(&app, "declare".to_owned(), "/incident declare checkout is down".to_owned()).await?;
    note(&app, "note", 1).await?;
    let whole = app.intake.record(Viewer::Operator, IncidentId(1)).await??;
    let settings = Settings::default();
    let (record, _) = whole.view(&settings, Tz::UTC.into());
    let entries = long(&whole.entries)?;
    let record = Record { entries: &entries, ..record };
    let renderer = Renderer::new(None)?;
    let (mut views, mut renders, mut pages, mut prints) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let begun = Instant::now();
        let view = PostmortemView::of(&record);
        views.push(begun.elapsed());
        let begun = Instant::now();
        let text = renderer.postmortem("standard", &view)?;
        renders.push(begun.elapsed());
        if text.lines().count() < ENTRIES {
            return Err("the postmortem leaves entries out".into());
        }
        let begun = Instant::now();
        let page = renderer.page("standard", &view)?;
        pages.push(begun.elapsed());
        let begun = Instant::now();
        let (printed, _) = renderer.print("standard", &view)?;
        prints.push(begun.elapsed());
        table_is_whole(&page, &printed)?;
    }
    let (view, render, page, print) = (median(views), median(renders), median(pages), median(prints));
    table.told("postmortem: view of 10,000 entries", view, "ms");
    table.told("postmortem: rendering it", render, "ms");
    table.at_most("postmortem: both, as Markdown", view + render, 50.0, "ms");
    table.at_most("postmortem: both, as HTML", view + page, 50.0, "ms");
    table.at_most("postmortem: both, as PDF", view + print, 1_000.0, "ms");
    app.store.close().await;
    fresh.gone().await
}

/// What is measured holds every entry.
fn table_is_whole(page: &str, printed: &[u8]) -> Result<(), Failure> {
    if page.matches("<tr").count() < ENTRIES || printed.len() < ENTRIES {
        return Err("the page or the print leaves entries out".into());
    }
    Ok(())
}

/// The entries of a short record, then notes with some mark-up to escape.
fn long(entries: &[Entry]) -> Result<Vec<Entry>, Failure> {
    let last = entries.last().ok_or("no entries")?.clone();
    let mut all = entries.to_vec();
    for number in (1..).take(ENTRIES.saturating_sub(entries.len())) {
        let text = format!("replica {number} of *checkout* lags by {number} s | restarted <b>it</b>");
        let happened_at = last.happened_at + TimeDelta::seconds(number);
        let (id, change) = (EntryId(last.id.0 + number), Some(Change::Noted { text }));
        all.push(Entry { id, change, happened_at, recorded_at: happened_at, ..last.clone() });
    }
    Ok(all)
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).map_or(0.0, Duration::as_secs_f64) * 1_000.0
}
