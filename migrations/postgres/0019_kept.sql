-- What midnight destroys when it is old enough is found without looking at what was destroyed long ago.
CREATE INDEX gate_entry_kept ON gate_entry (day) WHERE detail_enc IS NOT NULL OR note_enc IS NOT NULL;
CREATE INDEX contest_kept ON contest (at) WHERE words_enc IS NOT NULL OR answer_enc IS NOT NULL;
