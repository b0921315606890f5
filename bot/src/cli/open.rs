//! What commands share: the configuration, the key, the database.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use firebell_core::directory::ContactMethod;
use firebell_core::directory::Directory;
use firebell_core::directory::diff::changed;
use firebell_core::directory::plan::FileDirectory;
use firebell_core::ids::Minter;

use super::check::beware::Unmet;
use super::say::{complain, show};
use super::{Failure, Format, Global};
use crate::app::{self, App, DiscordWiring, SlackWiring, Wiring};
use crate::calendars::Reach;
use crate::clock::Clock;
use crate::config::{self, Config, ConfigError, KeySource, TargetConfig};
use crate::doors::TwilioDoor;
use crate::engine::{Retention, Synthetic};
use crate::entropy::Entropy;
use crate::heartbeat::Heartbeat;
use crate::logging::{self, Answered, LogFormat};
use crate::notifiers::Notifiers;
use crate::platform::console::Screen;
use crate::platform::console::screen::{LineScreen, Look};
use crate::render::{Renderer, TemplateError};
use crate::seal::Keyring;
use crate::store::{DatabaseUrl, StoreOptions};
use crate::targets::Targets;
use crate::trackers::Trackers;

/// The configuration with what the command line says on top.
pub(super) fn config(global: &Global) -> Result<Config, Failure> {
    let mut config = Config::load(global.config.as_deref())?;
    if let Some(url) = &global.db {
        config.database.url = DatabaseUrl::parse(url)?;
    }
    if let Some(format) = global.log_format {
        config.log.format = match format {
            Format::Text => LogFormat::Text,
            Format::Json => LogFormat::Json,
        };
    }
    Ok(config)
}

/// Starts the log as configured.
pub(super) fn log(config: &Config, answered: Answered) -> Result<(), Failure> {
    Ok(logging::init(config.log.format, config.log.level.word(), answered)?)
}

/// What a process does on its database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Ask or command, and deliver nothing.
    Visit,
    /// Serve what is configured, before nobody's eyes.
    Serve,
    /// Serve somebody who sits before it.
    Console,
}

/// The templates and fonts that are configured.
///
/// # Errors
/// A template that cannot be read, or one that postmortems are to be made by and that is not there.
pub(super) fn renderer(config: &Config) -> Result<Renderer, TemplateError> {
    let renderer = Renderer::new(config.templates.as_deref())?.with_fonts(config.fonts.clone());
    renderer.that_knows(&config.settings().templates)
}

/// Opens the configured database. Who serves also brings it in line with the people and policies of the file, and makes
/// its key at the first use.
pub(super) async fn app(config: &Config, screen: Arc<dyn Screen>, purpose: Purpose) -> Result<App, Failure> {
    app_with(config, renderer(config)?, screen, purpose).await
}

/// The same with these templates.
async fn app_with(
    config: &Config,
    renderer: Renderer,
    screen: Arc<dyn Screen>,
    purpose: Purpose,
) -> Result<App, Failure> {
    let serves = purpose != Purpose::Visit;
    // Who only looks or acts for a moment is not kept from it by a template that it may not use; and the built-in ones
    // were checked before they were built in.
    if serves && config.templates.is_some() {
        renderer.check()?;
    }
    let options = StoreOptions { pg_connections: config.database.connections, ..StoreOptions::default() };
    let (store, fresh) = app::open(&config.database.url, options).await?;
    let keyring = keyring(config, fresh && serves)?;
    let clock = Clock::system();
    let notifiers = notifiers(config, purpose, &clock)?;
    let (trackers, targets) = (trackers(config, purpose, &clock)?, targets(config, purpose, &clock)?);
    let webhook = config.alarm_webhook()?.map(|webhook| reqwest::Url::parse(webhook.expose())).transpose()?;
    let wiring = Wiring {
        store,
        keyring,
        settings: config.settings(),
        // A file that says nothing of the directory leaves that of the database alone, such as one that was applied.
        directory: Some(config.directory().clone()).filter(|files| serves && !files.is_empty()),
        renderer,
        clock,
        entropy: Entropy::System,
        screen,
        watched: purpose == Purpose::Console,
        retention: retention(config),
        slack: slack(config, purpose)?,
        discord: discord(config, purpose)?,
        alarm_webhook: webhook,
        twilio: twilio(config, purpose)?,
        notifiers,
        trackers,
        targets,
        heartbeat: if purpose == Purpose::Serve { heartbeat(config)? } else { None },
        synthetic: config.synthetic.clone().filter(|_| purpose == Purpose::Serve).map(synthetic),
        calendars: Reach { guard: config.notify.guard(), ..Reach::default() },
    };
    Ok(Box::pin(App::wire(wiring)).await?)
}

/// The contact methods beside chat, for whoever serves; each address of the file is one that its method can take. Others check
/// by them what is typed, as far as they have the secrets; where this Firebell is reached concerns everybody.
fn notifiers(config: &Config, purpose: Purpose, clock: &Clock) -> Result<Notifiers, Failure> {
    let nothing = || Notifiers::new(BTreeMap::new(), config.http.public_url.clone());
    let methods = contact_methods(config, clock);
    if purpose == Purpose::Serve { methods } else { Ok(methods.unwrap_or_else(|_| nothing()).checking_alone()) }
}

/// The contact methods of the configuration, with everything in it that names one.
pub(super) fn contact_methods(config: &Config, clock: &Clock) -> Result<Notifiers, Failure> {
    let methods = config.notify.notifiers(clock, &variable)?;
    let notifiers = Notifiers::new(methods, config.http.public_url.clone());
    for (name, target) in config.notify.targets() {
        let wrong = |why| format!("webhook \"{name}\" of [notify.webhook.targets]: {why}");
        notifiers.check_target(&target).map_err(wrong)?;
    }
    let notifiers = notifiers.with_targets(config.notify.targets());
    for person in &config.directory().people {
        let missing = |method: &&ContactMethod| method.has_address() && !notifiers.has(**method);
        if let Some(method) = person.contacts.iter().flatten().find(missing) {
            return Err(Unmet::NothingSends { handle: person.handle.clone(), method: *method }.to_string().into());
        }
        for (method, address) in &person.addresses {
            notifiers
                .check(*method, address)
                .map_err(|why| format!("the address for {} of person \"{}\": {why}", method.word(), person.handle))?;
        }
    }
    Ok(notifiers)
}

/// The targets of postmortems, for whoever serves: nobody else calls them. Whoever serves rooms alone has those that are rooms.
fn targets(config: &Config, purpose: Purpose, clock: &Clock) -> Result<Targets, Failure> {
    let is_here = |held: &&TargetConfig| match purpose {
        Purpose::Serve => true,
        Purpose::Console => held.is_in_rooms(),
        Purpose::Visit => false,
    };
    let own = config.targets.iter().filter(is_here);
    let ready = own.map(|held| Ok((held.name.clone(), held.target(clock, &variable)?)));
    Ok(Targets::new(ready.collect::<Result<_, ConfigError>>()?))
}

/// The trackers, for whoever serves: nobody else calls them.
fn trackers(config: &Config, purpose: Purpose, clock: &Clock) -> Result<Trackers, Failure> {
    if purpose == Purpose::Serve { Ok(config.trackers.trackers(clock, &variable)?) } else { Ok(Trackers::default()) }
}

fn twilio(config: &Config, purpose: Purpose) -> Result<Option<TwilioDoor>, Failure> {
    let Some(public_url) = config.http.public_url.clone().filter(|_| purpose == Purpose::Serve) else {
        return Ok(None);
    };
    let signs = config.notify.twilio_signs(&variable)?;
    Ok(signs.map(|signs| TwilioDoor { auth_token: signs.auth_token, public_url, language: signs.language }))
}

pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

fn synthetic(section: config::Synthetic) -> Synthetic {
    let config::Synthetic { person, method, every, within } = section;
    Synthetic { person, method, every, within }
}

fn heartbeat(config: &Config) -> Result<Option<Heartbeat>, Failure> {
    let Some((url, every)) = config.heartbeat()? else { return Ok(None) };
    Ok(Some(Heartbeat::new(reqwest::Url::parse(url.expose())?, every)))
}

/// The Slack workspaces; who only visits, or sits before a console beside which somebody serves, talks to none of them.
fn slack(config: &Config, purpose: Purpose) -> Result<Vec<SlackWiring>, Failure> {
    let mut workspaces = Vec::with_capacity(config.slack.len());
    for workspace in &config.slack {
        let secrets = if purpose == Purpose::Serve { Some(workspace.secrets()?) } else { None };
        workspaces.push(SlackWiring { config: workspace.clone(), secrets });
    }
    Ok(workspaces)
}

/// The Discord servers, in the same way.
fn discord(config: &Config, purpose: Purpose) -> Result<Vec<DiscordWiring>, Failure> {
    let mut servers = Vec::with_capacity(config.discord.len());
    for server in &config.discord {
        let secrets = if purpose == Purpose::Serve { Some(server.secrets()?) } else { None };
        servers.push(DiscordWiring { config: server.clone(), secrets });
    }
    Ok(servers)
}

/// Opens the database for a command that delivers nothing.
pub(super) async fn quiet_app(global: &Global) -> Result<App, Failure> {
    let config = config(global)?;
    log(&config, Answered::Here)?;
    quiet_app_with(&config, renderer(&config)?).await
}

/// The same with these templates, once the log was started.
pub(super) async fn quiet_app_with(config: &Config, renderer: Renderer) -> Result<App, Failure> {
    if let Some(file) = config.database.url.sqlite_file().filter(|file| !file.exists()) {
        return Err(
            format!("there is no database at {}; name it with --db or start `firebell serve`", file.display()).into()
        );
    }
    app_with(config, renderer, stdout_screen(), Purpose::Visit).await
}

/// The directory that files alone make.
pub(super) fn of_files(files: &FileDirectory, now: DateTime<Utc>) -> Directory {
    let empty = Directory::default();
    // Its ids are shown nowhere, so they may be the same each time.
    let changes = empty.plan(files, &mut Minter::new([0; 32], now));
    changed(&empty, &changes)
}

/// Tells of calendars whose days or shifts only those know who read their URLs.
pub(super) fn warn_of_unread(files: &FileDirectory) {
    for calendar in files.calendars.iter().filter(|calendar| calendar.url.is_some()) {
        let key = &calendar.calendar.key;
        complain(format_args!(
            "warning: calendar {key} is at a URL, which `firebell plan` and `apply` read; here it has nothing, and its layers \
             have nobody"
        ));
    }
}

/// The configured length of things kept.
pub(super) fn retention(config: &Config) -> Retention {
    Retention { inbox: config.retention.inbox, messages: config.retention.messages, files: config.retention.files }
}

/// The keys of the configuration; `make` makes one where the key file is not there.
fn keyring(config: &Config, make: bool) -> Result<Keyring, Failure> {
    match config.key_source()? {
        KeySource::File(path) if make => Ok(Keyring::load_or_create(&path)?),
        source => read_key(source),
    }
}

/// A screen on standard output.
pub(super) fn stdout_screen() -> Arc<dyn Screen> {
    Arc::new(LineScreen::new(Look::of_stdout(), |text| show(text)))
}

/// Where the key comes from, once it was read. For a database that is there already none is made.
pub(super) fn key(config: &Config) -> Result<String, Failure> {
    let used = config.database.url.sqlite_file().is_some_and(Path::exists);
    Ok(match config.key_source()? {
        KeySource::File(path) if !used && !path.exists() => format!("{} (made at the first start)", path.display()),
        source => {
            let named = match &source {
                KeySource::Text(_) => "from the environment".to_owned(),
                KeySource::File(path) => path.display().to_string(),
            };
            read_key(source)?;
            named
        }
    })
}

fn read_key(source: KeySource) -> Result<Keyring, Failure> {
    match source {
        KeySource::Text(secret) => Keyring::from_text(secret.expose())
            .map_err(|error| format!("FIREBELL_KEY in the environment: {error}").into()),
        KeySource::File(path) => Ok(Keyring::load(&path)?),
    }
}

/// Whether a severity pages, and there is nobody whom a declaration could reach.
pub(super) fn nobody_to_page(config: &Config) -> bool {
    let (settings, directory) = (config.settings(), config.directory());
    let pages = settings.severities.iter().any(|severity| severity.pages);
    let policies = settings.default_policy.is_some() || !directory.policies.is_empty();
    pages && !policies && directory.last_resort.is_empty()
}
