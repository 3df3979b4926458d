-- What a bank forgives of its own accord; the movements of the ledger name it.

ALTER TABLE ledger_entry DROP CONSTRAINT ck_ledger_entry_cause_kind;
GO
ALTER TABLE ledger_entry ADD CONSTRAINT ck_ledger_entry_cause_kind CHECK (cause_kind IN ('import', 'repayment', 'direct_payment', 'settlement_proposal', 'waiver'));
GO

CREATE TABLE waiver
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    account_id binary(16) NOT NULL,
    currency char(3) NOT NULL,
    principal bigint NOT NULL,
    interest bigint NOT NULL,
    fees bigint NOT NULL,
    effective_on date NOT NULL,
    reason_cipher varbinary(max) NOT NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    granted_at datetime2(3) NOT NULL,
    reversed_at datetime2(3) NULL,
    reversal_reason nvarchar(400) NULL,
    reversed_by_person_id binary(16) NULL,
    reversed_by_client_id nvarchar(100) NULL,
    CONSTRAINT pk_waiver PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT fk_waiver_account FOREIGN KEY (bank_id, account_id) REFERENCES account (bank_id, id),
    CONSTRAINT ck_waiver_parts CHECK (principal >= 0 AND interest >= 0 AND fees >= 0 AND principal + interest + fees > 0)
);
GO

CREATE INDEX ix_waiver_account ON waiver (bank_id, account_id, id);
GO

-- No agency reads it: what it sees is the ledger's movement.
CREATE SECURITY POLICY rls.waiver_policy
    ADD FILTER PREDICATE rls.bank(bank_id) ON dbo.waiver,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.waiver AFTER INSERT,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.waiver AFTER UPDATE,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.waiver BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.waiver BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON waiver TO agency_app;
GRANT UPDATE ON waiver (reversed_at, reversal_reason, reversed_by_person_id, reversed_by_client_id) TO agency_app;
DENY UPDATE ON waiver (bank_id) TO agency_app;
GO
