-- What figures are made of and an agency keeps when it loses the account: what was owed on a case when it was placed, and the money that
-- was recovered on it, a row when it came and a row when it went.

-- The rows that stand are completed below, which the policies would hide from the migrator.
ALTER SECURITY POLICY rls.case_policy WITH (STATE = OFF);
GO
ALTER SECURITY POLICY rls.assignment_account_policy WITH (STATE = OFF);
GO
ALTER SECURITY POLICY rls.repayment_policy WITH (STATE = OFF);
GO
ALTER SECURITY POLICY rls.repayment_decision_policy WITH (STATE = OFF);
GO
ALTER SECURITY POLICY rls.direct_payment_policy WITH (STATE = OFF);
GO

ALTER TABLE [case] ADD placed bigint NOT NULL CONSTRAINT df_case_placed DEFAULT 0;
GO

UPDATE c
SET placed = n.principal + n.interest + n.fees
FROM [case] AS c
INNER JOIN assignment_account AS n ON n.bank_id = c.bank_id AND n.assignment_id = c.assignment_id AND n.account_id = c.account_id;
GO

CREATE TABLE recovery
(
    bank_id int NOT NULL,
    payment_id binary(16) NOT NULL,
    kind varchar(10) NOT NULL,
    agency_id int NOT NULL,
    case_id binary(16) NOT NULL,
    account_id binary(16) NOT NULL,
    assignment_id binary(16) NOT NULL,
    amount bigint NOT NULL,
    currency char(3) NOT NULL,
    decided_on date NOT NULL,
    CONSTRAINT pk_recovery PRIMARY KEY CLUSTERED (bank_id, payment_id, kind),
    CONSTRAINT fk_recovery_case FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES [case] (bank_id, agency_id, id, account_id),
    CONSTRAINT fk_recovery_assignment FOREIGN KEY (bank_id, agency_id, assignment_id) REFERENCES assignment (bank_id, agency_id, id),
    CONSTRAINT ck_recovery_kind CHECK (kind IN ('confirmed', 'reversed')),
    CONSTRAINT ck_recovery_amount CHECK (amount > 0)
);
GO

CREATE INDEX ix_recovery_case ON recovery (bank_id, case_id);
GO

CREATE INDEX ix_recovery_bank ON recovery (bank_id, assignment_id, decided_on);
GO

CREATE INDEX ix_recovery_agency ON recovery (agency_id, assignment_id, decided_on);
GO

-- What stood before: the first record that is attributed to a case brings the money.
INSERT INTO recovery (bank_id, payment_id, kind, agency_id, case_id, account_id, assignment_id, amount, currency, decided_on)
SELECT d.bank_id, d.repayment_id, 'confirmed', c.agency_id, c.id, c.account_id, c.assignment_id, r.amount - d.overpaid, r.currency, CAST(d.decided_at AS date)
FROM repayment_decision AS d
INNER JOIN repayment AS r ON r.bank_id = d.bank_id AND r.id = d.repayment_id
INNER JOIN [case] AS c ON c.bank_id = r.bank_id AND c.id = r.case_id
WHERE d.decision = 'confirmed' AND d.attributed = 1 AND r.amount > d.overpaid
    AND NOT EXISTS (SELECT 1 FROM direct_payment AS t WHERE t.bank_id = d.bank_id AND t.id = d.same_as_id AND t.attributed_case_id IS NOT NULL)
UNION ALL
SELECT x.bank_id, x.id, 'confirmed', c.agency_id, c.id, c.account_id, c.assignment_id, x.amount - x.overpaid, x.currency, CAST(x.booked_at AS date)
FROM direct_payment AS x
INNER JOIN [case] AS c ON c.bank_id = x.bank_id AND c.id = x.attributed_case_id
WHERE x.same_as_id IS NULL AND x.amount > x.overpaid;
GO

-- Its last record takes it away: each names the one that it was matched with.
WITH record (bank_id, payment_id, id, is_repayment) AS
(
    SELECT v.bank_id, v.payment_id, v.payment_id, CASE WHEN EXISTS (SELECT 1 FROM repayment AS r WHERE r.bank_id = v.bank_id AND r.id = v.payment_id) THEN 1 ELSE 0 END
    FROM recovery AS v
    UNION ALL
    SELECT f.bank_id, f.payment_id, d.repayment_id, 1
    FROM record AS f
    INNER JOIN repayment_decision AS d ON d.bank_id = f.bank_id AND d.same_as_id = f.id
    WHERE f.is_repayment = 0 AND d.decision = 'confirmed' AND d.attributed = 1
    UNION ALL
    SELECT f.bank_id, f.payment_id, x.id, 0
    FROM record AS f
    INNER JOIN direct_payment AS x ON x.bank_id = f.bank_id AND x.same_as_id = f.id
    WHERE f.is_repayment = 1 AND x.attributed_case_id IS NOT NULL
),
gone (bank_id, payment_id, reversed_at) AS
(
    SELECT f.bank_id, f.payment_id, MAX(COALESCE(d.decided_at, x.reversed_at))
    FROM record AS f
    LEFT JOIN repayment_decision AS d ON d.bank_id = f.bank_id AND d.repayment_id = f.id AND d.decision = 'reversed'
    LEFT JOIN direct_payment AS x ON x.bank_id = f.bank_id AND x.id = f.id
    GROUP BY f.bank_id, f.payment_id
    HAVING COUNT(*) = COUNT(COALESCE(d.decided_at, x.reversed_at))
)
INSERT INTO recovery (bank_id, payment_id, kind, agency_id, case_id, account_id, assignment_id, amount, currency, decided_on)
SELECT v.bank_id, v.payment_id, 'reversed', v.agency_id, v.case_id, v.account_id, v.assignment_id, v.amount, v.currency, CAST(g.reversed_at AS date)
FROM gone AS g
INNER JOIN recovery AS v ON v.bank_id = g.bank_id AND v.payment_id = g.payment_id;
GO

ALTER SECURITY POLICY rls.case_policy WITH (STATE = ON);
GO
ALTER SECURITY POLICY rls.assignment_account_policy WITH (STATE = ON);
GO
ALTER SECURITY POLICY rls.repayment_policy WITH (STATE = ON);
GO
ALTER SECURITY POLICY rls.repayment_decision_policy WITH (STATE = ON);
GO
ALTER SECURITY POLICY rls.direct_payment_policy WITH (STATE = ON);
GO

CREATE SECURITY POLICY rls.recovery_policy
    ADD FILTER PREDICATE rls.work(bank_id, agency_id, case_id) ON dbo.recovery,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.recovery AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.recovery AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.recovery BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.recovery BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON recovery TO agency_app;
DENY UPDATE ON recovery (bank_id, agency_id) TO agency_app;
GO
