//! One world with Slack in it: a Firebell over a real database, a fake Slack that it listens to, people, and one clock.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use firebell::app::{App, SlackApp, SlackWiring, Wiring};
use firebell::clock::Clock;
use firebell::config::{Secret, SlackConfig, SlackSecrets};
use firebell::engine::Retention;
use firebell::entropy::Entropy;
use firebell::render::Renderer;
use firebell::seal::Keyring;
use firebell::store::{Store, StoreOptions, on};
use firebell_core::directory::ContactMethod;
use firebell_core::facts::Captured;
use firebell_core::ids::IncidentId;
use firebell_core::incident::{Incident, RoomState};
use firebell_core::policy::Viewer;
use firebell_core::settings::Settings;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::org::key;
use super::slack::{Channel, Fake, Kind, Message, Outcome, START, View};
use super::{Org, Place, Terminal};

/// The longest that a story waits for the app to record something.
const LIMIT: Duration = Duration::from_secs(20);

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
}

/// Everything that a story happens in.
pub(crate) struct SlackWorld {
    pub(crate) app: App,
    pub(crate) fake: Fake,
    pub(crate) clock: Clock,
    /// The id of the channel in which people begin.
    pub(crate) general: String,
    accounts: BTreeMap<String, String>,
    setup: Setup,
    place: Place,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// What every process of a story is started with.
struct Setup {
    config: SlackConfig,
    org: Org,
    settings: Settings,
    by_http: bool,
}

impl Before {
    /// Somebody whom the directory does not hold.
    pub(crate) fn newcomer(&mut self, name: &str) -> String {
        let id = self.fake.add_person(name);
        self.accounts.insert(name.to_owned(), id.clone());
        id
    }
}

impl SlackWorld {
    /// A world that begins otherwise.
    pub(crate) async fn with(place: Place, change: impl FnOnce(&mut Before)) -> Self {
        let fake = Fake::start().await;
        let mut config = SlackConfig::named("main");
        (config.api_url, config.connections) = (fake.api(), 1);
        let settings = Settings { default_policy: Some(key("web")), ..Settings::default() };
        let mut before = Before { fake, config, org: org(), settings, by_http: false, accounts: BTreeMap::new() };
        for person in before.org.files.people.clone() {
            before.newcomer(person.handle.as_str());
        }
        change(&mut before);
        Self::start(place, before).await
    }

    async fn start(place: Place, before: Before) -> Self {
        let Before { fake, config, org, settings, by_http, accounts } = before;
        let setup = Setup { config, org, settings, by_http };
        let clock = Clock::manual(DateTime::from_timestamp(START, 0).unwrap());
        let (app, stop, tasks) = setup.process(&place, &fake, &clock).await;
        let general = fake.channel("general").id;
        Self { app, fake, clock, general, accounts, setup, place, stop, tasks }
    }

    /// Effects are carried out until this is so; then the process is killed where it stands, and another one starts on the
    /// same database and clock.
    pub(crate) async fn killed_when(&mut self, so: impl Fn(&Fake) -> bool) {
        let engine = self.app.engine.clone();
        let working = tokio::spawn(async move { engine.settle().await });
        self.fake.until("the moment to be killed", |fake| so(fake).then_some(())).await;
        working.abort();
        for task in self.tasks.drain(..) {
            task.abort();
        }
        let (app, stop, tasks) = self.setup.process(&self.place, &self.fake, &self.clock).await;
        (self.app, self.stop, self.tasks) = (app, stop, tasks);
    }
}

impl Setup {
    async fn process(
        &self,
        place: &Place,
        fake: &Fake,
        clock: &Clock,
    ) -> (App, watch::Sender<bool>, Vec<JoinHandle<()>>) {
        let Self { config, org, settings, by_http } = self;
        let by_http = *by_http;
        let secrets = SlackSecrets {
            bot_token: Secret::new(fake.bot_token()),
            app_token: (!by_http).then(|| Secret::new(fake.app_token())),
            signing_secret: by_http.then(|| Secret::new(fake.signing_secret())),
        };
        let wiring = Wiring {
            store: Store::open(&place.url, StoreOptions::default()).await.unwrap(),
            keyring: Keyring::fixed_for_replay(),
            settings: settings.clone(),
            directory: Some(org.files.clone()),
            renderer: Renderer::new(None).unwrap(),
            clock: clock.clone(),
            entropy: Entropy::System,
            screen: Arc::new(Terminal::new()),
            watched: false,
            retention: Retention { inbox: TimeDelta::days(1), messages: None, files: None },
            slack: vec![SlackWiring { config: config.clone(), secrets: Some(secrets) }],
            alarm_webhook: None,
        };
        let app = App::wire(wiring).await.unwrap();
        let stop = watch::Sender::new(false);
        let mut tasks = vec![tokio::spawn(app.slack[0].clone().run(stop.subscribe()))];
        if by_http {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            fake.deliver_to(&format!("http://{}", listener.local_addr().unwrap()));
            let (router, mut stopped) = (app.slack_router().unwrap(), stop.subscribe());
            let until = async move { drop(stopped.wait_for(|stop| *stop).await) };
            tasks.push(tokio::spawn(async move {
                axum::serve(listener, router).with_graceful_shutdown(until).await.unwrap();
            }));
        } else {
            fake.connected(1).await;
        }
        (app, stop, tasks)
    }
}

impl SlackWorld {
    /// Stops listening, closes the database and removes it.
    pub(crate) async fn end(self) {
        self.stop.send_replace(true);
        for task in self.tasks {
            task.await.unwrap();
        }
        self.app.store.close().await;
        self.place.remove().await;
    }

    pub(crate) fn slack(&self) -> &SlackApp {
        &self.app.slack[0]
    }

    /// The account of somebody.
    pub(crate) fn id(&self, who: &str) -> &str {
        self.accounts.get(who).unwrap_or_else(|| panic!("nobody is called {who}"))
    }

    /// Somebody types `/incident` with this behind it in `#general`; what they are answered. What follows at this instant
    /// happens too.
    pub(crate) async fn types(&self, who: &str, line: &str) -> String {
        self.types_in(&self.general, who, line).await
    }

    pub(crate) async fn types_in(&self, channel: &str, who: &str, line: &str) -> String {
        let outcome = self.fake.slash(self.id(who), channel, "/incident", line).await;
        assert_eq!(outcome.error, None, "/incident {line}");
        self.settle().await;
        outcome.text().to_owned()
    }

    /// Somebody presses a button of the newest message of a channel that has it.
    pub(crate) async fn presses(&self, who: &str, channel: &str, word: &str) -> Outcome {
        let action = format!("firebell:{word}");
        let messages = self.fake.channel_by_id(channel).messages;
        let has = |message: &&Message| buttons(&Value::Array(message.blocks.clone())).contains(&action);
        let ts =
            &messages.iter().rev().find(has).unwrap_or_else(|| panic!("no message has {action}: {messages:#?}")).ts;
        let outcome = self.fake.press(self.id(who), channel, ts, &action).await;
        assert_eq!(outcome.error, None, "{action}");
        self.settle().await;
        outcome
    }

    /// The modal that somebody sees.
    pub(crate) fn form(&self, who: &str) -> View {
        self.fake.open_view(self.id(who)).unwrap_or_else(|| panic!("{who} has no modal open"))
    }

    /// Somebody sends the modal that they see, with these fields filled in.
    pub(crate) async fn submits(&self, who: &str, fields: &[(&str, Value)]) -> Outcome {
        let fields: Vec<(String, Value)> =
            fields.iter().map(|(name, value)| (format!("field:{name}"), value.clone())).collect();
        let fields: Vec<(&str, Value)> = fields.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let outcome = self.fake.submit(self.id(who), &self.form(who).id, &fields).await;
        self.settle().await;
        outcome
    }

    /// What somebody alone was last shown in a channel or written in person.
    pub(crate) fn told(&self, who: &str) -> String {
        let shown = self.fake.ephemerals(self.id(who)).into_iter().map(|shown| (shown.ts, shown.text));
        let written = self.fake.dms(self.id(who)).into_iter().map(|message| (message.ts, message.text));
        shown.chain(written).max().map(|(_, text)| text).unwrap_or_default()
    }

    /// Everything that is due or ready happens, and all that Slack tells of it is taken note of.
    pub(crate) async fn settle(&self) {
        loop {
            let before = (self.fake.calls().len(), self.fake.sent().len());
            self.fake.settled().await;
            self.slack().idle().await;
            self.app.engine.settle().await.unwrap();
            self.fake.settled().await;
            self.slack().idle().await;
            if before == (self.fake.calls().len(), self.fake.sent().len()) {
                return;
            }
        }
    }

    /// Time passes; everything that falls due on the way happens at its own instant.
    pub(crate) async fn advance(&self, span: TimeDelta) {
        let end = self.clock.now() + span;
        loop {
            self.settle().await;
            match self.app.engine.next().await.unwrap() {
                Some(next) if next <= end => self.set_clock(next),
                _ => break,
            }
        }
        self.set_clock(end);
        self.settle().await;
    }

    fn set_clock(&self, at: DateTime<chrono::Utc>) {
        self.fake.pass((at - self.clock.now()).to_std().unwrap_or_default());
        self.clock.set(at).unwrap();
    }

    /// The room of an incident.
    pub(crate) async fn room(&self, number: i64) -> Channel {
        let incident = self.row(number).await;
        let room = incident.rooms.iter().find_map(|room| match &room.state {
            RoomState::Open { external_id, .. } | RoomState::Closed { external_id, .. } => Some(external_id.clone()),
            RoomState::Requested | RoomState::Failed { .. } => None,
        });
        self.fake.channel_by_id(&room.unwrap_or_else(|| panic!("there is no room: {:?}", incident.rooms)))
    }

    /// The direct message between the bot and somebody.
    pub(crate) fn dm(&self, who: &str) -> Channel {
        let account = self.id(who);
        let own = |channel: &&Channel| channel.kind == Kind::Dm && channel.has(account);
        self.fake
            .with(|state| state.channels.values().find(own).cloned())
            .unwrap_or_else(|| panic!("nobody wrote to {who}"))
    }

    /// What Firebell itself said in a channel.
    pub(crate) fn said(&self, channel: &str) -> Vec<Message> {
        let channel = self.fake.channel_by_id(channel);
        channel.said().into_iter().filter(|message| message.by_bot).cloned().collect()
    }

    /// The incident's row.
    pub(crate) async fn row(&self, number: i64) -> Incident {
        let record = self.app.intake.record(Viewer::Operator, IncidentId(number)).await.unwrap().unwrap();
        record.loaded.incident
    }

    /// The timeline as somebody reads it.
    pub(crate) async fn timeline(&self, who: &str, number: i64) -> String {
        self.types(who, &format!("INC-{number} timeline")).await
    }

    /// What `verify` finds.
    pub(crate) async fn broken(&self) -> Vec<String> {
        let reports = self.app.intake.verify(None, None).await.unwrap();
        reports.into_iter().filter_map(|report| report.result.err()).collect()
    }

    /// Somebody changes the tables by hand.
    pub(crate) async fn tampers(&self, sql: &'static str) {
        let changed = self.app.store.write(move |tx| {
            Box::pin(
                async move { Ok(on!(tx, |c| sqlx::query(sql).execute(c).await.map(|done| done.rows_affected()))?) },
            )
        });
        assert!(changed.await.unwrap() > 0, "nothing was changed");
    }

    /// What is kept of what was said in the incident's rooms.
    pub(crate) async fn kept(&self, number: i64) -> Vec<String> {
        let record = self.app.intake.record(Viewer::Operator, IncidentId(number)).await.unwrap().unwrap();
        let text = |held: Captured| if held.deleted { "[deleted]".to_owned() } else { held.text.unwrap_or_default() };
        record.messages.into_iter().map(text).collect()
    }

    /// Waits until so many messages are kept; for what nobody acknowledges.
    pub(crate) async fn until_kept(&self, number: i64, count: usize) {
        let mut changed = self.app.store.changed();
        let kept = async {
            while self.kept(number).await.len() < count {
                changed.changed().await.unwrap();
            }
        };
        tokio::time::timeout(LIMIT, kept).await.expect("it was never kept");
        self.settle().await;
    }

    /// The messages in whose threads those are that are kept.
    pub(crate) async fn parents(&self) -> Vec<Option<String>> {
        let sql = "SELECT parent FROM message ORDER BY incident, number";
        let parents = self
            .app
            .store
            .read(move |tx| Box::pin(async move { Ok(on!(tx, |c| sqlx::query_scalar(sql).fetch_all(c).await)?) }));
        parents.await.unwrap()
    }

    /// Everybody whom the directory holds, by handle.
    pub(crate) async fn handles(&self) -> Vec<String> {
        let directory = self.app.intake.directory().await.unwrap();
        let mut handles: Vec<String> = directory.people.values().map(|person| person.handle.to_string()).collect();
        handles.sort();
        handles
    }
}

/// The names of all buttons of blocks.
pub(crate) fn buttons(blocks: &Value) -> Vec<String> {
    let blocks = blocks.as_array().into_iter().flatten();
    let elements = blocks.flat_map(|block| {
        let elements = block["elements"].as_array().into_iter().flatten();
        elements.chain(block.get("accessory"))
    });
    elements.filter_map(|element| element["action_id"].as_str()).map(str::to_owned).collect()
}

/// The usual people, known to Slack by their addresses and reached there; checkout has a runbook.
fn org() -> Org {
    let mut org = Org::default();
    for person in &mut org.files.people {
        person.email = Some(format!("{}@example.com", person.handle));
        person.contacts = None;
    }
    org.files.default_contact = Some(ContactMethod::Slack);
    org.files.services[0].runbook = Some("https://runbooks.example/checkout".to_owned());
    org
}

/// Runs stories on both databases: `in_slack!(story)` for an `async fn story(world: &mut SlackWorld)`, and
/// `in_slack!(change => story)` for one that begins otherwise.
macro_rules! in_slack {
    ($($story:ident),+ $(,)?) => {
        crate::support::in_slack!(|_| {} => $($story),+);
    };
    ($change:expr => $($story:ident),+ $(,)?) => {$(
        mod $story {
            #[allow(unused_imports, reason = "what the change needs, where it needs anything")]
            use super::*;
            use crate::support::{Place, SlackWorld};

            #[tokio::test]
            async fn on_sqlite() {
                let mut world = SlackWorld::with(Place::sqlite(), $change).await;
                super::$story(&mut world).await;
                world.end().await;
            }

            #[tokio::test]
            async fn on_postgres() {
                let mut world = SlackWorld::with(Place::postgres().await, $change).await;
                super::$story(&mut world).await;
                world.end().await;
            }
        }
    )+};
}
pub(crate) use in_slack;
