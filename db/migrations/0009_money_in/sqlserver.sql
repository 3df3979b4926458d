-- Money as it comes in: files that refresh balances, where a debtor paid and who did, reports withdrawn, payments that went to the bank
-- itself, references that a bank's system gives each payment, and movements that name what is behind them.

ALTER TABLE account ADD refreshed_on date NULL;
GO
ALTER TABLE account ADD last_import_id binary(16) NULL;
GO
ALTER TABLE import ADD mode varchar(10) NOT NULL CONSTRAINT df_import_mode DEFAULT 'new';
GO
ALTER TABLE import ADD rows_refreshed bigint NOT NULL CONSTRAINT df_import_rows_refreshed DEFAULT 0;
GO
ALTER TABLE ledger_entry ADD cause_kind varchar(20) NULL;
GO
ALTER TABLE repayment ADD channel varchar(40) NULL;
GO
ALTER TABLE repayment ADD payer varchar(20) NOT NULL CONSTRAINT df_repayment_payer DEFAULT 'debtor';
GO
ALTER TABLE repayment ADD payer_consent bit NOT NULL CONSTRAINT df_repayment_payer_consent DEFAULT 0;
GO
ALTER TABLE repayment ADD payer_cipher varbinary(max) NULL;
GO
ALTER TABLE repayment_decision ADD same_as_id binary(16) NULL;
GO
ALTER TABLE repayment_decision ADD attributed bit NOT NULL CONSTRAINT df_repayment_decision_attributed DEFAULT 1;
GO

ALTER TABLE ledger_entry DROP CONSTRAINT ck_ledger_entry_kind;
GO
ALTER TABLE ledger_entry ADD CONSTRAINT ck_ledger_entry_kind CHECK (kind IN ('opening', 'adjustment', 'repayment', 'reversal', 'waiver'));
GO
ALTER TABLE ledger_entry ADD CONSTRAINT ck_ledger_entry_cause_kind CHECK (cause_kind IN ('import', 'repayment', 'direct_payment', 'settlement_proposal'));
GO
ALTER TABLE import ADD CONSTRAINT ck_import_mode CHECK (mode IN ('new', 'refresh', 'both'));
GO
ALTER TABLE repayment ADD CONSTRAINT uq_repayment_agency_id_id_case_id UNIQUE (bank_id, agency_id, id, case_id);
GO
ALTER TABLE repayment ADD CONSTRAINT ck_repayment_payer CHECK (payer IN ('debtor', 'liable_party') OR (payer = 'third_party' AND payer_consent = 1 AND payer_cipher IS NOT NULL));
GO

CREATE TABLE direct_payment
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    account_id binary(16) NOT NULL,
    agency_id int NULL,
    case_id binary(16) NULL,
    amount bigint NOT NULL,
    currency char(3) NOT NULL,
    paid_on date NOT NULL,
    overpaid bigint NOT NULL,
    attributed_case_id binary(16) NULL,
    same_as_id binary(16) NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    booked_at datetime2(3) NOT NULL,
    reversed_at datetime2(3) NULL,
    reversal_reason nvarchar(400) NULL,
    reversed_by_person_id binary(16) NULL,
    reversed_by_client_id nvarchar(100) NULL,
    CONSTRAINT pk_direct_payment PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT uq_direct_payment_agency_id_id_case_id UNIQUE (bank_id, agency_id, id, case_id),
    CONSTRAINT fk_direct_payment_account FOREIGN KEY (bank_id, account_id) REFERENCES account (bank_id, id),
    CONSTRAINT fk_direct_payment_case FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES [case] (bank_id, agency_id, id, account_id),
    CONSTRAINT fk_direct_payment_same_as FOREIGN KEY (bank_id, same_as_id) REFERENCES repayment (bank_id, id),
    CONSTRAINT ck_direct_payment_amount CHECK (amount > 0),
    CONSTRAINT ck_direct_payment_overpaid CHECK (overpaid >= 0)
);
GO

CREATE INDEX ix_direct_payment_account ON direct_payment (bank_id, account_id, id);
GO

CREATE INDEX ix_direct_payment_agency ON direct_payment (agency_id, id) WHERE agency_id IS NOT NULL;
GO

CREATE INDEX ix_direct_payment_same_as ON direct_payment (bank_id, same_as_id) WHERE same_as_id IS NOT NULL;
GO

CREATE TABLE repayment_withdrawal
(
    bank_id int NOT NULL,
    repayment_id binary(16) NOT NULL,
    agency_id int NOT NULL,
    case_id binary(16) NOT NULL,
    reason nvarchar(400) NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    withdrawn_at datetime2(3) NOT NULL,
    CONSTRAINT pk_repayment_withdrawal PRIMARY KEY CLUSTERED (bank_id, repayment_id),
    CONSTRAINT fk_repayment_withdrawal_repayment FOREIGN KEY (bank_id, agency_id, repayment_id, case_id) REFERENCES repayment (bank_id, agency_id, id, case_id)
);
GO

CREATE INDEX ix_repayment_withdrawal_agency ON repayment_withdrawal (agency_id, repayment_id);
GO

CREATE TABLE direct_payment_acknowledgement
(
    bank_id int NOT NULL,
    direct_payment_id binary(16) NOT NULL,
    agency_id int NOT NULL,
    case_id binary(16) NOT NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    acknowledged_at datetime2(3) NOT NULL,
    CONSTRAINT pk_direct_payment_acknowledgement PRIMARY KEY CLUSTERED (bank_id, direct_payment_id),
    CONSTRAINT fk_direct_payment_acknowledgement_payment FOREIGN KEY (bank_id, agency_id, direct_payment_id, case_id) REFERENCES direct_payment (bank_id, agency_id, id, case_id)
);
GO

CREATE INDEX ix_direct_payment_acknowledgement_agency ON direct_payment_acknowledgement (agency_id, direct_payment_id);
GO

CREATE TABLE bank_reference
(
    bank_id int NOT NULL,
    subject_id binary(16) NOT NULL,
    reference nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    kind varchar(20) NOT NULL,
    taken_at datetime2(3) NOT NULL,
    released_at datetime2(3) NULL,
    CONSTRAINT pk_bank_reference PRIMARY KEY CLUSTERED (bank_id, subject_id),
    CONSTRAINT fk_bank_reference_bank FOREIGN KEY (bank_id) REFERENCES tenant (tenant_id),
    CONSTRAINT ck_bank_reference_kind CHECK (kind IN ('repayment', 'direct_payment'))
);
GO

CREATE UNIQUE INDEX uq_bank_reference_standing ON bank_reference (bank_id, reference) WHERE released_at IS NULL;
GO

ALTER TABLE repayment_decision ADD CONSTRAINT fk_repayment_decision_same_as FOREIGN KEY (bank_id, same_as_id) REFERENCES direct_payment (bank_id, id);
GO

CREATE INDEX ix_ledger_entry_posted ON ledger_entry (bank_id, created_at) WHERE kind <> 'opening';
GO

CREATE INDEX ix_repayment_account ON repayment (bank_id, account_id, id);
GO

CREATE INDEX ix_repayment_decision_same_as ON repayment_decision (bank_id, same_as_id) WHERE same_as_id IS NOT NULL;
GO

CREATE INDEX ix_case_ended ON [case] (bank_id, ended_at) WHERE ended_at IS NOT NULL;
GO

CREATE INDEX ix_case_agency_ended ON [case] (agency_id, ended_at) WHERE ended_at IS NOT NULL;
GO

GRANT UPDATE ON account (oldest_due_date, product, credit_limit, city, refreshed_on, last_import_id) TO agency_app;
GRANT UPDATE ON import (rows_refreshed) TO agency_app;
GO

CREATE SECURITY POLICY rls.direct_payment_policy
    ADD FILTER PREDICATE rls.open_work(bank_id, agency_id, case_id) ON dbo.direct_payment,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.direct_payment AFTER INSERT,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.direct_payment AFTER UPDATE,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.direct_payment BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.direct_payment BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON direct_payment TO agency_app;
GRANT UPDATE ON direct_payment (reversed_at, reversal_reason, reversed_by_person_id, reversed_by_client_id) TO agency_app;
DENY UPDATE ON direct_payment (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.repayment_withdrawal_policy
    ADD FILTER PREDICATE rls.work(bank_id, agency_id, case_id) ON dbo.repayment_withdrawal,
    ADD BLOCK PREDICATE rls.tenure_report(bank_id, agency_id, case_id, withdrawn_at) ON dbo.repayment_withdrawal AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.repayment_withdrawal AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.repayment_withdrawal BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.repayment_withdrawal BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON repayment_withdrawal TO agency_app;
DENY UPDATE ON repayment_withdrawal (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.direct_payment_acknowledgement_policy
    ADD FILTER PREDICATE rls.work(bank_id, agency_id, case_id) ON dbo.direct_payment_acknowledgement,
    ADD BLOCK PREDICATE rls.reporting(bank_id, agency_id, case_id) ON dbo.direct_payment_acknowledgement AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.direct_payment_acknowledgement AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.direct_payment_acknowledgement BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.direct_payment_acknowledgement BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON direct_payment_acknowledgement TO agency_app;
DENY UPDATE ON direct_payment_acknowledgement (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.bank_reference_policy
    ADD FILTER PREDICATE rls.bank(bank_id) ON dbo.bank_reference,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.bank_reference AFTER INSERT,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.bank_reference AFTER UPDATE,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.bank_reference BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.bank_reference BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON bank_reference TO agency_app;
GRANT UPDATE ON bank_reference (released_at) TO agency_app;
DENY UPDATE ON bank_reference (bank_id) TO agency_app;
GO
