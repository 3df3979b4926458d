-- Private data has an end: a case says until when its own is kept and when it was erased, and a debtor when everything was. What is
-- erased is empty: no cipher is.

DROP VIEW [case];

DROP VIEW debtor;

DROP VIEW contact_note;

ALTER TABLE base_case ADD COLUMN retain_until TEXT NULL;

ALTER TABLE base_case ADD COLUMN erased_at TEXT NULL;

ALTER TABLE base_debtor ADD COLUMN erased_at TEXT NULL;

CREATE INDEX ix_case_debtor ON base_case (bank_id, debtor_id, id);

CREATE INDEX ix_case_retained ON base_case (bank_id, retain_until, id) WHERE retain_until IS NOT NULL AND erased_at IS NULL;

CREATE INDEX ix_case_unretained ON base_case (bank_id, id) WHERE ended_at IS NOT NULL AND retain_until IS NULL;

CREATE INDEX ix_contact_note_case ON base_contact_note (bank_id, case_id, contact_record_id);

CREATE INDEX ix_evidence_file_case ON base_evidence_file (bank_id, case_id, id);

CREATE INDEX ix_import_error_value ON base_import_error (bank_id, import_id, line, position) WHERE value_cipher IS NOT NULL;

CREATE VIEW [case] AS
SELECT bank_id, id, agency_id, assignment_id, account_id, debtor_id, state, opened_at, ended_at, end_reason, recall_on, recall_reason, extended_to, answered_motion_id, objection_refused_at, late_until, retain_until, erased_at
FROM base_case
WHERE (session_kind() IN ('bank', 'system') AND base_case.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_case.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_case.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER case_insert INSTEAD OF INSERT ON [case]
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into case refused') WHERE ((session_kind() = 'system' AND NEW.bank_id = session_tenant())) IS NOT TRUE;
    INSERT INTO base_case (bank_id, id, agency_id, assignment_id, account_id, debtor_id, state, opened_at, ended_at, end_reason, recall_on, recall_reason, extended_to, answered_motion_id, objection_refused_at, late_until, retain_until, erased_at)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.assignment_id, NEW.account_id, NEW.debtor_id, NEW.state, NEW.opened_at, NEW.ended_at, NEW.end_reason, NEW.recall_on, NEW.recall_reason, NEW.extended_to, NEW.answered_motion_id, NEW.objection_refused_at, NEW.late_until, NEW.retain_until, NEW.erased_at);
END;

CREATE TRIGGER case_update INSTEAD OF UPDATE ON [case]
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of case refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of case refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of case is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.agency_id IS NOT OLD.agency_id OR NEW.assignment_id IS NOT OLD.assignment_id OR NEW.account_id IS NOT OLD.account_id OR NEW.debtor_id IS NOT OLD.debtor_id OR NEW.opened_at IS NOT OLD.opened_at;
    UPDATE base_case SET state = NEW.state, ended_at = NEW.ended_at, end_reason = NEW.end_reason, recall_on = NEW.recall_on, recall_reason = NEW.recall_reason, extended_to = NEW.extended_to, answered_motion_id = NEW.answered_motion_id, objection_refused_at = NEW.objection_refused_at, late_until = NEW.late_until, retain_until = NEW.retain_until, erased_at = NEW.erased_at WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of case changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER case_delete INSTEAD OF DELETE ON [case]
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from case refused');
END;

CREATE VIEW debtor AS
SELECT bank_id, id, reference, name_cipher, id_number_cipher, id_number_index, time_zone, created_at, erased_at
FROM base_debtor
WHERE (session_kind() IN ('bank', 'system') AND base_debtor.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.debtor_id = base_debtor.id AND c.bank_id = base_debtor.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))));

CREATE TRIGGER debtor_insert INSTEAD OF INSERT ON debtor
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into debtor refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant())) IS NOT TRUE;
    INSERT INTO base_debtor (bank_id, id, reference, name_cipher, id_number_cipher, id_number_index, time_zone, created_at, erased_at)
    VALUES (NEW.bank_id, NEW.id, NEW.reference, NEW.name_cipher, NEW.id_number_cipher, NEW.id_number_index, NEW.time_zone, NEW.created_at, NEW.erased_at);
END;

CREATE TRIGGER debtor_update INSTEAD OF UPDATE ON debtor
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of debtor refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant() AND NOT EXISTS (SELECT 1 FROM base_case c WHERE c.bank_id = OLD.bank_id AND c.debtor_id = OLD.id AND c.ended_at IS NULL)) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of debtor refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant() AND NOT EXISTS (SELECT 1 FROM base_case c WHERE c.bank_id = NEW.bank_id AND c.debtor_id = NEW.id AND c.ended_at IS NULL)) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of debtor is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.time_zone IS NOT OLD.time_zone OR NEW.created_at IS NOT OLD.created_at;
    UPDATE base_debtor SET name_cipher = NEW.name_cipher, id_number_cipher = NEW.id_number_cipher, id_number_index = NEW.id_number_index, reference = NEW.reference, erased_at = NEW.erased_at WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of debtor changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER debtor_delete INSTEAD OF DELETE ON debtor
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from debtor refused');
END;

-- Beside an open case's agency, who reveals a note of the own agency's after the end: a sight of its own, which sees nothing else of the work.
CREATE VIEW contact_note AS
SELECT bank_id, contact_record_id, agency_id, case_id, note_cipher, point_cipher, received_at
FROM base_contact_note
WHERE (session_kind() IN ('bank', 'system') AND base_contact_note.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_contact_note.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = base_contact_note.case_id AND c.bank_id = base_contact_note.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))
    OR (session_kind() = 'agency' AND base_contact_note.agency_id = session_tenant() AND session_sight() = 'reveal');

CREATE TRIGGER contact_note_insert INSTEAD OF INSERT ON contact_note
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into contact_note refused') WHERE ((session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND (c.late_until >= NEW.received_at OR c.ended_at IS NULL) AND (COALESCE(c.late_until, s.late_until) >= NEW.received_at OR s.ended_at IS NULL) AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))) IS NOT TRUE;
    INSERT INTO base_contact_note (bank_id, contact_record_id, agency_id, case_id, note_cipher, point_cipher, received_at)
    VALUES (NEW.bank_id, NEW.contact_record_id, NEW.agency_id, NEW.case_id, NEW.note_cipher, NEW.point_cipher, NEW.received_at);
END;

CREATE TRIGGER contact_note_update INSTEAD OF UPDATE ON contact_note
BEGIN
    SELECT RAISE(ABORT, 'isolation: contact_note is append-only');
END;

CREATE TRIGGER contact_note_delete INSTEAD OF DELETE ON contact_note
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from contact_note refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c WHERE c.bank_id = OLD.bank_id AND c.id = OLD.case_id AND c.ended_at IS NOT NULL)) IS NOT TRUE;
    DELETE FROM base_contact_note WHERE bank_id = OLD.bank_id AND contact_record_id = OLD.contact_record_id;
    SELECT RAISE(ABORT, 'isolation: delete from contact_note changed no row') WHERE changes() = 0;
END;

DROP TRIGGER repayment_update;

CREATE TRIGGER repayment_update INSTEAD OF UPDATE ON repayment
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of repayment refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c WHERE c.bank_id = OLD.bank_id AND c.id = OLD.case_id AND c.ended_at IS NOT NULL)) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of repayment refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c WHERE c.bank_id = NEW.bank_id AND c.id = NEW.case_id AND c.ended_at IS NOT NULL)) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of repayment is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.agency_id IS NOT OLD.agency_id OR NEW.case_id IS NOT OLD.case_id OR NEW.account_id IS NOT OLD.account_id OR NEW.amount IS NOT OLD.amount OR NEW.currency IS NOT OLD.currency OR NEW.paid_on IS NOT OLD.paid_on OR NEW.over_balance IS NOT OLD.over_balance OR NEW.agency_reference IS NOT OLD.agency_reference OR NEW.person_id IS NOT OLD.person_id OR NEW.client_id IS NOT OLD.client_id OR NEW.reported_at IS NOT OLD.reported_at OR NEW.channel IS NOT OLD.channel OR NEW.payer IS NOT OLD.payer OR NEW.payer_consent IS NOT OLD.payer_consent;
    UPDATE base_repayment SET payer_cipher = NEW.payer_cipher WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of repayment changed no row') WHERE changes() = 0;
END;

DROP TRIGGER settlement_proposal_update;

CREATE TRIGGER settlement_proposal_update INSTEAD OF UPDATE ON settlement_proposal
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of settlement_proposal refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c WHERE c.bank_id = OLD.bank_id AND c.id = OLD.case_id AND c.ended_at IS NOT NULL)) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of settlement_proposal refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c WHERE c.bank_id = NEW.bank_id AND c.id = NEW.case_id AND c.ended_at IS NOT NULL)) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of settlement_proposal is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.agency_id IS NOT OLD.agency_id OR NEW.case_id IS NOT OLD.case_id OR NEW.account_id IS NOT OLD.account_id OR NEW.kind IS NOT OLD.kind OR NEW.amount IS NOT OLD.amount OR NEW.currency IS NOT OLD.currency OR NEW.pay_by IS NOT OLD.pay_by OR NEW.agency_reference IS NOT OLD.agency_reference OR NEW.person_id IS NOT OLD.person_id OR NEW.client_id IS NOT OLD.client_id OR NEW.submitted_at IS NOT OLD.submitted_at OR NEW.instalments IS NOT OLD.instalments OR NEW.first_due_on IS NOT OLD.first_due_on OR NEW.waiver IS NOT OLD.waiver OR NEW.agree_by IS NOT OLD.agree_by OR NEW.balance IS NOT OLD.balance;
    UPDATE base_settlement_proposal SET reason_cipher = NEW.reason_cipher, circumstances_cipher = NEW.circumstances_cipher WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of settlement_proposal changed no row') WHERE changes() = 0;
END;

DROP TRIGGER case_motion_update;

CREATE TRIGGER case_motion_update INSTEAD OF UPDATE ON case_motion
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of case_motion refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c WHERE c.bank_id = OLD.bank_id AND c.id = OLD.case_id AND c.ended_at IS NOT NULL)) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of case_motion refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c WHERE c.bank_id = NEW.bank_id AND c.id = NEW.case_id AND c.ended_at IS NOT NULL)) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of case_motion is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.agency_id IS NOT OLD.agency_id OR NEW.case_id IS NOT OLD.case_id OR NEW.account_id IS NOT OLD.account_id OR NEW.kind IS NOT OLD.kind OR NEW.reason IS NOT OLD.reason OR NEW.requested_end IS NOT OLD.requested_end OR NEW.person_id IS NOT OLD.person_id OR NEW.client_id IS NOT OLD.client_id OR NEW.made_at IS NOT OLD.made_at;
    UPDATE base_case_motion SET note_cipher = NEW.note_cipher WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of case_motion changed no row') WHERE changes() = 0;
END;

DROP TRIGGER evidence_file_update;

CREATE TRIGGER evidence_file_update INSTEAD OF UPDATE ON evidence_file
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of evidence_file refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c WHERE c.bank_id = OLD.bank_id AND c.id = OLD.case_id AND c.ended_at IS NOT NULL)) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of evidence_file refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c WHERE c.bank_id = NEW.bank_id AND c.id = NEW.case_id AND c.ended_at IS NOT NULL)) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of evidence_file is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.agency_id IS NOT OLD.agency_id OR NEW.case_id IS NOT OLD.case_id OR NEW.settlement_proposal_id IS NOT OLD.settlement_proposal_id OR NEW.kind IS NOT OLD.kind OR NEW.media_type IS NOT OLD.media_type OR NEW.bytes IS NOT OLD.bytes OR NEW.sha256 IS NOT OLD.sha256 OR NEW.person_id IS NOT OLD.person_id OR NEW.client_id IS NOT OLD.client_id OR NEW.uploaded_at IS NOT OLD.uploaded_at;
    UPDATE base_evidence_file SET name_cipher = NEW.name_cipher WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of evidence_file changed no row') WHERE changes() = 0;
END;

DROP TRIGGER import_error_update;

CREATE TRIGGER import_error_update INSTEAD OF UPDATE ON import_error
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of import_error refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of import_error refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of import_error is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.import_id IS NOT OLD.import_id OR NEW.line IS NOT OLD.line OR NEW.position IS NOT OLD.position OR NEW.column_name IS NOT OLD.column_name OR NEW.code IS NOT OLD.code;
    UPDATE base_import_error SET value_cipher = NEW.value_cipher WHERE bank_id = OLD.bank_id AND import_id = OLD.import_id AND line = OLD.line AND position = OLD.position;
    SELECT RAISE(ABORT, 'isolation: update of import_error changed no row') WHERE changes() = 0;
END;

DROP TRIGGER waiver_update;

CREATE TRIGGER waiver_update INSTEAD OF UPDATE ON waiver
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of waiver refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of waiver refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of waiver is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.account_id IS NOT OLD.account_id OR NEW.currency IS NOT OLD.currency OR NEW.principal IS NOT OLD.principal OR NEW.interest IS NOT OLD.interest OR NEW.fees IS NOT OLD.fees OR NEW.effective_on IS NOT OLD.effective_on OR NEW.person_id IS NOT OLD.person_id OR NEW.client_id IS NOT OLD.client_id OR NEW.granted_at IS NOT OLD.granted_at;
    UPDATE base_waiver SET reversed_at = NEW.reversed_at, reversal_reason = NEW.reversal_reason, reversed_by_person_id = NEW.reversed_by_person_id, reversed_by_client_id = NEW.reversed_by_client_id, reason_cipher = NEW.reason_cipher WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of waiver changed no row') WHERE changes() = 0;
END;

DROP TRIGGER contact_point_update;

CREATE TRIGGER contact_point_update INSTEAD OF UPDATE ON contact_point
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of contact_point refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of contact_point refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of contact_point is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.debtor_id IS NOT OLD.debtor_id OR NEW.kind IS NOT OLD.kind OR NEW.source IS NOT OLD.source OR NEW.created_at IS NOT OLD.created_at OR NEW.party IS NOT OLD.party OR NEW.agency_id IS NOT OLD.agency_id OR NEW.case_id IS NOT OLD.case_id;
    UPDATE base_contact_point SET status = NEW.status, consent = NEW.consent, adopted_at = NEW.adopted_at, changed_at = NEW.changed_at, value_cipher = NEW.value_cipher, value_index = NEW.value_index, holder_cipher = NEW.holder_cipher WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of contact_point changed no row') WHERE changes() = 0;
END;
