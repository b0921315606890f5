//! `firebell files`: what was attached to the messages of an incident.

use std::fs::{File as Disk, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use firebell_core::chain::Hash;
use firebell_core::file::{File, FileState, size_text};
use firebell_core::ids::IncidentId;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::open::quiet_app;
use super::say::{complain, say};
use super::{Exit, Failure, FilesArgs, Global};
use crate::app::App;
use crate::intake::Answer;
use crate::render::{Renderer, Target};

pub(super) async fn files(global: &Global, args: &FilesArgs) -> Result<Exit, Failure> {
    let app = quiet_app(global).await?;
    let exit = match app.intake.operator_files(args.incident).await? {
        Ok(files) => shown(&app, args, &files).await?,
        Err(refusal) => {
            complain(app.intake.words(Target::Console, &Answer::Refused(refusal), chrono_tz::UTC)?);
            Exit::Refused
        }
    };
    app.store.close().await;
    Ok(exit)
}

async fn shown(app: &App, args: &FilesArgs, files: &[File]) -> Result<Exit, Failure> {
    if args.json {
        let rows: Vec<Value> = files.iter().map(as_json).collect();
        say(serde_json::to_string_pretty(&rows)?)?;
    } else if files.is_empty() {
        say(format_args!("No file is known of {}.", args.incident))?;
    } else {
        for file in files {
            say(line(file))?;
        }
    }
    let Some(folder) = &args.save else { return Ok(Exit::Done) };
    std::fs::create_dir_all(folder).map_err(|error| format!("make {}: {error}", folder.display()))?;
    for file in files {
        if let FileState::Copied { hash, .. } = file.state {
            let path = save(app, (args.incident, file, hash), folder).await?;
            // Of what is printed as JSON, a reader wants nothing else.
            if !args.json {
                say(format_args!("wrote {}", path.display()))?;
            }
        }
    }
    Ok(Exit::Done)
}

fn line(file: &File) -> String {
    let inert = |text: &str| Renderer::inert(Target::Console, text);
    let about = file.attached.as_ref().map_or_else(
        || "[redacted]".to_owned(),
        |attached| {
            let kind = attached.media_type.as_deref().map(inert);
            let parts: Vec<String> = kind.into_iter().chain(attached.size.map(size_text)).collect();
            let about = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
            format!("{}{about}", inert(&attached.name))
        },
    );
    let state = match &file.state {
        FileState::Told => "not copied: no copies are configured".to_owned(),
        FileState::Wanted { .. } => "about to be copied".to_owned(),
        FileState::Copied { size, hash } => format!("copied, {}, SHA-256 {hash}", size_text(*size)),
        FileState::NotCopied { reason } => format!("not copied: {}", inert(reason)),
        FileState::Purged => "its copy was let go of, as [retention] says".to_owned(),
        FileState::Redacted => "taken out of the record".to_owned(),
    };
    format!("{} of {}: {about}; {state}", file.id, file.message)
}

fn as_json(file: &File) -> Value {
    let (state, reason) = match &file.state {
        FileState::Told => ("told", None),
        FileState::Wanted { .. } => ("wanted", None),
        FileState::Copied { .. } => ("copied", None),
        FileState::NotCopied { reason } => ("not_copied", Some(reason)),
        FileState::Purged => ("purged", None),
        FileState::Redacted => ("redacted", None),
    };
    let copy = match &file.state {
        FileState::Copied { size, hash } => json!({ "size": size, "sha256": hash.to_string() }),
        _ => Value::Null,
    };
    let attached = file.attached.as_ref();
    json!({
        "file": file.id.to_string(),
        "message": file.message.to_string(),
        "name": attached.map(|attached| &attached.name),
        "media_type": attached.and_then(|attached| attached.media_type.as_ref()),
        "size": attached.and_then(|attached| attached.size),
        "permalink": attached.and_then(|attached| attached.permalink.as_ref()),
        "state": state,
        "reason": reason,
        "copy": copy,
    })
}

/// Writes a copy, and looks whether it is what was copied.
async fn save(app: &App, (incident, file, hash): (IncidentId, &File, Hash), folder: &Path) -> Result<PathBuf, Failure> {
    let name = file.attached.as_ref().map(|attached| safe(&attached.name)).unwrap_or_default();
    let path = folder.join(format!("{incident}-{}-{name}", file.id));
    let failed = |error: std::io::Error| format!("write {}: {error}", path.display());
    let mut disk = create(&path).map_err(failed)?;
    let (mut part, mut digest) = (0, Sha256::new());
    while let Some(bytes) = app.intake.file_part((incident, file.id), part).await? {
        digest.update(&bytes);
        disk.write_all(&bytes).map_err(failed)?;
        part += 1;
    }
    disk.sync_all().map_err(failed)?;
    if Hash::from_bytes(digest.finalize().into()) == hash {
        return Ok(path);
    }
    let why = format!("{} is not what was copied; see `firebell verify {incident}`", path.display());
    Err(why.into())
}

/// A new file: what people post in an incident is no public matter.
fn create(path: &Path) -> std::io::Result<Disk> {
    private().create_new(true).open(path)
}

/// How a file is written that nobody else on this machine reads.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A name that is no path: letters, digits, dots, dashes and underscores, and no dot in front.
fn safe(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' };
    let name: String = name.chars().map(plain).collect();
    let name = name.trim_start_matches('.');
    // A name in another script may be four times as long in bytes, of which a file system takes 255.
    let end = name.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= 180).last().unwrap_or(0);
    name[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere() {
        let table = [
            ("graph.png", "graph.png"),
            ("../../etc/passwd", "_.._etc_passwd"),
            (".bashrc", "bashrc"),
            ("a b\\c:d\u{202e}", "a_b_c_d_"),
            ("größe.txt", "größe.txt"),
        ];
        for (name, expected) in table {
            assert_eq!(safe(name), expected);
        }
        assert_eq!(safe(&"é".repeat(200)).len(), 180);
    }
}
