-- How many cases a person opened for work on a day, counted where it is done, so that an alarm is raised once.
CREATE TABLE base_worked_day
(
    tenant_id INTEGER NOT NULL,
    person_id BLOB NOT NULL,
    day TEXT NOT NULL,
    opened INTEGER NOT NULL,
    alarmed_at TEXT NULL,
    CONSTRAINT pk_worked_day PRIMARY KEY (tenant_id, person_id, day),
    CONSTRAINT fk_worked_day_tenant FOREIGN KEY (tenant_id) REFERENCES base_tenant (tenant_id),
    CONSTRAINT ck_worked_day_opened CHECK (opened > 0)
) STRICT, WITHOUT ROWID;

CREATE VIEW worked_day AS
SELECT tenant_id, person_id, day, opened, alarmed_at
FROM base_worked_day
WHERE base_worked_day.tenant_id = session_tenant() AND session_kind() <> 'counter';

CREATE TRIGGER worked_day_insert INSTEAD OF INSERT ON worked_day
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into worked_day refused') WHERE (NEW.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    INSERT INTO base_worked_day (tenant_id, person_id, day, opened, alarmed_at)
    VALUES (NEW.tenant_id, NEW.person_id, NEW.day, NEW.opened, NEW.alarmed_at);
END;

CREATE TRIGGER worked_day_update INSTEAD OF UPDATE ON worked_day
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of worked_day refused') WHERE (OLD.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of worked_day refused') WHERE (NEW.tenant_id = session_tenant() AND session_kind() <> 'counter') IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of worked_day is fixed') WHERE NEW.tenant_id IS NOT OLD.tenant_id OR NEW.person_id IS NOT OLD.person_id OR NEW.day IS NOT OLD.day;
    UPDATE base_worked_day SET opened = NEW.opened, alarmed_at = NEW.alarmed_at WHERE tenant_id = OLD.tenant_id AND person_id = OLD.person_id AND day = OLD.day;
    SELECT RAISE(ABORT, 'isolation: update of worked_day changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER worked_day_delete INSTEAD OF DELETE ON worked_day
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from worked_day refused');
END;
