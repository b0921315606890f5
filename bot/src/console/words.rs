//! What the console says in its own name.

use firebell_core::directory::{Person, Standing};

use super::places::Place;
use crate::intake::{Fault, Kept};
use crate::platform::console::amend::Usage;
use crate::platform::console::screen::Look;
use crate::render::{Renderer, Target};

/// How the console is used, before the help on the commands.
pub(super) const ORIENTATION: &str = "\
This terminal is a chat with every person and room of the installation.
  @ana /incident declare checkout is down sev1    speaks as ana, and goes on doing so
  the primary's disk is full                      says it in the room that the prompt shows
  #inc-1                                          goes to a room, by its name or its incident
  @bo #inc-1 on it                                says it there, without going
  @ana @bo please look                            a text that begins with a name, said by ana
  /edit M3 it is the network   /delete M3         changes or takes back what you said
  /who   /rooms   /help <command>   /quit         people, rooms, help on one command, leaving
Tab completes commands, @people, #rooms and INC numbers.";

/// How a message is amended, like the help on other commands.
pub(super) fn amending(usage: &Usage) -> String {
    let Usage { word, arguments, about, example, .. } = usage;
    format!("{word} {arguments}\n    {about}\n    example: {example}")
}

/// Said where plain talk has no room.
pub(super) const NO_ROOM: &str = "you are in no room: declare an incident first: /incident declare <title>";

/// Said where plain talk has no room, but there are some.
pub(super) const WHICH_ROOM: &str = "you are in no room: go to one first, as in `#inc-1`; /rooms lists them";

/// Said to those who leave while something is due.
pub(super) const STILL_DUE: &str = "A page or an update is still due. Nobody is paged or reminded until Firebell runs again, unless \
     another process serves this database.";

/// The people, one a line.
pub(super) fn people<'p>(people: impl Iterator<Item = &'p Person>, speaker: &str) -> String {
    let mut rows: Vec<Vec<String>> = people
        .filter(|person| person.active)
        .map(|person| {
            let you = if person.handle.as_str() == speaker { "you" } else { "" };
            let standing = match person.standing {
                Standing::Admin => "administrator",
                Standing::Responder => "responder",
                Standing::Guest => "guest",
            };
            vec![
                format!("@{}", person.handle),
                inert(&person.name),
                standing.to_owned(),
                person.zone.to_string(),
                you.to_owned(),
            ]
        })
        .collect();
    rows.sort();
    if rows.is_empty() {
        return "Nobody is known yet; whoever speaks is introduced.".to_owned();
    }
    table(&rows)
}

/// The rooms, one a line.
pub(super) fn rooms(places: &[Place], current: Option<&str>) -> String {
    let row = |place: &Place| {
        let here = if current == Some(place.room.as_str()) { "*" } else { "" };
        let status = if place.closed { "room closed" } else { place.status };
        vec![
            here.to_owned(),
            format!("#{}", place.room),
            place.severity.clone(),
            status.to_owned(),
            inert(&place.title),
        ]
    };
    if places.is_empty() {
        return "There is no room yet; /incident declare <title> opens one.".to_owned();
    }
    table(&places.iter().map(row).collect::<Vec<_>>())
}

/// A text of several lines that a terminal does not obey.
pub(super) fn inert_lines(text: &str) -> String {
    text.lines().map(inert).collect::<Vec<_>>().join("\n")
}

/// Words of people that a terminal does not obey.
pub(super) fn inert(text: &str) -> String {
    Renderer::inert(Target::Console, text)
}

/// What went wrong with a line, and what to do about it.
pub(super) fn fault(fault: &Fault) -> String {
    match fault.kept() {
        Kept::Nothing => format!("{fault}; nothing was kept of that line, say it again"),
        // The fault itself says what to look at.
        Kept::Unknown | Kept::All => fault.to_string(),
    }
}

/// A refusal or fault in the console's own name.
pub(super) fn refusal(look: Look, why: &str) -> String {
    look.paint("33", &format!("! {why}"))
}

fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).filter(|(_, width)| **width > 0);
        let padded: Vec<String> = cells.map(|(cell, width)| format!("{cell:width$}")).collect();
        padded.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreError;

    #[test]
    fn a_line_is_said_to_be_lost_only_when_it_is() {
        let what = || "the connection was closed".to_owned();
        let again = "nothing was kept of that line, say it again";
        for (failed, lost) in [
            (Fault::Store(StoreError::Gone { what: what() }), true),
            (Fault::Store(StoreError::Full), true),
            (Fault::Store(StoreError::Unheard { what: what() }), false),
            (Fault::Unsaid(what()), false),
        ] {
            assert_eq!(fault(&failed).contains(again), lost, "{failed}");
        }
    }
}
