-- Whom a page meant by a schedule, and when first: what a schedule costs its people in pages is counted from here.
CREATE TABLE page_meant (
    page BLOB NOT NULL REFERENCES page (id),
    schedule TEXT NOT NULL,
    person BLOB NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (page, schedule, person)
);
CREATE INDEX page_meant_schedule ON page_meant (schedule, at, page, person);

INSERT INTO page_meant (page, schedule, person, at)
SELECT p.id, coalesce(m.value ->> '$.by.schedule.schedule', m.value ->> '$.by.turn.schedule'),
    unhex(replace(m.value ->> '$.person', '-', '')), min(replace(f.value ->> '$.at', 'Z', '+00:00'))
FROM page p, json_each(p.doc, '$.fired') f, json_each(f.value, '$.meant') m
WHERE coalesce(m.value ->> '$.by.schedule.schedule', m.value ->> '$.by.turn.schedule') IS NOT NULL
    AND f.value ->> '$.skipped' IS NULL
    AND EXISTS (SELECT 1 FROM recipient r WHERE r.page = p.id AND r.person = unhex(replace(m.value ->> '$.person', '-', '')))
GROUP BY 1, 2, 3;

-- What people said of the hand-offs of a schedule: who accepted them, and what was left for those who come next.
CREATE TABLE handover (
    schedule TEXT NOT NULL PRIMARY KEY,
    doc TEXT NOT NULL
);

-- Who was seen last to be on call by a schedule, so that each hand-off is told once and none is passed over.
CREATE TABLE handoff_walk (
    schedule TEXT NOT NULL PRIMARY KEY,
    doc TEXT NOT NULL
);
