using System.ComponentModel;
using System.Text.Json;
using Agency.Api.Accounts;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Worklist;

/// <summary>Which cases are in the worklist.</summary>
internal sealed record WorklistFilter(
    [property: FromQuery(Name = "collector_id"), Description("Only the cases on this person's desk; a collector's own when absent.")] Id? CollectorId,
    [property: FromQuery(Name = "team_id"), Description("Only the cases of this team.")] Id? TeamId,
    [property: FromQuery(Name = "assignment_id"), Description("Only the cases of this assignment.")] Id? AssignmentId,
    [property: FromQuery(Name = "reason"), Description("Only the cases that have their place for this reason: promise_due, callback, silence, days_past_due, balance, worked_today or held.")] string? Reason)
{
    private static readonly Dictionary<string, WorklistReason> Reasons = Enum.GetValues<WorklistReason>().ToDictionary(Words.Of, StringComparer.Ordinal);

    public WorklistReason? ReasonOrNone => Reason is null ? null
        : Reasons.TryGetValue(Reason, out var reason) ? reason
        : throw HttpProblems.Malformed.Refuse(new FieldError("?reason", "unknown", $"One of {string.Join(", ", Reasons.Keys)}."));
}

/// <summary>
/// An agency's people ask what to work next. What a case is ranked by is read for all cases in question and ranked in memory, since
/// the order moves with the hour; the cases themselves are read for the page alone.
/// </summary>
internal static class List
{
    // The case order is read by the agency's index of open cases, a desk by the desk's: each row costs a few seeks and none a sort.
    private static readonly Sql OfAll = Statement(static _ => ($"case_order AS o {Case} {Desk}", "o.agency_id = @tenant AND o.is_open = 1"));
    private static readonly Sql OfAssignment = Statement(static _ => ($"[case] AS c {Order} {Desk}", "c.agency_id = @tenant AND c.assignment_id = @assignmentId AND c.ended_at IS NULL"));
    private static readonly Sql OfCollector = Statement(static few => ($"case_desk AS k {OrderOfDesk} {Case}", $"k.agency_id = @tenant AND {few("k.collector_id = @collectorId")}"));
    private static readonly Sql OfTeam = Statement(static few => ($"case_desk AS k {OrderOfDesk} {Case}", $"k.agency_id = @tenant AND {few("k.team_id = @teamId")}"));

    private static readonly Sql OfOwnTeam = Statement(static few => (
        $"team_member AS t INNER JOIN case_desk AS k ON k.agency_id = t.agency_id AND {few("k.team_id = t.team_id")} {OrderOfDesk} {Case}",
        "t.agency_id = @tenant AND t.person_id = @person"));

    private static readonly Sql OfPage = Feed.Things($"{CaseRow.Columns}, {AccountRow.Columns}", CaseRow.Tables, "c");

    private const string Case = "INNER JOIN [case] AS c ON c.bank_id = o.bank_id AND c.id = o.case_id AND c.ended_at IS NULL";
    private const string Order = "INNER JOIN case_order AS o ON o.bank_id = c.bank_id AND o.case_id = c.id AND o.is_open = 1";
    private const string OrderOfDesk = "INNER JOIN case_order AS o ON o.bank_id = k.bank_id AND o.case_id = k.case_id AND o.is_open = 1";
    private const string Desk = "LEFT JOIN case_desk AS k ON k.agency_id = c.agency_id AND k.case_id = c.id";

    public static void Map(RouteGroupBuilder worklist) => worklist.MapGet("/", HandleAsync)
        .Describe("WorklistItems_List", Scopes.CasesRead, "List what to work next", "An agency's open cases as far as the caller sees them, in the order in which to work them, each with the reason for its place: promises that are due, callbacks, cases in which contact was never sought or not for 7 days, accounts about to enter the next cycle, the rest by balance; then what was worked today, and last what may not be contacted. Contact is sought by any contact record that stands, whatever came of it; balances are compared in minor units, whatever the currency. Working a case moves it down, so that the first of the list that is not the case at hand is the next one; a promise that is due and a callback come up again after 2 hours. A page goes on after the place at which the one before ended: a case that moved meanwhile may come twice, or not until the list is begun anew.")
        .Returns<Page<WorklistItem>>()
        .Refuses(HttpProblems.WrongTenantKind, HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, WorklistProblems.TooWide);

    private static async Task<Answer<Page<WorklistItem>>> HandleAsync(
        [AsParameters] PageQuery page, [AsParameters] WorklistFilter filter, Work work, WorklistSettings settings, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        var (take, reason) = (page.Take, filter.ReasonOrNone);
        WorklistPlace? after = cursors.AfterKey(http, work, page) is { } key ? WorklistPlace.Read(key) ?? throw HttpProblems.CursorInvalid.Refuse() : null;
        var ranked = (await KeysAsync(work, filter, settings.MaxCases, cancellation))
            .Select(key => (Key: key, Place: Ranking.Of(key, work.Now)))
            .Where(one => (reason is null || one.Place.Reason == reason) && (after is not { } last || WorklistPlace.Order.Compare(one.Place, last) > 0))
            .OrderBy(one => one.Place, WorklistPlace.Order)
            .Take(take)
            .ToList();

        // One that ended since the keys were read is no longer there to be shown.
        var cases = await CasesAsync(work, ranked.Select(one => one.Key), cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, [.. ranked.Where(one => cases.ContainsKey(one.Key.CaseId))], one => one.Place.Write(), one => new WorklistItem(
            cases[one.Key.CaseId], one.Place.Reason, one.Key.DaysSinceContact(work.Now), one.Key.DaysToNextCycle(work.Now))));
    }

    private static async Task<IEnumerable<WorklistKey>> KeysAsync(Work work, WorklistFilter filter, int most, CancellationToken cancellation)
    {
        var sight = work.Caller.Context.Sight;
        var collector = filter.CollectorId ?? (sight == Sight.Own ? work.Caller.Person : null);
        var keys = (collector, filter.TeamId, sight, filter.AssignmentId) switch
        {
            (not null, _, _, _) => await ReadAsync(OfCollector, collector),
            (null, not null, _, _) => await ReadAsync(OfTeam),

            // What lies on a supervisor's own desk need not be the team's.
            (null, null, Sight.Team, _) => (await ReadAsync(OfOwnTeam)).Concat(await ReadAsync(OfCollector, work.Caller.Person)).DistinctBy(key => key.CaseId),
            (null, null, _, not null) => await ReadAsync(OfAssignment),
            _ => await ReadAsync(OfAll),
        };
        return keys;

        async Task<IReadOnlyList<WorklistKey>> ReadAsync(Sql sql, Id? collectorId = null)
        {
            var parameters = new { tenant = work.Tenant, collectorId, teamId = filter.TeamId, assignmentId = filter.AssignmentId, person = work.Caller.Person, take = most + 1 };
            var rows = await work.Db.ListAsync<WorklistKey>(sql, parameters, cancellation);
            return rows.Count <= most ? rows : throw WorklistProblems.TooWide.Refuse();
        }
    }

    private static async Task<Dictionary<Id, Case>> CasesAsync(Work work, IEnumerable<WorklistKey> keys, CancellationToken cancellation)
    {
        var things = JsonSerializer.Serialize(keys.Select(key => new { b = key.BankId, i = key.CaseId.Value.ToString("N") }));
        var rows = (await CaseWithAccount.ListAsync(work, OfPage, new { things }, cancellation)).Where(row => row.IsShownTo(work)).ToList();
        var holds = await CaseWithAccount.HoldsAsync(work, rows, cancellation);
        return rows.ToDictionary(row => row.Case.CaseId, row => row.View(work, holds));
    }

    // SQLite takes the index of a case's records, an account's holds and a desk's cases only when told that there are few of them.
    private static Sql Statement(Func<Func<string, string>, (string From, string Where)> of) => new(
        $"SELECT TOP (@take) {Keys(of, static condition => condition)}",
        $"SELECT {Keys(of, static condition => $"unlikely({condition})")} LIMIT @take");

    // A notice stops contact until it is taken back, also while the agency objects to it; every kind of hold does.
    private static string Keys(Func<Func<string, string>, (string From, string Where)> of, Func<string, string> few) => $"""
        o.bank_id, o.case_id, o.oldest_due_date, o.balance, o.last_contact_at, o.next_promise_on, d.time_zone,
            CASE
                WHEN c.state = 'recall_pending' THEN 1
                WHEN EXISTS (SELECT 1 FROM hold AS h WHERE h.bank_id = o.bank_id AND {few("h.account_id = o.account_id")} AND h.lifted_at IS NULL) THEN 1
                ELSE 0
            END AS is_held,
            CASE
                WHEN EXISTS
                (
                    SELECT 1
                    FROM contact_record AS r
                    WHERE r.bank_id = o.bank_id AND {few("r.case_id = o.case_id")} AND r.occurred_at = o.last_contact_at AND r.outcome = 'callback'
                        AND NOT EXISTS (SELECT 1 FROM contact_record AS y WHERE y.bank_id = r.bank_id AND y.supersedes_id = r.id)
                ) THEN 1
                ELSE 0
            END AS asks_callback
        FROM {of(few).From}
        INNER JOIN debtor AS d ON d.bank_id = c.bank_id AND d.id = c.debtor_id
        WHERE {of(few).Where}
            AND (@assignmentId IS NULL OR c.assignment_id = @assignmentId)
            AND (@teamId IS NULL OR k.team_id = @teamId)
        """;
}
