//! Times and durations as people type them.
//!
//! Letters may be of either case and blanks may repeat. A time without an offset is a wall time in
//! the person's zone and follows the rule of [`wall_to_instant`]. Instants are truncated to
//! microseconds, which is what both databases keep.

mod duration;
mod echo;
mod instant;
mod phrase;
#[cfg(test)]
mod tests;
mod wall;

pub use duration::{compact_duration, format_duration, parse_duration};
pub use instant::{parse_ahead, parse_future, parse_instant};
pub use wall::wall_to_instant;

/// Why a typed time or duration was refused; the text tells the person what to type instead.
///
/// Every variant holds at most 40 characters of what was typed, with control and direction
/// characters replaced by visible ones. It is still a person's text, to be escaped for the target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhenError {
    /// The text is none of the forms of [`parse_instant`], or names a day or time that no calendar has.
    #[error(
        "`{0}` is not a time; write 14:05, -10m, 10m ago, yesterday 23:50, mon 10:00, now, \
         2026-11-21 14:05 or 2026-11-21T14:05:00Z"
    )]
    NotAnInstant(String),
    /// The text is none of the forms of [`parse_future`], or names a day or time that no calendar has.
    #[error(
        "`{0}` is not a due time; write 3d, 17:00, fri, fri 17:00, tomorrow 09:00, 2026-11-21, \
         2026-11-21 14:05 or 2026-11-21T14:05:00Z"
    )]
    NotADueTime(String),
    /// The due time has already passed, or is this very moment.
    #[error("`{0}` is not in the future; name a later time, such as 3d or fri 17:00")]
    NotInFuture(String),
    /// The text is not a number and a unit, largest unit first.
    #[error("`{0}` is not a duration; write 90s, 45 min, 1h30m, 2 hours, 2d or 1w")]
    NotADuration(String),
    /// A duration of nothing.
    #[error("`{0}` is no time at all; write a duration of at least one second, such as 30m")]
    ZeroDuration(String),
    /// A duration of more than 366 days.
    #[error("`{0}` is longer than 366 days; write a shorter duration, such as 30m or 2d")]
    TooLong(String),
    /// The instant lies outside the years 1 to 9999 (UTC).
    #[error("`{0}` lies outside the years 0001 to 9999; name a time within them")]
    OutOfRange(String),
}
