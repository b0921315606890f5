//! Slack workspaces: their secrets here, the rest in the platform's own examination.

use std::sync::Arc;

use firebell_core::directory::ContactMethod;

use crate::app::slack;
use crate::clock::Clock;
use crate::config::{Config, SlackConfig};
use crate::platform::slack::doctor::{Finding, Group, Known, Subject, examine as ask};

/// Everything about one workspace.
pub(super) async fn examine(config: &Config, workspace: &SlackConfig) -> Vec<Finding> {
    let named = |finding: Finding| Finding { about: format!("slack {}: {}", workspace.name, finding.about), ..finding };
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
        people: people(config, &workspace.name),
    };
    ask(&api, &clock, &subject).await.into_iter().map(named).collect()
}

fn groups(workspace: &SlackConfig) -> Vec<Group> {
    let named = [("invite_group", &workspace.invite_group), ("on_call_group", &workspace.on_call_group)];
    named.into_iter().filter_map(|(key, id)| Some(Group { key, id: id.clone()? })).collect()
}

/// Those who are to be reached through Slack, unless the file names accounts for them and none of this workspace.
fn people(config: &Config, workspace: &str) -> Vec<Known> {
    let people = config.directory().people.iter();
    let reached = people.filter(|person| {
        let by_slack = person.contacts.as_ref().is_none_or(|contacts| contacts.contains(&ContactMethod::Slack));
        let elsewhere = !person.accounts.is_empty() && person.accounts.iter().all(|held| held.workspace != workspace);
        by_slack && !elsewhere
    });
    let known = reached.map(|person| Known {
        handle: person.handle.to_string(),
        account: person.accounts.iter().find(|held| held.workspace == workspace).map(|held| held.external_id.clone()),
        email: person.email.clone(),
    });
    known.collect()
}
