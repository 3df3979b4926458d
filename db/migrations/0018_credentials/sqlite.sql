-- Second factors, disabled people and clients, and credentials that change: whatever was given under an earlier version of a
-- person's or a client's credentials (session, code, token) is worthless from then on.

ALTER TABLE auth_person ADD COLUMN last_failed_at TEXT NULL;
ALTER TABLE auth_person ADD COLUMN credential_version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE auth_person ADD COLUMN credentials_changed_at TEXT NULL;
ALTER TABLE auth_person ADD COLUMN disabled_at TEXT NULL;
ALTER TABLE auth_person ADD COLUMN totp_cipher BLOB NULL;
ALTER TABLE auth_person ADD COLUMN totp_step INTEGER NULL;

ALTER TABLE auth_client ADD COLUMN credential_version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE auth_client ADD COLUMN credentials_changed_at TEXT NULL;
ALTER TABLE auth_client ADD COLUMN disabled_at TEXT NULL;

CREATE INDEX ix_person_credentials_changed_at ON auth_person (credentials_changed_at) WHERE credentials_changed_at IS NOT NULL;

CREATE INDEX ix_client_credentials_changed_at ON auth_client (credentials_changed_at) WHERE credentials_changed_at IS NOT NULL;

CREATE TABLE auth_recovery_code
(
    person_id BLOB NOT NULL,
    digest BLOB NOT NULL,
    used_at TEXT NULL,
    CONSTRAINT pk_recovery_code PRIMARY KEY (person_id, digest),
    CONSTRAINT fk_recovery_code_person FOREIGN KEY (person_id) REFERENCES auth_person (id)
) STRICT, WITHOUT ROWID;

-- A wrong password at an address that nobody has is written down here, by the same deeds as one at an address that somebody has.
CREATE TABLE auth_unknown_address
(
    bucket INTEGER NOT NULL,
    failed_count INTEGER NOT NULL,
    last_failed_at TEXT NULL,
    CONSTRAINT pk_unknown_address PRIMARY KEY (bucket),
    CONSTRAINT ck_unknown_address_bucket CHECK (bucket >= 0 AND bucket <= 15)
) STRICT, WITHOUT ROWID;

INSERT INTO auth_unknown_address (bucket, failed_count)
VALUES (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 0), (12, 0), (13, 0), (14, 0), (15, 0);
