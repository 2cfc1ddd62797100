-- Servers beside each other on one database, and how often each has changed what the others keep in memory: they look
-- about once a second. On SQLite there is one server, and commands beside it count as it.
CREATE TABLE node (
    node_no  BIGINT NOT NULL PRIMARY KEY,
    seen_at  BIGINT NOT NULL,           -- by the database's clock; long ago: the number is free
    numbers  BIGINT NOT NULL DEFAULT 0, -- changes of numbers on screens
    settings BIGINT NOT NULL DEFAULT 0  -- changes of rulebooks, areas, schools, regions, keys
);
