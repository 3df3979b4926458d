using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Statements;

/// <summary>One version of a statement, to be written as a file: the lines, which are the same in every version, and its adjustments.</summary>
/// <param name="Version">0 for a draft.</param>
internal sealed record StatementFile(StatementRow Statement, int Version, DateTimeOffset? IssuedAt, IReadOnlyList<StatementAdjustment> Adjustments)
{
    private const int PageSize = 500;

    private static readonly Sql FindIssue = new("SELECT version, issued_at FROM statement_issue WHERE bank_id = @bank AND statement_id = @id AND version = @version");

    public long Adjusted => Adjustments.Sum(adjustment => adjustment.Amount.Amount);

    public long Total => checked(Statement.Commission + Adjusted);

    /// <summary>What the file is saved as, without its ending.</summary>
    public string Name => FormattableString.Invariant($"statement-{Statement.Month:yyyy-MM}-{Statement.Currency}-v{Version}");

    /// <summary>The version asked for, the latest when none is; refused when the caller sees no such statement.</summary>
    public static async Task<StatementFile> FindAsync(Work work, Id id, int? version, CancellationToken cancellation)
    {
        var statement = await Get.FindAsync(work, id, cancellation) ?? throw StatementProblems.NotFound.Refuse();
        var latest = statement.Version ?? 0;
        if (latest == 0 && version is null or 0)
        {
            return new StatementFile(statement, 0, null, []);
        }

        var issue = await work.Db.FindAsync<IssueRow>(FindIssue, new { bank = statement.BankId, id, version = version ?? latest }, cancellation) ?? throw StatementProblems.NoVersion.Refuse();
        return new StatementFile(statement, issue.Version, issue.IssuedAt, await ListVersions.AdjustmentsAsync(work.Db, statement, issue.Version, cancellation));
    }

    /// <summary>Every line, read a page at a time.</summary>
    public async IAsyncEnumerable<StatementLineRow> LinesAsync(FileReader reader, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        IReadOnlyList<StatementLineRow> page;
        var after = 0;
        do
        {
            var from = after;
            page = await reader.ReadAsync(db => StatementLineRow.ListAsync(db, Statement.BankId, Statement.Id, from, PageSize, cancellation), cancellation);
            foreach (var line in page)
            {
                after = line.Number;
                yield return line;
            }
        }
        while (page.Count == PageSize);
    }

    private sealed record IssueRow(int Version, DateTimeOffset IssuedAt);
}
