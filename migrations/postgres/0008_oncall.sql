-- Where a contact method leads: the address, sealed with the installation's key, and its mark. The columns of before were
-- never written.
ALTER TABLE contact ADD COLUMN held JSONB;

-- Which method comes when, by urgency.
ALTER TABLE person ADD COLUMN rules JSONB NOT NULL DEFAULT '[]';

-- How much a service matters, and without which others it does not work.
ALTER TABLE service ADD COLUMN tier BIGINT;
ALTER TABLE service ADD COLUMN depends_on JSONB NOT NULL DEFAULT '[]';

-- Who is on call by rule. `doc` is the whole row; the columns beside it must agree with it.
CREATE TABLE schedule (
    key TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    origin TEXT NOT NULL,
    doc JSONB NOT NULL
);

-- Who is on call instead, for a while.
CREATE TABLE shift_override (
    id UUID PRIMARY KEY,
    schedule TEXT NOT NULL,
    start_at TIMESTAMPTZ NOT NULL,
    end_at TIMESTAMPTZ NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    doc JSONB NOT NULL
);
CREATE INDEX shift_override_schedule ON shift_override (schedule, end_at);

-- Proposals to change shifts that nobody has answered.
CREATE TABLE swap (
    id UUID PRIMARY KEY,
    schedule TEXT NOT NULL,
    doc JSONB NOT NULL
);

CREATE TABLE calendar (
    key TEXT PRIMARY KEY,
    origin TEXT NOT NULL,
    doc JSONB NOT NULL
);

-- Who was told last of those who take turns by a schedule.
CREATE TABLE turn (
    schedule TEXT PRIMARY KEY,
    person UUID NOT NULL
);

-- Pages may hold notices that are planned, by which their timers go, and steps that an older binary would take for empty.
UPDATE installation SET oldest_binary = 8;
