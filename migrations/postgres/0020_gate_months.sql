-- What the gates' devices hand in is cut into months, as reports are: a day brings as many. Every month in which there is
-- something gets its part here, and the rows are copied once; what comes later of a day without a month lies in
-- gate_entry_other.
--
-- The key of a partitioned table must hold the day, and an entry may come again on another day than before: one that is
-- ahead of our clock has the day on which it comes. That it is there once holds beyond its day too, because what may have
-- come before is looked up by its number in all months (services::gates::hand_in), and whoever keeps it writes alone.
ALTER TABLE gate_entry RENAME TO gate_entry_uncut;
CREATE TABLE gate_entry (LIKE gate_entry_uncut INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (day);
CREATE TABLE gate_entry_other PARTITION OF gate_entry DEFAULT;
DO $$
DECLARE
    epoch CONSTANT DATE := '1970-01-01';
    month DATE;
BEGIN
    FOR month IN SELECT DISTINCT CAST(date_trunc('month', CAST(epoch + CAST(day AS INTEGER) AS TIMESTAMP)) AS DATE) FROM gate_entry_uncut LOOP
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF gate_entry FOR VALUES FROM (%s) TO (%s)',
            'gate_entry_m' || to_char(month, 'YYYYMM'), month - epoch, CAST(month + INTERVAL '1 month' AS DATE) - epoch
        );
    END LOOP;
END
$$;
INSERT INTO gate_entry SELECT * FROM gate_entry_uncut;
DROP TABLE gate_entry_uncut;

-- Made over the copied rows, and under the names that have become free.
ALTER TABLE gate_entry
    ADD PRIMARY KEY (entry_no, day),
    ADD UNIQUE (device_id, entry_key, day),
    ADD FOREIGN KEY (device_id) REFERENCES gate_device (device_id);
CREATE INDEX gate_entry_day ON gate_entry (school_id, day, at);
CREATE INDEX gate_entry_class ON gate_entry (class_id, day);
CREATE INDEX gate_entry_person ON gate_entry (person_id, day);
CREATE INDEX gate_entry_seq ON gate_entry (device_id, seq);
CREATE INDEX gate_entry_kept ON gate_entry (day) WHERE detail_enc IS NOT NULL OR note_enc IS NOT NULL;
-- Most entries are neither a temperature nor an undo, and no old month has temperatures left: where every month is looked
-- into, that is next to nothing.
CREATE INDEX gate_entry_reading ON gate_entry (person_ix) WHERE person_ix IS NOT NULL;
CREATE INDEX gate_entry_undo ON gate_entry (device_id, of_key) WHERE of_key IS NOT NULL;
