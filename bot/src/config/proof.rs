//! The rounds in which people prove that they can be reached, of the file.

use chrono::{NaiveTime, TimeDelta};
use firebell_core::directory::proof::Rounds;

use super::error::Wrong;
use super::file;

/// More often, and nobody would read them any more.
const EVERY_MIN: TimeDelta = TimeDelta::days(7);

/// `[proof]`: without a pace nobody is asked, and the rest is checked all the same.
pub(super) fn check(section: file::Proof) -> Result<Option<Rounds>, Wrong> {
    let at = section.at.map_or_else(|| NaiveTime::from_hms_opt(10, 0, 0).unwrap_or_default(), |at| at.0);
    let Some(every) = section.every else { return Ok(None) };
    if every.get_ref().0 < EVERY_MIN {
        return Err(Wrong::new(&every.span(), "\"every\" in [proof]: expected at least \"7d\""));
    }
    Ok(Some(Rounds { every: every.get_ref().0, at }))
}
