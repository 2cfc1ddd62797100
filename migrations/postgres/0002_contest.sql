-- A guardian's objection to a report that the school made for the family, and the teacher's answer to it. The
-- report is not named as a foreign key: its table's key holds the day too.

CREATE TABLE contest (
    report_id   BIGINT NOT NULL PRIMARY KEY,
    person_id   BIGINT NOT NULL,
    account_id  BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    words_enc   BYTEA,
    answer      TEXT COLLATE "C" CHECK (answer IN ('kept', 'struck')), -- NULL while it waits
    answered_by BIGINT,
    answered_at BIGINT,
    answer_enc  BYTEA
);
CREATE INDEX contest_person ON contest (person_id);
