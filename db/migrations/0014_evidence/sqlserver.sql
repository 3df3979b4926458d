-- The evidence that belongs to a settlement proposal: what each file is, and that the bank has verified it. The files themselves are
-- in a store of their own, encrypted.

CREATE TABLE evidence_file
(
    bank_id int NOT NULL,
    id binary(16) NOT NULL,
    agency_id int NOT NULL,
    case_id binary(16) NOT NULL,
    settlement_proposal_id binary(16) NOT NULL,
    kind varchar(20) NOT NULL,
    media_type varchar(40) NOT NULL,
    bytes bigint NOT NULL,
    sha256 binary(32) NOT NULL,
    name_cipher varbinary(max) NOT NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    uploaded_at datetime2(3) NOT NULL,
    CONSTRAINT pk_evidence_file PRIMARY KEY CLUSTERED (bank_id, id),
    CONSTRAINT uq_evidence_file_agency_id_id_case_id UNIQUE (bank_id, agency_id, id, case_id),
    CONSTRAINT uq_evidence_file_content UNIQUE (bank_id, settlement_proposal_id, sha256),
    CONSTRAINT fk_evidence_file_settlement_proposal FOREIGN KEY (bank_id, agency_id, settlement_proposal_id, case_id) REFERENCES settlement_proposal (bank_id, agency_id, id, case_id),
    CONSTRAINT ck_evidence_file_kind CHECK (kind IN ('income', 'bank_statement', 'property', 'vehicle', 'household', 'identity', 'signed_agreement', 'other')),
    CONSTRAINT ck_evidence_file_media_type CHECK (media_type IN ('application/pdf', 'image/jpeg', 'image/png')),
    CONSTRAINT ck_evidence_file_bytes CHECK (bytes > 0)
);
GO

CREATE TABLE evidence_verification
(
    bank_id int NOT NULL,
    evidence_file_id binary(16) NOT NULL,
    agency_id int NOT NULL,
    case_id binary(16) NOT NULL,
    person_id binary(16) NULL,
    client_id nvarchar(100) NULL,
    verified_at datetime2(3) NOT NULL,
    CONSTRAINT pk_evidence_verification PRIMARY KEY CLUSTERED (bank_id, evidence_file_id),
    CONSTRAINT fk_evidence_verification_evidence_file FOREIGN KEY (bank_id, agency_id, evidence_file_id, case_id) REFERENCES evidence_file (bank_id, agency_id, id, case_id)
);
GO

CREATE INDEX ix_evidence_file_agency ON evidence_file (agency_id, id);
GO

CREATE INDEX ix_evidence_file_proposal ON evidence_file (bank_id, settlement_proposal_id, id);
GO

CREATE INDEX ix_evidence_verification_agency ON evidence_verification (agency_id, evidence_file_id);
GO

-- Debtor data: the agency has it while its case is open.
CREATE SECURITY POLICY rls.evidence_file_policy
    ADD FILTER PREDICATE rls.open_work(bank_id, agency_id, case_id) ON dbo.evidence_file,
    ADD BLOCK PREDICATE rls.reporting(bank_id, agency_id, case_id) ON dbo.evidence_file AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.evidence_file AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.evidence_file BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.evidence_file BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON evidence_file TO agency_app;
DENY UPDATE ON evidence_file (bank_id, agency_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.evidence_verification_policy
    ADD FILTER PREDICATE rls.open_work(bank_id, agency_id, case_id) ON dbo.evidence_verification,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.evidence_verification AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.evidence_verification AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.evidence_verification BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.evidence_verification BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON evidence_verification TO agency_app;
DENY UPDATE ON evidence_verification (bank_id, agency_id) TO agency_app;
GO
