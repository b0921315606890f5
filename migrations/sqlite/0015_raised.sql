-- What holds for a whole policy beside its steps.
ALTER TABLE policy ADD COLUMN terms TEXT NOT NULL DEFAULT '{}';

-- Programs that act by HTTP. Of a token its keyed digest alone is kept.
CREATE TABLE integration (
    name TEXT NOT NULL PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    made_at TEXT NOT NULL,
    revoked_at TEXT
);

-- The incident that a program raised last under a key of its own.
CREATE TABLE raised (
    integration TEXT NOT NULL,
    key TEXT NOT NULL,
    incident BIGINT NOT NULL,
    raised_at TEXT NOT NULL,
    PRIMARY KEY (integration, key)
);
CREATE INDEX raised_incident ON raised (incident);

-- Pages may wait for hours, or be due again once they are acknowledged, and steps may tell more than people.
UPDATE installation SET oldest_binary = 15;
