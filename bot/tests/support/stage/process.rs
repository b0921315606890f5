//! The processes of Firebell in a story.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use firebell::app::{App, DiscordApp, DiscordWiring, SlackApp, SlackWiring, Wiring};
use firebell::clock::Clock;
use firebell::config::{Config, DiscordConfig, DiscordSecrets, Secret, SlackConfig, SlackSecrets};
use firebell::engine::Retention;
use firebell::entropy::Entropy;
use firebell::seal::Keyring;
use firebell::store::{Store, StoreOptions};
use firebell::targets::Targets;
use firebell_core::ids::Key;
use firebell_core::settings::Settings;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::log::Log;
use crate::support::{Org, Place, Terminal, discord, renderer, slack};

/// The section by which postmortems are files in rooms.
const ROOM_FILES: &str =
    "[[postmortem.targets]]\nname = \"files\"\nkind = \"room\"\nwhen = \"always\"\nforms = [\"markdown\"]\n";

/// Has postmortems be files in the rooms of their incidents as soon as they are published.
pub(crate) fn with_room_files(settings: &mut Settings) {
    settings.targets = Config::parse(ROOM_FILES, "t").unwrap().settings().targets;
    settings.postmortem.publish_with_errors = true;
}

fn room_files(settings: &Settings, clock: &Clock) -> Targets {
    let known = |name: &Key| settings.targets.iter().any(|target| target.name == *name);
    let configured = Config::parse(ROOM_FILES, "t").unwrap().targets.into_iter().filter(|held| known(&held.name));
    Targets::new(configured.map(|held| (held.name.clone(), held.target(clock, &|_| None).unwrap())).collect())
}

/// What every process of a story is started with.
pub(in super::super) struct Setup {
    pub(super) log: Log,
    pub(in super::super) slack: Vec<SlackConfig>,
    pub(in super::super) discord: Vec<DiscordConfig>,
    pub(super) org: Org,
    pub(super) settings: Settings,
    /// Platforms send signed requests instead of using a connection.
    pub(in super::super) by_http: bool,
}

/// The platforms of a story.
#[derive(Default)]
pub(in super::super) struct Fakes {
    pub(in super::super) slack: Vec<slack::Fake>,
    pub(in super::super) discord: Vec<discord::Fake>,
}

/// A process: everything that runs by itself runs on a runtime of its own, which ends with it.
pub(super) struct Process {
    pub(super) runtime: Runtime,
    pub(super) stop: watch::Sender<bool>,
    pub(super) tasks: Vec<JoinHandle<()>>,
}

impl Process {
    /// Nothing runs in it.
    pub(super) fn empty(log: &Log) -> Self {
        let log = log.clone();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .on_thread_start(move || std::mem::forget(log.listen()))
            .build()
            .unwrap();
        Self { runtime, stop: watch::Sender::new(false), tasks: Vec::new() }
    }
}

impl Fakes {
    /// Everything that was sent is received.
    pub(super) async fn settled(&self) {
        for fake in &self.slack {
            fake.settled().await;
        }
        for fake in &self.discord {
            fake.settled().await;
        }
    }

    /// Nobody is connected any more.
    pub(super) async fn alone(&self) {
        for fake in &self.slack {
            fake.until("the end of its connections", |fake| fake.sockets().is_empty().then_some(())).await;
        }
        for fake in &self.discord {
            fake.until("the end of its connections", |fake| fake.connections().is_empty().then_some(())).await;
        }
    }

    /// How much was said so far, in both directions.
    pub(super) fn told(&self) -> Vec<(usize, usize)> {
        let in_slack = self.slack.iter().map(|fake| (fake.calls().len(), fake.sent().len()));
        let in_discord = self.discord.iter().map(|fake| (fake.calls().len(), fake.events().len()));
        in_slack.chain(in_discord).collect()
    }

    pub(super) fn pass(&self, span: Duration) {
        for fake in &self.slack {
            fake.pass(span);
        }
        for fake in &self.discord {
            fake.pass(span);
        }
    }

    /// Platforms post to this address.
    fn deliver_to(&self, url: &str) {
        for fake in &self.slack {
            fake.deliver_to(url);
        }
        for fake in &self.discord {
            fake.deliver_to(&format!("{url}/discord/interactions"));
        }
    }

    /// To one that is down nobody connects.
    async fn connected(&self) {
        for fake in self.slack.iter().filter(|fake| !fake.is_down()) {
            fake.connected(1).await;
        }
        for fake in self.discord.iter().filter(|fake| !fake.is_down()) {
            fake.connected(1).await;
        }
    }
}

impl Setup {
    /// These people and rules, and no platform.
    pub(in super::super) fn of(org: Org, settings: Settings) -> Self {
        Self { log: Log::default(), slack: Vec::new(), discord: Vec::new(), org, settings, by_http: false }
    }

    /// Starts a process, and waits until it listens.
    pub(super) async fn process(&self, place: &Place, fakes: &Fakes, clock: &Clock) -> (App, Process) {
        let Process { runtime, stop, .. } = Process::empty(&self.log);
        let (url, handle) = (place.url.clone(), runtime.handle().clone());
        let open = move || handle.block_on(Store::open(&url, StoreOptions::default())).unwrap();
        let store = runtime.spawn_blocking(open);
        let wiring = self.wiring(store.await.unwrap(), fakes, clock);
        let app = runtime.spawn(App::wire(wiring)).await.unwrap().unwrap();
        let runs = |slack: &SlackApp| runtime.spawn(slack.clone().run(stop.subscribe()));
        let mut tasks: Vec<JoinHandle<()>> = app.slack.iter().map(runs).collect();
        let runs = |discord: &DiscordApp| runtime.spawn(discord.clone().run(stop.subscribe()));
        tasks.extend(app.discord.iter().map(runs));
        if self.by_http {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}", listener.local_addr().unwrap());
            fakes.deliver_to(&url);
            let (router, mut stopped) = (app.router(), stop.subscribe());
            let until = async move { drop(stopped.wait_for(|stop| *stop).await) };
            tasks.push(runtime.spawn(async move {
                axum::serve(listener, router).with_graceful_shutdown(until).await.unwrap();
            }));
        } else {
            fakes.connected().await;
        }
        (app, Process { runtime, stop, tasks })
    }

    fn wiring(&self, store: Store, fakes: &Fakes, clock: &Clock) -> Wiring {
        let secrets = |fake: &slack::Fake| SlackSecrets {
            bot_token: Secret::new(fake.bot_token()),
            app_token: (!self.by_http).then(|| Secret::new(fake.app_token())),
            signing_secret: self.by_http.then(|| Secret::new(fake.signing_secret())),
        };
        let by_url = |config: &SlackConfig| fakes.slack.iter().find(|fake| fake.api() == config.api_url).unwrap();
        let slack = self
            .slack
            .iter()
            .map(|config| SlackWiring { config: config.clone(), secrets: Some(secrets(by_url(config))) });
        let discord = self.discord.iter().map(|config| {
            let fake = fakes.discord.iter().find(|fake| fake.api() == config.api_url).unwrap();
            let secrets = DiscordSecrets { bot_token: Secret::new(fake.bot_token()) };
            DiscordWiring { config: config.clone(), secrets: Some(secrets) }
        });
        Wiring {
            store,
            keyring: Keyring::fixed_for_replay(),
            settings: self.settings.clone(),
            directory: Some(self.org.files.clone()),
            renderer: renderer(),
            clock: clock.clone(),
            entropy: Entropy::System,
            screen: Arc::new(Terminal::new()),
            watched: false,
            retention: Retention { inbox: TimeDelta::days(1), messages: None, files: None },
            slack: slack.collect(),
            discord: discord.collect(),
            alarm_webhook: None,
            notifiers: firebell::notifiers::Notifiers::default(),
            trackers: firebell::trackers::Trackers::default(),
            targets: room_files(&self.settings, clock),
            twilio: None,
            heartbeat: None,
            synthetic: None,
            calendars: firebell::calendars::Reach::default(),
        }
    }
}
