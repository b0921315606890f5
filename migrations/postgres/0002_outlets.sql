-- Through what a lane or a card is delivered: a workspace's id or a contact method's word. A process claims only those
-- of its own outlets. It may be absent: a replica that is older than this column writes rows without it, and the
-- reconcile pass adds it.
ALTER TABLE lane ADD COLUMN outlet TEXT;
ALTER TABLE card ADD COLUMN outlet TEXT;

-- 'room:<id>', 'setup:<id>' or 'person:<id>:<method>'.
UPDATE lane SET outlet = CASE WHEN key LIKE 'person:%' THEN substr(key, 45) ELSE (
        SELECT workspace::text FROM room WHERE room.id = split_part(lane.key, ':', 2)::uuid
    ) END;
UPDATE card SET outlet = (SELECT workspace::text FROM room WHERE room.id = card.room);

DROP INDEX lane_ready;
DROP INDEX lane_free;
DROP INDEX lane_leased;
DROP INDEX card_ready;
DROP INDEX card_leased;
CREATE INDEX lane_ready ON lane (outlet, priority, ready_at, key) WHERE ready_at IS NOT NULL;
CREATE INDEX lane_free ON lane (outlet, ready_at) WHERE ready_at IS NOT NULL AND lease_until IS NULL;
CREATE INDEX lane_leased ON lane (outlet, lease_until) WHERE ready_at IS NOT NULL AND lease_until IS NOT NULL;
CREATE INDEX card_ready ON card (outlet, ready_at, room) WHERE ready_at IS NOT NULL;
CREATE INDEX card_leased ON card (outlet, lease_until) WHERE ready_at IS NOT NULL AND lease_until IS NOT NULL;

-- A person sits before this process and sees what it shows: it has the better claim on what only a screen shows.
ALTER TABLE replica ADD COLUMN watched BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX replica_watched ON replica (seen_at) WHERE watched;
