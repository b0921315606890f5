//! Tables and properties of everything people type.

mod durations;
mod future;
mod instants;
mod walls;

use chrono::{DateTime, Utc};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Texts that are neither a time nor a duration, however they are read.
fn nonsense() -> Vec<String> {
    let megabyte = 1 << 20;
    let mut texts: Vec<String> = [
        "",
        " ",
        "soon",
        "\0",
        "14:05\0",
        "-10m\0",
        "🔥",
        "１４:０５",
        "١٤:٠٥",
        "\u{202e}50:41",
        "14",
        "-",
        "+",
        "--10m",
        "-+10m",
        "-10m ago",
        "+10m ago",
        "ago",
        "10 ago",
        "m",
        "10x",
        "1m1h",
        "1h1h",
        "1.5h",
        "24:00",
        "14:60",
        "14:05:60",
        "14:5",
        "014:05",
        "+4:05",
        "14:05:09:01",
        "14:05pm",
        "yesterday 25:00",
        "yesterday-23:50",
        "someday 10:00",
        "mo 10:00",
        "2026-02-29",
        "2026-13-01",
        "2026-1-1",
        "26-01-01",
        "+2026-01-01",
        "12026-01-01",
        "2026-11-21x14:05",
        "2026-11-21T",
        "2026-11-21T14:05:00.",
        "2026-11-21T14:05:00.1x",
        "2026-11-21T14:05.5",
        "2026-11-21T14:05:00+24:00",
        "2026-11-21T14:05:00+01:60",
        "2026-11-21T14:05:00+1",
        "2026-11-21T14:05:00zz",
        "2026-11-2é",
        "2026-11-21é",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.extend(["1", "-", ":", "a", "🔥", "\0", " ", "1h ", "2026-"].map(|s| s.repeat(megabyte)));
    texts
}
