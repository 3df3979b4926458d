namespace Agency.Tests.Isolation;

/// <summary>A case as the rules see it: whose work it is, on whose account and debtor, on whose desk, and until when.</summary>
/// <param name="HasEnded">The case has, or the assignment it came with.</param>
/// <param name="LateUntil">Until when the agency may report what happened before the end.</param>
internal sealed record CaseFact(
    long Bank, long Agency, string Case, string Account, string Debtor, bool CaseHasEnded, bool HasEnded, string? LateUntil, string? Collector, string? Team)
{
    public static CaseFact Of(Relation relation, int number)
    {
        var row = WorldRows.Of("case", relation, number);
        var desk = number <= World.SeededOf("case_desk") ? WorldRows.Of("case_desk", relation, number) : [];
        return new CaseFact(
            relation.Bank,
            relation.Agency,
            Rule.Text(row["id"]),
            Rule.Text(row["account_id"]),
            Rule.Text(row["debtor_id"]),
            row["ended_at"] is not null,
            row["ended_at"] is not null || WorldRows.Of("assignment", relation, number)["ended_at"] is not null,
            (string?)row["late_until"],
            desk.TryGetValue("collector_id", out var collector) ? Rule.Text(collector) : null,
            desk.TryGetValue("team_id", out var team) ? Rule.Text(team) : null);
    }
}

/// <summary>A contact point: whose it is, and whether the bank made it everybody's.</summary>
/// <param name="Finder">The agency that found it; nobody's when the bank gave it.</param>
internal sealed record PointFact(long Bank, string Point, string Debtor, long? Finder, bool IsAdopted);

/// <summary>What the rules ask of the stored rows: cases and desks, members of teams, contact points, which banks mandated which agencies, what was reported in which case.</summary>
internal sealed record Facts(
    IReadOnlyList<CaseFact> Cases,
    IReadOnlyList<(long Agency, string Team, string Person)> Members,
    IReadOnlyList<PointFact> Points,
    IReadOnlyList<(long Bank, long Agency)> Agreements,
    IReadOnlyList<(long Bank, string Thing, string Case)> Repayments,
    IReadOnlyList<(long Bank, string Thing, string Case)> Proposals)
{
    /// <summary>It is the trigger of the events that asks, in whoever's session: on SQL Server a user of its own.</summary>
    public bool ByFanOut { get; init; }
}
