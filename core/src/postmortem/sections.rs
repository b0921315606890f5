//! The sections that people write, by their keys. Which of them a document shows is the say of its template.

use crate::ids::Key;
use crate::refusal::Refusal;

/// The longest text of a section, in characters.
pub const SECTION_MAX: usize = 32_768;

/// Those that are offered to whoever writes; any other key is a section, too.
pub const OFFERED: [&str; 8] =
    ["summary", "background", "impact", "mitigation", "went-well", "went-badly", "lucky", "lessons"];

/// The section that somebody names.
///
/// # Errors
/// What can be no section's key.
pub fn section(named: &str) -> Result<Key, Refusal> {
    let word = named.trim().to_lowercase().replace(' ', "-");
    Key::new(&word).map_err(|_| Refusal::UnknownSection {
        named: Refusal::quote(named.trim()),
        known: OFFERED.iter().map(|&key| key.to_owned()).collect(),
    })
}
