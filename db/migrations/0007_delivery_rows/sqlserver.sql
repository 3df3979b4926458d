-- A delivery a subscriber, written in the transaction that writes the event. The database does it itself, as a user that nobody can sign in
-- as and that is granted nothing: what the trigger reads and writes it may by the chain of ownership, and nobody may outside of it.

-- Policies hide rows from the migrator too, who has no tenant.
ALTER SECURITY POLICY rls.event_policy WITH (STATE = OFF);
GO
ALTER SECURITY POLICY rls.webhook_subscription_policy WITH (STATE = OFF);
GO
ALTER SECURITY POLICY rls.webhook_delivery_policy WITH (STATE = OFF);
GO

-- The event's place, by which what happened to one account is told in order; 0 for a test message, which is of no event.
ALTER TABLE webhook_delivery ADD position bigint NOT NULL CONSTRAINT df_webhook_delivery_position DEFAULT 0;
GO

UPDATE d
SET position = CAST(e.position AS bigint)
FROM webhook_delivery AS d
INNER JOIN event AS e ON e.id = d.message_id AND e.type = d.type;
GO

ALTER TABLE webhook_delivery DROP CONSTRAINT df_webhook_delivery_position;
GO
ALTER TABLE webhook_delivery DROP COLUMN body;
GO
DROP INDEX ix_webhook_delivery_due ON webhook_delivery;
GO
DROP INDEX ix_webhook_delivery_queue ON webhook_delivery;
GO

-- What had happened and was not yet in the queues.
INSERT INTO webhook_delivery (tenant_id, id, subscription_id, message_id, type, position, order_key, state, attempts, next_attempt_at, created_at)
SELECT s.tenant_id, SUBSTRING(e.id, 1, 8) + SUBSTRING(CAST(NEWID() AS binary(16)), 9, 8), s.id, e.id, e.type, CAST(e.position AS bigint), COALESCE(e.account_id, e.subject_id), 'pending', 0, e.occurred_at, e.occurred_at
FROM event AS e
INNER JOIN webhook_subscription AS s ON s.tenant_id IN (e.bank_id, e.agency_id)
WHERE CAST(e.position AS bigint) > s.passed
    AND s.state <> 'removed'
    AND (CHARINDEX(N' * ', (N' ' + s.types + N' ') COLLATE Latin1_General_100_BIN2) > 0
        OR CHARINDEX(N' ' + e.type + N' ', (N' ' + s.types + N' ') COLLATE Latin1_General_100_BIN2) > 0
        OR CHARINDEX(N' ' + SUBSTRING(e.type, 1, CHARINDEX('.', e.type)) + N'* ', (N' ' + s.types + N' ') COLLATE Latin1_General_100_BIN2) > 0);
GO

ALTER TABLE webhook_subscription DROP COLUMN passed;
GO

CREATE INDEX ix_webhook_delivery_due ON webhook_delivery (tenant_id, subscription_id, next_attempt_at, id) WHERE state = 'pending';
GO

CREATE INDEX ix_webhook_delivery_queue ON webhook_delivery (tenant_id, subscription_id, order_key, position, id) WHERE state = 'pending';
GO

CREATE INDEX ix_event_bank_time ON event (bank_id, occurred_at, position);
GO

CREATE INDEX ix_event_agency_time ON event (agency_id, occurred_at, position);
GO

CREATE USER agency_fanout WITHOUT LOGIN;
GO

-- The tenant itself, and the trigger below: inside it, and nowhere else, the user has this name.
CREATE FUNCTION rls.addressee(@tenant_id int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS allowed
    WHERE (@tenant_id = CAST(SESSION_CONTEXT(N'tenant_id') AS int) AND CAST(SESSION_CONTEXT(N'tenant_kind') AS varchar(20)) <> 'counter')
        OR (USER_NAME() = N'agency_fanout' AND @tenant_id IS NOT NULL);
GO

ALTER SECURITY POLICY rls.webhook_subscription_policy
    ALTER FILTER PREDICATE rls.addressee(tenant_id) ON dbo.webhook_subscription;
GO

ALTER SECURITY POLICY rls.webhook_delivery_policy
    ALTER BLOCK PREDICATE rls.addressee(tenant_id) ON dbo.webhook_delivery AFTER INSERT;
GO

-- The id is a UUIDv7 of the event's own moment with random bits of its own (NEWID is drawn for each row). Types are compared byte by byte.
CREATE TRIGGER dbo.event_fan_out ON dbo.event
WITH EXECUTE AS 'agency_fanout'
AFTER INSERT
AS
BEGIN
    SET NOCOUNT ON;

    INSERT INTO dbo.webhook_delivery (tenant_id, id, subscription_id, message_id, type, position, order_key, state, attempts, next_attempt_at, created_at)
    SELECT s.tenant_id, SUBSTRING(i.id, 1, 8) + SUBSTRING(CAST(NEWID() AS binary(16)), 9, 8), s.id, i.id, i.type, CAST(i.position AS bigint), COALESCE(i.account_id, i.subject_id), 'pending', 0, i.occurred_at, i.occurred_at
    FROM inserted AS i
    INNER JOIN dbo.webhook_subscription AS s ON s.tenant_id IN (i.bank_id, i.agency_id)
    WHERE s.state <> 'removed'
        AND (CHARINDEX(N' * ', (N' ' + s.types + N' ') COLLATE Latin1_General_100_BIN2) > 0
            OR CHARINDEX(N' ' + i.type + N' ', (N' ' + s.types + N' ') COLLATE Latin1_General_100_BIN2) > 0
            OR CHARINDEX(N' ' + SUBSTRING(i.type, 1, CHARINDEX('.', i.type)) + N'* ', (N' ' + s.types + N' ') COLLATE Latin1_General_100_BIN2) > 0);
END;
GO

ALTER SECURITY POLICY rls.event_policy WITH (STATE = ON);
GO
ALTER SECURITY POLICY rls.webhook_subscription_policy WITH (STATE = ON);
GO
ALTER SECURITY POLICY rls.webhook_delivery_policy WITH (STATE = ON);
GO
