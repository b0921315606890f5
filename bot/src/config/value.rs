//! Values that are read from texts and numbers, each with an error that says what to write instead.

use std::fmt;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::{NaiveTime, TimeDelta};
use chrono_tz::{TZ_VARIANTS, Tz};
use firebell_core::suggest;
use firebell_core::text::{self, TITLE_MAX};
use firebell_core::when::parse_duration;
use serde::de::{Deserialize, Deserializer, Error, Visitor};

use crate::store::DatabaseUrl;

/// Shorter, and a platform's late second delivery would be taken for a new request.
const INBOX_MIN: TimeDelta = TimeDelta::hours(24);
/// Shorter, and the watcher would take it for a flood.
const BEAT_MIN: TimeDelta = TimeDelta::seconds(10);
/// Longer, and nobody would hear in time that it has stopped.
const BEAT_MAX: TimeDelta = TimeDelta::hours(1);
const CONNECTIONS_MAX: u32 = 1_000;
const ROUNDS_MAX: i64 = 100;
/// A longer one would hardly come down within the time that a worker has for one effect.
const FILE_MAX: i64 = 100 * 1024 * 1024;
/// Slack gives an app no more Socket Mode connections.
const SOCKETS_MAX: u8 = 10;

/// `[retention]`: how long things are kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a section, such as [retention]")]
pub struct Retention {
    /// How long requests are remembered, so that a second arrival is known; at least 24 hours.
    #[serde(deserialize_with = "inbox")]
    pub inbox: TimeDelta,
    /// How long after the close of its incident a captured message is kept; `None` for ever.
    #[serde(deserialize_with = "kept")]
    pub messages: Option<TimeDelta>,
    /// How long after the close of its incident the copy of a file is kept; `None` for ever, or as long as its message.
    #[serde(deserialize_with = "kept")]
    pub files: Option<TimeDelta>,
}

impl Default for Retention {
    fn default() -> Self {
        Self { inbox: INBOX_MIN, messages: None, files: None }
    }
}

/// Declares a type that is read from a text.
macro_rules! text_value {
    ($name:ident, $inner:ty, $expected:literal, $read:expr) => {
        pub(super) struct $name(pub(super) $inner);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from_text(from, $expected, $read).map(Self)
            }
        }
    };
}

pub(super) use text_value;

text_value!(Wait, TimeDelta, "a duration, such as \"5m\"", |text| parse_duration(text).map_err(|e| e.to_string()));
text_value!(Hour, NaiveTime, "a time, such as \"10:00\"", read_hour);
text_value!(Kept, Option<TimeDelta>, "\"never\" or a duration, such as \"90d\"", read_kept);
text_value!(Database, DatabaseUrl, "a URL, such as \"sqlite:firebell.db\"", read_database);
text_value!(Zone, Tz, "a time zone, such as \"Europe/Berlin\"", read_zone);
text_value!(Name, String, "a name in quotes", |name| text::line("name", name, TITLE_MAX).map_err(|e| e.to_string()));
text_value!(Link, String, "a URL in quotes", read_link);
text_value!(Size, i64, "a size, such as \"20 MiB\"", read_size);
text_value!(FilePath, PathBuf, "a path in quotes", read_path);

fn read_hour(text: &str) -> Result<NaiveTime, String> {
    let wrong = |_| format!("`{text}` is no time of day; write it as \"10:00\"");
    NaiveTime::parse_from_str(text, "%H:%M").map_err(wrong)
}

/// From one heartbeat to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Beat(pub(super) TimeDelta);

impl<'de> Deserialize<'de> for Beat {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from_text(from, "a duration, such as \"1m\"", read_beat).map(Self)
    }
}

impl Default for Beat {
    fn default() -> Self {
        Self(TimeDelta::minutes(1))
    }
}

impl Default for Wait {
    fn default() -> Self {
        Self(TimeDelta::minutes(5))
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self(Tz::UTC)
    }
}

/// Reads a text; `expected` completes "expected ..." when it is something else.
pub(super) fn from_text<'de, D: Deserializer<'de>, T>(
    from: D,
    expected: &'static str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<T, D::Error> {
    struct Text<T, R>(&'static str, R, PhantomData<T>);
    impl<T, R: Fn(&str) -> Result<T, String>> Visitor<'_> for Text<T, R> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }

        // What is refused here is known by its place, in a list too.
        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            (self.1)(text).map_err(E::custom)
        }
    }
    from.deserialize_str(Text(expected, read, PhantomData))
}

pub(super) fn listen<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    let expected = "an address and a port, such as \"127.0.0.1:7373\"";
    from_text(from, expected, |text| text.parse().map_err(|_| format!("expected {expected}")))
}

pub(super) fn some_path<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    FilePath::deserialize(from).map(|path| Some(path.0))
}

pub(super) fn connections<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    let wrong = || D::Error::custom(format!("expected a number from 1 to {CONNECTIONS_MAX}"));
    u32::deserialize(from).ok().filter(|n| (1..=CONNECTIONS_MAX).contains(n)).ok_or_else(wrong)
}

pub(super) fn sockets<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u8>, D::Error> {
    let wrong = || D::Error::custom(format!("expected a number from 1 to {SOCKETS_MAX}"));
    u8::deserialize(from).ok().filter(|n| (1..=SOCKETS_MAX).contains(n)).map(Some).ok_or_else(wrong)
}

pub(super) fn rounds<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    let wrong = || D::Error::custom(format!("expected a number from 1 to {ROUNDS_MAX}"));
    i64::deserialize(from).ok().filter(|n| (1..=ROUNDS_MAX).contains(n)).ok_or_else(wrong)
}

fn inbox<'de, D: Deserializer<'de>>(from: D) -> Result<TimeDelta, D::Error> {
    let short = || D::Error::custom("expected at least \"24h\", as platforms send again for so long");
    Wait::deserialize(from).and_then(|Wait(kept)| if kept < INBOX_MIN { Err(short()) } else { Ok(kept) })
}

fn kept<'de, D: Deserializer<'de>>(from: D) -> Result<Option<TimeDelta>, D::Error> {
    Kept::deserialize(from).map(|Kept(kept)| kept)
}

fn read_beat(text: &str) -> Result<TimeDelta, String> {
    let wait = parse_duration(text).map_err(|error| error.to_string())?;
    let wrong = "expected a duration from \"10s\" to \"1h\"; the watcher is to wait for some minutes longer";
    if (BEAT_MIN..=BEAT_MAX).contains(&wait) { Ok(wait) } else { Err(wrong.to_owned()) }
}

fn read_kept(text: &str) -> Result<Option<TimeDelta>, String> {
    match text {
        "never" => Ok(None),
        other => parse_duration(other).map(Some).map_err(|error| format!("{error}; or write never")),
    }
}

/// Kibibytes or mebibytes, with a space or without.
fn read_size(text: &str) -> Result<i64, String> {
    let wrong = || "expected a size from \"1 KiB\" to \"100 MiB\"".to_owned();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = match unit.trim_start() {
        "KiB" => 1024,
        "MiB" => 1024 * 1024,
        _ => return Err(wrong()),
    };
    let size = number.parse::<i64>().ok().and_then(|number| number.checked_mul(unit));
    size.filter(|size| (1..=FILE_MAX).contains(size)).ok_or_else(wrong)
}

fn read_zone(text: &str) -> Result<Tz, String> {
    text.parse().map_err(|_| {
        let near = suggest::nearest(text, TZ_VARIANTS.iter().map(|zone| zone.name()));
        let help = near.map_or_else(
            || "write an IANA name, such as \"Europe/Berlin\"".to_owned(),
            |zone| format!("did you mean {zone:?}?"),
        );
        format!("no time zone is called {text:?}; {help}")
    })
}

fn read_link(text: &str) -> Result<String, String> {
    let web = reqwest::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if web { Ok(text.to_owned()) } else { Err("expected a URL that begins with https:// or http://".to_owned()) }
}

fn read_path(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() || text.contains('\0') { Err("expected a path".to_owned()) } else { Ok(PathBuf::from(text)) }
}

/// `url` in `[database]`.
pub(super) fn database_url<'de, D: Deserializer<'de>>(from: D) -> Result<DatabaseUrl, D::Error> {
    Database::deserialize(from).map(|url| url.0)
}

fn read_database(text: &str) -> Result<DatabaseUrl, String> {
    DatabaseUrl::parse(text).map_err(|refused| refused.to_string())
}
