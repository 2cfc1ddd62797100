-- Rulebooks with a life: drafts, approvals, schedules, emergencies. What was in force before goes on; it is signed
-- when the program starts.

ALTER TABLE rulebook RENAME TO rulebook_before;

CREATE TABLE rulebook (
    rulebook_no     BIGINT NOT NULL PRIMARY KEY,
    rulebook_id     TEXT COLLATE "C" NOT NULL,
    version         TEXT COLLATE "C" NOT NULL,
    region_code     TEXT COLLATE "C" NOT NULL,
    status          TEXT COLLATE "C" NOT NULL CHECK (status IN ('draft', 'submitted', 'approved', 'scheduled', 'emergency', 'active', 'lapsed', 'retired')),
    revision        BIGINT NOT NULL, -- grows with every change of the text
    base_no         BIGINT,          -- the version it was made from
    author          BIGINT,
    changed_at      BIGINT NOT NULL,
    from_day        BIGINT,
    to_day          BIGINT,
    applies_to_open BOOLEAN NOT NULL DEFAULT FALSE,
    emergency_at    BIGINT,          -- the instant of an emergency activation
    body            TEXT COLLATE "C" NOT NULL,
    origin_key      BYTEA,             -- whose signature the imported file bore
    signature       BYTEA,             -- over the text, from the approval on
    seal            BYTEA,             -- over the whole row
    UNIQUE (rulebook_id, version)
);
CREATE INDEX rulebook_region ON rulebook (region_code, rulebook_id);

INSERT INTO rulebook (rulebook_no, rulebook_id, version, region_code, status, revision, changed_at, from_day, to_day, body)
SELECT row_number() OVER (ORDER BY rulebook_id, from_day), rulebook_id, version, region_code,
       CASE WHEN to_day IS NULL THEN 'active' ELSE 'retired' END, 1, 0, from_day, to_day, body
FROM rulebook_before;

DROP TABLE rulebook_before;

-- What happened to each version, and who did it.
CREATE TABLE rulebook_step (
    step_id     BIGINT NOT NULL PRIMARY KEY,
    rulebook_no BIGINT NOT NULL,
    step        TEXT COLLATE "C" NOT NULL,
    revision    BIGINT NOT NULL,
    account_id  BIGINT, -- NULL for jobs and commands
    at          BIGINT NOT NULL,
    note_enc    BYTEA
);
CREATE INDEX rulebook_step_no ON rulebook_step (rulebook_no, step_id);

-- What a draft would have changed; goes when the draft changes.
CREATE TABLE rulebook_replay (
    rulebook_no BIGINT NOT NULL PRIMARY KEY,
    revision    BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    result_enc  BYTEA NOT NULL
);

-- Authorities whose rulebook files are known by their keys.
CREATE TABLE rulebook_signer (
    key      BYTEA NOT NULL PRIMARY KEY,
    name     TEXT COLLATE "C" NOT NULL,
    added_by BIGINT,
    added_at BIGINT NOT NULL
);
