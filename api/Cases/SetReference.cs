using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Identity;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Cases;

/// <summary>An agency gives a case the number it has in the agency's own system.</summary>
internal static class SetReference
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPut("/{id}/reference", HandleAsync)
        .Describe("Cases_SetReference", Scopes.CasesDistribute, "Give a case the agency's own number", "Both sides see it with the case and can list by it.")
        .Returns<Case>()
        .Refuses(HttpProblems.WrongTenantKind, DeskProblems.NotOwnTeam)
        .On(Get.ReadAsync, CaseProblems.NotFound, SetCollector.Lock);

    private static async Task<Answer<Case>> HandleAsync(Id id, CaseReference reference, Work work, People people, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        var found = await Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        var @case = await Desks.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        if (reference.AgencyReference == found.Case.AgencyReference)
        {
            return Answer.Ok((await Get.ReadAsync(work, id, cancellation))!);
        }

        await new Receivers(work, people).RequireOwnAsync(@case.TeamId, cancellation);
        await Desks.ReferAsync(work, @case, reference.AgencyReference);
        await work.AuditAsync("case.reference_set", id);
        await work.EmitAsync(new("case.reference_set", id, @case.BankId, work.Tenant, id, @case.AccountId));
        return Answer.Ok((await Get.ReadAsync(work, id, cancellation))!);
    }
}

/// <summary>The agency's own number for a case.</summary>
/// <param name="AgencyReference">1 to 64 characters; none when absent.</param>
public sealed record CaseReference(string? AgencyReference = null)
{
    private sealed class Rules : AbstractValidator<CaseReference>
    {
        public Rules() => RuleFor(r => r.AgencyReference).MinimumLength(1).MaximumLength(64);
    }
}
