-- The notice that is sent now and then to prove that notices arrive: when the next is due, and what came of the last.
-- `key` is that of its effect, `failure` why it was not delivered.
CREATE TABLE synthetic (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    due_at TEXT NOT NULL,
    key TEXT,
    sent_at TEXT,
    settled_at TEXT,
    failure TEXT,
    delivered_at TEXT
);
