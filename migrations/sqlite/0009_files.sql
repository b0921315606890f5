-- What was applied from files, so that it can be brought back. `number` is the directory's version that it came to, `files`
-- the texts by their names.
CREATE TABLE directory_version (
    number BIGINT NOT NULL PRIMARY KEY,
    applied_at TEXT NOT NULL,
    applied_by TEXT NOT NULL,
    changes BIGINT NOT NULL,
    files TEXT NOT NULL
);
