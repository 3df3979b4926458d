using System.Text.Json;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Cases;

/// <summary>
/// An agency's time with a case, and what that allows it to report: contacts and money of the tenure while the case is open, and as
/// late as the agreement lets it once it has ended. It is read off the bare case, so it holds nothing of a debtor that is no longer shown.
/// </summary>
/// <param name="TimeZone">The debtor's; after the end the one its records of the case carry, null when there is none.</param>
internal sealed record Tenure(
    Id CaseId, int BankId, Id AccountId, Id DebtorId, DateTimeOffset OpenedAt, DateTimeOffset? CaseEndedAt, DateTimeOffset? AssignmentEndedAt,
    DateTimeOffset? LateUntil, string Currency, string? TimeZone)
{
    private const string Columns = """
        c.id AS case_id, c.bank_id, c.account_id, c.debtor_id, c.opened_at, c.ended_at AS case_ended_at, s.ended_at AS assignment_ended_at,
            COALESCE(c.late_until, s.late_until) AS late_until, s.currency
        """;

    // The ids as one JSON array, so that a thousand cases are asked for at once. SQLite takes the index of a case's records only
    // when told that a case has few of them.
    private static readonly Sql Find = new(
        $"""
        SELECT {Columns},
            COALESCE(d.time_zone, (SELECT MAX(r.time_zone) FROM contact_record AS r WHERE r.bank_id = c.bank_id AND r.case_id = c.id)) AS time_zone
        FROM OPENJSON(@ids) WITH (value char(32) COLLATE Latin1_General_100_BIN2 '$') AS v
        INNER JOIN [case] AS c ON c.agency_id = @tenant AND c.id = CONVERT(binary(16), v.value, 2)
        INNER JOIN assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
        LEFT JOIN debtor AS d ON d.bank_id = c.bank_id AND d.id = c.debtor_id
        """,
        $"""
        SELECT {Columns},
            COALESCE(d.time_zone, (SELECT MAX(r.time_zone) FROM contact_record AS r WHERE r.bank_id = c.bank_id AND unlikely(r.case_id = c.id))) AS time_zone
        FROM json_each(@ids) AS v
        CROSS JOIN [case] AS c ON c.agency_id = @tenant AND c.id = unhex(v.value)
        INNER JOIN assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
        LEFT JOIN debtor AS d ON d.bank_id = c.bank_id AND d.id = c.debtor_id
        """);

    /// <summary>When the agency lost the case: its own end, or that of the whole assignment, which comes first.</summary>
    public DateTimeOffset? EndedAt => AssignmentEndedAt is { } assignment && (CaseEndedAt is null || assignment < CaseEndedAt) ? assignment : CaseEndedAt;

    public bool IsOpen => EndedAt is null;

    /// <summary>The agency's tenures of those of the cases that are its own, by case.</summary>
    public static async Task<Dictionary<Id, Tenure>> FindAsync(Work work, IEnumerable<Id> cases, CancellationToken cancellation)
    {
        var ids = JsonSerializer.Serialize(cases.Distinct().Select(Hex));
        return (await work.Db.ListAsync<Tenure>(Find, new { tenant = work.Tenant, ids }, cancellation)).ToDictionary(tenure => tenure.CaseId);
    }

    /// <summary>The tenure of one case, if there is still something to report on it.</summary>
    /// <exception cref="ProblemException">The case is another's, or ended too long ago: it does not exist for the agency.</exception>
    public static async Task<Tenure> RequireAsync(Work work, Id id, CancellationToken cancellation) =>
        (await FindAsync(work, [id], cancellation)).TryGetValue(id, out var tenure) && tenure.MayReport(work.Now) ? tenure : throw CaseProblems.NotFound.Refuse();

    /// <summary>
    /// What a late report is addressed to, for the pipeline: the case as its GET shows it while it is open, the tenure after. An answer
    /// given while the case was open is not repeated after its end: it may hold what is no longer shown.
    /// </summary>
    public static async Task<object?> ReadSubjectAsync(Work work, Id id, CancellationToken cancellation)
    {
        if (await Get.ReadAsync(work, id, cancellation) is { } open)
        {
            return open;
        }

        return work.Caller.Tenant.Kind == TenantKind.Agency
            && (await FindAsync(work, [id], cancellation)).TryGetValue(id, out var tenure)
            && tenure.MayReport(work.Now)
            && (work.AnswerGivenAt is null || work.AnswerGivenAt > tenure.EndedAt)
                ? tenure
                : null;
    }

    /// <summary>Whether the agency may still report on it at this time.</summary>
    public bool MayReport(DateTimeOffset now) => IsOpen || LateUntil >= now;

    /// <summary>An id as the statements that take many ids read it.</summary>
    internal static string Hex(Id id) => Convert.ToHexString(id.ToBytes());
}
