using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Cases;

/// <summary>Why a bank takes a case back at once.</summary>
public enum RecallReason
{
    Complaint,
    Breach,
    Sold,
    PaidDirect,
    PlacedInError,
}

/// <summary>A bank takes a case back: with the commit the agency sees neither case nor debtor any more.</summary>
internal static class Recall
{
    private static readonly Sql FindAccount = new("SELECT account_id FROM [case] WHERE bank_id = @tenant AND id = @id");
    private static readonly Sql Lock = new("SELECT id FROM [case] WITH (UPDLOCK, HOLDLOCK) WHERE bank_id = @tenant AND id = @id");

    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/recall", HandleAsync)
        .Describe("Cases_Recall", Scopes.CasesRecall, "Recall a case at once", "Takes the case back. From then on the agency gets 404 for it. The account can be assigned again, or is resolved if it was sold.")
        .Returns<Case>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, CaseProblems.IsRecalled, CaseProblems.IsClosed)
        .On(Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<Case>> HandleAsync(Id id, CaseRecall recall, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);

        // The account first, as confirming money does: the other way round the two would wait for each other.
        var account = await work.Db.FindAsync<Id?>(FindAccount, new { tenant = work.Tenant, id }, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        _ = await LockedAccount.ReadAsync(work, account);
        _ = await work.Db.FindAsync<Id?>(Lock, new { tenant = work.Tenant, id }, cancellation);
        var found = await Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        found.Case.RequireActive();

        await Ending.EndAsync(work, new(id, found.Case.AgencyId, found.Case.AssignmentId, account), CaseState.Recalled, Words.Of(recall.Reason));
        await (recall.Reason == RecallReason.Sold
            ? Ledger.ResolveAsync(work, found.Case.AccountId, Resolution.Sold)
            : Ledger.ReleaseAsync(work, found.Case.AccountId));
        await work.AuditAsync("case.recalled", id, Words.Of(recall.Reason));
        return Answer.Created($"/v1/cases/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}

/// <summary>The recall of a case.</summary>
/// <param name="Reason">Why it is taken back at once.</param>
public sealed record CaseRecall(RecallReason Reason);
