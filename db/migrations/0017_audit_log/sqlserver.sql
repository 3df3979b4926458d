-- The audit log as it can be proved and read: entries carry a keyed digest and where the caller was, and are sealed one after the other.

ALTER TABLE audit_entry ADD address_cipher varbinary(max) NULL;
GO
ALTER TABLE audit_entry ADD digest binary(37) NULL;
GO

CREATE TABLE audit_seal
(
    tenant_id int NOT NULL,
    number bigint NOT NULL,
    entry_id binary(16) NOT NULL,
    sealed_at datetime2(3) NOT NULL,
    digest binary(37) NOT NULL,
    CONSTRAINT pk_audit_seal PRIMARY KEY CLUSTERED (tenant_id, number),
    CONSTRAINT uq_audit_seal_entry UNIQUE (tenant_id, entry_id),
    CONSTRAINT fk_audit_seal_entry FOREIGN KEY (tenant_id, entry_id) REFERENCES audit_entry (tenant_id, id),
    CONSTRAINT ck_audit_seal_number CHECK (number > 0)
);
GO

CREATE INDEX ix_audit_entry_subject ON audit_entry (tenant_id, subject_id, id);
GO

-- Whose log it is reads it; the system alone seals, for whatever tenant.
CREATE SECURITY POLICY rls.audit_seal_policy
    ADD FILTER PREDICATE rls.self(tenant_id) ON dbo.audit_seal,
    ADD BLOCK PREDICATE rls.system(tenant_id) ON dbo.audit_seal AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(tenant_id) ON dbo.audit_seal AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(tenant_id) ON dbo.audit_seal BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(tenant_id) ON dbo.audit_seal BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON audit_seal TO agency_app;
DENY UPDATE ON audit_seal (tenant_id) TO agency_app;
GRANT SELECT ON audit_seal TO agency_operator;
DENY UPDATE ON audit_seal (tenant_id) TO agency_operator;
GO
