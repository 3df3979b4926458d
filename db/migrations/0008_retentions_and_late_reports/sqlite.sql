-- Retention of a whole assignment as a deed of its own, which is carried out in batches; and late reports of an assignment that the bank
-- has taken back while its cases still wait for their end.

ALTER TABLE base_assignment ADD COLUMN late_until TEXT NULL;

DROP VIEW assignment;

CREATE VIEW assignment AS
SELECT bank_id, id, agency_id, agreement_id, portfolio_id, currency, term_start, term_end, account_count, principal, interest, fees, days_past_due_mix, submitted_at, activated_at, released_at, agreement_version, slice, placing, skipped_count, ended_at, ending, end_reason, late_until
FROM base_assignment
WHERE (session_kind() IN ('bank', 'system') AND base_assignment.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_assignment.agency_id = session_tenant() AND base_assignment.placing = 0);

CREATE TRIGGER assignment_insert INSTEAD OF INSERT ON assignment
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into assignment refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant())) IS NOT TRUE;
    INSERT INTO base_assignment (bank_id, id, agency_id, agreement_id, portfolio_id, currency, term_start, term_end, account_count, principal, interest, fees, days_past_due_mix, submitted_at, activated_at, released_at, agreement_version, slice, placing, skipped_count, ended_at, ending, end_reason, late_until)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.agreement_id, NEW.portfolio_id, NEW.currency, NEW.term_start, NEW.term_end, NEW.account_count, NEW.principal, NEW.interest, NEW.fees, NEW.days_past_due_mix, NEW.submitted_at, NEW.activated_at, NEW.released_at, COALESCE(NEW.agreement_version, 1), NEW.slice, COALESCE(NEW.placing, 0), COALESCE(NEW.skipped_count, 0), NEW.ended_at, NEW.ending, NEW.end_reason, NEW.late_until);
END;

CREATE TRIGGER assignment_update INSTEAD OF UPDATE ON assignment
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of assignment refused') WHERE ((session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant())) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of assignment refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant())) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of assignment is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.agency_id IS NOT OLD.agency_id OR NEW.agreement_id IS NOT OLD.agreement_id OR NEW.portfolio_id IS NOT OLD.portfolio_id OR NEW.currency IS NOT OLD.currency OR NEW.term_start IS NOT OLD.term_start OR NEW.term_end IS NOT OLD.term_end OR NEW.submitted_at IS NOT OLD.submitted_at OR NEW.agreement_version IS NOT OLD.agreement_version OR NEW.slice IS NOT OLD.slice;
    UPDATE base_assignment SET account_count = NEW.account_count, principal = NEW.principal, interest = NEW.interest, fees = NEW.fees, days_past_due_mix = NEW.days_past_due_mix, activated_at = NEW.activated_at, released_at = NEW.released_at, placing = NEW.placing, skipped_count = NEW.skipped_count, ended_at = NEW.ended_at, ending = NEW.ending, end_reason = NEW.end_reason, late_until = NEW.late_until WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of assignment changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER assignment_delete INSTEAD OF DELETE ON assignment
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from assignment refused');
END;

CREATE TABLE base_assignment_retention
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    assignment_id BLOB NOT NULL,
    deed TEXT NOT NULL,
    term_end TEXT NULL,
    reason TEXT NULL,
    sight TEXT NOT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    made_at TEXT NOT NULL,
    case_count INTEGER NOT NULL,
    last_case_id BLOB NULL,
    finished_at TEXT NULL,
    CONSTRAINT pk_assignment_retention PRIMARY KEY (bank_id, id),
    CONSTRAINT fk_assignment_retention_assignment FOREIGN KEY (bank_id, agency_id, assignment_id) REFERENCES base_assignment (bank_id, agency_id, id),
    CONSTRAINT ck_assignment_retention_deed CHECK ((deed = 'asked' AND term_end IS NOT NULL AND reason IS NOT NULL) OR (deed = 'granted' AND reason IS NULL) OR (deed = 'refused' AND term_end IS NULL AND reason IS NOT NULL)),
    CONSTRAINT ck_assignment_retention_sight CHECK (sight IN ('all', 'team', 'own'))
) STRICT, WITHOUT ROWID;

-- One at a time: what is asked for and what is answered would otherwise overtake each other.
CREATE UNIQUE INDEX uq_assignment_retention_running ON base_assignment_retention (bank_id, assignment_id) WHERE finished_at IS NULL;

CREATE INDEX ix_assignment_retention_bank ON base_assignment_retention (bank_id, assignment_id, id);

CREATE INDEX ix_assignment_retention_agency ON base_assignment_retention (agency_id, assignment_id, id);

CREATE VIEW assignment_retention AS
SELECT bank_id, id, agency_id, assignment_id, deed, term_end, reason, sight, person_id, client_id, made_at, case_count, last_case_id, finished_at
FROM base_assignment_retention
WHERE (session_kind() IN ('bank', 'system') AND base_assignment_retention.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_assignment_retention.agency_id = session_tenant());

CREATE TRIGGER assignment_retention_insert INSTEAD OF INSERT ON assignment_retention
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into assignment_retention refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant() AND NEW.deed IN ('granted', 'refused')) OR (session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND NEW.deed = 'asked' AND NEW.sight = session_sight())) IS NOT TRUE;
    INSERT INTO base_assignment_retention (bank_id, id, agency_id, assignment_id, deed, term_end, reason, sight, person_id, client_id, made_at, case_count, last_case_id, finished_at)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.assignment_id, NEW.deed, NEW.term_end, NEW.reason, NEW.sight, NEW.person_id, NEW.client_id, NEW.made_at, NEW.case_count, NEW.last_case_id, NEW.finished_at);
END;

CREATE TRIGGER assignment_retention_update INSTEAD OF UPDATE ON assignment_retention
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of assignment_retention refused') WHERE ((session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant() AND OLD.deed IN ('granted', 'refused')) OR (session_kind() = 'agency' AND OLD.agency_id = session_tenant() AND OLD.deed = 'asked' AND OLD.sight = session_sight())) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of assignment_retention refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant() AND NEW.deed IN ('granted', 'refused')) OR (session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND NEW.deed = 'asked' AND NEW.sight = session_sight())) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of assignment_retention is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.agency_id IS NOT OLD.agency_id OR NEW.assignment_id IS NOT OLD.assignment_id OR NEW.deed IS NOT OLD.deed OR NEW.term_end IS NOT OLD.term_end OR NEW.reason IS NOT OLD.reason OR NEW.sight IS NOT OLD.sight OR NEW.person_id IS NOT OLD.person_id OR NEW.client_id IS NOT OLD.client_id OR NEW.made_at IS NOT OLD.made_at;
    UPDATE base_assignment_retention SET case_count = NEW.case_count, last_case_id = NEW.last_case_id, finished_at = NEW.finished_at WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of assignment_retention changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER assignment_retention_delete INSTEAD OF DELETE ON assignment_retention
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from assignment_retention refused');
END;

DROP TRIGGER contact_record_insert;

CREATE TRIGGER contact_record_insert INSTEAD OF INSERT ON contact_record
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into contact_record refused') WHERE ((session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND c.debtor_id = NEW.debtor_id AND (c.late_until >= NEW.received_at OR c.ended_at IS NULL) AND (COALESCE(c.late_until, s.late_until) >= NEW.received_at OR s.ended_at IS NULL) AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))) IS NOT TRUE;
    INSERT INTO base_contact_record (bank_id, id, agency_id, case_id, account_id, channel, direction, party, outcome, occurred_at, received_at, duration_seconds, agency_reference, person_id, client_id, note_digest, point_digest, debtor_id, collector_id, time_zone, contact_point_id, permit_id, breaches, override_reason, recording_reference, recording_sha256, supersedes_id)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.case_id, NEW.account_id, NEW.channel, NEW.direction, NEW.party, NEW.outcome, NEW.occurred_at, NEW.received_at, NEW.duration_seconds, NEW.agency_reference, NEW.person_id, NEW.client_id, NEW.note_digest, NEW.point_digest, NEW.debtor_id, NEW.collector_id, NEW.time_zone, NEW.contact_point_id, NEW.permit_id, NEW.breaches, NEW.override_reason, NEW.recording_reference, NEW.recording_sha256, NEW.supersedes_id);
END;

DROP TRIGGER contact_note_insert;

CREATE TRIGGER contact_note_insert INSTEAD OF INSERT ON contact_note
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into contact_note refused') WHERE ((session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND (c.late_until >= NEW.received_at OR c.ended_at IS NULL) AND (COALESCE(c.late_until, s.late_until) >= NEW.received_at OR s.ended_at IS NULL) AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))) IS NOT TRUE;
    INSERT INTO base_contact_note (bank_id, contact_record_id, agency_id, case_id, note_cipher, point_cipher, received_at)
    VALUES (NEW.bank_id, NEW.contact_record_id, NEW.agency_id, NEW.case_id, NEW.note_cipher, NEW.point_cipher, NEW.received_at);
END;

DROP TRIGGER repayment_insert;

CREATE TRIGGER repayment_insert INSTEAD OF INSERT ON repayment
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into repayment refused') WHERE ((session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND (c.late_until >= NEW.reported_at OR c.ended_at IS NULL) AND (COALESCE(c.late_until, s.late_until) >= NEW.reported_at OR s.ended_at IS NULL) AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))) IS NOT TRUE;
    INSERT INTO base_repayment (bank_id, id, agency_id, case_id, account_id, amount, currency, paid_on, over_balance, agency_reference, person_id, client_id, reported_at)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.case_id, NEW.account_id, NEW.amount, NEW.currency, NEW.paid_on, NEW.over_balance, NEW.agency_reference, NEW.person_id, NEW.client_id, NEW.reported_at);
END;
