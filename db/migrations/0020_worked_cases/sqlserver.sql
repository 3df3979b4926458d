-- How many cases a person opened for work on a day, counted where it is done, so that an alarm is raised once.
CREATE TABLE worked_day
(
    tenant_id int NOT NULL,
    person_id binary(16) NOT NULL,
    day date NOT NULL,
    opened int NOT NULL,
    alarmed_at datetime2(3) NULL,
    CONSTRAINT pk_worked_day PRIMARY KEY CLUSTERED (tenant_id, person_id, day),
    CONSTRAINT fk_worked_day_tenant FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id),
    CONSTRAINT ck_worked_day_opened CHECK (opened > 0)
);
GO

CREATE SECURITY POLICY rls.worked_day_policy
    ADD FILTER PREDICATE rls.self(tenant_id) ON dbo.worked_day,
    ADD BLOCK PREDICATE rls.self(tenant_id) ON dbo.worked_day AFTER INSERT,
    ADD BLOCK PREDICATE rls.self(tenant_id) ON dbo.worked_day AFTER UPDATE,
    ADD BLOCK PREDICATE rls.self(tenant_id) ON dbo.worked_day BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(tenant_id) ON dbo.worked_day BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON worked_day TO agency_app;
GRANT UPDATE ON worked_day (opened, alarmed_at) TO agency_app;
DENY UPDATE ON worked_day (tenant_id) TO agency_app;
GO
