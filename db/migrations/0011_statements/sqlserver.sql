-- Statements: what an agency earned on the money that a bank confirmed in a month, line by line; made by the system, issued and reissued by the
-- agency, answered by the bank. A line is seen by whoever sees its case's work, the rest by both sides.

CREATE INDEX ix_repayment_decision_decided ON repayment_decision (bank_id, agency_id, decided_at);
GO

CREATE INDEX ix_direct_payment_booked ON direct_payment (bank_id, booked_at) WHERE attributed_case_id IS NOT NULL;
GO

CREATE INDEX ix_direct_payment_reversed ON direct_payment (bank_id, reversed_at) WHERE reversed_at IS NOT NULL;
GO

CREATE TABLE statement_month
(
    bank_id int NOT NULL,
    agency_id int NOT NULL,
    month date NOT NULL,
    closed_at datetime2(3) NOT NULL,
    CONSTRAINT pk_statement_month PRIMARY KEY CLUSTERED (bank_id, agency_id, month),
    CONSTRAINT fk_statement_month_bank FOREIGN KEY (bank_id) REFERENCES tenant (tenant_id),
    CONSTRAINT fk_statement_month_agency FOREIGN KEY (agency_id) REFERENCES tenant (tenant_id)
);
GO

CREATE TABLE statement
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    agency_id int NOT NULL,
    month date NOT NULL,
    currency char(3) NOT NULL,
    line_count int NOT NULL,
    amount bigint NOT NULL,
    commission bigint NOT NULL,
    drafted_at datetime2(3) NOT NULL,
    locked_at datetime2(3) NULL,
    CONSTRAINT pk_statement PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT uq_statement_agency_id_id UNIQUE (bank_id, agency_id, id),
    CONSTRAINT uq_statement_month_currency UNIQUE (bank_id, agency_id, month, currency),
    CONSTRAINT fk_statement_month FOREIGN KEY (bank_id, agency_id, month) REFERENCES statement_month (bank_id, agency_id, month),
    CONSTRAINT ck_statement_line_count CHECK (line_count > 0)
);
GO

CREATE INDEX ix_statement_agency ON statement (agency_id, id);
GO

CREATE TABLE statement_line
(
    bank_id int NOT NULL,
    statement_id binary(16) NOT NULL,
    number int NOT NULL,
    agency_id int NOT NULL,
    kind varchar(20) NOT NULL,
    repayment_id binary(16) NULL,
    direct_payment_id binary(16) NULL,
    case_id binary(16) NOT NULL,
    account_id binary(16) NOT NULL,
    assignment_id binary(16) NOT NULL,
    agreement_id binary(16) NOT NULL,
    agreement_version int NOT NULL,
    cycle int NOT NULL,
    amount bigint NOT NULL,
    overpaid bigint NOT NULL,
    basis_points int NULL,
    pieces nvarchar(2000) NOT NULL,
    earned bigint NOT NULL,
    account_cap_taken bigint NOT NULL,
    statement_cap_taken bigint NOT NULL,
    commission bigint NOT NULL,
    is_undone bit NOT NULL,
    paid_on date NOT NULL,
    decided_at datetime2(3) NOT NULL,
    original_statement_id binary(16) NULL,
    original_number int NULL,
    CONSTRAINT pk_statement_line PRIMARY KEY CLUSTERED (bank_id, statement_id, number),
    CONSTRAINT fk_statement_line_statement FOREIGN KEY (bank_id, agency_id, statement_id) REFERENCES statement (bank_id, agency_id, id),
    CONSTRAINT fk_statement_line_repayment FOREIGN KEY (bank_id, agency_id, repayment_id) REFERENCES repayment (bank_id, agency_id, id),
    CONSTRAINT fk_statement_line_direct_payment FOREIGN KEY (bank_id, direct_payment_id) REFERENCES direct_payment (bank_id, id),
    CONSTRAINT fk_statement_line_original FOREIGN KEY (bank_id, original_statement_id, original_number) REFERENCES statement_line (bank_id, statement_id, number),
    CONSTRAINT ck_statement_line_kind CHECK (kind IN ('repayment', 'reversal')),
    CONSTRAINT ck_statement_line_payment CHECK ((repayment_id IS NOT NULL AND direct_payment_id IS NULL) OR (repayment_id IS NULL AND direct_payment_id IS NOT NULL)),
    CONSTRAINT ck_statement_line_commission CHECK (commission = earned - account_cap_taken - statement_cap_taken)
);
GO

CREATE UNIQUE INDEX uq_statement_line_repayment ON statement_line (bank_id, repayment_id, kind) WHERE repayment_id IS NOT NULL;
GO

CREATE UNIQUE INDEX uq_statement_line_direct_payment ON statement_line (bank_id, direct_payment_id, kind) WHERE direct_payment_id IS NOT NULL;
GO

CREATE INDEX ix_statement_line_case ON statement_line (case_id, bank_id);
GO

CREATE TABLE statement_issue
(
    bank_id int NOT NULL,
    statement_id binary(16) NOT NULL,
    version int NOT NULL,
    agency_id int NOT NULL,
    adjusted bigint NOT NULL,
    total bigint NOT NULL,
    note nvarchar(400) NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    issued_at datetime2(3) NOT NULL,
    CONSTRAINT pk_statement_issue PRIMARY KEY CLUSTERED (bank_id, statement_id, version),
    CONSTRAINT uq_statement_issue_agency_id_version UNIQUE (bank_id, agency_id, statement_id, version),
    CONSTRAINT fk_statement_issue_statement FOREIGN KEY (bank_id, agency_id, statement_id) REFERENCES statement (bank_id, agency_id, id),
    CONSTRAINT ck_statement_issue_version CHECK (version > 0)
);
GO

CREATE TABLE statement_adjustment
(
    bank_id int NOT NULL,
    statement_id binary(16) NOT NULL,
    version int NOT NULL,
    number int NOT NULL,
    agency_id int NOT NULL,
    line_number int NULL,
    amount bigint NOT NULL,
    reason nvarchar(400) NOT NULL,
    CONSTRAINT pk_statement_adjustment PRIMARY KEY CLUSTERED (bank_id, statement_id, version, number),
    CONSTRAINT fk_statement_adjustment_issue FOREIGN KEY (bank_id, agency_id, statement_id, version) REFERENCES statement_issue (bank_id, agency_id, statement_id, version),
    CONSTRAINT fk_statement_adjustment_line FOREIGN KEY (bank_id, statement_id, line_number) REFERENCES statement_line (bank_id, statement_id, number),
    CONSTRAINT ck_statement_adjustment_amount CHECK (amount <> 0)
);
GO

CREATE TABLE statement_decision
(
    bank_id int NOT NULL,
    statement_id binary(16) NOT NULL,
    version int NOT NULL,
    decision varchar(20) NOT NULL,
    agency_id int NOT NULL,
    reason nvarchar(400) NULL,
    reference nvarchar(400) NULL,
    paid_on date NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    decided_at datetime2(3) NOT NULL,
    CONSTRAINT pk_statement_decision PRIMARY KEY CLUSTERED (bank_id, statement_id, version, decision),
    CONSTRAINT fk_statement_decision_issue FOREIGN KEY (bank_id, agency_id, statement_id, version) REFERENCES statement_issue (bank_id, agency_id, statement_id, version),
    CONSTRAINT ck_statement_decision_decision CHECK ((decision = 'disputed' AND reason IS NOT NULL AND reference IS NULL AND paid_on IS NULL) OR (decision = 'agreed' AND reason IS NULL AND reference IS NULL AND paid_on IS NULL) OR (decision = 'paid' AND reason IS NULL AND reference IS NOT NULL AND paid_on IS NOT NULL))
);
GO

CREATE UNIQUE INDEX uq_statement_decision_answer ON statement_decision (bank_id, statement_id, version) WHERE decision <> 'paid';
GO

CREATE TABLE statement_objection
(
    bank_id int NOT NULL,
    statement_id binary(16) NOT NULL,
    version int NOT NULL,
    line_number int NOT NULL,
    agency_id int NOT NULL,
    reason nvarchar(400) NOT NULL,
    CONSTRAINT pk_statement_objection PRIMARY KEY CLUSTERED (bank_id, statement_id, version, line_number),
    CONSTRAINT fk_statement_objection_issue FOREIGN KEY (bank_id, agency_id, statement_id, version) REFERENCES statement_issue (bank_id, agency_id, statement_id, version),
    CONSTRAINT fk_statement_objection_line FOREIGN KEY (bank_id, statement_id, line_number) REFERENCES statement_line (bank_id, statement_id, number)
);
GO

CREATE SECURITY POLICY rls.statement_month_policy
    ADD FILTER PREDICATE rls.bank_or_agency(bank_id, agency_id) ON dbo.statement_month,
    ADD BLOCK PREDICATE rls.system(bank_id) ON dbo.statement_month AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.statement_month AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.statement_month BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.statement_month BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON statement_month TO agency_app;
DENY UPDATE ON statement_month (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.statement_policy
    ADD FILTER PREDICATE rls.bank_or_agency(bank_id, agency_id) ON dbo.statement,
    ADD BLOCK PREDICATE rls.system(bank_id) ON dbo.statement AFTER INSERT,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.statement AFTER UPDATE,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.statement BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.statement BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON statement TO agency_app;
GRANT UPDATE ON statement (locked_at) TO agency_app;
DENY UPDATE ON statement (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.statement_line_policy
    ADD FILTER PREDICATE rls.work(bank_id, agency_id, case_id) ON dbo.statement_line,
    ADD BLOCK PREDICATE rls.system(bank_id) ON dbo.statement_line AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.statement_line AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.statement_line BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.statement_line BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON statement_line TO agency_app;
DENY UPDATE ON statement_line (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.statement_issue_policy
    ADD FILTER PREDICATE rls.bank_or_agency(bank_id, agency_id) ON dbo.statement_issue,
    ADD BLOCK PREDICATE rls.manager(agency_id) ON dbo.statement_issue AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.statement_issue AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.statement_issue BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.statement_issue BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON statement_issue TO agency_app;
DENY UPDATE ON statement_issue (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.statement_adjustment_policy
    ADD FILTER PREDICATE rls.bank_or_agency(bank_id, agency_id) ON dbo.statement_adjustment,
    ADD BLOCK PREDICATE rls.manager(agency_id) ON dbo.statement_adjustment AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.statement_adjustment AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.statement_adjustment BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.statement_adjustment BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON statement_adjustment TO agency_app;
DENY UPDATE ON statement_adjustment (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.statement_decision_policy
    ADD FILTER PREDICATE rls.bank_or_agency(bank_id, agency_id) ON dbo.statement_decision,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.statement_decision AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.statement_decision AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.statement_decision BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.statement_decision BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON statement_decision TO agency_app;
DENY UPDATE ON statement_decision (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.statement_objection_policy
    ADD FILTER PREDICATE rls.bank_or_agency(bank_id, agency_id) ON dbo.statement_objection,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.statement_objection AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.statement_objection AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.statement_objection BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.statement_objection BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON statement_objection TO agency_app;
DENY UPDATE ON statement_objection (bank_id, agency_id) TO agency_app;
GO
