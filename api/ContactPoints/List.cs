using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.ContactPoints;

/// <summary>The debtor's contact points, masked.</summary>
/// <param name="Items">All of them that the caller sees: a debtor has few.</param>
public sealed record ContactPointList(IReadOnlyList<ContactPoint> Items);

/// <summary>Either side lists how the debtor of a case, and those around the debtor, can be reached.</summary>
internal static class List
{
    // The bank's own and the agencies' finds lie in an index each; every agency is shown its own finds and the adopted ones.
    // Every kind is greater than ''. Told so, SQLite seeks the debtor; without, it takes the key and reads all of the bank's points.
    private static readonly Sql OfDebtor = new($"""
        SELECT {ContactPointRow.Columns}
        FROM {ContactPointRow.Tables}
        WHERE p.bank_id = @bank AND p.debtor_id = @debtor AND p.kind > '' AND p.agency_id IS NULL
        UNION ALL
        SELECT {ContactPointRow.Columns}
        FROM {ContactPointRow.Tables}
        WHERE p.bank_id = @bank AND p.debtor_id = @debtor AND p.kind > '' AND p.agency_id IS NOT NULL
        """);

    public static void Map(RouteGroupBuilder ofCase) => ofCase.MapGet("/", HandleAsync)
        .Describe("ContactPoints_List", Scopes.CasesRead, "List a case's contact points", "How the debtor and those around the debtor can be reached, masked. An agency sees the bank's, its own finds and those of others that the bank adopted. Revealing them is a deed of its own, and logged.")
        .Returns<ContactPointList>()
        .HasFullView()
        .On(Cases.Get.ReadAsync, CaseProblems.NotFound);

    internal static async Task<IReadOnlyList<ContactPointRow>> ReadAsync(Work work, CaseRow @case, CancellationToken cancellation)
    {
        var rows = await work.Db.ListAsync<ContactPointRow>(OfDebtor, new { bank = @case.BankId, debtor = @case.DebtorId }, cancellation);
        return [.. rows.Where(row => !row.IsErased).OrderBy(row => row.Kind, StringComparer.Ordinal).ThenBy(row => row.Id)];
    }

    private static async Task<Answer<ContactPointList>> HandleAsync(Id id, [AsParameters] ViewQuery view, Work work, FullView fullView, CancellationToken cancellation)
    {
        var found = await Cases.Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        var rows = await ReadAsync(work, found.Case, cancellation);
        if (view.IsFull)
        {
            await fullView.AuditAsync(work, "contact points", [.. rows.Select(row => row.Id)], id);
        }

        return Answer.Ok(new ContactPointList([.. rows.Select(row => row.View(work, view.IsFull))]));
    }
}
