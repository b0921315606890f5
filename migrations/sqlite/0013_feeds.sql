-- Calendars that people subscribe to, one for each person and schedule, and one (without a schedule) for all shifts of a person.
-- `hash` is that of the token in its address.
CREATE TABLE feed (
    person BLOB NOT NULL,
    schedule TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    made_at TEXT NOT NULL,
    PRIMARY KEY (person, schedule)
);
