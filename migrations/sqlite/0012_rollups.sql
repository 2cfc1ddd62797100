-- Sums of the counters, moved by the same transactions: what a screen shows of a region is read, not added up.

-- A school on a day. Its region and zone never change.
CREATE TABLE school_sum (
    day         INTEGER NOT NULL,
    zone        TEXT NOT NULL,
    region_code TEXT NOT NULL,
    school_id   INTEGER NOT NULL,
    classes     INTEGER NOT NULL, -- with somebody in them
    students    INTEGER NOT NULL,
    guardian    INTEGER NOT NULL,
    paper       INTEGER NOT NULL,
    proxy       INTEGER NOT NULL,
    green       INTEGER NOT NULL,
    yellow      INTEGER NOT NULL,
    red         INTEGER NOT NULL,
    grey        INTEGER NOT NULL,
    PRIMARY KEY (day, zone, region_code, school_id)
) STRICT, WITHOUT ROWID;

-- A region on a day, from the town to the country. Each server adds to rows of its own, so that no two wait for each
-- other over the country's; only all of them together mean something.
CREATE TABLE region_sum (
    region_code TEXT NOT NULL,
    zone        TEXT NOT NULL,
    day         INTEGER NOT NULL,
    node_no     INTEGER NOT NULL,
    classes     INTEGER NOT NULL,
    turns       INTEGER NOT NULL, -- to yellow or red
    students    INTEGER NOT NULL,
    guardian    INTEGER NOT NULL,
    paper       INTEGER NOT NULL,
    proxy       INTEGER NOT NULL,
    green       INTEGER NOT NULL,
    yellow      INTEGER NOT NULL,
    red         INTEGER NOT NULL,
    grey        INTEGER NOT NULL,
    PRIMARY KEY (region_code, zone, day, node_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX region_sum_day ON region_sum (day, zone);

CREATE TABLE region_reason (
    region_code TEXT NOT NULL,
    zone        TEXT NOT NULL,
    day         INTEGER NOT NULL,
    node_no     INTEGER NOT NULL,
    code        INTEGER NOT NULL,
    reason_ix   BLOB NOT NULL,
    people      INTEGER NOT NULL,
    PRIMARY KEY (region_code, zone, day, node_no, code, reason_ix)
) STRICT, WITHOUT ROWID;
CREATE INDEX region_reason_day ON region_reason (day, zone);

-- A region's numbers at the end of every five minutes, in place of the schools'.
CREATE TABLE region_slot (
    region_code TEXT NOT NULL,
    zone        TEXT NOT NULL,
    day         INTEGER NOT NULL,
    slot        INTEGER NOT NULL, -- minute of the day / 5
    reported    INTEGER NOT NULL,
    green       INTEGER NOT NULL,
    yellow      INTEGER NOT NULL,
    red         INTEGER NOT NULL,
    grey        INTEGER NOT NULL,
    PRIMARY KEY (region_code, zone, day, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX region_slot_day ON region_slot (day);

INSERT INTO school_sum (day, zone, region_code, school_id, classes, students, guardian, paper, proxy, green, yellow, red, grey)
SELECT c.day, s.zone, s.region_code, c.school_id, sum(CASE WHEN c.students > 0 THEN 1 ELSE 0 END),
    sum(c.students), sum(c.guardian), sum(c.paper), sum(c.proxy), sum(c.green), sum(c.yellow), sum(c.red), sum(c.grey)
FROM counter c JOIN school s ON s.school_id = c.school_id
GROUP BY c.day, s.zone, s.region_code, c.school_id;

-- A code's length says how wide it is; CN is around all.
WITH level (digits) AS (VALUES (0), (2), (4), (6), (9))
INSERT INTO region_sum (region_code, zone, day, node_no, classes, turns, students, guardian, paper, proxy, green, yellow, red, grey)
SELECT CASE digits WHEN 0 THEN 'CN' ELSE substr(s.region_code, 1, digits) END, s.zone, s.day, 0, sum(s.classes), 0,
    sum(s.students), sum(s.guardian), sum(s.paper), sum(s.proxy), sum(s.green), sum(s.yellow), sum(s.red), sum(s.grey)
FROM school_sum s JOIN level ON digits = 0 OR (s.region_code <> 'CN' AND length(s.region_code) >= digits)
GROUP BY 1, s.zone, s.day;

WITH level (digits) AS (VALUES (0), (2), (4), (6), (9))
INSERT INTO region_sum (region_code, zone, day, node_no, classes, turns, students, guardian, paper, proxy, green, yellow, red, grey)
SELECT CASE digits WHEN 0 THEN 'CN' ELSE substr(s.region_code, 1, digits) END, s.zone, t.day, 0, 0, count(*), 0, 0, 0, 0, 0, 0, 0, 0
FROM turn t JOIN school s ON s.school_id = t.school_id
JOIN level ON digits = 0 OR (s.region_code <> 'CN' AND length(s.region_code) >= digits)
GROUP BY 1, s.zone, t.day
ON CONFLICT (region_code, zone, day, node_no) DO UPDATE SET turns = excluded.turns;

WITH level (digits) AS (VALUES (0), (2), (4), (6), (9))
INSERT INTO region_reason (region_code, zone, day, node_no, code, reason_ix, people)
SELECT CASE digits WHEN 0 THEN 'CN' ELSE substr(s.region_code, 1, digits) END, s.zone, c.day, 0, c.code, c.reason_ix, sum(c.people)
FROM counter_reason c JOIN school s ON s.school_id = c.school_id
JOIN level ON digits = 0 OR (s.region_code <> 'CN' AND length(s.region_code) >= digits)
GROUP BY 1, s.zone, c.day, c.code, c.reason_ix;

WITH level (digits) AS (VALUES (0), (2), (4), (6), (9))
INSERT INTO region_slot (region_code, zone, day, slot, reported, green, yellow, red, grey)
SELECT CASE digits WHEN 0 THEN 'CN' ELSE substr(s.region_code, 1, digits) END, s.zone, c.day, c.slot,
    sum(c.reported), sum(c.green), sum(c.yellow), sum(c.red), sum(c.grey)
FROM counter_slot c JOIN school s ON s.school_id = c.school_id
JOIN level ON digits = 0 OR (s.region_code <> 'CN' AND length(s.region_code) >= digits)
GROUP BY 1, s.zone, c.day, c.slot;

DROP TABLE counter_slot;
