//! The grammar as tables, and properties of any line at all.

mod actions;
mod options;
mod properties;
mod rca;
mod verbs;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::super::{Ask, Command, Query, Request};
use super::{Context, parse};
use crate::refusal::Refusal;

/// Winter in Berlin, 15:00 there.
fn context() -> Context<'static> {
    Context { zone: Tz::Europe__Berlin, now: at("2026-11-21T14:00:00Z"), severities: &[] }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn read(line: &str) -> Result<Request, Refusal> {
    parse(line, &context())
}

#[track_caller]
fn does(line: &str, command: Command) {
    assert_eq!(read(line), Ok(Request { incident: None, ask: Ask::Command(command) }), "for {line:?}");
}

#[track_caller]
fn asks(line: &str, query: Query) {
    assert_eq!(read(line), Ok(Request { incident: None, ask: Ask::Query(query) }), "for {line:?}");
}

#[track_caller]
fn refuses(line: &str, message: &str) {
    assert_eq!(read(line).unwrap_err().to_string(), message, "for {line:?}");
}
