//! Turns what other on-call systems export into Firebell's configuration, and says what could not be carried over.
//!
//! A schedule is carried whole or not at all: with one of its layers missing, other people would be on call.

mod draft;
mod error;
mod grafana;
mod input;
mod json;
mod model;
mod names;
mod opsgenie;
mod overrides;
mod pagerduty;
mod people;
mod report;
mod rules;
mod shape;
mod text;
mod wall;
mod windows;
mod write;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

pub use error::{ImportError, UnknownVendor};
pub use report::{Kind, Line, Report};

use draft::Draft;
use input::Export;

/// Whose export it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vendor {
    GrafanaOnCall,
    PagerDuty,
    Opsgenie,
}

impl Vendor {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::GrafanaOnCall, Self::PagerDuty, Self::Opsgenie];

    /// The word for it on a command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::GrafanaOnCall => "grafana-oncall",
            Self::PagerDuty => "pagerduty",
            Self::Opsgenie => "opsgenie",
        }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::GrafanaOnCall => "Grafana OnCall",
            Self::PagerDuty => "PagerDuty",
            Self::Opsgenie => "Opsgenie",
        }
    }
}

impl FromStr for Vendor {
    type Err = UnknownVendor;

    fn from_str(word: &str) -> Result<Self, UnknownVendor> {
        let vendor = Self::ALL.into_iter().find(|vendor| vendor.word() == word);
        vendor.ok_or_else(|| UnknownVendor(text::shown(word)))
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What became of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Text for a file that `firebell apply` takes; the same for the same export and time.
    pub toml: String,
    pub report: Report,
}

/// Reads an export: an object with named arrays or answers of the vendor's API, or an array of such answers. What was
/// over at `now`, such as a past override, is left out.
///
/// # Errors
/// A text that is no JSON, another vendor's export, or nothing that could be carried over.
pub fn import(from: Vendor, json: &str, now: DateTime<Utc>) -> Result<Imported, ImportError> {
    let mut draft = Draft::new(from, now);
    let export = Export::read(from, json, &mut draft.report)?;
    match from {
        Vendor::GrafanaOnCall => grafana::fill(&mut draft, &export),
        Vendor::PagerDuty => pagerduty::fill(&mut draft, &export),
        Vendor::Opsgenie => opsgenie::fill(&mut draft, &export),
    }
    Ok(draft.finish())
}
