-- Private data has an end: a case says until when its own is kept and when it was erased, and a debtor when everything was. What is
-- erased is empty: no cipher is.

ALTER TABLE [case] ADD retain_until datetime2(3) NULL;
GO
ALTER TABLE [case] ADD erased_at datetime2(3) NULL;
GO
ALTER TABLE debtor ADD erased_at datetime2(3) NULL;
GO

CREATE INDEX ix_case_debtor ON [case] (bank_id, debtor_id, id);
GO

CREATE INDEX ix_case_retained ON [case] (bank_id, retain_until, id) WHERE retain_until IS NOT NULL AND erased_at IS NULL;
GO

CREATE INDEX ix_case_unretained ON [case] (bank_id, id) WHERE ended_at IS NOT NULL AND retain_until IS NULL;
GO

CREATE INDEX ix_contact_note_case ON contact_note (bank_id, case_id, contact_record_id);
GO

CREATE INDEX ix_evidence_file_case ON evidence_file (bank_id, case_id, id);
GO

CREATE INDEX ix_import_error_value ON import_error (bank_id, import_id, line, position) WHERE value_cipher IS NOT NULL;
GO

-- Beside an open case's agency, who reveals a note of the own agency's after the end: a sight of its own, which sees nothing else of the work.
CREATE FUNCTION rls.note(@bank_id int, @agency_id int, @case_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND EXISTS
        (
            SELECT 1
            FROM dbo.[case] AS c
            INNER JOIN dbo.assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
            WHERE c.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND c.id = @case_id
                AND c.bank_id = @bank_id
                AND c.ended_at IS NULL
                AND s.ended_at IS NULL
                AND (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'all' OR EXISTS
                (
                    SELECT 1
                    FROM dbo.case_desk AS k
                    WHERE k.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                        AND k.case_id = c.id
                        AND (k.collector_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16)) OR (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'team' AND EXISTS
                        (
                            SELECT 1
                            FROM dbo.team_member AS m
                            WHERE m.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                                AND m.team_id = k.team_id
                                AND m.person_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16))
                        )))
                ))
        ))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'reveal');
GO

-- What belongs to a case is erased once the case has ended.
CREATE FUNCTION rls.erasing(@bank_id int, @case_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND EXISTS
    (
        SELECT 1
        FROM dbo.[case] AS c
        WHERE c.bank_id = @bank_id
            AND c.id = @case_id
            AND c.ended_at IS NOT NULL
    );
GO

-- A debtor is erased while no case of theirs is open.
CREATE FUNCTION rls.erasing_debtor(@bank_id int, @debtor_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND NOT EXISTS
    (
        SELECT 1
        FROM dbo.[case] AS c
        WHERE c.bank_id = @bank_id
            AND c.debtor_id = @debtor_id
            AND c.ended_at IS NULL
    );
GO

ALTER SECURITY POLICY rls.contact_note_policy
    ALTER FILTER PREDICATE rls.note(bank_id, agency_id, case_id) ON dbo.contact_note,
    ALTER BLOCK PREDICATE rls.erasing(bank_id, case_id) ON dbo.contact_note BEFORE DELETE;
GO

ALTER SECURITY POLICY rls.debtor_policy
    ALTER BLOCK PREDICATE rls.erasing_debtor(bank_id, id) ON dbo.debtor AFTER UPDATE,
    ALTER BLOCK PREDICATE rls.erasing_debtor(bank_id, id) ON dbo.debtor BEFORE UPDATE;
GO

ALTER SECURITY POLICY rls.repayment_policy
    ALTER BLOCK PREDICATE rls.erasing(bank_id, case_id) ON dbo.repayment AFTER UPDATE,
    ALTER BLOCK PREDICATE rls.erasing(bank_id, case_id) ON dbo.repayment BEFORE UPDATE;
GO

ALTER SECURITY POLICY rls.settlement_proposal_policy
    ALTER BLOCK PREDICATE rls.erasing(bank_id, case_id) ON dbo.settlement_proposal AFTER UPDATE,
    ALTER BLOCK PREDICATE rls.erasing(bank_id, case_id) ON dbo.settlement_proposal BEFORE UPDATE;
GO

ALTER SECURITY POLICY rls.case_motion_policy
    ALTER BLOCK PREDICATE rls.erasing(bank_id, case_id) ON dbo.case_motion AFTER UPDATE,
    ALTER BLOCK PREDICATE rls.erasing(bank_id, case_id) ON dbo.case_motion BEFORE UPDATE;
GO

ALTER SECURITY POLICY rls.evidence_file_policy
    ALTER BLOCK PREDICATE rls.erasing(bank_id, case_id) ON dbo.evidence_file AFTER UPDATE,
    ALTER BLOCK PREDICATE rls.erasing(bank_id, case_id) ON dbo.evidence_file BEFORE UPDATE;
GO

ALTER SECURITY POLICY rls.import_error_policy
    ALTER BLOCK PREDICATE rls.bank(bank_id) ON dbo.import_error AFTER UPDATE,
    ALTER BLOCK PREDICATE rls.bank(bank_id) ON dbo.import_error BEFORE UPDATE;
GO

GRANT UPDATE ON [case] (retain_until, erased_at) TO agency_app;
GRANT UPDATE ON debtor (name_cipher, id_number_cipher, id_number_index, reference, erased_at) TO agency_app;
GRANT UPDATE ON contact_point (value_cipher, value_index, holder_cipher) TO agency_app;
GRANT DELETE ON contact_note TO agency_app;
GRANT UPDATE ON repayment (payer_cipher) TO agency_app;
GRANT UPDATE ON settlement_proposal (reason_cipher, circumstances_cipher) TO agency_app;
GRANT UPDATE ON case_motion (note_cipher) TO agency_app;
GRANT UPDATE ON evidence_file (name_cipher) TO agency_app;
GRANT UPDATE ON waiver (reason_cipher) TO agency_app;
GRANT UPDATE ON import_error (value_cipher) TO agency_app;
GO
