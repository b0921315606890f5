//! Recurrence rules, most of them the examples of RFC 5545 (3.8.5.3) and of its errata.

use super::{days, event, understood};

/// A name, the start in New York, the rule, the first day that is not asked for, and the occurrences: each year before
/// its dates, and a time where it is not 09:00.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str);

const ENDS: &[Row] = &[
    (
        "until in UTC, inclusive",
        "19971222T090000",
        "FREQ=DAILY;UNTIL=19971224T140000Z",
        "2000-01-01",
        "1997: 12/22 12/23 12/24",
    ),
    (
        "until in UTC, a second too early",
        "19971222T090000",
        "FREQ=DAILY;UNTIL=19971224T135959Z",
        "2000-01-01",
        "1997: 12/22 12/23",
    ),
    (
        "until on the wall clock",
        "19971222T090000",
        "FREQ=DAILY;UNTIL=19971224T090000",
        "2000-01-01",
        "1997: 12/22 12/23 12/24",
    ),
    ("until a day", "19971222T090000", "FREQ=DAILY;UNTIL=19971224", "2000-01-01", "1997: 12/22 12/23 12/24"),
    ("until before the start", "19971222T090000", "FREQ=DAILY;UNTIL=19971221", "2000-01-01", ""),
];

const DAYS_AND_WEEKS: &[Row] = &[
    ("daily with a count", "19970902T090000", "FREQ=DAILY;COUNT=4", "2000-01-01", "1997: 9/2 9/3 9/4 9/5"),
    ("every other day", "19970902T090000", "FREQ=DAILY;INTERVAL=2", "1997-09-09", "1997: 9/2 9/4 9/6 9/8"),
    (
        "the same as a daily rule",
        "19980130T090000",
        "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1",
        "1999-01-03",
        "1998: 1/30 1/31 1999: 1/1 1/2",
    ),
    ("weekly", "19970902T090000", "FREQ=WEEKLY;COUNT=3", "2000-01-01", "1997: 9/2 9/9 9/16"),
    (
        "every other week on several days",
        "19970902T090000",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
        "2000-01-01",
        "1997: 9/2 9/4 9/16 9/18 9/30 10/2 10/14 10/16",
    ),
    (
        "weeks that begin on Monday",
        "19970805T090000",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
        "2000-01-01",
        "1997: 8/5 8/10 8/19 8/24",
    ),
    (
        "weeks that begin on Sunday",
        "19970805T090000",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
        "2000-01-01",
        "1997: 8/5 8/17 8/19 8/31",
    ),
    (
        "positions that overlap, and some that do not exist",
        "20240101T090000",
        "FREQ=WEEKLY;BYDAY=MO,WE;BYSETPOS=1,-2,7;COUNT=3",
        "2025-01-01",
        "2024: 1/1 1/8 1/15",
    ),
    (
        "the start is the first occurrence, even where the rule does not have it",
        "19970902T090000",
        "FREQ=WEEKLY;BYDAY=TH;COUNT=3",
        "2000-01-01",
        "1997: 9/2 9/4 9/11",
    ),
    (
        "small letters, and a part that changes nothing",
        "20240101T090000",
        "freq=daily;rscale=gregorian;skip=omit;count=2",
        "2025-01-01",
        "2024: 1/1 1/2",
    ),
];

const MONTHS: &[Row] = &[
    ("first Friday", "19970905T090000", "FREQ=MONTHLY;COUNT=3;BYDAY=1FR", "2000-01-01", "1997: 9/5 10/3 11/7"),
    (
        "first and last Sunday of every other month",
        "19970907T090000",
        "FREQ=MONTHLY;INTERVAL=2;COUNT=5;BYDAY=1SU,-1SU",
        "2000-01-01",
        "1997: 9/7 9/28 11/2 11/30 1998: 1/4",
    ),
    (
        "last Monday but one",
        "19970922T090000",
        "FREQ=MONTHLY;COUNT=3;BYDAY=-2MO",
        "2000-01-01",
        "1997: 9/22 10/20 11/17",
    ),
    ("last day but two", "19970928T090000", "FREQ=MONTHLY;BYMONTHDAY=-3", "1997-12-31", "1997: 9/28 10/29 11/28 12/29"),
    (
        "first and last day",
        "19970930T090000",
        "FREQ=MONTHLY;COUNT=4;BYMONTHDAY=1,-1",
        "2000-01-01",
        "1997: 9/30 10/1 10/31 11/1",
    ),
    ("the 31st", "20240131T090000", "FREQ=MONTHLY;COUNT=4", "2030-01-01", "2024: 1/31 3/31 5/31 7/31"),
    (
        "every 18 months",
        "19970910T090000",
        "FREQ=MONTHLY;INTERVAL=18;COUNT=4;BYMONTHDAY=10,11",
        "2000-01-01",
        "1997: 9/10 9/11 1999: 3/10 3/11",
    ),
    (
        "Friday the 13th",
        "19980213T090000",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "2000-11-01",
        "1998: 2/13 3/13 11/13 1999: 8/13 2000: 10/13",
    ),
    (
        "third of the days that are Tuesday to Thursday",
        "19970904T090000",
        "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
        "2000-01-01",
        "1997: 9/4 10/7 11/6",
    ),
    (
        "last working day but one",
        "19970929T090000",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        "1998-01-01",
        "1997: 9/29 10/30 11/27 12/30",
    ),
];

const YEARS: &[Row] = &[
    (
        "a first week that begins in the old year",
        "20191230T090000",
        "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO",
        "2025-01-01",
        "2019: 12/30 2021: 1/4 2022: 1/3 2023: 1/2 2024: 1/1 12/30",
    ),
    (
        "every day in January",
        "19980130T090000",
        "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
        "1999-01-03",
        "1998: 1/30 1/31 1999: 1/1 1/2",
    ),
    (
        "in June and July",
        "19970610T090000",
        "FREQ=YEARLY;COUNT=3;BYMONTH=6,7",
        "2000-01-01",
        "1997: 6/10 7/10 1998: 6/10",
    ),
    (
        "days of the year",
        "19970101T090000",
        "FREQ=YEARLY;INTERVAL=3;COUNT=4;BYYEARDAY=1,100,-1",
        "2004-01-01",
        "1997: 1/1 4/10 12/31 2000: 1/1",
    ),
    (
        "20th Monday of the year",
        "19970519T090000",
        "FREQ=YEARLY;BYDAY=20MO",
        "2000-01-01",
        "1997: 5/19 1998: 5/18 1999: 5/17",
    ),
    (
        "last Monday of the year",
        "19971229T090000",
        "FREQ=YEARLY;BYDAY=-1MO",
        "2000-01-01",
        "1997: 12/29 1998: 12/28 1999: 12/27",
    ),
    (
        "Monday of week 20",
        "19970512T090000",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
        "2000-01-01",
        "1997: 5/12 1998: 5/11 1999: 5/17",
    ),
    (
        "week 20 on the start's weekday",
        "19970512T090000",
        "FREQ=YEARLY;BYWEEKNO=20",
        "1999-01-01",
        "1997: 5/12 1998: 5/11",
    ),
    (
        "last week of the year",
        "20151231T090000",
        "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=TH",
        "2018-01-01",
        "2015: 12/31 2016: 12/29 2017: 12/28",
    ),
    (
        "Thursdays of summer",
        "19970605T090000",
        "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8;COUNT=6",
        "2000-01-01",
        "1997: 6/5 6/12 6/19 6/26 7/3 7/10",
    ),
    (
        "election day",
        "19961105T090000",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "2005-01-01",
        "1996: 11/5 2000: 11/7 2004: 11/2",
    ),
    ("29 February", "20240229T090000", "FREQ=YEARLY", "2033-01-01", "2024: 2/29 2028: 2/29 2032: 2/29"),
    ("day 366", "20241231T090000", "FREQ=YEARLY;BYYEARDAY=366", "2029-01-01", "2024: 12/31 2028: 12/31"),
    (
        "last day of February",
        "20240229T090000",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1",
        "2027-01-01",
        "2024: 2/29 2025: 2/28 2026: 2/28",
    ),
    ("no leap year in 2100", "20960229T090000", "FREQ=YEARLY", "2105-01-01", "2096: 2/29 2104: 2/29"),
];

const TIMES: &[Row] = &[
    (
        "every three hours",
        "19970902T090000",
        "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z",
        "2000-01-01",
        "1997: 9/2 9/2T12:00 9/2T15:00",
    ),
    (
        "every 90 minutes",
        "19970902T090000",
        "FREQ=MINUTELY;INTERVAL=90;COUNT=4",
        "2000-01-01",
        "1997: 9/2 9/2T10:30 9/2T12:00 9/2T13:30",
    ),
    (
        "times of the day",
        "19970902T090000",
        "FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,30;COUNT=5",
        "2000-01-01",
        "1997: 9/2 9/2T09:30 9/2T10:00 9/2T10:30 9/3",
    ),
    (
        "minutes of some hours",
        "19970902T090000",
        "FREQ=MINUTELY;INTERVAL=30;BYHOUR=9,11",
        "1997-09-03",
        "1997: 9/2 9/2T09:30 9/2T11:00 9/2T11:30",
    ),
];

#[test]
fn rules_have_the_occurrences_of_the_standard() {
    for (name, start, rule, until, expected) in [ENDS, DAYS_AND_WEEKS, MONTHS, YEARS, TIMES].concat() {
        assert_eq!(dates(start, rule, until), expected, "{name}: {rule}");
    }
}

fn dates(start: &str, rule: &str, until: &str) -> String {
    let text = event(&format!("DTSTART;TZID=America/New_York:{start}\nRRULE:{rule}"));
    let range = days("1990-01-01", until);
    let read = understood(&text, range);
    let zone = chrono_tz::America::New_York;
    let mut said = Vec::new();
    let mut year = String::new();
    for event in &read.events {
        let wall = event.start.with_timezone(&zone);
        let own = wall.format("%Y:").to_string();
        if own != year {
            said.push(own.clone());
            year = own;
        }
        let time = if wall.format("%H:%M").to_string() == "09:00" { "" } else { "T%H:%M" };
        said.push(wall.format(&format!("%-m/%-d{time}")).to_string());
    }
    said.join(" ")
}
