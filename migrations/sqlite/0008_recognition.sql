-- Recognition of other issuers: whose passes a region's schools accept beside our own, and by which rules.
-- Nothing here is ever changed or deleted; the newest version holds.

-- Other issuers' key files as a bureau accepted them.
CREATE TABLE trusted_key_file (
    file_id     INTEGER NOT NULL PRIMARY KEY,
    owner_code  TEXT NOT NULL,    -- whose bureau
    issuer      INTEGER NOT NULL, -- nine digits
    fingerprint TEXT NOT NULL,    -- of the long-lived key that signed it
    made_s      INTEGER NOT NULL, -- when the issuer made it, in seconds since 1970
    way         TEXT NOT NULL CHECK (way IN ('compared', 'renewed')),
    body        TEXT NOT NULL,    -- the file, byte for byte
    accepted_at INTEGER NOT NULL,
    accepted_by INTEGER
) STRICT;
CREATE INDEX trusted_key_file_issuer ON trusted_key_file (owner_code, issuer, file_id);

-- What a bureau says about another issuer, one row for each change.
CREATE TABLE trusted_issuer (
    owner_code  TEXT NOT NULL,
    issuer      INTEGER NOT NULL,
    version     INTEGER NOT NULL, -- from 1 on, for this owner and issuer
    step        TEXT NOT NULL CHECK (step IN ('trust', 'renew', 'change', 'remove', 'restore')),
    name        TEXT NOT NULL,
    region_code TEXT NOT NULL,    -- where the issuer is
    from_at     INTEGER NOT NULL,
    until_at    INTEGER NOT NULL,
    kinds       TEXT NOT NULL,    -- live, day_letter; with a space between
    schools     TEXT NOT NULL,    -- numbers at the issuer, with a space between; empty for all
    file_id     INTEGER NOT NULL REFERENCES trusted_key_file (file_id),
    at          INTEGER NOT NULL,
    account_id  INTEGER,          -- NULL for commands
    note_enc    BLOB,             -- with whom the fingerprint was compared, or why it was removed
    PRIMARY KEY (owner_code, issuer, version),
    CHECK (from_at < until_at)
) STRICT, WITHOUT ROWID;

-- Rules about foreign passes: all of a region's, one row for each change.
CREATE TABLE recognition_rules (
    owner_code TEXT NOT NULL,
    version    INTEGER NOT NULL,
    from_at    INTEGER NOT NULL, -- the newest version that has begun holds
    body       TEXT NOT NULL,    -- a file of rules, in JSON
    at         INTEGER NOT NULL,
    account_id INTEGER,          -- NULL for the rules that came with the program
    PRIMARY KEY (owner_code, version)
) STRICT, WITHOUT ROWID;

-- What a school does with whoever shows a pass of another school or issuer; schools without a row ask.
CREATE TABLE school_visitors (
    school_id  INTEGER NOT NULL PRIMARY KEY REFERENCES school (school_id),
    policy     TEXT NOT NULL CHECK (policy IN ('refuse', 'ask', 'admit')),
    changed_at INTEGER NOT NULL,
    changed_by INTEGER
) STRICT;
