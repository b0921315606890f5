//! The figures that Slack must reach: `cargo bench --workspace --bench slack -- [declare|burst|reconnect|all]`.
//!
//! The binary serves in a process of its own, on an SQLite file under `TMPDIR`, and talks to the tests' fake Slack in this
//! process, which answers each call of the Web API after 100 ms. With `CALLS` set, the calls of each declaration are
//! shown, with how many milliseconds after the command each came and was carried out.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "whoever measures watches")]

mod burst;
mod declare;
mod place;
mod reconnect;
#[path = "../served.rs"]
#[allow(dead_code, reason = "each benchmark uses a part")]
mod served;
#[path = "../../tests/support"]
#[allow(dead_code, unused_imports, clippy::unwrap_used, clippy::expect_used, reason = "it is written for the tests")]
mod support {
    mod fake;
    pub(crate) mod slack;
}
#[path = "../core_loop/table.rs"]
mod table;

use self::table::Table;

/// What any part of the measurement fails with.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

const ALL: [&str; 3] = ["declare", "burst", "reconnect"];

fn main() -> Result<(), Failure> {
    let which = served::parts(std::env::args().skip(1), &ALL)?;
    let mut table = Table::default();
    table.note(served::describe("Slack")?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(measure(&which, &mut table));
    table.print();
    outcome
}

async fn measure(which: &[String], table: &mut Table) -> Result<(), Failure> {
    for which in which {
        eprintln!("measuring {which} ...");
        match which.as_str() {
            "declare" => declare::measure(table).await?,
            "burst" => burst::measure(table).await?,
            _ => reconnect::measure(table).await?,
        }
    }
    Ok(())
}
