-- The schools of a region are listed by region and code, page by page.
CREATE INDEX school_region_code ON school (region_code, code);
