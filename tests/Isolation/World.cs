using Agency.Api.Data;
using Agency.Tests.Data;

namespace Agency.Tests.Isolation;

/// <summary>One bank's work with one agency; <see cref="Open"/> says whether the agency's cases still are.</summary>
internal sealed record Relation(string Name, long Bank, long Agency, bool Open);

/// <summary>
/// Two banks and four agencies with known rows of every table: harbour works with swift (cases open) and beacon (an account of
/// the same debtor, open too), and did with ember (cases ended); summit works with lantern.
/// </summary>
internal static class World
{
    public const int Operator = 1;
    public const int Harbour = 2;
    public const int Summit = 3;
    public const int Swift = 4;
    public const int Lantern = 5;
    public const int Ember = 6;
    public const int Beacon = 7;

    public static IReadOnlyList<Relation> Relations { get; } =
    [
        new("own", Harbour, Swift, Open: true),
        new("former", Harbour, Ember, Open: false),
        new("rival", Harbour, Beacon, Open: true),
        new("other", Summit, Lantern, Open: true),
    ];

    /// <summary>Every kind of caller the rows must be kept from or given to; null is a connection without a tenant.</summary>
    public static IReadOnlyList<(string Name, TenantContext? Context)> Callers { get; } =
    [
        ("own bank", new(Harbour, TenantKind.Bank)),
        ("own agency", new(Swift, TenantKind.Agency)),
        ("other bank", new(Summit, TenantKind.Bank)),
        ("other agency", new(Lantern, TenantKind.Agency)),
        ("former agency", new(Ember, TenantKind.Agency)),
        ("rival agency of the same bank", new(Beacon, TenantKind.Agency)),
        ("no tenant", null),
        ("operator", new(Operator, TenantKind.Operator)),
        ("system for the own bank", TenantContext.SystemFor(Harbour)),
        ("system for the other bank", TenantContext.SystemFor(Summit)),
        ("a bank's number as an agency", new(Harbour, TenantKind.Agency)),
        ("an agency's number as a bank", new(Swift, TenantKind.Bank)),
        ("an agency's number as the system", TenantContext.SystemFor(Swift)),
        ("a bank's number as the operator", new(Harbour, TenantKind.Operator)),
    ];

    /// <summary>How many rows of a table each relation has from the start, parents before children; the next numbers are free to insert.</summary>
    public static IReadOnlyList<(string Table, int Seeded)> Seeded { get; } =
    [
        ("idempotency_record", 2), ("audit_entry", 2), ("agreement", 1), ("portfolio", 3), ("import", 3), ("import_error", 1), ("debtor", 3),
        ("contact_point", 1), ("assignment", 3), ("assignment_answer", 1), ("account", 3), ("ledger_entry", 1), ("assignment_account", 1), ("case", 2),
        ("contact_record", 2), ("contact_note", 1), ("repayment", 2), ("repayment_decision", 1), ("settlement_proposal", 2),
        ("settlement_proposal_decision", 1),
    ];

    public static Facts Facts { get; } = new(
        [.. Relations.Where(r => r.Open).SelectMany(r => new[] { WorldRows.Of("case", r, 1), WorldRows.Of("case", r, 2) }).Select(c =>
            new OpenCase((int)c["bank_id"]!, (int)c["agency_id"]!, Rule.Text(c["id"]), Rule.Text(c["account_id"]), Rule.Text(c["debtor_id"])))],
        [.. Relations.Select(r => (r.Bank, r.Agency))]);

    /// <summary>Rows that can be added to what is seeded: one a relation, two where a row may be the bank's or the agency's.</summary>
    public static IEnumerable<(string Name, Row Row)> Candidates(string table) =>
        from relation in Relations
        from number in table is "idempotency_record" or "audit_entry" ? [3, 4] : new[] { table == "tenant" ? 1 : Seeded.First(s => s.Table == table).Seeded + 1 }
        select ($"{relation.Name} {table} {number}", WorldRows.Of(table, relation, number));

    public static void Seed(ScratchDatabase database)
    {
        database.Execute("BEGIN");
        (int Number, string Code, string Kind)[] tenants =
        [
            (Operator, "operator", "operator"), (Harbour, "harbour", "bank"), (Summit, "summit", "bank"), (Swift, "swift", "agency"),
            (Lantern, "lantern", "agency"), (Ember, "ember", "agency"), (Beacon, "beacon", "agency"),
        ];
        foreach (var (number, code, kind) in tenants)
        {
            Insert(database, "base_tenant", Row.From(WorldRows.Tenant(code, kind)).With("tenant_id", number));
        }

        foreach (var (table, count) in Seeded)
        {
            foreach (var relation in Relations)
            {
                for (var number = 1; number <= count; number++)
                {
                    Insert(database, "base_" + table, WorldRows.Of(table, relation, number));
                }
            }
        }

        database.Execute("COMMIT");
        if (database.Read("PRAGMA foreign_key_check") is { Count: > 0 } orphans)
        {
            throw new InvalidOperationException($"The world does not hang together: {orphans.Count} orphans, the first in {orphans[0]["table"]}.");
        }
    }

    public static void Insert(ScratchDatabase database, string table, Row row) =>
        database.Execute(InsertText(table, row), row);

    public static string InsertText(string table, Row row) =>
        $"INSERT INTO [{table}] ({string.Join(", ", row.Keys)}) VALUES ({string.Join(", ", row.Keys.Select(column => "@" + column))})";
}
