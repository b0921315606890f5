//! Wiring: the only file that knows all parts.

mod bot;
pub(crate) mod discord;
mod gaps;
mod kept;
mod on_call;
pub(crate) mod slack;
mod telegram;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::Router;
use firebell_core::actor::Actor;
use firebell_core::directory::plan::FileDirectory;
use firebell_core::ids::WorkspaceId;
use firebell_core::place::Place;
use firebell_core::settings::Settings;

pub use self::discord::{DiscordApp, DiscordWiring};
use self::slack::Doors;
pub use self::slack::{SlackApp, SlackWiring};
pub use self::telegram::{TelegramApp, Unheard};
use crate::alarm::Alarm;
use crate::calendars::{Calendars, Fresh, Reach};
use crate::clock::Clock;
use crate::desk::FrontDesk;
use crate::doors::{self, TwilioDoor};
use crate::engine::{Engine, HandoffWatch, Presence, Retention, Synthetic, Walk};
use crate::entropy::Entropy;
use crate::heartbeat::Heartbeat;
use crate::intake::{Fault, ForeignKey, Intake, Parts, Wanted};
use crate::metrics::Metrics;
use crate::notifiers::{self, Notifiers};
use crate::platform::Platform;
use crate::platform::console::{self, Console, Screen};
use crate::render::Renderer;
use crate::seal::Keyring;
use crate::store::{DatabaseUrl, Store, StoreError, StoreOptions, installation};
use crate::targets::Targets;
use crate::trackers::Trackers;
use crate::web::Health;
use crate::worker::Worker;

/// What an app is made from.
pub struct Wiring {
    /// Opened and migrated.
    pub store: Store,
    pub keyring: Keyring,
    pub settings: Settings,
    /// People, teams, services and policies of the configuration; `None` leaves the directory alone.
    pub directory: Option<FileDirectory>,
    /// What one's own templates say was checked, or is taken as it is.
    pub renderer: Renderer,
    pub clock: Clock,
    pub entropy: Entropy,
    pub screen: Arc<dyn Screen>,
    /// A person sits before the screen, and sees rather than somebody else what can be shown on any.
    pub watched: bool,
    pub retention: Retention,
    /// Slack workspaces.
    pub slack: Vec<SlackWiring>,
    /// Discord servers.
    pub discord: Vec<DiscordWiring>,
    pub alarm_webhook: Option<reqwest::Url>,
    /// Contact methods beside chat.
    pub notifiers: Notifiers,
    /// Where follow-ups are kept besides.
    pub trackers: Trackers,
    /// Where postmortems are published besides.
    pub targets: Targets,
    /// What Twilio posts, where it is configured and may come in.
    pub twilio: Option<TwilioDoor>,
    pub heartbeat: Option<Heartbeat>,
    pub synthetic: Option<Synthetic>,
    /// Which hosts calendars may be read from.
    pub calendars: Reach,
}

/// A wired Firebell over one database.
#[derive(Clone)]
pub struct App {
    pub store: Store,
    pub intake: Intake,
    pub engine: Engine,
    /// The console's workspace.
    pub console: WorkspaceId,
    /// Slack workspaces that are listened to.
    pub slack: Vec<SlackApp>,
    /// Discord servers that are listened to.
    pub discord: Vec<DiscordApp>,
    /// The bot of Telegram, where there is one.
    pub telegram: Option<TelegramApp>,
    /// What the configuration calls workspaces that are listened to.
    names: BTreeMap<String, WorkspaceId>,
    /// Whether pages can be answered by links.
    links: bool,
    twilio: Option<TwilioDoor>,
    /// What it calls all that it knows, from earlier starts too.
    pub workspaces: BTreeMap<String, WorkspaceId>,
}

/// Why an app could not be wired.
#[derive(Debug, thiserror::Error)]
pub enum WiringError {
    #[error("failed to {0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Fault(#[from] Fault),
    #[error("{0}")]
    Key(#[from] ForeignKey),
    /// Something about a Slack workspace that the operator must put right.
    #[error("the Slack workspace \"{name}\" {message}")]
    Slack { name: String, message: String },
    /// Something about a Discord server that the operator must put right.
    #[error("the Discord server \"{name}\" {message}")]
    Discord { name: String, message: String },
}

/// Opens and migrates a database; answers whether nothing was ever recorded in it.
///
/// # Errors
/// The database cannot be opened.
pub async fn open(url: &DatabaseUrl, options: StoreOptions) -> Result<(Store, bool), WiringError> {
    let store = Store::open(url, options).await?;
    let fresh = store.read(|tx| Box::pin(installation::is_fresh(tx))).await?;
    Ok((store, fresh))
}

impl App {
    /// Wires everything on a database.
    ///
    /// # Errors
    /// The database fails, or the keys are not those of the database.
    pub async fn wire(wiring: Wiring) -> Result<Self, WiringError> {
        let store = wiring.store;
        let metrics = Arc::new(Metrics::default());
        let settings = Settings { shown: wiring.renderer.shown(), ..wiring.settings };
        let intake = Intake::new(Parts {
            store: store.clone(),
            clock: wiring.clock.clone(),
            keyring: Arc::new(wiring.keyring),
            settings: Arc::new(settings),
            renderer: Arc::new(wiring.renderer),
            metrics: metrics.clone(),
            entropy: wiring.entropy,
        });
        intake.follow_database().await?;
        intake.know_keys().await??;
        let console = intake.connect_workspace(console::PLATFORM, console::WORKSPACE, console::PLATFORM).await?;
        let in_slack = Box::pin(slack::reach(&wiring.slack, &intake, &wiring.clock)).await?;
        let in_discord = Box::pin(discord::reach(&wiring.discord, &intake, &wiring.clock)).await?;
        let names = names(&in_slack, &in_discord);
        let mut places = places(&intake, (&wiring.slack, &in_slack), (&wiring.discord, &in_discord)).await?;
        let workspaces = places.iter().map(labelled).collect();
        places.push(at_console(console));
        let intake = intake.with_places(places).with_notifiers(wiring.notifiers.clone());
        let mut platforms = HashMap::from([(console, Platform::Console(Console::new(wiring.screen)))]);
        let mut doors = Doors::new();
        let mut slack = Vec::with_capacity(in_slack.len());
        for reached in in_slack {
            let workspace = reached.workspace;
            let (platform, door, listens) = reached.wire(&intake, &wiring.clock)?;
            platforms.insert(workspace, platform);
            doors.insert(workspace, door);
            slack.push(listens);
        }
        let mut discord = Vec::with_capacity(in_discord.len());
        for reached in in_discord {
            let workspace = reached.workspace;
            let (platform, door, listens) = reached.wire(&intake, &wiring.clock)?;
            platforms.insert(workspace, platform);
            doors.insert(workspace, door);
            discord.push(listens);
        }
        let desk = Arc::new(FrontDesk::new(intake.clone(), doors));
        let slack: Vec<SlackApp> = slack.into_iter().map(|listening| listening.at(&desk)).collect();
        let discord: Vec<DiscordApp> = discord.into_iter().map(|listening| listening.at(&desk)).collect();
        let bot = wiring.notifiers.telegram();
        let telegram = bot.map(|bot| TelegramApp::new(bot, &intake, console)).transpose()?;
        let (links, twilio) = (wiring.notifiers.public_url().is_some(), wiring.twilio);
        let worker = Worker::new(
            intake.clone(),
            (platforms, wiring.notifiers),
            (wiring.trackers.clone(), wiring.targets),
            metrics.clone(),
            wiring.watched,
        );
        let connections = slack.iter().map(SlackApp::link).chain(discord.iter().map(DiscordApp::link)).collect();
        let health = Health::new(wiring.clock.clone(), connections);
        health.database_up();
        let engine = Engine {
            intake: intake.clone(),
            worker,
            metrics,
            health,
            retention: wiring.retention,
            alarm: Arc::new(Alarm::new(wiring.alarm_webhook, wiring.clock)),
            heartbeat: wiring.heartbeat.map(Arc::new),
            synthetic: wiring.synthetic,
            trackers: wiring.trackers,
            calendars: Calendars::new(intake.clone(), wiring.calendars),
            walk: Walk::default(),
            handoffs: HandoffWatch::default(),
            presence: Presence::new(wiring.watched),
        };
        let app = Self { store, intake, engine, console, slack, discord, telegram, names, links, twilio, workspaces };
        if let Some(files) = wiring.directory {
            app.bring_in(files).await?;
        }
        Ok(app)
    }

    /// Where programs, people's browsers and platforms may post to; of platforms under `/slack/` and `/discord/` for the first
    /// workspace of each that wants it, under `/workspaces/<name>/slack/` and so on for each.
    pub fn router(&self) -> Router {
        let slack = self.slack.iter().filter_map(|slack| Some((slack.name.as_str(), slack.router()?)));
        let discord = self.discord.iter().filter_map(|discord| Some((discord.name.as_str(), discord.router()?)));
        let doors = self.links.then(|| doors::router(&self.intake, self.console, self.twilio.clone()));
        let programs = doors::for_programs(&self.intake, self.console);
        let all = [posted_to(slack), posted_to(discord), doors].into_iter().flatten();
        all.fold(programs, Router::merge)
    }

    /// Brings the directory in line with what files say; answers how many changes that took. A calendar at a URL is read where
    /// nothing is known of it yet.
    ///
    /// # Errors
    /// Nothing was committed.
    pub async fn bring_in(&self, files: FileDirectory) -> Result<usize, Fault> {
        let (files, _) = self.engine.calendars.read(files, Fresh::IfUnknown).await?;
        let files = notifiers::sealed(&self.intake.keyring, files)?;
        let files = FileDirectory { workspaces: self.names.clone(), ..files };
        let wanted: Wanted = Arc::new(move |directory, mint| directory.plan(&files, mint));
        self.intake.change_directory(Actor::files(), wanted).await
    }
}

/// The workspaces beside the console: those that are reached, and those that are remembered from earlier starts.
async fn places(
    intake: &Intake,
    (slack_wiring, in_slack): (&[SlackWiring], &[slack::Reached]),
    (discord_wiring, in_discord): (&[DiscordWiring], &[discord::Reached]),
) -> Result<Vec<Place>, WiringError> {
    let mut places: Vec<Place> = in_slack.iter().map(slack::Reached::place).collect();
    places.extend(in_discord.iter().map(discord::Reached::place));
    places.extend(slack::remember(slack_wiring, intake).await?);
    places.extend(discord::remember(discord_wiring, intake).await?);
    Ok(places)
}

/// The workspaces that are reached, as files name them.
fn names(in_slack: &[slack::Reached], in_discord: &[discord::Reached]) -> BTreeMap<String, WorkspaceId> {
    let slack = in_slack.iter().map(|reached| (reached.label(), reached.workspace));
    slack.chain(in_discord.iter().map(|reached| (reached.label(), reached.workspace))).collect()
}

fn labelled(place: &Place) -> (String, WorkspaceId) {
    (format!("{}:{}", place.platform, place.name), place.workspace)
}

fn at_console(workspace: WorkspaceId) -> Place {
    let name = console::PLATFORM;
    Place { platform: name, name: name.to_owned(), local: true, ..Place::plain(workspace) }
}

/// The routes of one platform's workspaces.
fn posted_to<'n>(workspaces: impl Iterator<Item = (&'n str, Router)>) -> Option<Router> {
    workspaces.fold(None, |all: Option<Router>, (name, router)| {
        let named = Router::new().nest(&format!("/workspaces/{name}"), router.clone());
        Some(match all {
            None => router.merge(named),
            Some(all) => all.merge(named),
        })
    })
}
