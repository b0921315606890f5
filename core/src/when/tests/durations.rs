use super::nonsense;
use crate::when::{WhenError, compact_duration, format_duration, parse_duration};
use chrono::TimeDelta;
use proptest::prelude::*;

const DAY: i64 = 86_400;

#[test]
fn every_form_is_read() {
    for (text, seconds) in [
        ("1s", 1),
        ("90s", 90),
        ("30m", 1800),
        ("30M", 1800),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("1 h 05 min", 3900),
        (" 45  min ", 2700),
        ("1 hour", 3600),
        ("2 hours", 7200),
        ("2hrs 5mins 6secs", 7506),
        ("2d", 2 * DAY),
        ("1w", 7 * DAY),
        ("1w2d3h4m5s", 9 * DAY + 11_045),
        ("1h90m", 9000),
        ("000000000000000000000000000001s", 1),
        ("366d", 366 * DAY),
    ] {
        assert_eq!(parse_duration(text), Ok(TimeDelta::seconds(seconds)), "for {text:?}");
    }
}

#[test]
fn what_is_no_duration_is_refused_and_the_forms_are_named() {
    let times = ["now", "-10m", "+10m", "10m ago", "in 10m", "14:05", "2026-11-21"];
    for text in nonsense().into_iter().chain(times.map(str::to_owned)) {
        let start: String = text.chars().take(60).collect();
        let error = parse_duration(&text).expect_err(&start);
        assert!(matches!(error, WhenError::NotADuration(_)), "for {start:?}");
        assert!(error.to_string().contains("1h30m"), "{error}");
    }
}

#[test]
fn nothing_and_too_much_are_refused() {
    for text in ["0s", "0m", "0d 0h"] {
        assert_eq!(parse_duration(text), Err(WhenError::ZeroDuration(text.into())));
    }
    for text in [
        "366d1s",
        "53w",
        "18446744073709551616s",
        "99999999999999999999999999w",
        "18446744073709551615w 18446744073709551615s",
    ] {
        let error = parse_duration(text).unwrap_err();
        assert!(matches!(error, WhenError::TooLong(_)), "for {text:?}");
    }
}

#[test]
fn durations_are_written_for_documents_and_for_typing() {
    for (seconds, document, compact) in [
        (0, "0 s", "0s"),
        (1, "1 s", "1s"),
        (45, "45 s", "45s"),
        (60, "1 min", "1m"),
        (69, "1 min 09 s", "1m9s"),
        (750, "12 min 30 s", "12m30s"),
        (3600, "1 h", "1h"),
        (3659, "1 h", "1h59s"),
        (3900, "1 h 05 min", "1h5m"),
        (5400, "1 h 30 min", "1h30m"),
        (DAY - 1, "23 h 59 min", "23h59m59s"),
        (DAY, "1 d", "1d"),
        (DAY + 3599, "1 d", "1d59m59s"),
        (3 * DAY + 4 * 3600, "3 d 4 h", "3d4h"),
        (400 * DAY, "400 d", "400d"),
        (-3900, "-1 h 05 min", "-1h5m"),
    ] {
        let duration = TimeDelta::seconds(seconds);
        assert_eq!(format_duration(duration), document, "for {seconds} s");
        assert_eq!(compact_duration(duration), compact, "for {seconds} s");
    }
}

#[test]
fn less_than_a_second_is_cut_off_without_a_sign() {
    for millis in [-999, 999] {
        let duration = TimeDelta::milliseconds(millis);
        assert_eq!(format_duration(duration), "0 s");
        assert_eq!(compact_duration(duration), "0s");
    }
}

#[test]
fn the_longest_durations_can_be_written() {
    assert_eq!(format_duration(TimeDelta::MAX), "106751991167 d 7 h");
    assert_eq!(compact_duration(TimeDelta::MIN), "-106751991167d7h12m55s");
}

proptest! {
    #[test]
    fn compact_durations_are_read_back(seconds in 1..=366 * DAY) {
        let duration = TimeDelta::seconds(seconds);
        prop_assert_eq!(parse_duration(&compact_duration(duration)), Ok(duration));
    }

    #[test]
    fn documents_are_read_back_to_within_what_they_leave_out(seconds in 1..=366 * DAY) {
        let duration = TimeDelta::seconds(seconds);
        let read = parse_duration(&format_duration(duration)).unwrap();
        let left_out = duration - read;
        prop_assert!(left_out >= TimeDelta::zero() && left_out < TimeDelta::hours(1));
    }

    #[test]
    fn no_text_panics(text in any::<String>(), near in "[0-9]{0,30} ?[wdhms]{0,2}[0-9]{0,30}[a-z]{0,4}") {
        for text in [text, near] {
            if let Ok(duration) = parse_duration(&text) {
                prop_assert!(duration > TimeDelta::zero() && duration <= TimeDelta::days(366));
            }
        }
    }
}
