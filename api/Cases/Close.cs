using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Cases;

/// <summary>
/// A bank closes a case because nothing is left to collect on its account. It ends at once, whatever notice was given or the
/// agency asks. The ledger is not touched: what is forgiven is waived by a settlement proposal, which another person approves.
/// </summary>
internal static class Close
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/closure", HandleAsync)
        .Describe("Cases_Close", Scopes.CasesRecall, "Close a case", "Resolves the account and ends the case; the account is not assigned again. written_off: the bank gave the debt up in its books. uncollectible: nothing can be had from the debtor. settled_in_full: the bank settled with the debtor elsewhere. plan_completed: a plan kept elsewhere was paid to its end. paid_in_full: nothing is owed, and is refused while there is a balance. The ledger stays as it is.")
        .Returns<Case>(StatusCodes.Status201Created)
        .Refuses([HttpProblems.WrongTenantKind, CaseProblems.BalanceLeft, .. CaseProblems.Ended])
        .On(Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<Case>> HandleAsync(Id id, CaseClosure closure, Work work, CancellationToken cancellation)
    {
        var found = await Locked.ForBankAsync(work, id, cancellation);
        found.Case.RequireOpen();
        if (closure.Resolution == Resolution.PaidInFull && found.Account.Balance.Total.Amount != 0)
        {
            throw CaseProblems.BalanceLeft.Refuse();
        }

        await Ledger.ResolveAsync(work, found.Case.AccountId, closure.Resolution);
        await work.AuditAsync("case.closed", id, Words.Of(closure.Resolution));
        return Answer.Created($"/v1/cases/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}

/// <summary>The closure.</summary>
/// <param name="Resolution">Why nothing is left to collect; not <c>sold</c>, which is a reason to recall.</param>
public sealed record CaseClosure(Resolution Resolution)
{
    private sealed class Rules : AbstractValidator<CaseClosure>
    {
        public Rules() => RuleFor(c => c.Resolution).NotEqual(Resolution.Sold);
    }
}
