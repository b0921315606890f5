//! Who somebody is: known by their account, else by the address that the platform vouches for, else new.

use std::sync::Arc;

use firebell_core::actor::{Actor, Via, Who};
use firebell_core::directory::{Directory, DirectoryChange, Identity, Origin, Person, Standing};
use firebell_core::ids::{Key, Minter, PersonId, WorkspaceId};

use super::{Door, FrontDesk, failed};
use crate::intake::Wanted;
use crate::naming;
use crate::platform::incoming::{AccountKind, NotKept, Profile};

/// Why nobody is known behind an account.
pub(super) enum Nobody {
    /// The platform knows no such account.
    Unknown,
    /// The platform does not answer at present.
    Unanswered,
    NotKept,
}

impl From<NotKept> for Nobody {
    fn from(_: NotKept) -> Self {
        Self::NotKept
    }
}

impl FrontDesk {
    /// The person behind an account, who is known from here on.
    pub(super) async fn person(&self, workspace: WorkspaceId, account: &str) -> Result<PersonId, Nobody> {
        if let Some(known) = self.known(workspace, account).await? {
            return Ok(known);
        }
        let door = self.door(workspace)?.clone();
        let profile = door.chat.profile(account).await.map_err(|unanswered| {
            tracing::warn!(account, why = unanswered.0, "nobody tells who an account belongs to");
            Nobody::Unanswered
        })?;
        let profile = profile.filter(|profile| profile.kind != AccountKind::Gone).ok_or(Nobody::Unknown)?;
        let actor = Actor { who: Who::Firebell, via: Via::Chat { workspace } };
        let wanted: Wanted = Arc::new(move |directory, mint| arrival(directory, workspace, (&profile, &door), mint));
        self.intake.change_directory(actor, wanted).await.map_err(|fault| failed(&fault))?;
        self.known(workspace, account).await?.ok_or(Nobody::Unknown)
    }

    async fn known(&self, workspace: WorkspaceId, account: &str) -> Result<Option<PersonId>, NotKept> {
        let directory = self.intake.directory().await.map_err(|error| failed(&error.into()))?;
        Ok(directory.person_by_account(workspace, account).map(|person| person.id))
    }
}

/// The changes that make an account a person. An address counts only where the workspace itself vouches for it: that of
/// somebody from another organisation is whatever was typed there.
fn arrival(
    directory: &Directory,
    workspace: WorkspaceId,
    (profile, door): (&Profile, &Door),
    mint: &mut Minter,
) -> Vec<DirectoryChange> {
    if directory.person_by_account(workspace, &profile.account).is_some() {
        return Vec::new();
    }
    let vouched = matches!(profile.kind, AccountKind::Member | AccountKind::Guest);
    let email = profile.email.as_deref().filter(|_| vouched);
    let known = email.and_then(|email| directory.person_by_email(email));
    let id = known.map_or_else(|| PersonId(mint.uuid()), |person| person.id);
    let newcomer = known.is_none().then(|| {
        let standing = if profile.kind == AccountKind::Member { door.members } else { Standing::Guest };
        let contacts = if standing == Standing::Guest { Vec::new() } else { door.contacts.to_vec() };
        DirectoryChange::PersonSaved(Person {
            id,
            handle: directory.free_handle(&handle(profile)),
            name: profile.name.clone(),
            email: email.map(str::to_owned),
            zone: profile.zone.unwrap_or(chrono_tz::UTC),
            locale: "en".to_owned(),
            standing,
            contacts,
            addresses: std::collections::BTreeMap::new(),
            rules: Vec::new(),
            chosen: firebell_core::directory::Chosen::default(),
            origin: Origin::Chat,
            active: true,
        })
    });
    let linked = Identity { workspace, external_id: profile.account.clone(), person: id, origin: Origin::Chat };
    newcomer.into_iter().chain([DirectoryChange::IdentityLinked(linked)]).collect()
}

/// The name by which commands know them, as near to the platform's as a handle can be.
fn handle(profile: &Profile) -> Key {
    const LONGEST: usize = 32;
    let keeps = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let named = Key::new(&naming::slug(&profile.handle, LONGEST, keeps));
    let by_account = || Key::new(&profile.account.to_lowercase());
    // `me` is whoever asks.
    named
        .ok()
        .filter(|key| key.as_str() != "me")
        .or_else(|| by_account().ok())
        .unwrap_or_else(|| Key::new("someone").unwrap_or_else(|_| unreachable!("a literal key")))
}
