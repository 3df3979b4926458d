-- What a deed changed, before and after: states, ids, days, numbers and money; never what somebody wrote about a debtor.

ALTER TABLE audit_entry ADD changes nvarchar(max) NULL;
GO
