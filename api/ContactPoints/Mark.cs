using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.ContactPoints;

/// <summary>What somebody learned about a contact point.</summary>
public enum Mark
{
    /// <summary>It works and reaches whom it should.</summary>
    Valid,

    /// <summary>It does not.</summary>
    Invalid,

    /// <summary>Its holder asked not to be contacted there.</summary>
    OptedOut,

    /// <summary>The bank withdraws the opt-out.</summary>
    OptedIn,

    /// <summary>Its holder agreed to be contacted there.</summary>
    Consented,

    /// <summary>Its holder no longer agrees.</summary>
    ConsentWithdrawn,
}

/// <summary>A mark on a contact point. It is never changed; a later one of its kind overrules it.</summary>
/// <param name="Id">The mark.</param>
/// <param name="ContactPointId">What it is on.</param>
/// <param name="Mark">What was learned.</param>
/// <param name="MarkedAt">When it was made.</param>
public sealed record ContactPointMark(Id Id, Id ContactPointId, Mark Mark, DateTimeOffset MarkedAt);

/// <summary>The mark to make.</summary>
/// <param name="Mark">What was learned. Withdrawing an opt-out is the bank's alone.</param>
public sealed record NewContactPointMark(Mark Mark);

/// <summary>Either side marks a contact point that it sees; its status and consent follow.</summary>
internal static class Marks
{
    private static readonly Sql CasesOfDebtor = new("""
        SELECT c.id, c.account_id
        FROM [case] AS c
        INNER JOIN assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
        WHERE c.agency_id = @tenant AND c.debtor_id = @debtor AND c.ended_at IS NULL AND s.ended_at IS NULL
        """);

    public static void Map(RouteGroupBuilder points) => points.MapPost("/{id}/marks", HandleAsync)
        .Describe("ContactPoints_Mark", Scopes.ContactPointsWrite, "Mark a contact point", "Says what was learned about it. Its status and consent follow: at once for a bank, right after the answer for an agency.")
        .Returns<ContactPointMark>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind)
        .On(Get.ReadAsync, ContactPointProblems.NotFound);

    private static async Task<Answer<ContactPointMark>> HandleAsync(Id id, NewContactPointMark mark, Work work, Standing standing, CancellationToken cancellation)
    {
        var point = await Get.FindAsync(work, id, cancellation) ?? throw ContactPointProblems.NotFound.Refuse();
        PointMark made;
        if (work.Caller.IsBank)
        {
            made = new PointMark(work.NewId(), point.BankId, id, mark.Mark, null, null, point.AgencyId);
        }
        else
        {
            if (mark.Mark == Mark.OptedIn)
            {
                throw HttpProblems.WrongTenantKind.Refuse();
            }

            // The agency sees the point through a case of the debtor's; the oldest of them stands for its work.
            var cases = await work.Db.ListAsync<CaseFound>(CasesOfDebtor, new { tenant = work.Tenant, debtor = point.DebtorId }, cancellation);
            var through = cases.MinBy(found => found.Id) ?? throw ContactPointProblems.NotFound.Refuse();
            made = new PointMark(work.NewId(), point.BankId, id, mark.Mark, through.Id, through.AccountId, work.Tenant);
        }

        await standing.MarkAsync(work, [made]);
        return Answer.Created($"/v1/contact-points/{id}", new ContactPointMark(made.Id, id, mark.Mark, work.Now));
    }

    private sealed record CaseFound(Id Id, Id AccountId);
}
