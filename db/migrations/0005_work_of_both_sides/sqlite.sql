-- The work between both sides: versions of agreements, what a slice leaves out, teams and who works a case, its motions and answers,
-- contact points found and marked, holds, promises, contact permits, and the events that both sides follow along.
-- Within an agency a collector sees the cases on the own desk, a supervisor the team's; an assignment that has ended ends every sight of it.

-- Tables whose checks change are made anew under their names. Foreign keys are off while a migration runs; the last statement looks for orphans.
PRAGMA legacy_alter_table = ON;

DROP VIEW idempotency_record;
DROP VIEW audit_entry;
DROP VIEW debtor;
DROP VIEW contact_point;
DROP VIEW account;
DROP VIEW ledger_entry;
DROP VIEW assignment;
DROP VIEW [case];
DROP VIEW contact_record;
DROP VIEW contact_note;
DROP VIEW repayment;
DROP VIEW settlement_proposal;
DROP VIEW repayment_decision;
DROP VIEW settlement_proposal_decision;

ALTER TABLE base_account ADD COLUMN city TEXT NULL;
ALTER TABLE base_assignment ADD COLUMN agreement_version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE base_assignment ADD COLUMN slice TEXT NULL;
ALTER TABLE base_assignment ADD COLUMN placing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE base_assignment ADD COLUMN skipped_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE base_assignment ADD COLUMN ended_at TEXT NULL;
ALTER TABLE base_assignment ADD COLUMN ending TEXT NULL;
ALTER TABLE base_assignment ADD COLUMN end_reason TEXT NULL;
ALTER TABLE base_contact_note ADD COLUMN received_at TEXT NULL;

ALTER TABLE base_case RENAME TO old_case;

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
    recall_on TEXT NULL,
    recall_reason TEXT NULL,
    extended_to TEXT NULL,
    answered_motion_id BLOB NULL,
    objection_refused_at TEXT NULL,
    late_until TEXT NULL,
    CONSTRAINT pk_case PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_case_agency_id_id_account_id UNIQUE (bank_id, agency_id, id, account_id),
    CONSTRAINT fk_case_assignment FOREIGN KEY (bank_id, agency_id, assignment_id) REFERENCES base_assignment (bank_id, agency_id, id),
    CONSTRAINT fk_case_account_id_debtor FOREIGN KEY (bank_id, account_id, debtor_id) REFERENCES base_account (bank_id, id, debtor_id),
    CONSTRAINT ck_case_state CHECK ((state IN ('active', 'recall_pending') AND ended_at IS NULL AND end_reason IS NULL) OR (state IN ('recalled', 'returned', 'closed') AND ended_at IS NOT NULL AND end_reason IS NOT NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO base_case (bank_id, id, agency_id, assignment_id, account_id, debtor_id, state, opened_at, ended_at, end_reason)
SELECT bank_id, id, agency_id, assignment_id, account_id, debtor_id, state, opened_at, ended_at, end_reason
FROM old_case;

DROP TABLE old_case;

CREATE UNIQUE INDEX uq_case_open_account ON base_case (bank_id, account_id) WHERE ended_at IS NULL;

CREATE INDEX ix_case_agency ON base_case (agency_id, id);

CREATE INDEX ix_case_agency_account ON base_case (agency_id, account_id) WHERE ended_at IS NULL;

CREATE INDEX ix_case_agency_debtor ON base_case (agency_id, debtor_id) WHERE ended_at IS NULL;

CREATE INDEX ix_case_assignment ON base_case (bank_id, assignment_id, id);

CREATE INDEX ix_case_agency_assignment ON base_case (agency_id, assignment_id, id);

ALTER TABLE base_contact_point RENAME TO old_contact_point;

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
    party TEXT NOT NULL DEFAULT 'debtor',
    consent TEXT NOT NULL DEFAULT 'unknown',
    holder_cipher BLOB NULL,
    agency_id INTEGER NULL,
    case_id BLOB NULL,
    adopted_at TEXT NULL,
    changed_at TEXT NULL,
    CONSTRAINT pk_contact_point PRIMARY KEY (bank_id, id),
    CONSTRAINT fk_contact_point_debtor FOREIGN KEY (bank_id, debtor_id) REFERENCES base_debtor (bank_id, id),
    CONSTRAINT ck_contact_point_kind CHECK (kind IN ('phone', 'email', 'address')),
    CONSTRAINT ck_contact_point_status CHECK (status IN ('unverified', 'valid', 'invalid', 'opted_out')),
    CONSTRAINT ck_contact_point_source CHECK ((source = 'bank' AND agency_id IS NULL) OR (source = 'agency' AND agency_id IS NOT NULL)),
    CONSTRAINT ck_contact_point_party CHECK (party IN ('debtor', 'liable_party', 'related_contact')),
    CONSTRAINT ck_contact_point_consent CHECK (consent IN ('unknown', 'given', 'withdrawn'))
) STRICT, WITHOUT ROWID;

INSERT INTO base_contact_point (bank_id, id, debtor_id, kind, value_cipher, value_index, status, source, created_at)
SELECT bank_id, id, debtor_id, kind, value_cipher, value_index, status, source, created_at
FROM old_contact_point;

DROP TABLE old_contact_point;

CREATE INDEX ix_contact_point_value ON base_contact_point (bank_id, value_index);

ALTER TABLE base_contact_record RENAME TO old_contact_record;

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
    debtor_id BLOB NULL,
    collector_id BLOB NULL,
    time_zone TEXT NULL,
    contact_point_id BLOB NULL,
    permit_id BLOB NULL,
    breaches TEXT NULL,
    override_reason TEXT NULL,
    recording_reference TEXT NULL,
    recording_sha256 BLOB NULL,
    supersedes_id BLOB NULL,
    CONSTRAINT pk_contact_record PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_contact_record_agency_id_id_case_id UNIQUE (bank_id, agency_id, id, case_id),
    CONSTRAINT fk_contact_record_case_id_account FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES base_case (bank_id, agency_id, id, account_id),
    CONSTRAINT fk_contact_record_superseded FOREIGN KEY (bank_id, agency_id, supersedes_id, case_id) REFERENCES base_contact_record (bank_id, agency_id, id, case_id),
    CONSTRAINT ck_contact_record_direction CHECK (direction IN ('outbound', 'inbound')),
    CONSTRAINT ck_contact_record_duration CHECK (duration_seconds IS NULL OR duration_seconds >= 0)
) STRICT, WITHOUT ROWID;

INSERT INTO base_contact_record (bank_id, id, agency_id, case_id, account_id, channel, direction, party, outcome, occurred_at, received_at, duration_seconds, agency_reference, person_id, client_id, note_digest, point_digest)
SELECT bank_id, id, agency_id, case_id, account_id, channel, direction, party, outcome, occurred_at, received_at, duration_seconds, agency_reference, person_id, client_id, note_digest, point_digest
FROM old_contact_record;

DROP TABLE old_contact_record;

CREATE INDEX ix_contact_record_agency ON base_contact_record (agency_id, id);

CREATE INDEX ix_contact_record_case ON base_contact_record (bank_id, case_id, id);

CREATE INDEX ix_case_account ON base_case (bank_id, account_id, id);

CREATE INDEX ix_case_due ON base_case (bank_id, recall_on, id) WHERE recall_on IS NOT NULL;

CREATE INDEX ix_case_term ON base_case (assignment_id, id) WHERE state = 'active' AND recall_on IS NULL;

CREATE INDEX ix_contact_record_debtor ON base_contact_record (bank_id, debtor_id, occurred_at);

CREATE UNIQUE INDEX uq_contact_record_superseded ON base_contact_record (bank_id, supersedes_id) WHERE supersedes_id IS NOT NULL;

CREATE INDEX ix_contact_record_reference ON base_contact_record (agency_id, agency_reference, id) WHERE agency_reference IS NOT NULL;

CREATE INDEX ix_contact_record_bank_reference ON base_contact_record (bank_id, agency_reference, id) WHERE agency_reference IS NOT NULL;

CREATE INDEX ix_repayment_reference ON base_repayment (agency_id, agency_reference, id) WHERE agency_reference IS NOT NULL;

CREATE INDEX ix_repayment_bank_reference ON base_repayment (bank_id, agency_reference, id) WHERE agency_reference IS NOT NULL;

CREATE INDEX ix_settlement_proposal_reference ON base_settlement_proposal (agency_id, agency_reference, id) WHERE agency_reference IS NOT NULL;

CREATE INDEX ix_settlement_proposal_bank_reference ON base_settlement_proposal (bank_id, agency_reference, id) WHERE agency_reference IS NOT NULL;

CREATE INDEX ix_assignment_placing ON base_assignment (bank_id, id) WHERE placing = 1;

CREATE INDEX ix_assignment_term ON base_assignment (bank_id, term_end, id) WHERE ended_at IS NULL;

CREATE INDEX ix_assignment_ending ON base_assignment (bank_id, id) WHERE ended_at IS NOT NULL AND released_at IS NULL;

CREATE UNIQUE INDEX uq_contact_point_bank ON base_contact_point (bank_id, debtor_id, kind, value_index) WHERE agency_id IS NULL;

CREATE UNIQUE INDEX uq_contact_point_agency ON base_contact_point (bank_id, debtor_id, kind, value_index, agency_id) WHERE agency_id IS NOT NULL;

CREATE TABLE base_agreement_version
(
    bank_id INTEGER NOT NULL,
    agreement_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    agency_id INTEGER NOT NULL,
    title TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT NULL,
    terms TEXT NOT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_agreement_version PRIMARY KEY (bank_id, agreement_id, version),
    CONSTRAINT fk_agreement_version_agreement FOREIGN KEY (bank_id, agency_id, agreement_id) REFERENCES base_agreement (bank_id, agency_id, id),
    CONSTRAINT ck_agreement_version_version CHECK (version > 0),
    CONSTRAINT ck_agreement_version_validity CHECK (valid_to IS NULL OR valid_to >= valid_from)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_agreement_version_agency ON base_agreement_version (agency_id, agreement_id, version);

CREATE TABLE base_assignment_skip
(
    bank_id INTEGER NOT NULL,
    assignment_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_assignment_skip PRIMARY KEY (bank_id, assignment_id, account_id),
    CONSTRAINT fk_assignment_skip_assignment FOREIGN KEY (bank_id, assignment_id) REFERENCES base_assignment (bank_id, id),
    CONSTRAINT fk_assignment_skip_account FOREIGN KEY (bank_id, account_id) REFERENCES base_account (bank_id, id),
    CONSTRAINT ck_assignment_skip_reason CHECK (reason IN ('open_case', 'reserved', 'hold', 'resolved'))
) STRICT, WITHOUT ROWID;

CREATE TABLE base_team
(
    agency_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    splits_evenly INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    CONSTRAINT pk_team PRIMARY KEY (agency_id, id),
    CONSTRAINT fk_team_agency FOREIGN KEY (agency_id) REFERENCES base_tenant (tenant_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE base_team_member
(
    agency_id INTEGER NOT NULL,
    team_id BLOB NOT NULL,
    person_id BLOB NOT NULL,
    role TEXT NOT NULL,
    added_at TEXT NOT NULL,
    CONSTRAINT pk_team_member PRIMARY KEY (agency_id, team_id, person_id),
    CONSTRAINT uq_team_member_person_id UNIQUE (agency_id, person_id),
    CONSTRAINT fk_team_member_team FOREIGN KEY (agency_id, team_id) REFERENCES base_team (agency_id, id),
    CONSTRAINT ck_team_member_role CHECK (role IN ('collector', 'supervisor'))
) STRICT, WITHOUT ROWID;

CREATE TABLE base_case_desk
(
    bank_id INTEGER NOT NULL,
    agency_id INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    collector_id BLOB NULL,
    team_id BLOB NULL,
    agency_reference TEXT NULL,
    changed_at TEXT NOT NULL,
    CONSTRAINT pk_case_desk PRIMARY KEY (agency_id, case_id),
    CONSTRAINT fk_case_desk_team FOREIGN KEY (agency_id, team_id) REFERENCES base_team (agency_id, id),
    CONSTRAINT fk_case_desk_case FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES base_case (bank_id, agency_id, id, account_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_case_desk_bank ON base_case_desk (bank_id, case_id);

CREATE INDEX ix_case_desk_collector ON base_case_desk (agency_id, collector_id, case_id);

CREATE INDEX ix_case_desk_team ON base_case_desk (agency_id, team_id, case_id);

CREATE INDEX ix_case_desk_reference ON base_case_desk (agency_id, agency_reference, case_id) WHERE agency_reference IS NOT NULL;

CREATE INDEX ix_case_desk_bank_reference ON base_case_desk (bank_id, agency_reference, case_id) WHERE agency_reference IS NOT NULL;

CREATE TABLE base_case_order
(
    bank_id INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    account_id BLOB NOT NULL,
    oldest_due_date TEXT NOT NULL,
    balance INTEGER NOT NULL,
    last_contact_at TEXT NOT NULL,
    next_promise_on TEXT NOT NULL,
    is_open INTEGER NOT NULL,
    CONSTRAINT pk_case_order PRIMARY KEY (bank_id, case_id),
    CONSTRAINT fk_case_order_case FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES base_case (bank_id, agency_id, id, account_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_case_order_bank_due ON base_case_order (bank_id, oldest_due_date, case_id);

CREATE INDEX ix_case_order_bank_balance ON base_case_order (bank_id, balance, case_id);

CREATE INDEX ix_case_order_bank_contact ON base_case_order (bank_id, last_contact_at, case_id);

CREATE INDEX ix_case_order_bank_promise ON base_case_order (bank_id, next_promise_on, case_id);

CREATE INDEX ix_case_order_agency_due ON base_case_order (agency_id, oldest_due_date, case_id) WHERE is_open = 1;

CREATE INDEX ix_case_order_agency_balance ON base_case_order (agency_id, balance, case_id) WHERE is_open = 1;

CREATE INDEX ix_case_order_agency_contact ON base_case_order (agency_id, last_contact_at, case_id) WHERE is_open = 1;

CREATE INDEX ix_case_order_agency_promise ON base_case_order (agency_id, next_promise_on, case_id) WHERE is_open = 1;

CREATE INDEX ix_case_order_account ON base_case_order (bank_id, account_id, case_id);

CREATE TABLE base_case_motion
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    requested_end TEXT NULL,
    note_cipher BLOB NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    made_at TEXT NOT NULL,
    CONSTRAINT pk_case_motion PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_case_motion_agency_id_id_case_id UNIQUE (bank_id, agency_id, id, case_id),
    CONSTRAINT fk_case_motion_case FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES base_case (bank_id, agency_id, id, account_id),
    CONSTRAINT ck_case_motion_kind CHECK (kind IN ('recall_objection', 'return', 'retention')),
    CONSTRAINT ck_case_motion_requested_end CHECK ((kind = 'retention' AND requested_end IS NOT NULL) OR (kind <> 'retention' AND requested_end IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_case_motion_case ON base_case_motion (bank_id, case_id, id);

CREATE INDEX ix_case_motion_agency ON base_case_motion (agency_id, case_id, id);

CREATE TABLE base_case_motion_answer
(
    bank_id INTEGER NOT NULL,
    motion_id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    answer TEXT NOT NULL,
    new_date TEXT NULL,
    reason TEXT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    answered_at TEXT NOT NULL,
    CONSTRAINT pk_case_motion_answer PRIMARY KEY (bank_id, motion_id),
    CONSTRAINT fk_case_motion_answer_case_motion FOREIGN KEY (bank_id, agency_id, motion_id, case_id) REFERENCES base_case_motion (bank_id, agency_id, id, case_id),
    CONSTRAINT ck_case_motion_answer_answer CHECK (answer IN ('accepted', 'refused'))
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_case_motion_answer_agency ON base_case_motion_answer (agency_id, motion_id);

CREATE TABLE base_contact_point_mark
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    contact_point_id BLOB NOT NULL,
    agency_id INTEGER NULL,
    case_id BLOB NULL,
    mark TEXT NOT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    marked_at TEXT NOT NULL,
    CONSTRAINT pk_contact_point_mark PRIMARY KEY (bank_id, id),
    CONSTRAINT fk_contact_point_mark_contact_point FOREIGN KEY (bank_id, contact_point_id) REFERENCES base_contact_point (bank_id, id),
    CONSTRAINT ck_contact_point_mark_mark CHECK (mark IN ('valid', 'invalid', 'opted_out', 'opted_in', 'consented', 'consent_withdrawn'))
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_contact_point_mark_point ON base_contact_point_mark (bank_id, contact_point_id, id);

CREATE INDEX ix_contact_point_mark_agency ON base_contact_point_mark (agency_id, id);

CREATE TABLE base_hold
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    agency_id INTEGER NULL,
    case_id BLOB NULL,
    kind TEXT NOT NULL,
    reason TEXT NULL,
    contact_record_id BLOB NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    raised_by TEXT NULL,
    raised_at TEXT NOT NULL,
    lifted_at TEXT NULL,
    lift_reason TEXT NULL,
    lifted_by_person_id BLOB NULL,
    lifted_by_client_id TEXT NULL,
    CONSTRAINT pk_hold PRIMARY KEY (bank_id, id),
    CONSTRAINT fk_hold_account FOREIGN KEY (bank_id, account_id) REFERENCES base_account (bank_id, id),
    CONSTRAINT fk_hold_case FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES base_case (bank_id, agency_id, id, account_id),
    CONSTRAINT ck_hold_kind CHECK (kind IN ('dispute', 'complaint', 'fraud', 'deceased', 'insolvency', 'cease_contact', 'moratorium', 'plan_active', 'payment_pending')),
    CONSTRAINT ck_hold_raised_by CHECK (raised_by IN ('bank', 'agency', 'system'))
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_hold_account ON base_hold (bank_id, account_id, id);

CREATE INDEX ix_hold_agency ON base_hold (agency_id, id);

CREATE UNIQUE INDEX uq_hold_standing ON base_hold (bank_id, account_id, kind) WHERE lifted_at IS NULL;

CREATE TABLE base_promise
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    due_on TEXT NOT NULL,
    contact_record_id BLOB NULL,
    agency_reference TEXT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    made_at TEXT NOT NULL,
    CONSTRAINT pk_promise PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_promise_agency_id_id_case_id UNIQUE (bank_id, agency_id, id, case_id),
    CONSTRAINT fk_promise_case FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES base_case (bank_id, agency_id, id, account_id),
    CONSTRAINT fk_promise_contact_record FOREIGN KEY (bank_id, agency_id, contact_record_id, case_id) REFERENCES base_contact_record (bank_id, agency_id, id, case_id),
    CONSTRAINT ck_promise_amount CHECK (amount > 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_promise_agency ON base_promise (agency_id, id);

CREATE INDEX ix_promise_case ON base_promise (bank_id, case_id, id);

CREATE INDEX ix_promise_reference ON base_promise (agency_id, agency_reference, id) WHERE agency_reference IS NOT NULL;

CREATE INDEX ix_promise_bank_reference ON base_promise (bank_id, agency_reference, id) WHERE agency_reference IS NOT NULL;

CREATE TABLE base_promise_cancellation
(
    bank_id INTEGER NOT NULL,
    promise_id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    reason TEXT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    cancelled_at TEXT NOT NULL,
    CONSTRAINT pk_promise_cancellation PRIMARY KEY (bank_id, promise_id),
    CONSTRAINT fk_promise_cancellation_promise FOREIGN KEY (bank_id, agency_id, promise_id, case_id) REFERENCES base_promise (bank_id, agency_id, id, case_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_promise_cancellation_agency ON base_promise_cancellation (agency_id, promise_id);

CREATE TABLE base_contact_permit
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    answer TEXT NOT NULL,
    channel TEXT NOT NULL,
    party TEXT NOT NULL,
    contact_point_id BLOB NULL,
    rule_pack TEXT NOT NULL,
    findings TEXT NOT NULL,
    override_reason TEXT NULL,
    checked_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    allowed_from TEXT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    CONSTRAINT pk_contact_permit PRIMARY KEY (bank_id, id),
    CONSTRAINT fk_contact_permit_case FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES base_case (bank_id, agency_id, id, account_id),
    CONSTRAINT ck_contact_permit_answer CHECK (answer IN ('allow', 'warn', 'deny'))
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_contact_permit_agency ON base_contact_permit (agency_id, id);

CREATE INDEX ix_contact_permit_case ON base_contact_permit (bank_id, case_id, id);

CREATE TABLE base_event
(
    position INTEGER NOT NULL,
    id BLOB NOT NULL,
    bank_id INTEGER NOT NULL,
    agency_id INTEGER NULL,
    type TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    case_id BLOB NULL,
    account_id BLOB NULL,
    occurred_at TEXT NOT NULL,
    CONSTRAINT pk_event PRIMARY KEY (position AUTOINCREMENT),
    CONSTRAINT fk_event_bank FOREIGN KEY (bank_id) REFERENCES base_tenant (tenant_id),
    CONSTRAINT fk_event_agency FOREIGN KEY (agency_id) REFERENCES base_tenant (tenant_id)
) STRICT;

CREATE INDEX ix_event_bank ON base_event (bank_id, position);

CREATE INDEX ix_event_bank_subject ON base_event (bank_id, subject, position);

CREATE INDEX ix_event_agency ON base_event (agency_id, position);

CREATE INDEX ix_event_agency_subject ON base_event (agency_id, subject, position);

CREATE INDEX ix_event_case ON base_event (bank_id, case_id, position);

INSERT INTO base_agreement_version (bank_id, agreement_id, version, agency_id, title, valid_from, valid_to, terms, created_at)
SELECT bank_id, id, 1, agency_id, title, valid_from, valid_to, '{}', created_at
FROM base_agreement;

UPDATE base_contact_record
SET debtor_id = (SELECT c.debtor_id FROM base_case AS c WHERE c.bank_id = base_contact_record.bank_id AND c.id = base_contact_record.case_id)
WHERE debtor_id IS NULL;

INSERT INTO base_case_order (bank_id, case_id, agency_id, account_id, oldest_due_date, balance, last_contact_at, next_promise_on, is_open)
SELECT c.bank_id, c.id, c.agency_id, c.account_id, a.oldest_due_date, a.principal + a.interest + a.fees,
    COALESCE((SELECT MAX(r.occurred_at) FROM base_contact_record AS r WHERE r.bank_id = c.bank_id AND r.case_id = c.id), '0001-01-01 00:00:00.000'),
    '9999-12-31', CASE WHEN c.ended_at IS NULL THEN 1 ELSE 0 END
FROM base_case AS c
INNER JOIN base_account AS a ON a.bank_id = c.bank_id AND a.id = c.account_id;

INSERT INTO base_event (id, bank_id, agency_id, type, subject, subject_id, case_id, account_id, occurred_at)
SELECT id, bank_id, agency_id, 'case.opened', 'case', id, id, account_id, opened_at
FROM base_case
ORDER BY opened_at, id;

INSERT INTO base_event (id, bank_id, agency_id, type, subject, subject_id, case_id, account_id, occurred_at)
SELECT id, bank_id, agency_id, 'contact_record.reported', 'contact_record', id, case_id, account_id, received_at
FROM base_contact_record
ORDER BY received_at, id;

INSERT INTO base_event (id, bank_id, agency_id, type, subject, subject_id, case_id, account_id, occurred_at)
SELECT id, bank_id, agency_id, 'repayment.reported', 'repayment', id, case_id, account_id, reported_at
FROM base_repayment
ORDER BY reported_at, id;

INSERT INTO base_event (id, bank_id, agency_id, type, subject, subject_id, case_id, account_id, occurred_at)
SELECT id, bank_id, agency_id, 'settlement_proposal.submitted', 'settlement_proposal', id, case_id, account_id, submitted_at
FROM base_settlement_proposal
ORDER BY submitted_at, id;

INSERT INTO base_event (id, bank_id, agency_id, type, subject, subject_id, case_id, account_id, occurred_at)
SELECT l.id, l.bank_id, c.agency_id, 'ledger_entry.posted', 'ledger_entry', l.id, c.id, l.account_id, l.created_at
FROM base_ledger_entry AS l
LEFT JOIN base_case AS c ON c.bank_id = l.bank_id AND c.account_id = l.account_id AND c.ended_at IS NULL
WHERE l.kind <> 'opening'
ORDER BY l.created_at, l.id;

-- Who only counts has nothing of its own, not even the bank's audit entries.
CREATE VIEW idempotency_record AS
SELECT tenant_id, key_hash, request_hash, status, location, body_cipher, created_at
FROM base_idempotency_record
WHERE base_idempotency_record.tenant_id = session_tenant() AND session_kind() <> 'counter';

CREATE TRIGGER idempotency_record_insert INSTEAD OF INSERT ON idempotency_record
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into idempotency_record refused') WHERE (NEW.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    INSERT INTO base_idempotency_record (tenant_id, key_hash, request_hash, status, location, body_cipher, created_at)
    VALUES (NEW.tenant_id, NEW.key_hash, NEW.request_hash, NEW.status, NEW.location, NEW.body_cipher, NEW.created_at);
END;

CREATE TRIGGER idempotency_record_update INSTEAD OF UPDATE ON idempotency_record
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of idempotency_record refused') WHERE (OLD.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of idempotency_record refused') WHERE (NEW.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of idempotency_record is fixed') WHERE NEW.tenant_id IS NOT OLD.tenant_id OR NEW.key_hash IS NOT OLD.key_hash OR NEW.request_hash IS NOT OLD.request_hash OR NEW.created_at IS NOT OLD.created_at;
    UPDATE base_idempotency_record SET status = NEW.status, location = NEW.location, body_cipher = NEW.body_cipher WHERE tenant_id = OLD.tenant_id AND key_hash = OLD.key_hash;
    SELECT RAISE(ABORT, 'isolation: update of idempotency_record changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER idempotency_record_delete INSTEAD OF DELETE ON idempotency_record
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from idempotency_record refused') WHERE (OLD.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    DELETE FROM base_idempotency_record WHERE tenant_id = OLD.tenant_id AND key_hash = OLD.key_hash;
    SELECT RAISE(ABORT, 'isolation: delete from idempotency_record changed no row') WHERE changes() = 0;
END;

CREATE VIEW audit_entry AS
SELECT tenant_id, id, occurred_at, person_id, client_id, action, subject_id, detail, trace_id
FROM base_audit_entry
WHERE base_audit_entry.tenant_id = session_tenant() AND session_kind() <> 'counter';

CREATE TRIGGER audit_entry_insert INSTEAD OF INSERT ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into audit_entry refused') WHERE (NEW.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    INSERT INTO base_audit_entry (tenant_id, id, occurred_at, person_id, client_id, action, subject_id, detail, trace_id)
    VALUES (NEW.tenant_id, NEW.id, NEW.occurred_at, NEW.person_id, NEW.client_id, NEW.action, NEW.subject_id, NEW.detail, NEW.trace_id);
END;

CREATE TRIGGER audit_entry_update INSTEAD OF UPDATE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: audit_entry is append-only');
END;

CREATE TRIGGER audit_entry_delete INSTEAD OF DELETE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from audit_entry refused');
END;

CREATE VIEW debtor AS
SELECT bank_id, id, reference, name_cipher, id_number_cipher, id_number_index, time_zone, created_at
FROM base_debtor
WHERE (session_kind() IN ('bank', 'system') AND base_debtor.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.debtor_id = base_debtor.id AND c.bank_id = base_debtor.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))));

CREATE TRIGGER debtor_insert INSTEAD OF INSERT ON debtor
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into debtor refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant())) IS NOT TRUE;
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

CREATE VIEW contact_point AS
SELECT bank_id, id, debtor_id, kind, value_cipher, value_index, status, source, created_at, party, consent, holder_cipher, agency_id, case_id, adopted_at, changed_at
FROM base_contact_point
WHERE (session_kind() IN ('bank', 'system') AND base_contact_point.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND (base_contact_point.agency_id IS NULL OR base_contact_point.agency_id = session_tenant() OR base_contact_point.adopted_at IS NOT NULL) AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.debtor_id = base_contact_point.debtor_id AND c.bank_id = base_contact_point.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))));

CREATE TRIGGER contact_point_insert INSTEAD OF INSERT ON contact_point
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into contact_point refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) OR (session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND c.debtor_id = NEW.debtor_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))) IS NOT TRUE;
    INSERT INTO base_contact_point (bank_id, id, debtor_id, kind, value_cipher, value_index, status, source, created_at, party, consent, holder_cipher, agency_id, case_id, adopted_at, changed_at)
    VALUES (NEW.bank_id, NEW.id, NEW.debtor_id, NEW.kind, NEW.value_cipher, NEW.value_index, NEW.status, NEW.source, NEW.created_at, COALESCE(NEW.party, 'debtor'), COALESCE(NEW.consent, 'unknown'), NEW.holder_cipher, NEW.agency_id, NEW.case_id, NEW.adopted_at, NEW.changed_at);
END;

CREATE TRIGGER contact_point_update INSTEAD OF UPDATE ON contact_point
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of contact_point refused') WHERE ((session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant())) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of contact_point refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant())) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of contact_point is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.debtor_id IS NOT OLD.debtor_id OR NEW.kind IS NOT OLD.kind OR NEW.value_cipher IS NOT OLD.value_cipher OR NEW.value_index IS NOT OLD.value_index OR NEW.source IS NOT OLD.source OR NEW.created_at IS NOT OLD.created_at OR NEW.party IS NOT OLD.party OR NEW.holder_cipher IS NOT OLD.holder_cipher OR NEW.agency_id IS NOT OLD.agency_id OR NEW.case_id IS NOT OLD.case_id;
    UPDATE base_contact_point SET status = NEW.status, consent = NEW.consent, adopted_at = NEW.adopted_at, changed_at = NEW.changed_at WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of contact_point changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER contact_point_delete INSTEAD OF DELETE ON contact_point
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from contact_point refused');
END;

CREATE VIEW account AS
SELECT bank_id, id, portfolio_id, import_id, debtor_id, account_number, product, currency, credit_limit, oldest_due_date, as_of, principal, interest, fees, state, resolution, assignment_id, created_at, changed_at, city
FROM base_account
WHERE (session_kind() IN ('bank', 'system') AND base_account.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.account_id = base_account.id AND c.bank_id = base_account.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))));

CREATE TRIGGER account_insert INSTEAD OF INSERT ON account
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into account refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant())) IS NOT TRUE;
    INSERT INTO base_account (bank_id, id, portfolio_id, import_id, debtor_id, account_number, product, currency, credit_limit, oldest_due_date, as_of, principal, interest, fees, state, resolution, assignment_id, created_at, changed_at, city)
    VALUES (NEW.bank_id, NEW.id, NEW.portfolio_id, NEW.import_id, NEW.debtor_id, NEW.account_number, NEW.product, NEW.currency, NEW.credit_limit, NEW.oldest_due_date, NEW.as_of, NEW.principal, NEW.interest, NEW.fees, NEW.state, NEW.resolution, NEW.assignment_id, NEW.created_at, NEW.changed_at, NEW.city);
END;

CREATE TRIGGER account_update INSTEAD OF UPDATE ON account
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of account refused') WHERE ((session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant())) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of account refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant())) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of account is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.portfolio_id IS NOT OLD.portfolio_id OR NEW.import_id IS NOT OLD.import_id OR NEW.debtor_id IS NOT OLD.debtor_id OR NEW.account_number IS NOT OLD.account_number OR NEW.product IS NOT OLD.product OR NEW.currency IS NOT OLD.currency OR NEW.credit_limit IS NOT OLD.credit_limit OR NEW.oldest_due_date IS NOT OLD.oldest_due_date OR NEW.as_of IS NOT OLD.as_of OR NEW.created_at IS NOT OLD.created_at OR NEW.city IS NOT OLD.city;
    UPDATE base_account SET principal = NEW.principal, interest = NEW.interest, fees = NEW.fees, state = NEW.state, resolution = NEW.resolution, assignment_id = NEW.assignment_id, changed_at = NEW.changed_at WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of account changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER account_delete INSTEAD OF DELETE ON account
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from account refused');
END;

CREATE VIEW ledger_entry AS
SELECT bank_id, account_id, id, kind, bucket, amount, currency, cause_id, effective_on, created_at
FROM base_ledger_entry
WHERE (session_kind() IN ('bank', 'system') AND base_ledger_entry.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.account_id = base_ledger_entry.account_id AND c.bank_id = base_ledger_entry.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))));

CREATE TRIGGER ledger_entry_insert INSTEAD OF INSERT ON ledger_entry
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into ledger_entry refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant())) IS NOT TRUE;
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

CREATE VIEW assignment AS
SELECT bank_id, id, agency_id, agreement_id, portfolio_id, currency, term_start, term_end, account_count, principal, interest, fees, days_past_due_mix, submitted_at, activated_at, released_at, agreement_version, slice, placing, skipped_count, ended_at, ending, end_reason
FROM base_assignment
WHERE (session_kind() IN ('bank', 'system') AND base_assignment.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_assignment.agency_id = session_tenant() AND base_assignment.placing = 0);

CREATE TRIGGER assignment_insert INSTEAD OF INSERT ON assignment
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into assignment refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant())) IS NOT TRUE;
    INSERT INTO base_assignment (bank_id, id, agency_id, agreement_id, portfolio_id, currency, term_start, term_end, account_count, principal, interest, fees, days_past_due_mix, submitted_at, activated_at, released_at, agreement_version, slice, placing, skipped_count, ended_at, ending, end_reason)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.agreement_id, NEW.portfolio_id, NEW.currency, NEW.term_start, NEW.term_end, NEW.account_count, NEW.principal, NEW.interest, NEW.fees, NEW.days_past_due_mix, NEW.submitted_at, NEW.activated_at, NEW.released_at, COALESCE(NEW.agreement_version, 1), NEW.slice, COALESCE(NEW.placing, 0), COALESCE(NEW.skipped_count, 0), NEW.ended_at, NEW.ending, NEW.end_reason);
END;

CREATE TRIGGER assignment_update INSTEAD OF UPDATE ON assignment
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of assignment refused') WHERE ((session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant())) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of assignment refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant())) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of assignment is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.agency_id IS NOT OLD.agency_id OR NEW.agreement_id IS NOT OLD.agreement_id OR NEW.portfolio_id IS NOT OLD.portfolio_id OR NEW.currency IS NOT OLD.currency OR NEW.term_start IS NOT OLD.term_start OR NEW.term_end IS NOT OLD.term_end OR NEW.submitted_at IS NOT OLD.submitted_at OR NEW.agreement_version IS NOT OLD.agreement_version OR NEW.slice IS NOT OLD.slice;
    UPDATE base_assignment SET account_count = NEW.account_count, principal = NEW.principal, interest = NEW.interest, fees = NEW.fees, days_past_due_mix = NEW.days_past_due_mix, activated_at = NEW.activated_at, released_at = NEW.released_at, placing = NEW.placing, skipped_count = NEW.skipped_count, ended_at = NEW.ended_at, ending = NEW.ending, end_reason = NEW.end_reason WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of assignment changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER assignment_delete INSTEAD OF DELETE ON assignment
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from assignment refused');
END;

CREATE VIEW [case] AS
SELECT bank_id, id, agency_id, assignment_id, account_id, debtor_id, state, opened_at, ended_at, end_reason, recall_on, recall_reason, extended_to, answered_motion_id, objection_refused_at, late_until
FROM base_case
WHERE (session_kind() IN ('bank', 'system') AND base_case.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_case.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_case.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER case_insert INSTEAD OF INSERT ON [case]
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into case refused') WHERE ((session_kind() = 'system' AND NEW.bank_id = session_tenant())) IS NOT TRUE;
    INSERT INTO base_case (bank_id, id, agency_id, assignment_id, account_id, debtor_id, state, opened_at, ended_at, end_reason, recall_on, recall_reason, extended_to, answered_motion_id, objection_refused_at, late_until)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.assignment_id, NEW.account_id, NEW.debtor_id, NEW.state, NEW.opened_at, NEW.ended_at, NEW.end_reason, NEW.recall_on, NEW.recall_reason, NEW.extended_to, NEW.answered_motion_id, NEW.objection_refused_at, NEW.late_until);
END;

CREATE TRIGGER case_update INSTEAD OF UPDATE ON [case]
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of case refused') WHERE ((session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant())) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of case refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant())) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of case is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.agency_id IS NOT OLD.agency_id OR NEW.assignment_id IS NOT OLD.assignment_id OR NEW.account_id IS NOT OLD.account_id OR NEW.debtor_id IS NOT OLD.debtor_id OR NEW.opened_at IS NOT OLD.opened_at;
    UPDATE base_case SET state = NEW.state, ended_at = NEW.ended_at, end_reason = NEW.end_reason, recall_on = NEW.recall_on, recall_reason = NEW.recall_reason, extended_to = NEW.extended_to, answered_motion_id = NEW.answered_motion_id, objection_refused_at = NEW.objection_refused_at, late_until = NEW.late_until WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of case changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER case_delete INSTEAD OF DELETE ON [case]
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from case refused');
END;

CREATE VIEW contact_record AS
SELECT bank_id, id, agency_id, case_id, account_id, channel, direction, party, outcome, occurred_at, received_at, duration_seconds, agency_reference, person_id, client_id, note_digest, point_digest, debtor_id, collector_id, time_zone, contact_point_id, permit_id, breaches, override_reason, recording_reference, recording_sha256, supersedes_id
FROM base_contact_record
WHERE (session_kind() IN ('bank', 'system', 'counter') AND base_contact_record.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_contact_record.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_contact_record.case_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER contact_record_insert INSTEAD OF INSERT ON contact_record
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into contact_record refused') WHERE ((session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND c.debtor_id = NEW.debtor_id AND (c.ended_at IS NULL OR c.late_until >= NEW.received_at) AND (s.ended_at IS NULL OR c.late_until >= NEW.received_at) AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))) IS NOT TRUE;
    INSERT INTO base_contact_record (bank_id, id, agency_id, case_id, account_id, channel, direction, party, outcome, occurred_at, received_at, duration_seconds, agency_reference, person_id, client_id, note_digest, point_digest, debtor_id, collector_id, time_zone, contact_point_id, permit_id, breaches, override_reason, recording_reference, recording_sha256, supersedes_id)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.case_id, NEW.account_id, NEW.channel, NEW.direction, NEW.party, NEW.outcome, NEW.occurred_at, NEW.received_at, NEW.duration_seconds, NEW.agency_reference, NEW.person_id, NEW.client_id, NEW.note_digest, NEW.point_digest, NEW.debtor_id, NEW.collector_id, NEW.time_zone, NEW.contact_point_id, NEW.permit_id, NEW.breaches, NEW.override_reason, NEW.recording_reference, NEW.recording_sha256, NEW.supersedes_id);
END;

CREATE TRIGGER contact_record_update INSTEAD OF UPDATE ON contact_record
BEGIN
    SELECT RAISE(ABORT, 'isolation: contact_record is append-only');
END;

CREATE TRIGGER contact_record_delete INSTEAD OF DELETE ON contact_record
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from contact_record refused');
END;

CREATE VIEW contact_note AS
SELECT bank_id, contact_record_id, agency_id, case_id, note_cipher, point_cipher, received_at
FROM base_contact_note
WHERE (session_kind() IN ('bank', 'system') AND base_contact_note.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_contact_note.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = base_contact_note.case_id AND c.bank_id = base_contact_note.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))));

CREATE TRIGGER contact_note_insert INSTEAD OF INSERT ON contact_note
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into contact_note refused') WHERE ((session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND (c.ended_at IS NULL OR c.late_until >= NEW.received_at) AND (s.ended_at IS NULL OR c.late_until >= NEW.received_at) AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))) IS NOT TRUE;
    INSERT INTO base_contact_note (bank_id, contact_record_id, agency_id, case_id, note_cipher, point_cipher, received_at)
    VALUES (NEW.bank_id, NEW.contact_record_id, NEW.agency_id, NEW.case_id, NEW.note_cipher, NEW.point_cipher, NEW.received_at);
END;

CREATE TRIGGER contact_note_update INSTEAD OF UPDATE ON contact_note
BEGIN
    SELECT RAISE(ABORT, 'isolation: contact_note is append-only');
END;

CREATE TRIGGER contact_note_delete INSTEAD OF DELETE ON contact_note
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from contact_note refused');
END;

CREATE VIEW repayment AS
SELECT bank_id, id, agency_id, case_id, account_id, amount, currency, paid_on, over_balance, agency_reference, person_id, client_id, reported_at
FROM base_repayment
WHERE (session_kind() IN ('bank', 'system') AND base_repayment.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_repayment.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_repayment.case_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER repayment_insert INSTEAD OF INSERT ON repayment
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into repayment refused') WHERE ((session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND (c.ended_at IS NULL OR c.late_until >= NEW.reported_at) AND (s.ended_at IS NULL OR c.late_until >= NEW.reported_at) AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))) IS NOT TRUE;
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

CREATE VIEW settlement_proposal AS
SELECT bank_id, id, agency_id, case_id, account_id, kind, amount, currency, pay_by, reason_cipher, agency_reference, person_id, client_id, submitted_at
FROM base_settlement_proposal
WHERE (session_kind() IN ('bank', 'system') AND base_settlement_proposal.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_settlement_proposal.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_settlement_proposal.case_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER settlement_proposal_insert INSTEAD OF INSERT ON settlement_proposal
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into settlement_proposal refused') WHERE ((session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))) IS NOT TRUE;
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

CREATE VIEW repayment_decision AS
SELECT bank_id, repayment_id, decision, agency_id, overpaid, reason, person_id, client_id, decided_at
FROM base_repayment_decision
WHERE (session_kind() IN ('bank', 'system') AND base_repayment_decision.bank_id = session_tenant())
   
    OR (session_kind() = 'agency' AND base_repayment_decision.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_repayment r INNER JOIN base_case_desk k ON k.bank_id = r.bank_id AND k.case_id = r.case_id WHERE k.agency_id = session_tenant() AND r.bank_id = base_repayment_decision.bank_id AND r.id = base_repayment_decision.repayment_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

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

CREATE VIEW agreement_version AS
SELECT bank_id, agreement_id, version, agency_id, title, valid_from, valid_to, terms, person_id, client_id, created_at
FROM base_agreement_version
WHERE (session_kind() IN ('bank', 'system') AND base_agreement_version.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_agreement_version.agency_id = session_tenant());

CREATE TRIGGER agreement_version_insert INSTEAD OF INSERT ON agreement_version
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into agreement_version refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant())) IS NOT TRUE;
    INSERT INTO base_agreement_version (bank_id, agreement_id, version, agency_id, title, valid_from, valid_to, terms, person_id, client_id, created_at)
    VALUES (NEW.bank_id, NEW.agreement_id, NEW.version, NEW.agency_id, NEW.title, NEW.valid_from, NEW.valid_to, NEW.terms, NEW.person_id, NEW.client_id, NEW.created_at);
END;

CREATE TRIGGER agreement_version_update INSTEAD OF UPDATE ON agreement_version
BEGIN
    SELECT RAISE(ABORT, 'isolation: agreement_version is append-only');
END;

CREATE TRIGGER agreement_version_delete INSTEAD OF DELETE ON agreement_version
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from agreement_version refused');
END;

CREATE VIEW assignment_skip AS
SELECT bank_id, assignment_id, account_id, reason
FROM base_assignment_skip
WHERE (session_kind() IN ('bank', 'system') AND base_assignment_skip.bank_id = session_tenant());

CREATE TRIGGER assignment_skip_insert INSTEAD OF INSERT ON assignment_skip
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into assignment_skip refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant())) IS NOT TRUE;
    INSERT INTO base_assignment_skip (bank_id, assignment_id, account_id, reason)
    VALUES (NEW.bank_id, NEW.assignment_id, NEW.account_id, NEW.reason);
END;

CREATE TRIGGER assignment_skip_update INSTEAD OF UPDATE ON assignment_skip
BEGIN
    SELECT RAISE(ABORT, 'isolation: assignment_skip is append-only');
END;

CREATE TRIGGER assignment_skip_delete INSTEAD OF DELETE ON assignment_skip
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from assignment_skip refused');
END;

CREATE VIEW team AS
SELECT agency_id, id, name, splits_evenly, created_at, changed_at
FROM base_team
WHERE (session_kind() = 'agency' AND base_team.agency_id = session_tenant());

CREATE TRIGGER team_insert INSTEAD OF INSERT ON team
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into team refused') WHERE ((session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND session_sight() = 'all')) IS NOT TRUE;
    INSERT INTO base_team (agency_id, id, name, splits_evenly, created_at, changed_at)
    VALUES (NEW.agency_id, NEW.id, NEW.name, NEW.splits_evenly, NEW.created_at, NEW.changed_at);
END;

CREATE TRIGGER team_update INSTEAD OF UPDATE ON team
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of team refused') WHERE ((session_kind() = 'agency' AND OLD.agency_id = session_tenant() AND session_sight() = 'all')) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of team refused') WHERE ((session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND session_sight() = 'all')) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of team is fixed') WHERE NEW.agency_id IS NOT OLD.agency_id OR NEW.id IS NOT OLD.id OR NEW.created_at IS NOT OLD.created_at;
    UPDATE base_team SET name = NEW.name, splits_evenly = NEW.splits_evenly, changed_at = NEW.changed_at WHERE agency_id = OLD.agency_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of team changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER team_delete INSTEAD OF DELETE ON team
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from team refused');
END;

CREATE VIEW team_member AS
SELECT agency_id, team_id, person_id, role, added_at
FROM base_team_member
WHERE (session_kind() = 'agency' AND base_team_member.agency_id = session_tenant());

CREATE TRIGGER team_member_insert INSTEAD OF INSERT ON team_member
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into team_member refused') WHERE ((session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND session_sight() = 'all')) IS NOT TRUE;
    INSERT INTO base_team_member (agency_id, team_id, person_id, role, added_at)
    VALUES (NEW.agency_id, NEW.team_id, NEW.person_id, NEW.role, NEW.added_at);
END;

CREATE TRIGGER team_member_update INSTEAD OF UPDATE ON team_member
BEGIN
    SELECT RAISE(ABORT, 'isolation: team_member is append-only');
END;

CREATE TRIGGER team_member_delete INSTEAD OF DELETE ON team_member
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from team_member refused') WHERE ((session_kind() = 'agency' AND OLD.agency_id = session_tenant() AND session_sight() = 'all')) IS NOT TRUE;
    DELETE FROM base_team_member WHERE agency_id = OLD.agency_id AND team_id = OLD.team_id AND person_id = OLD.person_id;
    SELECT RAISE(ABORT, 'isolation: delete from team_member removed no row') WHERE changes() = 0;
END;

CREATE VIEW case_desk AS
SELECT bank_id, agency_id, case_id, account_id, collector_id, team_id, agency_reference, changed_at
FROM base_case_desk
WHERE (session_kind() IN ('bank', 'system') AND base_case_desk.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_case_desk.agency_id = session_tenant() AND (session_sight() = 'all' OR base_case_desk.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = base_case_desk.team_id AND m.person_id = session_person()))));

CREATE TRIGGER case_desk_insert INSTEAD OF INSERT ON case_desk
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into case_desk refused') WHERE ((session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND session_sight() = 'all' AND EXISTS (SELECT 1 FROM base_case c WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND c.ended_at IS NULL))) IS NOT TRUE;
    INSERT INTO base_case_desk (bank_id, agency_id, case_id, account_id, collector_id, team_id, agency_reference, changed_at)
    VALUES (NEW.bank_id, NEW.agency_id, NEW.case_id, NEW.account_id, NEW.collector_id, NEW.team_id, NEW.agency_reference, NEW.changed_at);
END;

CREATE TRIGGER case_desk_update INSTEAD OF UPDATE ON case_desk
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of case_desk refused') WHERE ((session_kind() = 'agency' AND OLD.agency_id = session_tenant() AND (session_sight() = 'all' OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = OLD.team_id AND m.person_id = session_person()))) AND EXISTS (SELECT 1 FROM base_case c WHERE c.agency_id = session_tenant() AND c.id = OLD.case_id AND c.bank_id = OLD.bank_id AND c.ended_at IS NULL))) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of case_desk refused') WHERE ((session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND (session_sight() = 'all' OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = NEW.team_id AND m.person_id = session_person()))) AND EXISTS (SELECT 1 FROM base_case c WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND c.ended_at IS NULL))) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of case_desk is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.agency_id IS NOT OLD.agency_id OR NEW.case_id IS NOT OLD.case_id OR NEW.account_id IS NOT OLD.account_id;
    UPDATE base_case_desk SET collector_id = NEW.collector_id, team_id = NEW.team_id, agency_reference = NEW.agency_reference, changed_at = NEW.changed_at WHERE agency_id = OLD.agency_id AND case_id = OLD.case_id;
    SELECT RAISE(ABORT, 'isolation: update of case_desk changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER case_desk_delete INSTEAD OF DELETE ON case_desk
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from case_desk refused');
END;

CREATE VIEW case_order AS
SELECT bank_id, case_id, agency_id, account_id, oldest_due_date, balance, last_contact_at, next_promise_on, is_open
FROM base_case_order
WHERE (session_kind() IN ('bank', 'system') AND base_case_order.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_case_order.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = base_case_order.case_id AND c.bank_id = base_case_order.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))));

CREATE TRIGGER case_order_insert INSTEAD OF INSERT ON case_order
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into case_order refused') WHERE ((session_kind() = 'system' AND NEW.bank_id = session_tenant())) IS NOT TRUE;
    INSERT INTO base_case_order (bank_id, case_id, agency_id, account_id, oldest_due_date, balance, last_contact_at, next_promise_on, is_open)
    VALUES (NEW.bank_id, NEW.case_id, NEW.agency_id, NEW.account_id, NEW.oldest_due_date, NEW.balance, NEW.last_contact_at, NEW.next_promise_on, NEW.is_open);
END;

CREATE TRIGGER case_order_update INSTEAD OF UPDATE ON case_order
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of case_order refused') WHERE ((session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant()) OR (session_kind() = 'agency' AND OLD.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = OLD.case_id AND c.bank_id = OLD.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of case_order refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) OR (session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of case_order is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.case_id IS NOT OLD.case_id OR NEW.agency_id IS NOT OLD.agency_id OR NEW.account_id IS NOT OLD.account_id;
    UPDATE base_case_order SET oldest_due_date = NEW.oldest_due_date, balance = NEW.balance, last_contact_at = NEW.last_contact_at, next_promise_on = NEW.next_promise_on, is_open = NEW.is_open WHERE bank_id = OLD.bank_id AND case_id = OLD.case_id;
    SELECT RAISE(ABORT, 'isolation: update of case_order changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER case_order_delete INSTEAD OF DELETE ON case_order
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from case_order refused');
END;

CREATE VIEW case_motion AS
SELECT bank_id, id, agency_id, case_id, account_id, kind, reason, requested_end, note_cipher, person_id, client_id, made_at
FROM base_case_motion
WHERE (session_kind() IN ('bank', 'system') AND base_case_motion.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_case_motion.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_case_motion.case_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER case_motion_insert INSTEAD OF INSERT ON case_motion
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into case_motion refused') WHERE ((session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))) IS NOT TRUE;
    INSERT INTO base_case_motion (bank_id, id, agency_id, case_id, account_id, kind, reason, requested_end, note_cipher, person_id, client_id, made_at)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.case_id, NEW.account_id, NEW.kind, NEW.reason, NEW.requested_end, NEW.note_cipher, NEW.person_id, NEW.client_id, NEW.made_at);
END;

CREATE TRIGGER case_motion_update INSTEAD OF UPDATE ON case_motion
BEGIN
    SELECT RAISE(ABORT, 'isolation: case_motion is append-only');
END;

CREATE TRIGGER case_motion_delete INSTEAD OF DELETE ON case_motion
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from case_motion refused');
END;

CREATE VIEW case_motion_answer AS
SELECT bank_id, motion_id, agency_id, case_id, answer, new_date, reason, person_id, client_id, answered_at
FROM base_case_motion_answer
WHERE (session_kind() IN ('bank', 'system') AND base_case_motion_answer.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_case_motion_answer.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_case_motion_answer.case_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER case_motion_answer_insert INSTEAD OF INSERT ON case_motion_answer
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into case_motion_answer refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant())) IS NOT TRUE;
    INSERT INTO base_case_motion_answer (bank_id, motion_id, agency_id, case_id, answer, new_date, reason, person_id, client_id, answered_at)
    VALUES (NEW.bank_id, NEW.motion_id, NEW.agency_id, NEW.case_id, NEW.answer, NEW.new_date, NEW.reason, NEW.person_id, NEW.client_id, NEW.answered_at);
END;

CREATE TRIGGER case_motion_answer_update INSTEAD OF UPDATE ON case_motion_answer
BEGIN
    SELECT RAISE(ABORT, 'isolation: case_motion_answer is append-only');
END;

CREATE TRIGGER case_motion_answer_delete INSTEAD OF DELETE ON case_motion_answer
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from case_motion_answer refused');
END;

CREATE VIEW contact_point_mark AS
SELECT bank_id, id, contact_point_id, agency_id, case_id, mark, person_id, client_id, marked_at
FROM base_contact_point_mark
WHERE (session_kind() IN ('bank', 'system') AND base_contact_point_mark.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_contact_point_mark.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_contact_point_mark.case_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER contact_point_mark_insert INSTEAD OF INSERT ON contact_point_mark
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into contact_point_mark refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) OR (session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id INNER JOIN base_contact_point p ON p.bank_id = c.bank_id AND p.debtor_id = c.debtor_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND p.id = NEW.contact_point_id AND (p.agency_id IS NULL OR p.agency_id = session_tenant() OR p.adopted_at IS NOT NULL) AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))) IS NOT TRUE;
    INSERT INTO base_contact_point_mark (bank_id, id, contact_point_id, agency_id, case_id, mark, person_id, client_id, marked_at)
    VALUES (NEW.bank_id, NEW.id, NEW.contact_point_id, NEW.agency_id, NEW.case_id, NEW.mark, NEW.person_id, NEW.client_id, NEW.marked_at);
END;

CREATE TRIGGER contact_point_mark_update INSTEAD OF UPDATE ON contact_point_mark
BEGIN
    SELECT RAISE(ABORT, 'isolation: contact_point_mark is append-only');
END;

CREATE TRIGGER contact_point_mark_delete INSTEAD OF DELETE ON contact_point_mark
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from contact_point_mark refused');
END;

CREATE VIEW hold AS
SELECT bank_id, id, account_id, agency_id, case_id, kind, reason, contact_record_id, person_id, client_id, raised_by, raised_at, lifted_at, lift_reason, lifted_by_person_id, lifted_by_client_id
FROM base_hold
WHERE (session_kind() IN ('bank', 'system') AND base_hold.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.account_id = base_hold.account_id AND c.bank_id = base_hold.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))));

CREATE TRIGGER hold_insert INSTEAD OF INSERT ON hold
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into hold refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) OR (session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))) IS NOT TRUE;
    INSERT INTO base_hold (bank_id, id, account_id, agency_id, case_id, kind, reason, contact_record_id, person_id, client_id, raised_by, raised_at, lifted_at, lift_reason, lifted_by_person_id, lifted_by_client_id)
    VALUES (NEW.bank_id, NEW.id, NEW.account_id, NEW.agency_id, NEW.case_id, NEW.kind, NEW.reason, NEW.contact_record_id, NEW.person_id, NEW.client_id, NEW.raised_by, NEW.raised_at, NEW.lifted_at, NEW.lift_reason, NEW.lifted_by_person_id, NEW.lifted_by_client_id);
END;

CREATE TRIGGER hold_update INSTEAD OF UPDATE ON hold
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of hold refused') WHERE ((session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant())) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of hold refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant())) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of hold is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.account_id IS NOT OLD.account_id OR NEW.agency_id IS NOT OLD.agency_id OR NEW.case_id IS NOT OLD.case_id OR NEW.kind IS NOT OLD.kind OR NEW.reason IS NOT OLD.reason OR NEW.contact_record_id IS NOT OLD.contact_record_id OR NEW.person_id IS NOT OLD.person_id OR NEW.client_id IS NOT OLD.client_id OR NEW.raised_by IS NOT OLD.raised_by OR NEW.raised_at IS NOT OLD.raised_at;
    UPDATE base_hold SET lifted_at = NEW.lifted_at, lift_reason = NEW.lift_reason, lifted_by_person_id = NEW.lifted_by_person_id, lifted_by_client_id = NEW.lifted_by_client_id WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of hold changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER hold_delete INSTEAD OF DELETE ON hold
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from hold refused');
END;

CREATE VIEW promise AS
SELECT bank_id, id, agency_id, case_id, account_id, amount, currency, due_on, contact_record_id, agency_reference, person_id, client_id, made_at
FROM base_promise
WHERE (session_kind() IN ('bank', 'system') AND base_promise.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_promise.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_promise.case_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER promise_insert INSTEAD OF INSERT ON promise
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into promise refused') WHERE ((session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))) IS NOT TRUE;
    INSERT INTO base_promise (bank_id, id, agency_id, case_id, account_id, amount, currency, due_on, contact_record_id, agency_reference, person_id, client_id, made_at)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.case_id, NEW.account_id, NEW.amount, NEW.currency, NEW.due_on, NEW.contact_record_id, NEW.agency_reference, NEW.person_id, NEW.client_id, NEW.made_at);
END;

CREATE TRIGGER promise_update INSTEAD OF UPDATE ON promise
BEGIN
    SELECT RAISE(ABORT, 'isolation: promise is append-only');
END;

CREATE TRIGGER promise_delete INSTEAD OF DELETE ON promise
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from promise refused');
END;

CREATE VIEW promise_cancellation AS
SELECT bank_id, promise_id, agency_id, case_id, reason, person_id, client_id, cancelled_at
FROM base_promise_cancellation
WHERE (session_kind() IN ('bank', 'system') AND base_promise_cancellation.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_promise_cancellation.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_promise_cancellation.case_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER promise_cancellation_insert INSTEAD OF INSERT ON promise_cancellation
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into promise_cancellation refused') WHERE ((session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))) IS NOT TRUE;
    INSERT INTO base_promise_cancellation (bank_id, promise_id, agency_id, case_id, reason, person_id, client_id, cancelled_at)
    VALUES (NEW.bank_id, NEW.promise_id, NEW.agency_id, NEW.case_id, NEW.reason, NEW.person_id, NEW.client_id, NEW.cancelled_at);
END;

CREATE TRIGGER promise_cancellation_update INSTEAD OF UPDATE ON promise_cancellation
BEGIN
    SELECT RAISE(ABORT, 'isolation: promise_cancellation is append-only');
END;

CREATE TRIGGER promise_cancellation_delete INSTEAD OF DELETE ON promise_cancellation
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from promise_cancellation refused');
END;

CREATE VIEW contact_permit AS
SELECT bank_id, id, agency_id, case_id, account_id, answer, channel, party, contact_point_id, rule_pack, findings, override_reason, checked_at, expires_at, allowed_from, person_id, client_id
FROM base_contact_permit
WHERE (session_kind() IN ('bank', 'system') AND base_contact_permit.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_contact_permit.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_contact_permit.case_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER contact_permit_insert INSTEAD OF INSERT ON contact_permit
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into contact_permit refused') WHERE ((session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))) IS NOT TRUE;
    INSERT INTO base_contact_permit (bank_id, id, agency_id, case_id, account_id, answer, channel, party, contact_point_id, rule_pack, findings, override_reason, checked_at, expires_at, allowed_from, person_id, client_id)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.case_id, NEW.account_id, NEW.answer, NEW.channel, NEW.party, NEW.contact_point_id, NEW.rule_pack, NEW.findings, NEW.override_reason, NEW.checked_at, NEW.expires_at, NEW.allowed_from, NEW.person_id, NEW.client_id);
END;

CREATE TRIGGER contact_permit_update INSTEAD OF UPDATE ON contact_permit
BEGIN
    SELECT RAISE(ABORT, 'isolation: contact_permit is append-only');
END;

CREATE TRIGGER contact_permit_delete INSTEAD OF DELETE ON contact_permit
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from contact_permit refused');
END;

CREATE VIEW event AS
SELECT position, id, bank_id, agency_id, type, subject, subject_id, case_id, account_id, occurred_at
FROM base_event
WHERE (session_kind() IN ('bank', 'system') AND base_event.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_event.agency_id = session_tenant() AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = base_event.case_id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person()))))));

CREATE TRIGGER event_insert INSTEAD OF INSERT ON event
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into event refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) OR (session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_agreement a WHERE a.agency_id = session_tenant() AND a.bank_id = NEW.bank_id))) IS NOT TRUE;
    INSERT INTO base_event (id, bank_id, agency_id, type, subject, subject_id, case_id, account_id, occurred_at)
    VALUES (NEW.id, NEW.bank_id, NEW.agency_id, NEW.type, NEW.subject, NEW.subject_id, NEW.case_id, NEW.account_id, NEW.occurred_at);
END;

CREATE TRIGGER event_update INSTEAD OF UPDATE ON event
BEGIN
    SELECT RAISE(ABORT, 'isolation: event is append-only');
END;

CREATE TRIGGER event_delete INSTEAD OF DELETE ON event
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from event refused');
END;

PRAGMA legacy_alter_table = OFF;

CREATE TEMP TABLE orphan (count INTEGER NOT NULL CONSTRAINT ck_orphan CHECK (count = 0));
INSERT INTO orphan SELECT COUNT(*) FROM pragma_foreign_key_check;
DROP TABLE orphan;
