//! Fakes of services beside chat: they speak their real protocols on loopback, keep what they are told, and can be seen and
//! changed as people would.

pub(crate) mod confluence;
pub(crate) mod confluence_xml;
pub(crate) mod git;
pub(crate) mod github;

pub(crate) mod gitlab;
pub(crate) mod jira;
mod jira_adf;
mod jira_search;
pub(crate) mod linear;
mod linear_graphql;
pub(crate) mod notion;
mod notion_check;
pub(crate) mod wire;
