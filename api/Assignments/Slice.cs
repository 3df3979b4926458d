using System.Text.Json;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Assignments;

/// <summary>
/// Which accounts an assignment is about: those of its portfolio that match the filter on the day it was made. Each row says
/// whether the account can be assigned, or why not.
/// </summary>
/// <param name="At">When the assignment was made: days past due count to that day, and what is imported later is not in it.</param>
internal sealed record Slice(int Bank, Id PortfolioId, AssignmentFilter Filter, DateTimeOffset At)
{
    /// <summary>After every id.</summary>
    public static readonly Id Last = new(Guid.AllBitsSet);

    private const string Reason = """
        CASE WHEN a.state = 'resolved' THEN 'resolved'
            WHEN a.state = 'placed' THEN 'open_case'
            WHEN a.assignment_id IS NOT NULL THEN 'reserved'
            WHEN EXISTS (SELECT 1 FROM hold AS h WHERE h.bank_id = a.bank_id AND h.account_id = a.id AND h.lifted_at IS NULL) THEN 'hold'
            END
        """;

    // Parameters m0 to m7 say of each cycle whether it is wanted.
    private const string Matches = """
        a.bank_id = @bank AND a.portfolio_id = @portfolio AND a.id > @after AND a.id <= @upTo AND a.created_at <= @at
            AND (@product IS NULL OR a.product = @product)
            AND (@city IS NULL OR a.city = @city)
            AND a.principal + a.interest + a.fees BETWEEN @minBalance AND @maxBalance
            AND a.oldest_due_date BETWEEN @dueFrom AND @dueTo
            AND CASE WHEN a.oldest_due_date >= @today THEN @m0
                WHEN a.oldest_due_date >= @days30 THEN @m1
                WHEN a.oldest_due_date >= @days60 THEN @m2
                WHEN a.oldest_due_date >= @days90 THEN @m3
                WHEN a.oldest_due_date >= @days120 THEN @m4
                WHEN a.oldest_due_date >= @days150 THEN @m5
                WHEN a.oldest_due_date >= @days180 THEN @m6
                ELSE @m7 END = 1
        """;

    private static readonly Sql Page = new($"""
        SELECT TOP (@take) a.id AS account_id, a.account_number, a.principal, a.interest, a.fees, a.oldest_due_date, {Reason} AS reason
        FROM account AS a
        WHERE {Matches}
        ORDER BY a.id
        """);

    private static readonly Sql LockedPage = new($"""
        SELECT TOP (@take) a.id AS account_id, a.account_number, a.principal, a.interest, a.fees, a.oldest_due_date, {Reason} AS reason
        FROM account AS a WITH (UPDLOCK, HOLDLOCK)
        WHERE {Matches}
        ORDER BY a.id
        """);

    private static readonly Sql FirstEligible = new($"""
        SELECT TOP (@take) a.id
        FROM account AS a
        WHERE {Matches} AND ({Reason}) IS NULL
        ORDER BY a.id
        """);

    public DateOnly Today => DateOnly.FromDateTime(At.UtcDateTime);

    /// <summary>The next accounts of the slice, in the order of their ids.</summary>
    public Task<IReadOnlyList<SliceRow>> ReadAsync(Session db, Id after, int take, CancellationToken cancellation = default) =>
        db.ListAsync<SliceRow>(Page, Parameters(after, Last, take), cancellation);

    /// <summary>The same, and nobody else changes them before this transaction ends.</summary>
    public Task<IReadOnlyList<SliceRow>> LockAsync(Session db, Id after, Id upTo, int take, CancellationToken cancellation = default) =>
        db.ListAsync<SliceRow>(LockedPage, Parameters(after, upTo, take), cancellation);

    /// <summary>Whether anything of it can be assigned.</summary>
    public async Task<bool> HasEligibleAsync(Session db, CancellationToken cancellation) =>
        (await db.ListAsync<Id>(FirstEligible, Parameters(default, Last, 1), cancellation)).Count > 0;

    private object Parameters(Id after, Id upTo, int take)
    {
        var today = Today;
        return new
        {
            bank = Bank,
            portfolio = PortfolioId,
            after,
            upTo,
            take,
            at = At,
            product = Filter.Product,
            city = Filter.City,
            minBalance = Filter.MinBalance ?? 0,
            maxBalance = Filter.MaxBalance ?? long.MaxValue,
            dueFrom = Filter.MaxDaysPastDue is { } max ? today.AddDays(-max) : DateOnly.MinValue,

            // What is due only later is no day past due either.
            dueTo = Filter.MinDaysPastDue is > 0 and var min ? today.AddDays(-min) : DateOnly.MaxValue,
            today,
            days30 = today.AddDays(-30),
            days60 = today.AddDays(-60),
            days90 = today.AddDays(-90),
            days120 = today.AddDays(-120),
            days150 = today.AddDays(-150),
            days180 = today.AddDays(-180),
            m0 = Wants("M0"),
            m1 = Wants("M1"),
            m2 = Wants("M2"),
            m3 = Wants("M3"),
            m4 = Wants("M4"),
            m5 = Wants("M5"),
            m6 = Wants("M6"),
            m7 = Wants("M7+"),
        };
    }

    private int Wants(string cycle) => Filter.Cycles is null || Filter.Cycles.Contains(cycle, StringComparer.Ordinal) ? 1 : 0;
}

/// <summary>An account of a slice.</summary>
/// <param name="Reason">Why it can't be assigned; null when it can.</param>
internal sealed record SliceRow(Id AccountId, string AccountNumber, long Principal, long Interest, long Fees, DateOnly OldestDueDate, string? Reason);

/// <summary>Which accounts of the portfolio to assign; all conditions must hold, an absent one always does.</summary>
/// <param name="Product">The bank's word for the kind of debt, exactly.</param>
/// <param name="City">The city as it was imported, exactly.</param>
/// <param name="Cycles">Any of these: M0 to M6, M7+.</param>
/// <param name="MinBalance">Least total balance, in minor units.</param>
/// <param name="MaxBalance">Largest total balance, in minor units.</param>
/// <param name="MinDaysPastDue">Least days past due, today.</param>
/// <param name="MaxDaysPastDue">Most days past due, today.</param>
public sealed record AssignmentFilter(
    string? Product = null, string? City = null, IReadOnlyList<string>? Cycles = null, long? MinBalance = null, long? MaxBalance = null, int? MinDaysPastDue = null, int? MaxDaysPastDue = null)
{
    internal string Write() => JsonSerializer.Serialize(this, Json.Options);

    internal static AssignmentFilter Read(string? text) => text is null ? new() : JsonSerializer.Deserialize<AssignmentFilter>(text, Json.Options) ?? new();
}
