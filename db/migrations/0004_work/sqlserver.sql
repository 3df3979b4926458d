-- What an agency reports (contact records, repayments, settlement proposals) and what the bank decides on it.

CREATE TABLE contact_record
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    agency_id int NOT NULL,
    case_id binary(16) NOT NULL,
    account_id binary(16) NOT NULL,
    channel varchar(20) NOT NULL,
    direction varchar(20) NOT NULL,
    party varchar(20) NOT NULL,
    outcome varchar(40) NOT NULL,
    occurred_at datetime2(3) NOT NULL,
    received_at datetime2(3) NOT NULL,
    duration_seconds int NULL,
    agency_reference nvarchar(64) NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    note_digest binary(32) NULL,
    point_digest binary(32) NULL,
    CONSTRAINT pk_contact_record PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT uq_contact_record_agency_id_id_case_id UNIQUE (bank_id, agency_id, id, case_id),
    CONSTRAINT fk_contact_record_case_id_account FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES [case] (bank_id, agency_id, id, account_id),
    CONSTRAINT ck_contact_record_direction CHECK (direction IN ('outbound', 'inbound')),
    CONSTRAINT ck_contact_record_duration CHECK (duration_seconds IS NULL OR duration_seconds >= 0)
);
GO

CREATE INDEX ix_contact_record_agency ON contact_record (agency_id, id);
GO

CREATE INDEX ix_contact_record_case ON contact_record (bank_id, case_id, id);
GO

CREATE TABLE contact_note
(
    bank_id int NOT NULL,
    contact_record_id binary(16) NOT NULL,
    agency_id int NOT NULL,
    case_id binary(16) NOT NULL,
    note_cipher varbinary(max) NULL,
    point_cipher varbinary(max) NULL,
    CONSTRAINT pk_contact_note PRIMARY KEY CLUSTERED (bank_id, contact_record_id),
    CONSTRAINT fk_contact_note_contact_record_id_case FOREIGN KEY (bank_id, agency_id, contact_record_id, case_id) REFERENCES contact_record (bank_id, agency_id, id, case_id)
);
GO

CREATE INDEX ix_contact_note_agency ON contact_note (agency_id, contact_record_id);
GO

CREATE TABLE repayment
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    agency_id int NOT NULL,
    case_id binary(16) NOT NULL,
    account_id binary(16) NOT NULL,
    amount bigint NOT NULL,
    currency char(3) NOT NULL,
    paid_on date NOT NULL,
    over_balance bit NOT NULL,
    agency_reference nvarchar(64) NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    reported_at datetime2(3) NOT NULL,
    CONSTRAINT pk_repayment PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT uq_repayment_agency_id_id UNIQUE (bank_id, agency_id, id),
    CONSTRAINT fk_repayment_case_id_account FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES [case] (bank_id, agency_id, id, account_id),
    CONSTRAINT ck_repayment_amount CHECK (amount > 0)
);
GO

CREATE INDEX ix_repayment_agency ON repayment (agency_id, id);
GO

CREATE INDEX ix_repayment_case ON repayment (bank_id, case_id, id);
GO

CREATE TABLE repayment_decision
(
    bank_id int NOT NULL,
    repayment_id binary(16) NOT NULL,
    decision varchar(20) NOT NULL,
    agency_id int NOT NULL,
    overpaid bigint NOT NULL,
    reason nvarchar(400) NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    decided_at datetime2(3) NOT NULL,
    CONSTRAINT pk_repayment_decision PRIMARY KEY CLUSTERED (bank_id, repayment_id, decision),
    CONSTRAINT fk_repayment_decision_repayment FOREIGN KEY (bank_id, agency_id, repayment_id) REFERENCES repayment (bank_id, agency_id, id),
    CONSTRAINT ck_repayment_decision_decision CHECK (decision IN ('confirmed', 'rejected', 'reversed')),
    CONSTRAINT ck_repayment_decision_overpaid CHECK (overpaid >= 0)
);
GO

CREATE UNIQUE INDEX uq_repayment_decision_answer ON repayment_decision (bank_id, repayment_id) WHERE decision <> 'reversed';
GO

CREATE INDEX ix_repayment_decision_agency ON repayment_decision (agency_id, repayment_id);
GO

CREATE TABLE settlement_proposal
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    agency_id int NOT NULL,
    case_id binary(16) NOT NULL,
    account_id binary(16) NOT NULL,
    kind varchar(20) NOT NULL,
    amount bigint NOT NULL,
    currency char(3) NOT NULL,
    pay_by date NOT NULL,
    reason_cipher varbinary(max) NOT NULL,
    agency_reference nvarchar(64) NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    submitted_at datetime2(3) NOT NULL,
    CONSTRAINT pk_settlement_proposal PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT uq_settlement_proposal_agency_id_id UNIQUE (bank_id, agency_id, id),
    CONSTRAINT fk_settlement_proposal_case_id_account FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES [case] (bank_id, agency_id, id, account_id),
    CONSTRAINT ck_settlement_proposal_kind CHECK (kind IN ('lump_sum')),
    CONSTRAINT ck_settlement_proposal_amount CHECK (amount > 0)
);
GO

CREATE INDEX ix_settlement_proposal_agency ON settlement_proposal (agency_id, id);
GO

CREATE INDEX ix_settlement_proposal_case ON settlement_proposal (bank_id, case_id, id);
GO

CREATE INDEX ix_settlement_proposal_account ON settlement_proposal (bank_id, account_id, id);
GO

CREATE TABLE settlement_proposal_decision
(
    bank_id int NOT NULL,
    settlement_proposal_id binary(16) NOT NULL,
    decision varchar(20) NOT NULL,
    agency_id int NOT NULL,
    reason nvarchar(400) NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    decided_at datetime2(3) NOT NULL,
    CONSTRAINT pk_settlement_proposal_decision PRIMARY KEY CLUSTERED (bank_id, settlement_proposal_id, decision),
    CONSTRAINT fk_settlement_proposal_decision_settlement_proposal FOREIGN KEY (bank_id, agency_id, settlement_proposal_id) REFERENCES settlement_proposal (bank_id, agency_id, id),
    CONSTRAINT ck_settlement_proposal_decision_decision CHECK (decision IN ('approved', 'rejected', 'completed'))
);
GO

CREATE UNIQUE INDEX uq_settlement_proposal_decision_answer ON settlement_proposal_decision (bank_id, settlement_proposal_id) WHERE decision <> 'completed';
GO

CREATE INDEX ix_settlement_proposal_decision_agency ON settlement_proposal_decision (agency_id, settlement_proposal_id);
GO

CREATE FUNCTION rls.case_note(@bank_id int, @agency_id int, @case_id binary(16))
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
        WHERE c.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
            AND c.id = @case_id
            AND c.bank_id = @bank_id
            AND c.ended_at IS NULL
    ));
GO
CREATE FUNCTION rls.agency_with_open_case(@bank_id int, @agency_id int, @case_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND EXISTS
    (
        SELECT 1
        FROM dbo.[case] AS c
        WHERE c.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
            AND c.id = @case_id
            AND c.bank_id = @bank_id
            AND c.ended_at IS NULL
    );
GO

CREATE SECURITY POLICY rls.contact_record_policy
    ADD FILTER PREDICATE rls.bank_or_agency(bank_id, agency_id) ON dbo.contact_record,
    ADD BLOCK PREDICATE rls.agency_with_open_case(bank_id, agency_id, case_id) ON dbo.contact_record AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.contact_record AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.contact_record BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.contact_record BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON contact_record TO agency_app;
DENY UPDATE ON contact_record (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.contact_note_policy
    ADD FILTER PREDICATE rls.case_note(bank_id, agency_id, case_id) ON dbo.contact_note,
    ADD BLOCK PREDICATE rls.agency_with_open_case(bank_id, agency_id, case_id) ON dbo.contact_note AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.contact_note AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.contact_note BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.contact_note BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON contact_note TO agency_app;
DENY UPDATE ON contact_note (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.repayment_policy
    ADD FILTER PREDICATE rls.bank_or_agency(bank_id, agency_id) ON dbo.repayment,
    ADD BLOCK PREDICATE rls.agency_with_open_case(bank_id, agency_id, case_id) ON dbo.repayment AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.repayment AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.repayment BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.repayment BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON repayment TO agency_app;
DENY UPDATE ON repayment (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.repayment_decision_policy
    ADD FILTER PREDICATE rls.bank_or_agency(bank_id, agency_id) ON dbo.repayment_decision,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.repayment_decision AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.repayment_decision AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.repayment_decision BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.repayment_decision BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON repayment_decision TO agency_app;
DENY UPDATE ON repayment_decision (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.settlement_proposal_policy
    ADD FILTER PREDICATE rls.bank_or_agency(bank_id, agency_id) ON dbo.settlement_proposal,
    ADD BLOCK PREDICATE rls.agency_with_open_case(bank_id, agency_id, case_id) ON dbo.settlement_proposal AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.settlement_proposal AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.settlement_proposal BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.settlement_proposal BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON settlement_proposal TO agency_app;
DENY UPDATE ON settlement_proposal (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.settlement_proposal_decision_policy
    ADD FILTER PREDICATE rls.bank_or_agency(bank_id, agency_id) ON dbo.settlement_proposal_decision,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.settlement_proposal_decision AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.settlement_proposal_decision AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.settlement_proposal_decision BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.settlement_proposal_decision BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON settlement_proposal_decision TO agency_app;
DENY UPDATE ON settlement_proposal_decision (bank_id, agency_id) TO agency_app;
GO
