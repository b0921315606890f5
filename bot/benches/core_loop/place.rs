//! Where is measured: a fresh database each time, and an app on it.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use chrono::TimeDelta;
use chrono_tz::Tz;
use firebell::app::{App, Wiring};
use firebell::clock::Clock;
use firebell::engine::Retention;
use firebell::entropy::Entropy;
use firebell::intake::{Answer, From, Inbound, Says};
use firebell::platform::Envelope;
use firebell::platform::console::Screen;
use firebell::render::{Renderer, Target};
use firebell::seal::Keyring;
use firebell::store::{DatabaseUrl, Store, StoreOptions};
use firebell_core::directory::plan::{FileDirectory, FilePerson, FilePolicy, FileService, FileStep};
use firebell_core::directory::{ContactMethod, Standing};
use firebell_core::effect::{Delivery, Reference};
use firebell_core::ids::Key;
use firebell_core::paging::policy::{AckNeed, Terms};
use firebell_core::settings::Settings;
use futures_util::future::BoxFuture;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::Failure;

/// How many people can be paged.
pub(crate) const PEOPLE: usize = 256;

/// Where databases are made.
pub(crate) struct Place {
    postgres: Option<String>,
}

/// A database that goes when it is dropped or, on Postgres, closed.
pub(crate) struct Fresh {
    pub(crate) url: String,
    _folder: Option<tempfile::TempDir>,
    drop: Option<(String, String)>,
}

impl Place {
    pub(crate) fn new(postgres: Option<String>) -> Self {
        Self { postgres }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.postgres.is_some()
    }

    /// One line on what the figures were measured on.
    pub(crate) fn describe(&self) -> Result<String, Failure> {
        if self.is_postgres() {
            return Ok("On Postgres; a server whose fsync is off shows no flushes.".to_owned());
        }
        let mut file = tempfile::tempfile()?;
        let begun = Instant::now();
        for _ in 0..200 {
            file.write_all(&[0; 4_096])?;
            file.sync_data()?;
        }
        let folder = std::env::temp_dir();
        Ok(format!("On SQLite under {}; a flush takes {:.0?}.", folder.display(), begun.elapsed() / 200))
    }

    /// A new empty database.
    pub(crate) async fn fresh(&self) -> Result<Fresh, Failure> {
        let Some(server) = &self.postgres else { return Fresh::sqlite() };
        let name = format!("firebell_bench_{}", uuid::Builder::from_random_bytes(random()?).into_uuid().simple());
        let mut connection = PgConnection::connect(server).await?;
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await?;
        let (base, _) = server.rsplit_once('/').ok_or("the URL names no database")?;
        let url = format!("{base}/{name}");
        Ok(Fresh { url, _folder: None, drop: Some((server.clone(), name)) })
    }
}

impl Fresh {
    pub(crate) fn sqlite() -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let url = folder.path().join("firebell.db").display().to_string();
        Ok(Self { url, _folder: Some(folder), drop: None })
    }

    pub(crate) async fn gone(self) -> Result<(), Failure> {
        if let Some((server, name)) = self.drop {
            let mut connection = PgConnection::connect(&server).await?;
            sqlx::query(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).execute(&mut connection).await?;
        }
        Ok(())
    }
}

/// An app with people, one service and its policy, on a database; `p0` can speak at the console.
pub(crate) async fn app(url: &str) -> Result<App, Failure> {
    app_before(url, Arc::new(Instantly)).await
}

/// The same, with what it tells shown on this screen.
pub(crate) async fn app_before(url: &str, screen: Arc<dyn Screen>) -> Result<App, Failure> {
    let app = Box::pin(App::wire(Wiring {
        store: Store::open(&DatabaseUrl::parse(url)?, StoreOptions::default()).await?,
        keyring: Keyring::fixed_for_replay(),
        settings: Settings::default(),
        directory: Some(directory()?),
        renderer: Renderer::new(None)?,
        clock: Clock::system(),
        entropy: Entropy::System,
        screen,
        watched: false,
        retention: Retention { inbox: TimeDelta::hours(24), messages: None, files: None },
        slack: Vec::new(),
        discord: Vec::new(),
        alarm_webhook: None,
        notifiers: firebell::notifiers::Notifiers::default(),
        trackers: firebell::trackers::Trackers::default(),
        targets: firebell::targets::Targets::default(),
        twilio: None,
        heartbeat: None,
        synthetic: None,
        calendars: firebell::calendars::Reach::default(),
    }))
    .await?;
    app.intake.introduce(app.console, &handle(0)?).await?;
    Ok(app)
}

/// Says one line as `p0`; anything but a committed answer is a failure.
pub(crate) async fn say(app: &App, id: String, text: String) -> Result<(), Failure> {
    let from = From::Account { external_id: "p0".to_owned() };
    let inbound =
        Inbound { workspace: app.console, id, from, room: None, says: Says::Line(text), target: Target::Console };
    match app.intake.take(inbound).await? {
        Answer::Done(_) => Ok(()),
        other => Err(format!("not committed: {other:?}").into()),
    }
}

/// Somebody who can be paged.
pub(crate) fn handle(number: usize) -> Result<Key, Failure> {
    Ok(Key::new(&format!("p{number}"))?)
}

/// Whether a file is there; a database that was measured on before is not fresh.
pub(crate) fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |data| data.len())
}

pub(crate) fn random() -> Result<[u8; 16], Failure> {
    let mut bytes = [0; 16];
    let seed = firebell::seal::random_seed()?;
    bytes.copy_from_slice(seed.get(..16).ok_or("a seed is too short")?);
    Ok(bytes)
}

fn directory() -> Result<FileDirectory, Failure> {
    let key = |text: &str| Key::new(text);
    let step = |number| -> Result<FileStep, Failure> {
        Ok(FileStep { people: vec![handle(number)?], wait_s: 3_600, needs: AckNeed::Anyone, ..FileStep::default() })
    };
    let person = |number| -> Result<FilePerson, Failure> {
        Ok(FilePerson {
            email: None,
            accounts: Vec::new(),
            handle: handle(number)?,
            name: format!("Person {number}"),
            zone: Tz::UTC,
            standing: Standing::Responder,
            contacts: Some(vec![ContactMethod::Console]),
            addresses: std::collections::BTreeMap::new(),
            rules: None,
        })
    };
    let service = FileService {
        key: key("checkout")?,
        name: "Checkout".to_owned(),
        team: None,
        policy: Some(key("first")?),
        runbook: None,
        tier: None,
        depends_on: Vec::new(),
        rooms: Vec::new(),
    };
    Ok(FileDirectory {
        people: (0..PEOPLE).map(person).collect::<Result<_, _>>()?,
        teams: Vec::new(),
        services: vec![service],
        policies: vec![FilePolicy {
            key: key("first")?,
            name: "First".to_owned(),
            rounds: 1,
            terms: Terms::default(),
            steps: vec![step(0)?, step(1)?],
        }],
        last_resort: vec![handle(2)?],
        ..FileDirectory::default()
    })
}

/// A screen that everything reaches at once.
struct Instantly;

impl Screen for Instantly {
    fn show<'s>(&'s self, envelope: &'s Envelope) -> BoxFuture<'s, Delivery> {
        let reference = Reference { external_id: envelope.key.clone(), name: String::new() };
        Box::pin(std::future::ready(Delivery::Delivered(reference)))
    }
}
