using Agency.Api.Accounts;
using Agency.Api.ContactRecords;
using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Holds;
using Agency.Api.Http;
using Agency.Api.Promises;
using Agency.Api.Repayments;
using Agency.Api.SettlementProposals;
using Agency.Api.Tenancy;

namespace Agency.Api.Cases;

/// <summary>One thing that happened in a case, with what it happened to as that is now.</summary>
/// <param name="Id">The event.</param>
/// <param name="Type">What happened, as noun.verb: repayment.confirmed.</param>
/// <param name="OccurredAt">When it happened.</param>
/// <param name="Subject">What it happened to. The thing itself is the member of its kind; absent when it has none here, or the token does not allow to read it.</param>
/// <param name="ContactRecord">The contact record.</param>
/// <param name="Repayment">The repayment.</param>
/// <param name="SettlementProposal">The settlement proposal.</param>
/// <param name="LedgerEntry">The ledger entry.</param>
/// <param name="Promise">The promise.</param>
/// <param name="Hold">The hold.</param>
public sealed record TimelineEntry(
    Id Id, string Type, DateTimeOffset OccurredAt, EventSubject Subject,
    ContactRecord? ContactRecord, Repayment? Repayment, SettlementProposal? SettlementProposal, LedgerEntry? LedgerEntry,
    Promise? Promise, Hold? Hold);

/// <summary>Either side reads all that happened in a case, in one list; the agency while the case is open.</summary>
internal static class Timeline
{
    private static readonly Sql Page = new($"""
        SELECT TOP (@take) {EventRow.Columns}
        FROM event AS e
        WHERE e.bank_id = @bank AND e.case_id = @id AND {EventRow.InReach}
        ORDER BY e.position
        """);

    public static void Map(RouteGroupBuilder cases) => cases.MapGet("/{id}/timeline", HandleAsync)
        .Describe("Cases_ListTimeline", Scopes.CasesRead, "List a case's timeline", "All that happened in the case, oldest first, each with the thing it happened to as it is now, where the token allows to read that.")
        .Returns<Page<TimelineEntry>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, CaseProblems.NotFound);

    private static async Task<Answer<Page<TimelineEntry>>> HandleAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var found = await Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        var after = Feed.Place(work, cursors, http, page);
        var upTo = await Feed.LimitAsync(work.Db, cancellation);
        var rows = await work.Db.ListAsync<EventRow>(Page, new { bank = found.Case.BankId, id, after, upTo, take = page.Take }, cancellation);

        var records = await ReadAsync(Scopes.ContactRecordsRead, "contact_record", ContactRecords.Changes.FindAsync);
        var repayments = await ReadAsync(Scopes.RepaymentsRead, "repayment", Repayments.Changes.FindAsync);
        var proposals = await ReadAsync(Scopes.SettlementProposalsRead, "settlement_proposal", SettlementProposals.Changes.FindAsync);
        var entries = await ReadAsync(Scopes.AccountsRead, "ledger_entry", LedgerChanges.FindAsync);
        var promises = await ReadAsync(Scopes.PromisesRead, "promise", Promises.Changes.FindAsync);
        var holds = await ReadAsync(Scopes.HoldsRead, "hold", Holds.Changes.FindAsync);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => Feed.KeyOf(row.Position), row => new TimelineEntry(
            row.Id, row.Type, row.OccurredAt, new EventSubject(row.Subject, row.SubjectId),
            records.GetValueOrDefault(row.SubjectId), repayments.GetValueOrDefault(row.SubjectId), proposals.GetValueOrDefault(row.SubjectId), entries.GetValueOrDefault(row.SubjectId),
            promises.GetValueOrDefault(row.SubjectId), holds.GetValueOrDefault(row.SubjectId))));

        // One statement a kind that the page has, and none for what the token does not allow.
        async Task<IReadOnlyDictionary<Id, T>> ReadAsync<T>(string scope, string kind, Func<Work, IReadOnlyList<EventRow>, CancellationToken, Task<IReadOnlyDictionary<Id, T>>> find)
        {
            List<EventRow> events = [.. rows.Where(row => row.Subject == kind).DistinctBy(row => row.SubjectId)];
            return events.Count > 0 && ScopeHandler.Has(http.User, scope) ? await find(work, events, cancellation) : new Dictionary<Id, T>();
        }
    }
}
