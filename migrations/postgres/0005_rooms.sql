-- Where incidents that name a service have rooms, whoever declares them.
ALTER TABLE service ADD COLUMN rooms JSONB NOT NULL DEFAULT '[]';

-- Whether what is said in one room is shown in the others: never, on or ended; and since when it is on. Beside the state,
-- because messages are written without reading it.
ALTER TABLE incident ADD COLUMN mirror TEXT NOT NULL DEFAULT 'never';
ALTER TABLE incident ADD COLUMN mirror_since TIMESTAMPTZ;

-- How a message stands in a room that it was not said in. Without the platform's id it was not shown there yet; the
-- revision is the one that is shown, 0 before any is and -1 once nothing is any more.
CREATE TABLE message_copy (
    incident BIGINT NOT NULL,
    message BIGINT NOT NULL,
    room UUID NOT NULL REFERENCES room (id),
    external_id TEXT,
    revision BIGINT NOT NULL,
    PRIMARY KEY (incident, message, room),
    UNIQUE (room, external_id),
    FOREIGN KEY (incident, message) REFERENCES message (incident, number)
);

-- Codes with which another account becomes a person's, by what the installation's key makes of them.
CREATE TABLE link_code (
    person UUID PRIMARY KEY,
    hash BYTEA NOT NULL UNIQUE,
    workspace UUID NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

-- Wrong codes of an account, counted from the first of a while.
CREATE TABLE link_miss (
    workspace UUID NOT NULL,
    external_id TEXT NOT NULL,
    since TIMESTAMPTZ NOT NULL,
    misses BIGINT NOT NULL,
    PRIMARY KEY (workspace, external_id)
);
