//! One world: a Firebell over a real database, a terminal, people, and a clock that is moved by hand.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use firebell::app::{App, Wiring};
use firebell::calendars::Reach;
use firebell::clock::Clock;
use firebell::doors::TwilioDoor;
use firebell::engine::{Retention, Synthetic};
use firebell::entropy::Entropy;
use firebell::heartbeat::Heartbeat;
use firebell::intake::{From, Heard, Inbound, Says};
use firebell::notifiers::Notifiers;
use firebell::notify::guard::Guard;
use firebell::render::{Renderer, Target};
use firebell::seal::Keyring;
use firebell::store::{Store, StoreOptions, Tx, incidents, on};
use firebell::targets::Targets;
use firebell::trackers::Trackers;
use firebell_core::actor::Actor;
use firebell_core::ids::{IncidentId, MessageId};
use firebell_core::incident::Incident;
use firebell_core::message::Happened;
use firebell_core::policy::Viewer;
use firebell_core::settings::{Field, Role, Settings};
use firebell_core::timeline::Entry;
use sqlx::AssertSqlSafe;
use tokio::task::JoinHandle;

use super::org::key;
use super::{Org, Place, Terminal, Watcher};

/// Everything that a story happens in.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) clock: Clock,
    pub(crate) terminal: Arc<Terminal>,
    pub(crate) org: Org,
    settings: Settings,
    proof: Proof,
    beside: Beside,
    place: Place,
    /// Every request has an id of its own, also after a restart.
    requests: u64,
    /// What the platform calls the message that was last said, and when that was.
    last_said: (String, DateTime<Utc>),
}

/// What there is beside the console.
#[derive(Clone, Default)]
pub(crate) struct Beside {
    pub(crate) notifiers: Notifiers,
    pub(crate) twilio: Option<TwilioDoor>,
    pub(crate) trackers: Trackers,
    pub(crate) targets: Targets,
}

/// By what it proves that it works.
#[derive(Default)]
struct Proof {
    /// The watcher's URL, where there is a watcher.
    watcher: Option<String>,
    synthetic: Option<Synthetic>,
}

/// A Monday at nine.
fn monday() -> DateTime<Utc> {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

pub(crate) fn minutes(count: i64) -> TimeDelta {
    TimeDelta::minutes(count)
}

pub(crate) fn seconds(count: i64) -> TimeDelta {
    TimeDelta::seconds(count)
}

impl World {
    pub(crate) async fn on(place: Place) -> Self {
        let (clock, terminal, org) = (Clock::manual(monday()), Arc::new(Terminal::new()), Org::default());
        let settings = settings();
        let app =
            wire(&place, &clock, (&terminal, false), (&org, &settings, &Proof::default(), &Beside::default())).await;
        let last_said = (String::new(), monday());
        let world = Self {
            app,
            clock,
            terminal,
            org,
            settings,
            proof: Proof::default(),
            beside: Beside::default(),
            place,
            requests: 0,
            last_said,
        };
        for person in &world.org.files.people {
            world.app.intake.introduce(world.app.console, &person.handle).await.unwrap();
        }
        world
    }

    /// Closes the database and removes it.
    pub(crate) async fn end(self) {
        self.app.store.close().await;
        self.place.remove().await;
    }

    /// Someone writes a line outside of any room; what follows at this instant happens too.
    pub(crate) async fn says(&mut self, who: &str, line: &str) -> String {
        let reply = self.asks(who, None, line).await;
        self.settle().await;
        reply
    }

    /// Someone writes a line in a room.
    pub(crate) async fn says_in(&mut self, room: &str, who: &str, line: &str) -> String {
        let reply = self.asks(who, Some(room), line).await;
        self.settle().await;
        reply
    }

    /// Someone writes a line, and nothing of what follows is done yet.
    pub(crate) async fn asks(&mut self, who: &str, room: Option<&str>, line: &str) -> String {
        self.requests += 1;
        let inbound = self.inbound(&format!("request-{}", self.requests), who, line);
        self.takes(Inbound { room: room.map(str::to_owned), ..inbound }).await
    }

    pub(crate) async fn takes(&self, inbound: Inbound) -> String {
        let answer = self.app.intake.take(inbound).await.unwrap();
        self.app.intake.words(Target::Console, &answer, Tz::UTC).unwrap().trim_end().to_owned()
    }

    pub(crate) fn inbound(&self, id: &str, who: &str, line: &str) -> Inbound {
        Inbound {
            workspace: self.app.console,
            id: id.to_owned(),
            from: From::Account { external_id: who.to_owned() },
            room: None,
            says: Says::Line(line.to_owned()),
            target: Target::Console,
        }
    }

    /// Someone talks in a room; the refusal in words when what they said cannot be kept.
    pub(crate) async fn talks(&mut self, room: &str, who: &str, text: &str) -> Result<(), String> {
        self.requests += 1;
        self.last_said = (format!("message-{}", self.requests), self.clock.now());
        let said = Happened::Said { author: who.to_owned(), text: text.to_owned() };
        self.hears_of_last(room, said).await
    }

    /// What was last said in a room is edited.
    pub(crate) async fn edits(&self, room: &str, who: &str, text: &str) -> Result<(), String> {
        let (author, at, text) = (who.to_owned(), self.clock.now(), text.to_owned());
        self.hears_of_last(room, Happened::Edited { author, at, text }).await
    }

    /// What was last said in a room is deleted.
    pub(crate) async fn deletes(&self, room: &str) -> Result<(), String> {
        self.hears_of_last(room, Happened::Deleted { at: self.clock.now() }).await
    }

    async fn hears_of_last(&self, room: &str, what: Happened<String>) -> Result<(), String> {
        let (external_id, sent_at) = &self.last_said;
        self.hears(room, (external_id, *sent_at), what).await.map(drop)
    }

    /// A platform tells what happened to the message that it calls so; answers its number.
    pub(crate) async fn hears(
        &self,
        room: &str,
        (external_id, sent_at): (&str, DateTime<Utc>),
        what: Happened<String>,
    ) -> Result<Option<MessageId>, String> {
        let (room, external_id) = (room.to_owned(), external_id.to_owned());
        let heard = Heard {
            workspace: self.app.console,
            room,
            external_id,
            sent_at,
            parent: None,
            wanted: false,
            what,
            files: Vec::new(),
        };
        let place = self.app.intake.hear(heard).await.unwrap().map_err(|refusal| refusal.to_string())?;
        Ok(place.map(|(_, message)| message))
    }

    /// Everything that is due or ready at this instant happens.
    pub(crate) async fn settle(&self) {
        self.app.engine.settle().await.unwrap();
    }

    /// The same in a task of its own, for a terminal that hangs.
    pub(crate) fn settles(&self) -> JoinHandle<()> {
        let engine = self.app.engine.clone();
        tokio::spawn(async move { engine.settle().await.unwrap() })
    }

    /// Time passes; everything that falls due on the way happens at its own instant.
    pub(crate) async fn advance(&self, span: TimeDelta) {
        let end = self.clock.now() + span;
        loop {
            self.settle().await;
            match self.app.engine.next().await.unwrap() {
                Some(next) if next <= end => self.clock.set(next).unwrap(),
                _ => break,
            }
        }
        self.clock.set(end).unwrap();
        self.settle().await;
    }

    /// The process is killed and another starts on the same database, terminal and clock.
    pub(crate) async fn restart(&mut self) {
        self.app = self.replica().await;
    }

    /// The same with other settings.
    pub(crate) async fn restart_with(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings);
        self.restart().await;
    }

    /// The same with a watcher outside.
    pub(crate) async fn is_watched_by(&mut self, watcher: &Watcher) {
        self.proof.watcher = Some(watcher.url.clone());
        self.restart().await;
    }

    /// The same with a synthetic page.
    pub(crate) async fn proves_itself(&mut self, synthetic: Synthetic) {
        self.proof.synthetic = Some(synthetic);
        self.restart().await;
    }

    /// A second process on the same database.
    pub(crate) async fn replica(&self) -> App {
        wire(&self.place, &self.clock, (&self.terminal, false), (&self.org, &self.settings, &self.proof, &self.beside))
            .await
    }

    /// A process with a terminal of its own, before which somebody sits.
    pub(crate) async fn console(&self) -> (App, Arc<Terminal>) {
        let terminal = Arc::new(Terminal::new());
        let app =
            wire(&self.place, &self.clock, (&terminal, true), (&self.org, &self.settings, &self.proof, &self.beside))
                .await;
        (app, terminal)
    }

    /// The configuration is changed and applied.
    pub(crate) async fn reorganise(&mut self, change: impl FnOnce(&mut Org)) {
        change(&mut self.org);
        let files = firebell::notifiers::sealed(&Keyring::fixed_for_replay(), self.org.files.clone()).unwrap();
        let wanted: firebell::intake::Wanted = Arc::new(move |directory, mint| directory.plan(&files, mint));
        self.app.intake.change_directory(Actor::files(), wanted).await.unwrap();
    }

    /// The incident's row.
    pub(crate) async fn row(&self, number: i64) -> Incident {
        let record = self.app.intake.record(Viewer::Operator, IncidentId(number)).await.unwrap().unwrap();
        record.loaded.incident
    }

    /// The incident's entries.
    pub(crate) async fn history(&self, number: i64) -> Vec<Entry> {
        self.app.intake.record(Viewer::Operator, IncidentId(number)).await.unwrap().unwrap().entries
    }

    /// The numbers of all incidents.
    pub(crate) async fn numbers(&self) -> Vec<i64> {
        let numbers = self.store().read(|tx| Box::pin(incidents::numbers(tx))).await.unwrap();
        numbers.into_iter().map(|id| id.0).collect()
    }

    /// What the record says of itself: nothing when every stream verifies.
    pub(crate) async fn broken(&self) -> Vec<String> {
        let reports = self.app.intake.verify(None, None).await.unwrap();
        reports.into_iter().filter_map(|report| report.result.err()).collect()
    }

    /// The rows of all incidents are what their entries add up to.
    pub(crate) async fn adds_up(&self) {
        for number in self.numbers().await {
            // One snapshot: somebody else may still be at work.
            let record = self.app.intake.record(Viewer::Operator, IncidentId(number)).await.unwrap().unwrap();
            let row = record.loaded.incident;
            let mut folded = Incident::fold(&record.entries).unwrap();
            folded.version = row.version;
            assert_eq!(folded, row);
        }
    }

    /// The files of the database, with what they hold.
    pub(crate) fn files(&self) -> Vec<(String, Vec<u8>)> {
        self.place.files()
    }

    /// Every connection to the database ends, as when its server starts again.
    pub(crate) async fn sever(&self) {
        self.place.sever().await;
    }

    pub(crate) fn store(&self) -> &Store {
        &self.app.store
    }

    /// Changes the database behind Firebell's back.
    pub(crate) async fn tampers(&self, sql: &str) {
        let sql = sql.to_owned();
        let changed = self.store().write(move |tx| {
            let sql = AssertSqlSafe(sql.clone());
            Box::pin(
                async move { Ok(on!(tx, |c| sqlx::query(sql).execute(c).await.map(|done| done.rows_affected()))?) },
            )
        });
        assert!(changed.await.unwrap() > 0, "nothing was changed");
    }

    pub(crate) async fn on_postgres(&self) -> bool {
        self.store().read(|tx| Box::pin(async move { Ok(matches!(tx, Tx::Pg(_))) })).await.unwrap()
    }

    /// The process stops, and one with these contact methods takes over.
    pub(crate) async fn restart_beside(&mut self, beside: Beside) {
        self.beside = beside;
        self.restart().await;
    }

    /// Whether a person was told of a page.
    pub(crate) fn paged(&self, who: &str) {
        assert!(self.pages(who) > 0, "@{who} was not paged: {:?}", self.terminal.told(who));
    }

    pub(crate) fn not_paged(&self, who: &str) {
        assert_eq!(self.pages(who), 0, "@{who} was paged: {:?}", self.terminal.told(who));
    }

    /// How many notices reached a person.
    pub(crate) fn pages(&self, who: &str) -> usize {
        self.terminal.told(who).iter().filter(|text| text.contains("you are paged")).count()
    }
}

/// Besides the defaults: a default policy, a further type and role, and custom fields.
fn settings() -> Settings {
    let mut settings = Settings { default_policy: Some(key("web")), ..Settings::default() };
    settings.types.push(key("security"));
    settings.roles.push(Role { key: key("legal"), name: "legal counsel".to_owned() });
    let values = ["eu", "us"].map(str::to_owned).to_vec();
    settings.fields = vec![
        Field { key: key("region"), name: "region".to_owned(), values },
        Field { key: key("ticket"), name: "support ticket".to_owned(), values: Vec::new() },
    ];
    settings
}

/// Every template, read once for all starts of a test.
pub(crate) fn renderer() -> Renderer {
    static READ: LazyLock<Renderer> = LazyLock::new(|| Renderer::new(None).unwrap());
    READ.clone()
}

async fn wire(
    place: &Place,
    clock: &Clock,
    (terminal, watched): (&Arc<Terminal>, bool),
    (org, settings, proof, beside): (&Org, &Settings, &Proof, &Beside),
) -> App {
    let wiring = Wiring {
        store: Store::open(&place.url, StoreOptions::default()).await.unwrap(),
        keyring: Keyring::fixed_for_replay(),
        settings: settings.clone(),
        directory: Some(org.files.clone()),
        renderer: renderer(),
        clock: clock.clone(),
        entropy: Entropy::System,
        screen: terminal.clone(),
        watched,
        retention: Retention { inbox: TimeDelta::days(1), messages: None, files: None },
        slack: Vec::new(),
        discord: Vec::new(),
        alarm_webhook: None,
        notifiers: beside.notifiers.clone(),
        trackers: beside.trackers.clone(),
        targets: beside.targets.clone(),
        twilio: beside.twilio.clone(),
        synthetic: proof.synthetic.clone(),
        calendars: Reach { guard: Guard::allowing_private_networks(), patience: Duration::from_secs(3) },
        heartbeat: proof.watcher.as_ref().map(|url| Heartbeat::new(url.parse().unwrap(), minutes(1))),
    };
    Box::pin(App::wire(wiring)).await.unwrap()
}
