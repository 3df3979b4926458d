-- What a bank owns (agreements, portfolios, imports, debtors, accounts, ledger) and what it hands over (assignments, cases).

CREATE TABLE portfolio
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    name nvarchar(200) NOT NULL,
    currency char(3) NOT NULL,
    created_at datetime2(3) NOT NULL,
    changed_at datetime2(3) NOT NULL,
    CONSTRAINT pk_portfolio PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT fk_portfolio_bank FOREIGN KEY (bank_id) REFERENCES tenant (tenant_id)
);
GO

CREATE TABLE import
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    portfolio_id binary(16) NOT NULL,
    format varchar(10) NOT NULL,
    as_of date NOT NULL,
    state varchar(20) NOT NULL,
    compressed bit NOT NULL,
    file_sha256 binary(32) NOT NULL,
    bytes bigint NOT NULL,
    rows_read bigint NOT NULL,
    rows_accepted bigint NOT NULL,
    rows_known bigint NOT NULL,
    rows_rejected bigint NOT NULL,
    failure_code varchar(60) NULL,
    created_at datetime2(3) NOT NULL,
    started_at datetime2(3) NULL,
    finished_at datetime2(3) NULL,
    CONSTRAINT pk_import PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT fk_import_bank FOREIGN KEY (bank_id) REFERENCES tenant (tenant_id),
    CONSTRAINT fk_import_portfolio FOREIGN KEY (bank_id, portfolio_id) REFERENCES portfolio (bank_id, id),
    CONSTRAINT ck_import_format CHECK (format IN ('csv', 'ndjson')),
    CONSTRAINT ck_import_state CHECK (state IN ('queued', 'running', 'completed', 'failed'))
);
GO

CREATE INDEX ix_import_portfolio ON import (bank_id, portfolio_id, id);
GO

CREATE INDEX ix_import_unfinished ON import (bank_id, id) WHERE finished_at IS NULL;
GO

CREATE TABLE import_error
(
    bank_id int NOT NULL,
    import_id binary(16) NOT NULL,
    line bigint NOT NULL,
    position int NOT NULL,
    column_name nvarchar(100) NULL,
    code varchar(60) NOT NULL,
    value_cipher varbinary(max) NULL,
    CONSTRAINT pk_import_error PRIMARY KEY CLUSTERED (bank_id, import_id, line, position),
    CONSTRAINT fk_import_error_import FOREIGN KEY (bank_id, import_id) REFERENCES import (bank_id, id)
);
GO

CREATE TABLE debtor
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    reference nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_cipher varbinary(max) NOT NULL,
    id_number_cipher varbinary(max) NULL,
    id_number_index binary(32) NULL,
    time_zone varchar(60) NOT NULL,
    created_at datetime2(3) NOT NULL,
    CONSTRAINT pk_debtor PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT uq_debtor_reference UNIQUE (bank_id, reference),
    CONSTRAINT fk_debtor_bank FOREIGN KEY (bank_id) REFERENCES tenant (tenant_id)
);
GO

CREATE INDEX ix_debtor_id_number ON debtor (bank_id, id_number_index) WHERE id_number_index IS NOT NULL;
GO

CREATE TABLE contact_point
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    debtor_id binary(16) NOT NULL,
    kind varchar(20) NOT NULL,
    value_cipher varbinary(max) NOT NULL,
    value_index binary(32) NOT NULL,
    status varchar(20) NOT NULL,
    source varchar(20) NOT NULL,
    created_at datetime2(3) NOT NULL,
    CONSTRAINT pk_contact_point PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT uq_contact_point_debtor_id_kind_value_index UNIQUE (bank_id, debtor_id, kind, value_index),
    CONSTRAINT fk_contact_point_debtor FOREIGN KEY (bank_id, debtor_id) REFERENCES debtor (bank_id, id),
    CONSTRAINT ck_contact_point_kind CHECK (kind IN ('phone', 'email', 'address')),
    CONSTRAINT ck_contact_point_status CHECK (status IN ('unverified', 'valid', 'invalid', 'opted_out')),
    CONSTRAINT ck_contact_point_source CHECK (source IN ('bank'))
);
GO

CREATE INDEX ix_contact_point_value ON contact_point (bank_id, value_index);
GO

CREATE TABLE assignment
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    agency_id int NOT NULL,
    agreement_id binary(16) NOT NULL,
    portfolio_id binary(16) NOT NULL,
    currency char(3) NOT NULL,
    term_start date NOT NULL,
    term_end date NOT NULL,
    account_count int NOT NULL,
    principal bigint NOT NULL,
    interest bigint NOT NULL,
    fees bigint NOT NULL,
    days_past_due_mix nvarchar(1000) NOT NULL,
    submitted_at datetime2(3) NOT NULL,
    activated_at datetime2(3) NULL,
    released_at datetime2(3) NULL,
    CONSTRAINT pk_assignment PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT uq_assignment_agency_id_id UNIQUE (bank_id, agency_id, id),
    CONSTRAINT fk_assignment_bank FOREIGN KEY (bank_id) REFERENCES tenant (tenant_id),
    CONSTRAINT fk_assignment_agency FOREIGN KEY (agency_id) REFERENCES tenant (tenant_id),
    CONSTRAINT fk_assignment_agreement FOREIGN KEY (bank_id, agency_id, agreement_id) REFERENCES agreement (bank_id, agency_id, id),
    CONSTRAINT fk_assignment_portfolio FOREIGN KEY (bank_id, portfolio_id) REFERENCES portfolio (bank_id, id),
    CONSTRAINT ck_assignment_term CHECK (term_end >= term_start)
);
GO

CREATE INDEX ix_assignment_agency ON assignment (agency_id, id);
GO

CREATE INDEX ix_assignment_pending ON assignment (bank_id, id) WHERE activated_at IS NULL AND released_at IS NULL;
GO

CREATE TABLE assignment_answer
(
    bank_id int NOT NULL,
    agency_id int NOT NULL,
    assignment_id binary(16) NOT NULL,
    answer varchar(20) NOT NULL,
    reason nvarchar(400) NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    answered_at datetime2(3) NOT NULL,
    CONSTRAINT pk_assignment_answer PRIMARY KEY CLUSTERED (bank_id, assignment_id),
    CONSTRAINT fk_assignment_answer_assignment FOREIGN KEY (bank_id, agency_id, assignment_id) REFERENCES assignment (bank_id, agency_id, id),
    CONSTRAINT ck_assignment_answer_answer CHECK (answer IN ('acknowledged', 'rejected'))
);
GO

CREATE INDEX ix_assignment_answer_agency ON assignment_answer (agency_id, assignment_id);
GO

CREATE TABLE account
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    portfolio_id binary(16) NOT NULL,
    import_id binary(16) NOT NULL,
    debtor_id binary(16) NOT NULL,
    account_number nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    product nvarchar(60) COLLATE Latin1_General_100_BIN2 NULL,
    currency char(3) NOT NULL,
    credit_limit bigint NULL,
    oldest_due_date date NOT NULL,
    as_of date NOT NULL,
    principal bigint NOT NULL,
    interest bigint NOT NULL,
    fees bigint NOT NULL,
    state varchar(20) NOT NULL,
    resolution varchar(20) NULL,
    assignment_id binary(16) NULL,
    created_at datetime2(3) NOT NULL,
    changed_at datetime2(3) NOT NULL,
    CONSTRAINT pk_account PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT uq_account_account_number UNIQUE (bank_id, account_number),
    CONSTRAINT uq_account_id_debtor_id UNIQUE (bank_id, id, debtor_id),
    CONSTRAINT fk_account_portfolio FOREIGN KEY (bank_id, portfolio_id) REFERENCES portfolio (bank_id, id),
    CONSTRAINT fk_account_import FOREIGN KEY (bank_id, import_id) REFERENCES import (bank_id, id),
    CONSTRAINT fk_account_debtor FOREIGN KEY (bank_id, debtor_id) REFERENCES debtor (bank_id, id),
    CONSTRAINT fk_account_assignment FOREIGN KEY (bank_id, assignment_id) REFERENCES assignment (bank_id, id),
    CONSTRAINT ck_account_state CHECK (state IN ('eligible', 'placed', 'resolved')),
    CONSTRAINT ck_account_balance CHECK (principal >= 0 AND interest >= 0 AND fees >= 0),
    CONSTRAINT ck_account_resolution CHECK ((state = 'resolved' AND resolution IN ('paid_in_full', 'settled_in_full', 'plan_completed', 'written_off', 'sold', 'uncollectible')) OR (state <> 'resolved' AND resolution IS NULL))
);
GO

CREATE INDEX ix_account_portfolio ON account (bank_id, portfolio_id, id);
GO

CREATE INDEX ix_account_debtor ON account (bank_id, debtor_id, id);
GO

CREATE INDEX ix_account_assignment ON account (bank_id, assignment_id, id);
GO

CREATE TABLE ledger_entry
(
    bank_id int NOT NULL,
    account_id binary(16) NOT NULL,
    id binary(16) NOT NULL,
    kind varchar(20) NOT NULL,
    bucket varchar(20) NOT NULL,
    amount bigint NOT NULL,
    currency char(3) NOT NULL,
    cause_id binary(16) NOT NULL,
    effective_on date NOT NULL,
    created_at datetime2(3) NOT NULL,
    CONSTRAINT pk_ledger_entry PRIMARY KEY CLUSTERED (bank_id, account_id, id),
    CONSTRAINT fk_ledger_entry_account FOREIGN KEY (bank_id, account_id) REFERENCES account (bank_id, id),
    CONSTRAINT ck_ledger_entry_kind CHECK (kind IN ('opening', 'repayment', 'reversal', 'waiver')),
    CONSTRAINT ck_ledger_entry_bucket CHECK (bucket IN ('principal', 'interest', 'fees')),
    CONSTRAINT ck_ledger_entry_amount CHECK (amount <> 0)
);
GO

CREATE INDEX ix_ledger_entry_cause ON ledger_entry (bank_id, cause_id, id);
GO

CREATE TABLE assignment_account
(
    bank_id int NOT NULL,
    assignment_id binary(16) NOT NULL,
    account_id binary(16) NOT NULL,
    principal bigint NOT NULL,
    interest bigint NOT NULL,
    fees bigint NOT NULL,
    days_past_due int NOT NULL,
    CONSTRAINT pk_assignment_account PRIMARY KEY CLUSTERED (bank_id, assignment_id, account_id),
    CONSTRAINT fk_assignment_account_assignment FOREIGN KEY (bank_id, assignment_id) REFERENCES assignment (bank_id, id),
    CONSTRAINT fk_assignment_account_account FOREIGN KEY (bank_id, account_id) REFERENCES account (bank_id, id)
);
GO

CREATE TABLE [case]
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    agency_id int NOT NULL,
    assignment_id binary(16) NOT NULL,
    account_id binary(16) NOT NULL,
    debtor_id binary(16) NOT NULL,
    state varchar(20) NOT NULL,
    opened_at datetime2(3) NOT NULL,
    ended_at datetime2(3) NULL,
    end_reason varchar(20) NULL,
    CONSTRAINT pk_case PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT uq_case_agency_id_id_account_id UNIQUE (bank_id, agency_id, id, account_id),
    CONSTRAINT fk_case_assignment FOREIGN KEY (bank_id, agency_id, assignment_id) REFERENCES assignment (bank_id, agency_id, id),
    CONSTRAINT fk_case_account_id_debtor FOREIGN KEY (bank_id, account_id, debtor_id) REFERENCES account (bank_id, id, debtor_id),
    CONSTRAINT ck_case_state CHECK ((state = 'active' AND ended_at IS NULL AND end_reason IS NULL) OR (state IN ('recalled', 'closed') AND ended_at IS NOT NULL AND end_reason IS NOT NULL))
);
GO

CREATE UNIQUE INDEX uq_case_open_account ON [case] (bank_id, account_id) WHERE ended_at IS NULL;
GO

CREATE INDEX ix_case_agency ON [case] (agency_id, id);
GO

CREATE INDEX ix_case_agency_account ON [case] (agency_id, account_id) WHERE ended_at IS NULL;
GO

CREATE INDEX ix_case_agency_debtor ON [case] (agency_id, debtor_id) WHERE ended_at IS NULL;
GO

CREATE INDEX ix_case_assignment ON [case] (bank_id, assignment_id, id);
GO

CREATE INDEX ix_case_agency_assignment ON [case] (agency_id, assignment_id, id);
GO

CREATE FUNCTION rls.account(@bank_id int, @account_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND EXISTS
    (
        SELECT 1
        FROM dbo.[case] AS c
        WHERE c.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
            AND c.account_id = @account_id
            AND c.bank_id = @bank_id
            AND c.ended_at IS NULL
    ));
GO
CREATE FUNCTION rls.debtor(@bank_id int, @debtor_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND EXISTS
    (
        SELECT 1
        FROM dbo.[case] AS c
        WHERE c.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
            AND c.debtor_id = @debtor_id
            AND c.bank_id = @bank_id
            AND c.ended_at IS NULL
    ));
GO

CREATE SECURITY POLICY rls.portfolio_policy
    ADD FILTER PREDICATE rls.bank(bank_id) ON dbo.portfolio,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.portfolio AFTER INSERT,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.portfolio AFTER UPDATE,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.portfolio BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.portfolio BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON portfolio TO agency_app;
GRANT UPDATE ON portfolio (name, changed_at) TO agency_app;
DENY UPDATE ON portfolio (bank_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.import_policy
    ADD FILTER PREDICATE rls.bank(bank_id) ON dbo.import,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.import AFTER INSERT,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.import AFTER UPDATE,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.import BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.import BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON import TO agency_app;
GRANT UPDATE ON import (state, rows_read, rows_accepted, rows_known, rows_rejected, failure_code, started_at, finished_at) TO agency_app;
DENY UPDATE ON import (bank_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.import_error_policy
    ADD FILTER PREDICATE rls.bank(bank_id) ON dbo.import_error,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.import_error AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.import_error AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.import_error BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.import_error BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON import_error TO agency_app;
DENY UPDATE ON import_error (bank_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.debtor_policy
    ADD FILTER PREDICATE rls.debtor(bank_id, id) ON dbo.debtor,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.debtor AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.debtor AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.debtor BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.debtor BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON debtor TO agency_app;
DENY UPDATE ON debtor (bank_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.contact_point_policy
    ADD FILTER PREDICATE rls.debtor(bank_id, debtor_id) ON dbo.contact_point,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.contact_point AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.contact_point AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.contact_point BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.contact_point BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON contact_point TO agency_app;
DENY UPDATE ON contact_point (bank_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.assignment_policy
    ADD FILTER PREDICATE rls.bank_or_agency(bank_id, agency_id) ON dbo.assignment,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.assignment AFTER INSERT,
    ADD BLOCK PREDICATE rls.system(bank_id) ON dbo.assignment AFTER UPDATE,
    ADD BLOCK PREDICATE rls.system(bank_id) ON dbo.assignment BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.assignment BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON assignment TO agency_app;
GRANT UPDATE ON assignment (activated_at, released_at) TO agency_app;
DENY UPDATE ON assignment (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.assignment_answer_policy
    ADD FILTER PREDICATE rls.bank_or_agency(bank_id, agency_id) ON dbo.assignment_answer,
    ADD BLOCK PREDICATE rls.agency(agency_id) ON dbo.assignment_answer AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.assignment_answer AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.assignment_answer BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.assignment_answer BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON assignment_answer TO agency_app;
DENY UPDATE ON assignment_answer (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.account_policy
    ADD FILTER PREDICATE rls.account(bank_id, id) ON dbo.account,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.account AFTER INSERT,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.account AFTER UPDATE,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.account BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.account BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON account TO agency_app;
GRANT UPDATE ON account (principal, interest, fees, state, resolution, assignment_id, changed_at) TO agency_app;
DENY UPDATE ON account (bank_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.ledger_entry_policy
    ADD FILTER PREDICATE rls.account(bank_id, account_id) ON dbo.ledger_entry,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.ledger_entry AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.ledger_entry AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.ledger_entry BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.ledger_entry BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON ledger_entry TO agency_app;
DENY UPDATE ON ledger_entry (bank_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.assignment_account_policy
    ADD FILTER PREDICATE rls.bank(bank_id) ON dbo.assignment_account,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.assignment_account AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.assignment_account AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.assignment_account BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.assignment_account BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON assignment_account TO agency_app;
DENY UPDATE ON assignment_account (bank_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.case_policy
    ADD FILTER PREDICATE rls.bank_or_agency(bank_id, agency_id) ON dbo.[case],
    ADD BLOCK PREDICATE rls.system(bank_id) ON dbo.[case] AFTER INSERT,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.[case] AFTER UPDATE,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.[case] BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.[case] BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON [case] TO agency_app;
GRANT UPDATE ON [case] (state, ended_at, end_reason) TO agency_app;
DENY UPDATE ON [case] (bank_id, agency_id) TO agency_app;
GO
