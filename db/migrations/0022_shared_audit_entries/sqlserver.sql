-- The audit log across the two sides of a case: an entry says who may read it besides the tenant that wrote it, and of which case it is.

ALTER TABLE audit_entry ADD shared_with int NULL;
GO
ALTER TABLE audit_entry ADD case_id binary(16) NULL;
GO

CREATE INDEX ix_audit_entry_shared ON audit_entry (shared_with, id) WHERE shared_with IS NOT NULL;
GO

-- Whose log it is. The bank of the case always; its agency while the case is open, and there who sees all of its work.
CREATE FUNCTION rls.shared_audit(@tenant_id int, @shared_with int, @case_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (@tenant_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) <> 'counter')
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'bank' AND @shared_with = CAST(SESSION_CONTEXT(N'tenant_id') AS int))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @shared_with = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'all' AND EXISTS
        (
            SELECT 1
            FROM dbo.[case] AS c
            INNER JOIN dbo.assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
            WHERE c.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND c.id = @case_id
                AND c.bank_id = @tenant_id
                AND c.ended_at IS NULL
                AND s.ended_at IS NULL
        ));
GO

-- In the own log alone, and shared with nobody but the other side of an agreement.
CREATE FUNCTION rls.sharing_audit(@tenant_id int, @shared_with int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE @tenant_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) <> 'counter'
        AND (@shared_with IS NULL OR EXISTS
        (
            SELECT 1
            FROM dbo.agreement AS a
            WHERE CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system')
                AND a.bank_id = @tenant_id
                AND a.agency_id = @shared_with
        ) OR EXISTS
        (
            SELECT 1
            FROM dbo.agreement AS a
            WHERE CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency'
                AND a.agency_id = @tenant_id
                AND a.bank_id = @shared_with
        ));
GO

ALTER SECURITY POLICY rls.audit_entry_policy
    ALTER FILTER PREDICATE rls.shared_audit(tenant_id, shared_with, case_id) ON dbo.audit_entry,
    ALTER BLOCK PREDICATE rls.sharing_audit(tenant_id, shared_with) ON dbo.audit_entry AFTER INSERT;
GO
