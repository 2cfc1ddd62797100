-- Gates: where a school's people come in and go out, the devices there, and what they hand in.

CREATE TABLE gate (
    gate_id   BIGINT NOT NULL PRIMARY KEY,
    school_id BIGINT NOT NULL REFERENCES school (school_id),
    name      TEXT COLLATE "C" NOT NULL,
    place     BIGINT NOT NULL, -- their order on lists
    closed_at BIGINT
);
CREATE INDEX gate_school ON gate (school_id, place);

-- A device holds a random token; only its hash is here.
CREATE TABLE gate_device (
    device_id   BIGINT NOT NULL PRIMARY KEY,
    gate_id     BIGINT NOT NULL REFERENCES gate (gate_id),
    school_id   BIGINT NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    token_hash  BYTEA NOT NULL UNIQUE,
    enrolled_at BIGINT NOT NULL,
    enrolled_by BIGINT, -- who made the code
    cut_off_at  BIGINT,
    cut_off_by  BIGINT,
    seen_at     BIGINT NOT NULL,
    last_seq    BIGINT NOT NULL DEFAULT 0, -- the highest number of an entry handed in
    waiting     BIGINT, -- entries that it says it still has to hand in
    app         TEXT COLLATE "C" NOT NULL DEFAULT '' -- what it says of its own program
);
CREATE INDEX gate_device_school ON gate_device (school_id, device_id);

-- A code with which one device is enrolled, once.
CREATE TABLE gate_code (
    code_hash  BYTEA NOT NULL PRIMARY KEY,
    gate_id    BIGINT NOT NULL REFERENCES gate (gate_id),
    school_id  BIGINT NOT NULL,
    name       TEXT COLLATE "C" NOT NULL, -- what the device will be called
    issued_by  BIGINT,
    issued_at  BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX gate_code_expires ON gate_code (expires_at);

-- Append-only but for the marks of what came after. A temperature names nobody in the clear: whose it is stands in
-- detail_enc, and is found by person_ix.
CREATE TABLE gate_entry (
    entry_no    BIGINT NOT NULL PRIMARY KEY,
    device_id   BIGINT NOT NULL REFERENCES gate_device (device_id),
    entry_key   BYTEA NOT NULL, -- the random number drawn on the device, 16 bytes
    seq         BIGINT NOT NULL,
    school_id   BIGINT NOT NULL,
    gate_id     BIGINT NOT NULL,
    day         BIGINT NOT NULL,
    at          BIGINT NOT NULL, -- as the device knew the time
    received_at BIGINT NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL CHECK (kind IN ('scan', 'slip', 'reading', 'visitor', 'refused', 'undo')),
    person_id   BIGINT,
    class_id    BIGINT,
    person_ix   BYTEA,
    shown       TEXT COLLATE "C",
    direction   TEXT COLLATE "C" CHECK (direction IN ('in', 'out')),
    verdict     TEXT COLLATE "C" CHECK (verdict IN ('admit', 'refuse', 'report_first')),
    why         TEXT COLLATE "C", -- the stable code of a refused pass
    flags       TEXT COLLATE "C" NOT NULL DEFAULT '', -- words, each with a space before and behind
    of_key      BYTEA, -- what an undo takes back, by entry_key
    undone_by   BIGINT, -- the undo that took it back
    report_id   BIGINT, -- the report that a slip became
    state       TEXT COLLATE "C" CHECK (state IN ('waiting', 'confirmed', 'rejected', 'moot', 'struck')),
    settled_by  BIGINT,
    settled_at  BIGINT,
    note_enc    BYTEA,
    detail_enc  BYTEA,
    UNIQUE (device_id, entry_key)
);
CREATE INDEX gate_entry_day ON gate_entry (school_id, day, at);
CREATE INDEX gate_entry_class ON gate_entry (class_id, day);
CREATE INDEX gate_entry_person ON gate_entry (person_id, day);
CREATE INDEX gate_entry_reading ON gate_entry (person_ix);
CREATE INDEX gate_entry_undo ON gate_entry (device_id, of_key);
CREATE INDEX gate_entry_seq ON gate_entry (device_id, seq);

-- The minute of the day by which a class's teacher confirms the slips handed in at the gate.
CREATE TABLE gate_setting (
    school_id   BIGINT NOT NULL PRIMARY KEY REFERENCES school (school_id),
    slip_minute BIGINT NOT NULL CHECK (slip_minute BETWEEN 0 AND 1439)
);
