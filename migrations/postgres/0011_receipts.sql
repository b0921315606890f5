-- The notice whose message tells this one too, as both had waited for their person. What is tried by itself has none.
ALTER TABLE effect ADD COLUMN carried_by TEXT;
CREATE INDEX effect_carried ON effect (carried_by) WHERE carried_by IS NOT NULL;
-- Notices have states that older binaries do not know.
UPDATE installation SET oldest_binary = 11;
