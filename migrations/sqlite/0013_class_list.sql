-- Whoever joins a roster or leaves it changes their own row and no index: a whole school's newcomers join at once, and
-- reports wait meanwhile.
DROP INDEX person_class;
CREATE INDEX person_class ON person (class_id, seat);
