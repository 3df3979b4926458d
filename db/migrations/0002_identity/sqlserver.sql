-- Sign-in: API clients, people, and the tokens given to them. It happens before a tenant is known, so these tables have no
-- row rules but doors of their own: the roles agency_identity and agency_operator; agency_app can't reach them.
-- tenant_id names a row of tenant without a foreign key: the identity door must not reach that table, and tenants are never deleted.
CREATE TABLE auth.client
(
    id binary(16) NOT NULL,
    tenant_id int NULL,
    tenant_kind varchar(20) NULL,
    client_id nvarchar(100) NOT NULL,
    client_type varchar(20) NOT NULL,
    secret_hash varchar(200) NULL,
    name nvarchar(200) NOT NULL,
    scopes varchar(2000) NOT NULL,
    redirect_uris nvarchar(1000) NOT NULL,
    post_logout_redirect_uris nvarchar(1000) NOT NULL,
    created_at datetime2(3) NOT NULL,
    CONSTRAINT pk_client PRIMARY KEY CLUSTERED (id),
    CONSTRAINT uq_client_client_id UNIQUE (client_id),
    CONSTRAINT ck_client_client_type CHECK ((client_type = 'confidential' AND secret_hash IS NOT NULL) OR (client_type = 'public' AND secret_hash IS NULL)),
    CONSTRAINT ck_client_tenant CHECK ((tenant_id IS NULL AND tenant_kind IS NULL) OR (tenant_id IS NOT NULL AND tenant_kind IN ('operator', 'bank', 'agency')))
);
GO

CREATE INDEX ix_client_tenant ON auth.client (tenant_id, id);
GO

CREATE TABLE auth.person
(
    id binary(16) NOT NULL,
    tenant_id int NOT NULL,
    tenant_kind varchar(20) NOT NULL,
    email nvarchar(254) NOT NULL,
    name nvarchar(200) NOT NULL,
    role varchar(40) NOT NULL,
    password_hash varchar(200) NOT NULL,
    failed_count int NOT NULL,
    locked_until datetime2(3) NULL,
    created_at datetime2(3) NOT NULL,
    CONSTRAINT pk_person PRIMARY KEY CLUSTERED (id),
    CONSTRAINT uq_person_email UNIQUE (email),
    CONSTRAINT ck_person_tenant_kind CHECK (tenant_kind IN ('operator', 'bank', 'agency')),
    CONSTRAINT ck_person_failed_count CHECK (failed_count >= 0)
);
GO

CREATE INDEX ix_person_tenant ON auth.person (tenant_id, id);
GO

CREATE TABLE auth.sign_in
(
    id binary(16) NOT NULL,
    client_id binary(16) NULL,
    subject nvarchar(100) NULL,
    type nvarchar(20) NULL,
    status nvarchar(20) NULL,
    scopes varchar(2000) NOT NULL,
    created_at datetime2(3) NULL,
    version int NOT NULL,
    CONSTRAINT pk_sign_in PRIMARY KEY CLUSTERED (id),
    CONSTRAINT fk_sign_in_client FOREIGN KEY (client_id) REFERENCES auth.client (id)
);
GO

CREATE INDEX ix_sign_in_client ON auth.sign_in (client_id, subject);
GO

CREATE INDEX ix_sign_in_subject ON auth.sign_in (subject);
GO

CREATE INDEX ix_sign_in_created_at ON auth.sign_in (created_at);
GO

CREATE TABLE auth.token
(
    id binary(16) NOT NULL,
    client_id binary(16) NULL,
    sign_in_id binary(16) NULL,
    subject nvarchar(100) NULL,
    type nvarchar(100) NULL,
    status nvarchar(20) NULL,
    created_at datetime2(3) NULL,
    expires_at datetime2(3) NULL,
    redeemed_at datetime2(3) NULL,
    reference_id nvarchar(100) NULL,
    payload varchar(max) NULL,
    version int NOT NULL,
    CONSTRAINT pk_token PRIMARY KEY CLUSTERED (id),
    CONSTRAINT fk_token_client FOREIGN KEY (client_id) REFERENCES auth.client (id),
    CONSTRAINT fk_token_sign_in FOREIGN KEY (sign_in_id) REFERENCES auth.sign_in (id)
);
GO

CREATE INDEX ix_token_client ON auth.token (client_id, subject);
GO

CREATE INDEX ix_token_sign_in ON auth.token (sign_in_id);
GO

CREATE INDEX ix_token_subject ON auth.token (subject);
GO

CREATE INDEX ix_token_status ON auth.token (status, expires_at);
GO

CREATE INDEX ix_token_created_at ON auth.token (created_at);
GO

CREATE UNIQUE INDEX uq_token_reference_id ON auth.token (reference_id) WHERE reference_id IS NOT NULL;
GO

GRANT SELECT, INSERT ON auth.client TO agency_identity;
GRANT UPDATE ON auth.client (name, redirect_uris, post_logout_redirect_uris) TO agency_identity;
DENY UPDATE ON auth.client (tenant_id, tenant_kind) TO agency_identity;
GRANT SELECT, INSERT ON auth.client TO agency_operator;
DENY UPDATE ON auth.client (tenant_id, tenant_kind) TO agency_operator;
GO

GRANT SELECT ON auth.person TO agency_identity;
GRANT UPDATE ON auth.person (failed_count, locked_until) TO agency_identity;
DENY UPDATE ON auth.person (tenant_id, tenant_kind) TO agency_identity;
GRANT SELECT, INSERT ON auth.person TO agency_operator;
DENY UPDATE ON auth.person (tenant_id, tenant_kind) TO agency_operator;
GO

GRANT SELECT, INSERT, UPDATE, DELETE ON auth.sign_in TO agency_identity;
GO

GRANT SELECT, INSERT, UPDATE, DELETE ON auth.token TO agency_identity;
GO
