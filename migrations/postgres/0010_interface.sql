-- The interface for schools' own systems: keys, and the answers that a repeated request gets again.

CREATE TABLE api_key (
    key_id      BIGINT NOT NULL PRIMARY KEY,
    scope_kind  TEXT COLLATE "C" NOT NULL CHECK (scope_kind IN ('region', 'school')),
    scope       TEXT COLLATE "C" NOT NULL,
    name        TEXT COLLATE "C" NOT NULL, -- of the program that uses it; nobody's name
    rights      TEXT COLLATE "C" NOT NULL, -- words of domain::interface::Right, with spaces between them
    secret_hash BYTEA NOT NULL UNIQUE, -- SHA-256; the secret itself is shown once and kept nowhere
    per_minute  BIGINT NOT NULL CHECK (per_minute > 0),
    created_by  BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    revoked_by  BIGINT,
    revoked_at  BIGINT,
    used_at     BIGINT, -- to the minute
    CHECK (created_at < expires_at)
);
CREATE INDEX api_key_scope ON api_key (scope_kind, scope, key_id);

-- One request that named itself; without an answer while it is being worked on.
CREATE TABLE api_reply (
    key_id BIGINT NOT NULL,
    idem   BYTEA NOT NULL, -- SHA-256 of its name
    asked  BYTEA NOT NULL, -- SHA-256 of method, path and body
    at     BIGINT NOT NULL,
    status BIGINT,
    body   TEXT COLLATE "C", -- results by place in the request; names nobody
    PRIMARY KEY (key_id, idem)
);
CREATE INDEX api_reply_at ON api_reply (at);
