-- Whoever has left their school's roster, in a narrow table: for everybody else, whom every page and report ask about, it
-- is nearly empty, and a whole school's newcomers join by leaving it, without their own rows being written again.
CREATE TABLE leaver (
    person_id INTEGER NOT NULL PRIMARY KEY REFERENCES person (person_id),
    school_id INTEGER NOT NULL,
    left_day  INTEGER NOT NULL
) STRICT;
INSERT INTO leaver (person_id, school_id, left_day)
SELECT person_id, school_id, left_day FROM person WHERE left_day IS NOT NULL;
ALTER TABLE person DROP COLUMN left_day;

-- The latest day that somebody spoke of in a report, whatever became of it: most reports are the first of their day, and
-- need not look for others.
ALTER TABLE person_state ADD COLUMN told_day INTEGER;
UPDATE person_state SET told_day = (SELECT max(r.day) FROM report r WHERE r.person_id = person_state.person_id);

-- A disabled account has no sessions, so that nobody has to ask about theirs.
DELETE FROM session WHERE account_id IN (SELECT account_id FROM account WHERE disabled_at IS NOT NULL);
