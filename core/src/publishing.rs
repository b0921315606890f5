//! Where postmortems are published besides, as an installation has configured it.

use crate::ids::Key;
use crate::postmortem::Postmortem;
use crate::refusal::Refusal;
use crate::scope::Scope;

/// A configured target: a place that keeps a copy of postmortems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub name: Key,
    pub scope: Scope,
}

/// The targets that somebody means: the one of that name, else those that hold the document already, else the only one there is.
///
/// # Errors
/// There is no such target, or it is not clear which is meant; the refusal names those that there are.
pub fn named<'t>(targets: &'t [Target], word: Option<&str>, document: &Postmortem) -> Result<Vec<&'t Target>, Refusal> {
    let unknown = || Refusal::UnknownExportTarget {
        named: word.map(Refusal::quote),
        known: targets.iter().map(|target| target.name.to_string()).collect(),
    };
    if let Some(word) = word {
        let wanted = word.to_lowercase();
        return targets.iter().find(|held| held.name.as_str() == wanted).map(|one| vec![one]).ok_or_else(unknown);
    }
    let held: Vec<&Target> = targets.iter().filter(|held| document.exports.contains_key(held.name.as_str())).collect();
    match (held.as_slice(), targets) {
        ([], [one]) => Ok(vec![one]),
        ([], _) => Err(unknown()),
        _ => Ok(held),
    }
}
