-- Webhooks: where a tenant wants its events sent, what is to be sent, and how each attempt went. All of it is the tenant's own.

CREATE TABLE webhook_subscription
(
    tenant_id int NOT NULL,
    id binary(16) NOT NULL,
    url nvarchar(2000) NOT NULL,
    types nvarchar(2000) NOT NULL,
    secret_cipher varbinary(max) NOT NULL,
    former_secret_cipher varbinary(max) NULL,
    former_secret_until datetime2(3) NULL,
    passed bigint NOT NULL,
    state varchar(20) NOT NULL,
    disabled_reason varchar(20) NULL,
    created_at datetime2(3) NOT NULL,
    changed_at datetime2(3) NOT NULL,
    CONSTRAINT pk_webhook_subscription PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_webhook_subscription_tenant FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id),
    CONSTRAINT ck_webhook_subscription_state CHECK ((state = 'enabled' AND disabled_reason IS NULL) OR (state = 'disabled' AND disabled_reason IN ('by_owner', 'gone')) OR (state = 'removed' AND disabled_reason IS NULL))
);
GO

CREATE TABLE webhook_delivery
(
    tenant_id int NOT NULL,
    id binary(16) NOT NULL,
    subscription_id binary(16) NOT NULL,
    message_id binary(16) NOT NULL,
    type varchar(60) NOT NULL,
    body nvarchar(max) NOT NULL,
    order_key binary(16) NOT NULL,
    state varchar(20) NOT NULL,
    attempts int NOT NULL,
    next_attempt_at datetime2(3) NOT NULL,
    leased_until datetime2(3) NULL,
    created_at datetime2(3) NOT NULL,
    finished_at datetime2(3) NULL,
    CONSTRAINT pk_webhook_delivery PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_webhook_delivery_subscription FOREIGN KEY (tenant_id, subscription_id) REFERENCES webhook_subscription (tenant_id, id),
    CONSTRAINT ck_webhook_delivery_state CHECK ((state = 'pending' AND finished_at IS NULL) OR (state IN ('delivered', 'failed') AND finished_at IS NOT NULL))
);
GO

CREATE INDEX ix_webhook_delivery_due ON webhook_delivery (tenant_id, next_attempt_at, id) WHERE state = 'pending';
GO

CREATE INDEX ix_webhook_delivery_queue ON webhook_delivery (tenant_id, subscription_id, order_key, id) WHERE state = 'pending';
GO

CREATE INDEX ix_webhook_delivery_subscription ON webhook_delivery (tenant_id, subscription_id, id);
GO

CREATE TABLE webhook_attempt
(
    tenant_id int NOT NULL,
    delivery_id binary(16) NOT NULL,
    number int NOT NULL,
    attempted_at datetime2(3) NOT NULL,
    milliseconds int NOT NULL,
    status int NULL,
    error varchar(40) NULL,
    CONSTRAINT pk_webhook_attempt PRIMARY KEY CLUSTERED (tenant_id, delivery_id, number),
    CONSTRAINT fk_webhook_attempt_delivery FOREIGN KEY (tenant_id, delivery_id) REFERENCES webhook_delivery (tenant_id, id)
);
GO

CREATE SECURITY POLICY rls.webhook_subscription_policy
    ADD FILTER PREDICATE rls.self(tenant_id) ON dbo.webhook_subscription,
    ADD BLOCK PREDICATE rls.self(tenant_id) ON dbo.webhook_subscription AFTER INSERT,
    ADD BLOCK PREDICATE rls.self(tenant_id) ON dbo.webhook_subscription AFTER UPDATE,
    ADD BLOCK PREDICATE rls.self(tenant_id) ON dbo.webhook_subscription BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(tenant_id) ON dbo.webhook_subscription BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON webhook_subscription TO agency_app;
GRANT UPDATE ON webhook_subscription (url, types, secret_cipher, former_secret_cipher, former_secret_until, passed, state, disabled_reason, changed_at) TO agency_app;
DENY UPDATE ON webhook_subscription (tenant_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.webhook_delivery_policy
    ADD FILTER PREDICATE rls.self(tenant_id) ON dbo.webhook_delivery,
    ADD BLOCK PREDICATE rls.self(tenant_id) ON dbo.webhook_delivery AFTER INSERT,
    ADD BLOCK PREDICATE rls.self(tenant_id) ON dbo.webhook_delivery AFTER UPDATE,
    ADD BLOCK PREDICATE rls.self(tenant_id) ON dbo.webhook_delivery BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(tenant_id) ON dbo.webhook_delivery BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON webhook_delivery TO agency_app;
GRANT UPDATE ON webhook_delivery (state, attempts, next_attempt_at, leased_until, finished_at) TO agency_app;
DENY UPDATE ON webhook_delivery (tenant_id) TO agency_app;
GO

CREATE SECURITY POLICY rls.webhook_attempt_policy
    ADD FILTER PREDICATE rls.self(tenant_id) ON dbo.webhook_attempt,
    ADD BLOCK PREDICATE rls.self(tenant_id) ON dbo.webhook_attempt AFTER INSERT,
    ADD BLOCK PREDICATE rls.nobody(tenant_id) ON dbo.webhook_attempt AFTER UPDATE,
    ADD BLOCK PREDICATE rls.nobody(tenant_id) ON dbo.webhook_attempt BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(tenant_id) ON dbo.webhook_attempt BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON webhook_attempt TO agency_app;
DENY UPDATE ON webhook_attempt (tenant_id) TO agency_app;
GO
