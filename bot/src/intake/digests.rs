//! The digest: once a week each team hears what it still has to do, once for however many replicas.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use firebell_core::digest::Digest;
use firebell_core::directory::{Directory, Standing, Team};
use firebell_core::effect::Effect;
use firebell_core::ids::{Key, PersonId};
use firebell_core::place;
use firebell_core::policy::Viewer;
use uuid::Uuid;

use super::promised::{Found, found};
use super::{Fault, Intake};
use crate::store::actions::Wanted;
use crate::store::{StoreError, Tx, digests, effects};

/// How many follow-ups a digest names.
const NAMED: i64 = 20;

impl Intake {
    /// Tells the teams that are due; whether any was. Of several replicas one does.
    ///
    /// # Errors
    /// Nothing was committed; it stays due.
    pub(crate) async fn tell_teams(&self) -> Result<bool, Fault> {
        let now = self.clock.now();
        // Most looks find nothing, and a look costs no commit.
        if self.next_digest().await?.is_none_or(|due| due > now) {
            return Ok(false);
        }
        let Some(digest) = self.settings.digest.clone() else { return Ok(false) };
        let this = self.clone();
        let done = self.write_in_race(move |tx| {
            let (this, digest) = (this.clone(), digest.clone());
            Box::pin(async move { this.tell_teams_in(tx, &digest, now).await })
        });
        Ok(done.await?)
    }

    /// When a team is due next, where digests are configured: at once where a team was never reckoned with.
    ///
    /// # Errors
    /// The database cannot be read.
    pub(crate) async fn next_digest(&self) -> Result<Option<DateTime<Utc>>, Fault> {
        let Some(digest) = &self.settings.digest else { return Ok(None) };
        let directory = self.directory().await?;
        let held = self.store.look(|tx| Box::pin(digests::all(tx, false))).await?;
        let now = self.clock.now();
        // Where the day was changed, it is not waited for longer than until the new one.
        let due = |team: &Key| held.get(team).map_or(now, |due| (*due).min(digest.next(now)));
        Ok(directory.teams.keys().map(due).min())
    }

    async fn tell_teams_in(&self, tx: &mut Tx<'_>, digest: &Digest, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let directory = self.directory_in(tx).await?;
        let held: BTreeMap<Key, DateTime<Utc>> = digests::all(tx, true).await?;
        let next = digest.next(now);
        let (mut any, mut told) = (false, Vec::new());
        for team in directory.teams.values() {
            match held.get(&team.key).copied() {
                // Who was never reckoned with hears it with the others.
                None => digests::begin(tx, &team.key, next).await?,
                Some(due) if due <= now => {
                    told.extend(self.digest_of(tx, (digest, team), &directory, due).await?);
                    digests::next(tx, &team.key, next).await?;
                }
                Some(due) if due > next => digests::next(tx, &team.key, next).await?,
                Some(_) => continue,
            }
            any = true;
        }
        effects::queue(tx, &told, now).await?;
        Ok(any)
    }

    /// Whom a team's digest goes to; to nobody where nothing is left to be done.
    async fn digest_of(
        &self,
        tx: &mut Tx<'_>,
        (digest, team): (&Digest, &Team),
        directory: &Directory,
        due: DateTime<Utc>,
    ) -> Result<Vec<Effect>, StoreError> {
        if of_team(tx, &team.key).await?.0.is_empty() {
            return Ok(Vec::new());
        }
        if let Some(channel) = digest.channels.get(&team.key).and_then(|named| place::channel(&self.places, named).ok())
        {
            return Ok(vec![Effect::team_digest(&team.key, &channel, due)]);
        }
        let people = team.members.iter().filter_map(|person| directory.people.get(person));
        let told = people
            .filter(|person| person.may_respond())
            .filter_map(|person| Some(Effect::digest(&team.key, person.id, person.told_news_by()?, due)));
        Ok(told.collect())
    }
}

/// What a team still has to do, less what is private: what is told of it is read wherever its people read their messages.
pub(crate) async fn of_team(tx: &mut Tx<'_>, team: &Key) -> Result<Found, StoreError> {
    let anybody = Viewer::Person { id: PersonId(Uuid::nil()), standing: Standing::Responder };
    let wanted = Wanted { team: Some(team.clone()), ..Wanted::default() };
    found(tx, anybody, &wanted, NAMED).await
}
