//! What was promised in all incidents and is still to be done.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use firebell_core::command::Promised;
use firebell_core::directory::{Directory, Person, Team};
use firebell_core::ids::{ActionId, IncidentId, Key, PersonId};
use firebell_core::incident::Incident;
use firebell_core::policy::Viewer;
use firebell_core::refusal::Refusal;
use firebell_core::suggest;
use firebell_core::view::{PromisedView, ShownIn};

use super::{Answer, Answered, Fault, Inbound, Intake, Shown};
use crate::render::Target;
use crate::store::actions::{self, Wanted};
use crate::store::{StoreError, Tx, incidents};

/// Longest list of follow-ups that is shown in a chat.
const SHOWN: i64 = 50;

/// Follow-ups with their incidents, and whether there are more.
pub(crate) type Found = (Vec<(Incident, ActionId)>, bool);

impl Intake {
    pub(super) async fn promised(
        &self,
        inbound: &Inbound,
        person: &Person,
        (incident, asked): (Option<IncidentId>, &Promised),
    ) -> Result<Answer, Fault> {
        let directory = self.directory().await?;
        let owner = asked.mine.then_some(person.id);
        let wanted = match self.wanted(&directory, asked, owner) {
            Ok(wanted) => Wanted { incident, ..wanted },
            Err(refusal) => return Ok(Answer::Refused(refusal)),
        };
        let viewer = Viewer::person(person);
        if let Some(id) = incident
            && !self.may_see(viewer, id).await?
        {
            return Ok(Answer::Refused(Refusal::NoIncident { named: id }));
        }
        let found = self.store.read(move |tx| Box::pin(async move { found(tx, viewer, &wanted, SHOWN).await })).await?;
        let view = self.promised_view(&found, asked, &directory, inbound.target.times(person.zone));
        Ok(Answer::Shown(Shown::Text(self.renderer.promised(inbound.target, &view)?)))
    }

    /// Whether there is such an incident, as far as a viewer may know.
    async fn may_see(&self, viewer: Viewer, id: IncidentId) -> Result<bool, Fault> {
        let loaded =
            self.store.read(move |tx| Box::pin(async move { incidents::get_sound(tx, &[id.0]).await })).await?;
        Ok(loaded.iter().any(|loaded| viewer.sees(&loaded.incident)))
    }

    /// What is still to be done in all incidents, for whoever holds the database; `owner` is a handle.
    ///
    /// # Errors
    /// The database cannot be read; the inner refusal says what is not there.
    pub async fn operator_promised(
        &self,
        owner: Option<&str>,
        asked: &Promised,
        zone: Tz,
    ) -> Result<Result<Answered<PromisedView>, Refusal>, Fault> {
        let directory = self.directory().await?;
        let named =
            owner.map(|named| directory.resolve_person(named.strip_prefix('@').unwrap_or(named)).map(|held| held.id));
        let wanted = named.transpose().and_then(|owner| self.wanted(&directory, asked, owner));
        let wanted = match wanted {
            Ok(wanted) => wanted,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let read = self
            .store
            .read(move |tx| Box::pin(async move { found(tx, Viewer::Operator, &wanted, i64::from(i32::MAX)).await }));
        let found = read.await?;
        let shown = self.promised_view(&found, asked, &directory, zone.into());
        let text = self.renderer.promised(Target::Console, &shown)?;
        Ok(Ok(Answered { view: self.promised_view(&found, asked, &directory, ShownIn::Program(zone)), text }))
    }

    fn promised_view(
        &self,
        (found, more): &Found,
        asked: &Promised,
        directory: &Directory,
        times: ShownIn,
    ) -> PromisedView {
        PromisedView::of(&lent(found), (asked, *more), directory, (self.clock.now(), times))
    }

    fn wanted(&self, directory: &Directory, asked: &Promised, owner: Option<PersonId>) -> Result<Wanted, Refusal> {
        let team = asked.team.as_deref().map(|named| team(directory, named)).transpose()?;
        Ok(Wanted {
            owner,
            due_before: asked.overdue.then(|| self.clock.now()),
            team: team.map(|team| team.key.clone()),
            incident: None,
        })
    }
}

/// Views borrow what was found.
pub(crate) fn lent(found: &[(Incident, ActionId)]) -> Vec<(&Incident, ActionId)> {
    found.iter().map(|(incident, action)| (incident, *action)).collect()
}

fn team<'d>(directory: &'d Directory, named: &str) -> Result<&'d Team, Refusal> {
    let wanted = named.to_lowercase();
    directory.teams.values().find(|team| team.key.as_str() == wanted).ok_or_else(|| Refusal::UnknownTeam {
        named: Refusal::quote(named),
        nearest: suggest::nearest(named, directory.teams.keys().map(Key::as_str)).map(str::to_owned),
        known: directory.teams.keys().map(ToString::to_string).collect(),
    })
}

/// At most `limit` follow-ups that a viewer may see, with their incidents as they stand.
pub(crate) async fn found(tx: &mut Tx<'_>, viewer: Viewer, wanted: &Wanted, limit: i64) -> Result<Found, StoreError> {
    // One more tells whether there are others.
    let mut keys = actions::open(tx, viewer, wanted, limit.saturating_add(1)).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = keys.len() > limit;
    keys.truncate(limit);
    let numbers: BTreeSet<i64> = keys.iter().map(|(incident, _)| incident.0).collect();
    let loaded = incidents::get_sound(tx, &numbers.into_iter().collect::<Vec<_>>()).await?;
    let seen = loaded.into_iter().map(|loaded| loaded.incident).filter(|incident| viewer.sees(incident));
    let seen: BTreeMap<IncidentId, Incident> = seen.map(|incident| (incident.id, incident)).collect();
    let with = |(incident, action): (IncidentId, ActionId)| seen.get(&incident).map(|held| (held.clone(), action));
    Ok((keys.into_iter().filter_map(with).collect(), more))
}
