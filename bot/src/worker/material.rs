//! What effects are rendered from, read for many of them in one snapshot.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use firebell_core::chain::Hash;
use firebell_core::directory::{Directory, Ending};
use firebell_core::effect::{Effect, Told, Work};
use firebell_core::facts::Captured;
use firebell_core::file::File;
use firebell_core::ids::{EntryId, FileId, IncidentId, Key, MessageId, PageId, RoomId};
use firebell_core::incident::{Incident, Status};
use firebell_core::paging::page::Page;
use firebell_core::timeline::Entry;
use firebell_core::view;
use uuid::Uuid;

use super::digests;
use super::news::pack_of;
use super::tickets::Tickets;
use crate::intake::Intake;
use crate::intake::promised::Found;
use crate::store::copies::MessageCopy;
use crate::store::effects::Claimed;
use crate::store::incidents::Loaded;
use crate::store::{StoreError, Tx, copies, effects, entries, files, incidents, messages, pages};

/// The directory and the records of several incidents as one snapshot has them, as far as some effects need them.
pub(super) struct Material {
    pub(super) directory: Arc<Directory>,
    incidents: HashMap<IncidentId, Loaded>,
    pages: HashMap<PageId, Page>,
    /// One entry and those that may say otherwise.
    entries: HashMap<(IncidentId, EntryId), Vec<Entry>>,
    /// The newest anchor of incidents that were closed.
    anchors: HashMap<IncidentId, (i64, Hash, String)>,
    /// What platforms called notices that are to be withdrawn, by the keys of their effects.
    notices: HashMap<String, (Option<String>, bool)>,
    /// Files that are to be copied.
    files: HashMap<(IncidentId, FileId), File>,
    /// Messages that are to be shown in other rooms, with how they stand there.
    mirrored: HashMap<(IncidentId, MessageId, RoomId), Mirrored>,
    /// What there is to take over by schedules that pass to somebody.
    packs: HashMap<Key, view::PackFacts>,
    pub(super) tickets: Tickets,
    /// What teams still have to do.
    pub(super) digests: HashMap<Key, Found>,
}

/// A message, and how it stands in a room that it was not said in.
pub(super) struct Mirrored {
    pub(super) message: Captured,
    pub(super) said_in: RoomId,
    pub(super) copy: MessageCopy,
    /// The message that it answers, as far as it is known, and what the platform of the room calls that one.
    pub(super) answers: Option<(Captured, Option<String>)>,
}

/// The parts of a material that one effect needs.
pub(super) struct Subject<'m> {
    pub(super) incident: &'m Incident,
    pub(super) entries: &'m [Entry],
    pub(super) page: Option<&'m Page>,
    pub(super) head: view::Head,
}

/// Reads what these effects need, each with what it is to be rendered from. A row that does not decode holds up its own
/// effects alone.
pub(super) async fn gather(intake: &Intake, claimed: &[Claimed]) -> Vec<Result<Arc<Material>, StoreError>> {
    let works: Vec<Work> = claimed.iter().map(|claimed| claimed.work.clone()).collect();
    match read(intake, works.clone()).await {
        Ok(material) => {
            let material = Arc::new(material);
            claimed.iter().map(|_| Ok(material.clone())).collect()
        }
        Err(error) if works.len() < 2 => claimed.iter().map(|_| Err(error.clone())).collect(),
        Err(_) => {
            let mut each = Vec::with_capacity(works.len());
            for work in works {
                each.push(read(intake, vec![work]).await.map(Arc::new));
            }
            each
        }
    }
}

async fn read(intake: &Intake, works: Vec<Work>) -> Result<Material, StoreError> {
    let intake_of_read = intake.clone();
    let read = intake.store.read(move |tx| {
        Box::pin(async move {
            let directory = intake_of_read.directory_in(tx).await?;
            let packs = packs(&intake_of_read, tx, &directory, &works).await?;
            Ok(Material { packs, ..load(tx, directory, &works).await? })
        })
    });
    read.await
}

async fn load(tx: &mut Tx<'_>, directory: Arc<Directory>, works: &[Work]) -> Result<Material, StoreError> {
    let numbers: BTreeSet<i64> = works.iter().filter_map(Work::incident).map(|id| id.0).collect();
    let loaded = incidents::get_all(tx, &numbers.into_iter().collect::<Vec<_>>()).await?;
    let incidents: HashMap<IncidentId, Loaded> =
        loaded.into_iter().map(|loaded| (loaded.incident.id, loaded)).collect();
    let wanted: BTreeSet<Uuid> = works.iter().filter_map(page_of).map(|page| page.0).collect();
    let held = pages::get_all(tx, &wanted.into_iter().collect::<Vec<_>>()).await?;
    let pages: HashMap<PageId, Page> = held.into_iter().map(|page| (page.id, page)).collect();
    let said: BTreeSet<(IncidentId, EntryId)> = works.iter().filter_map(|work| entry_of(work, &pages)).collect();
    let entries = entries::amended(tx, &said.into_iter().collect::<Vec<_>>()).await?;
    let mut anchors = HashMap::new();
    for incident in incidents.values().map(|loaded| &loaded.incident) {
        if matches!(incident.status, Status::Closed { .. }) {
            let newest = entries::anchors(tx, &incident.stream()).await?.pop();
            anchors.extend(newest.map(|anchor| (incident.id, anchor)));
        }
    }
    let withdrawn: Vec<String> = works.iter().filter_map(|work| notice_key(work, &pages)).collect();
    let notices = effects::references(tx, &withdrawn).await?;
    let mut copied = HashMap::new();
    for work in works {
        if let Some(key) = file_of(work)
            && let Some(file) = files::get(tx, key.0, key.1).await?
        {
            copied.insert(key, file);
        }
    }
    let mut mirrored = HashMap::new();
    for work in works {
        if let Work::Mirror { incident, room, message } = *work
            && let Some(found) = mirrored_in(tx, (incident, message), room).await?
        {
            mirrored.insert((incident, message, room), found);
        }
    }
    let packs = HashMap::new();
    let (tickets, digests) = (Tickets::read(tx, works).await?, digests::read(tx, works).await?);
    Ok(Material {
        directory,
        incidents,
        pages,
        entries,
        anchors,
        notices,
        files: copied,
        mirrored,
        packs,
        tickets,
        digests,
    })
}

async fn packs(
    intake: &Intake,
    tx: &mut Tx<'_>,
    directory: &Directory,
    works: &[Work],
) -> Result<HashMap<Key, view::PackFacts>, StoreError> {
    let keys: BTreeSet<&Key> = works.iter().filter_map(pack_of).collect();
    let mut packs = HashMap::new();
    for schedule in keys.into_iter().filter_map(|key| directory.schedules.get(key)) {
        let facts = intake.pack_facts(tx, (directory, schedule), intake.clock.now()).await?;
        packs.insert(schedule.key.clone(), facts);
    }
    Ok(packs)
}

async fn mirrored_in(
    tx: &mut Tx<'_>,
    (incident, id): (IncidentId, MessageId),
    room: RoomId,
) -> Result<Option<Mirrored>, StoreError> {
    let Some(copy) = copies::get(tx, (incident, id), room).await? else { return Ok(None) };
    let message = messages::get(tx, incident, id).await?.and_then(|message| message.captured());
    let (Some(message), Some((said_in, _))) = (message, messages::place(tx, incident, id).await?) else {
        return Ok(None);
    };
    let mut answers = None;
    if let Some((parent, external_id)) = copies::answered(tx, (incident, id), room).await? {
        let parent = messages::get(tx, incident, parent).await?.and_then(|message| message.captured());
        answers = parent.map(|parent| (parent, external_id));
    }
    Ok(Some(Mirrored { message, said_in, copy, answers }))
}

fn page_of(work: &Work) -> Option<PageId> {
    match work {
        Work::Notice { page, .. } | Work::Withdraw { page, .. } | Work::Call { page, .. } | Work::Hook { page, .. } => {
            Some(*page)
        }
        _ => None,
    }
}

fn file_of(work: &Work) -> Option<(IncidentId, FileId)> {
    match work {
        Work::CopyFile { incident, file, .. } => Some((*incident, *file)),
        _ => None,
    }
}

/// The key under which a notice was sent that is to be withdrawn.
fn notice_key(work: &Work, pages: &HashMap<PageId, Page>) -> Option<String> {
    let Work::Withdraw { incident, page, notice, .. } = work else { return None };
    let held = pages.get(page)?.notices.iter().find(|held| held.id == *notice)?;
    Some(Effect::notice(*incident, *page, &Told::of(held)).key)
}

/// The entry that an effect tells of; a notice says what the entry says that raised its page.
fn entry_of(work: &Work, pages: &HashMap<PageId, Page>) -> Option<(IncidentId, EntryId)> {
    let raised = || page_of(work).and_then(|page| pages.get(&page)).map(|page| page.raised);
    let entry = match work {
        Work::Post { entry, .. } | Work::Tell { entry, .. } => Some(*entry),
        _ => raised(),
    };
    work.incident().zip(entry)
}

impl Material {
    /// What the platform called the notice that this effect withdraws, if that is to be changed or ended by it. A message that
    /// tells of others too stays as it is; a call about them has been heard or is over.
    pub(super) fn notice_of(&self, work: &Work) -> Option<String> {
        let Work::Withdraw { page, notice, method, .. } = work else { return None };
        let (reference, carries) = self.notices.get(&notice_key(work, &self.pages)?)?;
        // One that was taken back while it was on its way is known by what the page heard of it.
        let heard = || self.pages.get(page)?.notice(*notice)?.trail.provider_id.clone();
        let edits = method.has_address() && method.ending() == Ending::Edit;
        reference.clone().or_else(heard).filter(|_| !carries || !edits)
    }

    /// The file that this effect copies.
    pub(super) fn file(&self, work: &Work) -> Option<&File> {
        self.files.get(&file_of(work)?)
    }

    /// The message that this effect shows in a room.
    pub(super) fn mirrored(&self, work: &Work) -> Option<&Mirrored> {
        let Work::Mirror { incident, room, message } = *work else { return None };
        self.mirrored.get(&(incident, message, room))
    }

    /// What there is to take over by a schedule.
    pub(super) fn pack(&self, schedule: &Key) -> Option<&view::PackFacts> {
        self.packs.get(schedule)
    }

    /// What this effect needs; `None` when its incident is not there.
    pub(super) fn subject(&self, work: &Work) -> Option<Subject<'_>> {
        let incident = &self.incidents.get(&work.incident()?)?.incident;
        let entries = entry_of(work, &self.pages).and_then(|said| self.entries.get(&said));
        let anchor = self.anchors.get(&incident.id).cloned();
        Some(Subject {
            incident,
            entries: entries.map_or(&[], Vec::as_slice),
            page: page_of(work).and_then(|page| self.pages.get(&page)),
            head: anchor.map_or_else(no_head, |(seq, hash, signature)| view::Head { seq, hash, signature }),
        })
    }
}

/// For views that carry no anchor.
pub(super) fn no_head() -> view::Head {
    view::Head { seq: 0, hash: Hash::ZERO, signature: String::new() }
}
