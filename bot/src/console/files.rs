//! What the console keeps in files: documents, and the history of lines.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// How many documents of one name a folder may hold before the next is refused.
const COPIES_MAX: u32 = 999;

/// Where the history is kept: under `$XDG_STATE_HOME`, else `~/.local/state`.
pub(super) fn history_path(state_home: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let given = |path: Option<OsString>| path.map(PathBuf::from).filter(|path| path.is_absolute());
    let state = given(state_home).or_else(|| Some(given(home)?.join(".local/state")))?;
    Some(state.join("firebell/history"))
}

/// Makes the file of the history, for its owner alone, where it does not exist.
///
/// # Errors
/// The file or its folder cannot be made.
pub(super) fn make_history(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().append(true).create(true).mode(0o600).open(path).map(drop)
}

/// Writes a document under its name, or under the next free one where a different document has it: `INC-1.json`, then
/// `INC-1-2.json`. Answers its path.
///
/// # Errors
/// The folder cannot be written to, or has too many documents of that name.
pub(crate) fn keep(folder: &Path, name: &str, content: &[u8]) -> io::Result<PathBuf> {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "txt"));
    for copy in 1..=COPIES_MAX {
        let path = match copy {
            1 => folder.join(name),
            _ => folder.join(format!("{stem}-{copy}.{extension}")),
        };
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(mut file) => return file.write_all(content).map(|()| path),
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
            Err(_) if fs::read(&path).is_ok_and(|held| held == content) => return Ok(path),
            Err(_) => {}
        }
    }
    Err(io::Error::new(ErrorKind::AlreadyExists, format!("there are {COPIES_MAX} documents of that name already")))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_document_never_replaces_a_different_one() {
        let folder = tempfile::tempdir().unwrap();
        let keep = |text: &str| keep(folder.path(), "INC-1-postmortem.md", text.as_bytes()).unwrap();
        assert_eq!(keep("one"), folder.path().join("INC-1-postmortem.md"));
        assert_eq!(keep("two"), folder.path().join("INC-1-postmortem-2.md"));
        assert_eq!(keep("one"), folder.path().join("INC-1-postmortem.md"));
        assert_eq!(keep("two"), folder.path().join("INC-1-postmortem-2.md"));
        assert_eq!(keep("three"), folder.path().join("INC-1-postmortem-3.md"));
        assert_eq!(fs::read_to_string(folder.path().join("INC-1-postmortem.md")).unwrap(), "one");
    }

    #[test]
    fn the_history_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = history_path(Some(folder.path().into()), None).unwrap();
        make_history(&path).unwrap();
        fs::write(&path, "a line").unwrap();
        make_history(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(&path).unwrap(), "a line");
    }

    #[test]
    fn the_history_has_a_place_only_where_there_is_a_home() {
        let path = |state: Option<&str>, home: Option<&str>| history_path(state.map(Into::into), home.map(Into::into));
        assert_eq!(path(Some("/s"), Some("/h")), Some("/s/firebell/history".into()));
        assert_eq!(path(None, Some("/h")), Some("/h/.local/state/firebell/history".into()));
        assert_eq!(path(Some("relative"), Some("/h")), Some("/h/.local/state/firebell/history".into()));
        assert_eq!(path(None, None), None);
    }
}
