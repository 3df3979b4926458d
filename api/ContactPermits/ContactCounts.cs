using Agency.Api.ContactRecords;
using Agency.Api.Data;
using Agency.Api.RulePacks;

namespace Agency.Api.ContactPermits;

/// <summary>
/// The narrow door of the frequency rules: it counts a debtor's contacts whichever agency had them, and tells numbers alone. Its
/// session may read a bank's contact records and nothing else; no row and no word of one leaves this class. It sees what is committed.
/// A record that another corrects is not counted: the correction is.
/// </summary>
internal static class ContactCounts
{
    private const string OfDebtor = """
        FROM contact_record AS r
        WHERE r.bank_id = @bank AND r.debtor_id = @debtor AND r.id <> @without
            AND NOT EXISTS (SELECT 1 FROM contact_record AS n WHERE n.bank_id = r.bank_id AND n.supersedes_id = r.id)
        """;

    // Dials that name no point are taken for dials to one and the same.
    private const string SamePoint = """
        (r.contact_point_id = @point OR r.point_digest = @digest
            OR (@point IS NULL AND @digest IS NULL AND r.contact_point_id IS NULL AND r.point_digest IS NULL))
        """;

    private static readonly Sql Day = new($"""
        SELECT COUNT(CASE WHEN r.outcome IN ({OutcomeSets.Words(OutcomeSets.Spoken)}) THEN 1 END) AS conversations,
            COUNT(CASE WHEN r.outcome IN ({OutcomeSets.Words(OutcomeSets.Unanswered)}) AND {SamePoint} THEN 1 END) AS unanswered
        {OfDebtor}
            AND r.occurred_at >= @day AND r.occurred_at <= @at AND r.channel = 'call' AND r.direction = 'outbound'
        """);

    // By how many days each lies back: the debtor's days, whose beginnings are not 24 hours apart when summer time changes.
    private static readonly Sql Week = new($"""
        SELECT t.back, COUNT(t.call) AS calls, COUNT(t.talk) AS talks
        FROM (
            SELECT CASE WHEN r.occurred_at >= @day0 THEN 0 WHEN r.occurred_at >= @day1 THEN 1 WHEN r.occurred_at >= @day2 THEN 2
                    WHEN r.occurred_at >= @day3 THEN 3 WHEN r.occurred_at >= @day4 THEN 4 WHEN r.occurred_at >= @day5 THEN 5 ELSE 6 END AS back,
                CASE WHEN r.direction = 'outbound' AND r.outcome NOT IN ({OutcomeSets.Words(OutcomeSets.Unconnected)}) THEN 1 END AS call,
                CASE WHEN r.outcome IN ({OutcomeSets.Words(OutcomeSets.RightParty)}) THEN 1 END AS talk
            {OfDebtor}
                AND r.occurred_at >= @day6 AND r.occurred_at <= @at AND r.channel = 'call' AND r.account_id = @account AND r.party = @party
        ) AS t
        GROUP BY t.back
        """);

    private static readonly Sql LastReached = new($"""
        SELECT MAX(r.occurred_at) AS reached_at
        {OfDebtor}
            AND r.occurred_at <= @at AND r.party = 'debtor' AND r.outcome NOT IN ({OutcomeSets.Words(OutcomeSets.Failed)})
        """);

    private static readonly Sql Failures = new($"""
        SELECT COUNT(*)
        {OfDebtor}
            AND r.occurred_at > @since AND r.occurred_at <= @at AND r.party = 'debtor' AND r.direction = 'outbound' AND r.outcome IN ({OutcomeSets.Words(OutcomeSets.Failed)})
        """);

    // A refusal whose point is not known is taken for that of any related contact.
    private static readonly Sql Refusals = new($"""
        SELECT COUNT(*)
        {OfDebtor}
            AND r.occurred_at <= @at AND r.party = 'related_contact' AND r.outcome = 'third_party_refused'
            AND (r.contact_point_id = @point OR r.point_digest = @digest OR (r.contact_point_id IS NULL AND r.point_digest IS NULL) OR (@point IS NULL AND @digest IS NULL))
        """);

    /// <summary>Whom and what is counted.</summary>
    /// <param name="Without">A record that is left out: the one being corrected.</param>
    internal sealed record Question(int Bank, Id Debtor, Id Account, Party Party, Id? Point, byte[]? Digest, DateTimeOffset At, Id Without);

    /// <summary>The calls of the day, up to the contact.</summary>
    public static async Task<(int Conversations, int Unanswered)> OnDayAsync(Session asking, Question about, DateTimeOffset day, CancellationToken cancellation)
    {
        var found = await (await BesideAsync(asking, about, cancellation)).FindAsync<DayRow>(
            Day, new { about.Bank, about.Debtor, about.Point, about.Digest, about.At, about.Without, day }, cancellation);
        return (found!.Conversations, found.Unanswered);
    }

    /// <summary>Calls and conversations about one debt since each of the last seven days began, the contact's own first.</summary>
    public static async Task<(int[] Calls, int[] Talks)> InWeekAsync(Session asking, Question about, IReadOnlyList<DateTimeOffset> days, CancellationToken cancellation)
    {
        var rows = await (await BesideAsync(asking, about, cancellation)).ListAsync<WeekRow>(
            Week,
            new
            {
                about.Bank,
                about.Debtor,
                about.Account,
                party = Http.Words.Of(about.Party),
                about.At,
                about.Without,
                day0 = days[0],
                day1 = days[1],
                day2 = days[2],
                day3 = days[3],
                day4 = days[4],
                day5 = days[5],
                day6 = days[6],
            },
            cancellation);
        var back = Enumerable.Range(0, ContactHistory.Days);
        return ([.. back.Select(since => rows.Where(row => row.Back <= since).Sum(row => row.Calls))], [.. back.Select(since => rows.Where(row => row.Back <= since).Sum(row => row.Talks))]);
    }

    /// <summary>How many attempts at the debtor have failed since the last that did not.</summary>
    /// <param name="told">Those of the same request, which are not committed yet.</param>
    public static async Task<int> FailuresInARowAsync(Session asking, Question about, IReadOnlyList<(DateTimeOffset At, Direction Direction, Outcome Outcome)> told, CancellationToken cancellation)
    {
        var open = await BesideAsync(asking, about, cancellation);
        var since = told.Where(t => !OutcomeSets.Failed.Contains(t.Outcome)).Select(t => t.At)
            .Append((await open.FindAsync<ReachedRow>(LastReached, new { about.Bank, about.Debtor, about.At, about.Without }, cancellation))!.ReachedAt ?? DateTimeOffset.MinValue)
            .Max();
        return await open.FindAsync<int>(Failures, new { about.Bank, about.Debtor, about.At, about.Without, since }, cancellation)
            + told.Count(t => t.At > since && t.Direction == Direction.Outbound && OutcomeSets.Failed.Contains(t.Outcome));
    }

    /// <summary>How often the related contact refused.</summary>
    public static async Task<int> RefusalsAsync(Session asking, Question about, CancellationToken cancellation) =>
        await (await BesideAsync(asking, about, cancellation)).FindAsync<int>(
            Refusals, new { about.Bank, about.Debtor, about.Point, about.Digest, about.At, about.Without }, cancellation);

    private static Task<Session> BesideAsync(Session asking, Question about, CancellationToken cancellation) =>
        asking.BesideAsync(TenantContext.CounterFor(about.Bank), cancellation);

    private sealed record DayRow(int Conversations, int Unanswered);

    private sealed record ReachedRow(DateTimeOffset? ReachedAt);

    private sealed record WeekRow(int Back, int Calls, int Talks);
}
