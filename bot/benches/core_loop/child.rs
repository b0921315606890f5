//! A process that serves a database until it is killed.

use std::io::Write as _;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::sync::watch;

use crate::Failure;
use crate::notes::note;
use crate::place::app;

/// The hidden argument that makes this binary the child.
pub(crate) const WORD: &str = "serve-until-killed";
/// What the child prints once it is ready.
pub(crate) const READY: &str = "READY";

/// Serves; says when it is ready, then, once something arrives on stdin, writes notes and says which were acknowledged.
pub(crate) async fn run(database: &str) -> Result<(), Failure> {
    let app = app(database).await?;
    let (_stop, stopped) = watch::channel(false);
    let engine = app.engine.clone();
    tokio::spawn(async move { engine.run(stopped).await });
    while app.engine.health.ready().is_err() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tell(READY)?;
    let mut byte = [0];
    if tokio::io::stdin().read(&mut byte).await? == 0 {
        return std::future::pending().await;
    }
    let run = std::process::id();
    for number in 0_u64.. {
        let id = format!("child-{run}-{number}");
        note(&app, &id, 1).await?;
        tell(&id)?;
    }
    Ok(())
}

fn tell(line: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
