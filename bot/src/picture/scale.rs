//! From instants to places on a line, long times in which nothing happened left out; and the times to write below it.

use chrono::{DateTime, LocalResult, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

/// A part of the line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Piece {
    pub(super) from: DateTime<Utc>,
    pub(super) to: DateTime<Utc>,
    pub(super) left: f32,
    pub(super) right: f32,
    /// Whether nothing happened in it, and it takes little room.
    pub(super) empty: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    pub(super) pieces: Vec<Piece>,
    /// The first instant of a point behind each break.
    pub(super) resumed: Vec<DateTime<Utc>>,
}

/// How much of the line a time without anything must take to be left out, in percent of what is not left out yet.
const EMPTY_PERCENT: i32 = 40;

/// Fewer things than this have room anyway.
const FEW: usize = 8;

/// Most times that are left out, and how wide each is shown, in points.
const EMPTY_MAX: usize = 3;
const EMPTY_WIDTH: f32 = 36.0;

/// Distances between two times, in seconds.
const STEPS: [i64; 24] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
    1_209_600, 2_592_000, 7_776_000, 31_536_000,
];

impl Scale {
    /// The line from `left` to `right` for all of `points`, which are sorted and at least two.
    pub(super) fn new(points: &[DateTime<Utc>], left: f32, right: f32) -> Self {
        let (Some(first), Some(last)) = (points.first().copied(), points.last().copied()) else {
            return Self { pieces: Vec::new(), resumed: Vec::new() };
        };
        // What lasted no time is shown in the middle of some minutes.
        let pad = TimeDelta::seconds(if last - first < TimeDelta::seconds(20) { 60 } else { 0 });
        let (first, last) = (first - pad, last + pad);
        let empty = empty(points, last - first);
        let mut bounds = vec![(first, false)];
        for (from, to) in &empty {
            bounds.extend([(*from, true), (*to, false)]);
        }
        let skipped: TimeDelta = empty.iter().map(|(from, to)| *to - *from).sum();
        let room = right - left - EMPTY_WIDTH * small(empty.len());
        let per_second = room / seconds(last - first - skipped);
        let mut x = left;
        let mut pieces = Vec::new();
        for (index, (from, is_empty)) in bounds.iter().copied().enumerate() {
            let to = bounds.get(index + 1).map_or(last, |(to, _)| *to);
            let wide = if is_empty { EMPTY_WIDTH } else { seconds(to - from) * per_second };
            pieces.push(Piece { from, to, left: x, right: x + wide, empty: is_empty });
            x += wide;
        }
        let behind = |(_, to): &(DateTime<Utc>, DateTime<Utc>)| points.iter().copied().find(|point| point >= to);
        Self { pieces, resumed: empty.iter().filter_map(behind).collect() }
    }

    /// Where an instant is; the nearest end for one outside.
    pub(super) fn x(&self, at: DateTime<Utc>) -> f32 {
        let piece = self.pieces.iter().find(|piece| at <= piece.to).or(self.pieces.last());
        piece.map_or(0.0, |piece| {
            let part = seconds(at - piece.from) / seconds(piece.to - piece.from).max(0.001);
            piece.left + (piece.right - piece.left) * part.clamp(0.0, 1.0)
        })
    }

    /// Times in wall time that are at least `apart` from each other, and from one to the next in seconds.
    pub(super) fn ticks(&self, zone: Tz, apart: f32) -> (Vec<DateTime<Utc>>, i64) {
        let shown = self.pieces.iter().filter(|piece| !piece.empty);
        let (mut lasted, mut wide) = (0.0, 0.0);
        for piece in shown.clone() {
            lasted += seconds(piece.to - piece.from);
            wide += piece.right - piece.left;
        }
        let fits = |step: &&i64| lasted / seconds(TimeDelta::seconds(**step)) * apart <= wide;
        let step = STEPS.iter().find(fits).copied().unwrap_or(STEPS[STEPS.len() - 1]);
        let mut ticks: Vec<DateTime<Utc>> = Vec::new();
        let mut last = f32::NEG_INFINITY;
        for piece in shown {
            for at in times(zone, piece, step) {
                let x = self.x(at);
                // At a break two pieces may each have one at their ends.
                if x - last >= apart * 0.9 {
                    ticks.push(at);
                    last = x;
                }
            }
        }
        (ticks, step)
    }
}

/// The longest times between points, without their ends, as long as they take much of what is left.
fn empty(points: &[DateTime<Utc>], all: TimeDelta) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let mut distinct = points.to_vec();
    distinct.dedup();
    let mut gaps: Vec<(DateTime<Utc>, DateTime<Utc>)> = distinct.windows(2).map(|pair| (pair[0], pair[1])).collect();
    let longest = |(from, to): &(DateTime<Utc>, DateTime<Utc>)| (std::cmp::Reverse(*to - *from), *from);
    if gaps.len() > EMPTY_MAX {
        gaps.select_nth_unstable_by_key(EMPTY_MAX, longest);
        gaps.truncate(EMPTY_MAX);
    }
    gaps.sort_by_key(longest);
    let mut left = all;
    let mut found = Vec::new();
    for (from, to) in gaps.into_iter().take(if distinct.len() < FEW { 0 } else { EMPTY_MAX }) {
        let rest = left - (to - from);
        if (to - from) * 100 < left * EMPTY_PERCENT || rest < TimeDelta::seconds(60) {
            break;
        }
        left = rest;
        found.push((from, to));
    }
    // Something of each stays, so that what stands at its ends does not touch the break.
    let edge = left / 20;
    found.retain(|(from, to)| *to - *from > edge * 4);
    for (from, to) in &mut found {
        (*from, *to) = (*from + edge, *to - edge);
    }
    found.sort_unstable();
    found
}

/// The multiples of a step in wall time within a piece. An hour that the clock goes twice has its times twice.
fn times(zone: Tz, piece: &Piece, step: i64) -> Vec<DateTime<Utc>> {
    let local = |at: DateTime<Utc>| at.with_timezone(&zone).naive_local();
    // Clocks are never put by more than a day.
    let (from, to) = (local(piece.from) - TimeDelta::days(1), local(piece.to) + TimeDelta::days(1));
    let whole = from.and_utc().timestamp().div_euclid(step) * step;
    let Some(start) = DateTime::from_timestamp(whole, 0).map(|start| start.naive_utc()) else { return Vec::new() };
    let mut found = Vec::new();
    let mut at = if step >= 86_400 { start.date().and_time(NaiveTime::MIN) } else { start };
    while at <= to {
        match zone.from_local_datetime(&at) {
            LocalResult::Single(one) => found.push(one.to_utc()),
            LocalResult::Ambiguous(one, other) => found.extend([one.to_utc(), other.to_utc()]),
            LocalResult::None => {}
        }
        at += TimeDelta::seconds(step);
    }
    found.retain(|at| *at >= piece.from && *at <= piece.to);
    found.sort_unstable();
    found
}

#[expect(clippy::cast_possible_truncation, reason = "a place in a picture needs no more digits")]
fn seconds(lasted: TimeDelta) -> f32 {
    lasted.as_seconds_f64() as f32
}

fn small(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}Z").parse().unwrap()
    }

    #[test]
    fn a_line_is_even_where_things_happen() {
        let scale = Scale::new(&[at("2026-03-03T10:00:00"), at("2026-03-03T12:00:00")], 0.0, 240.0);
        for (time, expected) in [("10:00:00", 0.0), ("10:30:00", 60.0), ("12:00:00", 240.0), ("13:00:00", 240.0)] {
            assert!((scale.x(at(&format!("2026-03-03T{time}"))) - expected).abs() < 0.01, "at {time}");
        }
        assert_eq!(scale.pieces.len(), 1);
    }

    #[test]
    fn long_times_without_anything_take_little_room() {
        let mut points: Vec<DateTime<Utc>> =
            (0..12).map(|step| at("2026-03-03T10:00:00") + TimeDelta::minutes(5 * step)).collect();
        points.push(at("2026-03-06T10:00:00"));
        points.push(at("2026-03-06T10:30:00"));
        let scale = Scale::new(&points, 0.0, 480.0);
        assert_eq!(scale.pieces.iter().map(|piece| piece.empty).collect::<Vec<_>>(), [false, true, false]);
        assert!(scale.x(points[11]) > 250.0, "{scale:?}");
        assert!(points.windows(2).all(|pair| scale.x(pair[0]) < scale.x(pair[1])));
    }

    #[test]
    fn times_follow_the_wall_clock() {
        let zone = chrono_tz::Europe::Prague;
        for (from, to, expected) in [
            // The clock goes from two to three.
            ("2026-03-29T00:00:00", "2026-03-29T02:00:00", vec!["01:00", "03:00", "04:00"]),
            // The hour from two to three comes twice.
            ("2026-10-25T00:00:00", "2026-10-25T02:00:00", vec!["02:00", "02:00", "03:00"]),
        ] {
            let scale = Scale::new(&[at(from), at(to)], 0.0, 100.0);
            let (ticks, step) = scale.ticks(zone, 40.0);
            assert_eq!(step, 3_600);
            let told: Vec<String> = ticks.iter().map(|at| super::super::words::clock(zone, *at, false)).collect();
            assert_eq!(told, expected);
        }
    }

    #[test]
    fn there_are_times_for_every_length() {
        for lasted in [0, 1, 59, 3_600, 86_400, 40 * 86_400, 4_000 * 86_400] {
            let from = at("2026-03-03T10:07:03");
            let scale = Scale::new(&[from, from + TimeDelta::seconds(lasted)], 0.0, 480.0);
            let (ticks, _) = scale.ticks(chrono_tz::Asia::Kathmandu, 44.0);
            assert!((1..=12).contains(&ticks.len()), "{} for {lasted}", ticks.len());
        }
    }
}
