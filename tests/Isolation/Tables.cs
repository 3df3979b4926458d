namespace Agency.Tests.Isolation;

/// <summary>Who may read and write the rows of a table, written from "Who sees and who writes what", not from the migrations.</summary>
/// <param name="Changes">The columns that may ever change; empty for rows that are only added.</param>
internal sealed record TableRules(string Table, Rule Read, Rule Insert, Rule Update, Rule Delete, params string[] Changes);

/// <summary>
/// The expected rules of every table that carries a tenant. A table of the schema that has no line here fails the tests: a
/// new one is added together with its rows in <see cref="World"/>.
/// </summary>
internal static class Tables
{
    public static IReadOnlyList<TableRules> All { get; } =
    [
        // The operator makes tenants; what a tenant is never changes.
        AddOnly("tenant", Rule.Directory, Rule.Operator, "tenant_id"),
        new("idempotency_record", Rule.Own, Rule.Own, Rule.Own, Rule.Own, "status", "location", "body_cipher"),
        AddOnly("audit_entry", Rule.Own, Rule.Own, "tenant_id"),

        AddOnly("agreement", Rule.Either, Rule.Bank),
        Kept("portfolio", Rule.Bank, Rule.Bank, Rule.Bank, "name", "changed_at"),
        Kept("import", Rule.Bank, Rule.Bank, Rule.Bank, "state", "rows_read", "rows_accepted", "rows_known", "rows_rejected", "failure_code", "started_at", "finished_at"),
        AddOnly("import_error", Rule.Bank, Rule.Bank),

        // Debtor data: an agency sees it while it has an open case, and not a moment longer.
        AddOnly("debtor", Rule.Debtor("id"), Rule.Bank),
        AddOnly("contact_point", Rule.Debtor("debtor_id"), Rule.Bank),
        Kept("account", Rule.Account("id"), Rule.Bank, Rule.Bank, "principal", "interest", "fees", "state", "resolution", "assignment_id", "changed_at"),
        AddOnly("ledger_entry", Rule.Account("account_id"), Rule.Bank),

        // Before acknowledgement an agency sees count, sums and mix alone: which accounts they are stays the bank's.
        Kept("assignment", Rule.Either, Rule.Bank, Rule.System, "activated_at", "released_at"),
        AddOnly("assignment_account", Rule.Bank, Rule.Bank),
        AddOnly("assignment_answer", Rule.Either, Rule.Agency),
        Kept("case", Rule.Either, Rule.System, Rule.Bank, "state", "ended_at", "end_reason"),

        // The agency reports while its case is open, the bank decides; the author and the bank read both, always.
        AddOnly("contact_record", Rule.Either, Rule.AgencyWithOpenCase),
        // Except the note and the point dialled: debtor data, hidden once the case has ended.
        AddOnly("contact_note", Rule.EitherWhileOpen, Rule.AgencyWithOpenCase),
        AddOnly("repayment", Rule.Either, Rule.AgencyWithOpenCase),
        AddOnly("repayment_decision", Rule.Either, Rule.Bank),
        AddOnly("settlement_proposal", Rule.Either, Rule.AgencyWithOpenCase),
        AddOnly("settlement_proposal_decision", Rule.Either, Rule.Bank),
    ];

    public static TableRules? Find(string table) => All.FirstOrDefault(rules => rules.Table == table);

    private static TableRules AddOnly(string table, Rule read, Rule insert, string tenant = "bank_id") =>
        new(table, read, insert, Rule.Nobody(tenant), Rule.Nobody(tenant));

    private static TableRules Kept(string table, Rule read, Rule insert, Rule update, params string[] changes) =>
        new(table, read, insert, update, Rule.Nobody("bank_id"), changes);
}
