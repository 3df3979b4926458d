using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Statements;

/// <summary>What a version adds to the lines, or takes off them.</summary>
/// <param name="Number">The adjustment in its version, from 1.</param>
/// <param name="LineNumber">The line it is about; absent when it is about none.</param>
/// <param name="Amount">What is added; negative when it is taken off.</param>
/// <param name="Reason">Why it is added or taken off.</param>
public sealed record StatementAdjustment(int Number, int? LineNumber, Money Amount, string Reason);

/// <summary>A line that the bank does not agree to.</summary>
/// <param name="LineNumber">The line.</param>
/// <param name="Reason">Why; 1 to 400 characters.</param>
public sealed record StatementObjection(int LineNumber, string Reason);

/// <summary>A statement as it was issued once, and what the bank said to it. A version never changes; the one before stays.</summary>
/// <param name="Version">1 for the first, and so on.</param>
/// <param name="IssuedAt">When it was issued.</param>
/// <param name="Note">What the agency wrote beside it.</param>
/// <param name="Adjustments">What it adds to the lines.</param>
/// <param name="Adjusted">The adjustments together.</param>
/// <param name="Total">What was to be paid by it.</param>
/// <param name="DisputedAt">When the bank disputed it.</param>
/// <param name="DisputeReason">Why it disputed it.</param>
/// <param name="Objections">The lines that the bank disputed.</param>
/// <param name="AgreedAt">When the bank agreed to it.</param>
public sealed record StatementVersion(
    int Version, DateTimeOffset IssuedAt, string? Note, IReadOnlyList<StatementAdjustment> Adjustments, Money Adjusted, Money Total,
    DateTimeOffset? DisputedAt, string? DisputeReason, IReadOnlyList<StatementObjection> Objections, DateTimeOffset? AgreedAt);

/// <summary>Either side reads how a statement came about: each version with its adjustments and the bank's objections.</summary>
internal static class ListVersions
{
    private static readonly Sql Page = new("""
        SELECT TOP (@take) i.version, i.adjusted, i.total, i.note, i.issued_at, d.decided_at AS disputed_at, d.reason AS dispute_reason, w.decided_at AS agreed_at
        FROM statement_issue AS i
        LEFT JOIN statement_decision AS d ON d.bank_id = i.bank_id AND d.statement_id = i.statement_id AND d.version = i.version AND d.decision = 'disputed'
        LEFT JOIN statement_decision AS w ON w.bank_id = i.bank_id AND w.statement_id = i.statement_id AND w.version = i.version AND w.decision = 'agreed'
        WHERE i.bank_id = @bank AND i.statement_id = @id AND i.version > @after
        ORDER BY i.version
        """);

    private static readonly Sql AdjustmentsOf = new("""
        SELECT version, number, line_number, amount, reason
        FROM statement_adjustment
        WHERE bank_id = @bank AND statement_id = @id AND version >= @from AND version <= @to
        ORDER BY version, number
        """);

    private static readonly Sql ObjectionsOf = new("""
        SELECT version, line_number, reason
        FROM statement_objection
        WHERE bank_id = @bank AND statement_id = @id AND version >= @from AND version <= @to
        ORDER BY version, line_number
        """);

    public static void Map(RouteGroupBuilder statements) => statements.MapGet("/{id}/versions", HandleAsync)
        .Describe("Statements_ListVersions", Scopes.StatementsRead, "List a statement's versions", "How the statement came about, oldest first: each version that the agency issued, with its adjustments, and the bank's objections to it.")
        .Returns<Page<StatementVersion>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, StatementProblems.NotFound);

    /// <summary>What one version adds to the lines.</summary>
    internal static async Task<IReadOnlyList<StatementAdjustment>> AdjustmentsAsync(Session db, StatementRow statement, int version, CancellationToken cancellation) =>
        [.. (await db.ListAsync<AdjustmentRow>(AdjustmentsOf, new { bank = statement.BankId, id = statement.Id, from = version, to = version }, cancellation)).Select(row => row.View(statement.Currency))];

    private static async Task<Answer<Page<StatementVersion>>> HandleAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var statement = await Get.FindAsync(work, id, cancellation) ?? throw StatementProblems.NotFound.Refuse();
        var after = Numbers.After(cursors.AfterKey(http, work, page));
        var rows = await work.Db.ListAsync<VersionRow>(Page, new { bank = statement.BankId, id, after, take = page.Take }, cancellation);
        var range = new { bank = statement.BankId, id, from = after + 1, to = rows.Count == 0 ? 0 : rows[^1].Version };
        var adjustments = (await work.Db.ListAsync<AdjustmentRow>(AdjustmentsOf, range, cancellation)).ToLookup(row => row.Version);
        var objections = (await work.Db.ListAsync<ObjectionRow>(ObjectionsOf, range, cancellation)).ToLookup(row => row.Version);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => Numbers.Key(row.Version), row => new StatementVersion(
            row.Version, row.IssuedAt, row.Note, [.. adjustments[row.Version].Select(a => a.View(statement.Currency))], new(row.Adjusted, statement.Currency), new(row.Total, statement.Currency),
            row.DisputedAt, row.DisputeReason, [.. objections[row.Version].Select(o => new StatementObjection(o.LineNumber, o.Reason))], row.AgreedAt)));
    }

    private sealed record VersionRow(
        int Version, long Adjusted, long Total, string? Note, DateTimeOffset IssuedAt, DateTimeOffset? DisputedAt, string? DisputeReason, DateTimeOffset? AgreedAt);

    private sealed record AdjustmentRow(int Version, int Number, int? LineNumber, long Amount, string Reason)
    {
        public StatementAdjustment View(string currency) => new(Number, LineNumber, new(Amount, currency), Reason);
    }

    private sealed record ObjectionRow(int Version, int LineNumber, string Reason);
}
