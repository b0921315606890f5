//! Services beside chat, through the wire.

mod github;
mod github_publish;
mod gitlab;
mod gitlab_publish;
mod jira;
mod linear;
mod sample;
