-- When somebody is reminded next of what was promised in an incident.
ALTER TABLE incident ADD COLUMN remind_at TIMESTAMPTZ;
CREATE INDEX incident_remind_at ON incident (remind_at, number) WHERE remind_at IS NOT NULL;

-- A binary that does not write the column would leave it behind what the incident says.
UPDATE installation SET oldest_binary = 16;
