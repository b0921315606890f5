-- What of each incident is searched: its words and marks, each once, with a space between, as Firebell cuts them.
CREATE TABLE searched (
    incident BIGINT PRIMARY KEY REFERENCES incident (number),
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

-- The full text of the first table, which cuts at spaces and folds nothing. What is new is found as quickly as what is old.
CREATE INDEX searched_text ON searched USING gin
    (array_to_tsvector(array_remove(string_to_array(title || ' ' || body, ' '), ''))) WITH (fastupdate = off);

-- By which rules words were cut; where they are others, or incidents are missing, all is filled in when Firebell starts.
ALTER TABLE installation ADD COLUMN searched BIGINT NOT NULL DEFAULT 0;

-- An older binary would change incidents and leave their old words to be found.
UPDATE installation SET oldest_binary = 16;
