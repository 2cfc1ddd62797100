-- Passes: the keys that sign them, and who holds them.

-- The secret half is wrapped by the key file; a revoked key has none any more.
CREATE TABLE pass_key (
    kid        BLOB NOT NULL PRIMARY KEY,
    purpose    TEXT NOT NULL CHECK (purpose IN ('issuer', 'cards', 'screens')),
    public_key BLOB NOT NULL,
    secret_enc BLOB,
    made_at    INTEGER NOT NULL,
    from_at    INTEGER NOT NULL, -- signs from here on, until a newer key of its purpose does
    until_at   INTEGER NOT NULL, -- what it signed is valid until here at most
    revoked_at INTEGER,
    CHECK (from_at < until_at)
) STRICT, WITHOUT ROWID;

-- A person's number in passes, and the how-manieth printed card holds.
CREATE TABLE pass_holder (
    person_id INTEGER NOT NULL PRIMARY KEY REFERENCES person (person_id),
    holder    INTEGER NOT NULL UNIQUE, -- random
    serial    INTEGER NOT NULL DEFAULT 0, -- 0: none was printed
    card_at   INTEGER,
    card_by   INTEGER
) STRICT;
