using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Tenants;

/// <summary>The operator takes on a bank or an agency.</summary>
internal static class Create
{
    public static void Map(RouteGroupBuilder tenants) => tenants.MapPost("/", HandleAsync)
        .Describe("Tenants_Create", Scopes.TenantsWrite, "Create a tenant", "The operator takes on a bank or an agency. Give it clients and people next.")
        .Returns<Tenant>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, TenantProblems.CodeTaken);

    private static async Task<Answer<Tenant>> HandleAsync(NewTenant tenant, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Operator);
        var row = await Provisioning.CreateTenantAsync(work, tenant, cancellation);
        return Answer.Created($"/v1/tenants/{row.Id}", row.View);
    }
}

/// <summary>The tenant to create.</summary>
/// <param name="Code">Its short name: 2 to 40 of <c>a-z 0-9 -</c>, beginning with a letter. It never changes.</param>
/// <param name="Name">Its full name; 1 to 200 characters.</param>
/// <param name="Kind">bank or agency; there is one operator, and it is not made here.</param>
/// <param name="AgencyKind">What sort of agency, <c>agency</c> when absent; for agencies alone.</param>
public sealed record NewTenant(string Code, string Name, TenantType Kind, AgencyKind? AgencyKind = null)
{
    private sealed class Rules : AbstractValidator<NewTenant>
    {
        public Rules()
        {
            RuleFor(t => t.Code).Length(2, 40).Matches("^[a-z][a-z0-9-]*\\z");
            RuleFor(t => t.Name).NotEmpty().MaximumLength(200);
            RuleFor(t => t.Kind).NotEqual(TenantType.Operator);
            RuleFor(t => t.AgencyKind).Null().When(t => t.Kind != TenantType.Agency);
        }
    }
}
