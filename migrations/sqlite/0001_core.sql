-- The one row of this table belongs to the database, not to a process.
CREATE TABLE installation (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    oldest_binary BIGINT NOT NULL,
    created_at TEXT NOT NULL
);
INSERT INTO installation (id, oldest_binary, created_at)
VALUES (1, 1, strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'));
