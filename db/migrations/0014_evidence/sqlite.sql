-- The evidence that belongs to a settlement proposal: what each file is, and that the bank has verified it. The files themselves are
-- in a store of their own, encrypted.

CREATE TABLE base_evidence_file
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    settlement_proposal_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    name_cipher BLOB NOT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    uploaded_at TEXT NOT NULL,
    CONSTRAINT pk_evidence_file PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_evidence_file_agency_id_id_case_id UNIQUE (bank_id, agency_id, id, case_id),
    CONSTRAINT uq_evidence_file_content UNIQUE (bank_id, settlement_proposal_id, sha256),
    CONSTRAINT fk_evidence_file_settlement_proposal FOREIGN KEY (bank_id, agency_id, settlement_proposal_id, case_id) REFERENCES base_settlement_proposal (bank_id, agency_id, id, case_id),
    CONSTRAINT ck_evidence_file_kind CHECK (kind IN ('income', 'bank_statement', 'property', 'vehicle', 'household', 'identity', 'signed_agreement', 'other')),
    CONSTRAINT ck_evidence_file_media_type CHECK (media_type IN ('application/pdf', 'image/jpeg', 'image/png')),
    CONSTRAINT ck_evidence_file_bytes CHECK (bytes > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE base_evidence_verification
(
    bank_id INTEGER NOT NULL,
    evidence_file_id BLOB NOT NULL,
    agency_id INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    person_id BLOB NULL,
    client_id TEXT NULL,
    verified_at TEXT NOT NULL,
    CONSTRAINT pk_evidence_verification PRIMARY KEY (bank_id, evidence_file_id),
    CONSTRAINT fk_evidence_verification_evidence_file FOREIGN KEY (bank_id, agency_id, evidence_file_id, case_id) REFERENCES base_evidence_file (bank_id, agency_id, id, case_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_evidence_file_agency ON base_evidence_file (agency_id, id);

CREATE INDEX ix_evidence_file_proposal ON base_evidence_file (bank_id, settlement_proposal_id, id);

CREATE INDEX ix_evidence_verification_agency ON base_evidence_verification (agency_id, evidence_file_id);

-- Debtor data: the agency has it while its case is open.
CREATE VIEW evidence_file AS
SELECT bank_id, id, agency_id, case_id, settlement_proposal_id, kind, media_type, bytes, sha256, name_cipher, person_id, client_id, uploaded_at
FROM base_evidence_file
WHERE (session_kind() IN ('bank', 'system') AND base_evidence_file.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_evidence_file.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = base_evidence_file.case_id AND c.bank_id = base_evidence_file.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))));

CREATE TRIGGER evidence_file_insert INSTEAD OF INSERT ON evidence_file
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into evidence_file refused') WHERE ((session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = NEW.case_id AND c.bank_id = NEW.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))))) IS NOT TRUE;
    INSERT INTO base_evidence_file (bank_id, id, agency_id, case_id, settlement_proposal_id, kind, media_type, bytes, sha256, name_cipher, person_id, client_id, uploaded_at)
    VALUES (NEW.bank_id, NEW.id, NEW.agency_id, NEW.case_id, NEW.settlement_proposal_id, NEW.kind, NEW.media_type, NEW.bytes, NEW.sha256, NEW.name_cipher, NEW.person_id, NEW.client_id, NEW.uploaded_at);
END;

CREATE TRIGGER evidence_file_update INSTEAD OF UPDATE ON evidence_file
BEGIN
    SELECT RAISE(ABORT, 'isolation: evidence_file is append-only');
END;

CREATE TRIGGER evidence_file_delete INSTEAD OF DELETE ON evidence_file
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from evidence_file refused');
END;

CREATE VIEW evidence_verification AS
SELECT bank_id, evidence_file_id, agency_id, case_id, person_id, client_id, verified_at
FROM base_evidence_verification
WHERE (session_kind() IN ('bank', 'system') AND base_evidence_verification.bank_id = session_tenant())
    OR (session_kind() = 'agency' AND base_evidence_verification.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_case c INNER JOIN base_assignment s ON s.bank_id = c.bank_id AND s.id = c.assignment_id WHERE c.agency_id = session_tenant() AND c.id = base_evidence_verification.case_id AND c.bank_id = base_evidence_verification.bank_id AND c.ended_at IS NULL AND s.ended_at IS NULL AND (session_sight() = 'all' OR EXISTS (SELECT 1 FROM base_case_desk k WHERE k.agency_id = session_tenant() AND k.case_id = c.id AND (k.collector_id = session_person() OR (session_sight() = 'team' AND EXISTS (SELECT 1 FROM base_team_member m WHERE m.agency_id = session_tenant() AND m.team_id = k.team_id AND m.person_id = session_person())))))));

CREATE TRIGGER evidence_verification_insert INSTEAD OF INSERT ON evidence_verification
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into evidence_verification refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_evidence_verification (bank_id, evidence_file_id, agency_id, case_id, person_id, client_id, verified_at)
    VALUES (NEW.bank_id, NEW.evidence_file_id, NEW.agency_id, NEW.case_id, NEW.person_id, NEW.client_id, NEW.verified_at);
END;

CREATE TRIGGER evidence_verification_update INSTEAD OF UPDATE ON evidence_verification
BEGIN
    SELECT RAISE(ABORT, 'isolation: evidence_verification is append-only');
END;

CREATE TRIGGER evidence_verification_delete INSTEAD OF DELETE ON evidence_verification
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from evidence_verification refused');
END;
