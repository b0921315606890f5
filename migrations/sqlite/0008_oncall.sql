-- Where a contact method leads: the address, sealed with the installation's key, and its mark. The columns of before were
-- never written.
ALTER TABLE contact ADD COLUMN held TEXT;

-- Which method comes when, by urgency.
ALTER TABLE person ADD COLUMN rules TEXT NOT NULL DEFAULT '[]';

-- How much a service matters, and without which others it does not work.
ALTER TABLE service ADD COLUMN tier BIGINT;
ALTER TABLE service ADD COLUMN depends_on TEXT NOT NULL DEFAULT '[]';

-- Who is on call by rule. `doc` is the whole row; the columns beside it must agree with it.
CREATE TABLE schedule (
    key TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    origin TEXT NOT NULL,
    doc TEXT NOT NULL
);

-- Who is on call instead, for a while.
CREATE TABLE shift_override (
    id BLOB NOT NULL PRIMARY KEY,
    schedule TEXT NOT NULL,
    start_at TEXT NOT NULL,
    end_at TEXT NOT NULL,
    made_at TEXT NOT NULL,
    doc TEXT NOT NULL
);
CREATE INDEX shift_override_schedule ON shift_override (schedule, end_at);

-- Proposals to change shifts that nobody has answered.
CREATE TABLE swap (
    id BLOB NOT NULL PRIMARY KEY,
    schedule TEXT NOT NULL,
    doc TEXT NOT NULL
);

CREATE TABLE calendar (
    key TEXT NOT NULL PRIMARY KEY,
    origin TEXT NOT NULL,
    doc TEXT NOT NULL
);

-- Who was told last of those who take turns by a schedule.
CREATE TABLE turn (
    schedule TEXT NOT NULL PRIMARY KEY,
    person BLOB NOT NULL
);

-- Pages may hold notices that are planned, by which their timers go, and steps that an older binary would take for empty.
UPDATE installation SET oldest_binary = 8;
