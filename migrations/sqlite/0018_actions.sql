-- Where trackers keep follow-ups: which ticket there is which action here, and how it stood when it was looked at last.
CREATE TABLE ticket (
    tracker TEXT NOT NULL,
    reference TEXT NOT NULL,
    incident BIGINT NOT NULL,
    action BIGINT NOT NULL,
    done BOOLEAN NOT NULL,
    told_at TEXT NOT NULL,
    PRIMARY KEY (tracker, reference),
    FOREIGN KEY (incident, action) REFERENCES action (incident, number)
);
CREATE INDEX ticket_action ON ticket (incident, action);

-- Up to where the changes of a tracker were read, and when they are read next.
CREATE TABLE tracker_poll (
    tracker TEXT NOT NULL PRIMARY KEY,
    due_at TEXT NOT NULL,
    reading TEXT NOT NULL
);

-- When each team hears next what it still has to do.
CREATE TABLE action_digest (
    team TEXT NOT NULL PRIMARY KEY,
    due_at TEXT NOT NULL
);

-- Effects may be tickets and digests.
UPDATE installation SET oldest_binary = 18;
