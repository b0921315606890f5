-- Calendars that people subscribe to, one for each person and schedule, and one (without a schedule) for all shifts of a person.
-- `hash` is that of the token in its address.
CREATE TABLE feed (
    person BLOB NOT NULL,
    schedule TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    made_at TEXT NOT NULL,
    PRIMARY KEY (person, schedule)
);

-- Calendars that are read from URLs: when each is due, and what came of the last readings. `mark` is that of the URL, `digest`
-- that of what was read last, `etag` and `modified` are what its server tells that text by, `failures` and `failure` how often
-- and why it failed since it answered last.
CREATE TABLE calendar_reading (
    calendar TEXT NOT NULL PRIMARY KEY,
    mark TEXT NOT NULL,
    due_at TEXT NOT NULL,
    heard_at TEXT NOT NULL,
    read_at TEXT,
    digest TEXT,
    etag TEXT,
    modified TEXT,
    failures BIGINT NOT NULL,
    failure TEXT
);
