-- The notice that is sent now and then to prove that notices arrive: when the next is due, and what came of the last.
-- `key` is that of its effect, `failure` why it was not delivered.
CREATE TABLE synthetic (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    due_at TIMESTAMPTZ NOT NULL,
    key TEXT,
    sent_at TIMESTAMPTZ,
    settled_at TIMESTAMPTZ,
    failure TEXT,
    delivered_at TIMESTAMPTZ
);
