-- The audit log across the two sides of a case: an entry says who may read it besides the tenant that wrote it, and of which case it is.

DROP VIEW audit_entry;

ALTER TABLE base_audit_entry ADD COLUMN shared_with INTEGER NULL;

ALTER TABLE base_audit_entry ADD COLUMN case_id BLOB NULL;

CREATE INDEX ix_audit_entry_shared ON base_audit_entry (shared_with, id) WHERE shared_with IS NOT NULL;

-- Whose log it is. The bank of the case always; its agency while the case is open, and there who sees all of its work.
CREATE VIEW audit_entry AS
SELECT tenant_id, id, occurred_at, person_id, client_id, action, subject_id, detail, trace_id, address_cipher, digest, changes, shared_with, case_id
FROM base_audit_entry
WHERE (base_audit_entry.tenant_id = session_tenant() AND session_kind() <> 'counter')
    OR (session_kind() = 'bank' AND base_audit_entry.shared_with = session_tenant())
    OR (session_kind() = 'agency' AND base_audit_entry.shared_with = session_tenant() AND session_sight() = 'all' AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = base_audit_entry.case_id AND c.bank_id = base_audit_entry.tenant_id AND c.ended_at IS NULL AND s.ended_at IS NULL));

-- In the own log alone, and shared with nobody but the other side of an agreement.
CREATE TRIGGER audit_entry_insert INSTEAD OF INSERT ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into audit_entry refused') WHERE (NEW.tenant_id = session_tenant() AND session_kind() <> 'counter' AND (NEW.shared_with IS NULL OR EXISTS (SELECT 1 FROM base_agreement a WHERE session_kind() IN ('bank', 'system') AND a.bank_id = NEW.tenant_id AND a.agency_id = NEW.shared_with) OR EXISTS (SELECT 1 FROM base_agreement a WHERE session_kind() = 'agency' AND a.agency_id = NEW.tenant_id AND a.bank_id = NEW.shared_with))) IS NOT TRUE;
    INSERT INTO base_audit_entry (tenant_id, id, occurred_at, person_id, client_id, action, subject_id, detail, trace_id, address_cipher, digest, changes, shared_with, case_id)
    VALUES (NEW.tenant_id, NEW.id, NEW.occurred_at, NEW.person_id, NEW.client_id, NEW.action, NEW.subject_id, NEW.detail, NEW.trace_id, NEW.address_cipher, NEW.digest, NEW.changes, NEW.shared_with, NEW.case_id);
END;

CREATE TRIGGER audit_entry_update INSTEAD OF UPDATE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: audit_entry is append-only');
END;

CREATE TRIGGER audit_entry_delete INSTEAD OF DELETE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from audit_entry refused');
END;
