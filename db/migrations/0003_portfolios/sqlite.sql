-- What a bank owns (agreements, portfolios, imports, debtors, accounts, ledger) and what it hands over (assignments, cases).

CREATE TABLE base_portfolio
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    CONSTRAINT pk_portfolio PRIMARY KEY (bank_id, id),
    CONSTRAINT fk_portfolio_bank FOREIGN KEY (bank_id) REFERENCES base_tenant (tenant_id)
) STRICT, WITHOUT ROWID;

CREATE VIEW portfolio AS
SELECT bank_id, id, name, currency, created_at, changed_at
FROM base_portfolio
WHERE session_kind() IN ('bank', 'system') AND base_portfolio.bank_id = session_tenant();

CREATE TRIGGER portfolio_insert INSTEAD OF INSERT ON portfolio
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into portfolio refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_portfolio (bank_id, id, name, currency, created_at, changed_at)
    VALUES (NEW.bank_id, NEW.id, NEW.name, NEW.currency, NEW.created_at, NEW.changed_at);
END;

CREATE TRIGGER portfolio_update INSTEAD OF UPDATE ON portfolio
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of portfolio refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of portfolio refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of portfolio is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.currency IS NOT OLD.currency OR NEW.created_at IS NOT OLD.created_at;
    UPDATE base_portfolio SET name = NEW.name, changed_at = NEW.changed_at WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of portfolio changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER portfolio_delete INSTEAD OF DELETE ON portfolio
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from portfolio refused');
END;

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
    CONSTRAINT pk_import PRIMARY KEY (bank_id, id),
    CONSTRAINT fk_import_bank FOREIGN KEY (bank_id) REFERENCES base_tenant (tenant_id),
    CONSTRAINT fk_import_portfolio FOREIGN KEY (bank_id, portfolio_id) REFERENCES base_portfolio (bank_id, id),
    CONSTRAINT ck_import_format CHECK (format IN ('csv', 'ndjson')),
    CONSTRAINT ck_import_state CHECK (state IN ('queued', 'running', 'completed', 'failed'))
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_import_portfolio ON base_import (bank_id, portfolio_id, id);

CREATE INDEX ix_import_unfinished ON base_import (bank_id, id) WHERE finished_at IS NULL;

CREATE VIEW import AS
SELECT bank_id, id, portfolio_id, format, as_of, state, compressed, file_sha256, bytes, rows_read, rows_accepted, rows_known, rows_rejected, failure_code, created_at, started_at, finished_at
FROM base_import
WHERE session_kind() IN ('bank', 'system') AND base_import.bank_id = session_tenant();

CREATE TRIGGER import_insert INSTEAD OF INSERT ON import
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into import refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_import (bank_id, id, portfolio_id, format, as_of, state, compressed, file_sha256, bytes, rows_read, rows_accepted, rows_known, rows_rejected, failure_code, created_at, started_at, finished_at)
    VALUES (NEW.bank_id, NEW.id, NEW.portfolio_id, NEW.format, NEW.as_of, NEW.state, NEW.compressed, NEW.file_sha256, NEW.bytes, NEW.rows_read, NEW.rows_accepted, NEW.rows_known, NEW.rows_rejected, NEW.failure_code, NEW.created_at, NEW.started_at, NEW.finished_at);
END;

CREATE TRIGGER import_update INSTEAD OF UPDATE ON import
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of import refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of import refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of import is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.portfolio_id IS NOT OLD.portfolio_id OR NEW.format IS NOT OLD.format OR NEW.as_of IS NOT OLD.as_of OR NEW.compressed IS NOT OLD.compressed OR NEW.file_sha256 IS NOT OLD.file_sha256 OR NEW.bytes IS NOT OLD.bytes OR NEW.created_at IS NOT OLD.created_at;
    UPDATE base_import SET state = NEW.state, rows_read = NEW.rows_read, rows_accepted = NEW.rows_accepted, rows_known = NEW.rows_known, rows_rejected = NEW.rows_rejected, failure_code = NEW.failure_code, started_at = NEW.started_at, finished_at = NEW.finished_at WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of import changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER import_delete INSTEAD OF DELETE ON import
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from import refused');
END;

CREATE TABLE base_import_error
(
    bank_id INTEGER NOT NULL,
    import_id BLOB NOT NULL,
    line INTEGER NOT NULL,
    position INTEGER NOT NULL,
    column_name TEXT NULL,
    code TEXT NOT NULL,
    value_cipher BLOB NULL,
    CONSTRAINT pk_import_error PRIMARY KEY (bank_id, import_id, line, position),
    CONSTRAINT fk_import_error_import FOREIGN KEY (bank_id, import_id) REFERENCES base_import (bank_id, id)
) STRICT, WITHOUT ROWID;

CREATE VIEW import_error AS
SELECT bank_id, import_id, line, position, column_name, code, value_cipher
FROM base_import_error
WHERE session_kind() IN ('bank', 'system') AND base_import_error.bank_id = session_tenant();

CREATE TRIGGER import_error_insert INSTEAD OF INSERT ON import_error
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into import_error refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_import_error (bank_id, import_id, line, position, column_name, code, value_cipher)
    VALUES (NEW.bank_id, NEW.import_id, NEW.line, NEW.position, NEW.column_name, NEW.code, NEW.value_cipher);
END;

CREATE TRIGGER import_error_update INSTEAD OF UPDATE ON import_error
BEGIN
    SELECT RAISE(ABORT, 'isolation: import_error is append-only');
END;

CREATE TRIGGER import_error_delete INSTEAD OF DELETE ON import_error
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from import_error refused');
END;

CREATE TABLE base_debtor
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    reference TEXT NOT NULL,
    name_cipher BLOB NOT NULL,
    id_number_cipher BLOB NULL,
    id_number_index BLOB NULL,
    time_zone TEXT NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_debtor PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_debtor_reference UNIQUE (bank_id, reference),
    CONSTRAINT fk_debtor_bank FOREIGN KEY (bank_id) REFERENCES base_tenant (tenant_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_debtor_id_number ON base_debtor (bank_id, id_number_index) WHERE id_number_index IS NOT NULL;

CREATE VIEW debtor AS
SELECT bank_id, id, reference, name_cipher, id_number_cipher, id_number_index, time_zone, created_at
FROM base_debtor
WHERE (session_kind() IN ('bank', 'system') AND base_debtor.bank_id = session_tenant())
   
    OR (session_kind() = 'agency' AND EXISTS
        (SELECT 1 FROM base_case c WHERE c.agency_id = session_tenant() AND c.debtor_id = base_debtor.id AND c.bank_id = base_debtor.bank_id AND c.ended_at IS NULL));

CREATE TRIGGER debtor_insert INSTEAD OF INSERT ON debtor
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into debtor refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_debtor (bank_id, id, reference, name_cipher, id_number_cipher, id_number_index, time_zone, created_at)
    VALUES (NEW.bank_id, NEW.id, NEW.reference, NEW.name_cipher, NEW.id_number_cipher, NEW.id_number_index, NEW.time_zone, NEW.created_at);
END;

CREATE TRIGGER debtor_update INSTEAD OF UPDATE ON debtor
BEGIN
    SELECT RAISE(ABORT, 'isolation: debtor is append-only');
END;

CREATE TRIGGER debtor_delete INSTEAD OF DELETE ON debtor
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from debtor refused');
END;

CREATE TABLE base_contact_point
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    debtor_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    value_cipher BLOB NOT NULL,
    value_index BLOB NOT NULL,
    status TEXT NOT NULL,
    source TEXT NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_contact_point PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_contact_point_debtor_id_kind_value_index UNIQUE (bank_id, debtor_id, kind, value_index),
    CONSTRAINT fk_contact_point_debtor FOREIGN KEY (bank_id, debtor_id) REFERENCES base_debtor (bank_id, id),
    CONSTRAINT ck_contact_point_kind CHECK (kind IN ('phone', 'email', 'address')),
    CONSTRAINT ck_contact_point_status CHECK (status IN ('unverified', 'valid', 'invalid', 'opted_out')),
    CONSTRAINT ck_contact_point_source CHECK (source IN ('bank'))
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_contact_point_value ON base_contact_point (bank_id, value_index);

CREATE VIEW contact_point AS
SELECT bank_id, id, debtor_id, kind, value_cipher, value_index, status, source, created_at
FROM base_contact_point
WHERE (session_kind() IN ('bank', 'system') AND base_contact_point.bank_id = session_tenant())
   
    OR (session_kind() = 'agency' AND EXISTS
        (SELECT 1 FROM base_case c WHERE c.agency_id = session_tenant() AND c.debtor_id = base_contact_point.debtor_id AND c.bank_id = base_contact_point.bank_id AND c.ended_at IS NULL));

CREATE TRIGGER contact_point_insert INSTEAD OF INSERT ON contact_point
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into contact_point refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_contact_point (bank_id, id, debtor_id, kind, value_cipher, value_index, status, source, created_at)
    VALUES (NEW.bank_id, NEW.id, NEW.debtor_id, NEW.kind, NEW.value_cipher, NEW.value_index, NEW.status, NEW.source, NEW.created_at);
END;

CREATE TRIGGER contact_point_update INSTEAD OF UPDATE ON contact_point
BEGIN
    SELECT RAISE(ABORT, 'isolation: contact_point is append-only');
END;

CREATE TRIGGER contact_point_delete INSTEAD OF DELETE ON contact_point
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from contact_point refused');
END;

CREATE TABLE base_assignment
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    agreement_id BLOB NOT NULL,
    portfolio_id BLOB NOT NULL,
    currency TEXT NOT NULL,
    term_start TEXT NOT NULL,
    term_end TEXT NOT NULL,
    account_count INTEGER NOT NULL,
    principal INTEGER NOT NULL,
    interest INTEGER NOT NULL,
    fees INTEGER NOT NULL,
    days_past_due_mix TEXT NOT NULL,
    submitted_at TEXT NOT NULL,
    activated_at TEXT NULL,
    released_at TEXT NULL,
    CONSTRAINT pk_assignment PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_assignment_agency_id_id UNIQUE (bank_id, agency_id, id),
    CONSTRAINT fk_assignment_bank FOREIGN KEY (bank_id) REFERENCES base_tenant (tenant_id),
    CONSTRAINT fk_assignment_agency FOREIGN KEY (agency_id) REFERENCES base_tenant (tenant_id),
    CONSTRAINT fk_assignment_agreement FOREIGN KEY (bank_id, agency_id, agreement_id) REFERENCES base_agreement (bank_id, agency_id, id),
    CONSTRAINT fk_assignment_portfolio FOREIGN KEY (bank_id, portfolio_id) REFERENCES base_portfolio (bank_id, id),
    CONSTRAINT ck_assignment_term CHECK (term_end >= term_start)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_assignment_agency ON base_assignment (agency_id, id);

CREATE INDEX ix_assignment_pending ON base_assignment (bank_id, id) WHERE activated_at IS NULL AND released_at IS NULL;

CREATE VIEW assignment AS
SELECT bank_id, id, agency_id, agreement_id, portfolio_id, currency, term_start, term_end, account_count, principal, interest, fees, days_past_due_mix, submitted_at, activated_at, released_at
FROM base_assignment
WHERE (session_kind() IN ('bank', 'system') AND base_assignment.bank_id = session_tenant())
   
    OR (session_kind() = 'agency' AND base_assignment.agency_id = session_tenant());

CREATE TRIGGER assignment_insert INSTEAD OF INSERT ON assignment
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into assignment refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_assignment (bank_id, id, agency_id, agreement_id, portfolio_id, currency, term_start, term_end, account_count, principal, interest, fees, days_past_due_mix, submitted_at, activated_at, released_at)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.agreement_id, NEW.portfolio_id, NEW.currency, NEW.term_start, NEW.term_end, NEW.account_count, NEW.principal, NEW.interest, NEW.fees, NEW.days_past_due_mix, NEW.submitted_at, NEW.activated_at, NEW.released_at);
END;

CREATE TRIGGER assignment_update INSTEAD OF UPDATE ON assignment
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of assignment refused') WHERE (session_kind() = 'system' AND OLD.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of assignment refused') WHERE (session_kind() = 'system' AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of assignment is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.agency_id IS NOT OLD.agency_id OR NEW.agreement_id IS NOT OLD.agreement_id OR NEW.portfolio_id IS NOT OLD.portfolio_id OR NEW.currency IS NOT OLD.currency OR NEW.term_start IS NOT OLD.term_start OR NEW.term_end IS NOT OLD.term_end OR NEW.account_count IS NOT OLD.account_count OR NEW.principal IS NOT OLD.principal OR NEW.interest IS NOT OLD.interest OR NEW.fees IS NOT OLD.fees OR NEW.days_past_due_mix IS NOT OLD.days_past_due_mix OR NEW.submitted_at IS NOT OLD.submitted_at;
    UPDATE base_assignment SET activated_at = NEW.activated_at, released_at = NEW.released_at WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of assignment changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER assignment_delete INSTEAD OF DELETE ON assignment
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from assignment refused');
END;

CREATE TABLE base_assignment_answer
(
    bank_id INTEGER NOT NULL,
    agency_id INTEGER NOT NULL,
    assignment_id BLOB NOT NULL,
    answer TEXT NOT NULL,
    reason TEXT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    answered_at TEXT NOT NULL,
    CONSTRAINT pk_assignment_answer PRIMARY KEY (bank_id, assignment_id),
    CONSTRAINT fk_assignment_answer_assignment FOREIGN KEY (bank_id, agency_id, assignment_id) REFERENCES base_assignment (bank_id, agency_id, id),
    CONSTRAINT ck_assignment_answer_answer CHECK (answer IN ('acknowledged', 'rejected'))
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_assignment_answer_agency ON base_assignment_answer (agency_id, assignment_id);

CREATE VIEW assignment_answer AS
SELECT bank_id, agency_id, assignment_id, answer, reason, person_id, client_id, answered_at
FROM base_assignment_answer
WHERE (session_kind() IN ('bank', 'system') AND base_assignment_answer.bank_id = session_tenant())
   
    OR (session_kind() = 'agency' AND base_assignment_answer.agency_id = session_tenant());

CREATE TRIGGER assignment_answer_insert INSTEAD OF INSERT ON assignment_answer
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into assignment_answer refused') WHERE (session_kind() = 'agency' AND NEW.agency_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_assignment_answer (bank_id, agency_id, assignment_id, answer, reason, person_id, client_id, answered_at)
    VALUES (NEW.bank_id, NEW.agency_id, NEW.assignment_id, NEW.answer, NEW.reason, NEW.person_id, NEW.client_id, NEW.answered_at);
END;

CREATE TRIGGER assignment_answer_update INSTEAD OF UPDATE ON assignment_answer
BEGIN
    SELECT RAISE(ABORT, 'isolation: assignment_answer is append-only');
END;

CREATE TRIGGER assignment_answer_delete INSTEAD OF DELETE ON assignment_answer
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from assignment_answer refused');
END;

CREATE TABLE base_account
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    portfolio_id BLOB NOT NULL,
    import_id BLOB NOT NULL,
    debtor_id BLOB NOT NULL,
    account_number TEXT NOT NULL,
    product TEXT NULL,
    currency TEXT NOT NULL,
    credit_limit INTEGER NULL,
    oldest_due_date TEXT NOT NULL,
    as_of TEXT NOT NULL,
    principal INTEGER NOT NULL,
    interest INTEGER NOT NULL,
    fees INTEGER NOT NULL,
    state TEXT NOT NULL,
    resolution TEXT NULL,
    assignment_id BLOB NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    CONSTRAINT pk_account PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_account_account_number UNIQUE (bank_id, account_number),
    CONSTRAINT uq_account_id_debtor_id UNIQUE (bank_id, id, debtor_id),
    CONSTRAINT fk_account_portfolio FOREIGN KEY (bank_id, portfolio_id) REFERENCES base_portfolio (bank_id, id),
    CONSTRAINT fk_account_import FOREIGN KEY (bank_id, import_id) REFERENCES base_import (bank_id, id),
    CONSTRAINT fk_account_debtor FOREIGN KEY (bank_id, debtor_id) REFERENCES base_debtor (bank_id, id),
    CONSTRAINT fk_account_assignment FOREIGN KEY (bank_id, assignment_id) REFERENCES base_assignment (bank_id, id),
    CONSTRAINT ck_account_state CHECK (state IN ('eligible', 'placed', 'resolved')),
    CONSTRAINT ck_account_balance CHECK (principal >= 0 AND interest >= 0 AND fees >= 0),
    CONSTRAINT ck_account_resolution CHECK ((state = 'resolved' AND resolution IN ('paid_in_full', 'settled_in_full', 'plan_completed', 'written_off', 'sold', 'uncollectible')) OR (state <> 'resolved' AND resolution IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_account_portfolio ON base_account (bank_id, portfolio_id, id);

CREATE INDEX ix_account_debtor ON base_account (bank_id, debtor_id, id);

CREATE INDEX ix_account_assignment ON base_account (bank_id, assignment_id, id);

CREATE VIEW account AS
SELECT bank_id, id, portfolio_id, import_id, debtor_id, account_number, product, currency, credit_limit, oldest_due_date, as_of, principal, interest, fees, state, resolution, assignment_id, created_at, changed_at
FROM base_account
WHERE (session_kind() IN ('bank', 'system') AND base_account.bank_id = session_tenant())
   
    OR (session_kind() = 'agency' AND EXISTS
        (SELECT 1 FROM base_case c WHERE c.agency_id = session_tenant() AND c.account_id = base_account.id AND c.bank_id = base_account.bank_id AND c.ended_at IS NULL));

CREATE TRIGGER account_insert INSTEAD OF INSERT ON account
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into account refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_account (bank_id, id, portfolio_id, import_id, debtor_id, account_number, product, currency, credit_limit, oldest_due_date, as_of, principal, interest, fees, state, resolution, assignment_id, created_at, changed_at)
    VALUES (NEW.bank_id, NEW.id, NEW.portfolio_id, NEW.import_id, NEW.debtor_id, NEW.account_number, NEW.product, NEW.currency, NEW.credit_limit, NEW.oldest_due_date, NEW.as_of, NEW.principal, NEW.interest, NEW.fees, NEW.state, NEW.resolution, NEW.assignment_id, NEW.created_at, NEW.changed_at);
END;

CREATE TRIGGER account_update INSTEAD OF UPDATE ON account
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of account refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of account refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of account is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.portfolio_id IS NOT OLD.portfolio_id OR NEW.import_id IS NOT OLD.import_id OR NEW.debtor_id IS NOT OLD.debtor_id OR NEW.account_number IS NOT OLD.account_number OR NEW.product IS NOT OLD.product OR NEW.currency IS NOT OLD.currency OR NEW.credit_limit IS NOT OLD.credit_limit OR NEW.oldest_due_date IS NOT OLD.oldest_due_date OR NEW.as_of IS NOT OLD.as_of OR NEW.created_at IS NOT OLD.created_at;
    UPDATE base_account SET principal = NEW.principal, interest = NEW.interest, fees = NEW.fees, state = NEW.state, resolution = NEW.resolution, assignment_id = NEW.assignment_id, changed_at = NEW.changed_at WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of account changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER account_delete INSTEAD OF DELETE ON account
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from account refused');
END;

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
    CONSTRAINT pk_ledger_entry PRIMARY KEY (bank_id, account_id, id),
    CONSTRAINT fk_ledger_entry_account FOREIGN KEY (bank_id, account_id) REFERENCES base_account (bank_id, id),
    CONSTRAINT ck_ledger_entry_kind CHECK (kind IN ('opening', 'repayment', 'reversal', 'waiver')),
    CONSTRAINT ck_ledger_entry_bucket CHECK (bucket IN ('principal', 'interest', 'fees')),
    CONSTRAINT ck_ledger_entry_amount CHECK (amount <> 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_ledger_entry_cause ON base_ledger_entry (bank_id, cause_id, id);

CREATE VIEW ledger_entry AS
SELECT bank_id, account_id, id, kind, bucket, amount, currency, cause_id, effective_on, created_at
FROM base_ledger_entry
WHERE (session_kind() IN ('bank', 'system') AND base_ledger_entry.bank_id = session_tenant())
   
    OR (session_kind() = 'agency' AND EXISTS
        (SELECT 1 FROM base_case c WHERE c.agency_id = session_tenant() AND c.account_id = base_ledger_entry.account_id AND c.bank_id = base_ledger_entry.bank_id AND c.ended_at IS NULL));

CREATE TRIGGER ledger_entry_insert INSTEAD OF INSERT ON ledger_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into ledger_entry refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_ledger_entry (bank_id, account_id, id, kind, bucket, amount, currency, cause_id, effective_on, created_at)
    VALUES (NEW.bank_id, NEW.account_id, NEW.id, NEW.kind, NEW.bucket, NEW.amount, NEW.currency, NEW.cause_id, NEW.effective_on, NEW.created_at);
END;

CREATE TRIGGER ledger_entry_update INSTEAD OF UPDATE ON ledger_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: ledger_entry is append-only');
END;

CREATE TRIGGER ledger_entry_delete INSTEAD OF DELETE ON ledger_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from ledger_entry refused');
END;

CREATE TABLE base_assignment_account
(
    bank_id INTEGER NOT NULL,
    assignment_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    principal INTEGER NOT NULL,
    interest INTEGER NOT NULL,
    fees INTEGER NOT NULL,
    days_past_due INTEGER NOT NULL,
    CONSTRAINT pk_assignment_account PRIMARY KEY (bank_id, assignment_id, account_id),
    CONSTRAINT fk_assignment_account_assignment FOREIGN KEY (bank_id, assignment_id) REFERENCES base_assignment (bank_id, id),
    CONSTRAINT fk_assignment_account_account FOREIGN KEY (bank_id, account_id) REFERENCES base_account (bank_id, id)
) STRICT, WITHOUT ROWID;

CREATE VIEW assignment_account AS
SELECT bank_id, assignment_id, account_id, principal, interest, fees, days_past_due
FROM base_assignment_account
WHERE session_kind() IN ('bank', 'system') AND base_assignment_account.bank_id = session_tenant();

CREATE TRIGGER assignment_account_insert INSTEAD OF INSERT ON assignment_account
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into assignment_account refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_assignment_account (bank_id, assignment_id, account_id, principal, interest, fees, days_past_due)
    VALUES (NEW.bank_id, NEW.assignment_id, NEW.account_id, NEW.principal, NEW.interest, NEW.fees, NEW.days_past_due);
END;

CREATE TRIGGER assignment_account_update INSTEAD OF UPDATE ON assignment_account
BEGIN
    SELECT RAISE(ABORT, 'isolation: assignment_account is append-only');
END;

CREATE TRIGGER assignment_account_delete INSTEAD OF DELETE ON assignment_account
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from assignment_account refused');
END;

CREATE TABLE base_case
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    assignment_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    debtor_id BLOB NOT NULL,
    state TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    ended_at TEXT NULL,
    end_reason TEXT NULL,
    CONSTRAINT pk_case PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_case_agency_id_id_account_id UNIQUE (bank_id, agency_id, id, account_id),
    CONSTRAINT fk_case_assignment FOREIGN KEY (bank_id, agency_id, assignment_id) REFERENCES base_assignment (bank_id, agency_id, id),
    CONSTRAINT fk_case_account_id_debtor FOREIGN KEY (bank_id, account_id, debtor_id) REFERENCES base_account (bank_id, id, debtor_id),
    CONSTRAINT ck_case_state CHECK ((state = 'active' AND ended_at IS NULL AND end_reason IS NULL) OR (state IN ('recalled', 'closed') AND ended_at IS NOT NULL AND end_reason IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX uq_case_open_account ON base_case (bank_id, account_id) WHERE ended_at IS NULL;

CREATE INDEX ix_case_agency ON base_case (agency_id, id);

CREATE INDEX ix_case_agency_account ON base_case (agency_id, account_id) WHERE ended_at IS NULL;

CREATE INDEX ix_case_agency_debtor ON base_case (agency_id, debtor_id) WHERE ended_at IS NULL;

CREATE INDEX ix_case_assignment ON base_case (bank_id, assignment_id, id);

CREATE INDEX ix_case_agency_assignment ON base_case (agency_id, assignment_id, id);

CREATE VIEW [case] AS
SELECT bank_id, id, agency_id, assignment_id, account_id, debtor_id, state, opened_at, ended_at, end_reason
FROM base_case
WHERE (session_kind() IN ('bank', 'system') AND base_case.bank_id = session_tenant())
   
    OR (session_kind() = 'agency' AND base_case.agency_id = session_tenant());

CREATE TRIGGER case_insert INSTEAD OF INSERT ON [case]
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into case refused') WHERE (session_kind() = 'system' AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_case (bank_id, id, agency_id, assignment_id, account_id, debtor_id, state, opened_at, ended_at, end_reason)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.assignment_id, NEW.account_id, NEW.debtor_id, NEW.state, NEW.opened_at, NEW.ended_at, NEW.end_reason);
END;

CREATE TRIGGER case_update INSTEAD OF UPDATE ON [case]
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of case refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of case refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of case is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.agency_id IS NOT OLD.agency_id OR NEW.assignment_id IS NOT OLD.assignment_id OR NEW.account_id IS NOT OLD.account_id OR NEW.debtor_id IS NOT OLD.debtor_id OR NEW.opened_at IS NOT OLD.opened_at;
    UPDATE base_case SET state = NEW.state, ended_at = NEW.ended_at, end_reason = NEW.end_reason WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of case changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER case_delete INSTEAD OF DELETE ON [case]
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from case refused');
END;
