//! One world with Slack in it: a Firebell over a real database, a fake Slack that it listens to, people, and one clock.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use chrono::TimeDelta;
use firebell::config::SlackConfig;
use firebell_core::directory::ContactMethod;
use firebell_core::incident::RoomState;
use firebell_core::settings::Settings;
use serde_json::Value;

use super::org::key;
use super::slack::{self, Channel, Fake, Kind, Message, Outcome, START, View};
use super::stage::{Fakes, Setup, Stage};
use super::{Org, Place};

/// Everything that a story happens in.
pub(crate) struct SlackWorld {
    stage: Stage,
    pub(crate) fake: Fake,
    /// The id of the channel in which people begin.
    pub(crate) general: String,
    accounts: BTreeMap<String, String>,
    others: Vec<Elsewhere>,
}

/// A workspace that the story does not look at just now.
struct Elsewhere {
    fake: Fake,
    general: String,
    accounts: BTreeMap<String, String>,
}

impl Deref for SlackWorld {
    type Target = Stage;

    fn deref(&self) -> &Stage {
        &self.stage
    }
}

impl DerefMut for SlackWorld {
    fn deref_mut(&mut self) -> &mut Stage {
        &mut self.stage
    }
}

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
fn configured(name: &str, fake: &Fake) -> SlackConfig {
    let mut config = SlackConfig::named(name);
    (config.api_url, config.connections) = (fake.api(), 1);
    config
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
        let configs = std::iter::once(config).chain(others).collect();
        let mut setup = Setup::of(org, settings);
        (setup.slack, setup.by_http) = (configs, by_http);
        let all: Vec<Fake> = std::iter::once(&fake).chain(&fakes).cloned().collect();
        let elsewhere = |fake: Fake| Elsewhere {
            general: fake.channel("general").id,
            accounts: fake
                .with(|state| state.users.values().map(|user| (user.name.clone(), user.id.clone())).collect()),
            fake,
        };
        let others: Vec<Elsewhere> = fakes.into_iter().map(elsewhere).collect();
        let general = fake.channel("general").id;
        let stage = Stage::start(place, setup, Fakes { slack: all, ..Fakes::default() }, START).await;
        Self { stage, fake, general, accounts, others }
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
        let fake = self.fake.clone();
        self.killed_at(fake.until("the moment to be killed", |fake| so(fake).then_some(()))).await;
    }

    /// Time passes in spans until it is so; for what looks at the clock by itself, and may do so only after it was moved.
    pub(crate) async fn advance_until(&self, span: TimeDelta, so: impl Fn(&Fake) -> bool) {
        let is_so = || self.fake.until("what is to happen", |fake| so(fake).then_some(()));
        self.advance_while(span, is_so).await;
    }

    /// Stops listening, closes the database and removes it.
    pub(crate) async fn end(self) {
        self.stage.end().await;
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

    /// The timeline as somebody reads it.
    pub(crate) async fn timeline(&self, who: &str, number: i64) -> String {
        self.types(who, &format!("INC-{number} timeline")).await
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
    org.files.default_contacts = vec![ContactMethod::Slack];
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
