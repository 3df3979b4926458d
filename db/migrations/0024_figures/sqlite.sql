-- What figures are made of and an agency keeps when it loses the account: what was owed on a case when it was placed, and the money that
-- was recovered on it, a row when it came and a row when it went.

DROP VIEW [case];

ALTER TABLE base_case ADD COLUMN placed INTEGER NOT NULL DEFAULT 0;

UPDATE base_case
SET placed = n.principal + n.interest + n.fees
FROM base_assignment_account AS n
WHERE n.bank_id = base_case.bank_id AND n.assignment_id = base_case.assignment_id AND n.account_id = base_case.account_id;

CREATE VIEW [case] AS
SELECT bank_id, id, agency_id, assignment_id, account_id, debtor_id, state, opened_at, ended_at, end_reason, recall_on, recall_reason, extended_to, answered_motion_id, objection_refused_at, late_until, retain_until, erased_at, placed
FROM base_case
WHERE (session_kind() IN ('bank', 'system') AND base_case.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_case.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_case.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER case_insert INSTEAD OF INSERT ON [case]
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into case refused') WHERE ((session_kind() = 'system' AND NEW.bank_id = session_tenant())) IS NOT TRUE;
    INSERT INTO base_case (bank_id, id, agency_id, assignment_id, account_id, debtor_id, state, opened_at, ended_at, end_reason, recall_on, recall_reason, extended_to, answered_motion_id, objection_refused_at, late_until, retain_until, erased_at, placed)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.assignment_id, NEW.account_id, NEW.debtor_id, NEW.state, NEW.opened_at, NEW.ended_at, NEW.end_reason, NEW.recall_on, NEW.recall_reason, NEW.extended_to, NEW.answered_motion_id, NEW.objection_refused_at, NEW.late_until, NEW.retain_until, NEW.erased_at, COALESCE(NEW.placed, 0));
END;

CREATE TRIGGER case_update INSTEAD OF UPDATE ON [case]
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of case refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of case refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of case is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.agency_id IS NOT OLD.agency_id OR NEW.assignment_id IS NOT OLD.assignment_id OR NEW.account_id IS NOT OLD.account_id OR NEW.debtor_id IS NOT OLD.debtor_id OR NEW.opened_at IS NOT OLD.opened_at OR NEW.placed IS NOT OLD.placed;
    UPDATE base_case SET state = NEW.state, ended_at = NEW.ended_at, end_reason = NEW.end_reason, recall_on = NEW.recall_on, recall_reason = NEW.recall_reason, extended_to = NEW.extended_to, answered_motion_id = NEW.answered_motion_id, objection_refused_at = NEW.objection_refused_at, late_until = NEW.late_until, retain_until = NEW.retain_until, erased_at = NEW.erased_at WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of case changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER case_delete INSTEAD OF DELETE ON [case]
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from case refused');
END;

CREATE TABLE base_recovery
(
    bank_id INTEGER NOT NULL,
    payment_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    agency_id INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    assignment_id BLOB NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    decided_on TEXT NOT NULL,
    CONSTRAINT pk_recovery PRIMARY KEY (bank_id, payment_id, kind),
    CONSTRAINT fk_recovery_case FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES base_case (bank_id, agency_id, id, account_id),
    CONSTRAINT fk_recovery_assignment FOREIGN KEY (bank_id, agency_id, assignment_id) REFERENCES base_assignment (bank_id, agency_id, id),
    CONSTRAINT ck_recovery_kind CHECK (kind IN ('confirmed', 'reversed')),
    CONSTRAINT ck_recovery_amount CHECK (amount > 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_recovery_case ON base_recovery (bank_id, case_id);

CREATE INDEX ix_recovery_bank ON base_recovery (bank_id, assignment_id, decided_on);

CREATE INDEX ix_recovery_agency ON base_recovery (agency_id, assignment_id, decided_on);

-- What stood before: the first record that is attributed to a case brings the money.
INSERT INTO base_recovery (bank_id, payment_id, kind, agency_id, case_id, account_id, assignment_id, amount, currency, decided_on)
SELECT d.bank_id, d.repayment_id, 'confirmed', c.agency_id, c.id, c.account_id, c.assignment_id, r.amount - d.overpaid, r.currency, date(d.decided_at)
FROM base_repayment_decision AS d
INNER JOIN base_repayment AS r ON r.bank_id = d.bank_id AND r.id = d.repayment_id
INNER JOIN base_case AS c ON c.bank_id = r.bank_id AND c.id = r.case_id
WHERE d.decision = 'confirmed' AND d.attributed = 1 AND r.amount > d.overpaid
    AND NOT EXISTS (SELECT 1 FROM base_direct_payment AS t WHERE t.bank_id = d.bank_id AND t.id = d.same_as_id AND t.attributed_case_id IS NOT NULL)
UNION ALL
SELECT x.bank_id, x.id, 'confirmed', c.agency_id, c.id, c.account_id, c.assignment_id, x.amount - x.overpaid, x.currency, date(x.booked_at)
FROM base_direct_payment AS x
INNER JOIN base_case AS c ON c.bank_id = x.bank_id AND c.id = x.attributed_case_id
WHERE x.same_as_id IS NULL AND x.amount > x.overpaid;

-- Its last record takes it away: each names the one that it was matched with.
WITH record (bank_id, payment_id, id, is_repayment) AS
(
    SELECT v.bank_id, v.payment_id, v.payment_id, CASE WHEN EXISTS (SELECT 1 FROM base_repayment AS r WHERE r.bank_id = v.bank_id AND r.id = v.payment_id) THEN 1 ELSE 0 END
    FROM base_recovery AS v
    UNION ALL
    SELECT f.bank_id, f.payment_id, d.repayment_id, 1
    FROM record AS f
    INNER JOIN base_repayment_decision AS d ON d.bank_id = f.bank_id AND d.same_as_id = f.id
    WHERE f.is_repayment = 0 AND d.decision = 'confirmed' AND d.attributed = 1
    UNION ALL
    SELECT f.bank_id, f.payment_id, x.id, 0
    FROM record AS f
    INNER JOIN base_direct_payment AS x ON x.bank_id = f.bank_id AND x.same_as_id = f.id
    WHERE f.is_repayment = 1 AND x.attributed_case_id IS NOT NULL
),
gone (bank_id, payment_id, reversed_at) AS
(
    SELECT f.bank_id, f.payment_id, MAX(COALESCE(d.decided_at, x.reversed_at))
    FROM record AS f
    LEFT JOIN base_repayment_decision AS d ON d.bank_id = f.bank_id AND d.repayment_id = f.id AND d.decision = 'reversed'
    LEFT JOIN base_direct_payment AS x ON x.bank_id = f.bank_id AND x.id = f.id
    GROUP BY f.bank_id, f.payment_id
    HAVING COUNT(*) = COUNT(COALESCE(d.decided_at, x.reversed_at))
)
INSERT INTO base_recovery (bank_id, payment_id, kind, agency_id, case_id, account_id, assignment_id, amount, currency, decided_on)
SELECT v.bank_id, v.payment_id, 'reversed', v.agency_id, v.case_id, v.account_id, v.assignment_id, v.amount, v.currency, date(g.reversed_at)
FROM gone AS g
INNER JOIN base_recovery AS v ON v.bank_id = g.bank_id AND v.payment_id = g.payment_id;

CREATE VIEW recovery AS
SELECT bank_id, payment_id, kind, agency_id, case_id, account_id, assignment_id, amount, currency, decided_on
FROM base_recovery
WHERE (session_kind() IN ('bank', 'system') AND base_recovery.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_recovery.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_recovery.case_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER recovery_insert INSTEAD OF INSERT ON recovery
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into recovery refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant())) IS NOT TRUE;
    INSERT INTO base_recovery (bank_id, payment_id, kind, agency_id, case_id, account_id, assignment_id, amount, currency, decided_on)
    VALUES (NEW.bank_id, NEW.payment_id, NEW.kind, NEW.agency_id, NEW.case_id, NEW.account_id, NEW.assignment_id, NEW.amount, NEW.currency, NEW.decided_on);
END;

CREATE TRIGGER recovery_update INSTEAD OF UPDATE ON recovery
BEGIN
    SELECT RAISE(ABORT, 'isolation: recovery is append-only');
END;

CREATE TRIGGER recovery_delete INSTEAD OF DELETE ON recovery
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from recovery refused');
END;
