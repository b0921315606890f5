//! `firebell console`, `replay` and `demo`.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use firebell_core::command::ExportFormat;
use firebell_core::ids::IncidentId;
use tokio::sync::watch;

use super::open::{Purpose, app, config, log, retention, stdout_screen};
use super::say::{say, show};
use super::{DemoArgs, Exit, Failure, Global, ReplayArgs};
use crate::app::{App, Wiring};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::intake::{Answer, Shown};
use crate::logging::Answered;
use crate::platform::console::screen::Look;
use crate::render::{Renderer, Target};
use crate::replay::transcript::{GITLAB, Transcript};
use crate::replay::{Heard, Pace, Player, write_document};
use crate::seal::Keyring;
use crate::store::{DatabaseUrl, StoreOptions};

/// The last words of the demonstration.
const TRY_NEXT: &str = "
Try next:
  firebell console                        run an incident yourself, in this terminal
  firebell replay FILE --instant          play a transcript of your own
  firebell help                           everything else";

/// How long the demonstration takes when it waits.
const DEMO: Duration = Duration::from_secs(30);

pub(super) async fn console(global: &Global) -> Result<Exit, Failure> {
    let config = config(global)?;
    log(&config, Answered::Here)?;
    let screen = crate::console::ConsoleScreen::new(Look::of_stdout());
    let app = app(&config, Arc::new(screen.clone()), Purpose::Console).await?;
    let (stop, stopped) = watch::channel(false);
    let engine = app.engine.clone().arrive().await?;
    let running = tokio::spawn(async move { engine.run(stopped).await });
    let options = crate::console::ConsoleOptions::of_process(screen);
    let ended = Box::pin(crate::console::run(app.clone(), options)).await;
    let _ = stop.send(true);
    let _ = running.await;
    app.store.close().await;
    ended?;
    Ok(Exit::Done)
}

pub(super) async fn replay(global: &Global, args: ReplayArgs) -> Result<Exit, Failure> {
    let text = text_of(&args.file)?;
    let pace = match (args.instant, args.speed) {
        (true, _) => Pace::Instant,
        (false, speed) => Pace::Speed(speed.unwrap_or(1.0)),
    };
    let name = args.file.display().to_string();
    let played = Box::pin(Played::start(global, (&text, &name), pace)).await?;
    if let Some(folder) = &args.export {
        for incident in &played.incidents {
            for format in [ExportFormat::Markdown, ExportFormat::Json] {
                let path = played.write(*incident, format, folder).await?;
                say(format_args!("wrote {}", path.display()))?;
            }
        }
    }
    played.end().await
}

/// A transcript's text; bytes that are none are named by their line.
fn text_of(file: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(file).map_err(|error| format!("read {}: {error}", file.display()))?;
    String::from_utf8(bytes).map_err(|error| {
        let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = 1 + before.split(|byte| *byte == b'\n').skip(1).count();
        format!("{}:{line}: this is no text in UTF-8; save the file in that encoding", file.display()).into()
    })
}

pub(super) async fn demo(global: &Global, args: &DemoArgs) -> Result<Exit, Failure> {
    let pace = if args.instant { Pace::Instant } else { Pace::Within(DEMO) };
    let played = Box::pin(Played::start(global, (GITLAB, "gitlab-2017-01-31.txt"), pace)).await?;
    say("")?;
    if let Some(first) = played.incidents.first() {
        let path = played.keep(*first).await?;
        say(format_args!("Wrote {}: the postmortem, rendered from what you have just seen.", path.display()))?;
    }
    for report in played.app.intake.verify(None, None).await? {
        say(format_args!("Verified {}", super::read::sentence(&report)))?;
    }
    say(TRY_NEXT)?;
    played.end().await
}

/// A replay that has been played, with its database.
struct Played {
    app: App,
    incidents: Vec<IncidentId>,
    zone: chrono_tz::Tz,
    _temporary: Option<Temporary>,
}

/// A folder for a database of the replay's own, deleted at the end, however the replay ends.
struct Temporary(PathBuf);

impl Temporary {
    fn make() -> Result<Self, Failure> {
        let seed = crate::seal::random_seed()?;
        let number = seed.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let folder = std::env::temp_dir().join(format!("firebell-replay-{number:016x}"));
        // Never one that is there: somebody else may have made it.
        DirBuilder::new().mode(0o700).create(&folder).map_err(|error| format!("make {}: {error}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Played {
    async fn start(global: &Global, (text, name): (&str, &str), pace: Pace) -> Result<Self, Failure> {
        let config = config(global)?;
        log(&config, Answered::Here)?;
        let renderer = super::open::renderer(&config)?;
        let transcript = Transcript::parse(text, name)?;
        let clock = Clock::manual(transcript.start);
        let (database, temporary) = database(global)?;
        let mut settings = config.settings();
        settings.default_policy = transcript.default_policy.clone();
        let (store, fresh) = crate::app::open(&database, StoreOptions::default()).await?;
        // Asked before anything is written in it.
        if !fresh {
            return Err("a replay needs a database of its own; name one that does not exist yet with --db".into());
        }
        let wiring = Wiring {
            store,
            keyring: Keyring::fixed_for_replay(),
            settings,
            directory: None,
            renderer,
            clock: clock.clone(),
            entropy: Entropy::counter(),
            screen: stdout_screen(),
            watched: true,
            retention: retention(&config),
            slack: Vec::new(),
            discord: Vec::new(),
            alarm_webhook: None,
            notifiers: crate::notifiers::Notifiers::default(),
            trackers: crate::trackers::Trackers::default(),
            targets: crate::targets::Targets::default(),
            twilio: None,
            heartbeat: None,
            synthetic: None,
            calendars: crate::calendars::Reach::default(),
        };
        let app = Box::pin(App::wire(wiring)).await?;
        app.bring_in(transcript.directory()).await?;
        let look = Look::of_stdout();
        if let Some(title) = &transcript.title {
            say(look.paint("1", &inert(title)))?;
        }
        let zone = transcript.zone;
        let player = Player::new((&transcript, name), app.clone(), clock, pace);
        let incidents = Box::pin(player.play(|heard| watch(look, zone, &heard))).await?;
        Ok(Self { app, incidents, zone, _temporary: temporary })
    }

    async fn write(&self, incident: IncidentId, format: ExportFormat, folder: &Path) -> Result<PathBuf, Failure> {
        match self.app.intake.operator_export(incident, format, None, self.zone).await? {
            Answer::Shown(shown) => {
                let path = write_document(&shown, folder)?;
                path.ok_or_else(|| format!("{incident} has no document").into())
            }
            other => Err(self.app.intake.words(Target::Console, &other, self.zone)?.into()),
        }
    }

    /// Writes the postmortem into the folder in which Firebell runs; what somebody keeps there under its name stays.
    async fn keep(&self, incident: IncidentId) -> Result<PathBuf, Failure> {
        let folder = Path::new(".");
        match self.app.intake.operator_export(incident, ExportFormat::Markdown, None, self.zone).await? {
            Answer::Shown(Shown::Document { name, content, .. }) => {
                crate::console::keep(folder, &name, content.bytes())
                    .map_err(|error| format!("write {}: {error}", folder.join(name).display()).into())
            }
            other => Err(self.app.intake.words(Target::Console, &other, self.zone)?.into()),
        }
    }

    async fn end(self) -> Result<Exit, Failure> {
        self.app.store.close().await;
        Ok(Exit::Done)
    }
}

/// The named database, or a new one in a folder for temporary files.
fn database(global: &Global) -> Result<(DatabaseUrl, Option<Temporary>), Failure> {
    if let Some(url) = &global.db {
        return Ok((DatabaseUrl::parse(url)?, None));
    }
    let folder = Temporary::make()?;
    let url = format!("sqlite:{}", folder.0.join("replay.db").display());
    Ok((DatabaseUrl::parse(&url)?, Some(folder)))
}

/// What a transcript says, line by line, that a terminal does not obey.
fn inert(text: &str) -> String {
    text.lines().map(|line| Renderer::inert(Target::Console, line)).collect::<Vec<_>>().join("\n")
}

fn watch(look: Look, zone: chrono_tz::Tz, heard: &Heard<'_>) -> std::io::Result<()> {
    let at = heard.at.with_timezone(&zone).format("%H:%M");
    let said = look.block("1;33", &format!("@{}", heard.speaker), &inert(heard.text));
    show(format_args!("{} {said}", look.paint("2", &at.to_string())))?;
    match heard.reply.as_deref().filter(|reply| !reply.is_empty()) {
        Some(reply) => show(look.block("2", "      reply", reply)),
        None => Ok(()),
    }
}
