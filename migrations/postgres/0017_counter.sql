-- Counters lie by day and school, as they are read: what a morning moves lies together, whatever days are kept, and a
-- school's classes are neighbours.
ALTER TABLE counter DROP CONSTRAINT counter_pkey, ADD PRIMARY KEY (day, school_id, class_id);
DROP INDEX counter_day;
ALTER TABLE counter_reason DROP CONSTRAINT counter_reason_pkey, ADD PRIMARY KEY (day, school_id, class_id, code, reason_ix);
DROP INDEX counter_reason_day;
