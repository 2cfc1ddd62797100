-- Rulebooks with a life: drafts, approvals, schedules, emergencies. What was in force before goes on; it is signed
-- when the program starts.

ALTER TABLE rulebook RENAME TO rulebook_before;

CREATE TABLE rulebook (
    rulebook_no     INTEGER NOT NULL PRIMARY KEY,
    rulebook_id     TEXT NOT NULL,
    version         TEXT NOT NULL,
    region_code     TEXT NOT NULL,
    status          TEXT NOT NULL CHECK (status IN ('draft', 'submitted', 'approved', 'scheduled', 'emergency', 'active', 'lapsed', 'retired')),
    revision        INTEGER NOT NULL, -- grows with every change of the text
    base_no         INTEGER,          -- the version it was made from
    author          INTEGER,
    changed_at      INTEGER NOT NULL,
    from_day        INTEGER,
    to_day          INTEGER,
    applies_to_open INTEGER NOT NULL DEFAULT 0 CHECK (applies_to_open IN (0, 1)),
    emergency_at    INTEGER,          -- the instant of an emergency activation
    body            TEXT NOT NULL,
    origin_key      BLOB,             -- whose signature the imported file bore
    signature       BLOB,             -- over the text, from the approval on
    seal            BLOB,             -- over the whole row
    UNIQUE (rulebook_id, version)
) STRICT;
CREATE INDEX rulebook_region ON rulebook (region_code, rulebook_id);

INSERT INTO rulebook (rulebook_no, rulebook_id, version, region_code, status, revision, changed_at, from_day, to_day, body)
SELECT row_number() OVER (ORDER BY rulebook_id, from_day), rulebook_id, version, region_code,
       CASE WHEN to_day IS NULL THEN 'active' ELSE 'retired' END, 1, 0, from_day, to_day, body
FROM rulebook_before;

DROP TABLE rulebook_before;

-- What happened to each version, and who did it.
CREATE TABLE rulebook_step (
    step_id     INTEGER NOT NULL PRIMARY KEY,
    rulebook_no INTEGER NOT NULL,
    step        TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    account_id  INTEGER, -- NULL for jobs and commands
    at          INTEGER NOT NULL,
    note_enc    BLOB
) STRICT;
CREATE INDEX rulebook_step_no ON rulebook_step (rulebook_no, step_id);

-- What a draft would have changed; goes when the draft changes.
CREATE TABLE rulebook_replay (
    rulebook_no INTEGER NOT NULL PRIMARY KEY,
    revision    INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    result_enc  BLOB NOT NULL
) STRICT;

-- Authorities whose rulebook files are known by their keys.
CREATE TABLE rulebook_signer (
    key      BLOB NOT NULL PRIMARY KEY,
    name     TEXT NOT NULL,
    added_by INTEGER,
    added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
