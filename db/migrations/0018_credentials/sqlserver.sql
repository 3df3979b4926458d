-- Second factors, disabled people and clients, and credentials that change: whatever was given under an earlier version of a
-- person's or a client's credentials (session, code, token) is worthless from then on.
ALTER TABLE auth.person ADD last_failed_at datetime2(3) NULL;
GO
ALTER TABLE auth.person ADD credential_version int NOT NULL CONSTRAINT df_person_credential_version DEFAULT 1;
GO
ALTER TABLE auth.person ADD credentials_changed_at datetime2(3) NULL;
GO
ALTER TABLE auth.person ADD disabled_at datetime2(3) NULL;
GO
ALTER TABLE auth.person ADD totp_cipher varbinary(200) NULL;
GO
ALTER TABLE auth.person ADD totp_step bigint NULL;
GO
ALTER TABLE auth.client ADD credential_version int NOT NULL CONSTRAINT df_client_credential_version DEFAULT 1;
GO
ALTER TABLE auth.client ADD credentials_changed_at datetime2(3) NULL;
GO
ALTER TABLE auth.client ADD disabled_at datetime2(3) NULL;
GO

CREATE INDEX ix_person_credentials_changed_at ON auth.person (credentials_changed_at) WHERE credentials_changed_at IS NOT NULL;
GO

CREATE INDEX ix_client_credentials_changed_at ON auth.client (credentials_changed_at) WHERE credentials_changed_at IS NOT NULL;
GO

CREATE TABLE auth.recovery_code
(
    person_id binary(16) NOT NULL,
    digest binary(32) NOT NULL,
    used_at datetime2(3) NULL,
    CONSTRAINT pk_recovery_code PRIMARY KEY CLUSTERED (person_id, digest),
    CONSTRAINT fk_recovery_code_person FOREIGN KEY (person_id) REFERENCES auth.person (id)
);
GO

-- A wrong password at an address that nobody has is written down here, by the same deeds as one at an address that somebody has.
CREATE TABLE auth.unknown_address
(
    bucket int NOT NULL,
    failed_count bigint NOT NULL,
    last_failed_at datetime2(3) NULL,
    CONSTRAINT pk_unknown_address PRIMARY KEY CLUSTERED (bucket),
    CONSTRAINT ck_unknown_address_bucket CHECK (bucket >= 0 AND bucket <= 15)
);
GO

INSERT INTO auth.unknown_address (bucket, failed_count)
VALUES (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 0), (12, 0), (13, 0), (14, 0), (15, 0);
GO

-- People change their own credentials after they signed in, through the operator's door: it alone reaches the audit trail besides.
GRANT UPDATE ON auth.person (last_failed_at, totp_step) TO agency_identity;
GRANT UPDATE ON auth.person (password_hash, failed_count, locked_until, last_failed_at, credential_version, credentials_changed_at, disabled_at, totp_cipher, totp_step) TO agency_operator;
GRANT UPDATE ON auth.client (credential_version, credentials_changed_at, disabled_at) TO agency_operator;
GO

GRANT SELECT ON auth.recovery_code TO agency_identity;
GRANT UPDATE ON auth.recovery_code (used_at) TO agency_identity;
GRANT SELECT, INSERT, DELETE ON auth.recovery_code TO agency_operator;
GRANT UPDATE ON auth.recovery_code (used_at) TO agency_operator;
GO

GRANT SELECT ON auth.unknown_address TO agency_identity;
GRANT UPDATE ON auth.unknown_address (failed_count, last_failed_at) TO agency_identity;
GO
