-- Beside the state lie the key that opens it, as in subject_key, and what the person and their guardians last answered about
-- consent: a report finds in one row what lay in three other large trees. Nobody reads a state without its key.
ALTER TABLE person_state ADD COLUMN wrapped BLOB;
ALTER TABLE person_state ADD COLUMN consents TEXT; -- account, moment, answer and version of each account's last answer
UPDATE person_state SET
    wrapped = (SELECT k.wrapped FROM subject_key k WHERE k.subject_id = person_state.person_id),
    consents = (
        SELECT string_agg(concat_ws(',', c.account_id, c.at, c.answer, c.version), '/') FROM consent c
        WHERE c.person_id = person_state.person_id
            AND c.consent_id = (SELECT max(l.consent_id) FROM consent l WHERE l.person_id = c.person_id AND l.account_id = c.account_id)
            AND NOT EXISTS (
                SELECT 1 FROM guardianship g
                WHERE g.account_id = c.account_id AND g.person_id = c.person_id AND g.status = 'unlinked'
            )
    );
-- Deleting a key still destroys what it opened.
CREATE TRIGGER subject_key_is_gone AFTER DELETE ON subject_key BEGIN
    UPDATE person_state SET wrapped = NULL WHERE person_id = old.subject_id;
END;
