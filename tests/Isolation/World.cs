using Agency.Api.Data;
using Agency.Tests.Data;

namespace Agency.Tests.Isolation;

/// <summary>How an agency stands to the accounts it was given.</summary>
internal enum Standing
{
    /// <summary>Its cases are open.</summary>
    Open,

    /// <summary>They have ended, and the time for late reports is over.</summary>
    Former,

    /// <summary>They are open still, but the assignment they came with has ended: sight goes with it, in one step.</summary>
    Withdrawn,

    /// <summary>They have ended, and what happened in its tenure may still be reported.</summary>
    Late,
}

/// <summary>One bank's work with one agency.</summary>
internal sealed record Relation(string Name, long Bank, long Agency, Standing Standing);

/// <summary>
/// Two banks and six agencies with known rows of every table: harbour works with swift and beacon (an account of the same debtor),
/// and did with ember, osprey (whose assignment was withdrawn a moment ago) and heron (who may still report late); summit works with
/// lantern. In every agency the first case is on one collector's desk and one team's, the second on another's, the third on nobody's.
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
    public const int Osprey = 8;
    public const int Heron = 9;

    public static IReadOnlyList<Relation> Relations { get; } =
    [
        new("own", Harbour, Swift, Standing.Open),
        new("former", Harbour, Ember, Standing.Former),
        new("rival", Harbour, Beacon, Standing.Open),
        new("other", Summit, Lantern, Standing.Open),
        new("withdrawn", Harbour, Osprey, Standing.Withdrawn),
        new("late", Harbour, Heron, Standing.Late),
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

        ("collector of the first case", Person("own", "first collector", Sight.Own)),
        ("collector of the second case", Person("own", "second collector", Sight.Own)),
        ("collector of the first team without a case", Person("own", "idle collector", Sight.Own)),
        ("supervisor of the first team", Person("own", "first supervisor", Sight.Team)),
        ("supervisor of the second team", Person("own", "second supervisor", Sight.Team)),
        ("supervisor without a team, with a case on the own desk", Person("own", "second collector", Sight.Team)),
        ("supervisor without a team or a desk", Person("own", "nobody", Sight.Team)),
        ("manager", Person("own", "manager", Sight.All)),
        ("an agency's session that lost its person", new(Swift, TenantKind.Agency, null, Sight.Own)),
        ("the first collector's number at the rival agency", Person("own", "first collector", Sight.Own, "rival")),
        ("the first supervisor's number at the rival agency", Person("own", "first supervisor", Sight.Team, "rival")),
        ("a person of the own bank", new(Harbour, TenantKind.Bank, WorldRows.Person("own", "analyst"), Sight.Own)),

        ("agency whose assignment has ended", new(Osprey, TenantKind.Agency)),
        ("its collector", Person("withdrawn", "first collector", Sight.Own)),
        ("agency within its late window", new(Heron, TenantKind.Agency)),
        ("collector within the late window", Person("late", "first collector", Sight.Own)),
        ("supervisor within the late window", Person("late", "second supervisor", Sight.Team)),

        ("manager who reveals a note", new(Swift, TenantKind.Agency, null, Sight.Reveal)),
        ("manager of the former agency who reveals a note", new(Ember, TenantKind.Agency, null, Sight.Reveal)),
        ("a bank's number as one who reveals a note", new(Harbour, TenantKind.Agency, null, Sight.Reveal)),
        ("an agency's number as a bank that reveals a note", new(Swift, TenantKind.Bank, null, Sight.Reveal)),

        ("counter for the own bank", TenantContext.CounterFor(Harbour)),
        ("counter for the other bank", TenantContext.CounterFor(Summit)),
        ("an agency's number as the counter", TenantContext.CounterFor(Swift)),
    ];

    /// <summary>How many rows of a table each relation has from the start, parents before children, and how many can be added to them.</summary>
    public static IReadOnlyList<(string Table, int Seeded, int Free)> Seeded { get; } =
    [
        ("idempotency_record", 2, 2), ("audit_entry", 4, 4), ("audit_seal", 2, 2), ("worked_day", 2, 2), ("agreement", 1, 1), ("portfolio", 3, 1), ("import", 3, 1), ("import_error", 1, 1), ("rejected_row", 1, 1), ("debtor", 4, 1),
        ("assignment", 4, 1), ("assignment_answer", 1, 1), ("assignment_retention", 5, 5), ("account", 4, 1), ("ledger_entry", 2, 1), ("assignment_account", 1, 1), ("case", 3, 1),
        ("contact_point", 4, 4), ("contact_record", 6, 5), ("contact_note", 2, 4), ("repayment", 3, 4), ("repayment_withdrawal", 1, 4), ("direct_payment", 4, 2),
        ("direct_payment_acknowledgement", 1, 2), ("repayment_decision", 2, 1), ("recovery", 2, 2), ("bank_reference", 1, 1), ("waiver", 2, 1),
        ("settlement_proposal", 4, 2), ("settlement_proposal_decision", 2, 1), ("settlement_counter", 2, 1), ("settlement_reply", 2, 2), ("repayment_plan", 2, 2), ("evidence_file", 2, 2), ("evidence_verification", 1, 1),
        ("agreement_version", 1, 1), ("assignment_skip", 1, 1), ("team", 2, 1), ("team_member", 5, 1), ("case_desk", 2, 2), ("case_order", 2, 1),
        ("case_motion", 4, 2), ("case_motion_answer", 2, 2), ("contact_point_mark", 3, 5), ("hold", 3, 3), ("promise", 4, 2),
        ("promise_cancellation", 2, 2), ("promise_outcome", 2, 2), ("contact_permit", 2, 2), ("event", 4, 5),
        ("statement_month", 2, 1), ("statement", 1, 1), ("statement_line", 2, 2), ("statement_issue", 1, 1), ("statement_adjustment", 1, 1),
        ("statement_decision", 1, 1), ("statement_objection", 1, 1),
        ("webhook_subscription", 2, 2), ("webhook_delivery", 2, 2), ("webhook_attempt", 2, 2),
    ];

    public static Facts Facts { get; } = new(
        [.. Relations.SelectMany(r => Enumerable.Range(1, SeededOf("case")).Select(n => CaseFact.Of(r, n)))],
        [.. Relations.SelectMany(r => Enumerable.Range(1, SeededOf("team_member")).Select(n => WorldRows.Of("team_member", r, n))).Select(m =>
            ((long)(int)m["agency_id"]!, Rule.Text(m["team_id"]), Rule.Text(m["person_id"])))],
        [.. Relations.SelectMany(r => Enumerable.Range(1, SeededOf("contact_point")).Select(n => WorldRows.Of("contact_point", r, n))).Select(p =>
            new PointFact((int)p["bank_id"]!, Rule.Text(p["id"]), Rule.Text(p["debtor_id"]), p["agency_id"] as int?, p["adopted_at"] is not null))],
        [.. Relations.Select(r => (r.Bank, r.Agency))],
        InCases("repayment"),
        InCases("settlement_proposal"));

    public static Relation Related(string name) => Relations.First(r => r.Name == name);

    public static int SeededOf(string table) => Seeded.First(s => s.Table == table).Seeded;

    /// <summary>Rows that can be added to what is seeded, the bank's and the agency's, on either desk, in time and too late.</summary>
    public static IEnumerable<(string Name, Row Row)> Candidates(string table)
    {
        var (first, count) = table == "tenant" ? (1, 1) : (SeededOf(table) + 1, Seeded.First(s => s.Table == table).Free);
        return from relation in Relations
               from number in Enumerable.Range(first, count)
               select ($"{relation.Name} {table} {number}", WorldRows.Of(table, relation, number));
    }

    public static void Seed(ScratchDatabase database)
    {
        database.Execute("BEGIN");
        (int Number, string Code, string Kind)[] tenants =
        [
            (Operator, "operator", "operator"), (Harbour, "harbour", "bank"), (Summit, "summit", "bank"), (Swift, "swift", "agency"), (Lantern, "lantern", "agency"),
            (Ember, "ember", "agency"), (Beacon, "beacon", "agency"), (Osprey, "osprey", "agency"), (Heron, "heron", "agency"),
        ];
        foreach (var (number, code, kind) in tenants)
        {
            Insert(database, "base_tenant", Row.From(WorldRows.Tenant(code, kind)).With("tenant_id", number));
        }

        foreach (var (table, count, _) in Seeded)
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

    private static List<(long Bank, string Thing, string Case)> InCases(string table) =>
        [.. Relations.SelectMany(r => Enumerable.Range(1, SeededOf(table)).Select(n => WorldRows.Of(table, r, n))).Select(row =>
            ((long)(int)row["bank_id"]!, Rule.Text(row["id"]), Rule.Text(row["case_id"])))];

    // A person's number says nothing by itself: it is asked about together with the agency, which may be another one.
    private static TenantContext Person(string relation, string person, Sight sight, string? at = null) =>
        new((int)Related(at ?? relation).Agency, TenantKind.Agency, WorldRows.Person(relation, person), sight);
}
