-- Sign-in: API clients, people, and the tokens given to them. It happens before a tenant is known, so these tables have no
-- row rules but doors of their own: the authorizer opens them to sign-in and to the operator, not to the application.
-- tenant_id names a row of tenant without a foreign key: the identity door must not reach that table, and tenants are never deleted.
CREATE TABLE auth_client
(
    id BLOB NOT NULL,
    tenant_id INTEGER NULL,
    tenant_kind TEXT NULL,
    client_id TEXT NOT NULL,
    client_type TEXT NOT NULL,
    secret_hash TEXT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    redirect_uris TEXT NOT NULL,
    post_logout_redirect_uris TEXT NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_client PRIMARY KEY (id),
    CONSTRAINT uq_client_client_id UNIQUE (client_id),
    CONSTRAINT ck_client_client_type CHECK ((client_type = 'confidential' AND secret_hash IS NOT NULL) OR (client_type = 'public' AND secret_hash IS NULL)),
    CONSTRAINT ck_client_tenant CHECK ((tenant_id IS NULL AND tenant_kind IS NULL) OR (tenant_id IS NOT NULL AND tenant_kind IN ('operator', 'bank', 'agency')))
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_client_tenant ON auth_client (tenant_id, id);

CREATE TABLE auth_person
(
    id BLOB NOT NULL,
    tenant_id INTEGER NOT NULL,
    tenant_kind TEXT NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    failed_count INTEGER NOT NULL,
    locked_until TEXT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_person PRIMARY KEY (id),
    CONSTRAINT uq_person_email UNIQUE (email),
    CONSTRAINT ck_person_tenant_kind CHECK (tenant_kind IN ('operator', 'bank', 'agency')),
    CONSTRAINT ck_person_failed_count CHECK (failed_count >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_person_tenant ON auth_person (tenant_id, id);

CREATE TABLE auth_sign_in
(
    id BLOB NOT NULL,
    client_id BLOB NULL,
    subject TEXT NULL,
    type TEXT NULL,
    status TEXT NULL,
    scopes TEXT NOT NULL,
    created_at TEXT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_sign_in PRIMARY KEY (id),
    CONSTRAINT fk_sign_in_client FOREIGN KEY (client_id) REFERENCES auth_client (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_sign_in_client ON auth_sign_in (client_id, subject);

CREATE INDEX ix_sign_in_subject ON auth_sign_in (subject);

CREATE INDEX ix_sign_in_created_at ON auth_sign_in (created_at);

CREATE TABLE auth_token
(
    id BLOB NOT NULL,
    client_id BLOB NULL,
    sign_in_id BLOB NULL,
    subject TEXT NULL,
    type TEXT NULL,
    status TEXT NULL,
    created_at TEXT NULL,
    expires_at TEXT NULL,
    redeemed_at TEXT NULL,
    reference_id TEXT NULL,
    payload TEXT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_token PRIMARY KEY (id),
    CONSTRAINT fk_token_client FOREIGN KEY (client_id) REFERENCES auth_client (id),
    CONSTRAINT fk_token_sign_in FOREIGN KEY (sign_in_id) REFERENCES auth_sign_in (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_token_client ON auth_token (client_id, subject);

CREATE INDEX ix_token_sign_in ON auth_token (sign_in_id);

CREATE INDEX ix_token_subject ON auth_token (subject);

CREATE INDEX ix_token_status ON auth_token (status, expires_at);

CREATE INDEX ix_token_created_at ON auth_token (created_at);

CREATE UNIQUE INDEX uq_token_reference_id ON auth_token (reference_id) WHERE reference_id IS NOT NULL;
