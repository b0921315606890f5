//! What a story about Slack begins with, and the processes of Firebell in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use firebell::app::{App, SlackApp, SlackWiring, Wiring};
use firebell::clock::Clock;
use firebell::config::{Secret, SlackConfig, SlackSecrets};
use firebell::engine::Retention;
use firebell::entropy::Entropy;
use firebell::render::Renderer;
use firebell::seal::Keyring;
use firebell::store::{Store, StoreOptions};
use firebell_core::directory::ContactMethod;
use firebell_core::settings::Settings;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::log::Log;
use crate::support::slack::{self, Fake};
use crate::support::{Org, Place, Terminal};

/// What a story begins with, to be changed before anything runs.
pub(crate) struct Before {
    pub(crate) fake: Fake,
    pub(crate) config: SlackConfig,
    pub(crate) org: Org,
    pub(crate) settings: Settings,
    /// Slack sends signed requests instead of using Socket Mode.
    pub(crate) by_http: bool,
    /// The accounts of the people of the directory and of those who are added.
    pub(crate) accounts: BTreeMap<String, String>,
    /// Further workspaces, in which everybody has an account as well.
    pub(crate) others: Vec<(Fake, SlackConfig)>,
}

/// What every process of a story is started with.
pub(super) struct Setup {
    pub(super) log: Log,
    pub(super) configs: Vec<SlackConfig>,
    pub(super) org: Org,
    pub(super) settings: Settings,
    pub(super) by_http: bool,
}

/// A process: everything that runs by itself runs on a runtime of its own, which ends with it.
pub(super) struct Process {
    pub(super) runtime: Runtime,
    pub(super) stop: watch::Sender<bool>,
    pub(super) tasks: Vec<JoinHandle<()>>,
}

impl Before {
    /// Somebody whom the directory does not hold.
    pub(crate) fn newcomer(&mut self, name: &str) -> String {
        let id = self.fake.add_person(name);
        self.accounts.insert(name.to_owned(), id.clone());
        id
    }

    /// A further workspace of this name, in which the people of the directory have accounts. It gives out the very ids that
    /// the first one does.
    pub(crate) fn connect(&mut self, name: &str) -> &mut SlackConfig {
        let fake = Fake::begin(slack::Settings { tag: name.to_uppercase(), ..slack::Settings::default() });
        for person in &self.org.files.people {
            fake.add_person(person.handle.as_str());
        }
        let config = configured(name, &fake);
        self.others.push((fake, config));
        &mut self.others.last_mut().unwrap().1
    }
}

/// A workspace with one connection.
pub(super) fn configured(name: &str, fake: &Fake) -> SlackConfig {
    let mut config = SlackConfig::named(name);
    (config.api_url, config.connections) = (fake.api(), 1);
    config
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

impl Setup {
    /// Starts a process, and waits until it listens.
    pub(super) async fn process(&self, place: &Place, fakes: Vec<Fake>, clock: &Clock) -> (App, Process) {
        let Process { runtime, stop, .. } = Process::empty(&self.log);
        let (url, handle) = (place.url.clone(), runtime.handle().clone());
        let open = move || handle.block_on(Store::open(&url, StoreOptions::default())).unwrap();
        let store = runtime.spawn_blocking(open);
        let wiring = self.wiring(store.await.unwrap(), &fakes, clock);
        let app = runtime.spawn(App::wire(wiring)).await.unwrap().unwrap();
        let runs = |slack: &SlackApp| runtime.spawn(slack.clone().run(stop.subscribe()));
        let mut tasks: Vec<JoinHandle<()>> = app.slack.iter().map(runs).collect();
        if self.by_http {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            fakes[0].deliver_to(&format!("http://{}", listener.local_addr().unwrap()));
            let (router, mut stopped) = (app.slack_router().unwrap(), stop.subscribe());
            let until = async move { drop(stopped.wait_for(|stop| *stop).await) };
            tasks.push(runtime.spawn(async move {
                axum::serve(listener, router).with_graceful_shutdown(until).await.unwrap();
            }));
        } else {
            for fake in &fakes {
                fake.connected(1).await;
            }
        }
        (app, Process { runtime, stop, tasks })
    }

    fn wiring(&self, store: Store, fakes: &[Fake], clock: &Clock) -> Wiring {
        let secrets = |fake: &Fake| SlackSecrets {
            bot_token: Secret::new(fake.bot_token()),
            app_token: (!self.by_http).then(|| Secret::new(fake.app_token())),
            signing_secret: self.by_http.then(|| Secret::new(fake.signing_secret())),
        };
        let by_url = |config: &SlackConfig| fakes.iter().find(|fake| fake.api() == config.api_url).unwrap();
        let slack = self
            .configs
            .iter()
            .map(|config| SlackWiring { config: config.clone(), secrets: Some(secrets(by_url(config))) });
        Wiring {
            store,
            keyring: Keyring::fixed_for_replay(),
            settings: self.settings.clone(),
            directory: Some(self.org.files.clone()),
            renderer: Renderer::new(None).unwrap(),
            clock: clock.clone(),
            entropy: Entropy::System,
            screen: Arc::new(Terminal::new()),
            watched: false,
            retention: Retention { inbox: TimeDelta::days(1), messages: None, files: None },
            slack: slack.collect(),
            alarm_webhook: None,
        }
    }
}

/// The usual people, known to Slack by their addresses and reached there; checkout has a runbook.
pub(super) fn org() -> Org {
    let mut org = Org::default();
    for person in &mut org.files.people {
        person.email = Some(format!("{}@example.com", person.handle));
        person.contacts = None;
    }
    org.files.default_contacts = vec![ContactMethod::Slack];
    org.files.services[0].runbook = Some("https://runbooks.example/checkout".to_owned());
    org
}
