-- A delivery a subscriber, written in the transaction that writes the event. The database does it itself: the trigger of the events' view
-- reads who subscribes and writes what is to be sent, on either side, and no session can.

-- Both tables are made anew under their names. Foreign keys are off while a migration runs; the last statement looks for orphans.
PRAGMA legacy_alter_table = ON;

DROP VIEW webhook_subscription;
DROP VIEW webhook_delivery;
DROP TRIGGER event_insert;

ALTER TABLE base_webhook_subscription RENAME TO old_webhook_subscription;

CREATE TABLE base_webhook_subscription
(
    tenant_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    url TEXT NOT NULL,
    types TEXT NOT NULL,
    secret_cipher BLOB NOT NULL,
    former_secret_cipher BLOB NULL,
    former_secret_until TEXT NULL,
    state TEXT NOT NULL,
    disabled_reason TEXT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    CONSTRAINT pk_webhook_subscription PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_webhook_subscription_tenant FOREIGN KEY (tenant_id) REFERENCES base_tenant (tenant_id),
    CONSTRAINT ck_webhook_subscription_state CHECK ((state = 'enabled' AND disabled_reason IS NULL) OR (state = 'disabled' AND disabled_reason IN ('by_owner', 'gone')) OR (state = 'removed' AND disabled_reason IS NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO base_webhook_subscription (tenant_id, id, url, types, secret_cipher, former_secret_cipher, former_secret_until, state, disabled_reason, created_at, changed_at)
SELECT tenant_id, id, url, types, secret_cipher, former_secret_cipher, former_secret_until, state, disabled_reason, created_at, changed_at
FROM old_webhook_subscription;

ALTER TABLE base_webhook_delivery RENAME TO old_webhook_delivery;

-- The event's place, by which what happened to one account is told in order; 0 for a test message, which is of no event.
CREATE TABLE base_webhook_delivery
(
    tenant_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    subscription_id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    type TEXT NOT NULL,
    order_key BLOB NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt_at TEXT NOT NULL,
    leased_until TEXT NULL,
    created_at TEXT NOT NULL,
    finished_at TEXT NULL,
    position INTEGER NOT NULL,
    CONSTRAINT pk_webhook_delivery PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_webhook_delivery_subscription FOREIGN KEY (tenant_id, subscription_id) REFERENCES base_webhook_subscription (tenant_id, id),
    CONSTRAINT ck_webhook_delivery_state CHECK ((state = 'pending' AND finished_at IS NULL) OR (state IN ('delivered', 'failed') AND finished_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO base_webhook_delivery (tenant_id, id, subscription_id, message_id, type, order_key, state, attempts, next_attempt_at, leased_until, created_at, finished_at, position)
SELECT d.tenant_id, d.id, d.subscription_id, d.message_id, d.type, d.order_key, d.state, d.attempts, d.next_attempt_at, d.leased_until, d.created_at, d.finished_at, COALESCE(e.position, 0)
FROM old_webhook_delivery AS d
LEFT JOIN base_event AS e ON e.id = d.message_id AND e.type = d.type;

DROP TABLE old_webhook_delivery;

-- What had happened and was not yet in the queues.
INSERT INTO base_webhook_delivery (tenant_id, id, subscription_id, message_id, type, position, order_key, state, attempts, next_attempt_at, created_at)
SELECT s.tenant_id, unhex(hex(substr(e.id, 1, 8)) || '8' || substr(hex(randomblob(8)), 2)), s.id, e.id, e.type, e.position, COALESCE(e.account_id, e.subject_id), 'pending', 0, e.occurred_at, e.occurred_at
FROM base_event AS e
INNER JOIN old_webhook_subscription AS s ON s.tenant_id IN (e.bank_id, e.agency_id)
WHERE e.position > s.passed
    AND s.state <> 'removed'
    AND (instr(' ' || s.types || ' ', ' * ') > 0
        OR instr(' ' || s.types || ' ', ' ' || e.type || ' ') > 0
        OR instr(' ' || s.types || ' ', ' ' || substr(e.type, 1, instr(e.type, '.')) || '* ') > 0);

DROP TABLE old_webhook_subscription;

CREATE INDEX ix_webhook_delivery_due ON base_webhook_delivery (tenant_id, subscription_id, next_attempt_at, id) WHERE state = 'pending';

CREATE INDEX ix_webhook_delivery_queue ON base_webhook_delivery (tenant_id, subscription_id, order_key, position, id) WHERE state = 'pending';

CREATE INDEX ix_webhook_delivery_subscription ON base_webhook_delivery (tenant_id, subscription_id, id);

CREATE INDEX ix_event_bank_time ON base_event (bank_id, occurred_at, position);

CREATE INDEX ix_event_agency_time ON base_event (agency_id, occurred_at, position);

CREATE VIEW webhook_subscription AS
SELECT tenant_id, id, url, types, secret_cipher, former_secret_cipher, former_secret_until, state, disabled_reason, created_at, changed_at
FROM base_webhook_subscription
WHERE base_webhook_subscription.tenant_id = session_tenant() AND session_kind() <> 'counter';

CREATE TRIGGER webhook_subscription_insert INSTEAD OF INSERT ON webhook_subscription
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into webhook_subscription refused') WHERE (NEW.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    INSERT INTO base_webhook_subscription (tenant_id, id, url, types, secret_cipher, former_secret_cipher, former_secret_until, state, disabled_reason, created_at, changed_at)
    VALUES (NEW.tenant_id, NEW.id, NEW.url, NEW.types, NEW.secret_cipher, NEW.former_secret_cipher, NEW.former_secret_until, NEW.state, NEW.disabled_reason, NEW.created_at, NEW.changed_at);
END;

CREATE TRIGGER webhook_subscription_update INSTEAD OF UPDATE ON webhook_subscription
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of webhook_subscription refused') WHERE (OLD.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of webhook_subscription refused') WHERE (NEW.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of webhook_subscription is fixed') WHERE NEW.tenant_id IS NOT OLD.tenant_id OR NEW.id IS NOT OLD.id OR NEW.created_at IS NOT OLD.created_at;
    UPDATE base_webhook_subscription SET url = NEW.url, types = NEW.types, secret_cipher = NEW.secret_cipher, former_secret_cipher = NEW.former_secret_cipher, former_secret_until = NEW.former_secret_until, state = NEW.state, disabled_reason = NEW.disabled_reason, changed_at = NEW.changed_at WHERE tenant_id = OLD.tenant_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of webhook_subscription changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER webhook_subscription_delete INSTEAD OF DELETE ON webhook_subscription
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from webhook_subscription refused');
END;

CREATE VIEW webhook_delivery AS
SELECT tenant_id, id, subscription_id, message_id, type, position, order_key, state, attempts, next_attempt_at, leased_until, created_at, finished_at
FROM base_webhook_delivery
WHERE base_webhook_delivery.tenant_id = session_tenant() AND session_kind() <> 'counter';

CREATE TRIGGER webhook_delivery_insert INSTEAD OF INSERT ON webhook_delivery
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into webhook_delivery refused') WHERE (NEW.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    INSERT INTO base_webhook_delivery (tenant_id, id, subscription_id, message_id, type, position, order_key, state, attempts, next_attempt_at, leased_until, created_at, finished_at)
    VALUES (NEW.tenant_id, NEW.id, NEW.subscription_id, NEW.message_id, NEW.type, NEW.position, NEW.order_key, NEW.state, NEW.attempts, NEW.next_attempt_at, NEW.leased_until, NEW.created_at, NEW.finished_at);
END;

CREATE TRIGGER webhook_delivery_update INSTEAD OF UPDATE ON webhook_delivery
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of webhook_delivery refused') WHERE (OLD.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of webhook_delivery refused') WHERE (NEW.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of webhook_delivery is fixed') WHERE NEW.tenant_id IS NOT OLD.tenant_id OR NEW.id IS NOT OLD.id OR NEW.subscription_id IS NOT OLD.subscription_id OR NEW.message_id IS NOT OLD.message_id OR NEW.type IS NOT OLD.type OR NEW.position IS NOT OLD.position OR NEW.order_key IS NOT OLD.order_key OR NEW.created_at IS NOT OLD.created_at;
    UPDATE base_webhook_delivery SET state = NEW.state, attempts = NEW.attempts, next_attempt_at = NEW.next_attempt_at, leased_until = NEW.leased_until, finished_at = NEW.finished_at WHERE tenant_id = OLD.tenant_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of webhook_delivery changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER webhook_delivery_delete INSTEAD OF DELETE ON webhook_delivery
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from webhook_delivery refused');
END;

-- The id is a UUIDv7 of the event's own moment with random bits of its own.
CREATE TRIGGER event_insert INSTEAD OF INSERT ON event
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into event refused') WHERE ((session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) OR (session_kind() = 'agency' AND NEW.agency_id = session_tenant() AND EXISTS (SELECT 1 FROM base_agreement a WHERE a.agency_id = session_tenant() AND a.bank_id = NEW.bank_id))) IS NOT TRUE;
    INSERT INTO base_event (id, bank_id, agency_id, type, subject, subject_id, case_id, account_id, occurred_at)
    VALUES (NEW.id, NEW.bank_id, NEW.agency_id, NEW.type, NEW.subject, NEW.subject_id, NEW.case_id, NEW.account_id, NEW.occurred_at);
    INSERT INTO base_webhook_delivery (tenant_id, id, subscription_id, message_id, type, position, order_key, state, attempts, next_attempt_at, created_at)
    SELECT s.tenant_id, unhex(hex(substr(NEW.id, 1, 8)) || '8' || substr(hex(randomblob(8)), 2)), s.id, NEW.id, NEW.type, last_insert_rowid(), COALESCE(NEW.account_id, NEW.subject_id), 'pending', 0, NEW.occurred_at, NEW.occurred_at
    FROM base_webhook_subscription AS s
    WHERE s.tenant_id IN (NEW.bank_id, NEW.agency_id)
        AND s.state <> 'removed'
        AND (instr(' ' || s.types || ' ', ' * ') > 0
            OR instr(' ' || s.types || ' ', ' ' || NEW.type || ' ') > 0
            OR instr(' ' || s.types || ' ', ' ' || substr(NEW.type, 1, instr(NEW.type, '.')) || '* ') > 0);
END;

PRAGMA legacy_alter_table = OFF;

CREATE TEMP TABLE orphan (count INTEGER NOT NULL CONSTRAINT ck_orphan CHECK (count = 0));
INSERT INTO orphan SELECT COUNT(*) FROM pragma_foreign_key_check;
DROP TABLE orphan;
