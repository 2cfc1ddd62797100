-- The reports of a person are a list, from the latest day they speak of back: the state names the first, and each the one
-- before it. What a report writes lies at the end of its table then, where an index over people costs it a page somewhere
-- in the middle of a large tree.
ALTER TABLE report ADD COLUMN before_id INTEGER;
ALTER TABLE report ADD COLUMN before_day INTEGER;
ALTER TABLE person_state ADD COLUMN told_id INTEGER;
UPDATE report SET before_id = list.before_id, before_day = list.before_day
FROM (
    SELECT report_id, lag(report_id) OVER person AS before_id, lag(day) OVER person AS before_day
    FROM report WINDOW person AS (PARTITION BY person_id ORDER BY day, revision)
) AS list
WHERE list.report_id = report.report_id AND list.before_id IS NOT NULL;
UPDATE person_state SET told_id = (
    SELECT r.report_id FROM report r WHERE r.person_id = person_state.person_id ORDER BY r.day DESC, r.revision DESC LIMIT 1
);
DROP INDEX report_person_day;
