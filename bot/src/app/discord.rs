//! The Discord servers of a process: wired at the start, then listened to until the end.

mod commands;
mod configured;
mod ear;
mod history;
mod role;

use std::sync::Arc;

use axum::Router;
use firebell_core::directory::ContactMethod;
use firebell_core::ids::WorkspaceId;
use firebell_core::place::Place;
use firebell_core::settings::Capture;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use uuid::Uuid;

pub(crate) use self::configured::subject;
use self::configured::{group, place, private_rooms, rooms};
use self::ear::Ear;
use self::history::Remembered;
use super::WiringError;
use super::bot::{self, Known};
use super::gaps::{Adopted, Gaps};
use super::kept;
use crate::clock::Clock;
use crate::config::{Chat, DiscordConfig, DiscordSecrets};
use crate::desk::{Door, FrontDesk};
use crate::engine::lease::{Lease, LeasePace};
use crate::intake::Intake;
use crate::links::{Link, Linked};
use crate::naming::Naming;
use crate::platform::Platform;
use crate::platform::busy::Busy;
use crate::platform::discord::api::{Api, ApiError, code};
use crate::platform::discord::calls::DiscordCalls;
use crate::platform::discord::doctor::{self, Level};
use crate::platform::discord::gateway::{Gateway, Pace, Status};
use crate::platform::discord::http::PublicKey;
use crate::platform::discord::inbound::Settings as Reading;
use crate::platform::discord::inlet::DiscordInlet;
use crate::platform::discord::{Discord, PLATFORM, Settings, http};
use crate::platform::incoming::Desk;
use crate::platform::rest::{self, Rest, Token};
use crate::render::Target;
use crate::stop::stopped;

/// One server as it is configured, with its secrets.
#[derive(Debug, Clone)]
pub struct DiscordWiring {
    pub config: DiscordConfig,
    /// Absent for a process that delivers nothing and talks to nobody.
    pub secrets: Option<DiscordSecrets>,
}

/// A server that was reached, before anything is wired on it.
pub(super) struct Reached {
    pub(super) workspace: WorkspaceId,
    config: DiscordConfig,
    token: Token,
    api: Arc<Api>,
    guild: String,
    me: String,
    reads_messages: bool,
    process: Uuid,
}

/// What Discord says of the bot.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Said {
    /// Its account.
    me: String,
    /// Whether it may read what people write.
    reads_messages: bool,
}

/// A server that is listened to.
#[derive(Clone)]
pub struct DiscordApp {
    pub name: String,
    pub workspace: WorkspaceId,
    pub status: Status,
    config: DiscordConfig,
    /// With which signed requests are checked, where they are taken.
    key: Option<PublicKey>,
    token: Token,
    api: Arc<Api>,
    guild: String,
    calls: DiscordCalls,
    inlet: DiscordInlet,
    intake: Intake,
    clock: Clock,
    reads_messages: bool,
    /// Another one each time that a process starts.
    process: Uuid,
    /// Whether this process is the one that listens to the gateway.
    holds: Arc<watch::Sender<bool>>,
    /// What the gateway told and the inlet has not heard yet.
    backlog: Busy,
    adopted: Adopted,
}

/// Asks each server who the bot is there.
///
/// # Errors
/// A token is not good, the bot is not in the server, or Discord cannot be reached; the words say what to do.
pub(super) async fn reach(
    wirings: &[DiscordWiring],
    intake: &Intake,
    clock: &Clock,
) -> Result<Vec<Reached>, WiringError> {
    let mut reached = Vec::new();
    let mut drawn = [0; 16];
    drawn.copy_from_slice(&intake.seed()?[..16]);
    let process = Uuid::from_bytes(drawn);
    let with_secrets = wirings.iter().filter_map(|wiring| Some((&wiring.config, wiring.secrets.as_ref()?)));
    for (config, secrets) in with_secrets {
        let (api, token) = api(config, secrets, clock)?;
        let guild = config
            .guild()
            .map_err(|error| WiringError::Discord { name: config.name.clone(), message: error.to_string() })?;
        let Known { workspace, said: Said { me, reads_messages } } = who(&api, (config, guild), intake).await?;
        if !reads_messages && intake.settings.capture == Capture::All {
            tracing::warn!(
                server = config.name,
                "Discord does not show Firebell what people write, so only marked messages and commands are recorded; switch \
                 on \"Message Content Intent\" under \"Bot\" of the application for the rest"
            );
        }
        let (config, guild) = (config.clone(), guild.to_owned());
        reached.push(Reached { workspace, config, token, api: Arc::new(api), guild, me, reads_messages, process });
    }
    Ok(reached)
}

/// Who the bot is in a server: as Discord says, or said at an earlier start where it says nothing now.
async fn who(api: &Api, (config, guild): (&DiscordConfig, &str), intake: &Intake) -> Result<Known<Said>, WiringError> {
    let asked = async {
        let me = api.me().await?.id.clone();
        let reads_messages = api.application().await?.reads_messages();
        api.guild(guild).await?;
        Ok(Said { me, reads_messages })
    };
    match asked.await {
        Ok(said) => bot::told(intake, (Chat::Discord, guild, &config.name), said).await,
        Err(error @ (ApiError::NotSent | ApiError::Unknown | ApiError::RetryAfter(_))) => {
            let known = bot::remembered(intake, (Chat::Discord, Some(guild), &config.name), &error).await?;
            known.ok_or_else(|| unreachable_server(config, &error))
        }
        Err(error) => Err(unreachable_server(config, &error)),
    }
}

/// The servers that a process without secrets knows by their names, from earlier starts of another.
pub(super) async fn remember(wirings: &[DiscordWiring], intake: &Intake) -> Result<Vec<Place>, WiringError> {
    let mut places = Vec::new();
    for config in wirings.iter().filter(|wiring| wiring.secrets.is_none()).map(|wiring| &wiring.config) {
        if let Some(workspace) = intake.workspace_named(PLATFORM, &config.name).await? {
            places.push(place(workspace, config));
        }
    }
    Ok(places)
}

/// The REST API of a server, and the token by which it is used.
///
/// # Errors
/// A token or URL that cannot be one.
pub(crate) fn api(
    config: &DiscordConfig,
    secrets: &DiscordSecrets,
    clock: &Clock,
) -> Result<(Api, Token), WiringError> {
    let wrong = |message: String| WiringError::Discord { name: config.name.clone(), message };
    let client = rest::client().map_err(|error| wrong(error.to_string()))?;
    let token = Token::new(secrets.bot_token.expose()).map_err(wrong)?;
    let rest = || Rest::new(client.clone(), clock.clone());
    Ok((Api::new([rest(), rest()], &config.api_url, &token).map_err(wrong)?, token))
}

fn unreachable_server(config: &DiscordConfig, error: &ApiError) -> WiringError {
    let message = match error {
        error if error.is_of_token() => format!(
            "refused the bot token; copy it anew from \"Bot\" of the application (Reset Token) into {}",
            config.variable("BOT_TOKEN")
        ),
        error if error.is(&[code::UNKNOWN_GUILD, code::MISSING_ACCESS]) => {
            "has no such bot in it; mend \"guild\", or invite the bot with the link of the \"Installation\" page"
                .to_owned()
        }
        ApiError::Refused { status, code, .. } => {
            format!("refused Firebell's questions ({status}, {code}); `firebell doctor` finds out more")
        }
        ApiError::RetryAfter(wait) => format!("takes no more calls for {} s; start again then", wait.num_seconds()),
        ApiError::NotSent | ApiError::Unknown => {
            format!("cannot be reached at {}; check the network and \"api_url\"", config.api_url)
        }
    };
    WiringError::Discord { name: config.name.clone(), message }
}

impl Reached {
    pub(super) fn place(&self) -> Place {
        place(self.workspace, &self.config)
    }

    pub(super) fn label(&self) -> String {
        Chat::Discord.label(&self.config.name)
    }

    /// The platform through which is delivered, and who listens to it.
    pub(super) fn wire(self, intake: &Intake, clock: &Clock) -> Result<(Platform, Door, Listening), WiringError> {
        let wrong = |message: String| WiringError::Discord { name: self.config.name.clone(), message };
        let key = self.config.public_key.as_deref().map(PublicKey::new).transpose();
        let key = key.map_err(|error| wrong(format!("has no good \"public_key\": {error}")))?;
        let naming = self.config.room_name.as_deref().map(Naming::new).transpose().map_err(wrong)?;
        let (tell, adopted) = mpsc::unbounded_channel();
        let settings = Settings {
            guild: self.guild.clone(),
            rooms: rooms(&self.config),
            private_rooms: private_rooms(&self.config),
            naming,
            tags: self.config.tags,
            announce_roles: self.config.announce_roles.clone(),
            group: group(&self.config),
            adopted: tell,
        };
        let platform = Platform::Discord(Discord::new(self.api.clone(), settings));
        let calls = DiscordCalls::new(self.api.clone(), &self.guild);
        let door = Door {
            chat: Arc::new(calls.clone()),
            target: Target::Discord,
            contacts: &[ContactMethod::Discord, ContactMethod::DiscordRoom],
            members: self.config.members,
        };
        let listening = Listening { reached: self, key, calls, adopted, intake: intake.clone(), clock: clock.clone() };
        Ok((platform, door, listening))
    }
}

/// Who listens, once there is a desk.
pub(super) struct Listening {
    reached: Reached,
    key: Option<PublicKey>,
    calls: DiscordCalls,
    adopted: mpsc::UnboundedReceiver<String>,
    intake: Intake,
    clock: Clock,
}

impl Listening {
    pub(super) fn at(self, desk: &Arc<FrontDesk>) -> DiscordApp {
        let Self { reached, key, calls, adopted, intake, clock } = self;
        let Reached { workspace, config, token, api, guild, me, reads_messages, process } = reached;
        let reading = Reading {
            guild: guild.clone(),
            reactions: config.reactions.clone(),
            evidence: config.evidence_reactions.clone(),
            bot_user: me,
        };
        let hears: Arc<dyn Desk> = desk.clone();
        DiscordApp {
            name: config.name.clone(),
            workspace,
            status: Status::new(clock.clone()),
            inlet: DiscordInlet::new(workspace, hears, Arc::new(calls.clone()), reading),
            config,
            key,
            token,
            api,
            guild,
            calls,
            intake,
            clock,
            reads_messages,
            process,
            holds: Arc::new(watch::Sender::new(false)),
            backlog: Busy::default(),
            adopted: Arc::new(tokio::sync::Mutex::new(adopted)),
        }
    }
}

impl DiscordApp {
    /// Where Discord may post to, where it is configured that it does.
    pub fn router(&self) -> Option<Router> {
        let receiver = Arc::new(self.ear());
        self.key.clone().map(|key| http::router(key, receiver, self.clock.clone()))
    }

    /// How the connection is, while this process is the one that listens.
    pub(super) fn link(&self) -> Link {
        let (status, holds) = (self.status.clone(), self.holds.clone());
        Link::new(PLATFORM, &self.name, move || if *holds.borrow() { status.linked() } else { Linked::Elsewhere })
    }

    /// Listens until `stop` turns true, then lets what has begun finish.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let mut tasks = JoinSet::new();
        kept::resume(&self.inlet, (Chat::Discord, &self.name)).await;
        if self.config.gateway {
            tasks.spawn(self.clone().keep_listening(stop.clone()));
            tasks.spawn(self.gaps().read(self.status.clone(), stop.clone()));
        }
        if let Some(on_call) = configured::on_call(&self.config) {
            tasks.spawn(self.clone().keep_role(on_call, stop.clone()));
        }
        tasks.spawn(self.clone().keep_commands(stop.clone()));
        tasks.spawn(self.clone().examine());
        tasks.spawn(self.gaps().read_adopted(self.adopted.clone(), stop.clone()));
        tasks.spawn(self.clone().keep_resuming(stop.clone()));
        while tasks.join_next().await.is_some() {}
        self.inlet.stop().await;
    }

    /// Completes when nothing that Discord sent is still worked on.
    pub async fn idle(&self) {
        self.backlog.all_free().await;
        self.inlet.idle().await;
    }

    /// Listens to the gateway while this process is the one that does: to two, Discord would tell everything twice.
    async fn keep_listening(self, stop: watch::Receiver<bool>) {
        let (tell, mut holds) = (self.holds.clone(), self.holds.subscribe());
        let lease = Lease {
            store: self.intake.store.clone(),
            clock: self.clock.clone(),
            name: format!("{PLATFORM}:{}", self.guild),
            holder: self.process,
            pace: LeasePace::default(),
        };
        // The session ends before the lease is given up.
        let (give_up, ended) = watch::channel(false);
        let keeping = tokio::spawn(async move { lease.keep(&tell, ended).await });
        while turns(&mut holds, true, &stop).await {
            let (hang_up, over) = watch::channel(false);
            let listening = tokio::spawn(self.gateway().run(over, self.status.clone()));
            turns(&mut holds, false, &stop).await;
            hang_up.send_replace(true);
            let _ = listening.await;
        }
        give_up.send_replace(true);
        let _ = keeping.await;
    }

    fn gateway(&self) -> Gateway {
        Gateway {
            token: self.token.clone(),
            url: self.config.gateway_url.clone(),
            source: Arc::new(self.calls.clone()),
            listener: Arc::new(self.ear()),
            message_content: self.reads_messages,
            backlog: self.backlog.clone(),
            pace: Pace::default(),
        }
    }

    fn ear(&self) -> Ear {
        Ear::new(self.inlet.clone(), self.calls.clone(), self.clock.clone())
    }

    fn gaps(&self) -> Gaps {
        let marks = [&self.config.reactions[..], &self.config.evidence_reactions].concat();
        let history = Remembered { api: self.api.clone(), guild: self.guild.clone(), marks };
        Gaps {
            name: self.name.clone(),
            workspace: self.workspace,
            history: Arc::new(history),
            inlet: Arc::new(self.inlet.clone()),
            intake: self.intake.clone(),
            clock: self.clock.clone(),
        }
    }

    /// What another process left behind is taken up, too.
    async fn keep_resuming(self, stop: watch::Receiver<bool>) {
        kept::keep_resuming(&self.inlet, (Chat::Discord, &self.name), (&self.clock, stop)).await;
    }

    /// What is not as it must be is said once, at the start: the log is where an operator looks first.
    async fn examine(self) {
        let captures_all = self.intake.settings.capture == Capture::All;
        let subject = subject(&self.config, &self.guild, Vec::new(), captures_all);
        for finding in doctor::examine(&self.api, &subject).await {
            if finding.level == Level::Problem {
                tracing::error!(server = self.name, about = finding.about, "{}", finding.says);
            }
        }
    }
}

/// Waits until the lease is held, or is not; says whether to go on.
async fn turns(holds: &mut watch::Receiver<bool>, held: bool, stop: &watch::Receiver<bool>) -> bool {
    let mut stop = stop.clone();
    tokio::select! {
        biased;
        () = stopped(&mut stop) => false,
        turned = holds.wait_for(|now| *now == held) => turned.is_ok(),
    }
}
