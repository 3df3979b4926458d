using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Promises;

/// <summary>An agency takes back a promise that the debtor is not to be held to: a mistake, or circumstances that changed.</summary>
internal static class Cancel
{
    private static readonly Sql LockCase = new("SELECT id FROM [case] WITH (UPDLOCK, HOLDLOCK) WHERE bank_id = @bank AND id = @case");

    private static readonly Sql Insert = new("""
        INSERT INTO promise_cancellation (bank_id, promise_id, agency_id, case_id, reason, person_id, client_id, cancelled_at)
        VALUES (@bank, @id, @tenant, @case, @reason, @person, @client, @now)
        """);

    public static void Map(RouteGroupBuilder promises) => promises.MapPost("/{id}/cancellation", HandleAsync)
        .Describe("Promises_Cancel", Scopes.PromisesWrite, "Cancel a promise", "The debtor is not held to it. Only the open promise of an open case can be cancelled; the one before it does not come back.")
        .Returns<Promise>(StatusCodes.Status201Created)
        .Refuses(
            HttpProblems.WrongTenantKind, PromiseProblems.IsKept, PromiseProblems.IsPartlyKept, PromiseProblems.IsBroken, PromiseProblems.IsSuperseded,
            PromiseProblems.IsCancelled, PromiseProblems.IsLapsed)
        .On(Get.ReadAsync, PromiseProblems.NotFound);

    private static async Task<Answer<Promise>> HandleAsync(Id id, PromiseCancellation cancellation, Work work, CancellationToken token)
    {
        work.Require(TenantKind.Agency);
        var known = await Get.FindAsync(work, id, token) ?? throw PromiseProblems.NotFound.Refuse();
        _ = await work.Db.FindAsync<Id?>(LockCase, new { bank = known.BankId, @case = known.CaseId }, token);
        var promise = await Get.FindAsync(work, id, token) ?? throw PromiseProblems.NotFound.Refuse();
        if (promise.State != PromiseState.Open)
        {
            throw PromiseProblems.Is(promise.State).Refuse();
        }

        await work.Db.ExecuteAsync(Insert, new
        {
            bank = promise.BankId,
            id,
            tenant = work.Tenant,
            @case = promise.CaseId,
            cancellation.Reason,
            person = work.Caller.Person,
            client = work.Caller.Client,
            now = work.Now,
        }, token);
        await CaseOrder.PromisedAsync(work, promise.BankId, promise.CaseId, CaseOrder.NoDay);
        await work.AuditAsync("promise.cancelled", id);
        await work.EmitAsync(new("promise.cancelled", id, promise.BankId, work.Tenant, promise.CaseId, promise.AccountId));
        return Answer.Created($"/v1/promises/{id}", (await Get.ReadAsync(work, id, token))!);
    }
}

/// <summary>The cancellation of a promise.</summary>
/// <param name="Reason">Why; up to 400 characters, no debtor's private data.</param>
public sealed record PromiseCancellation(string? Reason = null)
{
    private sealed class Rules : AbstractValidator<PromiseCancellation>
    {
        public Rules() => RuleFor(c => c.Reason).MaximumLength(400);
    }
}
