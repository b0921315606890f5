-- What of each incident is searched: its words and marks, each once, with a space between, as Firebell cuts them.
CREATE TABLE searched (
    incident INTEGER PRIMARY KEY REFERENCES incident (number),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    marks TEXT NOT NULL
);

-- What is the same as a whole: a service, a factor, an alert.
CREATE TABLE searched_mark (
    mark TEXT NOT NULL,
    incident BIGINT NOT NULL REFERENCES incident (number),
    PRIMARY KEY (mark, incident)
);
CREATE INDEX searched_mark_incident ON searched_mark (incident);

-- In how many incidents a word is: common ones are not looked for, or not alone.
CREATE TABLE searched_word (
    word TEXT NOT NULL PRIMARY KEY,
    incidents BIGINT NOT NULL
);

-- The full text of the first table, which cuts at spaces and folds nothing. Words that are taken out leave nothing behind.
CREATE VIRTUAL TABLE searched_text USING fts5(
    title, body, content = 'searched', content_rowid = 'incident', tokenize = 'ascii', detail = none, columnsize = 0
);
INSERT INTO searched_text (searched_text, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER searched_new AFTER INSERT ON searched BEGIN
    INSERT INTO searched_text (rowid, title, body) VALUES (new.incident, new.title, new.body);
END;
CREATE TRIGGER searched_changed AFTER UPDATE ON searched BEGIN
    INSERT INTO searched_text (searched_text, rowid, title, body) VALUES ('delete', old.incident, old.title, old.body);
    INSERT INTO searched_text (rowid, title, body) VALUES (new.incident, new.title, new.body);
END;
CREATE TRIGGER searched_gone AFTER DELETE ON searched BEGIN
    INSERT INTO searched_text (searched_text, rowid, title, body) VALUES ('delete', old.incident, old.title, old.body);
END;

-- By which rules words were cut; where they are others, or incidents are missing, all is filled in when Firebell starts.
ALTER TABLE installation ADD COLUMN searched BIGINT NOT NULL DEFAULT 0;

-- An older binary would change incidents and leave their old words to be found.
UPDATE installation SET oldest_binary = 16;
