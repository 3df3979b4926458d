-- What a bank forgives of its own accord; the movements of the ledger name it.

-- A table whose check changes is made anew under its name. Foreign keys are off while a migration runs; the last statement looks for orphans.
PRAGMA legacy_alter_table = ON;

DROP VIEW ledger_entry;

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
    CONSTRAINT ck_ledger_entry_cause_kind CHECK (cause_kind IN ('import', 'repayment', 'direct_payment', 'settlement_proposal', 'waiver'))
) STRICT, WITHOUT ROWID;

INSERT INTO base_ledger_entry (bank_id, account_id, id, kind, bucket, amount, currency, cause_id, effective_on, created_at, cause_kind)
SELECT bank_id, account_id, id, kind, bucket, amount, currency, cause_id, effective_on, created_at, cause_kind
FROM old_ledger_entry;

DROP TABLE old_ledger_entry;

CREATE INDEX ix_ledger_entry_cause ON base_ledger_entry (bank_id, cause_id, id);

CREATE INDEX ix_ledger_entry_posted ON base_ledger_entry (bank_id, created_at) WHERE kind <> 'opening';

CREATE TABLE base_waiver
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    currency TEXT NOT NULL,
    principal INTEGER NOT NULL,
    interest INTEGER NOT NULL,
    fees INTEGER NOT NULL,
    effective_on TEXT NOT NULL,
    reason_cipher BLOB NOT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    granted_at TEXT NOT NULL,
    reversed_at TEXT NULL,
    reversal_reason TEXT NULL,
    reversed_by_person_id BLOB NULL,
    reversed_by_client_id TEXT NULL,
    CONSTRAINT pk_waiver PRIMARY KEY (bank_id, id),
    CONSTRAINT fk_waiver_account FOREIGN KEY (bank_id, account_id) REFERENCES base_account (bank_id, id),
    CONSTRAINT ck_waiver_parts CHECK (principal >= 0 AND interest >= 0 AND fees >= 0 AND principal + interest + fees > 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_waiver_account ON base_waiver (bank_id, account_id, id);

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

-- No agency reads it: what it sees is the ledger's movement.
CREATE VIEW waiver AS
SELECT bank_id, id, account_id, currency, principal, interest, fees, effective_on, reason_cipher, person_id, client_id, granted_at, reversed_at, reversal_reason, reversed_by_person_id, reversed_by_client_id
FROM base_waiver
WHERE session_kind() IN ('bank', 'system') AND base_waiver.bank_id = session_tenant();

CREATE TRIGGER waiver_insert INSTEAD OF INSERT ON waiver
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into waiver refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_waiver (bank_id, id, account_id, currency, principal, interest, fees, effective_on, reason_cipher, person_id, client_id, granted_at, reversed_at, reversal_reason, reversed_by_person_id, reversed_by_client_id)
    VALUES (NEW.bank_id, NEW.id, NEW.account_id, NEW.currency, NEW.principal, NEW.interest, NEW.fees, NEW.effective_on, NEW.reason_cipher, NEW.person_id, NEW.client_id, NEW.granted_at, NEW.reversed_at, NEW.reversal_reason, NEW.reversed_by_person_id, NEW.reversed_by_client_id);
END;

CREATE TRIGGER waiver_update INSTEAD OF UPDATE ON waiver
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of waiver refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of waiver refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of waiver is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.account_id IS NOT OLD.account_id OR NEW.currency IS NOT OLD.currency OR NEW.principal IS NOT OLD.principal OR NEW.interest IS NOT OLD.interest OR NEW.fees IS NOT OLD.fees OR NEW.effective_on IS NOT OLD.effective_on OR NEW.reason_cipher IS NOT OLD.reason_cipher OR NEW.person_id IS NOT OLD.person_id OR NEW.client_id IS NOT OLD.client_id OR NEW.granted_at IS NOT OLD.granted_at;
    UPDATE base_waiver SET reversed_at = NEW.reversed_at, reversal_reason = NEW.reversal_reason, reversed_by_person_id = NEW.reversed_by_person_id, reversed_by_client_id = NEW.reversed_by_client_id WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of waiver changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER waiver_delete INSTEAD OF DELETE ON waiver
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from waiver refused');
END;

PRAGMA legacy_alter_table = OFF;

CREATE TEMP TABLE orphan (count INTEGER NOT NULL CONSTRAINT ck_orphan CHECK (count = 0));
INSERT INTO orphan SELECT COUNT(*) FROM pragma_foreign_key_check;
DROP TABLE orphan;
