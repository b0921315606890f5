//! Places: the workspaces in which rooms can be opened, and what is done there.

use chrono::TimeDelta;

use crate::actor::{Actor, Via};
use crate::directory::ContactMethod;
use crate::ids::{IncidentId, WorkspaceId};
use crate::incident::Channel;
use crate::refusal::Refusal;
use crate::suggest;

/// A workspace in which rooms can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub workspace: WorkspaceId,
    /// The platform's word.
    pub platform: &'static str,
    /// What the configuration calls the workspace.
    pub name: String,
    /// Where its rooms can be read, with the platform's id of one behind it; absent where no address leads there.
    pub rooms_at: Option<String>,
    /// It is seen only where a process of Firebell's runs, so nobody else can be told there.
    pub local: bool,
    /// By which its people are told what they may be in no room for.
    pub method: Option<ContactMethod>,
    /// Whether rooms there have a topic and bookmarks.
    pub describes: bool,
    /// Whether there is a group that comes into every room which is not private.
    pub invites_group: bool,
    /// The platform's ids of the channels in which incidents are shown that are not private.
    pub announce: Vec<String>,
    /// The size in bytes up to which files are copied that people post; absent where none are.
    pub copies_files: Option<i64>,
    /// How long after the end of its incident a room is closed.
    pub close_after: TimeDelta,
}

/// The place where a declaration wants its room to be: the very channel that it was made in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    pub workspace: WorkspaceId,
    pub external_id: String,
    /// The incident that lives there already.
    pub taken_by: Option<IncidentId>,
}

impl Place {
    /// A place of rooms with nothing around them, closed at once.
    pub fn plain(workspace: WorkspaceId) -> Self {
        Self {
            workspace,
            platform: "",
            name: String::new(),
            rooms_at: None,
            local: false,
            method: None,
            describes: false,
            invites_group: false,
            announce: Vec::new(),
            copies_files: None,
            close_after: TimeDelta::zero(),
        }
    }

    /// The channels in which incidents are shown.
    pub fn channels(&self) -> impl Iterator<Item = Channel> + '_ {
        let channel = |id: &String| Channel { workspace: self.workspace, external_id: id.clone() };
        self.announce.iter().map(channel)
    }

    /// Its name, with the platform before it where another platform has a workspace of the same name.
    fn full_name(&self, among: &[Self]) -> String {
        if among.iter().any(|other| other.name == self.name && other.workspace != self.workspace) {
            return self.qualified();
        }
        self.name.clone()
    }

    /// What it is called where others are shown what is said there: by its name, and by its platform where rooms are on
    /// several.
    pub fn label(&self, among: &[Self]) -> String {
        let elsewhere = among.iter().any(|other| !other.local && other.platform != self.platform);
        if elsewhere { self.qualified() } else { self.name.clone() }
    }

    /// The name by which it can be named, whatever others there are.
    pub fn qualified(&self) -> String {
        format!("{}/{}", self.platform, self.name)
    }
}

/// The place that somebody names: by its workspace's name, by its platform where that has no other workspace, or by both
/// as in `slack/main`.
///
/// # Errors
/// There is no such place, or more than one; the refusal names those that there are.
pub fn named<'p>(places: &'p [Place], word: &str) -> Result<&'p Place, Refusal> {
    let wanted = word.to_lowercase();
    let all = |same: &dyn Fn(&Place) -> bool| -> Vec<&'p Place> { places.iter().filter(|place| same(place)).collect() };
    let ways: [&dyn Fn(&Place) -> bool; 3] =
        [&|place| place.name.to_lowercase() == wanted, &|place| place.platform == wanted, &|place| {
            place.qualified().to_lowercase() == wanted
        }];
    let found = ways.into_iter().map(all).find(|found| !found.is_empty()).unwrap_or_default();
    let names = |places: &[&Place], among: &[Place]| places.iter().map(|place| place.full_name(among)).collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] => {
            let known: Vec<String> = names(&places.iter().collect::<Vec<_>>(), places);
            let words = known.iter().map(String::as_str).chain(places.iter().map(|place| place.platform));
            let nearest = suggest::nearest(word, words).map(str::to_owned);
            Err(Refusal::UnknownPlace { named: Refusal::quote(word), nearest, known })
        }
        several => Err(Refusal::WhichPlace { named: Refusal::quote(word), names: names(several, places) }),
    }
}

/// The channel that a text like `slack/main:C0123ABC` names: a place as [`named`] reads it, a colon, and the platform's id
/// of the channel.
///
/// # Errors
/// It is no such text, or there is no such place.
pub fn channel(places: &[Place], text: &str) -> Result<Channel, Refusal> {
    let Some((place, id)) = split_channel(text) else {
        let message = format!("\"{}\" names no channel; write it as slack:C0123ABC", Refusal::quote(text));
        return Err(Refusal::NotAllowed { message });
    };
    Ok(Channel { workspace: named(places, place)?.workspace, external_id: id.to_owned() })
}

/// The place and the channel's id in such a text.
pub fn split_channel(text: &str) -> Option<(&str, &str)> {
    let (place, id) = text.rsplit_once(':')?;
    let whole = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
    (whole(place) && whole(id)).then_some((place, id))
}

/// Where an incident that this actor declares has its rooms: in the workspace that they write in. One that is seen only
/// where a process runs is joined by the first that is seen elsewhere, because others are to come too; so is whoever
/// writes in none.
pub fn of_declaration<'p>(places: &'p [Place], actor: &Actor) -> Vec<&'p Place> {
    let from = match actor.via {
        Via::Chat { workspace } => places.iter().find(|place| place.workspace == workspace),
        _ => None,
    };
    if let Some(place) = from.filter(|place| !place.local) {
        return vec![place];
    }
    let elsewhere = places.iter().find(|place| !place.local);
    let own = from.or_else(|| places.iter().find(|place| place.local && elsewhere.is_none()));
    own.into_iter().chain(elsewhere).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::PersonId;

    #[test]
    fn a_place_is_named_by_its_workspace_or_its_platform() {
        let id = |number| WorkspaceId(Uuid::from_u128(number));
        let place =
            |number, platform, name: &str| Place { platform, name: name.to_owned(), ..Place::plain(id(number)) };
        let places = [
            place(1, "slack", "main"),
            place(2, "slack", "eu"),
            place(3, "discord", "main"),
            place(4, "console", "console"),
        ];
        let found = |word: &str| named(&places, word).map(|place| place.workspace.0.as_u128());
        for (word, number) in [("EU", 2), ("discord", 3), ("slack/main", 1), ("Discord/main", 3), ("console", 4)] {
            assert_eq!(found(word), Ok(number), "{word}");
        }
        let refused = |word: &str| found(word).unwrap_err().to_string();
        assert_eq!(refused("slack"), "\"slack\" may be slack/main or eu; name one of them");
        assert_eq!(refused("main"), "\"main\" may be slack/main or discord/main; name one of them");
        let unknown =
            "there is no place \"discrod\"; did you mean discord? There are slack/main, eu, discord/main, console";
        assert_eq!(refused("discrod"), unknown);
        assert!(refused("nowhere").starts_with("there is no place \"nowhere\"; there are slack/main,"));
    }

    #[test]
    fn rooms_are_where_people_are() {
        let id = |number| WorkspaceId(Uuid::from_u128(number));
        let (slack, other) = (Place::plain(id(1)), Place::plain(id(2)));
        let console = Place { local: true, ..Place::plain(id(3)) };
        let chat = |number| Actor::chat(PersonId(Uuid::nil()), id(number));
        let cli = Actor::cli(PersonId(Uuid::nil()), "root");
        let all = vec![slack.clone(), other.clone(), console.clone()];
        let cases = [
            (&all, chat(1), vec![1]),
            (&all, chat(2), vec![2]),
            (&all, chat(3), vec![3, 1]),
            (&all, cli.clone(), vec![1]),
            (&vec![console.clone()], chat(3), vec![3]),
            (&vec![console], cli.clone(), vec![3]),
            (&vec![other], chat(9), vec![2]),
            (&Vec::new(), cli, vec![]),
        ];
        for (places, actor, expected) in cases {
            let found: Vec<WorkspaceId> = of_declaration(places, &actor).iter().map(|place| place.workspace).collect();
            assert_eq!(found, expected.into_iter().map(id).collect::<Vec<_>>(), "{actor:?}");
        }
    }
}
