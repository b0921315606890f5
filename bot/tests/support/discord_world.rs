//! One world with Discord in it, and with Slack beside it where a story wants both.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use firebell::config::{Chat, DiscordConfig, SlackConfig};
use firebell_core::directory::ContactMethod;
use firebell_core::directory::plan::FileAccount;
use firebell_core::incident::RoomState;
use firebell_core::settings::Settings;

use super::discord::{Channel, Fake, Message, Modal, Outcome, START};
use super::org::key;
use super::stage::{Fakes, Setup, Stage};
use super::{Org, Place, slack};

/// Everything that a story happens in.
pub(crate) struct DiscordWorld {
    stage: Stage,
    pub(crate) fake: Fake,
    /// The Slack workspace, where there is one.
    slack: Option<slack::Fake>,
    /// The id of the channel in which people begin.
    pub(crate) general: String,
    /// The id of the forum whose posts are rooms.
    pub(crate) forum: String,
    accounts: BTreeMap<String, String>,
}

/// What a story begins with, to be changed before anything runs.
pub(crate) struct Before {
    pub(crate) fake: Fake,
    pub(crate) config: DiscordConfig,
    pub(crate) org: Org,
    pub(crate) settings: Settings,
    /// Discord posts signed requests beside the gateway.
    pub(crate) by_http: bool,
    /// The accounts of the people of the directory and of those who are added.
    pub(crate) accounts: BTreeMap<String, String>,
    /// A Slack workspace beside it.
    pub(crate) slack: Option<(slack::Fake, SlackConfig)>,
}

impl Before {
    /// Somebody whom the directory does not hold.
    pub(crate) fn newcomer(&mut self, name: &str) -> String {
        let id = self.fake.add_person(name);
        self.accounts.insert(name.to_owned(), id.clone());
        id
    }

    /// A Slack workspace in which the people of the directory have accounts, too.
    pub(crate) fn connect_slack(&mut self) {
        let fake = slack::Fake::begin(slack::Settings::default());
        for person in &mut self.org.files.people {
            let external_id = fake.add_person(person.handle.as_str());
            person.accounts.push(FileAccount { workspace: Chat::Slack.label("main"), external_id });
        }
        let mut config = SlackConfig::named("main");
        (config.api_url, config.connections) = (fake.api(), 1);
        self.org.files.default_contacts.insert(0, ContactMethod::Slack);
        self.slack = Some((fake, config));
    }
}

impl Deref for DiscordWorld {
    type Target = Stage;

    fn deref(&self) -> &Stage {
        &self.stage
    }
}

impl DerefMut for DiscordWorld {
    fn deref_mut(&mut self) -> &mut Stage {
        &mut self.stage
    }
}

impl DiscordWorld {
    /// A world that begins otherwise.
    pub(crate) async fn with(place: Place, change: impl FnOnce(&mut Before)) -> Self {
        let fake = Fake::start().await;
        let forum = fake.add_forum("incidents", &[]);
        let mut config = DiscordConfig::named("main");
        config.api_url = fake.api();
        (config.guild, config.forum) = (Some(fake.guild()), Some(forum.clone()));
        let settings = Settings { default_policy: Some(key("web")), ..Settings::default() };
        let (org, accounts) = (Org::default(), BTreeMap::new());
        let mut before = Before { fake, config, org, settings, by_http: false, accounts, slack: None };
        before.org.files.default_contacts = vec![ContactMethod::Discord, ContactMethod::DiscordRoom];
        before.org.files.services[0].runbook = Some("https://runbooks.example/checkout".to_owned());
        for handle in before.org.files.people.iter().map(|person| person.handle.to_string()).collect::<Vec<_>>() {
            before.newcomer(&handle);
        }
        for person in &mut before.org.files.people {
            let external_id = before.accounts[person.handle.as_str()].clone();
            person.contacts = None;
            person.accounts = vec![FileAccount { workspace: Chat::Discord.label("main"), external_id }];
        }
        change(&mut before);
        Self::start(place, before, forum).await
    }

    async fn start(place: Place, before: Before, forum: String) -> Self {
        let Before { fake, config, org, settings, by_http, accounts, slack } = before;
        let (slack, in_slack) = slack.unzip();
        let mut setup = Setup::of(org, settings);
        (setup.discord, setup.slack, setup.by_http) = (vec![config], in_slack.into_iter().collect(), by_http);
        let fakes = Fakes { discord: vec![fake.clone()], slack: slack.iter().cloned().collect() };
        let general = fake.channel("general").id;
        let stage = Stage::start(place, setup, fakes, START).await;
        // The commands are registered by then, and what is examined at the start is.
        fake.until("the commands to be registered", |fake| (fake.command_writes() > 0).then_some(())).await;
        Self { stage, fake, slack, general, forum, accounts }
    }

    /// The Slack workspace.
    pub(crate) fn slack(&self) -> &slack::Fake {
        self.slack.as_ref().expect("no Slack is connected")
    }

    /// The account of somebody in Discord.
    pub(crate) fn id(&self, who: &str) -> &str {
        self.accounts.get(who).unwrap_or_else(|| panic!("nobody is called {who}"))
    }

    /// Their account in Slack.
    pub(crate) fn slack_id(&self, who: &str) -> String {
        let id =
            self.slack().with(|state| state.users.values().find(|user| user.name == who).map(|user| user.id.clone()));
        id.unwrap_or_else(|| panic!("nobody is called {who} in Slack"))
    }

    /// Somebody gives a command in `#general`, such as `incident declare`; what they are answered. What follows at this
    /// instant happens too.
    pub(crate) async fn types(&self, who: &str, words: &str, options: &[(&str, &str)]) -> String {
        self.types_in(&self.general, who, words, options).await
    }

    pub(crate) async fn types_in(&self, channel: &str, who: &str, words: &str, options: &[(&str, &str)]) -> String {
        let outcome = self.fake.slash(self.id(who), channel, words, options).await;
        assert_eq!(outcome.error, None, "/{words}");
        assert!(outcome.message().is_none() || outcome.is_ephemeral(), "only who asked sees the answer");
        self.settle().await;
        self.fake.answer_to(&outcome).map(|message| message.content).unwrap_or_default()
    }

    /// Somebody types `/incident` in Slack's `#general`.
    pub(crate) async fn types_in_slack(&self, who: &str, line: &str) -> String {
        let general = self.slack().channel("general").id;
        let outcome = self.slack().slash(&self.slack_id(who), &general, "/incident", line).await;
        assert_eq!(outcome.error, None, "/incident {line}");
        self.settle().await;
        outcome.text().to_owned()
    }

    /// Somebody presses a button, by its label, of the newest message of a channel that has it.
    pub(crate) async fn presses(&self, who: &str, channel: &str, label: &str) -> Outcome {
        let messages = self.fake.seen_by(self.id(who), channel);
        let has = |message: &&Message| message.buttons().iter().any(|held| held == label);
        let message =
            messages.iter().rev().find(has).unwrap_or_else(|| panic!("no message has {label}: {messages:#?}"));
        let outcome = self.fake.press(self.id(who), channel, &message.id, label).await;
        assert_eq!(outcome.error, None, "{label}");
        self.settle().await;
        outcome
    }

    /// Somebody sends a form.
    pub(crate) async fn submits(&self, who: &str, modal: &Modal, fields: &[(&str, &str)]) -> Outcome {
        let outcome = self.fake.submits(self.id(who), modal, fields).await;
        self.settle().await;
        outcome
    }

    /// The room of an incident in Discord.
    pub(crate) async fn room(&self, number: i64) -> Channel {
        let incident = self.row(number).await;
        let room = incident.rooms.iter().find_map(|room| match &room.state {
            RoomState::Open { external_id, .. } | RoomState::Closed { external_id, .. } => {
                self.fake.channels().into_iter().find(|channel| channel.id == *external_id)
            }
            RoomState::Requested | RoomState::Failed { .. } => None,
        });
        room.unwrap_or_else(|| panic!("there is no room: {:?}", incident.rooms))
    }

    /// The tags of a post, by their names.
    pub(crate) fn tags(&self, post: &str) -> Vec<String> {
        let mut tags = self.fake.tags_of(post);
        tags.sort();
        tags
    }

    /// What Firebell itself said in a channel.
    pub(crate) fn said(&self, channel: &str) -> Vec<Message> {
        let (channel, bot) = (self.fake.channel_by_id(channel), self.fake.bot_user());
        channel.said().into_iter().filter(|message| message.author == bot).cloned().collect()
    }

    /// What somebody alone was last shown in a channel or written in person.
    pub(crate) fn told(&self, who: &str) -> String {
        let shown = self.fake.ephemerals(self.id(who)).into_iter().map(|shown| shown.message);
        let written = self.fake.dms(self.id(who));
        let newest = shown.chain(written).max_by_key(|message| message.id.parse::<u64>().unwrap_or(0));
        newest.map(|message| message.content).unwrap_or_default()
    }

    /// Effects are carried out until this is so; then the process is killed where it stands, and another one starts.
    pub(crate) async fn killed_when(&mut self, so: impl Fn(&Fake) -> bool) {
        let fake = self.fake.clone();
        self.killed_at(fake.until("the moment to be killed", |fake| so(fake).then_some(()))).await;
    }

    /// Stops listening, closes the database and removes it. Nothing that Discord was sent broke its own description.
    pub(crate) async fn end(self) {
        assert_eq!(self.fake.violations(), Vec::<String>::new());
        self.stage.end().await;
    }
}

/// Runs stories on both databases: `in_discord!(story)` for an `async fn story(world: &mut DiscordWorld)`, and
/// `in_discord!(change => story)` for one that begins otherwise.
macro_rules! in_discord {
    ($($story:ident),+ $(,)?) => {
        crate::support::in_discord!(|_| {} => $($story),+);
    };
    ($change:expr => $($story:ident),+ $(,)?) => {$(
        mod $story {
            #[allow(unused_imports, reason = "what the change needs, where it needs anything")]
            use super::*;
            use crate::support::{DiscordWorld, Place};

            #[tokio::test]
            async fn on_sqlite() {
                let mut world = DiscordWorld::with(Place::sqlite(), $change).await;
                super::$story(&mut world).await;
                world.end().await;
            }

            #[tokio::test]
            async fn on_postgres() {
                let mut world = DiscordWorld::with(Place::postgres().await, $change).await;
                super::$story(&mut world).await;
                world.end().await;
            }
        }
    )+};
}
pub(crate) use in_discord;
