-- Statements: what an agency earned on the money that a bank confirmed in a month, line by line; made by the system, issued and reissued by the
-- agency, answered by the bank. A line is seen by whoever sees its case's work, the rest by both sides.

CREATE INDEX ix_repayment_decision_decided ON base_repayment_decision (bank_id, agency_id, decided_at);

CREATE INDEX ix_direct_payment_booked ON base_direct_payment (bank_id, booked_at) WHERE attributed_case_id IS NOT NULL;

CREATE INDEX ix_direct_payment_reversed ON base_direct_payment (bank_id, reversed_at) WHERE reversed_at IS NOT NULL;

CREATE TABLE base_statement_month
(
    bank_id INTEGER NOT NULL,
    agency_id INTEGER NOT NULL,
    month TEXT NOT NULL,
    closed_at TEXT NOT NULL,
    CONSTRAINT pk_statement_month PRIMARY KEY (bank_id, agency_id, month),
    CONSTRAINT fk_statement_month_bank FOREIGN KEY (bank_id) REFERENCES base_tenant (tenant_id),
    CONSTRAINT fk_statement_month_agency FOREIGN KEY (agency_id) REFERENCES base_tenant (tenant_id)
) STRICT, WITHOUT ROWID;

CREATE VIEW statement_month AS
SELECT bank_id, agency_id, month, closed_at
FROM base_statement_month
WHERE (session_kind() IN ('bank', 'system') AND base_statement_month.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_statement_month.agency_id = session_tenant());

CREATE TRIGGER statement_month_insert INSTEAD OF INSERT ON statement_month
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into statement_month refused') WHERE (session_kind() = 'system' AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_statement_month (bank_id, agency_id, month, closed_at)
    VALUES (NEW.bank_id, NEW.agency_id, NEW.month, NEW.closed_at);
END;

CREATE TRIGGER statement_month_update INSTEAD OF UPDATE ON statement_month
BEGIN
    SELECT RAISE(ABORT, 'isolation: statement_month is append-only');
END;

CREATE TRIGGER statement_month_delete INSTEAD OF DELETE ON statement_month
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from statement_month refused');
END;

CREATE TABLE base_statement
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    month TEXT NOT NULL,
    currency TEXT NOT NULL,
    line_count INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    commission INTEGER NOT NULL,
    drafted_at TEXT NOT NULL,
    locked_at TEXT NULL,
    CONSTRAINT pk_statement PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_statement_agency_id_id UNIQUE (bank_id, agency_id, id),
    CONSTRAINT uq_statement_month_currency UNIQUE (bank_id, agency_id, month, currency),
    CONSTRAINT fk_statement_month FOREIGN KEY (bank_id, agency_id, month) REFERENCES base_statement_month (bank_id, agency_id, month),
    CONSTRAINT ck_statement_line_count CHECK (line_count > 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_statement_agency ON base_statement (agency_id, id);

CREATE VIEW statement AS
SELECT bank_id, id, agency_id, month, currency, line_count, amount, commission, drafted_at, locked_at
FROM base_statement
WHERE (session_kind() IN ('bank', 'system') AND base_statement.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_statement.agency_id = session_tenant());

CREATE TRIGGER statement_insert INSTEAD OF INSERT ON statement
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into statement refused') WHERE (session_kind() = 'system' AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_statement (bank_id, id, agency_id, month, currency, line_count, amount, commission, drafted_at, locked_at)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.month, NEW.currency, NEW.line_count, NEW.amount, NEW.commission, NEW.drafted_at, NEW.locked_at);
END;

CREATE TRIGGER statement_update INSTEAD OF UPDATE ON statement
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of statement refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of statement refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of statement is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.agency_id IS NOT OLD.agency_id OR NEW.month IS NOT OLD.month OR NEW.currency IS NOT OLD.currency OR NEW.line_count IS NOT OLD.line_count OR NEW.amount IS NOT OLD.amount OR NEW.commission IS NOT OLD.commission OR NEW.drafted_at IS NOT OLD.drafted_at;
    UPDATE base_statement SET locked_at = NEW.locked_at WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of statement changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER statement_delete INSTEAD OF DELETE ON statement
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from statement refused');
END;

CREATE TABLE base_statement_line
(
    bank_id INTEGER NOT NULL,
    statement_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    agency_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    repayment_id BLOB NULL,
    direct_payment_id BLOB NULL,
    case_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    assignment_id BLOB NOT NULL,
    agreement_id BLOB NOT NULL,
    agreement_version INTEGER NOT NULL,
    cycle INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    overpaid INTEGER NOT NULL,
    basis_points INTEGER NULL,
    pieces TEXT NOT NULL,
    earned INTEGER NOT NULL,
    account_cap_taken INTEGER NOT NULL,
    statement_cap_taken INTEGER NOT NULL,
    commission INTEGER NOT NULL,
    is_undone INTEGER NOT NULL,
    paid_on TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    original_statement_id BLOB NULL,
    original_number INTEGER NULL,
    CONSTRAINT pk_statement_line PRIMARY KEY (bank_id, statement_id, number),
    CONSTRAINT fk_statement_line_statement FOREIGN KEY (bank_id, agency_id, statement_id) REFERENCES base_statement (bank_id, agency_id, id),
    CONSTRAINT fk_statement_line_repayment FOREIGN KEY (bank_id, agency_id, repayment_id) REFERENCES base_repayment (bank_id, agency_id, id),
    CONSTRAINT fk_statement_line_direct_payment FOREIGN KEY (bank_id, direct_payment_id) REFERENCES base_direct_payment (bank_id, id),
    CONSTRAINT fk_statement_line_original FOREIGN KEY (bank_id, original_statement_id, original_number) REFERENCES base_statement_line (bank_id, statement_id, number),
    CONSTRAINT ck_statement_line_kind CHECK (kind IN ('repayment', 'reversal')),
    CONSTRAINT ck_statement_line_payment CHECK ((repayment_id IS NOT NULL AND direct_payment_id IS NULL) OR (repayment_id IS NULL AND direct_payment_id IS NOT NULL)),
    CONSTRAINT ck_statement_line_commission CHECK (commission = earned - account_cap_taken - statement_cap_taken)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX uq_statement_line_repayment ON base_statement_line (bank_id, repayment_id, kind) WHERE repayment_id IS NOT NULL;

CREATE UNIQUE INDEX uq_statement_line_direct_payment ON base_statement_line (bank_id, direct_payment_id, kind) WHERE direct_payment_id IS NOT NULL;

CREATE INDEX ix_statement_line_case ON base_statement_line (case_id, bank_id);

CREATE VIEW statement_line AS
SELECT bank_id, statement_id, number, agency_id, kind, repayment_id, direct_payment_id, case_id, account_id, assignment_id, agreement_id, agreement_version, cycle, amount, overpaid, basis_points, pieces, earned, account_cap_taken, statement_cap_taken, commission, is_undone, paid_on, decided_at, original_statement_id, original_number
FROM base_statement_line
WHERE (session_kind() IN ('bank', 'system') AND base_statement_line.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_statement_line.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_statement_line.case_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER statement_line_insert INSTEAD OF INSERT ON statement_line
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into statement_line refused') WHERE (session_kind() = 'system' AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_statement_line (bank_id, statement_id, number, agency_id, kind, repayment_id, direct_payment_id, case_id, account_id, assignment_id, agreement_id, agreement_version, cycle, amount, overpaid, basis_points, pieces, earned, account_cap_taken, statement_cap_taken, commission, is_undone, paid_on, decided_at, original_statement_id, original_number)
    VALUES (NEW.bank_id, NEW.statement_id, NEW.number, NEW.agency_id, NEW.kind, NEW.repayment_id, NEW.direct_payment_id, NEW.case_id, NEW.account_id, NEW.assignment_id, NEW.agreement_id, NEW.agreement_version, NEW.cycle, NEW.amount, NEW.overpaid, NEW.basis_points, NEW.pieces, NEW.earned, NEW.account_cap_taken, NEW.statement_cap_taken, NEW.commission, NEW.is_undone, NEW.paid_on, NEW.decided_at, NEW.original_statement_id, NEW.original_number);
END;

CREATE TRIGGER statement_line_update INSTEAD OF UPDATE ON statement_line
BEGIN
    SELECT RAISE(ABORT, 'isolation: statement_line is append-only');
END;

CREATE TRIGGER statement_line_delete INSTEAD OF DELETE ON statement_line
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from statement_line refused');
END;

CREATE TABLE base_statement_issue
(
    bank_id INTEGER NOT NULL,
    statement_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    agency_id INTEGER NOT NULL,
    adjusted INTEGER NOT NULL,
    total INTEGER NOT NULL,
    note TEXT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    issued_at TEXT NOT NULL,
    CONSTRAINT pk_statement_issue PRIMARY KEY (bank_id, statement_id, version),
    CONSTRAINT uq_statement_issue_agency_id_version UNIQUE (bank_id, agency_id, statement_id, version),
    CONSTRAINT fk_statement_issue_statement FOREIGN KEY (bank_id, agency_id, statement_id) REFERENCES base_statement (bank_id, agency_id, id),
    CONSTRAINT ck_statement_issue_version CHECK (version > 0)
) STRICT, WITHOUT ROWID;

CREATE VIEW statement_issue AS
SELECT bank_id, statement_id, version, agency_id, adjusted, total, note, person_id, client_id, issued_at
FROM base_statement_issue
WHERE (session_kind() IN ('bank', 'system') AND base_statement_issue.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_statement_issue.agency_id = session_tenant());

CREATE TRIGGER statement_issue_insert INSTEAD OF INSERT ON statement_issue
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into statement_issue refused') WHERE (session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND session_sight() = 'all') IS NOT TRUE;
    INSERT INTO base_statement_issue (bank_id, statement_id, version, agency_id, adjusted, total, note, person_id, client_id, issued_at)
    VALUES (NEW.bank_id, NEW.statement_id, NEW.version, NEW.agency_id, NEW.adjusted, NEW.total, NEW.note, NEW.person_id, NEW.client_id, NEW.issued_at);
END;

CREATE TRIGGER statement_issue_update INSTEAD OF UPDATE ON statement_issue
BEGIN
    SELECT RAISE(ABORT, 'isolation: statement_issue is append-only');
END;

CREATE TRIGGER statement_issue_delete INSTEAD OF DELETE ON statement_issue
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from statement_issue refused');
END;

CREATE TABLE base_statement_adjustment
(
    bank_id INTEGER NOT NULL,
    statement_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    number INTEGER NOT NULL,
    agency_id INTEGER NOT NULL,
    line_number INTEGER NULL,
    amount INTEGER NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_statement_adjustment PRIMARY KEY (bank_id, statement_id, version, number),
    CONSTRAINT fk_statement_adjustment_issue FOREIGN KEY (bank_id, agency_id, statement_id, version) REFERENCES base_statement_issue (bank_id, agency_id, statement_id, version),
    CONSTRAINT fk_statement_adjustment_line FOREIGN KEY (bank_id, statement_id, line_number) REFERENCES base_statement_line (bank_id, statement_id, number),
    CONSTRAINT ck_statement_adjustment_amount CHECK (amount <> 0)
) STRICT, WITHOUT ROWID;

CREATE VIEW statement_adjustment AS
SELECT bank_id, statement_id, version, number, agency_id, line_number, amount, reason
FROM base_statement_adjustment
WHERE (session_kind() IN ('bank', 'system') AND base_statement_adjustment.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_statement_adjustment.agency_id = session_tenant());

CREATE TRIGGER statement_adjustment_insert INSTEAD OF INSERT ON statement_adjustment
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into statement_adjustment refused') WHERE (session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND session_sight() = 'all') IS NOT TRUE;
    INSERT INTO base_statement_adjustment (bank_id, statement_id, version, number, agency_id, line_number, amount, reason)
    VALUES (NEW.bank_id, NEW.statement_id, NEW.version, NEW.number, NEW.agency_id, NEW.line_number, NEW.amount, NEW.reason);
END;

CREATE TRIGGER statement_adjustment_update INSTEAD OF UPDATE ON statement_adjustment
BEGIN
    SELECT RAISE(ABORT, 'isolation: statement_adjustment is append-only');
END;

CREATE TRIGGER statement_adjustment_delete INSTEAD OF DELETE ON statement_adjustment
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from statement_adjustment refused');
END;

CREATE TABLE base_statement_decision
(
    bank_id INTEGER NOT NULL,
    statement_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    decision TEXT NOT NULL,
    agency_id INTEGER NOT NULL,
    reason TEXT NULL,
    reference TEXT NULL,
    paid_on TEXT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    decided_at TEXT NOT NULL,
    CONSTRAINT pk_statement_decision PRIMARY KEY (bank_id, statement_id, version, decision),
    CONSTRAINT fk_statement_decision_issue FOREIGN KEY (bank_id, agency_id, statement_id, version) REFERENCES base_statement_issue (bank_id, agency_id, statement_id, version),
    CONSTRAINT ck_statement_decision_decision CHECK ((decision = 'disputed' AND reason IS NOT NULL AND reference IS NULL AND paid_on IS NULL) OR (decision = 'agreed' AND reason IS NULL AND reference IS NULL AND paid_on IS NULL) OR (decision = 'paid' AND reason IS NULL AND reference IS NOT NULL AND paid_on IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX uq_statement_decision_answer ON base_statement_decision (bank_id, statement_id, version) WHERE decision <> 'paid';

CREATE VIEW statement_decision AS
SELECT bank_id, statement_id, version, decision, agency_id, reason, reference, paid_on, person_id, client_id, decided_at
FROM base_statement_decision
WHERE (session_kind() IN ('bank', 'system') AND base_statement_decision.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_statement_decision.agency_id = session_tenant());

CREATE TRIGGER statement_decision_insert INSTEAD OF INSERT ON statement_decision
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into statement_decision refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_statement_decision (bank_id, statement_id, version, decision, agency_id, reason, reference, paid_on, person_id, client_id, decided_at)
    VALUES (NEW.bank_id, NEW.statement_id, NEW.version, NEW.decision, NEW.agency_id, NEW.reason, NEW.reference, NEW.paid_on, NEW.person_id, NEW.client_id, NEW.decided_at);
END;

CREATE TRIGGER statement_decision_update INSTEAD OF UPDATE ON statement_decision
BEGIN
    SELECT RAISE(ABORT, 'isolation: statement_decision is append-only');
END;

CREATE TRIGGER statement_decision_delete INSTEAD OF DELETE ON statement_decision
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from statement_decision refused');
END;

CREATE TABLE base_statement_objection
(
    bank_id INTEGER NOT NULL,
    statement_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    line_number INTEGER NOT NULL,
    agency_id INTEGER NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_statement_objection PRIMARY KEY (bank_id, statement_id, version, line_number),
    CONSTRAINT fk_statement_objection_issue FOREIGN KEY (bank_id, agency_id, statement_id, version) REFERENCES base_statement_issue (bank_id, agency_id, statement_id, version),
    CONSTRAINT fk_statement_objection_line FOREIGN KEY (bank_id, statement_id, line_number) REFERENCES base_statement_line (bank_id, statement_id, number)
) STRICT, WITHOUT ROWID;

CREATE VIEW statement_objection AS
SELECT bank_id, statement_id, version, line_number, agency_id, reason
FROM base_statement_objection
WHERE (session_kind() IN ('bank', 'system') AND base_statement_objection.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_statement_objection.agency_id = session_tenant());

CREATE TRIGGER statement_objection_insert INSTEAD OF INSERT ON statement_objection
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into statement_objection refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_statement_objection (bank_id, statement_id, version, line_number, agency_id, reason)
    VALUES (NEW.bank_id, NEW.statement_id, NEW.version, NEW.line_number, NEW.agency_id, NEW.reason);
END;

CREATE TRIGGER statement_objection_update INSTEAD OF UPDATE ON statement_objection
BEGIN
    SELECT RAISE(ABORT, 'isolation: statement_objection is append-only');
END;

CREATE TRIGGER statement_objection_delete INSTEAD OF DELETE ON statement_objection
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from statement_objection refused');
END;
