-- Files that wait to be looked at before they are loaded, imports that are stopped, how much of a file has been read, and the rows that
-- could not be taken, as the bank sent them.

ALTER TABLE import ADD mapping_cipher varbinary(max) NULL;
GO
ALTER TABLE import ADD bytes_read bigint NOT NULL CONSTRAINT df_import_bytes_read DEFAULT 0;
GO
ALTER TABLE import DROP CONSTRAINT ck_import_state;
GO
ALTER TABLE import ADD CONSTRAINT ck_import_state CHECK (state IN ('staged', 'queued', 'running', 'completed', 'failed', 'cancelled'));
GO

CREATE INDEX ix_import_mapping ON import (bank_id, portfolio_id, id) WHERE mapping_cipher IS NOT NULL;
GO

CREATE TABLE rejected_row
(
    bank_id int NOT NULL,
    import_id binary(16) NOT NULL,
    line bigint NOT NULL,
    cells_cipher varbinary(max) NULL,
    CONSTRAINT pk_rejected_row PRIMARY KEY CLUSTERED (bank_id, import_id, line),
    CONSTRAINT fk_rejected_row_import FOREIGN KEY (bank_id, import_id) REFERENCES import (bank_id, id)
);
GO

CREATE INDEX ix_rejected_row_cells ON rejected_row (bank_id, import_id, line) WHERE cells_cipher IS NOT NULL;
GO

CREATE SECURITY POLICY rls.rejected_row_policy
    ADD FILTER PREDICATE rls.bank(bank_id) ON dbo.rejected_row,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.rejected_row AFTER INSERT,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.rejected_row AFTER UPDATE,
    ADD BLOCK PREDICATE rls.bank(bank_id) ON dbo.rejected_row BEFORE UPDATE,
    ADD BLOCK PREDICATE rls.nobody(bank_id) ON dbo.rejected_row BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
GO

GRANT SELECT, INSERT ON rejected_row TO agency_app;
GRANT UPDATE ON rejected_row (cells_cipher) TO agency_app;
DENY UPDATE ON rejected_row (bank_id) TO agency_app;
GO

GRANT UPDATE ON import (mapping_cipher, bytes_read) TO agency_app;
GO
