-- Notices have states that older binaries do not know.
UPDATE installation SET oldest_binary = 11;
