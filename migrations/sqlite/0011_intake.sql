-- A form is one of its day: the revisions of that day, which every batch of reports reads, tell whether it has come
-- before. An index over random numbers would cost each report a page.
DROP INDEX report_submission;

-- The last answer of each guardian is found in the index alone.
DROP INDEX consent_person;
CREATE INDEX consent_person ON consent (person_id, account_id, consent_id, at, answer, version);
