//! Schedules in few words.

use std::num::NonZeroU16;

use chrono::{DateTime, NaiveDateTime, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;
use firebell_core::actor::Who;
use firebell_core::directory::Origin;
use firebell_core::ids::{Key, OverrideId, PersonId};
use firebell_core::oncall::overrides::{Override, OverrideKind};
use firebell_core::oncall::schedule::{Layer, Rotation, Schedule, Source, Turn, Window};
use uuid::Uuid;

pub(crate) const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

pub(crate) fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

/// People go by single letters.
pub(crate) fn people(letters: &str) -> Vec<PersonId> {
    letters.bytes().map(|letter| PersonId(Uuid::from_u128(letter.into()))).collect()
}

pub(crate) fn letter(person: PersonId) -> char {
    char::from(u8::try_from(person.0.as_u128()).unwrap())
}

pub(crate) fn many(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}

/// Pools are parted by blanks: "a bc" is one of one and one of two; "a . b" has one of nobody in the middle.
pub(crate) fn rotation(start: NaiveDateTime, turn: Turn, pools: &str) -> Source {
    let pools = pools.split_whitespace().map(|pool| if pool == "." { Vec::new() } else { people(pool) }).collect();
    Source::Rotation(Rotation { start, turn, pools })
}

pub(crate) fn layer(name: &str, priority: i64, source: Source) -> Layer {
    Layer {
        name: key(name),
        priority,
        from: None,
        until: None,
        shadow: false,
        source,
        windows: Vec::new(),
        holidays: None,
    }
}

pub(crate) fn schedule(zone: Tz, layers: Vec<Layer>) -> Schedule {
    let (name, origin) = ("Shop".to_owned(), Origin::File);
    Schedule { key: key("shop"), name, version: 1, zone, team: None, handoff_notice_s: None, layers, origin }
}

pub(crate) fn time(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
}

/// On every day; over midnight where it closes before it opens, and until then where it closes at midnight.
pub(crate) fn daily(opens: NaiveTime, closes: NaiveTime) -> Vec<Window> {
    let over = closes <= opens;
    WEEK.map(|day| Window { opens: (day, opens), closes: (if over { day.succ() } else { day }, closes) }).to_vec()
}

/// The `number`th override, made in that order.
pub(crate) fn cover(
    number: u32,
    letters: &str,
    instead_of: &str,
    (start, end): (DateTime<Utc>, DateTime<Utc>),
) -> Override {
    Override {
        id: OverrideId(Uuid::from_u128(number.into())),
        schedule: key("shop"),
        start,
        end,
        people: people(letters),
        instead_of: people(instead_of).first().copied(),
        kind: OverrideKind::Cover,
        made_by: Who::Firebell,
        made_at: DateTime::from_timestamp(number.into(), 0).unwrap(),
    }
}
