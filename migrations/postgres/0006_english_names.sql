-- What English pages call a region or a school; empty where nobody has said, and then they show `name`.
ALTER TABLE region ADD COLUMN name_en TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE school ADD COLUMN name_en TEXT COLLATE "C" NOT NULL DEFAULT '';
