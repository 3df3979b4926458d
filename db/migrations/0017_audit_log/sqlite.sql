-- The audit log as it can be proved and read: entries carry a keyed digest and where the caller was, and are sealed one after the other.

DROP VIEW audit_entry;

ALTER TABLE base_audit_entry ADD COLUMN address_cipher BLOB NULL;

ALTER TABLE base_audit_entry ADD COLUMN digest BLOB NULL;

CREATE TABLE base_audit_seal
(
    tenant_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    entry_id BLOB NOT NULL,
    sealed_at TEXT NOT NULL,
    digest BLOB NOT NULL,
    CONSTRAINT pk_audit_seal PRIMARY KEY (tenant_id, number),
    CONSTRAINT uq_audit_seal_entry UNIQUE (tenant_id, entry_id),
    CONSTRAINT fk_audit_seal_entry FOREIGN KEY (tenant_id, entry_id) REFERENCES base_audit_entry (tenant_id, id),
    CONSTRAINT ck_audit_seal_number CHECK (number > 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_audit_entry_subject ON base_audit_entry (tenant_id, subject_id, id);

CREATE VIEW audit_entry AS
SELECT tenant_id, id, occurred_at, person_id, client_id, action, subject_id, detail, trace_id, address_cipher, digest
FROM base_audit_entry
WHERE base_audit_entry.tenant_id = session_tenant() AND session_kind() <> 'counter';

CREATE TRIGGER audit_entry_insert INSTEAD OF INSERT ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into audit_entry refused') WHERE (NEW.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    INSERT INTO base_audit_entry (tenant_id, id, occurred_at, person_id, client_id, action, subject_id, detail, trace_id, address_cipher, digest)
    VALUES (NEW.tenant_id, NEW.id, NEW.occurred_at, NEW.person_id, NEW.client_id, NEW.action, NEW.subject_id, NEW.detail, NEW.trace_id, NEW.address_cipher, NEW.digest);
END;

CREATE TRIGGER audit_entry_update INSTEAD OF UPDATE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: audit_entry is append-only');
END;

CREATE TRIGGER audit_entry_delete INSTEAD OF DELETE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from audit_entry refused');
END;

-- Whose log it is reads it; the system alone seals, for whatever tenant.
CREATE VIEW audit_seal AS
SELECT tenant_id, number, entry_id, sealed_at, digest
FROM base_audit_seal
WHERE base_audit_seal.tenant_id = session_tenant() AND session_kind() <> 'counter';

CREATE TRIGGER audit_seal_insert INSTEAD OF INSERT ON audit_seal
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into audit_seal refused') WHERE (session_kind() = 'system' AND NEW.tenant_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_audit_seal (tenant_id, number, entry_id, sealed_at, digest)
    VALUES (NEW.tenant_id, NEW.number, NEW.entry_id, NEW.sealed_at, NEW.digest);
END;

CREATE TRIGGER audit_seal_update INSTEAD OF UPDATE ON audit_seal
BEGIN
    SELECT RAISE(ABORT, 'isolation: audit_seal is append-only');
END;

CREATE TRIGGER audit_seal_delete INSTEAD OF DELETE ON audit_seal
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from audit_seal refused');
END;
