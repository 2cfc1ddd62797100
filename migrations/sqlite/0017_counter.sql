-- Counters lie by day and school, as they are read: what a morning moves lies together, whatever days are kept, and a
-- school's classes are neighbours.
CREATE TABLE counter_by_day (
    day       INTEGER NOT NULL,
    school_id INTEGER NOT NULL,
    class_id  INTEGER NOT NULL,
    students  INTEGER NOT NULL DEFAULT 0,
    guardian  INTEGER NOT NULL DEFAULT 0, -- reported, by channel group
    paper     INTEGER NOT NULL DEFAULT 0,
    proxy     INTEGER NOT NULL DEFAULT 0,
    green     INTEGER NOT NULL DEFAULT 0,
    yellow    INTEGER NOT NULL DEFAULT 0,
    red       INTEGER NOT NULL DEFAULT 0,
    grey      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (day, school_id, class_id)
) STRICT, WITHOUT ROWID;
INSERT INTO counter_by_day (day, school_id, class_id, students, guardian, paper, proxy, green, yellow, red, grey)
SELECT day, school_id, class_id, students, guardian, paper, proxy, green, yellow, red, grey
FROM counter ORDER BY day, school_id, class_id;
DROP TABLE counter;
ALTER TABLE counter_by_day RENAME TO counter;

CREATE TABLE counter_reason_by_day (
    day       INTEGER NOT NULL,
    school_id INTEGER NOT NULL,
    class_id  INTEGER NOT NULL,
    code      INTEGER NOT NULL,
    reason_ix BLOB NOT NULL, -- blind: with one red child in a class, the reason would be theirs
    people    INTEGER NOT NULL,
    PRIMARY KEY (day, school_id, class_id, code, reason_ix)
) STRICT, WITHOUT ROWID;
INSERT INTO counter_reason_by_day (day, school_id, class_id, code, reason_ix, people)
SELECT day, school_id, class_id, code, reason_ix, people FROM counter_reason ORDER BY day, school_id, class_id, code, reason_ix;
DROP TABLE counter_reason;
ALTER TABLE counter_reason_by_day RENAME TO counter_reason;
