//! The blocks and views that the app sent, for other people's checkers.

use std::fs::File;
use std::io::Write as _;

use serde_json::json;

use super::state::Recorded;

/// Appends it to a file of this process in the folder that `FIREBELL_BLOCKS_DIR` names, where it names one: one JSON
/// object a line, as `scripts/interop/blocks_check.py` reads it.
pub(super) fn dump(recorded: &Recorded) {
    let Some(folder) = std::env::var_os("FIREBELL_BLOCKS_DIR") else { return };
    std::fs::create_dir_all(&folder).unwrap();
    let path = std::path::Path::new(&folder).join(format!("{}.jsonl", std::process::id()));
    let mut file = File::options().create(true).append(true).open(path).unwrap();
    let line = match recorded.kind {
        "view" => json!({"kind": "view", "view": recorded.payload, "method": recorded.method}),
        _ => json!({"kind": "message", "blocks": recorded.payload, "method": recorded.method}),
    };
    // In one piece, since other tests of this process append as well.
    file.write_all(format!("{line}\n").as_bytes()).unwrap();
}
