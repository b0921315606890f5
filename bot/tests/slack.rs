//! What people in a Slack workspace see of Firebell.

mod buttons;
mod by_http;
mod capturing;
mod citing;
mod declaring;
mod failing;
mod files;
mod gaps;
mod home;
mod paging;
mod people;
mod private;
mod rooms;
mod saga;
mod workspaces;
