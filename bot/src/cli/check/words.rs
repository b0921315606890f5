//! What is probably not meant, in sentences that say what to do.

use firebell_core::directory::lint::Warning;

use crate::cli::times;

/// One warning.
pub(in crate::cli) fn of(warning: &Warning) -> String {
    match warning {
        Warning::Gaps { schedule, zone, gaps } => {
            let first = gaps.first().map(|gap| times::span(*gap, *zone)).unwrap_or_default();
            let more = match gaps.len() {
                0 | 1 => String::new(),
                2 => ", and there is 1 more gap within four weeks".to_owned(),
                count => format!(", and there are {} more gaps within four weeks", count - 1),
            };
            format!("nobody is on call by schedule \"{schedule}\" {first}{more}")
        }
        Warning::NobodyOnCall { policy, step, schedule } => format!(
            "step {step} of policy \"{policy}\" pages by schedule \"{schedule}\", by which nobody is on call within a year"
        ),
        Warning::NoSuchSeverity { policy, step, severity } => format!(
            "step {step} of policy \"{policy}\" is for severity \"{severity}\", which firebell.toml does not know"
        ),
        Warning::ServiceWithoutPolicy { service } => {
            format!(
                "service \"{service}\" has no policy; an incident that names it pages by the default policy, if any"
            )
        }
        Warning::PolicyUnnamed { policy } => {
            format!(
                "no service names policy \"{policy}\", nor does firebell.toml; it pages only where somebody asks for it"
            )
        }
        Warning::ScheduleUnnamed { schedule } => format!("no step of a policy names schedule \"{schedule}\""),
        Warning::NoContacts { handle } => format!("@{handle} has no contacts and cannot be paged"),
        Warning::NoSuchPolicy { policy } => {
            format!("firebell.toml names policy \"{policy}\", and these files describe none of that name")
        }
    }
}
