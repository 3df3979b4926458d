-- Retention of a whole assignment as a deed of its own, which is carried out in batches; and late reports of an assignment that the bank
-- has taken back while its cases still wait for their end.

ALTER TABLE assignment ADD late_until datetime2(3) NULL;
GO

GRANT UPDATE ON assignment (late_until) TO agency_app;
GO

CREATE TABLE assignment_retention
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    agency_id int NOT NULL,
    assignment_id binary(16) NOT NULL,
    deed varchar(20) NOT NULL,
    term_end date NULL,
    reason nvarchar(400) NULL,
    sight varchar(10) NOT NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    made_at datetime2(3) NOT NULL,
    case_count int NOT NULL,
    last_case_id binary(16) NULL,
    finished_at datetime2(3) NULL,
    CONSTRAINT pk_assignment_retention PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT fk_assignment_retention_assignment FOREIGN KEY (bank_id, agency_id, assignment_id) REFERENCES assignment (bank_id, agency_id, id),
    CONSTRAINT ck_assignment_retention_deed CHECK ((deed = 'asked' AND term_end IS NOT NULL AND reason IS NOT NULL) OR (deed = 'granted' AND reason IS NULL) OR (deed = 'refused' AND term_end IS NULL AND reason IS NOT NULL)),
    CONSTRAINT ck_assignment_retention_sight CHECK (sight IN ('all', 'team', 'own'))
);
GO

-- One at a time: what is asked for and what is answered would otherwise overtake each other.
CREATE UNIQUE INDEX uq_assignment_retention_running ON assignment_retention (bank_id, assignment_id) WHERE finished_at IS NULL;
GO

CREATE INDEX ix_assignment_retention_bank ON assignment_retention (bank_id, assignment_id, id);
GO

CREATE INDEX ix_assignment_retention_agency ON assignment_retention (agency_id, assignment_id, id);
GO

CREATE FUNCTION rls.retention(@bank_id int, @agency_id int, @deed varchar(20), @sight varchar(10))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND @deed IN ('granted', 'refused'))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND @deed = 'asked' AND @sight = CAST(SESSION_CONTEXT(N'sight') AS varchar(10)));
GO

CREATE FUNCTION rls.tenure_report(@bank_id int, @agency_id int, @case_id binary(16), @reported_at datetime2(3))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND EXISTS
        (
            SELECT 1
            FROM dbo.[case] AS c
            INNER JOIN dbo.assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
            WHERE c.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND c.id = @case_id
                AND c.bank_id = @bank_id
                AND (c.late_until >= @reported_at OR c.ended_at IS NULL)
                AND (COALESCE(c.late_until, s.late_until) >= @reported_at OR s.ended_at IS NULL)
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
        );
GO

CREATE FUNCTION rls.tenure_contact(@bank_id int, @agency_id int, @case_id binary(16), @debtor_id binary(16), @received_at datetime2(3))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND EXISTS
        (
            SELECT 1
            FROM dbo.[case] AS c
            INNER JOIN dbo.assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
            WHERE c.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND c.id = @case_id
                AND c.bank_id = @bank_id
                AND c.debtor_id = @debtor_id
                AND (c.late_until >= @received_at OR c.ended_at IS NULL)
                AND (COALESCE(c.late_until, s.late_until) >= @received_at OR s.ended_at IS NULL)
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
        );
GO

ALTER SECURITY POLICY rls.contact_record_policy
    ALTER BLOCK PREDICATE rls.tenure_contact(bank_id, agency_id, case_id, debtor_id, received_at) ON dbo.contact_record AFTER INSERT;
GO

ALTER SECURITY POLICY rls.contact_note_policy
    ALTER BLOCK PREDICATE rls.tenure_report(bank_id, agency_id, case_id, received_at) ON dbo.contact_note AFTER INSERT;
GO

ALTER SECURITY POLICY rls.repayment_policy
    ALTER BLOCK PREDICATE rls.tenure_report(bank_id, agency_id, case_id, reported_at) ON dbo.repayment AFTER INSERT;
GO

DROP FUNCTION rls.late_reporting;
GO
DROP FUNCTION rls.recording;
GO

CREATE SECURITY POLICY rls.assignment_retention_policy
    ADD FILTER PREDICATE rls.bank_or_agency(bank_id, agency_id) ON dbo.assignment_retention,
    ADD BLOCK PREDICATE rls.retention(bank_id, agency_id, deed, sight) ON dbo.assignment_retention AFTER INSERT,
    ADD BLOCK PREDICATE rls.retention(bank_id, agency_id, deed, sight) ON dbo.assignment_retention AFTER UPDATE,
    ADD BLOCK PREDICATE rls.retention(bank_id, agency_id, deed, sight) ON dbo.assignment_retention BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.assignment_retention BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON assignment_retention TO agency_app;
GRANT UPDATE ON assignment_retention (case_count, last_case_id, finished_at) TO agency_app;
DENY UPDATE ON assignment_retention (bank_id, agency_id) TO agency_app;
GO
