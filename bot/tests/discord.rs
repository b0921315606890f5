//! Stories of people who work in Discord.

mod by_http;
mod capturing;
mod connecting;
mod declaring;
mod mirroring;
mod paging;
