-- What becomes of promises: rows of the bank's, worked out when money is decided on and by the calendar. The last one stands.

CREATE TABLE base_promise_outcome
(
    bank_id INTEGER NOT NULL,
    promise_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    agency_id INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    outcome TEXT NOT NULL,
    paid INTEGER NOT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    decided_at TEXT NOT NULL,
    CONSTRAINT pk_promise_outcome PRIMARY KEY (bank_id, promise_id, number),
    CONSTRAINT fk_promise_outcome_promise FOREIGN KEY (bank_id, agency_id, promise_id, case_id) REFERENCES base_promise (bank_id, agency_id, id, case_id),
    CONSTRAINT ck_promise_outcome_number CHECK (number > 0),
    CONSTRAINT ck_promise_outcome_outcome CHECK (outcome IN ('open', 'kept', 'partly_kept', 'broken')),
    CONSTRAINT ck_promise_outcome_paid CHECK (paid >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_promise_outcome_agency ON base_promise_outcome (agency_id, promise_id, number);

CREATE INDEX ix_promise_account ON base_promise (bank_id, account_id, id);

-- A case that has ended waits for no promise.
UPDATE base_case_order
SET next_promise_on = '9999-12-31'
WHERE is_open = 0 AND next_promise_on < '9999-12-31';

CREATE VIEW promise_outcome AS
SELECT bank_id, promise_id, number, agency_id, case_id, outcome, paid, person_id, client_id, decided_at
FROM base_promise_outcome
WHERE (session_kind() IN ('bank', 'system') AND base_promise_outcome.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_promise_outcome.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_promise_outcome.case_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER promise_outcome_insert INSTEAD OF INSERT ON promise_outcome
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into promise_outcome refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_promise_outcome (bank_id, promise_id, number, agency_id, case_id, outcome, paid, person_id, client_id, decided_at)
    VALUES (NEW.bank_id, NEW.promise_id, NEW.number, NEW.agency_id, NEW.case_id, NEW.outcome, NEW.paid, NEW.person_id, NEW.client_id, NEW.decided_at);
END;

CREATE TRIGGER promise_outcome_update INSTEAD OF UPDATE ON promise_outcome
BEGIN
    SELECT RAISE(ABORT, 'isolation: promise_outcome is append-only');
END;

CREATE TRIGGER promise_outcome_delete INSTEAD OF DELETE ON promise_outcome
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from promise_outcome refused');
END;
