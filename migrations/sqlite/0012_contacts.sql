-- Codes that were sent to addresses, and how often that was: of addresses that somebody wants to be theirs, and of tests of
-- those that they have. `held` is the address, sealed; `reach` tells it from others however it is typed. The code itself is
-- made of `id` with the installation's key, and kept nowhere.
CREATE TABLE contact_code (
    id BLOB NOT NULL PRIMARY KEY,
    person BLOB NOT NULL,
    method TEXT NOT NULL,
    why TEXT NOT NULL,
    held TEXT NOT NULL,
    reach BLOB NOT NULL,
    asked_at TEXT NOT NULL,
    until_at TEXT NOT NULL,
    misses BIGINT NOT NULL,
    -- Whether it came back, or another took its place.
    closed BOOLEAN NOT NULL
);
CREATE INDEX contact_code_person ON contact_code (person, asked_at);
CREATE INDEX contact_code_reach ON contact_code (reach, asked_at);

-- When a code came back last from where a method leads; `mark` is that of the address.
CREATE TABLE contact_proof (
    person BLOB NOT NULL,
    method TEXT NOT NULL,
    mark TEXT NOT NULL,
    proved_at TEXT NOT NULL,
    PRIMARY KEY (person, method)
);

-- What somebody chose in chat of how they are reached.
ALTER TABLE person ADD COLUMN chosen TEXT NOT NULL DEFAULT '{}';

-- When somebody is due to prove that they can be reached, when they were asked last, and when it is looked at what came of it.
CREATE TABLE contact_round (
    person BLOB NOT NULL PRIMARY KEY,
    due_at TEXT NOT NULL,
    asked_at TEXT,
    look_at TEXT
);
