//! `firebell report`: how many incidents there were, how long they took, who was woken, what is late and what keeps coming back.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use clap::{Args, Subcommand, ValueEnum};
use firebell_core::report::{Asked, By};
use firebell_core::when::parse_duration;

use super::open::quiet_app;
use super::say::{complain, say};
use super::times::{self, Typed};
use super::{Exit, Failure, Global};
use crate::render::ReportAs;

/// How far back a report goes where nobody says it: a quarter.
const QUARTER: TimeDelta = TimeDelta::days(90);
/// The same for causes, which take longer to come back: a year.
const YEAR: TimeDelta = TimeDelta::days(365);

/// `firebell report`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ReportArgs {
    #[command(subcommand)]
    of: Option<Of>,
    /// The beginning, as 2026-10-01 or 2026-10-01T09:00, or how long ago, as 90d; 90 days before --until by default.
    #[arg(long, value_name = "T", value_parser = when)]
    since: Option<When>,
    /// The end, in the same way; now by default.
    #[arg(long, value_name = "T", value_parser = when)]
    until: Option<When>,
    /// Also tell incidents apart.
    #[arg(long, value_enum)]
    by: Option<ByWhat>,
    /// csv is the table of incidents alone.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Where to write it; standard output without it.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The zone of the times, typed and shown.
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    zone: Tz,
}

#[derive(Debug, Subcommand)]
enum Of {
    /// Show causes that came back across incidents, with the incidents and their open actions.
    Causes(CausesArgs),
}

/// `firebell report causes`.
#[derive(Debug, Args)]
struct CausesArgs {
    /// The beginning, as 2026-10-01 or 2026-10-01T09:00, or how long ago, as 90d; 365 days before --until by default.
    #[arg(long, value_name = "T", value_parser = when)]
    since: Option<When>,
    /// The end, in the same way; now by default.
    #[arg(long, value_name = "T", value_parser = when)]
    until: Option<When>,
    #[arg(long, value_enum, default_value = "text")]
    format: CausesFormat,
    /// Where to write it; standard output without it.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The zone of the times, typed and shown.
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    zone: Tz,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ByWhat {
    Service,
    Team,
    Severity,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Md,
    Html,
    Json,
    Csv,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CausesFormat {
    Text,
    Md,
    Html,
    Json,
}

/// A time, or how long ago it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    At(Typed),
    Ago(TimeDelta),
}

pub(super) async fn report(global: &Global, args: ReportArgs) -> Result<Exit, Failure> {
    let app = quiet_app(global).await?;
    let now = app.intake.clock.now();
    let ReportArgs { of, since, until, by, format, output, zone } = args;
    let (asked, output) = match &of {
        Some(Of::Causes(causes)) => {
            (asked((causes.since, causes.until), now, (YEAR, None), causes.zone), &causes.output)
        }
        None => (asked((since, until), now, (QUARTER, by.map(ByWhat::core)), zone), &output),
    };
    let asked = match asked {
        Ok(asked) => asked,
        Err(why) => {
            app.store.close().await;
            complain(format_args!("! {why}"));
            return Ok(Exit::Refused);
        }
    };
    let text = match &of {
        Some(Of::Causes(causes)) => app.intake.operator_causes(asked, causes.format.render()).await?,
        None => app.intake.operator_report(asked, format.render()).await?,
    };
    app.store.close().await;
    match output {
        Some(path) => {
            std::fs::write(path, text + "\n").map_err(|error| format!("write {}: {error}", path.display()))?;
            say(format_args!("wrote {}", path.display()))?;
        }
        None => say(text)?,
    }
    Ok(Exit::Done)
}

fn asked(
    (since, until): (Option<When>, Option<When>),
    now: DateTime<Utc>,
    (back, by): (TimeDelta, Option<By>),
    zone: Tz,
) -> Result<Asked, String> {
    // What was declared at this very instant is part of a report up to now.
    let until = until.map_or(now + TimeDelta::seconds(1), |until| until.within(now, zone));
    let since = since.map_or_else(|| earlier(until, back), |since| since.within(now, zone));
    if since >= until {
        return Err("--until must be after --since; give a later time, or leave it out for now".to_owned());
    }
    Ok(Asked { since, until, by, zone })
}

fn earlier(at: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    at.checked_sub_signed(by).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// Reads a time, or how long ago it was.
fn when(text: &str) -> Result<When, String> {
    if let Ok(ago) = parse_duration(text) {
        return Ok(When::Ago(ago));
    }
    let wrong =
        |_| format!("{text:?} is no time; write one such as 2026-10-01 or 2026-10-01T09:00, or how long ago, as 90d");
    times::typed(text).map(When::At).map_err(wrong)
}

impl When {
    fn within(self, now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        match self {
            Self::At(typed) => typed.within(zone),
            Self::Ago(ago) => earlier(now, ago),
        }
    }
}

impl ByWhat {
    fn core(self) -> By {
        match self {
            Self::Service => By::Service,
            Self::Team => By::Team,
            Self::Severity => By::Severity,
        }
    }
}

impl Format {
    fn render(self) -> ReportAs {
        match self {
            Self::Text => ReportAs::Text,
            Self::Md => ReportAs::Markdown,
            Self::Html => ReportAs::Html,
            Self::Json => ReportAs::Json,
            Self::Csv => ReportAs::Csv,
        }
    }
}

impl CausesFormat {
    fn render(self) -> ReportAs {
        match self {
            Self::Text => ReportAs::Text,
            Self::Md => ReportAs::Markdown,
            Self::Html => ReportAs::Html,
            Self::Json => ReportAs::Json,
        }
    }
}
