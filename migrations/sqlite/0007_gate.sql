-- Gates: where a school's people come in and go out, the devices there, and what they hand in.

CREATE TABLE gate (
    gate_id   INTEGER NOT NULL PRIMARY KEY,
    school_id INTEGER NOT NULL REFERENCES school (school_id),
    name      TEXT NOT NULL,
    place     INTEGER NOT NULL, -- their order on lists
    closed_at INTEGER
) STRICT;
CREATE INDEX gate_school ON gate (school_id, place);

-- A device holds a random token; only its hash is here.
CREATE TABLE gate_device (
    device_id   INTEGER NOT NULL PRIMARY KEY,
    gate_id     INTEGER NOT NULL REFERENCES gate (gate_id),
    school_id   INTEGER NOT NULL,
    name        TEXT NOT NULL,
    token_hash  BLOB NOT NULL UNIQUE,
    enrolled_at INTEGER NOT NULL,
    enrolled_by INTEGER, -- who made the code
    cut_off_at  INTEGER,
    cut_off_by  INTEGER,
    seen_at     INTEGER NOT NULL,
    last_seq    INTEGER NOT NULL DEFAULT 0, -- the highest number of an entry handed in
    waiting     INTEGER, -- entries that it says it still has to hand in
    app         TEXT NOT NULL DEFAULT '' -- what it says of its own program
) STRICT;
CREATE INDEX gate_device_school ON gate_device (school_id, device_id);

-- A code with which one device is enrolled, once.
CREATE TABLE gate_code (
    code_hash  BLOB NOT NULL PRIMARY KEY,
    gate_id    INTEGER NOT NULL REFERENCES gate (gate_id),
    school_id  INTEGER NOT NULL,
    name       TEXT NOT NULL, -- what the device will be called
    issued_by  INTEGER,
    issued_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX gate_code_expires ON gate_code (expires_at);

-- Append-only but for the marks of what came after. A temperature names nobody in the clear: whose it is stands in
-- detail_enc, and is found by person_ix.
CREATE TABLE gate_entry (
    entry_no    INTEGER NOT NULL PRIMARY KEY,
    device_id   INTEGER NOT NULL REFERENCES gate_device (device_id),
    entry_key   BLOB NOT NULL, -- the random number drawn on the device, 16 bytes
    seq         INTEGER NOT NULL,
    school_id   INTEGER NOT NULL,
    gate_id     INTEGER NOT NULL,
    day         INTEGER NOT NULL,
    at          INTEGER NOT NULL, -- as the device knew the time
    received_at INTEGER NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('scan', 'slip', 'reading', 'visitor', 'refused', 'undo')),
    person_id   INTEGER,
    class_id    INTEGER,
    person_ix   BLOB,
    shown       TEXT,
    direction   TEXT CHECK (direction IN ('in', 'out')),
    verdict     TEXT CHECK (verdict IN ('admit', 'refuse', 'report_first')),
    why         TEXT, -- the stable code of a refused pass
    flags       TEXT NOT NULL DEFAULT '', -- words, each with a space before and behind
    of_key      BLOB, -- what an undo takes back, by entry_key
    undone_by   INTEGER, -- the undo that took it back
    report_id   INTEGER, -- the report that a slip became
    state       TEXT CHECK (state IN ('waiting', 'confirmed', 'rejected', 'moot', 'struck')),
    settled_by  INTEGER,
    settled_at  INTEGER,
    note_enc    BLOB,
    detail_enc  BLOB,
    UNIQUE (device_id, entry_key)
) STRICT;
CREATE INDEX gate_entry_day ON gate_entry (school_id, day, at);
CREATE INDEX gate_entry_class ON gate_entry (class_id, day);
CREATE INDEX gate_entry_person ON gate_entry (person_id, day);
CREATE INDEX gate_entry_reading ON gate_entry (person_ix);
CREATE INDEX gate_entry_undo ON gate_entry (device_id, of_key);
CREATE INDEX gate_entry_seq ON gate_entry (device_id, seq);

-- The minute of the day by which a class's teacher confirms the slips handed in at the gate.
CREATE TABLE gate_setting (
    school_id   INTEGER NOT NULL PRIMARY KEY REFERENCES school (school_id),
    slip_minute INTEGER NOT NULL CHECK (slip_minute BETWEEN 0 AND 1439)
) STRICT;
