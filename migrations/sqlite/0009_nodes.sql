-- Servers beside each other on one database, and how often each has changed what the others keep in memory: they look
-- about once a second. On SQLite there is one server, and commands beside it count as it.
CREATE TABLE node (
    node_no  INTEGER NOT NULL PRIMARY KEY,
    seen_at  INTEGER NOT NULL,           -- by the database's clock; long ago: the number is free
    numbers  INTEGER NOT NULL DEFAULT 0, -- changes of numbers on screens
    settings INTEGER NOT NULL DEFAULT 0  -- changes of rulebooks, areas, schools, regions, keys
) STRICT;
