-- The work between both sides: versions of agreements, what a slice leaves out, teams and who works a case, its motions and answers,
-- contact points found and marked, holds, promises, contact permits, and the events that both sides follow along.
-- Within an agency a collector sees the cases on the own desk, a supervisor the team's; an assignment that has ended ends every sight of it.

-- The rows that stand are completed below, which the policies would hide from the migrator.
ALTER SECURITY POLICY rls.agreement_policy WITH (STATE = OFF);
GO
ALTER SECURITY POLICY rls.assignment_policy WITH (STATE = OFF);
GO
ALTER SECURITY POLICY rls.account_policy WITH (STATE = OFF);
GO
ALTER SECURITY POLICY rls.ledger_entry_policy WITH (STATE = OFF);
GO
ALTER SECURITY POLICY rls.case_policy WITH (STATE = OFF);
GO
ALTER SECURITY POLICY rls.contact_record_policy WITH (STATE = OFF);
GO
ALTER SECURITY POLICY rls.repayment_policy WITH (STATE = OFF);
GO
ALTER SECURITY POLICY rls.settlement_proposal_policy WITH (STATE = OFF);
GO

ALTER TABLE account ADD city nvarchar(100) COLLATE Latin1_General_100_BIN2 NULL;
GO
ALTER TABLE assignment ADD agreement_version int NOT NULL CONSTRAINT df_assignment_agreement_version DEFAULT 1;
GO
ALTER TABLE assignment ADD slice nvarchar(2000) NULL;
GO
ALTER TABLE assignment ADD placing bit NOT NULL CONSTRAINT df_assignment_placing DEFAULT 0;
GO
ALTER TABLE assignment ADD skipped_count int NOT NULL CONSTRAINT df_assignment_skipped_count DEFAULT 0;
GO
ALTER TABLE assignment ADD ended_at datetime2(3) NULL;
GO
ALTER TABLE assignment ADD ending varchar(20) NULL;
GO
ALTER TABLE assignment ADD end_reason nvarchar(400) NULL;
GO
ALTER TABLE [case] ADD recall_on date NULL;
GO
ALTER TABLE [case] ADD recall_reason varchar(20) NULL;
GO
ALTER TABLE [case] ADD extended_to date NULL;
GO
ALTER TABLE [case] ADD answered_motion_id binary(16) NULL;
GO
ALTER TABLE [case] ADD objection_refused_at datetime2(3) NULL;
GO
ALTER TABLE [case] ADD late_until datetime2(3) NULL;
GO
ALTER TABLE contact_point ADD party varchar(20) NOT NULL CONSTRAINT df_contact_point_party DEFAULT 'debtor';
GO
ALTER TABLE contact_point ADD consent varchar(20) NOT NULL CONSTRAINT df_contact_point_consent DEFAULT 'unknown';
GO
ALTER TABLE contact_point ADD holder_cipher varbinary(max) NULL;
GO
ALTER TABLE contact_point ADD agency_id int NULL;
GO
ALTER TABLE contact_point ADD case_id binary(16) NULL;
GO
ALTER TABLE contact_point ADD adopted_at datetime2(3) NULL;
GO
ALTER TABLE contact_point ADD changed_at datetime2(3) NULL;
GO
ALTER TABLE contact_record ADD debtor_id binary(16) NULL;
GO
ALTER TABLE contact_record ADD collector_id binary(16) NULL;
GO
ALTER TABLE contact_record ADD time_zone varchar(60) NULL;
GO
ALTER TABLE contact_record ADD contact_point_id binary(16) NULL;
GO
ALTER TABLE contact_record ADD permit_id binary(16) NULL;
GO
ALTER TABLE contact_record ADD breaches varchar(400) NULL;
GO
ALTER TABLE contact_record ADD override_reason nvarchar(400) NULL;
GO
ALTER TABLE contact_record ADD recording_reference nvarchar(200) NULL;
GO
ALTER TABLE contact_record ADD recording_sha256 binary(32) NULL;
GO
ALTER TABLE contact_record ADD supersedes_id binary(16) NULL;
GO
ALTER TABLE contact_note ADD received_at datetime2(3) NULL;
GO

ALTER TABLE [case] DROP CONSTRAINT ck_case_state;
GO
ALTER TABLE [case] ADD CONSTRAINT ck_case_state CHECK ((state IN ('active', 'recall_pending') AND ended_at IS NULL AND end_reason IS NULL) OR (state IN ('recalled', 'returned', 'closed') AND ended_at IS NOT NULL AND end_reason IS NOT NULL));
GO
ALTER TABLE contact_point DROP CONSTRAINT ck_contact_point_source;
GO
ALTER TABLE contact_point DROP CONSTRAINT uq_contact_point_debtor_id_kind_value_index;
GO
ALTER TABLE contact_point ADD CONSTRAINT ck_contact_point_source CHECK ((source = 'bank' AND agency_id IS NULL) OR (source = 'agency' AND agency_id IS NOT NULL));
GO
ALTER TABLE contact_point ADD CONSTRAINT ck_contact_point_party CHECK (party IN ('debtor', 'liable_party', 'related_contact'));
GO
ALTER TABLE contact_point ADD CONSTRAINT ck_contact_point_consent CHECK (consent IN ('unknown', 'given', 'withdrawn'));
GO
ALTER TABLE contact_record ADD CONSTRAINT fk_contact_record_superseded FOREIGN KEY (bank_id, agency_id, supersedes_id, case_id) REFERENCES contact_record (bank_id, agency_id, id, case_id);
GO

-- Told apart by case and width on both engines, like an account's number: they are looked up from here on.
ALTER TABLE contact_record ALTER COLUMN agency_reference nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL;
GO
ALTER TABLE repayment ALTER COLUMN agency_reference nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL;
GO
ALTER TABLE settlement_proposal ALTER COLUMN agency_reference nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL;
GO

CREATE INDEX ix_case_account ON [case] (bank_id, account_id, id);
GO

CREATE INDEX ix_case_due ON [case] (bank_id, recall_on, id) WHERE recall_on IS NOT NULL;
GO

CREATE INDEX ix_case_term ON [case] (assignment_id, id) WHERE state = 'active' AND recall_on IS NULL;
GO

CREATE INDEX ix_contact_record_debtor ON contact_record (bank_id, debtor_id, occurred_at);
GO

CREATE UNIQUE INDEX uq_contact_record_superseded ON contact_record (bank_id, supersedes_id) WHERE supersedes_id IS NOT NULL;
GO

CREATE INDEX ix_contact_record_reference ON contact_record (agency_id, agency_reference, id) WHERE agency_reference IS NOT NULL;
GO

CREATE INDEX ix_contact_record_bank_reference ON contact_record (bank_id, agency_reference, id) WHERE agency_reference IS NOT NULL;
GO

CREATE INDEX ix_repayment_reference ON repayment (agency_id, agency_reference, id) WHERE agency_reference IS NOT NULL;
GO

CREATE INDEX ix_repayment_bank_reference ON repayment (bank_id, agency_reference, id) WHERE agency_reference IS NOT NULL;
GO

CREATE INDEX ix_settlement_proposal_reference ON settlement_proposal (agency_id, agency_reference, id) WHERE agency_reference IS NOT NULL;
GO

CREATE INDEX ix_settlement_proposal_bank_reference ON settlement_proposal (bank_id, agency_reference, id) WHERE agency_reference IS NOT NULL;
GO

CREATE INDEX ix_assignment_placing ON assignment (bank_id, id) WHERE placing = 1;
GO

CREATE INDEX ix_assignment_term ON assignment (bank_id, term_end, id) WHERE ended_at IS NULL;
GO

CREATE INDEX ix_assignment_ending ON assignment (bank_id, id) WHERE ended_at IS NOT NULL AND released_at IS NULL;
GO

CREATE UNIQUE INDEX uq_contact_point_bank ON contact_point (bank_id, debtor_id, kind, value_index) WHERE agency_id IS NULL;
GO

CREATE UNIQUE INDEX uq_contact_point_agency ON contact_point (bank_id, debtor_id, kind, value_index, agency_id) WHERE agency_id IS NOT NULL;
GO

CREATE TABLE agreement_version
(
    bank_id int NOT NULL,
    agreement_id binary(16) NOT NULL,
    version int NOT NULL,
    agency_id int NOT NULL,
    title nvarchar(200) NOT NULL,
    valid_from date NOT NULL,
    valid_to date NULL,
    terms nvarchar(max) NOT NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    created_at datetime2(3) NOT NULL,
    CONSTRAINT pk_agreement_version PRIMARY KEY CLUSTERED (bank_id, agreement_id, version),
    CONSTRAINT fk_agreement_version_agreement FOREIGN KEY (bank_id, agency_id, agreement_id) REFERENCES agreement (bank_id, agency_id, id),
    CONSTRAINT ck_agreement_version_version CHECK (version > 0),
    CONSTRAINT ck_agreement_version_validity CHECK (valid_to IS NULL OR valid_to >= valid_from)
);
GO

CREATE INDEX ix_agreement_version_agency ON agreement_version (agency_id, agreement_id, version);
GO

CREATE TABLE assignment_skip
(
    bank_id int NOT NULL,
    assignment_id binary(16) NOT NULL,
    account_id binary(16) NOT NULL,
    reason varchar(20) NOT NULL,
    CONSTRAINT pk_assignment_skip PRIMARY KEY CLUSTERED (bank_id, assignment_id, account_id),
    CONSTRAINT fk_assignment_skip_assignment FOREIGN KEY (bank_id, assignment_id) REFERENCES assignment (bank_id, id),
    CONSTRAINT fk_assignment_skip_account FOREIGN KEY (bank_id, account_id) REFERENCES account (bank_id, id),
    CONSTRAINT ck_assignment_skip_reason CHECK (reason IN ('open_case', 'reserved', 'hold', 'resolved'))
);
GO

CREATE TABLE team
(
    agency_id int NOT NULL,
    id binary(16) NOT NULL,
    name nvarchar(100) NOT NULL,
    splits_evenly bit NOT NULL,
    created_at datetime2(3) NOT NULL,
    changed_at datetime2(3) NOT NULL,
    CONSTRAINT pk_team PRIMARY KEY CLUSTERED (agency_id, id),
    CONSTRAINT fk_team_agency FOREIGN KEY (agency_id) REFERENCES tenant (tenant_id)
);
GO

CREATE TABLE team_member
(
    agency_id int NOT NULL,
    team_id binary(16) NOT NULL,
    person_id binary(16) NOT NULL,
    role varchar(20) NOT NULL,
    added_at datetime2(3) NOT NULL,
    CONSTRAINT pk_team_member PRIMARY KEY CLUSTERED (agency_id, team_id, person_id),
    CONSTRAINT uq_team_member_person_id UNIQUE (agency_id, person_id),
    CONSTRAINT fk_team_member_team FOREIGN KEY (agency_id, team_id) REFERENCES team (agency_id, id),
    CONSTRAINT ck_team_member_role CHECK (role IN ('collector', 'supervisor'))
);
GO

CREATE TABLE case_desk
(
    bank_id int NOT NULL,
    agency_id int NOT NULL,
    case_id binary(16) NOT NULL,
    account_id binary(16) NOT NULL,
    collector_id binary(16) NULL,
    team_id binary(16) NULL,
    agency_reference nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    changed_at datetime2(3) NOT NULL,
    CONSTRAINT pk_case_desk PRIMARY KEY CLUSTERED (agency_id, case_id),
    CONSTRAINT fk_case_desk_team FOREIGN KEY (agency_id, team_id) REFERENCES team (agency_id, id),
    CONSTRAINT fk_case_desk_case FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES [case] (bank_id, agency_id, id, account_id)
);
GO

CREATE INDEX ix_case_desk_bank ON case_desk (bank_id, case_id);
GO

CREATE INDEX ix_case_desk_collector ON case_desk (agency_id, collector_id, case_id);
GO

CREATE INDEX ix_case_desk_team ON case_desk (agency_id, team_id, case_id);
GO

CREATE INDEX ix_case_desk_reference ON case_desk (agency_id, agency_reference, case_id) WHERE agency_reference IS NOT NULL;
GO

CREATE INDEX ix_case_desk_bank_reference ON case_desk (bank_id, agency_reference, case_id) WHERE agency_reference IS NOT NULL;
GO

CREATE TABLE case_order
(
    bank_id int NOT NULL,
    case_id binary(16) NOT NULL,
    agency_id int NOT NULL,
    account_id binary(16) NOT NULL,
    oldest_due_date date NOT NULL,
    balance bigint NOT NULL,
    last_contact_at datetime2(3) NOT NULL,
    next_promise_on date NOT NULL,
    is_open bit NOT NULL,
    CONSTRAINT pk_case_order PRIMARY KEY CLUSTERED (bank_id, case_id),
    CONSTRAINT fk_case_order_case FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES [case] (bank_id, agency_id, id, account_id)
);
GO

CREATE INDEX ix_case_order_bank_due ON case_order (bank_id, oldest_due_date, case_id);
GO

CREATE INDEX ix_case_order_bank_balance ON case_order (bank_id, balance, case_id);
GO

CREATE INDEX ix_case_order_bank_contact ON case_order (bank_id, last_contact_at, case_id);
GO

CREATE INDEX ix_case_order_bank_promise ON case_order (bank_id, next_promise_on, case_id);
GO

CREATE INDEX ix_case_order_agency_due ON case_order (agency_id, oldest_due_date, case_id) WHERE is_open = 1;
GO

CREATE INDEX ix_case_order_agency_balance ON case_order (agency_id, balance, case_id) WHERE is_open = 1;
GO

CREATE INDEX ix_case_order_agency_contact ON case_order (agency_id, last_contact_at, case_id) WHERE is_open = 1;
GO

CREATE INDEX ix_case_order_agency_promise ON case_order (agency_id, next_promise_on, case_id) WHERE is_open = 1;
GO

CREATE INDEX ix_case_order_account ON case_order (bank_id, account_id, case_id);
GO

CREATE TABLE case_motion
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    agency_id int NOT NULL,
    case_id binary(16) NOT NULL,
    account_id binary(16) NOT NULL,
    kind varchar(20) NOT NULL,
    reason varchar(30) NOT NULL,
    requested_end date NULL,
    note_cipher varbinary(max) NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    made_at datetime2(3) NOT NULL,
    CONSTRAINT pk_case_motion PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT uq_case_motion_agency_id_id_case_id UNIQUE (bank_id, agency_id, id, case_id),
    CONSTRAINT fk_case_motion_case FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES [case] (bank_id, agency_id, id, account_id),
    CONSTRAINT ck_case_motion_kind CHECK (kind IN ('recall_objection', 'return', 'retention')),
    CONSTRAINT ck_case_motion_requested_end CHECK ((kind = 'retention' AND requested_end IS NOT NULL) OR (kind <> 'retention' AND requested_end IS NULL))
);
GO

CREATE INDEX ix_case_motion_case ON case_motion (bank_id, case_id, id);
GO

CREATE INDEX ix_case_motion_agency ON case_motion (agency_id, case_id, id);
GO

CREATE TABLE case_motion_answer
(
    bank_id int NOT NULL,
    motion_id binary(16) NOT NULL,
    agency_id int NOT NULL,
    case_id binary(16) NOT NULL,
    answer varchar(20) NOT NULL,
    new_date date NULL,
    reason nvarchar(400) NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    answered_at datetime2(3) NOT NULL,
    CONSTRAINT pk_case_motion_answer PRIMARY KEY CLUSTERED (bank_id, motion_id),
    CONSTRAINT fk_case_motion_answer_case_motion FOREIGN KEY (bank_id, agency_id, motion_id, case_id) REFERENCES case_motion (bank_id, agency_id, id, case_id),
    CONSTRAINT ck_case_motion_answer_answer CHECK (answer IN ('accepted', 'refused'))
);
GO

CREATE INDEX ix_case_motion_answer_agency ON case_motion_answer (agency_id, motion_id);
GO

CREATE TABLE contact_point_mark
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    contact_point_id binary(16) NOT NULL,
    agency_id int NULL,
    case_id binary(16) NULL,
    mark varchar(20) NOT NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    marked_at datetime2(3) NOT NULL,
    CONSTRAINT pk_contact_point_mark PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT fk_contact_point_mark_contact_point FOREIGN KEY (bank_id, contact_point_id) REFERENCES contact_point (bank_id, id),
    CONSTRAINT ck_contact_point_mark_mark CHECK (mark IN ('valid', 'invalid', 'opted_out', 'opted_in', 'consented', 'consent_withdrawn'))
);
GO

CREATE INDEX ix_contact_point_mark_point ON contact_point_mark (bank_id, contact_point_id, id);
GO

CREATE INDEX ix_contact_point_mark_agency ON contact_point_mark (agency_id, id);
GO

CREATE TABLE hold
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    account_id binary(16) NOT NULL,
    agency_id int NULL,
    case_id binary(16) NULL,
    kind varchar(20) NOT NULL,
    reason nvarchar(400) NULL,
    contact_record_id binary(16) NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    raised_by varchar(10) NULL,
    raised_at datetime2(3) NOT NULL,
    lifted_at datetime2(3) NULL,
    lift_reason nvarchar(400) NULL,
    lifted_by_person_id binary(16) NULL,
    lifted_by_client_id nvarchar(100) NULL,
    CONSTRAINT pk_hold PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT fk_hold_account FOREIGN KEY (bank_id, account_id) REFERENCES account (bank_id, id),
    CONSTRAINT fk_hold_case FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES [case] (bank_id, agency_id, id, account_id),
    CONSTRAINT ck_hold_kind CHECK (kind IN ('dispute', 'complaint', 'fraud', 'deceased', 'insolvency', 'cease_contact', 'moratorium', 'plan_active', 'payment_pending')),
    CONSTRAINT ck_hold_raised_by CHECK (raised_by IN ('bank', 'agency', 'system'))
);
GO

CREATE INDEX ix_hold_account ON hold (bank_id, account_id, id);
GO

CREATE INDEX ix_hold_agency ON hold (agency_id, id);
GO

CREATE UNIQUE INDEX uq_hold_standing ON hold (bank_id, account_id, kind) WHERE lifted_at IS NULL;
GO

CREATE TABLE promise
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    agency_id int NOT NULL,
    case_id binary(16) NOT NULL,
    account_id binary(16) NOT NULL,
    amount bigint NOT NULL,
    currency char(3) NOT NULL,
    due_on date NOT NULL,
    contact_record_id binary(16) NULL,
    agency_reference nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    made_at datetime2(3) NOT NULL,
    CONSTRAINT pk_promise PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT uq_promise_agency_id_id_case_id UNIQUE (bank_id, agency_id, id, case_id),
    CONSTRAINT fk_promise_case FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES [case] (bank_id, agency_id, id, account_id),
    CONSTRAINT fk_promise_contact_record FOREIGN KEY (bank_id, agency_id, contact_record_id, case_id) REFERENCES contact_record (bank_id, agency_id, id, case_id),
    CONSTRAINT ck_promise_amount CHECK (amount > 0)
);
GO

CREATE INDEX ix_promise_agency ON promise (agency_id, id);
GO

CREATE INDEX ix_promise_case ON promise (bank_id, case_id, id);
GO

CREATE INDEX ix_promise_reference ON promise (agency_id, agency_reference, id) WHERE agency_reference IS NOT NULL;
GO

CREATE INDEX ix_promise_bank_reference ON promise (bank_id, agency_reference, id) WHERE agency_reference IS NOT NULL;
GO

CREATE TABLE promise_cancellation
(
    bank_id int NOT NULL,
    promise_id binary(16) NOT NULL,
    agency_id int NOT NULL,
    case_id binary(16) NOT NULL,
    reason nvarchar(400) NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    cancelled_at datetime2(3) NOT NULL,
    CONSTRAINT pk_promise_cancellation PRIMARY KEY CLUSTERED (bank_id, promise_id),
    CONSTRAINT fk_promise_cancellation_promise FOREIGN KEY (bank_id, agency_id, promise_id, case_id) REFERENCES promise (bank_id, agency_id, id, case_id)
);
GO

CREATE INDEX ix_promise_cancellation_agency ON promise_cancellation (agency_id, promise_id);
GO

CREATE TABLE contact_permit
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    agency_id int NOT NULL,
    case_id binary(16) NOT NULL,
    account_id binary(16) NOT NULL,
    answer varchar(10) NOT NULL,
    channel varchar(20) NOT NULL,
    party varchar(20) NOT NULL,
    contact_point_id binary(16) NULL,
    rule_pack varchar(40) NOT NULL,
    findings nvarchar(max) NOT NULL,
    override_reason nvarchar(400) NULL,
    checked_at datetime2(3) NOT NULL,
    expires_at datetime2(3) NOT NULL,
    allowed_from datetime2(3) NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    CONSTRAINT pk_contact_permit PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT fk_contact_permit_case FOREIGN KEY (bank_id, agency_id, case_id, account_id) REFERENCES [case] (bank_id, agency_id, id, account_id),
    CONSTRAINT ck_contact_permit_answer CHECK (answer IN ('allow', 'warn', 'deny'))
);
GO

CREATE INDEX ix_contact_permit_agency ON contact_permit (agency_id, id);
GO

CREATE INDEX ix_contact_permit_case ON contact_permit (bank_id, case_id, id);
GO

CREATE TABLE event
(
    position rowversion NOT NULL,
    id binary(16) NOT NULL,
    bank_id int NOT NULL,
    agency_id int NULL,
    type varchar(60) NOT NULL,
    subject varchar(30) COLLATE Latin1_General_100_BIN2 NOT NULL,
    subject_id binary(16) NOT NULL,
    case_id binary(16) NULL,
    account_id binary(16) NULL,
    occurred_at datetime2(3) NOT NULL,
    CONSTRAINT pk_event PRIMARY KEY CLUSTERED (position),
    CONSTRAINT fk_event_bank FOREIGN KEY (bank_id) REFERENCES tenant (tenant_id),
    CONSTRAINT fk_event_agency FOREIGN KEY (agency_id) REFERENCES tenant (tenant_id)
);
GO

CREATE INDEX ix_event_bank ON event (bank_id, position);
GO

CREATE INDEX ix_event_bank_subject ON event (bank_id, subject, position);
GO

CREATE INDEX ix_event_agency ON event (agency_id, position);
GO

CREATE INDEX ix_event_agency_subject ON event (agency_id, subject, position);
GO

CREATE INDEX ix_event_case ON event (bank_id, case_id, position);
GO

INSERT INTO agreement_version (bank_id, agreement_id, version, agency_id, title, valid_from, valid_to, terms, created_at)
SELECT bank_id, id, 1, agency_id, title, valid_from, valid_to, '{}', created_at
FROM agreement;
GO

UPDATE r
SET debtor_id = c.debtor_id
FROM contact_record AS r
INNER JOIN [case] AS c ON c.bank_id = r.bank_id AND c.id = r.case_id
WHERE r.debtor_id IS NULL;
GO

INSERT INTO case_order (bank_id, case_id, agency_id, account_id, oldest_due_date, balance, last_contact_at, next_promise_on, is_open)
SELECT c.bank_id, c.id, c.agency_id, c.account_id, a.oldest_due_date, a.principal + a.interest + a.fees,
    COALESCE((SELECT MAX(r.occurred_at) FROM contact_record AS r WHERE r.bank_id = c.bank_id AND r.case_id = c.id), '0001-01-01 00:00:00.000'),
    '9999-12-31', CASE WHEN c.ended_at IS NULL THEN 1 ELSE 0 END
FROM [case] AS c
INNER JOIN account AS a ON a.bank_id = c.bank_id AND a.id = c.account_id;
GO

INSERT INTO event (id, bank_id, agency_id, type, subject, subject_id, case_id, account_id, occurred_at)
SELECT id, bank_id, agency_id, 'case.opened', 'case', id, id, account_id, opened_at
FROM [case]
ORDER BY opened_at, id;
GO

INSERT INTO event (id, bank_id, agency_id, type, subject, subject_id, case_id, account_id, occurred_at)
SELECT id, bank_id, agency_id, 'contact_record.reported', 'contact_record', id, case_id, account_id, received_at
FROM contact_record
ORDER BY received_at, id;
GO

INSERT INTO event (id, bank_id, agency_id, type, subject, subject_id, case_id, account_id, occurred_at)
SELECT id, bank_id, agency_id, 'repayment.reported', 'repayment', id, case_id, account_id, reported_at
FROM repayment
ORDER BY reported_at, id;
GO

INSERT INTO event (id, bank_id, agency_id, type, subject, subject_id, case_id, account_id, occurred_at)
SELECT id, bank_id, agency_id, 'settlement_proposal.submitted', 'settlement_proposal', id, case_id, account_id, submitted_at
FROM settlement_proposal
ORDER BY submitted_at, id;
GO

INSERT INTO event (id, bank_id, agency_id, type, subject, subject_id, case_id, account_id, occurred_at)
SELECT l.id, l.bank_id, c.agency_id, 'ledger_entry.posted', 'ledger_entry', l.id, c.id, l.account_id, l.created_at
FROM ledger_entry AS l
LEFT JOIN [case] AS c ON c.bank_id = l.bank_id AND c.account_id = l.account_id AND c.ended_at IS NULL
WHERE l.kind <> 'opening'
ORDER BY l.created_at, l.id;
GO

CREATE FUNCTION rls.desk_row(@bank_id int, @agency_id int, @collector_id binary(16), @team_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'all' OR @collector_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16)) OR (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'team' AND EXISTS
        (
            SELECT 1
            FROM dbo.team_member AS m
            WHERE m.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND m.team_id = @team_id
                AND m.person_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16))
        ))));
GO

CREATE FUNCTION rls.desk(@bank_id int, @agency_id int, @case_id binary(16), @team_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'all' OR (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'team' AND EXISTS
        (
            SELECT 1
            FROM dbo.team_member AS m
            WHERE m.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND m.team_id = @team_id
                AND m.person_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16))
        ))) AND EXISTS
        (
            SELECT 1
            FROM dbo.[case] AS c
            WHERE c.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND c.id = @case_id
                AND c.bank_id = @bank_id
                AND c.ended_at IS NULL
        );
GO

CREATE FUNCTION rls.manager(@agency_id int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'all';
GO

CREATE FUNCTION rls.work(@bank_id int, @agency_id int, @case_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'all' OR EXISTS
        (
            SELECT 1
            FROM dbo.case_desk AS k
            WHERE k.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND k.case_id = @case_id
                AND (k.collector_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16)) OR (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'team' AND EXISTS
                (
                    SELECT 1
                    FROM dbo.team_member AS m
                    WHERE m.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                        AND m.team_id = k.team_id
                        AND m.person_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16))
                )))
        )));
GO

CREATE FUNCTION rls.contact(@bank_id int, @agency_id int, @case_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system', 'counter') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'all' OR EXISTS
        (
            SELECT 1
            FROM dbo.case_desk AS k
            WHERE k.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND k.case_id = @case_id
                AND (k.collector_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16)) OR (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'team' AND EXISTS
                (
                    SELECT 1
                    FROM dbo.team_member AS m
                    WHERE m.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                        AND m.team_id = k.team_id
                        AND m.person_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16))
                )))
        )));
GO

CREATE FUNCTION rls.open_work(@bank_id int, @agency_id int, @case_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND EXISTS
        (
            SELECT 1
            FROM dbo.[case] AS c
            INNER JOIN dbo.assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
            WHERE c.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND c.id = @case_id
                AND c.bank_id = @bank_id
                AND c.ended_at IS NULL
                AND s.ended_at IS NULL
                AND (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'all' OR EXISTS
                (
                    SELECT 1
                    FROM dbo.case_desk AS k
                    WHERE k.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                        AND k.case_id = c.id
                        AND (k.collector_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16)) OR (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'team' AND EXISTS
                        (
                            SELECT 1
                            FROM dbo.team_member AS m
                            WHERE m.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                                AND m.team_id = k.team_id
                                AND m.person_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16))
                        )))
                ))
        ));
GO

CREATE FUNCTION rls.reporting(@bank_id int, @agency_id int, @case_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND EXISTS
        (
            SELECT 1
            FROM dbo.[case] AS c
            INNER JOIN dbo.assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
            WHERE c.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND c.id = @case_id
                AND c.bank_id = @bank_id
                AND c.ended_at IS NULL
                AND s.ended_at IS NULL
                AND (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'all' OR EXISTS
                (
                    SELECT 1
                    FROM dbo.case_desk AS k
                    WHERE k.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                        AND k.case_id = c.id
                        AND (k.collector_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16)) OR (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'team' AND EXISTS
                        (
                            SELECT 1
                            FROM dbo.team_member AS m
                            WHERE m.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                                AND m.team_id = k.team_id
                                AND m.person_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16))
                        )))
                ))
        );
GO

CREATE FUNCTION rls.late_reporting(@bank_id int, @agency_id int, @case_id binary(16), @reported_at datetime2(3))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND EXISTS
        (
            SELECT 1
            FROM dbo.[case] AS c
            INNER JOIN dbo.assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
            WHERE c.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND c.id = @case_id
                AND c.bank_id = @bank_id
                AND (c.ended_at IS NULL OR c.late_until >= @reported_at)
                AND (s.ended_at IS NULL OR c.late_until >= @reported_at)
                AND (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'all' OR EXISTS
                (
                    SELECT 1
                    FROM dbo.case_desk AS k
                    WHERE k.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                        AND k.case_id = c.id
                        AND (k.collector_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16)) OR (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'team' AND EXISTS
                        (
                            SELECT 1
                            FROM dbo.team_member AS m
                            WHERE m.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                                AND m.team_id = k.team_id
                                AND m.person_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16))
                        )))
                ))
        );
GO

CREATE FUNCTION rls.open_account(@bank_id int, @account_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND EXISTS
        (
            SELECT 1
            FROM dbo.[case] AS c
            INNER JOIN dbo.assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
            WHERE c.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND c.account_id = @account_id
                AND c.bank_id = @bank_id
                AND c.ended_at IS NULL
                AND s.ended_at IS NULL
                AND (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'all' OR EXISTS
                (
                    SELECT 1
                    FROM dbo.case_desk AS k
                    WHERE k.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                        AND k.case_id = c.id
                        AND (k.collector_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16)) OR (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'team' AND EXISTS
                        (
                            SELECT 1
                            FROM dbo.team_member AS m
                            WHERE m.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                                AND m.team_id = k.team_id
                                AND m.person_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16))
                        )))
                ))
        ));
GO

CREATE FUNCTION rls.open_debtor(@bank_id int, @debtor_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND EXISTS
        (
            SELECT 1
            FROM dbo.[case] AS c
            INNER JOIN dbo.assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
            WHERE c.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND c.debtor_id = @debtor_id
                AND c.bank_id = @bank_id
                AND c.ended_at IS NULL
                AND s.ended_at IS NULL
                AND (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'all' OR EXISTS
                (
                    SELECT 1
                    FROM dbo.case_desk AS k
                    WHERE k.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                        AND k.case_id = c.id
                        AND (k.collector_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16)) OR (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'team' AND EXISTS
                        (
                            SELECT 1
                            FROM dbo.team_member AS m
                            WHERE m.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                                AND m.team_id = k.team_id
                                AND m.person_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16))
                        )))
                ))
        ));
GO

CREATE FUNCTION rls.point(@bank_id int, @debtor_id binary(16), @agency_id int, @adopted_at datetime2(3))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND (@agency_id IS NULL OR @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) OR @adopted_at IS NOT NULL) AND EXISTS
        (
            SELECT 1
            FROM dbo.[case] AS c
            INNER JOIN dbo.assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
            WHERE c.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND c.debtor_id = @debtor_id
                AND c.bank_id = @bank_id
                AND c.ended_at IS NULL
                AND s.ended_at IS NULL
                AND (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'all' OR EXISTS
                (
                    SELECT 1
                    FROM dbo.case_desk AS k
                    WHERE k.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                        AND k.case_id = c.id
                        AND (k.collector_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16)) OR (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'team' AND EXISTS
                        (
                            SELECT 1
                            FROM dbo.team_member AS m
                            WHERE m.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                                AND m.team_id = k.team_id
                                AND m.person_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16))
                        )))
                ))
        ));
GO

CREATE FUNCTION rls.self(@tenant_id int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE @tenant_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) <> 'counter';
GO

CREATE FUNCTION rls.first_desk(@bank_id int, @agency_id int, @case_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'all' AND EXISTS
        (
            SELECT 1
            FROM dbo.[case] AS c
            WHERE c.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND c.id = @case_id
                AND c.bank_id = @bank_id
                AND c.ended_at IS NULL
        );
GO

CREATE FUNCTION rls.finding(@bank_id int, @agency_id int, @case_id binary(16), @debtor_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND EXISTS
        (
            SELECT 1
            FROM dbo.[case] AS c
            INNER JOIN dbo.assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
            WHERE c.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND c.id = @case_id
                AND c.bank_id = @bank_id
                AND c.debtor_id = @debtor_id
                AND c.ended_at IS NULL
                AND s.ended_at IS NULL
                AND (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'all' OR EXISTS
                (
                    SELECT 1
                    FROM dbo.case_desk AS k
                    WHERE k.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                        AND k.case_id = c.id
                        AND (k.collector_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16)) OR (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'team' AND EXISTS
                        (
                            SELECT 1
                            FROM dbo.team_member AS m
                            WHERE m.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                                AND m.team_id = k.team_id
                                AND m.person_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16))
                        )))
                ))
        ));
GO

CREATE FUNCTION rls.marking(@bank_id int, @agency_id int, @case_id binary(16), @contact_point_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND EXISTS
        (
            SELECT 1
            FROM dbo.[case] AS c
            INNER JOIN dbo.assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
            INNER JOIN dbo.contact_point AS p ON p.bank_id = c.bank_id AND p.debtor_id = c.debtor_id
            WHERE c.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND c.id = @case_id
                AND c.bank_id = @bank_id
                AND p.id = @contact_point_id
                AND (p.agency_id IS NULL OR p.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) OR p.adopted_at IS NOT NULL)
                AND c.ended_at IS NULL
                AND s.ended_at IS NULL
                AND (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'all' OR EXISTS
                (
                    SELECT 1
                    FROM dbo.case_desk AS k
                    WHERE k.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                        AND k.case_id = c.id
                        AND (k.collector_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16)) OR (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'team' AND EXISTS
                        (
                            SELECT 1
                            FROM dbo.team_member AS m
                            WHERE m.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                                AND m.team_id = k.team_id
                                AND m.person_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16))
                        )))
                ))
        ));
GO

CREATE FUNCTION rls.recording(@bank_id int, @agency_id int, @case_id binary(16), @debtor_id binary(16), @received_at datetime2(3))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND EXISTS
        (
            SELECT 1
            FROM dbo.[case] AS c
            INNER JOIN dbo.assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
            WHERE c.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND c.id = @case_id
                AND c.bank_id = @bank_id
                AND c.debtor_id = @debtor_id
                AND (c.ended_at IS NULL OR c.late_until >= @received_at)
                AND (s.ended_at IS NULL OR c.late_until >= @received_at)
                AND (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'all' OR EXISTS
                (
                    SELECT 1
                    FROM dbo.case_desk AS k
                    WHERE k.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                        AND k.case_id = c.id
                        AND (k.collector_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16)) OR (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'team' AND EXISTS
                        (
                            SELECT 1
                            FROM dbo.team_member AS m
                            WHERE m.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                                AND m.team_id = k.team_id
                                AND m.person_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16))
                        )))
                ))
        );
GO

CREATE FUNCTION rls.repayment_answer(@bank_id int, @agency_id int, @repayment_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'all' OR EXISTS
        (
            SELECT 1
            FROM dbo.repayment AS r
            INNER JOIN dbo.case_desk AS k ON k.bank_id = r.bank_id AND k.case_id = r.case_id
            WHERE k.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND r.bank_id = @bank_id
                AND r.id = @repayment_id
                AND (k.collector_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16)) OR (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'team' AND EXISTS
                (
                    SELECT 1
                    FROM dbo.team_member AS m
                    WHERE m.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                        AND m.team_id = k.team_id
                        AND m.person_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16))
                )))
        )));
GO

CREATE FUNCTION rls.proposal_answer(@bank_id int, @agency_id int, @settlement_proposal_id binary(16))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'all' OR EXISTS
        (
            SELECT 1
            FROM dbo.settlement_proposal AS r
            INNER JOIN dbo.case_desk AS k ON k.bank_id = r.bank_id AND k.case_id = r.case_id
            WHERE k.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND r.bank_id = @bank_id
                AND r.id = @settlement_proposal_id
                AND (k.collector_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16)) OR (CAST(SESSION_CONTEXT(N'sight') AS varchar(10)) = 'team' AND EXISTS
                (
                    SELECT 1
                    FROM dbo.team_member AS m
                    WHERE m.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                        AND m.team_id = k.team_id
                        AND m.person_id = CAST(SESSION_CONTEXT(N'person_id') AS binary(16))
                )))
        )));
GO

CREATE FUNCTION rls.mandated(@bank_id int, @agency_id int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND EXISTS
        (
            SELECT 1
            FROM dbo.agreement AS a
            WHERE a.agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int)
                AND a.bank_id = @bank_id
        ));
GO

CREATE FUNCTION rls.offered(@bank_id int, @agency_id int, @placing bit)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) IN ('bank', 'system') AND @bank_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int))
        OR (CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) = 'agency' AND @agency_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND @placing = 0);
GO

ALTER SECURITY POLICY rls.debtor_policy
    ALTER FILTER PREDICATE rls.open_debtor(bank_id, id) ON dbo.debtor;
GO

ALTER SECURITY POLICY rls.contact_point_policy
    ALTER FILTER PREDICATE rls.point(bank_id, debtor_id, agency_id, adopted_at) ON dbo.contact_point,
    ALTER BLOCK PREDICATE rls.finding(bank_id, agency_id, case_id, debtor_id) ON dbo.contact_point AFTER INSERT,
    ALTER BLOCK PREDICATE rls.bank(bank_id) ON dbo.contact_point AFTER UPDATE,
    ALTER BLOCK PREDICATE rls.bank(bank_id) ON dbo.contact_point BEFORE UPDATE;
GO

ALTER SECURITY POLICY rls.account_policy
    ALTER FILTER PREDICATE rls.open_account(bank_id, id) ON dbo.account;
GO

ALTER SECURITY POLICY rls.ledger_entry_policy
    ALTER FILTER PREDICATE rls.open_account(bank_id, account_id) ON dbo.ledger_entry;
GO

ALTER SECURITY POLICY rls.assignment_policy
    ALTER FILTER PREDICATE rls.offered(bank_id, agency_id, placing) ON dbo.assignment,
    ALTER BLOCK PREDICATE rls.bank(bank_id) ON dbo.assignment AFTER UPDATE,
    ALTER BLOCK PREDICATE rls.bank(bank_id) ON dbo.assignment BEFORE UPDATE;
GO

ALTER SECURITY POLICY rls.case_policy
    ALTER FILTER PREDICATE rls.work(bank_id, agency_id, id) ON dbo.[case];
GO

ALTER SECURITY POLICY rls.contact_record_policy
    ALTER FILTER PREDICATE rls.contact(bank_id, agency_id, case_id) ON dbo.contact_record,
    ALTER BLOCK PREDICATE rls.recording(bank_id, agency_id, case_id, debtor_id, received_at) ON dbo.contact_record AFTER INSERT;
GO

ALTER SECURITY POLICY rls.contact_note_policy
    ALTER FILTER PREDICATE rls.open_work(bank_id, agency_id, case_id) ON dbo.contact_note,
    ALTER BLOCK PREDICATE rls.late_reporting(bank_id, agency_id, case_id, received_at) ON dbo.contact_note AFTER INSERT;
GO

ALTER SECURITY POLICY rls.repayment_policy
    ALTER FILTER PREDICATE rls.work(bank_id, agency_id, case_id) ON dbo.repayment,
    ALTER BLOCK PREDICATE rls.late_reporting(bank_id, agency_id, case_id, reported_at) ON dbo.repayment AFTER INSERT;
GO

ALTER SECURITY POLICY rls.settlement_proposal_policy
    ALTER FILTER PREDICATE rls.work(bank_id, agency_id, case_id) ON dbo.settlement_proposal,
    ALTER BLOCK PREDICATE rls.reporting(bank_id, agency_id, case_id) ON dbo.settlement_proposal AFTER INSERT;
GO

ALTER SECURITY POLICY rls.repayment_decision_policy
    ALTER FILTER PREDICATE rls.repayment_answer(bank_id, agency_id, repayment_id) ON dbo.repayment_decision;
GO

ALTER SECURITY POLICY rls.settlement_proposal_decision_policy
    ALTER FILTER PREDICATE rls.proposal_answer(bank_id, agency_id, settlement_proposal_id) ON dbo.settlement_proposal_decision;
GO

-- Who only counts has nothing of its own, not even the bank's audit entries.
ALTER SECURITY POLICY rls.idempotency_record_policy
    ALTER FILTER PREDICATE rls.self(tenant_id) ON dbo.idempotency_record,
    ALTER BLOCK PREDICATE rls.self(tenant_id) ON dbo.idempotency_record AFTER INSERT,
    ALTER BLOCK PREDICATE rls.self(tenant_id) ON dbo.idempotency_record AFTER UPDATE,
    ALTER BLOCK PREDICATE rls.self(tenant_id) ON dbo.idempotency_record BEFORE UPDATE,
    ALTER BLOCK PREDICATE rls.self(tenant_id) ON dbo.idempotency_record BEFORE DELETE;
GO

ALTER SECURITY POLICY rls.audit_entry_policy
    ALTER FILTER PREDICATE rls.self(tenant_id) ON dbo.audit_entry,
    ALTER BLOCK PREDICATE rls.self(tenant_id) ON dbo.audit_entry AFTER INSERT;
GO

ALTER SECURITY POLICY rls.agreement_policy WITH (STATE = ON);
GO
ALTER SECURITY POLICY rls.assignment_policy WITH (STATE = ON);
GO
ALTER SECURITY POLICY rls.account_policy WITH (STATE = ON);
GO
ALTER SECURITY POLICY rls.ledger_entry_policy WITH (STATE = ON);
GO
ALTER SECURITY POLICY rls.case_policy WITH (STATE = ON);
GO
ALTER SECURITY POLICY rls.contact_record_policy WITH (STATE = ON);
GO
ALTER SECURITY POLICY rls.repayment_policy WITH (STATE = ON);
GO
ALTER SECURITY POLICY rls.settlement_proposal_policy WITH (STATE = ON);
GO

DROP FUNCTION rls.own;
GO
DROP FUNCTION rls.account;
GO
DROP FUNCTION rls.debtor;
GO
DROP FUNCTION rls.case_note;
GO
DROP FUNCTION rls.agency_with_open_case;
GO

GRANT UPDATE ON contact_point (status, consent, adopted_at, changed_at) TO agency_app;
DENY UPDATE ON contact_point (agency_id) TO agency_app;
GRANT UPDATE ON assignment (account_count, principal, interest, fees, days_past_due_mix, placing, skipped_count, ended_at, ending, end_reason) TO agency_app;
GRANT UPDATE ON [case] (recall_on, recall_reason, extended_to, answered_motion_id, objection_refused_at, late_until) TO agency_app;
GO

CREATE SECURITY POLICY rls.agreement_version_policy
    ADD FILTER PREDICATE rls.bank_or_agency(bank_id, agency_id) ON dbo.agreement_version,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.agreement_version AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.agreement_version AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.agreement_version BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.agreement_version BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON agreement_version TO agency_app;
DENY UPDATE ON agreement_version (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.assignment_skip_policy
    ADD FILTER PREDICATE rls.bank(bank_id) ON dbo.assignment_skip,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.assignment_skip AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.assignment_skip AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.assignment_skip BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.assignment_skip BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON assignment_skip TO agency_app;
DENY UPDATE ON assignment_skip (bank_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.team_policy
    ADD FILTER PREDICATE rls.agency(agency_id) ON dbo.team,
    ADD BLOCK PREDICATE rls.manager(agency_id) ON dbo.team AFTER INSERT,
    ADD BLOCK PREDICATE rls.manager(agency_id) ON dbo.team AFTER UPDATE,
    ADD BLOCK PREDICATE rls.manager(agency_id) ON dbo.team BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(agency_id) ON dbo.team BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON team TO agency_app;
GRANT UPDATE ON team (name, splits_evenly, changed_at) TO agency_app;
DENY UPDATE ON team (agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.team_member_policy
    ADD FILTER PREDICATE rls.agency(agency_id) ON dbo.team_member,
    ADD BLOCK PREDICATE rls.manager(agency_id) ON dbo.team_member AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(agency_id) ON dbo.team_member AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(agency_id) ON dbo.team_member BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.manager(agency_id) ON dbo.team_member BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT, DELETE ON team_member TO agency_app;
DENY UPDATE ON team_member (agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.case_desk_policy
    ADD FILTER PREDICATE rls.desk_row(bank_id, agency_id, collector_id, team_id) ON dbo.case_desk,
    ADD BLOCK PREDICATE rls.first_desk(bank_id, agency_id, case_id) ON dbo.case_desk AFTER INSERT,
    ADD BLOCK PREDICATE rls.desk(bank_id, agency_id, case_id, team_id) ON dbo.case_desk AFTER UPDATE,
    ADD BLOCK PREDICATE rls.desk(bank_id, agency_id, case_id, team_id) ON dbo.case_desk BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.case_desk BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON case_desk TO agency_app;
GRANT UPDATE ON case_desk (collector_id, team_id, agency_reference, changed_at) TO agency_app;
DENY UPDATE ON case_desk (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.case_order_policy
    ADD FILTER PREDICATE rls.open_work(bank_id, agency_id, case_id) ON dbo.case_order,
    ADD BLOCK PREDICATE rls.system(bank_id) ON dbo.case_order AFTER INSERT,
    ADD BLOCK PREDICATE rls.open_work(bank_id, agency_id, case_id) ON dbo.case_order AFTER UPDATE,
    ADD BLOCK PREDICATE rls.open_work(bank_id, agency_id, case_id) ON dbo.case_order BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.case_order BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON case_order TO agency_app;
GRANT UPDATE ON case_order (oldest_due_date, balance, last_contact_at, next_promise_on, is_open) TO agency_app;
DENY UPDATE ON case_order (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.case_motion_policy
    ADD FILTER PREDICATE rls.work(bank_id, agency_id, case_id) ON dbo.case_motion,
    ADD BLOCK PREDICATE rls.reporting(bank_id, agency_id, case_id) ON dbo.case_motion AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.case_motion AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.case_motion BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.case_motion BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON case_motion TO agency_app;
DENY UPDATE ON case_motion (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.case_motion_answer_policy
    ADD FILTER PREDICATE rls.work(bank_id, agency_id, case_id) ON dbo.case_motion_answer,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.case_motion_answer AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.case_motion_answer AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.case_motion_answer BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.case_motion_answer BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON case_motion_answer TO agency_app;
DENY UPDATE ON case_motion_answer (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.contact_point_mark_policy
    ADD FILTER PREDICATE rls.work(bank_id, agency_id, case_id) ON dbo.contact_point_mark,
    ADD BLOCK PREDICATE rls.marking(bank_id, agency_id, case_id, contact_point_id) ON dbo.contact_point_mark AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.contact_point_mark AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.contact_point_mark BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.contact_point_mark BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON contact_point_mark TO agency_app;
DENY UPDATE ON contact_point_mark (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.hold_policy
    ADD FILTER PREDICATE rls.open_account(bank_id, account_id) ON dbo.hold,
    ADD BLOCK PREDICATE rls.open_work(bank_id, agency_id, case_id) ON dbo.hold AFTER INSERT,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.hold AFTER UPDATE,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.hold BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.hold BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON hold TO agency_app;
GRANT UPDATE ON hold (lifted_at, lift_reason, lifted_by_person_id, lifted_by_client_id) TO agency_app;
DENY UPDATE ON hold (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.promise_policy
    ADD FILTER PREDICATE rls.work(bank_id, agency_id, case_id) ON dbo.promise,
    ADD BLOCK PREDICATE rls.reporting(bank_id, agency_id, case_id) ON dbo.promise AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.promise AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.promise BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.promise BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON promise TO agency_app;
DENY UPDATE ON promise (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.promise_cancellation_policy
    ADD FILTER PREDICATE rls.work(bank_id, agency_id, case_id) ON dbo.promise_cancellation,
    ADD BLOCK PREDICATE rls.reporting(bank_id, agency_id, case_id) ON dbo.promise_cancellation AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.promise_cancellation AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.promise_cancellation BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.promise_cancellation BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON promise_cancellation TO agency_app;
DENY UPDATE ON promise_cancellation (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.contact_permit_policy
    ADD FILTER PREDICATE rls.work(bank_id, agency_id, case_id) ON dbo.contact_permit,
    ADD BLOCK PREDICATE rls.reporting(bank_id, agency_id, case_id) ON dbo.contact_permit AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.contact_permit AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.contact_permit BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.contact_permit BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON contact_permit TO agency_app;
DENY UPDATE ON contact_permit (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.event_policy
    ADD FILTER PREDICATE rls.work(bank_id, agency_id, case_id) ON dbo.event,
    ADD BLOCK PREDICATE rls.mandated(bank_id, agency_id) ON dbo.event AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.event AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.event BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.event BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON event TO agency_app;
DENY UPDATE ON event (bank_id, agency_id) TO agency_app;
GO
