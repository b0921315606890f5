//! What programs ask for: pages under keys of their own, and the end of what they were about.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use firebell_core::command::{Ask, Command, Raise, Request};
use firebell_core::ids::{IncidentId, Key, WorkspaceId};
use firebell_core::incident::{Status, StatusWord};
use firebell_core::integration::{Integration, Scope};
use firebell_core::refusal::Refusal;
use firebell_core::reply::Reply;
use firebell_core::timeline::InstallationChange;
use sha2::{Digest as _, Sha256};

use super::{Answer, Fault, From, Inbound, Intake, Says};
use crate::render::Target;
use crate::store::integrations::Listed;
use crate::store::{StoreError, incidents, integrations};

/// With what every token begins, so that scanners of secrets know one.
const PREFIX: &str = "firebell_";

/// What a program asks for.
struct Wish {
    command: Command,
    /// The incident that it is about, where one is there already.
    incident: Option<IncidentId>,
    /// What stays the same at a repetition of this very request.
    id: Option<String>,
}

/// What comes of a program's word that something is over.
pub enum Resolving {
    Asked {
        incident: IncidentId,
        answer: Answer,
    },
    /// Its incident goes on as a part of another one.
    Merged {
        into: IncidentId,
    },
}

impl Intake {
    /// A token for a program, which is shown this once; `None` where one of this name has a token that is good.
    ///
    /// # Errors
    /// Nothing was committed.
    pub async fn add_token(&self, name: Key, scopes: Vec<Scope>) -> Result<Option<String>, Fault> {
        let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(self.entropy.seed()?));
        let (now, seed) = (self.clock.now(), self.entropy.seed()?);
        let integration = Arc::new(Integration { name, scopes });
        let (this, digest) = (self.clone(), digest(&token));
        let added = self.write_in_race(move |tx| {
            let (this, integration, digest) = (this.clone(), integration.clone(), digest.clone());
            Box::pin(async move {
                if !integrations::put(tx, &integration, &digest, now).await? {
                    return Ok(false);
                }
                let change = InstallationChange::TokenAdded {
                    integration: integration.name.clone(),
                    scopes: integration.scopes.clone(),
                };
                this.record_installation(tx, change, (seed, now)).await?;
                Ok(true)
            })
        });
        Ok(added.await?.then_some(token))
    }

    /// Ends the token of a program at once; false where it has none that is good.
    ///
    /// # Errors
    /// Nothing was committed.
    pub async fn revoke_token(&self, name: &Key) -> Result<bool, Fault> {
        let (now, seed) = (self.clock.now(), self.entropy.seed()?);
        let (this, name) = (self.clone(), name.clone());
        let revoked = self.write_in_race(move |tx| {
            let (this, name) = (this.clone(), name.clone());
            Box::pin(async move {
                if !integrations::revoke(tx, &name, now).await? {
                    return Ok(false);
                }
                let change = InstallationChange::TokenRevoked { integration: name };
                this.record_installation(tx, change, (seed, now)).await?;
                Ok(true)
            })
        });
        Ok(revoked.await?)
    }

    /// Every program that has, or had, a token.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn tokens(&self) -> Result<Vec<Listed>, StoreError> {
        self.store.read(|tx| Box::pin(integrations::all(tx))).await
    }

    /// The program that has this token. What is looked up is its digest, which tells nothing of how near a guess was.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn integration(&self, token: &str) -> Result<Option<Integration>, Fault> {
        let digest = digest(token);
        let read = self.store.read(move |tx| {
            let digest = digest.clone();
            Box::pin(async move { integrations::by_digest(tx, &digest).await })
        });
        Ok(read.await?)
    }

    /// Raises a page for a program, once for its key until the incident is over.
    ///
    /// # Errors
    /// Nothing was committed.
    pub async fn raise_for(
        &self,
        (integration, console): (&Integration, WorkspaceId),
        raise: Raise,
        id: Option<String>,
    ) -> Result<Answer, Fault> {
        let wish = Wish { command: Command::Raise(raise), incident: None, id };
        self.wish((&integration.name, console), wish).await
    }

    /// Resolves what a program raised under a key; `None` where it has raised nothing so. What was merged into another incident
    /// is one of several causes of that by now, and people say when that is over.
    ///
    /// # Errors
    /// Nothing was committed.
    pub async fn resolve_for(
        &self,
        (integration, console): (&Integration, WorkspaceId),
        key: &str,
        summary: Option<String>,
    ) -> Result<Option<Resolving>, Fault> {
        let summary = summary.unwrap_or_else(|| format!("{} says that it is over", integration.name));
        loop {
            let found = self.raised_under(&integration.name, key).await?;
            let Some((incident, into)) = found else { return Ok(None) };
            if let Some(into) = into {
                return Ok(Some(Resolving::Merged { into }));
            }
            let command = Command::Resolve { summary: summary.clone() };
            let wish = Wish { command, incident: Some(incident), id: None };
            match self.wish((&integration.name, console), wish).await? {
                // It was merged at this moment.
                Answer::Refused(Refusal::Transition { is: StatusWord::Merged, .. }) => {}
                answer => return Ok(Some(Resolving::Asked { incident, answer })),
            }
        }
    }

    /// The incident that a key stands for, and the one that it was merged into, if it was.
    async fn raised_under(&self, name: &Key, key: &str) -> Result<Option<(IncidentId, Option<IncidentId>)>, Fault> {
        let (name, key) = (name.clone(), key.to_owned());
        let read = self.store.read(move |tx| {
            let (name, key) = (name.clone(), key.clone());
            Box::pin(async move {
                let Some(raised) = integrations::raised(tx, &name, &key).await? else { return Ok(None) };
                let mut into = None;
                loop {
                    let held = incidents::get_all(tx, &[into.unwrap_or(raised).0]).await?.pop();
                    match held.map(|loaded| loaded.incident.status) {
                        Some(Status::Merged { into: next, .. }) => into = Some(next),
                        _ => return Ok(Some((raised, into))),
                    }
                }
            })
        });
        Ok(read.await?)
    }

    async fn wish(&self, (name, console): (&Key, WorkspaceId), wish: Wish) -> Result<Answer, Fault> {
        let Wish { command, incident, id } = wish;
        let id = match id {
            Some(id) => id,
            None => URL_SAFE_NO_PAD.encode(self.entropy.seed()?),
        };
        let request = Request { incident, ask: Ask::Command(command) };
        let (from, says) = (From::Program { name: name.clone() }, Says::Request(Box::new(request)));
        self.take(Inbound { workspace: console, id, from, room: None, says, target: Target::Console }).await
    }
}

/// The incident that an answer is about, and whether it was there before.
pub fn raised(answer: &Answer) -> Option<(IncidentId, bool)> {
    match answer {
        Answer::Done(Reply::Raised { incident, again, .. }) => Some((*incident, *again)),
        _ => None,
    }
}

/// When a listed token was made and ended, as people read it.
pub fn dates(listed: &Listed) -> (String, Option<String>) {
    let day = |at: DateTime<Utc>| at.format("%Y-%m-%d").to_string();
    (day(listed.made_at), listed.revoked_at.map(day))
}

/// A token holds 256 random bits, so that its plain digest is as good as a keyed one, and outlives a change of keys.
fn digest(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
