-- Settlements of every kind: the terms that each has, the bank's counter-offer, the agency's replies, the first of two approvals, and what
-- an approved proposal becomes, a repayment plan, which the next agency sees too.

-- A table whose checks change is made anew under its name. Foreign keys are off while a migration runs; the last statement looks for orphans.
PRAGMA legacy_alter_table = ON;

DROP VIEW settlement_proposal;
DROP VIEW settlement_proposal_decision;

ALTER TABLE base_settlement_proposal RENAME TO old_settlement_proposal;

CREATE TABLE base_settlement_proposal
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    pay_by TEXT NOT NULL,
    reason_cipher BLOB NOT NULL,
    agency_reference TEXT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    submitted_at TEXT NOT NULL,
    instalments INTEGER NULL,
    first_due_on TEXT NULL,
    waiver INTEGER NULL,
    agree_by TEXT NOT NULL DEFAULT '9999-12-31',
    balance INTEGER NOT NULL DEFAULT 0,
    circumstances_cipher BLOB NULL,
    CONSTRAINT pk_settlement_proposal PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_settlement_proposal_agency_id_id UNIQUE (bank_id, agency_id, id),
    CONSTRAINT uq_settlement_proposal_agency_id_id_case_id UNIQUE (bank_id, agency_id, id, case_id),
    CONSTRAINT fk_settlement_proposal_case_id_account FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES base_case (bank_id, agency_id, id, account_id),
    CONSTRAINT ck_settlement_proposal_terms CHECK ((kind IN ('lump_sum', 'extension') AND instalments IS NULL AND first_due_on IS NULL AND waiver IS NULL) OR (kind = 'fee_waiver' AND waiver > 0 AND instalments IS NULL AND first_due_on IS NULL) OR (kind = 'instalments' AND instalments >= 2 AND instalments <= 60 AND first_due_on IS NOT NULL AND waiver IS NULL)),
    CONSTRAINT ck_settlement_proposal_amount CHECK (amount > 0)
) STRICT, WITHOUT ROWID;

-- Nobody knows any more what was owed when it was proposed.
INSERT INTO base_settlement_proposal (bank_id, id, agency_id, case_id, account_id, kind, amount, currency, pay_by, reason_cipher, agency_reference, person_id, client_id, submitted_at, agree_by, balance)
SELECT bank_id, id, agency_id, case_id, account_id, kind, amount, currency, pay_by, reason_cipher, agency_reference, person_id, client_id, submitted_at, pay_by, amount
FROM old_settlement_proposal;

DROP TABLE old_settlement_proposal;

CREATE INDEX ix_settlement_proposal_agency ON base_settlement_proposal (agency_id, id);

CREATE INDEX ix_settlement_proposal_case ON base_settlement_proposal (bank_id, case_id, id);

CREATE INDEX ix_settlement_proposal_account ON base_settlement_proposal (bank_id, account_id, id);

CREATE INDEX ix_settlement_proposal_reference ON base_settlement_proposal (agency_id, agency_reference, id) WHERE agency_reference IS NOT NULL;

CREATE INDEX ix_settlement_proposal_bank_reference ON base_settlement_proposal (bank_id, agency_reference, id) WHERE agency_reference IS NOT NULL;

CREATE TABLE base_settlement_counter
(
    bank_id INTEGER NOT NULL,
    settlement_proposal_id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    amount INTEGER NOT NULL,
    pay_by TEXT NOT NULL,
    instalments INTEGER NULL,
    first_due_on TEXT NULL,
    waiver INTEGER NULL,
    agree_by TEXT NOT NULL,
    balance INTEGER NOT NULL,
    reason TEXT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    countered_at TEXT NOT NULL,
    CONSTRAINT pk_settlement_counter PRIMARY KEY (bank_id, settlement_proposal_id),
    CONSTRAINT fk_settlement_counter_settlement_proposal FOREIGN KEY (bank_id, agency_id, settlement_proposal_id, case_id) REFERENCES base_settlement_proposal (bank_id, agency_id, id, case_id),
    CONSTRAINT ck_settlement_counter_amount CHECK (amount > 0),
    CONSTRAINT ck_settlement_counter_terms CHECK ((kind IN ('lump_sum', 'extension') AND instalments IS NULL AND first_due_on IS NULL AND waiver IS NULL) OR (kind = 'fee_waiver' AND waiver > 0 AND instalments IS NULL AND first_due_on IS NULL) OR (kind = 'instalments' AND instalments >= 2 AND instalments <= 60 AND first_due_on IS NOT NULL AND waiver IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE base_settlement_reply
(
    bank_id INTEGER NOT NULL,
    settlement_proposal_id BLOB NOT NULL,
    reply TEXT NOT NULL,
    agency_id INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    reason TEXT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    replied_at TEXT NOT NULL,
    CONSTRAINT pk_settlement_reply PRIMARY KEY (bank_id, settlement_proposal_id, reply),
    CONSTRAINT fk_settlement_reply_settlement_proposal FOREIGN KEY (bank_id, agency_id, settlement_proposal_id, case_id) REFERENCES base_settlement_proposal (bank_id, agency_id, id, case_id),
    CONSTRAINT ck_settlement_reply_reply CHECK (reply IN ('accepted', 'declined', 'withdrawn'))
) STRICT, WITHOUT ROWID;

CREATE TABLE base_repayment_plan
(
    bank_id INTEGER NOT NULL,
    settlement_proposal_id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    pay_by TEXT NOT NULL,
    instalments INTEGER NULL,
    first_due_on TEXT NULL,
    waiver INTEGER NULL,
    counts_from TEXT NOT NULL,
    grace_days INTEGER NOT NULL,
    state TEXT NOT NULL,
    paid INTEGER NOT NULL,
    look_on TEXT NOT NULL,
    approved_at TEXT NOT NULL,
    in_force_at TEXT NULL,
    ended_at TEXT NULL,
    reinstated_until TEXT NULL,
    waived_on TEXT NULL,
    CONSTRAINT pk_repayment_plan PRIMARY KEY (bank_id, settlement_proposal_id),
    CONSTRAINT fk_repayment_plan_settlement_proposal FOREIGN KEY (bank_id, agency_id, settlement_proposal_id, case_id) REFERENCES base_settlement_proposal (bank_id, agency_id, id, case_id),
    CONSTRAINT fk_repayment_plan_account FOREIGN KEY (bank_id, account_id) REFERENCES base_account (bank_id, id),
    CONSTRAINT ck_repayment_plan_amount CHECK (amount > 0),
    CONSTRAINT ck_repayment_plan_terms CHECK ((kind IN ('lump_sum', 'extension') AND instalments IS NULL AND first_due_on IS NULL AND waiver IS NULL) OR (kind = 'fee_waiver' AND waiver > 0 AND instalments IS NULL AND first_due_on IS NULL) OR (kind = 'instalments' AND instalments >= 2 AND instalments <= 60 AND first_due_on IS NOT NULL AND waiver IS NULL)),
    CONSTRAINT ck_repayment_plan_state CHECK (state IN ('approved', 'in_force', 'completed', 'defaulted', 'expired')),
    CONSTRAINT ck_repayment_plan_paid CHECK (paid >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_settlement_reply_agency ON base_settlement_reply (agency_id, settlement_proposal_id);

CREATE UNIQUE INDEX uq_settlement_reply_end ON base_settlement_reply (bank_id, settlement_proposal_id) WHERE reply <> 'accepted';

CREATE INDEX ix_settlement_reply_accepted ON base_settlement_reply (bank_id, replied_at) WHERE reply = 'accepted';

CREATE INDEX ix_settlement_counter_agree_by ON base_settlement_counter (bank_id, agree_by, settlement_proposal_id);

CREATE INDEX ix_settlement_counter_agency ON base_settlement_counter (agency_id, settlement_proposal_id);

CREATE INDEX ix_repayment_plan_account ON base_repayment_plan (bank_id, account_id, settlement_proposal_id);

CREATE INDEX ix_repayment_plan_agency ON base_repayment_plan (agency_id, settlement_proposal_id);

CREATE INDEX ix_repayment_plan_look ON base_repayment_plan (bank_id, look_on, settlement_proposal_id) WHERE look_on < '9999-12-31';

CREATE INDEX ix_settlement_proposal_agree_by ON base_settlement_proposal (bank_id, agree_by, id);

-- What was approved before becomes a plan.
INSERT INTO base_repayment_plan (bank_id, settlement_proposal_id, agency_id, case_id, account_id, kind, amount, currency, pay_by, counts_from, grace_days, state, paid, look_on, approved_at, ended_at, waived_on)
SELECT p.bank_id, p.id, p.agency_id, p.case_id, p.account_id, p.kind, p.amount, p.currency, p.pay_by, date(p.submitted_at, '-12 hours'), 10,
    CASE WHEN v.decided_at IS NULL THEN 'approved' ELSE 'completed' END, CASE WHEN v.decided_at IS NULL THEN 0 ELSE p.amount END,
    CASE WHEN v.decided_at IS NULL THEN '0001-01-01' ELSE '9999-12-31' END, w.decided_at, v.decided_at, date(v.decided_at, '-12 hours')
FROM base_settlement_proposal AS p
INNER JOIN base_settlement_proposal_decision AS w ON w.bank_id = p.bank_id AND w.settlement_proposal_id = p.id AND w.decision = 'approved'
LEFT JOIN base_settlement_proposal_decision AS v ON v.bank_id = p.bank_id AND v.settlement_proposal_id = p.id AND v.decision = 'completed';

ALTER TABLE base_settlement_proposal_decision RENAME TO old_settlement_proposal_decision;

CREATE TABLE base_settlement_proposal_decision
(
    bank_id INTEGER NOT NULL,
    settlement_proposal_id BLOB NOT NULL,
    decision TEXT NOT NULL,
    agency_id INTEGER NOT NULL,
    reason TEXT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    decided_at TEXT NOT NULL,
    CONSTRAINT pk_settlement_proposal_decision PRIMARY KEY (bank_id, settlement_proposal_id, decision),
    CONSTRAINT fk_settlement_proposal_decision_settlement_proposal FOREIGN KEY (bank_id, agency_id, settlement_proposal_id) REFERENCES base_settlement_proposal (bank_id, agency_id, id),
    CONSTRAINT ck_settlement_proposal_decision_decision CHECK (decision IN ('first_approved', 'approved', 'rejected', 'expired'))
) STRICT, WITHOUT ROWID;

INSERT INTO base_settlement_proposal_decision (bank_id, settlement_proposal_id, decision, agency_id, reason, person_id, client_id, decided_at)
SELECT bank_id, settlement_proposal_id, decision, agency_id, reason, person_id, client_id, decided_at
FROM old_settlement_proposal_decision
WHERE decision <> 'completed';

DROP TABLE old_settlement_proposal_decision;

CREATE UNIQUE INDEX uq_settlement_proposal_decision_answer ON base_settlement_proposal_decision (bank_id, settlement_proposal_id) WHERE decision <> 'first_approved';

CREATE INDEX ix_settlement_proposal_decision_agency ON base_settlement_proposal_decision (agency_id, settlement_proposal_id);

CREATE VIEW settlement_proposal AS
SELECT bank_id, id, agency_id, case_id, account_id, kind, amount, currency, pay_by, reason_cipher, agency_reference, person_id, client_id, submitted_at, instalments, first_due_on, waiver, agree_by, balance, circumstances_cipher
FROM base_settlement_proposal
WHERE (session_kind() IN ('bank', 'system') AND base_settlement_proposal.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_settlement_proposal.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_settlement_proposal.case_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER settlement_proposal_insert INSTEAD OF INSERT ON settlement_proposal
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into settlement_proposal refused') WHERE ((session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))) IS NOT TRUE;
    INSERT INTO base_settlement_proposal (bank_id, id, agency_id, case_id, account_id, kind, amount, currency, pay_by, reason_cipher, agency_reference, person_id, client_id, submitted_at, instalments, first_due_on, waiver, agree_by, balance, circumstances_cipher)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.case_id, NEW.account_id, NEW.kind, NEW.amount, NEW.currency, NEW.pay_by, NEW.reason_cipher, NEW.agency_reference, NEW.person_id, NEW.client_id, NEW.submitted_at, NEW.instalments, NEW.first_due_on, NEW.waiver, NEW.agree_by, NEW.balance, NEW.circumstances_cipher);
END;

CREATE TRIGGER settlement_proposal_update INSTEAD OF UPDATE ON settlement_proposal
BEGIN
    SELECT RAISE(ABORT, 'isolation: settlement_proposal is append-only');
END;

CREATE TRIGGER settlement_proposal_delete INSTEAD OF DELETE ON settlement_proposal
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from settlement_proposal refused');
END;

CREATE VIEW settlement_proposal_decision AS
SELECT bank_id, settlement_proposal_id, decision, agency_id, reason, person_id, client_id, decided_at
FROM base_settlement_proposal_decision
WHERE (session_kind() IN ('bank', 'system') AND base_settlement_proposal_decision.bank_id = session_tenant())
   
    OR (session_kind() = 'agency' AND base_settlement_proposal_decision.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_settlement_proposal r INNER JOIN base_case_desk k ON k.bank_id = r.bank_id AND k.case_id = r.case_id WHERE k.agency_id = session_tenant() AND r.bank_id = base_settlement_proposal_decision.bank_id AND r.id = base_settlement_proposal_decision.settlement_proposal_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER settlement_proposal_decision_insert INSTEAD OF INSERT ON settlement_proposal_decision
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into settlement_proposal_decision refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_settlement_proposal_decision (bank_id, settlement_proposal_id, decision, agency_id, reason, person_id, client_id, decided_at)
    VALUES (NEW.bank_id, NEW.settlement_proposal_id, NEW.decision, NEW.agency_id, NEW.reason, NEW.person_id, NEW.client_id, NEW.decided_at);
END;

CREATE TRIGGER settlement_proposal_decision_update INSTEAD OF UPDATE ON settlement_proposal_decision
BEGIN
    SELECT RAISE(ABORT, 'isolation: settlement_proposal_decision is append-only');
END;

CREATE TRIGGER settlement_proposal_decision_delete INSTEAD OF DELETE ON settlement_proposal_decision
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from settlement_proposal_decision refused');
END;

CREATE VIEW settlement_counter AS
SELECT bank_id, settlement_proposal_id, agency_id, case_id, kind, amount, pay_by, instalments, first_due_on, waiver, agree_by, balance, reason, person_id, client_id, countered_at
FROM base_settlement_counter
WHERE (session_kind() IN ('bank', 'system') AND base_settlement_counter.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_settlement_counter.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_settlement_counter.case_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER settlement_counter_insert INSTEAD OF INSERT ON settlement_counter
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into settlement_counter refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_settlement_counter (bank_id, settlement_proposal_id, agency_id, case_id, kind, amount, pay_by, instalments, first_due_on, waiver, agree_by, balance, reason, person_id, client_id, countered_at)
    VALUES (NEW.bank_id, NEW.settlement_proposal_id, NEW.agency_id, NEW.case_id, NEW.kind, NEW.amount, NEW.pay_by, NEW.instalments, NEW.first_due_on, NEW.waiver, NEW.agree_by, NEW.balance, NEW.reason, NEW.person_id, NEW.client_id, NEW.countered_at);
END;

CREATE TRIGGER settlement_counter_update INSTEAD OF UPDATE ON settlement_counter
BEGIN
    SELECT RAISE(ABORT, 'isolation: settlement_counter is append-only');
END;

CREATE TRIGGER settlement_counter_delete INSTEAD OF DELETE ON settlement_counter
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from settlement_counter refused');
END;

CREATE VIEW settlement_reply AS
SELECT bank_id, settlement_proposal_id, reply, agency_id, case_id, reason, person_id, client_id, replied_at
FROM base_settlement_reply
WHERE (session_kind() IN ('bank', 'system') AND base_settlement_reply.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_settlement_reply.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_settlement_reply.case_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER settlement_reply_insert INSTEAD OF INSERT ON settlement_reply
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into settlement_reply refused') WHERE ((session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))) IS NOT TRUE;
    INSERT INTO base_settlement_reply (bank_id, settlement_proposal_id, reply, agency_id, case_id, reason, person_id, client_id, replied_at)
    VALUES (NEW.bank_id, NEW.settlement_proposal_id, NEW.reply, NEW.agency_id, NEW.case_id, NEW.reason, NEW.person_id, NEW.client_id, NEW.replied_at);
END;

CREATE TRIGGER settlement_reply_update INSTEAD OF UPDATE ON settlement_reply
BEGIN
    SELECT RAISE(ABORT, 'isolation: settlement_reply is append-only');
END;

CREATE TRIGGER settlement_reply_delete INSTEAD OF DELETE ON settlement_reply
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from settlement_reply refused');
END;

-- The agency that proposed it, and the one that has the account now.
CREATE VIEW repayment_plan AS
SELECT bank_id, settlement_proposal_id, agency_id, case_id, account_id, kind, amount, currency, pay_by, instalments, first_due_on, waiver, counts_from, grace_days, state, paid, look_on, approved_at, in_force_at, ended_at, reinstated_until, waived_on
FROM base_repayment_plan
WHERE (session_kind() IN ('bank', 'system') AND base_repayment_plan.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_repayment_plan.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_repayment_plan.case_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))))
    OR (session_kind() = 'agency' AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.account_id = base_repayment_plan.account_id AND c.bank_id = base_repayment_plan.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))));

CREATE TRIGGER repayment_plan_insert INSTEAD OF INSERT ON repayment_plan
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into repayment_plan refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_repayment_plan (bank_id, settlement_proposal_id, agency_id, case_id, account_id, kind, amount, currency, pay_by, instalments, first_due_on, waiver, counts_from, grace_days, state, paid, look_on, approved_at, in_force_at, ended_at, reinstated_until, waived_on)
    VALUES (NEW.bank_id, NEW.settlement_proposal_id, NEW.agency_id, NEW.case_id, NEW.account_id, NEW.kind, NEW.amount, NEW.currency, NEW.pay_by, NEW.instalments, NEW.first_due_on, NEW.waiver, NEW.counts_from, NEW.grace_days, NEW.state, NEW.paid, NEW.look_on, NEW.approved_at, NEW.in_force_at, NEW.ended_at, NEW.reinstated_until, NEW.waived_on);
END;

CREATE TRIGGER repayment_plan_update INSTEAD OF UPDATE ON repayment_plan
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of repayment_plan refused') WHERE ((session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant())) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of repayment_plan refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant())) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of repayment_plan is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.settlement_proposal_id IS NOT OLD.settlement_proposal_id OR NEW.agency_id IS NOT OLD.agency_id OR NEW.case_id IS NOT OLD.case_id OR NEW.account_id IS NOT OLD.account_id OR NEW.kind IS NOT OLD.kind OR NEW.amount IS NOT OLD.amount OR NEW.currency IS NOT OLD.currency OR NEW.pay_by IS NOT OLD.pay_by OR NEW.instalments IS NOT OLD.instalments OR NEW.first_due_on IS NOT OLD.first_due_on OR NEW.waiver IS NOT OLD.waiver OR NEW.counts_from IS NOT OLD.counts_from OR NEW.grace_days IS NOT OLD.grace_days OR NEW.approved_at IS NOT OLD.approved_at;
    UPDATE base_repayment_plan SET state = NEW.state, paid = NEW.paid, look_on = NEW.look_on, in_force_at = NEW.in_force_at, ended_at = NEW.ended_at, reinstated_until = NEW.reinstated_until, waived_on = NEW.waived_on WHERE bank_id = OLD.bank_id AND settlement_proposal_id = OLD.settlement_proposal_id;
    SELECT RAISE(ABORT, 'isolation: update of repayment_plan changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER repayment_plan_delete INSTEAD OF DELETE ON repayment_plan
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from repayment_plan refused');
END;

PRAGMA legacy_alter_table = OFF;

CREATE TEMP TABLE orphan (count INTEGER NOT NULL CONSTRAINT ck_orphan CHECK (count = 0));
INSERT INTO orphan SELECT COUNT(*) FROM pragma_foreign_key_check;
DROP TABLE orphan;
