//! The figures that the core loop must reach: `cargo bench --workspace --bench core_loop -- [WHICH...]`.
//!
//! `WHICH` is any of `notes`, `timers`, `raise`, `recover`, `start`, `postmortem`, `similar` and `all`, which is the default.
//! `--postgres URL` runs `notes`, `timers`, `raise` and `similar` on a server in place of SQLite, in a database of their own
//! that is dropped afterwards. `--pending N` sets how many pages and effects wait, 100,000 unless said otherwise. SQLite
//! files live under `TMPDIR`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "whoever measures watches")]

mod child;
mod notes;
mod place;
mod postmortem;
mod process;
mod raise;
mod similar;
mod statements;
mod table;
mod timers;

use self::place::Place;
use self::table::Table;

/// What any part of the measurement fails with.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

const ALL: [&str; 7] = ["notes", "timers", "raise", "recover", "start", "postmortem", "similar"];

struct Arguments {
    which: Vec<String>,
    postgres: Option<String>,
    pending: usize,
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(child::WORD) {
        let database = arguments.next().ok_or("the child needs the path of its database")?;
        return runtime()?.block_on(child::run(&database));
    }
    let arguments = read(std::env::args().skip(1))?;
    statements::count_from_now_on()?;
    let mut table = Table::default();
    let outcome = runtime()?.block_on(measure(&arguments, &mut table));
    table.print();
    outcome
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

fn read(arguments: impl Iterator<Item = String>) -> Result<Arguments, Failure> {
    let mut read = Arguments { which: Vec::new(), postgres: None, pending: 100_000 };
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            // Cargo adds it to whatever it runs as a benchmark.
            "--bench" => {}
            "--postgres" => read.postgres = Some(arguments.next().ok_or("--postgres needs a URL")?),
            "--pending" => read.pending = arguments.next().ok_or("--pending needs a number")?.parse()?,
            "all" => read.which.extend(ALL.map(str::to_owned)),
            which if ALL.contains(&which) => read.which.push(which.to_owned()),
            other => return Err(format!("{other} is none of {}", ALL.join(", ")).into()),
        }
    }
    if read.which.is_empty() {
        read.which.extend(ALL.map(str::to_owned));
    }
    Ok(read)
}

async fn measure(arguments: &Arguments, table: &mut Table) -> Result<(), Failure> {
    let place = Place::new(arguments.postgres.clone());
    table.note(place.describe()?);
    for which in &arguments.which {
        eprintln!("measuring {which} ...");
        match which.as_str() {
            "notes" => notes::measure(&place, table).await?,
            "timers" => timers::measure(&place, arguments.pending, table).await?,
            "raise" => raise::measure(&place, table).await?,
            "recover" => process::recover(arguments.pending, table).await?,
            "start" => process::start(table).await?,
            "similar" => similar::measure(&place, table).await?,
            _ => postmortem::measure(table).await?,
        }
    }
    Ok(())
}
