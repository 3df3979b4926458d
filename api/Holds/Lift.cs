using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Holds;

/// <summary>The bank, and nobody else, lets the work go on.</summary>
internal static class Lift
{
    private static readonly Sql Lock = new("SELECT id FROM hold WITH (UPDLOCK, HOLDLOCK) WHERE bank_id = @tenant AND id = @id");

    // The agency that works the account now is told, whoever worked it when the hold was raised.
    private static readonly Sql FindOpenCase = new("SELECT id, agency_id FROM [case] WHERE bank_id = @tenant AND account_id = @account AND ended_at IS NULL");

    private static readonly Sql Update = new("""
        UPDATE hold
        SET lifted_at = @now, lift_reason = @reason, lifted_by_person_id = @person, lifted_by_client_id = @client
        WHERE bank_id = @tenant AND id = @id
        """);

    public static void Map(RouteGroupBuilder holds) => holds.MapPost("/{id}/lift", HandleAsync)
        .Describe("Holds_Lift", Scopes.HoldsLift, "Lift a hold", "Work on the account may go on, unless another hold stands.")
        .Returns<Hold>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, HoldProblems.IsLifted)
        .On(Get.ReadAsync, HoldProblems.NotFound);

    private static async Task<Answer<Hold>> HandleAsync(Id id, HoldLift lift, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        _ = await work.Db.FindAsync<Id?>(Lock, new { tenant = work.Tenant, id }, cancellation);
        var hold = await Get.FindAsync(work, id, cancellation) ?? throw HoldProblems.NotFound.Refuse();
        if (hold.LiftedAt is not null)
        {
            throw HoldProblems.IsLifted.Refuse();
        }

        await work.Db.ExecuteAsync(Update, new { tenant = work.Tenant, id, now = work.Now, lift.Reason, person = work.Caller.Person, client = work.Caller.Client }, cancellation);
        var open = await work.Db.FindAsync<OpenCase>(FindOpenCase, new { tenant = work.Tenant, account = hold.AccountId }, cancellation);
        await work.AuditAsync("hold.lifted", id, lift.Reason);
        await work.EmitAsync(new("hold.lifted", id, work.Tenant, open?.AgencyId, open?.Id, hold.AccountId));
        return Answer.Created($"/v1/holds/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }

    private sealed record OpenCase(Id Id, int AgencyId);
}

/// <summary>The lifting of a hold.</summary>
/// <param name="Reason">Why work may go on; 1 to 400 characters, no debtor's private data.</param>
public sealed record HoldLift(string Reason)
{
    private sealed class Rules : AbstractValidator<HoldLift>
    {
        public Rules() => RuleFor(l => l.Reason).NotEmpty().MaximumLength(400);
    }
}
