-- Official records, risk areas and clearances as officers enter them, and the jobs that decide anew because of them.

-- Everybody of a region or school, or the people named, is to be decided about anew; kept until it is done.
CREATE TABLE redecision (
    job_id       BIGINT NOT NULL PRIMARY KEY,
    region_code  TEXT COLLATE "C" NOT NULL,    -- whose officers see its progress
    cause        TEXT COLLATE "C" NOT NULL,    -- what the decisions name as their cause
    subject      TEXT COLLATE "C" NOT NULL,    -- which area, list, rulebook …
    scope_kind   TEXT COLLATE "C" NOT NULL CHECK (scope_kind IN ('region', 'school', 'people')),
    scope        TEXT COLLATE "C" NOT NULL,
    at           BIGINT NOT NULL,
    total        BIGINT NOT NULL,
    done         BIGINT NOT NULL DEFAULT 0,
    changed      BIGINT NOT NULL DEFAULT 0,
    after_person BIGINT NOT NULL DEFAULT 0, -- everybody up to this number is done
    finished_at  BIGINT
);
CREATE INDEX redecision_open ON redecision (job_id) WHERE finished_at IS NULL;
CREATE INDEX redecision_region ON redecision (region_code, job_id);

CREATE TABLE redecision_person (
    job_id    BIGINT NOT NULL REFERENCES redecision (job_id) ON DELETE CASCADE,
    person_id BIGINT NOT NULL,
    PRIMARY KEY (job_id, person_id)
);

-- A day that has begun in a zone while not everybody has been looked at yet.
CREATE TABLE opening_day (
    zone         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    day          BIGINT NOT NULL,
    after_person BIGINT NOT NULL
);

-- Where records and areas come from: public, with numbers below five hidden.
CREATE TABLE source (
    source_id   BIGINT NOT NULL PRIMARY KEY,
    region_code TEXT COLLATE "C" NOT NULL,
    authority   TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    way         TEXT COLLATE "C" NOT NULL CHECK (way IN ('entered', 'list')),
    entries     BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    UNIQUE (region_code, authority, kind, way)
);

-- The kind of a record is inside detail_enc: in the clear it would be a diagnosis.
ALTER TABLE official_record ADD COLUMN region_code TEXT COLLATE "C" NOT NULL DEFAULT ''; -- the bureau that entered it
ALTER TABLE official_record ADD COLUMN way TEXT COLLATE "C" NOT NULL DEFAULT 'entered' CHECK (way IN ('entered', 'list'));
ALTER TABLE official_record ADD COLUMN mark_ix BYTEA;       -- blind index of what it says, so that a list read twice adds nothing
ALTER TABLE official_record ADD COLUMN withdrawn_at BIGINT;
ALTER TABLE official_record ADD COLUMN withdrawn_by BIGINT;
ALTER TABLE official_record ADD COLUMN withdrawn_enc BYTEA; -- why, under the person's key
CREATE UNIQUE INDEX official_record_mark ON official_record (person_id, mark_ix) WHERE mark_ix IS NOT NULL AND withdrawn_at IS NULL;

-- Exact look-up of children by their guardians' phones as the roster has them.
CREATE TABLE person_phone (
    phone_ix  BYTEA NOT NULL,
    person_id BIGINT NOT NULL REFERENCES person (person_id),
    PRIMARY KEY (phone_ix, person_id)
);
CREATE INDEX person_phone_person ON person_phone (person_id);

ALTER TABLE risk_area ADD COLUMN owner_code TEXT COLLATE "C" NOT NULL DEFAULT 'CN'; -- the bureau that declared it
ALTER TABLE risk_area ADD COLUMN way TEXT COLLATE "C" NOT NULL DEFAULT 'entered' CHECK (way IN ('entered', 'list'));
ALTER TABLE risk_area ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE risk_area ADD COLUMN changed_by BIGINT;
ALTER TABLE risk_area ADD COLUMN withdrawn_at BIGINT; -- declared in error: as if it had never been
CREATE INDEX risk_area_owner ON risk_area (owner_code, area_id);

-- An uploaded list of records or areas between its preview and its application.
CREATE TABLE staged_list (
    staged_id   BIGINT NOT NULL PRIMARY KEY,
    region_code TEXT COLLATE "C" NOT NULL,
    account_id  BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    body_enc    BYTEA NOT NULL
);

CREATE TABLE clearance (
    clearance_id BIGINT NOT NULL PRIMARY KEY,
    person_id    BIGINT NOT NULL,
    school_id    BIGINT NOT NULL,
    class_id     BIGINT NOT NULL,
    code         BIGINT NOT NULL, -- the colour it would end: yellow is the school's to settle, red the bureau's
    detail_enc   BYTEA NOT NULL,    -- reason, kind, date, issuer, note, under the person's key
    submitted_by BIGINT NOT NULL,
    submitted_at BIGINT NOT NULL,
    status       TEXT COLLATE "C" NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'accepted', 'refused')),
    settled_by   BIGINT,
    settled_at   BIGINT,
    answer_enc   BYTEA
);
CREATE INDEX clearance_person ON clearance (person_id, clearance_id);
CREATE INDEX clearance_waiting ON clearance (school_id, code, clearance_id) WHERE status = 'waiting';

-- How an officer settled a discrepancy between a record and reports.
CREATE TABLE discrepancy_settlement (
    record_id  BIGINT NOT NULL PRIMARY KEY,
    person_id  BIGINT NOT NULL,
    finding    TEXT COLLATE "C" NOT NULL CHECK (finding IN ('record_right', 'report_right', 'both_right')),
    on_day     BIGINT NOT NULL,
    settled_by BIGINT,
    settled_at BIGINT NOT NULL,
    note_enc   BYTEA NOT NULL
);
CREATE INDEX discrepancy_settlement_person ON discrepancy_settlement (person_id);
