//! Proof without the chat: by a link that came to an address, for one code and one person alone.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use firebell_core::command::{Ask, Code, ContactCommand, Own, Request};
use firebell_core::ids::{CodeId, PersonId, WorkspaceId};
use uuid::Uuid;

use super::{Fault, From, Inbound, Intake, Says};
use crate::render::Target;

/// For what tokens are signed.
const TOKEN: &str = "contact-proof";
/// How many bytes a token says: code, person, and the second at which it ends.
const SAYS: usize = 16 + 16 + 8;

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProofOf {
    code: CodeId,
    pub person: PersonId,
    until: DateTime<Utc>,
}

impl Intake {
    /// A token with which this person proves until an instant what this code proves.
    ///
    /// # Errors
    /// The key cannot sign.
    pub(crate) fn proof_token(&self, code: CodeId, person: PersonId, until: DateTime<Utc>) -> Result<String, Fault> {
        let mut says = Vec::with_capacity(SAYS);
        says.extend(code.0.as_bytes());
        says.extend(person.0.as_bytes());
        says.extend(until.timestamp().to_be_bytes());
        let signature = self.keyring.sign(TOKEN, &says)?;
        Ok(format!("{}.{signature}", URL_SAFE_NO_PAD.encode(says)))
    }

    /// What a token is good for; nothing where it was not made here, or is no longer good.
    pub fn read_proof_token(&self, token: &str) -> Option<ProofOf> {
        let (says, signature) = token.split_once('.')?;
        let says = URL_SAFE_NO_PAD.decode(says).ok().filter(|says| says.len() == SAYS)?;
        self.keyring.verify(TOKEN, &says, signature).ok()?;
        let code = CodeId(Uuid::from_slice(says.get(..16)?).ok()?);
        let person = PersonId(Uuid::from_slice(says.get(16..32)?).ok()?);
        let until = DateTime::from_timestamp(i64::from_be_bytes(says.get(32..)?.try_into().ok()?), 0)?;
        let good = self.clock.now() < until;
        good.then_some(ProofOf { code, person, until })
    }

    /// How the person of a token is called; nothing where nobody knows them any more.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn proved_person(&self, of: ProofOf) -> Result<Option<String>, Fault> {
        Ok(self.directory().await?.people.get(&of.person).map(|person| person.handle.to_string()))
    }

    /// Proves what a token is good for, once however often it is asked; in the words for whoever asked.
    ///
    /// # Errors
    /// A fault; nothing may have been committed.
    pub async fn prove_by_link(&self, console: WorkspaceId, of: ProofOf) -> Result<String, Fault> {
        let command = ContactCommand::Confirm { code: Code(self.contact_code(of.code)?) };
        let request = Request { incident: None, ask: Ask::Own(Own::Contact(command)) };
        let inbound = Inbound {
            workspace: console,
            id: format!("proof:{}:{}", of.code, of.until.timestamp()),
            from: From::Link { person: of.person },
            room: None,
            says: Says::Request(Box::new(request)),
            target: Target::Console,
        };
        let answer = self.take(inbound).await?;
        Ok(self.words(Target::Console, &answer, chrono_tz::UTC)?.trim().to_owned())
    }
}
