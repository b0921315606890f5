//! Messages as other rooms of their incident show them.

use firebell_core::effect::Work;
use firebell_core::incident::Incident;
use firebell_core::view::MirroredView;

use super::Worker;
use super::material::{Material, Mirrored};
use super::prepare::{Prepared, Unsent};
use crate::platform::{Envelope, Outgoing, Platform};
use crate::render::RenderError;
use crate::store::copies::Shows;
use crate::store::effects::Claimed;

impl Worker {
    /// What a room is to show of a message by now; the newest that there is, whichever revision the effect was queued for.
    /// The effects behind it then find that it is shown, and the order of messages stays theirs.
    pub(super) fn mirrored(&self, claimed: &Claimed, material: &Material) -> Result<Prepared, Unsent> {
        let work = &claimed.work;
        let Work::Mirror { room, .. } = work else { return Err(Unsent::Unwanted) };
        let incident = material.subject(work).ok_or(Unsent::Unwanted)?.incident;
        let mirrored = material.mirrored(work).ok_or(Unsent::Unwanted)?;
        let (platform, room) = self.open_room(incident, *room)?;
        let Mirrored { message, copy, answers, .. } = mirrored;
        let (what, shows) = match (&message.text, &copy.external_id, copy.shows) {
            (_, _, Shows::Nothing) | (None, None, _) => return Err(Unsent::Unwanted),
            (None, Some(shown), _) => {
                let (message, copy) = (message.id.to_string(), shown.clone());
                (Outgoing::Unmirror { room, copy, message }, Shows::Nothing)
            }
            (Some(_), _, Shows::Revision(number)) if number == message.revision => return Err(Unsent::Unwanted),
            // What is not shown yet when the mirror is switched off is not shown any more.
            (Some(_), None, _) if !incident.mirror.is_on() => return Err(Unsent::Unwanted),
            (Some(_), replaces, _) => {
                let text = self.text(&platform, incident, mirrored, material)?;
                let answers = answers.as_ref().and_then(|(_, external_id)| external_id.clone());
                let replaces = replaces.clone();
                (Outgoing::Mirror { room, text, replaces, answers }, Shows::Revision(message.revision))
            }
        };
        let envelope = Envelope { key: claimed.key.clone(), again: claimed.again, what };
        Ok(Prepared::Show(platform, Box::new(envelope), shows))
    }

    /// The words as the platform takes them: as many as fit into one message, with a note where there are more.
    fn text(
        &self,
        platform: &Platform,
        incident: &Incident,
        mirrored: &Mirrored,
        material: &Material,
    ) -> Result<String, Unsent> {
        let said_in = incident.room(mirrored.said_in).map(|room| room.workspace);
        let place = self.intake.places.iter().find(|place| Some(place.workspace) == said_in);
        let place = place.map_or("elsewhere".to_owned(), |place| place.label(&self.intake.places));
        let answers = mirrored.answers.as_ref();
        let answers = answers.map(|(answered, _)| (answered.id, answered.author, answered.text.as_deref()));
        let view = MirroredView::of(incident, &mirrored.message, answers, &place, &material.directory);
        let view = view.ok_or(Unsent::Unwanted)?;
        let render = |view: &MirroredView| self.intake.renderer.mirrored(platform.target(), view);
        Ok(fitting(&view, platform.message_max(), render)?)
    }
}

/// The text of at most `max` UTF-16 units, of which no platform counts more.
fn fitting(
    view: &MirroredView,
    max: usize,
    render: impl Fn(&MirroredView) -> Result<String, RenderError>,
) -> Result<String, RenderError> {
    let mut text = render(view)?;
    let mut words = view.text.chars().count();
    // What is escaped takes more room than its signs; a few rounds find how many of them fit.
    while text.encode_utf16().count() > max && words > 0 {
        let over = text.encode_utf16().count();
        words = (words * max / over).min(words - 1);
        text = render(&view.cut_to(words))?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_cut_with_a_note() {
        let view = |text: &str| MirroredView {
            incident: "INC-1".to_owned(),
            message: "M1".to_owned(),
            author: "Ana".to_owned(),
            place: "main".to_owned(),
            text: text.to_owned(),
            edited: false,
            cut: false,
            answers: None,
        };
        // Each ampersand takes five.
        let render = |view: &MirroredView| {
            Ok(format!("{}{}", view.text.replace('&', "&amp;"), if view.cut { " MORE" } else { "" }))
        };
        for (text, cut) in [("short", false), (&"x".repeat(100) as &str, false), (&"x".repeat(101), true)] {
            let shown = fitting(&view(text), 100, render).unwrap();
            assert!(shown.len() <= 100 && shown.ends_with("MORE") == cut, "{shown}");
        }
        let shown = fitting(&view(&"&".repeat(8_000)), 100, render).unwrap();
        assert!((80..=100).contains(&shown.len()) && shown.ends_with("; MORE"), "{shown}");
    }
}
