-- Who the bot is in a workspace, as its platform said last: by it a process can start while the platform is down.
ALTER TABLE workspace ADD COLUMN bot TEXT;
