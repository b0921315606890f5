//! What people in a Slack workspace see of Firebell.

mod answering;
mod buttons;
mod by_http;
mod capturing;
mod citing;
mod connecting;
mod declaring;
mod enduring;
mod failing;
mod files;
mod gaps;
mod group;
mod home;
mod kept;
mod linking;
mod mirroring;
mod paging;
mod people;
mod private;
mod refusing;
mod rooms;
mod rooms_added;
mod saga;
mod taking_part;
mod workspaces;
