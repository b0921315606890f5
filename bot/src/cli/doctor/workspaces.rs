//! Workspaces of chat platforms: their secrets here, the rest in the platform's own examination.

use std::sync::Arc;

use firebell_core::directory::ContactMethod;
use firebell_core::settings::Capture;

use crate::app::{discord, slack};
use crate::clock::Clock;
use crate::config::{Chat, Config, DiscordConfig, SlackConfig};
use crate::platform::discord::doctor::examine as ask_discord;
use crate::platform::finding::{Finding, Known};
use crate::platform::slack::doctor::{Group, Subject, examine as ask_slack};

/// Everything about one Slack workspace.
pub(super) async fn examine_slack(config: &Config, workspace: &SlackConfig) -> Vec<Finding> {
    let named = |finding| named(Chat::Slack, &workspace.name, finding);
    let secrets = match workspace.secrets() {
        Ok(secrets) => secrets,
        Err(why) => return vec![named(Finding::problem("secrets", why.to_string()))],
    };
    let clock = Clock::system();
    let api = match slack::api(workspace, &secrets, &clock) {
        Ok(api) => Arc::new(api),
        Err(why) => return vec![named(Finding::problem("secrets", why.to_string()))],
    };
    let subject = Subject {
        api_url: workspace.api_url.clone(),
        bot_variable: workspace.variable("BOT_TOKEN"),
        app_variable: secrets.app_token.is_some().then(|| workspace.variable("APP_TOKEN")),
        http: secrets.signing_secret.is_some(),
        announce: workspace.announce.clone(),
        groups: groups(workspace),
        people: people(config, (Chat::Slack, &workspace.name), &[ContactMethod::Slack]),
    };
    ask_slack(&api, &clock, &subject).await.into_iter().map(named).collect()
}

/// Everything about one Discord server.
pub(super) async fn examine_discord(config: &Config, server: &DiscordConfig) -> Vec<Finding> {
    let named = |finding| named(Chat::Discord, &server.name, finding);
    let problem = |why: String| vec![named(Finding::problem("secrets", why))];
    let (secrets, guild) = match server.secrets().and_then(|secrets| Ok((secrets, server.guild()?))) {
        Ok(found) => found,
        Err(why) => return problem(why.to_string()),
    };
    let api = match discord::api(server, &secrets, &Clock::system()) {
        Ok((api, _)) => Arc::new(api),
        Err(why) => return problem(why.to_string()),
    };
    let reached_by = [ContactMethod::Discord, ContactMethod::DiscordRoom];
    let people = people(config, (Chat::Discord, &server.name), &reached_by);
    let captures_all = config.settings().capture == Capture::All;
    let subject = discord::subject(server, guild, people, captures_all);
    ask_discord(&api, &subject).await.into_iter().map(named).collect()
}

fn named(chat: Chat, name: &str, finding: Finding) -> Finding {
    Finding { about: format!("{} {name}: {}", chat.word(), finding.about), ..finding }
}

fn groups(workspace: &SlackConfig) -> Vec<Group> {
    let named = [("invite_group", &workspace.invite_group), ("on_call_group", &workspace.on_call_group)];
    named.into_iter().filter_map(|(key, id)| Some(Group { key, id: id.clone()? })).collect()
}

/// Those who are to be reached through a platform, unless the file names accounts there for them and none in this workspace.
fn people(config: &Config, (chat, name): (Chat, &str), methods: &[ContactMethod]) -> Vec<Known> {
    let (workspace, platform) = (chat.label(name), chat.label(""));
    let people = config.directory().people.iter();
    let reached = people.filter(|person| {
        let by_it = person.contacts.as_ref().is_none_or(|held| held.iter().any(|method| methods.contains(method)));
        let mut accounts = person.accounts.iter().filter(|held| held.workspace.starts_with(&platform)).peekable();
        let elsewhere = accounts.peek().is_some() && accounts.all(|held| held.workspace != workspace);
        by_it && !elsewhere
    });
    let known = reached.map(|person| Known {
        handle: person.handle.to_string(),
        account: person.accounts.iter().find(|held| held.workspace == workspace).map(|held| held.external_id.clone()),
        email: person.email.clone(),
    });
    known.collect()
}
