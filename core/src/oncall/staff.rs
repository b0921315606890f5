//! Who is still there: whoever has left is on call by nothing, since nobody would be reached.

use std::collections::BTreeMap;

use super::overrides::Override;
use crate::directory::Person;
use crate::ids::PersonId;

/// The people of the directory, where it is known who has left.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Staff<'a>(pub(super) Option<&'a BTreeMap<PersonId, Person>>);

impl Staff<'_> {
    /// Whether somebody can be on call; whoever is not known can.
    pub(super) fn has(self, person: PersonId) -> bool {
        self.0.and_then(|people| people.get(&person)).is_none_or(|held| held.active)
    }

    /// Whether to name somebody comes to anybody: to them, or to whom one of these overrides puts in their stead.
    pub(super) fn reaches(self, person: PersonId, overrides: &[&Override]) -> bool {
        let for_them = |one: &&Override| one.instead_of == Some(person) && !one.people.is_empty();
        self.has(person) || overrides.iter().any(for_them)
    }

    /// Takes out those of some overrides, oldest first, that name none but people who have left: there is nobody for whom
    /// the layers should make way. Only a newer one can put somebody in their stead.
    pub(super) fn keep_living(self, overrides: &mut Vec<&Override>) {
        for at in (0..overrides.len()).rev() {
            let Some((one, newer)) = overrides.get(at..).and_then(<[_]>::split_first) else { continue };
            // One that was made without anybody takes somebody off, and means it.
            let living = one.people.is_empty() || one.people.iter().any(|person| self.reaches(*person, newer));
            if !living {
                overrides.remove(at);
            }
        }
    }
}
