//! The Slack workspaces of a process: wired at the start, then listened to until the end.

mod group;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::directory::ContactMethod;
use firebell_core::ids::WorkspaceId;
use firebell_core::place::Place;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::WiringError;
use super::bot::{self, Known};
use super::gaps::{Adopted, Gaps, History};
use super::kept;
use super::on_call::OnCall;
use crate::clock::Clock;
use crate::config::{Chat, SlackConfig, SlackSecrets};
use crate::desk::{Door, FrontDesk};
use crate::intake::Intake;
use crate::links::{Link, Linked};
use crate::naming::{self, Naming};
use crate::platform::Platform;
use crate::platform::incoming::Desk;
use crate::platform::inlet::{CallError, Inlet};
use crate::platform::rest::{self, Rest, Token};
use crate::platform::slack::api::{Api, ApiError, Identity};
use crate::platform::slack::calls::SlackCalls;
use crate::platform::slack::inlet::{self, SlackInlet};
use crate::platform::slack::socket::{Pace, Socket, Status};
use crate::platform::slack::{PLATFORM, Settings, Slack, http, manifest};
use crate::render::Target;

/// One workspace as it is configured, with its secrets.
#[derive(Debug, Clone)]
pub struct SlackWiring {
    pub config: SlackConfig,
    /// Absent for a process that delivers nothing and talks to nobody.
    pub secrets: Option<SlackSecrets>,
}

/// A workspace that was reached, before anything is wired on it.
pub(super) struct Reached {
    pub(super) workspace: WorkspaceId,
    config: SlackConfig,
    secrets: SlackSecrets,
    api: Arc<Api>,
    said: Said,
}

/// What Slack says of the app.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Said {
    /// The bot as a user.
    user: String,
    /// Of the workspace.
    url: String,
}

/// A workspace that is listened to.
#[derive(Clone)]
pub struct SlackApp {
    pub name: String,
    pub workspace: WorkspaceId,
    pub status: Status,
    api: Arc<Api>,
    calls: SlackCalls,
    inlet: SlackInlet,
    desk: Arc<FrontDesk>,
    intake: Intake,
    clock: Clock,
    connections: Option<usize>,
    signing: Option<http::Secret>,
    pace: Pace,
    adopted: Adopted,
    on_call: Option<OnCall>,
}

/// Asks each workspace who the app is there.
///
/// # Errors
/// A token is not good, or Slack cannot be reached; the words say what to do.
pub(super) async fn reach(
    wirings: &[SlackWiring],
    intake: &Intake,
    clock: &Clock,
) -> Result<Vec<Reached>, WiringError> {
    let mut reached = Vec::new();
    let with_secrets = wirings.iter().filter_map(|wiring| Some((&wiring.config, wiring.secrets.as_ref()?)));
    for (config, secrets) in with_secrets {
        let api = Arc::new(api(config, secrets, clock)?);
        let (Known { workspace, said }, scopes) = who(&api, config, intake).await?;
        let missing: Vec<&str> =
            manifest::scopes().into_iter().filter(|scope| !scopes.iter().any(|held| held == scope)).collect();
        if !missing.is_empty() && !scopes.is_empty() {
            tracing::error!(
                workspace = config.name,
                missing = missing.join(","),
                "the Slack app lacks scopes, so a part of what Firebell does there will fail; update it with \
                 `firebell manifest slack` and reinstall it"
            );
        }
        reached.push(Reached { workspace, config: config.clone(), secrets: secrets.clone(), api, said });
    }
    Ok(reached)
}

/// Who the app is in a workspace, with its scopes: as Slack says, or said at an earlier start where it says nothing now, in
/// which case nobody knows the scopes.
async fn who(api: &Api, config: &SlackConfig, intake: &Intake) -> Result<(Known<Said>, Vec<String>), WiringError> {
    match api.me().await {
        Ok(Identity { team, user, url, scopes, .. }) => {
            let said = Said { user: user.clone(), url: url.clone() };
            Ok((bot::told(intake, (Chat::Slack, team, &config.name), said).await?, scopes.clone()))
        }
        Err(error @ (ApiError::NotSent | ApiError::Unknown | ApiError::RetryAfter(_))) => {
            let known = bot::remembered(intake, (Chat::Slack, None, &config.name), &error).await?;
            Ok((known.ok_or_else(|| unreachable_workspace(config, &error))?, Vec::new()))
        }
        Err(error) => Err(unreachable_workspace(config, &error)),
    }
}

/// The workspaces that a process without secrets knows by their names, from earlier starts of another.
pub(super) async fn remember(wirings: &[SlackWiring], intake: &Intake) -> Result<Vec<Place>, WiringError> {
    let mut places = Vec::new();
    for config in wirings.iter().filter(|wiring| wiring.secrets.is_none()).map(|wiring| &wiring.config) {
        if let Some(workspace) = intake.workspace_named(PLATFORM, &config.name).await? {
            places.push(place(workspace, config));
        }
    }
    Ok(places)
}

/// The Web API of a workspace.
///
/// # Errors
/// A token or URL that cannot be one.
pub(crate) fn api(config: &SlackConfig, secrets: &SlackSecrets, clock: &Clock) -> Result<Api, WiringError> {
    let wrong = |what: String| WiringError::Slack { name: config.name.clone(), message: what };
    let client = rest::client().map_err(|error| wrong(error.to_string()))?;
    let bot = Token::new(secrets.bot_token.expose()).map_err(wrong)?;
    let app = secrets.app_token.as_ref().map(|token| Token::new(token.expose())).transpose().map_err(wrong)?;
    Api::new(Rest::new(client, clock.clone()), &config.api_url, bot, app).map_err(wrong)
}

fn unreachable_workspace(config: &SlackConfig, error: &ApiError) -> WiringError {
    let variable = config.variable("BOT_TOKEN");
    let message = match error {
        ApiError::Refused { code, .. } => format!(
            "refused the bot token ({code}); copy it anew from \"OAuth & Permissions\" of the app into {variable}"
        ),
        ApiError::RetryAfter(wait) => format!("takes no more calls for {} s; start again then", wait.num_seconds()),
        ApiError::NotSent | ApiError::Unknown => {
            format!("cannot be reached at {}; check the network and \"api_url\"", config.api_url)
        }
    };
    WiringError::Slack { name: config.name.clone(), message }
}

pub(super) fn place(workspace: WorkspaceId, config: &SlackConfig) -> Place {
    Place {
        platform: PLATFORM,
        name: config.name.clone(),
        local: false,
        method: Some(ContactMethod::Slack),
        describes: true,
        invites_group: config.invite_group.is_some(),
        announce: config.announce.clone(),
        copies_files: config.copy_files,
        // Never is longer than any incident is remembered.
        close_after: config.archive_after.unwrap_or(TimeDelta::days(365 * 100)),
        ..Place::plain(workspace)
    }
}

impl Reached {
    pub(super) fn place(&self) -> Place {
        let rooms_at = Some(format!("{}/archives/", self.said.url.trim_end_matches('/')));
        Place { rooms_at: rooms_at.filter(|_| !self.said.url.is_empty()), ..place(self.workspace, &self.config) }
    }

    /// What the configuration calls it.
    pub(super) fn label(&self) -> String {
        Chat::Slack.label(&self.config.name)
    }

    /// The platform through which is delivered, and who listens to it.
    pub(super) fn wire(self, intake: &Intake, clock: &Clock) -> Result<(Platform, Door, Listening), WiringError> {
        let template = self.config.room_name.as_deref().unwrap_or(naming::DEFAULT);
        let naming =
            Naming::new(template).map_err(|message| WiringError::Slack { name: self.config.name.clone(), message })?;
        let (tell, adopted) = mpsc::unbounded_channel();
        let settings = Settings { naming, invite_group: self.config.invite_group.clone(), adopted: tell };
        let platform = Platform::Slack(Slack::new(self.api.clone(), settings));
        let calls = SlackCalls::new(self.api.clone());
        let door = Door {
            chat: Arc::new(calls.clone()),
            target: Target::Slack,
            contacts: &[ContactMethod::Slack],
            members: self.config.members,
        };
        let listening = Listening { reached: self, calls, adopted, intake: intake.clone(), clock: clock.clone() };
        Ok((platform, door, listening))
    }
}

/// Who listens, once there is a desk.
pub(super) struct Listening {
    reached: Reached,
    calls: SlackCalls,
    adopted: mpsc::UnboundedReceiver<String>,
    intake: Intake,
    clock: Clock,
}

impl Listening {
    pub(super) fn at(self, desk: &Arc<FrontDesk>) -> SlackApp {
        let Self { reached: Reached { workspace, config, secrets, api, said }, calls, adopted, intake, clock } = self;
        let settings = inlet::Settings {
            reactions: config.reactions.clone(),
            evidence: config.evidence_reactions.clone(),
            bot_user: said.user,
        };
        let hears: Arc<dyn Desk> = desk.clone();
        SlackApp {
            name: config.name,
            workspace,
            status: Status::new(clock.clone()),
            inlet: SlackInlet::new(workspace, hears, Arc::new(calls.clone()), settings),
            desk: desk.clone(),
            api,
            calls,
            intake,
            clock,
            connections: secrets.app_token.is_some().then_some(config.connections),
            signing: secrets.signing_secret.as_ref().map(|secret| http::Secret::new(secret.expose())),
            pace: Pace::default(),
            adopted: Arc::new(tokio::sync::Mutex::new(adopted)),
            on_call: config.on_call_group.zip(config.on_call_policy).map(|(group, policy)| OnCall { group, policy }),
        }
    }
}

impl SlackApp {
    /// Where Slack may post to, where it is configured that it does.
    pub fn router(&self) -> Option<Router> {
        let inlet: Arc<dyn Inlet> = Arc::new(self.inlet.clone());
        self.signing.clone().map(|secret| http::router(secret, inlet, self.clock.clone()))
    }

    /// How the connection is, where there is one.
    pub(super) fn link(&self) -> Link {
        let status = self.connections.is_some().then(|| self.status.clone());
        Link::new(PLATFORM, &self.name, move || status.as_ref().map_or(Linked::Elsewhere, Status::linked))
    }

    /// Listens until `stop` turns true, then lets what has begun finish.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let mut tasks = JoinSet::new();
        kept::resume(&self.inlet, (Chat::Slack, &self.name)).await;
        if let Some(connections) = self.connections {
            let inlet: Arc<dyn Inlet> = Arc::new(self.inlet.clone());
            let (open, pace) = (Arc::new(self.calls.clone()), self.pace.clone());
            let socket = Socket { open, inlet, connections, pace };
            tasks.spawn(socket.run(stop.clone(), self.status.clone()));
            tasks.spawn(self.gaps().read(self.status.clone(), stop.clone()));
        }
        if let Some(on_call) = self.on_call.clone() {
            tasks.spawn(self.clone().keep_group(on_call, stop.clone()));
        }
        tasks.spawn(self.clone().keep_homes(stop.clone()));
        tasks.spawn(self.gaps().read_adopted(self.adopted.clone(), stop.clone()));
        tasks.spawn(self.clone().keep_resuming(stop.clone()));
        while tasks.join_next().await.is_some() {}
        self.inlet.stop().await;
    }

    /// Completes when nothing that Slack sent is still worked on.
    pub async fn idle(&self) {
        self.inlet.idle().await;
    }

    fn gaps(&self) -> Gaps {
        Gaps {
            name: self.name.clone(),
            workspace: self.workspace,
            history: Arc::new(self.calls.clone()),
            inlet: Arc::new(self.inlet.clone()),
            intake: self.intake.clone(),
            clock: self.clock.clone(),
        }
    }

    async fn keep_homes(self, stop: watch::Receiver<bool>) {
        self.desk.keep_homes(self.workspace, stop).await;
    }

    /// What another process left behind is taken up, too.
    async fn keep_resuming(self, stop: watch::Receiver<bool>) {
        kept::keep_resuming(&self.inlet, (Chat::Slack, &self.name), (&self.clock, stop)).await;
    }
}

impl History for SlackCalls {
    fn since<'h>(&'h self, room: &'h str, from: DateTime<Utc>) -> BoxFuture<'h, Result<Vec<Value>, CallError>> {
        Box::pin(self.history(room, from))
    }
}

/// The doors of the desk by workspace.
pub(super) type Doors = HashMap<WorkspaceId, Door>;
