-- What a deed changed, before and after: states, ids, days, numbers and money; never what somebody wrote about a debtor.

DROP VIEW audit_entry;

ALTER TABLE base_audit_entry ADD COLUMN changes TEXT NULL;

CREATE VIEW audit_entry AS
SELECT tenant_id, id, occurred_at, person_id, client_id, action, subject_id, detail, trace_id, address_cipher, digest, changes
FROM base_audit_entry
WHERE base_audit_entry.tenant_id = session_tenant() AND session_kind() <> 'counter';

CREATE TRIGGER audit_entry_insert INSTEAD OF INSERT ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into audit_entry refused') WHERE (NEW.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    INSERT INTO base_audit_entry (tenant_id, id, occurred_at, person_id, client_id, action, subject_id, detail, trace_id, address_cipher, digest, changes)
    VALUES (NEW.tenant_id, NEW.id, NEW.occurred_at, NEW.person_id, NEW.client_id, NEW.action, NEW.subject_id, NEW.detail, NEW.trace_id, NEW.address_cipher, NEW.digest, NEW.changes);
END;

CREATE TRIGGER audit_entry_update INSTEAD OF UPDATE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: audit_entry is append-only');
END;

CREATE TRIGGER audit_entry_delete INSTEAD OF DELETE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from audit_entry refused');
END;
