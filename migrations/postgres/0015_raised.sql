-- What holds for a whole policy beside its steps.
ALTER TABLE policy ADD COLUMN terms JSONB NOT NULL DEFAULT '{}';

-- Programs that act by HTTP. Of a token its keyed digest alone is kept.
CREATE TABLE integration (
    name TEXT PRIMARY KEY,
    digest BYTEA NOT NULL UNIQUE,
    scopes JSONB NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);

-- The incident that a program raised last under a key of its own.
CREATE TABLE raised (
    integration TEXT NOT NULL,
    key TEXT NOT NULL,
    incident BIGINT NOT NULL,
    raised_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (integration, key)
);
CREATE INDEX raised_incident ON raised (incident);

-- Pages may wait for hours, or be due again once they are acknowledged, and steps may tell more than people.
UPDATE installation SET oldest_binary = 15;
