//! `firebell why` and `firebell simulate`: why a page reached somebody, and whom one would reach.

use chrono_tz::Tz;
use clap::Args;
use firebell_core::ids::IncidentId;
use firebell_core::refusal::Refusal;
use serde::Serialize;

use super::open::quiet_app;
use super::say::{complain, say};
use super::times::{self, Typed};
use super::{Exit, Failure, Global};
use crate::intake::Answered;

/// `firebell why`.
#[derive(Debug, Args)]
pub struct WhyArgs {
    #[arg(value_parser = super::incident)]
    pub incident: IncidentId,
    /// Whose notices; everybody's without it.
    pub person: Option<String>,
    /// The zone of the times.
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    pub zone: Tz,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `firebell simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// The key of a policy, or of a service for that of its policy.
    pub policy: String,
    /// When it would begin, as 2026-12-01T03:00 in the zone of the times, or with an offset; now by default.
    #[arg(long, value_name = "T", value_parser = times::typed)]
    pub at: Option<Typed>,
    /// Of which severity; the default one without it.
    #[arg(long, value_name = "S")]
    pub severity: Option<String>,
    /// The zone of the times.
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    pub zone: Tz,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

pub(super) async fn why(global: &Global, args: &WhyArgs) -> Result<Exit, Failure> {
    let app = quiet_app(global).await?;
    let answered = app.intake.operator_why(args.incident, args.person.as_deref(), args.zone).await?;
    app.store.close().await;
    print(answered, args.json)
}

pub(super) async fn simulate(global: &Global, args: &SimulateArgs) -> Result<Exit, Failure> {
    let app = quiet_app(global).await?;
    let at = args.at.map(|at| at.within(args.zone));
    let asked = (args.policy.as_str(), args.severity.as_deref());
    let answered = app.intake.operator_simulate(asked, at, args.zone).await?;
    app.store.close().await;
    print(answered, args.json)
}

pub(super) fn print<V: Serialize>(answered: Result<Answered<V>, Refusal>, as_json: bool) -> Result<Exit, Failure> {
    match answered {
        Err(refusal) => {
            complain(refusal);
            return Ok(Exit::Refused);
        }
        Ok(Answered { view, .. }) if as_json => say(serde_json::to_string_pretty(&view)?)?,
        Ok(Answered { text, .. }) => say(text.trim_end_matches('\n'))?,
    }
    Ok(Exit::Done)
}
