-- What later entries say of earlier ones is looked for with every notice, and there is little of it: without an index of
-- its own, each look reads all that an incident's timeline has gained since.
CREATE INDEX entry_amends ON entry (stream, seq) WHERE kind = 'corrected' OR kind = 'entry_redacted';
