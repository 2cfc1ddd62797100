-- The first tables. Dates are days since 1970-01-01, instants milliseconds since then.
-- A BLOB named *_enc is ciphertext: key id, nonce, AEAD text, bound to table, column and row.
-- A BLOB named *_ix is a keyed blind index of a normalised value.

CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One key per person or account, wrapped by the key file. Deleting the row destroys what it opened.
CREATE TABLE subject_key (
    subject_id INTEGER NOT NULL PRIMARY KEY,
    wrapped    BLOB NOT NULL
) STRICT;

CREATE TABLE region (
    code   TEXT NOT NULL PRIMARY KEY,
    parent TEXT,
    level  TEXT NOT NULL CHECK (level IN ('country', 'province', 'city', 'district', 'town')),
    name   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX region_parent ON region (parent, code);

CREATE TABLE school (
    school_id       INTEGER NOT NULL PRIMARY KEY,
    code            TEXT NOT NULL UNIQUE,
    name            TEXT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('kindergarten', 'primary', 'junior', 'nine_year', 'senior', 'vocational', 'university')),
    region_code     TEXT NOT NULL REFERENCES region (code),
    zone            TEXT NOT NULL DEFAULT 'Asia/Shanghai',
    due_minute      INTEGER NOT NULL DEFAULT 480 CHECK (due_minute BETWEEN 0 AND 1439),
    late_days       INTEGER NOT NULL DEFAULT 1 CHECK (late_days BETWEEN 0 AND 7),
    self_report_age INTEGER CHECK (self_report_age BETWEEN 6 AND 30),
    contact         TEXT NOT NULL DEFAULT '',
    created_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX school_region ON school (region_code, school_id);

-- Days that differ from the week: a holiday on a weekday, a school day on a weekend.
CREATE TABLE school_day (
    school_id     INTEGER NOT NULL REFERENCES school (school_id),
    day           INTEGER NOT NULL,
    is_school_day INTEGER NOT NULL CHECK (is_school_day IN (0, 1)),
    PRIMARY KEY (school_id, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE class (
    class_id  INTEGER NOT NULL PRIMARY KEY,
    school_id INTEGER NOT NULL REFERENCES school (school_id),
    stage     INTEGER NOT NULL, -- by number, from kindergarten to university
    grade     INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    teacher_enc BLOB, -- the class teacher as the roster names them: name and phone
    UNIQUE (school_id, stage, grade, number)
) STRICT;

CREATE TABLE person (
    person_id      INTEGER NOT NULL PRIMARY KEY,
    school_id      INTEGER NOT NULL REFERENCES school (school_id),
    class_id       INTEGER NOT NULL REFERENCES class (class_id),
    seat           INTEGER NOT NULL DEFAULT 0,
    joined_day     INTEGER NOT NULL,
    left_day       INTEGER,
    student_no_ix  BLOB,
    national_id_ix BLOB,
    profile_enc    BLOB NOT NULL
) STRICT;
CREATE INDEX person_class ON person (class_id, left_day, seat);
CREATE INDEX person_student_no ON person (school_id, student_no_ix);
CREATE INDEX person_national_id ON person (national_id_ix);
CREATE INDEX person_school ON person (school_id, class_id);

CREATE TABLE account (
    account_id    INTEGER NOT NULL PRIMARY KEY,
    login_ix      BLOB UNIQUE,
    profile_enc   BLOB NOT NULL,
    password_hash TEXT,
    created_by    INTEGER,
    created_at    INTEGER NOT NULL,
    changed_by    INTEGER,
    changed_at    INTEGER NOT NULL,
    disabled_at   INTEGER
) STRICT;

-- Wrong passwords per login, whether it exists or not: the answer must not tell.
CREATE TABLE signin_failure (
    login_ix     BLOB NOT NULL PRIMARY KEY,
    failures     INTEGER NOT NULL,
    locked_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE role_grant (
    account_id INTEGER NOT NULL REFERENCES account (account_id),
    role       TEXT NOT NULL,
    scope_kind TEXT NOT NULL CHECK (scope_kind IN ('region', 'school', 'class', 'person')),
    scope      TEXT NOT NULL,
    granted_by INTEGER,
    granted_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, role, scope_kind, scope)
) STRICT, WITHOUT ROWID;
CREATE INDEX role_grant_scope ON role_grant (scope_kind, scope, role);

CREATE TABLE session (
    token_hash BLOB NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (account_id),
    created_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL,
    idle_ms    INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_ends ON session (ends_at);

-- A code with which staff set their first or a new password.
CREATE TABLE activation (
    code_hash  BLOB NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (account_id),
    issued_by  INTEGER,
    issued_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX activation_account ON activation (account_id);

-- An invitation for one person: single use; void after five failures.
CREATE TABLE slip (
    slip_id    INTEGER NOT NULL PRIMARY KEY,
    code_hash  BLOB NOT NULL UNIQUE,
    school_id  INTEGER NOT NULL,
    class_id   INTEGER NOT NULL,
    person_id  INTEGER NOT NULL REFERENCES person (person_id),
    issued_by  INTEGER,
    issued_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    failures   INTEGER NOT NULL DEFAULT 0,
    status     TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'used', 'void')),
    used_by    INTEGER,
    second_claim_at INTEGER
) STRICT;
CREATE INDEX slip_person ON slip (person_id, status);
CREATE INDEX slip_class ON slip (class_id, status);

CREATE TABLE guardianship (
    account_id   INTEGER NOT NULL REFERENCES account (account_id),
    person_id    INTEGER NOT NULL REFERENCES person (person_id),
    relation     TEXT NOT NULL,
    status       TEXT NOT NULL CHECK (status IN ('claimed', 'confirmed', 'unlinked')),
    since_day    INTEGER NOT NULL,
    claimed_at   INTEGER NOT NULL,
    settled_by   INTEGER,
    settled_at   INTEGER,
    slip_id      INTEGER,
    alert_at     INTEGER,
    PRIMARY KEY (account_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX guardianship_person ON guardianship (person_id, status);

-- Append-only: the last row of an account and person holds.
CREATE TABLE consent (
    consent_id INTEGER NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL,
    person_id  INTEGER NOT NULL,
    version    TEXT NOT NULL,
    answer     TEXT NOT NULL CHECK (answer IN ('given', 'refused', 'withdrawn', 'agreed_with_school')),
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX consent_person ON consent (person_id, account_id, consent_id);

CREATE TABLE report (
    report_id  INTEGER NOT NULL PRIMARY KEY,
    school_id  INTEGER NOT NULL,
    class_id   INTEGER NOT NULL,
    person_id  INTEGER NOT NULL,
    day        INTEGER NOT NULL,
    revision   INTEGER NOT NULL,
    based_on   INTEGER NOT NULL,
    submission BLOB NOT NULL,
    channel    INTEGER NOT NULL,
    account_id INTEGER,
    at         INTEGER NOT NULL,
    status     TEXT NOT NULL CHECK (status IN ('accepted', 'pending', 'refused', 'replaced')),
    stale      INTEGER NOT NULL DEFAULT 0 CHECK (stale IN (0, 1)),
    settled_by INTEGER,
    settled_at INTEGER,
    note_enc   BLOB, -- the teacher's words when settling
    answers_enc BLOB
) STRICT;
CREATE UNIQUE INDEX report_person_day ON report (person_id, day, revision);
CREATE UNIQUE INDEX report_submission ON report (person_id, submission);
CREATE INDEX report_pending ON report (class_id) WHERE status = 'pending';

CREATE TABLE person_state (
    person_id    INTEGER NOT NULL PRIMARY KEY,
    school_id    INTEGER NOT NULL,
    class_id     INTEGER NOT NULL,
    day          INTEGER NOT NULL, -- the day for which code and ends_day were computed
    code         INTEGER NOT NULL CHECK (code BETWEEN 0 AND 3),
    ends_day     INTEGER,
    reported_day INTEGER,          -- the latest day with an accepted report
    channel      INTEGER,          -- of that report
    revision     INTEGER NOT NULL DEFAULT 0,
    state_enc    BLOB NOT NULL
) STRICT;
CREATE INDEX person_state_class ON person_state (class_id);
CREATE INDEX person_state_flagged ON person_state (school_id, code) WHERE code >= 2;

-- Append-only. A green day without reasons has no row: its report is the record, its trace is computed again.
CREATE TABLE decision (
    decision_id INTEGER NOT NULL PRIMARY KEY,
    school_id   INTEGER NOT NULL,
    person_id   INTEGER NOT NULL,
    day         INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    code        INTEGER NOT NULL,
    ends_day    INTEGER,
    replaces    INTEGER,
    cause       TEXT NOT NULL,
    detail_enc  BLOB NOT NULL
) STRICT;
CREATE INDEX decision_person ON decision (person_id, decision_id);

-- Each turn to yellow or red, for the feed.
CREATE TABLE turn (
    turn_id    INTEGER NOT NULL PRIMARY KEY,
    school_id  INTEGER NOT NULL,
    class_id   INTEGER NOT NULL,
    person_id  INTEGER NOT NULL,
    day        INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    code       INTEGER NOT NULL,
    ends_day   INTEGER,
    detail_enc BLOB NOT NULL
) STRICT;
CREATE INDEX turn_day ON turn (day, turn_id);

CREATE TABLE counter (
    class_id  INTEGER NOT NULL,
    day       INTEGER NOT NULL,
    school_id INTEGER NOT NULL,
    students  INTEGER NOT NULL DEFAULT 0,
    guardian  INTEGER NOT NULL DEFAULT 0, -- reported, by channel group
    paper     INTEGER NOT NULL DEFAULT 0,
    proxy     INTEGER NOT NULL DEFAULT 0,
    green     INTEGER NOT NULL DEFAULT 0,
    yellow    INTEGER NOT NULL DEFAULT 0,
    red       INTEGER NOT NULL DEFAULT 0,
    grey      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (class_id, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX counter_day ON counter (day, school_id);

CREATE TABLE counter_reason (
    class_id  INTEGER NOT NULL,
    day       INTEGER NOT NULL,
    school_id INTEGER NOT NULL,
    code      INTEGER NOT NULL,
    reason_ix BLOB NOT NULL, -- blind: with one red child in a class, the reason would be theirs
    people    INTEGER NOT NULL,
    PRIMARY KEY (class_id, day, code, reason_ix)
) STRICT, WITHOUT ROWID;
CREATE INDEX counter_reason_day ON counter_reason (day, school_id);

-- A school's numbers at the end of every five minutes, for "compared with yesterday at this time".
CREATE TABLE counter_slot (
    school_id INTEGER NOT NULL,
    day       INTEGER NOT NULL,
    slot      INTEGER NOT NULL, -- minute of the day / 5
    reported  INTEGER NOT NULL,
    green     INTEGER NOT NULL,
    yellow    INTEGER NOT NULL,
    red       INTEGER NOT NULL,
    grey      INTEGER NOT NULL,
    PRIMARY KEY (school_id, day, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX counter_slot_day ON counter_slot (day, slot);

CREATE TABLE closed_day (
    zone TEXT NOT NULL PRIMARY KEY,
    day  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rulebook (
    rulebook_id TEXT NOT NULL,
    version     TEXT NOT NULL,
    region_code TEXT NOT NULL,
    from_day    INTEGER NOT NULL,
    to_day      INTEGER,
    body        TEXT NOT NULL,
    PRIMARY KEY (rulebook_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE risk_area (
    area_id     INTEGER NOT NULL PRIMARY KEY,
    region_code TEXT NOT NULL,
    level       TEXT NOT NULL CHECK (level IN ('medium', 'high')),
    from_day    INTEGER NOT NULL,
    to_day      INTEGER,
    look_back   INTEGER NOT NULL DEFAULT 14,
    authority   TEXT NOT NULL
) STRICT;

CREATE TABLE official_record (
    record_id   INTEGER NOT NULL PRIMARY KEY,
    person_id   INTEGER NOT NULL,
    received_day INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    entered_by  INTEGER,
    detail_enc  BLOB NOT NULL
) STRICT;
CREATE INDEX official_record_person ON official_record (person_id);

-- An uploaded roster between its preview and its application.
CREATE TABLE staged_roster (
    staged_id  INTEGER NOT NULL PRIMARY KEY,
    school_id  INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    body_enc   BLOB NOT NULL
) STRICT;

-- Append-only; one hash chain per school and per region.
CREATE TABLE audit (
    chain      TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id   INTEGER,
    action     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    read_key   TEXT,
    detail_enc BLOB,
    hash       BLOB NOT NULL,
    PRIMARY KEY (chain, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_subject ON audit (subject, at);
CREATE INDEX audit_actor ON audit (actor_id, action, at);
CREATE UNIQUE INDEX audit_read_key ON audit (read_key) WHERE read_key IS NOT NULL;

CREATE TABLE audit_head (
    chain     TEXT NOT NULL,
    day       INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    hash      BLOB NOT NULL,
    signature BLOB NOT NULL,
    PRIMARY KEY (chain, day)
) STRICT, WITHOUT ROWID;
