-- What an agency reports (contact records, repayments, settlement proposals) and what the bank decides on it.

CREATE TABLE base_contact_record
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    channel TEXT NOT NULL,
    direction TEXT NOT NULL,
    party TEXT NOT NULL,
    outcome TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    received_at TEXT NOT NULL,
    duration_seconds INTEGER NULL,
    agency_reference TEXT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    note_digest BLOB NULL,
    point_digest BLOB NULL,
    CONSTRAINT pk_contact_record PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_contact_record_agency_id_id_case_id UNIQUE (bank_id, agency_id, id, case_id),
    CONSTRAINT fk_contact_record_case_id_account FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES base_case (bank_id, agency_id, id, account_id),
    CONSTRAINT ck_contact_record_direction CHECK (direction IN ('outbound', 'inbound')),
    CONSTRAINT ck_contact_record_duration CHECK (duration_seconds IS NULL OR duration_seconds >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_contact_record_agency ON base_contact_record (agency_id, id);

CREATE INDEX ix_contact_record_case ON base_contact_record (bank_id, case_id, id);

CREATE VIEW contact_record AS
SELECT bank_id, id, agency_id, case_id, account_id, channel, direction, party, outcome, occurred_at, received_at, duration_seconds, agency_reference, person_id, client_id, note_digest, point_digest
FROM base_contact_record
WHERE (session_kind() IN ('bank', 'system') AND base_contact_record.bank_id = session_tenant())
   
    OR (session_kind() = 'agency' AND base_contact_record.agency_id = session_tenant());

CREATE TRIGGER contact_record_insert INSTEAD OF INSERT ON contact_record
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into contact_record refused') WHERE (session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND c.ended_at IS NULL)) IS NOT TRUE;
    INSERT INTO base_contact_record (bank_id, id, agency_id, case_id, account_id, channel, direction, party, outcome, occurred_at, received_at, duration_seconds, agency_reference, person_id, client_id, note_digest, point_digest)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.case_id, NEW.account_id, NEW.channel, NEW.direction, NEW.party, NEW.outcome, NEW.occurred_at, NEW.received_at, NEW.duration_seconds, NEW.agency_reference, NEW.person_id, NEW.client_id, NEW.note_digest, NEW.point_digest);
END;

CREATE TRIGGER contact_record_update INSTEAD OF UPDATE ON contact_record
BEGIN
    SELECT RAISE(ABORT, 'isolation: contact_record is append-only');
END;

CREATE TRIGGER contact_record_delete INSTEAD OF DELETE ON contact_record
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from contact_record refused');
END;

CREATE TABLE base_contact_note
(
    bank_id INTEGER NOT NULL,
    contact_record_id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    note_cipher BLOB NULL,
    point_cipher BLOB NULL,
    CONSTRAINT pk_contact_note PRIMARY KEY (bank_id, contact_record_id),
    CONSTRAINT fk_contact_note_contact_record_id_case FOREIGN KEY (bank_id, agency_id, contact_record_id, case_id) REFERENCES base_contact_record (bank_id, agency_id, id, case_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_contact_note_agency ON base_contact_note (agency_id, contact_record_id);

CREATE VIEW contact_note AS
SELECT bank_id, contact_record_id, agency_id, case_id, note_cipher, point_cipher
FROM base_contact_note
WHERE (session_kind() IN ('bank', 'system') AND base_contact_note.bank_id = session_tenant())
   
    OR (session_kind() = 'agency' AND base_contact_note.agency_id = session_tenant() AND EXISTS
        (SELECT 1 FROM base_case c WHERE c.agency_id = session_tenant() AND c.id = base_contact_note.case_id AND c.bank_id = base_contact_note.bank_id AND c.ended_at IS NULL));

CREATE TRIGGER contact_note_insert INSTEAD OF INSERT ON contact_note
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into contact_note refused') WHERE (session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND c.ended_at IS NULL)) IS NOT TRUE;
    INSERT INTO base_contact_note (bank_id, contact_record_id, agency_id, case_id, note_cipher, point_cipher)
    VALUES (NEW.bank_id, NEW.contact_record_id, NEW.agency_id, NEW.case_id, NEW.note_cipher, NEW.point_cipher);
END;

CREATE TRIGGER contact_note_update INSTEAD OF UPDATE ON contact_note
BEGIN
    SELECT RAISE(ABORT, 'isolation: contact_note is append-only');
END;

CREATE TRIGGER contact_note_delete INSTEAD OF DELETE ON contact_note
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from contact_note refused');
END;

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
    CONSTRAINT pk_repayment PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_repayment_agency_id_id UNIQUE (bank_id, agency_id, id),
    CONSTRAINT fk_repayment_case_id_account FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES base_case (bank_id, agency_id, id, account_id),
    CONSTRAINT ck_repayment_amount CHECK (amount > 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_repayment_agency ON base_repayment (agency_id, id);

CREATE INDEX ix_repayment_case ON base_repayment (bank_id, case_id, id);

CREATE VIEW repayment AS
SELECT bank_id, id, agency_id, case_id, account_id, amount, currency, paid_on, over_balance, agency_reference, person_id, client_id, reported_at
FROM base_repayment
WHERE (session_kind() IN ('bank', 'system') AND base_repayment.bank_id = session_tenant())
   
    OR (session_kind() = 'agency' AND base_repayment.agency_id = session_tenant());

CREATE TRIGGER repayment_insert INSTEAD OF INSERT ON repayment
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into repayment refused') WHERE (session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND c.ended_at IS NULL)) IS NOT TRUE;
    INSERT INTO base_repayment (bank_id, id, agency_id, case_id, account_id, amount, currency, paid_on, over_balance, agency_reference, person_id, client_id, reported_at)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.case_id, NEW.account_id, NEW.amount, NEW.currency, NEW.paid_on, NEW.over_balance, NEW.agency_reference, NEW.person_id, NEW.client_id, NEW.reported_at);
END;

CREATE TRIGGER repayment_update INSTEAD OF UPDATE ON repayment
BEGIN
    SELECT RAISE(ABORT, 'isolation: repayment is append-only');
END;

CREATE TRIGGER repayment_delete INSTEAD OF DELETE ON repayment
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from repayment refused');
END;

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
    CONSTRAINT pk_repayment_decision PRIMARY KEY (bank_id, repayment_id, decision),
    CONSTRAINT fk_repayment_decision_repayment FOREIGN KEY (bank_id, agency_id, repayment_id) REFERENCES base_repayment (bank_id, agency_id, id),
    CONSTRAINT ck_repayment_decision_decision CHECK (decision IN ('confirmed', 'rejected', 'reversed')),
    CONSTRAINT ck_repayment_decision_overpaid CHECK (overpaid >= 0)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX uq_repayment_decision_answer ON base_repayment_decision (bank_id, repayment_id) WHERE decision <> 'reversed';

CREATE INDEX ix_repayment_decision_agency ON base_repayment_decision (agency_id, repayment_id);

CREATE VIEW repayment_decision AS
SELECT bank_id, repayment_id, decision, agency_id, overpaid, reason, person_id, client_id, decided_at
FROM base_repayment_decision
WHERE (session_kind() IN ('bank', 'system') AND base_repayment_decision.bank_id = session_tenant())
   
    OR (session_kind() = 'agency' AND base_repayment_decision.agency_id = session_tenant());

CREATE TRIGGER repayment_decision_insert INSTEAD OF INSERT ON repayment_decision
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into repayment_decision refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_repayment_decision (bank_id, repayment_id, decision, agency_id, overpaid, reason, person_id, client_id, decided_at)
    VALUES (NEW.bank_id, NEW.repayment_id, NEW.decision, NEW.agency_id, NEW.overpaid, NEW.reason, NEW.person_id, NEW.client_id, NEW.decided_at);
END;

CREATE TRIGGER repayment_decision_update INSTEAD OF UPDATE ON repayment_decision
BEGIN
    SELECT RAISE(ABORT, 'isolation: repayment_decision is append-only');
END;

CREATE TRIGGER repayment_decision_delete INSTEAD OF DELETE ON repayment_decision
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from repayment_decision refused');
END;

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
    CONSTRAINT pk_settlement_proposal PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_settlement_proposal_agency_id_id UNIQUE (bank_id, agency_id, id),
    CONSTRAINT fk_settlement_proposal_case_id_account FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES base_case (bank_id, agency_id, id, account_id),
    CONSTRAINT ck_settlement_proposal_kind CHECK (kind IN ('lump_sum')),
    CONSTRAINT ck_settlement_proposal_amount CHECK (amount > 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_settlement_proposal_agency ON base_settlement_proposal (agency_id, id);

CREATE INDEX ix_settlement_proposal_case ON base_settlement_proposal (bank_id, case_id, id);

CREATE INDEX ix_settlement_proposal_account ON base_settlement_proposal (bank_id, account_id, id);

CREATE VIEW settlement_proposal AS
SELECT bank_id, id, agency_id, case_id, account_id, kind, amount, currency, pay_by, reason_cipher, agency_reference, person_id, client_id, submitted_at
FROM base_settlement_proposal
WHERE (session_kind() IN ('bank', 'system') AND base_settlement_proposal.bank_id = session_tenant())
   
    OR (session_kind() = 'agency' AND base_settlement_proposal.agency_id = session_tenant());

CREATE TRIGGER settlement_proposal_insert INSTEAD OF INSERT ON settlement_proposal
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into settlement_proposal refused') WHERE (session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND c.ended_at IS NULL)) IS NOT TRUE;
    INSERT INTO base_settlement_proposal (bank_id, id, agency_id, case_id, account_id, kind, amount, currency, pay_by, reason_cipher, agency_reference, person_id, client_id, submitted_at)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.case_id, NEW.account_id, NEW.kind, NEW.amount, NEW.currency, NEW.pay_by, NEW.reason_cipher, NEW.agency_reference, NEW.person_id, NEW.client_id, NEW.submitted_at);
END;

CREATE TRIGGER settlement_proposal_update INSTEAD OF UPDATE ON settlement_proposal
BEGIN
    SELECT RAISE(ABORT, 'isolation: settlement_proposal is append-only');
END;

CREATE TRIGGER settlement_proposal_delete INSTEAD OF DELETE ON settlement_proposal
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from settlement_proposal refused');
END;

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
    CONSTRAINT ck_settlement_proposal_decision_decision CHECK (decision IN ('approved', 'rejected', 'completed'))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX uq_settlement_proposal_decision_answer ON base_settlement_proposal_decision (bank_id, settlement_proposal_id) WHERE decision <> 'completed';

CREATE INDEX ix_settlement_proposal_decision_agency ON base_settlement_proposal_decision (agency_id, settlement_proposal_id);

CREATE VIEW settlement_proposal_decision AS
SELECT bank_id, settlement_proposal_id, decision, agency_id, reason, person_id, client_id, decided_at
FROM base_settlement_proposal_decision
WHERE (session_kind() IN ('bank', 'system') AND base_settlement_proposal_decision.bank_id = session_tenant())
   
    OR (session_kind() = 'agency' AND base_settlement_proposal_decision.agency_id = session_tenant());

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
