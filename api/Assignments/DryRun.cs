using Agency.Api.Agreements;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Portfolios;
using Agency.Api.Tenancy;

namespace Agency.Api.Assignments;

/// <summary>Why an account that matches an assignment's filter is left out of it.</summary>
public enum SkipReason
{
    /// <summary>An agency has an open case for it.</summary>
    OpenCase,

    /// <summary>Another assignment has reserved it.</summary>
    Reserved,

    /// <summary>A hold stands on it.</summary>
    Hold,

    /// <summary>Nothing is left to collect on it.</summary>
    Resolved,
}

/// <summary>An account that an assignment leaves out.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="AccountNumber">The bank's number for it.</param>
/// <param name="Reason">Why it is left out.</param>
public sealed record SkippedAccount(Id AccountId, string AccountNumber, SkipReason Reason);

/// <summary>The accounts that are left out for one reason.</summary>
/// <param name="Reason">Why they are left out.</param>
/// <param name="Accounts">How many.</param>
/// <param name="Examples">The first 100 of them.</param>
public sealed record SkippedShare(SkipReason Reason, int Accounts, IReadOnlyList<SkippedAccount> Examples);

/// <summary>What an assignment would come to.</summary>
/// <param name="Accounts">How many accounts would be assigned.</param>
/// <param name="Balance">What is owed on them.</param>
/// <param name="DaysPastDueMix">The same, by how long overdue.</param>
/// <param name="SkippedCount">How many match the filter and would be left out.</param>
/// <param name="Skipped">The same, by reason.</param>
public sealed record AssignmentDryRun(int Accounts, Balance Balance, IReadOnlyList<DaysPastDueShare> DaysPastDueMix, int SkippedCount, IReadOnlyList<SkippedShare> Skipped);

/// <summary>A bank asks what an assignment would come to. It only reads, whatever the size, and holds up nobody's writes.</summary>
internal static class DryRun
{
    private const int PageSize = 5000;
    private const int MaxExamples = 100;

    public static void Map(RouteGroupBuilder assignments) => assignments.MapPost("/dry-run", HandleAsync)
        .Describe("Assignments_DryRun", Scopes.AssignmentsWrite, "Try an assignment", "Takes the same body as assigning accounts and answers what it would come to: count, sums, mix, and what would be left out, by reason. Nothing is stored or reserved.")
        .Returns<AssignmentDryRun>()
        .Refuses(HttpProblems.WrongTenantKind, AgreementProblems.NotFound, AgreementProblems.NotInForce, PortfolioProblems.NotFound, AssignmentProblems.TermPast)
        .WithMetadata(new NeverReplayed(), new ChangesNothing());

    private static async Task<Answer<AssignmentDryRun>> HandleAsync(NewAssignment assignment, Work work, CancellationToken cancellation)
    {
        var (_, currency) = await Submit.CheckAsync(work, assignment, cancellation);
        var slice = assignment.Slice(work);
        var figures = new Figures();
        var skipped = new SortedDictionary<SkipReason, (int Count, List<SkippedAccount> Examples)>();
        IReadOnlyList<SliceRow> page = [];
        do
        {
            page = await slice.ReadAsync(work.Db, page is [.., var last] ? last.AccountId : default, PageSize, cancellation);
            foreach (var row in page)
            {
                figures.Add(row, slice.Today);
                Note(skipped, row);
            }
        }
        while (page.Count == PageSize);

        return Answer.Ok(new AssignmentDryRun(
            figures.Accounts, Balance.Of(figures.Principal, figures.Interest, figures.Fees, currency), Figures.Shares(figures.Mix, currency),
            figures.Skipped, [.. skipped.Select(share => new SkippedShare(share.Key, share.Value.Count, share.Value.Examples))]));
    }

    private static void Note(SortedDictionary<SkipReason, (int Count, List<SkippedAccount> Examples)> skipped, SliceRow row)
    {
        if (Words.ReadOrNull<SkipReason>(row.Reason) is not { } reason)
        {
            return;
        }

        var (count, examples) = skipped.TryGetValue(reason, out var share) ? share : (0, []);
        if (count < MaxExamples)
        {
            examples.Add(new SkippedAccount(row.AccountId, row.AccountNumber, reason));
        }

        skipped[reason] = (count + 1, examples);
    }
}
