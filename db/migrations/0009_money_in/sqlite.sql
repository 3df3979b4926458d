-- Money as it comes in: files that refresh balances, where a debtor paid and who did, reports withdrawn, payments that went to the bank
-- itself, references that a bank's system gives each payment, and movements that name what is behind them.

-- Tables whose checks change are made anew under their names. Foreign keys are off while a migration runs; the last statement looks for orphans.
PRAGMA legacy_alter_table = ON;

DROP VIEW import;
DROP VIEW account;
DROP VIEW ledger_entry;
DROP VIEW repayment;
DROP VIEW repayment_decision;

ALTER TABLE base_account ADD COLUMN refreshed_on TEXT NULL;
ALTER TABLE base_account ADD COLUMN last_import_id BLOB NULL;

ALTER TABLE base_import RENAME TO old_import;

CREATE TABLE base_import
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    portfolio_id BLOB NOT NULL,
    format TEXT NOT NULL,
    as_of TEXT NOT NULL,
    state TEXT NOT NULL,
    compressed INTEGER NOT NULL,
    file_sha256 BLOB NOT NULL,
    bytes INTEGER NOT NULL,
    rows_read INTEGER NOT NULL,
    rows_accepted INTEGER NOT NULL,
    rows_known INTEGER NOT NULL,
    rows_rejected INTEGER NOT NULL,
    failure_code TEXT NULL,
    created_at TEXT NOT NULL,
    started_at TEXT NULL,
    finished_at TEXT NULL,
    mode TEXT NOT NULL DEFAULT 'new',
    rows_refreshed INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT pk_import PRIMARY KEY (bank_id, id),
    CONSTRAINT fk_import_bank FOREIGN KEY (bank_id) REFERENCES base_tenant (tenant_id),
    CONSTRAINT fk_import_portfolio FOREIGN KEY (bank_id, portfolio_id) REFERENCES base_portfolio (bank_id, id),
    CONSTRAINT ck_import_format CHECK (format IN ('csv', 'ndjson')),
    CONSTRAINT ck_import_state CHECK (state IN ('queued', 'running', 'completed', 'failed')),
    CONSTRAINT ck_import_mode CHECK (mode IN ('new', 'refresh', 'both'))
) STRICT, WITHOUT ROWID;

INSERT INTO base_import (bank_id, id, portfolio_id, format, as_of, state, compressed, file_sha256, bytes, rows_read, rows_accepted, rows_known, rows_rejected, failure_code, created_at, started_at, finished_at)
SELECT bank_id, id, portfolio_id, format, as_of, state, compressed, file_sha256, bytes, rows_read, rows_accepted, rows_known, rows_rejected, failure_code, created_at, started_at, finished_at
FROM old_import;

DROP TABLE old_import;

CREATE INDEX ix_import_portfolio ON base_import (bank_id, portfolio_id, id);

CREATE INDEX ix_import_unfinished ON base_import (bank_id, id) WHERE finished_at IS NULL;

ALTER TABLE base_ledger_entry RENAME TO old_ledger_entry;

CREATE TABLE base_ledger_entry
(
    bank_id INTEGER NOT NULL,
    account_id BLOB NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    bucket TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    cause_id BLOB NOT NULL,
    effective_on TEXT NOT NULL,
    created_at TEXT NOT NULL,
    cause_kind TEXT NULL,
    CONSTRAINT pk_ledger_entry PRIMARY KEY (bank_id, account_id, id),
    CONSTRAINT fk_ledger_entry_account FOREIGN KEY (bank_id, account_id) REFERENCES base_account (bank_id, id),
    CONSTRAINT ck_ledger_entry_kind CHECK (kind IN ('opening', 'adjustment', 'repayment', 'reversal', 'waiver')),
    CONSTRAINT ck_ledger_entry_bucket CHECK (bucket IN ('principal', 'interest', 'fees')),
    CONSTRAINT ck_ledger_entry_amount CHECK (amount <> 0),
    CONSTRAINT ck_ledger_entry_cause_kind CHECK (cause_kind IN ('import', 'repayment', 'direct_payment', 'settlement_proposal'))
) STRICT, WITHOUT ROWID;

INSERT INTO base_ledger_entry (bank_id, account_id, id, kind, bucket, amount, currency, cause_id, effective_on, created_at)
SELECT bank_id, account_id, id, kind, bucket, amount, currency, cause_id, effective_on, created_at
FROM old_ledger_entry;

DROP TABLE old_ledger_entry;

CREATE INDEX ix_ledger_entry_cause ON base_ledger_entry (bank_id, cause_id, id);

CREATE INDEX ix_ledger_entry_posted ON base_ledger_entry (bank_id, created_at) WHERE kind <> 'opening';

ALTER TABLE base_repayment RENAME TO old_repayment;

CREATE TABLE base_repayment
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    paid_on TEXT NOT NULL,
    over_balance INTEGER NOT NULL,
    agency_reference TEXT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    reported_at TEXT NOT NULL,
    channel TEXT NULL,
    payer TEXT NOT NULL DEFAULT 'debtor',
    payer_consent INTEGER NOT NULL DEFAULT 0,
    payer_cipher BLOB NULL,
    CONSTRAINT pk_repayment PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_repayment_agency_id_id UNIQUE (bank_id, agency_id, id),
    CONSTRAINT uq_repayment_agency_id_id_case_id UNIQUE (bank_id, agency_id, id, case_id),
    CONSTRAINT fk_repayment_case_id_account FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES base_case (bank_id, agency_id, id, account_id),
    CONSTRAINT ck_repayment_amount CHECK (amount > 0),
    CONSTRAINT ck_repayment_payer CHECK (payer IN ('debtor', 'liable_party') OR (payer = 'third_party' AND payer_consent = 1 AND payer_cipher IS NOT NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO base_repayment (bank_id, id, agency_id, case_id, account_id, amount, currency, paid_on, over_balance, agency_reference, person_id, client_id, reported_at)
SELECT bank_id, id, agency_id, case_id, account_id, amount, currency, paid_on, over_balance, agency_reference, person_id, client_id, reported_at
FROM old_repayment;

DROP TABLE old_repayment;

CREATE INDEX ix_repayment_agency ON base_repayment (agency_id, id);

CREATE INDEX ix_repayment_case ON base_repayment (bank_id, case_id, id);

CREATE INDEX ix_repayment_account ON base_repayment (bank_id, account_id, id);

CREATE INDEX ix_repayment_reference ON base_repayment (agency_id, agency_reference, id) WHERE agency_reference IS NOT NULL;

CREATE INDEX ix_repayment_bank_reference ON base_repayment (bank_id, agency_reference, id) WHERE agency_reference IS NOT NULL;

CREATE TABLE base_direct_payment
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    agency_id INTEGER NULL,
    case_id BLOB NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    paid_on TEXT NOT NULL,
    overpaid INTEGER NOT NULL,
    attributed_case_id BLOB NULL,
    same_as_id BLOB NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    booked_at TEXT NOT NULL,
    reversed_at TEXT NULL,
    reversal_reason TEXT NULL,
    reversed_by_person_id BLOB NULL,
    reversed_by_client_id TEXT NULL,
    CONSTRAINT pk_direct_payment PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_direct_payment_agency_id_id_case_id UNIQUE (bank_id, agency_id, id, case_id),
    CONSTRAINT fk_direct_payment_account FOREIGN KEY (bank_id, account_id) REFERENCES base_account (bank_id, id),
    CONSTRAINT fk_direct_payment_case FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES base_case (bank_id, agency_id, id, account_id),
    CONSTRAINT fk_direct_payment_same_as FOREIGN KEY (bank_id, same_as_id) REFERENCES base_repayment (bank_id, id),
    CONSTRAINT ck_direct_payment_amount CHECK (amount > 0),
    CONSTRAINT ck_direct_payment_overpaid CHECK (overpaid >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_direct_payment_account ON base_direct_payment (bank_id, account_id, id);

CREATE INDEX ix_direct_payment_agency ON base_direct_payment (agency_id, id) WHERE agency_id IS NOT NULL;

CREATE INDEX ix_direct_payment_same_as ON base_direct_payment (bank_id, same_as_id) WHERE same_as_id IS NOT NULL;

ALTER TABLE base_repayment_decision RENAME TO old_repayment_decision;

CREATE TABLE base_repayment_decision
(
    bank_id INTEGER NOT NULL,
    repayment_id BLOB NOT NULL,
    decision TEXT NOT NULL,
    agency_id INTEGER NOT NULL,
    overpaid INTEGER NOT NULL,
    reason TEXT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    decided_at TEXT NOT NULL,
    same_as_id BLOB NULL,
    attributed INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT pk_repayment_decision PRIMARY KEY (bank_id, repayment_id, decision),
    CONSTRAINT fk_repayment_decision_repayment FOREIGN KEY (bank_id, agency_id, repayment_id) REFERENCES base_repayment (bank_id, agency_id, id),
    CONSTRAINT ck_repayment_decision_decision CHECK (decision IN ('confirmed', 'rejected', 'reversed')),
    CONSTRAINT ck_repayment_decision_overpaid CHECK (overpaid >= 0),
    CONSTRAINT fk_repayment_decision_same_as FOREIGN KEY (bank_id, same_as_id) REFERENCES base_direct_payment (bank_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO base_repayment_decision (bank_id, repayment_id, decision, agency_id, overpaid, reason, person_id, client_id, decided_at)
SELECT bank_id, repayment_id, decision, agency_id, overpaid, reason, person_id, client_id, decided_at
FROM old_repayment_decision;

DROP TABLE old_repayment_decision;

CREATE UNIQUE INDEX uq_repayment_decision_answer ON base_repayment_decision (bank_id, repayment_id) WHERE decision <> 'reversed';

CREATE INDEX ix_repayment_decision_agency ON base_repayment_decision (agency_id, repayment_id);

CREATE INDEX ix_repayment_decision_same_as ON base_repayment_decision (bank_id, same_as_id) WHERE same_as_id IS NOT NULL;

CREATE TABLE base_repayment_withdrawal
(
    bank_id INTEGER NOT NULL,
    repayment_id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    reason TEXT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    withdrawn_at TEXT NOT NULL,
    CONSTRAINT pk_repayment_withdrawal PRIMARY KEY (bank_id, repayment_id),
    CONSTRAINT fk_repayment_withdrawal_repayment FOREIGN KEY (bank_id, agency_id, repayment_id, case_id) REFERENCES base_repayment (bank_id, agency_id, id, case_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_repayment_withdrawal_agency ON base_repayment_withdrawal (agency_id, repayment_id);

CREATE TABLE base_direct_payment_acknowledgement
(
    bank_id INTEGER NOT NULL,
    direct_payment_id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    acknowledged_at TEXT NOT NULL,
    CONSTRAINT pk_direct_payment_acknowledgement PRIMARY KEY (bank_id, direct_payment_id),
    CONSTRAINT fk_direct_payment_acknowledgement_payment FOREIGN KEY (bank_id, agency_id, direct_payment_id, case_id) REFERENCES base_direct_payment (bank_id, agency_id, id, case_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_direct_payment_acknowledgement_agency ON base_direct_payment_acknowledgement (agency_id, direct_payment_id);

CREATE TABLE base_bank_reference
(
    bank_id INTEGER NOT NULL,
    subject_id BLOB NOT NULL,
    reference TEXT NOT NULL,
    kind TEXT NOT NULL,
    taken_at TEXT NOT NULL,
    released_at TEXT NULL,
    CONSTRAINT pk_bank_reference PRIMARY KEY (bank_id, subject_id),
    CONSTRAINT fk_bank_reference_bank FOREIGN KEY (bank_id) REFERENCES base_tenant (tenant_id),
    CONSTRAINT ck_bank_reference_kind CHECK (kind IN ('repayment', 'direct_payment'))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX uq_bank_reference_standing ON base_bank_reference (bank_id, reference) WHERE released_at IS NULL;

CREATE INDEX ix_case_ended ON base_case (bank_id, ended_at) WHERE ended_at IS NOT NULL;

CREATE INDEX ix_case_agency_ended ON base_case (agency_id, ended_at) WHERE ended_at IS NOT NULL;

CREATE VIEW account AS
SELECT bank_id, id, portfolio_id, import_id, debtor_id, account_number, product, currency, credit_limit, oldest_due_date, as_of, principal, interest, fees, state, resolution, assignment_id, created_at, changed_at, city, refreshed_on, last_import_id
FROM base_account
WHERE (session_kind() IN ('bank', 'system') AND base_account.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.account_id = base_account.id AND c.bank_id = base_account.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))));

CREATE TRIGGER account_insert INSTEAD OF INSERT ON account
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into account refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_account (bank_id, id, portfolio_id, import_id, debtor_id, account_number, product, currency, credit_limit, oldest_due_date, as_of, principal, interest, fees, state, resolution, assignment_id, created_at, changed_at, city, refreshed_on, last_import_id)
    VALUES (NEW.bank_id, NEW.id, NEW.portfolio_id, NEW.import_id, NEW.debtor_id, NEW.account_number, NEW.product, NEW.currency, NEW.credit_limit, NEW.oldest_due_date, NEW.as_of, NEW.principal, NEW.interest, NEW.fees, NEW.state, NEW.resolution, NEW.assignment_id, NEW.created_at, NEW.changed_at, NEW.city, NEW.refreshed_on, NEW.last_import_id);
END;

CREATE TRIGGER account_update INSTEAD OF UPDATE ON account
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of account refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of account refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of account is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.portfolio_id IS NOT OLD.portfolio_id OR NEW.import_id IS NOT OLD.import_id OR NEW.debtor_id IS NOT OLD.debtor_id OR NEW.account_number IS NOT OLD.account_number OR NEW.currency IS NOT OLD.currency OR NEW.as_of IS NOT OLD.as_of OR NEW.created_at IS NOT OLD.created_at;
    UPDATE base_account SET oldest_due_date = NEW.oldest_due_date, product = NEW.product, credit_limit = NEW.credit_limit, city = NEW.city, principal = NEW.principal, interest = NEW.interest, fees = NEW.fees, state = NEW.state, resolution = NEW.resolution, assignment_id = NEW.assignment_id, changed_at = NEW.changed_at, refreshed_on = NEW.refreshed_on, last_import_id = NEW.last_import_id WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of account changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER account_delete INSTEAD OF DELETE ON account
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from account refused');
END;

CREATE VIEW import AS
SELECT bank_id, id, portfolio_id, format, as_of, state, compressed, file_sha256, bytes, rows_read, rows_accepted, rows_known, rows_rejected, failure_code, created_at, started_at, finished_at, mode, rows_refreshed
FROM base_import
WHERE (session_kind() IN ('bank', 'system') AND base_import.bank_id = session_tenant());

CREATE TRIGGER import_insert INSTEAD OF INSERT ON import
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into import refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_import (bank_id, id, portfolio_id, format, as_of, state, compressed, file_sha256, bytes, rows_read, rows_accepted, rows_known, rows_rejected, failure_code, created_at, started_at, finished_at, mode, rows_refreshed)
    VALUES (NEW.bank_id, NEW.id, NEW.portfolio_id, NEW.format, NEW.as_of, NEW.state, NEW.compressed, NEW.file_sha256, NEW.bytes, NEW.rows_read, NEW.rows_accepted, NEW.rows_known, NEW.rows_rejected, NEW.failure_code, NEW.created_at, NEW.started_at, NEW.finished_at, NEW.mode, NEW.rows_refreshed);
END;

CREATE TRIGGER import_update INSTEAD OF UPDATE ON import
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of import refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of import refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of import is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.portfolio_id IS NOT OLD.portfolio_id OR NEW.format IS NOT OLD.format OR NEW.as_of IS NOT OLD.as_of OR NEW.compressed IS NOT OLD.compressed OR NEW.file_sha256 IS NOT OLD.file_sha256 OR NEW.bytes IS NOT OLD.bytes OR NEW.created_at IS NOT OLD.created_at OR NEW.mode IS NOT OLD.mode;
    UPDATE base_import SET state = NEW.state, rows_read = NEW.rows_read, rows_accepted = NEW.rows_accepted, rows_known = NEW.rows_known, rows_rejected = NEW.rows_rejected, failure_code = NEW.failure_code, started_at = NEW.started_at, finished_at = NEW.finished_at, rows_refreshed = NEW.rows_refreshed WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of import changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER import_delete INSTEAD OF DELETE ON import
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from import refused');
END;

CREATE VIEW ledger_entry AS
SELECT bank_id, account_id, id, kind, bucket, amount, currency, cause_id, effective_on, created_at, cause_kind
FROM base_ledger_entry
WHERE (session_kind() IN ('bank', 'system') AND base_ledger_entry.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.account_id = base_ledger_entry.account_id AND c.bank_id = base_ledger_entry.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))));

CREATE TRIGGER ledger_entry_insert INSTEAD OF INSERT ON ledger_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into ledger_entry refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_ledger_entry (bank_id, account_id, id, kind, bucket, amount, currency, cause_id, effective_on, created_at, cause_kind)
    VALUES (NEW.bank_id, NEW.account_id, NEW.id, NEW.kind, NEW.bucket, NEW.amount, NEW.currency, NEW.cause_id, NEW.effective_on, NEW.created_at, NEW.cause_kind);
END;

CREATE TRIGGER ledger_entry_update INSTEAD OF UPDATE ON ledger_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: ledger_entry is append-only');
END;

CREATE TRIGGER ledger_entry_delete INSTEAD OF DELETE ON ledger_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from ledger_entry refused');
END;

CREATE VIEW repayment AS
SELECT bank_id, id, agency_id, case_id, account_id, amount, currency, paid_on, over_balance, agency_reference, person_id, client_id, reported_at, channel, payer, payer_consent, payer_cipher
FROM base_repayment
WHERE (session_kind() IN ('bank', 'system') AND base_repayment.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_repayment.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_repayment.case_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER repayment_insert INSTEAD OF INSERT ON repayment
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into repayment refused') WHERE (session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND (c.late_until >= NEW.reported_at OR c.ended_at IS NULL) AND (COALESCE(c.late_until, s.late_until) >= NEW.reported_at OR s.ended_at IS NULL) AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))))) IS NOT TRUE;
    INSERT INTO base_repayment (bank_id, id, agency_id, case_id, account_id, amount, currency, paid_on, over_balance, agency_reference, person_id, client_id, reported_at, channel, payer, payer_consent, payer_cipher)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.case_id, NEW.account_id, NEW.amount, NEW.currency, NEW.paid_on, NEW.over_balance, NEW.agency_reference, NEW.person_id, NEW.client_id, NEW.reported_at, NEW.channel, NEW.payer, NEW.payer_consent, NEW.payer_cipher);
END;

CREATE TRIGGER repayment_update INSTEAD OF UPDATE ON repayment
BEGIN
    SELECT RAISE(ABORT, 'isolation: repayment is append-only');
END;

CREATE TRIGGER repayment_delete INSTEAD OF DELETE ON repayment
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from repayment refused');
END;

CREATE VIEW direct_payment AS
SELECT bank_id, id, account_id, agency_id, case_id, amount, currency, paid_on, overpaid, attributed_case_id, same_as_id, person_id, client_id, booked_at, reversed_at, reversal_reason, reversed_by_person_id, reversed_by_client_id
FROM base_direct_payment
WHERE (session_kind() IN ('bank', 'system') AND base_direct_payment.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_direct_payment.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = base_direct_payment.case_id AND c.bank_id = base_direct_payment.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))));

CREATE TRIGGER direct_payment_insert INSTEAD OF INSERT ON direct_payment
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into direct_payment refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_direct_payment (bank_id, id, account_id, agency_id, case_id, amount, currency, paid_on, overpaid, attributed_case_id, same_as_id, person_id, client_id, booked_at, reversed_at, reversal_reason, reversed_by_person_id, reversed_by_client_id)
    VALUES (NEW.bank_id, NEW.id, NEW.account_id, NEW.agency_id, NEW.case_id, NEW.amount, NEW.currency, NEW.paid_on, NEW.overpaid, NEW.attributed_case_id, NEW.same_as_id, NEW.person_id, NEW.client_id, NEW.booked_at, NEW.reversed_at, NEW.reversal_reason, NEW.reversed_by_person_id, NEW.reversed_by_client_id);
END;

CREATE TRIGGER direct_payment_update INSTEAD OF UPDATE ON direct_payment
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of direct_payment refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of direct_payment refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of direct_payment is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.account_id IS NOT OLD.account_id OR NEW.agency_id IS NOT OLD.agency_id OR NEW.case_id IS NOT OLD.case_id OR NEW.amount IS NOT OLD.amount OR NEW.currency IS NOT OLD.currency OR NEW.paid_on IS NOT OLD.paid_on OR NEW.overpaid IS NOT OLD.overpaid OR NEW.attributed_case_id IS NOT OLD.attributed_case_id OR NEW.same_as_id IS NOT OLD.same_as_id OR NEW.person_id IS NOT OLD.person_id OR NEW.client_id IS NOT OLD.client_id OR NEW.booked_at IS NOT OLD.booked_at;
    UPDATE base_direct_payment SET reversed_at = NEW.reversed_at, reversal_reason = NEW.reversal_reason, reversed_by_person_id = NEW.reversed_by_person_id, reversed_by_client_id = NEW.reversed_by_client_id WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of direct_payment changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER direct_payment_delete INSTEAD OF DELETE ON direct_payment
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from direct_payment refused');
END;

CREATE VIEW repayment_decision AS
SELECT bank_id, repayment_id, decision, agency_id, overpaid, reason, person_id, client_id, decided_at, same_as_id, attributed
FROM base_repayment_decision
WHERE (session_kind() IN ('bank', 'system') AND base_repayment_decision.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_repayment_decision.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_repayment r INNER JOIN base_case_desk k ON k.bank_id = r.bank_id AND k.case_id = r.case_id WHERE k.agency_id = session_tenant() AND r.bank_id = base_repayment_decision.bank_id AND r.id = base_repayment_decision.repayment_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER repayment_decision_insert INSTEAD OF INSERT ON repayment_decision
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into repayment_decision refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_repayment_decision (bank_id, repayment_id, decision, agency_id, overpaid, reason, person_id, client_id, decided_at, same_as_id, attributed)
    VALUES (NEW.bank_id, NEW.repayment_id, NEW.decision, NEW.agency_id, NEW.overpaid, NEW.reason, NEW.person_id, NEW.client_id, NEW.decided_at, NEW.same_as_id, NEW.attributed);
END;

CREATE TRIGGER repayment_decision_update INSTEAD OF UPDATE ON repayment_decision
BEGIN
    SELECT RAISE(ABORT, 'isolation: repayment_decision is append-only');
END;

CREATE TRIGGER repayment_decision_delete INSTEAD OF DELETE ON repayment_decision
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from repayment_decision refused');
END;

CREATE VIEW repayment_withdrawal AS
SELECT bank_id, repayment_id, agency_id, case_id, reason, person_id, client_id, withdrawn_at
FROM base_repayment_withdrawal
WHERE (session_kind() IN ('bank', 'system') AND base_repayment_withdrawal.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_repayment_withdrawal.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_repayment_withdrawal.case_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER repayment_withdrawal_insert INSTEAD OF INSERT ON repayment_withdrawal
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into repayment_withdrawal refused') WHERE (session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND (c.late_until >= NEW.withdrawn_at OR c.ended_at IS NULL) AND (COALESCE(c.late_until, s.late_until) >= NEW.withdrawn_at OR s.ended_at IS NULL) AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))))) IS NOT TRUE;
    INSERT INTO base_repayment_withdrawal (bank_id, repayment_id, agency_id, case_id, reason, person_id, client_id, withdrawn_at)
    VALUES (NEW.bank_id, NEW.repayment_id, NEW.agency_id, NEW.case_id, NEW.reason, NEW.person_id, NEW.client_id, NEW.withdrawn_at);
END;

CREATE TRIGGER repayment_withdrawal_update INSTEAD OF UPDATE ON repayment_withdrawal
BEGIN
    SELECT RAISE(ABORT, 'isolation: repayment_withdrawal is append-only');
END;

CREATE TRIGGER repayment_withdrawal_delete INSTEAD OF DELETE ON repayment_withdrawal
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from repayment_withdrawal refused');
END;

CREATE VIEW direct_payment_acknowledgement AS
SELECT bank_id, direct_payment_id, agency_id, case_id, person_id, client_id, acknowledged_at
FROM base_direct_payment_acknowledgement
WHERE (session_kind() IN ('bank', 'system') AND base_direct_payment_acknowledgement.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_direct_payment_acknowledgement.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_direct_payment_acknowledgement.case_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER direct_payment_acknowledgement_insert INSTEAD OF INSERT ON direct_payment_acknowledgement
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into direct_payment_acknowledgement refused') WHERE (session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))))) IS NOT TRUE;
    INSERT INTO base_direct_payment_acknowledgement (bank_id, direct_payment_id, agency_id, case_id, person_id, client_id, acknowledged_at)
    VALUES (NEW.bank_id, NEW.direct_payment_id, NEW.agency_id, NEW.case_id, NEW.person_id, NEW.client_id, NEW.acknowledged_at);
END;

CREATE TRIGGER direct_payment_acknowledgement_update INSTEAD OF UPDATE ON direct_payment_acknowledgement
BEGIN
    SELECT RAISE(ABORT, 'isolation: direct_payment_acknowledgement is append-only');
END;

CREATE TRIGGER direct_payment_acknowledgement_delete INSTEAD OF DELETE ON direct_payment_acknowledgement
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from direct_payment_acknowledgement refused');
END;

CREATE VIEW bank_reference AS
SELECT bank_id, subject_id, reference, kind, taken_at, released_at
FROM base_bank_reference
WHERE (session_kind() IN ('bank', 'system') AND base_bank_reference.bank_id = session_tenant());

CREATE TRIGGER bank_reference_insert INSTEAD OF INSERT ON bank_reference
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into bank_reference refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_bank_reference (bank_id, subject_id, reference, kind, taken_at, released_at)
    VALUES (NEW.bank_id, NEW.subject_id, NEW.reference, NEW.kind, NEW.taken_at, NEW.released_at);
END;

CREATE TRIGGER bank_reference_update INSTEAD OF UPDATE ON bank_reference
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of bank_reference refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of bank_reference refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of bank_reference is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.subject_id IS NOT OLD.subject_id OR NEW.reference IS NOT OLD.reference OR NEW.kind IS NOT OLD.kind OR NEW.taken_at IS NOT OLD.taken_at;
    UPDATE base_bank_reference SET released_at = NEW.released_at WHERE bank_id = OLD.bank_id AND subject_id = OLD.subject_id;
    SELECT RAISE(ABORT, 'isolation: update of bank_reference changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER bank_reference_delete INSTEAD OF DELETE ON bank_reference
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from bank_reference refused');
END;

PRAGMA legacy_alter_table = OFF;

CREATE TEMP TABLE orphan (count INTEGER NOT NULL CONSTRAINT ck_orphan CHECK (count = 0));
INSERT INTO orphan SELECT COUNT(*) FROM pragma_foreign_key_check;
DROP TABLE orphan;
