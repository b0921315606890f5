//! `firebell actions`: what is still to be done in all incidents.

use chrono_tz::Tz;
use clap::Args;
use firebell_core::command::Promised;

use super::open::quiet_app;
use super::why::print;
use super::{Exit, Failure, Global};

/// `firebell actions`.
#[derive(Debug, Args)]
pub struct ActionsArgs {
    /// Those of one person.
    #[arg(long, visible_alias = "mine", value_name = "PERSON")]
    pub owner: Option<String>,
    /// Those that should be done by now.
    #[arg(long)]
    pub overdue: bool,
    /// Those of the incidents of one team.
    #[arg(long, value_name = "TEAM")]
    pub team: Option<String>,
    /// The zone of the times.
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    pub zone: Tz,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

pub(super) async fn actions(global: &Global, args: &ActionsArgs) -> Result<Exit, Failure> {
    let app = quiet_app(global).await?;
    let asked = Promised { mine: args.owner.is_some(), overdue: args.overdue, team: args.team.clone() };
    let answered = app.intake.operator_promised(args.owner.as_deref(), &asked, args.zone).await?;
    app.store.close().await;
    print(answered, args.json)
}
