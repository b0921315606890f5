//! Stories of people who work in Discord.

mod by_http;
mod capturing;
mod causing;
mod connecting;
mod declaring;
mod documents;
mod failing;
mod mirroring;
mod on_call;
mod paging;
mod private;
mod rooms;
mod sections;
