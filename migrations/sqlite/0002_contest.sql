-- A guardian's objection to a report that the school made for the family, and the teacher's answer to it.

CREATE TABLE contest (
    report_id   INTEGER NOT NULL PRIMARY KEY REFERENCES report (report_id),
    person_id   INTEGER NOT NULL,
    account_id  INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    words_enc   BLOB,
    answer      TEXT CHECK (answer IN ('kept', 'struck')), -- NULL while it waits
    answered_by INTEGER,
    answered_at INTEGER,
    answer_enc  BLOB
) STRICT;
CREATE INDEX contest_person ON contest (person_id);
