//! Messages in rooms: captured as rows with revisions, without touching the incident's version.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use firebell_core::directory::Directory;
use firebell_core::effect::{Effect, Mirrored};
use firebell_core::file::Attached;
use firebell_core::ids::{IncidentId, MessageId, Minter, PersonId, RoomId, WorkspaceId};
use firebell_core::incident::Mirror;
use firebell_core::message::{Happened, Message};
use firebell_core::refusal::Refusal;
use firebell_core::settings::Capture;
use firebell_core::text::{self, TEXT_MAX};

use super::told::Told;
use super::{Fault, Intake};
use crate::store::{StoreError, Tx, copies, effects, entries, files, incidents, messages};

/// Something that happened to a message, as a platform tells of it.
#[derive(Debug, Clone)]
pub struct Heard {
    pub workspace: WorkspaceId,
    /// The platform's id of the room.
    pub room: String,
    /// The platform's id of the message, stable across deliveries.
    pub external_id: String,
    /// When the message was sent; platforms tell it of every message, in its id if nowhere else.
    pub sent_at: DateTime<Utc>,
    /// The platform's id of the message in whose thread it is.
    pub parent: Option<String>,
    /// Somebody wants it kept, whatever is captured.
    pub wanted: bool,
    /// With the platform's id of the author.
    pub what: Happened<String>,
    /// What is attached to it by now.
    pub files: Vec<Attached>,
}

/// By how much the clock of a platform may be behind ours, when it matters whether something was said before or after.
const SKEW: TimeDelta = TimeDelta::seconds(5);

/// The same with the person behind it, and what one write of it needs.
struct Job {
    heard: Heard,
    what: Happened<PersonId>,
    salt: [u8; 16],
    files: Vec<Attached>,
    copies: bool,
    now: DateTime<Utc>,
}

impl Intake {
    /// Keeps what happened to a message of an incident's room, where messages are captured; answers its place in the
    /// record, or nothing for a message that is not in it.
    ///
    /// # Errors
    /// Nothing was stored. The inner refusal is for texts that cannot be kept.
    pub async fn hear(&self, heard: Heard) -> Result<Result<Option<(IncidentId, MessageId)>, Refusal>, Fault> {
        let told = Told::of_message(&heard.external_id, heard.workspace);
        self.keep(heard).await.inspect_err(|fault| told.failed(fault))
    }

    async fn keep(&self, mut heard: Heard) -> Result<Result<Option<(IncidentId, MessageId)>, Refusal>, Fault> {
        // Words are not kept while capture is off; that a message is gone which was captured before is kept.
        if self.settings.capture == Capture::Marked && !heard.wanted && !matches!(heard.what, Happened::Deleted { .. })
        {
            return Ok(Ok(None));
        }
        let what = match known(&heard, &*self.directory().await?) {
            Ok(Some(what)) => what,
            Ok(None) => return Ok(Ok(None)),
            Err(refusal) => return Ok(Err(refusal)),
        };
        let salt = Minter::new(self.entropy.seed()?, heard.sent_at).salt();
        let place = self.places.iter().find(|place| place.workspace == heard.workspace);
        let copies = place.is_some_and(|place| place.copies_files.is_some());
        let files = std::mem::take(&mut heard.files).into_iter().map(Attached::fit).collect();
        let job = Arc::new(Job { heard, what, salt, files, copies, now: self.clock.now() });
        let write = self.store.write(move |tx| {
            let job = job.clone();
            Box::pin(async move { hear_in(tx, &job).await })
        });
        Ok(Ok(write.await?))
    }
}

/// What happened, with the author as a person and the text as it is kept; `None` when nobody knows the author.
fn known(heard: &Heard, directory: &Directory) -> Result<Option<Happened<PersonId>>, Refusal> {
    let person = |account: &str| directory.person_by_account(heard.workspace, account).map(|person| person.id);
    let kept = |text: &str| text::kept("message", text, TEXT_MAX);
    Ok(match &heard.what {
        Happened::Said { author, text } => {
            let text = kept(text)?;
            person(author).map(|author| Happened::Said { author, text })
        }
        Happened::Edited { author, at, text } => {
            let text = kept(text)?;
            person(author).map(|author| Happened::Edited { author, at: at.trunc_subsecs(6), text })
        }
        Happened::Deleted { at } => Some(Happened::Deleted { at: at.trunc_subsecs(6) }),
    })
}

async fn hear_in(tx: &mut Tx<'_>, job: &Job) -> Result<Option<(IncidentId, MessageId)>, StoreError> {
    let Heard { workspace, room, external_id, .. } = &job.heard;
    let Some(place) = incidents::of_room(tx, *workspace, room).await? else { return Ok(None) };
    let (incident, _) = place;
    let mirror = messages::take_turn(tx, incident).await?;
    let message = match messages::find(tx, place, external_id).await? {
        Some(known) => known,
        None => match begun(tx, place, job).await? {
            Some(new) => new,
            None => return Ok(None),
        },
    };
    if let Some(revised) = message.revised(&job.what) {
        messages::revise(tx, (incident, message.id), &revised, job.salt).await?;
        if mirror != Mirror::Never {
            show_elsewhere(tx, place, (&message, revised.number), (mirror, job)).await?;
        }
    }
    if !job.files.is_empty() && message.takes_files() {
        attach(tx, place, message.id, job).await?;
    }
    Ok(Some((incident, message.id)))
}

/// Queues that a message is shown in the incident's other rooms as it stands now: in all of them when it is new, and later
/// in those that it is shown in.
async fn show_elsewhere(
    tx: &mut Tx<'_>,
    (incident, room): (IncidentId, RoomId),
    (message, number): (&Message, i64),
    (mirror, job): (Mirror, &Job),
) -> Result<(), StoreError> {
    // What somebody points at was said at its time, perhaps by an app; it is for the record, not for the other rooms.
    let is_new = message.revisions.is_empty() && !job.heard.wanted;
    let since = mirror.since().and_then(|since| since.checked_sub_signed(SKEW));
    let starts = is_new && since.is_some_and(|since| message.sent_at >= since);
    let mut effects = Vec::new();
    for other in copies::others(tx, (incident, room), message.id).await? {
        if starts {
            copies::want(tx, (incident, message.id), other.room).await?;
        } else if !other.copied {
            continue;
        }
        let room = (other.workspace, other.room);
        effects.push(Effect::mirror(incident, room, message.id, Mirrored::Revision(number)));
    }
    enqueue(tx, &effects, job.now).await
}

/// Takes down the files of a message that are not known yet, to be copied where that is configured.
async fn attach(
    tx: &mut Tx<'_>,
    (incident, room): (IncidentId, RoomId),
    message: MessageId,
    job: &Job,
) -> Result<(), StoreError> {
    let mut effects = Vec::new();
    for attached in &job.files {
        let new = files::attach(tx, (incident, message), attached, job.copies).await?;
        let copy = |file| Effect::copy_file(incident, (job.heard.workspace, room), file);
        effects.extend(new.filter(|_| job.copies).map(copy));
    }
    enqueue(tx, &effects, job.now).await
}

async fn enqueue(tx: &mut Tx<'_>, effects: &[Effect], now: DateTime<Utc>) -> Result<(), StoreError> {
    if effects.is_empty() {
        return Ok(());
    }
    effects::queue(tx, effects, now).await
}

/// Begins a message that nothing is known of. An edit may have overtaken its original; of what was said before Firebell
/// knew the room, or was forgotten since the room was closed, nothing is kept, and nothing of what is deleted.
async fn begun(
    tx: &mut Tx<'_>,
    (incident, room): (IncidentId, RoomId),
    job: &Job,
) -> Result<Option<Message>, StoreError> {
    let Heard { external_id, .. } = &job.heard;
    let sent_at = job.heard.sent_at.trunc_subsecs(6);
    let author = match job.what {
        Happened::Said { author, .. } => author,
        Happened::Edited { author, .. } => match entries::open_since(tx, incident, room).await? {
            Some(since) if since <= sent_at => author,
            _ => return Ok(None),
        },
        Happened::Deleted { .. } => return Ok(None),
    };
    let id = messages::begin(tx, (incident, room, external_id), author, (sent_at, job.heard.parent.as_deref())).await?;
    Ok(Some(Message { id, author, sent_at, revisions: Vec::new() }))
}
