-- Recognition of other issuers: whose passes a region's schools accept beside our own, and by which rules.
-- Nothing here is ever changed or deleted; the newest version holds.

-- Other issuers' key files as a bureau accepted them.
CREATE TABLE trusted_key_file (
    file_id     BIGINT NOT NULL PRIMARY KEY,
    owner_code  TEXT COLLATE "C" NOT NULL,    -- whose bureau
    issuer      BIGINT NOT NULL, -- nine digits
    fingerprint TEXT COLLATE "C" NOT NULL,    -- of the long-lived key that signed it
    made_s      BIGINT NOT NULL, -- when the issuer made it, in seconds since 1970
    way         TEXT COLLATE "C" NOT NULL CHECK (way IN ('compared', 'renewed')),
    body        TEXT COLLATE "C" NOT NULL,    -- the file, byte for byte
    accepted_at BIGINT NOT NULL,
    accepted_by BIGINT
);
CREATE INDEX trusted_key_file_issuer ON trusted_key_file (owner_code, issuer, file_id);

-- What a bureau says about another issuer, one row for each change.
CREATE TABLE trusted_issuer (
    owner_code  TEXT COLLATE "C" NOT NULL,
    issuer      BIGINT NOT NULL,
    version     BIGINT NOT NULL, -- from 1 on, for this owner and issuer
    step        TEXT COLLATE "C" NOT NULL CHECK (step IN ('trust', 'renew', 'change', 'remove', 'restore')),
    name        TEXT COLLATE "C" NOT NULL,
    region_code TEXT COLLATE "C" NOT NULL,    -- where the issuer is
    from_at     BIGINT NOT NULL,
    until_at    BIGINT NOT NULL,
    kinds       TEXT COLLATE "C" NOT NULL,    -- live, day_letter; with a space between
    schools     TEXT COLLATE "C" NOT NULL,    -- numbers at the issuer, with a space between; empty for all
    file_id     BIGINT NOT NULL REFERENCES trusted_key_file (file_id),
    at          BIGINT NOT NULL,
    account_id  BIGINT,          -- NULL for commands
    note_enc    BYTEA,             -- with whom the fingerprint was compared, or why it was removed
    PRIMARY KEY (owner_code, issuer, version),
    CHECK (from_at < until_at)
);

-- Rules about foreign passes: all of a region's, one row for each change.
CREATE TABLE recognition_rules (
    owner_code TEXT COLLATE "C" NOT NULL,
    version    BIGINT NOT NULL,
    from_at    BIGINT NOT NULL, -- the newest version that has begun holds
    body       TEXT COLLATE "C" NOT NULL,    -- a file of rules, in JSON
    at         BIGINT NOT NULL,
    account_id BIGINT,          -- NULL for the rules that came with the program
    PRIMARY KEY (owner_code, version)
);

-- What a school does with whoever shows a pass of another school or issuer; schools without a row ask.
CREATE TABLE school_visitors (
    school_id  BIGINT NOT NULL PRIMARY KEY REFERENCES school (school_id),
    policy     TEXT COLLATE "C" NOT NULL CHECK (policy IN ('refuse', 'ask', 'admit')),
    changed_at BIGINT NOT NULL,
    changed_by BIGINT
);
