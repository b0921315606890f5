//! `firebell postmortem`: the document edited where people edit texts, and taken over from a file.

mod lint;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command as Process;

use clap::{Args, Subcommand};
use firebell_core::command::{ExportFormat, Request};
use firebell_core::ids::{IncidentId, Minter, WorkspaceId};
use similar::TextDiff;

use super::act::os_user;
use super::open::quiet_app;
use super::say::{complain, say};
use super::{Exit, Failure, Global};
use crate::app::App;
use crate::document::Mark;
use crate::intake::{Answer, Compared, Conflict, From, Inbound, Says, Shown};
use crate::render::Target;

/// `firebell postmortem`.
#[derive(Debug, Args)]
pub struct PostmortemArgs {
    #[command(subcommand)]
    command: Sub,
}

#[derive(Debug, Subcommand)]
enum Sub {
    /// Open the postmortem in $VISUAL or $EDITOR, and take over what was changed in its sections.
    Edit(EditArgs),
    /// Take over what was changed in the sections of an exported Markdown file.
    Import(ImportArgs),
    /// Say what is missing in a postmortem, or could be worded better; code 1 where something must be mended.
    Lint(lint::LintArgs),
}

#[derive(Debug, Args)]
struct EditArgs {
    #[arg(value_parser = super::incident)]
    incident: IncidentId,
    /// The person who writes; the operating system's user is recorded beside them.
    #[arg(long = "as", value_name = "PERSON")]
    person: String,
    /// By which template; that of the incident without it.
    #[arg(long, value_name = "NAME")]
    template: Option<String>,
}

#[derive(Debug, Args)]
struct ImportArgs {
    /// What `firebell export` or `/incident export` wrote, edited.
    file: PathBuf,
    /// The person who wrote it; the operating system's user is recorded beside them.
    #[arg(long = "as", value_name = "PERSON")]
    person: String,
}

/// The longest file that is read, in bytes; no export is longer.
const FILE_MAX: u64 = 32 * 1024 * 1024;

pub(super) async fn postmortem(global: &Global, args: PostmortemArgs) -> Result<Exit, Failure> {
    let app = match &args.command {
        Sub::Lint(args) => return lint::lint(global, args).await,
        Sub::Edit(_) | Sub::Import(_) => quiet_app(global).await?,
    };
    let exit = match args.command {
        Sub::Lint(_) => Ok(Exit::Done),
        Sub::Edit(args) => edit(&app, args).await,
        Sub::Import(args) => import(&app, &args.file, &args.person).await,
    };
    app.store.close().await;
    exit
}

async fn edit(app: &App, args: EditArgs) -> Result<Exit, Failure> {
    let directory = app.intake.directory().await?;
    let zone = directory.person_by_handle(&args.person).map_or(chrono_tz::UTC, |person| person.zone);
    let template = args.template.as_deref();
    let answer = app.intake.operator_export(args.incident, ExportFormat::Markdown, template, zone).await?;
    let Answer::Shown(Shown::Document { name, content, .. }) = &answer else {
        complain(app.intake.words(Target::Console, &answer, zone)?);
        return Ok(Exit::Refused);
    };
    let folder = std::env::temp_dir()
        .join(format!("firebell-{}", Minter::new(crate::seal::random_seed()?, app.intake.clock.now()).uuid()));
    let path = folder.join(name);
    write(&folder, &path, content.bytes()).map_err(|error| format!("write {}: {error}", path.display()))?;
    let opened = path.clone();
    let ended = tokio::task::spawn_blocking(move || open(&opened)).await?;
    ended.map_err(|error| format!("{error}; the postmortem is in {}", path.display()))?;
    let exit = import(app, &path, &args.person).await;
    match exit {
        Ok(Exit::Done) if elsewhere(content.bytes()) != elsewhere(&std::fs::read(&path).unwrap_or_default()) => {
            complain(format_args!(
                "What stands outside of the sections is made of the record, so your changes there were not taken over; \
                 they are kept in {}.",
                path.display()
            ));
        }
        Ok(Exit::Done) => drop(std::fs::remove_dir_all(&folder)),
        _ => complain(format_args!(
            "What you wrote is kept in {}: mend it and run firebell postmortem import {}",
            path.display(),
            path.display()
        )),
    }
    exit
}

/// The lines of a document outside of what people write in it.
fn elsewhere(document: &[u8]) -> Vec<String> {
    let (text, mut within) = (String::from_utf8_lossy(document), false);
    let outside = text.lines().map(str::trim_end).filter(|line| {
        within = if within { line.trim() != Mark::END } else { Mark::read(line).is_some() };
        !within && !line.is_empty()
    });
    outside.map(str::to_owned).collect()
}

/// A file that its owner alone can read, in a folder of its own.
fn write(folder: &Path, path: &Path, content: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
    std::fs::DirBuilder::new().mode(0o700).create(folder)?;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(content)
}

/// Has the file edited, by the shell's rules for what $EDITOR holds, as git does.
fn open(path: &Path) -> Result<(), String> {
    let named = |name: &str| std::env::var(name).ok().filter(|editor| !editor.trim().is_empty());
    let editor = named("VISUAL").or_else(|| named("EDITOR")).unwrap_or_else(|| "vi".to_owned());
    let shell = format!("{editor} \"$1\"");
    let status = Process::new("sh").arg("-c").arg(shell).arg("sh").arg(path).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the editor {editor} ended with {status}, so nothing was taken over")),
        Err(error) => Err(format!("start the editor {editor}: {error}; name another one in EDITOR")),
    }
}

async fn import(app: &App, file: &Path, person: &str) -> Result<Exit, Failure> {
    let read = |error: std::io::Error| format!("read {}: {error}", file.display());
    if std::fs::metadata(file).map_err(read)?.len() > FILE_MAX {
        return Err(format!("{} is longer than any export is", file.display()).into());
    }
    let text = std::fs::read_to_string(file).map_err(read)?;
    let refused = |words: String| {
        complain(format_args!("{}, {words}", file.display()));
        Ok(Exit::Refused)
    };
    match app.intake.compare(&text).await? {
        Compared::Unfit(unfit) => refused(format!("{unfit}; nothing was stored")),
        Compared::Refused(refusal) => refused(format!("{refusal}; nothing was stored")),
        Compared::Unchanged(incident) => {
            say(format_args!("Nothing was changed in a section of the postmortem of {incident}."))?;
            Ok(Exit::Done)
        }
        Compared::Conflicts(incident, conflicts) => {
            complain(format_args!("Others wrote in the postmortem of {incident} meanwhile, so nothing was stored."));
            for conflict in &conflicts {
                complain(shown(file, conflict));
            }
            complain("Put both together in a new export, and import that.");
            Ok(Exit::Refused)
        }
        Compared::Changed(request) => store(app, person, *request).await,
    }
}

/// A conflict as a difference between the two texts.
fn shown(file: &Path, conflict: &Conflict) -> String {
    let by = conflict.by.as_ref().map_or_else(String::new, |by| format!(" by @{by}"));
    let diff = TextDiff::from_lines(&conflict.theirs, &conflict.mine);
    let diff = diff.unified_diff().context_radius(3).header("theirs", "yours").to_string();
    format!(
        "\n{}, line {}: the section \"{}\" was written{by} in {}:\n{diff}",
        file.display(),
        conflict.line,
        conflict.section,
        conflict.entry,
    )
}

async fn store(app: &App, person: &str, request: Request) -> Result<Exit, Failure> {
    let id = Minter::new(crate::seal::random_seed()?, app.intake.clock.now()).uuid();
    let inbound = Inbound {
        workspace: WorkspaceId(uuid::Uuid::nil()),
        id: format!("cli:{id}"),
        from: From::Cli { handle: person.to_owned(), os_user: os_user() },
        room: None,
        says: Says::Request(Box::new(request)),
        target: Target::Console,
    };
    let answer = app.intake.take(inbound).await?;
    let words = app.intake.words(Target::Console, &answer, chrono_tz::UTC)?;
    if matches!(answer, Answer::Refused(_)) {
        complain(words);
        return Ok(Exit::Refused);
    }
    say(words)?;
    Ok(Exit::Done)
}
