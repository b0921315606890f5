//! One world with Slack in it: a Firebell over a real database, a fake Slack that it listens to, people, and one clock.

mod log;
mod process;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta};
use firebell::app::App;
use firebell::clock::Clock;
use firebell::config::SlackConfig;
use firebell::store::on;
use firebell_core::facts::Captured;
use firebell_core::ids::IncidentId;
use firebell_core::incident::{Incident, RoomState};
use firebell_core::policy::Viewer;
use firebell_core::settings::Settings;
use serde_json::Value;

use self::log::Log;
pub(crate) use self::process::Before;
use self::process::{Process, Setup, configured, org};
use super::org::key;
use super::slack::{Channel, Fake, Kind, Message, Outcome, START, View};
use super::{Org, Place};

/// The longest that a story waits for the app to record something.
const LIMIT: Duration = Duration::from_secs(20);

/// Everything that a story happens in.
pub(crate) struct SlackWorld {
    pub(crate) app: App,
    pub(crate) fake: Fake,
    pub(crate) clock: Clock,
    /// The id of the channel in which people begin.
    pub(crate) general: String,
    pub(crate) place: Place,
    accounts: BTreeMap<String, String>,
    others: Vec<Elsewhere>,
    setup: Setup,
    process: Process,
    /// What the engine logs, which runs on the thread of the story.
    _listening: tracing::dispatcher::DefaultGuard,
}

/// A workspace that the story does not look at just now.
struct Elsewhere {
    fake: Fake,
    general: String,
    accounts: BTreeMap<String, String>,
}

impl SlackWorld {
    /// A world that begins otherwise.
    pub(crate) async fn with(place: Place, change: impl FnOnce(&mut Before)) -> Self {
        let fake = Fake::start().await;
        let (config, accounts) = (configured("main", &fake), BTreeMap::new());
        let settings = Settings { default_policy: Some(key("web")), ..Settings::default() };
        let mut before = Before { fake, config, org: org(), settings, by_http: false, accounts, others: Vec::new() };
        for person in before.org.files.people.clone() {
            before.newcomer(person.handle.as_str());
        }
        change(&mut before);
        Self::start(place, before).await
    }

    async fn start(place: Place, before: Before) -> Self {
        let Before { fake, config, org, settings, by_http, accounts, others } = before;
        let (fakes, others): (Vec<Fake>, Vec<SlackConfig>) = others.into_iter().unzip();
        let log = Log::default();
        let listening = log.listen();
        let setup = Setup { log, configs: std::iter::once(config).chain(others).collect(), org, settings, by_http };
        let elsewhere = |fake: Fake| Elsewhere {
            general: fake.channel("general").id,
            accounts: fake
                .with(|state| state.users.values().map(|user| (user.name.clone(), user.id.clone())).collect()),
            fake,
        };
        let others: Vec<Elsewhere> = fakes.into_iter().map(elsewhere).collect();
        let clock = Clock::manual(DateTime::from_timestamp(START, 0).unwrap());
        let all: Vec<Fake> = std::iter::once(&fake).chain(others.iter().map(|other| &other.fake)).cloned().collect();
        let (app, process) = setup.process(&place, all, &clock).await;
        let general = fake.channel("general").id;
        Self { app, fake, clock, general, place, accounts, others, setup, process, _listening: listening }
    }

    /// From now on the story looks at the other workspace.
    pub(crate) fn goes_over(&mut self) {
        let other = self.others.first_mut().expect("there is but one workspace");
        std::mem::swap(&mut self.fake, &mut other.fake);
        std::mem::swap(&mut self.general, &mut other.general);
        std::mem::swap(&mut self.accounts, &mut other.accounts);
    }

    /// Effects are carried out until this is so; then the process is killed where it stands, and another one starts on the
    /// same database and clock.
    pub(crate) async fn killed_when(&mut self, so: impl Fn(&Fake) -> bool) {
        let engine = self.app.engine.clone();
        let working = self.process.runtime.spawn(async move { engine.settle().await });
        self.fake.until("the moment to be killed", |fake| so(fake).then_some(())).await;
        working.abort();
        self.is_killed().await;
        self.starts().await;
    }

    /// The process is killed where it stands. What Slack has to say meanwhile reaches nobody.
    pub(crate) async fn is_killed(&mut self) {
        std::mem::replace(&mut self.process, Process::empty(&self.setup.log)).runtime.shutdown_background();
        self.fake.until("the end of its connections", |fake| fake.sockets().is_empty().then_some(())).await;
    }

    /// A process starts on the same database and clock. Slack sends again what nobody acknowledged.
    pub(crate) async fn starts(&mut self) {
        let (app, process) = self.setup.process(&self.place, self.fakes(), &self.clock).await;
        let ended = std::mem::replace(&mut self.process, process);
        ended.runtime.shutdown_background();
        self.app = app;
        for fake in self.fakes() {
            fake.redeliver();
        }
    }

    /// The configuration of people and policies is changed and applied.
    pub(crate) async fn reorganise(&mut self, change: impl FnOnce(&mut Org)) {
        change(&mut self.setup.org);
        self.app.bring_in(self.setup.org.files.clone()).await.unwrap();
    }

    /// The warnings and errors of the log that have this in them.
    pub(crate) fn logged(&self, text: &str) -> Vec<String> {
        self.setup.log.lines().into_iter().filter(|line| line.contains(text)).collect()
    }

    fn fakes(&self) -> Vec<Fake> {
        std::iter::once(&self.fake).chain(self.others.iter().map(|other| &other.fake)).cloned().collect()
    }
}

impl SlackWorld {
    /// Stops listening, closes the database and removes it.
    pub(crate) async fn end(self) {
        self.process.stop.send_replace(true);
        for task in self.process.tasks {
            task.await.unwrap();
        }
        self.app.store.close().await;
        self.process.runtime.shutdown_background();
        self.place.remove().await;
    }

    /// Everything that Slack sent is acknowledged, and nothing of it is worked on.
    async fn listened(&self) {
        for fake in self.fakes() {
            fake.settled().await;
        }
        for slack in &self.app.slack {
            slack.idle().await;
        }
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
        let told = || self.fakes().iter().map(|fake| (fake.calls().len(), fake.sent().len())).collect::<Vec<_>>();
        loop {
            let before = told();
            self.listened().await;
            self.app.engine.settle().await.unwrap();
            self.listened().await;
            if before == told() {
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

    /// Time passes in spans until it is so; for what looks at the clock by itself, and may do so only after it was moved.
    pub(crate) async fn advance_until(&self, span: TimeDelta, so: impl Fn(&Fake) -> bool) {
        let began = Instant::now();
        loop {
            self.advance(span).await;
            let is_so = self.fake.until("what is to happen", |fake| so(fake).then_some(()));
            match tokio::time::timeout(Duration::from_millis(300), is_so).await {
                Ok(()) => return,
                Err(_) => assert!(began.elapsed() < LIMIT, "it never happens"),
            }
        }
    }

    fn set_clock(&self, at: DateTime<chrono::Utc>) {
        for fake in self.fakes() {
            fake.pass((at - self.clock.now()).to_std().unwrap_or_default());
        }
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

    /// Waits until just this is kept; for what nobody acknowledges.
    pub(crate) async fn until_keeps(&self, number: i64, texts: &[&str]) {
        let mut changed = self.app.store.changed();
        let kept = async {
            while self.kept(number).await != texts {
                changed.changed().await.unwrap();
            }
        };
        let kept = tokio::time::timeout(LIMIT, kept).await;
        assert!(kept.is_ok(), "it stays {:?}", self.kept(number).await);
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
