-- Files that were attached to captured messages, numbered in their incident. What people called it goes with a redaction.
CREATE TABLE message_file (
    incident BIGINT NOT NULL,
    number BIGINT NOT NULL,
    message BIGINT NOT NULL,
    external_id TEXT NOT NULL,
    name TEXT,
    media_type TEXT,
    size BIGINT,
    permalink TEXT,
    -- told, wanted, copied, failed, purged or redacted
    state TEXT NOT NULL,
    -- What was copied: its length in bytes and its SHA-256.
    copied_size BIGINT,
    hash BLOB,
    reason TEXT,
    PRIMARY KEY (incident, number),
    UNIQUE (incident, message, external_id),
    FOREIGN KEY (incident, message) REFERENCES message (incident, number)
);

-- What is in a copied file, in parts that are small enough not to hold up whoever else writes.
CREATE TABLE message_file_part (
    incident BIGINT NOT NULL,
    number BIGINT NOT NULL,
    part BIGINT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (incident, number, part),
    FOREIGN KEY (incident, number) REFERENCES message_file (incident, number)
);
