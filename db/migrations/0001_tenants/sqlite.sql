-- Tenants, idempotency records and the audit trail.

CREATE TABLE base_tenant
(
    tenant_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    agency_kind TEXT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_tenant PRIMARY KEY (tenant_id AUTOINCREMENT),
    CONSTRAINT uq_tenant_id UNIQUE (id),
    CONSTRAINT uq_tenant_code UNIQUE (code),
    CONSTRAINT ck_tenant_kind CHECK (kind IN ('operator', 'bank', 'agency')),
    CONSTRAINT ck_tenant_agency_kind CHECK ((kind = 'agency' AND agency_kind IN ('agency', 'law_firm')) OR (kind <> 'agency' AND agency_kind IS NULL))
) STRICT;

CREATE INDEX ix_tenant_kind ON base_tenant (kind, id);

CREATE VIEW tenant AS
SELECT tenant_id, id, code, name, kind, agency_kind, created_at
FROM base_tenant
WHERE session_kind() = 'operator' OR base_tenant.tenant_id = session_tenant()
   
    OR (session_kind() IN ('bank', 'system') AND base_tenant.kind = 'agency')
   
    OR (session_kind() = 'agency' AND base_tenant.kind = 'bank' AND EXISTS
        (SELECT 1 FROM base_agreement a WHERE a.agency_id = session_tenant() AND a.bank_id = base_tenant.tenant_id));

CREATE TRIGGER tenant_insert INSTEAD OF INSERT ON tenant
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into tenant refused') WHERE (session_kind() = 'operator') IS NOT TRUE;
    INSERT INTO base_tenant (id, code, name, kind, agency_kind, created_at)
    VALUES (NEW.id, NEW.code, NEW.name, NEW.kind, NEW.agency_kind, NEW.created_at);
END;

CREATE TRIGGER tenant_update INSTEAD OF UPDATE ON tenant
BEGIN
    SELECT RAISE(ABORT, 'isolation: tenant is append-only');
END;

CREATE TRIGGER tenant_delete INSTEAD OF DELETE ON tenant
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from tenant refused');
END;

CREATE TABLE base_idempotency_record
(
    tenant_id INTEGER NOT NULL,
    key_hash BLOB NOT NULL,
    request_hash BLOB NOT NULL,
    status INTEGER NULL,
    location TEXT NULL,
    body_cipher BLOB NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_idempotency_record PRIMARY KEY (tenant_id, key_hash),
    CONSTRAINT fk_idempotency_record_tenant FOREIGN KEY (tenant_id) REFERENCES base_tenant (tenant_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_idempotency_record_created_at ON base_idempotency_record (tenant_id, created_at);

CREATE VIEW idempotency_record AS
SELECT tenant_id, key_hash, request_hash, status, location, body_cipher, created_at
FROM base_idempotency_record
WHERE base_idempotency_record.tenant_id = session_tenant();

CREATE TRIGGER idempotency_record_insert INSTEAD OF INSERT ON idempotency_record
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into idempotency_record refused') WHERE (NEW.tenant_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_idempotency_record (tenant_id, key_hash, request_hash, status, location, body_cipher, created_at)
    VALUES (NEW.tenant_id, NEW.key_hash, NEW.request_hash, NEW.status, NEW.location, NEW.body_cipher, NEW.created_at);
END;

CREATE TRIGGER idempotency_record_update INSTEAD OF UPDATE ON idempotency_record
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of idempotency_record refused') WHERE (OLD.tenant_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of idempotency_record refused') WHERE (NEW.tenant_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of idempotency_record is fixed') WHERE NEW.tenant_id IS NOT OLD.tenant_id OR NEW.key_hash IS NOT OLD.key_hash OR NEW.request_hash IS NOT OLD.request_hash OR NEW.created_at IS NOT OLD.created_at;
    UPDATE base_idempotency_record SET status = NEW.status, location = NEW.location, body_cipher = NEW.body_cipher WHERE tenant_id = OLD.tenant_id AND key_hash = OLD.key_hash;
    SELECT RAISE(ABORT, 'isolation: update of idempotency_record changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER idempotency_record_delete INSTEAD OF DELETE ON idempotency_record
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from idempotency_record refused') WHERE (OLD.tenant_id = session_tenant()) IS NOT TRUE;
    DELETE FROM base_idempotency_record WHERE tenant_id = OLD.tenant_id AND key_hash = OLD.key_hash;
    SELECT RAISE(ABORT, 'isolation: delete from idempotency_record changed no row') WHERE changes() = 0;
END;

CREATE TABLE base_audit_entry
(
    tenant_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    occurred_at TEXT NOT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    action TEXT NOT NULL,
    subject_id BLOB NULL,
    detail TEXT NULL,
    trace_id TEXT NULL,
    CONSTRAINT pk_audit_entry PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_audit_entry_tenant FOREIGN KEY (tenant_id) REFERENCES base_tenant (tenant_id)
) STRICT, WITHOUT ROWID;

CREATE VIEW audit_entry AS
SELECT tenant_id, id, occurred_at, person_id, client_id, action, subject_id, detail, trace_id
FROM base_audit_entry
WHERE base_audit_entry.tenant_id = session_tenant();

CREATE TRIGGER audit_entry_insert INSTEAD OF INSERT ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into audit_entry refused') WHERE (NEW.tenant_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_audit_entry (tenant_id, id, occurred_at, person_id, client_id, action, subject_id, detail, trace_id)
    VALUES (NEW.tenant_id, NEW.id, NEW.occurred_at, NEW.person_id, NEW.client_id, NEW.action, NEW.subject_id, NEW.detail, NEW.trace_id);
END;

CREATE TRIGGER audit_entry_update INSTEAD OF UPDATE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: audit_entry is append-only');
END;

CREATE TRIGGER audit_entry_delete INSTEAD OF DELETE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from audit_entry refused');
END;

CREATE TABLE base_agreement
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    title TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_agreement PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_agreement_agency_id_id UNIQUE (bank_id, agency_id, id),
    CONSTRAINT fk_agreement_bank FOREIGN KEY (bank_id) REFERENCES base_tenant (tenant_id),
    CONSTRAINT fk_agreement_agency FOREIGN KEY (agency_id) REFERENCES base_tenant (tenant_id),
    CONSTRAINT ck_agreement_validity CHECK (valid_to IS NULL OR valid_to >= valid_from)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_agreement_agency ON base_agreement (agency_id, id);

CREATE VIEW agreement AS
SELECT bank_id, id, agency_id, title, valid_from, valid_to, created_at
FROM base_agreement
WHERE (session_kind() IN ('bank', 'system') AND base_agreement.bank_id = session_tenant())
   
    OR (session_kind() = 'agency' AND base_agreement.agency_id = session_tenant());

CREATE TRIGGER agreement_insert INSTEAD OF INSERT ON agreement
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into agreement refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_agreement (bank_id, id, agency_id, title, valid_from, valid_to, created_at)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.title, NEW.valid_from, NEW.valid_to, NEW.created_at);
END;

CREATE TRIGGER agreement_update INSTEAD OF UPDATE ON agreement
BEGIN
    SELECT RAISE(ABORT, 'isolation: agreement is append-only');
END;

CREATE TRIGGER agreement_delete INSTEAD OF DELETE ON agreement
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from agreement refused');
END;
