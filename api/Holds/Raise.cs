using Agency.Api.Accounts;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Holds;

/// <summary>Either side stops the work on a case, or the bank on an account that may have none.</summary>
internal static class Raise
{
    private static readonly Sql FindAccount = new("""
        SELECT a.id AS account, c.agency_id AS agency, c.id AS [case]
        FROM account AS a
        LEFT JOIN [case] AS c ON c.bank_id = a.bank_id AND c.account_id = a.id AND c.ended_at IS NULL
        WHERE a.bank_id = @tenant AND a.id = @id
        """);

    public static void MapOnCase(RouteGroupBuilder ofCase) => ofCase.MapPost("/", HandleOnCaseAsync)
        .Describe("Holds_Create", Scopes.HoldsWrite, "Raise a hold on a case", "Stops the work on the case's account until the bank lifts the hold. Several can stand at once, one of a kind at a time. It outlives the case.")
        .Returns<Hold>(StatusCodes.Status201Created)
        .Refuses(HoldProblems.Stands, HoldProblems.KindOfSystem, CaseProblems.IsRecalled, CaseProblems.IsClosed)
        .On(Cases.Get.ReadAsync, CaseProblems.NotFound);

    public static void MapOnAccount(RouteGroupBuilder ofAccount) => ofAccount.MapPost("/", HandleOnAccountAsync)
        .Describe("Holds_CreateOnAccount", Scopes.HoldsWrite, "Raise a hold on an account", "Stops the work on an account of the bank's, with or without an open case; without one it can't be assigned until the hold is lifted.")
        .Returns<Hold>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, HoldProblems.Stands, HoldProblems.KindOfSystem)
        .On(Accounts.Get.ReadAsync, AccountProblems.NotFound);

    private static async Task<Answer<Hold>> HandleOnCaseAsync(Id id, NewHold hold, Work work, CancellationToken cancellation)
    {
        var found = (await Cases.Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse()).Case;
        found.RequireOpen();
        return await RaiseAsync(work, new(found.BankId, found.AccountId, found.AgencyId, id), hold, cancellation);
    }

    private static async Task<Answer<Hold>> HandleOnAccountAsync(Id id, NewHold hold, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        var found = await work.Db.FindAsync<AccountPlace>(FindAccount, new { tenant = work.Tenant, id }, cancellation) ?? throw AccountProblems.NotFound.Refuse();
        return await RaiseAsync(work, new(work.Tenant, found.Account, found.Agency, found.Case), hold, cancellation);
    }

    private static async Task<Answer<Hold>> RaiseAsync(Work work, HoldPlace place, NewHold hold, CancellationToken cancellation)
    {
        if (!HoldRules.MayBeRaisedByPeople(hold.Kind))
        {
            throw HoldProblems.KindOfSystem.Refuse();
        }

        if (await Raising.FindStandingAsync(work, place, hold.Kind, cancellation) is { } standing)
        {
            throw HoldProblems.Stands.Refuse(new Obstacle(standing.Id, Words.Of(standing.Kind)));
        }

        var raised = await Raising.WriteAsync(work, place, hold.Kind, work.Caller.IsBank ? HoldRaiser.Bank : HoldRaiser.Agency, hold.Reason, cancellation: cancellation);
        return Answer.Created($"/v1/holds/{raised}", (await Get.ReadAsync(work, raised, cancellation))!);
    }

    private sealed record AccountPlace(Id Account, int? Agency, Id? Case);
}

/// <summary>The hold to raise.</summary>
/// <param name="Kind">Why work is to stop; not plan_active or payment_pending, which the system raises.</param>
/// <param name="Reason">For the other side to read; up to 400 characters, no debtor's private data.</param>
public sealed record NewHold(HoldKind Kind, string? Reason = null)
{
    private sealed class Rules : AbstractValidator<NewHold>
    {
        public Rules() => RuleFor(h => h.Reason).MaximumLength(400);
    }
}
