-- One installation per database. Its stream and the directory's carry the head of their chains here.
CREATE TABLE installation (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    oldest_binary BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    version BIGINT NOT NULL,
    next_incident BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    head BLOB NOT NULL,
    signature TEXT NOT NULL
);

CREATE TABLE directory (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    head BLOB NOT NULL,
    signature TEXT NOT NULL,
    last_resort TEXT NOT NULL
);

CREATE TABLE workspace (
    id BLOB NOT NULL PRIMARY KEY,
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    name TEXT NOT NULL,
    -- Sealed with the installation key.
    credentials BLOB,
    connected_at TEXT NOT NULL,
    UNIQUE (platform, external_id)
);

CREATE TABLE person (
    id BLOB NOT NULL PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    email TEXT,
    zone TEXT NOT NULL,
    locale TEXT NOT NULL,
    standing TEXT NOT NULL,
    origin TEXT NOT NULL,
    active BOOLEAN NOT NULL
);

CREATE TABLE contact (
    person BLOB NOT NULL REFERENCES person (id),
    position BIGINT NOT NULL,
    method TEXT NOT NULL,
    -- Sealed with the installation key; absent for methods that need no address.
    address BLOB,
    verified_at TEXT,
    PRIMARY KEY (person, position)
);

CREATE TABLE identity (
    workspace BLOB NOT NULL REFERENCES workspace (id),
    external_id TEXT NOT NULL,
    person BLOB NOT NULL REFERENCES person (id),
    origin TEXT NOT NULL,
    PRIMARY KEY (workspace, external_id)
);

CREATE TABLE team (
    key TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    members TEXT NOT NULL,
    origin TEXT NOT NULL
);

CREATE TABLE service (
    key TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    team TEXT,
    policy TEXT,
    runbook TEXT,
    origin TEXT NOT NULL
);

CREATE TABLE policy (
    key TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    rounds BIGINT NOT NULL,
    steps TEXT NOT NULL,
    origin TEXT NOT NULL
);

-- An entry's canonical bytes are what was hashed; the columns beside them are for queries and are compared with the
-- bytes by `firebell verify`. The actor is text, because it is hashed as it stands.
CREATE TABLE entry (
    stream TEXT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    happened_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    canonical BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (stream, seq)
);

-- A redaction deletes this row; the chain holds only the hash of salt and body.
CREATE TABLE entry_body (
    stream TEXT NOT NULL,
    seq BIGINT NOT NULL,
    salt BLOB NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (stream, seq)
);

-- Heads that left the database: in an export, or in a room's closing message.
CREATE TABLE anchor (
    stream TEXT NOT NULL,
    seq BIGINT NOT NULL,
    hash BLOB NOT NULL,
    signature TEXT NOT NULL,
    made_at TEXT NOT NULL,
    PRIMARY KEY (stream, seq)
);

-- `state` is the whole row; the columns beside it are what is filtered and sorted by, and must agree with it.
CREATE TABLE incident (
    number BIGINT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    head BLOB NOT NULL,
    signature TEXT NOT NULL,
    title TEXT NOT NULL,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    severity TEXT NOT NULL,
    visibility TEXT NOT NULL,
    drill BOOLEAN NOT NULL,
    owning_team TEXT,
    active BOOLEAN NOT NULL,
    declared_at TEXT NOT NULL,
    resolved_at TEXT,
    closed_at TEXT,
    update_due TEXT,
    state TEXT NOT NULL
);
CREATE INDEX incident_active ON incident (number) WHERE active;
CREATE INDEX incident_unfinished ON incident (number) WHERE closed_at IS NULL;
CREATE INDEX incident_update_due ON incident (update_due, number) WHERE update_due IS NOT NULL;

CREATE TABLE incident_member (
    incident BIGINT NOT NULL REFERENCES incident (number),
    person BLOB NOT NULL,
    how TEXT NOT NULL,
    joined_at TEXT NOT NULL,
    PRIMARY KEY (incident, person)
);

CREATE TABLE action (
    incident BIGINT NOT NULL REFERENCES incident (number),
    number BIGINT NOT NULL,
    text TEXT NOT NULL,
    owner BLOB,
    due TEXT,
    done_at TEXT,
    PRIMARY KEY (incident, number)
);
CREATE INDEX action_open ON action (owner) WHERE done_at IS NULL;

CREATE TABLE room (
    id BLOB NOT NULL PRIMARY KEY,
    incident BIGINT NOT NULL REFERENCES incident (number),
    workspace BLOB NOT NULL REFERENCES workspace (id),
    external_id TEXT,
    name TEXT,
    state TEXT NOT NULL,
    UNIQUE (workspace, external_id)
);
CREATE INDEX room_incident ON room (incident);

-- The one message per room that shows the present state: only the newest version is ever sent.
CREATE TABLE card (
    room BLOB NOT NULL PRIMARY KEY REFERENCES room (id),
    incident BIGINT NOT NULL,
    desired BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    external_id TEXT,
    -- When it may be sent; absent while the room is not open or the sent version is the desired one.
    ready_at TEXT,
    lease_until TEXT,
    token BIGINT NOT NULL,
    attempts BIGINT NOT NULL
);
CREATE INDEX card_ready ON card (ready_at, room) WHERE ready_at IS NOT NULL;
CREATE INDEX card_leased ON card (lease_until) WHERE ready_at IS NOT NULL AND lease_until IS NOT NULL;
CREATE INDEX card_incident ON card (incident);

CREATE TABLE message (
    incident BIGINT NOT NULL REFERENCES incident (number),
    number BIGINT NOT NULL,
    room BLOB NOT NULL REFERENCES room (id),
    external_id TEXT NOT NULL,
    parent TEXT,
    author BLOB NOT NULL,
    sent_at TEXT NOT NULL,
    PRIMARY KEY (incident, number),
    UNIQUE (room, external_id)
);

-- An edit is a revision with a text, a deletion one without; a redaction takes the text of all of them.
CREATE TABLE message_revision (
    incident BIGINT NOT NULL,
    number BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    at TEXT NOT NULL,
    text TEXT,
    salt BLOB,
    hash BLOB NOT NULL,
    deleted BOOLEAN NOT NULL,
    PRIMARY KEY (incident, number, revision),
    FOREIGN KEY (incident, number) REFERENCES message (incident, number)
);

CREATE TABLE page (
    id BLOB NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    incident BIGINT NOT NULL REFERENCES incident (number),
    policy TEXT,
    state TEXT NOT NULL,
    raised_at TEXT NOT NULL,
    due_at TEXT,
    doc TEXT NOT NULL
);
CREATE INDEX page_due ON page (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX page_incident ON page (incident);
CREATE INDEX page_open ON page (incident) WHERE state = 'open';

CREATE TABLE recipient (
    page BLOB NOT NULL REFERENCES page (id),
    person BLOB NOT NULL,
    since TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (page, person)
);
CREATE INDEX recipient_waiting ON recipient (person) WHERE state = 'waiting';

CREATE TABLE notice (
    page BLOB NOT NULL REFERENCES page (id),
    number BIGINT NOT NULL,
    person BLOB NOT NULL,
    method TEXT NOT NULL,
    occasion TEXT NOT NULL,
    state TEXT NOT NULL,
    queued_at TEXT NOT NULL,
    PRIMARY KEY (page, number)
);

-- What came in, by the id that its platform keeps stable. A second arrival gets the stored reply. A request that could
-- not be decided in time waits here, sealed, until it is.
CREATE TABLE inbox (
    workspace BLOB NOT NULL,
    inbound_id TEXT NOT NULL,
    received_at TEXT NOT NULL,
    request BLOB,
    reply TEXT,
    PRIMARY KEY (workspace, inbound_id)
);
CREATE INDEX inbox_received ON inbox (received_at);
CREATE INDEX inbox_waiting ON inbox (received_at) WHERE reply IS NULL;

-- A queue in which only the head runs. `ready_at` is absent while nothing is queued.
CREATE TABLE lane (
    key TEXT NOT NULL PRIMARY KEY,
    priority BIGINT NOT NULL,
    ready_at TEXT,
    lease_until TEXT,
    token BIGINT NOT NULL
);
CREATE INDEX lane_ready ON lane (priority, ready_at, key) WHERE ready_at IS NOT NULL;
CREATE INDEX lane_free ON lane (ready_at) WHERE ready_at IS NOT NULL AND lease_until IS NULL;
CREATE INDEX lane_leased ON lane (lease_until) WHERE ready_at IS NOT NULL AND lease_until IS NOT NULL;

CREATE TABLE effect (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    lane TEXT NOT NULL,
    -- The effect that must be settled first; until then the state is 'waiting'.
    after_key TEXT,
    incident BIGINT,
    work TEXT NOT NULL,
    state TEXT NOT NULL,
    queued_at TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    -- Attempts since the last answer; more than none at a claim means that the last one ended without one.
    unanswered BIGINT NOT NULL,
    settled_at TEXT,
    detail TEXT,
    reference TEXT
);
CREATE INDEX effect_open ON effect (lane, id) WHERE state = 'open';
CREATE INDEX effect_waiting ON effect (after_key) WHERE state = 'waiting';
CREATE INDEX effect_incident ON effect (incident);

-- Processes that serve this database, so that a command line can say when nobody does.
CREATE TABLE replica (
    id BLOB NOT NULL PRIMARY KEY,
    started_at TEXT NOT NULL,
    seen_at TEXT NOT NULL
);

INSERT INTO installation (id, oldest_binary, created_at, version, next_incident, entries, head, signature)
VALUES (1, 1, strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'), 0, 1, 0, x'0000000000000000000000000000000000000000000000000000000000000000', '');
INSERT INTO directory (id, version, entries, head, signature, last_resort) VALUES (1, 0, 0, x'0000000000000000000000000000000000000000000000000000000000000000', '', '[]');
