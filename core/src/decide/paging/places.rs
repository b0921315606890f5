//! Channels and webhooks that a step tells besides people. None of them answers by itself; whoever reads there does.

use crate::decide::Decision;
use crate::decide::draft::Draft;
use crate::effect::Effect;
use crate::ids::{Key, PageId};
use crate::incident::Channel;
use crate::paging::page::{DueStep, Page};
use crate::paging::policy::Step;
use crate::place;
use crate::reply::Reply;
use crate::timeline::Change;

/// What a step tells besides people.
#[derive(Default)]
pub(super) struct Told {
    rooms: Vec<(String, Channel)>,
    webhooks: Vec<Key>,
}

/// The channels and webhooks of a step that can be told: what is private is for no channel, and a place that this process
/// knows nothing of is passed over.
pub(super) fn of(draft: &Draft<'_>, step: &Step) -> Told {
    let named = step.rooms.iter().filter(|_| !draft.incident.is_private());
    let channel = |named: &String| Some((named.clone(), place::channel(&draft.facts.places, named).ok()?));
    Told { rooms: named.filter_map(channel).collect(), webhooks: step.webhooks.clone() }
}

impl Told {
    pub(super) fn is_empty(&self) -> bool {
        self.rooms.is_empty() && self.webhooks.is_empty()
    }

    /// As people know them.
    pub(super) fn names(&self) -> Vec<String> {
        let rooms = self.rooms.iter().map(|(named, _)| named.clone());
        rooms.chain(self.webhooks.iter().map(ToString::to_string)).collect()
    }

    /// Tells them what this step comes to.
    pub(super) fn queue(&self, draft: &mut Draft<'_>, page: &Page, occasion: DueStep) {
        for (_, channel) in &self.rooms {
            draft.enqueue(Effect::call(page, channel, occasion));
        }
        for webhook in &self.webhooks {
            draft.enqueue(Effect::hook(page, webhook, occasion));
        }
    }
}

/// One of them could not be told.
pub(in crate::decide) fn place_failed(mut draft: Draft<'_>, page: PageId, place: String, reason: String) -> Decision {
    draft.tell(Change::PlaceFailed { page, place, reason });
    draft.done(Reply::Silent)
}
