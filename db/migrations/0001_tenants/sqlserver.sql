-- Tenants, idempotency records and the audit trail.
-- Row-level security reads two values that the application sets read-only on every open:
-- tenant_id (int) and tenant_kind ('bank', 'agency', 'operator', or 'system': background work for one bank).
-- Without them every comparison is unknown, so nothing is visible and nothing can be written.
CREATE ROLE agency_migrator;
GO
CREATE ROLE agency_app;
GO
CREATE ROLE agency_operator;
GO
CREATE ROLE agency_identity;
GO
GRANT CONTROL TO agency_migrator;
GO
CREATE SCHEMA rls;
GO
CREATE SCHEMA auth;
GO
-- The service reads at start whether every policy stands; without this it sees none and would refuse to serve.
GRANT VIEW DEFINITION ON SCHEMA::rls TO agency_app;
GO
CREATE FUNCTION rls.nobody(@tenant_id int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE 1 = 0 AND @tenant_id IS NOT NULL;
GO
CREATE FUNCTION rls.own(@tenant_id int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE @tenant_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int);
GO
CREATE FUNCTION rls.operator(@tenant_id int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'operator' AND @tenant_id IS NOT NULL;
GO
CREATE FUNCTION rls.bank(@bank_id int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int));
GO
CREATE FUNCTION rls.system(@bank_id int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'system' AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int);
GO
CREATE FUNCTION rls.agency(@agency_id int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int);
GO
CREATE FUNCTION rls.bank_or_agency(@bank_id int, @agency_id int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int));
GO

CREATE TABLE tenant
(
    tenant_id int IDENTITY(1,1) NOT NULL,
    id binary(16) NOT NULL,
    code nvarchar(40) NOT NULL,
    name nvarchar(200) NOT NULL,
    kind varchar(20) NOT NULL,
    agency_kind varchar(20) NULL,
    created_at datetime2(3) NOT NULL,
    CONSTRAINT pk_tenant PRIMARY KEY CLUSTERED (tenant_id),
    CONSTRAINT uq_tenant_id UNIQUE (id),
    CONSTRAINT uq_tenant_code UNIQUE (code),
    CONSTRAINT ck_tenant_kind CHECK (kind IN ('operator', 'bank', 'agency')),
    CONSTRAINT ck_tenant_agency_kind CHECK ((kind = 'agency' AND agency_kind IN ('agency', 'law_firm')) OR (kind <> 'agency' AND agency_kind IS NULL))
);
GO

CREATE INDEX ix_tenant_kind ON tenant (kind, id);
GO

CREATE TABLE idempotency_record
(
    tenant_id int NOT NULL,
    key_hash binary(32) NOT NULL,
    request_hash binary(32) NOT NULL,
    status int NULL,
    location nvarchar(400) NULL,
    body_cipher varbinary(max) NULL,
    created_at datetime2(3) NOT NULL,
    CONSTRAINT pk_idempotency_record PRIMARY KEY CLUSTERED (tenant_id, key_hash),
    CONSTRAINT fk_idempotency_record_tenant FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
);
GO

CREATE INDEX ix_idempotency_record_created_at ON idempotency_record (tenant_id, created_at);
GO

CREATE TABLE audit_entry
(
    tenant_id int NOT NULL,
    id binary(16) NOT NULL,
    occurred_at datetime2(3) NOT NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    action varchar(60) NOT NULL,
    subject_id binary(16) NULL,
    detail nvarchar(400) NULL,
    trace_id varchar(64) NULL,
    CONSTRAINT pk_audit_entry PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_audit_entry_tenant FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
);
GO

CREATE TABLE agreement
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    agency_id int NOT NULL,
    title nvarchar(200) NOT NULL,
    valid_from date NOT NULL,
    valid_to date NULL,
    created_at datetime2(3) NOT NULL,
    CONSTRAINT pk_agreement PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT uq_agreement_agency_id_id UNIQUE (bank_id, agency_id, id),
    CONSTRAINT fk_agreement_bank FOREIGN KEY (bank_id) REFERENCES tenant (tenant_id),
    CONSTRAINT fk_agreement_agency FOREIGN KEY (agency_id) REFERENCES tenant (tenant_id),
    CONSTRAINT ck_agreement_validity CHECK (valid_to IS NULL OR valid_to >= valid_from)
);
GO

CREATE INDEX ix_agreement_agency ON agreement (agency_id, id);
GO

CREATE FUNCTION rls.tenant(@tenant_id int, @kind varchar(20))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'operator'
        OR @tenant_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @kind = 'agency')
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @kind = 'bank' AND EXISTS
    (
        SELECT 1
        FROM dbo.agreement AS a
        WHERE a.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
            AND a.bank_id = @tenant_id
    ));
GO

CREATE SECURITY POLICY rls.tenant_policy
    ADD FILTER PREDICATE rls.tenant(tenant_id, kind) ON dbo.tenant,
    ADD BLOCK PREDICATE rls.operator(tenant_id) ON dbo.tenant AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(tenant_id) ON dbo.tenant AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(tenant_id) ON dbo.tenant BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(tenant_id) ON dbo.tenant BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT ON tenant TO agency_app;
DENY UPDATE ON tenant (tenant_id) TO agency_app;
GRANT SELECT, INSERT ON tenant TO agency_operator;
DENY UPDATE ON tenant (tenant_id) TO agency_operator;
GO

CREATE SECURITY POLICY rls.idempotency_record_policy
    ADD FILTER PREDICATE rls.own(tenant_id) ON dbo.idempotency_record,
    ADD BLOCK PREDICATE rls.own(tenant_id) ON dbo.idempotency_record AFTER INSERT,
    ADD BLOCK PREDICATE rls.own(tenant_id) ON dbo.idempotency_record AFTER UPDATE,
    ADD BLOCK PREDICATE rls.own(tenant_id) ON dbo.idempotency_record BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.own(tenant_id) ON dbo.idempotency_record BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT, DELETE ON idempotency_record TO agency_app;
GRANT UPDATE ON idempotency_record (status, location, body_cipher) TO agency_app;
DENY UPDATE ON idempotency_record (tenant_id) TO agency_app;
GRANT SELECT, INSERT, DELETE ON idempotency_record TO agency_operator;
GRANT UPDATE ON idempotency_record (status, location, body_cipher) TO agency_operator;
DENY UPDATE ON idempotency_record (tenant_id) TO agency_operator;
GO

CREATE SECURITY POLICY rls.audit_entry_policy
    ADD FILTER PREDICATE rls.own(tenant_id) ON dbo.audit_entry,
    ADD BLOCK PREDICATE rls.own(tenant_id) ON dbo.audit_entry AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(tenant_id) ON dbo.audit_entry AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(tenant_id) ON dbo.audit_entry BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(tenant_id) ON dbo.audit_entry BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON audit_entry TO agency_app;
DENY UPDATE ON audit_entry (tenant_id) TO agency_app;
GRANT SELECT, INSERT ON audit_entry TO agency_operator;
DENY UPDATE ON audit_entry (tenant_id) TO agency_operator;
GO

CREATE SECURITY POLICY rls.agreement_policy
    ADD FILTER PREDICATE rls.bank_or_agency(bank_id, agency_id) ON dbo.agreement,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.agreement AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.agreement AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.agreement BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.agreement BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON agreement TO agency_app;
DENY UPDATE ON agreement (bank_id, agency_id) TO agency_app;
GO
