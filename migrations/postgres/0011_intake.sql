-- A form is one of its day: the revisions of that day, which every batch of reports reads, tell whether it has come
-- before. An index over random numbers would cost each report a page.
DROP INDEX report_submission;

-- As SQLite's.
CREATE FUNCTION hex(bytes BYTEA) RETURNS TEXT LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT encode(bytes, 'hex') $$;
