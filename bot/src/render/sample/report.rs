//! Reports in which everything is.

use chrono_tz::Tz;
use firebell_core::ids::IncidentId;
use firebell_core::incident::{Incident, Visibility};
use firebell_core::rca::Verdict;
use firebell_core::report::{Asked, By, CausesReport, Report, Tally, Told};

use super::super::report::Charted;
use super::{Collected, Sample, at, changes, key, person};

/// What the templates of reports are given.
pub(super) fn of_reports(views: &mut Collected) {
    let Some(sample) = Sample::new(&changes("words"), Visibility::Public) else { return };
    let (report, causes) = reports(&sample);
    for name in ["report/report", "report/report.md", "report/recurring"] {
        views.add(name, &Charted::plain(&report));
    }
    for name in ["report/causes", "report/causes.md"] {
        views.add(name, &causes);
    }
    for recurrence in &causes.causes.categories {
        views.add("report/recurrence", recurrence);
        views.add("report/recurrence_list", recurrence);
    }
}

/// Of two incidents alike, with a page and late follow-ups.
fn reports(sample: &Sample) -> (Report, CausesReport) {
    let asked = Asked { since: at(-600), until: at(600), by: Some(By::Service), zone: Tz::Europe__Berlin };
    let tally = || {
        let mut tally = Tally::new(asked, &sample.directory, &sample.settings, at(100_000));
        for number in [1, 2] {
            let incident = alike(&sample.incident, number);
            tally.incident(&incident);
            tally.promised(&incident);
            tally.page(Told { person: person(1), at: at(number) });
        }
        tally
    };
    (tally().report(), tally().causes())
}

fn alike(incident: &Incident, number: i64) -> Incident {
    let mut incident = Incident { id: IncidentId(number), drill: false, ..incident.clone() };
    for cause in &mut incident.analysis.causes {
        cause.verdict = Verdict::Confirmed;
        cause.category = Some(key("change"));
    }
    for action in &mut incident.actions {
        action.done = None;
        action.due = Some(at(9));
    }
    incident
}
