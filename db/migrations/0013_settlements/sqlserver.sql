-- Settlements of every kind: the terms that each has, the bank's counter-offer, the agency's replies, the first of two approvals, and what
-- an approved proposal becomes, a repayment plan, which the next agency sees too.

ALTER TABLE settlement_proposal ADD instalments int NULL;
GO
ALTER TABLE settlement_proposal ADD first_due_on date NULL;
GO
ALTER TABLE settlement_proposal ADD waiver bigint NULL;
GO
ALTER TABLE settlement_proposal ADD agree_by date NOT NULL CONSTRAINT df_settlement_proposal_agree_by DEFAULT '9999-12-31';
GO
ALTER TABLE settlement_proposal ADD balance bigint NOT NULL CONSTRAINT df_settlement_proposal_balance DEFAULT 0;
GO
ALTER TABLE settlement_proposal ADD circumstances_cipher varbinary(max) NULL;
GO

ALTER TABLE settlement_proposal DROP CONSTRAINT ck_settlement_proposal_kind;
GO
ALTER TABLE settlement_proposal ADD CONSTRAINT ck_settlement_proposal_terms CHECK ((kind IN ('lump_sum', 'extension') AND instalments IS NULL AND first_due_on IS NULL AND waiver IS NULL) OR (kind = 'fee_waiver' AND waiver > 0 AND instalments IS NULL AND first_due_on IS NULL) OR (kind = 'instalments' AND instalments >= 2 AND instalments <= 60 AND first_due_on IS NOT NULL AND waiver IS NULL));
GO
ALTER TABLE settlement_proposal ADD CONSTRAINT uq_settlement_proposal_agency_id_id_case_id UNIQUE (bank_id, agency_id, id, case_id);
GO

CREATE TABLE settlement_counter
(
    bank_id int NOT NULL,
    settlement_proposal_id binary(16) NOT NULL,
    agency_id int NOT NULL,
    case_id binary(16) NOT NULL,
    kind varchar(20) NOT NULL,
    amount bigint NOT NULL,
    pay_by date NOT NULL,
    instalments int NULL,
    first_due_on date NULL,
    waiver bigint NULL,
    agree_by date NOT NULL,
    balance bigint NOT NULL,
    reason nvarchar(400) NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    countered_at datetime2(3) NOT NULL,
    CONSTRAINT pk_settlement_counter PRIMARY KEY CLUSTERED (bank_id, settlement_proposal_id),
    CONSTRAINT fk_settlement_counter_settlement_proposal FOREIGN KEY (bank_id, agency_id, settlement_proposal_id, case_id) REFERENCES settlement_proposal (bank_id, agency_id, id, case_id),
    CONSTRAINT ck_settlement_counter_amount CHECK (amount > 0),
    CONSTRAINT ck_settlement_counter_terms CHECK ((kind IN ('lump_sum', 'extension') AND instalments IS NULL AND first_due_on IS NULL AND waiver IS NULL) OR (kind = 'fee_waiver' AND waiver > 0 AND instalments IS NULL AND first_due_on IS NULL) OR (kind = 'instalments' AND instalments >= 2 AND instalments <= 60 AND first_due_on IS NOT NULL AND waiver IS NULL))
);
GO

CREATE TABLE settlement_reply
(
    bank_id int NOT NULL,
    settlement_proposal_id binary(16) NOT NULL,
    reply varchar(20) NOT NULL,
    agency_id int NOT NULL,
    case_id binary(16) NOT NULL,
    reason nvarchar(400) NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    replied_at datetime2(3) NOT NULL,
    CONSTRAINT pk_settlement_reply PRIMARY KEY CLUSTERED (bank_id, settlement_proposal_id, reply),
    CONSTRAINT fk_settlement_reply_settlement_proposal FOREIGN KEY (bank_id, agency_id, settlement_proposal_id, case_id) REFERENCES settlement_proposal (bank_id, agency_id, id, case_id),
    CONSTRAINT ck_settlement_reply_reply CHECK (reply IN ('accepted', 'declined', 'withdrawn'))
);
GO

CREATE TABLE repayment_plan
(
    bank_id int NOT NULL,
    settlement_proposal_id binary(16) NOT NULL,
    agency_id int NOT NULL,
    case_id binary(16) NOT NULL,
    account_id binary(16) NOT NULL,
    kind varchar(20) NOT NULL,
    amount bigint NOT NULL,
    currency char(3) NOT NULL,
    pay_by date NOT NULL,
    instalments int NULL,
    first_due_on date NULL,
    waiver bigint NULL,
    counts_from date NOT NULL,
    grace_days int NOT NULL,
    state varchar(20) NOT NULL,
    paid bigint NOT NULL,
    look_on date NOT NULL,
    approved_at datetime2(3) NOT NULL,
    in_force_at datetime2(3) NULL,
    ended_at datetime2(3) NULL,
    reinstated_until date NULL,
    waived_on date NULL,
    CONSTRAINT pk_repayment_plan PRIMARY KEY CLUSTERED (bank_id, settlement_proposal_id),
    CONSTRAINT fk_repayment_plan_settlement_proposal FOREIGN KEY (bank_id, agency_id, settlement_proposal_id, case_id) REFERENCES settlement_proposal (bank_id, agency_id, id, case_id),
    CONSTRAINT fk_repayment_plan_account FOREIGN KEY (bank_id, account_id) REFERENCES account (bank_id, id),
    CONSTRAINT ck_repayment_plan_amount CHECK (amount > 0),
    CONSTRAINT ck_repayment_plan_terms CHECK ((kind IN ('lump_sum', 'extension') AND instalments IS NULL AND first_due_on IS NULL AND waiver IS NULL) OR (kind = 'fee_waiver' AND waiver > 0 AND instalments IS NULL AND first_due_on IS NULL) OR (kind = 'instalments' AND instalments >= 2 AND instalments <= 60 AND first_due_on IS NOT NULL AND waiver IS NULL)),
    CONSTRAINT ck_repayment_plan_state CHECK (state IN ('approved', 'in_force', 'completed', 'defaulted', 'expired')),
    CONSTRAINT ck_repayment_plan_paid CHECK (paid >= 0)
);
GO

CREATE INDEX ix_settlement_reply_agency ON settlement_reply (agency_id, settlement_proposal_id);
GO

CREATE UNIQUE INDEX uq_settlement_reply_end ON settlement_reply (bank_id, settlement_proposal_id) WHERE reply <> 'accepted';
GO

CREATE INDEX ix_settlement_reply_accepted ON settlement_reply (bank_id, replied_at) WHERE reply = 'accepted';
GO

CREATE INDEX ix_settlement_counter_agree_by ON settlement_counter (bank_id, agree_by, settlement_proposal_id);
GO

CREATE INDEX ix_settlement_counter_agency ON settlement_counter (agency_id, settlement_proposal_id);
GO

CREATE INDEX ix_repayment_plan_account ON repayment_plan (bank_id, account_id, settlement_proposal_id);
GO

CREATE INDEX ix_repayment_plan_agency ON repayment_plan (agency_id, settlement_proposal_id);
GO

CREATE INDEX ix_repayment_plan_look ON repayment_plan (bank_id, look_on, settlement_proposal_id) WHERE look_on < '9999-12-31';
GO

CREATE INDEX ix_settlement_proposal_agree_by ON settlement_proposal (bank_id, agree_by, id);
GO

-- What was approved before becomes a plan; nobody knows any more what was owed when it was proposed.
ALTER SECURITY POLICY rls.settlement_proposal_policy WITH (STATE = OFF);
GO
ALTER SECURITY POLICY rls.settlement_proposal_decision_policy WITH (STATE = OFF);
GO

INSERT INTO repayment_plan (bank_id, settlement_proposal_id, agency_id, case_id, account_id, kind, amount, currency, pay_by, counts_from, grace_days, state, paid, look_on, approved_at, ended_at, waived_on)
SELECT p.bank_id, p.id, p.agency_id, p.case_id, p.account_id, p.kind, p.amount, p.currency, p.pay_by, CAST(DATEADD(HOUR, -12, p.submitted_at) AS date), 10,
    CASE WHEN v.decided_at IS NULL THEN 'approved' ELSE 'completed' END, CASE WHEN v.decided_at IS NULL THEN 0 ELSE p.amount END,
    CASE WHEN v.decided_at IS NULL THEN '0001-01-01' ELSE '9999-12-31' END, w.decided_at, v.decided_at, CAST(DATEADD(HOUR, -12, v.decided_at) AS date)
FROM settlement_proposal AS p
INNER JOIN settlement_proposal_decision AS w ON w.bank_id = p.bank_id AND w.settlement_proposal_id = p.id AND w.decision = 'approved'
LEFT JOIN settlement_proposal_decision AS v ON v.bank_id = p.bank_id AND v.settlement_proposal_id = p.id AND v.decision = 'completed';
GO

UPDATE settlement_proposal
SET balance = amount, agree_by = pay_by;
GO

DELETE FROM settlement_proposal_decision
WHERE decision = 'completed';
GO

DROP INDEX uq_settlement_proposal_decision_answer ON settlement_proposal_decision;
GO
CREATE UNIQUE INDEX uq_settlement_proposal_decision_answer ON settlement_proposal_decision (bank_id, settlement_proposal_id) WHERE decision <> 'first_approved';
GO
ALTER TABLE settlement_proposal_decision DROP CONSTRAINT ck_settlement_proposal_decision_decision;
GO
ALTER TABLE settlement_proposal_decision ADD CONSTRAINT ck_settlement_proposal_decision_decision CHECK (decision IN ('first_approved', 'approved', 'rejected', 'expired'));
GO

ALTER SECURITY POLICY rls.settlement_proposal_decision_policy WITH (STATE = ON);
GO
ALTER SECURITY POLICY rls.settlement_proposal_policy WITH (STATE = ON);
GO

-- The agency that proposed it, and the one that has the account now.
CREATE FUNCTION rls.repayment_plan(@bank_id int, @agency_id int, @case_id binary(16), @account_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'all' OR EXISTS
        (
            SELECT 1
            FROM dbo.case_desk AS k
            WHERE k.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND k.case_id = @case_id
                AND (k.collector_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16)) OR (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'team' AND EXISTS
                (
                    SELECT 1
                    FROM dbo.team_member AS m
                    WHERE m.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                        AND m.team_id = k.team_id
                        AND m.person_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16))
                )))
        )))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND EXISTS
        (
            SELECT 1
            FROM dbo.[case] AS c
            INNER JOIN dbo.assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
            WHERE c.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND c.account_id = @account_id
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
        ));
GO

CREATE SECURITY POLICY rls.settlement_counter_policy
    ADD FILTER PREDICATE rls.work(bank_id, agency_id, case_id) ON dbo.settlement_counter,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.settlement_counter AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.settlement_counter AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.settlement_counter BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.settlement_counter BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON settlement_counter TO agency_app;
DENY UPDATE ON settlement_counter (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.settlement_reply_policy
    ADD FILTER PREDICATE rls.work(bank_id, agency_id, case_id) ON dbo.settlement_reply,
    ADD BLOCK PREDICATE rls.reporting(bank_id, agency_id, case_id) ON dbo.settlement_reply AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.settlement_reply AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.settlement_reply BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.settlement_reply BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON settlement_reply TO agency_app;
DENY UPDATE ON settlement_reply (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.repayment_plan_policy
    ADD FILTER PREDICATE rls.repayment_plan(bank_id, agency_id, case_id, account_id) ON dbo.repayment_plan,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.repayment_plan AFTER INSERT,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.repayment_plan AFTER UPDATE,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.repayment_plan BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.repayment_plan BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON repayment_plan TO agency_app;
GRANT UPDATE ON repayment_plan (state, paid, look_on, in_force_at, ended_at, reinstated_until, waived_on) TO agency_app;
DENY UPDATE ON repayment_plan (bank_id, agency_id) TO agency_app;
GO
