//! What a story about chat platforms happens on: a Firebell over a real database, the platforms that it listens to, and one
//! clock.

mod log;
mod process;

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta};
use firebell::app::App;
use firebell::clock::Clock;
use firebell::store::on;
use firebell_core::facts::Captured;
use firebell_core::ids::IncidentId;
use firebell_core::incident::Incident;
use firebell_core::policy::Viewer;

use self::process::Process;
pub(crate) use self::process::with_room_files;
pub(super) use self::process::{Fakes, Setup};
use super::{Org, Place};

/// The longest that a story waits for the app to record something.
const LIMIT: Duration = Duration::from_secs(20);
/// How long nobody else listens to Discord's gateway once a process is killed.
const LEASE: TimeDelta = TimeDelta::seconds(7);
/// How long something is waited for before the clock is moved once more.
const MOMENT: Duration = Duration::from_millis(300);

/// Everything that the platforms of a story share.
pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) clock: Clock,
    pub(crate) place: Place,
    fakes: Fakes,
    setup: Setup,
    process: Process,
    /// What the engine logs, which runs on the thread of the story.
    _listening: tracing::dispatcher::DefaultGuard,
}

impl Stage {
    /// A first process on these platforms.
    pub(super) async fn start(place: Place, setup: Setup, fakes: Fakes, start: i64) -> Self {
        let listening = setup.log.listen();
        let clock = Clock::manual(DateTime::from_timestamp(start, 0).unwrap());
        let (app, process) = setup.process(&place, &fakes, &clock).await;
        Self { app, clock, place, fakes, setup, process, _listening: listening }
    }

    /// Effects are carried out until this is so; then the process is killed where it stands, and another one starts on the
    /// same database and clock.
    pub(crate) async fn killed_at(&mut self, moment: impl Future<Output = ()>) {
        let engine = self.app.engine.clone();
        let working = self.process.runtime.spawn(async move { engine.settle().await });
        moment.await;
        working.abort();
        self.is_killed().await;
        self.starts().await;
    }

    /// The process is killed where it stands. What platforms have to say meanwhile reaches nobody.
    pub(crate) async fn is_killed(&mut self) {
        std::mem::replace(&mut self.process, Process::empty(&self.setup.log)).runtime.shutdown_background();
        self.fakes.alone().await;
    }

    /// A process starts on the same database and clock. Slack sends again what nobody acknowledged.
    pub(crate) async fn starts(&mut self) {
        if !self.fakes.discord.is_empty() {
            // The lease of one that was killed has to run out first.
            self.set_clock(self.clock.now() + LEASE);
        }
        let (app, process) = self.setup.process(&self.place, &self.fakes, &self.clock).await;
        let ended = std::mem::replace(&mut self.process, process);
        ended.runtime.shutdown_background();
        self.app = app;
        for fake in &self.fakes.slack {
            fake.redeliver();
        }
    }

    /// Another process starts beside this one, which is killed when it is there; that other one goes on.
    pub(crate) async fn is_followed(&mut self) {
        let (app, process) = self.setup.process(&self.place, &self.fakes, &self.clock).await;
        std::mem::replace(&mut self.process, process).runtime.shutdown_background();
        self.app = app;
    }

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

    /// Everything that platforms sent is received, and nothing of it is worked on.
    async fn listened(&self) {
        self.fakes.settled().await;
        for slack in &self.app.slack {
            slack.idle().await;
        }
        for discord in &self.app.discord {
            discord.idle().await;
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

    /// Everything that is due or ready happens, and all that platforms tell of it is taken note of.
    pub(crate) async fn settle(&self) {
        loop {
            let before = self.fakes.told();
            self.listened().await;
            self.app.engine.settle().await.unwrap();
            self.listened().await;
            if before == self.fakes.told() {
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

    /// The clock is moved in spans until it is so, whoever listens meanwhile.
    pub(crate) async fn passes_while<F: Future<Output = ()>>(&self, span: TimeDelta, so: impl Fn() -> F) {
        let began = Instant::now();
        while tokio::time::timeout(MOMENT, so()).await.is_err() {
            assert!(began.elapsed() < LIMIT, "it never happens");
            self.set_clock(self.clock.now() + span);
        }
    }

    /// Time passes in spans until it is so; for what looks at the clock by itself, and may do so only after it was moved.
    /// `so` waits for it.
    pub(crate) async fn advance_while<F: Future<Output = ()>>(&self, span: TimeDelta, so: impl Fn() -> F) {
        let began = Instant::now();
        loop {
            self.advance(span).await;
            match tokio::time::timeout(MOMENT, so()).await {
                Ok(()) => return,
                Err(_) => assert!(began.elapsed() < LIMIT, "it never happens"),
            }
        }
    }

    fn set_clock(&self, at: DateTime<chrono::Utc>) {
        self.fakes.pass((at - self.clock.now()).to_std().unwrap_or_default());
        self.clock.set(at).unwrap();
    }

    /// The incident's row.
    pub(crate) async fn row(&self, number: i64) -> Incident {
        let record = self.app.intake.record(Viewer::Operator, IncidentId(number)).await.unwrap().unwrap();
        record.loaded.incident
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
        self.until_kept_unsettled(number, count).await;
        self.settle().await;
    }

    /// The same before anything comes of it.
    pub(crate) async fn until_kept_unsettled(&self, number: i64, count: usize) {
        let mut changed = self.app.store.changed();
        let kept = async {
            while self.kept(number).await.len() < count {
                changed.changed().await.unwrap();
            }
        };
        tokio::time::timeout(LIMIT, kept).await.expect("it was never kept");
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

    /// What a statement counts.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        let found = self
            .app
            .store
            .read(move |tx| Box::pin(async move { Ok(on!(tx, |c| sqlx::query_scalar(sql).fetch_one(c).await)?) }));
        found.await.unwrap()
    }

    /// The texts that a statement finds.
    pub(crate) async fn texts(&self, sql: &'static str) -> Vec<String> {
        let found = self
            .app
            .store
            .read(move |tx| Box::pin(async move { Ok(on!(tx, |c| sqlx::query_scalar(sql).fetch_all(c).await)?) }));
        found.await.unwrap()
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
