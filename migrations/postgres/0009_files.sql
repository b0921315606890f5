-- What was applied from files, so that it can be brought back. `number` is the directory's version that it came to, `files`
-- the texts by their names.
CREATE TABLE directory_version (
    number BIGINT PRIMARY KEY,
    applied_at TIMESTAMPTZ NOT NULL,
    applied_by TEXT NOT NULL,
    changes BIGINT NOT NULL,
    files JSONB NOT NULL
);
