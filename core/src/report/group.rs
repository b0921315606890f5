//! Incidents told apart by service, team or severity.

use std::collections::BTreeMap;

use serde::Serialize;

use super::figure::Figure;
use super::tally::{Kept, Tally};
use super::{Asked, By};
use crate::ids::Key;

/// The incidents of one service, team or severity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Absent for those that have none.
    pub key: Option<String>,
    /// What the installation calls it, where it still knows it.
    pub name: Option<String>,
    pub declared: usize,
    /// Of these, those that are resolved or closed.
    pub resolved: usize,
    /// Of these, those on which people still work.
    pub open: usize,
    /// As in the whole report.
    pub figures: Vec<Figure>,
    pub intervals: Vec<Figure>,
}

/// In which order groups come: by place, then by key. What has no key comes last.
type Place<'k> = (usize, Option<&'k Key>);

impl Group {
    /// The groups that were asked for; none where incidents are told together.
    pub(super) fn all(tally: &Tally<'_>, asked: &Asked) -> Vec<Self> {
        let Some(by) = asked.by else { return Vec::new() };
        let mut groups: BTreeMap<Place<'_>, Vec<&Kept>> = BTreeMap::new();
        for kept in &tally.kept {
            let keys: Vec<&Key> = match by {
                By::Service => kept.services.iter().collect(),
                By::Team => kept.team.iter().collect(),
                By::Severity => vec![&kept.severity],
            };
            if keys.is_empty() {
                groups.entry((usize::MAX, None)).or_default().push(kept);
            }
            for key in keys {
                groups.entry((place(tally, by, key), Some(key))).or_default().push(kept);
            }
        }
        groups.into_iter().map(|((_, key), kept)| Self::of(tally, (by, key), &kept)).collect()
    }

    fn of(tally: &Tally<'_>, (by, key): (By, Option<&Key>), kept: &[&Kept]) -> Self {
        let open = kept.iter().filter(|kept| kept.open).count();
        let (figures, intervals) = tally.figures(kept);
        Self {
            key: key.map(ToString::to_string),
            name: key.and_then(|key| name(tally, by, key)),
            declared: kept.len(),
            resolved: kept.len() - open,
            open,
            figures,
            intervals,
        }
    }
}

/// Severities come as they are configured, and those that are no longer after them.
fn place(tally: &Tally<'_>, by: By, key: &Key) -> usize {
    match by {
        By::Service | By::Team => 0,
        By::Severity => {
            let severities = &tally.settings.severities;
            severities.iter().position(|severity| severity.key == *key).unwrap_or(severities.len())
        }
    }
}

fn name(tally: &Tally<'_>, by: By, key: &Key) -> Option<String> {
    match by {
        By::Service => tally.directory.services.get(key).map(|service| service.name.clone()),
        By::Team => tally.directory.teams.get(key).map(|team| team.name.clone()),
        By::Severity => {
            let severity = tally.settings.severities.iter().find(|severity| severity.key == *key);
            severity.map(|severity| severity.name.clone())
        }
    }
}
