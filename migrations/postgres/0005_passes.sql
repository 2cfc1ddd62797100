-- Passes: the keys that sign them, and who holds them.

-- The secret half is wrapped by the key file; a revoked key has none any more.
CREATE TABLE pass_key (
    kid        BYTEA NOT NULL PRIMARY KEY,
    purpose    TEXT COLLATE "C" NOT NULL CHECK (purpose IN ('issuer', 'cards', 'screens')),
    public_key BYTEA NOT NULL,
    secret_enc BYTEA,
    made_at    BIGINT NOT NULL,
    from_at    BIGINT NOT NULL, -- signs from here on, until a newer key of its purpose does
    until_at   BIGINT NOT NULL, -- what it signed is valid until here at most
    revoked_at BIGINT,
    CHECK (from_at < until_at)
);

-- A person's number in passes, and the how-manieth printed card holds.
CREATE TABLE pass_holder (
    person_id BIGINT NOT NULL PRIMARY KEY REFERENCES person (person_id),
    holder    BIGINT NOT NULL UNIQUE, -- random
    serial    BIGINT NOT NULL DEFAULT 0, -- 0: none was printed
    card_at   BIGINT,
    card_by   BIGINT
);
