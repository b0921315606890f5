//! What somebody is told of when they are on call, with what there is to know where it passes to them.

use firebell_core::directory::ContactMethod;
use firebell_core::effect::{OnCallNews, Work};
use firebell_core::ids::{Key, PersonId};
use firebell_core::view;

use super::Worker;
use super::material::Material;
use super::prepare::Unsent;
use crate::render::Target;

/// The schedule of which a work tells all that there is to know.
pub(super) fn pack_of(work: &Work) -> Option<&Key> {
    match work {
        Work::TellOnCall { news: OnCallNews::Comes { schedule, .. }, method, .. } if method.takes_long_texts() => {
            Some(schedule)
        }
        _ => None,
    }
}

impl Worker {
    /// The words for a person; nothing is sent where they do not hold any more.
    pub(super) fn news(
        &self,
        (person, method): (PersonId, ContactMethod),
        news: &OnCallNews,
        target: Target,
        material: &Material,
    ) -> Result<String, Unsent> {
        let directory = &*material.directory;
        let zone = directory.people.get(&person).map_or(chrono_tz::UTC, |held| held.zone);
        let when = (self.intake.clock.now(), target.times(zone));
        let view = view::OnCallNewsView::of(news, person, directory, when).ok_or(Unsent::Unwanted)?;
        let text = self.intake.renderer.on_call_news(target, &view)?;
        let OnCallNews::Comes { schedule, .. } = news else { return Ok(text) };
        let found = directory.schedules.get(schedule).filter(|_| method.takes_long_texts());
        let Some((schedule, facts)) = found.zip(material.pack(schedule)) else { return Ok(text) };
        // A lock screen is no secret: of a private incident not even its members are told more than its number.
        let pack = view::PackView::of((directory, schedule), facts, |incident| !incident.is_private(), when);
        Ok(format!("{}\n\n{}", text.trim_end(), self.intake.renderer.handoff(target, &pack)?))
    }
}
