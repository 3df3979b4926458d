using Agency.Api.Agencies;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Agreements;

/// <summary>A bank gives an agency a mandate.</summary>
internal static class Create
{
    private static readonly Sql FindAgency = new("SELECT tenant_id FROM tenant WHERE id = @agencyId AND kind = 'agency'");

    private static readonly Sql Insert = new("""
        INSERT INTO agreement (bank_id, id, agency_id, title, valid_from, valid_to, created_at)
        VALUES (@tenant, @id, @agency, @title, @validFrom, @validTo, @now)
        """);

    public static void Map(RouteGroupBuilder agreements) => agreements.MapPost("/", HandleAsync)
        .Describe("Agreements_Create", Scopes.AgreementsWrite, "Make an agreement", "The bank mandates an agency. Accounts can then be assigned to it while the agreement holds.")
        .Returns<Agreement>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, AgencyProblems.NotFound);

    private static async Task<Answer<Agreement>> HandleAsync(NewAgreement agreement, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        var agency = await work.Db.FindAsync<int?>(FindAgency, new { agreement.AgencyId }, cancellation) ?? throw AgencyProblems.NotFound.Refuse();

        var id = work.NewId();
        await work.Db.ExecuteAsync(Insert, new { tenant = work.Tenant, id, agency, agreement.Title, agreement.ValidFrom, agreement.ValidTo, now = work.Now }, cancellation);
        await NewVersion.WriteAsync(work, id, 1, agency, new(agreement.Title, agreement.ValidFrom, agreement.Terms ?? new(), agreement.ValidTo), cancellation);
        await work.AuditAsync("agreement.created", id);
        await work.EmitAsync(new("agreement.created", id, work.Tenant, agency));
        return Answer.Created($"/v1/agreements/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}

/// <summary>The mandate to give.</summary>
/// <param name="AgencyId">The agency, from <c>GET /v1/agencies</c>.</param>
/// <param name="Title">What both sides call it; 1 to 200 characters.</param>
/// <param name="ValidFrom">First day on which it holds.</param>
/// <param name="ValidTo">Last day on which it holds; open-ended when absent.</param>
/// <param name="Terms">What is agreed on; the defaults when absent.</param>
public sealed record NewAgreement(Id AgencyId, string Title, DateOnly ValidFrom, DateOnly? ValidTo = null, NewAgreementTerms? Terms = null)
{
    private sealed class Rules : AbstractValidator<NewAgreement>
    {
        public Rules()
        {
            RuleFor(a => a.Title).NotEmpty().MaximumLength(200);
            RuleFor(a => a.ValidTo).GreaterThanOrEqualTo(a => a.ValidFrom);
            RuleFor(a => a.Terms!).SetValidator(new NewAgreementTerms.Rules()).When(a => a.Terms is not null);
        }
    }
}
