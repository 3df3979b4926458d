-- Webhooks: where a tenant wants its events sent, what is to be sent, and how each attempt went. All of it is the tenant's own.

CREATE TABLE base_webhook_subscription
(
    tenant_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    url TEXT NOT NULL,
    types TEXT NOT NULL,
    secret_cipher BLOB NOT NULL,
    former_secret_cipher BLOB NULL,
    former_secret_until TEXT NULL,
    passed INTEGER NOT NULL,
    state TEXT NOT NULL,
    disabled_reason TEXT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    CONSTRAINT pk_webhook_subscription PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_webhook_subscription_tenant FOREIGN KEY (tenant_id) REFERENCES base_tenant (tenant_id),
    CONSTRAINT ck_webhook_subscription_state CHECK ((state = 'enabled' AND disabled_reason IS NULL) OR (state = 'disabled' AND disabled_reason IN ('by_owner', 'gone')) OR (state = 'removed' AND disabled_reason IS NULL))
) STRICT, WITHOUT ROWID;

CREATE VIEW webhook_subscription AS
SELECT tenant_id, id, url, types, secret_cipher, former_secret_cipher, former_secret_until, passed, state, disabled_reason, created_at, changed_at
FROM base_webhook_subscription
WHERE base_webhook_subscription.tenant_id = session_tenant() AND session_kind() <> 'counter';

CREATE TRIGGER webhook_subscription_insert INSTEAD OF INSERT ON webhook_subscription
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into webhook_subscription refused') WHERE (NEW.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    INSERT INTO base_webhook_subscription (tenant_id, id, url, types, secret_cipher, former_secret_cipher, former_secret_until, passed, state, disabled_reason, created_at, changed_at)
    VALUES (NEW.tenant_id, NEW.id, NEW.url, NEW.types, NEW.secret_cipher, NEW.former_secret_cipher, NEW.former_secret_until, NEW.passed, NEW.state, NEW.disabled_reason, NEW.created_at, NEW.changed_at);
END;

CREATE TRIGGER webhook_subscription_update INSTEAD OF UPDATE ON webhook_subscription
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of webhook_subscription refused') WHERE (OLD.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of webhook_subscription refused') WHERE (NEW.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of webhook_subscription is fixed') WHERE NEW.tenant_id IS NOT OLD.tenant_id OR NEW.id IS NOT OLD.id OR NEW.created_at IS NOT OLD.created_at;
    UPDATE base_webhook_subscription SET url = NEW.url, types = NEW.types, secret_cipher = NEW.secret_cipher, former_secret_cipher = NEW.former_secret_cipher, former_secret_until = NEW.former_secret_until, passed = NEW.passed, state = NEW.state, disabled_reason = NEW.disabled_reason, changed_at = NEW.changed_at WHERE tenant_id = OLD.tenant_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of webhook_subscription changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER webhook_subscription_delete INSTEAD OF DELETE ON webhook_subscription
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from webhook_subscription refused');
END;

CREATE TABLE base_webhook_delivery
(
    tenant_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    subscription_id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    order_key BLOB NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt_at TEXT NOT NULL,
    leased_until TEXT NULL,
    created_at TEXT NOT NULL,
    finished_at TEXT NULL,
    CONSTRAINT pk_webhook_delivery PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_webhook_delivery_subscription FOREIGN KEY (tenant_id, subscription_id) REFERENCES base_webhook_subscription (tenant_id, id),
    CONSTRAINT ck_webhook_delivery_state CHECK ((state = 'pending' AND finished_at IS NULL) OR (state IN ('delivered', 'failed') AND finished_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_webhook_delivery_due ON base_webhook_delivery (tenant_id, next_attempt_at, id) WHERE state = 'pending';

CREATE INDEX ix_webhook_delivery_queue ON base_webhook_delivery (tenant_id, subscription_id, order_key, id) WHERE state = 'pending';

CREATE INDEX ix_webhook_delivery_subscription ON base_webhook_delivery (tenant_id, subscription_id, id);

CREATE VIEW webhook_delivery AS
SELECT tenant_id, id, subscription_id, message_id, type, body, order_key, state, attempts, next_attempt_at, leased_until, created_at, finished_at
FROM base_webhook_delivery
WHERE base_webhook_delivery.tenant_id = session_tenant() AND session_kind() <> 'counter';

CREATE TRIGGER webhook_delivery_insert INSTEAD OF INSERT ON webhook_delivery
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into webhook_delivery refused') WHERE (NEW.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    INSERT INTO base_webhook_delivery (tenant_id, id, subscription_id, message_id, type, body, order_key, state, attempts, next_attempt_at, leased_until, created_at, finished_at)
    VALUES (NEW.tenant_id, NEW.id, NEW.subscription_id, NEW.message_id, NEW.type, NEW.body, NEW.order_key, NEW.state, NEW.attempts, NEW.next_attempt_at, NEW.leased_until, NEW.created_at, NEW.finished_at);
END;

CREATE TRIGGER webhook_delivery_update INSTEAD OF UPDATE ON webhook_delivery
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of webhook_delivery refused') WHERE (OLD.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of webhook_delivery refused') WHERE (NEW.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of webhook_delivery is fixed') WHERE NEW.tenant_id IS NOT OLD.tenant_id OR NEW.id IS NOT OLD.id OR NEW.subscription_id IS NOT OLD.subscription_id OR NEW.message_id IS NOT OLD.message_id OR NEW.type IS NOT OLD.type OR NEW.body IS NOT OLD.body OR NEW.order_key IS NOT OLD.order_key OR NEW.created_at IS NOT OLD.created_at;
    UPDATE base_webhook_delivery SET state = NEW.state, attempts = NEW.attempts, next_attempt_at = NEW.next_attempt_at, leased_until = NEW.leased_until, finished_at = NEW.finished_at WHERE tenant_id = OLD.tenant_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of webhook_delivery changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER webhook_delivery_delete INSTEAD OF DELETE ON webhook_delivery
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from webhook_delivery refused');
END;

CREATE TABLE base_webhook_attempt
(
    tenant_id INTEGER NOT NULL,
    delivery_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    attempted_at TEXT NOT NULL,
    milliseconds INTEGER NOT NULL,
    status INTEGER NULL,
    error TEXT NULL,
    CONSTRAINT pk_webhook_attempt PRIMARY KEY (tenant_id, delivery_id, number),
    CONSTRAINT fk_webhook_attempt_delivery FOREIGN KEY (tenant_id, delivery_id) REFERENCES base_webhook_delivery (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE VIEW webhook_attempt AS
SELECT tenant_id, delivery_id, number, attempted_at, milliseconds, status, error
FROM base_webhook_attempt
WHERE base_webhook_attempt.tenant_id = session_tenant() AND session_kind() <> 'counter';

CREATE TRIGGER webhook_attempt_insert INSTEAD OF INSERT ON webhook_attempt
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into webhook_attempt refused') WHERE (NEW.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    INSERT INTO base_webhook_attempt (tenant_id, delivery_id, number, attempted_at, milliseconds, status, error)
    VALUES (NEW.tenant_id, NEW.delivery_id, NEW.number, NEW.attempted_at, NEW.milliseconds, NEW.status, NEW.error);
END;

CREATE TRIGGER webhook_attempt_update INSTEAD OF UPDATE ON webhook_attempt
BEGIN
    SELECT RAISE(ABORT, 'isolation: webhook_attempt is append-only');
END;

CREATE TRIGGER webhook_attempt_delete INSTEAD OF DELETE ON webhook_attempt
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from webhook_attempt refused');
END;
