-- What becomes of promises: rows of the bank's, worked out when money is decided on and by the calendar. The last one stands.

CREATE TABLE promise_outcome
(
    bank_id int NOT NULL,
    promise_id binary(16) NOT NULL,
    number int NOT NULL,
    agency_id int NOT NULL,
    case_id binary(16) NOT NULL,
    outcome varchar(20) NOT NULL,
    paid bigint NOT NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    decided_at datetime2(3) NOT NULL,
    CONSTRAINT pk_promise_outcome PRIMARY KEY CLUSTERED (bank_id, promise_id, number),
    CONSTRAINT fk_promise_outcome_promise FOREIGN KEY (bank_id, agency_id, promise_id, case_id) REFERENCES promise (bank_id, agency_id, id, case_id),
    CONSTRAINT ck_promise_outcome_number CHECK (number > 0),
    CONSTRAINT ck_promise_outcome_outcome CHECK (outcome IN ('open', 'kept', 'partly_kept', 'broken')),
    CONSTRAINT ck_promise_outcome_paid CHECK (paid >= 0)
);
GO

CREATE INDEX ix_promise_outcome_agency ON promise_outcome (agency_id, promise_id, number);
GO

CREATE INDEX ix_promise_account ON promise (bank_id, account_id, id);
GO

-- A case that has ended waits for no promise.
ALTER SECURITY POLICY rls.case_order_policy WITH (STATE = OFF);
GO

UPDATE case_order
SET next_promise_on = '9999-12-31'
WHERE is_open = 0 AND next_promise_on < '9999-12-31';
GO

ALTER SECURITY POLICY rls.case_order_policy WITH (STATE = ON);
GO

CREATE SECURITY POLICY rls.promise_outcome_policy
    ADD FILTER PREDICATE rls.work(bank_id, agency_id, case_id) ON dbo.promise_outcome,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.promise_outcome AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.promise_outcome AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.promise_outcome BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.promise_outcome BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON promise_outcome TO agency_app;
DENY UPDATE ON promise_outcome (bank_id, agency_id) TO agency_app;
GO
