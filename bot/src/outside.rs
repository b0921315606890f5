//! Services beside chat that keep a copy of what Firebell knows: trackers of tickets, forges with repositories, wikis.
//!
//! [`call`] makes the calls; [`tracker`] and [`publishing`] say in common words what is kept there, and `page` what wikis hold.

pub mod atlassian;
pub mod call;
pub(crate) mod confluence;
#[cfg(test)]
mod fakes;
pub mod finding;
pub(crate) mod foot;
pub mod forge;
pub mod jira;
pub mod linear;
pub(crate) mod notion;
pub(crate) mod page;
pub mod publishing;
pub mod tracker;
pub mod webhook;
