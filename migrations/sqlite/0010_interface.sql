-- The interface for schools' own systems: keys, and the answers that a repeated request gets again.

CREATE TABLE api_key (
    key_id      INTEGER NOT NULL PRIMARY KEY,
    scope_kind  TEXT NOT NULL CHECK (scope_kind IN ('region', 'school')),
    scope       TEXT NOT NULL,
    name        TEXT NOT NULL, -- of the program that uses it; nobody's name
    rights      TEXT NOT NULL, -- words of domain::interface::Right, with spaces between them
    secret_hash BLOB NOT NULL UNIQUE, -- SHA-256; the secret itself is shown once and kept nowhere
    per_minute  INTEGER NOT NULL CHECK (per_minute > 0),
    created_by  INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    revoked_by  INTEGER,
    revoked_at  INTEGER,
    used_at     INTEGER, -- to the minute
    CHECK (created_at < expires_at)
) STRICT;
CREATE INDEX api_key_scope ON api_key (scope_kind, scope, key_id);

-- One request that named itself; without an answer while it is being worked on.
CREATE TABLE api_reply (
    key_id INTEGER NOT NULL,
    idem   BLOB NOT NULL, -- SHA-256 of its name
    asked  BLOB NOT NULL, -- SHA-256 of method, path and body
    at     INTEGER NOT NULL,
    status INTEGER,
    body   TEXT, -- results by place in the request; names nobody
    PRIMARY KEY (key_id, idem)
) STRICT, WITHOUT ROWID;
CREATE INDEX api_reply_at ON api_reply (at);
