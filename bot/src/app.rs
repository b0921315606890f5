//! Wiring: the only file that knows all parts.

use std::collections::HashMap;
use std::sync::Arc;

use firebell_core::actor::Actor;
use firebell_core::directory::plan::FileDirectory;
use firebell_core::ids::WorkspaceId;
use firebell_core::place::Place;
use firebell_core::settings::Settings;

use crate::alarm::Alarm;
use crate::clock::Clock;
use crate::engine::{Engine, Presence, Retention, Walk};
use crate::entropy::Entropy;
use crate::intake::{Fault, ForeignKey, Intake, Parts, Wanted};
use crate::metrics::Metrics;
use crate::platform::Platform;
use crate::platform::console::{self, Console, Screen};
use crate::render::Renderer;
use crate::seal::Keyring;
use crate::store::{DatabaseUrl, Store, StoreError, StoreOptions, installation};
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
    pub alarm_webhook: Option<reqwest::Url>,
}

/// A wired Firebell over one database.
#[derive(Clone)]
pub struct App {
    pub store: Store,
    pub intake: Intake,
    pub engine: Engine,
    /// The console's workspace.
    pub console: WorkspaceId,
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
        let parts = Parts {
            store: store.clone(),
            clock: wiring.clock.clone(),
            keyring: Arc::new(wiring.keyring),
            settings: Arc::new(wiring.settings),
            renderer: Arc::new(wiring.renderer),
            metrics: metrics.clone(),
            entropy: wiring.entropy,
        };
        let intake = Intake::new(parts);
        intake.follow_database().await?;
        intake.know_keys().await??;
        let console = intake.connect_workspace(console::PLATFORM, console::WORKSPACE).await?;
        let intake = intake.with_places(vec![Place { local: true, ..Place::plain(console) }]);
        let platforms = HashMap::from([(console, Platform::Console(Console::new(wiring.screen)))]);
        let worker = Worker::new(intake.clone(), platforms, metrics.clone(), wiring.watched);
        let health = Health::new(wiring.clock.clone());
        health.database_up();
        let alarm = Arc::new(Alarm::new(wiring.alarm_webhook, wiring.clock));
        let (retention, walk, presence) = (wiring.retention, Walk::default(), Presence::new(wiring.watched));
        let engine = Engine { intake: intake.clone(), worker, metrics, health, retention, alarm, walk, presence };
        let app = Self { store, intake, engine, console };
        if let Some(files) = wiring.directory {
            app.bring_in(files).await?;
        }
        Ok(app)
    }

    /// Brings the directory in line with what files say; answers how many changes that took.
    ///
    /// # Errors
    /// Nothing was committed.
    pub async fn bring_in(&self, files: FileDirectory) -> Result<usize, Fault> {
        let wanted: Wanted = Arc::new(move |directory, mint| directory.plan(&files, mint));
        self.intake.change_directory(Actor::files(), wanted).await
    }
}
