-- Files that wait to be looked at before they are loaded, imports that are stopped, how much of a file has been read, and the rows that
-- could not be taken, as the bank sent them.

-- A table whose check changes is made anew under its name. Foreign keys are off while a migration runs; the last statement looks for orphans.
PRAGMA legacy_alter_table = ON;

DROP VIEW import;

ALTER TABLE base_import RENAME TO old_import;

CREATE TABLE base_import
(
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    portfolio_id BLOB NOT NULL,
    format TEXT NOT NULL,
    as_of TEXT NOT NULL,
    state TEXT NOT NULL,
    compressed INTEGER NOT NULL,
    file_sha256 BLOB NOT NULL,
    bytes INTEGER NOT NULL,
    rows_read INTEGER NOT NULL,
    rows_accepted INTEGER NOT NULL,
    rows_known INTEGER NOT NULL,
    rows_rejected INTEGER NOT NULL,
    failure_code TEXT NULL,
    created_at TEXT NOT NULL,
    started_at TEXT NULL,
    finished_at TEXT NULL,
    mode TEXT NOT NULL DEFAULT 'new',
    rows_refreshed INTEGER NOT NULL DEFAULT 0,
    mapping_cipher BLOB NULL,
    bytes_read INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT pk_import PRIMARY KEY (bank_id, id),
    CONSTRAINT fk_import_bank FOREIGN KEY (bank_id) REFERENCES base_tenant (tenant_id),
    CONSTRAINT fk_import_portfolio FOREIGN KEY (bank_id, portfolio_id) REFERENCES base_portfolio (bank_id, id),
    CONSTRAINT ck_import_format CHECK (format IN ('csv', 'ndjson')),
    CONSTRAINT ck_import_state CHECK (state IN ('staged', 'queued', 'running', 'completed', 'failed', 'cancelled')),
    CONSTRAINT ck_import_mode CHECK (mode IN ('new', 'refresh', 'both'))
) STRICT, WITHOUT ROWID;

INSERT INTO base_import (bank_id, id, portfolio_id, format, as_of, state, compressed, file_sha256, bytes, rows_read, rows_accepted, rows_known, rows_rejected, failure_code, created_at, started_at, finished_at, mode, rows_refreshed)
SELECT bank_id, id, portfolio_id, format, as_of, state, compressed, file_sha256, bytes, rows_read, rows_accepted, rows_known, rows_rejected, failure_code, created_at, started_at, finished_at, mode, rows_refreshed
FROM old_import;

DROP TABLE old_import;

CREATE INDEX ix_import_portfolio ON base_import (bank_id, portfolio_id, id);

CREATE INDEX ix_import_unfinished ON base_import (bank_id, id) WHERE finished_at IS NULL;

CREATE INDEX ix_import_mapping ON base_import (bank_id, portfolio_id, id) WHERE mapping_cipher IS NOT NULL;

CREATE VIEW import AS
SELECT bank_id, id, portfolio_id, format, as_of, state, compressed, file_sha256, bytes, rows_read, rows_accepted, rows_known, rows_rejected, failure_code, created_at, started_at, finished_at, mode, rows_refreshed, mapping_cipher, bytes_read
FROM base_import
WHERE (session_kind() IN ('bank', 'system') AND base_import.bank_id = session_tenant());

CREATE TRIGGER import_insert INSTEAD OF INSERT ON import
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into import refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_import (bank_id, id, portfolio_id, format, as_of, state, compressed, file_sha256, bytes, rows_read, rows_accepted, rows_known, rows_rejected, failure_code, created_at, started_at, finished_at, mode, rows_refreshed, mapping_cipher, bytes_read)
    VALUES (NEW.bank_id, NEW.id, NEW.portfolio_id, NEW.format, NEW.as_of, NEW.state, NEW.compressed, NEW.file_sha256, NEW.bytes, NEW.rows_read, NEW.rows_accepted, NEW.rows_known, NEW.rows_rejected, NEW.failure_code, NEW.created_at, NEW.started_at, NEW.finished_at, NEW.mode, NEW.rows_refreshed, NEW.mapping_cipher, NEW.bytes_read);
END;

CREATE TRIGGER import_update INSTEAD OF UPDATE ON import
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of import refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of import refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of import is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.portfolio_id IS NOT OLD.portfolio_id OR NEW.format IS NOT OLD.format OR NEW.as_of IS NOT OLD.as_of OR NEW.compressed IS NOT OLD.compressed OR NEW.file_sha256 IS NOT OLD.file_sha256 OR NEW.bytes IS NOT OLD.bytes OR NEW.created_at IS NOT OLD.created_at OR NEW.mode IS NOT OLD.mode;
    UPDATE base_import SET state = NEW.state, rows_read = NEW.rows_read, rows_accepted = NEW.rows_accepted, rows_known = NEW.rows_known, rows_rejected = NEW.rows_rejected, failure_code = NEW.failure_code, started_at = NEW.started_at, finished_at = NEW.finished_at, rows_refreshed = NEW.rows_refreshed, mapping_cipher = NEW.mapping_cipher, bytes_read = NEW.bytes_read WHERE bank_id = OLD.bank_id AND id = OLD.id;
    SELECT RAISE(ABORT, 'isolation: update of import changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER import_delete INSTEAD OF DELETE ON import
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from import refused');
END;

CREATE TABLE base_rejected_row
(
    bank_id INTEGER NOT NULL,
    import_id BLOB NOT NULL,
    line INTEGER NOT NULL,
    cells_cipher BLOB NULL,
    CONSTRAINT pk_rejected_row PRIMARY KEY (bank_id, import_id, line),
    CONSTRAINT fk_rejected_row_import FOREIGN KEY (bank_id, import_id) REFERENCES base_import (bank_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_rejected_row_cells ON base_rejected_row (bank_id, import_id, line) WHERE cells_cipher IS NOT NULL;

CREATE VIEW rejected_row AS
SELECT bank_id, import_id, line, cells_cipher
FROM base_rejected_row
WHERE (session_kind() IN ('bank', 'system') AND base_rejected_row.bank_id = session_tenant());

CREATE TRIGGER rejected_row_insert INSTEAD OF INSERT ON rejected_row
BEGIN
    SELECT RAISE(ABORT, 'isolation: insert into rejected_row refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    INSERT INTO base_rejected_row (bank_id, import_id, line, cells_cipher)
    VALUES (NEW.bank_id, NEW.import_id, NEW.line, NEW.cells_cipher);
END;

CREATE TRIGGER rejected_row_update INSTEAD OF UPDATE ON rejected_row
BEGIN
    SELECT RAISE(ABORT, 'isolation: update of rejected_row refused') WHERE (session_kind() IN ('bank', 'system') AND OLD.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: update of rejected_row refused') WHERE (session_kind() IN ('bank', 'system') AND NEW.bank_id = session_tenant()) IS NOT TRUE;
    SELECT RAISE(ABORT, 'isolation: column of rejected_row is fixed') WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.import_id IS NOT OLD.import_id OR NEW.line IS NOT OLD.line;
    UPDATE base_rejected_row SET cells_cipher = NEW.cells_cipher WHERE bank_id = OLD.bank_id AND import_id = OLD.import_id AND line = OLD.line;
    SELECT RAISE(ABORT, 'isolation: update of rejected_row changed no row') WHERE changes() = 0;
END;

CREATE TRIGGER rejected_row_delete INSTEAD OF DELETE ON rejected_row
BEGIN
    SELECT RAISE(ABORT, 'isolation: delete from rejected_row refused');
END;

PRAGMA legacy_alter_table = OFF;

CREATE TEMP TABLE orphan (count INTEGER NOT NULL CONSTRAINT ck_orphan CHECK (count = 0));
INSERT INTO orphan SELECT COUNT(*) FROM pragma_foreign_key_check;
DROP TABLE orphan;
