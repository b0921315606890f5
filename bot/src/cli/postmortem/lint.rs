//! `firebell postmortem lint`: what is missing in postmortems.

use clap::Args;
use firebell_core::ids::IncidentId;
use firebell_core::incident::Incident;
use firebell_core::postmortem::lint::{Finding, Severity};
use firebell_core::view::LintView;
use serde_json::json;

use super::super::open::quiet_app;
use super::super::say::{complain, say};
use super::super::{Exit, Failure, Format, Global, incident};
use crate::render::Target;

/// `firebell postmortem lint`.
#[derive(Debug, Args)]
pub(super) struct LintArgs {
    /// One incident; without it all that were resolved or closed and whose postmortem is not published, less drills.
    #[arg(value_parser = incident)]
    incident: Option<IncidentId>,
    /// How it is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub(super) async fn lint(global: &Global, args: &LintArgs) -> Result<Exit, Failure> {
    let app = quiet_app(global).await?;
    let linted = app.intake.operator_lint(args.incident).await?;
    let linted = match linted {
        Ok(linted) => linted,
        Err(refusal) => {
            complain(app.intake.renderer.refusal(Target::Console, &refusal));
            app.store.close().await;
            return Ok(Exit::Refused);
        }
    };
    match args.format {
        Format::Json => {
            let all: Vec<_> = linted.iter().map(|(incident, findings)| as_json(incident, findings)).collect();
            say(serde_json::to_string_pretty(&all)?)?;
        }
        Format::Text => {
            for (incident, findings) in &linted {
                let view = LintView::from_findings(incident.id, findings.clone());
                say(app.intake.renderer.lint(Target::Console, &view)?.trim_end())?;
            }
        }
    }
    app.store.close().await;
    let is_error = |finding: &Finding| finding.severity == Severity::Error;
    let failed = linted.iter().any(|(_, findings)| findings.iter().any(is_error));
    Ok(if failed { Exit::Fault } else { Exit::Done })
}

fn as_json(incident: &Incident, findings: &[Finding]) -> serde_json::Value {
    json!({
        "incident": incident.id.to_string(),
        "state": incident.postmortem.state,
        "findings": findings,
    })
}
