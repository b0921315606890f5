//! `firebell do`: the same intake as every chat, for when the chat is down. It commits and never delivers.

use firebell_core::ids::{Minter, WorkspaceId};

use super::open::quiet_app;
use super::say::{complain, say};
use super::{DoArgs, Exit, Failure, Global};
use crate::app::App;
use crate::intake::{Answer, Fault, From, Inbound, Says};
use crate::render::Target;
use crate::store::installation::{self, SILENT};

pub(super) async fn act(global: &Global, args: DoArgs) -> Result<Exit, Failure> {
    let app = quiet_app(global).await?;
    let id = Minter::new(crate::seal::random_seed()?, app.intake.clock.now()).uuid();
    let inbound = Inbound {
        // No chat: the command line has no workspace, and its inbound ids are its own.
        workspace: WorkspaceId(uuid::Uuid::nil()),
        id: format!("cli:{id}"),
        from: From::Cli { handle: args.person.clone(), os_user: os_user() },
        room: None,
        says: Says::Line(args.words.join(" ")),
        target: Target::Console,
    };
    // Before the command: once that is committed, nothing that fails may hide its answer.
    let directory = app.intake.directory().await?;
    let zone = directory.person_by_handle(&args.person).map_or(chrono_tz::UTC, |person| person.zone);
    let answer = app.intake.take(inbound).await?;
    let words = app.intake.words(Target::Console, &answer, zone)?;
    let exit = match answer {
        Answer::Refused(_) => {
            complain(words);
            Exit::Refused
        }
        Answer::Done(_) => {
            let said = say(words);
            warn_when_alone(&app).await?;
            said.map_err(|failure| Fault::Unsaid(failure.to_string()))?;
            Exit::Done
        }
        Answer::Shown(_) => {
            say(words)?;
            Exit::Done
        }
    };
    app.store.close().await;
    Ok(exit)
}

/// What was committed waits for a process that delivers; when none is alive, the person must know.
async fn warn_when_alone(app: &App) -> Result<(), Failure> {
    let now = app.intake.clock.now();
    let since = now.checked_sub_signed(SILENT).unwrap_or(now);
    let served = app.store.read(move |tx| Box::pin(installation::served(tx, since))).await?;
    if !served {
        complain(
            "warning: neither `firebell serve` nor a console is alive on this database; it is recorded, but nobody is told \
             until one runs",
        );
    }
    Ok(())
}

/// The operating system's user, as the shell knows it.
pub(super) fn os_user() -> String {
    let named = |name: &str| std::env::var(name).ok().filter(|user| !user.is_empty());
    named("SUDO_USER").or_else(|| named("USER")).or_else(|| named("LOGNAME")).unwrap_or_else(|| "unknown".to_owned())
}
