//! What teams still have to do, told to their people or in their channels.

use std::collections::HashMap;

use firebell_core::directory::ContactMethod;
use firebell_core::effect::Work;
use firebell_core::ids::Key;
use firebell_core::view::PromisedView;

use super::Worker;
use super::material::Material;
use super::prepare::Unsent;
use crate::intake::of_team;
use crate::intake::promised::{Found, lent};
use crate::render::Target;
use crate::store::{StoreError, Tx};

/// How many follow-ups fit where texts are short.
const SHORT: usize = 3;

/// What the teams of these works still have to do.
pub(super) async fn read(tx: &mut Tx<'_>, works: &[Work]) -> Result<HashMap<Key, Found>, StoreError> {
    let mut found = HashMap::new();
    for work in works {
        let (Work::Digest { team, .. } | Work::TeamDigest { team, .. }) = work else { continue };
        if !found.contains_key(team) {
            found.insert(team.clone(), of_team(tx, team).await?);
        }
    }
    Ok(found)
}

impl Worker {
    /// The words of a digest; nothing is sent where nothing is left to be done by now.
    pub(super) fn digest(
        &self,
        team: &Key,
        (method, zone): (Option<ContactMethod>, chrono_tz::Tz),
        target: Target,
        material: &Material,
    ) -> Result<String, Unsent> {
        let held = material.directory.teams.get(team).ok_or(Unsent::Unwanted)?;
        let (found, more) =
            material.digests.get(team).filter(|(found, _)| !found.is_empty()).ok_or(Unsent::Unwanted)?;
        let at = (self.intake.clock.now(), target.times(zone));
        let mut view = PromisedView::of_team(held, (&lent(found), *more), &material.directory, at);
        if method.is_some_and(|method| !method.takes_long_texts()) && view.rows.len() > SHORT {
            view.rows.truncate(SHORT);
            view.more = true;
        }
        Ok(self.intake.renderer.digest(target, &view)?)
    }
}
